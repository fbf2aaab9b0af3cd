//! The handshake: a public agent id for a client token.

use std::str::FromStr;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use robofy_kernel::{ChatbotId, Environment, ErrorCode, Ids, Op, ProjectId, SessionId};
use robofy_store::chat::Channel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::agent_card::{AgentCard, ChatbotCardOut};
use crate::auth::token::{Grant, LIFETIME};
use crate::client::Client;
use crate::extract::Json;
use crate::lenient::NumberOrText;
use crate::widget::WidgetOut;
use crate::wire::Digits;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(handshake)]
}

/// Who wants to talk to which agent.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct HandshakeIn {
    /// The agent.
    chatbot_id: String,
    /// The agent's project, as text or number.
    project_id: Digits,
    /// The version of the client, 2.
    #[schema(value_type = Option<NumberOrText>)]
    #[expect(dead_code, reason = "taken as it comes; every version gets the same answer")]
    version: Option<serde_json::Value>,
    /// The session of a visitor who comes back; an unknown one gets a fresh session.
    session_id: Option<String>,
    /// `live`, or `test` from the agent's test origins.
    #[schema(pattern = "^(live|test)$")]
    environment: Option<String>,
}

/// The token twice: beside the envelope and inside it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandshakeOut {
    /// The client token.
    token: String,
    /// Seconds until it expires.
    #[schema(examples(3600))]
    expires_in: i64,
    /// A short sentence for a person.
    message: String,
    /// Token, agents and widget.
    data: HandshakeDataOut,
}

/// The token again, and what the page shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HandshakeDataOut {
    /// The client token.
    token: String,
    /// Seconds until it expires.
    #[schema(examples(3600))]
    expires_in: i64,
    /// The agents that the token is for.
    chatbots: Vec<ChatbotCardOut>,
    /// The widget.
    widget: WidgetOut,
}

/// Begin to talk
///
/// Gives a client token for the visitor's session, and what the widget shows. Nothing is written to the database.
#[utoipa::path(
    post, path = "/v1/ai-agent/handshake", tag = "Chat", security(()),
    request_body = HandshakeIn,
    responses((status = 200, description = "The token and what the widget shows.", body = HandshakeOut)),
)]
async fn handshake(
    State(app): State<App>,
    client: Client,
    Json(input): Json<HandshakeIn>,
) -> Result<Response, ApiError> {
    let project =
        input.project_id.parse::<ProjectId>().map_err(|_| ApiError::not_found(ErrorCode::ProjectNotFound))?;
    let chatbot = ChatbotId::from_str(&input.chatbot_id)
        .map_err(|_| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    let card = app.agent_cards().find(app.store(), project, &chatbot).await?;
    let card = card.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    let environment = environment(&card, &client, input.environment.as_deref())?;
    card.check_origin(client.origin.as_deref())?;
    let session = session(&app, &card, &chatbot, environment, input.session_id.as_deref()).await?;
    let grant = Grant {
        account: card.account,
        project,
        chatbots: vec![chatbot],
        session,
        environment,
        origin: client.origin,
    };
    let token = app.token_keys().sign(grant, app.clock().now(), app.ids())?;
    // Token and card need no escaping: the one is base64 and dots, the other was written as JSON when it was read.
    let body = format!(
        r#"{{"token":"{token}","expiresIn":{LIFETIME},"message":"Success","data":{{"token":"{token}","expiresIn":{LIFETIME},{}}}}}"#,
        card.shown
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

fn environment(card: &AgentCard, client: &Client, asked: Option<&str>) -> Result<Environment, ApiError> {
    match asked.map(Environment::from_str) {
        None | Some(Ok(Environment::Live)) => Ok(Environment::Live),
        Some(Ok(Environment::Test)) => match &client.origin {
            Some(origin) if card.test_origins.contains(origin) => Ok(Environment::Test),
            Some(_) | None => Err(ApiError::forbidden(
                "Test sessions are given only to the agent's `test_origins`; add this page's origin to them.",
            )),
        },
        Some(Err(_)) => Err(ApiError::field("environment", "invalid", "must be `live` or `test`")),
    }
}

/// The visitor's session: the one that was asked for, when it is a web session of this agent, else a fresh one.
async fn session(
    app: &App,
    card: &AgentCard,
    chatbot: &ChatbotId,
    environment: Environment,
    asked: Option<&str>,
) -> Result<SessionId, ApiError> {
    let ids: &Ids = app.ids();
    let asked = asked.and_then(|id| SessionId::from_str(id).ok()).filter(SessionId::is_uuid_v4);
    let Some(asked) = asked else { return Ok(ids.web_session()) };
    let op = Op { environment, ..Op::system(card.account, app.clock().clone(), ids.clone()) };
    let known = app.store().find_session(&op, chatbot, Channel::Web, &asked).await?;
    Ok(if known.is_some() { asked } else { ids.web_session() })
}

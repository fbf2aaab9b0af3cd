//! The lead form, sent by a visitor.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{ChatbotId, ErrorCode, FieldError, LeadId, Op, ProjectId, SessionId};
use robofy_leads::LeadForm;
use robofy_store::accounts::AccountStatus;
use robofy_store::agents::Agent;
use robofy_store::chat::Channel;
use robofy_store::leads::{Consent, Giver, LeadChange, LeadSession, LeadSource, SaveLead, SavedLead};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::ask::limit;
use crate::auth::{Auth, Chat, check_named};
use crate::client::Client;
use crate::envelope::{Success, created, stored};
use crate::extract::NewJson;
use crate::lenient::NumberOrText;
use crate::routes::leads::values::{self, Missing, Values};
use crate::routes::leads::{ConsentIn, session_of};
use crate::wire::Digits;
use crate::{ApiError, App};

/// A form that was filled in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentFormIn {
    /// The agent's id; it must belong to the project.
    #[schema(min_length = 42, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    chatbot_id: String,
    /// The project's id.
    pid: Digits,
    /// The visitor's session; left out, the token's own.
    #[schema(min_length = 1, max_length = 128)]
    session_id: Option<String>,
    /// Values by the names of the form's fields.
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    values: Map<String, Value>,
    /// Needed when the form has a consent text: the version that was shown, and that it was accepted.
    consent: Option<ConsentIn>,
    /// The page that the visitor is on; left out, the session's.
    #[schema(max_length = 2000)]
    page_url: Option<String>,
}

/// The lead of a form that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SentFormOut {
    /// The lead's id. It stays the session's, also when the person turns out to be known already.
    lead_id: String,
}

/// Send the lead form
///
/// The values are checked by the form's fields. Within a session everything belongs to one lead, so a form that is sent
/// twice makes one, and it is the same lead as the one that the conversation makes.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/lead", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    request_body = SentFormIn,
    responses((status = 201, description = "The lead is stored.", body = Success<SentFormOut>)),
)]
pub(super) async fn send_lead(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    client: Client,
    form: NewJson<SentFormIn>,
) -> Result<Response, ApiError> {
    let (op, form) = form.claim(&app, op);
    let agent = agent(&app, &op, &client, &form).await?;
    let left = limit(&app, &op)?;
    let session = session(&app, &op, &agent, form.session_id.as_deref()).await?;
    let consent = consent(&agent.lead_form.0, form.consent.as_ref(), &op);
    // Every mistake at once: those of the values, and that of the consent.
    let (values, consent) = match (values::read(&agent, None, &form.values, Missing::Refused), consent) {
        (Ok(values), Ok(consent)) => (values, consent),
        (Err(wrong), Ok(_)) => return Err(wrong),
        (Ok(_), Err(wrong)) => return Err(ApiError::invalid(vec![wrong])),
        (Err(values), Err(consent)) => return Err(values.and_field(consent)),
    };
    if form.page_url.as_ref().is_some_and(|url| url.chars().count() > 2000) {
        return Err(ApiError::field("page_url", "too_long", "must be at most 2000 characters"));
    }
    let Values { values, email_key, complete } = values;
    let save = SaveLead {
        chatbot_id: agent.chatbot_id.clone(),
        session,
        giver: Giver::Visitor,
        source: LeadSource::Form,
        page_url: form.page_url,
        // A server that sends a visitor's form is not at the visitor's address.
        ip_address: op.visitor().map(|_| client.address.to_string()),
        email_key,
        complete,
        consent,
        values,
        change: LeadChange::default(),
    };
    let once = app.store().save_lead(&op, save, |saved: &SavedLead| {
        stored(StatusCode::CREATED, &Success::of(told(saved.told_id)))
    });
    let mut response = created(once.await?, StatusCode::CREATED, |saved| Success::of(told(saved.told_id)))?;
    if let Some(left) = left {
        left.tell(&mut response);
    }
    Ok(response)
}

fn told(lead: LeadId) -> SentFormOut {
    SentFormOut { lead_id: lead.to_string() }
}

/// The agent, when it takes this caller's leads.
async fn agent(app: &App, op: &Op, client: &Client, form: &SentFormIn) -> Result<Agent, ApiError> {
    let named = |code| match op.visitor() {
        // A token learns nothing of what exists beside the agents that it names.
        Some(_) => ApiError::forbidden("This token is not for this chatbot and project."),
        None => ApiError::not_found(code),
    };
    let project: ProjectId = form.pid.parse().map_err(|_| named(ErrorCode::ProjectNotFound))?;
    let chatbot: ChatbotId = form.chatbot_id.parse().map_err(|_| named(ErrorCode::ChatbotNotFound))?;
    check_named(op, project, &chatbot)?;
    let missing = || ApiError::not_found(ErrorCode::ChatbotNotFound);
    let head = app.store().find_agent_head(op.account, &chatbot).await?;
    let head = head.filter(|head| head.project_id == project).ok_or_else(missing)?;
    if head.status != AccountStatus::Active {
        return Err(ApiError::forbidden("the account is suspended"));
    }
    if !head.enabled {
        return Err(ApiError::forbidden("the chatbot is switched off"));
    }
    if op.visitor().is_some()
        && let Some(card) = app.agent_cards().find(app.store(), project, &chatbot).await?
    {
        card.check_origin(client.origin.as_deref())?;
    }
    let agent = app.store().find_agent(op.account, &chatbot).await?.ok_or_else(missing)?;
    if !agent.lead_form.settings().enabled {
        return Err(ApiError::forbidden("This agent's lead form is switched off."));
    }
    Ok(agent)
}

/// The session: a token's own, where nobody need have spoken yet, or an older web session of the agent's; a key's is
/// any of the account.
async fn session(app: &App, op: &Op, agent: &Agent, named: Option<&str>) -> Result<LeadSession, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::SessionNotFound);
    let named = named.map(str::parse::<SessionId>);
    let Some(visitor) = op.visitor() else {
        return match named {
            None => Ok(LeadSession::Named(Channel::Web, op.ids.web_session())),
            Some(Ok(id)) => session_of(app, op, agent, &id).await,
            Some(Err(_)) => Err(ApiError::field(
                "session_id",
                "invalid",
                "must be 1 to 128 bytes without control characters",
            )),
        };
    };
    match named {
        None => Ok(LeadSession::Named(Channel::Web, visitor.session.clone())),
        Some(Ok(id)) if id == visitor.session => Ok(LeadSession::Named(Channel::Web, id)),
        Some(Ok(id)) if id.is_uuid_v4() => {
            let known = app.store().find_session(op, &agent.chatbot_id, Channel::Web, &id).await?;
            known.map(|row| LeadSession::Of(row.session_key)).ok_or_else(missing)
        }
        Some(Ok(_) | Err(_)) => Err(missing()),
    }
}

/// The consent, where the form asks for one.
fn consent(form: &LeadForm, given: Option<&ConsentIn>, op: &Op) -> Result<Option<Consent>, FieldError> {
    let form = form.settings();
    if form.consent_text.is_none() {
        return Ok(None);
    }
    let needed = || FieldError::new("consent", "required", "the form's consent text must be accepted");
    let given = given.ok_or_else(needed)?;
    if !given.accepted {
        return Err(FieldError::new(
            "consent.accepted",
            "required",
            "the form's consent text must be accepted",
        ));
    }
    let shown = given.version.as_ref().map(NumberOrText::to_text);
    if shown != form.consent_version {
        return Err(FieldError::new(
            "consent.version",
            "outdated",
            "the consent text has changed: show the present one and send its `consent_version`",
        ));
    }
    Ok(Some(Consent { version: shown, accepted: true, message_id: None, at: op.now() }))
}

//! A visitor with a client token, at one of the agents that it names.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use robofy_kernel::{BookingId, ChatbotId, ErrorCode};
use robofy_store::booking::{Actor, Booking};
use robofy_store::chat::{Channel, Whose};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::super::making::Party;
use super::super::manage;
use crate::auth::{AsVisitor, Auth, check_named};
use crate::client::Client;
use crate::extract::{Path, Query};
use crate::{ApiError, App};

/// Which of the token's agents is meant.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Visit {
    /// The agent; required when the token names several.
    #[param(min_length = 42, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    chatbot_id: Option<String>,
}

/// A booking's id in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(crate) struct ById {
    /// The booking's id.
    booking_id: String,
}

/// How a booking is opened from elsewhere. For the interface's document; [`manage`] reads the header.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "named for the interface's document only")]
pub(crate) struct ManageToken {
    /// Opens the booking without its session.
    #[param(rename = "x-manage-token")]
    token: Option<String>,
}

/// A hold's id in a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HoldById {
    pub(super) hold_id: String,
}

/// A visitor at an agent that talks to them now.
#[derive(Debug)]
pub(crate) struct Visiting {
    pub(super) party: Party,
    pub(super) chatbot: ChatbotId,
    client: Client,
}

impl FromRequestParts<App> for Visiting {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let op = Auth::<AsVisitor>::from_request_parts(parts, app).await?.op;
        let Query(visit) = Query::<Visit>::from_request_parts(parts, app).await?;
        let Ok(client) = Client::from_request_parts(parts, app).await;
        let visitor = op.visitor().cloned().ok_or_else(|| ApiError::forbidden("This is for visitors."))?;
        let chatbot = match (visit.chatbot_id, visitor.chatbots.as_slice()) {
            (Some(chatbot), _) => {
                chatbot.parse().map_err(|_| ApiError::field("chatbotId", "invalid", "is no agent's id"))?
            }
            (None, [only]) => only.clone(),
            (None, _) => {
                let detail = "is required: the client token names several agents";
                return Err(ApiError::field("chatbotId", "required", detail));
            }
        };
        check_named(&op, visitor.project, &chatbot)?;
        // The agent, or its list of origins, may have changed since the handshake.
        let card = app.agent_cards().find(app.store(), visitor.project, &chatbot).await?;
        card.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?
            .check_origin(client.origin.as_deref())?;
        let known = app.store().find_session(&op, &chatbot, Channel::Web, &visitor.session).await?;
        let party = Party {
            project: visitor.project,
            chatbot: Some(chatbot.clone()),
            whose: Some(Whose::Named {
                chatbot_id: chatbot.clone(),
                channel: Channel::Web,
                session_id: visitor.session,
            }),
            session: known.map(|session| session.session_key),
            address: Some(client.address.to_string()),
            by: Actor::Visitor,
            op,
        };
        Ok(Self { party, chatbot, client })
    }
}

impl Visiting {
    /// Takes one of the holds, bookings and moves that visitors of an address may make in an hour.
    pub(super) fn count(&self, app: &App) -> Result<(), ApiError> {
        if app.config().rate_limit {
            app.limits().bookings.take(&self.client.address.to_string(), self.party.op.now())?;
        }
        Ok(())
    }
}

/// A visitor's booking: their own session's, or one whose manage token is shown.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(super) visiting: Visiting,
    pub(super) booking: Booking,
}

impl FromRequestParts<App> for Opened {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let visiting = Visiting::from_request_parts(parts, app).await?;
        let Path(by_id) = Path::<ById>::from_request_parts(parts, app).await?;
        let missing = || ApiError::not_found(ErrorCode::BookingNotFound);
        let id: BookingId = by_id.booking_id.parse().map_err(|_| missing())?;
        let party = &visiting.party;
        let booking = app.store().find_booking(party.op.account, id).await?.ok_or_else(missing)?;
        let here = booking.project_id == party.project && booking.environment == party.op.environment;
        let own = booking.session_key.is_some() && booking.session_key == party.session;
        if here && (own || manage::opens(app, &booking, party.op.now(), &parts.headers)) {
            Ok(Self { visiting, booking })
        } else {
            Err(missing())
        }
    }
}

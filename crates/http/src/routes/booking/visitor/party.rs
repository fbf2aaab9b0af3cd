//! A visitor with a client token, at one of the agents that it names.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use robofy_kernel::{BookingId, ChatbotId, ErrorCode};
use robofy_store::booking::{Actor, Booking};
use robofy_store::chat::{Channel, Whose};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::making::Party;
use super::super::manage;
use crate::auth::{AsVisitor, Auth, check_named};
use crate::client::Client;
use crate::extract::Query;
use crate::{ApiError, App};

/// Which of the token's agents is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Visit {
    /// The agent; required when the token names several.
    chatbot_id: Option<String>,
}

/// A booking's id in a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ById {
    booking_id: String,
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

    /// The booking of this id, when it is the session's own or its manage token is shown.
    pub(super) async fn booking(
        &self,
        app: &App,
        by_id: &ById,
        headers: &HeaderMap,
    ) -> Result<Booking, ApiError> {
        let missing = || ApiError::not_found(ErrorCode::BookingNotFound);
        let id: BookingId = by_id.booking_id.parse().map_err(|_| missing())?;
        let op = &self.party.op;
        let found = app.store().find_booking(op.account, id).await?;
        let here = |booking: &Booking| {
            booking.project_id == self.party.project && booking.environment == op.environment
        };
        let mine = |booking: &Booking| {
            let own = booking.session_key.is_some() && booking.session_key == self.party.session;
            own || manage::opens(app, booking, op.now(), headers)
        };
        found.filter(|booking| here(booking) && mine(booking)).ok_or_else(missing)
    }
}

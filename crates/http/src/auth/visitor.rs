//! Visitors with a client token.

use std::sync::Arc;

use axum::http::request::Parts;
use robofy_kernel::op::Visitor;
use robofy_kernel::{Caller, ChatbotId, Op, ProjectId, Scope, Scopes};

use super::{Authenticated, invalid_token};
use crate::client::origin;
use crate::{ApiError, App};

/// Reads the token. No database is asked; whether account and agent may still act is the turn's first read.
pub(super) async fn authenticate(token: &str, parts: &Parts, app: &App) -> Result<Authenticated, ApiError> {
    let claims = app.token_keys().verify(token, app.store(), app.clock().now()).await?;
    let Some((account, project)) = claims.ids() else {
        return Err(invalid_token("This is not an API key or client token of this server."));
    };
    let visitor =
        Visitor { project, chatbots: claims.chatbots, session: claims.session, origin: claims.origin };
    check_origin(&visitor, parts, app).await?;
    Ok(Authenticated {
        caller: Caller::Visitor(Arc::new(visitor)),
        account,
        environment: claims.environment,
        scopes: Scopes::of([Scope::Chat]),
    })
}

/// A token works on the pages of the origin that it was given to. One that an app or a server asked for works on the
/// pages that the agents allow.
async fn check_origin(visitor: &Visitor, parts: &Parts, app: &App) -> Result<(), ApiError> {
    let Some(page) = origin(&parts.headers) else { return Ok(()) };
    if let Some(given_to) = &visitor.origin {
        if *given_to == page {
            return Ok(());
        }
        return Err(ApiError::forbidden(
            "This client token was given to a page of another origin. Do a handshake here.",
        ));
    }
    for chatbot in &visitor.chatbots {
        if let Some(card) = app.agent_cards().find(app.store(), visitor.project, chatbot).await? {
            card.check_origin(Some(&page))?;
        }
    }
    Ok(())
}

/// Refuses a visitor's request for a project or agent that the token does not name, existing or not. Other callers
/// name what they like: theirs is looked for in their account.
///
/// # Errors
/// 403.
pub fn check_named(op: &Op, project: ProjectId, chatbot: &ChatbotId) -> Result<(), ApiError> {
    match op.visitor() {
        Some(visitor) if visitor.project != project || !visitor.chatbots.contains(chatbot) => {
            Err(ApiError::forbidden("This client token is not for this agent. Do a handshake with it first."))
        }
        Some(_) | None => Ok(()),
    }
}

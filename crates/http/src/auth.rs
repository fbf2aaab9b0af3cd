//! Who is calling, and may they: [`Auth`] and [`InProject`] give a handler its [`robofy_kernel::Op`].

mod api_key;
pub(crate) mod cookie;
mod in_project;
pub(crate) mod password;
mod permission;
pub mod token;
mod visitor;

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use robofy_kernel::{ApiKeyParts, Caller, Op, Scope, Scopes};

pub use in_project::{InProject, Named, OfAccount, Resource, find_agent, find_project};
pub use permission::{
    Account, Agents, AnyKey, AreaName, AsVisitor, Bookings, Chat, Inbox, Keys, Knowledge, Leads, Permission,
    Person, Read, Relay, Stats, Write,
};
pub use visitor::check_named;

use crate::client::Client;
use crate::request_log::Whose;
use crate::{ApiError, App};

/// An operation that the caller is allowed to do; the permission is part of the handler's type.
#[derive(Debug)]
pub struct Auth<P> {
    /// The operation's context: caller, account, environment, request id, clock, ids.
    pub op: Op,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> FromRequestParts<App> for Auth<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Ok(client) = Client::from_request_parts(parts, app).await;
        let caller = authenticate(parts, app).await?;
        caller.note(parts);
        caller.may::<P>()?;
        let op = Op {
            caller: caller.caller,
            account: caller.account,
            environment: caller.environment,
            request_id: Arc::clone(&client.request_id),
            idempotency: None,
            clock: app.clock().clone(),
            ids: app.ids().clone(),
        };
        Ok(Self { op, permission: PhantomData })
    }
}

/// A caller whose credential is good, before it is asked what they may do.
struct Authenticated {
    caller: Caller,
    account: robofy_kernel::AccountId,
    environment: robofy_kernel::Environment,
    scopes: Scopes,
}

impl Authenticated {
    /// Notes for the request log whose the request is.
    fn note(&self, parts: &Parts) {
        if let Some(whose) = parts.extensions.get::<Whose>() {
            whose.note(&self.caller, self.account, self.environment);
        }
    }

    fn may<P: Permission>(&self) -> Result<(), ApiError> {
        match &self.caller {
            Caller::Visitor(_) if !P::VISITOR => Err(ApiError::forbidden(
                "A client token opens only the chat. Use an API key from your server for this.",
            )),
            Caller::Key { .. } | Caller::User { .. } if P::VISITOR && !P::KEY => {
                Err(ApiError::forbidden("This is for visitors, with the client token of a handshake."))
            }
            Caller::Key { .. } if !P::KEY => {
                Err(ApiError::forbidden("This needs a person who is logged in; an API key does not open it."))
            }
            Caller::Visitor(_) | Caller::Key { .. } | Caller::User { .. } | Caller::System => {
                match P::SCOPE {
                    Some(scope) if !self.allows(scope) => Err(lacks(scope)),
                    Some(_) | None => Ok(()),
                }
            }
        }
    }

    fn allows(&self, scope: Scope) -> bool {
        self.scopes.allows(scope)
    }
}

/// 403 for a credential without the scope that is needed.
pub(crate) fn lacks(scope: Scope) -> ApiError {
    ApiError::forbidden(format!("This credential lacks the scope `{scope}`. Use a key that has it."))
}

async fn authenticate(parts: &Parts, app: &App) -> Result<Authenticated, ApiError> {
    match bearer(&parts.headers)? {
        Some(credential) if ApiKeyParts::looks_like_one(credential) => {
            api_key::authenticate(credential, parts, app).await
        }
        Some(credential) => visitor::authenticate(credential, parts, app).await,
        None => cookie::authenticate(parts, app).await?.ok_or_else(|| {
            ApiError::unauthorized("Send a credential: `Authorization: Bearer <API key or client token>`.")
        }),
    }
}

/// The text after `Bearer`; `None` without the header.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = || {
        invalid_token("The Authorization header must be sent once, as `Bearer <API key or client token>`.")
    };
    if values.next().is_some() {
        return Err(malformed());
    }
    let (scheme, credential) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
    let credential = credential.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !credential.is_empty() {
        Ok(Some(credential))
    } else {
        Err(malformed())
    }
}

const CHALLENGE: HeaderName = header::WWW_AUTHENTICATE;
const INVALID_TOKEN: HeaderValue =
    HeaderValue::from_static("Bearer realm=\"robofy\", error=\"invalid_token\"");

/// 401 for a credential that was sent and is not good (RFC 6750, section 3.1).
fn invalid_token(detail: &'static str) -> ApiError {
    ApiError::unauthorized(detail).with_header(CHALLENGE, INVALID_TOKEN)
}

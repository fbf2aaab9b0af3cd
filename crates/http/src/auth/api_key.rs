//! API keys.

use axum::http::request::Parts;
use robofy_kernel::{ApiKeyParts, Caller};
use robofy_store::accounts::AccountStatus;

use super::{Authenticated, invalid_token};
use crate::request_log::Whose;
use crate::{ApiError, App};

/// Finds the key. One that opens nothing any more is noted in its account's request log: so who still uses it is found.
pub(super) async fn authenticate(text: &str, parts: &Parts, app: &App) -> Result<Authenticated, ApiError> {
    let Some(presented) = ApiKeyParts::parse(text) else {
        return Err(invalid_token("This API key is mistyped: its checksum is wrong. Copy it again."));
    };
    let now = app.clock().now();
    let key = app.store().find_api_key(&presented.public).await?;
    let key = key.filter(|key| key.hash.matches(&presented.hash) && key.environment == presented.environment);
    let Some(key) = key else {
        return Err(invalid_token("This API key is not known here."));
    };
    let refusal = if key.revoked_at.is_some() {
        Some(invalid_token("This API key was revoked."))
    } else if key.expires_at.is_some_and(|end| end <= now) {
        Some(invalid_token("This API key has expired."))
    } else if key.status != AccountStatus::Active {
        Some(ApiError::forbidden("This account is suspended. Ask the operator."))
    } else {
        None
    };
    if let Some(refusal) = refusal {
        if let Some(whose) = parts.extensions.get::<Whose>() {
            whose.note_refused(&key);
        }
        return Err(refusal);
    }
    note_use(app, &key);
    Ok(Authenticated {
        caller: Caller::Key {
            id: key.key_id,
            name: key.name,
            scopes: key.scopes,
            expires_at: key.expires_at,
        },
        account: key.account_id,
        environment: key.environment,
        scopes: key.scopes,
    })
}

/// The time of the last use is written behind the request's back, at most once a minute.
fn note_use(app: &App, key: &robofy_store::api_keys::FoundKey) {
    let now = app.clock().now();
    if !key.use_is_worth_noting(now) {
        return;
    }
    let (store, key) = (app.store().clone(), key.clone());
    app.tasks().spawn("key used", async move {
        if let Err(error) = store.note_api_key_used(&key, now).await {
            tracing::warn!(%error, "could not note the use of an API key");
        }
    });
}

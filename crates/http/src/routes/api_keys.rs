//! API keys: made, listed, revoked; the primary one shown and replaced.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{ApiKeyParts, Caller, Environment, ErrorCode, FieldError, KeyId, Op, Scopes, Timestamp};
use robofy_store::api_keys::{KeyWish, ListedKey, Reveal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use super::auth::check_password;
use crate::auth::{Auth, Keys, Person, Read, Write};
use crate::client::Client;
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, PageToken, Paging, Path};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![
        routes!(list_api_keys, create_api_key),
        routes!(revoke_api_key),
        routes!(reveal_primary_key),
        routes!(rotate_primary_key),
    ]
}

/// A key without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyOut {
    /// Its id.
    id: String,
    /// A name to know it by.
    name: String,
    /// `live` or `test`.
    #[schema(value_type = String, examples("live"))]
    environment: Environment,
    /// What it may do; `*` is everything.
    #[schema(value_type = Vec<String>, examples("chat"))]
    scopes: Scopes,
    /// How it begins.
    prefix: String,
    /// Whether it is the account's primary key.
    is_primary: bool,
    /// When it ends by itself, RFC 3339.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
    /// When it was last used, to the minute, RFC 3339.
    #[schema(value_type = Option<String>, format = "date-time")]
    last_used_at: Option<Timestamp>,
    /// When it was made, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
}

/// A page of keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeysOut {
    /// The keys, the oldest first.
    api_keys: Vec<ApiKeyOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKeyIn {
    /// A name to know it by.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `live` or `test`.
    #[schema(value_type = String, pattern = "^(live|test)$", examples("live"))]
    environment: Environment,
    /// What it may do: `chat`, `agents:read`, `agents:write` …; `*` is everything.
    #[schema(min_items = 1, examples("chat"))]
    scopes: Vec<String>,
    /// When it ends by itself, RFC 3339.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NewApiKeyOut {
    /// Its id.
    id: String,
    /// A name to know it by.
    name: String,
    /// `live` or `test`.
    #[schema(value_type = String, examples("live"))]
    environment: Environment,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    scopes: Scopes,
    /// How it begins.
    prefix: String,
    /// When it ends by itself, RFC 3339.
    #[schema(value_type = Option<String>, format = "date-time")]
    expires_at: Option<Timestamp>,
    /// When it was made, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// The key itself, shown this once; `null` in the answer to a repeat.
    key: Option<String>,
    /// Whether this answers a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replayed: Option<bool>,
}

/// The password again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordIn {
    /// The password of the person who is logged in.
    #[schema(format = "password")]
    password: String,
}

/// The primary key.
#[derive(Serialize, ToSchema)]
pub(crate) struct PrimaryKeyOut {
    /// The key itself.
    key: String,
}

/// A key that opens nothing any more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevokedOut {
    /// Its id.
    id: String,
    /// Always true.
    revoked: bool,
}

/// A key's id in a path.
#[derive(Debug, Deserialize)]
pub(crate) struct ById {
    id: String,
}

impl From<ListedKey> for ApiKeyOut {
    fn from(key: ListedKey) -> Self {
        Self {
            id: key.key_id.to_string(),
            name: key.name,
            environment: key.environment,
            scopes: key.scopes,
            prefix: ApiKeyParts::shown_prefix(key.environment, &key.public_part),
            is_primary: key.is_primary,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            created_at: key.created_at,
        }
    }
}

/// List API keys
///
/// The account's keys that are not revoked, never with their secrets.
#[utoipa::path(
    get, path = "/v1/api-keys", tag = "API keys",
    security(("apiKey" = ["keys:read"]), ("session" = [])),
    params(Paging),
    responses((status = 200, description = "A page of keys.", body = Success<ApiKeysOut>)),
)]
async fn list_api_keys(
    State(app): State<App>,
    Auth { op, .. }: Auth<Read<Keys>>,
    list: List,
) -> Result<Body<Success<ApiKeysOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_api_keys(op.account, &cursor.request).await?.map(ApiKeyOut::from);
    Ok(ok(ApiKeysOut { api_keys: page.items, next_page_token: cursor.token(page.next)? }))
}

/// Create an API key
///
/// The key is shown in this answer and never again. A key cannot make one that may do more than itself, or for longer.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "API keys",
    security(("apiKey" = ["keys:write"]), ("session" = [], "csrf" = [])),
    request_body = ApiKeyIn,
    responses((status = 201, description = "The key.", body = Success<NewApiKeyOut>)),
)]
async fn create_api_key(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Keys>>,
    new: NewJson<ApiKeyIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let wish = wish(&op, new)?;
    let (key, row) = app.store().new_api_key(&op.ids, KeyId(op.uuid()), &wish, None);
    let shown = NewApiKeyOut {
        id: row.key_id().to_string(),
        name: wish.name,
        environment: wish.environment,
        scopes: wish.scopes,
        prefix: ApiKeyParts::shown_prefix(wish.environment, row.public_part()),
        expires_at: wish.expires_at,
        created_at: op.now(),
        key: None,
        replayed: Some(true),
    };
    let repeat = shown.clone();
    let once = app
        .store()
        .add_api_key(&op, row, move |()| stored(StatusCode::CREATED, &Success::of(repeat)))
        .await?;
    created(once, StatusCode::CREATED, |()| {
        Success::of(NewApiKeyOut { key: Some(key.reveal().to_owned()), replayed: None, ..shown })
    })
}

fn wish(op: &Op, new: ApiKeyIn) -> Result<KeyWish, ApiError> {
    let mut errors = Vec::new();
    if new.name.trim().is_empty() || new.name.chars().count() > 200 {
        errors.push(FieldError::new("name", "invalid", "must have 1 to 200 characters"));
    }
    let scopes = Scopes::try_from(new.scopes).ok().filter(|scopes| !scopes.is_empty());
    if scopes.is_none() {
        errors.push(FieldError::new(
            "scopes",
            "invalid",
            "must name at least one scope, and only scopes: `chat`, `agents:read` …, `*`",
        ));
    }
    if new.expires_at.is_some_and(|end| end <= op.now()) {
        errors.push(FieldError::new("expires_at", "invalid", "must lie in the future"));
    }
    let Some(scopes) = scopes.filter(|_| errors.is_empty()) else { return Err(ApiError::invalid(errors)) };
    if let Caller::Key { scopes: own, expires_at: own_end, .. } = &op.caller {
        let outlives = own_end.is_some_and(|own_end| new.expires_at.is_none_or(|end| end > own_end));
        let more = outlives
            || !own.covers(scopes)
            || (op.environment == Environment::Test && new.environment == Environment::Live);
        if more {
            return Err(ApiError::forbidden("A key cannot make one that may do more than itself."));
        }
    }
    Ok(KeyWish { name: new.name, environment: new.environment, scopes, expires_at: new.expires_at })
}

/// Revoke an API key
///
/// It opens nothing from now on.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", tag = "API keys",
    security(("apiKey" = ["keys:write"]), ("session" = [], "csrf" = [])),
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 200, description = "It is revoked.", body = Success<RevokedOut>)),
)]
async fn revoke_api_key(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Keys>>,
    Path(path): Path<ById>,
) -> Result<Body<Success<RevokedOut>>, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::ApiKeyNotFound);
    let id: KeyId = path.id.parse().map_err(|_| missing())?;
    if !app.store().revoke_api_key(&op, id).await? {
        return Err(missing());
    }
    Ok(ok(RevokedOut { id: id.to_string(), revoked: true }))
}

/// Show the primary API key
///
/// For a person who is logged in and gives the password again. A server with `--key-reveal off` shows it only once.
#[utoipa::path(
    post, path = "/v1/api-keys/primary/reveal", tag = "API keys", security(("session" = [], "csrf" = [])),
    request_body = PasswordIn,
    responses((status = 200, description = "The key.", body = Success<PrimaryKeyOut>)),
)]
async fn reveal_primary_key(
    State(app): State<App>,
    Auth { op, .. }: Auth<Person>,
    client: Client,
    Json(input): Json<PasswordIn>,
) -> Result<Body<Success<PrimaryKeyOut>>, ApiError> {
    confirm(&app, &op, &client, input.password).await?;
    if !app.config().key_reveal {
        return Err(ApiError::forbidden("This server shows keys only once. Make a new primary key instead."));
    }
    let key = app.store().reveal_primary_key(op.account).await?;
    let key = key.ok_or_else(|| {
        ApiError::new(
            ErrorCode::ApiKeyNotFound,
            "There is no primary key that could be shown. Make a new one.",
        )
    })?;
    Ok(ok(PrimaryKeyOut { key: key.reveal().to_owned() }))
}

/// Replace the primary API key
///
/// The present one is revoked at once. For a person who is logged in and gives the password again.
#[utoipa::path(
    post, path = "/v1/api-keys/primary/rotate", tag = "API keys", security(("session" = [], "csrf" = [])),
    request_body = PasswordIn,
    responses((status = 200, description = "The new key.", body = Success<PrimaryKeyOut>)),
)]
async fn rotate_primary_key(
    State(app): State<App>,
    Auth { op, .. }: Auth<Person>,
    client: Client,
    Json(input): Json<PasswordIn>,
) -> Result<Body<Success<PrimaryKeyOut>>, ApiError> {
    confirm(&app, &op, &client, input.password).await?;
    let wish = KeyWish {
        name: "Primary".into(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    };
    let reveal = if app.config().key_reveal { Reveal::On } else { Reveal::Off };
    let (key, row) = app.store().new_api_key(&op.ids, KeyId(op.uuid()), &wish, Some(reveal));
    app.store().replace_primary_key(&op, row).await?;
    Ok(ok(PrimaryKeyOut { key: key.reveal().to_owned() }))
}

/// The password of the person who is logged in; a wrong one is 403, for the session itself is good.
async fn confirm(app: &App, op: &Op, client: &Client, password: String) -> Result<(), ApiError> {
    let Caller::User { id, .. } = op.caller else {
        return Err(ApiError::forbidden("This needs a person who is logged in."));
    };
    let member = app.store().find_member(op.account, id).await?;
    let email = member.as_ref().map(|member| member.email.clone()).unwrap_or_default();
    match check_password(app, client, &email, member, password).await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == ErrorCode::Unauthorized => {
            Err(ApiError::forbidden("The password is wrong."))
        }
        Err(error) => Err(error),
    }
}

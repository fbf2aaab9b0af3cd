//! People sign up, log in and out.

use std::sync::Arc;

use axum::Json as Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use robofy_kernel::{AccountId, Caller, Environment, FieldError, KeyId, Op, Role, Scopes, Timestamp, UserId};
use robofy_store::Once;
use robofy_store::accounts::{Account, NewAccount};
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::users::{Member, SignUp, SignUpRefused};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{AnyKey, Auth, cookie, password};
use crate::client::Client;
use crate::envelope::{Success, ok, replayed, stored};
use crate::extract::{Head, Json, NewJson};
use crate::{ApiError, App, Signup};

pub(super) fn group() -> Group {
    vec![routes!(sign_up), routes!(log_in), routes!(log_out), routes!(who_am_i)]
}

/// A person who opens an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpIn {
    /// The e-mail address; it is what one logs in with.
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// At least 10 characters, and not a common one.
    #[schema(min_length = 10, max_length = 512, format = "password")]
    password: String,
    /// The person's name.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// The company.
    #[schema(max_length = 200)]
    company: Option<String>,
    /// The code that the server printed when it started; the first sign-up from another machine needs it.
    setup_code: Option<String>,
}

/// A person who comes back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogInIn {
    /// The e-mail address.
    email: String,
    /// The password.
    #[schema(format = "password")]
    password: String,
}

/// Who is calling: a person with a role, or a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeOut {
    /// The person, when one calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserOut>,
    /// The account.
    account: AccountOut,
    /// The person's role in the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, examples("owner"))]
    role: Option<Role>,
    /// The key, when one calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key: Option<KeyOut>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserOut {
    /// The id.
    id: String,
    /// The e-mail address.
    email: String,
    /// The name.
    name: Option<String>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountOut {
    /// The id.
    id: String,
    /// The name.
    name: String,
    /// Where people are sent who want a person.
    email: String,
    /// The company.
    company: Option<String>,
    /// When it was opened, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
}

/// The calling key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyOut {
    /// Its name.
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    scopes: Scopes,
    /// `live` or `test`.
    #[schema(value_type = String, examples("live"))]
    environment: Environment,
}

/// Nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Nothing {}

impl From<Account> for AccountOut {
    fn from(account: Account) -> Self {
        Self {
            id: account.account_id.to_string(),
            name: account.name,
            email: account.email,
            company: account.company,
            created_at: account.created_at,
        }
    }
}

impl From<&Member> for UserOut {
    fn from(member: &Member) -> Self {
        Self { id: member.user_id.to_string(), email: member.email.clone(), name: member.name.clone() }
    }
}

/// Sign up
///
/// Opens an account with its primary API key and begins a session. Who may do this is the operator's choice
/// (`--signup first`, `invite` or `open`).
#[utoipa::path(
    post, path = "/v1/auth/signup", tag = "Authentication", security(()),
    request_body = SignUpIn,
    responses((status = 201, description = "The account is open; the cookie is set.", body = Success<MeOut>, headers(("Set-Cookie" = String, description = "The session.")))),
)]
async fn sign_up(
    State(app): State<App>,
    client: Client,
    parts: Head,
    new: NewJson<SignUpIn>,
) -> Result<Response, ApiError> {
    let parts = parts.0;
    cookie::check_origin(&parts, app.config())?;
    let now = app.clock().now();
    // Hashing costs; so does guessing the setup code.
    app.limits().sign_ups.take(&client.address.to_string(), now)?;
    // A repeat must find its claim, which belongs to an account: so the key names the account.
    let account = new.account(&app).unwrap_or_else(|| AccountId(app.ids().uuid_v7(now)));
    let request_id = Arc::clone(&client.request_id);
    let op = Op { request_id, ..Op::system(account, app.clock().clone(), app.ids().clone()) };
    let (op, new) = new.claim(&app, op);
    if let Some((status, body)) = app.store().find_answer(&op).await? {
        return again(&app, &client, &parts, new, (status, body)).await;
    }
    may_sign_up(&app, new.setup_code.as_deref()).await?;
    check(&new)?;
    let name = new.name.clone().filter(|name| !name.trim().is_empty());
    let account_name = new
        .company
        .clone()
        .filter(|c| !c.trim().is_empty())
        .or_else(|| name.clone())
        .unwrap_or_else(|| new.email.clone());
    let password_hash = app.passwords().hash(app.ids(), new.password.clone()).await?;
    let wish = KeyWish {
        name: "Primary".into(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    };
    let reveal = if app.config().key_reveal { Reveal::On } else { Reveal::Off };
    let (_, primary_key) = app.store().new_api_key(app.ids(), KeyId(op.uuid()), &wish, Some(reveal));
    let user_id = UserId(op.uuid());
    let me = MeOut {
        user: Some(UserOut { id: user_id.to_string(), email: new.email.clone(), name: name.clone() }),
        account: AccountOut {
            id: account.to_string(),
            name: account_name.clone(),
            email: new.email.clone(),
            company: new.company.clone(),
            created_at: op.now(),
        },
        role: Some(Role::Owner),
        key: None,
    };
    let (status, body) = stored(StatusCode::CREATED, &Success::of(me));
    let answer = body.clone();
    let sign_up = SignUp {
        account: NewAccount {
            account_id: account,
            name: account_name,
            email: new.email.clone(),
            company: new.company.clone(),
        },
        user_id,
        name,
        password_hash,
        primary_key,
        only_first: app.config().signup == Signup::First,
    };
    match app.store().sign_up(&op, sign_up, move |()| (status, answer)).await? {
        Ok(Once::Fresh(())) => {
            let cookie = cookie::begin(&app, &parts, account, user_id).await?;
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok((StatusCode::CREATED, [kind, (header::SET_COOKIE, cookie)], body).into_response())
        }
        Ok(Once::Replayed(status, body)) => again(&app, &client, &parts, new, (status, body)).await,
        Err(SignUpRefused::EmailTaken) => Err(ApiError::new(
            robofy_kernel::ErrorCode::Conflict,
            "There is an account with this e-mail address. Log in instead.",
        )),
        Err(SignUpRefused::NotFirst) => Err(closed()),
    }
}

/// A repeated sign-up: the same answer, and a session of its own, while its password is still the person's.
async fn again(
    app: &App,
    client: &Client,
    parts: &Parts,
    repeat: SignUpIn,
    (status, body): (u16, Vec<u8>),
) -> Result<Response, ApiError> {
    let member = app.store().find_member_by_email(&repeat.email).await?;
    let member = check_password(app, client, &repeat.email, member, repeat.password).await?;
    let cookie = cookie::begin(app, parts, member.account_id, member.user_id).await?;
    let mut response = replayed(status, body)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn may_sign_up(app: &App, code: Option<&str>) -> Result<(), ApiError> {
    match app.config().signup {
        Signup::Open => Ok(()),
        Signup::Invite => Err(closed()),
        Signup::First => {
            if app.store().has_accounts().await? {
                return Err(closed());
            }
            let Some(expected) = &app.config().setup_code else { return Ok(()) };
            let right: bool =
                code.unwrap_or("").trim().as_bytes().ct_eq(expected.expose_secret().as_bytes()).into();
            if right {
                return Ok(());
            }
            Err(ApiError::forbidden(
                "The first sign-up needs the `setup_code` that the server printed when it started.",
            ))
        }
    }
}

fn closed() -> ApiError {
    ApiError::forbidden("Sign-up is closed on this server. Ask its operator for an account.")
}

fn check(new: &SignUpIn) -> Result<(), ApiError> {
    let mut errors = Vec::new();
    if !is_address(&new.email) {
        errors.push(FieldError::new(
            "email",
            "invalid",
            "must be an e-mail address, such as ann@example.com",
        ));
    }
    let about = [Some(new.email.as_str()), new.name.as_deref(), new.company.as_deref()];
    errors.extend(password::check(&new.password, &about.into_iter().flatten().collect::<Vec<_>>()));
    for (field, value) in [("name", &new.name), ("company", &new.company)] {
        if value.as_ref().is_some_and(|value| value.chars().count() > 200) {
            errors.push(FieldError::new(field, "too_long", "must be at most 200 characters"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}

pub(super) fn is_address(text: &str) -> bool {
    let options = email_address::Options::default().without_display_text().without_domain_literal();
    text.len() <= 254 && email_address::EmailAddress::parse_with_options(text, options).is_ok()
}

/// Log in
///
/// Begins a session of 12 hours without a request, 30 days at most.
#[utoipa::path(
    post, path = "/v1/auth/login", tag = "Authentication", security(()),
    request_body = LogInIn,
    responses((status = 200, description = "Logged in; the cookie is set.", body = Success<MeOut>, headers(("Set-Cookie" = String, description = "The session.")))),
)]
async fn log_in(
    State(app): State<App>,
    client: Client,
    parts: Head,
    Json(login): Json<LogInIn>,
) -> Result<Response, ApiError> {
    let parts = parts.0;
    cookie::check_origin(&parts, app.config())?;
    let member = app.store().find_member_by_email(&login.email).await?;
    let member = check_password(&app, &client, &login.email, member, login.password).await?;
    let me = me_of(&app, &member).await?;
    let cookie = cookie::begin(&app, &parts, member.account_id, member.user_id).await?;
    Ok(([(header::SET_COOKIE, cookie)], ok(me)).into_response())
}

/// Compares a password, slowed after failures of the same address or e-mail; 401 says nothing of which was wrong.
pub(super) async fn check_password(
    app: &App,
    client: &Client,
    email: &str,
    member: Option<Member>,
    password: String,
) -> Result<Member, ApiError> {
    let (limits, now) = (app.limits(), app.clock().now());
    let address = client.address.to_string();
    let both = format!("{} {address}", robofy_store::users::email_key(email));
    let slowed = || {
        limits.failures_of_address.check(&address, now)?;
        limits.failures_of_both.check(&both, now).map(|_left| ())
    };
    slowed()?;
    let place = app.passwords().place().await?;
    // Once more: many may have waited, and those before them may have used up what was left.
    slowed()?;
    let hash = member.as_ref().map(|member| member.password_hash.clone());
    let (_place, right) = app.passwords().verify(place, app.ids(), hash, password).await?;
    match member.filter(|_| right) {
        Some(member) => Ok(member),
        None => {
            // What is taken here makes the next attempt wait; this one has its answer.
            let _spent =
                (limits.failures_of_address.take(&address, now), limits.failures_of_both.take(&both, now));
            Err(ApiError::unauthorized("E-mail address or password is wrong."))
        }
    }
}

async fn me_of(app: &App, member: &Member) -> Result<MeOut, ApiError> {
    let account = find_account(app, member.account_id).await?;
    Ok(MeOut { user: Some(UserOut::from(member)), account, role: Some(member.role), key: None })
}

async fn find_account(app: &App, account: AccountId) -> Result<AccountOut, ApiError> {
    let account = app.store().find_account(account).await?;
    account.map(AccountOut::from).ok_or_else(|| ApiError::unauthorized("This account is gone."))
}

/// Log out
///
/// Ends the session; the cookie opens nothing any more.
#[utoipa::path(
    post, path = "/v1/auth/logout", tag = "Authentication", security(("session" = [], "csrf" = [])),
    responses((status = 200, description = "Logged out; the cookie is taken away.", body = Success<Nothing>, headers(("Set-Cookie" = String, description = "An empty one.")))),
)]
async fn log_out(
    State(app): State<App>,
    _: Auth<crate::auth::Person>,
    parts: Head,
) -> Result<Response, ApiError> {
    if let Some(token) = cookie::token(&parts.0, app.config()) {
        app.store().end_login(cookie::hash(&token)).await?;
    }
    let clear = HeaderName::from_static("clear-site-data");
    let headers = [
        (header::SET_COOKIE, cookie::clear(&app, &parts.0)?),
        (clear, HeaderValue::from_static("\"cache\"")),
    ];
    Ok((headers, ok(Nothing {})).into_response())
}

/// Say who is calling
///
/// With a session: the person, the account and the role. With a key: the account and what the key may do.
#[utoipa::path(
    get, path = "/v1/auth/me", tag = "Authentication", security(("apiKey" = []), ("session" = [])),
    responses((status = 200, description = "Who is calling.", body = Success<MeOut>)),
)]
async fn who_am_i(
    State(app): State<App>,
    Auth { op, .. }: Auth<AnyKey>,
) -> Result<Body<Success<MeOut>>, ApiError> {
    let account = find_account(&app, op.account).await?;
    let me = match &op.caller {
        Caller::User { id, .. } => {
            let member = app.store().find_member(op.account, *id).await?;
            let member = member.ok_or_else(|| ApiError::unauthorized("This user is gone."))?;
            MeOut { user: Some(UserOut::from(&member)), account, role: Some(member.role), key: None }
        }
        Caller::Key { name, scopes, .. } => {
            let key = KeyOut { name: name.clone(), scopes: *scopes, environment: op.environment };
            MeOut { user: None, account, role: None, key: Some(key) }
        }
        Caller::Visitor(_) | Caller::System => MeOut { user: None, account, role: None, key: None },
    };
    Ok(ok(me))
}

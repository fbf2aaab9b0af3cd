//! The dashboard's session cookie.

use axum::http::{HeaderValue, Method, header, request::Parts};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use robofy_kernel::{AccountId, Caller, Environment, Ids, Scopes, UserId};
use robofy_store::accounts::AccountStatus;
use robofy_store::logins::LONGEST;
use sha2::{Digest, Sha256};

use super::Authenticated;
use crate::client::{is_https, origin};
use crate::{ApiError, App, HttpConfig};

const PLAIN: &str = "robofy_session";
const ON_TLS: &str = "__Host-robofy_session";
const CSRF: &str = "x-robofy-csrf";

const fn name(https: bool) -> &'static str {
    if https { ON_TLS } else { PLAIN }
}

/// The session that the cookie names; `None` without a cookie.
pub(super) async fn authenticate(parts: &Parts, app: &App) -> Result<Option<Authenticated>, ApiError> {
    let Some(token) = token(parts, app.config()) else { return Ok(None) };
    let found = app.store().find_login(&hash(&token), app.clock().now()).await?;
    let Some(login) = found else {
        return Err(ApiError::unauthorized("This session has ended. Log in again."));
    };
    check_change(parts, app.config())?;
    if login.status != AccountStatus::Active {
        return Err(ApiError::forbidden("This account is suspended. Ask the operator."));
    }
    Ok(Some(Authenticated {
        caller: Caller::User { id: login.user_id, role: login.role },
        account: login.account_id,
        environment: Environment::Live,
        scopes: Scopes::everything(),
    }))
}

/// The token in the request's cookie.
pub(crate) fn token(parts: &Parts, config: &HttpConfig) -> Option<String> {
    let jar = CookieJar::from_headers(&parts.headers);
    jar.get(name(is_https(parts, config))).map(|cookie| cookie.value().to_owned())
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A change by cookie must come from our own pages: with the header that a form cannot send, and from our origin.
fn check_change(parts: &Parts, config: &HttpConfig) -> Result<(), ApiError> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    if !parts.headers.contains_key(CSRF) {
        return Err(ApiError::forbidden(
            "Send the header `x-robofy-csrf` (any value) with the session cookie.",
        ));
    }
    check_origin(parts, config)
}

/// Refuses a request that another site's page makes a browser send.
pub(crate) fn check_origin(parts: &Parts, config: &HttpConfig) -> Result<(), ApiError> {
    let site = parts.headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let site_is_ours = site.is_none_or(|site| matches!(site, b"same-origin" | b"none"));
    let origin_is_ours = origin(&parts.headers).is_none_or(|origin| origin == ours(parts, config));
    if site_is_ours && origin_is_ours {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "This request comes from another site. If it is the server's own page under a name, start it with --public-url.",
    ))
}

/// The origin of our own pages. Without `--public-url` the `Host` header tells, but only where it is an address or
/// `localhost`: a name can be made to point here by whoever owns it (DNS rebinding), and then matches nothing.
fn ours(parts: &Parts, config: &HttpConfig) -> String {
    if let Some(origin) = &config.public_origin {
        return origin.clone();
    }
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    if !is_address_or_localhost(host) {
        return String::new();
    }
    let scheme = if is_https(parts, config) { "https" } else { "http" };
    format!("{scheme}://{host}")
}

fn is_address_or_localhost(host: &str) -> bool {
    use std::net::{IpAddr, SocketAddr};
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
        || host.parse::<SocketAddr>().is_ok()
}

/// Begins a session and gives its cookie.
pub(crate) async fn begin(
    app: &App,
    parts: &Parts,
    account: AccountId,
    user: UserId,
) -> Result<HeaderValue, ApiError> {
    let token = new_token(app.ids());
    app.store().begin_login(hash(&token), account, user, app.clock().now()).await?;
    let seconds = i64::try_from(LONGEST.as_secs()).unwrap_or(i64::MAX);
    set(&token, seconds, is_https(parts, app.config()))
}

/// The cookie that takes the session's away.
pub(crate) fn clear(app: &App, parts: &Parts) -> Result<HeaderValue, ApiError> {
    set("", 0, is_https(parts, app.config()))
}

fn new_token(ids: &Ids) -> String {
    URL_SAFE_NO_PAD.encode(ids.bytes::<32>())
}

fn set(token: &str, seconds: i64, https: bool) -> Result<HeaderValue, ApiError> {
    let mut cookie = Cookie::new(name(https), token);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(https);
    let text = format!("{cookie}; Max-Age={seconds}");
    HeaderValue::from_str(&text).map_err(ApiError::internal)
}

#[cfg(test)]
mod host_tests {
    use super::is_address_or_localhost;

    #[test]
    fn names_that_can_be_made_to_point_here_are_not_believed() {
        for host in
            ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.5", "robofy.localhost"]
        {
            assert!(is_address_or_localhost(host), "{host}");
        }
        for host in
            ["", "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"]
        {
            assert!(!is_address_or_localhost(host), "{host}");
        }
    }
}

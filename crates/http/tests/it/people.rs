//! Sign-up, login, the session cookie, API keys.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use robofy_http::{HttpConfig, Signup};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

const PASSWORD: &str = "correct horse battery";

fn config() -> HttpConfig {
    HttpConfig { key_reveal: true, rate_limit: true, signup: Signup::Open, ..HttpConfig::default() }
}

async fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let mut request =
        Request::post(path).header("content-type", "application/json").header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path).header("host", "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

fn person(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn signed_up(server: &Server, email: &str) -> String {
    let answer = post(server, "/v1/auth/signup", &[], person(email)).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    cookie(&answer)
}

#[tokio::test]
async fn from_sign_up_to_log_out() {
    let server = Server::start_with(config()).await;
    let answer = post(&server, "/v1/auth/signup", &[], person("Ann@Example.com")).await;
    assert_eq!(answer.status, 201);
    let set = answer.header("set-cookie").to_owned();
    for part in ["robofy_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"));
    let session = cookie(&answer);
    let me = get(&server, "/v1/auth/me", &[("cookie", &session)]).await.json();
    assert_eq!(
        (&me["data"]["user"]["email"], &me["data"]["role"]),
        (&json!("Ann@Example.com"), &json!("owner"))
    );
    assert_eq!(me["data"], answer.json()["data"]);

    let again = post(&server, "/v1/auth/login", &[], person("ann@example.com")).await;
    assert_eq!(again.status, 200);
    let out = [("cookie", session.as_str()), ("x-robofy-csrf", "1")];
    let answer = post(&server, "/v1/auth/logout", &out, json!({})).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(get(&server, "/v1/auth/me", &[("cookie", &session)]).await.status, 401);
    assert_eq!(get(&server, "/v1/auth/me", &[("cookie", &cookie(&again))]).await.status, 200);
}

#[tokio::test]
async fn a_change_by_cookie_needs_header_and_origin() {
    let server = Server::start_with(config()).await;
    let session = signed_up(&server, "ann@example.com").await;
    let create = |extra: Vec<(&'static str, &'static str)>| {
        let mut headers = vec![("cookie", session.as_str())];
        headers.extend(extra);
        let server = &server;
        async move { post(server, "/v1/projects", &headers, json!({ "name": "P" })).await.status.as_u16() }
    };
    assert_eq!(create(vec![]).await, 403);
    assert_eq!(create(vec![("x-robofy-csrf", "1"), ("origin", "https://evil.example")]).await, 403);
    assert_eq!(create(vec![("x-robofy-csrf", "1"), ("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(create(vec![("x-robofy-csrf", "1"), ("origin", "null")]).await, 403);
    assert_eq!(create(vec![("x-robofy-csrf", "1"), ("origin", "http://localhost:8080")]).await, 201);
    assert_eq!(create(vec![("x-robofy-csrf", "1")]).await, 201);
    assert_eq!(
        create(vec![("x-robofy-csrf", "1"), ("authorization", "Bearer nonsense")]).await,
        401,
        "a cookie beside a credential does not count"
    );
    for path in ["/v1/auth/login", "/v1/auth/signup"] {
        let answer =
            post(&server, path, &[("origin", "https://evil.example")], person("ann@example.com")).await;
        assert_eq!(answer.status, 403, "{path}");
    }
}

#[tokio::test]
async fn on_tls_the_cookie_is_bound_to_the_host() {
    let public_origin = Some("https://ai.example.com".to_owned());
    let server = Server::start_with(HttpConfig { public_origin, ..config() }).await;
    let answer =
        post(&server, "/v1/auth/signup", &[("origin", "https://ai.example.com")], person("ann@example.com"))
            .await;
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-robofy_session=") && set.contains("; Secure"), "{set}");
    let plain = set.trim_start_matches("__Host-").split(';').next().unwrap();
    assert_eq!(get(&server, "/v1/auth/me", &[("cookie", plain)]).await.status, 401);
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_after_thirty_days() {
    let server = Server::start_with(config()).await;
    let session = signed_up(&server, "ann@example.com").await;
    let headers = [("cookie", session.as_str())];
    for _ in 0..(30 * 24 / 11) {
        server.clock.advance(Duration::from_secs(11 * 3_600));
        assert_eq!(get(&server, "/v1/auth/me", &headers).await.status, 200);
    }
    server.clock.advance(Duration::from_secs(11 * 3_600));
    assert_eq!(get(&server, "/v1/auth/me", &headers).await.status, 401, "30 days");
    let login = post(&server, "/v1/auth/login", &[], person("ann@example.com")).await;
    server.clock.advance(Duration::from_secs(12 * 3_600 + 1));
    assert_eq!(get(&server, "/v1/auth/me", &[("cookie", &cookie(&login))]).await.status, 401, "12 hours");
}

#[tokio::test]
async fn who_may_sign_up() {
    let first = Server::start_with(HttpConfig {
        signup: Signup::First,
        setup_code: Some("SESAME".into()),
        ..config()
    })
    .await;
    let mut new = person("ann@example.com");
    assert_eq!(post(&first, "/v1/auth/signup", &[], new.clone()).await.status, 403);
    new["setup_code"] = json!("sesame");
    assert_eq!(post(&first, "/v1/auth/signup", &[], new.clone()).await.status, 403);
    new["setup_code"] = json!("SESAME");
    assert_eq!(post(&first, "/v1/auth/signup", &[], new.clone()).await.status, 201);
    new["email"] = json!("bob@example.com");
    assert_eq!(post(&first, "/v1/auth/signup", &[], new.clone()).await.status, 403);
    let invite = Server::start_with(HttpConfig { signup: Signup::Invite, ..config() }).await;
    assert_eq!(post(&invite, "/v1/auth/signup", &[], person("ann@example.com")).await.status, 403);
    let open = Server::start_with(config()).await;
    signed_up(&open, "ann@example.com").await;
    let taken = post(&open, "/v1/auth/signup", &[], person("ANN@example.com")).await;
    assert_eq!((taken.status.as_u16(), taken.code().as_str()), (409, "CONFLICT"));
}

#[tokio::test]
async fn bad_sign_ups_name_their_fields() {
    let server = Server::start_with(config()).await;
    let long = "x".repeat(201);
    for (body, fields) in [
        (json!({ "email": "ann", "password": "short" }), vec!["email", "password"]),
        (json!({ "email": "ann@example.com", "password": "password123" }), vec!["password"]),
        (json!({ "email": "Ann <ann@example.com>", "password": PASSWORD }), vec!["email"]),
        (json!({ "email": "ann@example.com", "password": PASSWORD, "name": long }), vec!["name"]),
        (json!({ "email": "ann@example.com", "password": PASSWORD, "more": 1 }), vec!["more"]),
        (json!({ "email": "ann@example.com" }), vec!["password"]),
    ] {
        let answer = post(&server, "/v1/auth/signup", &[], body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
        let errors = answer.json()["error"]["errors"].clone();
        let named: Vec<_> =
            errors.as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
        assert_eq!(named, fields, "{body}");
    }
}

#[tokio::test]
async fn a_repeated_sign_up_is_one() {
    let server = Server::start_with(config()).await;
    let key = [("idempotency-key", "once")];
    let first = post(&server, "/v1/auth/signup", &key, person("ann@example.com")).await;
    let again = post(&server, "/v1/auth/signup", &key, person("ann@example.com")).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(get(&server, "/v1/auth/me", &[("cookie", &cookie(&again))]).await.status, 200);
    let other = post(&server, "/v1/auth/signup", &key, person("bob@example.com")).await;
    assert_eq!(other.status, 409);
}

#[tokio::test]
async fn eight_logins_at_once_succeed_and_guessing_is_slowed() {
    let server = Server::start_with(config()).await;
    signed_up(&server, "ann@example.com").await;
    let logins = (0..8).map(|_| post(&server, "/v1/auth/login", &[], person("ann@example.com")));
    for answer in futures::future::join_all(logins).await {
        assert_eq!(answer.status, 200);
    }
    let wrong = json!({ "email": "ann@example.com", "password": "wrong" });
    for _ in 0..5 {
        let answer = post(&server, "/v1/auth/login", &[], wrong.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "UNAUTHORIZED"));
    }
    let slowed = post(&server, "/v1/auth/login", &[], person("ann@example.com")).await;
    assert_eq!((slowed.status.as_u16(), slowed.code().as_str()), (429, "RATE_LIMITED"));
    let wait: u64 = slowed.header("retry-after").parse().unwrap();
    let unknown = post(&server, "/v1/auth/login", &[], person("nobody@example.com")).await;
    assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (401, "UNAUTHORIZED"));
    server.clock.advance(Duration::from_secs(wait));
    assert_eq!(post(&server, "/v1/auth/login", &[], person("ann@example.com")).await.status, 200);
}

#[tokio::test]
async fn the_primary_key_is_shown_and_replaced_after_the_password() {
    let server = Server::start_with(config()).await;
    let session = signed_up(&server, "ann@example.com").await;
    let headers = [("cookie", session.as_str()), ("x-robofy-csrf", "1")];
    let shown = |path: &'static str, password: &'static str| {
        post(&server, path, &headers, json!({ "password": password }))
    };
    assert_eq!(shown("/v1/api-keys/primary/reveal", "wrong").await.status, 403);
    let answer = shown("/v1/api-keys/primary/reveal", PASSWORD).await;
    let key = answer.json()["data"]["key"].as_str().unwrap().to_owned();
    assert_eq!(server.call("GET", "/v1/auth/me", &key, None).await.status, 200);
    let rotated = shown("/v1/api-keys/primary/rotate", PASSWORD).await;
    let new = rotated.json()["data"]["key"].as_str().unwrap().to_owned();
    assert_eq!(server.call("GET", "/v1/auth/me", &key, None).await.status, 401);
    assert_eq!(server.call("GET", "/v1/auth/me", &new, None).await.status, 200);
    let by_key =
        server.call("POST", "/v1/api-keys/primary/reveal", &new, Some(json!({ "password": PASSWORD }))).await;
    assert_eq!(by_key.status, 403);
}

#[tokio::test]
async fn keys_are_made_used_and_revoked() {
    let server = Server::start().await;
    let (tenant, other) = (server.tenant("a").await, server.tenant("b").await);
    let body = json!({ "name": "Shop", "environment": "live", "scopes": ["agents:read", "keys:write"], "expires_at": "2027-02-01T00:00:00Z" });
    let made = server.call("POST", "/v1/api-keys", &tenant.key, Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let made = made.json()["data"].clone();
    let key = made["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with(made["prefix"].as_str().unwrap()));
    assert_eq!(made["expires_at"], "2027-02-01T00:00:00Z");
    assert_eq!(server.call("GET", "/v1/projects", &key, None).await.status, 200);
    let lacking = server.call("POST", "/v1/projects", &key, Some(json!({ "name": "P" }))).await;
    assert_eq!((lacking.status.as_u16(), lacking.code().as_str()), (403, "FORBIDDEN"));

    // It cannot make more than itself.
    let more = json!({ "name": "More", "environment": "live", "scopes": ["*"] });
    assert_eq!(server.call("POST", "/v1/api-keys", &key, Some(more)).await.status, 403);
    for (end, status) in
        [(None, 403), (Some("2027-02-01T00:00:01Z"), 403), (Some("2027-02-01T00:00:00Z"), 201)]
    {
        let less =
            json!({ "name": "Less", "environment": "live", "scopes": ["agents:read"], "expires_at": end });
        assert_eq!(server.call("POST", "/v1/api-keys", &key, Some(less)).await.status, status, "{end:?}");
    }

    let listed = server.call("GET", "/v1/api-keys", &tenant.key, None).await;
    assert_eq!(listed.json()["data"]["api_keys"].as_array().unwrap().len(), 3);
    assert!(!String::from_utf8_lossy(&listed.body).contains(&key[21..53]), "no secret in a list");

    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    let strangers = server.call("DELETE", &path, &other.key, None).await;
    assert_eq!((strangers.status.as_u16(), strangers.code().as_str()), (404, "API_KEY_NOT_FOUND"));
    assert_eq!(server.call("DELETE", &path, &tenant.key, None).await.status, 200);
    assert_eq!(server.call("GET", "/v1/projects", &key, None).await.status, 401);
    assert_eq!(server.call("DELETE", &path, &tenant.key, None).await.status, 404);
}

#[tokio::test]
async fn a_key_expires_and_bad_wishes_are_refused() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let end = server.clock.now().after(Duration::from_secs(60));
    let key = server.key(&tenant, robofy_kernel::Environment::Live, &["*"], Some(end)).await;
    assert_eq!(server.call("GET", "/v1/projects", &key, None).await.status, 200);
    server.clock.advance(Duration::from_secs(60));
    assert_eq!(server.call("GET", "/v1/projects", &key, None).await.status, 401);
    for body in [
        json!({ "name": "", "environment": "live", "scopes": ["chat"] }),
        json!({ "name": "N", "environment": "both", "scopes": ["chat"] }),
        json!({ "name": "N", "environment": "live", "scopes": [] }),
        json!({ "name": "N", "environment": "live", "scopes": ["agents:delete"] }),
        json!({ "name": "N", "environment": "live", "scopes": ["chat"], "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "name": "N", "environment": "live", "scopes": ["chat"], "secret": 1 }),
    ] {
        assert_eq!(
            server.call("POST", "/v1/api-keys", &tenant.key, Some(body.clone())).await.status,
            400,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_repeat_does_not_show_the_key_again() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let headers = [("authorization", format!("Bearer {}", tenant.key)), ("idempotency-key", "k".into())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = json!({ "name": "N", "environment": "test", "scopes": ["chat"] });
    let first = post(&server, "/v1/api-keys", &headers, body.clone()).await.json()["data"].clone();
    let again = post(&server, "/v1/api-keys", &headers, body).await.json()["data"].clone();
    assert_eq!((&first["id"], &again["key"], &again["replayed"]), (&again["id"], &Value::Null, &json!(true)));
    assert!(first["key"].as_str().unwrap().starts_with("rbf_test_") && first.get("replayed").is_none());
}

#[tokio::test]
async fn guesses_at_once_are_slowed_like_guesses_in_a_row() {
    let server = Server::start_with(config()).await;
    signed_up(&server, "ann@example.com").await;
    let guess = json!({ "email": "ann@example.com", "password": "wrong horse battery" });
    let guesses = (0..40).map(|_| post(&server, "/v1/auth/login", &[], guess.clone()));
    let answers = futures::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    // Five, and those that were being looked at when the fifth was noted.
    assert!((5..=12).contains(&looked_at), "{looked_at}");
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 40 - looked_at);
}

#[tokio::test]
async fn a_repeated_sign_up_opens_nothing_once_its_password_was_changed() {
    let server = Server::start_with(config()).await;
    let sign_up = || post(&server, "/v1/auth/signup", &[("idempotency-key", "k")], person("ann@example.com"));
    assert_eq!(sign_up().await.status, 201);
    let repeat = sign_up().await;
    assert_eq!((repeat.status.as_u16(), repeat.header("idempotency-replayed")), (201, "true"));
    let hash =
        robofy_http::Passwords::new().hash(server.app.ids(), "another horse battery".into()).await.unwrap();
    assert!(server.app.store().reset_password("ann@example.com", hash).await.unwrap());
    let late = sign_up().await;
    assert_eq!((late.status.as_u16(), late.header("set-cookie")), (401, ""));
}

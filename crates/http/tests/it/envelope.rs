//! What every answer has in common.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use robofy_http::{HttpConfig, RouteAlias, check_aliases};

use crate::server::Server;

#[tokio::test]
async fn refusals_wear_the_envelope() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    for (method, path, status, code) in [
        ("GET", "/v1/nothing", 404, "NOT_FOUND"),
        ("GET", "/nothing.js", 404, "NOT_FOUND"),
        ("POST", "/nothing", 404, "NOT_FOUND"),
        ("PATCH", "/v1/projects", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/healthz", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let answer = server.call(method, path, &tenant.key, None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{method} {path}");
        assert_eq!(answer.header("x-request-id").len(), 16);
        assert!(answer.json()["message"].is_string() && answer.json()["error"]["detail"].is_string());
    }
    let allowed = server.call("PATCH", "/v1/projects", &tenant.key, None).await;
    assert!(allowed.header("allow").contains("POST"), "{}", allowed.header("allow"));
}

#[tokio::test]
async fn bodies_are_checked_before_they_are_read() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = Request::post("/v1/projects")
            .header("authorization", format!("Bearer {}", tenant.key))
            .header("content-type", kind);
        server.send(request.body(Body::from(body)).unwrap())
    };
    let big = json!({ "name": "x".repeat(1_100_000) }).to_string().into_bytes();
    let huge = vec![b' '; 5_000_000];
    for (kind, body, status, code) in [
        ("text/plain", b"{}".to_vec(), 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("application/json", big, 413, "PAYLOAD_TOO_LARGE"),
        ("application/json", huge, 413, "PAYLOAD_TOO_LARGE"),
        ("application/json", b"\xff\xfe".to_vec(), 400, "BAD_REQUEST"),
        ("application/json; charset=utf-8", b"{".to_vec(), 400, "BAD_REQUEST"),
    ] {
        let answer = send(kind, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{kind}");
    }
}

#[tokio::test]
async fn a_401_says_how_to_come_in() {
    let server = Server::start().await;
    let bare = server.call("GET", "/v1/projects", "", None).await;
    assert_eq!((bare.status.as_u16(), bare.header("www-authenticate")), (401, "Bearer realm=\"robofy\""));
    let bad = server.call("GET", "/v1/projects", "rbf_live_x", None).await;
    assert_eq!(
        (bad.status.as_u16(), bad.header("www-authenticate")),
        (401, "Bearer realm=\"robofy\", error=\"invalid_token\"")
    );
}

#[tokio::test]
async fn health_and_pages_need_nothing() {
    let server = Server::start().await;
    for path in [
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/docs",
        "/docs/plain",
        "/docs/style.css",
        "/docs/guide",
        "/docs/guide/browser",
        "/docs/guide/errors",
        "/docs/guide/security",
        "/",
    ] {
        let answer = server.call("GET", path, "", None).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    for path in ["/docs", "/docs/plain", "/docs/guide", "/docs/guide/errors"] {
        let answer = server.call("GET", &format!("{path}/"), "", None).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (308, path));
    }
    for path in
        ["/docs/guide/other", "/docs/guide/other/", "/docs/guidebook", "/docs/guide/errors/x", "/docs/other"]
    {
        assert_eq!(server.call("GET", path, "", None).await.status, 404, "{path}");
    }
    let plain = server.call("GET", "/docs/plain", "", None).await;
    let page = String::from_utf8(plain.body.clone()).unwrap();
    assert!(page.contains("id=\"create_project\"") && page.contains("id=\"schema-ProjectOut\""), "{page}");
    for path in ["/docs", "/docs/plain", "/docs/guide"] {
        let policy = server.call("GET", path, "", None).await.header("content-security-policy").to_owned();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("require-trusted-types-for 'script'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
    }
    server.app.store().close().await;
    let answer = server.call("GET", "/readyz", "", None).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "SERVICE_UNAVAILABLE"));
    assert_eq!(server.call("GET", "/healthz", "", None).await.status, 200);
}

#[tokio::test]
async fn an_operation_answers_on_its_second_path_too() {
    let alias = |operation: &str, path: &str| RouteAlias { operation: operation.into(), path: path.into() };
    let aliases = vec![
        alias("get_project", "/legacy/project/{id}"),
        alias("get_project", "/legacy/project:get/{id}/"),
        alias("handshake", "/legacy/handshake"),
    ];
    check_aliases(&aliases).unwrap();
    let server = Server::start_with(HttpConfig { route_aliases: aliases, ..HttpConfig::default() }).await;
    let tenant = server.tenant("a").await;
    let made = server.call("POST", "/v1/projects", &tenant.key, Some(json!({ "name": "P" }))).await.json();
    let path = format!("/legacy/project/{}", made["data"]["id"]);
    assert_eq!(server.call("GET", &path, &tenant.key, None).await.json()["data"], made["data"]);
    let other = path.replace("project", "project:get") + "/";
    assert_eq!(server.call("GET", &other, &tenant.key, None).await.json()["data"], made["data"]);
    assert_eq!(server.call("GET", &path, "", None).await.status, 401);
    assert_eq!(server.call("POST", "/legacy/handshake", "", Some(json!({}))).await.status, 400);
    for (operation, path) in [
        ("no_such", "/legacy/x"),
        ("get_project", "/legacy/{other}"),
        ("get_project", "/v1/projects/{id}"),
        ("list_projects", "/v1/ai-agent/chat"),
    ] {
        assert!(check_aliases(&[alias(operation, path)]).is_err(), "{operation} {path}");
    }
}

#[tokio::test]
async fn every_operation_of_the_document_can_have_a_second_path() {
    let document = serde_json::to_value(robofy_http::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            operations.push((method.to_uppercase(), path.clone(), id.to_owned()));
        }
    }
    let second = |path: &str| format!("/second{path}");
    let alias =
        |(_, path, id): &(String, String, String)| RouteAlias { operation: id.clone(), path: second(path) };
    let aliases: Vec<RouteAlias> = operations.iter().map(alias).collect();
    check_aliases(&aliases).unwrap();
    let server = Server::start_with(HttpConfig { route_aliases: aliases, ..HttpConfig::default() }).await;
    for (method, path, id) in operations {
        // What stands between braces is somebody's id; nobody is let in here.
        let path: String = path
            .split('{')
            .map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("1{rest}")))
            .collect();
        let own = server.call(&method, &path, "", None).await;
        let other = server.call(&method, &second(&path), "", None).await;
        assert_eq!(own.status, other.status, "{id}");
        assert_eq!(own.header("content-type"), other.header("content-type"), "{id}");
        if own.status.is_client_error() {
            assert_eq!(own.json(), other.json(), "{id}");
            assert_ne!(own.code(), "NOT_FOUND", "{id}");
        }
    }
    assert_eq!(server.call("GET", "/second/v1/nothing", "", None).await.status, 404);
}

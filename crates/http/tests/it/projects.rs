//! `/v1/projects`.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::server::{Answer, Server};

async fn create(server: &Server, key: &str, name: &str) -> Value {
    let answer = server.call("POST", "/v1/projects", key, Some(json!({ "name": name }))).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["data"].clone()
}

#[tokio::test]
async fn made_read_changed() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let made = create(&server, &tenant.key, "First").await;
    let path = format!("/v1/projects/{}", made["id"]);
    assert_eq!(made["created_at"], "2027-01-15 08:00:00");
    server.clock.advance(std::time::Duration::from_secs(60));

    let answer =
        server.call("PUT", &path, &tenant.key, Some(json!({ "description": "Shoes", "unknown": 1 }))).await;
    assert_eq!(answer.status, 200);
    let changed = answer.json()["data"].clone();
    assert_eq!((&changed["name"], &changed["description"]), (&json!("First"), &json!("Shoes")));
    assert_eq!(changed["updated_at"], "2027-01-15 08:01:00");

    let answer = server.call("PUT", &path, &tenant.key, Some(json!({ "description": null }))).await;
    assert_eq!(answer.json()["data"]["description"], Value::Null);
    let answer = server.call("PUT", &path, &tenant.key, Some(json!({ "name": null }))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["error"]["errors"][0]["field"].clone()),
        (400, json!("name"))
    );
    assert_eq!(server.call("GET", &path, &tenant.key, None).await.json()["data"]["name"], "First");
}

#[tokio::test]
async fn pages_follow_one_another() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    for name in ["1", "2", "3"] {
        create(&server, &tenant.key, name).await;
        server.clock.advance(std::time::Duration::from_millis(1));
    }
    let first = server.call("GET", "/v1/projects?pageSize=2", &tenant.key, None).await.json();
    let token = first["data"]["next_page_token"].as_str().unwrap();
    let path = format!("/v1/projects?pageSize=2&nextPageToken={token}");
    let second = server.call("GET", &path, &tenant.key, None).await.json();
    let names: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["data"]["projects"].as_array().unwrap())
        .map(|p| p["name"].clone())
        .collect();
    assert_eq!(names, ["1", "2", "3"]);
    assert_eq!(second["data"]["next_page_token"], Value::Null);
    for bad in ["pageSize=0", "pageSize=201", "pageSize=x", "nextPageToken=%00", "nextPageToken=zzz"] {
        let answer = server.call("GET", &format!("/v1/projects?{bad}"), &tenant.key, None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_REQUEST"), "{bad}");
    }
}

#[tokio::test]
async fn a_stranger_s_project_is_none() {
    let server = Server::start().await;
    let (one, other) = (server.tenant("a").await, server.tenant("b").await);
    let made = create(&server, &one.key, "Mine").await;
    let theirs = format!("/v1/projects/{}", made["id"]);
    for path in [
        theirs.as_str(),
        "/v1/projects/4611686018427387",
        "/v1/projects/x",
        "/v1/projects/-1",
        "/v1/projects/%00",
    ] {
        for (method, body) in [("GET", None), ("PUT", Some(json!({ "name": "Stolen" })))] {
            let answer = server.call(method, path, &other.key, body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (404, "PROJECT_NOT_FOUND"),
                "{method} {path}"
            );
        }
    }
    let answer = server.call("GET", "/v1/projects", &other.key, None).await;
    assert_eq!(answer.json()["data"]["projects"], json!([]));
}

async fn create_once(server: &Server, credential: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post("/v1/projects")
        .header("authorization", format!("Bearer {credential}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn an_idempotency_key_makes_one() {
    let server = Server::start().await;
    let (one, other) = (server.tenant("a").await, server.tenant("b").await);
    let first = create_once(&server, &one.key, "k1", &json!({ "name": "N" })).await;
    let again = create_once(&server, &one.key, "k1", &json!({ "name": "N" })).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let differs = create_once(&server, &one.key, "k1", &json!({ "name": "M" })).await;
    assert_eq!((differs.status.as_u16(), differs.code().as_str()), (409, "CONFLICT"));
    let strangers = create_once(&server, &other.key, "k1", &json!({ "name": "M" })).await;
    assert_eq!(strangers.status, 201);
    for bad in ["", &"x".repeat(256), "é"] {
        assert_eq!(create_once(&server, &one.key, bad, &json!({ "name": "N" })).await.status, 400, "{bad}");
    }
    let listed = server.call("GET", "/v1/projects", &one.key, None).await;
    assert_eq!(listed.json()["data"]["projects"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_mistake_is_named() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let long = "x".repeat(2001);
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": 7 }), "name"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a\u{0}b" }), "name"),
        (json!({ "name": "N", "description": long }), "description"),
        (json!([]), "body"),
    ] {
        let answer = server.call("POST", "/v1/projects", &tenant.key, Some(body.clone())).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["error"]["errors"][0]["field"], field, "{body}");
    }
}

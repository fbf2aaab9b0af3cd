//! The handshake.

use axum::body::Body;
use axum::http::Request;
use robofy_kernel::{ChatbotId, ProjectId};
use robofy_store::agents::LlmKeyChange;
use serde_json::{Value, json};

use crate::server::{Answer, Server, Tenant};

async fn shake(server: &Server, origin: Option<&str>, body: Value) -> Answer {
    let mut request = Request::post("/v1/ai-agent/handshake").header("content-type", "application/json");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    server.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn ask(project: ProjectId, chatbot: &ChatbotId) -> Value {
    json!({ "chatbot_id": chatbot, "project_id": project.to_string(), "version": 2, "unknown": true })
}

async fn change(
    server: &Server,
    tenant: &Tenant,
    project: ProjectId,
    chatbot: &ChatbotId,
    with: impl FnOnce(&mut robofy_store::agents::Agent) + Send + 'static,
) {
    let op = server.op(tenant);
    server.app.store().update_agent(&op, project, chatbot, LlmKeyChange::Keep, with).await.unwrap().unwrap();
}

#[tokio::test]
async fn both_shapes_in_one_answer() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (project, chatbot) = server.agent(&tenant).await;
    let answer = shake(&server, None, ask(project, &chatbot)).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!((&body["expiresIn"], &body["data"]["expiresIn"]), (&json!(3600), &json!(3600)));
    assert_eq!(body["token"], body["data"]["token"]);
    let card = &body["data"]["chatbots"][0];
    assert_eq!(
        (&card["chatbot_id"], &card["agent_name"], &card["agent_type"]),
        (&json!(chatbot), &json!("Shop \"helper\""), &json!("Public"))
    );
    for name in ["header", "branding", "behaviour", "loader", "reset_modal"] {
        assert!(body["data"]["widget"][name].is_object(), "{name}");
    }
    assert_eq!(body["data"]["widget"]["branding"]["theme_color"], "#2563EB");
    let mut by_number = ask(project, &chatbot);
    by_number["project_id"] = json!(project.0);
    assert_eq!(shake(&server, None, by_number).await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (project, chatbot) = server.agent(&tenant).await;
    let other = server.app.ids().chatbot();
    for (body, status, code) in [
        (ask(project, &other), 404, "CHATBOT_NOT_FOUND"),
        (ask(ProjectId(project.0 ^ 1), &chatbot), 404, "CHATBOT_NOT_FOUND"),
        (json!({ "chatbot_id": chatbot, "project_id": "x" }), 404, "PROJECT_NOT_FOUND"),
        (json!({ "chatbot_id": "x", "project_id": project.to_string() }), 404, "CHATBOT_NOT_FOUND"),
        (json!({ "chatbot_id": chatbot }), 400, "BAD_REQUEST"),
        (json!({ "chatbot_id": chatbot, "project_id": {} }), 400, "BAD_REQUEST"),
    ] {
        let answer = shake(&server, None, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
    }
    change(&server, &tenant, project, &chatbot, |agent| agent.enabled = false).await;
    assert_eq!(shake(&server, None, ask(project, &chatbot)).await.status, 404, "a disabled agent");
}

#[tokio::test]
async fn origins_are_enforced() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (project, chatbot) = server.agent(&tenant).await;
    change(&server, &tenant, project, &chatbot, |agent| {
        agent.allowed_origins.0 = vec!["https://shop.example".into()];
        agent.test_origins.0 = vec!["http://localhost:3000".into()];
        agent.require_origin = true;
    })
    .await;
    let mut test = ask(project, &chatbot);
    test["environment"] = json!("test");
    for (origin, body, status) in [
        (Some("https://shop.example"), ask(project, &chatbot), 200),
        (Some("https://evil.example"), ask(project, &chatbot), 403),
        (Some("https://shop.example.evil.example"), ask(project, &chatbot), 403),
        (Some("null"), ask(project, &chatbot), 403),
        (None, ask(project, &chatbot), 403),
        (Some("https://shop.example"), test.clone(), 403),
        (Some("http://localhost:3000"), test, 200),
    ] {
        assert_eq!(shake(&server, origin, body).await.status, status, "{origin:?}");
    }

    // The token works where it was given.
    let token =
        shake(&server, Some("https://shop.example"), ask(project, &chatbot)).await.json()["token"].clone();
    let with = |origin: &'static str| {
        let request = Request::get("/v1/projects")
            .header("authorization", format!("Bearer {}", token.as_str().unwrap()));
        server.send(request.header("origin", origin).body(Body::empty()).unwrap())
    };
    let elsewhere = with("https://evil.example").await.json()["error"]["detail"].clone();
    assert!(elsewhere.as_str().unwrap().contains("another origin"), "{elsewhere}");
    let here = with("https://shop.example").await.json()["error"]["detail"].clone();
    assert!(here.as_str().unwrap().contains("opens only the chat"), "{here}");

    // So does each message: a token taken from the page is of no use to a program.
    let question = json!({
        "query": "Hello", "pid": project.to_string(), "chatbot_id": chatbot, "user_context": { "platform": "web" }
    });
    for (origin, status) in [(Some("https://shop.example"), 200), (None, 403)] {
        let mut request = Request::post("/v1/ai-agent/chat")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", token.as_str().unwrap()));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = server.send(request.body(Body::from(question.to_string())).unwrap()).await;
        assert_eq!(answer.status, status, "{origin:?}");
    }
}

#[tokio::test]
async fn an_unknown_session_gets_a_fresh_one() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (project, chatbot) = server.agent(&tenant).await;
    for session in [json!(server.app.ids().web_session()), json!("4917012345678"), json!(""), Value::Null] {
        let mut body = ask(project, &chatbot);
        body["session_id"] = session.clone();
        let answer = shake(&server, None, body).await;
        assert_eq!(answer.status, 200, "{session}");
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        assert!(!session.is_string() || !claims(&token)["session"].eq(&session), "{session}");
    }
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn preflights_are_answered_for_any_page() {
    let server = Server::start().await;
    let preflight = |path: &'static str| {
        let request = Request::options(path)
            .header("origin", "https://any.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        server.send(request.body(Body::empty()).unwrap())
    };
    let answer = preflight("/v1/ai-agent/handshake").await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, "*"));
    assert_eq!(
        (answer.header("access-control-max-age"), answer.header("access-control-allow-credentials")),
        ("7200", "")
    );
    for name in ["authorization", "x-robofy-resume", "idempotency-key"] {
        assert!(answer.header("access-control-allow-headers").contains(name), "{name}");
    }
    let closed = preflight("/v1/projects").await;
    assert_eq!((closed.status.as_u16(), closed.header("access-control-allow-origin")), (405, ""));
    let refused = shake(&server, Some("https://any.example"), json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.header("access-control-allow-origin")), (400, "*"));
    assert!(refused.header("access-control-expose-headers").contains("x-request-id"));
}

#[tokio::test]
async fn a_visitor_may_ask_thirty_times_a_minute_and_a_key_as_it_likes() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (project, chatbot) = server.agent(&tenant).await;
    let token =
        shake(&server, None, ask(project, &chatbot)).await.json()["token"].as_str().unwrap().to_owned();
    let body = json!({
        "query": "Hello", "pid": project.to_string(), "chatbot_id": chatbot, "user_context": { "platform": "web" },
    });
    for n in 0..30 {
        let answer = server.call("POST", "/v1/ai-agent/chat", &token, Some(body.clone())).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("ratelimit-policy")),
            (200, "\"session\";q=30;w=60"),
            "{n}"
        );
    }
    let refused = server.call("POST", "/v1/ai-agent/chat/stream", &token, Some(body.clone())).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "RATE_LIMITED"));
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("2", "\"session\";r=0;t=2"));
    for _ in 0..31 {
        assert_eq!(
            server.call("POST", "/v1/ai-agent/chat", &tenant.key, Some(body.clone())).await.status,
            200
        );
    }
}

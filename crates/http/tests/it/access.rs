//! The access table: every operation of the OpenAPI document with every kind of credential.
//!
//! What each credential must come to is derived from the document's `security`; how an operation is called stands in
//! [`call`], and an operation that does not stand there fails. A new endpoint adds its line there.

mod answers;
mod booking;
mod errors;
mod knowledge;
mod leads;
mod stats;

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use robofy_http::auth::token::Grant;
use robofy_http::{HttpConfig, Signup};
use robofy_kernel::{ChatbotId, Environment, ProjectId, Scope, SessionId};
use serde_json::{Value, json};

use crate::server::{Answer, Server, Tenant};

const PASSWORD: &str = "correct horse battery";

/// How an operation is called, so that the right credential succeeds.
struct Call {
    path: String,
    body: Option<Value>,
    success: u16,
    /// The 404 that a stranger's key gets; `None` where the call names nothing of the account.
    stranger: Option<&'static str>,
    /// Whether what it names belongs to an environment: then a test key on live data gets 403.
    live: bool,
    /// The agent that a file is sent for.
    upload: Option<ChatbotId>,
}

impl Call {
    fn new(path: impl Into<String>, body: Option<Value>, success: u16) -> Self {
        Self { path: path.into(), body, success, stranger: None, live: false, upload: None }
    }

    fn live(self) -> Self {
        Self { live: true, ..self }
    }

    fn upload(self, chatbot: &ChatbotId) -> Self {
        Self { upload: Some(chatbot.clone()), ..self }
    }

    fn stranger(self, code: &'static str) -> Self {
        Self { stranger: Some(code), ..self }
    }
}

/// Things that calls can name, made afresh for each call: some calls use them up.
struct Things<'a> {
    world: &'a World,
    project: ProjectId,
    chatbot: ChatbotId,
    session: SessionId,
}

/// One line for each operation.
async fn call(operation: &str, things: &Things<'_>) -> Option<Call> {
    let (project, chatbot) = (things.project, &things.chatbot);
    let call = match operation {
        "healthz" => Call::new("/healthz", None, 200),
        "readyz" => Call::new("/readyz", None, 200),
        "openapi_json" => Call::new("/openapi.json", None, 200),
        "docs" => Call::new("/docs", None, 200),

        "sign_up" => {
            let email = format!("{}@example.com", things.world.server.app.ids().message());
            Call::new("/v1/auth/signup", Some(json!({ "email": email, "password": PASSWORD })), 201)
        }
        "log_in" => Call::new(
            "/v1/auth/login",
            Some(json!({ "email": "owner@example.com", "password": PASSWORD })),
            200,
        ),
        "log_out" => Call::new("/v1/auth/logout", None, 200),
        "who_am_i" => Call::new("/v1/auth/me", None, 200),

        "get_account" => Call::new("/v1/account/details", None, 200),
        "update_account" => Call::new("/v1/account/details", Some(json!({ "company": "Lanterns" })), 200),
        "get_limits" => Call::new("/v1/account/limit", None, 200),
        "list_enums" => Call::new("/v1/meta/enums", None, 200),

        "list_api_keys" => Call::new("/v1/api-keys", None, 200),
        "create_api_key" => {
            // Every key of this test may make one that may do as little.
            Call::new(
                "/v1/api-keys",
                Some(json!({ "name": "N", "environment": "test", "scopes": ["keys:read"] })),
                201,
            )
        }
        "revoke_api_key" => Call::new(format!("/v1/api-keys/{}", things.key_id().await), None, 200)
            .stranger("API_KEY_NOT_FOUND"),
        "reveal_primary_key" => {
            Call::new("/v1/api-keys/primary/reveal", Some(json!({ "password": PASSWORD })), 200)
        }
        "rotate_primary_key" => {
            Call::new("/v1/api-keys/primary/rotate", Some(json!({ "password": PASSWORD })), 200)
        }

        "list_requests" => Call::new("/v1/requests", None, 200),
        "list_inbox_sessions" => Call::new(format!("/v1/ai-agent/inbox/sessions/{chatbot}"), None, 200)
            .stranger("CHATBOT_NOT_FOUND"),
        "list_inbox_chats" => {
            things.answer().await;
            let session = String::from(things.session.clone());
            Call::new(format!("/v1/ai-agent/inbox/chats/{chatbot}/{session}"), None, 200)
                .stranger("CHATBOT_NOT_FOUND")
                .live()
        }

        "list_projects" => Call::new("/v1/projects", None, 200),
        "create_project" => Call::new("/v1/projects", Some(json!({ "name": "P" })), 201),
        "get_project" => {
            Call::new(format!("/v1/projects/{project}"), None, 200).stranger("PROJECT_NOT_FOUND")
        }
        "update_project" => Call::new(format!("/v1/projects/{project}"), Some(json!({ "name": "Q" })), 200)
            .stranger("PROJECT_NOT_FOUND"),

        "handshake" => {
            let body = json!({ "chatbot_id": chatbot, "project_id": project.to_string(), "version": 2 });
            Call::new("/v1/ai-agent/handshake", Some(body), 200)
        }

        "send_message" => {
            Call::new("/v1/ai-agent/chat", Some(things.message()), 200).stranger("PROJECT_NOT_FOUND")
        }
        "stream_message" => {
            Call::new("/v1/ai-agent/chat/stream", Some(things.message()), 200).stranger("PROJECT_NOT_FOUND")
        }
        "send_whatsapp_message" => {
            Call::new("/v1/ai-agent/whatsapp/chat", Some(things.message()), 200).stranger("PROJECT_NOT_FOUND")
        }
        "rate_answer" => {
            let body =
                json!({ "session_id": things.session, "message_id": things.answer().await, "rating": 1 });
            Call::new("/v1/ai-agent/chat/feedback", Some(body), 200).stranger("MESSAGE_NOT_FOUND").live()
        }
        "resume_session" => {
            things.answer().await;
            let session = String::from(things.session.clone());
            Call::new(format!("/v1/ai-agent/chat/{session}/stream"), None, 204)
                .stranger("SESSION_NOT_FOUND")
                .live()
        }
        "resume_answer" => {
            Call::new(format!("/v1/ai-agent/chat/stream/{}", things.answer().await), None, 200)
                .stranger("MESSAGE_NOT_FOUND")
                .live()
        }
        "stop_answer" => Call::new(format!("/v1/ai-agent/chat/stream/{}", things.answer().await), None, 200)
            .stranger("MESSAGE_NOT_FOUND")
            .live(),
        other => {
            if let Some(call) = booking::call(other, things).await {
                return Some(call);
            }
            if let Some(call) = stats::call(other, things).await {
                return Some(call);
            }
            match leads::call(other, things).await {
                Some(call) => return Some(call),
                None => return knowledge::call(other, things).await,
            }
        }
    };
    Some(call)
}

impl Things<'_> {
    /// A question to the agent.
    fn message(&self) -> Value {
        json!({
            "query": "Hello", "pid": self.project.to_string(), "chatbot_id": self.chatbot,
            "user_context": { "platform": "web" },
        })
    }

    /// The id of an answer in the visitor's session.
    async fn answer(&self) -> String {
        let mut body = self.message();
        body["user_context"]["session_id"] = json!(self.session);
        let answer = self
            .world
            .server
            .call("POST", "/v1/ai-agent/chat", &self.world.owner_key().await, Some(body))
            .await;
        answer.json()["data"]["message_id"].as_str().unwrap().to_owned()
    }

    async fn key_id(&self) -> String {
        let body = json!({ "name": "Victim", "environment": "live", "scopes": ["chat"] });
        let made =
            self.world.server.call("POST", "/v1/api-keys", &self.world.owner_key().await, Some(body)).await;
        made.json()["data"]["id"].as_str().unwrap().to_owned()
    }
}

/// A server with two accounts; the owner of one of them can log in.
struct World {
    server: Server,
    owner: Tenant,
    stranger: Tenant,
}

/// An operation as the document describes it.
struct Operation {
    id: String,
    method: String,
    /// Each alternative: scheme and scopes.
    security: Vec<serde_json::Map<String, Value>>,
    statuses: Vec<String>,
}

impl Operation {
    fn opened_by(&self, scheme: &str) -> bool {
        self.security.iter().any(|one| one.contains_key(scheme))
    }

    fn is_open(&self) -> bool {
        self.security.iter().all(serde_json::Map::is_empty)
    }

    /// The scope that a key needs.
    fn scope(&self) -> Option<Scope> {
        let scopes = self.security.iter().find_map(|one| one.get("apiKey"))?;
        scopes.as_array().unwrap().first().map(|scope| scope.as_str().unwrap().parse().unwrap())
    }

    fn changes(&self) -> bool {
        self.method != "GET"
    }
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(robofy_http::openapi()).unwrap();
    let mut operations = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"]
                .as_array()
                .unwrap_or_else(|| panic!("{}: no `security`", operation["operationId"]));
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                security: security.iter().map(|one| one.as_object().unwrap().clone()).collect(),
                statuses: operation["responses"].as_object().unwrap().keys().cloned().collect(),
            });
        }
    }
    operations
}

impl World {
    fn config() -> HttpConfig {
        HttpConfig { key_reveal: true, signup: Signup::Open, ..HttpConfig::default() }
    }

    async fn make(server: Server) -> Self {
        let signed_up = server
            .call(
                "POST",
                "/v1/auth/signup",
                "",
                Some(json!({ "email": "owner@example.com", "password": PASSWORD })),
            )
            .await;
        let account = signed_up.json()["data"]["account"]["id"].as_str().unwrap().parse().unwrap();
        let stranger = server.tenant("stranger").await;
        let owner = Tenant { account, key: String::new() };
        Self { server, owner, stranger }
    }

    /// A key that may do everything; the primary one may have been replaced by a call.
    async fn owner_key(&self) -> String {
        self.server.key(&self.owner, Environment::Live, &["*"], None).await
    }

    async fn things(&self) -> Things<'_> {
        let (project, chatbot) = self.server.agent(&self.owner).await;
        Things { world: self, project, chatbot, session: self.server.app.ids().web_session() }
    }

    /// A session of the owner, begun now: a call may end it.
    async fn cookie(&self) -> String {
        let body = json!({ "email": "owner@example.com", "password": PASSWORD });
        let answer = self.server.call("POST", "/v1/auth/login", "", Some(body)).await;
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    fn token(&self, things: &Things<'_>) -> String {
        let grant = Grant {
            account: self.owner.account,
            project: things.project,
            chatbots: vec![things.chatbot.clone()],
            session: things.session.clone(),
            environment: Environment::Live,
            origin: None,
        };
        self.server.app.token_keys().sign(grant, self.server.clock.now(), self.server.app.ids()).unwrap()
    }

    async fn send(&self, operation: &Operation, call: &Call, headers: &[(&str, String)]) -> Answer {
        let mut request = Request::builder().method(operation.method.as_str()).uri(&call.path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = match (&call.body, &call.upload) {
            (None, Some(chatbot)) => {
                let part = |of: &str, text: &str| {
                    format!("--b\r\nContent-Disposition: form-data; {of}\r\n\r\n{text}\r\n")
                };
                let chatbot = part("name=\"chatbot_id\"", chatbot.as_str());
                let file = part("name=\"file\"; filename=\"a.txt\"", "Open.");
                let request = request.header("content-type", "multipart/form-data; boundary=b");
                request.body(Body::from(format!("{chatbot}{file}--b--\r\n")))
            }
            (Some(body), _) => {
                request.header("content-type", "application/json").body(Body::from(body.to_string()))
            }
            (None, None) => request.body(Body::empty()),
        };
        self.server.send(request.unwrap()).await
    }
}

/// Every credential of the table.
const CREDENTIALS: &[&str] = &[
    "none",
    "malformed",
    "expired token",
    "client token",
    "key without scope",
    "test key",
    "stranger's key",
    "cookie without CSRF",
    "cookie",
    "key with the scope only",
    "key",
];

/// Status and code that a credential must come to; `""` = success.
fn expected(operation: &Operation, call: &Call, credential: &str) -> (u16, &'static str) {
    let success = (call.success, "");
    let forbidden = (403, "FORBIDDEN");
    if operation.is_open() {
        return success;
    }
    let keys = operation.opened_by("apiKey");
    match credential {
        "none" | "malformed" => (401, "UNAUTHORIZED"),
        "expired token" => (401, "TOKEN_EXPIRED"),
        "client token" if operation.opened_by("clientToken") => success,
        "client token" => forbidden,
        "key without scope" if keys && operation.scope().is_none() => success,
        "key without scope" => forbidden,
        "cookie without CSRF" if operation.changes() => forbidden,
        "cookie without CSRF" | "cookie" if operation.opened_by("session") => success,
        "cookie without CSRF" | "cookie" => forbidden,
        _ if !keys => forbidden,
        "test key" if call.live => forbidden,
        "stranger's key" => call.stranger.map_or(success, |code| (404, code)),
        _ => success,
    }
}

async fn headers(
    world: &World,
    operation: &Operation,
    things: &Things<'_>,
    credential: &str,
) -> Vec<(&'static str, String)> {
    let bearer = |text: &str| vec![("authorization", format!("Bearer {text}"))];
    let key = async |environment, scopes: &[&str]| {
        bearer(&world.server.key(&world.owner, environment, scopes, None).await)
    };
    match credential {
        "none" => Vec::new(),
        "malformed" => bearer("rbf_live_nonsense"),
        "expired token" => {
            let token = world.token(things);
            world.server.clock.advance(Duration::from_secs(3_600));
            bearer(&token)
        }
        "client token" => bearer(&world.token(things)),
        "key without scope" => {
            let lacks = |scope: &Scope| {
                operation.scope().is_none_or(|needed| {
                    // Writing includes reading, so a key without `x:read` must not write either.
                    let (scope, needed) = (scope.to_string(), needed.to_string());
                    scope != needed
                        && !(needed.ends_with(":read") && scope == needed.replace(":read", ":write"))
                })
            };
            let scopes: Vec<String> = Scope::all().filter(lacks).map(|scope| scope.to_string()).collect();
            key(Environment::Live, &scopes.iter().map(String::as_str).collect::<Vec<_>>()).await
        }
        "key with the scope only" => {
            let scope = operation.scope().map_or_else(|| "chat".to_owned(), |scope| scope.to_string());
            key(Environment::Live, &[&scope]).await
        }
        "test key" => key(Environment::Test, &["*"]).await,
        "stranger's key" => bearer(&world.stranger.key),
        "cookie without CSRF" => vec![("cookie", world.cookie().await)],
        "cookie" => vec![("cookie", world.cookie().await), ("x-robofy-csrf", "1".into())],
        _ => key(Environment::Live, &["*"]).await,
    }
}

#[tokio::test]
async fn every_operation_with_every_credential() {
    let world = World::make(Server::start_with(World::config()).await).await;
    let mut wrong = Vec::new();
    let mut cells = 0;
    for operation in operations() {
        let mut succeeded = false;
        for credential in CREDENTIALS {
            let things = world.things().await;
            let Some(call) = call(&operation.id, &things).await else {
                wrong.push(format!("{} stands in no line of the table", operation.id));
                break;
            };
            let headers = headers(&world, &operation, &things, credential).await;
            // No limit is under test here.
            world.server.clock.advance(Duration::from_secs(60));
            let answer = world.send(&operation, &call, &headers).await;
            let (status, code) = expected(&operation, &call, credential);
            let told = if answer.status.is_success() { String::new() } else { answer.code() };
            if (answer.status.as_u16(), told.as_str()) != (status, code) {
                wrong.push(format!(
                    "{} with {credential}: {} {told}, not {status} {code}",
                    operation.id, answer.status
                ));
            }
            if !operation.statuses.contains(&answer.status.as_u16().to_string()) {
                wrong
                    .push(format!("{} with {credential}: {} is not documented", operation.id, answer.status));
            }
            succeeded |= answer.status.is_success();
            cells += 1;
        }
        if !succeeded {
            wrong.push(format!("{} never succeeded", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    println!("access table: {cells} cells");
}

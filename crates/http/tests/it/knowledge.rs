//! Agents, what they are taught, and what they find.

mod agents;
mod content;
mod crawls;
mod models;
mod pairs;
mod persona;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::server::{Answer, Server, Tenant};

/// A tenant with a project and an agent.
pub struct Place {
    pub server: Server,
    pub tenant: Tenant,
    pub project: i64,
    pub agent: String,
}

impl Place {
    pub async fn new() -> Self {
        Self::on(Server::start().await).await
    }

    pub async fn on(server: Server) -> Self {
        let tenant = server.tenant("a").await;
        let project = project(&server, &tenant).await;
        let agent = agent(&server, &tenant, project, "Bot").await;
        Self { server, tenant, project, agent }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.server.call(method, path, &self.tenant.key, body).await
    }

    /// The path of something of this project.
    pub fn of_project(&self, what: &str) -> String {
        format!("/v1/ai-agent/{what}/{}", self.project)
    }

    /// The path of something of this agent.
    pub fn of_agent(&self, what: &str) -> String {
        format!("/v1/ai-agent/{what}/{}/{}", self.project, self.agent)
    }

    pub async fn teach(&self, name: &str, content: &str) -> Value {
        let body = json!({ "chatbot_id": self.agent, "content": content, "file_name": name });
        let answer = self.call("POST", &self.of_project("link_content"), Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    }

    pub async fn found(&self, query: &str) -> Vec<i64> {
        let answer = self.call("POST", &self.of_agent("search"), Some(json!({ "query": query }))).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let results = answer.json()["data"]["results"].as_array().unwrap().clone();
        results.iter().map(|hit| hit["asset_id"].as_i64().unwrap()).collect()
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        parts: &[(&str, Option<&str>, &[u8])],
        key: Option<&str>,
        boundary: &str,
    ) -> Answer {
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                    .bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.tenant.key))
            .header("content-type", format!("multipart/form-data; boundary={boundary}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.server.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn upload(&self, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
        self.send("POST", &self.of_project("upload_file"), parts, None, "xxBOUNDARYxx").await
    }
}

pub async fn project(server: &Server, tenant: &Tenant) -> i64 {
    let answer = server.call("POST", "/v1/projects", &tenant.key, Some(json!({ "name": "P" }))).await;
    answer.json()["data"]["id"].as_i64().unwrap()
}

pub async fn agent(server: &Server, tenant: &Tenant, project: i64, name: &str) -> String {
    let path = format!("/v1/ai-agent/chatbot/{project}");
    let answer =
        server.call("POST", &path, &tenant.key, Some(json!({ "name": name, "language": "en" }))).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["data"].as_str().unwrap().to_owned()
}

pub fn refused(answer: &Answer) -> (u16, String, Value) {
    (answer.status.as_u16(), answer.code(), answer.json()["error"]["errors"][0]["field"].clone())
}

#[tokio::test]
async fn another_account_s_ids_are_none() {
    let place = Place::new().await;
    let taught = place.teach("hours", "Open on Sundays.").await;
    let pair = place
        .call("POST", &place.of_agent("qa"), Some(json!({ "question": "Q?", "answer": "A." })))
        .await
        .json()["data"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let stranger = place.server.tenant("b").await;
    let own = project(&place.server, &stranger).await;
    let own_agent = agent(&place.server, &stranger, own, "Mine").await;
    let (p, a, asset) = (place.project, &place.agent, &taught["asset_id"]);
    let text = json!({ "chatbot_id": a, "content": "x y z" });
    let mut cases: Vec<(&str, String, Option<Value>, &str)> = Vec::new();
    for (project, code) in [(p, "PROJECT_NOT_FOUND"), (own, "CHATBOT_NOT_FOUND")] {
        for (method, what, body) in [
            ("GET", "chatbot", None),
            ("PUT", "chatbot", Some(json!({ "name": "Stolen" }))),
            ("DELETE", "chatbot", None),
            ("GET", "chatbot_ai_settings", None),
            ("PUT", "chatbot_ai_settings", Some(json!({ "tone": "rude" }))),
            ("GET", "persona", None),
            ("PUT", "persona", Some(json!({ "name": "Stolen" }))),
            ("GET", "chatbot_asset_link", None),
            ("GET", "qa", None),
            ("POST", "qa", Some(json!({ "question": "Q", "answer": "A" }))),
            ("POST", "search", Some(json!({ "query": "Sundays" }))),
        ] {
            cases.push((method, format!("/v1/ai-agent/{what}/{project}/{a}"), body, code));
        }
        cases.push((
            "PUT",
            format!("/v1/ai-agent/qa/{project}/{a}/{pair}"),
            Some(json!({ "answer": "B" })),
            code,
        ));
        cases.push(("DELETE", format!("/v1/ai-agent/qa/{project}/{a}/{pair}"), None, code));
        cases.push(("POST", format!("/v1/ai-agent/link_content/{project}"), Some(text.clone()), code));
    }
    for (project, code) in [(p, "PROJECT_NOT_FOUND"), (own, "ASSET_NOT_FOUND")] {
        let path = format!("/v1/ai-agent/assets/{project}/{asset}");
        cases.push(("GET", path.clone(), None, code));
        cases.push(("GET", format!("{path}/text"), None, code));
        cases.push(("PUT", path.clone(), Some(json!({ "content": "Stolen" })), code));
        cases.push(("DELETE", path, None, code));
    }
    cases.push(("GET", format!("/v1/ai-agent/assets/{p}"), None, "PROJECT_NOT_FOUND"));
    cases.push(("GET", format!("/v1/ai-agent/chatbot/{p}"), None, "PROJECT_NOT_FOUND"));
    cases.push((
        "PUT",
        format!("/v1/ai-agent/qa/{own}/{own_agent}/{pair}"),
        Some(json!({ "answer": "B" })),
        "QA_NOT_FOUND",
    ));
    let link =
        |project: i64, agent: &str| json!({ "project_id": project, "chatbot_id": agent, "asset_id": asset });
    cases.push(("POST", "/v1/ai-agent/chatbot_asset_link".into(), Some(link(p, a)), "PROJECT_NOT_FOUND"));
    cases.push(("POST", "/v1/ai-agent/chatbot_asset_link".into(), Some(link(own, a)), "CHATBOT_NOT_FOUND"));
    cases.push((
        "POST",
        "/v1/ai-agent/chatbot_asset_link".into(),
        Some(link(own, &own_agent)),
        "ASSET_NOT_FOUND",
    ));
    let delink = "/v1/ai-agent/chatbot_asset_delink";
    cases.push((
        "DELETE",
        format!("{delink}?linkage_id={}", taught["linkage_id"]),
        None,
        "LINKAGE_NOT_FOUND",
    ));
    cases.push((
        "DELETE",
        delink.into(),
        Some(json!({ "chatbot_id": a, "asset_id": asset })),
        "CHATBOT_NOT_FOUND",
    ));
    for (method, path, body, code) in cases {
        let answer = place.server.call(method, &path, &stranger.key, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, code), "{method} {path}");
    }
    assert_eq!(place.found("Sundays").await.len(), 1);
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_so() {
    let place = Place::new().await;
    let reader = place
        .server
        .key(&place.tenant, robofy_kernel::Environment::Live, &["agents:read", "knowledge:read"], None)
        .await;
    for (method, path, body) in [
        ("POST", place.of_project("chatbot"), Some(json!({ "name": "N", "language": "en" }))),
        ("PUT", place.of_agent("chatbot_ai_settings"), Some(json!({}))),
        (
            "POST",
            place.of_project("link_content"),
            Some(json!({ "chatbot_id": place.agent, "content": "x" })),
        ),
        ("POST", place.of_agent("qa"), Some(json!({ "question": "Q", "answer": "A" }))),
        ("DELETE", "/v1/ai-agent/chatbot_asset_delink?linkage_id=5000000000".into(), None),
    ] {
        let answer = place.server.call(method, &path, &reader, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "FORBIDDEN"), "{method} {path}");
    }
    let answer =
        place.server.call("POST", &place.of_agent("search"), &reader, Some(json!({ "query": "x" }))).await;
    assert_eq!(answer.status, 200);
}

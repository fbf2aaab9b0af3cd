//! The chat calls, on a taught agent.

use serde_json::{Value, json};

use robofy_kernel::{ChatbotId, Environment, Op, ProjectId};
use robofy_knowledge::library::{Source, TextSource};
use robofy_store::agents::{Agent, AgentSettings};

use crate::server::{Answer, Server, Tenant};

const STREAM: &str = "/v1/ai-agent/chat/stream";
const CHAT: &str = "/v1/ai-agent/chat";

/// An agent that was taught a text.
pub struct Taught {
    pub server: Server,
    pub tenant: Tenant,
    pub project: ProjectId,
    pub chatbot: ChatbotId,
}

impl Taught {
    pub async fn with(text: &str) -> Self {
        let server = Server::start().await;
        let tenant = server.tenant("a").await;
        let made = server.call("POST", "/v1/projects", &tenant.key, Some(json!({ "name": "P" }))).await;
        let project = ProjectId(made.json()["data"]["id"].as_i64().unwrap());
        let (store, ids) = (server.app.store(), server.app.ids());
        let op = Op::system(tenant.account, server.clock.clone(), ids.clone());
        let agent = Agent::new(&op, project, "Bot", "en");
        let chatbot = agent.chatbot_id.clone();
        store.create_agent(&op, agent.clone(), |_| (201, Vec::new())).await.unwrap();
        let source =
            TextSource { content: text.into(), file_name: "hours.md".into(), ..TextSource::default() };
        server
            .app
            .library()
            .teach(&op, project, Some(&agent), Source::Text(source), |_| (200, Vec::new()))
            .await
            .unwrap();
        Self { server, tenant, project, chatbot }
    }

    pub fn body(&self, query: &str, session: Option<&str>) -> Value {
        let mut body = json!({
            "query": query, "pid": self.project.to_string(), "chatbot_id": self.chatbot.as_str(),
            "user_context": { "platform": "web" },
        });
        if let Some(session) = session {
            body["user_context"]["session_id"] = session.into();
        }
        body
    }

    async fn ask(&self, query: &str, session: Option<&str>) -> Answer {
        self.server.call("POST", CHAT, &self.tenant.key, Some(self.body(query, session))).await
    }
}

/// The events of a stream.
pub fn events(answer: &Answer) -> Vec<Value> {
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let mut lines: Vec<&str> = text.split("\n\n").filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.pop(), Some("data: [DONE]"));
    lines.iter().map(|line| serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

const HOURS: &str = "# Harbour Bikes\n\n## Opening hours\n\nWe are open Monday to Friday from 9:00 to 18:00. On Sundays we are closed.\n\n\
                     ## Prices\n\nRenting a city bike costs 15 euros a day. A helmet is free of charge.\n";

#[tokio::test]
async fn an_answer_is_streamed_grounded_and_cited() {
    let taught = Taught::with(HOURS).await;
    let body = taught.body("How much does it cost to rent a city bike?", None);
    let answer = taught.server.call("POST", STREAM, &taught.tenant.key, Some(body)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.header("x-vercel-ai-ui-message-stream"), "v1");
    let events = events(&answer);
    let kinds: Vec<&str> = events.iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds[..3], ["start", "start-step", "text-start"]);
    let tail = [
        "text-end",
        "source-document",
        "data-citation",
        "finish-step",
        "finish",
        "data-session",
        "data-finish-reason",
    ];
    assert_eq!(kinds[kinds.len() - tail.len()..], tail, "{kinds:?}");
    let text: String = events.iter().filter_map(|e| e["delta"].as_str()).collect();
    assert!(text.starts_with("Renting a city bike costs 15 euros a day."), "{text}");
    let citation = &events.iter().find(|e| e["type"] == "data-citation").unwrap()["data"];
    let (start, end) =
        (citation["start"].as_u64().unwrap() as usize, citation["end"].as_u64().unwrap() as usize);
    assert_eq!(citation["quote"], text);
    assert_eq!(&HOURS[start..end], text);
    assert_eq!(citation["file_name"], "hours.md");
    assert_eq!(citation["heading_path"], json!(["Harbour Bikes", "Prices"]));
}

#[tokio::test]
async fn streamed_and_whole_answers_are_the_same() {
    let taught = Taught::with(HOURS).await;
    let question = "Are you open on Sundays?";
    let whole = taught.ask(question, None).await.json()["data"].clone();
    let body = taught.body(question, None);
    let streamed = events(&taught.server.call("POST", STREAM, &taught.tenant.key, Some(body)).await);
    let text: String = streamed.iter().filter_map(|e| e["delta"].as_str()).collect();
    assert_eq!(whole["answer"], text);
    let quotes: Vec<&Value> =
        streamed.iter().filter(|e| e["type"] == "data-citation").map(|e| &e["data"]).collect();
    assert_eq!(whole["citations"].as_array().unwrap().iter().collect::<Vec<_>>(), quotes);
    assert_eq!(whole["actions"], json!([]));
}

#[tokio::test]
async fn what_is_not_known_gets_the_agents_own_words() {
    let taught = Taught::with(HOURS).await;
    let answer = taught.ask("Who won the football world cup in 1998?", None).await.json();
    assert_eq!(answer["data"]["answer"], AgentSettings::default().not_found_answer);
    assert_eq!(answer["data"]["citations"], json!([]));
}

#[tokio::test]
async fn a_follow_up_is_understood_in_its_session_only() {
    let taught = Taught::with(HOURS).await;
    let first = taught.ask("When are you open?", None).await.json();
    let session = first["data"]["session_id"].as_str().unwrap().to_owned();
    let second = taught.ask("and on Sundays?", Some(&session)).await.json();
    assert!(second["data"]["answer"].as_str().unwrap().contains("closed"), "{second}");
    let fresh = taught.ask("and on Sundays?", None).await.json();
    assert_ne!(fresh["data"]["answer"], second["data"]["answer"]);
}

#[tokio::test]
async fn a_quote_that_its_source_no_longer_says_vanishes() {
    let taught = Taught::with(HOURS).await;
    let question = "How much does it cost to rent a city bike?";
    assert_eq!(taught.ask(question, None).await.json()["data"]["citations"].as_array().unwrap().len(), 1);
    // Somebody changes the stored row under the running server.
    let path = taught.server.folder.path().join("robofy.db");
    let url = format!("sqlite://{}", path.display());
    let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    let changed =
        sqlx::query("UPDATE asset_texts SET body = replace(body, '15 euros', '99 euros')").execute(&mut conn);
    assert_eq!(changed.await.unwrap().rows_affected(), 1);
    let answer = taught.ask(question, None).await.json();
    assert_eq!(answer["data"]["citations"], json!([]));
    assert!(!answer["data"]["answer"].as_str().unwrap().contains("15 euros"), "{answer}");
}

#[tokio::test]
async fn a_repeat_joins_the_same_answer() {
    let taught = Taught::with(HOURS).await;
    let send = |query: &str| {
        let request = axum::http::Request::post(CHAT)
            .header("authorization", format!("Bearer {}", taught.tenant.key))
            .header("content-type", "application/json")
            .header("idempotency-key", "turn-1")
            .body(axum::body::Body::from(taught.body(query, None).to_string()));
        taught.server.send(request.unwrap())
    };
    let (first, second) = tokio::join!(send("Are you open on Sundays?"), send("Are you open on Sundays?"));
    assert_eq!(first.json(), second.json());
    assert_eq!(send("Are you open on Sundays?").await.json(), first.json());
    let other = send("Something else?").await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (409, "CONFLICT"));
}

#[tokio::test]
async fn ratings_belong_to_an_answer_of_the_named_session() {
    let taught = Taught::with(HOURS).await;
    let answer = taught.ask("Are you open on Sundays?", None).await.json()["data"].clone();
    let rate = |session: &Value, message: &Value, rating: Value| {
        let body = json!({ "session_id": session, "message_id": message, "rating": rating });
        let key = taught.tenant.key.clone();
        let server = &taught.server;
        async move { server.call("POST", "/v1/ai-agent/chat/feedback", &key, Some(body)).await }
    };
    assert_eq!(rate(&answer["session_id"], &answer["message_id"], json!(1)).await.status, 200);
    assert_eq!(rate(&answer["session_id"], &answer["message_id"], json!(0)).await.status, 400);
    assert_eq!(rate(&json!("other"), &answer["message_id"], json!(1)).await.code(), "SESSION_NOT_FOUND");
    assert_eq!(
        rate(&answer["session_id"], &json!("0123456789abcdef"), json!(1)).await.code(),
        "MESSAGE_NOT_FOUND"
    );
}

#[tokio::test]
async fn nothing_runs_in_a_session_that_has_its_answer() {
    let taught = Taught::with(HOURS).await;
    let answer = taught.ask("Are you open on Sundays?", None).await.json()["data"].clone();
    let (key, test_key) =
        (taught.tenant.key.clone(), taught.server.key(&taught.tenant, Environment::Test, &["*"], None).await);
    let path = format!("/v1/ai-agent/chat/{}/stream", answer["session_id"].as_str().unwrap());
    assert_eq!(taught.server.call("GET", &path, &key, None).await.status, 204);
    assert_eq!(taught.server.call("GET", &path, &test_key, None).await.code(), "FORBIDDEN");
    let unknown = "/v1/ai-agent/chat/4f1c1d3e-6f1a-4f1a-8f1a-1f1a1f1a1f1a/stream";
    assert_eq!(taught.server.call("GET", unknown, &key, None).await.code(), "SESSION_NOT_FOUND");
    let stop = format!("/v1/ai-agent/chat/stream/{}", answer["message_id"].as_str().unwrap());
    assert_eq!(taught.server.call("DELETE", &stop, &key, None).await.json()["data"]["stopped"], false);
    assert_eq!(taught.server.call("DELETE", &stop, &test_key, None).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn bad_questions_are_told_what_to_mend() {
    let taught = Taught::with(HOURS).await;
    let mut cases = vec![
        (taught.body("", None), 400, "BAD_REQUEST"),
        (taught.body(" \n", None), 400, "BAD_REQUEST"),
        (taught.body(&"a".repeat(4001), None), 413, "PAYLOAD_TOO_LARGE"),
        (taught.body("a\u{0}b", None), 400, "BAD_REQUEST"),
        (taught.body("hi", Some(&"x".repeat(129))), 400, "BAD_REQUEST"),
        (json!({ "query": "hi" }), 400, "BAD_REQUEST"),
    ];
    let mut other = taught.body("hi", None);
    other["chatbot_id"] = taught.server.app.ids().chatbot().as_str().into();
    cases.push((other, 404, "CHATBOT_NOT_FOUND"));
    for pid in ["123456789", "abc"] {
        let mut elsewhere = taught.body("hi", None);
        elsewhere["pid"] = pid.into();
        cases.push((elsewhere, 404, "PROJECT_NOT_FOUND"));
    }
    let mut number = taught.body("hi", None);
    number["pid"] = taught.project.0.into();
    number["unknown"] = json!({ "is": "ignored" });
    assert_eq!(taught.server.call("POST", CHAT, &taught.tenant.key, Some(number)).await.status, 200);
    for (body, status, code) in cases {
        for path in [CHAT, STREAM] {
            let answer = taught.server.call("POST", path, &taught.tenant.key, Some(body.clone())).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.json());
        }
    }
    let stranger = taught.server.tenant("b").await;
    let answer = taught.server.call("POST", CHAT, &stranger.key, Some(taught.body("hi", None))).await;
    assert_eq!(answer.code(), "PROJECT_NOT_FOUND");
}

#[tokio::test]
async fn a_stored_pair_is_given_whole_before_anything_else() {
    let taught = Taught::with(HOURS).await;
    let pairs = format!("/v1/ai-agent/qa/{}/{}", taught.project, taught.chatbot);
    for (question, answer) in
        [("Hello!", "Ahoy, harbour bikes here."), ("When are you open?", "Ask at the pier.")]
    {
        let pair = json!({ "question": question, "answer": answer });
        let made = taught.server.call("POST", &pairs, &taught.tenant.key, Some(pair)).await.json();
        let told = taught.ask(question, None).await.json()["data"].clone();
        assert_eq!(told["answer"], answer, "before small talk and knowledge");
        let quotes = told["citations"].as_array().unwrap();
        assert_eq!(quotes.len(), 1, "{told}");
        assert_eq!((&quotes[0]["asset_id"], &quotes[0]["quote"]), (&Value::Null, &json!(answer)));
        assert_eq!(quotes[0]["qa_id"], made["data"]["id"]);

        let one = format!("{pairs}/{}", made["data"]["id"].as_str().unwrap());
        taught.server.call("PUT", &one, &taught.tenant.key, Some(json!({ "enabled": false }))).await;
        assert_ne!(taught.ask(question, None).await.json()["data"]["answer"], answer, "switched off at once");
    }
}

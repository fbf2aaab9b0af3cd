//! The WhatsApp call, and WhatsApp sessions on the other chat calls.

use robofy_knowledge::library::{Source, TextSource};
use robofy_store::chat::Channel;
use serde_json::{Value, json};

use crate::chat::{Taught, events};
use crate::server::Answer;

const WHATSAPP: &str = "/v1/ai-agent/whatsapp/chat";
const CHAT: &str = "/v1/ai-agent/chat";
const STREAM: &str = "/v1/ai-agent/chat/stream";
const PHONE: &str = "491711234567";
const HOURS: &str = "# Harbour Bikes\n\n## Opening hours\n\nWe are open Monday to Friday from 9:00 to 18:00. On Sundays we are closed.\n";

impl Taught {
    async fn post(&self, path: &str, query: &str, context: Value) -> Answer {
        let mut body = self.body(query, None);
        body["user_context"] = context;
        self.server.call("POST", path, &self.tenant.key, Some(body)).await
    }

    /// Stores a pair whose answer is Markdown.
    async fn pair(&self, question: &str, answer: &str) {
        let path = format!("/v1/ai-agent/qa/{}/{}", self.project, self.chatbot);
        let body = json!({ "question": question, "answer": answer });
        assert_eq!(self.server.call("POST", &path, &self.tenant.key, Some(body)).await.status, 201);
    }

    async fn session(&self, channel: Channel, id: &str) -> bool {
        let (op, id) = (self.server.op(&self.tenant), id.parse().unwrap());
        self.server.app.store().find_session(&op, &self.chatbot, channel, &id).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn an_answer_in_whatsapps_formatting_in_the_callers_own_session() {
    let taught = Taught::with(HOURS).await;
    taught
        .pair("How do I book?", "## Booking\n\n1. **Choose** a bike\n2. [Pay](https://a.example/pay)")
        .await;
    let answer =
        taught.post(WHATSAPP, "How do I book?", json!({ "platform": "whatsapp", "session_id": PHONE })).await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!(answer["message"], "Success");
    let data = &answer["data"];
    assert_eq!(data["answer"], "*Booking*\n\n1. *Choose* a bike\n2. Pay: https://a.example/pay");
    assert_eq!(data["session_id"], PHONE);
    assert_eq!(data["message_id"].as_str().unwrap().len(), 16);
    assert_eq!(data["citations"].as_array().unwrap().len(), 1);
    assert_eq!(data["actions"], json!([]));
    assert!(taught.session(Channel::Whatsapp, PHONE).await);
    assert!(!taught.session(Channel::Web, PHONE).await);
}

#[tokio::test]
async fn it_is_whatsapp_whatever_the_platform() {
    let taught = Taught::with(HOURS).await;
    for (at, context) in [
        json!({}),
        json!({ "platform": null }),
        json!({ "platform": "" }),
        json!({ "platform": "web" }),
        json!({ "platfrom": "whatsapp" }),
        json!({ "platfrom": "whatsapp", "platform": "whatsapp" }),
    ]
    .into_iter()
    .enumerate()
    {
        let (mut context, id) = (context, format!("4917100{at}"));
        context["session_id"] = id.as_str().into();
        let answer = taught.post(WHATSAPP, "Are you open on Sundays?", context.clone()).await;
        assert_eq!(answer.status, 200, "{context}: {}", answer.json());
        assert!(taught.session(Channel::Whatsapp, &id).await, "{context}");
        assert!(!taught.session(Channel::Web, &id).await, "{context}");
    }
    // Without an id a session begins, which the answer names.
    let begun = taught.post(WHATSAPP, "When are you open?", json!({})).await.json();
    let id = begun["data"]["session_id"].as_str().unwrap();
    assert!(taught.session(Channel::Whatsapp, id).await);
}

#[tokio::test]
async fn one_session_over_all_calls_and_one_form_in_json() {
    let taught = Taught::with(HOURS).await;
    taught.pair("How do I book?", "**Call** us.").await;
    for name in ["platform", "platfrom"] {
        let id = format!("49171-{name}");
        let context = json!({ name: "WhatsApp", "session_id": id });
        let asked = taught.post(CHAT, "How do I book?", context.clone()).await.json();
        assert_eq!(asked["data"]["answer"], "*Call* us.", "{asked}");
        assert!(taught.session(Channel::Whatsapp, &id).await);
        assert!(!taught.session(Channel::Web, &id).await);
        // A stream is Markdown everywhere.
        let streamed = events(&taught.post(STREAM, "How do I book?", context.clone()).await);
        let text: String = streamed.iter().filter_map(|event| event["delta"].as_str()).collect();
        assert_eq!(text, "**Call** us.");
        // What was said by one call is known to the other.
        taught.post(CHAT, "When are you open?", context).await;
        let follow_up = taught.post(WHATSAPP, "and on Sundays?", json!({ "session_id": id })).await.json();
        assert!(follow_up["data"]["answer"].as_str().unwrap().contains("closed"), "{follow_up}");
    }
    let web = taught.post(CHAT, "How do I book?", json!({ "platform": "web" })).await.json();
    assert_eq!(web["data"]["answer"], "**Call** us.");
}

#[tokio::test]
async fn the_sources_addresses_stand_at_the_end() {
    let taught = Taught::with(HOURS).await;
    let page = "https://bikes.example/prices";
    let source = TextSource {
        content: "# Prices\n\nRenting a city bike costs 15 euros a day.\n".into(),
        file_name: "prices.md".into(),
        source_url: Some(page.into()),
        ..TextSource::default()
    };
    let op = taught.server.op(&taught.tenant);
    let agent = taught.server.app.store().find_agent(op.account, &taught.chatbot).await.unwrap();
    let library = taught.server.app.library();
    library
        .teach(&op, taught.project, agent.as_ref(), Source::Text(source), |_| (200, Vec::new()))
        .await
        .unwrap();
    let question = "How much does it cost to rent a city bike?";
    let told = taught.post(WHATSAPP, question, json!({ "session_id": PHONE })).await.json();
    assert_eq!(told["data"]["answer"], format!("Renting a city bike costs 15 euros a day.\n\n{page}"));
    assert_eq!(told["data"]["citations"][0]["source_url"], page);
    let file = taught.post(WHATSAPP, "Are you open on Sundays?", json!({ "session_id": PHONE })).await.json();
    assert_eq!(file["data"]["answer"], "On Sundays we are closed.", "a file has no address");
}

#[tokio::test]
async fn a_repeated_delivery_is_answered_once() {
    let taught = Taught::with(HOURS).await;
    let body = json!({
        "query": "Are you open on Sundays?", "pid": taught.project.to_string(), "chatbot_id": taught.chatbot.as_str(),
        "user_context": { "session_id": PHONE },
    });
    let send = || {
        let request = axum::http::Request::post(WHATSAPP)
            .header("authorization", format!("Bearer {}", taught.tenant.key))
            .header("content-type", "application/json")
            .header("idempotency-key", "wamid.1")
            .body(axum::body::Body::from(body.to_string()));
        taught.server.send(request.unwrap())
    };
    let (first, second) = tokio::join!(send(), send());
    assert_eq!(first.status, 200);
    assert_eq!(first.json(), second.json());
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let taught = Taught::with(HOURS).await;
    let field = |answer: &Answer| answer.json()["error"]["errors"][0]["field"].as_str().unwrap().to_owned();
    for path in [CHAT, STREAM] {
        for context in [json!({}), json!({ "platform": " " }), json!({ "platform": null })] {
            let answer = taught.post(path, "Hello", context.clone()).await;
            assert_eq!(answer.status, 400, "{path} {context}");
            assert_eq!(field(&answer), "user_context.platform", "{path} {context}");
        }
    }
    let mut body = taught.body("Hello", None);
    body.as_object_mut().unwrap().remove("user_context");
    let answer = taught.server.call("POST", WHATSAPP, &taught.tenant.key, Some(body)).await;
    assert_eq!((answer.status.as_u16(), field(&answer).as_str()), (400, "user_context"));
    let answer = taught.post(WHATSAPP, " ", json!({})).await;
    assert_eq!((answer.status.as_u16(), field(&answer).as_str()), (400, "query"));
    let long = json!({ "session_id": "4".repeat(129) });
    assert_eq!(field(&taught.post(WHATSAPP, "Hello", long).await), "user_context.session_id");
}

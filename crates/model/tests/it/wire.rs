//! What goes over the wire.

use robofy_model::{ChatRequest, Message, Role};
use serde_json::json;

use crate::fixture::{ACCOUNT, Fixture, heard};

#[tokio::test]
async fn the_whole_request() {
    let fixture = Fixture::new().await;
    let message = |role, content: &str| Message { role, content: content.into() };
    let messages = vec![
        message(Role::System, "Be brief.\n\"Quotes\" \u{1F600}"),
        message(Role::User, "Hi"),
        message(Role::Assistant, "Hello"),
        message(Role::User, "When are you open?"),
    ];
    let request = ChatRequest { messages, temperature: Some(0.7), max_output_tokens: 300 };
    let reply = fixture.models.chat(ACCOUNT, &fixture.endpoint("echo"), &request).await.unwrap();
    assert_eq!(heard(reply).await, r#""When are you open?", Stop, cost 21+4"#);

    let asked = &fixture.provider.requests()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("accept"), Some("text/event-stream, application/json;q=0.5"));
    let temperature = asked.body["temperature"].as_f64().unwrap();
    assert!((temperature - 0.7).abs() < 1e-9);
    let mut body = asked.body.clone();
    body["temperature"] = json!(0);
    assert_eq!(
        body,
        json!({
            "model": "echo",
            "messages": [
                {"role": "system", "content": "Be brief.\n\"Quotes\" \u{1F600}"},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "When are you open?"},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0,
            "max_tokens": 300,
        })
    );
}

//! Who an agent is to its visitors.

use super::*;

impl Place {
    /// Waits until the handshake greets like this: what it shows may be a second old.
    async fn greets(&self, expected: &str) {
        let body = json!({ "chatbot_id": self.agent, "project_id": self.project.to_string(), "version": 2 });
        loop {
            let answer = self.server.call("POST", "/v1/ai-agent/handshake", "", Some(body.clone())).await;
            let chatbot = answer.json()["data"]["chatbots"][0].clone();
            assert_eq!(chatbot["agent_name"], "Bot", "the persona's name is what it calls itself");
            if chatbot["greeting"] == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_persona_is_made_changed_and_cleared() {
    let place = Place::new().await;
    let path = place.of_agent("persona");
    let nobody = json!({
        "name": null, "role": null, "tone": null, "style": null, "dos": [], "donts": [], "greeting": null,
        "language_policy": "visitor", "texts": {},
    });
    assert_eq!(place.call("GET", &path, None).await.json()["data"], nobody);
    let whole = json!({
        "name": "Mia", "role": "the workshop's adviser", "tone": "warm", "style": "short sentences",
        "dos": ["name the price", "be brief"], "donts": ["promise a date"], "greeting": "Grüezi!\nWhat may I mend?",
        "language_policy": "agent", "texts": { "lead.ask_name": "Who is there?", "lead.ask_name@de": "Wer ist da?" },
    });
    let version = || async {
        let (account, chatbot) = (place.tenant.account, place.agent.parse().unwrap());
        place.server.app.store().find_agent(account, &chatbot).await.unwrap().unwrap().version
    };
    let before = version().await;
    assert_eq!(place.call("PUT", &path, Some(whole.clone())).await.json()["data"], whole);
    assert!(version().await > before, "nodes learn of it");
    assert_eq!(place.call("GET", &path, None).await.json()["data"], whole);
    let merged = place
        .call(
            "PUT",
            &path,
            Some(json!({ "dos": ["be brief"], "tone": "dry", "texts": { "lead.ask_name@de": null, "lead.again": null } })),
        )
        .await;
    let mut expected = whole.clone();
    expected["texts"] = json!({ "lead.ask_name": "Who is there?" });
    expected["dos"] = json!(["be brief"]);
    expected["tone"] = json!("dry");
    assert_eq!(merged.json()["data"], expected);
    let settings = place.call("GET", &place.of_agent("chatbot_ai_settings"), None).await;
    assert_eq!(settings.json()["data"]["tone"], "friendly", "the settings' tone rests and stays");
    let refused = place.call("PUT", &path, Some(json!([]))).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["errors"][0]["detail"], "must be an object");
    let clear: serde_json::Map<_, _> =
        whole.as_object().unwrap().keys().map(|key| (key.clone(), Value::Null)).collect();
    assert_eq!(place.call("PUT", &path, Some(Value::Object(clear))).await.json()["data"], nobody);
}

#[tokio::test]
async fn the_handshake_greets_as_the_persona_does() {
    let place = Place::new().await;
    let path = place.of_agent("persona");
    place.greets("Hello! I'm Bot. How can I help you?").await;
    place.call("PUT", &path, Some(json!({ "name": "Mia" }))).await;
    place.greets("Hello! I'm Mia. How can I help you?").await;
    place.call("PUT", &path, Some(json!({ "greeting": "Welcome \"in\"!" }))).await;
    place.greets("Welcome \"in\"!").await;
    place.call("PUT", &path, Some(json!({ "greeting": null, "name": null }))).await;
    place.greets("Hello! I'm Bot. How can I help you?").await;
}

#[tokio::test]
async fn every_mistake_in_a_persona_is_named() {
    let place = Place::new().await;
    for (change, field) in [
        (json!({ "nmae": "Mia" }), "nmae"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": 7 }), "name"),
        (json!({ "role": "r".repeat(501) }), "role"),
        (json!({ "tone": " " }), "tone"),
        (json!({ "style": "s".repeat(1001) }), "style"),
        (json!({ "greeting": "g".repeat(1001) }), "greeting"),
        (json!({ "greeting": "a\u{0}" }), "greeting"),
        (json!({ "dos": "be brief" }), "dos"),
        (json!({ "dos": ["a", " "] }), "dos.1"),
        (json!({ "donts": vec!["a"; 21] }), "donts"),
        (json!({ "donts": ["d".repeat(501)] }), "donts.0"),
        (json!({ "language_policy": "both" }), "language_policy"),
        (json!({ "texts": { "lead.nothing": "a" } }), "texts.lead.nothing"),
        (json!({ "texts": { "lead.ask_name@xx": "a" } }), "texts.lead.ask_name@xx"),
        (json!({ "texts": { "lead.noted": "{name}" } }), "texts.lead.noted"),
        (json!({ "texts": { "lead.noted": "" } }), "texts.lead.noted"),
    ] {
        let answer = place.call("PUT", &place.of_agent("persona"), Some(change.clone())).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
    }
}

//! The form.

use super::*;

both_engines! {
    async fn a_form_is_made_changed_and_cleared(t: Fixture) {
        let place = place(&t, json!({})).await;
        let path = place.of_agent("lead_form");
        let get = async || place.call("GET", &path, None).await.json()["data"].clone();
        let usual = get().await;
        assert_eq!(usual["enabled"], false);
        let whole = json!({
            "enabled": true, "form_title": "Talk to us", "form_subtitle": "We call back.", "submit_button_text": "Send",
            "consent_text": "I agree.", "consent_version": "2026-01", "when": "after_messages", "after_messages": 3,
            "fields": [
                { "name": "email", "label": "E-mail", "type": "email", "required": true, "options": [], "sort_order": 1 },
                { "name": "size", "label": "Size", "type": "select", "required": false, "options": ["S", "M"], "sort_order": 2 },
            ],
        });
        let version = async || {
            let (account, chatbot) = (place.tenant.account, place.agent.parse().unwrap());
            place.server.app.store().find_agent(account, &chatbot).await.unwrap().unwrap().version
        };
        let before = version().await;
        assert_eq!(place.call("PUT", &path, Some(whole.clone())).await.json()["data"], whole);
        assert!(version().await > before, "nodes learn of it");
        assert_eq!(get().await, whole);
        // What is left out stays; a list is replaced.
        let fields = json!([{ "name": "phone", "type": "phone" }]);
        let changed = place.call("PUT", &path, Some(json!({ "form_title": null, "fields": fields }))).await;
        let mut expected = whole.clone();
        expected["form_title"] = usual["form_title"].clone();
        expected["fields"] = json!([{ "name": "phone", "label": "phone", "type": "phone", "required": false, "options": [], "sort_order": 0 }]);
        assert_eq!(changed.json()["data"], expected);
        let clear: serde_json::Map<_, _> = whole.as_object().unwrap().keys().map(|key| (key.clone(), Value::Null)).collect();
        assert_eq!(place.call("PUT", &path, Some(Value::Object(clear))).await.json()["data"], usual);
    }

    async fn a_new_consent_text_is_a_new_version(t: Fixture) {
        let place = place(&t, form()).await;
        let path = place.of_agent("lead_form");
        let put = async |change: Value| {
            let answer = place.call("PUT", &path, Some(change)).await;
            assert_eq!(answer.status, 200, "{}", answer.json());
            answer.json()["data"]["consent_version"].clone()
        };
        assert_eq!(put(json!({ "consent_text": "One." })).await, "1");
        assert_eq!(put(json!({ "form_title": "T" })).await, "1");
        assert_eq!(put(json!({ "consent_text": "One." })).await, "1", "the same text");
        assert_eq!(put(json!({ "consent_text": "Two." })).await, "2");
        assert_eq!(put(json!({ "consent_text": "Three.", "consent_version": 7 })).await, "7");
        assert_eq!(put(json!({ "consent_text": null })).await, Value::Null);
        assert_eq!(put(json!({ "consent_text": "Four." })).await, "8", "a number stands for one text");
        assert_eq!(put(json!({ "consent_text": "Five.", "consent_version": "May" })).await, "May");
        assert_eq!(put(json!({ "consent_text": "Six." })).await, "9");
        assert_eq!(put(json!({ "consent_text": null })).await, Value::Null);
    }

    async fn every_mistake_in_a_form_is_named(t: Fixture) {
        let place = place(&t, json!({})).await;
        let fields = |fields: Value| json!({ "fields": fields });
        for (change, field) in [
            (json!({ "title": "T" }), "title"),
            (json!({ "enabled": "yes" }), "enabled"),
            (json!({ "form_title": " " }), "form_title"),
            (json!({ "form_title": "t".repeat(201) }), "form_title"),
            (json!({ "consent_text": "c".repeat(5001) }), "consent_text"),
            (json!({ "when": "always" }), "when"),
            (json!({ "after_messages": 0 }), "after_messages"),
            (json!({ "enabled": true, "fields": [] }), "fields"),
            (fields(json!([{ "name": "", "type": "text" }])), "fields.0.name"),
            (fields(json!([{ "name": "A", "type": "text" }])), "fields.0.name"),
            (fields(json!([{ "name": "a", "type": "text" }, { "name": "a", "type": "text" }])), "fields.1.name"),
            (fields(json!([{ "name": "a", "type": "colour" }])), "fields.0.type"),
            (fields(json!([{ "name": "a", "type": "select" }])), "fields.0.options"),
            (fields(json!([{ "name": "a", "type": "text", "options": ["x"] }])), "fields.0.options"),
            (fields(json!([{ "name": "a", "type": "select", "options": ["x", "x "] }])), "fields.0.options.1"),
            (fields(json!([{ "name": "a", "type": "text", "label": "" }])), "fields.0.label"),
            (fields(json!([{ "name": "a", "type": "text", "sort_order": -1 }])), "fields.0.sort_order"),
        ] {
            let answer = place.call("PUT", &place.of_agent("lead_form"), Some(change.clone())).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
        }
        let two = json!({ "form_title": "", "fields": [{ "name": "a", "type": "colour" }] });
        let answer = place.call("PUT", &place.of_agent("lead_form"), Some(two)).await;
        assert_eq!(answer.json()["error"]["errors"].as_array().unwrap().len(), 2);
    }

    async fn the_handshake_shows_the_form(t: Fixture) {
        let place = place(&t, json!({})).await;
        let shown = async |expected: &dyn Fn(&Value) -> bool| {
            let body = json!({ "chatbot_id": place.agent, "project_id": place.project.to_string(), "version": 2 });
            // It may be a second old.
            for _ in 0..200 {
                let answer = place.server.call("POST", "/v1/ai-agent/handshake", "", Some(body.clone())).await;
                let capture = answer.json()["data"]["chatbots"][0]["lead_capture"].clone();
                if expected(&capture) {
                    return capture;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("the handshake does not show it");
        };
        let off = json!({ "form_title": null, "form_subtitle": null, "submit_button_text": null, "fields": [] });
        shown(&|capture| *capture == off).await;
        let change = json!({
            "enabled": true, "form_title": "Talk to us", "submit_button_text": "Send", "consent_text": "I agree.", "when": "before_chat",
            "fields": [
                { "name": "phone", "type": "phone", "sort_order": 2 },
                { "name": "email", "type": "email", "required": true, "sort_order": 1 },
            ],
        });
        place.call("PUT", &place.of_agent("lead_form"), Some(change)).await;
        let capture = shown(&|capture| capture["form_title"] == "Talk to us").await;
        assert_eq!((&capture["form_subtitle"], &capture["submit_button_text"]), (&Value::Null, &json!("Send")));
        assert_eq!((&capture["consent_version"], &capture["when"]), (&json!("1"), &json!("before_chat")));
        assert_eq!(capture["fields"][0], json!({ "name": "email", "label": "email", "type": "email", "required": true, "options": [], "sort_order": 1 }));
        assert_eq!(capture["fields"][1]["name"], "phone");
    }
}

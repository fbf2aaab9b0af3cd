//! Widget settings and tabs, and the card of the handshake, on both engines.

use axum::body::Body;
use axum::http::Request;
use robofy_http::HttpConfig;
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::{Place, refused};
use crate::server::{Answer, Server};

async fn place(t: &Fixture) -> Place {
    Place::on(Server::over(t, HttpConfig::default()).await).await
}

fn tabs() -> &'static str {
    "widget/integration"
}

impl Place {
    async fn put_widget(&self, change: Value) -> Answer {
        self.call("PUT", &self.of_agent("widget"), Some(change)).await
    }

    /// What the handshake shows once this holds of it: it may be a second old.
    async fn shown_once(&self, holds: impl Fn(&Value) -> bool) -> Value {
        let body = json!({ "chatbot_id": self.agent, "project_id": self.project.to_string(), "version": 2 });
        loop {
            let answer = self.server.call("POST", "/v1/ai-agent/handshake", "", Some(body.clone())).await;
            assert_eq!(answer.status, 200, "{}", answer.json());
            let data = answer.json()["data"].clone();
            if holds(&data) {
                return data;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    async fn add_tab(&self, tab: Value) -> Answer {
        self.call("POST", &self.of_agent(tabs()), Some(tab)).await
    }

    async fn tab_labels(&self) -> Vec<String> {
        let answer = self.call("GET", &self.of_agent(tabs()), None).await.json();
        let tabs = answer["data"]["tabs"].as_array().unwrap().clone();
        tabs.iter().map(|tab| tab["label"].as_str().unwrap().to_owned()).collect()
    }
}

/// The widget of an agent called Bot before anybody designs it, as the contract shows it.
fn usual() -> Value {
    json!({
        "header": {
            "title": "Bot", "subtitle": "Ask me anything", "chat_tab_label": "Chat", "input_placeholder": "Type your question",
            "download_transcript_label": "Download transcript", "end_session_label": "End session",
        },
        "branding": {
            "theme_mode": 0, "theme_color": "#2563EB", "show_powered_by": true, "widget_position": "bottom-right",
            "widget_bubble_icon": null, "brand_name": "Robofy",
        },
        "behaviour": {
            "open_on_page_load": false, "show_on_mobile": true, "show_microphone": true, "close_after_time": 60,
            "enable_sources": true, "enable_suggested_questions": true,
        },
        "loader": { "loader_texts": ["Looking for the answer"], "enable_loader": true },
        "reset_modal": {
            "reset_chat_modal_title": "Start a new conversation?",
            "reset_chat_modal_description": "This conversation ends, and a new one begins.",
            "confirm_label": "Start new", "cancel_label": "Keep this one",
        },
        "tabs": [],
    })
}

/// Another value for every field.
fn designed() -> Value {
    json!({
        "header": {
            "title": "Räder & \"Mehr\"", "subtitle": "", "chat_tab_label": "Talk", "input_placeholder": "",
            "download_transcript_label": "Save", "end_session_label": "Bye",
        },
        "branding": {
            "theme_mode": 2, "theme_color": "#00ff7F", "show_powered_by": false, "widget_position": "top-left",
            "widget_bubble_icon": "https://example.com/b.svg", "brand_name": "Harbour Bikes",
        },
        "behaviour": {
            "open_on_page_load": true, "show_on_mobile": false, "show_microphone": false, "close_after_time": 0,
            "enable_sources": false, "enable_suggested_questions": false,
        },
        "loader": { "loader_texts": ["One", "Two"], "enable_loader": false },
        "reset_modal": {
            "reset_chat_modal_title": "Again?", "reset_chat_modal_description": "", "confirm_label": "Yes", "cancel_label": "No",
        },
        "tabs": [
            { "id": "00000000-0000-7000-8000-000000000002", "kind": "agent", "label": "Chat", "url": null, "sort_order": 1 },
            { "id": "00000000-0000-7000-8000-000000000001", "kind": "embed", "label": "Map", "url": "https://example.com/map", "sort_order": 5 },
        ],
    })
}

both_engines! {
    async fn a_widget_is_designed_and_shown(t: Fixture) {
        let place = place(&t).await;
        let get = async || place.call("GET", &place.of_agent("widget"), None).await.json()["data"].clone();
        assert_eq!(get().await, usual());
        let put = place.put_widget(designed()).await;
        assert_eq!((put.status.as_u16(), &put.json()["data"]), (200, &designed()));
        assert_eq!(get().await, designed(), "what is read can be written");
        let shown = place.shown_once(|data| data["widget"] != usual()).await;
        assert_eq!(shown["widget"], designed());
    }

    async fn sections_are_merged_and_null_restores(t: Fixture) {
        let place = place(&t).await;
        let (usual, designed) = (usual(), designed());
        place.put_widget(designed.clone()).await;
        let merged = place.put_widget(json!({
            "header": { "title": null }, "branding": { "theme_mode": "1" }, "loader": { "loader_texts": ["Three"] }, "behaviour": {},
        })).await.json()["data"].clone();
        let mut expected = designed;
        expected["header"]["title"] = usual["header"]["title"].clone();
        expected["branding"]["theme_mode"] = json!(1);
        expected["loader"]["loader_texts"] = json!(["Three"]);
        assert_eq!(merged, expected);
        let all = json!({ "header": null, "branding": null, "behaviour": null, "loader": null, "reset_modal": null, "tabs": null });
        assert_eq!(place.put_widget(all).await.json()["data"], usual);
        // What was read can be sent back: a default made from the agent's name goes on to go with it.
        let read = place.call("GET", &place.of_agent("widget"), None).await.json()["data"].clone();
        assert_eq!(place.put_widget(read).await.json()["data"], usual);
        place.call("PUT", &place.of_agent("chatbot"), Some(json!({ "name": "Mia" }))).await;
        assert_eq!(place.put_widget(json!({})).await.json()["data"]["header"]["title"], "Mia");
        // A title of its own stays what it is, though the agent is called so for a while and something else is changed.
        place.put_widget(json!({ "header": { "title": "Zoe" } })).await;
        for name in ["Zoe", "Mia"] {
            place.call("PUT", &place.of_agent("chatbot"), Some(json!({ "name": name }))).await;
            for change in [json!({ "behaviour": {} }), json!({ "header": { "subtitle": "Hi" } })] {
                assert_eq!(place.put_widget(change).await.json()["data"]["header"]["title"], "Zoe");
            }
        }
    }

    async fn every_mistake_in_a_widget_is_named(t: Fixture) {
        let place = place(&t).await;
        let page = |url: &str| json!([{ "kind": "link", "label": "L", "url": url }]);
        for (change, field) in [
            (json!({ "colour": "red" }), "colour"),
            (json!({ "header": { "tilte": "T" } }), "header.tilte"),
            (json!({ "header": [] }), "header"),
            (json!({ "header": { "title": "" } }), "header.title"),
            (json!({ "header": { "title": "a\nb" } }), "header.title"),
            (json!({ "header": { "title": "t".repeat(201) } }), "header.title"),
            (json!({ "header": { "chat_tab_label": "t".repeat(101) } }), "header.chat_tab_label"),
            (json!({ "header": { "subtitle": "s".repeat(301) } }), "header.subtitle"),
            (json!({ "header": { "title": "\u{0}" } }), "header.title"),
            (json!({ "branding": { "theme_mode": 3 } }), "branding.theme_mode"),
            (json!({ "branding": { "theme_mode": "dark" } }), "branding.theme_mode"),
            (json!({ "branding": { "theme_color": "red" } }), "branding.theme_color"),
            (json!({ "branding": { "theme_color": "#FFF" } }), "branding.theme_color"),
            (json!({ "branding": { "theme_color": "#2563EG" } }), "branding.theme_color"),
            (json!({ "branding": { "theme_color": "#2563EB;x" } }), "branding.theme_color"),
            (json!({ "branding": { "widget_position": "middle" } }), "branding.widget_position"),
            (json!({ "branding": { "widget_bubble_icon": "javascript:alert(1)" } }), "branding.widget_bubble_icon"),
            (json!({ "branding": { "show_powered_by": "yes" } }), "branding.show_powered_by"),
            (json!({ "behaviour": { "close_after_time": -1 } }), "behaviour.close_after_time"),
            (json!({ "behaviour": { "close_after_time": 1441 } }), "behaviour.close_after_time"),
            (json!({ "loader": { "loader_texts": [] } }), "loader.loader_texts"),
            (json!({ "loader": { "loader_texts": vec!["t"; 11] } }), "loader.loader_texts"),
            (json!({ "loader": { "loader_texts": ["a", " "] } }), "loader.loader_texts.1"),
            (json!({ "reset_modal": { "confirm_label": " " } }), "reset_modal.confirm_label"),
            (json!({ "tabs": page("http://example.com") }), "tabs.0.url"),
            (json!({ "tabs": [{ "kind": "agent", "label": "A" }, { "kind": "embed", "label": "B" }] }), "tabs.1.url"),
            (json!({ "tabs": [{ "kind": "agent", "label": "A", "id": "x" }] }), "tabs.0.id"),
        ] {
            let answer = place.put_widget(change.clone()).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
        }
        let both = place.put_widget(json!({ "header": { "title": "" }, "branding": { "theme_color": "red" } })).await;
        assert_eq!(both.json()["error"]["errors"].as_array().unwrap().len(), 2);
        let told = place.put_widget(json!({ "branding": { "theme_mode": 9 } })).await.json()["error"]["detail"].clone();
        assert!(told.as_str().unwrap().contains("0 (light), 1 (dark), 2 (system)"), "{told}");
        assert_eq!(place.call("GET", &place.of_agent("widget"), None).await.json()["data"], usual());
    }

    async fn tabs_come_and_go(t: Fixture) {
        let place = place(&t).await;
        let map = place.add_tab(json!({ "kind": "embed", "label": "Map", "url": "http://localhost:3000/map" })).await;
        assert_eq!(map.status, 201, "{}", map.json());
        let map = map.json()["data"].clone();
        let keys: Vec<_> = map.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "kind", "label", "sort_order", "url"]);
        let shop = place.add_tab(json!({ "kind": "link", "label": "Shop", "url": "https://example.com/", "sort_order": 0 })).await.json();
        place.add_tab(json!({ "kind": "agent", "label": "Talk" })).await;
        assert_eq!(place.tab_labels().await, ["Map", "Shop", "Talk"]);
        let shown = place.shown_once(|data| data["widget"]["tabs"].as_array().unwrap().len() == 3).await;
        assert_eq!(shown["widget"]["tabs"][0], map);
        // By its id in the query, or in a body.
        let path = place.of_agent(tabs());
        let gone = place.call("DELETE", &format!("{path}?id={}", map["id"].as_str().unwrap()), None).await;
        assert_eq!((gone.status.as_u16(), &gone.json()["data"]), (200, &json!({ "id": map["id"] })));
        let body = json!({ "id": shop["data"]["id"] });
        assert_eq!(place.call("DELETE", &path, Some(body.clone())).await.status, 200);
        assert_eq!(place.tab_labels().await, ["Talk"]);
        let again = place.call("DELETE", &path, Some(body)).await;
        assert_eq!((again.status.as_u16(), again.code().as_str()), (404, "TAB_NOT_FOUND"));
        assert_eq!(place.call("DELETE", &format!("{path}?id=nonsense"), None).await.code(), "TAB_NOT_FOUND");
        let unnamed = place.call("DELETE", &path, None).await;
        assert_eq!(refused(&unnamed), (400, "BAD_REQUEST".into(), json!("id")));
        for number in 1..20 {
            assert_eq!(place.add_tab(json!({ "kind": "agent", "label": number.to_string() })).await.status, 201);
        }
        let full = place.add_tab(json!({ "kind": "agent", "label": "one more" })).await;
        assert_eq!((full.status.as_u16(), full.code().as_str()), (409, "CONFLICT"));
        assert_eq!(place.tab_labels().await.len(), 20);
    }

    async fn a_repeated_tab_is_one(t: Fixture) {
        let place = place(&t).await;
        let send = async |label: &str| {
            let body = json!({ "kind": "agent", "label": label }).to_string();
            let request = Request::post(place.of_agent(tabs()))
                .header("authorization", format!("Bearer {}", place.tenant.key))
                .header("content-type", "application/json")
                .header("idempotency-key", "tab");
            place.server.send(request.body(Body::from(body)).unwrap()).await
        };
        let (first, again) = (send("Talk").await, send("Talk").await);
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
        assert_eq!((first.json(), again.header("idempotency-replayed")), (again.json(), "true"));
        assert_eq!(send("Other").await.code(), "CONFLICT");
        assert_eq!(place.tab_labels().await, ["Talk"]);
    }

    async fn every_mistake_in_a_tab_is_named(t: Fixture) {
        let place = place(&t).await;
        let link = |url: &str| json!({ "kind": "link", "label": "L", "url": url });
        for (tab, field) in [
            (json!({ "label": "L" }), "kind"),
            (json!({ "kind": "agent" }), "label"),
            (json!({ "kind": "page", "label": "L", "url": "https://example.com" }), "kind"),
            (json!({ "kind": "agent", "label": "" }), "label"),
            (json!({ "kind": "agent", "label": "l".repeat(101) }), "label"),
            (json!({ "kind": "agent", "label": "L", "url": "https://example.com" }), "url"),
            (json!({ "kind": "link", "label": "L" }), "url"),
            (link("javascript:alert(1)"), "url"),
            (link("JAVASCRIPT:alert(1)"), "url"),
            (link("data:text/html,x"), "url"),
            (link("http://example.com/"), "url"),
            (link("//example.com/"), "url"),
            (link("https://user@example.com/"), "url"),
            (json!({ "kind": "agent", "label": "L", "sort_order": -1 }), "sort_order"),
            (json!({ "kind": "agent", "label": "L", "id": "x" }), "id"),
        ] {
            let answer = place.add_tab(tab.clone()).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{tab}");
        }
        assert!(place.tab_labels().await.is_empty());
    }

    async fn the_card_shows_what_was_set(t: Fixture) {
        let place = place(&t).await;
        let path = place.of_agent("chatbot");
        let card = place.shown_once(|_| true).await["chatbots"][0].clone();
        assert_eq!((&card["sort_order"], &card["quick_questions"], &card["agent_type"]), (&json!(0), &json!([]), &json!("Public")));
        let questions = json!(["When are you open?", "What does a \"service\" cost?"]);
        let change = json!({ "sort_order": 3, "quick_questions": questions, "access_type": 1, "avatar_url": "https://example.com/a.png" });
        let changed = place.call("PUT", &path, Some(change)).await.json()["data"].clone();
        assert_eq!((&changed["sort_order"], &changed["quick_questions"]), (&json!(3), &questions));
        let card = place.shown_once(|data| data["chatbots"][0]["sort_order"] == 3).await["chatbots"][0].clone();
        assert_eq!((&card["quick_questions"], &card["agent_type"]), (&questions, &json!("Private")));
        assert_eq!(card["avatar_image_path"], "https://example.com/a.png");
        let lead = json!({ "form_title": null, "form_subtitle": null, "submit_button_text": null, "fields": [] });
        assert_eq!(card["lead_capture"], lead);
        let cleared = place.call("PUT", &path, Some(json!({ "sort_order": null, "quick_questions": null }))).await.json();
        assert_eq!((&cleared["data"]["sort_order"], &cleared["data"]["quick_questions"]), (&json!(0), &json!([])));
        for (change, field) in [
            (json!({ "sort_order": -1 }), "sort_order"),
            (json!({ "quick_questions": vec!["q"; 11] }), "quick_questions"),
            (json!({ "quick_questions": ["q".repeat(201)] }), "quick_questions.0"),
            (json!({ "quick_questions": ["a", ""] }), "quick_questions.1"),
            (json!({ "quick_questions": [7] }), "quick_questions[0]"),
        ] {
            let answer = place.call("PUT", &path, Some(change.clone())).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
        }
    }
}

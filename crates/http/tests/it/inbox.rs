//! The inbox, on both engines: conversations listed, searched and read.

use std::time::Duration;

use robofy_http::HttpConfig;
use robofy_kernel::Environment;
use robofy_store::chat::{Begin, Channel, NewTurn, VisitorContext};
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::Place;
use crate::server::{Answer, Server};

/// An agent with a pair and a lead form. It is Monday, 2026-01-05, 09:00 UTC.
async fn place(t: &Fixture) -> Place {
    let place = Place::on(Server::over(t, HttpConfig::default()).await).await;
    let pair = json!({ "question": "Do you ship?", "answer": "Yes, **everywhere**." });
    assert_eq!(place.call("POST", &place.of_agent("qa"), Some(pair)).await.status, 201);
    let form = json!({ "enabled": true, "when": "never", "fields": [
        { "name": "email", "type": "email" }, { "name": "name", "type": "name" },
    ] });
    assert_eq!(place.call("PUT", &place.of_agent("lead_form"), Some(form)).await.status, 200);
    place
}

impl Place {
    /// Says something in a session of this id; gives the answer's id.
    async fn says(&self, session: &str, query: &str, context: Value) -> String {
        self.says_as(&self.tenant.key, session, query, context).await
    }

    async fn says_as(&self, key: &str, session: &str, query: &str, context: Value) -> String {
        let mut user = json!({ "platform": "web", "session_id": session });
        for (name, value) in context.as_object().into_iter().flatten() {
            user[name] = value.clone();
        }
        let path =
            if user["platform"] == "whatsapp" { "/v1/ai-agent/whatsapp/chat" } else { "/v1/ai-agent/chat" };
        let body = json!({
            "query": query, "pid": self.project.to_string(), "chatbot_id": self.agent, "user_context": user,
        });
        let answer = self.server.call("POST", path, key, Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        self.server.clock.advance(Duration::from_secs(60));
        answer.json()["data"]["message_id"].as_str().unwrap().to_owned()
    }

    async fn inbox(&self, query: &str) -> Answer {
        self.call("GET", &format!("/v1/ai-agent/inbox/sessions/{}?{query}", self.agent), None).await
    }

    /// The ids of the sessions of a list.
    async fn sessions(&self, query: &str) -> Vec<String> {
        let answer = self.inbox(query).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.json());
        let sessions = answer.json()["sessions"].as_array().unwrap().clone();
        sessions.iter().map(|session| session["session_id"].as_str().unwrap().to_owned()).collect()
    }

    async fn chats(&self, session: &str, query: &str) -> Answer {
        let path = format!("/v1/ai-agent/inbox/chats/{}/{session}?{query}", self.agent);
        self.call("GET", &path, None).await
    }
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

both_engines! {
    async fn the_list_has_the_documented_shape(t: Fixture) {
        let place = place(&t).await;
        let empty = place.inbox("").await;
        let body = r#"{"message":"Success","sessions":[],"data":{"sessions":[]},"next_page_token":null}"#;
        assert_eq!(String::from_utf8(empty.body).unwrap(), body);
        place.says("one", "Do you ship?", json!({ "user_name": "Ana", "page_url": "https://shop.example/" })).await;
        let list = place.inbox("").await.json();
        assert_eq!(list["sessions"], json!([{
            "session_id": "one", "last_message_time": "2026-01-05 09:00:00", "last_message": "Yes, **everywhere**.",
            "user_profile_name": "Ana", "last_message_direction": "outgoing", "website_url": "https://shop.example/",
            "channel": "web", "created_at": "2026-01-05 09:00:00", "timezone": null, "locale": null, "country": null, "lead_id": null,
        }]));
        assert_eq!(list["data"], json!({ "sessions": list["sessions"] }));
        assert_eq!((&list["message"], &list["next_page_token"]), (&json!("Success"), &Value::Null));
    }

    async fn a_conversation_is_read_from_its_beginning(t: Fixture) {
        let place = place(&t).await;
        let first = place.says("one", "Do you ship?", json!({})).await;
        place.says("one", "What does a lighthouse cost?", json!({})).await;
        let rating = json!({ "session_id": "one", "message_id": first, "rating": -1, "comment": "Where?" });
        assert_eq!(place.call("POST", "/v1/ai-agent/chat/feedback", Some(rating)).await.status, 200);
        let whole = place.chats("one", "").await.json()["data"].clone();
        assert_eq!(whole["next_page_token"], Value::Null);
        let messages = whole["messages"].as_array().unwrap();
        let shown: Vec<_> = messages
            .iter()
            .map(|m| (m["direction"].as_str().unwrap(), m["text"].as_str().unwrap(), m["created_at"].as_str().unwrap()))
            .collect();
        assert_eq!(&shown[..3], [
            ("incoming", "Do you ship?", "2026-01-05 09:00:00"),
            ("outgoing", "Yes, **everywhere**.", "2026-01-05 09:00:00"),
            ("incoming", "What does a lighthouse cost?", "2026-01-05 09:01:00"),
        ]);
        assert_eq!((shown.len(), shown[3].0), (4, "outgoing"));
        let answer = &messages[1];
        assert_eq!((&answer["message_id"], &answer["rating"], &answer["rating_comment"]), (&json!(first), &json!(-1), &json!("Where?")));
        assert_eq!((&answer["kind"], &answer["status"]), (&json!("pair"), &json!("done")));
        assert_eq!(answer["citations"][0]["asset_id"], Value::Null, "a pair's citation: {answer}");
        assert_eq!((&messages[0]["rating"], &messages[0]["citations"]), (&Value::Null, &json!([])));
        assert_eq!(messages[3]["kind"], "not_found");
        for size in [1, 2, 3] {
            let (mut all, mut token) = (Vec::new(), String::new());
            loop {
                let page = place.chats("one", &format!("pageSize={size}{token}")).await.json()["data"].clone();
                all.extend(page["messages"].as_array().unwrap().clone());
                match page["next_page_token"].as_str() {
                    Some(next) => token = format!("&nextPageToken={next}"),
                    None => break,
                }
            }
            assert_eq!(&all, messages, "in pages of {size}");
        }
    }

    async fn sessions_of_one_id_are_told_apart(t: Fixture) {
        let place = place(&t).await;
        place.says("49171", "On the web.", json!({})).await;
        place.says("49171", "Another one.", json!({})).await;
        let text = |answer: Answer| answer.json()["data"]["messages"][0]["text"].clone();
        let page = place.chats("49171", "pageSize=1").await.json()["data"].clone();
        place.says("49171", "On the phone.", json!({ "platform": "whatsapp" })).await;
        assert_eq!(text(place.chats("49171", "").await), "On the phone.", "the latest");
        assert_eq!(text(place.chats("49171", "channel=web").await), "On the web.");
        assert_eq!(text(place.chats("49171", "platform=whatsapp").await), "On the phone.");
        let next = page["next_page_token"].as_str().unwrap();
        let second = place.chats("49171", &format!("pageSize=1&nextPageToken={next}")).await.json()["data"].clone();
        assert_eq!((&page["messages"][0]["text"], &second["messages"][0]["direction"]), (&json!("On the web."), &json!("outgoing")));
        let third = second["next_page_token"].as_str().unwrap();
        assert_eq!(text(place.chats("49171", &format!("pageSize=1&nextPageToken={third}")).await), "Another one.", "a walk stays where it began");
        assert_eq!(place.sessions("").await, ["49171", "49171"]);
        assert_eq!(refused(&place.chats("49171", "channel=fax").await), (400, "BAD_REQUEST".into()));
        for unknown in ["nobody", "%01", &"x".repeat(200)] {
            assert_eq!(refused(&place.chats(unknown, "").await), (404, "SESSION_NOT_FOUND".into()), "{unknown}");
        }
    }

    async fn environments_agents_and_accounts_are_apart(t: Fixture) {
        let place = place(&t).await;
        place.says("live", "Hello", json!({})).await;
        let test = place.server.key(&place.tenant, Environment::Test, &["inbox:read", "chat"], None).await;
        place.says_as(&test, "trial", "Hello", json!({})).await;
        assert_eq!(place.sessions("").await, ["live"]);
        assert_eq!(refused(&place.chats("trial", "").await), (403, "FORBIDDEN".into()));
        let path = |session: &str| format!("/v1/ai-agent/inbox/chats/{}/{session}", place.agent);
        assert_eq!(place.server.call("GET", &path("trial"), &test, None).await.status, 200);
        assert_eq!(refused(&place.server.call("GET", &path("live"), &test, None).await), (403, "FORBIDDEN".into()));
        let stranger = place.server.tenant("b").await;
        let lists = format!("/v1/ai-agent/inbox/sessions/{}", place.agent);
        for path in [path("live"), lists, "/v1/ai-agent/inbox/sessions/nonsense".into()] {
            assert_eq!(refused(&place.server.call("GET", &path, &stranger.key, None).await), (404, "CHATBOT_NOT_FOUND".into()), "{path}");
        }
    }

    async fn conversations_are_filtered_and_searched(t: Fixture) {
        let place = place(&t).await;
        let good = place.says("shipping", "Do you ship?", json!({ "user_name": "Zoë Ångström" })).await;
        place.says("lost", "What does a LEUCHTTURM für die Straße cost?", json!({ "platform": "whatsapp" })).await;
        let bad = place.says("both", "Do you ship?", json!({})).await;
        place.says("both", "And 100% of ships_too\\? Οδόστρωμα, ΟΔΟΣ.", json!({})).await;
        for (session, message, rating) in [("shipping", good, 1), ("both", bad, -1)] {
            let rated = json!({ "session_id": session, "message_id": message, "rating": rating });
            assert_eq!(place.call("POST", "/v1/ai-agent/chat/feedback", Some(rated)).await.status, 200);
        }
        let lead = json!({ "session_id": "lost", "values": { "email": "ana@example.com", "name": "Ana Brook" } });
        let lead = place.call("POST", &place.of_agent("leads"), Some(lead)).await;
        assert_eq!(lead.status, 201, "{}", lead.json());
        let listed = place.inbox("channel=whatsapp").await.json()["sessions"][0].clone();
        assert_eq!(
            (&listed["session_id"], &listed["lead_id"], &listed["user_profile_name"]),
            (&json!("lost"), &lead.json()["data"]["id"], &json!("Ana Brook"))
        );
        for (query, expected) in [
            ("", vec!["both", "lost", "shipping"]),
            ("channel=web", vec!["both", "shipping"]),
            ("platform=whatsapp", vec!["lost"]),
            ("hasLead=true", vec!["lost"]),
            ("hasLead=false", vec!["both", "shipping"]),
            ("hasBooking=true", vec![]),
            ("hasBooking=false&channel=web", vec!["both", "shipping"]),
            ("unanswered=true", vec!["both", "lost"]),
            ("unanswered=false", vec!["shipping"]),
            ("rating=1", vec!["shipping"]),
            ("rating=-1", vec!["both"]),
            ("rating=-1&unanswered=false", vec![]),
            ("q=SHIP", vec!["both", "shipping"]),
            ("q=everywhere", vec!["both", "shipping"]),
            ("q=leuchtturm", vec!["lost"]),
            ("q=STRA%C3%9FE", vec!["lost"]),
            ("q=STRASSE", vec!["lost"]),
            ("q=%C3%A5NGSTR%C3%96M", vec!["shipping"]),
            // Both have a final sigma only in lower case.
            ("q=%CE%BF%CE%B4%CE%BF%CF%82", vec!["both"]),
            ("q=%CE%9F%CE%94%CE%9F%CE%A3", vec!["both"]),
            ("q=%CE%9F%CE%94%CF%8C%CE%A3", vec!["both"]),
            ("q=ana+brook", vec!["lost"]),
            ("q=100%25+of", vec!["both"]),
            ("q=ships_too%5C", vec!["both"]),
            ("q=s%25p", vec![]),
            ("q=ship&rating=1", vec!["shipping"]),
            ("q=nowhere", vec![]),
            ("from=2026-01-05T09:02:00Z", vec!["both"]),
            ("to=2026-01-05T09:01:00Z", vec!["shipping"]),
            ("from=2026-01-05&to=2026-01-06", vec!["both", "lost", "shipping"]),
            ("from=2026-01-06", vec![]),
            ("to=2026-01-05&timezone=Pacific/Kiritimati", vec![]),
        ] {
            assert_eq!(place.sessions(query).await, expected, "{query}");
        }
        for (query, field) in [
            ("q=", "q"), ("q=+", "q"), ("from=yesterday", "from"), ("to=2026-13-01", "to"), ("timezone=Mars", "timezone"),
            ("channel=fax", "channel"), ("rating=0", "rating"), ("rating=x", "rating"), ("hasLead=maybe", "hasLead"),
            ("pageSize=0", "pageSize"),
        ] {
            let answer = place.inbox(query).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into()), "{query}");
            assert_eq!(answer.json()["error"]["errors"][0]["field"], field, "{query}: {}", answer.json());
        }
    }

    async fn whoever_walks_and_asks_again_from_the_beginning_of_the_walk_has_seen_all(t: Fixture) {
        let place = place(&t).await;
        for session in 0..6 {
            place.says(&format!("s{session}"), "Hello", json!({})).await;
        }
        let began = t.clock.now().rfc3339();
        let first = place.inbox("pageSize=2").await.json();
        // One that was seen and one that was not move to the top.
        for session in ["s5", "s1"] {
            place.says(session, "Hello again", json!({})).await;
        }
        let mut seen: Vec<_> = first["sessions"].as_array().unwrap().iter().map(|s| s["session_id"].clone()).collect();
        let mut token = first["next_page_token"].as_str().unwrap().to_owned();
        loop {
            let page = place.inbox(&format!("pageSize=2&nextPageToken={token}")).await.json();
            seen.extend(page["sessions"].as_array().unwrap().iter().map(|s| s["session_id"].clone()));
            match page["next_page_token"].as_str() {
                Some(next) => token = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ["s5", "s4", "s3", "s2", "s0"], "none twice");
        assert_eq!(place.sessions(&format!("from={began}")).await, ["s1", "s5"]);
    }

    async fn a_conversation_without_answers_is_read_to_its_end(t: Fixture) {
        let place = place(&t).await;
        let op = place.server.op(&place.tenant);
        for _ in 0..31 {
            let turn = NewTurn {
                chatbot_id: place.agent.parse().unwrap(),
                channel: Channel::Web,
                session_id: "waits".parse().unwrap(),
                context: VisitorContext::default(),
                query: "Is anybody there?".into(),
                message_id: t.ids.message(),
                visitor_message_id: t.ids.message(),
                running_until: t.clock.now().after(Duration::from_secs(1)),
            };
            assert!(matches!(t.store.begin_turn(&op, turn).await.unwrap(), Begin::Taken(_)));
            t.clock.advance(Duration::from_secs(60));
            t.store.interrupt_lost_turns(t.clock.now(), false).await.unwrap();
        }
        place.says("waits", "Do you ship?", json!({})).await;
        for size in [1, 2, 5, 33, 200] {
            let (mut seen, mut token) = (Vec::new(), String::new());
            loop {
                let page = place.chats("waits", &format!("pageSize={size}&nextPageToken={token}")).await.json();
                let messages = page["data"]["messages"].as_array().unwrap();
                seen.extend(messages.iter().map(|message| message["message_id"].as_str().unwrap().to_owned()));
                match page["data"]["next_page_token"].as_str() {
                    Some(next) => token = next.to_owned(),
                    None => break,
                }
            }
            let count = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!((count, seen.len()), (33, 33), "pages of {size}");
        }
    }
}

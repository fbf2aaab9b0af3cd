//! The account's details and limits, on both engines.

use robofy_http::HttpConfig;
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::{Place, refused};
use crate::server::{Answer, Server};

const DETAILS: &str = "/v1/account/details";

async fn place(t: &Fixture) -> Place {
    Place::on(Server::over(t, HttpConfig::default()).await).await
}

async fn put(place: &Place, change: Value) -> Answer {
    place.call("PUT", DETAILS, Some(change)).await
}

both_engines! {
    async fn an_account_is_read_changed_and_cleared(t: Fixture) {
        let place = place(&t).await;
        let get = async || place.call("GET", DETAILS, None).await.json()["data"].clone();
        let nowhere = json!({ "line1": null, "line2": null, "city": null, "state": null, "postal_code": null, "country": null });
        let new = json!({
            "id": place.tenant.account.to_string(), "name": "a", "email": "a@example.com", "company": null, "phone": null, "website": null,
            "timezone": null, "language": null, "address": nowhere, "created_at": get().await["created_at"],
        });
        assert_eq!(get().await, new);
        assert!(new["created_at"].as_str().unwrap().ends_with('Z'), "RFC 3339");
        let change = json!({
            "id": "ignored", "name": "Harbour Bikes", "email": "help@example.org", "company": "Harbour Bikes Ltd", "phone": "+49 (30) 123-456",
            "website": "https://example.org", "timezone": "europe/berlin", "language": "de-DE",
            "address": { "line1": "Ring 1", "line2": "Yard", "city": "Köln", "state": "NRW", "postal_code": "50667", "country": "de" },
        });
        let changed = put(&place, change.clone()).await;
        assert_eq!(changed.status, 200, "{}", changed.json());
        let mut expected = change;
        expected["id"] = new["id"].clone();
        expected["created_at"] = new["created_at"].clone();
        expected["timezone"] = json!("Europe/Berlin");
        expected["address"]["country"] = json!("DE");
        assert_eq!(changed.json()["data"], expected);
        assert_eq!(get().await, expected);
        // The address is merged line by line.
        put(&place, json!({ "address": { "line2": null, "city": "Bonn" } })).await;
        expected["address"]["line2"] = Value::Null;
        expected["address"]["city"] = json!("Bonn");
        assert_eq!(get().await, expected);
        let clear = json!({ "company": null, "phone": null, "website": null, "timezone": null, "language": null, "address": null });
        let cleared = put(&place, clear).await.json()["data"].clone();
        let mut bare = new;
        bare["name"] = json!("Harbour Bikes");
        bare["email"] = json!("help@example.org");
        assert_eq!(cleared, bare);
        let neighbour = place.server.tenant("b").await;
        assert_eq!(place.server.call("GET", DETAILS, &neighbour.key, None).await.json()["data"]["name"], "b");
    }

    async fn every_mistake_in_an_account_is_named(t: Fixture) {
        let place = place(&t).await;
        for (change, field) in [
            (json!({ "name": null }), "name"),
            (json!({ "name": " " }), "name"),
            (json!({ "name": "n".repeat(201) }), "name"),
            (json!({ "name": 7 }), "name"),
            (json!({ "email": null }), "email"),
            (json!({ "email": "help" }), "email"),
            (json!({ "email": "Help <help@example.org>" }), "email"),
            (json!({ "company": "a\nb" }), "company"),
            (json!({ "phone": "call me" }), "phone"),
            (json!({ "phone": "123" }), "phone"),
            (json!({ "website": "javascript:alert(1)" }), "website"),
            (json!({ "website": "example.org" }), "website"),
            (json!({ "timezone": "Mars/Olympus" }), "timezone"),
            (json!({ "timezone": "+02:00" }), "timezone"),
            (json!({ "language": "the Queen's" }), "language"),
            (json!({ "address": { "country": "Germany" } }), "address.country"),
            (json!({ "address": { "country": "XX" } }), "address.country"),
            (json!({ "address": { "postal_code": "1".repeat(21) } }), "address.postal_code"),
            (json!({ "address": { "line1": "" } }), "address.line1"),
            (json!({ "address": "Ring 1" }), "address"),
            (json!({ "address": [] }), "address"),
        ] {
            let answer = put(&place, change.clone()).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
        }
        let both = put(&place, json!({ "timezone": "x", "language": "?" })).await;
        assert_eq!(both.json()["error"]["errors"].as_array().unwrap().len(), 2);
    }

    async fn limits_tell_what_is_used(t: Fixture) {
        let place = place(&t).await;
        let limits = async || place.call("GET", "/v1/account/limit", None).await.json()["data"].clone();
        let of = |used: i64| json!({ "limit": null, "used": used, "remaining": null });
        let (storage, none) = (of(16), of(0));
        assert_eq!(limits().await, json!({
            "projects": of(1), "agents": of(1), "assets": none, "storage_bytes": none, "crawl_pages": none,
            "messages_per_month": none, "seats": of(1),
        }));
        place.teach("hours", "Open on Sundays.").await;
        let mut ask = json!({
            "query": "When are you open?", "pid": place.project.to_string(), "chatbot_id": place.agent, "user_context": { "platform": "web" },
        });
        assert_eq!(place.call("POST", "/v1/ai-agent/chat", Some(ask.clone())).await.status, 200);
        let test = place.server.key(&place.tenant, robofy_kernel::Environment::Test, &["chat"], None).await;
        ask["query"] = json!("Hello");
        assert_eq!(place.server.call("POST", "/v1/ai-agent/chat", &test, Some(ask)).await.status, 200);
        let now = limits().await;
        assert_eq!((&now["assets"], &now["storage_bytes"], &now["messages_per_month"]), (&of(1), &storage, &of(1)));
    }
}

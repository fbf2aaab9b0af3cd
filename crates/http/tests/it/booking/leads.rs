//! Whose lead a visitor's own booking is, on both engines.

use robofy_http::HttpConfig;
use robofy_testkit::{Fixture, both_engines};

use super::*;
use crate::server::Server;

const OWN: &str = "/v1/ai-agent/chat/booking/bookings";

/// A Monday on which the shop is open from nine to five in Berlin; it is Monday a week before.
fn at(hour: u32) -> String {
    format!("2026-01-12T{hour:02}:00:00+01:00")
}

/// A shop whose agent has this lead form, and the token of a visitor with their session.
async fn shop(t: &Fixture, form: Value) -> Shop {
    let place = Place::on(Server::over(t, HttpConfig::default()).await).await;
    let answer = place.call("PUT", &place.of_agent("lead_form"), Some(form)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    Shop::on(place, json!({ "max_upcoming_per_visitor": 9, "questions": [{ "name": "bike" }] })).await
}

fn form(consent: Value) -> Value {
    json!({ "enabled": true, "consent_text": consent, "fields": [
        { "name": "name", "type": "name" },
        { "name": "mail", "type": "email", "required": true },
        { "name": "phone", "type": "phone" },
        { "name": "bike", "type": "select", "options": ["City bike", "E-bike"], "required": true },
    ]})
}

impl Shop {
    fn newcomer(&self) -> (String, SessionId) {
        let session = self.place.server.app.ids().web_session();
        (self.visitor(&session), session)
    }

    /// The visitor books, and their server's owner reads whose lead it is.
    async fn lead_of(&self, token: &str, hour: u32, person: Value) -> Value {
        let mut body = self.at(&at(hour));
        body.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
        let made = self.place.server.call("POST", OWN, token, Some(body)).await;
        let id = id(&made, "booking_id");
        assert_eq!(made.json()["data"]["lead_id"], Value::Null, "the visitor is not told");
        let read = self.call("GET", &format!("{}/{id}", self.path("bookings")), None).await;
        read.json()["data"]["lead_id"].clone()
    }

    async fn leads(&self) -> Vec<Value> {
        let answer = self.call("GET", &self.place.of_agent("leads"), None).await;
        answer.json()["data"]["report"]["rows"].as_array().unwrap().clone()
    }

    async fn lead(&self, id: &Value) -> Value {
        let path = format!("{}/{}", self.place.of_agent("leads"), id.as_str().unwrap());
        self.call("GET", &path, None).await.json()["data"].clone()
    }
}

fn said(lead: &Value) -> Vec<(&str, &str)> {
    let values = lead["lead_data"].as_array().unwrap().iter();
    values.map(|one| (one["field_name"].as_str().unwrap(), one["field_value"].as_str().unwrap())).collect()
}

both_engines! {
    async fn a_visitor_s_booking_makes_the_lead_of_its_address(t: Fixture) {
        let shop = shop(&t, form(Value::Null)).await;
        let (token, session) = shop.newcomer();
        let id = shop.lead_of(&token, 9, json!({ "name": "Ana", "email": "Ana@example.org", "phone": "just ring" })).await;
        let lead = shop.lead(&id).await;
        assert_eq!(said(&lead), [("name", "Ana"), ("mail", "Ana@example.org")], "{lead}");
        assert_eq!((&lead["source"], &lead["session_id"], &lead["complete"]), (&json!("booking"), &json!(session), &json!(false)));
        // What was missing comes with the next booking, which names neither name nor address.
        assert_eq!(shop.lead_of(&token, 10, json!({ "answers": { "bike": "e-bike" } })).await, id);
        let lead = shop.lead(&id).await;
        assert_eq!(said(&lead), [("name", "Ana"), ("mail", "Ana@example.org"), ("bike", "E-bike")]);
        assert_eq!(lead["complete"], json!(true));
        // One lead a person, from whichever session.
        let (other, _) = shop.newcomer();
        assert_eq!(shop.lead_of(&other, 11, json!({ "email": "ana@example.org" })).await, id);
        assert_eq!(shop.leads().await.len(), 1);
    }

    async fn a_booking_is_its_session_s_lead_and_a_name_alone_makes_none(t: Fixture) {
        let shop = shop(&t, form(Value::Null)).await;
        let (token, session) = shop.newcomer();
        assert_eq!(shop.lead_of(&token, 9, json!({ "name": "Bo" })).await, Value::Null);
        assert!(shop.leads().await.is_empty());
        let sent = json!({ "chatbot_id": shop.place.agent, "pid": shop.place.project.to_string(),
            "values": { "mail": "bo@example.org", "bike": "City bike" } });
        let sent = shop.place.server.call("POST", "/v1/ai-agent/chat/lead", &token, Some(sent)).await;
        let lead = json!(id(&sent, "lead_id"));
        assert_eq!(shop.lead_of(&token, 10, json!({})).await, lead);
        // A server that books for the session says so of it too.
        let mut body = shop.at(&at(11));
        body["session_id"] = json!(session);
        let made = shop.call("POST", &shop.path("bookings"), Some(body)).await;
        assert_eq!((made.status.as_u16(), &made.json()["data"]["lead_id"]), (201, &lead));
        // A hold that becomes a booking is no other.
        let hold = shop.place.server.call("POST", &OWN.replace("bookings", "holds"), &token, Some(shop.at(&at(12)))).await;
        let held = json!({ "hold_id": id(&hold, "hold_id"), "name": "Bo" });
        let made = id(&shop.place.server.call("POST", OWN, &token, Some(held)).await, "booking_id");
        let read = shop.call("GET", &format!("{}/{made}", shop.path("bookings")), None).await;
        assert_eq!(read.json()["data"]["lead_id"], lead);
        assert!(said(&shop.lead(&lead).await).contains(&("name", "Bo")));
    }

    async fn without_a_yes_or_a_time_nothing_becomes_a_lead(t: Fixture) {
        let shop = shop(&t, form(json!("You may write to me."))).await;
        let (token, _) = shop.newcomer();
        let person = json!({ "email": "ana@example.org" });
        assert_eq!(shop.lead_of(&token, 9, person.clone()).await, Value::Null, "a booking is no consent");
        // Once the form was sent with its consent, the session's bookings are its lead's.
        let sent = json!({ "chatbot_id": shop.place.agent, "pid": shop.place.project.to_string(),
            "values": { "mail": "ana@example.org", "bike": "E-bike" }, "consent": { "version": "1", "accepted": true } });
        let sent = shop.place.server.call("POST", "/v1/ai-agent/chat/lead", &token, Some(sent)).await;
        assert_eq!(shop.lead_of(&token, 10, person).await, json!(id(&sent, "lead_id")));
        // A time that is taken leaves no lead behind.
        shop.call("PUT", &shop.place.of_agent("lead_form"), Some(form(Value::Null))).await;
        let (late, _) = shop.newcomer();
        let mut body = shop.at(&at(10));
        body["email"] = json!("late@example.org");
        assert_eq!(refused(&shop.place.server.call("POST", OWN, &late, Some(body)).await), (409, "SLOT_TAKEN".into()));
        assert_eq!(shop.leads().await.len(), 1);
        shop.call("PUT", &shop.place.of_agent("lead_form"), Some(json!({ "enabled": false }))).await;
        assert_eq!(shop.lead_of(&late, 11, json!({ "email": "late@example.org" })).await, Value::Null);
    }
}

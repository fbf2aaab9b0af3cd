//! A visitor who asks, leaves details, books, moves and cancels, over HTTP: on the web with a client token as a stream,
//! and on WhatsApp through a relay. What the database holds in the end is the same.

use std::sync::Arc;

use robofy_agent::builtin::BuiltIn;
use robofy_agent::fluent::Fluent;
use robofy_agent::{StreamLimits, Turns};
use robofy_http::{App, HttpConfig};
use robofy_kernel::Ids;
use robofy_model::{Endpoint, Models, ModelsConfig};
use robofy_net::Gate;
use robofy_testkit::provider::{Script, ScriptedProvider, Then};
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::Place;
use crate::server::Server;

/// Who answers the questions.
#[derive(Clone, Copy, PartialEq)]
enum By {
    BuiltIn,
    /// A language model that says what the test tells it, and claims more than is true.
    Model,
}

/// What is said, and what the answer must hold. It is Monday, 5 January 2026, 10:00 in Berlin.
const SCRIPT: &[(&str, &[&str])] = &[
    ("What does a haircut cost?", &["40 euros"]),
    ("Please call me back, I'm Ana Lima and my email is ana@acme.io", &["Ana Lima", "ana@acme.io"]),
    ("Where is the salon?", &["Mill Lane", "phone"]),
    ("no, the e-mail is ana.lima@acme.io", &["ana.lima@acme.io"]),
    ("skip", &["send"]),
    ("yes", &["Ana Lima"]),
    ("I'd like to book a haircut next Tuesday afternoon", &["Tuesday, 13 January", "1."]),
    ("the second one", &["ana.lima@acme.io", "Shall I book"]),
    ("yes", &["Booked"]),
    ("Can I move my appointment?", &["1."]),
    ("Wednesday at 10", &["Wednesday, 7 January, 10:00", "Shall I move"]),
    ("yes please", &["Moved"]),
    ("cancel my appointment", &["Shall I cancel"]),
    ("yes", &["Cancelled"]),
];

/// A server whose questions a scripted provider answers.
async fn fluent(t: &Fixture, provider: &ScriptedProvider) -> Server {
    let server = Server::over(t, HttpConfig::default()).await;
    let library = server.app.library().clone();
    let (operator, public) = (Gate::operator().unwrap(), Gate::public(&[]).unwrap());
    let models = Models::new(operator, public, ModelsConfig::default(), server.clock.clone(), Ids::System);
    let endpoint = Endpoint::server(provider.base_url().parse().unwrap(), "usual", None);
    let answerer = Fluent::new(BuiltIn::new(library.clone()), models, Some(endpoint));
    let tasks = server.app.tasks().clone();
    let turns = Turns::new(t.store.clone(), tasks.clone(), Arc::new(answerer), StreamLimits::default());
    let app =
        App::start(library, turns, server.clock.clone(), Ids::System, tasks, HttpConfig::default()).await;
    let app = app.unwrap();
    Server { router: robofy_http::router(app.clone()), app, ..server }
}

/// What the model says to a question.
fn script(provider: &ScriptedProvider, query: &str) {
    let answer = if query.contains("cost") {
        "A haircut costs 40 euros [1]."
    } else {
        "The salon is in Mill Lane 4 [1]. Your appointment is confirmed."
    };
    let pieces = answer.split_inclusive(' ').map(str::to_owned).collect();
    provider.script(Script { pieces, then: Then::End, ..Script::default() });
}

async fn salon(server: Server) -> (Place, String) {
    let place = Place::on(server).await;
    let text = "# Salon\n\nThe salon is in Mill Lane 4.\n\n## Prices\n\nA haircut costs 40 euros.\n";
    place.teach("salon.md", text).await;
    let form = json!({ "enabled": true, "when": "on_demand", "fields": [
        { "name": "name", "label": "Name", "type": "name", "required": true },
        { "name": "email", "label": "E-mail", "type": "email", "required": true },
        { "name": "phone", "label": "Phone", "type": "phone" },
    ] });
    assert_eq!(place.call("PUT", &place.of_agent("lead_form"), Some(form)).await.status, 200);
    let day = json!([["09:00", "17:00"]]);
    let hours = json!({ "mon": day, "tue": day, "wed": day, "thu": day, "fri": day });
    let body = json!({ "name": "Maria", "timezone": "Europe/Berlin", "hours": hours });
    let made = place.call("POST", &format!("/v1/booking/resources/{}", place.project), Some(body)).await;
    let resource = made.json()["data"]["resource_id"].clone();
    let body = json!({ "name": "Haircut", "duration_minutes": 30, "resource_ids": [resource] });
    let made = place.call("POST", &format!("/v1/booking/services/{}", place.project), Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let service = made.json()["data"]["service_id"].as_str().unwrap().to_owned();
    (place, service)
}

/// The text of a stream's answer.
fn streamed(body: &str) -> String {
    let events = body.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    let deltas = events
        .filter_map(|data| serde_json::from_str::<Value>(data).unwrap()["delta"].as_str().map(str::to_owned));
    deltas.collect()
}

async fn walk(t: Arc<Fixture>, by: By, whatsapp: bool) {
    let provider = ScriptedProvider::start().await;
    let server = match by {
        By::BuiltIn => Server::over(&t, HttpConfig::default()).await,
        By::Model => fluent(&t, &provider).await,
    };
    let (place, service) = salon(server).await;
    let (token, session) = place.visitor();
    let session = if whatsapp { "4915112345678".to_owned() } else { session.as_str().to_owned() };
    let token = (!whatsapp).then_some(token);
    for (query, expected) in SCRIPT {
        if by == By::Model && query.ends_with('?') {
            script(&provider, query);
        }
        let body = json!({
            "query": query, "pid": place.project.to_string(), "chatbot_id": place.agent,
            "user_context": { "platform": if whatsapp { "whatsapp" } else { "web" }, "session_id": session,
                              "timezone": "Europe/Berlin", "locale": "en-GB", "country": "DE" },
        });
        let text = match &token {
            Some(token) => {
                let answer = place.server.call("POST", "/v1/ai-agent/chat/stream", token, Some(body)).await;
                assert_eq!(answer.status, 200, "{query}");
                streamed(&String::from_utf8_lossy(&answer.body))
            }
            None => {
                let answer = place.call("POST", "/v1/ai-agent/whatsapp/chat", Some(body)).await;
                answer.json()["data"]["answer"].as_str().unwrap().to_owned()
            }
        };
        assert!(
            !query.ends_with('?') || !text.contains("booked") && !text.contains("confirmed"),
            "{query}: {text}"
        );
        for word in *expected {
            assert!(text.contains(word), "{query}: no {word:?} in {text:?}");
        }
    }
    let bookings = place.call("GET", &format!("/v1/booking/bookings/{}", place.project), None).await.json();
    let bookings = bookings["data"]["bookings"].as_array().unwrap().clone();
    assert_eq!(bookings.len(), 1);
    let booking = &bookings[0];
    assert_eq!(
        (booking["status"].as_str(), booking["service_id"].as_str()),
        (Some("cancelled"), Some(&*service))
    );
    assert_eq!(booking["start"], "2026-01-07T10:00:00+01:00");
    assert_eq!((&booking["name"], &booking["email"]), (&json!("Ana Lima"), &json!("ana.lima@acme.io")));
    let events: Vec<&str> = booking["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["created", "moved", "cancelled"]);
    let leads = place.call("GET", &place.of_agent("leads"), None).await.json();
    let rows = leads["data"]["report"]["rows"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 1, "one person is one lead");
    assert_eq!(rows[0]["id"], booking["lead_id"]);
    let lead = place
        .call("GET", &format!("{}/{}", place.of_agent("leads"), rows[0]["id"].as_str().unwrap()), None)
        .await;
    let lead = lead.json()["data"].clone();
    assert_eq!(
        (&lead["complete"], &lead["source"]),
        (&json!(true), &json!(if whatsapp { "whatsapp" } else { "chat" }))
    );
    let email =
        lead["lead_data"].as_array().unwrap().iter().find(|value| value["field_name"] == "email").unwrap();
    assert_eq!(
        (&email["field_value"], &email["raw"]),
        (&json!("ana.lima@acme.io"), &json!("ana.lima@acme.io"))
    );
    assert_eq!(
        (email["start"].as_i64(), email["end"].as_i64()),
        (Some(18), Some(34)),
        "where the words stand"
    );
}

both_engines! {
    async fn on_the_web(t: Fixture) {
        walk(t, By::BuiltIn, false).await;
    }

    async fn on_whatsapp(t: Fixture) {
        walk(t, By::BuiltIn, true).await;
    }

    async fn on_the_web_with_a_model(t: Fixture) {
        walk(t, By::Model, false).await;
    }

    async fn on_whatsapp_with_a_model(t: Fixture) {
        walk(t, By::Model, true).await;
    }
}

//! Bookings over HTTP.

mod conflicts;
mod leads;
mod servers;
mod settings;
mod visitors;
mod words;

use axum::body::Body;
use axum::http::Request;
use robofy_http::auth::token::Grant;
use robofy_kernel::{Environment, SessionId};
use serde_json::{Value, json};

use crate::knowledge::Place;
use crate::server::Answer;

/// A project with a service of half an hour, open on every day from nine to five in Berlin. It is Friday,
/// 2027-01-15, 09:00 there.
struct Shop {
    place: Place,
    service: String,
    resource: String,
}

fn week(ranges: &Value) -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    Value::Object(days.iter().map(|day| ((*day).to_owned(), ranges.clone())).collect())
}

/// The id of what was made.
fn id(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["data"][name].as_str().unwrap().to_owned()
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.code())
}

fn starts(slots: &Value) -> Vec<&str> {
    slots.as_array().unwrap().iter().map(|slot| slot["start"].as_str().unwrap()).collect()
}

impl Shop {
    async fn new(changes: Value) -> Self {
        Self::on(Place::new().await, changes).await
    }

    async fn on(place: Place, changes: Value) -> Self {
        let resource = Self::resource(&place, "Maria").await;
        let mut body = json!({ "name": "Consultation", "duration_minutes": 30, "resource_ids": [resource] });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let path = format!("/v1/booking/services/{}", place.project);
        let service = id(&place.call("POST", &path, Some(body)).await, "service_id");
        Self { place, service, resource }
    }

    async fn resource(place: &Place, name: &str) -> String {
        let hours = week(&json!([["09:00", "17:00"]]));
        let body = json!({ "name": name, "timezone": "Europe/Berlin", "hours": hours });
        let path = format!("/v1/booking/resources/{}", place.project);
        id(&place.call("POST", &path, Some(body)).await, "resource_id")
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/booking/{what}/{}", self.place.project)
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.place.call(method, path, body).await
    }

    /// A time of this service.
    fn at(&self, start: &str) -> Value {
        json!({ "service_id": self.service, "start": start })
    }

    async fn book(&self, start: &str) -> Answer {
        self.call("POST", &self.path("bookings"), Some(self.at(start))).await
    }

    async fn hold(&self, start: &str) -> Answer {
        self.call("POST", &self.path("holds"), Some(self.at(start))).await
    }

    async fn slots(&self, query: &str) -> Answer {
        self.call("GET", &format!("{}?serviceId={}&{query}", self.path("slots"), self.service), None).await
    }

    /// The client token of a new visitor.
    fn visitor(&self, session: &SessionId) -> String {
        let app = &self.place.server.app;
        let grant = Grant {
            account: self.place.tenant.account,
            project: self.place.project.to_string().parse().unwrap(),
            chatbots: vec![self.place.agent.parse().unwrap()],
            session: session.clone(),
            environment: Environment::Live,
            origin: None,
        };
        app.token_keys().sign(grant, self.place.server.clock.now(), app.ids()).unwrap()
    }

    /// A request with headers of its own.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.place.server.send(request.body(body).unwrap()).await
    }
}

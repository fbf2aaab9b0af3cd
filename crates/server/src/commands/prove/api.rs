//! The booking API as the proof calls it, and its answers in the proof's words.

use hyper::Method;
use robofy_kernel::Timestamp;
use serde_json::{Value, json};

use super::calendar::{CLOSES, Calendar, OPENS, SERVICES, Start, Terms, Wish};
use super::history::{Free, Listed, Outcome, State};
use super::line::{Call, NoReply, Reply};

/// The calendar as it is on the servers.
#[derive(Debug)]
pub struct Shop {
    /// Its starts.
    pub calendar: Calendar,
    /// The project's id.
    pub project: String,
    /// The ids of [`SERVICES`].
    pub services: Vec<String>,
    /// The ids of the resources.
    pub resources: Vec<String>,
    /// The credential.
    pub api_key: String,
}

/// The most bookings of a page.
const PAGE: usize = 200;

impl Shop {
    /// Makes a resource. It is open on one day only.
    pub fn make_resource(&self, number: usize) -> Call {
        let time = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let day = json!({ "date": self.calendar.day(), "ranges": [[time(OPENS), time(CLOSES)]] });
        let name = format!("Resource {}", number + 1);
        let body = json!({ "name": name, "timezone": "UTC", "hours": {}, "overrides": [day] });
        self.call(Method::POST, "resources", "", Some(body))
    }

    /// Makes a service on all resources.
    pub fn make_service(&self, terms: &Terms) -> Call {
        let body = json!({ "name": terms.name, "duration_minutes": terms.duration,
            "buffer_before_minutes": terms.before, "buffer_after_minutes": terms.after, "seats": terms.seats,
            "resource_ids": self.resources });
        self.call(Method::POST, "services", "", Some(body))
    }

    /// Holds seats.
    pub fn hold(&self, wish: Wish, seats: u32, seconds: u64) -> Call {
        let mut body = self.wish(wish);
        body["seats"] = json!(seats);
        body["hold_seconds"] = json!(seconds);
        self.call(Method::POST, "holds", "", Some(body))
    }

    /// Gives a hold up.
    pub fn release(&self, hold: &str) -> Call {
        self.call(Method::DELETE, "holds", hold, None)
    }

    /// Books seats.
    pub fn book(&self, wish: Wish, seats: u32, tag: &str, key: Option<&str>) -> Call {
        let mut body = self.wish(wish);
        body["seats"] = json!(seats);
        self.named(body, tag, key)
    }

    /// Books what is held.
    pub fn confirm(&self, hold: &str, tag: &str, key: Option<&str>) -> Call {
        self.named(json!({ "hold_id": hold }), tag, key)
    }

    /// Moves a booking.
    pub fn reschedule(&self, booking: &str, wish: Wish) -> Call {
        let mut body = self.wish(wish);
        if let Some(fields) = body.as_object_mut() {
            fields.remove("service_id");
        }
        self.call(Method::PUT, "bookings", booking, Some(body))
    }

    /// Cancels a booking, in one of the two ways there are.
    pub fn cancel(&self, booking: &str, by_status: bool) -> Call {
        if by_status {
            return self.call(Method::PUT, "bookings", booking, Some(json!({ "status": "cancelled" })));
        }
        self.call(Method::DELETE, "bookings", booking, None)
    }

    /// A page of all bookings.
    pub fn bookings(&self, token: Option<&str>) -> Call {
        let next = token.map(|token| format!("&nextPageToken={token}")).unwrap_or_default();
        self.call(Method::GET, &format!("bookings/{}?pageSize={PAGE}{next}", self.project), "", None)
    }

    /// What is free of a service.
    pub fn slots(&self, service: usize) -> Call {
        let from = self.calendar.moment(0).rfc3339();
        let to = self.calendar.moment(24 * 60).rfc3339();
        let id = &self.services[service];
        let path = format!("slots/{}?serviceId={id}&from={from}&to={to}&timezone=UTC", self.project);
        self.call(Method::GET, &path, "", None)
    }

    /// What an answer means to whoever wished for something of a service. `done` are the statuses of success.
    pub fn outcome(&self, service: usize, reply: Result<Reply, NoReply>, done: &[u16]) -> Outcome {
        let reply = match reply {
            Ok(reply) => reply,
            Err(NoReply::Cut) => return Outcome::Unknown,
            Err(NoReply::Bad(words)) => return Outcome::Wrong(words),
        };
        let error = &reply.body["error"];
        match (reply.status, error["code"].as_str()) {
            (status, _) if done.contains(&status) => {
                let data = &reply.body["data"];
                let id = data["booking_id"].as_str().or_else(|| data["hold_id"].as_str());
                Outcome::Done { start: self.read_start(service, data), id: id.map(str::to_owned) }
            }
            (409, Some("SLOT_TAKEN")) => match error["alternatives"].as_array() {
                Some(offers) => {
                    Outcome::Refused(offers.iter().map(|offer| self.read_start(service, offer)).collect())
                }
                None => Outcome::Wrong("SLOT_TAKEN without alternatives".to_owned()),
            },
            (503, Some("SERVICE_UNAVAILABLE")) => Outcome::Busy,
            (410, Some("HOLD_EXPIRED")) => Outcome::Expired,
            (404, Some("HOLD_NOT_FOUND" | "BOOKING_NOT_FOUND")) | (409, Some("CONFLICT")) => Outcome::Gone,
            (status, code) => {
                let detail = error["detail"].as_str().unwrap_or_default();
                Outcome::Wrong(format!("status {status} {}: {detail}", code.unwrap_or("without a code")))
            }
        }
    }

    /// A booking of the list.
    pub fn read_booking(&self, booking: &Value) -> Listed {
        let service = self.services.iter().position(|id| booking["service_id"] == id.as_str());
        let state = match booking["status"].as_str() {
            Some("confirmed") => State::Confirmed,
            Some("cancelled") => State::Cancelled,
            other => State::Other(other.unwrap_or("none").to_owned()),
        };
        Listed {
            tag: booking["name"].as_str().unwrap_or_default().to_owned(),
            id: booking["booking_id"].as_str().unwrap_or_default().to_owned(),
            state,
            start: service.and_then(|service| self.read_start(service, booking)),
            seats: booking["seats"].as_u64().and_then(|seats| u32::try_from(seats).ok()).unwrap_or(0),
        }
    }

    /// A slot of the list.
    pub fn read_free(&self, service: usize, slot: &Value) -> Free {
        let seats = slot["seats_left"].as_u64().and_then(|seats| u32::try_from(seats).ok()).unwrap_or(0);
        Free { start: self.read_start(service, slot), seats }
    }

    /// The start that `start`, `end` and `resource_id` of an object tell.
    fn read_start(&self, service: usize, object: &Value) -> Option<usize> {
        let minute = |name: &str| {
            let moment = serde_json::from_value::<Timestamp>(object[name].clone()).ok()?;
            self.calendar.minute(moment)
        };
        let (at, end) = (minute("start")?, minute("end")?);
        let resource = self.resources.iter().position(|id| object["resource_id"] == id.as_str())?;
        if end != at + SERVICES[service].duration {
            return None;
        }
        self.calendar.find(Start { service, resource, at })
    }

    fn wish(&self, wish: Wish) -> Value {
        let start = self.calendar.moment(wish.at).rfc3339();
        let mut body = json!({ "service_id": self.services[wish.service], "start": start });
        if let Some(resource) = wish.resource {
            body["resource_id"] = json!(self.resources[resource]);
        }
        body
    }

    fn named(&self, mut body: Value, tag: &str, key: Option<&str>) -> Call {
        body["name"] = json!(tag);
        let mut call = self.call(Method::POST, "bookings", "", Some(body));
        call.key = key.map(str::to_owned);
        call
    }

    /// A call of a collection of this project, or of one of its members; a collection with a slash is a whole path.
    fn call(&self, method: Method, collection: &str, member: &str, body: Option<Value>) -> Call {
        let path = match (collection.contains('/'), member) {
            (true, _) => format!("/v1/booking/{collection}"),
            (false, "") => format!("/v1/booking/{collection}/{}", self.project),
            (false, member) => format!("/v1/booking/{collection}/{}/{member}", self.project),
        };
        Call { method, path, body, key: None }
    }
}

//! The lines of bookings.

use serde_json::{Value, json};

use super::{Call, Things};

/// How an operation is called; see [`super::call`].
pub(super) async fn call(operation: &str, things: &Things<'_>) -> Option<Call> {
    let project = things.project;
    let of = |what: &str| format!("/v1/booking/{what}/{project}");
    let own = |what: &str| format!("/v1/ai-agent/chat/booking/{what}");
    let call = match operation {
        "list_resources" => Call::new(of("resources"), None, 200).stranger("PROJECT_NOT_FOUND"),
        "create_resource" => Call::new(of("resources"), Some(resource()), 201).stranger("PROJECT_NOT_FOUND"),
        "get_resource" | "delete_resource" | "update_resource" => {
            let path = format!("{}/{}", of("resources"), things.resource().await);
            let body = (operation == "update_resource").then(|| json!({ "name": "Ana" }));
            Call::new(path, body, 200).stranger("PROJECT_NOT_FOUND")
        }
        "list_services" => Call::new(of("services"), None, 200).stranger("PROJECT_NOT_FOUND"),
        "create_service" => {
            let body = service(&things.resource().await);
            Call::new(of("services"), Some(body), 201).stranger("PROJECT_NOT_FOUND")
        }
        "get_service" | "delete_service" | "update_service" => {
            let path = format!("{}/{}", of("services"), things.service().await);
            let body = (operation == "update_service").then(|| json!({ "name": "Walk" }));
            Call::new(path, body, 200).stranger("PROJECT_NOT_FOUND")
        }
        "list_slots" => Call::new(format!("{}?{}", of("slots"), things.window().await), None, 200)
            .stranger("PROJECT_NOT_FOUND"),
        "resolve_time" => {
            Call::new("/v1/booking/resolve_time", Some(json!({ "text": "tomorrow at 3 pm" })), 200)
        }
        "create_hold" => Call::new(of("holds"), Some(things.time().await), 201).stranger("PROJECT_NOT_FOUND"),
        "release_hold" => {
            let made = things.create(&of("holds"), things.time().await).await;
            let path = format!("{}/{}", of("holds"), made["data"]["hold_id"].as_str().unwrap());
            Call::new(path, None, 200).stranger("PROJECT_NOT_FOUND").live()
        }
        "list_bookings" => Call::new(of("bookings"), None, 200).stranger("PROJECT_NOT_FOUND"),
        "create_booking" => {
            Call::new(of("bookings"), Some(things.time().await), 201).stranger("PROJECT_NOT_FOUND")
        }
        "get_booking" | "cancel_booking" | "update_booking" | "booking_ics" => {
            let below = if operation == "booking_ics" { "/ics" } else { "" };
            let path = format!("{}/{}{below}", of("bookings"), things.booking().await);
            let body = (operation == "update_booking").then(|| json!({ "status": "completed" }));
            Call::new(path, body, 200).stranger("PROJECT_NOT_FOUND").live()
        }
        "visitor_services" => Call::new(own("services"), None, 200),
        "visitor_slots" => Call::new(format!("{}?{}", own("slots"), things.window().await), None, 200),
        "visitor_hold" => Call::new(own("holds"), Some(things.time().await), 201),
        "visitor_release" => {
            let token = things.world.token(things);
            let made =
                things.world.server.call("POST", &own("holds"), &token, Some(things.time().await)).await;
            let made = made.json();
            Call::new(format!("{}/{}", own("holds"), made["data"]["hold_id"].as_str().unwrap()), None, 200)
        }
        "visitor_bookings" => Call::new(own("bookings"), None, 200),
        "visitor_book" => Call::new(own("bookings"), Some(things.time().await), 201),
        "visitor_booking" | "visitor_cancel" | "visitor_move" | "visitor_ics" => {
            let below = if operation == "visitor_ics" { "/ics" } else { "" };
            let path = format!("{}/{}{below}", own("bookings"), things.booking().await);
            let body = (operation == "visitor_move").then(|| json!({ "start": things.start(12) }));
            Call::new(path, body, 200)
        }
        _ => return None,
    };
    Some(call)
}

fn resource() -> Value {
    let day = json!([["00:00", "24:00"]]);
    let hours = json!({ "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": day, "sun": day });
    json!({ "name": "Maria", "timezone": "UTC", "hours": hours })
}

fn service(resource: &str) -> Value {
    json!({ "name": "Talk", "duration_minutes": 60, "resource_ids": [resource] })
}

impl Things<'_> {
    async fn resource(&self) -> String {
        let made = self.create(&format!("/v1/booking/resources/{}", self.project), resource()).await;
        made["data"]["resource_id"].as_str().unwrap().to_owned()
    }

    async fn service(&self) -> String {
        let body = service(&self.resource().await);
        let made = self.create(&format!("/v1/booking/services/{}", self.project), body).await;
        made["data"]["service_id"].as_str().unwrap().to_owned()
    }

    /// An hour of the day after tomorrow.
    fn start(&self, hour: i64) -> String {
        let day = self.world.server.clock.now().seconds() / 86_400 + 2;
        robofy_kernel::Timestamp::from_seconds(day * 86_400 + hour * 3_600).rfc3339()
    }

    pub(super) async fn time(&self) -> Value {
        json!({ "service_id": self.service().await, "start": self.start(10) })
    }

    async fn window(&self) -> String {
        format!("serviceId={}&from={}&to={}", self.service().await, self.start(9), self.start(11))
    }

    /// A booking of the visitor's session.
    async fn booking(&self) -> String {
        let mut body = self.time().await;
        body["session_id"] = json!(self.session);
        body["chatbot_id"] = json!(self.chatbot);
        let made = self.create(&format!("/v1/booking/bookings/{}", self.project), body).await;
        made["data"]["booking_id"].as_str().unwrap().to_owned()
    }
}

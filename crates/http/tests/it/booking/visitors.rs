//! What a visitor does with a client token.

use super::*;

const OWN: &str = "/v1/ai-agent/chat/booking";
const TEN: &str = "2027-01-18T10:00:00+01:00";
const TWO: &str = "2027-01-18T14:00:00+01:00";

/// A visitor of a shop.
struct Visitor<'a> {
    shop: &'a Shop,
    token: String,
    session: SessionId,
}

impl<'a> Visitor<'a> {
    fn of(shop: &'a Shop) -> Self {
        let session = shop.place.server.app.ids().web_session();
        Self { token: shop.visitor(&session), shop, session }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.shop.place.server.call(method, &format!("{OWN}/{path}"), &self.token, body).await
    }

    async fn book(&self, start: &str) -> Answer {
        self.call("POST", "bookings", Some(self.shop.at(start))).await
    }

    /// A request that shows a manage token.
    async fn managing(&self, method: &str, path: &str, manage: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("x-manage-token", manage)];
        self.shop.send(method, &format!("{OWN}/{path}"), &headers, body.as_ref()).await
    }
}

#[tokio::test]
async fn a_visitor_books_moves_and_cancels() {
    let shop = Shop::new(json!({ "price_text": "Free", "buffer_after_minutes": 10 })).await;
    let visitor = Visitor::of(&shop);
    let offers = visitor.call("GET", "services", None).await.json()["data"]["services"].clone();
    assert_eq!(
        offers[0]["resources"],
        json!([{ "resource_id": shop.resource, "name": "Maria", "timezone": "Europe/Berlin" }])
    );
    assert_eq!(
        (&offers[0]["price_text"], offers[0].get("buffer_after_minutes"), offers[0].get("chatbot_ids")),
        (&json!("Free"), None, None)
    );
    let slots = format!("slots?serviceId={}&from=2027-01-18&to=2027-01-19", shop.service);
    let hold = id(&visitor.call("POST", "holds", Some(shop.at(TEN))).await, "hold_id");
    let free = visitor.call("GET", &slots, None).await.json();
    assert!(starts(&free["data"]["slots"]).contains(&TEN), "their own hold is no obstacle");
    assert_eq!(refused(&shop.book(TEN).await), (409, "SLOT_TAKEN".into()));
    let made = visitor.call("POST", "bookings", Some(json!({ "hold_id": hold, "name": "Ana" }))).await;
    let (made_id, booking) = (id(&made, "booking_id"), made.json()["data"].clone());
    assert_eq!(
        (&booking["session_id"], &booking["chatbot_id"]),
        (&json!(visitor.session), &json!(shop.place.agent))
    );
    assert_eq!((&booking["history"][0]["by"], booking["lead_id"].clone()), (&json!("visitor"), Value::Null));
    let one = format!("bookings/{made_id}");
    let moved = visitor.call("PUT", &one, Some(json!({ "start": TWO }))).await;
    assert_eq!(
        (moved.status.as_u16(), &moved.json()["data"]["start"]),
        (200, &json!(TWO)),
        "{}",
        moved.json()
    );
    assert_eq!(moved.json()["data"]["manage_token"], booking["manage_token"], "kept over a change of time");
    for body in [json!({ "status": "completed" }), json!({ "start": TEN, "status": "confirmed" })] {
        assert_eq!(refused(&visitor.call("PUT", &one, Some(body)).await), (400, "BAD_REQUEST".into()));
    }
    let listed = visitor.call("GET", "bookings", None).await.json()["data"]["bookings"].clone();
    assert_eq!(listed, json!([visitor.call("GET", &one, None).await.json()["data"]]));
    let ics = visitor.call("GET", &format!("{one}/ics"), None).await;
    assert!(String::from_utf8(ics.body).unwrap().contains("DTSTART:20270118T130000Z\r\n"));
    let cancelled = visitor.call("DELETE", &one, None).await.json()["data"].clone();
    assert_eq!((&cancelled["status"], &cancelled["manage_token"]), (&json!("cancelled"), &Value::Null));
    assert_eq!(shop.book(TWO).await.status, 201);
}

#[tokio::test]
async fn a_visitor_reaches_their_own_session_only() {
    let shop = Shop::new(json!({})).await;
    let (visitor, other) = (Visitor::of(&shop), Visitor::of(&shop));
    let made = visitor.book(TEN).await;
    let one = format!("bookings/{}", id(&made, "booking_id"));
    let hold = id(&visitor.call("POST", "holds", Some(shop.at(TWO))).await, "hold_id");
    let of_server = format!("bookings/{}", id(&shop.book("2027-01-18T11:00:00+01:00").await, "booking_id"));
    for path in [one.as_str(), of_server.as_str(), "bookings/x"] {
        for (method, below, body) in [
            ("GET", "", None),
            ("GET", "/ics", None),
            ("PUT", "", Some(json!({ "start": TWO }))),
            ("DELETE", "", None),
        ] {
            let answer = other.call(method, &format!("{path}{below}"), body).await;
            assert_eq!(refused(&answer), (404, "BOOKING_NOT_FOUND".into()), "{method} {path}{below}");
        }
    }
    assert_eq!(
        refused(&other.call("DELETE", &format!("holds/{hold}"), None).await),
        (404, "HOLD_NOT_FOUND".into())
    );
    assert_eq!(
        refused(&other.call("POST", "bookings", Some(json!({ "hold_id": hold }))).await),
        (404, "HOLD_NOT_FOUND".into())
    );
    assert_eq!(other.call("GET", "bookings", None).await.json()["data"]["bookings"], json!([]));
    // What the agent does not offer is not there.
    let path = format!("{}/{}", shop.path("services"), shop.service);
    let elsewhere =
        crate::knowledge::agent(&shop.place.server, &shop.place.tenant, shop.place.project, "Other").await;
    shop.call("PUT", &path, Some(json!({ "chatbot_ids": [elsewhere] }))).await;
    assert_eq!(refused(&visitor.book(TWO).await), (404, "SERVICE_NOT_FOUND".into()));
    assert_eq!(visitor.call("GET", "services", None).await.json()["data"]["services"], json!([]));
    assert_eq!(
        refused(&visitor.call("GET", &format!("services?chatbotId={elsewhere}"), None).await),
        (403, "FORBIDDEN".into())
    );
    // Neither key opens the other's door.
    let by_key = shop.call("GET", &format!("{OWN}/services"), None).await;
    assert_eq!(refused(&by_key), (403, "FORBIDDEN".into()));
    let by_token = shop.place.server.call("GET", &shop.path("bookings"), &visitor.token, None).await;
    assert_eq!(refused(&by_token), (403, "FORBIDDEN".into()));
}

#[tokio::test]
async fn a_manage_token_opens_one_booking() {
    let shop = Shop::new(json!({})).await;
    let (visitor, later) = (Visitor::of(&shop), Visitor::of(&shop));
    let made = visitor.book(TEN).await;
    let one = format!("bookings/{}", id(&made, "booking_id"));
    let manage = made.json()["data"]["manage_token"].as_str().unwrap().to_owned();
    let second = format!("bookings/{}", id(&visitor.book(TWO).await, "booking_id"));
    let read = later.managing("GET", &one, &manage, None).await;
    assert_eq!(read.status, 200, "{}", read.json());
    assert_eq!(
        (&read.json()["data"]["manage_token"], read.json()["data"]["session_id"].clone()),
        (&json!(manage), Value::Null),
        "the session's id opens its conversation"
    );
    for (path, token) in [(&second, manage.as_str()), (&one, "AAAA"), (&one, "")] {
        assert_eq!(
            refused(&later.managing("GET", path, token, None).await),
            (404, "BOOKING_NOT_FOUND".into())
        );
    }
    let moved =
        later.managing("PUT", &one, &manage, Some(json!({ "start": "2027-01-18T10:30:00+01:00" }))).await;
    assert_eq!(moved.status, 200, "{}", moved.json());
    assert_eq!(later.managing("DELETE", &one, &manage, None).await.status, 200);
    assert_eq!(
        refused(&later.managing("GET", &one, &manage, None).await),
        (404, "BOOKING_NOT_FOUND".into()),
        "ended with the booking"
    );
    assert_eq!(visitor.call("GET", &one, None).await.status, 200, "the session still reads it");
}

#[tokio::test]
async fn the_notice_binds_visitors_not_servers() {
    let shop = Shop::new(json!({ "cancel_notice_minutes": 120 })).await;
    let visitor = Visitor::of(&shop);
    let made = id(&visitor.book("2027-01-15T10:00:00+01:00").await, "booking_id");
    let one = format!("bookings/{made}");
    assert_eq!(refused(&visitor.call("DELETE", &one, None).await), (409, "CONFLICT".into()));
    assert_eq!(
        refused(&visitor.call("PUT", &one, Some(json!({ "start": TEN }))).await),
        (409, "CONFLICT".into())
    );
    let path = format!("{}/{made}", shop.path("bookings"));
    assert_eq!(shop.call("PUT", &path, Some(json!({ "start": TEN }))).await.status, 200);
    assert_eq!(visitor.call("DELETE", &one, None).await.status, 200, "there is time enough now");
}

#[tokio::test]
async fn nobody_blocks_a_calendar() {
    let shop = Shop::new(
        json!({ "max_upcoming_per_visitor": 1, "questions": [{ "name": "topic", "required": true }] }),
    )
    .await;
    let visitor = Visitor::of(&shop);
    let unanswered = visitor.book(TEN).await;
    assert_eq!(
        (unanswered.status.as_u16(), unanswered.json()["error"]["errors"][0]["field"].clone()),
        (400, json!("answers.topic"))
    );
    let with_answer = |start: &str| {
        let mut body = shop.at(start);
        body["answers"] = json!({ "topic": "Shoes" });
        Some(body)
    };
    for start in [TEN, TWO] {
        assert_eq!(visitor.call("POST", "holds", Some(shop.at(start))).await.status, 201);
    }
    assert_eq!(shop.book(TEN).await.status, 201, "the second hold replaced the first");
    let made = visitor.call("POST", "bookings", with_answer(TWO)).await;
    assert_eq!((made.status.as_u16(), &made.json()["data"]["answers"]), (201, &json!({ "topic": "Shoes" })));
    let more = visitor.call("POST", "bookings", with_answer("2027-01-18T15:00:00+01:00")).await;
    assert_eq!(refused(&more), (409, "CONFLICT".into()));
    assert!(more.json()["error"].get("alternatives").is_none());
    let mut answers = Vec::new();
    for _ in 0..70 {
        answers.push(visitor.call("POST", "holds", Some(shop.at("2027-01-18T16:00:00+01:00"))).await);
    }
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(held, 60 - 5, "visitors of an address have sixty an hour");
    let last = answers.last().unwrap();
    assert_eq!(
        (refused(last), last.header("ratelimit-policy")),
        ((429, "RATE_LIMITED".into()), "\"bookings\";q=60;w=3600")
    );
    for n in 0..70 {
        let mut body = shop.at("2027-01-18T09:00:00+01:00");
        body["hold_seconds"] = json!(1);
        let answer = shop.call("POST", &shop.path("holds"), Some(body)).await;
        assert_eq!(answer.status, 201, "{n}: keys are not limited");
        shop.place.server.clock.advance(std::time::Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_handshake_tells_what_can_be_booked() {
    let shop = Shop::new(json!({})).await;
    let body =
        json!({ "chatbot_id": shop.place.agent, "project_id": shop.place.project.to_string(), "version": 2 });
    let greeted =
        shop.place.server.call("POST", "/v1/ai-agent/handshake", "", Some(body.clone())).await.json();
    assert_eq!(
        greeted["data"]["chatbots"][0]["booking"],
        json!({ "services": [{ "service_id": shop.service, "name": "Consultation" }] })
    );
    // The token that it gives is one to book with.
    let token = greeted["token"].as_str().unwrap();
    let answer = shop.place.server.call("POST", &format!("{OWN}/bookings"), token, Some(shop.at(TEN))).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let place = Place::new().await;
    let body = json!({ "chatbot_id": place.agent, "project_id": place.project.to_string(), "version": 2 });
    let greeted = place.server.call("POST", "/v1/ai-agent/handshake", "", Some(body)).await.json();
    assert!(greeted["data"]["chatbots"][0].get("booking").is_none());
}

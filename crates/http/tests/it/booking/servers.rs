//! What a server does with an API key.

use std::time::Duration;

use super::*;

const TEN: &str = "2027-01-18T10:00:00+01:00";

#[tokio::test]
async fn slots_are_told_in_a_zone_and_paged() {
    let shop = Shop::new(json!({})).await;
    let day = shop.slots("from=2027-01-18&to=2027-01-19").await.json()["data"].clone();
    let all = starts(&day["slots"]);
    assert_eq!((all.len(), all[0], all[15]), (16, "2027-01-18T09:00:00+01:00", "2027-01-18T16:30:00+01:00"));
    assert_eq!((&day["timezone"], &day["next_page_token"]), (&json!("Europe/Berlin"), &Value::Null));
    assert_eq!(
        day["slots"][0],
        json!({
            "start": "2027-01-18T09:00:00+01:00", "end": "2027-01-18T09:30:00+01:00", "resource_id": shop.resource, "seats_left": 1,
        })
    );
    let there =
        shop.slots("from=2027-01-18&to=2027-01-19&timezone=America/New_York").await.json()["data"].clone();
    assert_eq!(starts(&there["slots"])[0], "2027-01-18T03:00:00-05:00");
    let mut token = String::new();
    let mut paged = Vec::new();
    for size in [7, 7, 2] {
        let page =
            shop.slots(&format!("from=2027-01-18&to=2027-01-19&limit=7&nextPageToken={token}")).await.json()
                ["data"]
                .clone();
        assert_eq!(page["slots"].as_array().unwrap().len(), size);
        paged.extend(starts(&page["slots"]).into_iter().map(str::to_owned));
        token = page["next_page_token"].as_str().unwrap_or("").to_owned();
    }
    assert_eq!((paged.iter().map(String::as_str).collect::<Vec<_>>(), token.as_str()), (all, ""));
    for (query, field) in [
        ("from=2027-01-18", "to"),
        ("from=2027-01-19&to=2027-01-18", "to"),
        ("from=2027-01-18&to=2027-06-19", "to"),
        ("from=x&to=2027-06-19", "from"),
        ("from=2027-01-18&to=2027-01-19&timezone=Mars/Base", "timezone"),
        ("from=2027-01-18&to=2027-01-19&limit=2001", "limit"),
        ("from=2027-01-18&to=2027-01-19&nextPageToken=zzz", "nextPageToken"),
        ("from=2027-01-18&to=2027-01-19&resourceId=018f0000-0000-7000-8000-000000000001", "resourceId"),
    ] {
        let answer = shop.slots(query).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into()), "{query}");
        assert_eq!(answer.json()["error"]["errors"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn a_hold_becomes_a_booking() {
    let shop = Shop::new(json!({})).await;
    let held = shop.hold(TEN).await;
    let hold = held.json()["data"].clone();
    assert_eq!(held.status, 201);
    assert_eq!(
        hold,
        json!({
            "hold_id": hold["hold_id"], "service_id": shop.service, "resource_id": shop.resource,
            "start": TEN, "end": "2027-01-18T10:30:00+01:00", "expires_at": "2027-01-15T08:05:00Z",
        })
    );
    let day = shop.slots("from=2027-01-18&to=2027-01-19").await.json();
    assert!(!starts(&day["data"]["slots"]).contains(&TEN));
    let body = json!({
        "hold_id": hold["hold_id"], "name": "Ana", "email": "ana@example.org", "phone": "+49 30 1234567",
        "timezone": "America/New_York",
    });
    let made = shop.call("POST", &shop.path("bookings"), Some(body.clone())).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let booking = made.json()["data"].clone();
    assert!(booking["manage_token"].is_string());
    assert_eq!(
        (&booking["status"], &booking["start"], &booking["timezone"]),
        (&json!("confirmed"), &json!("2027-01-18T04:00:00-05:00"), &json!("America/New_York"))
    );
    assert_eq!(booking["local_start"], "2027-01-18T04:00:00[America/New_York]");
    assert_eq!(
        (&booking["name"], &booking["email"], &booking["seats"]),
        (&json!("Ana"), &json!("ana@example.org"), &json!(1))
    );
    assert_eq!(
        booking["history"],
        json!([{
            "event": "created", "by": "operator", "at": "2027-01-15T08:00:00Z", "status": "confirmed",
            "start": "2027-01-18T04:00:00-05:00", "resource_id": shop.resource,
        }])
    );
    let one = format!("{}/{}", shop.path("bookings"), booking["booking_id"].as_str().unwrap());
    let read = shop.call("GET", &one, None).await.json()["data"].clone();
    assert_eq!((read.get("manage_token"), &read["booking_id"]), (None, &booking["booking_id"]));
    let listed = shop.call("GET", &shop.path("bookings"), None).await.json();
    assert_eq!(listed["data"]["bookings"], json!([read]));
    let again = shop.call("POST", &shop.path("bookings"), Some(body)).await;
    assert_eq!(refused(&again), (410, "HOLD_EXPIRED".into()), "it was used");
    let mixed = json!({ "hold_id": hold["hold_id"], "service_id": shop.service });
    assert_eq!(
        shop.call("POST", &shop.path("bookings"), Some(mixed)).await.json()["error"]["errors"][0]["field"],
        "hold_id"
    );
    // The hold of another time is given back.
    let other =
        shop.hold("2027-01-18T11:00:00+01:00").await.json()["data"]["hold_id"].as_str().unwrap().to_owned();
    let path = format!("{}/{other}", shop.path("holds"));
    assert_eq!(shop.call("DELETE", &path, None).await.json()["data"]["released"], true);
    assert_eq!(shop.call("DELETE", &path, None).await.json()["data"]["released"], false);
    assert_eq!(shop.book("2027-01-18T11:00:00+01:00").await.status, 201);
    let unknown = format!("{}/018f0000-0000-7000-8000-000000000001", shop.path("holds"));
    assert_eq!(refused(&shop.call("DELETE", &unknown, None).await), (404, "HOLD_NOT_FOUND".into()));
}

#[tokio::test]
async fn a_booking_is_moved_and_closed() {
    let shop = Shop::new(json!({ "confirmation": "manual" })).await;
    let made = shop.book(TEN).await;
    let one = format!("{}/{}", shop.path("bookings"), id(&made, "booking_id"));
    assert_eq!(made.json()["data"]["status"], "pending");
    let put = async |change: Value| shop.call("PUT", &one, Some(change)).await;
    assert_eq!(refused(&put(json!({ "status": "completed" })).await), (409, "CONFLICT".into()));
    assert_eq!(put(json!({ "status": "confirmed" })).await.json()["data"]["status"], "confirmed");
    shop.place.server.clock.advance(Duration::from_secs(60));
    let moved = put(json!({ "start": "2027-01-18T10:30:00+01:00" })).await.json()["data"].clone();
    assert_eq!(
        (&moved["start"], &moved["status"]),
        (&json!("2027-01-18T10:30:00+01:00"), &json!("confirmed"))
    );
    let ics = shop.call("GET", &format!("{one}/ics"), None).await;
    let text = String::from_utf8(ics.body.clone()).unwrap();
    assert_eq!(ics.header("content-type"), "text/calendar; charset=utf-8");
    for line in [
        format!("UID:{}", moved["booking_id"].as_str().unwrap()),
        "SEQUENCE:2".into(),
        "STATUS:CONFIRMED".into(),
        "DTSTART:20270118T093000Z".into(),
        "SUMMARY:Consultation – Maria".into(),
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line}: {text}");
    }
    for (change, field) in [
        (json!({}), "start"),
        (json!({ "status": "confirmed", "start": TEN }), "status"),
        (json!({ "status": "x" }), "status"),
        (json!({ "resource_id": "018f0000-0000-7000-8000-000000000001" }), "resource_id"),
    ] {
        let answer = put(change.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"]["errors"][0]["field"].clone()),
            (400, json!(field)),
            "{change}"
        );
    }
    let cancelled = shop.call("DELETE", &one, None).await.json()["data"].clone();
    let events: Vec<_> =
        cancelled["history"].as_array().unwrap().iter().map(|change| change["event"].clone()).collect();
    assert_eq!(events, ["created", "confirmed", "moved", "cancelled"]);
    assert_eq!(refused(&shop.call("DELETE", &one, None).await), (409, "CONFLICT".into()));
    assert_eq!(refused(&put(json!({ "start": TEN })).await), (409, "CONFLICT".into()));
    let ics = shop.call("GET", &format!("{one}/ics"), None).await;
    assert!(String::from_utf8(ics.body).unwrap().contains("STATUS:CANCELLED\r\n"));
    assert_eq!(shop.book("2027-01-18T10:30:00+01:00").await.status, 201, "it is free again");
}

#[tokio::test]
async fn bookings_are_found_by_time_status_and_session() {
    let shop = Shop::new(json!({ "seats": 2 })).await;
    for day in 18..21 {
        shop.book(&format!("2027-01-{day}T10:00:00+01:00")).await;
    }
    let count = async |query: &str| {
        let answer = shop.call("GET", &format!("{}?{query}", shop.path("bookings")), None).await;
        answer.json()["data"]["bookings"].as_array().map(Vec::len)
    };
    assert_eq!(count("from=2027-01-19&to=2027-01-20").await, Some(1));
    assert_eq!(count("from=2027-01-19T09:00:00Z&to=2027-01-20T09:00:01Z").await, Some(2));
    assert_eq!(count("status=cancelled").await, Some(0));
    assert_eq!(count(&format!("serviceId={}&resourceId={}", shop.service, shop.resource)).await, Some(3));
    assert_eq!(count("pageSize=2").await, Some(2));
    assert_eq!((count("status=x").await, count("from=x").await), (None, None));
    let mut body = shop.at(TEN);
    body["session_id"] = json!("4930123456");
    assert_eq!(
        refused(&shop.call("POST", &shop.path("bookings"), Some(body.clone())).await),
        (404, "SESSION_NOT_FOUND".into())
    );
    body["chatbot_id"] = json!(shop.place.agent);
    let made = shop.call("POST", &shop.path("bookings"), Some(body.clone())).await.json()["data"].clone();
    assert_eq!((&made["session_id"], &made["chatbot_id"]), (&json!("4930123456"), &json!(shop.place.agent)));
    body.as_object_mut().unwrap().remove("chatbot_id");
    body["start"] = json!("2027-01-22T10:00:00+01:00");
    assert_eq!(
        shop.call("POST", &shop.path("bookings"), Some(body)).await.status,
        201,
        "the session is known now"
    );
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer() {
    let shop = Shop::new(json!({})).await;
    let key = format!("Bearer {}", shop.place.tenant.key);
    let headers = [("authorization", key.as_str()), ("idempotency-key", "one")];
    let body = shop.at(TEN);
    let path = shop.path("bookings");
    let first = shop.send("POST", &path, &headers, Some(&body)).await;
    let second = shop.send("POST", &path, &headers, Some(&body)).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    let (first, second) = (first.json()["data"].clone(), second.json()["data"].clone());
    assert_eq!(first["booking_id"], second["booking_id"]);
    assert_eq!((&second["manage_token"], &second["replayed"]), (&Value::Null, &json!(true)));
    let other = shop.send("POST", &path, &headers, Some(&shop.at("2027-01-18T11:00:00+01:00"))).await;
    assert_eq!(refused(&other), (409, "CONFLICT".into()));
    let keyed = [("authorization", key.as_str()), ("idempotency-key", "two")];
    let body = shop.at("2027-01-18T12:00:00+01:00");
    let at_once = (0..12).map(|_| shop.send("POST", &path, &keyed, Some(&body)));
    let answers = futures::future::join_all(at_once).await;
    let ids: Vec<_> = answers.iter().map(|answer| id(answer, "booking_id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "one effect, and everybody hears of it: {ids:?}");
}

#[tokio::test]
async fn environments_do_not_meet() {
    let shop = Shop::new(json!({})).await;
    let test = shop.place.server.key(&shop.place.tenant, Environment::Test, &["bookings:write"], None).await;
    let server = &shop.place.server;
    let trial = server.call("POST", &shop.path("bookings"), &test, Some(shop.at(TEN))).await;
    let trial = format!("{}/{}", shop.path("bookings"), id(&trial, "booking_id"));
    let live = format!("{}/{}", shop.path("bookings"), id(&shop.book(TEN).await, "booking_id"));
    for (path, key) in [(&trial, &shop.place.tenant.key), (&live, &test)] {
        for method in ["GET", "DELETE"] {
            assert_eq!(refused(&server.call(method, path, key, None).await), (403, "FORBIDDEN".into()));
        }
    }
    let held =
        server.call("POST", &shop.path("holds"), &test, Some(shop.at("2027-01-18T11:00:00+01:00"))).await;
    let body = json!({ "hold_id": id(&held, "hold_id") });
    assert_eq!(
        refused(&shop.call("POST", &shop.path("bookings"), Some(body)).await),
        (403, "FORBIDDEN".into())
    );
    assert_eq!(
        server.call("GET", &shop.path("bookings"), &test, None).await.json()["data"]["bookings"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

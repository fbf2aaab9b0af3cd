//! Times that cannot be had, and what is offered instead.

use std::time::Duration;

use super::*;

const TEN: &str = "2027-01-18T10:00:00+01:00";

fn alternatives(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let slots = json["error"]["alternatives"].as_array().unwrap_or_else(|| panic!("{json}"));
    slots.iter().map(|slot| slot["start"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_taken_comes_with_the_nearest_that_are_free() {
    let shop = Shop::new(json!({})).await;
    shop.book(TEN).await;
    shop.hold("2027-01-18T09:30:00+01:00").await;
    let expected =
        ["09:00", "10:30", "11:00", "11:30", "12:00"].map(|time| format!("2027-01-18T{time}:00+01:00"));
    for answer in [shop.book(TEN).await, shop.hold(TEN).await] {
        assert_eq!(refused(&answer), (409, "SLOT_TAKEN".into()));
        assert_eq!(alternatives(&answer), expected);
    }
    let other = id(&shop.book("2027-01-18T16:00:00+01:00").await, "booking_id");
    let path = format!("{}/{other}", shop.path("bookings"));
    let moved = shop.call("PUT", &path, Some(json!({ "start": TEN }))).await;
    assert_eq!((refused(&moved), alternatives(&moved)), ((409, "SLOT_TAKEN".into()), expected.to_vec()));
    for start in &expected {
        assert_eq!(shop.book(start).await.status, 201, "what is offered can be had: {start}");
    }
}

#[tokio::test]
async fn what_cannot_be_booked_is_told_from_what_is_taken() {
    let shop = Shop::new(json!({ "min_notice_minutes": 120, "horizon_days": 7 })).await;
    for start in [
        "2027-01-18T08:30:00+01:00",
        "2027-01-18T10:10:00+01:00",
        "2027-01-18T17:00:00+01:00",
        "2027-01-15T09:30:00+01:00",
        "2027-01-15T10:30:00+01:00",
        "2027-01-25T10:00:00+01:00",
        "2020-01-01T00:00:00Z",
    ] {
        let answer = shop.book(start).await;
        assert_eq!(refused(&answer), (409, "SLOT_UNAVAILABLE".into()), "{start}");
        assert_eq!(alternatives(&answer).len(), 5, "{start}");
    }
    let off = format!("{}/{}", shop.path("services"), shop.service);
    shop.call("PUT", &off, Some(json!({ "enabled": false }))).await;
    let answer = shop.book(TEN).await;
    assert_eq!((refused(&answer), alternatives(&answer).len()), ((409, "SLOT_UNAVAILABLE".into()), 0));
}

#[tokio::test]
async fn a_hold_that_is_over_comes_with_alternatives() {
    let shop = Shop::new(json!({})).await;
    let mut body = shop.at(TEN);
    body["hold_seconds"] = json!(60);
    let hold = id(&shop.call("POST", &shop.path("holds"), Some(body)).await, "hold_id");
    shop.place.server.clock.advance(Duration::from_secs(60));
    let late = shop.call("POST", &shop.path("bookings"), Some(json!({ "hold_id": hold }))).await;
    assert_eq!(refused(&late), (410, "HOLD_EXPIRED".into()));
    assert_eq!(alternatives(&late)[2], TEN, "it is free again itself");
    assert_eq!(late.json()["message"], "Gone");
    for seconds in [0, 901] {
        let mut body = shop.at(TEN);
        body["hold_seconds"] = json!(seconds);
        let answer = shop.call("POST", &shop.path("holds"), Some(body)).await;
        assert_eq!(answer.json()["error"]["errors"][0]["field"], "hold_seconds");
    }
}

#[tokio::test]
async fn alternatives_are_empty_only_when_nothing_is_free() {
    let shop = Shop::new(json!({ "horizon_days": 1, "duration_minutes": 240 })).await;
    for start in ["2027-01-15T13:00:00+01:00", "2027-01-15T09:00:00+01:00"] {
        assert_eq!(shop.book(start).await.status, 201);
    }
    let answer = shop.book("2027-01-15T13:00:00+01:00").await;
    assert_eq!(refused(&answer), (409, "SLOT_TAKEN".into()));
    assert_eq!(alternatives(&answer), ["2027-01-16T09:00:00+01:00"]);
    shop.book("2027-01-16T09:00:00+01:00").await;
    assert_eq!(alternatives(&shop.book("2027-01-15T13:00:00+01:00").await), [""; 0]);
}

#[tokio::test]
async fn any_free_resource_is_taken_and_seats_are_counted() {
    let shop = Shop::new(json!({ "seats": 2 })).await;
    let second = Shop::resource(&shop.place, "Ana").await;
    let path = format!("{}/{}", shop.path("services"), shop.service);
    shop.call("PUT", &path, Some(json!({ "resource_ids": [second, shop.resource] }))).await;
    let mut resources = Vec::new();
    for _ in 0..4 {
        resources.push(shop.book(TEN).await.json()["data"]["resource_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        resources.iter().collect::<Vec<_>>(),
        [&second, &second, &shop.resource, &shop.resource],
        "the preferred one first"
    );
    assert_eq!(refused(&shop.book(TEN).await), (409, "SLOT_TAKEN".into()));
    for seats in [0, 3] {
        let mut body = shop.at(TEN);
        body["seats"] = json!(seats);
        let answer = shop.call("POST", &shop.path("bookings"), Some(body)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"]["errors"][0]["field"].clone()),
            (400, json!("seats"))
        );
    }
    let at_once = (0..16).map(|_| shop.book("2027-01-18T14:00:00+01:00"));
    let answers = futures::future::join_all(at_once).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((won.len(), lost.len()), (4, 12));
    for answer in lost {
        assert_eq!((refused(answer), alternatives(answer).len()), ((409, "SLOT_TAKEN".into()), 5));
    }
}

//! Services and resources.

use super::*;

#[tokio::test]
async fn a_service_lives() {
    let shop = Shop::new(json!({})).await;
    let one = format!("{}/{}", shop.path("services"), shop.service);
    let service = shop.call("GET", &one, None).await.json()["data"].clone();
    let expected = json!({
        "service_id": shop.service, "chatbot_ids": [], "name": "Consultation", "description": null, "location": null,
        "duration_minutes": 30, "buffer_before_minutes": 0, "buffer_after_minutes": 0, "slot_step_minutes": null,
        "min_notice_minutes": 0, "cancel_notice_minutes": 0, "horizon_days": 60, "seats": 1, "price_text": null,
        "confirmation": "auto", "questions": [], "resource_ids": [shop.resource], "max_upcoming_per_visitor": 3,
        "enabled": true, "created_at": "2027-01-15T08:00:00Z", "updated_at": "2027-01-15T08:00:00Z",
    });
    assert_eq!(service, expected);
    let change = json!({ "seats": 4, "location": "Room 1", "questions": [{ "name": "topic" }] });
    let changed = shop.call("PUT", &one, Some(change)).await.json()["data"].clone();
    assert_eq!(
        (&changed["seats"], &changed["location"], &changed["name"]),
        (&json!(4), &json!("Room 1"), &json!("Consultation"))
    );
    let change = json!({ "seats": null, "location": null, "questions": null });
    let changed = shop.call("PUT", &one, Some(change)).await.json()["data"].clone();
    assert_eq!(changed, expected, "null restores the default");
    let listed = shop.call("GET", &shop.path("services"), None).await.json();
    assert_eq!(listed["data"]["services"], json!([expected]));
    assert_eq!(shop.call("DELETE", &one, None).await.status, 200);
    for method in ["GET", "DELETE"] {
        assert_eq!(refused(&shop.call(method, &one, None).await), (404, "SERVICE_NOT_FOUND".into()));
    }
    assert_eq!(refused(&shop.book("2027-01-18T10:00:00+01:00").await), (404, "SERVICE_NOT_FOUND".into()));
}

#[tokio::test]
async fn what_is_wrong_with_a_service_is_named() {
    let shop = Shop::new(json!({})).await;
    let (all, one) = (shop.path("services"), format!("{}/{}", shop.path("services"), shop.service));
    let elsewhere = "018f0000-0000-7000-8000-000000000001";
    for (change, fields) in [
        (
            json!({ "duration_minutes": 31, "buffer_after_minutes": 7 }),
            vec!["duration_minutes", "buffer_after_minutes"],
        ),
        (json!({ "name": null }), vec!["name"]),
        (json!({ "colour": "red" }), vec!["colour"]),
        (json!({ "seats": "two" }), vec!["seats"]),
        (json!({ "questions": [{ "name": "a", "type": "select" }] }), vec!["questions[0].options"]),
        (json!({ "resource_ids": [elsewhere] }), vec!["resource_ids[0]"]),
        (json!({ "chatbot_ids": ["A".repeat(43)] }), vec!["chatbot_ids[0]"]),
        (json!([]), vec!["body"]),
    ] {
        let answer = shop.call("PUT", &one, Some(change.clone())).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into()), "{change}");
        let errors = answer.json()["error"]["errors"].clone();
        let named: Vec<_> =
            errors.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{change}");
    }
    let answer = shop.call("POST", &all, Some(json!({ "name": "N" }))).await;
    let named: Vec<_> =
        answer.json()["error"]["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
    assert_eq!(named, ["resource_ids", "duration_minutes"]);
    let mine = shop.call("PUT", &one, Some(json!({ "chatbot_ids": [shop.place.agent] }))).await;
    assert_eq!(mine.status, 200, "{}", mine.json());
}

#[tokio::test]
async fn a_resource_lives() {
    let shop = Shop::new(json!({})).await;
    let one = format!("{}/{}", shop.path("resources"), shop.resource);
    let resource = shop.call("GET", &one, None).await.json()["data"].clone();
    assert_eq!(
        (&resource["name"], &resource["overrides"], &resource["enabled"]),
        (&json!("Maria"), &json!([]), &json!(true))
    );
    let change = json!({ "hours": { "sat": [], "mon": [["10:00", "12:00"]] }, "overrides": [{ "date": "2027-01-20", "ranges": [] }] });
    let changed = shop.call("PUT", &one, Some(change)).await.json()["data"].clone();
    assert_eq!(changed["hours"]["sat"], json!([]));
    assert_eq!(changed["hours"]["mon"], json!([["10:00", "12:00"]]));
    assert_eq!(changed["hours"]["tue"], json!([["09:00", "17:00"]]), "objects are merged");
    for (change, field) in [
        (json!({ "timezone": "Mars/Base" }), "timezone"),
        (json!({ "hours": { "mon": [["9", "17:00"]] } }), "hours.mon[0]"),
        (json!({ "hours": { "someday": [] } }), "hours"),
        (json!({ "hours": null }), "hours"),
    ] {
        let answer = shop.call("PUT", &one, Some(change.clone())).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into()), "{change}");
        let named = answer.json()["error"]["errors"][0]["field"].as_str().unwrap().to_owned();
        assert!(named.starts_with(field), "{change}: {named}");
    }
    let named = shop.call("DELETE", &one, None).await;
    assert_eq!(refused(&named), (409, "CONFLICT".into()));
    shop.call("DELETE", &format!("{}/{}", shop.path("services"), shop.service), None).await;
    assert_eq!(shop.call("DELETE", &one, None).await.status, 200);
    assert_eq!(refused(&shop.call("GET", &one, None).await), (404, "RESOURCE_NOT_FOUND".into()));
    assert_eq!(shop.call("GET", &shop.path("resources"), None).await.json()["data"]["resources"], json!([]));
}

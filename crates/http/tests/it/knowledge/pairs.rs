//! Question-and-answer pairs.

use super::*;

#[tokio::test]
async fn a_pair_lives() {
    let place = Place::new().await;
    let path = place.of_agent("qa");
    let new = json!({ "question": "Do you ship?", "also": ["Delivery?"], "answer": "Yes, everywhere." });
    let made = place.call("POST", &path, Some(new)).await;
    assert_eq!(made.status, 201);
    let pair = made.json()["data"].clone();
    assert_eq!((&pair["enabled"], &pair["created_at"]), (&json!(true), &json!("2027-01-15T08:00:00Z")));
    let one = format!("{path}/{}", pair["id"].as_str().unwrap());
    let changed =
        place.call("PUT", &one, Some(json!({ "also": null, "enabled": false }))).await.json()["data"].clone();
    assert_eq!(
        (&changed["question"], &changed["also"], &changed["enabled"]),
        (&json!("Do you ship?"), &json!([]), &json!(false))
    );
    assert_eq!(place.call("GET", &path, None).await.json()["data"]["pairs"], json!([changed]));
    for (method, change, field) in [
        ("POST", json!({ "question": "Q" }), "answer"),
        ("POST", json!({ "question": "", "answer": "A" }), "question"),
        ("POST", json!({ "question": "Q", "answer": "A", "also": [1] }), "also.0"),
        ("POST", json!({ "question": "Q", "answer": "A", "also": [""] }), "also.0"),
        ("POST", json!({ "question": "Q", "answer": "A", "also": vec!["x"; 51] }), "also"),
        ("POST", json!({ "question": "q".repeat(1001), "answer": "A" }), "question"),
        ("PUT", json!({ "question": null }), "question"),
        ("PUT", json!({ "colour": "red" }), "colour"),
    ] {
        let to = if method == "PUT" { &one } else { &path };
        let answer = place.call(method, to, Some(change.clone())).await;
        let (status, code, named) = refused(&answer);
        assert_eq!((status, code.as_str()), (400, "BAD_REQUEST"), "{change}");
        assert!(named.as_str().unwrap().starts_with(field.split('.').next().unwrap()), "{change}: {named}");
    }
    assert_eq!(place.call("DELETE", &one, None).await.status, 200);
    for id in [pair["id"].as_str().unwrap(), "x", "00000000-0000-0000-0000-000000000000"] {
        let answer = place.call("DELETE", &format!("{path}/{id}"), None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "QA_NOT_FOUND"), "{id}");
    }
}

//! Times in words.

use super::*;

#[tokio::test]
async fn words_become_times_in_the_zone_that_is_asked_for() {
    let place = Place::new().await;
    let ask = async |body: Value| place.call("POST", "/v1/booking/resolve_time", Some(body)).await;
    // It is Friday, 2027-01-15, 09:00 in Berlin.
    let found = ask(json!({ "text": "Could you do next Tuesday afternoon?", "timezone": "Europe/Berlin" }))
        .await
        .json();
    let first = &found["data"]["candidates"][0];
    assert_eq!(first["start"], "2027-01-19T12:00:00+01:00");
    assert_eq!(
        (first["granularity"].as_str(), first["text"].as_str()),
        (Some("part"), Some("next Tuesday afternoon"))
    );
    let asked = json!({ "text": "5/6/2027 15:00", "language": "en-US", "timezone": "America/New_York" });
    let found = ask(asked).await.json();
    assert_eq!(found["data"]["candidates"][0]["start"], "2027-05-06T15:00:00-04:00");
    let asked =
        json!({ "text": "tomorrow", "reference": "2026-03-28T23:30:00Z", "timezone": "Europe/Berlin" });
    let found = ask(asked).await.json();
    assert_eq!(found["data"]["candidates"][0]["start"], "2026-03-30T00:00:00+02:00", "it is the 29th there");
    let found = ask(json!({ "text": "a table for two" })).await.json();
    assert_eq!(found["data"]["candidates"], json!([]));
    for (body, field) in [
        (json!({ "text": " " }), "text"),
        (json!({ "text": "a".repeat(1001) }), "text"),
        (json!({ "text": "today", "language": "tlh" }), "language"),
        (json!({ "text": "today", "timezone": "Mars/Olympus" }), "timezone"),
        (json!({ "text": "today", "reference": "yesterday" }), "reference"),
    ] {
        let answer = ask(body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]["errors"][0]["field"]),
            (400, &json!(field))
        );
    }
}

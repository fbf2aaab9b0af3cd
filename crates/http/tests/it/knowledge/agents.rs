//! Agents and their settings.

use super::*;

#[tokio::test]
async fn an_agent_lives() {
    let place = Place::new().await;
    assert!((42..=43).contains(&place.agent.len()));
    let path = place.of_agent("chatbot");
    let agent = place.call("GET", &path, None).await.json()["data"].clone();
    assert_eq!(
        (&agent["chatbot_id"], &agent["name"], &agent["language"]),
        (&json!(place.agent), &json!("Bot"), &json!("en"))
    );
    assert_eq!(
        (&agent["type"], &agent["is_ready"], &agent["created_at"]),
        (&json!(0), &json!(true), &json!("2027-01-15 08:00:00"))
    );
    place.teach("hours", "Open on Sundays.").await;
    let change = json!({
        "description": "Shoes", "type": 3, "access_type": 1, "llm_source": 2, "unknown": 1, "timezone": "Europe/Berlin",
        "country": "de", "avatar_url": "https://example.com/a.png", "allowed_origins": ["https://Shop.example.com:443/"],
        "enabled": false,
    });
    let changed = place.call("PUT", &path, Some(change)).await.json()["data"].clone();
    assert_eq!(changed["allowed_origins"], json!(["https://shop.example.com"]));
    assert_eq!(
        (&changed["country"], &changed["file_count"], &changed["storage_bytes"]),
        (&json!("DE"), &json!(1), &json!(16))
    );
    assert_eq!(
        (&changed["is_ready"], &changed["type"], &changed["name"]),
        (&json!(false), &json!(3), &json!("Bot"))
    );
    let cleared = place.call("PUT", &path, Some(json!({ "timezone": null, "allowed_origins": null }))).await;
    assert_eq!(
        (&cleared.json()["data"]["timezone"], &cleared.json()["data"]["allowed_origins"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(place.call("DELETE", &path, None).await.json()["data"]["chatbot_id"], json!(place.agent));
    for method in ["GET", "DELETE"] {
        let answer = place.call(method, &path, None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "CHATBOT_NOT_FOUND"));
    }
    let assets = place.call("GET", &place.of_project("assets"), None).await.json();
    assert_eq!(assets["data"]["assets"].as_array().unwrap().len(), 1, "assets outlive their agents");
}

#[tokio::test]
async fn agents_are_paged() {
    let place = Place::new().await;
    for name in ["2", "3"] {
        place.server.clock.advance(std::time::Duration::from_millis(1));
        agent(&place.server, &place.tenant, place.project, name).await;
    }
    let path = place.of_project("chatbot");
    let first = place.call("GET", &format!("{path}?pageSize=2"), None).await.json();
    let token = first["data"]["next_page_token"].as_str().unwrap();
    let second = place.call("GET", &format!("{path}?pageSize=2&nextPageToken={token}"), None).await.json();
    let names: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["data"]["chatbots"].as_array().unwrap())
        .map(|agent| agent["name"].clone())
        .collect();
    assert_eq!(names, ["Bot", "2", "3"]);
    assert_eq!(second["data"]["next_page_token"], Value::Null);
    let foreign =
        place.call("GET", &format!("{}?nextPageToken={token}", place.of_project("assets")), None).await;
    assert_eq!(foreign.status, 400, "another list's token");
}

#[tokio::test]
async fn every_mistake_in_an_agent_is_named() {
    let place = Place::new().await;
    let long = "n".repeat(201);
    for (change, field) in [
        (json!({ "language": "en" }), "name"),
        (json!({ "name": "N" }), "language"),
        (json!({ "name": long, "language": "en" }), "name"),
        (json!({ "name": " ", "language": "en" }), "name"),
        (json!({ "name": "a\nb", "language": "en" }), "name"),
        (json!({ "name": "a\u{0}", "language": "en" }), "name"),
        (json!({ "name": ["N"], "language": "en" }), "name"),
        (json!({ "name": "N", "language": "the Queen's" }), "language"),
        (json!({ "name": "N", "language": "en", "type": "x" }), "type"),
        (json!({ "name": "N", "language": "en", "type": -1 }), "type"),
        (json!({ "name": "N", "language": "en", "avatar_url": "javascript:alert(1)" }), "avatar_url"),
        (
            json!({ "name": "N", "language": "en", "allowed_origins": ["https://a.example", "b"] }),
            "allowed_origins.1",
        ),
        (json!({ "name": "N", "language": "en", "timezone": "Mars/Olympus" }), "timezone"),
        (json!({ "name": "N", "language": "en", "country": "Germany" }), "country"),
    ] {
        let answer = place.call("POST", &place.of_project("chatbot"), Some(change.clone())).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
    }
}

#[tokio::test]
async fn settings_take_text_and_numbers() {
    let place = Place::new().await;
    let path = place.of_agent("chatbot_ai_settings");
    let usual = place.call("GET", &path, None).await.json()["data"].clone();
    assert_eq!(
        (&usual["llm_api_key"], &usual["chunk_overlap"], &usual["temperature"]),
        (&Value::Null, &Value::Null, &json!("0"))
    );
    let change = json!({
        "temperature": 1, "thinking_mode": 2, "chunk_size": "64", "chunk_overlap": 8, "past_questions_limit": "3",
        "enable_chatbot_memory": 0, "not_found_answer": "No idea.", "llm_api_key": "sk-secret", "llm_model": "later",
    });
    let changed = place.call("PUT", &path, Some(change)).await.json()["data"].clone();
    assert_eq!((&changed["temperature"], &changed["thinking_mode"]), (&json!("1"), &json!("2")));
    assert_eq!(
        (&changed["chunk_size"], &changed["chunk_overlap"], &changed["past_questions_limit"]),
        (&json!(64), &json!(8), &json!(3))
    );
    assert_eq!((&changed["enable_chatbot_memory"], &changed["llm_api_key"]), (&json!(false), &json!("-")));
    let kept =
        place.call("PUT", &path, Some(json!({ "llm_api_key": "-", "tone": "dry" }))).await.json()["data"]
            .clone();
    assert_eq!(
        (&kept["llm_api_key"], &kept["tone"], &kept["not_found_answer"]),
        (&json!("-"), &json!("dry"), &json!("No idea."))
    );
    let cleared =
        place.call("PUT", &path, Some(json!({ "llm_api_key": null, "not_found_answer": null }))).await.json()
            ["data"]
            .clone();
    assert_eq!(
        (&cleared["llm_api_key"], &cleared["not_found_answer"]),
        (&Value::Null, &usual["not_found_answer"])
    );
    for (change, field) in [
        (json!({ "chunk_size": 31 }), "chunk_size"),
        (json!({ "chunk_size": 1.5 }), "chunk_size"),
        (json!({ "chunk_size": "many" }), "chunk_size"),
        (json!({ "chunk_overlap": 33 }), "chunk_overlap"),
        (json!({ "temperature": "2.1" }), "temperature"),
        (json!({ "temperature": "NaN" }), "temperature"),
        (json!({ "temperature": {} }), "temperature"),
        (json!({ "past_questions_limit": -1 }), "past_questions_limit"),
        (json!({ "enable_chatbot_memory": "maybe" }), "enable_chatbot_memory"),
        (json!({ "not_found_answer": "" }), "not_found_answer"),
        (json!({ "tone": "\u{0}" }), "tone"),
        (json!({ "llm_modle": "x" }), "llm_modle"),
        (json!({ "chunk_size": 4000, "chunk_overlap": 2001 }), "chunk_overlap"),
    ] {
        let answer = place.call("PUT", &path, Some(change.clone())).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
    }
}

#[tokio::test]
async fn a_changed_chunk_size_cuts_anew_and_still_finds() {
    let place = Place::new().await;
    let text: String =
        (0..60).map(|n| format!("Paragraph {n} tells of garden{n} and its flowers.\n\n")).collect();
    place.teach("gardens", &text).await;
    let links = place.of_agent("chatbot_asset_link");
    let chunks = || async {
        place.call("GET", &links, None).await.json()["data"]["assets"][0]["chunk_count"].as_i64().unwrap()
    };
    let before = chunks().await;
    place.call("PUT", &place.of_agent("chatbot_ai_settings"), Some(json!({ "chunk_size": 32 }))).await;
    while chunks().await <= before {
        assert!(!place.found("garden7").await.is_empty());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(!place.found("garden7").await.is_empty());
}

#[tokio::test]
async fn of_two_changes_that_do_not_go_together_one_is_told() {
    let place = Place::new().await;
    let path = place.of_agent("chatbot_ai_settings");
    for _ in 0..8 {
        place.call("PUT", &path, Some(json!({ "chunk_size": null, "chunk_overlap": null }))).await;
        let (size, overlap) = tokio::join!(
            place.call("PUT", &path, Some(json!({ "chunk_size": 64 }))),
            place.call("PUT", &path, Some(json!({ "chunk_overlap": 100 }))),
        );
        let stored = place.call("GET", &path, None).await.json()["data"].clone();
        assert_eq!(size.status == 200, stored["chunk_size"] == json!(64));
        assert_eq!(overlap.status == 200, stored["chunk_overlap"] == json!(100));
        assert!((size.status == 200) != (overlap.status == 200), "{} and {}", size.status, overlap.status);
    }
}

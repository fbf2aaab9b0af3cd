//! Websites: what a crawl's calls take, refuse and tell. Nobody works here; `robofy-crawl` has the crawls themselves.

use super::*;

fn site(place: &Place, more: Value) -> Value {
    let mut body = json!({
        "project_id": place.project, "chatbot_id": place.agent,
        "start_urls": [{ "url": "https://shop.example/" }],
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn crawl(place: &Place, more: Value) -> Answer {
    place.call("POST", "/v1/ai-agent/crawl_website", Some(site(place, more))).await
}

#[tokio::test]
async fn a_crawl_begins_and_is_told_of_and_called_off() {
    let place = Place::new().await;
    let begun = crawl(
        &place,
        json!({
            "vector_provider": 1, "max_crawl_pages": "20", "max_crawl_depth": 2, "include_urls": ["/docs/*"],
            "exclude_urls": [], "use_sitemap": "1", "is_main_website": 1, "crawl_mode": 0, "later": "ignored",
        }),
    )
    .await;
    assert_eq!(begun.status, 201, "{}", begun.json());
    let begun = begun.json();
    let keys: Vec<_> = begun.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["run_id", "started_at", "status"], "bare, as the public API answers");
    assert_eq!((&begun["status"], &begun["started_at"]), (&json!("crawling"), &json!("2027-01-15 08:00:00")));
    let status = place.call("GET", &place.of_agent("crawl_status"), None).await.json()["data"].clone();
    assert_eq!(
        status["runs"],
        json!([{
            "run_id": begun["run_id"], "status": "crawling", "start_urls": ["https://shop.example/"],
            "max_crawl_pages": 20, "max_crawl_depth": 2, "include_urls": ["/docs/*"], "exclude_urls": [], "use_sitemap": "1",
            "recrawl_every_hours": null, "vector_provider": 1, "crawl_mode": 0,
            "started_at": "2027-01-15 08:00:00", "finished_at": null, "pages_found": 1, "pages_crawled": 0,
            "pages_failed": 0, "notice": null, "errors": [],
        }])
    );
    place.server.clock.advance(std::time::Duration::from_secs(1));
    let again = crawl(&place, json!({})).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "CONFLICT"));
    assert_eq!(crawl(&place, json!({ "start_urls": [{ "url": "other.example" }] })).await.status, 201);
    let cancel = format!("{}/{}", place.of_project("crawl_cancel"), begun["run_id"].as_str().unwrap());
    let cancelled = place.call("POST", &cancel, None).await;
    assert_eq!(cancelled.json()["data"], json!({ "run_id": begun["run_id"], "status": "cancelled" }));
    assert_eq!(place.call("POST", &cancel, None).await.json()["data"]["status"], "cancelled", "once more");
    place.server.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(crawl(&place, json!({})).await.status, 201, "and again from the start");
    let path = format!("{}?pageSize=2", place.of_agent("crawl_status"));
    let first = place.call("GET", &path, None).await.json()["data"].clone();
    let next = first["next_page_token"].as_str().unwrap();
    let rest = place.call("GET", &format!("{path}&nextPageToken={next}"), None).await.json()["data"].clone();
    assert_eq!((first["runs"].as_array().unwrap().len(), rest["runs"].as_array().unwrap().len()), (2, 1));
    assert_eq!((&rest["runs"][0]["run_id"], &rest["next_page_token"]), (&begun["run_id"], &Value::Null));
    for run in ["nonsense", "00000000-0000-4000-8000-000000000000"] {
        let answer = place.call("POST", &format!("{}/{run}", place.of_project("crawl_cancel")), None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "CRAWL_NOT_FOUND"));
    }
}

#[tokio::test]
async fn what_cannot_be_crawled_is_refused_with_the_reason() {
    let place = Place::new().await;
    let long = format!("https://shop.example/{}", "x".repeat(3000));
    for (more, field) in [
        (json!({ "start_urls": [] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "http://" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "ftp://shop.example/" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "file:///etc/passwd" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "https://user:secret@shop.example/" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "http://127.0.0.1/" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "http://2130706433/" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "http://[::1]/" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "http://localhost/" }] }), "start_urls"),
        (json!({ "start_urls": [{ "url": "http://169.254.169.254/latest" }] }), "start_urls"),
        (
            json!({ "start_urls": [{ "url": "https://a.example/" }, { "url": "http://10.0.0.1/" }] }),
            "start_urls",
        ),
        (json!({ "start_urls": [{ "url": long }] }), "start_urls"),
        (json!({ "start_urls": vec![json!({ "url": "https://shop.example/" }); 21] }), "start_urls"),
        (json!({ "max_crawl_pages": 0 }), "max_crawl_pages"),
        (json!({ "max_crawl_pages": 10_001 }), "max_crawl_pages"),
        (json!({ "max_crawl_pages": "many" }), "max_crawl_pages"),
        (json!({ "max_crawl_depth": -1 }), "max_crawl_depth"),
        (json!({ "recrawl_every_hours": 0 }), "recrawl_every_hours"),
        (json!({ "include_urls": ["docs/*"] }), "include_urls"),
        (json!({ "exclude_urls": [""] }), "exclude_urls"),
    ] {
        let answer = crawl(&place, more.clone()).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{more} {}", answer.json());
        assert!(!answer.json().to_string().contains("secret"), "no password comes back");
    }
    let private =
        crawl(&place, json!({ "start_urls": [{ "url": "http://10.0.0.1/" }] })).await.json().to_string();
    assert!(private.contains("--allow-public-network"), "{private}");
    let nothing = place.call("GET", &place.of_agent("crawl_status"), None).await;
    assert_eq!(nothing.json()["data"]["runs"], json!([]));
}

#[tokio::test]
async fn a_repeated_key_begins_one_crawl() {
    let place = Place::new().await;
    let send = async || {
        let request = Request::post("/v1/ai-agent/crawl_website")
            .header("authorization", format!("Bearer {}", place.tenant.key))
            .header("content-type", "application/json")
            .header("idempotency-key", "site-1")
            .body(Body::from(site(&place, json!({})).to_string()))
            .unwrap();
        place.server.send(request).await
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201), "{}", second.json());
    assert_eq!(first.json(), second.json());
}

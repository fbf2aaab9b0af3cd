//! The request log, on both engines.

use std::time::Duration;

use robofy_http::{HttpConfig, RouteAlias};
use robofy_kernel::Environment;
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use crate::knowledge::Place;
use crate::server::Server;

async fn place(t: &Fixture) -> Place {
    let config = HttpConfig { request_log: true, ..HttpConfig::default() };
    Place::on(Server::over(t, config).await).await
}

/// The log as it is listed.
async fn listed(place: &Place, query: &str) -> Vec<Value> {
    place.server.app.write_request_log().await;
    let answer = place.call("GET", &format!("/v1/requests?{query}"), None).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.json());
    answer.json()["data"]["requests"].as_array().unwrap().clone()
}

/// Method, route and status.
fn told(requests: &[Value]) -> Vec<(&str, &str, i64)> {
    requests
        .iter()
        .map(|request| {
            (
                request["method"].as_str().unwrap(),
                request["route"].as_str().unwrap(),
                request["status"].as_i64().unwrap(),
            )
        })
        .collect()
}

both_engines! {
    async fn what_was_asked_is_listed_and_nothing_that_was_said(t: Fixture) {
        let place = place(&t).await;
        t.clock.advance(Duration::from_secs(60));
        let found = place.call("GET", &format!("/v1/projects/{}?secret=quiet", place.project), None).await;
        let missing = place.call("GET", "/v1/projects/12345", None).await;
        let (visitor, session) = place.visitor();
        t.clock.advance(Duration::from_secs(1));
        let query = json!({
            "query": "My secret is quiet.", "pid": place.project.to_string(), "chatbot_id": place.agent,
            "user_context": { "platform": "web" },
        });
        assert_eq!(place.server.call("POST", "/v1/ai-agent/chat", &visitor, Some(query)).await.status, 200);
        let resume = format!("/v1/ai-agent/chat/{}/stream", String::from(session.clone()));
        assert_eq!(place.server.call("GET", &resume, &visitor, None).await.status, 204);
        // Whose these are nobody knows.
        place.server.call("GET", "/v1/projects", "", None).await;
        place.server.call("GET", "/v1/projects", "rbf_live_wrong", None).await;
        place.server.call("GET", "/healthz", "", None).await;
        let log = listed(&place, "from=2026-01-05T09:01:00Z").await;
        let mut latest = told(&log);
        latest.truncate(2);
        latest.sort_unstable();
        assert_eq!(latest, [("GET", "/v1/ai-agent/chat/{sessionId}/stream", 204), ("POST", "/v1/ai-agent/chat", 200)]);
        assert_eq!(log.len(), 4, "{log:?}");
        let of = |answer: &crate::server::Answer| log.iter().find(|request| request["id"] == answer.header("x-request-id")).unwrap();
        let (found, missing) = (of(&found), of(&missing));
        assert_eq!((&found["route"], &found["status"], &found["error_code"], &found["key"]), (&json!("/v1/projects/{id}"), &json!(200), &Value::Null, &json!("Primary")));
        assert_eq!((&missing["status"], &missing["error_code"], &missing["environment"]), (&json!(404), &json!("PROJECT_NOT_FOUND"), &json!("live")));
        assert_eq!(found["time"], "2026-01-05T09:01:00Z");
        assert!(found["milliseconds"].as_f64().unwrap() >= 0.0 && found["key_id"].is_string());
        assert!(log.iter().any(|request| request["key"] == "visitor" && request["key_id"].is_null()));
        let whole = Value::from(log).to_string();
        for never in ["secret", "quiet", &String::from(session), &place.project.to_string()] {
            assert!(!whole.contains(never), "{never} in {whole}");
        }
    }

    async fn the_log_is_filtered_and_paged(t: Fixture) {
        let place = place(&t).await;
        let test = place.server.key(&place.tenant, Environment::Test, &["leads:read"], None).await;
        for second in 0..5 {
            t.clock.advance(Duration::from_secs(1));
            let id = if second % 2 == 0 { place.project } else { 1 };
            place.call("GET", &format!("/v1/projects/{id}"), None).await;
        }
        assert_eq!(place.server.call("GET", "/v1/projects", &test, None).await.status, 403);
        let route = "route=/v1/projects/%7Bid%7D";
        assert_eq!(listed(&place, route).await.len(), 5);
        assert_eq!(listed(&place, &format!("{route}&status=4xx")).await.len(), 2);
        assert_eq!(listed(&place, &format!("{route}&status=200")).await.len(), 3);
        assert_eq!(listed(&place, &format!("{route}&from=2026-01-05T09:00:02Z&to=2026-01-05T09:00:04Z")).await.len(), 2);
        let refused = listed(&place, "key=Test").await;
        assert_eq!(told(&refused), [("GET", "/v1/projects", 403)]);
        assert_eq!((&refused[0]["error_code"], &refused[0]["environment"]), (&json!("FORBIDDEN"), &json!("test")));
        assert!(listed(&place, "key=dashboard").await.is_empty());
        let (mut ids, mut token) = (Vec::new(), String::new());
        loop {
            let page = place.call("GET", &format!("/v1/requests?{route}&pageSize=2{token}"), None).await.json()["data"].clone();
            ids.extend(page["requests"].as_array().unwrap().iter().map(|request| request["time"].as_str().unwrap().to_owned()));
            match page["next_page_token"].as_str() {
                Some(next) => token = format!("&nextPageToken={next}"),
                None => break,
            }
        }
        assert_eq!(ids, [5, 4, 3, 2, 1].map(|second| format!("2026-01-05T09:00:0{second}Z")), "the latest first");
        for (query, field) in [("status=2", "status"), ("status=9xx", "status"), ("from=x", "from"), ("timezone=Mars", "timezone")] {
            let answer = place.call("GET", &format!("/v1/requests?{query}"), None).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"]["errors"][0]["field"].clone()), (400, json!(field)), "{query}");
        }
        assert_eq!(place.call("GET", "/v1/requests?limit=3", None).await.status, 400, "unknown names are refused");
        let stranger = place.server.tenant("b").await;
        let theirs = place.server.call("GET", &format!("/v1/requests?{route}"), &stranger.key, None).await;
        assert_eq!(theirs.json()["data"]["requests"], json!([]));
    }

    async fn what_came_by_an_alias_stands_under_the_operations_own_route(t: Fixture) {
        let route_aliases = vec![RouteAlias { operation: "get_project".into(), path: "/legacy/{id}".into() }];
        let config = HttpConfig { request_log: true, route_aliases, ..HttpConfig::default() };
        let place = Place::on(Server::over(&t, config).await).await;
        let own = listed(&place, "route=/v1/projects/%7Bid%7D").await.len();
        place.call("GET", &format!("/legacy/{}", place.project), None).await;
        place.call("GET", "/legacy/12345", None).await;
        assert_eq!(told(&listed(&place, "route=/v1/projects/%7Bid%7D").await[own..]).len(), 2);
    }

    async fn a_key_that_is_called_as_those_without_one_is_not_taken_for_them(t: Fixture) {
        let place = place(&t).await;
        let named = json!({ "name": "visitor", "environment": "live", "scopes": ["*"] });
        let made = place.server.call("POST", "/v1/api-keys", &place.tenant.key, Some(named)).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let key = made.json()["data"]["key"].as_str().unwrap().to_owned();
        assert_eq!(place.server.call("GET", "/v1/projects", &key, None).await.status, 200);
        assert!(listed(&place, "key=visitor").await.is_empty());
        let (visitor, session) = place.visitor();
        let resume = format!("/v1/ai-agent/chat/{}/stream", String::from(session));
        assert_eq!(place.server.call("GET", &resume, &visitor, None).await.status, 204);
        let visitors = listed(&place, "key=visitor").await;
        assert_eq!(told(&visitors), [("GET", "/v1/ai-agent/chat/{sessionId}/stream", 204)]);
    }

    async fn who_still_uses_a_key_that_was_revoked_is_found(t: Fixture) {
        let place = place(&t).await;
        let named = json!({ "name": "Old relay", "environment": "live", "scopes": ["chat"] });
        let made = place.server.call("POST", "/v1/api-keys", &place.tenant.key, Some(named)).await.json()["data"].clone();
        let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
        assert_eq!(place.call("DELETE", &format!("/v1/api-keys/{id}"), None).await.status, 200);
        assert_eq!(place.server.call("GET", "/v1/projects", key, None).await.status, 401);
        let log = listed(&place, "key=Old+relay").await;
        assert_eq!(told(&log), [("GET", "/v1/projects", 401)]);
        assert_eq!((&log[0]["key_id"], &log[0]["error_code"]), (&json!(id), &json!("UNAUTHORIZED")));
    }

    async fn a_log_that_is_off_takes_nothing_down(t: Fixture) {
        let place = Place::on(Server::over(&t, HttpConfig::default()).await).await;
        place.call("GET", "/v1/projects", None).await;
        assert!(listed(&place, "").await.is_empty());
    }

    async fn it_is_written_by_itself_within_seconds(t: Fixture) {
        let place = place(&t).await;
        for _ in 0..100 {
            let answer = place.call("GET", "/v1/requests?route=/v1/projects", None).await.json();
            if !answer["data"]["requests"].as_array().unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing was written in ten seconds");
    }
}

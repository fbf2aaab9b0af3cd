//! The errors that the document shows, each from a call that comes to it. Those of a failing model are compared where one
//! fails (`streams.rs`).

use super::*;
use crate::document::error;

/// What is shown of this answer's status.
fn compare(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.json(), error(status));
}

#[tokio::test]
async fn the_errors_that_are_shown_are_those_that_are_answered() {
    let config = HttpConfig { rate_limit: true, ..World::config() };
    let world = World::make(Server::start_with(config).await).await;
    let things = world.things().await;
    let (server, key) = (&world.server, world.owner_key().await);
    let project = things.project;
    let chat = "/v1/ai-agent/chat";

    let mut silent = things.message();
    silent.as_object_mut().unwrap().remove("query");
    compare(&server.call("POST", chat, &key, Some(silent)).await, 400);

    let lacking = server.key(&world.owner, Environment::Live, &["keys:read"], None).await;
    compare(&server.call("POST", chat, &lacking, Some(things.message())).await, 403);

    let nobodys = format!("/v1/ai-agent/chatbot/{project}/{}", "1".repeat(43));
    compare(&server.call("GET", &nobodys, &key, None).await, 404);

    let large = json!({ "name": "P".repeat(robofy_http::extract::MIB) });
    compare(&server.call("POST", "/v1/projects", &key, Some(large)).await, 413);

    let made = |kind: &'static str, name: &str| {
        let request = Request::builder().method("POST").uri("/v1/projects");
        let request = request.header("authorization", format!("Bearer {key}")).header("content-type", kind);
        let body = Body::from(json!({ "name": name }).to_string());
        server.send(request.header("idempotency-key", "once").body(body).unwrap())
    };
    compare(&made("text/plain", "One").await, 415);
    assert_eq!(made("application/json", "One").await.status.as_u16(), 201);
    compare(&made("application/json", "Another").await, 409);

    let token = world.token(&things);
    let mut last = server.call("POST", chat, &token, Some(things.message())).await;
    for _ in 0..60 {
        if !last.status.is_success() {
            break;
        }
        last = server.call("POST", chat, &token, Some(things.message())).await;
    }
    assert_eq!(last.status.as_u16(), 429);
    // The seconds are as many as it takes.
    let (mut told, shown) = (last.json(), error(429));
    let said = told["error"]["detail"].as_str().unwrap();
    let said = said.replace(&format!(" {} s.", last.header("retry-after")), " 12 s.");
    told["error"]["detail"] = json!(said);
    assert_eq!(told, shown);

    world.server.clock.advance(Duration::from_secs(3_600));
    compare(&server.call("POST", chat, &token, Some(things.message())).await, 401);

    over(&things, &key).await;
}

/// A hold that is over; the free slots beside it are others each time.
async fn over(things: &Things<'_>, key: &str) {
    let (server, project) = (&things.world.server, things.project);
    let held = format!("/v1/booking/holds/{project}");
    let held = server.call("POST", &held, key, Some(things.time().await)).await.json();
    server.clock.advance(Duration::from_secs(7_200));
    let order = json!({ "hold_id": held["data"]["hold_id"], "name": "Ana" });
    let answer = server.call("POST", &format!("/v1/booking/bookings/{project}"), key, Some(order)).await;
    let (mut told, mut shown) = (answer.json(), error(410));
    let fields = |of: &mut Value| -> Vec<String> {
        let slots = of["error"]["alternatives"].take();
        slots[0].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(fields(&mut told), fields(&mut shown));
    assert_eq!((answer.status.as_u16(), told), (410, shown));
}

#[test]
fn the_sentences_of_our_own_faults_are_those_that_are_shown() {
    use robofy_http::ApiError;
    use robofy_store::StoreError;
    assert_eq!(ApiError::internal("secret").body(), error(500));
    assert_eq!(ApiError::from(StoreError::Unavailable("secret".into())).body(), error(503));
}

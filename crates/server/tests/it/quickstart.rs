//! `quickstart`: the first question works at once, and nothing that works stops working.

use serde_json::{Value, json};

use super::operating::well;
use super::running::Server;

fn quickstart(folder: &std::path::Path, more: &[&str]) -> Value {
    let arguments = [&["quickstart", "--json"], more].concat();
    serde_json::from_str(&well(folder, &arguments)).unwrap()
}

fn ask(server: &Server, made: &Value, question: &str) -> Value {
    let body = json!({
        "query": question, "pid": made["project_id"], "chatbot_id": made["chatbot_id"],
        "user_context": {"platform": "web"},
    });
    let key = made["api_key"].as_str().unwrap();
    let (status, answer) = server.post("/v1/ai-agent/chat", key, &body);
    assert_eq!(status, 200, "{answer}");
    answer["data"].clone()
}

#[test]
fn the_demo_is_asked_at_once_also_when_it_is_made_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--listen", "127.0.0.1:0"]);
    let made = quickstart(folder.path(), &["--demo"]);
    let answer = ask(&server, &made, "When are you open on Saturday?");
    assert!(answer["answer"].as_str().unwrap().contains("9:00 to 16:00"), "{answer}");
    assert_eq!(answer["citations"][0]["file_name"], "opening-hours.md");
    let price = ask(&server, &made, "How much is a puncture repair?");
    let price = price["answer"].as_str().unwrap();
    assert!(
        price.contains("14 euros") && price.contains("details"),
        "answered, and then the form is offered: {price}"
    );
    let booking = ask(&server, &made, "I'd like to book a safety check");
    assert!(booking["answer"].as_str().unwrap().contains("Safety check:\n1. "), "{booking}");
    assert_eq!(booking["actions"][0]["type"], "data-booking-slots");
}

#[test]
fn again_it_gives_the_same_and_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let first = quickstart(folder.path(), &["--demo"]);
    assert!(first["password"].is_string());
    let mut again = quickstart(folder.path(), &["--demo"]);
    assert_eq!(again["password"], Value::Null);
    again["password"] = first["password"].clone();
    assert_eq!(again, first);

    let renewed = quickstart(folder.path(), &["--new-key", "--reset-password"]);
    assert!(renewed["password"].is_string() && renewed["password"] != first["password"]);
    assert_ne!(renewed["api_key"], first["api_key"]);
    for name in ["email", "project_id", "chatbot_id", "base_url"] {
        assert_eq!(renewed[name], first[name], "{name}");
    }
    let server = Server::start(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert_eq!(server.post("/v1/ai-agent/chat", first["api_key"].as_str().unwrap(), &json!({})).0, 401);
    let path = format!(
        "/v1/ai-agent/chatbot_asset_link/{}/{}",
        first["project_id"].as_str().unwrap(),
        first["chatbot_id"].as_str().unwrap()
    );
    let (status, linked) = server.read(&path, renewed["api_key"].as_str().unwrap());
    assert_eq!((status, linked["data"]["assets"].as_array().map(Vec::len)), (200, Some(6)), "{linked}");
    let path = format!("/v1/booking/services/{}", first["project_id"].as_str().unwrap());
    let (status, services) = server.read(&path, renewed["api_key"].as_str().unwrap());
    assert_eq!((status, services["data"]["services"].as_array().map(Vec::len)), (200, Some(2)), "{services}");
}

#[test]
fn a_key_that_was_not_kept_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let first = quickstart(folder.path(), &["--key-reveal", "off"]);
    let again = quickstart(folder.path(), &["--key-reveal", "off"]);
    assert_ne!(first["api_key"], again["api_key"]);
    assert_eq!(first["chatbot_id"], again["chatbot_id"]);
}

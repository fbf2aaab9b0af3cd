//! What every operation answers when it succeeds, recorded for the document: the calls of the access table in one world,
//! with the document's own bodies where it shows one. What differs from run to run is replaced by the ids that the
//! document's requests name.

use std::collections::BTreeMap;
use std::path::Path;

use robofy_testkit::Fixture;

use super::*;

const PROJECT: &str = "2053449745888709";
const CHATBOT: &str = "1bTn2rJ0m5b5cJ7dQ4kXvY8zW3aEfGhIjKlMnOpQrS";
const SESSION: &str = "e382e887-0ee8-4274-bde0-16d0467ea1ee";
const MESSAGE: &str = "mpOI7InQiHAeqHYz";

/// The ids that the document shows, by field.
const NAMED: &[(&str, &str)] = &[
    ("asset_id", "3466802535662050"),
    ("booking_id", "01a22bc2-ccb8-7291-9c1e-5d0f3a7b8e21"),
    ("chatbot_id", CHATBOT),
    ("hold_id", "01a22bc2-ccb8-7292-b40d-6e7a2c915f33"),
    ("linkage_id", "5120457896123045"),
    ("message_id", MESSAGE),
    ("pid", PROJECT),
    ("project_id", PROJECT),
    ("resource_id", "01a22bc2-ccb8-7290-8a44-0b6f1c6d2e10"),
    ("resource_ids", "01a22bc2-ccb8-7290-8a44-0b6f1c6d2e10"),
    ("service_id", "01a22bc2-ccb8-728f-b6b3-153ccd9a6c93"),
    ("session_id", SESSION),
];
/// The smallest number that is an id.
const SMALLEST_ID: i64 = 1 << 32;
/// What a stopwatch tells.
const MEASURED: &[&str] = &["first_token_ms", "milliseconds", "took_us"];
/// A UUID of anything else.
const UUID: &str = "01a22bc2-ccb8-7293-a3d7-2f6c91e04b58";

/// The world's clock begins before the days that the document's requests name: 2030-05-02T08:00:00Z.
const BEGINS: i64 = 1_903_939_200;

/// The answers by operation and status.
type Answers = BTreeMap<String, BTreeMap<String, Value>>;

robofy_testkit::both_engines! {
    async fn the_snapshot_is_what_was_answered(t: Fixture) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/openapi/answers.json");
        let answers = written(&record(&t).await);
        let snapshot = std::fs::read_to_string(&path).unwrap_or_default();
        // A file that is written anew is compiled in anew, so only another one is.
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() && snapshot != answers {
            std::fs::write(&path, &answers).unwrap();
            return;
        }
        for (now, then) in answers.lines().zip(snapshot.lines()) {
            assert_eq!(now, then, "this is not what is recorded: run scripts/gen and look at the difference");
        }
        assert_eq!(answers.len(), snapshot.len(), "run scripts/gen and look at the difference");
    }
}

/// A line for each operation.
fn written(answers: &Answers) -> String {
    let lines: Vec<String> =
        answers.iter().map(|(id, answers)| format!("  {}: {}", json!(id), json!(answers))).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

async fn record(t: &Fixture) -> Answers {
    t.clock.advance(Duration::from_secs(u64::try_from(BEGINS - t.clock.now().seconds()).unwrap()));
    let world = World::make(Server::over(t, HttpConfig { request_log: true, ..World::config() }).await).await;
    let things = world.things().await;
    prepare(&things).await;
    let document = serde_json::to_value(robofy_http::openapi()).unwrap();
    let mut operations = operations();
    operations.sort_by_key(rank);
    let (mut answers, mut refused) = (Answers::new(), Vec::new());
    for operation in operations {
        let described = described(&document, &operation.id);
        let kept = kept(described);
        if kept.is_empty() {
            continue;
        }
        let mut call = call(&operation.id, &things).await.unwrap();
        if let Some(body) = &mut call.body {
            let example = &described["requestBody"]["content"]["application/json"]["example"];
            // The world's own password is another than the document's.
            if operation.id == "sign_up" || body.get("password").is_none() {
                take_example(body, example);
            }
        }
        // Where another status means success too, the same call once more comes to it.
        for _ in kept {
            world.server.app.write_request_log().await;
            let headers = headers(&world, &operation, &things, credential(&operation)).await;
            let answer = world.send(&operation, &call, &headers).await;
            tick(&world);
            let text = String::from_utf8(answer.body).unwrap();
            if !answer.status.is_success() {
                refused.push(format!("{}: {} {text}", operation.id, answer.status));
                continue;
            }
            let answered = answers.entry(operation.id.clone()).or_default();
            answered.insert(answer.status.as_u16().to_string(), shown(&operation.id, &text, &things));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    answers
}

/// Lists are in the order in which things were made: told apart by a millisecond, which is not shown.
fn tick(world: &World) {
    world.server.clock.advance(Duration::from_millis(1));
}

/// What makes answers about something.
async fn prepare(things: &Things<'_>) {
    let (project, chatbot) = (things.project, &things.chatbot);
    let text = "# Winter storage\n\nWinter storage costs 60 euros, from November to March.";
    let content = json!({ "chatbot_id": chatbot, "file_name": "winter.md", "content": text });
    things.create(&format!("/v1/ai-agent/link_content/{project}"), content).await;
    tick(things.world);
    let mut question = things.message();
    question["query"] = json!("Do you ship to Mars?");
    things.create("/v1/ai-agent/chat", question).await;
    tick(things.world);
}

/// Creations first, so that lists have something; then what reads, what changes, what deletes, and the agent last. A
/// lead is made before a visitor sends the same person's form: it would only be added to that one.
fn rank(operation: &Operation) -> usize {
    match (operation.id.as_str(), operation.method.as_str()) {
        ("create_lead", _) => 0,
        ("update_agent", _) => 5,
        ("delete_agent", _) => 6,
        (_, "POST") => 1,
        (_, "GET") => 2,
        (_, "PUT") => 3,
        _ => 4,
    }
}

fn credential(operation: &Operation) -> &'static str {
    if operation.opened_by("apiKey") {
        "key"
    } else if operation.opened_by("clientToken") {
        "client token"
    } else if operation.opened_by("session") {
        "cookie"
    } else {
        "none"
    }
}

fn described<'a>(document: &'a Value, id: &str) -> &'a Value {
    let items = document["paths"].as_object().unwrap().values();
    items.flat_map(|item| item.as_object().unwrap().values()).find(|one| one["operationId"] == id).unwrap()
}

/// The successes with a body that is read as a whole.
fn kept(described: &Value) -> Vec<&str> {
    let responses = described["responses"].as_object().unwrap().iter();
    let has = |response: &Value| {
        ["application/json", "text/csv", "text/calendar"]
            .iter()
            .any(|kind| response["content"].get(kind).is_some())
    };
    responses
        .filter(|(status, response)| status.starts_with('2') && has(response))
        .map(|(status, _)| status.as_str())
        .collect()
}

/// Takes the document's example, but for what has to exist.
fn take_example(body: &mut Value, example: &Value) {
    let Some(example) = example.as_object() else { return };
    let mut taken = example.clone();
    for (name, value) in body.as_object().unwrap() {
        if NAMED.iter().any(|(named, _)| named == name) && taken.contains_key(name) {
            taken.insert(name.clone(), value.clone());
        }
    }
    *body = Value::Object(taken);
}

/// An answer as the document shows it.
fn shown(operation: &str, text: &str, things: &Things<'_>) -> Value {
    let text = text
        .replace(&things.project.to_string(), PROJECT)
        .replace(things.chatbot.as_str(), CHATBOT)
        .replace(&String::from(things.session.clone()), SESSION)
        .replace("owner@example.com", "ada@example.com")
        .replace("Shop \\\"helper\\\"", "Shop assistant");
    let Ok(mut answer) = serde_json::from_str::<Value>(&text) else { return json!(without_ids(&text)) };
    if operation == "openapi_json" {
        answer = json!({ "openapi": answer["openapi"], "info": { "title": answer["info"]["title"], "version": answer["info"]["version"] } });
    }
    simplify("", &mut answer);
    answer
}

/// One item for a list of objects, and the document's ids.
fn simplify(name: &str, value: &mut Value) {
    match value {
        Value::Array(items) => {
            if name == "history" {
                // What was said at once is in no order.
                items.sort_by_key(Value::to_string);
            }
            if items.iter().all(Value::is_object) {
                items.truncate(1);
            }
            items.iter_mut().for_each(|item| simplify(name, item));
        }
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| simplify(name, value)),
        Value::Number(_) if MEASURED.contains(&name) => *value = json!(25),
        Value::Number(number) if number.as_i64().is_some_and(|number| number >= SMALLEST_ID) => {
            *value = json!(named(name).unwrap_or(PROJECT).parse::<i64>().unwrap());
        }
        Value::String(text) => *text = simple(name, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn simple(name: &str, text: &str) -> String {
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    match (name, text.len()) {
        _ if text.starts_with("rbf_live_") => "rbf_live_…".to_owned(),
        _ if text.starts_with("rbf_test_") => "rbf_test_…".to_owned(),
        _ if seconds(text).is_some() => seconds(text).unwrap(),
        _ if text.starts_with("eyJ") => "eyJ…".to_owned(),
        ("manage_token", _) => "…".to_owned(),
        (_, 36) if uuid(text) => named(name).unwrap_or(UUID).to_owned(),
        (_, 42 | 43) if is_word => CHATBOT.to_owned(),
        ("message_id" | "id", 16) if is_word => MESSAGE.to_owned(),
        _ if is_word && text.len() > 43 => "…".to_owned(),
        _ => without_ids(text),
    }
}

/// A moment without its fraction of a second, which has as many digits as it needs.
fn seconds(text: &str) -> Option<String> {
    let (whole, fraction) = text.strip_suffix('Z')?.split_once('.')?;
    let is_moment = whole.len() == 19 && whole.as_bytes()[10] == b'T';
    (is_moment && fraction.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{whole}Z"))
}

#[test]
fn moments_are_recorded_in_whole_seconds() {
    for fraction in ["", ".1", ".03", ".125", ".000001"] {
        let text = format!("2030-05-02T08:00:00{fraction}Z");
        assert_eq!(simple("created_at", &text), "2030-05-02T08:00:00Z", "{fraction}");
    }
    let recorded = include_str!("../../../src/openapi/answers.json");
    let fraction = recorded.match_indices('Z').find(|(at, _)| {
        let before = recorded[..*at].trim_end_matches(|c: char| c.is_ascii_digit());
        before.len() < *at && before.ends_with('.')
    });
    assert_eq!(fraction, None);
}

fn named(name: &str) -> Option<&'static str> {
    NAMED.iter().find(|(named, _)| *named == name).map(|(_, sample)| *sample)
}

fn uuid(text: &str) -> bool {
    let mut parts =
        text.split('-').map(|part| (part.len(), part.bytes().all(|byte| byte.is_ascii_hexdigit())));
    [8, 4, 4, 4, 12].iter().all(|length| parts.next() == Some((*length, true)))
}

/// A text with one UUID for all, and one number.
fn without_ids(text: &str) -> String {
    let is_of_one = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut out = String::new();
    for part in text.split_inclusive(|c| !is_of_one(c)) {
        let word = part.trim_end_matches(|c| !is_of_one(c));
        let number =
            word.split('-').next().filter(|one| one.parse().is_ok_and(|number: i64| number >= SMALLEST_ID));
        match number {
            _ if uuid(word) && word != SESSION => out.push_str(UUID),
            Some(number) if number != PROJECT => {
                out.push_str(named("asset_id").unwrap());
                out.push_str(&word[number.len()..]);
            }
            _ => out.push_str(word),
        }
        out.push_str(&part[word.len()..]);
    }
    out
}

//! Every link of the document against the two operations that it stands between.

use super::*;

fn documented() -> Value {
    serde_json::to_value(crate::openapi::openapi()).unwrap()
}

fn operations_of(document: &Value) -> BTreeMap<&str, &Value> {
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    operations.map(|one| (one["operationId"].as_str().unwrap(), one)).collect()
}

/// Every link: where it stands, the answer that it stands at, and itself.
fn links<'a>(all: &BTreeMap<&'a str, &'a Value>) -> Vec<(String, &'a Value, &'a Value, &'a Value)> {
    let mut links = Vec::new();
    for (id, from) in all {
        for response in from["responses"].as_object().unwrap().values() {
            for (name, link) in response["links"].as_object().into_iter().flatten() {
                links.push((format!("{id} to {name}"), *from, response, link));
            }
        }
    }
    links
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn example(body: &Value) -> &Value {
    body["content"].as_object().unwrap().values().next().unwrap().get("example").unwrap_or(&Value::Null)
}

#[test]
fn every_link_leads_from_an_operation_to_what_another_one_takes() {
    let document = documented();
    let all = operations_of(&document);
    for steps in LINKS {
        for from in steps.from {
            let links = &all[from]["responses"].to_string();
            for to in steps.to {
                assert!(links.contains(&format!("\"operationId\":\"{to}\"")), "{from} to {to}");
            }
        }
    }
    for (place, _, _, link) in links(&all) {
        let takes = list(&all[link["operationId"].as_str().unwrap()]["parameters"]);
        for name in link["parameters"].as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(takes.iter().any(|one| one["name"] == **name), "{place} takes no {name}");
        }
    }
}

#[test]
fn a_link_gives_or_asks_for_all_that_is_required() {
    let document = documented();
    let all = operations_of(&document);
    for (place, _, _, link) in links(&all) {
        let to = all[link["operationId"].as_str().unwrap()];
        let about = link["description"].as_str().unwrap_or("");
        let asks = |name: &Value| about.contains(&format!("`{}`", name.as_str().unwrap()));
        let gives = |what: &str, name: &Value| link[what].get(name.as_str().unwrap()).is_some();
        for one in list(&to["parameters"]).iter().filter(|one| one["required"] == true) {
            let name = &one["name"];
            assert!(gives("parameters", name) || asks(name), "{place} lacks {name}");
        }
        let schema = &to["requestBody"]["content"]["application/json"]["schema"];
        let schema = schema["$ref"].as_str().map_or(schema, |path| document.pointer(&path[1..]).unwrap());
        for name in list(&schema["required"]) {
            assert!(gives("requestBody", name) || asks(name), "{place} lacks {name}");
        }
    }
    let about = |from: &str, status: &str, to: &str| {
        all[from]["responses"][status]["links"][to]["description"].as_str().unwrap().to_owned()
    };
    assert_eq!(about("send_message", "200", "rate_answer"), "Add to the body: `rating`.");
    assert_eq!(about("list_agents", "200", "send_message"), "Add to the body: `user_context`, `query`.");
    assert_eq!(
        about("create_resource", "201", "create_service"),
        "Add to the body: `name`, `duration_minutes`."
    );
    assert_eq!(about("create_service", "201", "list_slots"), "Add to the parameters: `from`, `to`.");
}

#[test]
fn the_next_page_is_asked_for_with_all_that_its_token_is_bound_to() {
    let document = documented();
    let all = operations_of(&document);
    let mut lists = 0;
    for (id, operation) in &all {
        let takes = list(&operation["parameters"]);
        if takes.iter().all(|one| one["name"] != "nextPageToken") {
            continue;
        }
        lists += 1;
        let link = &operation["responses"]["200"]["links"]["next_page"];
        for one in takes {
            let (name, place) = (one["name"].as_str().unwrap(), one["in"].as_str().unwrap());
            let given = link["parameters"][name].as_str().unwrap_or_else(|| panic!("{id} lacks {name}"));
            if name == "nextPageToken" {
                assert!(given.starts_with("$response.body#/"), "{id}: {given}");
            } else {
                assert_eq!(given, format!("$request.{place}.{name}"), "{id}");
            }
        }
    }
    assert!(lists > 15, "{lists}");
}

#[test]
fn what_a_link_takes_is_there() {
    let document = documented();
    let all = operations_of(&document);
    let mut wrong = Vec::new();
    for (place, from, response, link) in links(&all) {
        let given = ["parameters", "requestBody"].into_iter().filter_map(|part| link[part].as_object());
        for text in given.flat_map(Map::values).map(|value| value.get(0).unwrap_or(value)) {
            let text = text.as_str().unwrap();
            let is_there = if let Some(pointer) = text.strip_prefix("$response.body#") {
                example(response).pointer(pointer).is_some()
            } else if let Some(pointer) = text.strip_prefix("$request.body#") {
                example(&from["requestBody"]).pointer(pointer).is_some()
            } else {
                let (place, name) = text.strip_prefix("$request.").unwrap().split_once('.').unwrap();
                list(&from["parameters"]).iter().any(|one| one["name"] == name && one["in"] == place)
            };
            if !is_there {
                wrong.push(format!("{place}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

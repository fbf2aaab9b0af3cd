//! What an operation is sent and answers, in a case: shown by the viewer, filled in where a call is tried.
//!
//! What is sent stands in `examples.json`, with what is streamed back. What is answered otherwise is recorded in
//! `answers.json` by a test that makes every call (`tests/it/access/answers.rs`); `scripts/gen` writes it anew.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::errors::operations;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    request: Option<Value>,
    response: Option<Value>,
}

/// Answers by status.
type Answers = BTreeMap<String, Value>;

/// The cases by operation; a linter compares each with its schema (`tests/openapi-lint`).
fn cases() -> serde_json::Result<BTreeMap<String, Case>> {
    serde_json::from_str(include_str!("examples.json"))
}

/// What was answered, by operation.
fn answers() -> serde_json::Result<BTreeMap<String, Answers>> {
    serde_json::from_str(include_str!("answers.json"))
}

/// The free slots that were answered.
pub(super) fn slots() -> Vec<Value> {
    let answers = answers().unwrap_or_default();
    let slots =
        answers.get("list_slots").and_then(|answers| answers.get("200")?.pointer("/data/slots")?.as_array());
    slots.cloned().unwrap_or_default()
}

/// Adds the cases and the answers.
pub(super) fn add(document: &mut OpenApi) {
    // A file that is compiled in and does not parse fails the tests below.
    let (mut cases, mut answers) = (cases().unwrap_or_default(), answers().unwrap_or_default());
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            let Some(id) = operation.operation_id.clone() else { continue };
            let case = cases.remove(&id).unwrap_or_default();
            if let Some(request) = case.request
                && let Some(RefOr::T(body)) = &mut operation.request_body
                && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
            {
                content.example = Some(request);
            }
            let mut answers = answers.remove(&id).unwrap_or_default();
            for (status, response) in &mut operation.responses.responses {
                let streamed = case.response.as_ref().filter(|_| status == "200");
                if let Some(answer) = answers.remove(status).or_else(|| streamed.cloned())
                    && let RefOr::T(response) = response
                    && let Some(content) = response.content.values_mut().find_map(owned)
                {
                    content.example = Some(answer);
                }
            }
        }
    }
}

fn owned(content: &mut RefOr<Content>) -> Option<&mut Content> {
    match content {
        RefOr::T(content) => Some(content),
        RefOr::Ref(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_that_of_an_operation_and_stands_in_the_document() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let all: Vec<&Value> = paths.flat_map(|item| item.as_object().unwrap().values()).collect();
        let named = |name: &str| {
            let found = all.iter().find(|one| one["operationId"] == *name);
            found.unwrap_or_else(|| panic!("there is no operation {name}"))
        };
        let example = |of: &Value| {
            let kinds = of["content"].as_object().unwrap().values();
            kinds.map(|content| content["example"].clone()).next().unwrap()
        };
        for (name, case) in cases().unwrap() {
            let operation = named(&name);
            if let Some(request) = case.request {
                assert_eq!(example(&operation["requestBody"]), request, "{name}");
            }
            if let Some(response) = case.response {
                assert_eq!(example(&operation["responses"]["200"]), response, "{name}");
            }
        }
        for (name, answers) in answers().unwrap() {
            for (status, answer) in answers {
                assert_eq!(example(&named(&name)["responses"][&status]), answer, "{name}");
            }
        }
    }

    #[test]
    fn every_success_but_a_page_has_an_example() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let mut bare = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap().iter();
                for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
                    for (kind, content) in response["content"].as_object().into_iter().flatten() {
                        if kind != "text/html" && content.get("example").is_none() {
                            bare.push(format!("{method} {path} {status} {kind}"));
                        }
                    }
                }
            }
        }
        assert!(bare.is_empty(), "no example (scripts/gen records them): {bare:#?}");
    }

    #[test]
    fn every_operation_says_what_it_does_twice_in_a_line_and_in_words() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let mut silent = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if !operation["summary"].is_string() || !operation["description"].is_string() {
                    silent.push(format!("{method} {path}"));
                }
            }
        }
        assert!(silent.is_empty(), "no summary or no description: {silent:#?}");
    }
}

//! What an operation is sent and answers, in a case: shown by the viewer, filled in where a call is tried.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::errors::operations;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    request: Value,
    response: Option<Value>,
}

/// The cases by operation; a linter compares each with its schema (`tests/openapi-lint`).
fn cases() -> serde_json::Result<BTreeMap<String, Case>> {
    serde_json::from_str(include_str!("examples.json"))
}

/// Adds the cases.
pub(super) fn add(document: &mut OpenApi) {
    // A file that is compiled in and does not parse fails the test below.
    let mut cases = cases().unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            let Some(case) = operation.operation_id.as_ref().and_then(|id| cases.remove(id)) else {
                continue;
            };
            if let Some(RefOr::T(body)) = &mut operation.request_body
                && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
            {
                content.example = Some(case.request);
            }
            let good = operation.responses.responses.iter_mut().find(|(status, _)| status.starts_with('2'));
            if let (Some(answer), Some((_, RefOr::T(response)))) = (case.response, good)
                && let Some(content) = response.content.values_mut().find_map(owned)
            {
                content.example = Some(answer);
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
        for (name, case) in cases().unwrap() {
            let operation = all.iter().find(|one| one["operationId"] == *name);
            let operation = operation.unwrap_or_else(|| panic!("there is no operation {name}"));
            assert_eq!(
                operation["requestBody"]["content"]["application/json"]["example"], case.request,
                "{name}"
            );
            if let Some(response) = case.response {
                let text = operation["responses"].to_string();
                assert!(text.contains(&format!("\"example\":{response}")), "{name}: {text}");
            }
        }
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

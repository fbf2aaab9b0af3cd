//! The document as a page for people: one template, no scripts.

use minijinja::Environment;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// Renders the page.
///
/// # Errors
/// When the template and the document do not fit.
pub(crate) fn render(document: &OpenApi) -> Result<String, minijinja::Error> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut templates = Environment::new();
    templates.add_template("page.html", include_str!("page.html"))?;
    let schemas: Vec<Value> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| object(name, schema))
        .collect();
    templates.get_template("page.html")?.render(minijinja::value::Serde(json!({
        "info": document["info"],
        "introduction": paragraphs(document["info"]["description"].as_str().unwrap_or("")),
        "tags": tags(&document),
        "schemas": schemas,
    })))
}

/// The introduction's paragraphs; its few marks (`code`, **strong**) are read by the template's filter-free markup.
fn paragraphs(text: &str) -> Vec<Vec<Value>> {
    text.split("\n\n").map(pieces).collect()
}

/// An object of several parts shows the fields of all; what has a name of its own is named.
fn object(name: &str, schema: &Value) -> Value {
    let parts = || std::iter::once(schema).chain(schema["allOf"].as_array().into_iter().flatten());
    let required: Vec<&Value> = parts().filter_map(|part| part["required"].as_array()).flatten().collect();
    let fields: Vec<Value> = parts()
        .filter_map(|part| part["properties"].as_object())
        .flatten()
        .map(|(name, field)| {
            let text = field["description"].as_str().unwrap_or("");
            json!({
                "name": name, "schema": field, "description": pieces(text),
                "required": required.iter().any(|one| *one == name),
            })
        })
        .collect();
    let text = parts().find_map(|part| part["description"].as_str());
    json!({
        "name": name, "description": text, "fields": fields, "enum": schema["enum"],
        "of": parts().map(reference).filter(|part| !part.is_null()).collect::<Vec<_>>(),
    })
}

/// Cuts a text at its back quotes, double asterisks and links to operations.
fn pieces(text: &str) -> Vec<Value> {
    if let Some((before, rest)) = text.split_once("[`")
        && let Some((call, rest)) = rest.split_once("`](/docs#/")
        && let Some((place, after)) = rest.split_once(')')
    {
        let link = json!({ "kind": "link", "text": call, "id": place.rsplit('/').next() });
        return [pieces(before), vec![link], pieces(after)].concat();
    }
    let mut pieces = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            pieces.push(json!({ "kind": "code", "text": part }));
            continue;
        }
        for (at, part) in part.split("**").enumerate() {
            pieces.push(json!({ "kind": if at % 2 == 1 { "strong" } else { "text" }, "text": part }));
        }
    }
    pieces
}

/// The operations by tag, in the document's order of tags.
fn tags(document: &Value) -> Vec<Value> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            operations.push((path, method, operation));
        }
    }
    let named = document["tags"].as_array().into_iter().flatten();
    named
        .map(|tag| {
            let of_tag = operations.iter().filter(|(_, _, operation)| {
                operation["tags"].as_array().is_some_and(|tags| tags.contains(&tag["name"]))
            });
            let shown: Vec<Value> =
                of_tag.map(|(path, method, operation)| shown(document, path, method, operation)).collect();
            json!({ "name": tag["name"], "description": tag["description"], "operations": shown })
        })
        .filter(|tag| tag["operations"].as_array().is_some_and(|operations| !operations.is_empty()))
        .collect()
}

fn shown(document: &Value, path: &str, method: &str, operation: &Value) -> Value {
    let summary = operation["summary"].clone();
    let description =
        operation["description"].as_str().filter(|text| Some(*text) != summary.as_str()).map(pieces);
    json!({
        "id": operation["operationId"],
        "method": method.to_uppercase(),
        "path": path,
        "summary": summary,
        "description": description,
        "credentials": credentials(operation),
        "parameters": operation["parameters"],
        "bodies": contents(&operation["requestBody"]["content"]),
        "responses": responses(document, operation),
    })
}

/// The credentials that open an operation, one text for each.
fn credentials(operation: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    for requirement in operation["security"].as_array().into_iter().flatten() {
        let Some(requirement) = requirement.as_object() else { continue };
        for (name, scopes) in requirement {
            let scopes: Vec<&str> =
                scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            match name.as_str() {
                "apiKey" if scopes.is_empty() => texts.push("API key".to_owned()),
                "apiKey" => texts.push(format!("API key with {}", scopes.join(", "))),
                "clientToken" => texts.push("client token".to_owned()),
                "session" => texts.push("session cookie".to_owned()),
                _ => {}
            }
        }
    }
    texts
}

fn contents(content: &Value) -> Vec<Value> {
    let kinds = content.as_object().into_iter().flatten();
    kinds.map(|(kind, content)| json!({ "kind": kind, "schema": reference(&content["schema"]) })).collect()
}

fn responses(document: &Value, operation: &Value) -> Vec<Value> {
    let all = operation["responses"].as_object().into_iter().flatten();
    all.map(|(status, response)| {
        let named = response["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let response = named.map_or(response, |name| &document["components"]["responses"][name]);
        json!({ "status": status, "description": response["description"], "bodies": contents(&response["content"]) })
    })
    .collect()
}

/// The schema's name where it has one.
fn reference(schema: &Value) -> Value {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map_or(Value::Null, |name| json!(name))
}

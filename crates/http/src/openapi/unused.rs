//! Schemas that nothing refers to: the macros register what stands inside `Success<T>` by name, and then write it out.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::OpenApi;

const SCHEMAS: &str = "#/components/schemas/";

/// Takes out every schema that no operation, response or other used schema refers to.
pub(super) fn remove(document: &mut OpenApi) {
    let Ok(whole) = serde_json::to_value(&*document) else { return };
    let mut used = BTreeSet::new();
    collect(&whole["paths"], &mut used);
    collect(&whole["components"]["responses"], &mut used);
    let mut next: Vec<String> = used.iter().cloned().collect();
    while let Some(name) = next.pop() {
        let mut inside = BTreeSet::new();
        collect(&whole["components"]["schemas"][&name], &mut inside);
        next.extend(inside.difference(&used).cloned());
        used.append(&mut inside);
    }
    if let Some(components) = &mut document.components {
        components.schemas.retain(|name, _| used.contains(name));
    }
}

/// The names that a part of the document refers to.
fn collect(part: &Value, names: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str().and_then(|text| text.strip_prefix(SCHEMAS)) {
                    Some(schema) if name == "$ref" => {
                        names.insert(schema.to_owned());
                    }
                    _ => collect(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_used_stays_also_through_others() {
        let named = |name: &str| json!({ "$ref": format!("{SCHEMAS}{name}") });
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": "T", "version": "1" },
            "paths": { "/a": { "get": { "responses": { "200": {
                "description": "OK", "content": { "application/json": { "schema": named("Outer") } },
            } } } } },
            "components": { "schemas": {
                "Outer": { "type": "object", "properties": { "inner": named("Inner") } },
                "Inner": { "type": "object", "properties": { "outer": named("Outer") } },
                "Alone": { "type": "object", "properties": { "inner": named("Inner") } },
            } },
        });
        let mut document: OpenApi = serde_json::from_value(document).expect("a document");
        remove(&mut document);
        let left: Vec<String> = document.components.expect("components").schemas.into_keys().collect();
        assert_eq!(left, ["Inner", "Outer"]);
    }
}

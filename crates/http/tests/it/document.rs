//! The OpenAPI document against its committed snapshot.

use std::path::Path;

use serde_json::Value;

/// What the document shows of an error with this status.
pub fn error(status: u16) -> Value {
    let document = serde_json::to_value(robofy_http::openapi()).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let mut operations = items.flat_map(|item| item.as_object().unwrap().values());
    let named = operations.find_map(|one| one["responses"][status.to_string()]["$ref"].as_str());
    let pointer = named.unwrap_or_else(|| panic!("no operation answers {status}")).trim_start_matches('#');
    document.pointer(pointer).unwrap()["content"]["application/json"]["example"].clone()
}

#[test]
fn the_snapshot_is_the_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let document = robofy_http::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let snapshot = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        snapshot == document,
        "docs/openapi.json is not what the code says: run this test with UPDATE_SNAPSHOTS=1 and look at the difference"
    );
}

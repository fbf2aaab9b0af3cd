//! The OpenAPI document against its committed snapshot.

use std::path::Path;

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

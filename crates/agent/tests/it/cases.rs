//! The real cases, where they are at hand.

use std::path::PathBuf;

#[expect(clippy::print_stdout, reason = "a skipped test is named")]
/// A file of the real cases, or `None` (with a line that says so) where it cannot be read.
pub fn read(file: &str) -> Option<serde_json::Value> {
    let folder = std::env::var_os("ROBOFY_CASES").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            println!("SKIPPED {file}: {} cannot be read ({error}); set ROBOFY_CASES", path.display());
            None
        }
    }
}

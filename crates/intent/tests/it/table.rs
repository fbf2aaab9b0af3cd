//! Tables of cases: cells separated by tabs, `#` a comment.

use std::path::PathBuf;

use robofy_intent::Language;

/// The rows of a table.
pub fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split('\t').collect())
}

/// The language of a cell.
pub fn language(code: &str) -> Language {
    Language::from_code(code).unwrap_or_else(|| panic!("no language {code:?}"))
}

/// A file of the real cases, or `None` (with a line that says so) where it cannot be read.
#[expect(clippy::print_stdout, reason = "a skipped test is named")]
pub fn cases(file: &str) -> Option<String> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let path = std::env::var_os("ROBOFY_CASES").map_or_else(beside, PathBuf::from).join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            println!("SKIPPED {file}: {} cannot be read ({error}); set ROBOFY_CASES", path.display());
            None
        }
    }
}

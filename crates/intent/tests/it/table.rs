//! Tables of cases: cells separated by tabs, `#` a comment.

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

/// A file of the real cases; without it the test is noted as skipped.
#[expect(clippy::unwrap_used, reason = "a test may panic")]
pub fn cases(file: &str) -> Option<String> {
    let path = robofy_testkit::case(file)?;
    Some(std::fs::read_to_string(path).unwrap())
}

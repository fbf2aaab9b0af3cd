//! What a test does when something that it needs is not there.

use std::io::Write as _;

/// Says that the running test is skipped and why, where people and `scripts/test` see it: on stderr, and as a line
/// of the file that `ROBOFY_TEST_SKIPPED` names.
#[expect(clippy::print_stderr, reason = "a test's own words")]
pub fn skip(why: &str) {
    let name = test_name();
    eprintln!("SKIPPED {name}: {why}");
    let Some(path) = std::env::var_os("ROBOFY_TEST_SKIPPED") else { return };
    let line = format!("{name}: {why}\n");
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        panic!("{}: {error}", path.display());
    }
}

/// The running test's name, as its runner tells it.
fn test_name() -> String {
    std::env::var("NEXTEST_TEST_NAME")
        .ok()
        .or_else(|| std::thread::current().name().map(str::to_owned))
        .unwrap_or_else(|| "a test".into())
}

//! Both engines have the same number of tests.

use std::collections::BTreeSet;

/// Names of this program's tests that end in `::ENGINE`, without that end.
fn tests_of(engine: &str, list: &str) -> BTreeSet<String> {
    let end = format!("::{engine}: test");
    list.lines().filter_map(|line| line.strip_suffix(&end)).map(str::to_owned).collect()
}

#[test]
fn both_engines_have_the_same_tests() {
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program).args(["--list", "--format", "terse"]).output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let (sqlite, postgres) = (tests_of("sqlite", &list), tests_of("postgres", &list));
    println!("store tests: {} on sqlite, {} on postgres", sqlite.len(), postgres.len());
    assert!(sqlite.len() > 50, "the list of tests was not read:\n{list}");
    assert_eq!(sqlite, postgres);
}

//! The figures on the published set of cases.

use std::path::PathBuf;

use robofy_leads::eval::{Case, measure};

#[expect(clippy::print_stdout, reason = "a skipped test is named")]
fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("ROBOFY_CASES").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join("leads/dev.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            println!("SKIPPED leads/dev.json: {} cannot be read ({error}); set ROBOFY_CASES", path.display());
            None
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of a failed test")]
fn the_published_cases_come_out_right() {
    let Some(cases) = cases() else { return };
    assert!(cases.len() >= 200, "only {} cases", cases.len());
    let figures = measure(&cases);
    println!("{figures}\n{:#?}", figures.wrong);
    for field in ["email", "phone_e164"] {
        let count = figures.fields[field];
        assert!(count.expected > 50, "{field}: {count:?}");
        assert!(count.recall() >= 0.95 && count.precision() >= 0.95, "{field}: {count:?}");
    }
    assert!(figures.fields["name"].precision() >= 0.95);
    assert!(figures.whole.right * 100 >= figures.whole.cases * 95, "{:?}", figures.whole);
    assert!(figures.spans.1 * 100 >= figures.spans.0 * 95, "{:?}", figures.spans);
}

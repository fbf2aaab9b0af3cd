//! The shared cases.

use std::path::PathBuf;

use robofy_when::Language;
use robofy_when::eval::{Case, Outcome, Scores, judge, measure};

/// The cases, when they are there.
fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("ROBOFY_CASES").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join("datetime/booking/dev.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            println!("SKIPPED datetime/booking/dev.json: {} cannot be read ({error}); set ROBOFY_CASES", path.display());
            None
        }
    }
}

#[test]
fn the_figures_on_english_cases_hold() {
    let Some(cases) = cases() else { return };
    for case in cases.iter().filter(|case| case.lang == "english") {
        let (outcome, found) = judge(case);
        let expected = if case.values.is_empty() { Outcome::Silent } else { Outcome::Right };
        if outcome != expected && case.kind != robofy_when::eval::Kind::Open {
            let zone = robofy_booking::Zone::UTC;
            let found: Vec<String> = found.iter().map(|found| crate::written(found, &zone)).collect();
            println!("{outcome:?} {:?} {} at {:?}: {found:?}", case.kind, case.input, case.reference);
        }
    }
    let scores = measure(&cases, Some(Language::English));
    println!("English: {scores:?}");
    let Scores { cases, without, .. } = scores;
    assert_eq!((cases, without), (162, 21));
    assert!(scores.share(scores.right) >= 0.85, "{scores:?}");
    assert!(scores.share(scores.wrong) <= 0.05, "{scores:?}");
    assert!(scores.false_alarms <= 1, "{scores:?}");
}

#[test]
fn what_is_understood_in_other_languages_is_right() {
    let Some(cases) = cases() else { return };
    for language in Language::ALL {
        let scores = measure(&cases, Some(language));
        println!("{}: {scores:?}", language.name());
        assert!(scores.right > 0 && scores.share(scores.wrong) <= 0.05, "{} {scores:?}", language.name());
        assert!(scores.false_alarm_share() <= 0.05, "{} {scores:?}", language.name());
    }
}

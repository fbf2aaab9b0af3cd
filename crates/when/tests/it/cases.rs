//! The shared cases.

use robofy_booking::Zone;
use robofy_when::Language;
use robofy_when::eval::{Case, Kind, Outcome, Scores, judge, measure};

use crate::written;

/// The cases, when they are there.
fn cases() -> Option<Vec<Case>> {
    let path = robofy_testkit::case("datetime/booking/dev.json")?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// Prints what is not right.
fn show(cases: &[Case], language: Language) {
    let zone = Zone::UTC;
    for case in cases.iter().filter(|case| case.lang == language.name()) {
        let (outcome, found) = judge(case);
        let unfit =
            if case.kind == Kind::None { outcome != Outcome::Silent } else { outcome == Outcome::Wrong };
        if unfit && case.kind != Kind::Open {
            let found: Vec<String> = found.iter().map(|found| written(found, &zone)).collect();
            println!("{outcome:?} {} at {:?}: {found:?}", case.input, case.reference);
        }
    }
}

#[test]
fn the_figures_on_english_cases_hold() {
    let Some(cases) = cases() else { return };
    show(&cases, Language::English);
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
        show(&cases, language);
        println!("{}: {scores:?}", language.name());
        assert!(scores.right > 0 && scores.share(scores.wrong) <= 0.05, "{} {scores:?}", language.name());
        assert!(scores.false_alarm_share() <= 0.05, "{} {scores:?}", language.name());
    }
}

//! The figures on the published set of cases.

use robofy_leads::eval::{Case, measure};

fn cases() -> Option<Vec<Case>> {
    let path = robofy_testkit::case("leads/dev.json")?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

#[test]
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

//! Stored pairs on questions that people really asked.

use robofy_agent::builtin::{PairIn, PairIndex};

#[derive(serde::Deserialize)]
struct Set {
    pairs: Vec<Pair>,
    queries: Vec<Query>,
}

#[derive(serde::Deserialize)]
struct Pair {
    id: String,
    question: String,
    also: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Query {
    text: String,
    expect: Option<String>,
}

#[test]
fn the_same_question_is_told_from_others() {
    // Least share of right answers of those that a pair answers, by set; others may be answered in 6 % of the cases.
    for (name, least) in [("banking77", 0.30), ("clinc150", 0.33), ("stackfaq", 0.55)] {
        let Some(json) = crate::cases::read(&format!("faq/{name}.json")) else { return };
        let set: Set = serde_json::from_value(json).unwrap();
        let index = PairIndex::new(
            set.pairs.iter().map(|pair| PairIn { question: &pair.question, also: &pair.also }),
        );
        let (mut inside, mut right, mut wrong, mut outside, mut falsely) = (0.0, 0.0, 0.0, 0.0, 0.0);
        // Every third query: the whole takes its time without optimisation.
        for query in set.queries.iter().step_by(3) {
            let found = index.find(&query.text).map(|found| &set.pairs[found.pair].id);
            match (&query.expect, found) {
                (Some(expect), found) => {
                    inside += 1.0;
                    right += f64::from(u8::from(found == Some(expect)));
                    wrong += f64::from(u8::from(found.is_some_and(|found| found != expect)));
                }
                (None, found) => {
                    outside += 1.0;
                    falsely += f64::from(u8::from(found.is_some()));
                }
            }
        }
        let percent = |part: f64, all: f64| 100.0 * part / all;
        println!(
            "{name:<10} right {:.1} %  wrong {:.1} %  false {:.1} %",
            percent(right, inside),
            percent(wrong, inside),
            percent(falsely, outside)
        );
        assert!(right >= least * inside, "{name}");
        assert!(wrong <= 0.08 * inside, "{name}");
        assert!(falsely <= 0.07 * outside, "{name}");
    }
}

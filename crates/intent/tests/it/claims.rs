//! Claims of effect: how many are missed, and how many harmless sentences are taken for one.

use robofy_intent::claims_effect;

use crate::table::{language, rows};

const CLAIMS: &str = include_str!("data/claims.tsv");
const HARMLESS: &str = include_str!("data/harmless.tsv");

/// Every third line of a language is held back.
const HELD: usize = 3;

#[derive(Default)]
struct Count {
    cases: usize,
    wrong: Vec<String>,
}

impl Count {
    fn rate(&self) -> f64 {
        self.wrong.len() as f64 / self.cases as f64
    }
}

/// Counts the shown and the held cases apart. What went wrong in the held part is counted, never printed.
#[expect(clippy::print_stdout, reason = "the figures of the test")]
fn count(what: &str, table: &'static str, wrong: impl Fn(&[&str]) -> bool) -> [Count; 2] {
    let mut counts = [Count::default(), Count::default()];
    let (mut last, mut place) = ("", 0);
    for row in rows(table) {
        place = if row[0] == last { place + 1 } else { 1 };
        last = row[0];
        let count = &mut counts[usize::from(place % HELD == 0)];
        count.cases += 1;
        if wrong(&row) {
            count.wrong.push(row.join(" | "));
        }
    }
    for (count, part) in counts.iter().zip(["shown", "held"]) {
        println!("{what}, {part}: {}/{} = {:.1} %", count.wrong.len(), count.cases, count.rate() * 100.0);
    }
    for sentence in &counts[0].wrong {
        println!("  {sentence}");
    }
    counts
}

#[test]
fn claims_are_told_from_what_claims_nothing() {
    let missed =
        count("missed claims", CLAIMS, |row| claims_effect(row[2], Some(language(row[0]))).is_none());
    let other = count("claims of another effect", CLAIMS, |row| {
        claims_effect(row[2], Some(language(row[0]))).is_some_and(|effect| effect.code() != row[1])
    });
    let taken = count("harmless taken for claims", HARMLESS, |row| {
        claims_effect(row[1], Some(language(row[0]))).is_some()
    });
    assert!(missed.iter().map(|count| count.cases).sum::<usize>() >= 60);
    assert!(taken.iter().map(|count| count.cases).sum::<usize>() >= 60);
    for count in missed.iter().chain(&taken).chain(&other[..1]) {
        assert!(count.rate() <= 0.05);
    }
}

#[test]
fn the_language_need_not_be_known() {
    for row in rows(CLAIMS) {
        let known = claims_effect(row[2], Some(language(row[0])));
        assert_eq!(claims_effect(row[2], None).is_some(), known.is_some(), "{}", row[2]);
    }
}

//! The crate from outside: tables of phrases at several reference times, random texts, and the shared cases.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and prints its figures")]

mod cases;
mod days;
mod grammars;
mod impossible;
mod numbers;
mod silence;
mod speed;
mod times;

use jiff::civil::{Date, DateTime};
use robofy_booking::Zone;
use robofy_when::{Candidate, DateOrder, Language, Reference, resolve};

/// What is said, and what the first candidate is: `2026-12-01T15:30` for a moment (`?` after it when it is ambiguous),
/// `2026-12-01` for a day, `start/end` for a part or a range; nothing when there is no candidate.
pub type Row = (&'static str, &'static str);

/// A place and time from which phrases are looked at.
pub fn at(now: &str, zone: &str, order: DateOrder) -> Reference {
    let zone = Zone::named(zone).unwrap();
    Reference::new(zone.moment(now.parse::<DateTime>().unwrap()), zone, order)
}

/// A candidate as [`Row`] has it.
pub fn written(candidate: &Candidate, zone: &Zone) -> String {
    let (start, end) = (candidate.wall_start(zone), candidate.wall_end(zone));
    let minute = |wall: DateTime| wall.strftime("%Y-%m-%dT%H:%M").to_string();
    let day = |date: Date| date.to_string();
    let text = match candidate.granularity.name() {
        "minute" => minute(start),
        "day" => day(start.date()),
        _ => format!("{}/{}", minute(start), minute(end)).replace("T00:00", ""),
    };
    format!(
        "{text}{}{}",
        if candidate.ambiguous { "?" } else { "" },
        if candidate.past { " past" } else { "" }
    )
}

/// Compares a table with the first candidates, in English.
pub fn check(reference: &Reference, rows: &[Row]) {
    check_in(Language::English, reference, rows);
}

/// Compares a table with the first candidates.
pub fn check_in(language: Language, reference: &Reference, rows: &[Row]) {
    let mut wrong = Vec::new();
    for (said, expected) in rows {
        let found = resolve(said, language.grammar(), reference);
        let first = found.first().map_or(String::new(), |first| written(first, &reference.zone));
        if first != *expected {
            wrong.push(format!("{said:?}: {first:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

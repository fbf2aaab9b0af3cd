//! How long reading takes: in proportion to the length of a text.

use std::time::Duration;

use robofy_kernel::Stopwatch;
use robofy_when::DateOrder::DayFirst;
use robofy_when::{Language, resolve};

use crate::at;

/// The shortest of several runs.
fn time(text: &str) -> Duration {
    let reference = at("2026-11-26T10:30", "Europe/Berlin", DayFirst);
    let grammar = Language::English.grammar();
    let run = || {
        let watch = Stopwatch::start();
        let found = resolve(text, grammar, &reference);
        (watch.elapsed(), found)
    };
    (0..5).map(|_| run().0).min().unwrap_or_default()
}

#[test]
fn a_text_twice_as_long_takes_no_more_than_some_times_as_long() {
    let phrase = "could we do next Tuesday at half past three?";
    let prose =
        "We have been thinking about a new kitchen for the two of us, and wonder what it would cost. ";
    let (short, long) = (time(&prose.repeat(10)), time(&prose.repeat(40)));
    println!("a phrase {:?}, 960 characters {short:?}, 3,840 characters {long:?}", time(phrase));
    println!("960 characters of dates {:?}", time(&"on Friday at 10 or 3 May, ".repeat(37)));
    // Four times as much; what is quadratic would take sixteen times as long.
    assert!(long < short * 10 + Duration::from_millis(1), "{short:?} {long:?}");
}

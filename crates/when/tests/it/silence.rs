//! Texts that name no time, and texts of any kind.

use proptest::prelude::*;
use robofy_when::DateOrder::{DayFirst, MonthFirst};
use robofy_when::{Language, resolve};

use crate::{at, check};

#[test]
fn no_time_is_seen_where_there_is_none() {
    let said = [
        "It costs 3.50",
        "I paid $12 for 2",
        "call me at 555-1234",
        "My number is 0171 2345678",
        "+44 20 7946 0958",
        "version 2.30 of the app",
        "may I ask something",
        "I may come back to you",
        "march on",
        "a second opinion on my tooth",
        "just a second",
        "I sat down in the sun",
        "we have 3 kids",
        "the second tooth on the left hurts",
        "how much is a 60 minute massage?",
        "I drive a 2019 Golf with 120,000 km",
        "the 5th floor, room 12",
        "10% off",
        "2 adults and 3 children",
        "I waited for 20 minutes",
        "Is it open 24/7?",
        "Good evening, are you open?",
        "Morning! Quick question",
        "have a nice weekend",
        "for 3 hours",
        "my son is 12",
        "ratio 16:9",
        "www.monday.com is slow, write to friday@example.com",
        "it takes 2 to 3 hours",
        "from 5 to 10 euros",
        "I come every Monday",
        "tyres 205/55 R16",
        "tooth 36 hurts",
        "the third one",
        "ten to twelve people",
        "I was born in 1984",
        "the first available appointment",
        "What time do you open?",
        "my tooth has hurt since Monday",
        "12 March Street",
        "at 5 locations",
        "in 5 out of 10 cases",
        "3 haircuts and 2 beards",
        "section 5.12",
        "as soon as possible",
        "",
        "?",
    ];
    let rows: Vec<(&str, &str)> = said.into_iter().map(|said| (said, "")).collect();
    check(&at("2026-11-26T10:30", "Europe/Berlin", DayFirst), &rows);
    check(&at("2026-11-26T10:30", "America/New_York", MonthFirst), &rows);
}

#[test]
fn a_long_text_is_read_in_time() {
    let reference = at("2026-11-26T10:30", "Europe/Berlin", DayFirst);
    for word in ["early ", "the ", "3 ", "next ", "Monday to ", "from 3 to ", "half ", "2 days after "] {
        let text = word.repeat(3_000);
        let found = resolve(&text, Language::English.grammar(), &reference);
        assert!(found.iter().all(|found| found.start < found.end));
    }
}

/// Texts of words that times are made of, and of any others.
fn texts() -> impl Strategy<Value = String> {
    const WORDS: [&str; 60] = [
        "at",
        "on",
        "in",
        "the",
        "of",
        "next",
        "this",
        "last",
        "Tuesday",
        "sun",
        "may",
        "march",
        "second",
        "3",
        "12",
        "31",
        "2026",
        "3:30",
        "5/12",
        "5.12",
        "pm",
        "a.m.",
        "-",
        "–",
        ",",
        "to",
        "from",
        "between",
        "and",
        "half",
        "past",
        "quarter",
        "tomorrow",
        "today",
        "week",
        "month",
        "day",
        "days",
        "after",
        "before",
        "end",
        "early",
        "later",
        "morning",
        "night",
        "noon",
        "midnight",
        "9999",
        "weeks",
        "hours",
        "twenty",
        "first",
        "twenty-fifth",
        "year",
        "ago",
        "é",
        "日本",
        "'",
        "🙂",
        "(",
    ];
    let words = proptest::collection::vec((0..WORDS.len(), prop::bool::ANY), 0..14);
    let composed = words.prop_map(|words| {
        words
            .into_iter()
            .map(|(at, spaced)| format!("{}{}", WORDS[at], if spaced { " " } else { "" }))
            .collect::<String>()
    });
    prop_oneof![composed, any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_text_is_too_strange(
        text in texts(),
        day in 0_i64..800,
        hour in 0_i64..24,
        language in 0_usize..7,
        asked in any::<bool>(),
        moved in any::<bool>(),
    ) {
        let mut reference = at("2026-01-01T00:15", "Europe/Berlin", if moved { DayFirst } else { MonthFirst });
        let now = robofy_kernel::Timestamp::from_micros(reference.now.micros() + (day * 24 + hour) * 3_600_000_000);
        reference.now = now;
        reference.asked = asked;
        reference.from = moved.then_some(now);
        for found in resolve(&text, Language::ALL[language].grammar(), &reference) {
            prop_assert!(text.get(found.range.clone()).is_some_and(|phrase| !phrase.is_empty()), "{found:?}");
            prop_assert!(found.start < found.end, "{found:?}");
            prop_assert_eq!(found.past, found.end <= now || (found.granularity.name() == "minute" && found.start < now));
        }
    }
}

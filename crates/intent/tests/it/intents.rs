//! Intents: own tables, and the figures on the shared set.

use std::collections::BTreeMap;

use robofy_intent::{Intent, Language, recognise};
use serde::Deserialize;

use crate::table::{cases, language, rows};

const MESSAGES: &str = include_str!("data/messages.tsv");
const TRAPS: &str = include_str!("data/traps.tsv");

#[derive(Deserialize)]
struct Case {
    language: String,
    text: String,
    intent: String,
}

/// The languages of the dialogue.
const SEVEN: &[&str] = &["en", "es", "fr", "de", "pt", "it", "nl"];

/// The set has fewer intents: what it would call those that it lacks.
fn coarse(intent: Intent) -> &'static str {
    match intent {
        Intent::Offer => "price",
        Intent::CallBack | Intent::Contact => "human",
        Intent::MyBookings => "question",
        Intent::Greeting
        | Intent::Thanks
        | Intent::Goodbye
        | Intent::Human
        | Intent::Complaint
        | Intent::Book
        | Intent::Reschedule
        | Intent::Cancel
        | Intent::Price
        | Intent::Hours
        | Intent::Location
        | Intent::Affirm
        | Intent::Deny
        | Intent::BotQuestion
        | Intent::Capabilities
        | Intent::Question
        | Intent::Insult
        | Intent::Gibberish
        | Intent::OffTopic => intent.code(),
    }
}

#[test]
fn the_shared_set() {
    let Some(text) = cases("intents/dev.json") else { return };
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut confused = Vec::new();
    for case in &cases {
        let intent = recognise(&case.text, Language::from_code(&case.language)).intent;
        let count = right.entry(&case.language).or_default();
        count.0 += usize::from(coarse(intent) == case.intent);
        count.1 += 1;
        let meant = Intent::from_code(&case.intent).unwrap();
        if intent != meant && intent.is_effect() && meant.is_effect() {
            confused.push((&case.text, intent));
        }
    }
    let of_seven = right.iter().filter(|(code, _)| SEVEN.contains(code));
    let (hits, all) = of_seven.fold((0, 0), |(hits, all), (_, count)| (hits + count.0, all + count.1));
    println!(
        "{} cases; seven languages: {hits}/{all} = {:.1} %",
        cases.len(),
        hits as f64 * 100.0 / all as f64
    );
    right.iter().for_each(|(code, (hits, all))| println!("  {code} {hits}/{all}"));
    assert!(hits * 100 >= all * 80, "{hits} of {all}");
    assert!(confused.is_empty(), "book, reschedule, cancel taken for each other: {confused:?}");
}

#[test]
fn messages_of_every_language() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows(MESSAGES).chain(rows(TRAPS)) {
        let [code, intent, message] = row[..] else { panic!("{row:?}") };
        *counts.entry(code).or_default() += 1;
        let meant = Intent::from_code(intent).unwrap_or_else(|| panic!("no intent {intent:?}"));
        for expected in [Some(language(code)), None] {
            let found = recognise(message, expected);
            if found.intent != meant {
                wrong.push(format!("{code} {message:?}: {intent}, is {found:?}, {expected:?} expected"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {counts:?}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_message_in_another_language_is_read_in_that() {
    let german = recognise("ich möchte meinen Termin absagen", Some(Language::English));
    assert_eq!((german.intent, german.language, german.sure), (Intent::Cancel, Language::German, true));
}

#[test]
fn nothing_is_no_intent_to_act_on() {
    for message in ["", " ", "?", "...", "!!!", "\u{200b}"] {
        let found = recognise(message, None);
        assert!(matches!(found.intent, Intent::Gibberish | Intent::Question), "{message:?} {found:?}");
    }
}

#[test]
fn every_intent_has_its_name() {
    for intent in Intent::ALL {
        assert_eq!(Intent::from_code(intent.code()), Some(*intent));
    }
}

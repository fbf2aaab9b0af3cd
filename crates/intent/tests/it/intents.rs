//! Intents: own tables, and the figures on the shared set.

use std::collections::BTreeMap;

use robofy_intent::eval::Scores;
use robofy_intent::{Intent, Language, Moves, moves, recognise};
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

#[test]
fn the_shared_set() {
    let Some(text) = cases("intents/dev.json") else { return };
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let mut scores = Scores::default();
    for case in &cases {
        scores.count(&case.language, &case.text, Intent::from_code(&case.intent).unwrap());
    }
    let of_seven = || SEVEN.iter().filter_map(|code| scores.languages.get(*code));
    let (right, of) =
        (of_seven().map(|count| count.right).sum::<usize>(), of_seven().map(|count| count.of).sum::<usize>());
    println!("{} cases; seven languages: {right}/{of}", cases.len());
    scores.languages.iter().for_each(|(code, count)| println!("  {code} {}/{}", count.right, count.of));
    println!("unanswered {}, false alarms {}", scores.unanswered, scores.false_alarms);
    assert!(right * 100 >= of * 80, "{right} of {of}");
    assert!(scores.confused.is_empty(), "taken for each other: {:?}", scores.confused);
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

#[test]
fn the_words_of_an_address_are_none() {
    let locals = ["cancel", "book", "may", "yes", "no.thanks", "stop", "human", "move.my.appointment"];
    for address in locals.iter().flat_map(|word| {
        [format!("{word}@example.com"), format!("https://example.com/{word}"), format!("www.{word}.example")]
    }) {
        for expected in [Some(Language::English), None] {
            let found = recognise(&address, expected);
            assert_eq!((found.intent, found.sure), (Intent::Question, false), "{address}");
            assert_eq!(moves(&address, expected), Moves::default(), "{address}");
        }
    }
    assert_eq!(recognise("please cancel it, I am yes@example.com", None).intent, Intent::Cancel);
}

//! Whatever a visitor writes, something is answered.

use proptest::prelude::*;
use robofy_intent::{Language, claims_effect, moves, recognise};

fn try_all(message: &str) {
    for language in [None, Some(Language::English), Some(Language::German), Some(Language::Japanese)] {
        let _ = recognise(message, language);
        let moves = moves(message, language);
        if let Some(name) = moves.name {
            assert!(message.get(name).is_some_and(|name| !name.is_empty()), "{message:?}");
        }
        assert!(!(moves.plain_affirm && moves.plain_deny), "{message:?}");
        let _ = claims_effect(message, language);
    }
}

proptest! {
    #[test]
    fn any_text(message in "\\PC{0,80}") {
        try_all(&message);
    }

    #[test]
    fn words_in_any_order(words in prop::collection::vec(
        prop::sample::select(vec![
            "yes", "no", "not", "cancel", "book", "my", "appointment", "with", "Maria", "2", "?", ",", ".", "nicht",
            "Termin", "absagen", "mit", "je", "ne", "pas", "annuler", "la", "segunda", "予約", "👍", "4pm", "and", "",
        ]),
        0..14,
    )) {
        try_all(&words.join(" "));
    }
}

#[test]
fn long_messages_are_cut() {
    try_all(&"cancel my appointment with Maria ".repeat(5_000));
    try_all(&"mit ".repeat(5_000));
    try_all(&"a".repeat(100_000));
}

//! Makes the search query of a question: its own words, and where it leans on the conversation, words of that.

use robofy_knowledge::analyse::{Language, is_function_word};
use robofy_knowledge::search::Query;
use unicode_segmentation::UnicodeSegmentation;

use super::ask::{self, Ask};

/// An earlier question of the conversation with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange<'a> {
    /// What the visitor asked.
    pub question: &'a str,
    /// What was answered; empty when nothing was found.
    pub answer: &'a str,
}

/// A question ready to be searched.
#[derive(Debug, Clone)]
pub struct Composed {
    /// What to search for.
    pub query: Query,
    pub(super) question: String,
    pub(super) ask: Ask,
    /// Words that the shape of the answer stands in for.
    pub(super) shape_words: &'static str,
    pub(super) lean: Lean,
}

/// How a question leans on what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lean {
    /// It stands by itself; the conversation only helps to find the right text.
    Alone,
    /// It goes on with what was said: the conversation's words are part of it.
    Follows,
    /// It would go on with what was said, but nothing was.
    Hangs,
}

/// Weight of the words of earlier questions, the latest first, in a question that goes on with them.
const FOLLOWING: [f32; 3] = [0.6, 0.3, 0.2];
/// Weight of the words of earlier questions in a question that stands by itself.
const BESIDE: [f32; 3] = [0.25, 0.15, 0.0];
/// Weight of the words of the latest answer in a question that goes on with it.
const ANSWER: f32 = 0.2;
/// Weight of words that a text may have in place of the question's; below every weight of the conversation.
const IN_PLACE: f32 = 0.05;
/// A term whose weight is below this is one of the words in place of others.
pub(super) const LEAST_OWN: f32 = 0.1;

/// Makes the search query of a question in a conversation, `history` being in order of time.
#[must_use]
pub fn compose_query(question: &str, history: &[Exchange<'_>]) -> Composed {
    let language = Language::detect(question);
    let lean = match (leans(question, language), history.is_empty()) {
        (Leaning::Strongly, true) => Lean::Hangs,
        (Leaning::Strongly | Leaning::Perhaps, false) => Lean::Follows,
        (Leaning::Not, _) | (Leaning::Perhaps, true) => Lean::Alone,
    };
    let weights = if lean == Lean::Follows { FOLLOWING } else { BESIDE };
    let (mut ask, mut shape_words) = ask::classify(question, language);
    let mut query = Query::new(question);
    for (exchange, weight) in history.iter().rev().zip(weights).filter(|(_, weight)| *weight > 0.0) {
        query = query.with_context(exchange.question, weight);
        if lean == Lean::Follows && ask == Ask::Other {
            // "and on Sundays?" wants what the question before it wanted.
            (ask, shape_words) = ask::classify(exchange.question, language);
        }
    }
    if lean == Lean::Follows
        && let Some(last) = history.last()
    {
        query = query.with_context(last.answer, ANSWER);
    }
    let in_place = ask::also_search(ask, language);
    if !in_place.is_empty() {
        query = query.with_context(in_place, IN_PLACE);
    }
    Composed { query, question: question.to_owned(), ask, shape_words, lean }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaning {
    Not,
    Perhaps,
    Strongly,
}

/// Whether a question reads as the continuation of something.
fn leans(question: &str, language: Language) -> Leaning {
    let words: Vec<String> =
        question.unicode_words().map(|word| word.to_lowercase().replace('\u{2019}', "'")).collect();
    let Some(cues) = CUES.iter().find(|cues| cues.language == language) else {
        return if words.len() <= 2 { Leaning::Perhaps } else { Leaning::Not };
    };
    let opening = cues.openings.iter().any(|opening| {
        let mut rest = words.iter();
        opening.split(' ').all(|word| rest.next().is_some_and(|next| next == word))
    });
    let content = words
        .iter()
        .filter(|word| !is_function_word(language, word) && !cues.pronouns.contains(&word.as_str()))
        .count();
    let pronoun = words.iter().any(|word| cues.pronouns.contains(&word.as_str()));
    if opening && content <= 4 || pronoun && content <= 1 {
        Leaning::Strongly
    } else if opening || pronoun || content <= 1 {
        Leaning::Perhaps
    } else {
        Leaning::Not
    }
}

struct Cues {
    language: Language,
    /// How a continuation begins.
    openings: &'static [&'static str],
    /// Words that point at what was said.
    pronouns: &'static [&'static str],
}

const CUES: &[Cues] = &[
    Cues {
        language: Language::English,
        openings: &["and", "what about", "how about", "or", "but", "also", "then", "what if", "so"],
        pronouns: &[
            "it", "its", "they", "them", "their", "that", "this", "those", "these", "one", "ones", "he",
            "she", "him", "there", "other", "another", "same", "else", "it's", "that's",
        ],
    },
    Cues {
        language: Language::German,
        openings: &["und", "was ist mit", "wie sieht es", "wie ist es", "oder", "aber", "auch", "dann"],
        pronouns: &[
            "es", "das", "davon", "dafür", "damit", "dort", "dazu", "dies", "diese", "dieser", "dieses",
            "andere", "anderen", "anderer", "sonst", "ihn",
        ],
    },
    Cues {
        language: Language::French,
        openings: &["et", "qu'en est", "ou", "mais", "aussi", "alors"],
        pronouns: &[
            "ça", "cela", "celui", "celle", "ceux", "celles", "y", "en", "autre", "autres", "il", "elle",
            "ils", "elles", "là",
        ],
    },
    Cues {
        language: Language::Spanish,
        openings: &["y", "e", "qué tal", "o", "pero", "también", "entonces"],
        pronouns: &[
            "eso", "esto", "ese", "esa", "esos", "esas", "ello", "otro", "otra", "otros", "otras", "él",
            "ella", "ahí", "allí",
        ],
    },
    Cues {
        language: Language::Italian,
        openings: &["e", "o", "ma", "anche", "allora", "invece"],
        pronouns: &[
            "questo", "questa", "quello", "quella", "ciò", "esso", "altro", "altra", "altri", "altre", "lì",
            "là",
        ],
    },
    Cues {
        language: Language::Portuguese,
        openings: &["e", "ou", "mas", "também", "então"],
        pronouns: &[
            "isso", "isto", "esse", "essa", "este", "esta", "aquele", "aquela", "ele", "ela", "outro",
            "outra", "outros", "outras", "lá",
        ],
    },
    Cues {
        language: Language::Dutch,
        openings: &["en", "hoe zit het", "of", "maar", "ook", "dan"],
        pronouns: &[
            "het", "dat", "dit", "die", "deze", "daar", "daarvan", "daarvoor", "er", "andere", "ander",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn lean(question: &str, history: &[Exchange<'_>]) -> Lean {
        compose_query(question, history).lean
    }

    #[test]
    fn continuations_are_told_from_questions_that_stand_alone() {
        let before =
            [Exchange { question: "What are your opening hours?", answer: "Monday to Friday 9 to 5." }];
        for question in [
            "and on Sundays?",
            "how much is it?",
            "What about the other one?",
            "und sonntags?",
            "et le dimanche ?",
            "¿y los domingos?",
        ] {
            assert_eq!(lean(question, &before), Lean::Follows, "{question}");
        }
        for question in ["and on Sundays?", "how much is it?", "what about the other one?", "und am Sonntag?"]
        {
            assert_eq!(lean(question, &[]), Lean::Hangs, "{question}");
        }
        for question in
            ["Where can I park my car near the museum?", "Wo kann ich mein Auto parken?", "parking"]
        {
            assert_eq!(lean(question, &[]), Lean::Alone, "{question}");
        }
        assert_eq!(lean("Where can I park my car near the museum?", &before), Lean::Alone);
    }

    #[test]
    fn a_continuation_wants_what_was_wanted_before() {
        let before = [Exchange { question: "What are your opening hours?", answer: "" }];
        assert_eq!(compose_query("and on Sundays?", &before).ask, Ask::Hours);
    }
}

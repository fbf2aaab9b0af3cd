//! Every language's vocabulary, and which language a message is in.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::language::Language;
use crate::lexicon::{Lexicon, stems};
use crate::pattern::Form;
use crate::text::Text;

/// What all languages share.
const SHARED: &str = include_str!("../data/any.txt");
/// What the language that is expected counts beside a message's words.
const EXPECTED: f32 = 0.6;
/// A shorter beginning says nothing about a word.
const SHORTEST_STEM: usize = 4;

static LANGUAGES: LazyLock<Languages> = LazyLock::new(Languages::read);

/// The vocabularies, and which of them hold a word.
struct Languages {
    lexicons: Vec<(Language, Lexicon)>,
    words: FxHashMap<Box<str>, u16>,
    stems: FxHashMap<Box<str>, u16>,
}

impl Languages {
    fn read() -> Self {
        let lexicons: Vec<_> = Language::ALL
            .iter()
            .map(|language| (*language, Lexicon::read(&[SHARED, language.source()])))
            .collect();
        let mut words: FxHashMap<Box<str>, u16> = FxHashMap::default();
        let mut stems: FxHashMap<Box<str>, u16> = FxHashMap::default();
        for (language, lexicon) in &lexicons {
            let bit = bit(*language);
            for form in lexicon.forms() {
                match form {
                    Form::Exact(word) => *words.entry(word.clone()).or_default() |= bit,
                    Form::Prefix(stem) => *stems.entry(stem.clone()).or_default() |= bit,
                    Form::Suffix(_) | Form::Infix(_) => {}
                }
            }
        }
        Self { lexicons, words, stems }
    }

    /// The languages that hold a word, as bits.
    fn holders(&self, word: &str) -> u16 {
        if let Some(bits) = self.words.get(word) {
            return *bits;
        }
        stems(word)
            .filter(|stem| stem.len() >= SHORTEST_STEM)
            .filter_map(|stem| self.stems.get(stem))
            .fold(0, |a, b| a | b)
    }
}

fn bit(language: Language) -> u16 {
    1 << language as u16
}

/// The vocabulary of a language.
pub(crate) fn lexicon(language: Language) -> Option<&'static Lexicon> {
    LANGUAGES.lexicons.iter().find(|(other, _)| *other == language).map(|(_, lexicon)| lexicon)
}

/// Whether any language knows a word.
pub(crate) fn is_known(word: &str) -> bool {
    LANGUAGES.holders(word) != 0
}

/// Whether a language knows a word.
pub(crate) fn knows(language: Language, word: &str) -> bool {
    LANGUAGES.holders(word) & bit(language) != 0
}

/// The languages that a message may be in, likeliest first: those that hold most of its words, a word that few
/// languages have counting more. Only languages that come near to the first are in it.
pub(crate) fn guess(text: &Text, expected: Option<Language>) -> Vec<Language> {
    let mut scores: Vec<(Language, f32)> = Language::ALL
        .iter()
        .map(|language| (*language, if Some(*language) == expected { EXPECTED } else { 0.0 }))
        .collect();
    for token in &text.tokens {
        let holders = LANGUAGES.holders(&token.text);
        if holders != 0 {
            let weight = 1.0 / holders.count_ones() as f32;
            scores.iter_mut().filter(|(l, _)| holders & bit(*l) != 0).for_each(|(_, score)| *score += weight);
        }
    }
    scores.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let near = scores.first().map_or(0.0, |(_, best)| best * 0.5);
    scores
        .iter()
        .enumerate()
        .filter(|(n, (_, score))| *n == 0 || *score > 0.0 && *score >= near)
        .map(|(_, (l, _))| *l)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_vocabulary_is_read() {
        for (language, lexicon) in &LANGUAGES.lexicons {
            assert!(lexicon.mistakes.is_empty(), "{}: {:#?}", language.code(), lexicon.mistakes);
        }
    }

    #[test]
    fn every_class_has_words_in_english() {
        use crate::class::{Class, Classes};
        let has: Classes = lexicon(Language::English).unwrap().classes().collect();
        let missing: Vec<_> =
            Class::ALL.iter().filter(|class| !has.has(**class)).map(|class| class.code()).collect();
        assert_eq!(missing, ["number"], "numbers are found without a vocabulary");
    }

    #[test]
    fn languages_are_told_apart() {
        let first = |message: &str| guess(&Text::read(message), None)[0];
        assert_eq!(first("I would like an appointment"), Language::English);
        assert_eq!(first("ich hätte gern einen Termin"), Language::German);
        assert_eq!(first("je voudrais un rendez-vous"), Language::French);
        assert_eq!(first("ik wil graag een afspraak"), Language::Dutch);
    }
}

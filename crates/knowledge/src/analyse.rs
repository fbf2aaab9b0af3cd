//! From text to terms: the one analyser that chunks, segments and questions share.
//!
//! A text has one language, told when it is indexed and kept with its segment. A word becomes a [`Term`]: the
//! language whose rules made it, and its stem. Since the language is part of the term, an agent may hold texts in
//! several languages: a question's word is stemmed by the rules of each language in the index, and each of those
//! terms can only match texts of its own language (see [`crate::search`]).
//!
//! Choices worth knowing:
//! - Stems are made from the folded word with its accents, as the stemmers expect, and lose their accents
//!   afterwards, so that `reservacion` finds `reservación`.
//! - Numbers, and words of scripts without a stemmer, belong to no language and match across all of them.
//! - Han, kana and Hangul (and Thai, Lao, Khmer and Burmese) are indexed as pairs of neighbouring characters.

mod language;
mod script;
mod sentence;
pub(crate) mod stopwords;
pub(crate) mod words;

use std::borrow::Cow;

use frostem::Stemmer;
use unicode_normalization::UnicodeNormalization;

pub use language::Language;
pub use script::Script;
pub use sentence::sentences;
pub use stopwords::contains as is_function_word;
pub use words::token_count;

/// A stem with the language whose rules made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term {
    /// The language of the rules, [`Language::Undetermined`] for numbers and dense scripts.
    pub language: Language,
    /// The stem.
    pub stem: String,
}

/// A term at its place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The term.
    pub term: Term,
    /// Byte offset of the word in the text.
    pub start: usize,
    /// Byte offset behind the word.
    pub end: usize,
}

/// The analyser for texts of one language.
#[derive(Clone, Copy)]
pub struct Analyser {
    language: Language,
    own: Option<Stemmer>,
    latin: Option<Stemmer>,
}

impl Analyser {
    /// The analyser for texts of a language.
    #[must_use]
    pub fn new(language: Language) -> Analyser {
        let latin = language.for_script(Script::Latin);
        Analyser { language, own: language.stemmer(), latin: latin.stemmer() }
    }

    /// The language of the texts.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The tokens of a text, in order.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.for_each(text, |language, stem, start, end| {
            tokens.push(Token { term: Term { language, stem: stem.to_owned() }, start, end });
        });
        tokens
    }

    /// Calls `visit` with language, stem, start and end of every token, in order, without keeping any.
    pub fn for_each(&self, text: &str, mut visit: impl FnMut(Language, &str, usize, usize)) {
        words::scan(text, |word| {
            let (language, stem) = self.stem(&word.text, word.script);
            visit(language, &stem, word.start, word.end);
        });
    }

    /// The language and stem of a folded word.
    pub(crate) fn stem<'w>(&self, word: &'w str, script: Script) -> (Language, Cow<'w, str>) {
        let language = self.language.for_script(script);
        let stemmer = match script {
            _ if language == self.language => self.own,
            Script::Latin => self.latin,
            Script::Cyrillic
            | Script::Greek
            | Script::Arabic
            | Script::Devanagari
            | Script::Dense
            | Script::Number
            | Script::Other => language.stemmer(),
        };
        match stemmer {
            // A word with digits in it is a code or a number: its ending is not grammar.
            Some(stemmer) if !word.bytes().any(|b| b.is_ascii_digit()) => {
                // The English stemmer knows the possessive; in other languages it is a borrowed ending.
                let bare = if language == Language::English { None } else { word.strip_suffix("'s") };
                let stem = stemmer.stem(bare.unwrap_or(word));
                (language, plain(if stem.is_empty() { Cow::Borrowed(word) } else { stem }))
            }
            Some(_) | None => {
                let language = if script == Script::Dense { Language::Undetermined } else { language };
                (language, plain(Cow::Borrowed(word)))
            }
        }
    }
}

/// Drops accents of Latin, Greek and Cyrillic letters.
fn plain(stem: Cow<'_, str>) -> Cow<'_, str> {
    if stem.is_ascii()
        || !stem.chars().any(|c| c < '\u{600}' && !c.is_ascii() || ('\u{1e00}'..'\u{2000}').contains(&c))
    {
        return stem;
    }
    let mut out = String::with_capacity(stem.len());
    for c in stem.nfd() {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            'ς' => out.push('σ'),
            c => out.push(c),
        }
    }
    if out.is_empty() { stem } else { Cow::Owned(out) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stems(language: Language, text: &str) -> Vec<String> {
        Analyser::new(language).tokens(text).into_iter().map(|token| token.term.stem).collect()
    }

    #[test]
    fn words_of_one_family_share_a_stem_in_their_language() {
        let families = [
            (Language::English, "opening opened opens"),
            (Language::German, "Öffnung Öffnungen"),
            (Language::French, "réservation réservations"),
            (Language::Spanish, "reservación reservacion reservaciones"),
            (Language::Italian, "prenotazione prenotazioni"),
            (Language::Portuguese, "cidade cidades"),
            (Language::Dutch, "kamer kamers"),
            (Language::Swedish, "flicka flickor flickorna"),
            (Language::Polish, "hotelu hotelem"),
            (Language::Russian, "комната комнаты комнату"),
            (Language::Finnish, "talo talon talossa"),
            (Language::Greek, "σπίτι σπίτια"),
        ];
        for (language, words) in families {
            let stems = stems(language, words);
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{language:?}: {stems:?}");
        }
    }

    #[test]
    fn a_foreign_word_is_stemmed_by_the_rules_of_its_script() {
        let tokens = Analyser::new(Language::Russian).tokens("Rooms комнаты 42");
        let languages: Vec<Language> = tokens.iter().map(|token| token.term.language).collect();
        assert_eq!(languages, [Language::English, Language::Russian, Language::Undetermined]);
        assert_eq!(tokens[0].term.stem, "room");
    }

    #[test]
    fn codes_and_numbers_keep_their_endings() {
        assert_eq!(stems(Language::English, "B2s 1990s 1,200"), ["b2s", "1990s", "1200"]);
    }

    #[test]
    fn very_long_words_do_no_harm() {
        let text = "a".repeat(1 << 20) + &"ß".repeat(1 << 16);
        for &language in Language::ALL {
            assert!(Analyser::new(language).tokens(&text).len() <= 2);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn any_text_is_analysed_in_any_language(text in any::<String>()) {
            for &language in Language::ALL {
                for token in Analyser::new(language).tokens(&text) {
                    assert!(!token.term.stem.is_empty());
                    assert!(text.get(token.start..token.end).is_some());
                }
            }
        }

        #[test]
        fn letters_of_every_kind_are_stemmed(text in "[\\p{Latin}\\p{Greek}\\p{Cyrillic}\\p{Arabic}\\p{Devanagari}' \u{300}-\u{320}]{0,80}") {
            for &language in Language::ALL {
                let _ = Analyser::new(language).tokens(&text);
            }
        }
    }
}

//! Languages, and how people write dates in numbers.

use std::sync::LazyLock;

use crate::grammar::Grammar;

/// A language that has a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Dates and times in words and numbers.
    English,
    /// Dates and clock times in numbers.
    Spanish,
    /// Dates and clock times in numbers.
    French,
    /// Dates and clock times in numbers.
    German,
    /// Dates and clock times in numbers.
    Portuguese,
    /// Dates and clock times in numbers.
    Italian,
    /// Dates and clock times in numbers.
    Dutch,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::English,
        Self::Spanish,
        Self::French,
        Self::German,
        Self::Portuguese,
        Self::Italian,
        Self::Dutch,
    ];

    /// The language of a tag such as `en`, `en-GB` or `pt_BR`, or of its English name.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| first == language.code() || first == language.name())
    }

    /// The code of ISO 639-1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::German => "de",
            Self::Portuguese => "pt",
            Self::Italian => "it",
            Self::Dutch => "nl",
        }
    }

    /// The English name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "english",
            Self::Spanish => "spanish",
            Self::French => "french",
            Self::German => "german",
            Self::Portuguese => "portuguese",
            Self::Italian => "italian",
            Self::Dutch => "dutch",
        }
    }

    /// Its grammar, read when first used.
    #[must_use]
    pub fn grammar(self) -> &'static Grammar {
        static GRAMMARS: [LazyLock<Grammar>; 7] = [
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/english.grammar")])),
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/spanish.grammar")])),
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/french.grammar")])),
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/german.grammar")])),
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/portuguese.grammar")])),
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/italian.grammar")])),
            LazyLock::new(|| Grammar::read(&[COMMON, include_str!("../grammars/dutch.grammar")])),
        ];
        let [english, spanish, french, german, portuguese, italian, dutch] = &GRAMMARS;
        match self {
            Self::English => english,
            Self::Spanish => spanish,
            Self::French => french,
            Self::German => german,
            Self::Portuguese => portuguese,
            Self::Italian => italian,
            Self::Dutch => dutch,
        }
    }

    /// How dates are written in numbers where a locale such as `en-GB` is spoken.
    #[must_use]
    pub fn order(self, locale: &str) -> DateOrder {
        self.grammar().order(locale)
    }
}

/// What needs no words: dates and clock times in numbers.
const COMMON: &str = include_str!("../grammars/common.grammar");

/// In which order day, month and year of a date in numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
}

//! The words that tell what a message is about: data files by language, one table.
//!
//! A file has sections, `[name]`, with phrases between bars or on lines of their own; `#` begins a comment. A phrase of
//! the section `number` says its value, `twelve=12`; `=x100` multiplies what was said before it. Phrases are folded as
//! messages are, so accents and case do not matter.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::{Token, tokens};

macro_rules! sections {
    ($($name:ident = $text:literal: $meaning:literal),+ $(,)?) => {
        /// What a phrase is a sign of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Section { $(#[doc = $meaning] $name),+ }

        impl Section {
            fn named(text: &str) -> Option<Self> {
                $(if text == $text { return Some(Self::$name); })+
                None
            }

            /// Its bit in a set of sections.
            pub const fn bit(self) -> u64 {
                1 << self as u32
            }
        }
    };
}

sections! {
    NameCue = "name.cue": "The visitor's name follows.",
    NameIntro = "name.intro": "The visitor's name may follow, and much else.",
    NameAfter = "name.after": "The visitor's name stands before it.",
    NameLabel = "name.label": "The word for a name.",
    EmailLabel = "email.label": "The word for an e-mail address.",
    PhoneLabel = "phone.label": "The word for a telephone number, or for calling.",
    CompanyLabel = "company.label": "The word for a company; the name of it may follow.",
    CompanyCue = "company.cue": "The visitor's company follows.",
    CompanyHint = "company.hint": "The visitor's company may follow, and much else.",
    Link = "company.link": "Stands between a person and a company.",
    Kind = "company.kind": "Part of a company's name.",
    Role = "role": "What somebody is in a company.",
    Relation = "relation": "Another person.",
    Own = "own": "What follows is the visitor's own.",
    Stale = "stale": "The address that follows is not in use, or not the visitor's.",
    Broken = "broken": "The address beside it is not in use, or not the visitor's.",
    Is = "is": "Joins a number and what it is.",
    DottedTitle = "title.dot": "A title where a dot follows.",
    Not = "not": "What follows at once is not meant.",
    Order = "order": "A number that is nobody's telephone number.",
    Correction = "correction": "What follows replaces what was said.",
    Decline = "decline": "The visitor will not say it.",
    Instead = "instead": "The visitor wants to be reached in another way.",
    Lack = "lack": "The visitor has none.",
    Private = "private": "The visitor is no company.",
    No = "no": "A plain no.",
    Title = "title": "Said before a name, or after it, and not part of it.",
    Particle = "particle": "A small word inside of names.",
    Greeting = "greeting": "A greeting.",
    Filler = "filler": "A word that says nothing here.",
    Common = "common": "A word that is no name.",
    Spelling = "spelling": "How a name is spelt follows.",
    At = "at": "The sign @ in words.",
    WeakAt = "at.weak": "The sign @ in words, which are everyday words too.",
    Dot = "dot": "The dot of an address in words.",
    Underscore = "underscore": "The sign _ in words.",
    Dash = "dash": "The hyphen in words.",
    Plus = "plus": "The sign + in words.",
    Joined = "joined": "What follows is written as one word.",
    Ends = "ends": "The last digits follow.",
    EndsAfter = "ends.after": "The last digits stand before it.",
    And = "and": "Between the parts of a number.",
    Double = "double": "The next digit comes twice.",
    Triple = "triple": "The next digit comes three times.",
    Number = "number": "A number in words.",
    Given = "given": "A given name.",
    Surname = "surname": "A family name of a script without spaces.",
    Place = "place": "A place.",
    Yes = "yes": "A yes.",
    Retract = "retract": "The visitor takes back what is named beside it.",
    Wrong = "wrong": "What is named beside it is not right.",
    Denied = "denied": "What follows at once is said not to be so.",
    Unnamed = "unnamed": "What follows is not the visitor's name.",
    NameNoun = "noun.name": "A name as a thing that one has.",
    EmailNoun = "noun.email": "An e-mail address as a thing that one has.",
    PhoneNoun = "noun.phone": "A telephone number as a thing that one has.",
    CompanyNoun = "noun.company": "A company as a thing that one has.",
    Namesake = "namesake": "A given name that is an everyday word or a month too.",
    LegalForm = "legal.form": "What a company is in law, at the end of its name.",
}

impl Section {
    /// Whether its phrases count in every language: the parts of spelt addresses and numbers, and names.
    pub const fn of_any_language(self) -> bool {
        matches!(
            self,
            Self::At
                | Self::Dot
                | Self::Underscore
                | Self::Dash
                | Self::Plus
                | Self::Number
                | Self::Double
                | Self::Triple
                | Self::Given
                | Self::Surname
                | Self::Place
                | Self::Kind
                | Self::Title
                | Self::DottedTitle
                | Self::Namesake
                | Self::LegalForm
        )
    }

    /// Whether its phrases tell which language a message is in.
    pub const fn tells_language(self) -> bool {
        !matches!(
            self,
            Self::Given
                | Self::Surname
                | Self::Place
                | Self::Kind
                | Self::WeakAt
                | Self::Title
                | Self::DottedTitle
                | Self::Particle
                | Self::Retract
                | Self::Wrong
                | Self::Denied
                | Self::Unnamed
                | Self::NameNoun
                | Self::EmailNoun
                | Self::PhoneNoun
                | Self::CompanyNoun
                | Self::Namesake
                | Self::LegalForm
        )
    }
}

/// What a number word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numeral {
    /// A number.
    Value(u32),
    /// A hundred that multiplies the digit before it.
    Hundred,
}

/// A phrase of the table.
#[derive(Debug)]
struct Phrase {
    words: Vec<String>,
    section: Section,
    numeral: Option<Numeral>,
    language: u8,
}

/// A phrase found in a message.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// What it is a sign of.
    pub section: Section,
    /// Its first token.
    pub from: usize,
    /// One past its last token.
    pub to: usize,
    /// What it stands for, in `number`.
    pub numeral: Option<Numeral>,
    /// Which language's file it is from.
    pub language: u8,
}

/// All phrases, by their first word.
#[derive(Debug)]
pub struct Vocabulary(FxHashMap<String, Vec<Phrase>>);

static FILES: &[&str] = &[
    include_str!("../data/en.txt"),
    include_str!("../data/es.txt"),
    include_str!("../data/de.txt"),
    include_str!("../data/fr.txt"),
    include_str!("../data/pt.txt"),
    include_str!("../data/it.txt"),
    include_str!("../data/nl.txt"),
    include_str!("../data/zh.txt"),
    include_str!("../data/ar.txt"),
    include_str!("../data/ja.txt"),
    include_str!("../data/hi.txt"),
    include_str!("../data/given.txt"),
    include_str!("../data/places.txt"),
    include_str!("../data/legal.txt"),
];

/// The bits of the files that are of no one language.
pub const NEUTRAL: u64 = 0b111 << 11;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::read);

impl Vocabulary {
    /// The table, read once.
    pub fn get() -> &'static Self {
        &VOCABULARY
    }

    fn read() -> Self {
        let mut phrases: FxHashMap<String, Vec<Phrase>> = FxHashMap::default();
        for (language, file) in (0_u8..).zip(FILES) {
            for (section, entry) in entries(file) {
                let (text, numeral) = match entry.split_once('=') {
                    Some((text, "x100")) => (text, Some(Numeral::Hundred)),
                    Some((text, value)) => (text, value.parse().ok().map(Numeral::Value)),
                    None => (entry, None),
                };
                let words: Vec<String> = tokens(text).into_iter().map(|token| token.folded).collect();
                if let Some(first) = words.first() {
                    let phrase = Phrase { words: words.clone(), section, numeral, language };
                    phrases.entry(first.clone()).or_default().push(phrase);
                }
            }
        }
        Self(phrases)
    }

    /// The phrases of a message: of each section the longest at each place.
    pub fn marks(&self, tokens: &[Token]) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        for from in 0..tokens.len() {
            let first = marks.len();
            for phrase in self.0.get(&tokens[from].folded).into_iter().flatten() {
                let Some(to) = phrase.reach(tokens, from) else { continue };
                let mark = Mark {
                    section: phrase.section,
                    from,
                    to,
                    numeral: phrase.numeral,
                    language: phrase.language,
                };
                let same = |m: &&mut Mark| m.section == mark.section && m.language == mark.language;
                match marks[first..].iter_mut().find(same) {
                    Some(longer) if longer.to >= to => {}
                    Some(shorter) => *shorter = mark,
                    None => marks.push(mark),
                }
            }
        }
        marks
    }
}

impl Phrase {
    /// One past the last token, where the phrase begins at a token; a hyphen between words is passed over.
    fn reach(&self, tokens: &[Token], from: usize) -> Option<usize> {
        let mut at = from;
        for (number, word) in self.words.iter().enumerate() {
            if number > 0 && word != "-" && tokens.get(at).is_some_and(|token| token.is("-") && token.glued) {
                at += 1;
            }
            if tokens.get(at)?.folded != *word {
                return None;
            }
            at += 1;
        }
        Some(at)
    }
}

/// The entries of a file with their sections.
fn entries(file: &str) -> impl Iterator<Item = (Section, &str)> {
    let mut section = None;
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).flat_map(
        move |line| {
            let heading = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            if let Some(name) = heading {
                section = Section::named(name);
            }
            let within = section.filter(|_| heading.is_none());
            within
                .into_iter()
                .flat_map(move |section| line.split('|').map(move |entry| (section, entry.trim())))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_known_sections_and_values() {
        for file in FILES {
            for line in file.lines().map(str::trim) {
                if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    assert!(Section::named(name).is_some(), "{name} is no section");
                }
            }
            for (section, entry) in entries(file) {
                assert!(!entry.is_empty(), "{section:?} has an empty entry");
                assert_eq!(section == Section::Number, entry.contains('='), "{entry}");
            }
        }
        let numbers =
            Vocabulary::get().0.values().flatten().filter(|phrase| phrase.section == Section::Number);
        assert!(numbers.into_iter().all(|phrase| phrase.numeral.is_some()));
    }

    #[test]
    fn the_longest_phrase_counts_and_hyphens_do_not() {
        let tokens = tokens("my name is quatre-vingt-douze");
        let marks = Vocabulary::get().marks(&tokens);
        let cue = marks.iter().find(|mark| mark.section == Section::NameCue).unwrap();
        assert_eq!((cue.from, cue.to), (0, 3));
        let number = marks.iter().find(|mark| mark.from == 3 && mark.section == Section::Number).unwrap();
        assert_eq!((number.to, number.numeral), (8, Some(Numeral::Value(92))));
    }
}

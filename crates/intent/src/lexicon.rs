//! A language's vocabulary, read from its file and indexed by first words.

use rustc_hash::FxHashMap;

use crate::class::{Class, Classes};
use crate::pattern::{Element, Form, Pattern, Span};
use crate::text::Text;

/// The vocabulary of one language.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    patterns: Vec<Pattern>,
    /// Patterns by the word that they begin with.
    words: FxHashMap<Box<str>, Vec<usize>>,
    /// Patterns by the stem that they begin with.
    stems: FxHashMap<Box<str>, Vec<usize>>,
    /// Patterns that begin with an end or a part of a word.
    parts: Vec<usize>,
    /// Patterns that refer to classes, in the order of the file.
    referring: Vec<usize>,
    /// What in the file could not be read.
    pub(crate) mistakes: Vec<String>,
}

impl Lexicon {
    /// Reads files: `[class]` begins a class, `#` a comment; lines and `|` separate patterns.
    pub(crate) fn read(files: &[&str]) -> Self {
        let mut lexicon = Self::default();
        for file in files {
            let mut class = None;
            for (number, line) in file.lines().enumerate() {
                let line = line.trim();
                if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    class = Class::named(name);
                    if class.is_none() {
                        lexicon.mistakes.push(format!("line {}: no class {name:?}", number + 1));
                    }
                } else if let (Some(class), false) = (class, line.starts_with('#')) {
                    for notation in line.split('|').map(str::trim).filter(|notation| !notation.is_empty()) {
                        match Pattern::read(class, notation) {
                            Ok(pattern) => lexicon.add(pattern),
                            Err(mistake) => lexicon.mistakes.push(format!("line {}: {mistake}", number + 1)),
                        }
                    }
                }
            }
        }
        lexicon
    }

    fn add(&mut self, pattern: Pattern) {
        let index = self.patterns.len();
        match pattern.elements.first() {
            Some(Element::Word { forms, .. }) => {
                for form in forms {
                    match form {
                        Form::Exact(word) => self.words.entry(word.clone()).or_default().push(index),
                        Form::Prefix(stem) => self.stems.entry(stem.clone()).or_default().push(index),
                        Form::Suffix(_) | Form::Infix(_) => self.parts.push(index),
                    }
                }
            }
            Some(Element::Gap(_) | Element::Class { .. }) | None => {}
        }
        if pattern.refers() {
            self.referring.push(index);
        }
        self.patterns.push(pattern);
    }

    /// Every exact word and every stem of its patterns.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &Form> {
        let elements = self.patterns.iter().flat_map(|pattern| &pattern.elements);
        elements.flat_map(|element| match element {
            Element::Word { forms, .. } => forms.as_slice(),
            Element::Gap(_) | Element::Class { .. } => &[],
        })
    }

    /// The classes that have words.
    #[cfg(test)]
    pub(crate) fn classes(&self) -> impl Iterator<Item = Class> {
        self.patterns.iter().map(|pattern| pattern.class)
    }

    /// All that it recognises in a text.
    pub(crate) fn spans(&self, text: &Text) -> Vec<Span> {
        let mut spans = Vec::with_capacity(text.tokens.len() * 4);
        let mut later = Vec::new();
        for (at, token) in text.tokens.iter().enumerate() {
            numbers(&token.text)
                .into_iter()
                .for_each(|class| spans.push(Span { class, start: at, end: at + 1 }));
        }
        for at in 0..text.tokens.len() {
            self.begin(text, at, &mut |index| {
                let Some(pattern) = self.patterns.get(index) else { return };
                if pattern.refers() {
                    later.push((index, at));
                } else if let Some(end) = pattern.matches(text, &[], at) {
                    add(&mut spans, Span { class: pattern.class, start: at, end });
                }
            });
        }
        let mut present: Classes = spans.iter().map(|span| span.class).collect();
        for index in &self.referring {
            let Some(pattern) = self.patterns.get(*index) else { continue };
            if !possible(pattern, present) {
                continue;
            }
            let starts: Vec<usize> = match pattern.elements.first() {
                Some(Element::Class { classes, .. }) => {
                    spans.iter().filter(|span| classes.has(span.class)).map(|span| span.start).collect()
                }
                Some(Element::Word { .. } | Element::Gap(_)) | None => {
                    later.iter().filter(|(other, _)| other == index).map(|(_, at)| *at).collect()
                }
            };
            for start in starts {
                if let Some(end) = pattern.matches(text, &spans, start) {
                    present.add(pattern.class);
                    add(&mut spans, Span { class: pattern.class, start, end });
                }
            }
        }
        spans
    }

    /// The patterns that may begin with a token.
    fn begin(&self, text: &Text, at: usize, found: &mut impl FnMut(usize)) {
        let Some(token) = text.tokens.get(at) else { return };
        let word = token.text.as_str();
        self.words.get(word).into_iter().flatten().for_each(|index| found(*index));
        for stem in stems(word) {
            self.stems.get(stem).into_iter().flatten().for_each(|index| found(*index));
        }
        self.parts.iter().for_each(|index| found(*index));
    }
}

/// A word's beginnings of two letters and more.
pub(crate) fn stems(word: &str) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1);
    ends.filter_map(|end| word.get(..end))
}

fn add(spans: &mut Vec<Span>, span: Span) {
    if !spans.contains(&span) {
        spans.push(span);
    }
}

/// Whether the classes that it needs are there.
fn possible(pattern: &Pattern, present: Classes) -> bool {
    pattern.elements.iter().all(|element| match element {
        Element::Class { classes, optional } => *optional || present.any(*classes),
        Element::Word { .. } | Element::Gap(_) => true,
    })
}

/// The classes of a token that begins with a digit: a number, and a time of day where a unit follows ("3pm", "15h").
fn numbers(word: &str) -> Vec<Class> {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if unit.len() == word.len() {
        return Vec::new();
    }
    match unit {
        "am" | "pm" | "h" | "hs" | "u" | "uur" | "uhr" => vec![Class::Number, Class::Time],
        _ if unit.strip_prefix('h').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit())) => {
            vec![Class::Number, Class::Time]
        }
        _ => vec![Class::Number],
    }
}

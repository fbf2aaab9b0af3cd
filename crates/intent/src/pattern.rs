//! Patterns over tokens, and the notation in which the vocabulary is written.
//!
//! `word`, `stem*`, `*end`, `*part*`; `a/b` either; `?a` or nothing; `..` up to four tokens, `...` up to twelve;
//! `<class>` what another class has matched, `<one/other>` either.

use crate::class::{Class, Classes};
use crate::text::{Gap, Text, Token};

/// How a token may be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Exact(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Infix(Box<str>),
}

impl Form {
    pub(crate) fn matches(&self, token: &str) -> bool {
        match self {
            Self::Exact(word) => token == &**word,
            Self::Prefix(stem) => token.starts_with(&**stem),
            Self::Suffix(end) => token.ends_with(&**end),
            Self::Infix(part) => token.contains(&**part),
        }
    }
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// One token.
    Word { forms: Vec<Form>, optional: bool },
    /// Up to so many tokens of one sentence.
    Gap(usize),
    /// A span of one of these classes.
    Class { classes: Classes, optional: bool },
}

/// A pattern and the class that it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) class: Class,
    pub(crate) elements: Vec<Element>,
}

/// Where a pattern matched: tokens `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(crate) class: Class,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

const SHORT_GAP: usize = 4;
const LONG_GAP: usize = 12;

impl Pattern {
    /// Reads the notation.
    pub(crate) fn read(class: Class, notation: &str) -> Result<Self, String> {
        let mut elements = Vec::new();
        for piece in notation.split_whitespace() {
            match piece {
                ".." => elements.push(Element::Gap(SHORT_GAP)),
                "..." => elements.push(Element::Gap(LONG_GAP)),
                _ => read_piece(piece, &mut elements)?,
            }
        }
        match elements.first() {
            Some(Element::Word { optional: false, .. } | Element::Class { optional: false, .. }) => {
                Ok(Self { class, elements })
            }
            _ => Err(format!("{notation:?} begins with what may be left out")),
        }
    }

    /// Whether it refers to other classes.
    pub(crate) fn refers(&self) -> bool {
        self.elements.iter().any(|element| matches!(element, Element::Class { .. }))
    }

    /// Matches it at a token; the token after its end.
    pub(crate) fn matches(&self, text: &Text, spans: &[Span], at: usize) -> Option<usize> {
        step(&self.elements, &text.tokens, spans, at, at)
    }
}

fn read_piece(piece: &str, elements: &mut Vec<Element>) -> Result<(), String> {
    let (piece, optional) = piece.strip_prefix('?').map_or((piece, false), |rest| (rest, true));
    if let Some(names) = piece.strip_prefix('<') {
        let names = names.strip_suffix('>').ok_or_else(|| format!("{piece:?} lacks its bracket"))?;
        let mut classes = Classes::default();
        for name in names.split('/') {
            classes.add(Class::named(name).ok_or_else(|| format!("no class {name:?}"))?);
        }
        elements.push(Element::Class { classes, optional });
        return Ok(());
    }
    let mut forms = Vec::new();
    for word in piece.split('/') {
        let open = word.starts_with('*');
        let cut = word.ends_with('*');
        let tokens = Text::read(word.trim_matches('*')).tokens;
        let several = tokens.len() != 1;
        if several && (tokens.is_empty() || open || cut || optional || piece.contains('/')) {
            return Err(format!("{piece:?} is not one token"));
        }
        for Token { text, .. } in tokens {
            let text = text.into_boxed_str();
            let form = match (open, cut) {
                (false, false) => Form::Exact(text),
                (false, true) => Form::Prefix(text),
                (true, false) => Form::Suffix(text),
                (true, true) => Form::Infix(text),
            };
            if several {
                elements.push(Element::Word { forms: vec![form], optional });
            } else {
                forms.push(form);
            }
        }
    }
    if !forms.is_empty() {
        elements.push(Element::Word { forms, optional });
    }
    Ok(())
}

fn step(elements: &[Element], tokens: &[Token], spans: &[Span], start: usize, at: usize) -> Option<usize> {
    let Some((first, rest)) = elements.split_first() else {
        return Some(at);
    };
    match first {
        Element::Gap(most) => (0..=*most)
            .take_while(|skipped| {
                let last = at + skipped;
                last <= tokens.len() && (*skipped == 0 || last == start || !ends_sentence(tokens, at, last))
            })
            .find_map(|skipped| step(rest, tokens, spans, start, at + skipped)),
        Element::Word { forms, optional } => {
            let here = tokens.get(at).filter(|token| at == start || token.before != Gap::Sentence);
            let found = here.is_some_and(|token| forms.iter().any(|form| form.matches(&token.text)));
            let with = if found { step(rest, tokens, spans, start, at + 1) } else { None };
            if *optional { with.or_else(|| step(rest, tokens, spans, start, at)) } else { with }
        }
        Element::Class { classes, optional } => {
            let joined = at == start || tokens.get(at).is_some_and(|token| token.before != Gap::Sentence);
            let here = spans.iter().filter(|span| joined && span.start == at && classes.has(span.class));
            let with = here.filter_map(|span| step(rest, tokens, spans, start, span.end)).max();
            if *optional { with.or_else(|| step(rest, tokens, spans, start, at)) } else { with }
        }
    }
}

/// Whether a sentence ends before one of the tokens.
fn ends_sentence(tokens: &[Token], from: usize, to: usize) -> bool {
    tokens.get(from..to).is_some_and(|skipped| skipped.iter().any(|token| token.before == Gap::Sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(notation: &str, message: &str) -> Option<usize> {
        Pattern::read(Class::Book, notation).unwrap().matches(&Text::read(message), &[], 0)
    }

    #[test]
    fn the_notation_is_matched() {
        assert_eq!(end("make ?an/a appoint*", "Make an appointment"), Some(3));
        assert_eq!(end("make ?an/a appoint*", "make appointments"), Some(2));
        assert_eq!(end("sag* .. ab", "sagen Sie bitte den Termin morgen ab"), None);
        assert_eq!(end("sag* ... ab", "sagen Sie bitte den Termin morgen ab"), Some(7));
        assert_eq!(end("sag* .. ab", "sagen Sie mal. Ab wann?"), None);
        assert_eq!(end("*termin*", "Friseurtermine"), Some(1));
        assert_eq!(end("j'attends", "j’attends"), Some(2));
        assert_eq!(end("予約", "予約"), Some(2));
    }

    #[test]
    fn mistakes_are_told() {
        for notation in ["", "?a b", ".. b", "<nothing>", "a/b'c", "**"] {
            assert!(Pattern::read(Class::Book, notation).is_err(), "{notation}");
        }
    }
}

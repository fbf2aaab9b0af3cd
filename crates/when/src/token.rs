//! Words, numbers and marks of a text, each with its place.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// The digits 0 to 9.
    Digits,
    /// One character that is neither.
    Mark,
}

/// A piece of text.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Lower case, without accents; apostrophes and dashes in their plain form.
    pub(crate) text: String,
    /// Where it lies in the text, in bytes.
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
    /// Whether nothing lies between it and the one before.
    pub(crate) glued: bool,
    /// Whether it begins with a lower-case letter.
    pub(crate) lower: bool,
}

/// Cuts a text into at most that many tokens.
pub(crate) fn tokens(text: &str, most: usize) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut glued = false;
    let mut open = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            (glued, open) = (false, false);
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        let end = at + c.len_utf8();
        let kind = kind(c);
        if let Some(last) = tokens.last_mut()
            && open
            && (last.kind == kind || is_combining_mark(c))
            && last.kind != Kind::Mark
        {
            last.text.extend(folded(c));
            last.range.end = end;
            continue;
        }
        if tokens.len() == most {
            break;
        }
        let text = folded(c).collect();
        tokens.push(Token { text, range: at..end, kind, glued, lower: c.is_lowercase() });
        (glued, open) = (true, true);
    }
    tokens
}

fn kind(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Digits
    } else if c.is_alphabetic() {
        Kind::Word
    } else {
        Kind::Mark
    }
}

/// Soft hyphens, joiners and marks of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn folded(c: char) -> impl Iterator<Item = char> {
    let plain = match c {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{2032}' | '\u{b4}' | '`' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    };
    std::iter::once(plain).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text, 100).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn typographic_variants_are_one() {
        assert_eq!(texts("3\u{202f}p.m."), ["3", "p", ".", "m", "."]);
        assert_eq!(texts("O’Clock—März"), ["o", "'", "clock", "-", "marz"]);
        assert_eq!(texts("Ma\u{301}rz 15h00"), ["marz", "15", "h", "00"]);
    }

    #[test]
    fn a_token_knows_its_place() {
        let found = tokens("à 15h", 100);
        assert_eq!(found.iter().map(|token| token.range.clone()).collect::<Vec<_>>(), [0..2, 3..5, 5..6]);
        assert_eq!(found.iter().map(|token| token.glued).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(tokens("one two three", 2).len(), 2);
    }
}

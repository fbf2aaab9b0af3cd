//! Numbers in words, as people read them out.

use std::ops::Range;

use crate::message::Message;
use crate::text::Kind;
use crate::vocabulary::{Numeral, Section};

/// Digits read out, alone or in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The digits, with a plus before them where it was said.
    pub digits: String,
    /// How many of its parts are words.
    pub words: usize,
}

/// One part of a number that is read out.
enum Part {
    Number { value: u32, written: Option<String>, words: bool, tight: bool },
    Hundred,
    And,
    Times(usize),
}

/// The languages whose number words there are.
const LANGUAGES: u8 = 11;

/// The number read out from a token on, in the language that takes most of it.
pub fn at(message: &Message<'_>, from: usize) -> Option<Spoken> {
    (0..LANGUAGES)
        .filter_map(|language| read(message, from, language))
        .max_by_key(|spoken| (spoken.tokens.end, spoken.words))
}

/// A message that is one number, in words.
pub fn number(message: &Message<'_>) -> Option<u64> {
    let spoken =
        at(message, 0).filter(|spoken| spoken.tokens == (0..message.tokens.len()) && spoken.words > 0)?;
    spoken.digits.parse().ok()
}

fn read(message: &Message<'_>, from: usize, language: u8) -> Option<Spoken> {
    let mut parts: Vec<(Part, usize)> = Vec::new();
    let plus = message.begins(from, Section::Plus).or_else(|| message.sign(from, "+").then_some(from + 1));
    let mut at = plus.unwrap_or(from);
    let first = at;
    let mut tight = true;
    while let Some((part, to)) = part(message, at, language, tight) {
        parts.push((part, to));
        at = to;
        tight = true;
        while message.tokens.get(at).is_some_and(|t| {
            t.kind == Kind::Sign && matches!(t.folded.as_str(), "," | "-" | "." | "/" | "、")
        }) {
            tight &= message.sign(at, "-");
            at += 1;
        }
    }
    // What does not belong to a number does not end it.
    while parts.last().is_some_and(|(part, _)| !matches!(part, Part::Number { .. } | Part::Hundred)) {
        parts.pop();
    }
    let end = parts.last().map(|(_, to)| *to).filter(|_| first < message.tokens.len())?;
    if !matches!(parts.first(), Some((Part::Number { .. } | Part::Times(_), _))) {
        return None;
    }
    let words = parts.iter().filter(|(part, _)| matches!(part, Part::Number { words: true, .. })).count();
    let sign = if plus.is_some() { "+" } else { "" };
    Some(Spoken {
        tokens: from..end,
        digits: format!("{sign}{}", digits(parts.into_iter().map(|(part, _)| part))),
        words,
    })
}

fn part(message: &Message<'_>, at: usize, language: u8, tight: bool) -> Option<(Part, usize)> {
    let token = message.tokens.get(at)?;
    if token.kind == Kind::Digits {
        let value = token.folded.parse().ok().filter(|_| token.folded.len() < 4).unwrap_or(u32::MAX);
        return Some((
            Part::Number { value, written: Some(token.folded.clone()), words: false, tight },
            at + 1,
        ));
    }
    let numeral = message
        .marks
        .iter()
        .filter(|m| m.from == at && m.language == language && m.section == Section::Number);
    if let Some((numeral, to)) = numeral.max_by_key(|m| m.to).and_then(|m| m.numeral.map(|n| (n, m.to))) {
        return Some(match numeral {
            Numeral::Value(value) => (Part::Number { value, written: None, words: true, tight }, to),
            Numeral::Hundred => (Part::Hundred, to),
        });
    }
    let small = |section: Section, part: Part| message.begins(at, section).map(|to| (part, to));
    small(Section::Double, Part::Times(2))
        .or_else(|| small(Section::Triple, Part::Times(3)))
        .or_else(|| small(Section::And, Part::And))
}

/// The digits of what was read out: "thirty four" is 34, "three, four" too, "six cent douze" 612.
fn digits(parts: impl Iterator<Item = Part>) -> String {
    let mut digits = String::new();
    let mut open: Option<u32> = None;
    let mut times = 1;
    let (mut and, mut hundred) = (false, false);
    let close = |open: &mut Option<u32>, digits: &mut String| {
        if let Some(number) = open.take() {
            digits.push_str(&number.to_string());
        }
    };
    for part in parts {
        match part {
            Part::And => and = true,
            Part::Times(count) => {
                close(&mut open, &mut digits);
                times = count;
            }
            Part::Hundred => {
                open = match open {
                    Some(number @ 1..=9) => Some(number * 100),
                    Some(_) | None => {
                        close(&mut open, &mut digits);
                        Some(100)
                    }
                };
                hundred = true;
                and = false;
            }
            Part::Number { written: Some(written), .. } => {
                close(&mut open, &mut digits);
                (0..times).for_each(|_| digits.push_str(&written));
                (times, and, hundred) = (1, false, false);
            }
            Part::Number { value, tight, .. } => {
                let after = open.filter(|_| times == 1 && (tight || and));
                let sum =
                    after.filter(|number| adds(*number, value, and, hundred)).map(|number| number + value);
                if sum.is_some() {
                    open = sum;
                } else {
                    close(&mut open, &mut digits);
                    (1..times).for_each(|_| digits.push_str(&value.to_string()));
                    open = Some(value);
                    hundred = false;
                }
                (times, and) = (1, false);
            }
        }
    }
    close(&mut open, &mut digits);
    digits
}

/// Whether a number goes on with another: tens with ones, hundreds with what is below a hundred. After a multiplied
/// hundred a single digit is one of its own, unless "and" joins it.
const fn adds(number: u32, next: u32, and: bool, hundred: bool) -> bool {
    let tens = number % 100 >= 20 && number.is_multiple_of(10) && next >= 1 && next <= 9;
    let hundreds = number >= 100
        && number.is_multiple_of(100)
        && next >= 1
        && next < 100
        && (!hundred || and || next >= 10);
    tens || hundreds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits_of(text: &str) -> Option<String> {
        let message = Message::new(text);
        at(&message, 0).filter(|spoken| spoken.tokens.end == message.tokens.len()).map(|spoken| spoken.digits)
    }

    #[test]
    fn one_by_one_and_in_groups() {
        let cases = [
            ("oh seven double one, treble four", "0711444"),
            ("seiscientos doce treinta y cuatro cincuenta", "6123450"),
            ("zéro six quatre-vingt-dix-huit soixante et onze", "069871"),
            ("null eins dreiundzwanzig zwo", "01232"),
            ("plus vier neun eins", "+491"),
            ("nul zes twintig dertig", "062030"),
            ("five five five 0 1 twelve", "5550112"),
            ("eight hundred five five", "80055"),
            ("three hundred and five", "305"),
        ];
        for (text, digits) in cases {
            assert_eq!(digits_of(text).as_deref(), Some(digits), "{text}");
        }
    }
}

//! Telephone numbers.

mod calendar;

use std::ops::Range;

use rlibphonenumber::{NumberLengthType, ParseError, PhoneNumber, PhoneNumberFormat, ValidationError};

use crate::message::Message;
use crate::normal::Invalid;
use crate::region::Region;
use crate::spoken;
use crate::text::Kind;
use crate::vocabulary::Section;

/// Digits that may be a telephone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// How many digits it has.
    pub digits: usize,
    /// Read out in words.
    pub spoken: bool,
}

/// The fewest digits of a number that is taken for a telephone number.
const FEWEST: usize = 6;
/// The most digits of one (E.164 allows 15, a trunk prefix and an international prefix may stand before them).
const MOST: usize = 20;

/// A telephone number in E.164; in a country's own form where no country code is given, which is none while the country
/// is not known. A number may be corrected at its end: "…, no, it ends in 45".
///
/// # Errors
/// Why there is no such number.
pub fn normalise(raw: &str, region: Option<Region>) -> Result<String, Invalid> {
    let message = Message::new(raw);
    let digits = dialled(&message).ok_or(Invalid::NotPhone)?;
    e164(&digits, region)
}

/// What is dialled, by words that are a telephone number as a whole.
fn dialled(message: &Message<'_>) -> Option<String> {
    let all = message.tokens.len();
    if let Some(digits) = whole(message, 0..all) {
        return Some(digits);
    }
    // Corrected at its end.
    let (first, _) = runs(message)
        .into_iter()
        .map(|run| (run.tokens.clone(), run))
        .next()
        .filter(|(tokens, _)| tokens.start == 0)?;
    let ends = message.within(first.end..all, Section::Ends).map(|mark| mark.to).max();
    let after = message.within(first.end..all, Section::EndsAfter).map(|mark| mark.from).min();
    let tail = match (ends, after) {
        (Some(from), _) => from..all,
        (None, Some(to)) if message.ends(all, Section::EndsAfter) == Some(to) => {
            (first.end..to).rev().find(|at| !numeric(message, *at)).map_or(first.end, |at| at + 1)..to
        }
        (None, _) => return None,
    };
    let tail = whole(message, tail)?;
    let digits = whole(message, first)?;
    let kept = digits.len().checked_sub(tail.len()).filter(|kept| *kept >= 3 && !tail.starts_with('+'))?;
    Some(format!("{}{tail}", digits.get(..kept)?))
}

fn numeric(message: &Message<'_>, at: usize) -> bool {
    message.digits(at) || message.is(at, Section::Number) || message.sign(at, "-")
}

/// The digits of a range of tokens that is nothing but a number, figures or words.
fn whole(message: &Message<'_>, range: Range<usize>) -> Option<String> {
    let tokens = message.tokens.get(range.clone())?;
    let figures = !tokens.is_empty()
        && tokens
            .iter()
            .all(|t| t.kind == Kind::Digits || t.kind == Kind::Sign && "+-.()/ ".contains(t.folded.as_str()));
    if figures {
        let digits: String = tokens
            .iter()
            .filter(|t| t.kind == Kind::Digits || t.is("+") || t.is("(") || t.is(")"))
            .map(|t| t.folded.as_str())
            .collect();
        let trunk = digits.replace("(0)", "");
        let digits = if trunk.starts_with('+') || trunk.starts_with("00") { trunk } else { digits };
        return Some(digits.replace(['(', ')'], ""))
            .filter(|digits| digits.bytes().any(|b| b.is_ascii_digit()));
    }
    spoken::at(message, range.start).filter(|spoken| spoken.tokens == range).map(|spoken| spoken.digits)
}

fn e164(digits: &str, region: Option<Region>) -> Result<String, Invalid> {
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    if count > MOST {
        return Err(Invalid::PhoneTooLong);
    }
    let parsed = match PhoneNumber::parse(digits, region.and_then(Region::library)) {
        Ok(number) if number.is_valid() => Ok(number),
        // The international prefix of most countries, wherever the visitor is.
        first => match digits.strip_prefix("00").map(|rest| PhoneNumber::parse(format!("+{rest}"), None)) {
            Some(Ok(number)) if number.is_valid() => Ok(number),
            _ => first,
        },
    };
    let number = parsed.map_err(|error| match error {
        ParseError::InvalidCountryCode => {
            if digits.starts_with('+') {
                Invalid::UnknownCountry
            } else if region.is_none() && count >= FEWEST {
                Invalid::NoCountry
            } else {
                Invalid::NotPhone
            }
        }
        ParseError::NotANumber(_) => {
            if count < FEWEST {
                Invalid::PhoneTooShort
            } else {
                Invalid::NotPhone
            }
        }
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => Invalid::PhoneTooShort,
        ParseError::TooLongNsn => Invalid::PhoneTooLong,
    })?;
    if number.is_valid() {
        return Ok(number.format_as(PhoneNumberFormat::E164).into_owned());
    }
    Err(match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => Invalid::UnknownPhone,
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort) => Invalid::PhoneTooShort,
        Err(ValidationError::TooLong) => Invalid::PhoneTooLong,
        Err(ValidationError::InvalidCountryCode) => Invalid::UnknownCountry,
        Err(ValidationError::InvalidLength) => Invalid::NotPhone,
    })
}

/// The runs of digits of a message that have the length of a telephone number or more, and those of dates, order numbers
/// and the like among them.
pub fn runs(message: &Message<'_>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let times = calendar::times(message);
    let mut at = 0;
    while at < message.tokens.len() {
        let run = figures(message, &times, at)
            .into_iter()
            .chain(words(message, at))
            .max_by_key(|run| run.tokens.end);
        match run {
            Some(run) => {
                at = run.tokens.end;
                if run.digits >= FEWEST && !calendar::year_and_hour(message, &run.tokens) {
                    runs.push(run);
                }
            }
            None => at += 1,
        }
    }
    runs
}

/// A run of figures from a token on.
fn figures(message: &Message<'_>, times: &[bool], from: usize) -> Option<Run> {
    let digit = |at: usize| message.digits(at) && !times.get(at).copied().unwrap_or_default();
    let mut at = from;
    while message.sign(at, "+") || message.sign(at, "(") {
        at += 1;
    }
    if at > from + 2 || !digit(at) {
        return None;
    }
    let mut digits = 0;
    let mut end = at;
    while digit(at) {
        digits += message.tokens[at].folded.len();
        end = at + 1;
        at = end;
        while message.tokens.get(at).is_some_and(|t| t.kind == Kind::Sign) && inner(message, at) {
            at += 1;
        }
    }
    let end = if message.sign(end, ")")
        && message.tokens[from..end].iter().any(|t| t.is("("))
        && !message.tokens[from..end].iter().any(|t| t.is(")"))
    {
        end + 1
    } else {
        end
    };
    Some(Run { tokens: from..end, digits, spoken: false })
}

/// Whether a sign may stand inside of a number: not where it ends a sentence or parts two numbers.
fn inner(message: &Message<'_>, at: usize) -> bool {
    let token = &message.tokens[at];
    match token.folded.as_str() {
        "-" | "(" | ")" => true,
        "." | "/" => token.glued && message.glued(at + 1),
        _ => false,
    }
}

/// A run of number words from a token on.
fn words(message: &Message<'_>, from: usize) -> Option<Run> {
    if !message.is_any(from, &[Section::Number, Section::Double, Section::Triple, Section::Plus]) {
        return None;
    }
    let spoken = spoken::at(message, from).filter(|spoken| spoken.words >= 3)?;
    let digits = spoken.digits.bytes().filter(u8::is_ascii_digit).count();
    Some(Run { tokens: spoken.tokens, digits, spoken: true })
}

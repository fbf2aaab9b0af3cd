//! Digits that are a date or a time of day: no telephone number has a part in them.

use std::ops::Range;

use crate::message::Message;
use crate::vocabulary::Section;

/// Which tokens belong to a date or to a time of day.
pub(super) fn times(message: &Message<'_>) -> Vec<bool> {
    let mut times = vec![false; message.tokens.len()];
    let mut at = 0;
    while at < message.tokens.len() {
        let found = clock(message, at).or_else(|| date(message, at, &times));
        let end = found.unwrap_or(at);
        times.iter_mut().take(end).skip(at).for_each(|time| *time = true);
        at = end.max(at + 1);
    }
    times
}

/// Whether figures are a year and an hour beside it, as after the name of a month: "2026 11".
pub(super) fn year_and_hour(message: &Message<'_>, run: &Range<usize>) -> bool {
    let [year, hour] = message.tokens.get(run.clone()).unwrap_or_default() else { return false };
    !hour.glued && is_year(&year.folded) && up_to(&hour.folded, 24)
}

/// One past a time of day in digits, "hh:mm" or "hh:mm:ss".
fn clock(message: &Message<'_>, at: usize) -> Option<usize> {
    let number = |at: usize| message.tokens.get(at).filter(|_| message.digits(at));
    let joined = |at: usize| message.sign(at, ":") && message.glued(at) && message.glued(at + 1);
    number(at).filter(|hour| up_to(&hour.folded, 24))?;
    let sixtieth = |at: usize| {
        joined(at) && number(at + 1).is_some_and(|part| part.folded.len() == 2 && up_to(&part.folded, 59))
    };
    if !sixtieth(at + 1) || at > 0 && message.glued(at) && message.sign(at - 1, ":") {
        return None;
    }
    let end = if sixtieth(at + 3) { at + 5 } else { at + 3 };
    (!joined(end)).then_some(end)
}

/// One past a date in digits: with its year first, or last. One with two digits of its year stands by itself or beside a
/// time, as pairs of digits are also how numbers are written.
fn date(message: &Message<'_>, at: usize, times: &[bool]) -> Option<usize> {
    let end = form(message, at)?;
    let before = |sign: &str| at > 0 && message.sign(at - 1, sign);
    let range = at >= 2 && before("-") && times.get(at - 2).copied().unwrap_or_default();
    let glued = message.glued(at)
        && (message.digits(at - 1) || ["+", ".", "/", "-", ")"].iter().any(|sign| before(sign)));
    let international = message
        .tokens
        .get(..at)
        .and_then(|before| before.iter().rposition(|token| token.is("+")))
        .is_some_and(|plus| (plus + 1..at).all(|at| message.digits(at)));
    let after = |sign: &str| message.sign(end, sign) && message.glued(end) && message.glued(end + 1);
    let goes_on = (after(".") || after("/") || after("-") && form(message, end + 1).is_none())
        && message.digits(end + 1);
    if glued && !range || before(")") || international || goes_on {
        return None;
    }
    let last = &message.tokens.get(end - 1)?.folded;
    let long = last.len() == 4 || message.tokens.get(at)?.folded.len() == 4;
    let lone = || {
        let digits_before =
            at > 0 && message.digits(at - 1) && !times.get(at - 1).copied().unwrap_or_default();
        let digits_after = message.digits(end)
            && clock(message, end).is_none()
            && (message.digits(end + 1) || !up_to(&message.tokens[end].folded, 24));
        !digits_before && !digits_after
    };
    // A time of day near it, "…, at 11:00", tells that it is a date.
    let timed = || (end..end + 10).any(|near| clock(message, near).is_some());
    let named = || !timed() && announced(message, at);
    ((long || lone()) && !named()).then_some(end)
}

/// One past three numbers that a date may be.
fn form(message: &Message<'_>, at: usize) -> Option<usize> {
    let sign = message.tokens.get(at + 1).filter(|sign| [".", "/", "-"].iter().any(|one| sign.is(one)))?;
    let tight = (1..5).all(|step| message.glued(at + step));
    if !tight || !message.sign(at + 3, &sign.folded) {
        return None;
    }
    let number =
        |at: usize| message.tokens.get(at).filter(|_| message.digits(at)).map(|token| token.folded.as_str());
    let (first, middle, last) = (number(at)?, number(at + 2)?, number(at + 4)?);
    let day_and_month = |one: &str, other: &str| {
        let within =
            |day: &str, month: &str| (up_to(day, 31) && up_to(month, 12)) && !zero(day) && !zero(month);
        within(one, other) || within(other, one)
    };
    let dated = is_year(first) && day_and_month(middle, last)
        || (is_year(last) || last.len() == 2) && day_and_month(first, middle);
    dated.then_some(at + 5)
}

/// Whether a word for a telephone stands directly before digits: "my number is", "phone:".
fn announced(message: &Message<'_>, at: usize) -> bool {
    let joins = |at: &usize| message.is(*at, Section::Is) || message.sign(*at, ":");
    let from = (0..at).rev().take_while(joins).last();
    from.is_some_and(|from| message.ends(from, Section::PhoneLabel).is_some())
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

fn up_to(digits: &str, most: u8) -> bool {
    digits.len() <= 2 && digits.parse::<u8>().is_ok_and(|number| number <= most)
}

fn zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

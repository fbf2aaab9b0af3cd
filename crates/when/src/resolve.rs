//! From a text to the times that it may mean.

use std::cmp::Reverse;
use std::ops::Range;

use crate::candidate::Candidate;
use crate::chart::Chart;
use crate::grammar::Grammar;
use crate::phrase::{self, Phrase};
use crate::reading;
use crate::reference::Reference;
use crate::token::{Kind, Token, tokens};
use crate::value::Value;

/// Words, numbers and marks of a text that are looked at.
const MOST: usize = 1_000;

/// A phrase with its readings; one whose date does not exist has none.
struct Found {
    phrase: Phrase,
    candidates: Vec<Candidate>,
    wanted: bool,
    preferred: bool,
}

/// The times that a text may mean, the best first; none when it names none.
///
/// Readings of one phrase follow each other. A phrase that is not over comes before one that is, one that says a day and
/// a time before one that says less, and a longer one before a shorter one. What is said not to suit ("not Tuesday") is
/// left out, and so is what is left of a date that does not exist: beside one ([`impossible`]), only a time that says
/// its own day is one.
#[must_use]
pub fn resolve(text: &str, grammar: &Grammar, reference: &Reference) -> Vec<Candidate> {
    let tokens = tokens(text, MOST);
    let mut chart = Chart::new(grammar, &tokens, reference);
    let mut found = search(&mut chart);
    let lacking = clocks(&tokens);
    found.retain(|found| lacking.iter().all(|clock| !beside(&mut chart, &found.phrase, clock)));
    if found.iter().any(|found| found.candidates.is_empty()) {
        found.retain(|found| found.phrase.parts.says_day());
    }
    found.sort_by_key(|found| {
        let past = found.candidates.first().is_some_and(|first| first.past);
        let parts = &found.phrase.parts;
        (past, !found.preferred, Reverse(parts.rank()), Reverse(found.phrase.covered), found.phrase.start)
    });
    found.into_iter().flat_map(|found| found.candidates).collect()
}

/// The words of a date that does not exist, in bytes of the text: "31 February" in "31 February at 10"; or of a time of
/// day that no clock shows, beside a day: "25:00" in "tomorrow at 25:00". The first of several; none for a date that is
/// said not to suit.
#[must_use]
pub fn impossible(text: &str, grammar: &Grammar, reference: &Reference) -> Option<Range<usize>> {
    let tokens = tokens(text, MOST);
    let mut chart = Chart::new(grammar, &tokens, reference);
    if let Some((start, end)) = (0..tokens.len()).find_map(|at| named(&mut chart, at)) {
        return Some(place(&tokens, start, end));
    }
    let found = search(&mut chart);
    let mut lacking = clocks(&tokens).into_iter();
    if let Some(clock) =
        lacking.find(|clock| found.iter().any(|found| beside(&mut chart, &found.phrase, clock)))
    {
        return Some(place(&tokens, clock.start, clock.end));
    }
    let without = found.into_iter().filter(|found| found.candidates.is_empty());
    let (mut start, end) = without.filter_map(|found| found.phrase.dated).min()?;
    // "On the" is not part of it.
    while let Some(next) = chart.longest(grammar.lists.join, start).filter(|next| *next < end) {
        start = next;
    }
    Some(place(&tokens, start, end))
}

/// Times in digits that no clock shows: hours beyond the day's end, minutes beyond the hour's.
fn clocks(tokens: &[Token]) -> Vec<Range<usize>> {
    let digits = |at: usize| tokens.get(at).filter(|token| token.kind == Kind::Digits);
    let colon = |at: usize| tokens.get(at).is_some_and(|token| token.glued && token.text == ":");
    let number = |at: usize| digits(at).filter(|token| token.text.len() <= 2)?.text.parse::<u8>().ok();
    let clock = |at: usize| {
        let joined =
            colon(at + 1) && digits(at + 2).is_some_and(|token| token.glued && token.text.len() == 2);
        let alone = at.checked_sub(1).is_none_or(|before| !colon(before));
        let (hour, minute) = (number(at)?, number(at + 2)?);
        let lacks = hour > 24 || minute > 59 || hour == 24 && minute > 0;
        (joined && alone && lacks).then_some(at..at + 3)
    };
    (0..tokens.len()).filter_map(clock).collect()
}

/// Whether nothing but words that join them stands between a phrase and a time in digits, or one is in the other.
fn beside(chart: &mut Chart<'_>, phrase: &Phrase, clock: &Range<usize>) -> bool {
    let (mut at, end) =
        if phrase.start < clock.start { (phrase.end, clock.start) } else { (clock.end, phrase.start) };
    let join = chart.grammar.lists.join;
    while at < end {
        let Some(next) = chart.longest(join, at).filter(|next| *next > at) else { return false };
        at = next;
    }
    true
}

/// A day by the name of its month that does not exist, from a token on, in a grammar that reads no such days.
fn named(chart: &mut Chart<'_>, at: usize) -> Option<(usize, usize)> {
    let list = chart.grammar.lists.date.filter(|_| phrase::may_begin(chart, at))?;
    let mut found = chart.matches(list, at).map(|found| chart.found(found)).collect::<Vec<_>>().into_iter();
    let lacking = found.find(|found| matches!(found.value, Value::Day(day) if !day.exists(None)))?;
    Some((at, lacking.end))
}

/// The phrases of a text that are times, and those that would be if their date existed. None overlaps another.
fn search(chart: &mut Chart<'_>) -> Vec<Found> {
    let (tokens, lists) = (chart.tokens, chart.grammar.lists);
    if (0..tokens.len()).any(|at| chart.longest(lists.beyond, at).is_some()) {
        return Vec::new();
    }
    let blocked = blocked(chart);
    let mut all: Vec<(Phrase, Vec<Candidate>)> = Vec::new();
    for start in 0..tokens.len() {
        let mut phrases = phrase::from(chart, start, &blocked);
        phrases.retain(|phrase| phrase.stands() || (chart.reference.asked && is_whole(chart, phrase)));
        phrases.sort_by_key(|phrase| (Reverse(phrase.covered), phrase.parts.is_impossible(), phrase.pieces));
        for phrase in phrases {
            let range = place(tokens, phrase.start, phrase.end);
            let candidates = reading::of(&phrase.parts, range, chart.reference);
            if !candidates.is_empty() || phrase.parts.is_impossible() {
                all.push((phrase, candidates));
                break;
            }
        }
    }
    all.sort_by_key(|(phrase, candidates)| (Reverse(phrase.covered), candidates.is_empty(), phrase.start));
    let mut taken = vec![false; tokens.len()];
    let mut found: Vec<Found> = Vec::new();
    for (phrase, mut candidates) in all {
        let Some(range) = taken.get_mut(phrase.start..phrase.end) else { continue };
        if range.contains(&true) {
            continue;
        }
        range.fill(true);
        if chart.longest(lists.zone, phrase.end).is_some() {
            // Whose clock is meant is not looked into.
            candidates.iter_mut().for_each(|candidate| candidate.ambiguous = true);
        }
        let preferred = chart.ends_before(lists.rather, phrase.start);
        let wanted = preferred || !chart.ends_before(lists.without, phrase.start);
        found.push(Found { phrase, candidates, wanted, preferred });
    }
    found.retain(|found| found.wanted);
    found
}

/// Which tokens belong to what is no time.
fn blocked(chart: &mut Chart<'_>) -> Vec<bool> {
    let mut blocked = vec![false; chart.tokens.len()];
    for start in 0..blocked.len() {
        if let Some(end) = chart.longest(chart.grammar.lists.not, start) {
            blocked[start..end].fill(true);
        }
    }
    blocked
}

/// Whether a text is nothing but a phrase, and words that may stand beside one.
fn is_whole(chart: &mut Chart<'_>, phrase: &Phrase) -> bool {
    let lists = chart.grammar.lists;
    let mut at = 0;
    while at < chart.tokens.len() {
        if at == phrase.start {
            at = phrase.end;
        } else if let Some(end) = chart.longest(lists.follow, at).or_else(|| chart.longest(lists.join, at)) {
            at = end;
        } else if chart.tokens[at].kind == Kind::Mark {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

/// Where tokens lie in the text, in bytes.
fn place(tokens: &[Token], start: usize, end: usize) -> Range<usize> {
    let from = tokens.get(start).map_or(0, |token| token.range.start);
    let to = tokens.get(end.saturating_sub(1)).map_or(from, |token| token.range.end);
    from..to
}

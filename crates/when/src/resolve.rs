//! From a text to the times that it may mean.

use std::cmp::Reverse;

use crate::candidate::Candidate;
use crate::chart::Chart;
use crate::grammar::Grammar;
use crate::phrase::{self, Phrase};
use crate::reading;
use crate::reference::Reference;
use crate::token::{Kind, Token, tokens};

/// Words, numbers and marks of a text that are looked at.
const MOST: usize = 1_000;

/// A phrase with its readings.
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
/// left out.
#[must_use]
pub fn resolve(text: &str, grammar: &Grammar, reference: &Reference) -> Vec<Candidate> {
    let tokens = tokens(text, MOST);
    let mut chart = Chart::new(grammar, &tokens, reference);
    if (0..tokens.len()).any(|at| chart.longest(grammar.lists.beyond, at).is_some()) {
        return Vec::new();
    }
    let blocked = blocked(&mut chart);
    let mut all: Vec<(Phrase, Vec<Candidate>)> = Vec::new();
    for start in 0..tokens.len() {
        let mut phrases = phrase::from(&mut chart, start, &blocked);
        phrases.retain(|phrase| phrase.stands() || (reference.asked && is_whole(&mut chart, phrase)));
        phrases.sort_by_key(|phrase| (Reverse(phrase.covered), phrase.pieces));
        for phrase in phrases {
            let range = place(&tokens, &phrase);
            let candidates = reading::of(&phrase.parts, range, reference);
            if !candidates.is_empty() {
                all.push((phrase, candidates));
                break;
            }
        }
    }
    all.sort_by_key(|(phrase, _)| (Reverse(phrase.covered), phrase.start));
    let mut found: Vec<Found> = Vec::new();
    for (phrase, mut candidates) in all {
        if found.iter().any(|other| phrase.start < other.phrase.end && other.phrase.start < phrase.end) {
            continue;
        }
        let lists = grammar.lists;
        if chart.longest(lists.zone, phrase.end).is_some() {
            // Whose clock is meant is not looked into.
            candidates.iter_mut().for_each(|candidate| candidate.ambiguous = true);
        }
        let preferred = chart.ends_before(lists.rather, phrase.start);
        let wanted = preferred || !chart.ends_before(lists.without, phrase.start);
        found.push(Found { phrase, candidates, wanted, preferred });
    }
    found.retain(|found| found.wanted);
    found.sort_by_key(|found| {
        let past = found.candidates.first().is_some_and(|first| first.past);
        let parts = &found.phrase.parts;
        (past, !found.preferred, Reverse(parts.rank()), Reverse(found.phrase.covered), found.phrase.start)
    });
    found.into_iter().flat_map(|found| found.candidates).collect()
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

fn place(tokens: &[Token], phrase: &Phrase) -> std::ops::Range<usize> {
    let start = tokens.get(phrase.start).map_or(0, |token| token.range.start);
    let end = tokens.get(phrase.end.saturating_sub(1)).map_or(start, |token| token.range.end);
    start..end
}

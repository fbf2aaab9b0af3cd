//! Whose something is: the visitor's, or another's.

use std::ops::Range;

use crate::message::Message;
use crate::vocabulary::{Mark, Section};

/// Whether what begins at a token is another person's: one was named last in this sentence, and not the visitor.
pub fn anothers(message: &Message<'_>, at: usize) -> bool {
    let start = message.sentence_start(at);
    last_of(message, start..at, &[Section::Relation], &[Section::Own])
}

/// Whether an address or number is said to be out of use, or not the visitor's. The words between it and its neighbours
/// of the same kind count.
pub fn given_up(message: &Message<'_>, item: &Range<usize>, others: &[Range<usize>]) -> bool {
    let start = message.sentence_start(item.start);
    let end = message.sentence_end(item.end);
    let before = others
        .iter()
        .map(|other| other.end)
        .filter(|end| *end <= item.start)
        .max()
        .unwrap_or(start)
        .max(start);
    let after = others
        .iter()
        .map(|other| other.start)
        .filter(|start| *start >= item.end)
        .min()
        .unwrap_or(end)
        .min(end);
    let valid = [Section::Own, Section::Correction];
    let left = before..item.start;
    if last_of(message, left.clone(), &[Section::Stale, Section::Broken], &valid) || negated(message, &left) {
        return true;
    }
    let right = item.end..after;
    let end =
        message.within(right.clone(), Section::Own).chain(message.within(right.clone(), Section::Correction));
    let until = end.map(|mark| mark.from).min().unwrap_or(right.end);
    // "…, that isn't mine" is broken although "mine" is the visitor's.
    message.within(right, Section::Broken).any(|mark| mark.from <= until)
}

/// Whether "not" stands right before.
fn negated(message: &Message<'_>, left: &Range<usize>) -> bool {
    let near = |mark: &&Mark| mark.to + 1 >= left.end && (mark.to..left.end).all(|at| !message.separates(at));
    message.within(left.clone(), Section::Not).any(|mark| near(&mark))
}

/// Whether the last phrase in a range is of the first sections, and not one of the second that begins after it.
fn last_of(message: &Message<'_>, range: Range<usize>, these: &[Section], those: &[Section]) -> bool {
    let find = |sections: &[Section]| {
        let marks = message
            .marks
            .iter()
            .filter(|m| sections.contains(&m.section) && m.from >= range.start && m.to <= range.end);
        marks.max_by_key(|mark| (mark.from, mark.to)).copied()
    };
    let Some(last) = find(these) else { return false };
    let inside = |mark: &Mark| mark.from >= last.from && mark.to <= last.to;
    let after = message
        .marks
        .iter()
        .filter(|m| those.contains(&m.section) && m.from >= range.start && m.to <= range.end);
    !after.into_iter().any(|mark| mark.from > last.from && !inside(mark))
}

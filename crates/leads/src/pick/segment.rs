//! The parts of a message between commas, addresses and numbers.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::message::Message;
use crate::pick::items::Items;
use crate::vocabulary::Section;

/// A part of a message, in tokens, and what stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its tokens, none of which separates.
    pub tokens: Range<usize>,
    /// Whether an address or a telephone number follows it, with nothing but a sign between.
    pub item_after: bool,
    /// Whether an address or a telephone number stands before it, with nothing but a sign between.
    pub item_before: bool,
}

/// A message in parts.
pub fn split(message: &Message<'_>, items: &Items) -> Vec<Segment> {
    let mut taken = vec![false; message.tokens.len()];
    for span in items.spans() {
        taken[span].fill(true);
    }
    let mut segments: Vec<Segment> = Vec::new();
    let mut at = 0;
    let mut item_before = false;
    while at < taken.len() {
        if taken[at] {
            if let Some(last) = segments.last_mut()
                && (last.tokens.end..at).all(|sign| message.separates(sign))
            {
                last.item_after = true;
            }
            item_before = true;
            at += 1;
        } else if message.separates(at) {
            at += 1;
        } else {
            let end =
                (at..taken.len()).find(|end| taken[*end] || message.separates(*end)).unwrap_or(taken.len());
            segments.push(Segment { tokens: at..end, item_after: false, item_before });
            item_before = false;
            at = end;
        }
    }
    segments
}

/// Words that may stand before an answer.
const OPENINGS: &[Section] = &[
    Section::Greeting,
    Section::Filler,
    Section::Yes,
    Section::NameCue,
    Section::NameIntro,
    Section::NameLabel,
    Section::Is,
    Section::Own,
];

/// Where an answer begins: past greetings, "it's", "my name is" and the like.
pub fn opened(message: &Message<'_>, segment: &Range<usize>, also: &[Section]) -> usize {
    let mut from = segment.start;
    'next: while from < segment.end {
        for section in OPENINGS.iter().chain(also) {
            if let Some(to) = message.begins(from, *section).filter(|to| *to <= segment.end) {
                from = to;
                continue 'next;
            }
        }
        break;
    }
    from
}

/// Which kind of field is asked for.
pub fn asked_in(message: &Message<'_>) -> Option<FieldType> {
    let labels = [
        (Section::NameLabel, FieldType::Name),
        (Section::EmailLabel, FieldType::Email),
        (Section::PhoneLabel, FieldType::Phone),
        (Section::CompanyLabel, FieldType::Company),
    ];
    let marks = message.marks.iter().filter_map(|mark| {
        let (_, r#type) = labels.iter().find(|(section, _)| *section == mark.section)?;
        Some((mark.from, mark.to - mark.from, *r#type))
    });
    let question = |at: usize| {
        let end = message.sentence_end(at);
        message.asks(at) || end == message.tokens.len() || message.sign(end, ".") || message.sign(end, "。")
    };
    let marks: Vec<(usize, usize, FieldType)> = marks.filter(|(from, _, _)| question(*from)).collect();
    // "The name of your company" names both; the longer phrase says which is meant, then the last.
    let inside = |one: &(usize, usize, FieldType)| {
        marks.iter().any(|other| other.1 > one.1 && other.0 <= one.0 && other.0 + other.1 >= one.0 + one.1)
    };
    marks
        .iter()
        .filter(|mark| !inside(mark))
        .max_by_key(|(from, length, _)| (*from, *length))
        .map(|(_, _, r#type)| *r#type)
}

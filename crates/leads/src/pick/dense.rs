//! Names and companies in scripts without spaces: Chinese and Japanese.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::message::Message;
use crate::pick::owner;
use crate::pick::segment::{self, Segment};
use crate::text::Token;
use crate::vocabulary::Section;

/// Characters that end a name.
const ENDS: &[Section] = &[
    Section::Common,
    Section::EmailLabel,
    Section::PhoneLabel,
    Section::CompanyLabel,
    Section::NameLabel,
    Section::Greeting,
    Section::Filler,
    Section::Order,
    Section::Title,
    Section::NameAfter,
    Section::Relation,
    Section::Correction,
];
/// The most characters of a Chinese name, and of a Japanese one.
const LONGEST: usize = 8;

/// Names, each with how sure it is.
pub fn names(
    message: &Message<'_>,
    segments: &[Segment],
    asked: Option<FieldType>,
) -> Vec<(Range<usize>, u8)> {
    let mut names = Vec::new();
    if !message.tokens.iter().any(Token::dense) {
        return names;
    }
    for mark in message.within(0..message.tokens.len(), Section::NameCue) {
        let from = mark.to + usize::from(message.sign(mark.to, ":"));
        if let Some(name) = run(message, from).filter(|_| !owner::anothers(message, mark.to)) {
            names.push((name, 100));
        }
    }
    for mark in message.within(0..message.tokens.len(), Section::NameIntro) {
        // "I am X's Y": the person is the last of them.
        let end = segments.iter().find(|s| s.tokens.contains(&mark.from)).map_or(mark.to, |s| s.tokens.end);
        let from = (mark.to..end).rev().find(|at| possessive(message, *at)).map_or(mark.to, |at| at + 1);
        if let Some(name) = run(message, from).filter(|name| surname(message, name, 4)) {
            names.push((name, 80));
        }
    }
    for mark in message.within(0..message.tokens.len(), Section::NameAfter) {
        let Some(segment) = segments.iter().find(|s| s.tokens.contains(&mark.from)) else { continue };
        let start = (segment.tokens.start..mark.from)
            .rev()
            .find(|at| possessive(message, *at))
            .map_or(segment.tokens.start, |at| at + 1);
        let start = segment::opened(message, &(start..mark.from), &[Section::NameIntro]);
        let plain = mark.to - mark.from <= 2;
        let whole = run(message, start).filter(|name| name.end == mark.from);
        let fits =
            |name: &Range<usize>| !plain || surname(message, name, LONGEST) || asked == Some(FieldType::Name);
        let own = whole.filter(fits).filter(|name| !owner::anothers(message, name.start));
        names.extend(own.map(|name| (name, 90)));
    }
    if asked == Some(FieldType::Name) && !message.has(0..message.tokens.len(), Section::Decline) {
        for segment in segments {
            let from = segment::opened(message, &segment.tokens, &[Section::No, Section::Correction]);
            if let Some(name) = run(message, from)
                .filter(|name| name.end == segment.tokens.end && name.len() > 1 && !message.asks(from))
            {
                names.push((name, 70));
                break;
            }
        }
    }
    names
}

/// Companies, each with how sure it is.
pub fn companies(message: &Message<'_>, segments: &[Segment]) -> Vec<(Range<usize>, u8)> {
    let mut companies = Vec::new();
    for mark in message.marks.iter().filter(|mark| mark.section == Section::Kind) {
        if !message.tokens.get(mark.from).is_some_and(Token::dense) {
            continue;
        }
        let Some(segment) = segments.iter().find(|s| s.tokens.contains(&mark.from)) else { continue };
        let cues = message.marks.iter().filter(|cue| {
            matches!(cue.section, Section::CompanyCue | Section::CompanyHint | Section::NameIntro)
        });
        let cue = cues
            .filter(|cue| cue.from >= segment.tokens.start && cue.to <= mark.from)
            .map(|cue| cue.to)
            .max();
        // The kind stands before the name in "株式会社山田", after it in "蓝天有限公司".
        let before = cue.unwrap_or(segment.tokens.start);
        let dense = |at: usize| message.tokens.get(at).is_some_and(|token| token.dense() || token.upper);
        let start = (before..mark.from)
            .rev()
            .find(|at| !dense(*at) || possessive(message, *at))
            .map_or(before, |at| at + 1);
        let mut end = mark.to;
        if start == mark.from {
            end = (mark.to..segment.tokens.end)
                .find(|at| possessive(message, *at) || message.is_any(*at, ENDS))
                .unwrap_or(segment.tokens.end);
        }
        let person = possessive(message, end) && end + 1 < segment.tokens.end;
        if end > start + 2 && (cue.is_some() || person) && !owner::anothers(message, start) {
            companies.push((start..end, 80));
        }
    }
    companies.sort_by_key(|(tokens, _)| std::cmp::Reverse(tokens.len()));
    companies
}

/// The name that begins at a token, with a title after it.
fn run(message: &Message<'_>, from: usize) -> Option<Range<usize>> {
    let mut end = from;
    let sure = if message.begins(from, Section::Surname).is_some() { 2 } else { 0 };
    while message.tokens.get(end).is_some_and(Token::dense) && end < from + LONGEST {
        let title = end > from && message.begins(end, Section::Title).is_some();
        if title || end - from >= sure && message.is_any(end, ENDS) {
            break;
        }
        end += 1;
    }
    let named = end;
    if named == from {
        return None;
    }
    let end = message.begins(end, Section::Title).unwrap_or(end);
    Some(from..end)
}

/// Whether a name begins with a frequent family name and is not longer than names are.
fn surname(message: &Message<'_>, name: &Range<usize>, most: usize) -> bool {
    message.begins(name.start, Section::Surname).is_some_and(|to| to <= name.end)
        && (2..=most).contains(&name.len())
}

fn possessive(message: &Message<'_>, at: usize) -> bool {
    message.sign(at, "的")
        || message.tokens.get(at).is_some_and(|token| matches!(token.folded.as_str(), "的" | "の"))
}

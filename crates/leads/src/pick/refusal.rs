//! What a visitor will not say, or does not have.

use robofy_kernel::FieldType;

use crate::message::Message;
use crate::pick::owner;
use crate::vocabulary::{Mark, Section};

/// The most words of an answer that says "I have none" without naming what.
const SHORT: usize = 7;

/// The types of fields that a message declines.
pub fn find(message: &Message<'_>, asked: Option<FieldType>) -> Vec<FieldType> {
    let mut refused = Vec::new();
    let all = message.tokens.len();
    for mark in message.within(0..all, Section::Decline).chain(message.within(0..all, Section::Lack)) {
        if owner::anothers(message, mark.to) {
            continue;
        }
        let named = named(message, mark);
        let meant = match (named, asked) {
            (Some(named), _) => Some(named),
            (None, Some(asked)) => (mark.section == Section::Decline || short(message)).then_some(asked),
            (None, None) => None,
        };
        let meant = meant.filter(|_| asked.is_some());
        if let Some(meant) = meant.filter(|meant| !refused.contains(meant)) {
            refused.push(meant);
        }
    }
    if asked == Some(FieldType::Checkbox) && says_no(message) {
        // It is the answer.
        refused.retain(|r#type| *r#type != FieldType::Checkbox);
    } else if let Some(asked) = asked
        && !refused.contains(&asked)
        && (instead(message, asked) || plain_no(message) || asked == FieldType::Company && private(message))
    {
        refused.push(asked);
    }
    refused
}

/// Whether the visitor wants to be reached in another way than by what was asked for.
fn instead(message: &Message<'_>, asked: FieldType) -> bool {
    let other = if asked == FieldType::Email {
        Section::PhoneLabel
    } else if asked == FieldType::Phone {
        Section::EmailLabel
    } else {
        return false;
    };
    message
        .within(0..message.tokens.len(), Section::Instead)
        .any(|mark| (mark.from..mark.to).any(|at| message.is(at, other)))
}

/// Which field the part of the sentence around a refusal names.
fn named(message: &Message<'_>, mark: &Mark) -> Option<FieldType> {
    let from = (0..mark.from).rev().find(|at| message.separates(*at)).map_or(0, |sign| sign + 1);
    let to =
        (mark.to..message.tokens.len()).find(|at| message.separates(*at)).unwrap_or(message.tokens.len());
    let labels = [
        (Section::EmailLabel, FieldType::Email),
        (Section::PhoneLabel, FieldType::Phone),
        (Section::CompanyLabel, FieldType::Company),
        (Section::NameLabel, FieldType::Name),
    ];
    let distance = |label: &Mark| {
        if label.from >= mark.to { label.from - mark.to } else { mark.from.saturating_sub(label.to) }
    };
    let marks = labels
        .iter()
        .flat_map(|(section, r#type)| message.within(from..to, *section).map(move |label| (label, *r#type)));
    marks.min_by_key(|(label, _)| distance(label)).map(|(_, r#type)| r#type)
}

fn short(message: &Message<'_>) -> bool {
    message.tokens.iter().filter(|token| token.kind == crate::text::Kind::Word).count() <= SHORT
        || message.tokens.iter().any(crate::text::Token::dense) && message.tokens.len() <= 2 * SHORT
}

/// A "no" with nothing but courtesy around it.
fn plain_no(message: &Message<'_>) -> bool {
    let courtesy = [
        Section::No,
        Section::Filler,
        Section::Greeting,
        Section::EmailLabel,
        Section::PhoneLabel,
        Section::NameLabel,
        Section::CompanyLabel,
        Section::Private,
    ];
    let all = 0..message.tokens.len();
    message.has(all.clone(), Section::No)
        && all.clone().all(|at| {
            message.separates(at)
                || message.is_any(at, &courtesy)
                || message.tokens[at].kind == crate::text::Kind::Sign
        })
        && !message.asks(0)
}

/// A "no" that is no part of what says that there will be no answer: "no thanks" is one, "no comment" is not.
fn says_no(message: &Message<'_>) -> bool {
    let all = 0..message.tokens.len();
    let of_refusal = |no: &Mark| {
        let refusals = message.within(all.clone(), Section::Decline);
        refusals
            .chain(message.within(all.clone(), Section::Lack))
            .any(|mark| mark.from <= no.from && no.to <= mark.to)
    };
    plain_no(message)
        || message.within(all.clone(), Section::No).any(|no| !of_refusal(no)) && !message.asks(0)
}

/// A visitor who asks for themselves.
fn private(message: &Message<'_>) -> bool {
    message.has(0..message.tokens.len(), Section::Private) && !message.asks(0)
}

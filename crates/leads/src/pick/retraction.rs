//! What a visitor takes back: "my name is not Rita", "delete my number", "that e-mail is wrong".

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::message::Message;
use crate::pick::items::Items;
use crate::pick::{owner, person, segment};
use crate::vocabulary::{Mark, Section};

/// The words for what can be taken back.
const NOUNS: [(Section, FieldType); 4] = [
    (Section::NameNoun, FieldType::Name),
    (Section::EmailNoun, FieldType::Email),
    (Section::PhoneNoun, FieldType::Phone),
    (Section::CompanyNoun, FieldType::Company),
];
/// The most words between the verb and what it takes back: "delete the old mobile phone number".
const NEAR: usize = 4;
/// The most words between what is wrong and that it is: "the number you have is wrong".
const APART: usize = 3;

/// A name that is said not to be the visitor's, and what it is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The tokens of the name that is none.
    pub name: Range<usize>,
    /// Those of the name that is: "not Rita but Rosa".
    pub instead: Option<Range<usize>>,
}

/// The types of fields that a message takes back.
pub fn find(message: &Message<'_>, items: &Items, denials: &[Denial]) -> Vec<FieldType> {
    let all = 0..message.tokens.len();
    let mut taken: Vec<FieldType> = Vec::new();
    if !denials.is_empty() {
        taken.push(FieldType::Name);
    }
    let retracted = message.within(all.clone(), Section::Retract).filter_map(|mark| {
        let denied = message.ends(mark.from, Section::Denied).is_some();
        nearest(message, mark, NEAR, NEAR).filter(|_| !denied)
    });
    taken.extend(retracted);
    let wrong = message.within(all.clone(), Section::Wrong).filter(|mark| !message.asks(mark.from));
    // "The number of guests is wrong" is about the guests.
    taken.extend(wrong.filter_map(|mark| nearest(message, mark, APART, 1)));
    for mark in message.within(all, Section::Denied) {
        let noun = NOUNS.iter().find(|(section, _)| message.ends(mark.from, *section).is_some());
        let of_type = |r#type: FieldType| items.of_type(r#type).any(|span| span.start == mark.to);
        taken.extend(noun.map(|(_, r#type)| *r#type).filter(|r#type| of_type(*r#type)));
    }
    taken.sort_unstable_by_key(|r#type| r#type.as_str());
    taken.dedup();
    taken
}

/// What is named in the same part of a sentence, at most so many words before or after.
fn nearest(message: &Message<'_>, mark: &Mark, before: usize, after: usize) -> Option<FieldType> {
    let from = (0..mark.from).rev().find(|at| message.separates(*at)).map_or(0, |sign| sign + 1);
    let to =
        (mark.to..message.tokens.len()).find(|at| message.separates(*at)).unwrap_or(message.tokens.len());
    let distance = |noun: &Mark| {
        if noun.from >= mark.to {
            Some(noun.from - mark.to).filter(|gap| *gap <= after)
        } else {
            let of_what = message.is_any(noun.to, &[Section::Link, Section::Particle]);
            let gap = mark.from.checked_sub(noun.to)?;
            Some(gap).filter(|gap| *gap <= before && !(of_what && mark.section == Section::Wrong))
        }
    };
    let nouns = NOUNS
        .iter()
        .flat_map(|(section, r#type)| message.within(from..to, *section).map(move |noun| (noun, *r#type)));
    let own = nouns.filter(|(noun, _)| {
        let order = (noun.from..noun.to).any(|at| message.is(at, Section::Order));
        !order && !owner::anothers(message, noun.from)
    });
    own.filter_map(|(noun, r#type)| Some((distance(noun)?, r#type)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, r#type)| r#type)
}

/// The names that a message denies.
pub fn denials(message: &Message<'_>, asked: Option<FieldType>) -> Vec<Denial> {
    let all = 0..message.tokens.len();
    let asked = asked == Some(FieldType::Name);
    let mut denials: Vec<Denial> = Vec::new();
    let denied = message.within(all.clone(), Section::Denied);
    for mark in denied.chain(message.within(all, Section::Unnamed)) {
        let Some(name) = person::run(message, mark.to) else { continue };
        let cue = [Section::NameCue, Section::NameNoun]
            .into_iter()
            .any(|section| message.ends(mark.from, section).is_some());
        let intro = mark.section == Section::Unnamed || message.ends(mark.from, Section::NameIntro).is_some();
        let instead = instead(message, name.tokens.end);
        let sure = (name.capital || name.given) && (cue || instead.is_some() && name.given || asked && intro);
        let anothers = owner::anothers(message, mark.from) || message.asks(mark.from);
        let new = denials.iter().all(|other| other.name != name.tokens);
        if (sure || intro && name.given) && !anothers && new {
            denials.push(Denial { name: name.tokens, instead });
        }
    }
    denials
}

/// The name that follows a denied one: "…, but Rosa", "… . It's Rosa".
fn instead(message: &Message<'_>, end: usize) -> Option<Range<usize>> {
    let mut from = end;
    while message.sign(from, ",") || message.sign(from, ".") || message.sign(from, ";") {
        from += 1;
    }
    let opened = segment::opened(message, &(from..message.tokens.len()), &[Section::No, Section::Correction]);
    let name = person::run(message, opened).filter(|name| name.capital || name.given)?;
    // Nothing but a comma between is a list, unless the name is one that many have.
    (opened > end && (opened > from || name.given)).then_some(name.tokens)
}

//! The visitor's name.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::message::Message;
use crate::normal::title;
use crate::pick::items::Items;
use crate::pick::retraction::Denial;
use crate::pick::segment::{self, Segment};
use crate::pick::{dense, owner};
use crate::text::Kind;
use crate::vocabulary::{Mark, Section};

/// Words that may be a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its tokens, with titles before it.
    pub tokens: Range<usize>,
    /// How many words it has.
    pub words: usize,
    /// Whether it begins with a capital letter.
    pub capital: bool,
    /// Whether it has a given name that many people have.
    pub given: bool,
}

/// A name and how sure it is.
#[derive(Clone, Debug)]
struct Candidate {
    tokens: Range<usize>,
    score: u8,
}

/// Words that are no part of a name.
const NEVER: &[Section] = &[
    Section::Common,
    Section::Filler,
    Section::Greeting,
    Section::Yes,
    Section::No,
    Section::NameLabel,
    Section::EmailLabel,
    Section::PhoneLabel,
    Section::CompanyLabel,
    Section::Relation,
    Section::Order,
    Section::NameCue,
    Section::Correction,
    Section::NameAfter,
    Section::Decline,
    Section::Lack,
];
/// The most words of a name.
const WORDS: usize = 6;

/// Finds the visitor's name.
pub fn find(
    message: &Message<'_>,
    items: &Items,
    asked: Option<FieldType>,
    denials: &[Denial],
) -> Option<Range<usize>> {
    let segments = segment::split(message, items);
    let mut candidates = Vec::new();
    cued(message, &mut candidates);
    followed(message, &segments, &mut candidates);
    labelled(message, &mut candidates);
    introduced(message, items, &segments, asked, &mut candidates);
    let declined = message.has(0..message.tokens.len(), Section::Decline);
    if asked == Some(FieldType::Name) && !declined {
        answered(message, &segments, &mut candidates);
    }
    if asked != Some(FieldType::Company) {
        standing(message, items, &segments, asked, &mut candidates);
    }
    corrected(message, &segments, &mut candidates);
    let instead = denials.iter().filter_map(|denial| denial.instead.clone());
    candidates.extend(instead.map(|tokens| Candidate { tokens, score: 102 }));
    candidates.extend(
        dense::names(message, &segments, asked)
            .into_iter()
            .map(|(tokens, score)| Candidate { tokens, score }),
    );
    // "It's ana.lima@…" names an address.
    candidates.retain(|candidate| {
        let denied = denials.iter().map(|denial| denial.name.clone());
        items
            .spans()
            .chain(denied)
            .all(|span| candidate.tokens.end <= span.start || span.end <= candidate.tokens.start)
    });
    let best = candidates.iter().rev().max_by_key(|candidate| candidate.score)?;
    // The whole name may stand elsewhere: "Brown is my name, Charlie Brown".
    let short = words(message, &best.tokens);
    let wider = candidates.iter().map(|candidate| &candidate.tokens).filter(|tokens| {
        let long = words(message, tokens);
        long.len() > short.len() && short.iter().all(|word| long.contains(word))
    });
    Some(wider.max_by_key(|tokens| tokens.len()).unwrap_or(&best.tokens).clone())
}

/// The words of a range, folded.
fn words<'m>(message: &'m Message<'_>, tokens: &Range<usize>) -> Vec<&'m str> {
    message.tokens[tokens.clone()]
        .iter()
        .filter(|t| t.kind == Kind::Word)
        .map(|t| t.folded.as_str())
        .collect()
}

/// The name that begins at a token.
pub fn run(message: &Message<'_>, from: usize) -> Option<Name> {
    let mut at = from;
    while let Some(next) = title(message, at) {
        at = next;
    }
    let first = message.tokens.get(at)?;
    let capital = first.upper;
    let (mut words, mut given, mut end) = (0, false, at);
    while words < WORDS {
        if let Some(past) = particle(message, from, at, capital).filter(|_| words > 0 || capital) {
            at = past;
        }
        let case =
            message.tokens.get(at).is_some_and(|token| token.upper == capital || words > 0 && token.upper);
        if !case || !part(message, at, words > 0) {
            break;
        }
        given |= message.is(at, Section::Given);
        at = joined(message, at);
        end = at;
        words += 1;
    }
    // "Dr. Patel's office" is not Dr. Patel.
    let possessive =
        message.sign(end, "'") && message.tokens.get(end + 1).is_some_and(|t| t.glued && t.folded == "s");
    (words > 0 && !possessive).then_some(Name { tokens: from..end, words, capital, given })
}

/// A name that begins with an everyday word, or is one: "April Jones", "Hope". Only for where a name is sure to stand.
fn namesake(message: &Message<'_>, from: usize) -> Option<Name> {
    let capital = message.tokens.get(from)?.upper;
    let to = message.begins(from, Section::Namesake)?;
    let rest = run(message, to).filter(|rest| rest.capital == capital);
    let end = rest.as_ref().map_or(to, |rest| rest.tokens.end);
    // "May 5" is a day, and "will call" what somebody does.
    let alone = end >= message.tokens.len() || message.separates(end);
    (!message.digits(end) && (capital || alone)).then(|| Name {
        tokens: from..end,
        words: 1 + rest.map_or(0, |rest| rest.words),
        capital,
        given: true,
    })
}

/// Whether a name is nothing but one word that is oftener a month or another everyday word.
fn is_everyday(message: &Message<'_>, name: &Name) -> bool {
    let at = name.tokens.start;
    name.words == 1 && message.is(at, Section::Namesake) && message.is(at, Section::Common)
}

/// A name that may begin with a small word: "van Dijk".
fn run_from_particle(message: &Message<'_>, from: usize) -> Option<Name> {
    run(message, from).or_else(|| {
        let small = ["van", "von", "vom", "ter", "ten", "zu"];
        let past = message
            .begins(from, Section::Particle)
            .filter(|_| small.contains(&message.tokens[from].folded.as_str()))?;
        let name = run(message, past).filter(|name| name.capital && !message.tokens[past].caseless)?;
        Some(Name { tokens: from..name.tokens.end, ..name })
    })
}

/// One past a small word inside of a name, "van den Berg", "De Santis": it belongs to the name that follows it. It does
/// not where a company follows.
fn particle(message: &Message<'_>, from: usize, at: usize, capital: bool) -> Option<usize> {
    let past = message.begins(at, Section::Particle).filter(|_| !message.separates(at))?;
    if message.tokens.get(past).is_none_or(|t| t.upper != capital) || !part(message, past, at > from) {
        return None;
    }
    let cased =
        |at: usize| message.tokens.get(at).is_some_and(|t| t.kind == Kind::Word && t.upper && !t.caseless);
    let end = (past..message.tokens.len()).find(|at| !cased(*at)).unwrap_or(message.tokens.len());
    let linked = at > from && message.begins(at, Section::Link).is_some();
    let again = || message.tokens[from..at].iter().any(|token| token.folded == message.tokens[past].folded);
    (!linked || !message.has(past..end, Section::Kind) && !again()).then_some(past)
}

/// One past a word, with what is joined to it: "O'Neill", "Anne-Sophie", "J.".
fn joined(message: &Message<'_>, at: usize) -> usize {
    let mut end = at + 1;
    loop {
        let sign = message.tokens.get(end).filter(|token| token.glued && token.kind == Kind::Sign);
        let Some(sign) = sign else { break };
        let next = message.glued(end + 1) && message.word(end + 1);
        match sign.folded.as_str() {
            "'" if next && message.tokens[end + 1].folded != "s" => end += 2,
            "-" if next => end += 2,
            "." if message.tokens[end - 1].folded.chars().count() == 1
                && !message.tokens[end - 1].caseless =>
            {
                end += 1
            }
            _ => break,
        }
    }
    end
}

/// Whether a word can be part of a name.
fn part(message: &Message<'_>, at: usize, later: bool) -> bool {
    let Some(token) = message.tokens.get(at).filter(|token| token.kind == Kind::Word && !token.dense())
    else {
        return false;
    };
    if message.sign(at + 1, "@") && message.glued(at + 1) {
        return false;
    }
    let elided = message.sign(at + 1, "'") && message.glued(at + 1) && message.glued(at + 2);
    let letter = token.upper && !token.caseless && token.folded.chars().count() == 1;
    let initial = letter && message.sign(at + 1, ".") && message.glued(at + 1);
    if !message.is_any(at, NEVER)
        || initial
        || elided && token.upper && message.tokens.get(at + 2).is_some_and(|t| t.upper)
    {
        return true;
    }
    let cased = token.upper && !token.caseless;
    let known = message.is(at, Section::Given);
    let starts = message.sentence_start(at) == at;
    let next =
        message.tokens.get(at + 1).is_some_and(|t| t.upper && !t.caseless) && !message.is_any(at + 1, NEVER);
    let goes_on = known && token.caseless && later && at > 0 && message.is(at - 1, Section::Given);
    if known && cased && (!starts || next) || goes_on {
        return true;
    }
    // Many family names are everyday words; at the end of a name they are meant as one.
    let only_common = !message.is_any(at, &NEVER[1..]);
    let last = at + 1 >= message.tokens.len() || message.separates(at + 1) || message.digits(at + 1);
    later && cased && only_common && last && at > 0 && message.is(at - 1, Section::Given)
}

/// "My name is …".
fn cued(message: &Message<'_>, candidates: &mut Vec<Candidate>) {
    for mark in message.within(0..message.tokens.len(), Section::NameCue) {
        let from = past_signs(message, mark.to);
        if owner::anothers(message, mark.to) {
            continue;
        }
        let name = run_from_particle(message, from).or_else(|| namesake(message, from));
        if let Some(name) = name.filter(|name| !place(message, name)) {
            candidates.push(Candidate { tokens: name.tokens, score: 100 });
        }
    }
}

fn past_signs(message: &Message<'_>, from: usize) -> usize {
    let mut at = from;
    while message.sign(at, ":")
        || message.sign(at, "=")
        || message.sign(at, "-")
        || message.begins(at, Section::Filler).is_some() && message.word(at)
    {
        at = message.begins(at, Section::Filler).unwrap_or(at + 1);
    }
    at
}

/// "… here", "… is my name".
fn followed(message: &Message<'_>, segments: &[Segment], candidates: &mut Vec<Candidate>) {
    for mark in message.within(0..message.tokens.len(), Section::NameAfter) {
        let Some(segment) = segments.iter().find(|s| s.tokens.contains(&mark.from)) else { continue };
        let from = segment::opened(message, &(segment.tokens.start..mark.from), &[]);
        let name = run(message, from)
            .or_else(|| namesake(message, from).filter(|name| name.capital))
            .filter(|name| name.tokens.end == mark.from && (name.capital || name.given));
        if let Some(name) = name.filter(|name| !message.asks(mark.from) && !place(message, name)) {
            candidates.push(Candidate { tokens: name.tokens, score: 90 });
        }
    }
}

/// "Name: …".
fn labelled(message: &Message<'_>, candidates: &mut Vec<Candidate>) {
    for mark in message.within(0..message.tokens.len(), Section::NameLabel) {
        let company = message.is(mark.from, Section::CompanyLabel)
            || mark.from > 0 && message.is(mark.from - 1, Section::CompanyLabel);
        if company || owner::anothers(message, mark.to) {
            continue;
        }
        let from = past_signs(message, mark.to);
        let sign = from > mark.to && message.separates(mark.to);
        let name = run(message, from).or_else(|| namesake(message, from).filter(|_| sign));
        if let Some(name) = name.filter(|name| (name.capital || name.given || sign) && !place(message, name))
        {
            candidates.push(Candidate { tokens: name.tokens, score: 85 });
        }
    }
}

/// "I'm …", "It's …".
fn introduced(
    message: &Message<'_>,
    items: &Items,
    segments: &[Segment],
    asked: Option<FieldType>,
    candidates: &mut Vec<Candidate>,
) {
    let asked = asked == Some(FieldType::Name);
    for mark in message.within(0..message.tokens.len(), Section::NameIntro) {
        let first_person = message.is(mark.from, Section::Own) || message.is(mark.to - 1, Section::Own);
        let name = run(message, mark.to).or_else(|| {
            let name = namesake(message, mark.to).filter(|_| first_person || asked)?;
            (name.capital || asked || name.words > 1).then_some(name)
        });
        let Some(name) = name.filter(|name| !place(message, name)) else { continue };
        if !first_person && !asked && is_everyday(message, &name) {
            // "It's April" is a month.
            continue;
        }
        let opening = segments.iter().any(|s| {
            s.tokens.contains(&mark.from)
                && segment::opened(message, &(s.tokens.start..mark.from), &[]) == mark.from
        });
        if !first_person && (!opening || message.asks(mark.from)) || message.asks(mark.from) && !name.given {
            continue;
        }
        let end = name.tokens.end;
        let alone = end >= message.tokens.len() || message.separates(end) || message.digits(end);
        let spelling = message.begins(end, Section::Spelling).is_some();
        let cased = name.capital && !message.tokens[mark.to].caseless;
        let many = name.words >= 2 && (cased || name.given);
        let single = cased && first_person && alone && !company_like(message, &name);
        let fits = if name.capital {
            name.given || many || asked && (alone || spelling) || single
        } else {
            name.given && name.words <= 4
                || asked && alone && name.words <= 3 && (name.words > 1 || !first_person)
                || alone && name.words == 2 && items.any()
        };
        if fits && (name.given || !company_like(message, &name)) {
            candidates.push(Candidate { tokens: name.tokens, score: if first_person { 80 } else { 75 } });
        }
    }
}

/// The answer to "What is your name?".
fn answered(message: &Message<'_>, segments: &[Segment], candidates: &mut Vec<Candidate>) {
    let mut content = 0;
    let mut answer: Option<Range<usize>> = None;
    for segment in segments {
        let from = segment::opened(message, &segment.tokens, &[Section::No, Section::Correction]);
        let is_all_opening =
            from >= segment.tokens.end && message.begins(segment.tokens.start, Section::Namesake).is_none();
        if is_all_opening
            || message.begins(from, Section::Not).is_some()
            || message.begins(segment.tokens.start, Section::Not).is_some()
        {
            continue;
        }
        let end = segment.tokens.end;
        // "Ben Smith" is all name, though "ben" opens a sentence in Dutch.
        let start = segment.tokens.start;
        let whole_name = namesake(message, start).filter(|name| name.capital && name.tokens.end == end);
        let name = whole_name.or_else(|| after_small_words(message, from, end));
        let question = message.sign(end, "?") || message.sign(end, "؟");
        let found = name.filter(|name| {
            let whole = name.tokens.end == end;
            let spelling = message.begins(name.tokens.end, Section::Spelling).is_some();
            let cased = name.capital && !message.tokens[name.tokens.start].caseless;
            // "I'm hungry": a single small word after "I'm" is seldom a name.
            let said = (segment.tokens.start..from)
                .any(|at| message.is(at, Section::NameIntro) && message.is(at, Section::Own));
            let small = content == 0 && name.words <= 4 && (name.words > 1 || !said);
            let known = name.given || whole && (cased || small);
            let part = !whole && (cased || name.given) && (name.given || spelling || name.words >= 2);
            !question
                && !place(message, name)
                && (whole && known || part)
                && !owner::anothers(message, name.tokens.start)
        });
        if let Some(name) = found {
            // "Brook, Ada Brook": what follows may say it in full.
            let fuller = answer.as_ref().is_none_or(|first| {
                words(message, first).iter().all(|w| words(message, &name.tokens).contains(w))
            });
            if fuller {
                candidates.push(Candidate { tokens: name.tokens.clone(), score: 70 });
                answer = Some(name.tokens);
            }
        }
        content += 1;
        if content > 2 {
            return;
        }
    }
}

/// A name at a token, or after a small word that is none: "con Nicola", "the name".
fn after_small_words(message: &Message<'_>, from: usize, end: usize) -> Option<Name> {
    let whole = || namesake(message, from).filter(|name| name.tokens.end == end);
    run_from_particle(message, from).filter(|name| name.tokens.end <= end).or_else(whole).or_else(|| {
        let small = from + 1 < end
            && message.is(from, Section::Common)
            && message.tokens[from].folded.chars().count() <= 3;
        let name = small.then(|| run(message, from + 1)).flatten()?;
        (name.tokens.end <= end && name.capital && !message.tokens[name.tokens.start].caseless)
            .then_some(name)
    })
}

/// A name that stands by itself, as in a list of contact details.
fn standing(
    message: &Message<'_>,
    items: &Items,
    segments: &[Segment],
    asked: Option<FieldType>,
    candidates: &mut Vec<Candidate>,
) {
    for (number, segment) in segments.iter().enumerate() {
        let mut from = segment.tokens.start;
        while let Some(to) = message
            .begins(from, Section::Yes)
            .or_else(|| message.begins(from, Section::Filler))
            .filter(|to| *to < segment.tokens.end)
        {
            from = to;
        }
        let Some(name) = run(message, from).filter(|name| name.tokens.end == segment.tokens.end) else {
            continue;
        };
        let cased = name.capital && !message.tokens[from].caseless;
        let likely = if name.given { cased || name.words <= 3 } else { cased && name.words >= 2 };
        if !likely
            || message.asks(from)
            || place(message, &name)
            || company_like(message, &name)
            || owner::anothers(message, from)
        {
            continue;
        }
        // "carin, with a C" spells an address out.
        let next = segments.get(number + 1).map(|next| next.tokens.start);
        if !cased
            && next.is_some_and(|next| message.begins(next, Section::Spelling).is_some())
            && asked == Some(FieldType::Email)
        {
            continue;
        }
        let near = items.any() && (segment.item_after || segment.item_before || name.given || cased);
        let first = segments[..number]
            .iter()
            .all(|before| segment::opened(message, &before.tokens, &[]) >= before.tokens.end);
        let listed = first && name.given && name.words >= 2 && cased && segments.len() > number + 1;
        if near || listed {
            candidates.push(Candidate { tokens: name.tokens, score: if name.given { 62 } else { 60 } });
        }
    }
}

/// A name that replaces the one before it in the same message: "…, sorry, …".
fn corrected(message: &Message<'_>, segments: &[Segment], candidates: &mut Vec<Candidate>) {
    let Some(first) = candidates.iter().map(|candidate| candidate.tokens.end).min() else { return };
    let after = |mark: &&Mark| mark.from >= first;
    let Some(mark) = message.within(0..message.tokens.len(), Section::Correction).rfind(after) else {
        return;
    };
    for segment in segments.iter().filter(|segment| segment.tokens.end > mark.to) {
        let from = segment::opened(
            message,
            &(segment.tokens.start.max(mark.to)..segment.tokens.end),
            &[Section::No],
        );
        let name = run(message, from)
            .filter(|name| name.tokens.end == segment.tokens.end && (name.capital || name.given));
        if let Some(name) =
            name.filter(|name| !company_like(message, name) && !owner::anothers(message, from))
        {
            candidates.push(Candidate { tokens: name.tokens, score: 101 });
            return;
        }
    }
}

/// Whether all of a name is a place.
fn place(message: &Message<'_>, name: &Name) -> bool {
    message
        .within(name.tokens.clone(), Section::Place)
        .any(|mark: &Mark| mark.from == name.tokens.start && mark.to == name.tokens.end)
        && !name.given
        || message.begins(name.tokens.start, Section::Place).is_some_and(|to| to > name.tokens.end)
}

/// Whether a name has a word of companies or professions in it.
fn company_like(message: &Message<'_>, name: &Name) -> bool {
    message.has(name.tokens.clone(), Section::Kind) || message.has(name.tokens.clone(), Section::Role)
}

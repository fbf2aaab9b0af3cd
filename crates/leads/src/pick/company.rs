//! The visitor's company.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::message::Message;
use crate::pick::items::Items;
use crate::pick::segment::{self, Segment};
use crate::pick::{dense, owner};
use crate::text::Kind;
use crate::vocabulary::{Mark, Section};

/// The most words of a company's name.
const WORDS: usize = 8;
/// Words that are no company's name by themselves.
const EVERYDAY: &[Section] = &[
    Section::Common,
    Section::Filler,
    Section::Greeting,
    Section::Yes,
    Section::No,
    Section::EmailLabel,
    Section::PhoneLabel,
    Section::NameLabel,
    Section::Order,
    Section::Relation,
    Section::Role,
    Section::Correction,
];

/// Finds the visitor's company, where the visitor's name is known to stand.
pub fn find(
    message: &Message<'_>,
    items: &Items,
    person: Option<&Range<usize>>,
    asked: Option<FieldType>,
) -> Option<Range<usize>> {
    let segments = segment::split(message, items);
    let mut candidates: Vec<(Range<usize>, u8)> = Vec::new();
    let seek = Seek { message, items, segments: &segments, person };
    seek.labelled(&mut candidates);
    seek.cued(&mut candidates);
    seek.employed(asked, &mut candidates);
    if let Some(person) = person {
        seek.beside(person, &mut candidates);
        seek.listed(person, &mut candidates);
    }
    if asked == Some(FieldType::Company) {
        seek.answered(&mut candidates);
    }
    candidates.extend(dense::companies(message, &segments));
    let apart = |tokens: &Range<usize>| {
        person.is_none_or(|person| tokens.end <= person.start || person.end <= tokens.start)
    };
    candidates
        .into_iter()
        .rev()
        .filter(|(tokens, _)| apart(tokens))
        .max_by_key(|(_, score)| *score)
        .map(|(tokens, _)| tokens)
}

struct Seek<'s, 't> {
    message: &'s Message<'t>,
    items: &'s Items,
    segments: &'s [Segment],
    person: Option<&'s Range<usize>>,
}

impl Seek<'_, '_> {
    /// "Company: …", "société …".
    fn labelled(&self, candidates: &mut Vec<(Range<usize>, u8)>) {
        let message = self.message;
        for mark in message.within(0..message.tokens.len(), Section::CompanyLabel) {
            let sign = message.sign(mark.to, ":") || message.sign(mark.to, "=");
            let from = mark.to + usize::from(sign);
            if owner::anothers(message, mark.from) || message.asks(mark.from) {
                continue;
            }
            let own = message.is(mark.from, Section::Kind) && message.tokens[mark.from].caseless;
            let found = if sign {
                self.capital(from).or_else(|| self.rest(from))
            } else {
                self.capital(from).filter(|_| !own)
            };
            if let Some(found) = found.filter(|found| sign || !self.everyday(found)) {
                candidates.push((found, if sign { 100 } else { 92 }));
            }
        }
    }

    /// "I work at …".
    fn cued(&self, candidates: &mut Vec<(Range<usize>, u8)>) {
        let message = self.message;
        for (section, score) in [(Section::CompanyCue, 95), (Section::CompanyHint, 78)] {
            for mark in message.within(0..message.tokens.len(), section) {
                if owner::anothers(message, mark.to) || message.asks(mark.from) {
                    continue;
                }
                let found = self.after(mark).filter(|found| !self.place(found) && !self.everyday(found));
                let found = found.filter(|found| section == Section::CompanyCue || self.shown(found));
                candidates.extend(found.map(|found| (found, score)));
            }
        }
    }

    /// "Manager at …".
    fn employed(&self, asked: Option<FieldType>, candidates: &mut Vec<(Range<usize>, u8)>) {
        let message = self.message;
        for role in message.within(0..message.tokens.len(), Section::Role) {
            let Some(to) = message.begins(role.to, Section::Link) else { continue };
            if self.person.is_none() && asked != Some(FieldType::Company)
                || owner::anothers(message, role.from)
            {
                continue;
            }
            let found = self.past_article(to).filter(|found| !self.place(found) && !self.everyday(found));
            candidates.extend(found.map(|found| (found, 90)));
        }
    }

    /// "Rafael from …".
    fn beside(&self, person: &Range<usize>, candidates: &mut Vec<(Range<usize>, u8)>) {
        let message = self.message;
        let from = person.end + usize::from(message.sign(person.end, ","));
        let from = message.begins(from, Section::NameAfter).unwrap_or(from);
        let Some(to) = message.begins(from, Section::Link) else { return };
        if message.tokens.get(from).is_some_and(|token| token.upper && !token.caseless) {
            return;
        }
        let found = self.past_article(to).filter(|found| !self.place(found) && self.shown(found));
        candidates.extend(found.map(|found| (found, 85)));
    }

    /// A company that stands by itself next to the name.
    fn listed(&self, person: &Range<usize>, candidates: &mut Vec<(Range<usize>, u8)>) {
        let message = self.message;
        let Some(own) =
            self.segments.iter().position(|s| s.tokens.start <= person.start && person.end <= s.tokens.end)
        else {
            return;
        };
        if self.segments[own].tokens.end != person.end {
            return;
        }
        // What somebody is may stand between the name and the company.
        let role = |at: usize| {
            self.segments
                .get(at)
                .is_some_and(|s| message.begins(s.tokens.start, Section::Role) == Some(s.tokens.end))
        };
        let after = if role(own + 1) { own + 2 } else { own + 1 };
        for (segment, score) in
            [(self.segments.get(after), 60), (own.checked_sub(1).and_then(|at| self.segments.get(at)), 55)]
        {
            let Some(segment) = segment else { continue };
            let before = if after > own + 1 { self.segments[own + 1].tokens.end } else { person.end };
            let next = (before..segment.tokens.start).chain(segment.tokens.end..person.start);
            let found = self.capital(segment.tokens.start).filter(|found| found.end == segment.tokens.end);
            let Some(found) =
                found.filter(|_| next.clone().count() <= 2 && next.clone().all(|at| message.separates(at)))
            else {
                continue;
            };
            let kind = message.has(found.clone(), Section::Kind);
            let name = message.is(found.start, Section::Given) && !kind && !self.shares(&found, person);
            let fits = self.shown(&found)
                && !name
                && !self.place(&found)
                && !self.everyday(&found)
                && !message.asks(found.start);
            if fits && !owner::anothers(message, found.start) && (score == 60 || kind) {
                candidates.push((found, score));
            }
        }
    }

    /// The answer to "Which company are you from?".
    fn answered(&self, candidates: &mut Vec<(Range<usize>, u8)>) {
        let message = self.message;
        let whole = 0..message.tokens.len();
        if message.has(whole.clone(), Section::Decline)
            || message.has(whole.clone(), Section::Private)
            || message.has(whole, Section::Lack)
        {
            return;
        }
        let openings =
            [Section::CompanyCue, Section::CompanyHint, Section::CompanyLabel, Section::Correction];
        for segment in self.segments {
            let mut from = segment.tokens.start;
            let name = |at: usize| {
                let token = |at: usize| {
                    message.tokens.get(at).is_some_and(|t| t.upper && !t.caseless && t.kind == Kind::Word)
                };
                token(at) && token(at + 1) && message.begins(at, Section::Greeting).is_none()
            };
            if !name(from) {
                from = segment::opened(message, &segment.tokens, &openings);
            }
            while !message.tokens.get(from).is_some_and(|t| t.upper)
                && from + 1 < segment.tokens.end
                && let Some(to) = message.begins(from, Section::Link).filter(|to| *to < segment.tokens.end)
            {
                from = to;
            }
            let article = |at: usize| {
                message.tokens.get(at).is_some_and(|t| !t.upper && t.folded.chars().count() <= 3)
                    && message.is(at, Section::Common)
            };
            while from + 1 < segment.tokens.end && article(from) {
                from += 1;
            }
            if from >= segment.tokens.end {
                continue;
            }
            let end = segment.tokens.end;
            let found = self.capital(from).or_else(|| self.rest(from));
            let within = |found: &Range<usize>| {
                let dot = found.end == end + 1 && message.is(end, Section::LegalForm);
                found.end <= end || dot || self.legal_form(end) == Some(found.end)
            };
            if let Some(found) =
                found.filter(|found| !message.sign(end, "?") && within(found) && !self.everyday(found))
            {
                candidates.push((found, 70));
            }
            return;
        }
    }

    fn after(&self, cue: &Mark) -> Option<Range<usize>> {
        let sign = usize::from(self.message.sign(cue.to, ":"));
        self.past_article(cue.to + sign).or_else(|| {
            // Without capitals a word of companies tells where the name ends.
            let rest = self.rest(cue.to + sign)?;
            let kind = self.message.within(rest.clone(), Section::Kind).map(|mark| mark.to).max()?;
            let lower = (rest.start..kind)
                .all(|at| !self.message.is_any(at, EVERYDAY) || self.message.is(at, Section::Kind));
            (lower && kind - rest.start <= 4 && kind - rest.start > 1).then_some(rest.start..kind)
        })
    }

    /// A name in capitals, past a small word before it.
    fn past_article(&self, from: usize) -> Option<Range<usize>> {
        let small = |at: usize| {
            let token = self.message.tokens.get(at)?;
            let article = token.kind == Kind::Word && !token.upper && token.folded.chars().count() <= 4;
            let named = self.message.is(at, Section::CompanyLabel) && !token.caseless;
            (article && self.message.is_any(at, EVERYDAY) || named)
                .then(|| at + 1 + usize::from(self.message.sign(at + 1, "'")))
        };
        self.capital(from).or_else(|| {
            let next = small(from)?;
            self.capital(next).or_else(|| self.capital(small(next)?))
        })
    }

    /// Words with capital letters from a token on, with what joins them.
    fn capital(&self, from: usize) -> Option<Range<usize>> {
        let message = self.message;
        let first = message.tokens.get(from)?;
        if first.dense() || !(first.upper && first.kind == Kind::Word || first.kind == Kind::Digits) {
            return None;
        }
        let named = |at: usize| {
            message.tokens.get(at).is_some_and(|token| match token.kind {
                Kind::Word => {
                    let everyday =
                        token.caseless && message.is_any(at, EVERYDAY) && !message.is(at, Section::Kind);
                    token.upper && !token.dense() && !everyday
                }
                Kind::Digits => token.folded.len() <= 4,
                Kind::Sign => false,
            })
        };
        let (mut at, mut end, mut words) = (from, from, 0);
        while words < WORDS {
            let Some(token) = message.tokens.get(at) else { break };
            if let Some(to) = self.legal_form(at).filter(|_| end > from) {
                // A name goes on after it only where no sentence ends: "Müller AG Ulm".
                (at, end) = (to, to);
                words += 1;
                if message.sign(to - 1, ".") {
                    break;
                }
                continue;
            }
            if named(at) && !self.taken(at) {
                at += 1;
                end = at;
                words += 1;
                continue;
            }
            let sign = token.kind == Kind::Sign;
            let glued = token.glued && message.glued(at + 1);
            let joins = sign
                && (matches!(token.folded.as_str(), "&" | "+")
                    || glued && matches!(token.folded.as_str(), "'" | "-" | "."));
            let small = token.kind == Kind::Word
                && message.is_any(at, &[Section::Particle, Section::Link, Section::And]);
            let next = if joins || small { at + 1 } else { break };
            if named(next) && !self.taken(next) || joins && glued && message.word(next) && token.is("'") {
                at = next + 1;
                end = at;
                words += 1;
            } else if small && message.is(next, Section::Common) && named(next + 1) {
                at = next + 2;
                end = at;
                words += 1;
            } else {
                break;
            }
        }
        // "Inc.", "S.L.": the dot belongs to it.
        if message.sign(end, ".")
            && message.glued(end)
            && end > from
            && message.tokens[end - 1].folded.chars().count() == 1
        {
            end += 1;
        }
        (message.tokens[from..end].iter().any(|token| token.kind == Kind::Word)).then_some(from..end)
    }

    /// One past what a company is in law, where it begins at a token or after a comma: "GmbH & Co. KG", ", Inc.".
    fn legal_form(&self, at: usize) -> Option<usize> {
        let message = self.message;
        let from = at + usize::from(message.sign(at, ","));
        let to =
            message.begins(from, Section::LegalForm).filter(|to| !(from..*to).any(|at| self.taken(at)))?;
        message.tokens[from..to].iter().any(|token| token.upper && !token.caseless).then_some(to)
    }

    /// The rest of a segment.
    fn rest(&self, from: usize) -> Option<Range<usize>> {
        let segment = self.segments.iter().find(|segment| segment.tokens.contains(&from))?;
        let words = (from..segment.tokens.end).filter(|at| self.message.word(*at)).count();
        let dense = self.message.tokens[from].dense();
        (words > 0 && words <= if dense { 24 } else { 6 }).then_some(from..segment.tokens.end)
    }

    fn taken(&self, at: usize) -> bool {
        self.person.is_some_and(|person| person.contains(&at))
            || self.items.spans().any(|span| span.contains(&at))
    }

    /// Whether it looks like a company: by a word of companies, several words, or the address's domain.
    fn shown(&self, found: &Range<usize>) -> bool {
        let words = || self.message.tokens[found.clone()].iter().filter(|token| token.kind == Kind::Word);
        let domain = self.items.domain().unwrap_or_default().replace('-', "");
        let whole: String = words().map(|token| token.folded.as_str()).collect();
        let in_domain = domain.len() >= 3 && (whole.contains(&domain) || domain.contains(&whole));
        let part = words().any(|token| token.folded.len() >= 4 && domain.contains(token.folded.as_str()));
        self.message.has(found.clone(), Section::Kind) || words().count() >= 2 || in_domain || part
    }

    fn shares(&self, found: &Range<usize>, person: &Range<usize>) -> bool {
        let name = &self.message.tokens[person.clone()];
        let long = |word: &str| word.chars().count() >= 3;
        self.message.tokens[found.clone()]
            .iter()
            .any(|t| long(&t.folded) && name.iter().any(|other| other.folded == t.folded))
    }

    fn place(&self, found: &Range<usize>) -> bool {
        self.message.begins(found.start, Section::Place).is_some_and(|to| to >= found.end)
    }

    /// Whether all its words are everyday ones.
    fn everyday(&self, found: &Range<usize>) -> bool {
        let words = found.clone().filter(|at| self.message.word(*at));
        let kind = self.message.has(found.clone(), Section::Kind) && found.len() > 1;
        words.clone().all(|at| self.message.is_any(at, EVERYDAY)) && !kind && words.count() < 3
    }
}

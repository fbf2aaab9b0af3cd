//! Phrases: pieces that stand beside each other and are about one time.

use jiff::civil::Weekday;

use crate::chart::{Chart, Match};
use crate::token::Kind;
use crate::value::{Clock, Day, Edge, Length, Part, Side, Sort, Span, Value, Which};

/// Pieces of one phrase.
const PIECES: usize = 7;
/// Joining words between two pieces.
const JOINS: usize = 3;
/// Ways to read a phrase from one place.
const WAYS: usize = 200;

/// A time of day in a phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Time {
    At(Clock),
    Between(Clock, Clock),
    Bound(Side, Clock),
    BoundPart(Side, Part),
}

/// What the pieces of a phrase say together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Parts {
    pub(crate) day: Option<Day>,
    /// Said beside the day.
    pub(crate) weekday: Option<Weekday>,
    pub(crate) days: Option<(Day, Day)>,
    pub(crate) span: Option<Span>,
    pub(crate) part: Option<Part>,
    pub(crate) time: Option<Time>,
    pub(crate) length: Option<Length>,
    /// A bound that is a day or a span.
    pub(crate) bound: Option<(Side, Edge)>,
    /// What was counted out.
    pub(crate) whole: Option<Value>,
}

/// A way to read tokens as a phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Phrase {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) parts: Parts,
    /// Tokens in pieces.
    pub(crate) covered: usize,
    pub(crate) pieces: usize,
    /// The tokens of the pieces that say which date, from the first to the last.
    pub(crate) dated: Option<(usize, usize)>,
    /// Whether it is a time by itself.
    pub(crate) strong: bool,
    /// Whether only certain words may follow.
    followed: bool,
    /// Whether its pieces that need another support each other.
    supported: bool,
}

impl Parts {
    /// With one more piece, if both can be said of one time.
    fn with(mut self, value: Value) -> Option<Self> {
        let free = |parts: &Self| parts.whole.is_none() && parts.bound.is_none() && parts.days.is_none();
        match value {
            Value::Day(day) => {
                if !free(&self) {
                    return None;
                }
                self.add_day(day)?;
            }
            Value::DayPart(day, part) => {
                if !free(&self) || self.part.is_some() {
                    return None;
                }
                self.add_day(day)?;
                self.part = Some(part);
            }
            Value::Part(part) => {
                // "First thing Monday morning": both at once.
                let part = self.part.map_or(Some(part), |before| before.and(part))?;
                free(&self).then(|| self.part = Some(part))?;
            }
            Value::Span(span) => {
                let clock = matches!(self.time, Some(Time::At(clock)) if clock != Clock::Same);
                let fits = self.span.is_none()
                    && self.whole.is_none()
                    && self.bound.is_none()
                    && self.length.is_none()
                    && (!clock || self.day.is_some());
                fits.then(|| self.span = Some(span))?;
            }
            Value::Clock(clock) => self.add_time(Time::At(clock))?,
            Value::Clocks(first, last) => self.add_time(Time::Between(first, last))?,
            Value::Bound(side, Edge::Clock(clock)) => self.add_time(Time::Bound(side, clock))?,
            Value::Bound(side, Edge::Part(part)) => self.add_time(Time::BoundPart(side, part))?,
            Value::Bound(side, edge @ (Edge::Day(_) | Edge::Span(_))) => {
                let alone = Self { length: self.length, ..Self::default() };
                (self == alone).then(|| self.bound = Some((side, edge)))?;
            }
            Value::Days(first, last) => {
                let alone = Self { span: self.span, ..Self::default() };
                (self == alone).then(|| self.days = Some((first, last)))?;
            }
            Value::Length(length) => {
                let fits = self.length.is_none()
                    && self.whole.is_none()
                    && self.days.is_none()
                    && self.span.is_none();
                fits.then(|| self.length = Some(length))?;
            }
            Value::Moment(_) | Value::Stretch(..) => {
                (self == Self::default()).then(|| self.whole = Some(value))?;
            }
            Value::Number { .. } | Value::Unit(_) | Value::Nothing => return None,
        }
        Some(self)
    }

    fn add_time(&mut self, time: Time) -> Option<()> {
        let clock = matches!(time, Time::At(clock) if clock != Clock::Same);
        let fits = self.time.is_none()
            && self.whole.is_none()
            && self.bound.is_none()
            && self.days.is_none()
            && (!clock || self.span.is_none() || self.day.is_some());
        fits.then(|| self.time = Some(time))
    }

    /// Two days are one when one of them is a day of the week.
    fn add_day(&mut self, day: Day) -> Option<()> {
        let Some(before) = self.day else {
            self.day = Some(day);
            return Some(());
        };
        if self.weekday.is_some() {
            return None;
        }
        let weekday = |day: Day| match day {
            Day::Weekday(weekday, Which::Coming(0) | Which::InWeek(0)) => Some(weekday),
            Day::Weekday(..)
            | Day::Fixed(_)
            | Day::Near(..)
            | Day::Same(_)
            | Day::Calendar { .. }
            | Day::OfMonth(_)
            | Day::Nth(..) => None,
        };
        let dated = |day: Day| !matches!(day, Day::Weekday(..) | Day::Nth(..));
        if let Some(said) = weekday(before)
            && dated(day)
        {
            (self.day, self.weekday) = (Some(day), Some(said));
        } else if let Some(said) = weekday(day)
            && dated(before)
        {
            self.weekday = Some(said);
        } else {
            return None;
        }
        Some(())
    }

    /// Whether words say which day.
    pub(crate) fn says_day(&self) -> bool {
        self.day.is_some()
            || self.days.is_some()
            || self.span.is_some()
            || self.bound.is_some()
            || self.whole.is_some()
    }

    /// Whether a date is said that does not exist: 31 February, or 29 February of a year that has none.
    pub(crate) fn is_impossible(&self) -> bool {
        let year = self.span.filter(|span| span.sort == Sort::Year).map(|span| span.start.year());
        let lacks = |day: Day| !day.exists(year);
        let bound = match self.bound {
            Some((_, Edge::Day(day))) => lacks(day),
            Some((_, Edge::Clock(_) | Edge::Part(_) | Edge::Span(_))) | None => false,
        };
        bound
            || self.day.is_some_and(lacks)
            || self.days.is_some_and(|(first, last)| lacks(first) || lacks(last))
    }

    /// How much is said: more is better.
    pub(crate) fn rank(&self) -> u8 {
        let timed =
            self.time.is_some() || self.part.is_some() || matches!(self.whole, Some(Value::Moment(_)));
        let day = self.day.is_some() || self.whole.is_some();
        match (day, timed) {
            (true, true) => 4,
            (true, false) => 3,
            (false, true) => 2,
            (false, false) => 1,
        }
    }
}

/// All ways to read a phrase from a token on. A length or a list of joining words alone is none.
pub(crate) fn from(chart: &mut Chart<'_>, start: usize, blocked: &[bool]) -> Vec<Phrase> {
    if !may_begin(chart, start) {
        return Vec::new();
    }
    let empty = Phrase {
        start,
        end: start,
        parts: Parts::default(),
        covered: 0,
        pieces: 0,
        dated: None,
        strong: false,
        followed: false,
        supported: false,
    };
    let mut found = Vec::new();
    extend(chart, empty, start, false, blocked, &mut found);
    found.retain(|phrase| may_end(chart, phrase));
    found
}

fn extend(
    chart: &mut Chart<'_>,
    phrase: Phrase,
    at: usize,
    loosely: bool,
    blocked: &[bool],
    found: &mut Vec<Phrase>,
) {
    let grammar = chart.grammar;
    for piece in &grammar.pieces {
        for next in chart.matches(*piece, at) {
            let next = chart.found(next);
            if found.len() == WAYS {
                return;
            }
            if (loosely && next.weak) || blocked.get(at..next.end).is_none_or(|inside| inside.contains(&true))
            {
                continue;
            }
            let Some(longer) = longer(chart, phrase, at, &next) else { continue };
            if found.contains(&longer) {
                continue;
            }
            found.push(longer);
            if longer.pieces < PIECES {
                joined(chart, longer, blocked, found);
            }
        }
    }
}

fn longer(chart: &mut Chart<'_>, phrase: Phrase, at: usize, next: &Match) -> Option<Phrase> {
    let person = chart.grammar.lists.person;
    if next.weak && phrase.pieces == 0 && chart.ends_before(person, at) {
        return None;
    }
    let named = matches!(next.value, Value::Span(span) if span.named);
    if named && phrase.pieces == 0 && at.checked_sub(1).is_some_and(|before| is_day_number(chart, before)) {
        return None;
    }
    let dated = match next.value {
        Value::Day(_) | Value::Days(..) | Value::Bound(_, Edge::Day(_)) => {
            Some((phrase.dated.map_or(at, |(start, _)| start), next.end))
        }
        Value::Bound(_, Edge::Clock(_) | Edge::Part(_) | Edge::Span(_))
        | Value::Number { .. }
        | Value::Unit(_)
        | Value::Length(_)
        | Value::Clock(_)
        | Value::Clocks(..)
        | Value::Part(_)
        | Value::DayPart(..)
        | Value::Span(_)
        | Value::Moment(_)
        | Value::Stretch(..)
        | Value::Nothing => phrase.dated,
    };
    Some(Phrase {
        start: phrase.start,
        end: next.end,
        parts: phrase.parts.with(next.value)?,
        covered: phrase.covered + next.end - at,
        pieces: phrase.pieces + 1,
        dated,
        strong: phrase.strong || (!next.weak && !matches!(next.value, Value::Length(_))),
        followed: next.followed,
        supported: phrase.pieces > 0 && !(phrase.followed && next.followed),
    })
}

/// Goes on after joining words, or without.
fn joined(chart: &mut Chart<'_>, phrase: Phrase, blocked: &[bool], found: &mut Vec<Phrase>) {
    extend(chart, phrase, phrase.end, false, blocked, found);
    let mut reached: Vec<(usize, bool)> = vec![(phrase.end, false)];
    for _ in 0..JOINS {
        let mut further: Vec<(usize, bool)> = Vec::new();
        for (at, loosely) in reached {
            let Some(join) = chart.grammar.lists.join else { return };
            for word in chart.matches(join, at) {
                let word = chart.found(word);
                // "2 for tomorrow" may be anything.
                if word.weak && phrase.followed && !phrase.strong {
                    continue;
                }
                let next = (word.end, loosely || word.weak);
                if !further.contains(&next) {
                    further.push(next);
                }
            }
        }
        if further.is_empty() {
            return;
        }
        for (at, loosely) in &further {
            extend(chart, phrase, *at, *loosely, blocked, found);
        }
        reached = further;
    }
}

fn is_day_number(chart: &Chart<'_>, at: usize) -> bool {
    chart.tokens.get(at).is_some_and(|token| token.kind == Kind::Digits && token.text.len() <= 2)
}

fn text<'c>(chart: &'c Chart<'_>, at: usize) -> &'c str {
    chart.tokens.get(at).map_or("", |token| token.text.as_str())
}

/// Whether a phrase may begin with a token: not within a number, price, version, address or compound word.
pub(crate) fn may_begin(chart: &mut Chart<'_>, at: usize) -> bool {
    if chart.is_number(at) && chart.ends_before(chart.grammar.lists.price, at) {
        return false;
    }
    let (Some(token), Some(before)) = (chart.tokens.get(at), at.checked_sub(1)) else { return true };
    if !token.glued {
        return true;
    }
    match (token.kind, chart.tokens[before].kind) {
        (Kind::Digits, Kind::Word | Kind::Digits) => false,
        (Kind::Digits, Kind::Mark) => {
            !matches!(text(chart, before), "." | "," | "-" | "+" | ":" | "/" | "#" | "*")
        }
        (Kind::Word, Kind::Mark) => !matches!(text(chart, before), "@" | "_" | "#" | "." | "/" | "-"),
        (Kind::Word, Kind::Digits) => false,
        (Kind::Word, Kind::Word) | (Kind::Mark, _) => true,
    }
}

/// Whether a phrase may end where it does, by what comes next.
fn may_end(chart: &mut Chart<'_>, phrase: &Phrase) -> bool {
    let lists = chart.grammar.lists;
    let end = phrase.end;
    let numeric = phrase.end.checked_sub(1).is_some_and(|last| chart.is_number(last));
    let counted = numeric || phrase.followed;
    if counted && chart.longest(lists.measure, end).is_some() {
        return false;
    }
    let named = phrase.parts.span.is_some_and(|span| span.named) && phrase.pieces == 1;
    if named && is_day_number(chart, end) && chart.longest(lists.measure, end + 1).is_none() {
        return false;
    }
    if phrase.followed && !chart.tokens.get(end).is_none_or(|next| next.kind == Kind::Mark) {
        let joined =
            lists.join.is_some_and(|join| chart.matches(join, end).any(|word| !chart.found(word).weak));
        let goes_on = joined || chart.longest(lists.follow, end).is_some();
        if !goes_on {
            return false;
        }
    }
    let (Some(next), Some(last)) = (chart.tokens.get(end), end.checked_sub(1)) else { return true };
    if !next.glued {
        return true;
    }
    let beyond = chart.tokens.get(end + 1).filter(|beyond| beyond.glued);
    let beyond_kind = beyond.map(|beyond| beyond.kind);
    match (chart.tokens[last].kind, next.kind) {
        (Kind::Digits, Kind::Digits | Kind::Word) => false,
        (Kind::Digits, Kind::Mark) => match next.text.as_str() {
            ":" | "/" | "." | "," => beyond_kind != Some(Kind::Digits),
            "-" => beyond_kind.is_none(),
            "%" | "$" | "€" | "£" | "°" | "_" | "@" => false,
            _ => true,
        },
        (Kind::Word, Kind::Mark) => match next.text.as_str() {
            "." => beyond.is_none_or(|beyond| beyond.kind != Kind::Word || !beyond.lower),
            "@" | "_" => false,
            _ => true,
        },
        (Kind::Word, Kind::Word) => true,
        (Kind::Word, Kind::Digits) => false,
        (Kind::Mark, _) => true,
    }
}

impl Phrase {
    /// Whether it is a time without being asked for one.
    pub(crate) fn stands(&self) -> bool {
        self.strong || (self.supported && !self.followed && self.parts.day.is_some())
    }
}

//! From what a phrase says to moments.

use std::ops::Range;

use jiff::civil::{Date, Time as WallTime};
use robofy_kernel::Timestamp;

use crate::candidate::{Candidate, Granularity};
use crate::clocks::{self, Reading};
use crate::days;
use crate::phrase::{Parts, Time};
use crate::reference::{Reference, minute, plus, plus_days};
use crate::value::{Clock, Day, Edge, Length, Part, Side, Span, Value};

const DAY: i32 = 1440;
/// How long something lasts whose end was not said, in days.
const OPEN: i64 = 14;

/// The readings of a phrase, best first. What is over comes after what is not.
pub(crate) fn of(parts: &Parts, range: Range<usize>, reference: &Reference) -> Vec<Candidate> {
    let mut context = Context { reference, range, says_day: parts.says_day(), found: Vec::new() };
    // A date that does not exist has no readings.
    let _exists = context.read(parts);
    let mut found = context.found;
    found.sort_by_key(|candidate| candidate.past);
    found.truncate(4);
    found
}

struct Context<'a> {
    reference: &'a Reference,
    range: Range<usize>,
    says_day: bool,
    found: Vec<Candidate>,
}

impl Context<'_> {
    fn read(&mut self, parts: &Parts) -> Option<()> {
        if let Some(whole) = parts.whole {
            return self.whole(whole);
        }
        if let Some((side, edge)) = parts.bound {
            return self.bound(side, edge, parts.length);
        }
        if let Some((first, last)) = parts.days {
            let (first, last) = days::range(first, last, parts.span, self.reference)?;
            return self.dates(first, plus_days(last, 1)?, false);
        }
        match (parts.day, parts.span) {
            (Some(day), span) => {
                for day in days::resolve(day, parts.weekday, span, self.reference)? {
                    self.day(day.date, day.doubtful, parts)?;
                }
                Some(())
            }
            (None, Some(span)) => self.span(span, parts),
            (None, None) => self.no_day(parts),
        }
    }

    fn push(&mut self, start: Timestamp, end: Timestamp, granularity: Granularity, ambiguous: bool) {
        let now = self.reference.now;
        let point = granularity == Granularity::Minute;
        // A stretch that clocks leave out is the moment in which they are set forward.
        let end = if point || start == end { minutes_after(start, 1) } else { end };
        if start >= end {
            return;
        }
        let past = if point { start < minute(now) } else { end <= now };
        let (range, says_day) = (self.range.clone(), self.says_day);
        let new = Candidate { range, start, end, granularity, ambiguous, past, says_day };
        if !self.found.iter().any(|other| (other.start, other.end) == (start, end)) {
            self.found.push(new);
        }
    }

    fn whole(&mut self, value: Value) -> Option<()> {
        if let Value::Moment(moment) = value {
            self.push(moment, moment, Granularity::Minute, false);
        } else if let Value::Stretch(start, end) = value {
            self.push(start, end, Granularity::Range, false);
        }
        Some(())
    }

    /// Whole days, the last of them not included.
    fn dates(&mut self, start: Date, end: Date, ambiguous: bool) -> Option<()> {
        let (start, end) = (self.reference.moment(start, 0)?, self.reference.moment(end, 0)?);
        self.push(start, end, Granularity::Range, ambiguous);
        Some(())
    }

    fn bound(&mut self, side: Side, edge: Edge, length: Option<Length>) -> Option<()> {
        let (start, end, ambiguous) = match edge {
            Edge::Day(day) => {
                let readings = days::resolve(day, None, None, self.reference)?;
                let first = readings.first()?;
                (first.date, plus_days(first.date, 1)?, first.doubtful)
            }
            Edge::Span(span) => (span.start, span.end, false),
            Edge::Clock(_) | Edge::Part(_) => return None,
        };
        match (side, length) {
            (Side::From, Some(length)) => {
                let end = plus(start, length, 1)?;
                if end == start { None } else { self.dates(start, end, ambiguous) }
            }
            (_, Some(_)) => None,
            (Side::From, None) => self.dates(start, plus_days(end, OPEN - 1)?, ambiguous),
            (Side::After, None) => self.dates(end, plus_days(end, OPEN)?, ambiguous),
            (Side::Before, None) => self.until(start, ambiguous),
            (Side::By, None) => self.until(end, ambiguous),
        }
    }

    /// From now up to the beginning of a day.
    fn until(&mut self, end: Date, ambiguous: bool) -> Option<()> {
        let end = self.reference.moment(end, 0)?;
        let start = minute(self.reference.now);
        let start = if start < end { start } else { minutes_after(end, -1) };
        self.push(start, end, Granularity::Range, ambiguous);
        Some(())
    }

    fn span(&mut self, span: Span, parts: &Parts) -> Option<()> {
        if let Some(Time::At(Clock::Same)) = parts.time {
            let same = Day::Same(self.reference.base_day()?);
            for day in days::resolve(same, None, Some(span), self.reference)? {
                self.day(day.date, day.doubtful, parts)?;
            }
            return Some(());
        }
        let last = plus_days(span.end, -1)?;
        let part = parts.part.map(|part| (part.from, part.to));
        let times = match parts.time {
            Some(time) => timed(time, parts.part, None)?.first().map(|reading| (reading.start, reading.end)),
            None => part,
        };
        let (from, to) = times.unwrap_or((0, DAY));
        let (start, end) = (self.reference.moment(span.start, from)?, self.reference.moment(last, to)?);
        self.push(start, end, Granularity::Range, false);
        Some(())
    }

    /// A time without a day: that of the day under discussion, or today, or tomorrow when it is over today.
    fn no_day(&mut self, parts: &Parts) -> Option<()> {
        let Reference { about, from, .. } = self.reference;
        let base = about.or_else(|| from.map(|from| self.reference.zone.wall(from).date()));
        let day = base.unwrap_or_else(|| self.reference.today());
        self.day(day, false, parts)?;
        if base.is_none() && self.found.iter().all(|candidate| candidate.past) {
            self.found.clear();
            self.day(plus_days(day, 1)?, false, parts)?;
        }
        Some(())
    }

    /// A day, with or without a time.
    fn day(&mut self, day: Date, doubtful: bool, parts: &Parts) -> Option<()> {
        let reference = self.reference;
        let Some(time) = parts.time else {
            return match (parts.part, parts.length) {
                (Some(part), _) => self.stretch(day, part.from, part.to, Granularity::Part, doubtful),
                (None, Some(length)) if length.minutes == 0 && parts.day.is_some() => {
                    self.dates(day, plus(day, length, 1)?, doubtful)
                }
                (None, Some(_)) if parts.day.is_none() => None,
                (None, Some(_) | None) => self.stretch(day, 0, DAY, Granularity::Day, doubtful),
            };
        };
        if let Time::Between(Clock::Now, last) = time {
            let after = reference.wall().time();
            let after = i32::from(after.hour()) * 60 + i32::from(after.minute());
            let open = Clock::At { minutes: after, open: false };
            for reading in clocks::between(open, last, None, self.same()) {
                let end = reference.moment(day, reading.end)?;
                self.push(minute(reference.now), end, Granularity::Range, doubtful);
            }
            return Some(());
        }
        // What is said of the small hours of tonight, said in them, is about those.
        let small = parts.part.is_some_and(|part| part.hours.1 > DAY)
            && day == reference.today()
            && reference.wall().time() < WallTime::constant(5, 0, 0, 0);
        let readings = timed(time, parts.part, self.same())?;
        for Reading { start, end, doubtful: unsure } in readings {
            let doubtful = doubtful || unsure;
            let back = if small && start >= DAY { DAY } else { 0 };
            let (start, end) = (start - back, end - back);
            match parts.length {
                Some(length) if start == end || matches!(time, Time::Bound(Side::From, _)) => {
                    let start = reference.moment(day, start)?;
                    let end = reference.count(start, length, 1)?;
                    self.push(start, end, Granularity::Range, doubtful);
                }
                Some(_) | None if start == end => {
                    let start = reference.moment(day, start)?;
                    self.push(start, start, Granularity::Minute, doubtful);
                }
                Some(_) | None => self.stretch(day, start, end, granularity(time), doubtful)?,
            }
        }
        Some(())
    }

    fn stretch(
        &mut self,
        day: Date,
        from: i32,
        to: i32,
        granularity: Granularity,
        doubtful: bool,
    ) -> Option<()> {
        let (start, end) = (self.reference.moment(day, from)?, self.reference.moment(day, to)?);
        self.push(start, end, granularity, doubtful);
        Some(())
    }

    /// The clock time of what is being moved.
    fn same(&self) -> Option<i32> {
        let time = self.reference.zone.wall(self.reference.from?).time();
        Some(i32::from(time.hour()) * 60 + i32::from(time.minute()))
    }
}

fn minutes_after(moment: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_micros(moment.micros().saturating_add(minutes * 60_000_000))
}

fn granularity(time: Time) -> Granularity {
    match time {
        Time::At(Clock::DayEnd) => Granularity::Part,
        Time::At(_) | Time::Between(..) | Time::Bound(..) | Time::BoundPart(..) => Granularity::Range,
    }
}

/// The readings of a time of day.
fn timed(time: Time, part: Option<Part>, same: Option<i32>) -> Option<Vec<Reading>> {
    let readings = match time {
        Time::At(clock) => clocks::of(clock, part, same),
        Time::Between(first, last) => clocks::between(first, last, part, same),
        Time::Bound(side, clock) => {
            let first = *clocks::of(clock, part, same).first()?;
            vec![match side {
                Side::From | Side::After => {
                    Reading { start: first.start, end: first.start.max(DAY - 1) + 1, doubtful: false }
                }
                Side::Before | Side::By => Reading { start: 0, end: first.start, doubtful: false },
            }]
        }
        Time::BoundPart(side, edge) => vec![match side {
            Side::From => Reading { start: edge.from, end: DAY, doubtful: false },
            Side::After => Reading { start: edge.to, end: DAY, doubtful: false },
            Side::Before => Reading { start: 0, end: edge.from, doubtful: false },
            Side::By => Reading { start: 0, end: edge.to, doubtful: false },
        }],
    };
    Some(readings)
}

//! Which time of day a clock time is.

use crate::value::{Clock, Part};

/// Half a day, and a day, in minutes.
const HALF: i32 = 720;
const DAY: i32 = 1440;
/// Between these an appointment is more likely than twelve hours earlier or later.
const BUSINESS: std::ops::Range<i32> = 480..1200;

impl Part {
    /// What is both, if anything is.
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        let hours = (self.hours.0.max(other.hours.0), self.hours.1.min(other.hours.1));
        (from < to).then_some(Self { from, to, hours })
    }
}

/// Minutes since a day's midnight, more than 1440 on the next day; and whether a doubt is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) start: i32,
    /// For a time without an end, the same.
    pub(crate) end: i32,
    pub(crate) doubtful: bool,
}

/// What a clock time may be, best first: beside a part of a day what lies in it, otherwise what lies in business hours.
pub(crate) fn of(clock: Clock, part: Option<Part>, same: Option<i32>) -> Vec<Reading> {
    let point = |start: i32, doubtful: bool| Reading { start, end: start, doubtful };
    match clock {
        Clock::At { minutes, open } => {
            let (readings, doubtful) = readings(minutes, open, part);
            readings.into_iter().map(|start| point(start, doubtful)).collect()
        }
        Clock::Same => same.map(|start| point(start, false)).into_iter().collect(),
        Clock::DayEnd => {
            vec![point(DAY - 1, true), Reading { start: 960, end: BUSINESS.end, doubtful: true }]
        }
        Clock::Midnight => match part {
            // The night after an evening; otherwise a day begins and ends with one.
            Some(_) => vec![point(DAY, false)],
            None => vec![point(0, true), point(DAY, true)],
        },
        Clock::Now => Vec::new(),
    }
}

fn readings(minutes: i32, open: bool, part: Option<Part>) -> (Vec<i32>, bool) {
    let all: &[i32] = if open { &[0, HALF, DAY] } else { &[0, DAY] };
    if let Some(Part { hours: (from, to), .. }) = part
        && let Some(within) = all.iter().map(|more| minutes + more).find(|time| (from..=to).contains(time))
    {
        return (vec![within], false);
    }
    if !open {
        return (vec![minutes], part.is_some());
    }
    let (early, late) = (minutes, minutes + HALF);
    if BUSINESS.contains(&early) { (vec![early, late], true) } else { (vec![late, early], minutes >= 60) }
}

/// What two clock times may be as the ends of a stretch, best first. What is open follows what is not: "5 to 6 pm" is
/// in the afternoon, "10 to 2 pm" begins in the morning. A time that cannot follow is on the next half day.
pub(crate) fn between(first: Clock, last: Clock, part: Option<Part>, same: Option<i32>) -> Vec<Reading> {
    let Some((starts, doubtful)) = ends(first, part, same) else { return Vec::new() };
    let Some((stops, _)) = ends(last, None, same) else { return Vec::new() };
    let after = |start: i32| {
        let later = stops.iter().flat_map(|stop| [*stop, stop + HALF, stop + DAY]);
        let known = stops.iter().copied().filter(|stop| *stop > start).min();
        known.or_else(|| later.filter(|stop| *stop > start).min())
    };
    let mut starts = starts;
    if let ([stop], true) = (stops.as_slice(), starts.len() > 1) {
        // The later of two readings that still comes before.
        starts.sort_unstable_by_key(|start| (*start >= *stop, -*start));
        starts.truncate(1);
    }
    let doubtful = doubtful && starts.len() > 1;
    let all = starts.into_iter().filter_map(|start| Some(Reading { start, end: after(start)?, doubtful }));
    all.collect()
}

/// The times that an end of a stretch may be.
fn ends(clock: Clock, part: Option<Part>, same: Option<i32>) -> Option<(Vec<i32>, bool)> {
    match clock {
        Clock::At { minutes, open } => Some(readings(minutes, open, part)),
        Clock::Same => same.map(|start| (vec![start], false)),
        Clock::Midnight => Some((vec![DAY], false)),
        Clock::DayEnd => Some((vec![DAY - 1], false)),
        Clock::Now => None,
    }
}

//! Days, weeks and months of a time zone as ranges of quarters of an hour.

use jiff::ToSpan as _;
use jiff::civil::Date;
use robofy_booking::Zone;
use robofy_kernel::{Timestamp, text_enum};

text_enum! {
    /// How a time is cut.
    pub enum Interval {
        /// By days.
        Day = "day",
        /// By weeks, which begin on Monday (ISO 8601).
        Week = "week",
        /// By months.
        Month = "month",
    }
}

/// A quarter of an hour, in microseconds.
const QUARTER: i64 = 15 * 60 * 1_000_000;

/// The quarter of an hour in which a moment lies, counted from 1970 in UTC.
pub(crate) const fn quarter(at: Timestamp) -> i64 {
    at.micros().div_euclid(QUARTER)
}

/// Days of a zone, cut into periods.
#[derive(Clone, Debug)]
pub struct Periods {
    /// The first day and the first quarter of each.
    starts: Vec<(Date, i64)>,
    /// The quarter after the last.
    end: i64,
}

/// Neighbouring periods of one length: all but those in which clocks are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Which period is its first.
    pub first: usize,
    /// Its first quarter.
    pub from: i64,
    /// The quarter after its last.
    pub until: i64,
    /// How many quarters a period has.
    pub length: i64,
}

impl Periods {
    /// The days from the first to the last, both included. The first and the last period may be shorter than the
    /// others: nothing outside of these days belongs to them.
    #[must_use]
    pub fn new(first: Date, last: Date, interval: Interval, zone: &Zone) -> Self {
        let mut starts = Vec::new();
        let mut day = first;
        while day <= last {
            starts.push((day, begin(day, zone)));
            let next = match interval {
                Interval::Day => day.saturating_add(1.day()),
                Interval::Week => {
                    day.saturating_add((7 - i64::from(day.weekday().to_monday_zero_offset())).days())
                }
                Interval::Month => day.first_of_month().saturating_add(1.month()),
            };
            if next <= day {
                break;
            }
            day = next;
        }
        Self { starts, end: begin(last.saturating_add(1.day()), zone) }
    }

    /// The first day of each.
    pub(super) fn days(&self) -> impl Iterator<Item = Date> {
        self.starts.iter().map(|(day, _)| *day)
    }

    /// From the first quarter to the one after the last; `None` when there is none.
    pub(super) fn whole(&self) -> Option<(i64, i64)> {
        let from = self.starts.first()?.1;
        (from < self.end).then_some((from, self.end))
    }

    /// The runs that they make. A period without a quarter (a day that a country left out) is in none.
    pub(super) fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let ends = self.starts.iter().skip(1).map(|(_, start)| *start).chain([self.end]);
        for (at, (from, until)) in self.starts.iter().map(|(_, start)| *start).zip(ends).enumerate() {
            let length = until - from;
            match runs.last_mut() {
                _ if length <= 0 => {}
                Some(run) if run.length == length && run.until == from && run.next() == at => {
                    run.until = until;
                }
                Some(_) | None => runs.push(Run { first: at, from, until, length }),
            }
        }
        runs
    }
}

impl Run {
    /// Which period would follow it.
    fn next(&self) -> usize {
        self.first + usize::try_from((self.until - self.from) / self.length).unwrap_or(usize::MAX)
    }
}

/// The first quarter that begins on the day or after it.
fn begin(day: Date, zone: &Zone) -> i64 {
    -(-zone.day_start(day).micros()).div_euclid(QUARTER)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn lengths(first: Date, last: Date, interval: Interval, zone: &str) -> Vec<(Date, i64)> {
        let zone = Zone::named(zone).unwrap();
        let periods = Periods::new(first, last, interval, &zone);
        let ends = periods.starts.iter().skip(1).map(|(_, start)| *start).chain([periods.end]);
        periods.starts.iter().zip(ends).map(|((day, from), until)| (*day, until - from)).collect()
    }

    #[test]
    fn a_day_may_have_an_hour_less_or_more_or_half_of_one() {
        let of = |day, zone| lengths(day, day, Interval::Day, zone)[0].1;
        assert_eq!(of(date(2026, 3, 29), "Europe/Berlin"), 92);
        assert_eq!(of(date(2026, 10, 25), "Europe/Berlin"), 100);
        assert_eq!(of(date(2026, 4, 5), "Australia/Lord_Howe"), 98);
        assert_eq!(of(date(2026, 6, 1), "Asia/Kathmandu"), 96);
        assert_eq!(of(date(2011, 12, 30), "Pacific/Apia"), 0, "a day that there was not");
        let kathmandu = Periods::new(
            date(2026, 6, 1),
            date(2026, 6, 1),
            Interval::Day,
            &Zone::named("Asia/Kathmandu").unwrap(),
        );
        assert_eq!(kathmandu.starts[0].1 % 4, 1, "18:15 in UTC");
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let weeks = lengths(date(2026, 1, 7), date(2026, 1, 20), Interval::Week, "UTC");
        let expected = [(date(2026, 1, 7), 5 * 96), (date(2026, 1, 12), 7 * 96), (date(2026, 1, 19), 2 * 96)];
        assert_eq!(weeks, expected);
        let months = lengths(date(2026, 1, 31), date(2026, 3, 1), Interval::Month, "UTC");
        assert_eq!(months, [(date(2026, 1, 31), 96), (date(2026, 2, 1), 28 * 96), (date(2026, 3, 1), 96)]);
    }

    #[test]
    fn a_year_of_days_is_five_runs() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let runs = Periods::new(date(2026, 1, 1), date(2026, 12, 31), Interval::Day, &berlin).runs();
        assert_eq!(runs.iter().map(|run| run.length).collect::<Vec<_>>(), [96, 92, 96, 100, 96]);
        let last = runs.last().unwrap();
        assert_eq!((last.next(), runs[0].from, last.until - runs[0].from), (365, runs[0].from, 365 * 96));
        let apia = Zone::named("Pacific/Apia").unwrap();
        let runs = Periods::new(date(2011, 12, 29), date(2011, 12, 31), Interval::Day, &apia).runs();
        assert_eq!(runs.iter().map(|run| run.first).collect::<Vec<_>>(), [0, 2]);
    }

    proptest! {
        #[test]
        fn runs_hold_every_quarter_once(
            start in 0..20_000_i64, days in 0..800_i64,
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia", "Africa/Cairo"]),
            interval in prop::sample::select(Interval::ALL),
        ) {
            let first = date(1975, 1, 1).saturating_add(start.days());
            let zone = Zone::named(zone).unwrap();
            let periods = Periods::new(first, first.saturating_add(days.days()), interval, &zone);
            let (from, until) = periods.whole().unwrap_or((0, 0));
            let mut at = from;
            for run in periods.runs() {
                prop_assert_eq!(run.from, at);
                prop_assert_eq!((run.until - run.from) % run.length, 0);
                prop_assert_eq!(periods.starts[run.first].1, run.from);
                at = run.until;
            }
            prop_assert_eq!(at, until);
        }
    }
}

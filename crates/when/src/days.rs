//! Which date a day is.

use jiff::civil::{Date, Weekday};

use crate::reference::{Reference, monday, plus_days};
use crate::value::{Day, Sort, Span, Unit, Which};

/// A reading of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) date: Date,
    /// Whether another reading is as good, or the words contradict each other.
    pub(crate) doubtful: bool,
}

fn sure(date: Date) -> Vec<Reading> {
    vec![Reading { date, doubtful: false }]
}

/// The first such day of the week from a date on.
pub(crate) fn first_from(date: Date, weekday: Weekday) -> Option<Date> {
    plus_days(date, i64::from(date.weekday().until(weekday)).rem_euclid(7))
}

/// The n-th such day of the week of a span, the last one for -1.
pub(crate) fn nth_of(start: Date, end: Date, nth: i8, weekday: Weekday) -> Option<Date> {
    let day = if nth < 0 {
        first_from(plus_days(end, -7)?, weekday)?
    } else {
        plus_days(first_from(start, weekday)?, i64::from(nth.checked_sub(1)?) * 7)?
    };
    (start <= day && day < end).then_some(day)
}

/// The dates that a day may be, best first. `weekday` was said beside it, `span` is the week or month of which it is
/// said to be.
pub(crate) fn resolve(
    day: Day,
    weekday: Option<Weekday>,
    span: Option<Span>,
    reference: &Reference,
) -> Option<Vec<Reading>> {
    let today = reference.today();
    match day {
        Day::Fixed(date) => Some(agreeing(date, weekday)),
        Day::Near(date, unit) => Some(match weekday {
            Some(weekday) => {
                let near = near(date, unit, weekday)?;
                vec![Reading { date: near, doubtful: unit <= Unit::Day && near != date }]
            }
            None => sure(date),
        }),
        Day::Same(date) => match span {
            Some(span) if span.sort == Sort::Week => Some(sure(first_from(span.start, date.weekday())?)),
            Some(_) => None,
            None => Some(agreeing(date, weekday)),
        },
        Day::Calendar { year, month, day, other } => {
            calendar(year, (month, day), other, weekday, span, today)
        }
        Day::OfMonth(day) => of_month(day, weekday, span, reference),
        Day::Weekday(weekday, which) => named(weekday, which, span, reference),
        Day::Nth(nth, weekday) => match span {
            Some(span) => Some(sure(nth_of(span.start, span.end, nth, weekday)?)),
            None => months(today).find_map(|first| {
                let end = plus_days(first.last_of_month(), 1)?;
                nth_of(first, end, nth, weekday).filter(|date| *date >= today).map(sure)
            }),
        },
    }
}

/// A date that stands; a day of the week that is not its own makes it doubtful.
fn agreeing(date: Date, weekday: Option<Weekday>) -> Vec<Reading> {
    vec![Reading { date, doubtful: weekday.is_some_and(|weekday| weekday != date.weekday()) }]
}

/// A day of the week close to a date that was counted out: at most three days away where days were counted, of the
/// same week where weeks were, and the first from the date on otherwise.
fn near(date: Date, unit: Unit, weekday: Weekday) -> Option<Date> {
    match unit {
        Unit::Minute | Unit::Hour | Unit::Day => first_from(plus_days(date, -3)?, weekday),
        Unit::Week => first_from(monday(date)?, weekday),
        Unit::Month | Unit::Year => first_from(date, weekday),
    }
}

/// The first days of this and the next 24 months.
fn months(today: Date) -> impl Iterator<Item = Date> {
    (0..25).filter_map(move |months| {
        let span = jiff::Span::new().try_months(months).ok()?;
        today.first_of_month().checked_add(span).ok()
    })
}

fn calendar(
    year: Option<i16>,
    said: (i8, i8),
    other: Option<(i8, i8)>,
    weekday: Option<Weekday>,
    span: Option<Span>,
    today: Date,
) -> Option<Vec<Reading>> {
    let coming = |(month, day): (i8, i8)| -> Option<Date> {
        if let Some(year) = year {
            return Date::new(year, month, day).ok();
        }
        if let Some(span) = span {
            // "5 May this year", or what contradicts itself.
            let date = Date::new(span.start.year(), month, day).ok()?;
            return (span.start <= date && date < span.end).then_some(date);
        }
        (0..9)
            .find_map(|years| Date::new(today.year() + years, month, day).ok().filter(|date| *date >= today))
    };
    let first = coming(said)?;
    let Some(weekday) = weekday.filter(|weekday| *weekday != first.weekday()) else {
        // A day that is over may have been written in the other order.
        let exchanged = other.filter(|_| weekday.is_none() && first < today).and_then(coming);
        let both = exchanged.filter(|date| *date >= today).map(|date| vec![date, first]);
        let doubtful =
            both.map(|dates| dates.into_iter().map(|date| Reading { date, doubtful: true }).collect());
        return Some(doubtful.unwrap_or_else(|| sure(first)));
    };
    let mut readings = agreeing(first, Some(weekday));
    if let Some(exchanged) = other.and_then(coming).filter(|date| date.weekday() == weekday) {
        readings.insert(0, Reading { date: exchanged, doubtful: true });
    }
    Some(readings)
}

fn of_month(
    day: i8,
    weekday: Option<Weekday>,
    span: Option<Span>,
    reference: &Reference,
) -> Option<Vec<Reading>> {
    if let Some(span) = span {
        let date = Date::new(span.start.year(), span.start.month(), day).ok()?;
        let inside = span.sort == Sort::Month && span.start <= date && date < span.end;
        return inside.then(|| agreeing(date, weekday));
    }
    let today = reference.today();
    // Days are counted on from the month that is talked about.
    let month = reference.base_day().filter(|base| *base > today).unwrap_or(today);
    let dates = months(month).filter_map(|first| Date::new(first.year(), first.month(), day).ok());
    let mut dates = dates.filter(|date| *date >= today);
    match weekday {
        Some(weekday) => dates.find(|date| date.weekday() == weekday).map(sure),
        None => dates.next().map(sure),
    }
}

fn named(weekday: Weekday, which: Which, span: Option<Span>, reference: &Reference) -> Option<Vec<Reading>> {
    let today = reference.today();
    if let Some(span) = span {
        let date = first_from(span.start, weekday).filter(|date| *date < span.end)?;
        return Some(match span.sort {
            Sort::Week | Sort::Weekend => sure(date),
            Sort::Month | Sort::Year | Sort::Days => {
                let date = first_from(span.start.max(today), weekday).filter(|date| *date < span.end)?;
                vec![Reading { date, doubtful: true }]
            }
        });
    }
    match which {
        Which::Coming(weeks) => {
            let first = plus_days(first_from(today, weekday)?, weeks.checked_mul(7)?)?;
            if first != today {
                return Some(sure(first));
            }
            // Said on that very day: today, or a week from today.
            let later = plus_days(today, 7)?;
            Some([first, later].map(|date| Reading { date, doubtful: true }).to_vec())
        }
        Which::InWeek(weeks) => {
            let start = plus_days(monday(today)?, weeks.checked_mul(7)?)?;
            first_from(start, weekday).map(sure)
        }
        Which::Following => {
            let from = match reference.base_day() {
                Some(base) => plus_days(base, 1)?,
                None => plus_days(monday(today)?, 7)?,
            };
            first_from(from, weekday).map(sure)
        }
        Which::Last => first_from(plus_days(today, -7)?, weekday).map(sure),
    }
}

/// A range of days: its first and its last one. One without a year belongs to the year of the other.
pub(crate) fn range(
    first: Day,
    last: Day,
    span: Option<Span>,
    reference: &Reference,
) -> Option<(Date, Date)> {
    let one = |day: Day| resolve(day, None, span, reference)?.first().map(|reading| reading.date);
    let backwards = |end: Date| match first {
        Day::OfMonth(day) => {
            let dates = (0..3).filter_map(|months| {
                let month =
                    end.first_of_month().checked_sub(jiff::Span::new().try_months(months).ok()?).ok()?;
                Date::new(month.year(), month.month(), day).ok()
            });
            dates.into_iter().find(|date| *date <= end)
        }
        Day::Calendar { year: None, month, day, .. } => {
            let years = [end.year(), end.year() - 1];
            years.into_iter().filter_map(|year| Date::new(year, month, day).ok()).find(|date| *date <= end)
        }
        Day::Calendar { .. }
        | Day::Fixed(_)
        | Day::Near(..)
        | Day::Same(_)
        | Day::Weekday(..)
        | Day::Nth(..) => one(first),
    };
    let (start, end) = match last {
        Day::Weekday(weekday, Which::Coming(0)) => {
            let start = one(first)?;
            (start, first_from(plus_days(start, 1)?, weekday)?)
        }
        Day::OfMonth(day) if !matches!(first, Day::OfMonth(_)) => {
            let start = one(first)?;
            let end = months(start).filter_map(|month| Date::new(month.year(), month.month(), day).ok());
            (start, end.into_iter().find(|date| *date > start)?)
        }
        Day::OfMonth(_)
        | Day::Calendar { .. }
        | Day::Fixed(_)
        | Day::Near(..)
        | Day::Same(_)
        | Day::Weekday(..)
        | Day::Nth(..) => {
            let end = one(last)?;
            (backwards(end)?, end)
        }
    };
    (start < end).then_some((start, end))
}

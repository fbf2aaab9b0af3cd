//! Single days.

use super::Args;
use crate::days::{first_from, nth_of};
use crate::grammar::{Op, Word};
use crate::language::DateOrder;
use crate::reference::{Reference, plus, plus_days};
use crate::value::{Day, Value, Which, exists};

/// A day counted from today.
pub(super) fn today(reference: &Reference, days: i64) -> Option<Day> {
    plus_days(reference.today(), days).map(Day::Fixed)
}

/// The day of a rule.
pub(super) fn of(op: Op, args: Args<'_>, reference: &Reference) -> Option<Day> {
    if op == Op::Today {
        today(reference, args.number(0)?)
    } else if op == Op::Base {
        base(args, reference)
    } else if op == Op::Weekday {
        weekday(args)
    } else if op == Op::Weekdays {
        let nth = args.number(0)?.checked_sub(1).filter(|weeks| (0..100).contains(weeks))?;
        let first = first_from(plus_days(reference.today(), 1)?, args.weekday(1)?)?;
        plus_days(first, nth.checked_mul(7)?).map(Day::Fixed)
    } else if op == Op::WeekdayDate {
        weekday_date(args, reference)
    } else if op == Op::Workday {
        workday(args, reference)
    } else if op == Op::OfMonth {
        args.small(0).filter(|day| (1..=31).contains(day)).map(Day::OfMonth)
    } else if op == Op::Date {
        calendar(year(args, 2)?, args.small(0)?, args.small(1)?)
    } else if op == Op::Numeric {
        numeric(args, reference.order)
    } else if op == Op::Iso {
        calendar(Some(args.small(0)?), args.small(1)?, args.small(2)?)
    } else if op == Op::Nth {
        let nth = args.small(0)?;
        (nth == -1 || (1..=5).contains(&nth)).then_some(Day::Nth(nth, args.weekday(1)?))
    } else if op == Op::NthOf {
        let span = args.span(2)?;
        nth_of(span.start, span.end, args.small(0)?, args.weekday(1)?).map(Day::Fixed)
    } else if op == Op::DayOf {
        let (nth, span) = (args.number(0)?, args.span(1)?);
        let day =
            if nth < 0 { plus_days(span.end, nth)? } else { plus_days(span.start, nth.checked_sub(1)?)? };
        (span.start <= day && day < span.end).then_some(Day::Fixed(day))
    } else {
        let length = args.length(0).filter(|length| length.minutes == 0)?;
        let day = crate::days::resolve(args.day(1)?, None, None, reference)?.first()?.date;
        let sign = if op == Op::Back { -1 } else { 1 };
        Some(Day::Near(plus(day, length, sign)?, length.unit))
    }
}

/// A day counted from the one under discussion. Without one, the day after is that after today; there is no day before.
fn base(args: Args<'_>, reference: &Reference) -> Option<Day> {
    let days = args.number(0)?;
    match reference.base_day() {
        Some(day) if days == 0 => Some(Day::Same(day)),
        Some(day) => plus_days(day, days).map(Day::Fixed),
        None => {
            if days > 0 {
                today(reference, days)
            } else {
                None
            }
        }
    }
}

fn weekday(args: Args<'_>) -> Option<Day> {
    let day = args.weekday(0)?;
    let count = args.number(2).unwrap_or(0);
    let which = match args.word(1)? {
        Word::Coming => Which::Coming(count),
        Word::Following => Which::Following,
        Word::Last => Which::Last,
        Word::Week => Which::InWeek(count),
        Word::Unit(_) => return None,
    };
    Some(Day::Weekday(day, which))
}

/// "Friday 13": only when the next 13th, or the one after it, is a Friday.
fn weekday_date(args: Args<'_>, reference: &Reference) -> Option<Day> {
    let weekday = args.weekday(0)?;
    let day: i8 = args.small(1)?;
    let soon = (0..=45).filter_map(|days| plus_days(reference.today(), days));
    soon.filter(|date| date.day() == day).find(|date| date.weekday() == weekday).map(Day::Fixed)
}

fn workday(args: Args<'_>, reference: &Reference) -> Option<Day> {
    let mut left = args.number(0).filter(|days| (1..=60).contains(days))?;
    let mut day = reference.today();
    while left > 0 {
        day = plus_days(day, 1)?;
        left -= i64::from(day.weekday().to_monday_one_offset() <= 5);
    }
    Some(Day::Fixed(day))
}

/// A year if given; one of two digits belongs to this century.
fn year(args: Args<'_>, at: usize) -> Option<Option<i16>> {
    let Some(Value::Number { n, width }) = args.value(at) else { return Some(None) };
    let year = if width == 2 { 2000 + n } else { n };
    (1900..2200).contains(&year).then(|| i16::try_from(year).ok()).flatten().map(Some)
}

/// A date, though it may not exist.
fn calendar(year: Option<i16>, month: i8, day: i8) -> Option<Day> {
    (month >= 1 && day >= 1).then_some(Day::Calendar { year, month, day, other: None })
}

/// Two numbers in the order of the place; in the other order when only that makes a date. When neither does, they are
/// a date that does not exist, if one of them can be a month.
fn numeric(args: Args<'_>, order: DateOrder) -> Option<Day> {
    let (first, second): (i8, i8) = (args.small(0)?, args.small(1)?);
    let year = year(args, 2)?;
    let (said, other) = match order {
        DateOrder::MonthFirst => ((first, second), (second, first)),
        DateOrder::DayFirst => ((second, first), (first, second)),
    };
    let exchanged = Some(other).filter(|(month, day)| first != second && exists(year, *month, *day));
    if exists(year, said.0, said.1) {
        return Some(Day::Calendar { year, month: said.0, day: said.1, other: exchanged });
    }
    let (month, day) = exchanged.or_else(|| [said, other].into_iter().find(|(month, _)| *month <= 12))?;
    calendar(year, month, day)
}

/// From one day of a month to another: first, last, month and, if given, year.
pub(super) fn days_of(args: Args<'_>) -> Option<Value> {
    let (first, last, month): (i8, i8, i8) = (args.small(0)?, args.small(1)?, args.small(2)?);
    let year = year(args, 3)?;
    (first < last).then_some(())?;
    Some(Value::Days(calendar(year, month, first)?, calendar(year, month, last)?))
}

/// From one day of a span's month to another.
pub(super) fn days_in(args: Args<'_>) -> Option<Value> {
    let (first, last, span): (i8, i8, _) = (args.small(0)?, args.small(1)?, args.span(2)?);
    (first < last).then_some(())?;
    let day = |day: i8| calendar(Some(span.start.year()), span.start.month(), day);
    Some(Value::Days(day(first)?, day(last)?))
}

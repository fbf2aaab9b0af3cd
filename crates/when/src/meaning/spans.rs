//! Weeks, months, and other spans of days.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::Args;
use crate::grammar::Op;
use crate::reference::{Reference, minute, monday, plus, plus_days};
use crate::value::{Length, Sort, Span, Unit, Value};

/// The longest count of days, weeks or months that is a span.
const MOST: i64 = 400;

/// The span of a rule.
pub(super) fn of(op: Op, args: Args<'_>, reference: &Reference) -> Option<Span> {
    let today = reference.today();
    if op == Op::Week {
        week(today, args.number(0)?, 0, 7, Sort::Week)
    } else if op == Op::BaseWeek {
        week(reference.base_day().unwrap_or(today), args.number(0)?, 0, 7, Sort::Week)
    } else if op == Op::Weekend {
        week(today, args.number(0)?, 5, 7, Sort::Weekend)
    } else if op == Op::Workweek {
        week(today, args.number(0)?, 0, 5, Sort::Week)
    } else if op == Op::Midweek {
        week(today, args.number(0)?, 2, 4, Sort::Days)
    } else if op == Op::Month {
        let first = plus(today.first_of_month(), Length::of(args.number(0)?, Unit::Month)?, 1)?;
        month(first, false)
    } else if op == Op::Year {
        year(plus(today.first_of_year(), Length::of(args.number(0)?, Unit::Year)?, 1)?.year())
    } else if op == Op::YearNumber {
        year(args.small(0)?)
    } else if op == Op::MonthName {
        named_month(args, reference)
    } else if op == Op::NextMonthName {
        let number: i8 = args.small(0)?;
        let years = i16::from(number <= today.month());
        month(Date::new(today.year() + years, number, 1).ok()?, false)
    } else if op == Op::WeekOf {
        let day = crate::days::resolve(args.day(0)?, None, None, reference)?.first()?.date;
        days(monday(day)?, 7, Sort::Week)
    } else if op == Op::WeekNumber {
        numbered_week(args.small(0)?, today)
    } else if op == Op::NthWeek {
        nth_week(args.number(0)?, 1, args.span(1)?)
    } else if op == Op::First {
        first(args)
    } else {
        let (span, length) = (args.span(2)?, Length::of(args.number(0)?, args.unit(1)?)?);
        let start = plus(span.end, length, -1)?;
        (span.start <= start && start < span.end).then_some(Span {
            start,
            sort: Sort::Days,
            named: false,
            ..span
        })
    }
}

/// Days of the week so many weeks from that of a day.
fn week(today: Date, weeks: i64, from: i64, to: i64, sort: Sort) -> Option<Span> {
    let monday = plus_days(monday(today)?, weeks.checked_mul(7)?)?;
    days(plus_days(monday, from)?, to - from, sort)
}

fn days(start: Date, days: i64, sort: Sort) -> Option<Span> {
    Some(Span { start, end: plus_days(start, days)?, sort, named: false })
}

fn month(first: Date, named: bool) -> Option<Span> {
    let end = plus_days(first.last_of_month(), 1)?;
    Some(Span { start: first, end, sort: Sort::Month, named })
}

fn year(year: i16) -> Option<Span> {
    let start = Date::new(year, 1, 1).ok()?;
    (1900..2199).contains(&year).then_some(())?;
    Some(Span { start, end: Date::new(year + 1, 1, 1).ok()?, sort: Sort::Year, named: false })
}

/// A month by its name: that of the year if given, otherwise the running or coming one.
fn named_month(args: Args<'_>, reference: &Reference) -> Option<Span> {
    let number: i8 = args.small(0)?;
    let today = reference.today();
    let given = match args.value(1) {
        Some(Value::Number { n, width: 2 }) => Some(2000 + n),
        Some(_) => Some(args.number(1)?),
        None => None,
    };
    let year = match given {
        Some(year) => i16::try_from(year).ok().filter(|year| (1900..2199).contains(year))?,
        None => today.year() + i16::from(number < today.month()),
    };
    month(Date::new(year, number, 1).ok()?, true)
}

/// The week of that number (ISO 8601): of this year, or of the next when it is over.
fn numbered_week(number: i8, today: Date) -> Option<Span> {
    let this_year = today.iso_week_date().year();
    [this_year, this_year + 1]
        .into_iter()
        .filter_map(|year| ISOWeekDate::new(year, number, Weekday::Monday).ok())
        .filter_map(|week| days(week.date(), 7, Sort::Week))
        .find(|span| span.end > today)
}

/// Weeks of a month or year. Its weeks are those that have their Thursday in it, as ISO 8601 has it for years.
fn nth_week(nth: i64, weeks: i64, span: Span) -> Option<Span> {
    let belongs = |monday: Date| plus_days(monday, 3).is_some_and(|day| span.start <= day && day < span.end);
    let start = if nth < 0 {
        let last = monday(plus_days(span.end, -1)?)?;
        if belongs(last) { last } else { plus_days(last, -7)? }
    } else {
        let first = monday(span.start)?;
        let first = if belongs(first) { first } else { plus_days(first, 7)? };
        plus_days(first, nth.checked_sub(1)?.checked_mul(7)?)?
    };
    belongs(start).then(|| days(start, weeks.checked_mul(7)?, Sort::Week)).flatten()
}

/// The first so many units of a span.
fn first(args: Args<'_>) -> Option<Span> {
    let (count, unit, span) = (args.number(0)?, args.unit(1)?, args.span(2)?);
    (1..=MOST).contains(&count).then_some(())?;
    if unit == Unit::Week {
        return nth_week(1, count, span).map(|weeks| Span { sort: Sort::Days, ..weeks });
    }
    let length = Length::of(count, unit).filter(|length| length.minutes == 0)?;
    let end = plus(span.start, length, 1)?;
    (end <= span.end).then_some(Span { end, sort: Sort::Days, named: false, ..span })
}

/// The next so many units: days from tomorrow on, minutes and hours from now on.
pub(super) fn next(args: Args<'_>, reference: &Reference) -> Option<Value> {
    let (count, unit) = (args.number(0)?, args.unit(1)?);
    (1..=MOST).contains(&count).then_some(())?;
    let length = Length::of(count, unit)?;
    if length.minutes != 0 {
        let end = reference.count(reference.now, length, 1)?;
        return Some(Value::Stretch(minute(reference.now), end));
    }
    let start = plus_days(reference.today(), 1)?;
    Some(Value::Span(Span { start, end: plus(start, length, 1)?, sort: Sort::Days, named: false }))
}

/// What is left of today; `late`: from noon on.
pub(super) fn rest_of_today(reference: &Reference, late: bool) -> Option<Value> {
    let today = reference.today();
    let noon = reference.moment(today, 720)?;
    let start = if late { noon.max(minute(reference.now)) } else { minute(reference.now) };
    let end = reference.moment(today, 1440)?;
    (start < end).then_some(Value::Stretch(start, end))
}

/// A piece of a span: of a week Monday to Wednesday, Tuesday to Thursday, or Thursday to Sunday; of a month or year its
/// first half, middle third, second half, or last third; what is left of it.
pub(super) fn piece(op: Op, span: Span, reference: &Reference) -> Option<Span> {
    let Span { start, end, sort, .. } = span;
    let length = i64::from(start.until(end).ok()?.get_days());
    let (from, to) = if op == Op::Rest {
        let start = start.max(reference.today());
        return (start < end).then_some(Span { start, sort: Sort::Days, named: false, ..span });
    } else if sort == Sort::Week && length == 7 {
        if op == Op::Early {
            (0, 3)
        } else if op == Op::Mid {
            (1, 4)
        } else {
            (3, 7)
        }
    } else if op == Op::Early {
        (0, (length + 1) / 2)
    } else if op == Op::Mid {
        (length * 3 / 10, length * 2 / 3)
    } else if op == Op::Late {
        (length / 2, length)
    } else {
        (length * 2 / 3, length)
    };
    let (from, to) = (plus_days(start, from)?, plus_days(start, to)?);
    (from < to).then_some(Span { start: from, end: to, sort: Sort::Days, named: false })
}

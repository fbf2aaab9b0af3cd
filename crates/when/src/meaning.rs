//! What a rule's meaning makes of what its categories matched. Nothing, when that is no time: a 31st of June.

mod clocks;
mod days;
mod spans;

use jiff::civil::Weekday;

use crate::grammar::{Arg, Op, Word};
use crate::reference::{Reference, minute};
use crate::value::{Clock, Day, Edge, Length, Part, Side, Span, Unit, Value};

/// The words of a meaning with what was matched in their places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args<'a> {
    args: &'a [Arg],
    values: &'a [Option<Value>],
}

impl Args<'_> {
    fn value(self, at: usize) -> Option<Value> {
        match *self.args.get(at)? {
            Arg::Capture(place) => self.values.get(place).copied().flatten(),
            Arg::Number(n) => Some(Value::number(n)),
            Arg::Word(Word::Unit(unit)) => Some(Value::Unit(unit)),
            Arg::Word(Word::Coming | Word::Following | Word::Last | Word::Week) => None,
        }
    }

    fn word(self, at: usize) -> Option<Word> {
        match *self.args.get(at)? {
            Arg::Word(word) => Some(word),
            Arg::Capture(_) | Arg::Number(_) => None,
        }
    }

    fn number(self, at: usize) -> Option<i64> {
        if let Value::Number { n, .. } = self.value(at)? { Some(n) } else { None }
    }

    fn small<T: TryFrom<i64>>(self, at: usize) -> Option<T> {
        T::try_from(self.number(at)?).ok()
    }

    fn unit(self, at: usize) -> Option<Unit> {
        if let Value::Unit(unit) = self.value(at)? { Some(unit) } else { None }
    }

    fn length(self, at: usize) -> Option<Length> {
        if let Value::Length(length) = self.value(at)? { Some(length) } else { None }
    }

    fn clock(self, at: usize) -> Option<Clock> {
        if let Value::Clock(clock) = self.value(at)? { Some(clock) } else { None }
    }

    fn part(self, at: usize) -> Option<Part> {
        if let Value::Part(part) = self.value(at)? { Some(part) } else { None }
    }

    fn day(self, at: usize) -> Option<Day> {
        if let Value::Day(day) = self.value(at)? { Some(day) } else { None }
    }

    fn span(self, at: usize) -> Option<Span> {
        if let Value::Span(span) = self.value(at)? { Some(span) } else { None }
    }

    fn weekday(self, at: usize) -> Option<Weekday> {
        Weekday::from_monday_one_offset(self.small(at)?).ok()
    }
}

/// What a rule means. `whole_day` says that clock times in numbers are those of 24 hours.
pub(crate) fn of(
    op: Op,
    args: &[Arg],
    values: &[Option<Value>],
    reference: &Reference,
    whole_day: bool,
) -> Option<Value> {
    let args = Args { args, values };
    match op {
        Op::Nothing => Some(Value::Nothing),
        Op::Pass => args.value(0),
        Op::Sum => Some(Value::number(args.number(0)?.checked_add(args.number(1)?)?)),
        Op::Limit => {
            let within = (args.number(1)?..=args.number(2)?).contains(&args.number(0)?);
            args.value(0).filter(|_| within)
        }
        Op::Unit => Some(Value::Unit(args.unit(0)?)),
        Op::Length => Some(Value::Length(Length::of(args.number(0)?, args.unit(1)?)?)),
        Op::Plus => Some(Value::Length(args.length(0)?.and(args.length(1)?)?)),

        Op::Clock => clocks::clock(args, whole_day).map(Value::Clock),
        Op::Compact => clocks::compact(args).map(Value::Clock),
        Op::Am => clocks::am(args.clock(0)?).map(Value::Clock),
        Op::Pm => clocks::pm(args.clock(0)?).map(Value::Clock),
        Op::Past => clocks::moved(args.clock(1)?, args.small(0)?).map(Value::Clock),
        Op::To => clocks::moved(args.clock(1)?, args.small::<i32>(0)?.checked_neg()?).map(Value::Clock),
        Op::Fixed => Some(Value::Clock(Clock::At { minutes: args.small(0)?, open: false })),
        Op::Same => reference.from.map(|_| Value::Clock(Clock::Same)),
        Op::DayEnd => Some(Value::Clock(Clock::DayEnd)),
        Op::Midnight => Some(Value::Clock(Clock::Midnight)),
        Op::Now => Some(Value::Clock(Clock::Now)),
        Op::Clocks => Some(Value::Clocks(args.clock(0)?, args.clock(1)?)),

        Op::Part => Some(Value::Part(Part {
            from: args.small(0)?,
            to: args.small(1)?,
            hours: (args.small(2)?, args.small(3)?),
        })),
        Op::DayPart => Some(Value::DayPart(days::today(reference, args.number(0)?)?, args.part(1)?)),
        Op::Early | Op::Mid | Op::Late | Op::End | Op::Rest => piece(op, args, reference),
        Op::Later => spans::rest_of_today(reference, true),

        Op::Today
        | Op::Base
        | Op::Weekday
        | Op::Weekdays
        | Op::WeekdayDate
        | Op::Workday
        | Op::OfMonth
        | Op::Date
        | Op::Numeric
        | Op::Iso
        | Op::Nth
        | Op::NthOf
        | Op::DayOf
        | Op::Shift
        | Op::Back => days::of(op, args, reference).map(Value::Day),

        Op::Ahead => counted(reference, args.length(0)?, 1, false),
        Op::Ago => counted(reference, args.length(0)?, -1, false),
        Op::After => counted(reference, args.length(0)?, 1, true),
        Op::Before => counted(reference, args.length(0)?, -1, true),
        Op::Within => {
            let end = reference.count(reference.now, args.length(0)?, 1)?;
            Some(Value::Stretch(minute(reference.now), end))
        }

        Op::Days => Some(Value::Days(args.day(0)?, args.day(1)?)),
        Op::DaysOf => days::days_of(args),
        Op::DaysIn => days::days_in(args),

        Op::Next => spans::next(args, reference),
        Op::Week
        | Op::BaseWeek
        | Op::Weekend
        | Op::Workweek
        | Op::Midweek
        | Op::Month
        | Op::Year
        | Op::YearNumber
        | Op::MonthName
        | Op::NextMonthName
        | Op::WeekOf
        | Op::WeekNumber
        | Op::NthWeek
        | Op::First
        | Op::LastUnits => spans::of(op, args, reference).map(Value::Span),

        Op::BoundFrom => edge(args).map(|edge| Value::Bound(Side::From, edge)),
        Op::BoundAfter => edge(args).map(|edge| Value::Bound(Side::After, edge)),
        Op::BoundBefore => edge(args).map(|edge| Value::Bound(Side::Before, edge)),
        Op::BoundBy => edge(args).map(|edge| Value::Bound(Side::By, edge)),
    }
}

/// A piece of a part of a day or of a span.
fn piece(op: Op, args: Args<'_>, reference: &Reference) -> Option<Value> {
    match args.value(0)? {
        Value::Part(part) => clocks::piece(op, part).map(Value::Part),
        Value::Span(span) => spans::piece(op, span, reference).map(Value::Span),
        Value::Day(day) if op == Op::Rest => {
            (day == days::today(reference, 0)?).then(|| spans::rest_of_today(reference, false)).flatten()
        }
        Value::Number { .. }
        | Value::Unit(_)
        | Value::Length(_)
        | Value::Clock(_)
        | Value::Clocks(..)
        | Value::Day(_)
        | Value::Days(..)
        | Value::DayPart(..)
        | Value::Bound(..)
        | Value::Moment(_)
        | Value::Stretch(..)
        | Value::Nothing => None,
    }
}

/// What lies a length from now, or from what is under discussion: a day, or a moment where hours or minutes were said.
fn counted(reference: &Reference, length: Length, sign: i64, from_base: bool) -> Option<Value> {
    let base = if from_base { reference.base() } else { reference.now };
    if length.minutes != 0 {
        return reference.count(base, length, sign).map(Value::Moment);
    }
    let day = if from_base { reference.base_day() } else { None }.unwrap_or_else(|| reference.today());
    Some(Value::Day(Day::Near(crate::reference::plus(day, length, sign)?, length.unit)))
}

fn edge(args: Args<'_>) -> Option<Edge> {
    match args.value(0)? {
        Value::Clock(clock) => Some(Edge::Clock(clock)),
        Value::Part(part) => Some(Edge::Part(part)),
        Value::Day(day) => Some(Edge::Day(day)),
        Value::Span(span) => Some(Edge::Span(span)),
        Value::Number { .. }
        | Value::Unit(_)
        | Value::Length(_)
        | Value::Clocks(..)
        | Value::Days(..)
        | Value::DayPart(..)
        | Value::Bound(..)
        | Value::Moment(_)
        | Value::Stretch(..)
        | Value::Nothing => None,
    }
}

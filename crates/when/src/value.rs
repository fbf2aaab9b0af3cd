//! What a piece of a phrase means before it is known which moment that is.

use jiff::civil::{Date, Weekday};
use robofy_kernel::Timestamp;

/// What a category matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    /// A number; `width` is its count of digits, 0 in words.
    Number {
        n: i64,
        width: usize,
    },
    Unit(Unit),
    Length(Length),
    Clock(Clock),
    Clocks(Clock, Clock),
    Part(Part),
    Day(Day),
    /// From one day to another, the last one included.
    Days(Day, Day),
    /// A part of a day that is said by the same word ("tonight").
    DayPart(Day, Part),
    Span(Span),
    Bound(Side, Edge),
    /// A moment that was counted out.
    Moment(Timestamp),
    /// A stretch that was counted out.
    Stretch(Timestamp, Timestamp),
    /// Nothing: a word of a list.
    Nothing,
}

impl Value {
    pub(crate) fn number(n: i64) -> Self {
        Self::Number { n, width: 0 }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Length {
    pub(crate) months: i64,
    pub(crate) days: i64,
    pub(crate) minutes: i64,
    /// The unit that was said, the largest of several.
    pub(crate) unit: Unit,
}

/// A time on the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Clock {
    /// Minutes since midnight. What is `open` may be that or twelve hours later; it is below 720.
    At {
        minutes: i32,
        open: bool,
    },
    /// The time of what is being moved.
    Same,
    /// The last minute of a day, or the late hours before it.
    DayEnd,
    Midnight,
    Now,
}

/// A part of a day, in minutes since midnight; what lies beyond 1440 belongs to the next day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) from: i32,
    pub(crate) to: i32,
    /// Clock times that are said with it.
    pub(crate) hours: (i32, i32),
}

/// A day as it was said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Day {
    Fixed(Date),
    /// Counted out in that unit: a day of the week beside it chooses one close to it.
    Near(Date, Unit),
    /// The day of what is being moved or talked about.
    Same(Date),
    /// `other` is the reading with day and month exchanged. It may be a date that does not exist: 31 February.
    Calendar {
        year: Option<i16>,
        month: i8,
        day: i8,
        other: Option<(i8, i8)>,
    },
    OfMonth(i8),
    Weekday(Weekday, Which),
    /// The n-th such day of the week of a month, the last one for -1.
    Nth(i8, Weekday),
}

impl Day {
    /// Whether there is such a day; `beside` is the year that was said of it elsewhere. Without a year, some year has it.
    pub(crate) fn exists(self, beside: Option<i16>) -> bool {
        match self {
            Self::Calendar { year, month, day, .. } => exists(year.or(beside), month, day),
            Self::Fixed(_)
            | Self::Near(..)
            | Self::Same(_)
            | Self::OfMonth(_)
            | Self::Weekday(..)
            | Self::Nth(..) => true,
        }
    }
}

/// Whether there is such a date. Every fourth year has all days that a year can have.
pub(crate) fn exists(year: Option<i16>, month: i8, day: i8) -> bool {
    Date::new(year.unwrap_or(2024), month, day).is_ok()
}

/// Which of a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// The first from today on, and as many weeks after it.
    Coming(i64),
    /// That of the week so many weeks after this one.
    InWeek(i64),
    /// The first after the day that is talked about; that of next week when none is.
    Following,
    /// The last one before today.
    Last,
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Week,
    Weekend,
    Month,
    Year,
    Days,
}

/// Several days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) start: Date,
    /// The day after the last.
    pub(crate) end: Date,
    pub(crate) sort: Sort,
    /// Whether it was said by the name of a month alone.
    pub(crate) named: bool,
}

/// On which side of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// From the edge on, with it.
    From,
    /// From the end of the edge on.
    After,
    /// Up to the edge, without it.
    Before,
    /// Up to the end of the edge.
    By,
}

/// What something is before or after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Edge {
    Clock(Clock),
    Part(Part),
    Day(Day),
    Span(Span),
}

//! Meanings: what a rule makes of what it matched.

use crate::value::Unit;

/// What is done with what was matched.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Action {
    pub(crate) op: Op,
    pub(crate) args: Vec<Arg>,
}

/// What something is done with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Arg {
    /// What the n-th category matched, from 0.
    Capture(usize),
    Number(i64),
    Word(Word),
}

/// A word of the language of meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Coming,
    Following,
    Last,
    Week,
    Unit(Unit),
}

macro_rules! ops {
    ($($(#[$doc:meta])* $op:ident = $name:literal,)*) => {
        /// What can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Op { $($(#[$doc])* $op,)* }

        impl Op {
            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$op),)* _ => None }
            }
        }
    };
}

ops! {
    /// Nothing: the rule belongs to a list.
    Nothing = "nothing",
    /// What was matched, unchanged.
    Pass = "pass",
    /// The sum of two numbers.
    Sum = "sum",
    /// A number, if it is not less than one and not more than another.
    Limit = "limit",
    /// A unit of length.
    Unit = "unit",
    /// So many of a unit.
    Length = "length",
    /// One length and another.
    Plus = "plus",

    /// An hour and, if given, its minutes.
    Clock = "clock",
    /// Hours and minutes in one number of three or four digits.
    Compact = "compact",
    /// A clock time before noon.
    Am = "am",
    /// A clock time from noon on.
    Pm = "pm",
    /// So many minutes after an hour.
    Past = "past",
    /// So many minutes before an hour.
    To = "to",
    /// A clock time that is not open.
    Fixed = "fixed",
    /// The clock time of what is being moved.
    Same = "same",
    /// The end of a day.
    DayEnd = "dayend",
    /// Midnight.
    Midnight = "midnight",
    /// The present moment, as an end of a stretch.
    Now = "now",
    /// From one clock time to another.
    Clocks = "clocks",

    /// A part of a day: from, to, and the clock times said with it.
    Part = "part",
    /// The part of a day so many days from today.
    DayPart = "daypart",
    /// The first piece of a part or span.
    Early = "early",
    /// The middle of a part or span.
    Mid = "mid",
    /// The second half of a part or span.
    Late = "late",
    /// The last piece of a span.
    End = "end",
    /// What is left of a part of today, or of a span.
    Rest = "rest",
    /// What is left of today, from its middle on.
    Later = "latertoday",

    /// So many days from today.
    Today = "today",
    /// So many days from the day under discussion.
    Base = "base",
    /// A day of the week: the coming one, or that of a week.
    Weekday = "weekday",
    /// The n-th such day of the week, counted from now.
    Weekdays = "weekdays",
    /// A day of the week with a day of the month, if they fit each other soon.
    WeekdayDate = "weekdaydate",
    /// The n-th working day from today.
    Workday = "workday",
    /// A day of some month.
    OfMonth = "ofmonth",
    /// Month, day and, if given, year.
    Date = "date",
    /// Two numbers in the order of the place, and, if given, a year.
    Numeric = "numeric",
    /// Year, month, day.
    Iso = "iso",
    /// The n-th such day of the week of a month.
    Nth = "nth",
    /// The same, of a span.
    NthOf = "nthof",
    /// The n-th day of a span.
    DayOf = "dayof",
    /// A length after a day.
    Shift = "shift",
    /// A length before a day.
    Back = "back",

    /// A length from now.
    Ahead = "ahead",
    /// A length before now.
    Ago = "ago",
    /// A length after what is under discussion.
    After = "later",
    /// A length before what is under discussion.
    Before = "earlier",
    /// From now on, for a length.
    Within = "within",

    /// From one day to another.
    Days = "days",
    /// From one day of a month to another: first, last, month, year.
    DaysOf = "daysof",
    /// The same: first, last, span.
    DaysIn = "daysin",

    /// The week so many weeks from this one.
    Week = "week",
    /// The same, from that of the day under discussion.
    BaseWeek = "baseweek",
    /// Its Saturday and Sunday.
    Weekend = "weekend",
    /// Its Monday to Friday.
    Workweek = "workweek",
    /// Its Wednesday and Thursday.
    Midweek = "midweek",
    /// The month so many months from this one.
    Month = "month",
    /// The year so many years from this one.
    Year = "year",
    /// That year.
    YearNumber = "yearnumber",
    /// A month by its name: number, year.
    MonthName = "monthname",
    /// The first month of that name after this one.
    NextMonthName = "nextmonthname",
    /// The week of a day.
    WeekOf = "weekof",
    /// A week by its number.
    WeekNumber = "weeknumber",
    /// The n-th week of a span.
    NthWeek = "nthweek",
    /// The first so many units of a span.
    First = "first",
    /// The last so many units of a span.
    LastUnits = "lastunits",
    /// The next so many units.
    Next = "next",

    /// From something on.
    BoundFrom = "from",
    /// From the end of something on.
    BoundAfter = "after",
    /// Up to something.
    BoundBefore = "before",
    /// Up to the end of something.
    BoundBy = "by",
}

impl Action {
    /// Reads a meaning; `step` is its place in an enumeration.
    pub(super) fn read(text: &str, step: usize) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let first = words.next().ok_or("no meaning")?;
        let step = i64::try_from(step).map_err(|_| "too many")?;
        if let Some(number) = number(first) {
            let by = words.next().map_or(Some(1), |by| by.strip_prefix('+')?.parse().ok());
            let by: i64 = by.ok_or("a step is written +n")?;
            return Ok(Self { op: Op::Pass, args: vec![Arg::Number(number + step * by)] });
        }
        let (op, mut args) = match first.strip_prefix('$') {
            Some(_) => (Op::Pass, vec![arg(first)?]),
            None => (Op::named(first).ok_or_else(|| format!("no meaning named {first}"))?, Vec::new()),
        };
        for word in words {
            args.push(arg(word)?);
        }
        Ok(Self { op, args })
    }
}

fn number(text: &str) -> Option<i64> {
    match text.split_once(':') {
        Some((hours, minutes)) => Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?),
        None => text.parse().ok(),
    }
}

fn arg(text: &str) -> Result<Arg, String> {
    if let Some(place) = text.strip_prefix('$') {
        let place: usize = place.parse().map_err(|_| format!("no place named {text}"))?;
        return place.checked_sub(1).map(Arg::Capture).ok_or_else(|| "places begin with $1".to_owned());
    }
    if let Some(number) = number(text) {
        return Ok(Arg::Number(number));
    }
    Ok(Arg::Word(match text {
        "coming" => Word::Coming,
        "following" => Word::Following,
        "last" => Word::Last,
        "inweek" => Word::Week,
        "minute" => Word::Unit(Unit::Minute),
        "hour" => Word::Unit(Unit::Hour),
        "day" => Word::Unit(Unit::Day),
        "week" => Word::Unit(Unit::Week),
        "month" => Word::Unit(Unit::Month),
        "year" => Word::Unit(Unit::Year),
        other => return Err(format!("no word {other} in meanings")),
    }))
}

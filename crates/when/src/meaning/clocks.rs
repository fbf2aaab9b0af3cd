//! Clock times and parts of a day.

use super::Args;
use crate::grammar::Op;
use crate::value::{Clock, Part, Value};

/// Half a day, in minutes.
const HALF: i32 = 720;

/// An hour and, if given, its minutes. From 1 to 12 it may be before or after noon, unless it is written with a leading
/// zero or, with minutes, in a country of 24 hours.
pub(super) fn clock(args: Args<'_>, whole_day: bool) -> Option<Clock> {
    let Value::Number { n: hour, width } = args.value(0)? else { return None };
    let minutes = args.number(1);
    let whole_day = whole_day && minutes.is_some();
    at(hour, minutes.unwrap_or(0), whole_day || (width == 2 && hour < 10))
}

/// Hours and minutes in one number of three or four digits.
pub(super) fn compact(args: Args<'_>) -> Option<Clock> {
    let Value::Number { n, width } = args.value(0)? else { return None };
    at(n / 100, n % 100, width == 4 && n < 1000)
}

fn at(hour: i64, minutes: i64, known: bool) -> Option<Clock> {
    if !(0..24).contains(&hour) || !(0..60).contains(&minutes) {
        return (hour == 24 && minutes == 0).then_some(Clock::At { minutes: 1440, open: false });
    }
    let open = !known && (1..=12).contains(&hour);
    let hour = if open { hour % 12 } else { hour };
    Some(Clock::At { minutes: i32::try_from(hour * 60 + minutes).ok()?, open })
}

/// Before noon.
pub(super) fn am(clock: Clock) -> Option<Clock> {
    match clock {
        Clock::At { minutes, .. } if minutes < HALF => Some(Clock::At { minutes, open: false }),
        Clock::At { .. } | Clock::Same | Clock::DayEnd | Clock::Midnight | Clock::Now => None,
    }
}

/// From noon on.
pub(super) fn pm(clock: Clock) -> Option<Clock> {
    match clock {
        Clock::At { minutes, .. } if minutes < HALF => {
            Some(Clock::At { minutes: minutes + HALF, open: false })
        }
        Clock::At { minutes, .. } if minutes < 2 * HALF => Some(Clock::At { minutes, open: false }),
        Clock::At { .. } | Clock::Same | Clock::DayEnd | Clock::Midnight | Clock::Now => None,
    }
}

/// Some minutes later or earlier.
pub(super) fn moved(clock: Clock, by: i32) -> Option<Clock> {
    let Clock::At { minutes, open } = clock else { return None };
    let around = if open { HALF } else { 2 * HALF };
    ((-59..=59).contains(&by)).then(|| Clock::At { minutes: (minutes + by).rem_euclid(around), open })
}

/// A piece of a part of a day.
pub(super) fn piece(op: Op, part: Part) -> Option<Part> {
    let Part { from, to, hours } = part;
    let half = i32::midpoint(from, to);
    let quarter = (to - from) / 4;
    let (from, to) = if op == Op::Early {
        (from, half)
    } else if op == Op::Mid {
        (from + quarter, to - quarter)
    } else if op == Op::Late || op == Op::End {
        (half, to)
    } else {
        (from, to)
    };
    (from < to).then_some(Part { from, to, hours })
}

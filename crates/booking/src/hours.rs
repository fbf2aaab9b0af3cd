//! Opening hours as an operator writes them: ranges of wall-clock time for each weekday and for single dates.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use robofy_kernel::Checks;

/// The most ranges of a day.
const RANGES: usize = 24;
/// Minutes of a day, as the clock counts them.
const DAY: u16 = 24 * 60;

/// A range as it is written: `["09:00", "12:30"]`.
pub type RangeText = [String; 2];

/// The ranges of each weekday; none = closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the names of the days")]
pub struct WeekText {
    pub mon: Vec<RangeText>,
    pub tue: Vec<RangeText>,
    pub wed: Vec<RangeText>,
    pub thu: Vec<RangeText>,
    pub fri: Vec<RangeText>,
    pub sat: Vec<RangeText>,
    pub sun: Vec<RangeText>,
}

impl WeekText {
    /// The days with their names, Monday first.
    #[must_use]
    pub const fn days(&self) -> [(&'static str, &Vec<RangeText>); 7] {
        [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ]
    }
}

/// A range of wall-clock time. It belongs to the day on which it begins; one whose end is not after its start goes
/// past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Minutes after midnight.
    pub(crate) start: u16,
    /// Minutes after the same midnight, more than the start and at most a day later.
    pub(crate) end: u16,
}

impl Range {
    /// Start and end on the clocks, for the range of a day.
    pub(crate) fn on(self, day: Date) -> (DateTime, DateTime) {
        (wall(day, self.start), wall(day, self.end))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.end > DAY { self.end - DAY } else { self.end };
        write!(f, "{:02}:{:02}–{:02}:{:02}", self.start / 60, self.start % 60, end / 60, end % 60)
    }
}

fn wall(day: Date, minutes: u16) -> DateTime {
    let day = if minutes >= DAY { day.tomorrow().unwrap_or(Date::MAX) } else { day };
    let hour = i8::try_from(minutes % DAY / 60).unwrap_or(0);
    let minute = i8::try_from(minutes % 60).unwrap_or(0);
    Time::new(hour, minute, 0, 0).unwrap_or(Time::midnight()).to_datetime(day)
}

/// A range with the place where it stands, for the sentence that says what is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) field: String,
    pub(crate) range: Range,
}

/// Reads the ranges of a day and sorts them; those that overlap are mistakes.
pub(crate) fn read(field: &str, texts: &[RangeText], checks: &mut Checks) -> Vec<Placed> {
    checks.few(field, texts, RANGES);
    let mut ranges: Vec<Placed> = texts
        .iter()
        .enumerate()
        .filter_map(|(at, text)| {
            let field = format!("{field}[{at}]");
            let range = read_one(&field, text, checks)?;
            Some(Placed { field, range })
        })
        .collect();
    ranges.sort_by_key(|placed| placed.range);
    for pair in ranges.windows(2) {
        if let [earlier, later] = pair
            && later.range.start < earlier.range.end
        {
            let detail = format!("overlaps with {}; join them or shorten one", earlier.range);
            checks.wrong(&later.field, "invalid", detail);
        }
    }
    ranges
}

/// Looks whether the ranges of a day run into those of the next; `at` says whose field is at fault.
pub(crate) fn check_midnight(day: &[Placed], next: &[Placed], at: At, checks: &mut Checks) {
    let (Some(last), Some(first)) = (day.last(), next.first()) else { return };
    if last.range.end <= first.range.start + DAY {
        return;
    }
    let (field, other, which) = match at {
        At::Day => (&last.field, first.range, "of the day after"),
        At::Next => (&first.field, last.range, "of the day before, which goes past midnight"),
    };
    checks.wrong(field, "invalid", format!("overlaps with {other} {which}; shorten one of them"));
}

/// The side of midnight.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    Day,
    Next,
}

fn read_one(field: &str, [start, end]: &RangeText, checks: &mut Checks) -> Option<Range> {
    let start = read_time(field, start, checks);
    let end = read_time(field, end, checks);
    let (start, end) = (start?, end?);
    if start == DAY {
        checks.wrong(field, "invalid", "begins at 24:00; begin it at 00:00 of the next day");
        return None;
    }
    Some(Range { start, end: if end > start { end } else { end + DAY } })
}

fn read_time(field: &str, text: &str, checks: &mut Checks) -> Option<u16> {
    let minutes = minutes_of(text);
    match minutes {
        None => {
            let shown: String = text.chars().take(16).collect();
            checks.wrong(field, "invalid", format!("{shown:?} is no time; write it as 09:00, at most 24:00"));
        }
        Some(minutes) if minutes % 5 != 0 => {
            checks.wrong(field, "invalid", format!("{text} must be a multiple of 5 minutes"));
            return None;
        }
        Some(_) => {}
    }
    minutes
}

/// `HH:MM` from 00:00 to 24:00, in minutes after midnight.
fn minutes_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str, most: u16| -> Option<u16> {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse().ok().filter(|number| *number <= most) } else { None }
    };
    Some(number(hour, 24)? * 60 + number(minute, 59)?).filter(|minutes| *minutes <= DAY)
}

//! From where a phrase is looked at.

use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use robofy_booking::Zone;
use robofy_kernel::Timestamp;

use crate::language::DateOrder;
use crate::value::{Length, Unit};

const MINUTE: i64 = 60_000_000;

/// From where a phrase is looked at.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The present moment.
    pub now: Timestamp,
    /// The zone of the person who speaks: what "tomorrow" and "3 pm" are.
    pub zone: Zone,
    /// How that person writes dates in numbers.
    pub order: DateOrder,
    /// The day under discussion: a bare time belongs to it.
    pub about: Option<Date>,
    /// The start of a booking that is being moved: "the day after" and "an hour later" count from it.
    pub from: Option<Timestamp>,
    /// Whether a time has just been asked for. Then a text that is nothing but a number ("3", "the second") is one.
    pub asked: bool,
}

impl Reference {
    /// With nothing under discussion.
    #[must_use]
    pub fn new(now: Timestamp, zone: Zone, order: DateOrder) -> Self {
        Self { now, zone, order, about: None, from: None, asked: false }
    }

    /// What the clocks show now.
    pub(crate) fn wall(&self) -> DateTime {
        self.zone.wall(self.now)
    }

    /// The date today.
    pub(crate) fn today(&self) -> Date {
        self.wall().date()
    }

    /// The day from which "the day after" counts, when there is one.
    pub(crate) fn base_day(&self) -> Option<Date> {
        self.from.map(|from| self.zone.wall(from).date()).or(self.about)
    }

    /// The moment from which "an hour later" counts.
    pub(crate) fn base(&self) -> Timestamp {
        self.from.unwrap_or(self.now)
    }

    /// The moment in which the clocks show that many minutes after a day's midnight; more than 1440 is the next day.
    pub(crate) fn moment(&self, day: Date, minutes: i32) -> Option<Timestamp> {
        let day = plus_days(day, i64::from(minutes.div_euclid(1440)))?;
        let minutes = minutes.rem_euclid(1440);
        let time =
            Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
        Some(self.zone.moment(day.to_datetime(time)))
    }

    /// A moment that lies a length after another, or before it. Months and days are counted on the calendar, hours and
    /// minutes are elapsed time.
    pub(crate) fn count(&self, from: Timestamp, length: Length, sign: i64) -> Option<Timestamp> {
        let wall = self.zone.wall(from);
        let day = plus(wall.date(), length, sign)?;
        let moved = if day == wall.date() { from } else { self.zone.moment(day.to_datetime(wall.time())) };
        let minutes = length.minutes.checked_mul(sign)?;
        let by = Duration::from_micros(minutes.unsigned_abs().checked_mul(MINUTE.unsigned_abs())?);
        let moved = if minutes < 0 { moved.before(by) } else { moved.after(by) };
        Some(minute(moved))
    }
}

/// The minute in which a moment lies.
pub(crate) fn minute(moment: Timestamp) -> Timestamp {
    Timestamp::from_micros(moment.micros().div_euclid(MINUTE) * MINUTE)
}

/// The day so many days later.
pub(crate) fn plus_days(day: Date, days: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    day.checked_add(span).ok().filter(|day| (1900..2200).contains(&day.year()))
}

/// The day a length later, or earlier; its hours and minutes do not count.
pub(crate) fn plus(day: Date, length: Length, sign: i64) -> Option<Date> {
    let months = jiff::Span::new().try_months(length.months.checked_mul(sign)?).ok()?;
    plus_days(day.checked_add(months).ok()?, length.days.checked_mul(sign)?)
}

/// The Monday of a day's week.
pub(crate) fn monday(day: Date) -> Option<Date> {
    plus_days(day, -i64::from(day.weekday().to_monday_zero_offset()))
}

impl Length {
    /// So many of a unit.
    pub(crate) fn of(count: i64, unit: Unit) -> Option<Self> {
        let nothing = Self { months: 0, days: 0, minutes: 0, unit };
        Some(match unit {
            Unit::Minute => Self { minutes: count, ..nothing },
            Unit::Hour => Self { minutes: count.checked_mul(60)?, ..nothing },
            Unit::Day => Self { days: count, ..nothing },
            Unit::Week => Self { days: count.checked_mul(7)?, ..nothing },
            Unit::Month => Self { months: count, ..nothing },
            Unit::Year => Self { months: count.checked_mul(12)?, ..nothing },
        })
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        Some(Self {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
            minutes: self.minutes.checked_add(other.minutes)?,
            unit: self.unit.max(other.unit),
        })
    }
}

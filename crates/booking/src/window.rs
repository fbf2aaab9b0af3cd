//! Windows of time, and how the two ends of one are written in a request.

use jiff::ToSpan;
use jiff::civil::Date;
use robofy_kernel::Timestamp;

use crate::zone::{Zone, from_jiff};
use robofy_kernel::{Checks, Mistakes};

/// The longest window of a request, in days.
pub const MOST_DAYS: i64 = 62;

/// The time from one moment up to, not including, another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// The first moment.
    pub from: Timestamp,
    /// The moment after the last.
    pub until: Timestamp,
}

impl Window {
    /// Reads `from` and `to` of a request: dates, which are days of the zone, or RFC 3339. `to` is exclusive, and
    /// the window is at most [`MOST_DAYS`] long by the zone's calendar.
    ///
    /// # Errors
    /// When a text is neither, the order is wrong or the window too long.
    pub fn read(from: &str, to: &str, zone: &Zone) -> Result<Self, Mistakes> {
        let mut checks = Checks::default();
        let start = read("from", from, zone, &mut checks);
        let end = read("to", to, zone, &mut checks);
        let (Some(from), Some(until)) = (start, end) else { return checks.done(Self::NEVER) };
        if until <= from {
            checks.wrong(
                "to",
                "invalid",
                "must lie after `from`; it is exclusive, so one day ends at the next",
            );
        } else if until > zone.moment(zone.wall(from).saturating_add(MOST_DAYS.days())) {
            checks.wrong("to", "out_of_range", format!("must be at most {MOST_DAYS} days after `from`"));
        }
        checks.done(Self { from, until })
    }

    /// A window without a moment.
    pub(crate) const NEVER: Self = Self { from: Timestamp::from_micros(0), until: Timestamp::from_micros(0) };

    /// Whether there is no moment in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.until <= self.from
    }

    /// What two windows have in common.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until) }
    }
}

/// Reads a date, which is the beginning of that day in the zone, or RFC 3339; `None` when it is neither.
#[must_use]
pub fn moment(text: &str, zone: &Zone) -> Option<Timestamp> {
    // A time without offset would be read as a date by the date's own parser.
    if text.len() == "2026-01-31".len() {
        text.parse::<Date>().ok().map(|day| zone.day_start(day))
    } else {
        text.parse().ok().map(from_jiff)
    }
}

fn read(field: &str, text: &str, zone: &Zone, checks: &mut Checks) -> Option<Timestamp> {
    let found = moment(text, zone);
    if found.is_none() {
        let detail = "must be a date such as 2026-01-31 or RFC 3339 such as 2026-01-31T09:00:00+01:00";
        checks.wrong(field, "invalid", detail);
    }
    found
}

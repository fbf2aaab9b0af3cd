//! What a text may mean.

use std::ops::Range;

use jiff::civil::DateTime;
use robofy_booking::Zone;
use robofy_kernel::Timestamp;

/// How exactly a time was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    /// A moment: "tomorrow at 3 pm". Its end is a minute later.
    Minute,
    /// A part of a day: "Tuesday morning".
    Part,
    /// A whole day.
    Day,
    /// A stretch of days or hours: "next week", "between 2 and 4 pm", "after 5 pm".
    Range,
}

impl Granularity {
    /// As the interface writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Part => "part",
            Self::Day => "day",
            Self::Range => "range",
        }
    }
}

/// One reading of a phrase of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where the phrase lies in the text, in bytes.
    pub range: Range<usize>,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends; later than its start.
    pub end: Timestamp,
    /// How exactly it was said.
    pub granularity: Granularity,
    /// Whether it should be asked about: another reading is nearly as good, or the words contradict each other.
    pub ambiguous: bool,
    /// Whether it is over: a moment that has gone by, a stretch that has ended.
    pub past: bool,
    /// Whether the words say which day. Otherwise it is the day under discussion, or else the next that fits.
    pub says_day: bool,
}

impl Candidate {
    /// What the clocks of a zone show when it begins.
    #[must_use]
    pub fn wall_start(&self, zone: &Zone) -> DateTime {
        zone.wall(self.start)
    }

    /// What the clocks of a zone show when it ends.
    #[must_use]
    pub fn wall_end(&self, zone: &Zone) -> DateTime {
        zone.wall(self.end)
    }
}

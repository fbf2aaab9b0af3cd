//! What becomes of a booking.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The state of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// Waits for the operator.
    Pending,
    /// Agreed.
    Confirmed,
    /// Refused by the operator.
    Declined,
    /// Called off, by the visitor or the operator.
    Cancelled,
    /// Nobody came.
    NoShow,
    /// Done.
    Completed,
}

/// The text is no state of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of pending, confirmed, declined, cancelled, no_show, completed")]
pub struct UnknownStatus;

/// A booking cannot change from the one state to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a booking that is {from} cannot become {to}")]
pub struct NoSuchMove {
    /// What it is.
    pub from: BookingStatus,
    /// What it was to be.
    pub to: BookingStatus,
}

impl BookingStatus {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Confirmed, Self::Declined, Self::Cancelled, Self::NoShow, Self::Completed];

    /// The word on the wire and in a store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
            Self::Completed => "completed",
        }
    }

    /// The states that can follow.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Confirmed, Self::Declined, Self::Cancelled],
            Self::Confirmed => &[Self::Cancelled, Self::NoShow, Self::Completed],
            Self::Declined | Self::Cancelled | Self::NoShow | Self::Completed => &[],
        }
    }

    /// Changes the state.
    ///
    /// # Errors
    /// When the new one cannot follow; the same one again cannot either.
    pub fn change(self, to: Self) -> Result<Self, NoSuchMove> {
        if self.next().contains(&to) { Ok(to) } else { Err(NoSuchMove { from: self, to }) }
    }

    /// Whether it is still to come about: it can be moved, and counts among a visitor's bookings to come.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed)
    }

    /// Whether its time stays occupied. What has taken place, or should have, keeps its time.
    #[must_use]
    pub const fn occupies(self) -> bool {
        !matches!(self, Self::Declined | Self::Cancelled)
    }
}

impl fmt::Display for BookingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BookingStatus {
    type Err = UnknownStatus;
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

impl TryFrom<String> for BookingStatus {
    type Error = UnknownStatus;
    fn try_from(text: String) -> Result<Self, UnknownStatus> {
        text.parse()
    }
}

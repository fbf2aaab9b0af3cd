//! The times at which a start was surely, or possibly, occupied.

use std::ops::Range;

use crate::commands::prove::history::{Action, Moment};

/// What a request that was cut off, or a hold that expires, may take until its effect shows.
pub const SLACK: Moment = 1_500_000;
/// Until the end of the storm and beyond.
pub const FOREVER: Moment = Moment::MAX;

/// A time during which a chain occupies seats of a start.
#[derive(Debug, Clone)]
pub struct Stay {
    /// Whose it is.
    pub chain: usize,
    /// Which start.
    pub start: usize,
    /// How many seats.
    pub seats: u32,
    /// From the answer that says so to the sending of what may end it. Empty when no answer ever said so.
    pub surely: Range<Moment>,
    /// From the sending of what may begin it to the answer that it is over. Empty when it never was.
    pub possibly: Range<Moment>,
}

/// How a chain may have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There is no booking.
    Nothing,
    /// A booking of this start.
    Booked(usize),
    /// A booking that was cancelled.
    Cancelled,
}

/// A hold that is there for sure.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    /// When it was asked for and when it was acknowledged.
    pub asked: (Moment, Moment),
    /// How long it was asked for.
    pub seconds: u64,
}

impl Hold {
    /// It cannot have expired before.
    pub fn lasts_until(self) -> Moment {
        self.asked.0 + self.seconds * 1_000_000
    }

    /// It must have expired by then.
    pub fn over_by(self) -> Moment {
        self.asked.1 + self.seconds * 1_000_000 + SLACK
    }
}

/// An action in a word.
pub fn name(action: Action) -> &'static str {
    match action {
        Action::Hold(..) => "hold",
        Action::Release => "release",
        Action::Book(_) => "booking",
        Action::Confirm => "booking of the hold",
        Action::Repeat => "repetition",
        Action::Move(_) => "reschedule",
        Action::Cancel => "cancellation",
    }
}

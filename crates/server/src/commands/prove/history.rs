//! What happened, as the proof's clients saw it. The checker sees this and nothing else.

use std::fmt;

use super::calendar::Wish;

/// Microseconds since the proof began.
pub type Moment = u64;

/// Everything that one client did about one place, each step after the answer to the one before (a
/// [`Action::Repeat`] may overlap with what it repeats).
#[derive(Debug, Clone)]
pub struct Chain {
    /// The name in the booking: it finds a booking whose answer was cut off.
    pub tag: String,
    /// How many seats were asked for.
    pub seats: u32,
    /// What was done.
    pub steps: Vec<Step>,
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Step {
    /// When it was sent.
    pub sent: Moment,
    /// When it was answered, or cut off.
    pub got: Moment,
    /// What was asked.
    pub action: Action,
    /// What was answered.
    pub outcome: Outcome,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A hold of so many seconds.
    Hold(Wish, u64),
    /// The end of the hold.
    Release,
    /// A booking without a hold.
    Book(Wish),
    /// A booking of what is held.
    Confirm,
    /// The same booking once more, under the same `Idempotency-Key`.
    Repeat,
    /// Another time for the booking.
    Move(Wish),
    /// The end of the booking.
    Cancel,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done {
        /// The start that is now held or booked.
        start: Option<usize>,
        /// The hold's or booking's id.
        id: Option<String>,
    },
    /// `SLOT_TAKEN`, and what was offered instead; `None` is a time that is no start of the service.
    Refused(Vec<Option<usize>>),
    /// `HOLD_EXPIRED`.
    Expired,
    /// The hold or booking is not there, or has ended.
    Gone,
    /// The server was killed: it was done or not.
    Unknown,
    /// `SERVICE_UNAVAILABLE`: the server could not reach its database in time. Whether it was done is not known.
    Busy,
    /// Anything else, in words.
    Wrong(String),
}

impl Outcome {
    /// Whether it is not known what came of it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unknown | Self::Busy)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { start: Some(_), .. } => f.write_str("a time that was not asked for"),
            Self::Done { start: None, .. } => f.write_str("success"),
            Self::Refused(offers) => write!(f, "SLOT_TAKEN and {} alternatives", offers.len()),
            Self::Expired => f.write_str("HOLD_EXPIRED"),
            Self::Gone => f.write_str("that it is not there or has ended"),
            Self::Unknown => f.write_str("nothing"),
            Self::Busy => f.write_str("SERVICE_UNAVAILABLE"),
            Self::Wrong(words) => f.write_str(words),
        }
    }
}

/// A booking as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name in it.
    pub tag: String,
    /// Its id.
    pub id: String,
    /// Its state.
    pub state: State,
    /// Its start; `None` when it is none of the calendar's.
    pub start: Option<usize>,
    /// Its seats.
    pub seats: u32,
}

/// The states that a booking of the proof can be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It holds its time.
    Confirmed,
    /// It holds nothing.
    Cancelled,
    /// A state that nobody asked for.
    Other(String),
}

/// A free start as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// The start; `None` when it is none of the calendar's.
    pub start: Option<usize>,
    /// The seats that are left.
    pub seats: u32,
}

/// A request for one seat after the storm, when nothing else happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which start.
    pub start: usize,
    /// The name in the booking.
    pub tag: String,
    /// What was answered.
    pub outcome: Outcome,
}

/// All that the checker looks at.
#[derive(Debug, Default)]
pub struct History {
    /// The storm.
    pub chains: Vec<Chain>,
    /// The bookings after the storm, when every hold is over.
    pub bookings: Vec<Listed>,
    /// What is free then.
    pub free: Vec<Free>,
    /// How the rest was sold.
    pub fill: Vec<Ask>,
    /// Every start asked for once more.
    pub last: Vec<Ask>,
    /// The bookings at the end.
    pub end: Vec<Listed>,
}

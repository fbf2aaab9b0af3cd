//! Blocks: what a booking or hold occupies, and the five-minute cells that a store makes unique.

use std::ops::Range;

use robofy_kernel::{ResourceId, ServiceId, Timestamp};

use crate::minutes::Minutes;
use crate::timing::Timing;

/// The length of a cell.
pub const CELL: Minutes = Minutes(5);

/// The time of a resource that a service's start occupies, buffers included.
///
/// Bookings of the same service, start and extent share a block and have their seats in it. All others never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whose time it is.
    pub resource: ResourceId,
    /// What it is booked for.
    pub service: ServiceId,
    /// When the booked time starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// When the block begins: the start less the buffer.
    pub from: Timestamp,
    /// When it is over: the end and the buffer.
    pub until: Timestamp,
    /// How many seats are taken.
    pub seats: u32,
}

impl Block {
    /// What a booking of so many seats occupies.
    #[must_use]
    pub fn new(
        service: ServiceId,
        timing: &Timing,
        resource: ResourceId,
        start: Timestamp,
        seats: u32,
    ) -> Self {
        let end = timing.duration.after(start);
        let (from, until) = (timing.buffer_before.before(start), timing.buffer_after.after(end));
        Self { resource, service, start, end, from, until, seats }
    }

    /// The cells that it occupies, in ascending order.
    #[must_use]
    pub fn cells(&self) -> Range<i64> {
        cells(self.from, self.until)
    }
}

/// The cells that have a moment in common with the time between two: the number of each is the number of whole
/// [`CELL`]s from 1970-01-01T00:00:00Z to its begin.
///
/// Two times that share a cell count as overlapping, even where they only meet inside of one. With starts and lengths
/// that are multiples of five minutes this never makes a difference.
#[must_use]
pub fn cells(from: Timestamp, until: Timestamp) -> Range<i64> {
    let first = from.micros().div_euclid(CELL.micros());
    let (whole, rest) = (until.micros().div_euclid(CELL.micros()), until.micros().rem_euclid(CELL.micros()));
    first..if rest == 0 { whole } else { whole + 1 }
}

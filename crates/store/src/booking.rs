//! Services, resources, holds and bookings.
//!
//! What a booking or hold occupies is a *block*: the cells of five minutes of one resource that a start of a service
//! needs, buffers included. A cell belongs to one block and a seat of a block to one booking or hold, both by
//! constraint, so nothing is sold twice whoever asks how. A hold ends by its time: whoever wants what it occupied
//! takes that over.
//!
//! The effects ([`hold`], [`release`], [`book`], [`reschedule`], [`change_status`]) are steps of a unit; each has a
//! method of [`Store`](crate::Store) around it that is a unit of its own. A step that is refused
//! ([`Refused`](crate::booking::Refused)) has changed nothing, and its unit can go on.
//!
//! Locks, in this order everywhere: the idempotency claim; the session; the booking; the calendars of resources, by id.

pub(crate) mod blocks;
pub(crate) mod bookings;
pub(crate) mod holds;
pub(crate) mod lists;
pub(crate) mod resources;
pub(crate) mod services;
mod shape;
pub(crate) mod sweep;
pub(crate) mod taken;

use crate::{Result, StoreError, Tx};

pub use self::bookings::{book, change_status, reschedule};
pub use self::holds::{hold, release};
pub use self::lists::{BookingKey, LOOKED_AT};
pub use self::resources::StoredResource;
pub use self::services::StoredService;
pub use self::shape::{
    Actor, Booking, BookingEvent, BookingFilter, Change, Hold, Move, NewBooking, NewHold, Refused, Source,
    Spot, StatusChange,
};
pub use self::sweep::HOLD_REMEMBERED;
pub use self::taken::Besides;

statements! {
    BEGIN = "SAVEPOINT booking";
    KEEP = "RELEASE SAVEPOINT booking";
    UNDO = "ROLLBACK TO SAVEPOINT booking";
}

/// Begins what can be undone without its unit.
async fn begin(tx: &mut Tx<'_>) -> Result<()> {
    execute!(tx.conn(), BEGIN).map(|_| ())
}

/// Keeps what was done since [`begin`], or undoes it and gives its locks back.
async fn end<T>(tx: &mut Tx<'_>, outcome: Result<T>) -> Result<T> {
    if outcome.is_err()
        && let Err(error) = execute!(tx.conn(), UNDO)
    {
        // The first error is the one that tells what went wrong; the unit cannot go on after either.
        tracing::debug!(%error, "undoing a part of a unit");
        return outcome;
    }
    execute!(tx.conn(), KEEP)?;
    outcome
}

/// Whether a spot is gone, so that the next is tried.
fn taken<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(StoreError::Booking(Refused::SlotTaken)))
}

//! What happens to bookings: made, moved, confirmed, declined, called off.

use robofy_booking::{BookingStatus, LocalStart, Timing, Zone};
use robofy_kernel::{BookingId, Op, ResourceId, ServiceId, SessionKey, Timestamp};
use sqlx::types::Json;

use super::blocks::{self, Owner};
use super::holds::{self, Held};
use super::lists::find;
use super::{
    Actor, Booking, BookingEvent, Change, Move, NewBooking, Refused, Source, Spot, StatusChange, begin, end,
    taken,
};
use crate::chat::Whose;
use crate::engine::{again, unit};
use crate::leads::{self, SaveLead};
use crate::once::Answer;
use crate::statistics::deltas;
use crate::{Lane, Once, Result, Store, StoreError, Tx};

statements! {
    // Where no lead is named, it is the one that the session has.
    INSERT = "INSERT INTO bookings (account_id, booking_id, environment, project_id, service_id, resource_id, chatbot_id, session_key, lead_id, status, seats,
                                    start_at, end_at, local_start, name, email, phone, answers, history, sequence, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
                      COALESCE($9, (SELECT j.lead_id FROM lead_sessions j WHERE j.account_id = $1 AND j.session_key = $8)), $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $20)";
    LOCK = "UPDATE bookings SET updated_at = updated_at WHERE account_id = $1 AND environment = $2 AND booking_id = $3 RETURNING booking_id";
    MOVE = "UPDATE bookings SET resource_id = $3, start_at = $4, end_at = $5, local_start = $6, history = $7, sequence = $8, updated_at = $9
             WHERE account_id = $1 AND booking_id = $2";
    SET_STATUS = "UPDATE bookings SET status = $3, history = $4, sequence = $5, updated_at = $6 WHERE account_id = $1 AND booking_id = $2";
    UPCOMING = "SELECT COUNT(*) FROM bookings
                 WHERE account_id = $1 AND session_key = $2 AND service_id = $3 AND start_at > $4 AND status IN ('pending', 'confirmed')";
}

/// What of a booking is known once its time is.
struct At {
    service: ServiceId,
    resource: ResourceId,
    seats: i64,
    start: Timestamp,
    end: Timestamp,
    zone: Zone,
}

/// Makes a booking, of a hold or at the first spot that is free.
///
/// # Errors
/// [`Refused::SlotTaken`], [`Refused::HoldExpired`], [`Refused::TooMany`]; when hold, session, service or resource is
/// gone or the database is away.
pub async fn book(tx: &mut Tx<'_>, op: &Op, new: &NewBooking) -> Result<Booking> {
    begin(tx).await?;
    let outcome = book_either(tx, op, new).await;
    end(tx, outcome).await
}

async fn book_either(tx: &mut Tx<'_>, op: &Op, new: &NewBooking) -> Result<Booking> {
    let (session, held) = holds::session(tx, op, new.session.as_ref()).await?;
    match &new.source {
        Source::Hold(hold) => {
            let hold = holds::find(tx, op, *hold).await?;
            if new.by != Actor::Operator && hold.session_key != session {
                return Err(StoreError::NotFound("hold"));
            }
            check_upcoming(tx, op, new, session, hold.service_id).await?;
            let other = held.filter(|held| held.0 != hold.hold_id);
            let calendars = other.iter().map(|held| held.1).chain([hold.resource_id]).collect();
            blocks::lock(tx, op, calendars).await?;
            holds::end_hold(tx, op, other).await?;
            holds::spend(tx, op, hold.hold_id).await?;
            let at = At {
                service: hold.service_id,
                resource: hold.resource_id,
                seats: hold.seats,
                start: hold.start_at,
                end: hold.end_at,
                zone: new.zone.clone().unwrap_or(hold.timezone),
            };
            insert(tx, op, new, session, at).await?;
            let seats = blocks::hand_over(tx, op.account, hold.hold_id, new.booking_id).await?;
            if i64::try_from(seats).unwrap_or(i64::MAX) != hold.seats {
                return Err(Refused::HoldExpired.into());
            }
            find(tx, op.account, new.booking_id).await
        }
        Source::Spots(spots) => {
            if let Some(spot) = spots.first() {
                check_upcoming(tx, op, new, session, spot.block.service).await?;
            }
            for spot in spots {
                begin(tx).await?;
                let outcome = book_at(tx, op, new, session, held, spot).await;
                let outcome = end(tx, outcome).await;
                if !taken(&outcome) {
                    return outcome;
                }
            }
            Err(Refused::SlotTaken.into())
        }
    }
}

async fn book_at(
    tx: &mut Tx<'_>,
    op: &Op,
    new: &NewBooking,
    session: Option<SessionKey>,
    held: Held,
    spot: &Spot,
) -> Result<Booking> {
    let block = &spot.block;
    blocks::lock(tx, op, held.iter().map(|held| held.1).chain([block.resource]).collect()).await?;
    holds::end_hold(tx, op, held).await?;
    let at = At {
        service: block.service,
        resource: block.resource,
        seats: i64::from(block.seats.max(1)),
        start: block.start,
        end: block.end,
        zone: new.zone.clone().unwrap_or_else(|| spot.zone.clone()),
    };
    insert(tx, op, new, session, at).await?;
    blocks::occupy(tx, op, spot, Owner::Booking(new.booking_id)).await?;
    find(tx, op.account, new.booking_id).await
}

/// The session's lock is held, so of several at once each counts the one before.
async fn check_upcoming(
    tx: &mut Tx<'_>,
    op: &Op,
    new: &NewBooking,
    session: Option<SessionKey>,
    service: ServiceId,
) -> Result<()> {
    let (Some(session), Some(most)) = (session, new.most_upcoming) else { return Ok(()) };
    let (upcoming,) = fetch_one!(tx.conn(), (i64,), UPCOMING, op.account, session, service, op.now())?;
    if upcoming < most { Ok(()) } else { Err(Refused::TooMany { most }.into()) }
}

async fn insert(
    tx: &mut Tx<'_>,
    op: &Op,
    new: &NewBooking,
    session: Option<SessionKey>,
    at: At,
) -> Result<()> {
    let now = op.now();
    let history = vec![Change {
        event: BookingEvent::Created,
        by: new.by,
        at: now,
        status: new.status,
        start: at.start,
        resource_id: at.resource,
    }];
    execute!(
        tx.conn(),
        INSERT,
        op.account,
        new.booking_id,
        op.environment,
        new.project_id,
        at.service,
        at.resource,
        &new.chatbot_id,
        session,
        new.lead_id,
        new.status.as_str(),
        at.seats,
        at.start,
        at.end,
        LocalStart::agreed(at.start, at.zone).to_string(),
        &new.name,
        &new.email,
        &new.phone,
        Json(&new.answers),
        Json(history),
        now
    )?;
    deltas::booking_made(tx, op, (new.project_id, new.chatbot_id.as_ref()), (new.booking_id, now)).await
}

/// Gives a booking another time or resource, or changes nothing.
///
/// # Errors
/// [`Refused::SlotTaken`], [`Refused::Ended`], [`Refused::TooLate`]; when the booking or session is gone or the
/// database is away.
pub async fn reschedule(tx: &mut Tx<'_>, op: &Op, to: &Move) -> Result<Booking> {
    begin(tx).await?;
    let outcome = reschedule_to(tx, op, to).await;
    end(tx, outcome).await
}

async fn reschedule_to(tx: &mut Tx<'_>, op: &Op, to: &Move) -> Result<Booking> {
    let session = to.session.map(Whose::Known);
    let (_, held) = holds::session(tx, op, session.as_ref()).await?;
    let booking = lock(tx, op, to.booking_id).await?;
    if !booking.status.is_open() {
        return Err(Refused::Ended(booking.status).into());
    }
    check_notice(&booking, to.notice.as_ref(), op)?;
    for spot in &to.spots {
        let block = &spot.block;
        let same = (block.resource, block.start, block.end)
            == (booking.resource_id, booking.start_at, booking.end_at);
        if same {
            return Ok(booking);
        }
        begin(tx).await?;
        let outcome = move_to(tx, op, to.by, &booking, held, spot).await;
        let outcome = end(tx, outcome).await;
        if !taken(&outcome) {
            return outcome;
        }
    }
    Err(Refused::SlotTaken.into())
}

async fn move_to(
    tx: &mut Tx<'_>,
    op: &Op,
    by: Actor,
    booking: &Booking,
    held: Held,
    spot: &Spot,
) -> Result<Booking> {
    let block = &spot.block;
    let calendars = held.iter().map(|held| held.1).chain([booking.resource_id, block.resource]);
    blocks::lock(tx, op, calendars.collect()).await?;
    holds::end_hold(tx, op, held).await?;
    let owner = Owner::Booking(booking.booking_id);
    blocks::vacate(tx, op.account, owner).await?;
    blocks::occupy(tx, op, spot, owner).await?;
    let mut moved = booking.clone();
    moved.resource_id = block.resource;
    (moved.start_at, moved.end_at) = (block.start, block.end);
    moved.local_start = LocalStart::agreed(block.start, booking.local_start.zone().clone());
    note(&mut moved, op, BookingEvent::Moved, by);
    execute!(
        tx.conn(),
        MOVE,
        op.account,
        moved.booking_id,
        moved.resource_id,
        moved.start_at,
        moved.end_at,
        moved.local_start.to_string(),
        &moved.history,
        moved.sequence,
        moved.updated_at
    )?;
    Ok(moved)
}

/// Confirms, declines, calls off or closes a booking.
///
/// # Errors
/// [`Refused::Status`], [`Refused::TooLate`]; when the booking is gone or the database is away.
pub async fn change_status(tx: &mut Tx<'_>, op: &Op, change: &StatusChange) -> Result<Booking> {
    begin(tx).await?;
    let outcome = change_to(tx, op, change).await;
    end(tx, outcome).await
}

async fn change_to(tx: &mut Tx<'_>, op: &Op, change: &StatusChange) -> Result<Booking> {
    let mut booking = lock(tx, op, change.booking_id).await?;
    booking.status = booking.status.change(change.to).map_err(Refused::from)?;
    check_notice(&booking, change.notice.as_ref(), op)?;
    if !booking.status.occupies() {
        blocks::lock(tx, op, vec![booking.resource_id]).await?;
        blocks::vacate(tx, op.account, Owner::Booking(booking.booking_id)).await?;
    }
    let event = match booking.status {
        BookingStatus::Pending => BookingEvent::Created,
        BookingStatus::Confirmed => BookingEvent::Confirmed,
        BookingStatus::Declined => BookingEvent::Declined,
        BookingStatus::Cancelled => BookingEvent::Cancelled,
        BookingStatus::NoShow => BookingEvent::NoShow,
        BookingStatus::Completed => BookingEvent::Completed,
    };
    note(&mut booking, op, event, change.by);
    execute!(
        tx.conn(),
        SET_STATUS,
        op.account,
        booking.booking_id,
        booking.status.as_str(),
        &booking.history,
        booking.sequence,
        booking.updated_at
    )?;
    Ok(booking)
}

fn check_notice(booking: &Booking, notice: Option<&Timing>, op: &Op) -> Result<()> {
    match notice {
        Some(timing) if !timing.may_cancel(booking.start_at, op.now()) => {
            Err(Refused::TooLate { until: timing.cancellable_until(booking.start_at) }.into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Writes what a booking is now into its history.
fn note(booking: &mut Booking, op: &Op, event: BookingEvent, by: Actor) {
    let now = op.now();
    booking.sequence += 1;
    booking.updated_at = now;
    booking.history.0.push(Change {
        event,
        by,
        at: now,
        status: booking.status,
        start: booking.start_at,
        resource_id: booking.resource_id,
    });
}

/// Takes a booking's lock and reads it as it is then.
async fn lock(tx: &mut Tx<'_>, op: &Op, booking: BookingId) -> Result<Booking> {
    let locked = execute!(tx.conn(), LOCK, op.account, op.environment, booking)?;
    if locked == 0 { Err(StoreError::NotFound("booking")) } else { find(tx, op.account, booking).await }
}

impl Store {
    /// [`book`] as a unit of its own.
    ///
    /// # Errors
    /// As [`book`]; [`StoreError::OtherRequest`].
    pub async fn book(
        &self,
        op: &Op,
        new: NewBooking,
        answer: impl Fn(&Booking) -> Answer + Clone + Send + 'static,
    ) -> Result<Once<Booking>> {
        self.book_for(op, None, new, answer).await
    }

    /// [`Store::book`], with what the booking says of whoever comes: saved in the same unit, or not at all, and the
    /// booking is that lead's.
    ///
    /// # Errors
    /// As [`Store::book`]; when the lead's agent is gone.
    pub async fn book_for(
        &self,
        op: &Op,
        lead: Option<SaveLead>,
        new: NewBooking,
        answer: impl Fn(&Booking) -> Answer + Clone + Send + 'static,
    ) -> Result<Once<Booking>> {
        again(|| {
            let (lead, mut new, of) = (lead.clone(), new.clone(), op.clone());
            let unit = unit(move |mut tx| {
                Box::pin(async move {
                    if let Some(lead) = lead {
                        new.lead_id = Some(leads::save(&mut tx, &of, lead).await?.lead_id);
                    }
                    book(&mut tx, &of, &new).await
                })
            });
            self.write_once(Lane::Conversation, op, unit, answer.clone())
        })
        .await
    }

    /// [`reschedule`] as a unit of its own.
    ///
    /// # Errors
    /// As [`reschedule`].
    pub async fn reschedule_booking(&self, op: &Op, to: Move) -> Result<Booking> {
        again(|| {
            let (to, of) = (to.clone(), op.clone());
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move { reschedule(&mut tx, &of, &to).await })
            })
        })
        .await
    }

    /// [`change_status`] as a unit of its own.
    ///
    /// # Errors
    /// As [`change_status`].
    pub async fn change_booking_status(&self, op: &Op, change: StatusChange) -> Result<Booking> {
        again(|| {
            let (change, of) = (change.clone(), op.clone());
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move { change_status(&mut tx, &of, &change).await })
            })
        })
        .await
    }
}

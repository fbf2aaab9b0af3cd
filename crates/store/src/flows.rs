//! What a conversation's flow does, carried out in the turn's own transaction.

use robofy_kernel::{HoldId, LeadId, Op};

use crate::booking::{self, Move, NewBooking, NewHold, StatusChange};
use crate::leads::{self, SaveLead, TakeBack};
use crate::{Result, StoreError, Tx};

/// One step. Steps of a turn are carried out in order, all or none.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Keeps what a visitor said of themselves.
    SaveLead(Box<SaveLead>),
    /// Lets what a visitor takes back count no longer.
    TakeBack(Box<TakeBack>),
    /// Keeps a time for the visitor.
    Hold(Box<NewHold>),
    /// Gives a hold back; one that is over already stays over.
    Release(HoldId),
    /// Books. The lead that an earlier step saved is the booking's.
    Book(Box<NewBooking>),
    /// Moves a booking.
    Move(Box<Move>),
    /// Cancels a booking.
    Cancel(Box<StatusChange>),
}

/// Carries the steps out. The session's lock is held.
pub(crate) async fn carry_out(tx: &mut Tx<'_>, op: &Op, effects: Vec<Effect>) -> Result<()> {
    let mut lead: Option<LeadId> = None;
    for effect in effects {
        match effect {
            Effect::SaveLead(save) => lead = Some(leads::save(tx, op, *save).await?.lead_id),
            Effect::TakeBack(what) => leads::take_back(tx, op, &what).await?,
            Effect::Hold(new) => _ = booking::hold(tx, op, &new).await?,
            // One that was swept is over, too.
            Effect::Release(hold) => match booking::release(tx, op, hold).await {
                Ok(_) | Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            },
            Effect::Book(new) => {
                let new = NewBooking { lead_id: new.lead_id.or(lead), ..*new };
                booking::book(tx, op, &new).await?;
            }
            Effect::Move(to) => _ = booking::reschedule(tx, op, &to).await?,
            Effect::Cancel(change) => _ = booking::change_status(tx, op, &change).await?,
        }
    }
    Ok(())
}

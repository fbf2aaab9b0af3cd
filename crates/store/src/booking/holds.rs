//! Holds: times that are kept for some minutes.

use robofy_kernel::{AccountId, HoldId, Op, ResourceId, SessionKey};

use super::blocks::{self, Owner};
use super::{Hold, NewHold, Refused, Spot, begin, end, taken};
use crate::chat::known;
use crate::engine::{again, unit};
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, Tx};

statements! {
    INSERT = "INSERT INTO booking_holds (account_id, hold_id, environment, project_id, service_id, resource_id, chatbot_id, session_key, seats,
                                         start_at, end_at, timezone, live, expires_at, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, TRUE, $13, $14)
              RETURNING hold_id, environment, project_id, service_id, resource_id, chatbot_id, session_key, seats, start_at, end_at, timezone, expires_at, created_at";
    FIND = "SELECT hold_id, environment, project_id, service_id, resource_id, chatbot_id, session_key, seats, start_at, end_at, timezone, expires_at, created_at
              FROM booking_holds WHERE account_id = $1 AND hold_id = $2";
    OF_SESSION = "SELECT hold_id, resource_id FROM booking_holds WHERE account_id = $1 AND session_key = $2 AND live";
    LIVE_OF_SESSION = "SELECT hold_id, environment, project_id, service_id, resource_id, chatbot_id, session_key, seats, start_at, end_at, timezone, expires_at, created_at
                         FROM booking_holds WHERE account_id = $1 AND session_key = $2 AND live AND expires_at > $3";
    END = "UPDATE booking_holds SET live = FALSE, expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END
            WHERE account_id = $1 AND hold_id = $2";
    USE = "UPDATE booking_holds SET live = FALSE, expires_at = $3 WHERE account_id = $1 AND hold_id = $2 AND expires_at > $3";
}

/// A session's present hold, live or not any more.
pub(super) type Held = Option<(HoldId, ResourceId)>;

/// Keeps a time for somebody. The hold that the session had ends.
///
/// # Errors
/// [`Refused::SlotTaken`] when none of the spots is free; when the session, service or resource is gone or the database
/// is away.
pub async fn hold(tx: &mut Tx<'_>, op: &Op, new: &NewHold) -> Result<Hold> {
    begin(tx).await?;
    let outcome = first_free(tx, op, new).await;
    end(tx, outcome).await
}

async fn first_free(tx: &mut Tx<'_>, op: &Op, new: &NewHold) -> Result<Hold> {
    let (session, held) = session(tx, op, new.session.as_ref()).await?;
    for spot in &new.spots {
        begin(tx).await?;
        let outcome = hold_at(tx, op, new, session, held, spot).await;
        let outcome = end(tx, outcome).await;
        if !taken(&outcome) {
            return outcome;
        }
    }
    Err(Refused::SlotTaken.into())
}

async fn hold_at(
    tx: &mut Tx<'_>,
    op: &Op,
    new: &NewHold,
    session: Option<SessionKey>,
    held: Held,
    spot: &Spot,
) -> Result<Hold> {
    let block = &spot.block;
    blocks::lock(tx, op, held.iter().map(|held| held.1).chain([block.resource]).collect()).await?;
    end_hold(tx, op, held).await?;
    let hold = fetch_one!(
        tx.conn(),
        Hold,
        INSERT,
        op.account,
        new.hold_id,
        op.environment,
        new.project_id,
        block.service,
        block.resource,
        &new.chatbot_id,
        session,
        i64::from(block.seats.max(1)),
        block.start,
        block.end,
        spot.zone.name(),
        new.expires_at,
        op.now()
    )?;
    blocks::occupy(tx, op, spot, Owner::Hold(hold.hold_id, hold.expires_at)).await?;
    Ok(hold)
}

/// Gives a hold back. Says whether it still counted.
///
/// # Errors
/// When there is no such hold in this environment, or the database is away.
pub async fn release(tx: &mut Tx<'_>, op: &Op, hold: HoldId) -> Result<bool> {
    let found = find(tx, op, hold).await?;
    begin(tx).await?;
    let outcome = async {
        blocks::lock(tx, op, vec![found.resource_id]).await?;
        // It may have been used or have ended while the calendar was waited for.
        let counted = execute!(tx.conn(), USE, op.account, hold, op.now())? > 0;
        if counted {
            blocks::vacate(tx, op.account, Owner::Hold(hold, op.now())).await?;
        }
        Ok(counted)
    }
    .await;
    end(tx, outcome).await
}

/// Ends a hold so that a booking takes over what it occupies; the calendar is held already.
pub(super) async fn spend(tx: &mut Tx<'_>, op: &Op, hold: HoldId) -> Result<()> {
    if execute!(tx.conn(), USE, op.account, hold, op.now())? > 0 {
        Ok(())
    } else {
        Err(Refused::HoldExpired.into())
    }
}

/// The hold of this id in the operation's environment.
pub(super) async fn find(tx: &mut Tx<'_>, op: &Op, hold: HoldId) -> Result<Hold> {
    let found = fetch_optional!(tx.conn(), Hold, FIND, op.account, hold)?;
    found.filter(|hold| hold.environment == op.environment).ok_or(StoreError::NotFound("hold"))
}

/// Takes the session's lock, and gives it with the hold that it has.
pub(super) async fn session(
    tx: &mut Tx<'_>,
    op: &Op,
    whose: Option<&known::Whose>,
) -> Result<(Option<SessionKey>, Held)> {
    let Some(whose) = whose else { return Ok((None, None)) };
    let session = known::lock(tx, op, whose).await?;
    let held = fetch_optional!(tx.conn(), (HoldId, ResourceId), OF_SESSION, op.account, session)?;
    Ok((Some(session), held))
}

/// Ends the hold that a session has; its calendar is held already.
pub(super) async fn end_hold(tx: &mut Tx<'_>, op: &Op, held: Held) -> Result<()> {
    let Some((hold, _)) = held else { return Ok(()) };
    execute!(tx.conn(), END, op.account, hold, op.now())?;
    blocks::vacate(tx, op.account, Owner::Hold(hold, op.now())).await
}

impl Store {
    /// [`hold`] as a unit of its own.
    ///
    /// # Errors
    /// As [`hold`]; [`StoreError::OtherRequest`].
    pub async fn hold(
        &self,
        op: &Op,
        new: NewHold,
        answer: impl Fn(&Hold) -> Answer + Clone + Send + 'static,
    ) -> Result<Once<Hold>> {
        again(|| {
            let (new, of) = (new.clone(), op.clone());
            let unit = unit(move |mut tx| Box::pin(async move { hold(&mut tx, &of, &new).await }));
            self.write_once(Lane::Conversation, op, unit, answer.clone())
        })
        .await
    }

    /// [`release`] as a unit of its own.
    ///
    /// # Errors
    /// As [`release`].
    pub async fn release_hold(&self, op: &Op, hold: HoldId) -> Result<bool> {
        again(|| {
            let of = op.clone();
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move { release(&mut tx, &of, hold).await })
            })
        })
        .await
    }

    /// The hold of this id, whatever its environment, and whether it still counts or not.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_hold(&self, account: AccountId, hold: HoldId) -> Result<Option<Hold>> {
        fetch_optional!(self.reader(), Hold, FIND, account, hold)
    }

    /// The hold that a session has now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn hold_of_session(&self, op: &Op, session: SessionKey) -> Result<Option<Hold>> {
        fetch_optional!(self.reader(), Hold, LIVE_OF_SESSION, op.account, session, op.now())
    }
}

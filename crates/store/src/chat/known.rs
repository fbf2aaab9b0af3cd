//! Sessions that something else than a turn belongs to: a hold, a booking.

use robofy_kernel::{ChatbotId, Op, SessionId, SessionKey};

use super::Channel;
use crate::{Result, StoreError, Tx};

statements! {
    LOCK = "UPDATE chat_sessions SET last_at = last_at WHERE account_id = $1 AND session_key = $2 RETURNING session_key";
    // A visitor may book before the first word.
    OPEN = "INSERT INTO chat_sessions (account_id, session_key, chatbot_id, environment, channel, session_id, next_number, created_at, last_at)
            VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)
            ON CONFLICT (account_id, chatbot_id, environment, channel, session_id) DO UPDATE SET last_at = excluded.last_at
            RETURNING session_key";
}

/// A session, by its row or by what its visitor calls it.
#[derive(Clone, Debug)]
pub enum Whose {
    /// One that is there.
    Known(SessionKey),
    /// One that is made when it is not there yet.
    Named {
        /// Its agent.
        chatbot_id: ChatbotId,
        /// Where it takes place.
        channel: Channel,
        /// Its id.
        session_id: SessionId,
    },
}

/// Finds or makes the session and takes its lock: what follows in this unit is done one after another for it.
///
/// # Errors
/// When the session or its agent is gone, or the database is away.
pub async fn lock(tx: &mut Tx<'_>, op: &Op, whose: &Whose) -> Result<SessionKey> {
    let row = match whose {
        Whose::Known(key) => fetch_optional!(tx.conn(), (SessionKey,), LOCK, op.account, key)?,
        Whose::Named { chatbot_id, channel, session_id } => {
            let (new, now) = (SessionKey(op.uuid()), op.now());
            let row = fetch_one!(
                tx.conn(),
                (SessionKey,),
                OPEN,
                op.account,
                new,
                chatbot_id,
                op.environment,
                *channel,
                session_id,
                now
            )?;
            Some(row)
        }
    };
    row.map(|row| row.0).ok_or(StoreError::NotFound("session"))
}

//! Sessions that something else than a turn belongs to: a hold, a booking.

use robofy_kernel::{ChatbotId, Op, SessionId, SessionKey};

use super::Channel;
use crate::{Result, StoreError, Tx};

statements! {
    LOCK = "UPDATE chat_sessions SET last_at = last_at WHERE account_id = $1 AND session_key = $2 RETURNING session_key";
    // A session in which nobody has spoken yet: a visitor may book, or send a form, before the first word, and the first
    // turn will be number 1.
    OPEN = "INSERT INTO chat_sessions (account_id, session_key, chatbot_id, environment, channel, session_id, page_url, next_number, created_at, last_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
            ON CONFLICT (account_id, chatbot_id, environment, channel, session_id) DO UPDATE
               SET page_url = COALESCE(excluded.page_url, chat_sessions.page_url)
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
    match whose {
        Whose::Known(key) => {
            let row = fetch_optional!(tx.conn(), (SessionKey,), LOCK, op.account, key)?;
            row.map(|row| row.0).ok_or(StoreError::NotFound("session"))
        }
        Whose::Named { chatbot_id, channel, session_id } => {
            open(tx, op, chatbot_id, (*channel, session_id), None).await
        }
    }
}

/// Finds or makes the session of this name, and takes its lock; a page that is named is its page from now on.
pub(crate) async fn open(
    tx: &mut Tx<'_>,
    op: &Op,
    chatbot: &ChatbotId,
    (channel, session): (Channel, &SessionId),
    page_url: Option<&str>,
) -> Result<SessionKey> {
    let (new, now) = (SessionKey(op.uuid()), op.now());
    let row = fetch_one!(
        tx.conn(),
        (SessionKey,),
        OPEN,
        op.account,
        new,
        chatbot,
        op.environment,
        channel,
        session,
        page_url,
        now
    )?;
    Ok(row.0)
}

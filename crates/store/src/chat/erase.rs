//! Erasing what a visitor said.

use robofy_kernel::{Op, SessionKey};

use super::Whose;
use super::known;
use crate::engine::again;
use crate::statistics::deltas;
use crate::{Lane, Result, Store, StoreError};

statements! {
    ERASE = "DELETE FROM chat_sessions WHERE account_id = $1 AND session_key = $2";
}

impl Store {
    /// Erases a session with its turns, and takes back what they were counted for. A turn that runs ends without being
    /// stored. Leads and bookings that came of it are deleted by calls of their own. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn erase_session(&self, op: &Op, session: SessionKey) -> Result<bool> {
        again(|| {
            let op = op.clone();
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    match known::lock(&mut tx, &op, &Whose::Known(session)).await {
                        Err(StoreError::NotFound(_)) => return Ok(false),
                        locked => locked?,
                    };
                    deltas::session_erased(&mut tx, op.account, session).await?;
                    Ok(execute!(tx.conn(), ERASE, op.account, session)? > 0)
                })
            })
        })
        .await
    }
}

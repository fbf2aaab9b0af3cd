//! Requests to stop a turn that another node runs. The node looks for them (`maintenance`), since it alone can end it.

use robofy_kernel::{MessageId, Op};

use crate::{Lane, Result, Store};

statements! {
    ASK = "INSERT INTO turn_stops (account_id, message_id, run, requested_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (account_id, message_id) DO UPDATE SET run = excluded.run, requested_at = excluded.requested_at";
}

impl Store {
    /// Asks the node that runs this turn, whichever it is, to stop this run of it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn ask_to_stop(&self, op: &Op, message: &MessageId, run: i64) -> Result<()> {
        let (account, now, message) = (op.account, op.now(), message.clone());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move { execute!(tx.conn(), ASK, account, &message, run, now).map(|_| ()) })
        })
        .await
    }
}

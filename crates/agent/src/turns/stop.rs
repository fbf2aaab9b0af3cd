//! Stopping a turn, on whichever node it runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use robofy_kernel::{MessageId, Op, Stopwatch};
use robofy_store::StoreError;
use robofy_store::chat::TurnStatus;

use super::{Inner, Turns};

/// How long a call to stop a turn waits for its end.
const LONGEST_WAIT: Duration = Duration::from_millis(1_500);
/// How often the end of another node's turn is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often a node on which turns run looks for requests to stop one.
const ASKED_EVERY: Duration = Duration::from_millis(400);

impl Turns {
    /// Stops a turn: the part that was said is stored as stopped. Says whether it still ran and is stopped now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn stop(&self, op: &Op, message: &MessageId) -> Result<bool, StoreError> {
        if let Some(handle) = self.0.running.stop(op.account, message, None) {
            // One that does not end in time will; nobody knows yet whether it had been complete.
            let ended = tokio::time::timeout(LONGEST_WAIT, handle.log.ended()).await;
            return Ok(ended.is_ok() && handle.log.is_stopped());
        }
        if self.0.store.is_single_node() {
            return Ok(false);
        }
        let Some((run, TurnStatus::Running)) = self.status(op, message).await? else { return Ok(false) };
        self.0.store.ask_to_stop(op, message, run).await?;
        let waiting = Stopwatch::start();
        while waiting.elapsed() < LONGEST_WAIT {
            tokio::time::sleep(LOOK_EVERY).await;
            match self.status(op, message).await? {
                Some((now, TurnStatus::Running)) if now == run => {}
                status => return Ok(status == Some((run, TurnStatus::Stopped))),
            }
        }
        Ok(false)
    }

    /// Ends all turns that run here, and those that still begin, because the server stops: their readers get what was
    /// said and an `error`, the part is stored as interrupted, and a repeat by `Idempotency-Key` is answered anew
    /// elsewhere. Says how many ran.
    pub fn cut(&self) -> usize {
        self.0.running.cut()
    }

    /// A turn's run and what has become of it.
    async fn status(&self, op: &Op, message: &MessageId) -> Result<Option<(i64, TurnStatus)>, StoreError> {
        Ok(self.0.store.find_turn(op.account, message).await?.map(|turn| (turn.run, turn.status)))
    }

    /// Looks for requests to stop turns, for as long as turns run here.
    pub(super) fn hear_stops(&self, op: &Op) {
        if self.0.store.is_single_node() || self.0.hearing.swap(true, Ordering::SeqCst) {
            return;
        }
        let (inner, clock) = (Arc::downgrade(&self.0), op.clock.clone());
        self.0.tasks.spawn_service("stops", async move {
            loop {
                tokio::time::sleep(ASKED_EVERY).await;
                let Some(inner) = inner.upgrade() else { return };
                if inner.running.len() == 0 && inner.falls_silent() {
                    return;
                }
                match inner.store.turns_to_stop(clock.now()).await {
                    Ok(asked) => {
                        for (account, message, run) in asked {
                            // It may run elsewhere, or be stopped already, or run anew, which nobody wants stopped.
                            let _here = inner.running.stop(account, &message, Some(run));
                        }
                    }
                    Err(error) => tracing::warn!(%error, "cannot look for answers to stop"),
                }
            }
        });
    }
}

impl Inner {
    /// Gives up listening, unless a turn has begun meanwhile that counts on it.
    fn falls_silent(&self) -> bool {
        self.hearing.store(false, Ordering::SeqCst);
        self.running.len() == 0 || self.hearing.swap(true, Ordering::SeqCst)
    }
}

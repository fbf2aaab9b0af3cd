//! Finding an answer by its id: on this node it is live, a stored one is replayed, another node's is waited for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use robofy_kernel::{AccountId, MessageId, Op, SessionId};
use robofy_store::StoreError;
use robofy_store::chat::{Turn, TurnStatus};

use super::log::text_end;
use super::{Handle, TurnLog, Turns, replay};
use crate::events::TurnEvent;

/// How soon another node's turn is looked at again: first …
const FIRST_LOOK: Duration = Duration::from_millis(100);
/// … and, each time later, at last.
const LAST_LOOK: Duration = Duration::from_millis(800);

/// Turns of other nodes that are waited for here; all who wait for one share a log, and one look at the database.
#[derive(Debug, Default)]
pub(super) struct Followed(Mutex<HashMap<(AccountId, MessageId), Handle>>);

impl Followed {
    fn map(&self) -> MutexGuard<'_, HashMap<(AccountId, MessageId), Handle>> {
        // Each change is one insert or remove, so a poisoned lock still guards a whole map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turns {
    /// The answer of this id, running or stored. The caller's right to it is not looked at.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open(&self, op: &Op, message: &MessageId) -> Result<Option<Handle>, StoreError> {
        if let Some(handle) = self.0.running.find(op.account, message) {
            return Ok(Some(handle));
        }
        let turn = self.0.store.find_turn(op.account, message).await?;
        Ok(turn.map(|turn| match turn.status {
            TurnStatus::Running => self.follow(op, &turn),
            TurnStatus::Done | TurnStatus::Stopped | TurnStatus::Failed | TurnStatus::Interrupted => {
                Handle::replay(&turn)
            }
        }))
    }

    /// The turn that runs in a session on this node.
    #[must_use]
    pub fn running_in(&self, op: &Op, session: &SessionId) -> Option<Handle> {
        self.0.running.find_by_session(op, session)
    }

    /// How many turns of other nodes are waited for here.
    #[must_use]
    pub fn followed_count(&self) -> usize {
        self.0.followed.map().len()
    }

    /// A running turn of another node: its opening at once, the rest when it is stored.
    pub(super) fn follow(&self, op: &Op, turn: &Turn) -> Handle {
        let key = (op.account, turn.message_id.clone());
        let mut followed = self.0.followed.map();
        if let Some(handle) = followed.get(&key).filter(|handle| handle.run == turn.run) {
            return handle.clone();
        }
        let log = TurnLog::default();
        log.extend(TurnEvent::opening(&turn.message_id));
        let handle = Handle::of(turn, log);
        followed.insert(key.clone(), handle.clone());
        drop(followed);
        let (turns, op, watched) = (self.clone(), op.clone(), handle.clone());
        self.0.tasks.spawn_service("follow", async move { turns.watch(&op, watched, key).await });
        handle
    }

    /// Looks at another node's turn until it has ended, or nobody waits for it any more.
    async fn watch(&self, op: &Op, handle: Handle, key: (AccountId, MessageId)) {
        let mut pause = FIRST_LOOK;
        loop {
            if self.forget_unread(&handle, &key) {
                return;
            }
            match self.look(op, &handle).await {
                Ok(Seen::Running) => {}
                Ok(Seen::Here(live)) => {
                    handle.log.follow(&live.log, TurnEvent::opening(&live.message_id).len()).await;
                    break;
                }
                Ok(Seen::Ended(turn)) => {
                    handle.log.extend(replay::ending(&turn));
                    handle.log.close();
                    break;
                }
                Ok(Seen::Interrupted(turn)) => {
                    handle.log.extend(replay::said(&turn));
                    handle.log.interrupt();
                    break;
                }
                Ok(Seen::Lost) => {
                    handle.log.extend([text_end()]);
                    handle.log.interrupt();
                    break;
                }
                Err(error) => tracing::warn!(%error, "cannot look at another node's answer"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(LAST_LOOK);
        }
        let mut followed = self.0.followed.map();
        if followed.get(&key).is_some_and(|known| known.run == handle.run) {
            followed.remove(&key);
        }
    }

    /// Forgets a turn that nobody waits for. Whoever comes later finds no log that stands still.
    fn forget_unread(&self, handle: &Handle, key: &(AccountId, MessageId)) -> bool {
        let mut followed = self.0.followed.map();
        // This task's own, and the map's; the latter is another's when a later run is followed.
        let mine = followed.get(key).is_some_and(|known| known.run == handle.run);
        let unread = handle.log.holders() <= 1 + usize::from(mine);
        if unread && mine {
            followed.remove(key);
        }
        unread
    }

    async fn look(&self, op: &Op, handle: &Handle) -> Result<Seen, StoreError> {
        let message = &handle.message_id;
        if let Some(live) = self.0.running.find(op.account, message) {
            return Ok(if live.run == handle.run { Seen::Here(live) } else { Seen::Lost });
        }
        let Some(turn) = self.0.store.find_turn(op.account, message).await? else { return Ok(Seen::Lost) };
        if turn.run != handle.run {
            return Ok(Seen::Lost);
        }
        match turn.status {
            TurnStatus::Interrupted => Ok(Seen::Interrupted(Box::new(turn))),
            TurnStatus::Done | TurnStatus::Stopped | TurnStatus::Failed => Ok(Seen::Ended(Box::new(turn))),
            TurnStatus::Running => {
                if turn.running_until.is_none_or(|until| until < op.now()) {
                    self.end_lost_turns(op).await?;
                }
                Ok(Seen::Running)
            }
        }
    }

    /// Marks turns as interrupted whose node has broken its promise; of those who ask at once, one does it.
    pub(super) async fn end_lost_turns(&self, op: &Op) -> Result<(), StoreError> {
        if let Ok(_alone) = self.0.ending.try_lock() {
            self.0.store.interrupt_lost_turns(op.now(), false).await?;
        }
        Ok(())
    }
}

/// What has become of a followed turn.
enum Seen {
    Running,
    /// It runs on this node, after all.
    Here(Handle),
    Ended(Box<Turn>),
    /// Its server stopped in the middle of it, and kept the part; or was lost, and nothing is known.
    Interrupted(Box<Turn>),
    Lost,
}

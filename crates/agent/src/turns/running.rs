//! The turns that run on this node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use robofy_kernel::{AccountId, MessageId, Op, SessionId};
use robofy_store::chat::Channel;
use tokio_util::sync::CancellationToken;

use super::Handle;

#[derive(Clone, Debug, Default)]
pub(crate) struct Registry(Arc<Mutex<HashMap<MessageId, Entry>>>);

#[derive(Debug)]
struct Entry {
    account: AccountId,
    handle: Handle,
    stop: CancellationToken,
}

/// Takes its turn out of the registry when it is dropped, however the turn ends.
#[derive(Debug)]
pub(crate) struct Registered {
    registry: Registry,
    message_id: MessageId,
}

impl Registry {
    pub fn add(&self, op: &Op, handle: Handle, stop: CancellationToken) -> Registered {
        let message_id = handle.message_id.clone();
        let entry = Entry { account: op.account, handle, stop };
        self.entries().insert(message_id.clone(), entry);
        Registered { registry: self.clone(), message_id }
    }

    pub fn find(&self, account: AccountId, message: &MessageId) -> Option<Handle> {
        self.entries().get(message).filter(|entry| entry.account == account).map(|entry| entry.handle.clone())
    }

    /// A token finds web sessions of its own agents only.
    pub fn find_by_session(&self, op: &Op, session: &SessionId) -> Option<Handle> {
        let mine = |entry: &&Entry| {
            entry.account == op.account
                && entry.handle.environment == op.environment
                && entry.handle.session_id == *session
                && op.visitor().is_none_or(|visitor| {
                    entry.handle.channel == Channel::Web
                        && visitor.chatbots.contains(&entry.handle.chatbot_id)
                })
        };
        self.entries().values().find(mine).map(|entry| entry.handle.clone())
    }

    /// Tells a turn to stop, when it runs here.
    pub fn stop(&self, account: AccountId, message: &MessageId) -> Option<Handle> {
        let entries = self.entries();
        let entry = entries.get(message).filter(|entry| entry.account == account);
        entry.inspect(|entry| entry.stop.cancel()).map(|entry| entry.handle.clone())
    }

    pub fn len(&self) -> usize {
        self.entries().len()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<MessageId, Entry>> {
        // Each change is one insert or remove, so a poisoned lock still guards a whole map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registry.entries().remove(&self.message_id);
    }
}

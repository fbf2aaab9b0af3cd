//! The turns that run on this node.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use robofy_kernel::{AccountId, MessageId, Op, SessionId};
use robofy_store::chat::Channel;
use tokio_util::sync::CancellationToken;

use super::Handle;

#[derive(Clone, Debug, Default)]
pub(crate) struct Registry(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: Mutex<Entries>,
    /// Whether all that runs is to end, since the server stops.
    cut: AtomicBool,
}

#[derive(Debug, Default)]
struct Entries {
    turns: HashMap<MessageId, Entry>,
    /// The turns of a session's id, which several agents, channels and environments may share.
    sessions: HashMap<(AccountId, SessionId), Vec<MessageId>>,
}

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
        let session = (op.account, handle.session_id.clone());
        let entry = Entry { account: op.account, handle, stop: stop.clone() };
        let mut entries = self.entries();
        entries.turns.insert(message_id.clone(), entry);
        entries.sessions.entry(session).or_default().push(message_id.clone());
        drop(entries);
        // One that was added before all were cut was cut with them.
        if self.is_cut() {
            stop.cancel();
        }
        Registered { registry: self.clone(), message_id }
    }

    pub fn find(&self, account: AccountId, message: &MessageId) -> Option<Handle> {
        let entries = self.entries();
        entries.turns.get(message).filter(|entry| entry.account == account).map(|entry| entry.handle.clone())
    }

    /// A token finds web sessions of its own agents only.
    pub fn find_by_session(&self, op: &Op, session: &SessionId) -> Option<Handle> {
        let mine = |entry: &&Entry| {
            entry.handle.environment == op.environment
                && op.visitor().is_none_or(|visitor| {
                    entry.handle.channel == Channel::Web
                        && visitor.chatbots.contains(&entry.handle.chatbot_id)
                })
        };
        let entries = self.entries();
        let messages = entries.sessions.get(&(op.account, session.clone()))?;
        messages
            .iter()
            .filter_map(|message| entries.turns.get(message))
            .find(mine)
            .map(|entry| entry.handle.clone())
    }

    /// Tells a turn to stop, when it runs here; with a `run`, only when it is that one.
    pub fn stop(&self, account: AccountId, message: &MessageId, run: Option<i64>) -> Option<Handle> {
        let entries = self.entries();
        let entry = entries.turns.get(message).filter(|entry| entry.account == account)?;
        if run.is_some_and(|run| run != entry.handle.run) {
            return None;
        }
        entry.stop.cancel();
        Some(entry.handle.clone())
    }

    /// Tells all turns to stop, and those that begin from now on; says how many ran.
    pub fn cut(&self) -> usize {
        self.0.cut.store(true, Ordering::SeqCst);
        let entries = self.entries();
        for entry in entries.turns.values() {
            entry.stop.cancel();
        }
        entries.turns.len()
    }

    fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::SeqCst)
    }

    pub fn len(&self) -> usize {
        self.entries().turns.len()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing in a change can panic half-way, so a poisoned lock still guards whole maps.
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registered {
    /// Whether the turn was told to stop because the server stops.
    pub fn is_cut(&self) -> bool {
        self.registry.is_cut()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut entries = self.registry.entries();
        let Some(gone) = entries.turns.remove(&self.message_id) else { return };
        let session = (gone.account, gone.handle.session_id);
        if let Some(messages) = entries.sessions.get_mut(&session) {
            messages.retain(|message| *message != self.message_id);
            if messages.is_empty() {
                entries.sessions.remove(&session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TurnLog;
    use robofy_kernel::op::Visitor;
    use robofy_kernel::{Caller, ChatbotId, Clock, Environment, Ids, ProjectId, Timestamp};

    fn handle(op: &Op, chatbot: &ChatbotId, session: &SessionId, channel: Channel) -> Handle {
        Handle {
            message_id: op.ids.message(),
            session_id: session.clone(),
            chatbot_id: chatbot.clone(),
            environment: op.environment,
            channel,
            run: 1,
            log: TurnLog::default(),
        }
    }

    #[test]
    fn a_session_s_turns_are_found_by_its_id_and_forgotten_with_the_last() {
        let (ids, clock) = (Ids::seeded(1), Clock::manual(Timestamp::from_seconds(1)));
        let account = |ids: &Ids| AccountId(ids.uuid_v7(Timestamp::from_seconds(1)));
        let op = Op::system(account(&ids), clock.clone(), ids.clone());
        let other = Op::system(account(&ids), clock, ids.clone());
        let test = Op { environment: Environment::Test, ..op.clone() };
        let (a, b, session) = (ids.chatbot(), ids.chatbot(), ids.web_session());
        let visitor = |chatbot: &ChatbotId| {
            let visitor = Visitor {
                project: ProjectId(1),
                chatbots: vec![chatbot.clone()],
                session: session.clone(),
                origin: None,
            };
            Op { caller: Caller::Visitor(Arc::new(visitor)), ..op.clone() }
        };
        let registry = Registry::default();
        let add = |op: &Op, chatbot, channel| {
            let handle = handle(op, chatbot, &session, channel);
            (handle.message_id.clone(), registry.add(op, handle, CancellationToken::new()))
        };
        let (whatsapp, held_whatsapp) = add(&op, &a, Channel::Whatsapp);
        let (web, held_web) = add(&op, &b, Channel::Web);
        let (tested, held_tested) = add(&test, &a, Channel::Web);
        let (foreign, held_foreign) = add(&other, &a, Channel::Web);
        let found = |op: &Op| registry.find_by_session(op, &session).map(|handle| handle.message_id);
        assert_eq!(found(&op), Some(whatsapp));
        assert_eq!(found(&visitor(&b)), Some(web.clone()));
        assert_eq!(found(&visitor(&a)), None, "a token opens web sessions only");
        assert_eq!((found(&test), found(&other)), (Some(tested), Some(foreign)));
        assert_eq!(registry.entries().sessions.len(), 2);
        drop(held_whatsapp);
        assert_eq!(found(&op), Some(web));
        drop((held_web, held_tested, held_foreign));
        assert_eq!(found(&op), None);
        let entries = registry.entries();
        assert!(entries.turns.is_empty() && entries.sessions.is_empty(), "{entries:?}");
    }

    #[test]
    fn what_begins_after_all_were_cut_is_cut_as_well() {
        let ids = Ids::seeded(1);
        let clock = Clock::manual(Timestamp::from_seconds(1));
        let op = Op::system(AccountId(ids.uuid_v7(clock.now())), clock, ids.clone());
        let registry = Registry::default();
        let add = || {
            let stop = CancellationToken::new();
            let handle = handle(&op, &ids.chatbot(), &ids.web_session(), Channel::Web);
            (registry.add(&op, handle, stop.clone()), stop)
        };
        let (early, early_stop) = add();
        assert!(!early_stop.is_cancelled() && !early.is_cut());
        assert_eq!(registry.cut(), 1);
        let (late, late_stop) = add();
        assert!(early_stop.is_cancelled() && late_stop.is_cancelled() && late.is_cut());
    }
}

//! Turns of one session run one after another; on one node they wait here, without asking the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use robofy_kernel::{AccountId, ChatbotId, Environment, SessionId};
use tokio::sync::OwnedMutexGuard;

/// Which session is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionName {
    pub account: AccountId,
    pub environment: Environment,
    pub chatbot: ChatbotId,
    pub session: SessionId,
}

type Lock = Arc<tokio::sync::Mutex<()>>;

#[derive(Debug, Default)]
pub(crate) struct SessionQueues(Arc<Mutex<HashMap<SessionName, Lock>>>);

/// A turn's place at the head of its session's queue; dropping it lets the next one in.
#[derive(Debug)]
pub(crate) struct Place {
    name: SessionName,
    queues: Arc<Mutex<HashMap<SessionName, Lock>>>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl SessionQueues {
    /// Waits until no other turn of the session is under way. Waiters are let in in their order.
    pub async fn enter(&self, name: SessionName) -> Place {
        let lock = Arc::clone(
            self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default(),
        );
        // Holds its own clone of the map, so that a caller who goes away while waiting leaves no entry behind.
        let mut place = Place { name, queues: Arc::clone(&self.0), guard: None };
        place.guard = Some(lock.lock_owned().await);
        place
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.guard.take());
        // Only the map holds it: nobody waits any more.
        if queues.get(&self.name).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            queues.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use robofy_kernel::Ids;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn one_at_a_time_in_order_and_nothing_left_behind() {
        let queues = Arc::new(SessionQueues::default());
        let ids = Ids::seeded(1);
        let name = SessionName {
            account: AccountId(ids.uuid_v7(robofy_kernel::Timestamp::from_seconds(1))),
            environment: Environment::Live,
            chatbot: ids.chatbot(),
            session: ids.web_session(),
        };
        let inside = AtomicUsize::new(0);
        let order = Mutex::new(Vec::new());
        let all = (0..20).map(|i| {
            let (queues, name, inside, order) = (Arc::clone(&queues), name.clone(), &inside, &order);
            async move {
                let _place = queues.enter(name).await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                order.lock().unwrap().push(i);
                inside.fetch_sub(1, Ordering::SeqCst);
            }
        });
        futures::future::join_all(all).await;
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
        assert_eq!(queues.len(), 0);
        // A waiter who goes away.
        let held = queues.enter(name.clone()).await;
        let gone = tokio::time::timeout(std::time::Duration::from_millis(5), queues.enter(name)).await;
        assert!(gone.is_err());
        drop(held);
        assert_eq!(queues.len(), 0);
    }
}

//! The indexes in memory, under a budget of bytes.
//!
//! An entry that is over the budget goes, the least recently used first; it is built again from the store when it is
//! asked for. The one that is in use just now stays even when it alone is over the budget: a turn must be able to run.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use robofy_kernel::{AccountId, ChatbotId};

use crate::index::AgentIndex;

/// Whose index.
pub(super) type Key = (AccountId, ChatbotId);

/// What an entry takes besides its index.
const ENTRY_BYTES: usize = 512;

/// An agent's index as of a content version.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Every change up to this content version is in it.
    pub content_version: i64,
    /// The index.
    pub index: AgentIndex,
}

/// One agent's place in the cache.
#[derive(Debug, Default)]
pub(super) struct Entry {
    snapshot: Mutex<Arc<Snapshot>>,
    /// Held by whoever changes the snapshot: a catch-up, or a merge that is installed.
    pub changing: tokio::sync::Mutex<()>,
    /// Whether a task merges its parts.
    merging: AtomicBool,
    /// The chunking parameters for which the agent's links were last looked through.
    checked: Mutex<String>,
}

impl Entry {
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new snapshot in place. The caller holds [`Entry::changing`].
    pub fn put(&self, snapshot: Arc<Snapshot>) {
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// Says whether the caller is now the one that merges.
    pub fn begin_merging(&self) -> bool {
        !self.merging.swap(true, Ordering::AcqRel)
    }

    pub fn end_merging(&self) {
        self.merging.store(false, Ordering::Release);
    }

    /// Says whether the agent's links have yet to be looked through for these chunking parameters.
    pub fn is_unchecked(&self, params: &str) -> bool {
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let unchecked = *checked != params;
        if unchecked {
            params.clone_into(&mut checked);
        }
        unchecked
    }

    /// Lets the next look at the index see to the settings again, because it went wrong this time.
    pub fn uncheck(&self) {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The cache.
#[derive(Debug)]
pub(super) struct Cache {
    budget: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    slots: HashMap<Key, Slot>,
    /// Keys by the time of their last use.
    order: BTreeMap<u64, Key>,
    bytes: usize,
    time: u64,
}

#[derive(Debug)]
struct Slot {
    entry: Arc<Entry>,
    bytes: usize,
    used: u64,
}

impl Cache {
    pub fn new(budget: usize) -> Self {
        Self { budget, state: Mutex::default() }
    }

    /// The entry of a key, made when there is none.
    pub fn entry(&self, key: &Key) -> Arc<Entry> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match state.slots.get(key) {
            Some(slot) => Arc::clone(&slot.entry),
            None => Arc::default(),
        };
        state.touch(key, &entry, None);
        state.evict(self.budget);
        entry
    }

    /// Notes what an entry takes now, and makes room.
    pub fn weigh(&self, key: &Key, entry: &Arc<Entry>) {
        let bytes = entry.snapshot().index.memory_bytes();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.slots.get(key) {
            // It went and came back meanwhile: this one is on its way out.
            Some(slot) if !Arc::ptr_eq(&slot.entry, entry) => return,
            Some(_) | None => state.touch(key, entry, Some(bytes)),
        }
        state.evict(self.budget);
    }

    /// Whether an entry is still the one in use for its key.
    pub fn holds(&self, key: &Key, entry: &Arc<Entry>) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.slots.get(key).is_some_and(|slot| Arc::ptr_eq(&slot.entry, entry))
    }

    /// Bytes of all indexes in memory.
    pub fn bytes(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// How many indexes are in memory.
    pub fn len(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).slots.len()
    }
}

impl State {
    /// Makes a key the most recently used one.
    fn touch(&mut self, key: &Key, entry: &Arc<Entry>, bytes: Option<usize>) {
        self.time += 1;
        let old = self.slots.remove(key);
        let before = old.as_ref().map_or(0, |slot| slot.bytes);
        if let Some(slot) = &old {
            self.order.remove(&slot.used);
        }
        let bytes = bytes.map_or(before.max(ENTRY_BYTES), |bytes| bytes + ENTRY_BYTES);
        self.bytes = self.bytes - before + bytes;
        self.order.insert(self.time, key.clone());
        self.slots.insert(key.clone(), Slot { entry: Arc::clone(entry), bytes, used: self.time });
    }

    /// Drops the least recently used entries until the rest fits.
    fn evict(&mut self, budget: usize) {
        while self.bytes > budget && self.slots.len() > 1 {
            let Some((_, key)) = self.order.pop_first() else { return };
            if let Some(slot) = self.slots.remove(&key) {
                self.bytes -= slot.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use robofy_kernel::Ids;

    use super::*;

    fn keys(count: usize) -> Vec<Key> {
        let ids = Ids::seeded(1);
        (0..count).map(|_| ("00000000-0000-0000-0000-000000000001".parse().unwrap(), ids.chatbot())).collect()
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let keys = keys(4);
        let cache = Cache::new(3 * ENTRY_BYTES);
        let entries: Vec<_> = keys[..3].iter().map(|key| cache.entry(key)).collect();
        cache.entry(&keys[0]);
        cache.entry(&keys[3]);
        assert!(!cache.holds(&keys[1], &entries[1]));
        assert!(cache.holds(&keys[0], &entries[0]) && cache.holds(&keys[2], &entries[2]));
        assert_eq!((cache.len(), cache.bytes()), (3, 3 * ENTRY_BYTES));
    }

    #[test]
    fn the_one_in_use_stays_and_an_outdated_entry_is_not_weighed() {
        let keys = keys(2);
        let cache = Cache::new(1);
        let first = cache.entry(&keys[0]);
        assert!(cache.holds(&keys[0], &first));
        let second = cache.entry(&keys[1]);
        assert!(!cache.holds(&keys[0], &first) && cache.holds(&keys[1], &second));
        let again = cache.entry(&keys[0]);
        cache.weigh(&keys[0], &first);
        assert!(cache.holds(&keys[0], &again));
        assert_eq!(cache.len(), 1);
    }
}

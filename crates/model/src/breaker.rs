//! Leaves an endpoint alone that fails again and again, for one account at a time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use robofy_kernel::{AccountId, Clock, Timestamp};
use url::Url;

use crate::ModelError;
use crate::config::BreakerConfig;

type Key = (AccountId, Url);

/// What is known of the endpoints that failed lately. Those that work have no entry.
#[derive(Debug)]
pub(crate) struct Breakers {
    config: BreakerConfig,
    clock: Clock,
    known: Mutex<HashMap<Key, Entry>>,
}

#[derive(Debug)]
struct Entry {
    /// When it failed, the oldest first, at most as many as open the breaker.
    faults: VecDeque<Timestamp>,
    /// Since when it is left alone.
    open: Option<Timestamp>,
    /// One request tries whether it works again.
    trying: bool,
}

/// The leave to ask an endpoint once. It is told how that went; dropped untold, it says nothing.
#[derive(Debug)]
pub(crate) struct Leave {
    breakers: Arc<Breakers>,
    key: Key,
    /// It is the one that tries.
    tries: bool,
}

impl Breakers {
    pub(crate) fn new(config: BreakerConfig, clock: Clock) -> Self {
        Self { config, clock, known: Mutex::default() }
    }

    /// Leave to ask now, or how long to leave the endpoint alone.
    pub(crate) fn enter(self: &Arc<Self>, account: AccountId, base: &Url) -> Result<Leave, Duration> {
        let key = (account, base.clone());
        let mut tries = false;
        if let Some(entry) = self.known().get_mut(&key)
            && let Some(since) = entry.open
        {
            let rest = self.config.pause.saturating_sub(self.clock.now().since(since));
            if !rest.is_zero() {
                return Err(rest);
            }
            if entry.trying {
                return Err(Duration::from_secs(1));
            }
            entry.trying = true;
            tries = true;
        }
        Ok(Leave { breakers: Arc::clone(self), key, tries })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, key: &Key, tried: bool) {
        let now = self.clock.now();
        let mut known = self.known();
        if !known.contains_key(key) && known.len() >= self.config.entries {
            self.make_room(&mut known, now);
        }
        let entry = known.entry(key.clone()).or_insert_with(|| Entry {
            faults: VecDeque::new(),
            open: None,
            trying: false,
        });
        while entry.faults.front().is_some_and(|fault| now.since(*fault) > self.config.window) {
            entry.faults.pop_front();
        }
        entry.faults.push_back(now);
        if entry.faults.len() > self.config.faults {
            entry.faults.pop_front();
        }
        // While it is open only the one that tries may renew it: requests that began earlier must not.
        if tried || (entry.open.is_none() && entry.faults.len() >= self.config.faults) {
            entry.open = Some(now);
            let (account, base) = key;
            tracing::warn!(%account, host = base.host_str(), pause = ?self.config.pause, "a model failed too often and is left alone");
        }
    }

    /// Forgets what no longer matters, or else who failed longest ago.
    fn make_room(&self, known: &mut HashMap<Key, Entry>, now: Timestamp) {
        let most = self.config.window.max(self.config.pause);
        known.retain(|_, entry| {
            entry.trying || entry.faults.back().is_some_and(|last| now.since(*last) <= most)
        });
        if known.len() >= self.config.entries
            && let Some(oldest) =
                known.iter().min_by_key(|(_, entry)| entry.faults.back().copied()).map(|(key, _)| key.clone())
        {
            known.remove(&oldest);
        }
    }
}

impl Leave {
    /// The endpoint answered to the end.
    pub(crate) fn succeeded(mut self) {
        let mut known = self.breakers.known();
        let is_open = known.get(&self.key).is_some_and(|entry| entry.open.is_some());
        // A reply that began before it opened does not close it; the one that tries does.
        if self.tries || !is_open {
            known.remove(&self.key);
        }
        drop(known);
        self.tries = false;
    }

    /// The endpoint did not answer, or not to the end.
    pub(crate) fn failed(mut self, error: &ModelError) {
        if error.is_fault() {
            self.breakers.fault(&self.key, self.tries);
        }
        // Dropping it lets the next one try; after a fault only when the pause is over.
        if self.tries {
            self.release();
            self.tries = false;
        }
    }

    fn release(&self) {
        if let Some(entry) = self.breakers.known().get_mut(&self.key) {
            entry.trying = false;
        }
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        if self.tries {
            self.release();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: BreakerConfig = BreakerConfig {
        faults: 3,
        window: Duration::from_secs(60),
        pause: Duration::from_secs(30),
        entries: 4,
    };

    fn breakers() -> (Arc<Breakers>, Clock) {
        let clock = Clock::manual(Timestamp::from_seconds(1_767_603_600));
        (Arc::new(Breakers::new(CONFIG, clock.clone())), clock)
    }

    fn account(number: u128) -> AccountId {
        AccountId(uuid::Uuid::from_u128(number))
    }

    fn base(host: &str) -> Url {
        format!("http://{host}/v1").parse().unwrap()
    }

    fn fail(breakers: &Arc<Breakers>, times: usize) {
        for _ in 0..times {
            breakers.enter(account(1), &base("a")).unwrap().failed(&ModelError::Cut);
        }
    }

    fn is_open(breakers: &Arc<Breakers>) -> bool {
        breakers.enter(account(1), &base("a")).is_err()
    }

    #[test]
    fn opens_for_one_account_and_one_address() {
        let (breakers, _) = breakers();
        fail(&breakers, 2);
        assert!(!is_open(&breakers));
        fail(&breakers, 1);
        assert!(is_open(&breakers));
        assert!(breakers.enter(account(2), &base("a")).is_ok());
        assert!(breakers.enter(account(1), &base("b")).is_ok());
    }

    #[test]
    fn old_faults_and_refusals_do_not_count_and_a_reply_wipes_them_out() {
        let (breakers, clock) = breakers();
        fail(&breakers, 2);
        clock.advance(Duration::from_secs(61));
        fail(&breakers, 2);
        for status in [400, 401, 404] {
            let refused = ModelError::Refused { status, detail: String::new() };
            breakers.enter(account(1), &base("a")).unwrap().failed(&refused);
        }
        breakers.enter(account(1), &base("a")).unwrap().failed(&ModelError::Busy { retry_after: None });
        assert!(!is_open(&breakers));
        breakers.enter(account(1), &base("a")).unwrap().succeeded();
        fail(&breakers, 2);
        assert!(!is_open(&breakers));
        assert_eq!(breakers.known().len(), 1);
    }

    #[test]
    fn after_the_pause_one_tries() {
        let (breakers, clock) = breakers();
        fail(&breakers, 3);
        clock.advance(Duration::from_secs(29));
        assert_eq!(breakers.enter(account(1), &base("a")).unwrap_err(), Duration::from_secs(1));
        clock.advance(Duration::from_secs(1));

        let first = breakers.enter(account(1), &base("a")).unwrap();
        assert!(is_open(&breakers));
        first.failed(&ModelError::Cut);
        assert!(is_open(&breakers));

        clock.advance(Duration::from_secs(30));
        let second = breakers.enter(account(1), &base("a")).unwrap();
        assert!(is_open(&breakers));
        drop(second); // the visitor left
        let third = breakers.enter(account(1), &base("a")).unwrap();
        third.failed(&ModelError::Refused { status: 401, detail: String::new() });
        let fourth = breakers.enter(account(1), &base("a")).unwrap();
        assert!(is_open(&breakers));
        fourth.succeeded();
        assert!(!is_open(&breakers));
        fail(&breakers, 2);
        assert!(!is_open(&breakers));
    }

    #[test]
    fn what_began_before_neither_closes_nor_renews_it() {
        let (breakers, clock) = breakers();
        let early = [(); 2].map(|()| breakers.enter(account(1), &base("a")).unwrap());
        fail(&breakers, 3);
        clock.advance(Duration::from_secs(20));
        let [one, two] = early;
        one.succeeded();
        assert!(is_open(&breakers));
        two.failed(&ModelError::Cut);
        clock.advance(Duration::from_secs(10));
        assert!(breakers.enter(account(1), &base("a")).is_ok());
    }

    #[test]
    fn remembers_a_bounded_number() {
        let (breakers, clock) = breakers();
        for number in 0..100 {
            clock.advance(Duration::from_millis(1));
            breakers.enter(account(number), &base("a")).unwrap().failed(&ModelError::Cut);
            assert!(breakers.known().len() <= CONFIG.entries);
        }
        assert!(breakers.known().contains_key(&(account(99), base("a"))));
    }
}

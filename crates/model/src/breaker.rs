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
    /// The one that tried was answered, and no reply was complete since: the next fault opens it at once.
    probation: bool,
    /// How often it was opened: what was asked before tells nothing about now.
    opened: u64,
}

/// The leave to ask an endpoint once. It is told how that went; dropped untold, it says nothing.
#[derive(Debug)]
pub(crate) struct Leave {
    breakers: Arc<Breakers>,
    key: Key,
    /// It is the one that tries.
    tries: bool,
    /// How often the breaker had been opened when it was asked.
    opened: u64,
}

impl Breakers {
    pub(crate) fn new(config: BreakerConfig, clock: Clock) -> Self {
        Self { config, clock, known: Mutex::default() }
    }

    /// Leave to ask now, or how long to leave the endpoint alone.
    pub(crate) fn enter(self: &Arc<Self>, account: AccountId, base: &Url) -> Result<Leave, Duration> {
        let key = (account, base.clone());
        let (mut tries, mut opened) = (false, 0);
        if let Some(entry) = self.known().get_mut(&key) {
            opened = entry.opened;
            if let Some(since) = entry.open {
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
        }
        Ok(Leave { breakers: Arc::clone(self), key, tries, opened })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, leave: &Leave) {
        let (key, now) = (&leave.key, self.clock.now());
        let mut known = self.known();
        if !known.contains_key(key) && known.len() >= self.config.entries {
            self.make_room(&mut known, now);
        }
        let entry = known.entry(key.clone()).or_insert_with(|| Entry {
            faults: VecDeque::new(),
            open: None,
            trying: false,
            probation: false,
            opened: 0,
        });
        while entry.faults.front().is_some_and(|fault| now.since(*fault) > self.config.window) {
            entry.faults.pop_front();
        }
        entry.faults.push_back(now);
        if entry.faults.len() > self.config.faults {
            entry.faults.pop_front();
        }
        // While it is open only the one that tries may renew it, and what began before it opened ends no probation.
        let fails_again = leave.tries || (entry.probation && leave.opened == entry.opened);
        let is_too_often =
            entry.open.is_none() && !entry.probation && entry.faults.len() >= self.config.faults;
        if fails_again || is_too_often {
            entry.open = Some(now);
            entry.probation = false;
            entry.opened += 1;
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
    /// The endpoint answers: the first token is there, or a refusal. When this one tries, others may ask from now on and
    /// need not wait for the end of a long reply; until a reply is complete, one fault leaves the endpoint alone again.
    pub(crate) fn answers(&mut self) {
        if !std::mem::take(&mut self.tries) {
            return;
        }
        if let Some(entry) = self.breakers.known().get_mut(&self.key) {
            entry.open = None;
            entry.trying = false;
            entry.probation = true;
        }
    }

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
            self.breakers.fault(&self);
        } else if error.is_answer() {
            self.answers();
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
        third.failed(&ModelError::Unusable("nothing was asked"));
        let fourth = breakers.enter(account(1), &base("a")).unwrap();
        assert!(is_open(&breakers));
        fourth.succeeded();
        assert!(!is_open(&breakers));
        fail(&breakers, 2);
        assert!(!is_open(&breakers));
    }

    #[test]
    fn an_answer_to_the_one_that_tries_lets_others_ask_and_the_next_fault_opens_it_at_once() {
        let (breakers, clock) = breakers();
        let stale = breakers.enter(account(1), &base("a")).unwrap();
        let staler = breakers.enter(account(1), &base("a")).unwrap();
        fail(&breakers, 3);
        // Long after the faults that opened it.
        clock.advance(CONFIG.window * 2);
        let mut first = breakers.enter(account(1), &base("a")).unwrap();
        assert!(is_open(&breakers));
        first.answers();
        let other = breakers.enter(account(1), &base("a")).unwrap();
        stale.failed(&ModelError::Cut);
        assert!(!is_open(&breakers), "what was asked before it opened");
        other.failed(&ModelError::Cut);
        assert!(is_open(&breakers), "a fault on probation");
        first.failed(&ModelError::Cut);

        clock.advance(CONFIG.pause);
        let refused = breakers.enter(account(1), &base("a")).unwrap();
        refused.failed(&ModelError::Busy { retry_after: None });
        assert!(!is_open(&breakers), "a refusal is an answer");
        staler.failed(&ModelError::Cut);
        breakers.enter(account(1), &base("a")).unwrap().succeeded();
        fail(&breakers, 2);
        assert!(!is_open(&breakers), "a complete reply ends the probation");
        fail(&breakers, 1);
        assert!(is_open(&breakers));
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

//! The request log: what the outermost layer learns of a request, gathered in memory and written down in batches, so that
//! no request waits for it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use robofy_kernel::{AccountId, Caller, Environment, ErrorCode, KeyId, Tasks, Timestamp};
use robofy_store::requests::{DASHBOARD, LoggedRequest, VISITOR};
use robofy_store::{Store, StoreError};
use tokio::sync::Notify;

use crate::limits::Limit;

/// So many requests wait to be written at most; more are not kept.
const ROOM: usize = 10_000;
/// Of these, visitors have no more: their tokens are free for all, and must not push out what servers and people do.
const VISITORS: usize = 1_000;
/// An account's visitors have no more places in a minute, so that a free token cannot fill the log of its days.
const VISITORS_A_MINUTE: u32 = 120;
/// So many are written at once: some milliseconds of the ingestion lane.
const BATCH: usize = 200;
/// When so many wait, they are written at once.
const MANY: usize = 1_000;
/// They are written after this time at the latest.
const EVERY: Duration = Duration::from_secs(1);

/// Whose request it is, as soon as its credential is known. Put into the request by the outermost layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whose(Arc<OnceLock<Known>>);

#[derive(Debug)]
struct Known {
    account: AccountId,
    environment: Environment,
    caller: String,
    key: Option<KeyId>,
}

impl Whose {
    /// Notes whose the request is.
    pub(crate) fn note(&self, caller: &Caller, account: AccountId, environment: Environment) {
        let (caller, key) = match caller {
            Caller::Key { id, name, .. } => (name.as_str(), Some(*id)),
            Caller::User { .. } => (DASHBOARD, None),
            Caller::Visitor(_) => (VISITOR, None),
            Caller::System => return,
        };
        self.set(Known { account, environment, caller: caller.to_owned(), key });
    }

    fn set(&self, known: Known) {
        if let Err(again) = self.0.set(known) {
            tracing::trace!(account = %again.account, "a request's credential was read twice");
        }
    }
}

/// What the layer knows of an answered request.
#[derive(Debug)]
pub(crate) struct Answered<'a> {
    pub(crate) whose: Whose,
    pub(crate) at: Timestamp,
    pub(crate) request_id: &'a str,
    pub(crate) method: &'a Method,
    pub(crate) route: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) error: Option<ErrorCode>,
    pub(crate) micros: u64,
}

/// Requests that wait to be written.
#[derive(Debug)]
pub(crate) struct RequestLog {
    waiting: Mutex<Waiting>,
    many: Notify,
    visitors: Limit,
}

impl Default for RequestLog {
    fn default() -> Self {
        let visitors = Limit::new("requests of visitors in the log", VISITORS_A_MINUTE, 60);
        Self { waiting: Mutex::default(), many: Notify::new(), visitors }
    }
}

#[derive(Debug, Default)]
struct Waiting {
    requests: Vec<(AccountId, LoggedRequest)>,
    /// How many of them are visitors'.
    visitors: usize,
    /// How many found no room, or could not be written.
    lost: u64,
}

impl RequestLog {
    /// Takes a request down, in memory. One whose account is not known is nobody's.
    pub(crate) fn take_down(&self, answered: &Answered<'_>) {
        let Some(known) = answered.whose.0.get() else { return };
        let request = LoggedRequest {
            at: answered.at,
            request_id: answered.request_id.to_owned(),
            environment: known.environment,
            method: answered.method.as_str().to_owned(),
            route: answered.route.to_owned(),
            status: i64::from(answered.status.as_u16()),
            error_code: answered.error.map(|code| code.as_str().to_owned()),
            caller: known.caller.clone(),
            key_id: known.key,
            micros: i64::try_from(answered.micros).unwrap_or(i64::MAX),
        };
        let is_visitor = known.key.is_none() && known.caller == VISITOR;
        let too_many = is_visitor && self.visitors.take(&known.account.to_string(), answered.at).is_err();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if too_many || waiting.requests.len() >= ROOM || (is_visitor && waiting.visitors >= VISITORS) {
            waiting.lost += 1;
            return;
        }
        waiting.visitors += usize::from(is_visitor);
        waiting.requests.push((known.account, request));
        if waiting.requests.len() == MANY {
            self.many.notify_one();
        }
    }

    /// What waits, and how many are lost; nothing waits any more.
    fn take_out(&self) -> (Vec<(AccountId, LoggedRequest)>, u64) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Waiting { requests, lost, .. } = std::mem::take(&mut *waiting);
        (requests, lost)
    }

    /// Writes down what waits. What cannot be written is not kept: the log is there for people, and must not fill the
    /// memory of a server whose database is away, nor keep one that stops.
    pub(crate) async fn write(&self, store: &Store) {
        let (mut requests, mut lost) = self.take_out();
        let mut why: Option<StoreError> = None;
        while !requests.is_empty() {
            let rest = requests.split_off(requests.len().min(BATCH));
            let batch = std::mem::replace(&mut requests, rest);
            let count = batch.len() as u64;
            if let Err(error) = store.log_requests(batch).await {
                lost += count;
                let is_away = matches!(error, StoreError::Unavailable(_));
                why = Some(error);
                if is_away {
                    lost += requests.len() as u64;
                    break;
                }
            }
        }
        match why {
            Some(error) => tracing::warn!(lost, %error, "requests are missing in the request log"),
            None if lost > 0 => {
                tracing::warn!(lost, "requests are missing in the request log: too many came at once")
            }
            None => {}
        }
    }

    /// Writes every second, and sooner when many wait, while somebody holds `log`. What comes after the shutdown began is
    /// for [`RequestLog::write`] at its end.
    pub(crate) fn keep_writing(log: &Arc<Self>, store: &Store, tasks: &Tasks) {
        let (log, store, stop): (Weak<Self>, _, _) = (Arc::downgrade(log), store.clone(), tasks.clone());
        tasks.spawn("request log", async move {
            while let Some(log) = log.upgrade() {
                tokio::select! {
                    () = stop.stopping() => return,
                    () = log.many.notified() => {}
                    () = tokio::time::sleep(EVERY) => {}
                }
                log.write(&store).await;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose(account: u128, caller: &str) -> Whose {
        let (account, caller) = (AccountId(uuid::Uuid::from_u128(account)), caller.to_owned());
        let known = Whose::default();
        known.set(Known { account, environment: Environment::Live, caller, key: None });
        known
    }

    fn take(log: &RequestLog, whose: Whose, seconds: i64) {
        log.take_down(&Answered {
            whose,
            at: Timestamp::from_seconds(seconds),
            request_id: "id",
            method: &Method::GET,
            route: "/v1/projects",
            status: StatusCode::OK,
            error: None,
            micros: 1,
        });
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let log = RequestLog::default();
        take(&log, Whose::default(), 1);
        assert!(log.waiting.lock().unwrap().requests.is_empty(), "whose it is nobody knows");
        for visitor in 0..VISITORS + 7 {
            take(&log, whose(visitor as u128, VISITOR), 1);
        }
        for _ in 0..ROOM - VISITORS + 5 {
            take(&log, whose(0, DASHBOARD), 1);
        }
        let waiting = log.waiting.lock().unwrap();
        assert_eq!((waiting.requests.len(), waiting.visitors, waiting.lost), (ROOM, VISITORS, 12));
    }

    #[test]
    fn visitors_of_an_account_have_their_share_of_a_minute_however_often_it_is_written() {
        let log = RequestLog::default();
        let share = VISITORS_A_MINUTE as usize;
        let mut written = 0;
        for round in 0..20 {
            for _ in 0..share {
                take(&log, whose(1, VISITOR), 1);
            }
            take(&log, whose(2, VISITOR), 1);
            take(&log, whose(1, DASHBOARD), 1);
            let (requests, lost) = log.take_out();
            assert_eq!(lost as usize, if round == 0 { 0 } else { share });
            written += requests.len();
        }
        assert_eq!(written, share + 20 + 20, "another account's visitors, and people, lose nothing");
        take(&log, whose(1, VISITOR), 62);
        assert_eq!(log.take_out().0.len(), 1, "a minute later there is room");
    }
}

//! The request log: what the outermost layer learns of a request, gathered in memory and written down in batches, so that
//! no request waits for it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use robofy_kernel::{AccountId, Caller, Environment, ErrorCode, KeyId, Tasks, Timestamp};
use robofy_store::api_keys::FoundKey;
use robofy_store::requests::{DASHBOARD, LoggedRequest, VISITOR};
use robofy_store::{Store, StoreError};
use tokio::sync::Notify;

use crate::limits::Limit;

/// So many requests wait to be written at most; more are not kept.
const ROOM: usize = 10_000;
/// Of these, those that have a [`Share`] have no more: they must not push out what servers and people do.
const SHARED: usize = 1_000;
/// An account's visitors have so many places at once, and as many more in a minute, so that a free token cannot fill
/// the log of its days.
const VISITORS_A_MINUTE: u32 = 120;
/// A key that is refused has so many: enough to find who still uses it.
const REFUSED_A_MINUTE: u32 = 60;
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
    share: Option<Share>,
}

/// Who has a share of the log and no more, since what they send costs them nothing.
#[derive(Clone, Copy, Debug)]
enum Share {
    /// An account's visitors together.
    Visitors,
    /// A key that opens nothing any more.
    Refused(KeyId),
}

impl Whose {
    /// Notes whose the request is.
    pub(crate) fn note(&self, caller: &Caller, account: AccountId, environment: Environment) {
        let (caller, key, share) = match caller {
            Caller::Key { id, name, .. } => (name.as_str(), Some(*id), None),
            Caller::User { .. } => (DASHBOARD, None, None),
            Caller::Visitor(_) => (VISITOR, None, Some(Share::Visitors)),
            Caller::System => return,
        };
        self.set(Known { account, environment, caller: caller.to_owned(), key, share });
    }

    /// Notes whose the request is that brings a key which opens nothing any more.
    pub(crate) fn note_refused(&self, key: &FoundKey) {
        self.set(Known {
            account: key.account_id,
            environment: key.environment,
            caller: key.name.clone(),
            key: Some(key.key_id),
            share: Some(Share::Refused(key.key_id)),
        });
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
    refused: Limit,
}

impl Default for RequestLog {
    fn default() -> Self {
        let visitors = Limit::new("requests of visitors in the log", VISITORS_A_MINUTE, 60);
        let refused = Limit::new("requests of a refused key in the log", REFUSED_A_MINUTE, 60);
        Self { waiting: Mutex::default(), many: Notify::new(), visitors, refused }
    }
}

#[derive(Debug, Default)]
struct Waiting {
    requests: Vec<(AccountId, LoggedRequest)>,
    /// How many of them are of somebody with a share.
    shared: usize,
    /// How many were beyond a share.
    beyond: u64,
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
        let (limit, whose) = match known.share {
            None => (None, String::new()),
            Some(Share::Visitors) => (Some(&self.visitors), known.account.to_string()),
            Some(Share::Refused(key)) => (Some(&self.refused), key.to_string()),
        };
        let is_beyond = limit.is_some_and(|limit| limit.take(&whose, answered.at).is_err());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if is_beyond || (known.share.is_some() && waiting.shared >= SHARED) {
            waiting.beyond += 1;
            return;
        }
        if waiting.requests.len() >= ROOM {
            waiting.lost += 1;
            return;
        }
        waiting.shared += usize::from(known.share.is_some());
        waiting.requests.push((known.account, request));
        if waiting.requests.len() == MANY {
            self.many.notify_one();
        }
    }

    /// What waits; nothing waits any more.
    fn take_out(&self) -> Waiting {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes down what waits. What cannot be written is not kept: the log is there for people, and must not fill the
    /// memory of a server whose database is away, nor keep one that stops.
    pub(crate) async fn write(&self, store: &Store) {
        let Waiting { mut requests, beyond, mut lost, .. } = self.take_out();
        if beyond > 0 {
            tracing::debug!(
                beyond,
                "visitors and refused keys sent more than their share of the request log"
            );
        }
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

    fn whose(account: u128, caller: &str, share: Option<Share>) -> Whose {
        let (account, caller) = (AccountId(uuid::Uuid::from_u128(account)), caller.to_owned());
        let known = Whose::default();
        known.set(Known { account, environment: Environment::Live, caller, key: None, share });
        known
    }

    fn visitor(account: u128) -> Whose {
        whose(account, VISITOR, Some(Share::Visitors))
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
        for account in 0..SHARED + 7 {
            take(&log, visitor(account as u128), 1);
        }
        for _ in 0..ROOM - SHARED + 5 {
            take(&log, whose(0, DASHBOARD, None), 1);
        }
        let Waiting { requests, shared, beyond, lost } = log.take_out();
        assert_eq!((requests.len(), shared, beyond, lost), (ROOM, SHARED, 7, 5));
    }

    #[test]
    fn visitors_of_an_account_have_their_share_of_a_minute_however_often_it_is_written() {
        let log = RequestLog::default();
        let share = VISITORS_A_MINUTE as usize;
        let mut written = 0;
        for round in 0..20 {
            for _ in 0..share {
                take(&log, visitor(1), 1);
            }
            take(&log, visitor(2), 1);
            take(&log, whose(1, DASHBOARD, None), 1);
            let out = log.take_out();
            // What is beyond a share is no loss that somebody should be warned of.
            assert_eq!((out.beyond as usize, out.lost), (if round == 0 { 0 } else { share }, 0));
            written += out.requests.len();
        }
        assert_eq!(written, share + 20 + 20, "another account's visitors, and people, lose nothing");
        take(&log, visitor(1), 62);
        assert_eq!(log.take_out().requests.len(), 1, "a minute later there is room");
    }

    #[test]
    fn a_key_that_is_refused_has_its_share_however_many_accounts_there_are() {
        let log = RequestLog::default();
        let refused = |key| Some(Share::Refused(KeyId(uuid::Uuid::from_u128(key))));
        for _ in 0..REFUSED_A_MINUTE + 9 {
            take(&log, whose(1, "old", refused(1)), 1);
        }
        take(&log, whose(1, "older", refused(2)), 1);
        take(&log, whose(1, "new", None), 1);
        let out = log.take_out();
        assert_eq!((out.requests.len(), out.beyond, out.lost), (REFUSED_A_MINUTE as usize + 2, 9, 0));
    }
}

//! What the provider was asked, and what became of it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, Uri};
use robofy_kernel::Stopwatch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most requests that are remembered; the oldest go first.
const MOST: usize = 20_000;

/// The body of `GET /requests`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requests {
    /// How many answers are being given now.
    pub open: usize,
    /// What was asked, the oldest first.
    pub requests: Vec<Asked>,
}

/// One request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Its number, from 0.
    pub id: u64,
    /// When it came, in milliseconds since the provider started.
    pub at_ms: u64,
    /// The client's end of the connection: the same for two requests on one connection.
    pub peer: SocketAddr,
    /// Path and query.
    pub path: String,
    /// The model's name.
    pub model: String,
    /// Headers, with lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Value,
    /// Pieces of text that were sent.
    pub pieces: u64,
    /// When the answer was complete, in milliseconds since the request.
    pub finished_ms: Option<u64>,
    /// When the client went away before that, in milliseconds since the request.
    pub gone_ms: Option<u64>,
    #[serde(skip)]
    began: Option<Stopwatch>,
}

impl Asked {
    /// Whether the client went away before the answer was complete.
    #[must_use]
    pub const fn is_abandoned(&self) -> bool {
        self.gone_ms.is_some()
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The provider's memory.
#[derive(Debug)]
pub(super) struct Ledger {
    started: Stopwatch,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    requests: VecDeque<Asked>,
    /// The number of the first that is kept.
    first: u64,
    counts: HashMap<String, u64>,
    open: usize,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { started: Stopwatch::start(), kept: Mutex::default() }
    }
}

impl Ledger {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests named this model before.
    pub(super) fn count(&self, model: &str) -> u64 {
        self.kept().counts.get(model).copied().unwrap_or(0)
    }

    pub(super) fn list(&self) -> Requests {
        let kept = self.kept();
        Requests { open: kept.open, requests: kept.requests.iter().cloned().collect() }
    }

    pub(super) fn open(&self) -> usize {
        self.kept().open
    }

    pub(super) fn clear(&self) {
        let mut kept = self.kept();
        kept.first += kept.requests.len() as u64;
        kept.requests.clear();
        kept.counts.clear();
    }

    pub(super) fn begin(
        self: &Arc<Self>,
        peer: SocketAddr,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Value,
    ) -> Ticket {
        let model = body["model"].as_str().unwrap_or_default();
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut kept = self.kept();
        let id = kept.first + kept.requests.len() as u64;
        let asked = Asked {
            id,
            at_ms: millis(&self.started),
            peer,
            path: uri.to_string(),
            model: model.to_owned(),
            headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body.clone(),
            pieces: 0,
            finished_ms: None,
            gone_ms: None,
            began: Some(Stopwatch::start()),
        };
        kept.requests.push_back(asked);
        if kept.requests.len() > MOST {
            kept.requests.pop_front();
            kept.first += 1;
        }
        *kept.counts.entry(model.to_owned()).or_default() += 1;
        kept.open += 1;
        Ticket { ledger: Arc::clone(self), id }
    }
}

fn millis(watch: &Stopwatch) -> u64 {
    u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// One request under way. Dropped before [`Ticket::finished`], it means that the client went away.
#[derive(Debug)]
pub(super) struct Ticket {
    ledger: Arc<Ledger>,
    id: u64,
}

impl Ticket {
    fn note(&self, note: impl FnOnce(&mut Asked, u64)) {
        let mut kept = self.ledger.kept();
        let Some(index) = self.id.checked_sub(kept.first).and_then(|index| usize::try_from(index).ok())
        else {
            return;
        };
        if let Some(asked) = kept.requests.get_mut(index) {
            let after = asked.began.as_ref().map_or(0, millis);
            note(asked, after);
        }
    }

    /// A piece of text goes out.
    pub(super) fn piece(&self) {
        self.note(|asked, _| asked.pieces += 1);
    }

    /// The answer is complete, as far as the script goes.
    pub(super) fn finished(&self) {
        self.note(|asked, after| asked.finished_ms = Some(after));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.note(|asked, after| {
            if asked.finished_ms.is_none() {
                asked.gone_ms = Some(after);
            }
        });
        let mut kept = self.ledger.kept();
        kept.open -= 1;
    }
}

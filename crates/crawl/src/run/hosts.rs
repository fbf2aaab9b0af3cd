//! The hosts of a crawl: what each allows, and how fast it is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use robofy_kernel::Stopwatch;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use url::Url;

use super::fetch::{self, Ask, Got};
use super::visit::Visitor;
use crate::Robots;

/// Our user agent's product token, as robots.txt names it.
pub(super) const PRODUCT: &str = "robofy";
/// A host is asked for so many pages at once at most.
const AT_ONCE: usize = 2;
/// robots.txt is asked for so often before the host counts as unreachable.
const TRIES: u32 = 2;

/// The hosts that a run has met.
#[derive(Debug, Default)]
pub(super) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

/// A host: scheme, name and port.
#[derive(Debug)]
pub(super) struct Host {
    asked: OnceCell<Asked>,
    places: Semaphore,
    last: tokio::sync::Mutex<Option<Stopwatch>>,
}

/// What came of asking for robots.txt.
#[derive(Debug)]
struct Asked {
    robots: Robots,
    /// Why the host may not be reached at all.
    refused: Option<String>,
}

/// A place among those who ask a host, and its turn.
pub(super) struct Turn<'h> {
    _place: Option<SemaphorePermit<'h>>,
}

impl Hosts {
    /// The host of an address.
    pub fn of(&self, url: &Url) -> Arc<Host> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let host = hosts.entry(url.origin().ascii_serialization()).or_insert_with(|| {
            Arc::new(Host {
                asked: OnceCell::new(),
                places: Semaphore::new(AT_ONCE),
                last: tokio::sync::Mutex::default(),
            })
        });
        Arc::clone(host)
    }
}

impl Host {
    /// What the host allows; asked once.
    pub async fn robots(&self, visitor: &Visitor, url: &Url) -> &Robots {
        &self.asked.get_or_init(|| read_robots(visitor, url)).await.robots
    }

    /// Why the host may not be reached at all, as far as that is known by now.
    pub fn refusal(&self) -> Option<&str> {
        self.asked.get().and_then(|asked| asked.refused.as_deref())
    }

    /// Waits until the host may be asked again, by its own wish and by ours.
    pub async fn turn(&self, robots: &Robots) -> Turn<'_> {
        // The semaphore is never closed; without a place a page would only be asked for a little too early.
        let place = self.places.acquire().await.ok();
        if let Some(delay) = robots.delay() {
            let mut last = self.last.lock().await;
            if let Some(since) = last.as_ref() {
                tokio::time::sleep(delay.saturating_sub(since.elapsed())).await;
            }
            *last = Some(Stopwatch::start());
        }
        Turn { _place: place }
    }
}

async fn read_robots(visitor: &Visitor, url: &Url) -> Asked {
    let unreachable = || Asked { robots: Robots::Unreachable, refused: None };
    let Ok(address) = url.join("/robots.txt") else { return unreachable() };
    for attempt in 1..=TRIES {
        // Five redirects are followed (RFC 9309, section 2.3.1.2). Whatever kind of content the server takes it for, it is
        // read: a picture has no rules, and rules of an unknown kind are rules.
        let ask = Ask { redirects: 5, is_of_any_kind: true, ..Ask::default() };
        let got = fetch::get(visitor, &address, ask).await;
        let robots = match got {
            Got::Body(body) => {
                let read = move || Robots::read(PRODUCT, Some((200, &body.bytes)));
                visitor.compute(read).await.unwrap_or(Robots::Unreachable)
            }
            Got::Status(status) => Robots::read(PRODUCT, Some((status, b""))),
            Got::Failed { reason, is_refused: true } => {
                return Asked { refused: Some(reason), ..unreachable() };
            }
            Got::Busy(_)
            | Got::Redirect { .. }
            | Got::Same { .. }
            | Got::Failed { is_refused: false, .. }
            | Got::TooLarge
            | Got::OtherKind => Robots::Unreachable,
        };
        if attempt == TRIES || !matches!(robots, Robots::Unreachable) {
            return Asked { robots, refused: None };
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    unreachable()
}

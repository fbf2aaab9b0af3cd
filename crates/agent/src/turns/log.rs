//! A turn's log: events are appended once and read by any number of readers, each from the first event on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::Stream;
use tokio::sync::Notify;

use crate::events::TurnEvent;

/// The events of one turn. Cheap to clone; clones share one log.
#[derive(Clone, Debug, Default)]
pub struct TurnLog(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Arc<TurnEvent>>,
    closed: bool,
}

impl TurnLog {
    /// A log that is complete already, to replay a stored turn.
    #[must_use]
    pub fn complete(events: Vec<TurnEvent>) -> Self {
        let log = Self::default();
        log.extend(events);
        log.close();
        log
    }

    /// Appends events.
    pub fn extend(&self, events: impl IntoIterator<Item = TurnEvent>) {
        self.state().events.extend(events.into_iter().map(Arc::new));
        self.0.changed.notify_waiters();
    }

    /// Ends the log; readers end after the last event.
    pub fn close(&self) {
        self.state().closed = true;
        self.0.changed.notify_waiters();
    }

    /// The events from number `from` (counted from 0) on, live until the log is closed.
    pub fn read_from(&self, from: usize) -> impl Stream<Item = Arc<TurnEvent>> + Send + use<> {
        futures::stream::unfold((self.clone(), from), |(log, at)| async move {
            let event = log.next(at).await?;
            Some((event, (log, at + 1)))
        })
    }

    /// Event number `at`, as soon as it is there; `None` when the log ends before it.
    async fn next(&self, at: usize) -> Option<Arc<TurnEvent>> {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            // Registered before the look, so a change in between is not missed.
            changed.as_mut().enable();
            match self.at(at) {
                Next::Event(event) => return Some(event),
                Next::End => return None,
                Next::Wait => changed.await,
            }
        }
    }

    fn at(&self, at: usize) -> Next {
        let state = self.state();
        match state.events.get(at) {
            Some(event) => Next::Event(Arc::clone(event)),
            None if state.closed => Next::End,
            None => Next::Wait,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Appending cannot panic half-way, so a poisoned lock still guards a whole state.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Next {
    Event(Arc<TurnEvent>),
    Wait,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt as _;

    #[tokio::test]
    async fn every_reader_sees_every_event_once_whenever_it_joins() {
        let log = TurnLog::default();
        let texts = |n: std::ops::Range<usize>| n.map(|i| TurnEvent::text(i.to_string())).collect::<Vec<_>>();
        log.extend(texts(0..3));
        let early = log.read_from(0).collect::<Vec<_>>();
        let late = log.read_from(2).collect::<Vec<_>>();
        let writer = async {
            for i in 3..50 {
                log.extend(texts(i..i + 1));
                tokio::task::yield_now().await;
            }
            log.close();
        };
        let (early, late, ()) = tokio::join!(early, late, writer);
        let expected = texts(0..50);
        assert!(early.iter().map(|e| e.as_ref()).eq(expected.iter()));
        assert!(late.iter().map(|e| e.as_ref()).eq(expected[2..].iter()));
        assert_eq!(log.read_from(99).count().await, 0);
    }
}

//! A turn's log: events are appended once and read by any number of readers, each from any event on.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::{Stream, StreamExt as _};
use robofy_store::chat::Failure;
use tokio::sync::Notify;

use crate::events::{TEXT_ID, TurnEvent};

/// The number of the `error` that ends an interrupted answer: beyond that of any event that a run can have, since
/// nobody knows how many the lost one had.
pub(super) const INTERRUPTED: usize = 1_000_000;

/// One event of a log. Cheap to clone: its readers share it.
#[derive(Clone, Debug)]
pub struct Event(Arc<TurnEvent>);

impl Event {
    fn new(event: TurnEvent) -> Self {
        Self(Arc::new(event))
    }

    /// Appends the event as a server-sent event without its id: a `data:` line of JSON and a blank line.
    ///
    /// It is written anew for each reader: nearly all events have one, and keeping the text for others would make a
    /// waiting stream twice as large.
    pub fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(b"data: ");
        if let Err(error) = serde_json::to_writer(&mut *to, &*self.0) {
            // Our events are plain data, so this does not happen; a client would skip the empty event.
            tracing::error!(%error, "an event could not be written");
        }
        to.extend_from_slice(b"\n\n");
    }
}

impl Deref for Event {
    type Target = TurnEvent;
    fn deref(&self) -> &TurnEvent {
        &self.0
    }
}

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
    events: Vec<Event>,
    end: Option<LogEnd>,
}

#[derive(Clone, Copy, Debug)]
enum LogEnd {
    /// The last event is the answer's last.
    Complete,
    /// Nobody knows what came after: every reader gets an `error`, wherever it stands.
    Interrupted,
}

/// Events that follow one another, for a reader that may be behind.
#[derive(Debug)]
pub struct Batch {
    /// The number of the first.
    pub first: usize,
    /// The events; at least one.
    pub events: Vec<Event>,
}

impl Batch {
    /// How an interrupted answer ends.
    pub(super) fn interrupted() -> Self {
        Self { first: INTERRUPTED, events: vec![Event::new(TurnEvent::failed(Failure::Internal))] }
    }

    /// The number of the event after these.
    #[must_use]
    pub const fn next(&self) -> usize {
        self.first + self.events.len()
    }
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
        self.append(events.into_iter().map(Event::new));
    }

    fn append(&self, events: impl IntoIterator<Item = Event>) {
        self.state().events.extend(events);
        self.0.changed.notify_waiters();
    }

    /// Ends the log; readers end after the last event.
    pub fn close(&self) {
        self.end(LogEnd::Complete);
    }

    /// Ends the log of a turn whose node was lost: what was said after the events here is not known.
    pub(super) fn interrupt(&self) {
        self.end(LogEnd::Interrupted);
    }

    fn end(&self, end: LogEnd) {
        self.state().end.get_or_insert(end);
        self.0.changed.notify_waiters();
    }

    /// Waits until the log is ended.
    pub(super) async fn ended(&self) {
        self.wait(|state| state.end.map(|_| ())).await;
    }

    /// Whether the log ended as interrupted.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self.state().end, Some(LogEnd::Interrupted))
    }

    /// Whether the log ended with the answer being stopped.
    pub(super) fn is_stopped(&self) -> bool {
        let state = self.state();
        state.end.is_some()
            && state.events.last().is_some_and(|last| matches!(**last, TurnEvent::Abort { .. }))
    }

    /// How many hold this log.
    pub(super) fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// Appends what another log holds from event `from` on, live until it ends, and ends as it does.
    pub(super) async fn follow(&self, other: &Self, from: usize) {
        let mut at = from;
        while let Some(batch) = other.batch(at, usize::MAX).await {
            if batch.first == INTERRUPTED {
                break;
            }
            at = batch.next();
            self.append(batch.events);
        }
        if other.is_interrupted() { self.interrupt() } else { self.close() }
    }

    /// The events from number `from` (counted from 0) on, live until the log is ended.
    pub fn read_from(&self, from: usize) -> impl Stream<Item = Event> + Send + use<> {
        let batches = futures::stream::unfold((self.clone(), from), |(log, at)| async move {
            let batch = log.batch(at, 64).await?;
            let next = batch.next();
            Some((futures::stream::iter(batch.events), (log, next)))
        });
        batches.flatten()
    }

    /// At most `most` events from number `at` on, as soon as there is one; `None` when the log ends before it.
    pub async fn batch(&self, at: usize, most: usize) -> Option<Batch> {
        self.wait(|state| state.batch(at, most)).await
    }

    /// Waits until `look` finds something.
    async fn wait<T>(&self, look: impl Fn(&State) -> Option<T>) -> T {
        loop {
            if let Some(found) = look(&self.state()) {
                return found;
            }
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            // Registered before the second look, so a change in between is not missed.
            changed.as_mut().enable();
            if let Some(found) = look(&self.state()) {
                return found;
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Appending cannot panic half-way, so a poisoned lock still guards a whole state.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `None` when the reader has to wait, `Some(None)` when there is nothing more.
    fn batch(&self, at: usize, most: usize) -> Option<Option<Batch>> {
        if let Some(events) = self.events.get(at..).filter(|events| !events.is_empty()) {
            let events = events.iter().take(most).cloned().collect();
            return Some(Some(Batch { first: at, events }));
        }
        match self.end? {
            LogEnd::Interrupted if at <= INTERRUPTED => Some(Some(Batch::interrupted())),
            LogEnd::Interrupted | LogEnd::Complete => Some(None),
        }
    }
}

/// What is known of an answer that was interrupted after its text had begun.
pub(super) const fn text_end() -> TurnEvent {
    TurnEvent::TextEnd { id: TEXT_ID }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(numbers: std::ops::Range<usize>) -> Vec<TurnEvent> {
        numbers.map(|i| TurnEvent::text(i.to_string())).collect()
    }

    #[tokio::test]
    async fn every_reader_sees_every_event_once_whenever_it_joins() {
        let log = TurnLog::default();
        log.extend(texts(0..3));
        let early = log.read_from(0).collect::<Vec<_>>();
        let late = log.read_from(2).collect::<Vec<_>>();
        let behind = log.read_from(10).collect::<Vec<_>>();
        let writer = async {
            for i in 3..50 {
                log.extend(texts(i..i + 1));
                tokio::task::yield_now().await;
            }
            log.close();
        };
        let (early, late, behind, ()) = tokio::join!(early, late, behind, writer);
        let expected = texts(0..50);
        for (from, seen) in [(0, early), (2, late), (10, behind)] {
            assert!(seen.iter().map(|e| &**e).eq(expected[from..].iter()), "from {from}");
        }
        assert_eq!(log.read_from(99).count().await, 0);
    }

    #[tokio::test]
    async fn an_interrupted_log_ends_in_one_error_wherever_a_reader_stands() {
        let log = TurnLog::default();
        log.extend(texts(0..3));
        let waiting = log.read_from(7).collect::<Vec<_>>();
        let (waiting, ()) = tokio::join!(waiting, async { log.interrupt() });
        let last = |events: &[Event]| matches!(**events.last().unwrap(), TurnEvent::Error { .. });
        assert!(waiting.len() == 1 && last(&waiting));
        for (from, expected) in [(0, 4), (2, 2), (3, 1), (INTERRUPTED, 1), (INTERRUPTED + 1, 0)] {
            let seen: Vec<_> = log.read_from(from).collect().await;
            assert_eq!(seen.len(), expected, "from {from}");
            assert!(seen.is_empty() || last(&seen));
        }
        let copy = TurnLog::default();
        copy.extend(texts(0..1));
        copy.follow(&log, 1).await;
        assert_eq!(copy.read_from(0).count().await, 4);
        assert!(copy.is_interrupted());
    }
}

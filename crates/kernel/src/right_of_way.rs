//! Who goes first when both want the processors: whoever somebody waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// Lets background computing stand aside while something that a person waits for is computed. Cheap to clone; clones
/// share one count.
#[derive(Clone, Debug, Default)]
pub struct RightOfWay(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    going: AtomicUsize,
    clear: Notify,
}

/// Held while something goes first.
#[derive(Debug)]
pub struct Going(Arc<Inner>);

impl RightOfWay {
    /// Goes first, until what it gives is dropped.
    #[must_use]
    pub fn go(&self) -> Going {
        self.0.going.fetch_add(1, Ordering::AcqRel);
        Going(Arc::clone(&self.0))
    }

    /// Waits while something goes first, but no longer than `at_most`: a server that is never idle still gets its work
    /// done.
    pub async fn give(&self, at_most: Duration) {
        let clear = async {
            loop {
                let told = self.0.clear.notified();
                if self.0.going.load(Ordering::Acquire) == 0 {
                    return;
                }
                told.await;
            }
        };
        // Past the limit it goes on as it would otherwise.
        let _in_time = tokio::time::timeout(at_most, clear).await;
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        if self.0.going.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.clear.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    #[tokio::test]
    async fn work_waits_for_whoever_goes_first_but_not_for_ever() {
        let way = RightOfWay::default();
        way.give(LONG).await;
        let (one, two) = (way.go(), way.go());
        way.give(Duration::from_millis(5)).await;
        drop(one);
        let (mut waits, mut beside) = (Box::pin(way.give(LONG)), Box::pin(way.give(LONG)));
        for waits in [&mut waits, &mut beside] {
            let early = tokio::time::timeout(Duration::from_millis(20), waits).await;
            assert!(early.is_err(), "one still goes first");
        }
        drop(two);
        waits.await;
        beside.await;
    }
}

//! The one home of background work, so that a shutdown can wait for it.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Starts tasks and waits for them. Cheap to clone; clones share one tracker.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// A tracker with nothing running.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a task that a shutdown waits for (a turn, a merge).
    #[expect(clippy::disallowed_methods, reason = "the one home of spawning")]
    pub fn spawn<F>(&self, name: &'static str, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(self.tracker.track_future(task.instrument(tracing::debug_span!("task", name))))
    }

    /// Runs something that ends when its owner closes it (a writer, a listener); a shutdown does not wait for it.
    #[expect(clippy::disallowed_methods, reason = "the one home of spawning")]
    pub fn spawn_service<F>(&self, name: &'static str, service: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(service.instrument(tracing::debug_span!("service", name)));
    }

    /// Runs `step` every `period` until the shutdown begins, the first time after one period.
    pub fn spawn_periodic<F, Fut>(&self, name: &'static str, period: Duration, mut step: F)
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.spawn(name, async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(period) => step().await,
                }
            }
        });
    }

    /// Resolves when the shutdown begins; long waits listen to it.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Whether the shutdown has begun.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Begins the shutdown: periodic tasks end, [`Tasks::stopping`] resolves.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until every task has ended, at most `limit`. Says whether all did.
    pub async fn finish(&self, limit: Duration) -> bool {
        self.stop();
        self.tracker.close();
        tokio::time::timeout(limit, self.tracker.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn finish_waits_for_work_and_ends_periodic_tasks() {
        let tasks = Tasks::new();
        let done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&done);
        tasks.spawn("work", async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            counter.fetch_add(1, Ordering::SeqCst);
        });
        tasks.spawn_periodic("tick", Duration::from_millis(1), || async {});
        assert!(tasks.finish(Duration::from_secs(5)).await);
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn finish_gives_up_at_its_limit() {
        let tasks = Tasks::new();
        tasks.spawn("stuck", std::future::pending::<()>());
        assert!(!tasks.finish(Duration::from_millis(10)).await);
    }
}

//! From the first signal to the end: what is under way gets its time, a second signal takes it away.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use robofy_kernel::{Stopwatch, Tasks};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What is always left for turns to be stored and for their readers to be told, even when the time is up.
const LAST: Duration = Duration::from_secs(2);

/// Knows since when the server stops, and when it is enough.
#[derive(Debug)]
pub struct Stopping {
    limit: Duration,
    since: Arc<OnceLock<Stopwatch>>,
    at_once: CancellationToken,
}

impl Stopping {
    /// Listens to SIGINT and SIGTERM from now on: the first begins the shutdown of `tasks`.
    pub fn listen(tasks: &Tasks, limit: Duration) -> anyhow::Result<Self> {
        let mut signals = Signals {
            interrupt: signal(SignalKind::interrupt()).context("cannot listen to SIGINT")?,
            terminate: signal(SignalKind::terminate()).context("cannot listen to SIGTERM")?,
        };
        let stopping = Self { limit, since: Arc::default(), at_once: CancellationToken::new() };
        let (since, at_once, told) = (Arc::clone(&stopping.since), stopping.at_once.clone(), tasks.clone());
        tasks.spawn_service("signals", async move {
            signals.next().await;
            tracing::info!(
                seconds = limit.as_secs(),
                "stopping; what is under way may finish, a second signal cuts it"
            );
            since.get_or_init(Stopwatch::start);
            told.stop();
            signals.next().await;
            at_once.cancel();
        });
        Ok(stopping)
    }

    /// Resolves when what is under way has had its time. To be waited for from the beginning of the shutdown on.
    pub async fn enough(&self) {
        tokio::select! {
            () = tokio::time::sleep(self.limit) => {}
            () = self.at_once.cancelled() => {}
        }
    }

    /// Resolves when those whose answer was ended have had time to read so.
    pub async fn last(&self) {
        tokio::time::sleep(LAST).await;
    }

    /// What is left of that time.
    pub fn left(&self) -> Duration {
        if self.at_once.is_cancelled() {
            return LAST;
        }
        let passed = self.since.get().map(Stopwatch::elapsed).unwrap_or_default();
        self.limit.saturating_sub(passed).max(LAST)
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

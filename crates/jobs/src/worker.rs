//! A worker: a loop that claims, and a task for each job that it has.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use robofy_kernel::{Clock, Ids, JobId, Op, Stopwatch, Tasks};
use robofy_store::jobs::{Finish, Held, Lease, again_after};
use robofy_store::{Store, StoreError};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::handler::{Handler, Outcome, Running};

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Its name, for whoever looks at the queue.
    pub name: String,
    /// How many jobs it has at once.
    pub concurrency: usize,
    /// For how long it may be silent before its jobs are given to another.
    pub lease: Duration,
    /// How often it looks for jobs that others have enqueued.
    pub poll: Duration,
    /// How long its handlers may take to end when the program does.
    pub grace: Duration,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            name: "worker".into(),
            concurrency: 4,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(5),
        }
    }
}

/// While the database is away it is asked ever less often, down to this.
const SLOWEST_POLL: Duration = Duration::from_secs(30);

/// Claims jobs and runs their handlers. Cheap to clone.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    ids: Ids,
    tasks: Tasks,
    config: WorkerConfig,
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    kinds: Vec<&'static str>,
    news: Notify,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Inner { config, kinds, .. } = &*self.0;
        f.debug_struct("Worker").field("config", config).field("kinds", kinds).finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker with these handlers; it does nothing before [`Worker::start`]. Jobs of other kinds it leaves to others.
    #[must_use]
    pub fn new(
        store: Store,
        (clock, ids, tasks): (Clock, Ids, Tasks),
        config: WorkerConfig,
        handlers: Vec<Arc<dyn Handler>>,
    ) -> Self {
        let handlers: HashMap<_, _> = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        let kinds = handlers.keys().copied().collect();
        Self(Arc::new(Inner { store, clock, ids, tasks, config, handlers, kinds, news: Notify::new() }))
    }

    /// Tells that a job was enqueued in this process, so that it does not wait for the next look.
    pub fn wake(&self) {
        self.0.news.notify_one();
    }

    /// Works until the shutdown begins.
    pub fn start(&self) {
        let inner = Arc::clone(&self.0);
        let tasks = inner.tasks.clone();
        drop(tasks.spawn("jobs", async move { inner.work().await }));
    }
}

impl Inner {
    async fn work(self: Arc<Self>) {
        let places = Arc::new(Semaphore::new(self.config.concurrency.max(1)));
        let mut pause = self.config.poll;
        loop {
            let free = tokio::select! {
                biased;
                () = self.tasks.stopping() => return,
                free = Arc::clone(&places).acquire_owned() => free,
            };
            // One loop claims, so what is free stays free.
            let Ok(free) = free else { return };
            let most = places.available_permits() + 1;
            drop(free);
            let since = Stopwatch::start();
            match self.claim(most).await {
                Ok(leases) if !leases.is_empty() => {
                    pause = self.config.poll;
                    for lease in leases {
                        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                        let this = Arc::clone(&self);
                        let job = async move {
                            this.run(lease, since).await;
                            drop(place);
                            this.news.notify_one();
                        };
                        drop(self.tasks.spawn("job", job));
                    }
                    continue;
                }
                Ok(_) => pause = self.config.poll,
                Err(error) => {
                    tracing::warn!(%error, "the queue could not be read");
                    pause = (pause * 2).min(SLOWEST_POLL.max(self.config.poll));
                }
            }
            tokio::select! {
                () = self.tasks.stopping() => return,
                () = self.news.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// What is to be done now, after one look that writes nothing.
    async fn claim(&self, most: usize) -> Result<Vec<Lease>, StoreError> {
        let now = self.clock.now();
        if self.store.next_job_at(&self.kinds).await?.is_none_or(|next| next > now) {
            return Ok(Vec::new());
        }
        if let Err(error) = self.store.enqueue_scheduled(now, || JobId(self.ids.uuid_v7(now))).await {
            tracing::warn!(%error, "what is scheduled could not be enqueued");
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let until = now.after(self.config.lease);
        self.store.claim_jobs(&self.config.name, &self.kinds, most, now, until).await
    }

    /// Runs a job that was claimed after `since`, and stores what came of it.
    async fn run(&self, lease: Lease, since: Stopwatch) {
        let (job, kind) = (lease.job_id, lease.kind.clone());
        // Only the kinds of handlers are claimed.
        let Some(handler) = self.handlers.get(lease.kind.as_str()) else { return };
        let Some(outcome) = self.handle(&**handler, &lease, since).await else {
            tracing::warn!(%job, kind, "a job's lease was lost; another worker has it");
            return;
        };
        let now = self.clock.now();
        let how = match outcome {
            Outcome::Stored => return,
            Outcome::Done => Finish::Done,
            Outcome::Cancelled => Finish::Cancelled,
            Outcome::Dead(error) => Finish::Dead { error },
            Outcome::GivenBack => Finish::GivenBack,
            Outcome::Failed(error) => {
                let chance = f64::from(u32::from_le_bytes(self.ids.bytes())) / f64::from(u32::MAX);
                let pause = again_after(lease.attempt, chance);
                Finish::Failed { error, again_at: now.after(pause) }
            }
        };
        if matches!(how, Finish::Failed { .. } | Finish::Dead { .. }) {
            // Why is stored with the job: it may name what the log must not.
            tracing::warn!(%job, kind, attempt = lease.attempt, most = lease.most_attempts, "a job failed");
        }
        match self.store.finish_job(&lease, how, now).await {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => tracing::warn!(%job, kind, "a job's result came too late"),
            // Its lease runs out, and it is begun again.
            Err(error) => tracing::warn!(%job, kind, %error, "a job's end could not be stored"),
        }
    }

    /// Runs a handler and keeps its lease; `None` when it was lost.
    async fn handle(&self, handler: &dyn Handler, lease: &Lease, since: Stopwatch) -> Option<Outcome> {
        let op = Op {
            environment: lease.environment,
            ..Op::system(lease.account_id, self.clock.clone(), self.ids.clone())
        };
        let (called_off, stopping) = (CancellationToken::new(), CancellationToken::new());
        let running =
            Running { op, lease: lease.clone(), called_off: called_off.clone(), stopping: stopping.clone() };
        let work = AssertUnwindSafe(handler.run(&running)).catch_unwind();
        let mut work = std::pin::pin!(work);
        let mut lost = std::pin::pin!(self.keep(lease, since, &called_off));
        let mut stopped = std::pin::pin!(self.tasks.stopping());
        loop {
            tokio::select! {
                done = &mut work => {
                    let panicked = |_| Outcome::Failed("its handler ended unexpectedly".into());
                    return Some(done.unwrap_or_else(panicked));
                }
                () = &mut lost => return None,
                () = &mut stopped, if !stopping.is_cancelled() => stopping.cancel(),
                () = tokio::time::sleep(self.config.grace), if stopping.is_cancelled() => {
                    return Some(Outcome::GivenBack);
                }
            }
        }
    }

    /// Renews a lease three times in its length; ends when it is lost, or when nothing was heard of it for so long that it
    /// must be.
    async fn keep(&self, lease: &Lease, since: Stopwatch, called_off: &CancellationToken) {
        let (whole, every) = (self.config.lease, self.config.lease / 3);
        let mut renewed = since;
        let mut pause = every.saturating_sub(since.elapsed());
        loop {
            tokio::time::sleep(pause).await;
            let asked = Stopwatch::start();
            let now = self.clock.now();
            let left = whole.saturating_sub(renewed.elapsed());
            let extended = self.store.extend_lease(lease, now, now.after(whole));
            match tokio::time::timeout(left, extended).await {
                Ok(Ok(Held::Yes)) => renewed = asked,
                Ok(Ok(Held::Cancelled)) => {
                    renewed = asked;
                    called_off.cancel();
                }
                Ok(Ok(Held::Lost)) | Err(_) => return,
                Ok(Err(error)) => tracing::warn!(job = %lease.job_id, %error, "a lease could not be renewed"),
            }
            pause = every.saturating_sub(asked.elapsed());
        }
    }
}

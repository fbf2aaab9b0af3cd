//! Durable jobs: enqueued in the transaction of their cause, leased to a worker, finished under a fencing number.
//!
//! A worker holds a job by a lease that it renews. When it dies or freezes, the lease runs out and the job is given to
//! another under a higher number; what the first still brings is refused, since every commit of a job's results checks
//! the number ([`hold`], [`finish`]). So a job's effects are committed once, though it may be begun more than once.
//!
//! A row of `jobs` that a worker has is locked before all others of a unit, and enqueueing locks none that is there.
//!
//! What is known of clocks: leases are compared by the clocks of the nodes, so these should agree to a few seconds. The
//! fencing number does not depend on them.

mod lease;
mod schedules;

use std::time::Duration;

use robofy_kernel::{AccountId, Environment, JobId, Op, Page, PageRequest, Timestamp, text_enum};
use serde_json::Value;
use sqlx::types::Json;

pub use lease::{Finish, Held, Lease, again_after, finish, hold};
pub use schedules::{Schedule, schedule, unschedule};

use crate::{Lane, Result, Store, StoreError, Tx};

statements! {
    // Of jobs with the same key one is unfinished at most.
    ENQUEUE = "INSERT INTO jobs (account_id, job_id, environment, kind, payload, unique_key, priority, status, available_at, attempt,
                                 most_attempts, fence, is_cancelled, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, $9, 0, FALSE, $10, $10)
               ON CONFLICT (account_id, kind, unique_key) WHERE status IN ('waiting', 'running') DO NOTHING
               RETURNING job_id";
    // Read without a lock: whoever enqueues may have rows that the job's own unit waits for.
    UNFINISHED = "SELECT job_id FROM jobs WHERE account_id = $1 AND kind = $2 AND unique_key = $3 AND status IN ('waiting', 'running')";
    // One that waits ends at once; one that runs is told by its next heartbeat.
    CANCEL = "UPDATE jobs SET is_cancelled = TRUE, updated_at = $3, status = CASE WHEN status = 'waiting' THEN 'cancelled' ELSE status END
               WHERE account_id = $1 AND job_id = $2 AND status IN ('waiting', 'running') RETURNING status";
    FIND = "SELECT job_id, environment, kind, payload, status, attempt, most_attempts, available_at, error, created_at, updated_at
              FROM jobs WHERE account_id = $1 AND job_id = $2";
    DEAD = "SELECT job_id, environment, kind, payload, status, attempt, most_attempts, available_at, error, created_at, updated_at
              FROM jobs WHERE account_id = $1 AND status = 'dead' AND (updated_at, job_id) > (COALESCE($2, -9223372036854775807), $3)
             ORDER BY updated_at, job_id LIMIT $4";
    REVIVE = "UPDATE jobs SET status = 'waiting', attempt = 0, is_cancelled = FALSE, error = NULL, available_at = $3, updated_at = $3
               WHERE account_id = $1 AND job_id = $2 AND status = 'dead' RETURNING job_id";
}

/// Statements that work across accounts, by the clock alone.
pub(crate) const LEASE_STATEMENTS: &[(&str, &str)] = lease::STATEMENTS;
pub(crate) const SCHEDULE_STATEMENTS: &[(&str, &str)] = schedules::STATEMENTS;

/// How long a finished job is remembered; dead ones stay until somebody decides.
pub const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

text_enum! {
    /// Where a job stands.
    pub enum JobStatus {
        /// It waits for its time, and for a worker.
        Waiting = "waiting",
        /// A worker has it.
        Running = "running",
        /// It is done.
        Done = "done",
        /// It failed so often, or in such a way, that it is not tried again by itself.
        Dead = "dead",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// What is to be done: the name of its handler.
    pub kind: &'static str,
    /// With what.
    pub payload: Value,
    /// Of jobs of one kind with the same key one is unfinished at most.
    pub unique_key: Option<String>,
    /// Lower goes first.
    pub priority: i64,
    /// Not before this moment.
    pub not_before: Timestamp,
    /// How often it is begun at most.
    pub most_attempts: i64,
}

impl NewJob {
    /// Usual priority, as soon as a worker is free, begun ten times at most.
    #[must_use]
    pub const fn new(kind: &'static str, payload: Value, now: Timestamp) -> Self {
        Self { kind, payload, unique_key: None, priority: 0, not_before: now, most_attempts: 10 }
    }
}

/// A job as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    /// Its id.
    pub job_id: JobId,
    /// Live or test.
    pub environment: Environment,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: Json<Value>,
    /// Where it stands.
    pub status: JobStatus,
    /// How often it was begun.
    pub attempt: i64,
    /// How often it is begun at most.
    pub most_attempts: i64,
    /// When it may begin, or until when it is leased.
    pub available_at: Timestamp,
    /// Why it failed last.
    pub error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How often a job is enqueued anew whose namesake ends in that very moment.
const ENQUEUE_TRIES: usize = 16;

/// Enqueues a job inside the unit of its cause. Gives its id, or that of the unfinished one with its key, which stays as it
/// is. That one may be running and may have read already what its next run would see: where that matters, the key says
/// more, or there is none.
///
/// # Errors
/// [`StoreError::NotFound`] when the account is gone; or when the database is away.
pub async fn enqueue(tx: &mut Tx<'_>, op: &Op, new: &NewJob) -> Result<JobId> {
    let (id, now) = (JobId(op.uuid()), op.now());
    let key = new.unique_key.as_deref();
    for _ in 0..ENQUEUE_TRIES {
        let row = fetch_optional!(
            tx.conn(),
            (JobId,),
            ENQUEUE,
            op.account,
            id,
            op.environment,
            new.kind,
            Json(&new.payload),
            key,
            new.priority,
            new.not_before,
            new.most_attempts.max(1),
            now
        )?;
        let there = match row {
            Some(row) => Some(row),
            None => fetch_optional!(tx.conn(), (JobId,), UNFINISHED, op.account, new.kind, key)?,
        };
        if let Some((id,)) = there {
            return Ok(id);
        }
    }
    Err(StoreError::Unavailable("jobs with one key come and go faster than another can be enqueued".into()))
}

/// Calls a job off, inside the unit of its cause and before anything else of it that locks. One that waits ends at once;
/// one that runs ends when its worker notices: with its next result, or its next heartbeat. Says whether there was an
/// unfinished one.
///
/// # Errors
/// When the database is away.
pub async fn cancel(tx: &mut Tx<'_>, op: &Op, job: JobId) -> Result<bool> {
    let row = fetch_optional!(tx.conn(), (String,), CANCEL, op.account, job, op.now())?;
    Ok(row.is_some())
}

impl Store {
    /// Enqueues a job that has no other cause than the call.
    ///
    /// # Errors
    /// As [`enqueue`].
    pub async fn enqueue_job(&self, op: &Op, new: NewJob) -> Result<JobId> {
        let op = op.clone();
        self.write(Lane::Ingestion, move |mut tx| Box::pin(async move { enqueue(&mut tx, &op, &new).await }))
            .await
    }

    /// [`cancel`] in a unit of its own.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cancel_job(&self, op: &Op, job: JobId) -> Result<bool> {
        let op = op.clone();
        self.write(Lane::Conversation, move |mut tx| Box::pin(async move { cancel(&mut tx, &op, job).await }))
            .await
    }

    /// A job of an account.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_job(&self, account: AccountId, job: JobId) -> Result<Option<Job>> {
        fetch_optional!(self.reader(), Job, FIND, account, job)
    }

    /// The account's dead jobs, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_dead_jobs(
        &self,
        account: AccountId,
        page: &PageRequest<(i64, JobId)>,
    ) -> Result<Page<Job, (i64, JobId)>> {
        let (time, id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), Job, DEAD, account, time, id, page.size + 1)?;
        Ok(Page::of(rows, page.size, |job| (job.updated_at.micros(), job.job_id)))
    }

    /// Gives a dead job all its attempts once more. Says whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another with its key is unfinished by now; or the database is away.
    pub async fn revive_job(&self, op: &Op, job: JobId) -> Result<bool> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let row = fetch_optional!(tx.conn(), (JobId,), REVIVE, account, job, now)?;
                Ok(row.is_some())
            })
        })
        .await
    }
}

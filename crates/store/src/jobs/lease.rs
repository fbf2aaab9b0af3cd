//! Leases: claiming jobs, renewing, finishing under the fencing number.

use std::time::Duration;

use robofy_kernel::{AccountId, Environment, JobId, Timestamp};
use serde_json::Value;
use sqlx::types::Json;

use super::REMEMBERED;
use crate::{Db, Lane, Result, Store, StoreError, Tx};

/// The text of claiming; in the place of the dots PostgreSQL passes over rows that another claims just now. SQLite has
/// one writer.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT account_id, job_id FROM jobs
               WHERE status IN ('waiting', 'running') AND available_at <= $1
               ORDER BY priority, available_at, job_id LIMIT $4 ",
            $lock,
            ") UPDATE jobs SET status = 'running', fence = fence + 1, attempt = attempt + 1, worker = $2, available_at = $3, updated_at = $1
                 FROM due WHERE jobs.account_id = due.account_id AND jobs.job_id = due.job_id
              RETURNING jobs.account_id, jobs.job_id, jobs.environment, jobs.kind, jobs.payload, jobs.fence, jobs.attempt, jobs.most_attempts"
        )
    };
}

const CLAIM_POSTGRES: &str = claim!("FOR UPDATE SKIP LOCKED");

statements! {
    CLAIM = claim!("");
    // Lost by a worker, and not to be begun again: called off, or begun as often as it may be.
    END_LOST = "UPDATE jobs SET status = CASE WHEN is_cancelled THEN 'cancelled' ELSE 'dead' END, updated_at = $1,
                       error = CASE WHEN is_cancelled THEN error ELSE COALESCE(error || ' ', '') || 'The worker was lost.' END
                 WHERE status = 'running' AND available_at <= $1 AND (is_cancelled OR attempt >= most_attempts)";
    EXTEND = "UPDATE jobs SET available_at = $4, updated_at = $5
               WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running' RETURNING is_cancelled";
    // The row's lock: nobody claims it before this unit has ended.
    HOLD = "UPDATE jobs SET updated_at = updated_at WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running' RETURNING is_cancelled";
    FINISH = "UPDATE jobs SET status = $4, error = $5, available_at = $6, attempt = attempt - $7, worker = NULL, updated_at = $8
               WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running' RETURNING job_id";
    FORGET = "DELETE FROM jobs WHERE status IN ('done', 'cancelled') AND updated_at < $1";
    NEXT = "SELECT MIN(available_at) FROM jobs WHERE status IN ('waiting', 'running')";
}

/// A job that a worker has.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lease {
    /// Whose.
    pub account_id: AccountId,
    /// Its id.
    pub job_id: JobId,
    /// Live or test.
    pub environment: Environment,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: Json<Value>,
    /// The fencing number: it grows with each claim.
    pub fence: i64,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// How many there are at most.
    pub most_attempts: i64,
}

/// What a renewal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The worker goes on.
    Yes,
    /// The job was called off: the worker ends it.
    Cancelled,
    /// Another has it, or it is finished: whatever the worker does with it is refused.
    Lost,
}

/// How a worker ends its part of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It is done.
    Done,
    /// It was called off.
    Cancelled,
    /// It failed, and is tried again from then on; dead when it has no attempt left.
    Failed {
        /// Why, for a person.
        error: String,
        /// When it may be tried again.
        again_at: Timestamp,
    },
    /// It failed, and trying again would not help.
    Dead {
        /// Why, for a person.
        error: String,
    },
    /// The worker ends, not the job: it goes to another at once, and this attempt does not count.
    GivenBack,
}

/// Checks, inside the unit that stores a part of a job's results, that the job is still the worker's, and keeps it so
/// until the unit has ended. Says whether it was called off.
///
/// # Errors
/// [`StoreError::LeaseLost`] when it is not: then nothing of the unit may remain.
pub async fn hold(tx: &mut Tx<'_>, lease: &Lease) -> Result<bool> {
    let row = fetch_optional!(tx.conn(), (bool,), HOLD, lease.account_id, lease.job_id, lease.fence)?;
    row.map(|row| row.0).ok_or(StoreError::LeaseLost)
}

/// Ends the worker's part, inside the unit that stores the job's last results.
///
/// # Errors
/// [`StoreError::LeaseLost`] when the job is not the worker's any more: then nothing of the unit may remain.
pub async fn finish(tx: &mut Tx<'_>, lease: &Lease, how: Finish, now: Timestamp) -> Result<()> {
    let (status, error, at, back) = match how {
        Finish::Done => ("done", None, now, 0),
        Finish::Cancelled => ("cancelled", None, now, 0),
        Finish::Failed { error, again_at } if lease.attempt < lease.most_attempts => {
            ("waiting", Some(error), again_at, 0)
        }
        Finish::Failed { error, .. } | Finish::Dead { error } => ("dead", Some(error), now, 0),
        Finish::GivenBack => ("waiting", None, now, 1_i64),
    };
    let row = fetch_optional!(
        tx.conn(),
        (JobId,),
        FINISH,
        lease.account_id,
        lease.job_id,
        lease.fence,
        status,
        error,
        at,
        back,
        now
    )?;
    row.map(|_| ()).ok_or(StoreError::LeaseLost)
}

impl Store {
    /// Gives a worker up to `most` jobs that are due, the lowest priority number first, until `until`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn claim_jobs(
        &self,
        worker: &str,
        most: i64,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Lease>> {
        let worker = worker.to_owned();
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), END_LOST, now)?;
                let text = match tx.conn() {
                    Db::Sqlite(_) => CLAIM,
                    Db::Postgres(_) => CLAIM_POSTGRES,
                };
                let mut leases = fetch_all!(tx.conn(), Lease, text, now, worker, until, most)?;
                // What RETURNING gives is in no order.
                leases.sort_by_key(|lease| lease.job_id);
                Ok(leases)
            })
        })
        .await
    }

    /// Renews a lease.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn extend_lease(&self, lease: &Lease, now: Timestamp, until: Timestamp) -> Result<Held> {
        let lease = lease.clone();
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let row = fetch_optional!(
                    tx.conn(),
                    (bool,),
                    EXTEND,
                    lease.account_id,
                    lease.job_id,
                    lease.fence,
                    until,
                    now
                )?;
                Ok(match row {
                    Some((false,)) => Held::Yes,
                    Some((true,)) => Held::Cancelled,
                    None => Held::Lost,
                })
            })
        })
        .await
    }

    /// [`finish`] in a unit of its own.
    ///
    /// # Errors
    /// As [`finish`].
    pub async fn finish_job(&self, lease: &Lease, how: Finish, now: Timestamp) -> Result<()> {
        let lease = lease.clone();
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move { finish(&mut tx, &lease, how, now).await })
        })
        .await
    }

    /// When the next job is due, or a lease runs out; `None` when there is nothing to do.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn next_job_at(&self) -> Result<Option<Timestamp>> {
        Ok(fetch_one!(self.reader(), (Option<Timestamp>,), NEXT)?.0)
    }

    /// Forgets jobs that ended more than [`REMEMBERED`] ago.
    pub(crate) async fn sweep_jobs(&self, now: Timestamp) -> Result<()> {
        let old = now.before(REMEMBERED);
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move { execute!(tx.conn(), FORGET, old).map(|_| ()) })
        })
        .await
    }
}

/// When to try again after so many attempts: twice as long each time, from 5 seconds to an hour, less up to half of it
/// by `chance` (0..1), so that what failed together does not come back together.
#[must_use]
pub fn again_after(attempt: i64, chance: f64) -> Duration {
    let doublings = u32::try_from((attempt - 1).clamp(0, 10)).unwrap_or(0);
    let whole = Duration::from_secs(5).saturating_mul(1 << doublings).min(Duration::from_secs(3600));
    whole.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
}

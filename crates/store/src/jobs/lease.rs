//! Leases: claiming jobs, renewing, finishing under the fencing number.

use std::time::Duration;

use robofy_kernel::{AccountId, Environment, JobId, Timestamp};
use serde_json::Value;
use sqlx::types::Json;

use super::REMEMBERED;
use crate::{Db, Lane, Result, Store, StoreError, Tx};

/// The texts of claiming and of looking ahead. The engines differ in how a list is bound, and PostgreSQL passes over rows
/// that another node has at this moment; SQLite has one writer.
macro_rules! claim {
    (from: $from:literal, kinds: $kinds:literal, lock: $lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT account_id, job_id FROM ",
            $from,
            " WHERE status = 'waiting' AND available_at <= $1 AND kind ",
            $kinds,
            " ORDER BY priority, available_at, job_id LIMIT $5 ",
            $lock,
            ") UPDATE jobs SET status = 'running', fence = fence + 1, attempt = attempt + 1, worker = $3, available_at = $4, updated_at = $1
                 FROM due WHERE jobs.account_id = due.account_id AND jobs.job_id = due.job_id
              RETURNING jobs.account_id, jobs.job_id, jobs.environment, jobs.kind, jobs.payload, jobs.fence, jobs.attempt, jobs.most_attempts"
        )
    };
}

/// Leases that have run out: the job waits again, unless it was called off, or was begun as often as it may be. Whoever
/// stores a result at this moment keeps it.
macro_rules! put_back {
    (lock: $lock:literal) => {
        concat!(
            "WITH lost AS MATERIALIZED (SELECT account_id, job_id FROM jobs WHERE status = 'running' AND available_at <= $2 ",
            $lock,
            ") UPDATE jobs SET status = CASE WHEN is_cancelled THEN 'cancelled' WHEN attempt >= most_attempts THEN 'dead' ELSE 'waiting' END,
                      error = CASE WHEN is_cancelled OR attempt < most_attempts THEN error ELSE COALESCE(error || ' ', '') || 'The worker was lost.' END,
                      worker = NULL, available_at = $1, updated_at = $1
                 FROM lost WHERE jobs.account_id = lost.account_id AND jobs.job_id = lost.job_id"
        )
    };
}

/// The next moment at which there is something to do: a job of these kinds, a lease that runs out, a schedule.
macro_rules! next {
    (kinds: $kinds:literal) => {
        concat!(
            "SELECT MIN(moment) FROM (SELECT MIN(available_at) AS moment FROM jobs WHERE status = 'waiting' AND kind ",
            $kinds,
            " UNION ALL SELECT MIN(available_at) FROM jobs WHERE status = 'running' UNION ALL SELECT MIN(next_at) FROM job_schedules) AS next"
        )
    };
}

const CLAIM_SQLITE: &str = claim!(
    // In the order in which they are claimed, however many wait.
    from: "jobs INDEXED BY jobs_waiting",
    kinds: "IN (SELECT value FROM json_each($2))",
    lock: ""
);
const CLAIM_POSTGRES: &str = claim!(
    from: "jobs",
    kinds: "= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))",
    lock: "FOR NO KEY UPDATE SKIP LOCKED"
);
const PUT_BACK_SQLITE: &str = put_back!(lock: "");
const PUT_BACK_POSTGRES: &str = put_back!(lock: "FOR NO KEY UPDATE SKIP LOCKED");
const NEXT_SQLITE: &str = next!(kinds: "IN (SELECT value FROM json_each($1))");
const NEXT_POSTGRES: &str =
    next!(kinds: "= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))");
/// PostgreSQL locks the row, without writing it, so that whoever enqueues with the job's key need not wait.
const HOLD_POSTGRES: &str = "SELECT is_cancelled FROM jobs WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running' FOR NO KEY UPDATE";

statements! {
    // SQLite's writer is alone.
    HOLD = "SELECT is_cancelled FROM jobs WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running'";
    EXTEND = "UPDATE jobs SET available_at = $4, updated_at = $5
               WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running' RETURNING is_cancelled";
    // What was called off and is not done is not begun again.
    FINISH = "UPDATE jobs SET status = CASE WHEN is_cancelled AND $4 <> 'done' THEN 'cancelled' ELSE $4 END,
                     error = $5, available_at = $6, attempt = attempt - $7, worker = NULL, updated_at = $8
               WHERE account_id = $1 AND job_id = $2 AND fence = $3 AND status = 'running' RETURNING job_id";
    FORGET = "DELETE FROM jobs WHERE (account_id, job_id) IN (SELECT account_id, job_id FROM jobs
               WHERE status IN ('done', 'cancelled') AND updated_at < $1 ORDER BY updated_at LIMIT 500)";
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
/// until the unit has ended. Says whether it was called off. It is the unit's first statement: the job's row comes before
/// all others.
///
/// # Errors
/// [`StoreError::LeaseLost`] when it is not: then nothing of the unit may remain.
pub async fn hold(tx: &mut Tx<'_>, lease: &Lease) -> Result<bool> {
    let text = match tx {
        Db::Sqlite(_) => HOLD,
        Db::Postgres(_) => HOLD_POSTGRES,
    };
    let row = fetch_optional!(tx.conn(), (bool,), text, lease.account_id, lease.job_id, lease.fence)?;
    row.map(|row| row.0).ok_or(StoreError::LeaseLost)
}

/// Ends the worker's part, inside the unit that stores the job's last results. Beside other statements that lock, [`hold`]
/// is the unit's first and this one its last.
///
/// What was called off is not begun again: unless it is done, it ends as cancelled.
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
    /// Gives a worker up to `most` jobs of these kinds that are due, the lowest priority number first, until `until`. Jobs
    /// of other kinds wait for a program that knows them: of nodes that are replaced one by one, the older ones do not
    /// know all.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn claim_jobs(
        &self,
        worker: &str,
        kinds: &[&str],
        most: i64,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Lease>> {
        let (worker, kinds) = (worker.to_owned(), list(kinds));
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                let (put_back, claim) = match tx {
                    Db::Sqlite(_) => (PUT_BACK_SQLITE, CLAIM_SQLITE),
                    Db::Postgres(_) => (PUT_BACK_POSTGRES, CLAIM_POSTGRES),
                };
                execute!(tx.conn(), put_back, now, now)?;
                let mut leases = fetch_all!(tx.conn(), Lease, claim, now, kinds, worker, until, most)?;
                // What RETURNING gives is in no order.
                leases.sort_by_key(|lease| lease.job_id);
                Ok(leases)
            })
        })
        .await
    }

    /// Takes every running job from its worker, at the start of a program that is the only one: with SQLite no other can be
    /// at work, so nobody has to wait for the leases to run out. With several nodes it does nothing. Gives how many.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn put_back_jobs(&self, now: Timestamp) -> Result<u64> {
        if !self.is_single_node() {
            return Ok(0);
        }
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move { execute!(tx.conn(), PUT_BACK_SQLITE, now, i64::MAX) })
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

    /// The next moment at which a worker for these kinds has something to do: a job is due, a lease runs out, a schedule
    /// enqueues. `None` when there is nothing.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn next_job_at(&self, kinds: &[&str]) -> Result<Option<Timestamp>> {
        let reader = self.reader();
        let text = match reader {
            Db::Sqlite(_) => NEXT_SQLITE,
            Db::Postgres(_) => NEXT_POSTGRES,
        };
        Ok(fetch_one!(reader, (Option<Timestamp>,), text, list(kinds))?.0)
    }

    /// Forgets jobs that ended more than [`REMEMBERED`] ago.
    pub(crate) async fn sweep_jobs(&self, now: Timestamp) -> Result<()> {
        let old = now.before(REMEMBERED);
        // In short units, so that nobody waits behind a long one.
        loop {
            let forgotten = self
                .write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move { execute!(tx.conn(), FORGET, old) })
                })
                .await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }
}

/// A list as both engines take it.
fn list(kinds: &[&str]) -> String {
    Value::from(kinds.to_vec()).to_string()
}

/// When to try again after so many attempts: twice as long each time, from 5 seconds to an hour, less up to half of it
/// by `chance` (0..1), so that what failed together does not come back together.
#[must_use]
pub fn again_after(attempt: i64, chance: f64) -> Duration {
    let doublings = u32::try_from((attempt - 1).clamp(0, 10)).unwrap_or(0);
    let whole = Duration::from_secs(5).saturating_mul(1 << doublings).min(Duration::from_secs(3600));
    whole.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
}

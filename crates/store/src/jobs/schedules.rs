//! Jobs that are enqueued again and again.

use std::time::Duration;

use robofy_kernel::{AccountId, Environment, JobId, Op, Timestamp};
use serde_json::Value;
use sqlx::types::Json;

use crate::{Lane, Result, Store, Tx};

statements! {
    SET = "INSERT INTO job_schedules (account_id, kind, unique_key, environment, payload, every_seconds, next_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (account_id, kind, unique_key) DO UPDATE
              SET environment = excluded.environment, payload = excluded.payload, every_seconds = excluded.every_seconds, next_at = excluded.next_at";
    UNSET = "DELETE FROM job_schedules WHERE account_id = $1 AND kind = $2 AND unique_key = $3";
    DUE = "SELECT account_id, kind, unique_key, environment, payload, every_seconds, next_at FROM job_schedules WHERE next_at <= $1 ORDER BY next_at LIMIT 100";
    // Of several nodes the one that moves it on enqueues its job.
    MOVE_ON = "UPDATE job_schedules SET next_at = $5 WHERE account_id = $1 AND kind = $2 AND unique_key = $3 AND next_at = $4";
    ENQUEUE = "INSERT INTO jobs (account_id, job_id, environment, kind, payload, unique_key, priority, status, available_at, attempt,
                                 most_attempts, fence, is_cancelled, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, 10, 'waiting', $7, 0, 10, 0, FALSE, $7, $7)
               ON CONFLICT (account_id, kind, unique_key) WHERE status IN ('waiting', 'running') DO NOTHING";
}

/// What is enqueued again and again.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// What is to be done.
    pub kind: &'static str,
    /// Which of its kind: the job's key, so that it never runs twice at once.
    pub unique_key: String,
    /// With what.
    pub payload: Value,
    /// How long from one to the next, whole seconds. What was missed while no worker ran is made up for once, and the hour
    /// of the day that `first_at` sets is kept.
    pub every: Duration,
    /// When it is enqueued first.
    pub first_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: AccountId,
    kind: String,
    unique_key: String,
    environment: Environment,
    payload: Json<Value>,
    every_seconds: i64,
    next_at: Timestamp,
}

/// Sets a schedule, in place of the one of its kind and key, inside the unit of its cause.
///
/// # Errors
/// When the account is gone, or the database is away.
pub async fn schedule(tx: &mut Tx<'_>, op: &Op, new: &Schedule) -> Result<()> {
    let every = i64::try_from(new.every.as_secs()).unwrap_or(i64::MAX).max(1);
    execute!(
        tx.conn(),
        SET,
        op.account,
        new.kind,
        &new.unique_key,
        op.environment,
        Json(&new.payload),
        every,
        new.first_at
    )?;
    Ok(())
}

/// Ends a schedule. Jobs that it has enqueued stay.
///
/// # Errors
/// When the database is away.
pub async fn unschedule(tx: &mut Tx<'_>, account: AccountId, kind: &str, unique_key: &str) -> Result<bool> {
    Ok(execute!(tx.conn(), UNSET, account, kind, unique_key)? > 0)
}

impl Store {
    /// Enqueues the jobs of schedules that are due. `job_id` makes ids. Gives how many were enqueued.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn enqueue_scheduled(&self, now: Timestamp, job_id: impl Fn() -> JobId + Send) -> Result<u64> {
        let due = fetch_all!(self.reader(), Row, DUE, now)?;
        let mut enqueued = 0;
        for row in due {
            let id = job_id();
            enqueued += self
                .write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move { move_on(&mut tx, row, id, now).await })
                })
                .await?;
        }
        Ok(enqueued)
    }
}

async fn move_on(tx: &mut Tx<'_>, row: Row, id: JobId, now: Timestamp) -> Result<u64> {
    let next = next_at(row.next_at, row.every_seconds, now);
    let moved = execute!(tx.conn(), MOVE_ON, row.account_id, &row.kind, &row.unique_key, row.next_at, next)?;
    if moved == 0 {
        return Ok(0);
    }
    execute!(
        tx.conn(),
        ENQUEUE,
        row.account_id,
        id,
        row.environment,
        &row.kind,
        row.payload,
        &row.unique_key,
        now
    )
}

/// The first moment after `now` that is a whole number of periods after `due`.
fn next_at(due: Timestamp, every_seconds: i64, now: Timestamp) -> Timestamp {
    let every = Duration::from_secs(every_seconds.max(1).unsigned_abs());
    let periods = now.since(due).as_micros() / every.as_micros() + 1;
    due.after(every.saturating_mul(u32::try_from(periods).unwrap_or(u32::MAX)))
}

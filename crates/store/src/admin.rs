//! What the operator's commands see across accounts. Nothing here is called by a request.

use std::time::Duration;

use robofy_kernel::{AccountId, JobId, MasterKey, Page, PageRequest};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::jobs::Job;
use crate::{Db, KeySource, Migrations, Result, Store, StoreConfig, StoreError, facts, postgres, sqlite};

statements! {
    TWO_ACCOUNTS = "SELECT account_id FROM accounts ORDER BY account_id LIMIT 2";
    // In the order of the primary key, so that no page sorts.
    JOBS = "SELECT j.account_id, a.email, j.job_id, j.environment, j.kind, j.payload, j.status, j.attempt, j.most_attempts, j.available_at,
                   j.error, j.created_at, j.updated_at
              FROM jobs j JOIN accounts a ON a.account_id = j.account_id
             WHERE j.status IN ('waiting', 'running', 'dead') AND (CAST($1 AS BIGINT) IS NULL OR (j.account_id, j.job_id) > ($2, $3))
             ORDER BY j.account_id, j.job_id LIMIT $4";
    DEAD_JOBS = "SELECT j.account_id, a.email, j.job_id, j.environment, j.kind, j.payload, j.status, j.attempt, j.most_attempts, j.available_at,
                        j.error, j.created_at, j.updated_at
                   FROM jobs j JOIN accounts a ON a.account_id = j.account_id
                  WHERE j.status = 'dead' AND (CAST($1 AS BIGINT) IS NULL OR (j.account_id, j.job_id) > ($2, $3))
                  ORDER BY j.account_id, j.job_id LIMIT $4";
    OWNER_OF_DEAD = "SELECT account_id FROM jobs WHERE status = 'dead' AND job_id = $1";
    SCHEMA = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
}

/// How many accounts there are, as far as a command has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accounts {
    /// Nobody has signed up.
    None,
    /// This one.
    One(AccountId),
    /// More than one.
    Several,
}

/// A job, and whose it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountJob {
    /// The account.
    pub account_id: AccountId,
    /// The address of its owner.
    pub email: String,
    /// The job.
    #[sqlx(flatten)]
    pub job: Job,
}

/// What a database is like, found out without changing anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The schema's version; 0 before the first migration.
    pub schema: i64,
    /// The newest version that this program knows.
    pub newest: i64,
    /// Whether the master key fits.
    pub key: KeyFit,
}

/// Whether a master key opens a database's check value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFit {
    /// Nothing is sealed yet.
    NothingSealed,
    /// It does.
    Fits,
    /// It does not, or there is none; the words say why.
    Refused(String),
}

impl Store {
    /// The only account, if there is exactly one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_only_account(&self) -> Result<Accounts> {
        Ok(match fetch_all!(self.reader(), (AccountId,), TWO_ACCOUNTS)?[..] {
            [] => Accounts::None,
            [(one,)] => Accounts::One(one),
            [..] => Accounts::Several,
        })
    }
}

impl Store {
    /// The jobs of all accounts that wait, run or are dead; or the dead ones alone. The oldest of an account first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_jobs(
        &self,
        only_dead: bool,
        page: &PageRequest<(AccountId, JobId)>,
    ) -> Result<Page<AccountJob, (AccountId, JobId)>> {
        let text = if only_dead { DEAD_JOBS } else { JOBS };
        let (account, job) = page.after.unzip();
        let begins = account.map(|_| 1_i64);
        let rows = fetch_all!(self.reader(), AccountJob, text, begins, account, job, page.size + 1)?;
        Ok(Page::of(rows, page.size, |row| (row.account_id, row.job.job_id)))
    }

    /// Whose dead job that is; `None` when no dead job has the id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_owner_of_dead_job(&self, job: JobId) -> Result<Option<AccountId>> {
        Ok(fetch_optional!(self.reader(), (AccountId,), OWNER_OF_DEAD, job)?.map(|row| row.0))
    }
}

/// Looks at a database without migrating it, making it or writing to it; `None` when there is none yet.
///
/// # Errors
/// When it is there and does not open.
pub async fn inspect(config: &StoreConfig, key: &KeySource) -> Result<Option<Inspection>> {
    match config {
        StoreConfig::Sqlite { data_dir } => {
            let path = data_dir.join(sqlite::FILE);
            if !path.exists() {
                return Ok(None);
            }
            let options = SqliteConnectOptions::new().filename(&path).read_only(true);
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            let found = look(|| Db::Sqlite(&pool), key).await;
            pool.close().await;
            found.map(Some)
        }
        StoreConfig::Postgres { url, .. } => {
            let options: PgConnectOptions = postgres::options(url)?;
            let pool = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(5))
                .connect_with(options)
                .await?;
            let found = look(|| Db::Postgres(&pool), key).await;
            pool.close().await;
            found.map(Some)
        }
    }
}

async fn look<'p>(
    pool: impl Fn() -> Db<&'p sqlx::SqlitePool, &'p sqlx::PgPool>,
    key: &KeySource,
) -> Result<Inspection> {
    let newest = Migrations::newest();
    let schema = match fetch_one!(pool(), (Option<i64>,), SCHEMA) {
        Ok((version,)) => version.unwrap_or(0),
        Err(error) if is_missing_table(&error) => 0,
        Err(error) => return Err(error),
    };
    if schema == 0 {
        return Ok(Inspection { schema, newest, key: KeyFit::NothingSealed });
    }
    let key = match facts::find_check(pool()).await? {
        None => KeyFit::NothingSealed,
        Some(check) => {
            match facts::present_key(key).and_then(|key: MasterKey| facts::open_check(&key, &check)) {
                Ok(()) => KeyFit::Fits,
                Err(error) => KeyFit::Refused(error.to_string()),
            }
        }
    };
    Ok(Inspection { schema, newest, key })
}

/// Before the first migration the table of migrations is not there.
fn is_missing_table(error: &StoreError) -> bool {
    let StoreError::Database(sqlx::Error::Database(error)) = error else { return false };
    error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
}

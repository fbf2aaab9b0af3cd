//! PostgreSQL: a pool, and a transaction for each unit.

use std::panic::AssertUnwindSafe;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use robofy_kernel::Tasks;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool};
use tokio::sync::Semaphore;

use crate::{Db, Lane, Migrations, Result, StoreError, Tx};

/// How many ingestion units may run at once, so that conversations always find a connection.
const INGESTION_UNITS: usize = 4;

/// Reads a database URL. It may hold a password, so it never stands in an error.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        StoreError::Unavailable("the database URL cannot be read: write postgres://user@host/name".into())
    })?;
    Ok(options.application_name("robofy").disable_statement_logging())
}

/// How long closing waits for units under way.
const CLOSING: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Engine {
    pool: PgPool,
    ingestion: Arc<Semaphore>,
    units: Tasks,
}

impl Engine {
    pub(crate) async fn open(url: &str, max_connections: u32) -> Result<Self> {
        let options = options(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(max_connections.max(INGESTION_UNITS as u32 + 2))
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        Migrations::postgres().run(&pool).await?;
        Ok(Self { pool, ingestion: Arc::new(Semaphore::new(INGESTION_UNITS)), units: Tasks::new() })
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Runs the unit in a task of its own, so that it ends whatever becomes of the caller.
    pub(crate) async fn write<T, F>(&self, lane: Lane, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        if self.units.is_stopping() {
            return Err(closing());
        }
        let (pool, ingestion) = (self.pool.clone(), Arc::clone(&self.ingestion));
        let task = self.units.spawn("unit", async move {
            let _turn = match lane {
                Lane::Conversation => None,
                Lane::Ingestion => Some(ingestion.acquire_owned().await.map_err(|_| closing())?),
            };
            transaction(&pool, unit).await
        });
        task.await.unwrap_or(Err(StoreError::Panicked))
    }

    pub(crate) async fn close(&self) {
        if !self.units.finish(CLOSING).await {
            tracing::warn!("closing the database while units of work still run");
        }
        self.pool.close().await;
    }
}

async fn transaction<T, F>(pool: &PgPool, unit: F) -> Result<T>
where
    F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    let mut transaction = pool.begin().await?;
    let run = AssertUnwindSafe(async { unit(Db::Postgres(&mut transaction)).await }).catch_unwind().await;
    match run.unwrap_or(Err(StoreError::Panicked)) {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // The caller hears of the unit's own error; a connection that cannot even roll back is thrown away.
            if let Err(failed) = transaction.rollback().await {
                tracing::warn!(error = %failed, "rolling back");
            }
            Err(error)
        }
    }
}

fn closing() -> StoreError {
    StoreError::Unavailable("the store is closing".into())
}

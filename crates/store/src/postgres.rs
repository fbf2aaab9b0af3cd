//! PostgreSQL: a pool, and a transaction for each unit.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::Semaphore;

use crate::{Db, Lane, Migrations, Result, StoreError, Tx};

/// How many ingestion units may run at once, so that conversations always find a connection.
const INGESTION_UNITS: usize = 4;

/// Reads a database URL. It may hold a password, so it never stands in an error.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        StoreError::Unavailable("the database URL cannot be read: write postgres://user@host/name".into())
    })?;
    Ok(options.application_name("robofy"))
}

#[derive(Debug)]
pub(crate) struct Engine {
    pool: PgPool,
    ingestion: Arc<Semaphore>,
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
        Ok(Self { pool, ingestion: Arc::new(Semaphore::new(INGESTION_UNITS)) })
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) async fn write<T, F>(&self, lane: Lane, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let _turn = match lane {
            Lane::Conversation => None,
            Lane::Ingestion => {
                Some(self.ingestion.acquire().await.map_err(|_| StoreError::Unavailable("closing".into()))?)
            }
        };
        let mut transaction = self.pool.begin().await?;
        // Dropping the transaction on the way out of an error rolls it back.
        let value = unit(Db::Postgres(&mut transaction)).await?;
        transaction.commit().await?;
        Ok(value)
    }
}

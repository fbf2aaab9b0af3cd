//! The two engines behind one [`Store`].

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use robofy_kernel::{Ids, MasterKey, Tasks};
use sqlx::{PgConnection, PgPool, SqliteConnection, SqlitePool};

use crate::blobs::Blobs;
use crate::facts::KeySource;
use crate::{Result, facts, postgres, sqlite};

/// One of the two engines' executors: a pool to read from, or a connection inside a unit.
#[derive(Clone, Copy, Debug)]
pub enum Db<S, P> {
    /// SQLite's.
    Sqlite(S),
    /// PostgreSQL's.
    Postgres(P),
}

/// A connection inside a unit of work.
pub type Tx<'c> = Db<&'c mut SqliteConnection, &'c mut PgConnection>;

impl Tx<'_> {
    /// The connection, for one statement.
    pub fn conn(&mut self) -> Tx<'_> {
        match self {
            Self::Sqlite(conn) => Db::Sqlite(&mut **conn),
            Self::Postgres(conn) => Db::Postgres(&mut **conn),
        }
    }
}

/// How often a unit is tried that others keep colliding with.
const TRIES: usize = 8;

/// Does a unit again while the database gives it up because of others: for units that lock rows which others reach in
/// another order. Deleting goes down foreign keys from an agent to its sessions; a turn that ends goes up, from its
/// session to the agent.
pub(crate) async fn again<T, F>(mut attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 1..TRIES {
        match attempt().await {
            Err(error) if error.is_collision() => {}
            done => return done,
        }
    }
    attempt().await
}

/// Tells the compiler that a closure kept in a variable is a unit.
pub(crate) fn unit<T, F>(unit: F) -> F
where
    F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    unit
}

/// Which queue a unit waits in. Conversation always goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for it: chat, sign-up, settings.
    Conversation,
    /// Knowledge on its way in. Units are kept short (≤ 20 ms).
    Ingestion,
}

/// How to open a store.
#[derive(Clone, Debug)]
pub enum StoreConfig {
    /// A folder with an SQLite database and files.
    Sqlite {
        /// The data folder; made when it is not there.
        data_dir: PathBuf,
    },
    /// A PostgreSQL database.
    Postgres {
        /// `postgres://…`
        url: String,
        /// At most so many connections.
        max_connections: u32,
    },
}

/// The database and the files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    blobs: Blobs,
    master_key: MasterKey,
}

#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

impl Store {
    /// Opens the database, brings its schema up to date and checks that the master key is the one that sealed it.
    ///
    /// # Errors
    /// When the database cannot be opened, was written by a newer program, or was sealed under another key.
    pub async fn open(config: &StoreConfig, key: &KeySource, ids: &Ids, tasks: &Tasks) -> Result<Self> {
        let (engine, blobs) = match config {
            StoreConfig::Sqlite { data_dir } => {
                let engine = sqlite::Engine::open(data_dir, tasks).await?;
                (Engine::Sqlite(engine), Blobs::files(data_dir))
            }
            StoreConfig::Postgres { url, max_connections } => {
                (Engine::Postgres(postgres::Engine::open(url, *max_connections).await?), Blobs::Rows)
            }
        };
        let master_key = facts::master_key(&engine, key, ids).await?;
        Ok(Self(Arc::new(Inner { engine, blobs, master_key })))
    }

    /// Whether the engine is SQLite: one process owns the data, nothing else can hold a turn or a lease.
    #[must_use]
    pub fn is_single_node(&self) -> bool {
        matches!(self.0.engine, Engine::Sqlite(_))
    }

    /// The key under which secrets are sealed.
    #[must_use]
    pub fn master_key(&self) -> &MasterKey {
        &self.0.master_key
    }

    pub(crate) fn blob_seam(&self) -> &Blobs {
        &self.0.blobs
    }

    /// The pool to read from.
    pub(crate) fn reader(&self) -> Db<&SqlitePool, &PgPool> {
        self.0.engine.reader()
    }

    /// Runs a unit of work and answers after its commit; on an error nothing of it remains.
    ///
    /// The unit runs to its end even when the caller goes away. With SQLite, units are grouped into one commit, each in
    /// its own savepoint; with PostgreSQL each is a transaction. A unit ends with the first statement that fails:
    /// PostgreSQL runs nothing more in its transaction.
    ///
    /// # Errors
    /// What the unit returns, or why it could not be committed.
    pub async fn write<T, F>(&self, lane: Lane, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        self.0.engine.write(lane, unit).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<()> {
        fetch_one!(self.reader(), (i64,), "SELECT CAST(1 AS BIGINT)").map(|_| ())
    }

    /// Closes the connections, after units under way have been committed.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
    }
}

impl Engine {
    pub(crate) fn reader(&self) -> Db<&SqlitePool, &PgPool> {
        match self {
            Self::Sqlite(engine) => Db::Sqlite(engine.reader()),
            Self::Postgres(engine) => Db::Postgres(engine.pool()),
        }
    }

    pub(crate) async fn write<T, F>(&self, lane: Lane, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        match self {
            Self::Sqlite(engine) => engine.write(lane, unit).await,
            Self::Postgres(engine) => engine.write(lane, unit).await,
        }
    }
}

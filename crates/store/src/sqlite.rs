//! SQLite: a pool of readers and one writer.
//!
//! The writer is one task with two lanes. It takes what waits, conversation first, runs each unit in a savepoint of one
//! transaction, commits, and only then answers: with `synchronous=FULL` one `fsync` serves the whole group.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use robofy_kernel::{Stopwatch, Tasks};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::{Db, Lane, Migrations, Result, StoreError, Tx};

/// The database's name below the data folder.
pub(crate) const FILE: &str = "robofy.db";
const READERS: u32 = 4;
/// A group is committed after so many units …
const GROUP_UNITS: usize = 64;
/// … or after so much time, whichever comes first.
const GROUP_TIME: Duration = Duration::from_millis(10);
/// How many units may wait in a lane before senders wait.
const QUEUE: usize = 1024;

/// A unit without its types: runs, and says how to answer once the commit's fate is known.
type Unit = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Outcome> + Send>;

struct Outcome {
    keep: bool,
    answer: Box<dyn FnOnce(Result<()>) + Send>,
}

#[derive(Debug)]
pub(crate) struct Engine {
    readers: SqlitePool,
    conversation: mpsc::Sender<Unit>,
    ingestion: mpsc::Sender<Unit>,
    closed: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
    stop: tokio_util::sync::CancellationToken,
}

impl Engine {
    pub(crate) async fn open(data_dir: &Path, tasks: &Tasks) -> Result<Self> {
        std::fs::create_dir_all(data_dir)
            .map_err(StoreError::io(format!("making {}", data_dir.display())))?;
        let path = data_dir.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let mut writer = SqliteConnection::connect_with(&options).await?;
        {
            // Two programs may open the same new folder at once (`quickstart` beside `serve`).
            let lock_path = data_dir.join("migrate.lock");
            let lock = std::fs::File::create(&lock_path)
                .map_err(StoreError::io(format!("making {}", lock_path.display())))?;
            lock.lock().map_err(StoreError::io(format!("locking {}", lock_path.display())))?;
            Migrations::sqlite().run_on(&mut writer).await?;
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        let (conversation, conversation_units) = mpsc::channel(QUEUE);
        let (ingestion, ingestion_units) = mpsc::channel(QUEUE);
        let (done, closed) = oneshot::channel();
        let stop = tokio_util::sync::CancellationToken::new();
        let lanes =
            Lanes { conversation: conversation_units, ingestion: ingestion_units, stop: stop.clone() };
        tasks.spawn_service("sqlite writer", async move {
            write_loop(writer, lanes).await;
            // Nobody waits for the end unless the store is being closed.
            let _ended = done.send(());
        });
        Ok(Self { readers, conversation, ingestion, closed: tokio::sync::Mutex::new(Some(closed)), stop })
    }

    pub(crate) const fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    pub(crate) async fn write<T, F>(&self, lane: Lane, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel::<Result<T>>();
        let unit: Unit = Box::new(move |conn| {
            Box::pin(async move {
                let run = AssertUnwindSafe(unit(Db::Sqlite(conn))).catch_unwind().await;
                let result = run.unwrap_or(Err(StoreError::Panicked));
                Outcome {
                    keep: result.is_ok(),
                    answer: Box::new(move |commit| {
                        let value = match (result, commit) {
                            (Ok(value), Ok(())) => Ok(value),
                            (Ok(_), Err(error)) | (Err(error), _) => Err(error),
                        };
                        // The caller may have gone; the unit stands all the same.
                        let _gone = sender.send(value);
                    }),
                }
            })
        });
        let queue = match lane {
            Lane::Conversation => &self.conversation,
            Lane::Ingestion => &self.ingestion,
        };
        queue.send(unit).await.map_err(|_| closing())?;
        receiver.await.map_err(|_| closing())?
    }

    pub(crate) async fn close(&self) {
        self.stop.cancel();
        if let Some(closed) = self.closed.lock().await.take() {
            // An error means that the writer is gone already.
            let _gone = closed.await;
        }
        self.readers.close().await;
    }
}

fn closing() -> StoreError {
    StoreError::Unavailable("the store is closing".into())
}

struct Lanes {
    conversation: mpsc::Receiver<Unit>,
    ingestion: mpsc::Receiver<Unit>,
    stop: tokio_util::sync::CancellationToken,
}

impl Lanes {
    /// Waits for the next unit; `None` when the store is closing and nothing waits any more.
    async fn next(&mut self) -> Option<Unit> {
        tokio::select! {
            biased;
            unit = self.conversation.recv() => unit,
            unit = self.ingestion.recv() => unit,
            () = self.stop.cancelled() => self.waiting(),
        }
    }

    /// A unit that waits already.
    fn waiting(&mut self) -> Option<Unit> {
        self.conversation.try_recv().or_else(|_| self.ingestion.try_recv()).ok()
    }
}

async fn write_loop(mut conn: SqliteConnection, mut lanes: Lanes) {
    while let Some(first) = lanes.next().await {
        let mut answers = Vec::new();
        let commit = group(&mut conn, first, &mut lanes, &mut answers).await;
        if let Err(error) = &commit {
            tracing::error!(%error, units = answers.len(), "a group of writes was not committed");
            // Leaves the transaction if it is still open; says so itself when it is not.
            let _rolled_back = conn.execute("ROLLBACK").await;
        }
        let failure = commit.err().map(|error| error.to_string());
        for answer in answers {
            answer(failure.as_ref().map_or(Ok(()), |text| Err(StoreError::Unavailable(text.clone()))));
        }
    }
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "closing the database");
    }
}

async fn group(
    conn: &mut SqliteConnection,
    first: Unit,
    lanes: &mut Lanes,
    answers: &mut Vec<Box<dyn FnOnce(Result<()>) + Send>>,
) -> Result<()> {
    let started = Stopwatch::start();
    let mut next = Some(first);
    if let Err(error) = conn.execute("BEGIN IMMEDIATE").await {
        // The first unit never ran; its sender is dropped, which its caller reads as "not available".
        return Err(error.into());
    }
    while let Some(unit) = next {
        conn.execute("SAVEPOINT unit").await?;
        let outcome = unit(conn).await;
        let keep = outcome.keep;
        answers.push(outcome.answer);
        if keep {
            conn.execute("RELEASE unit").await?;
        } else {
            conn.execute("ROLLBACK TO unit; RELEASE unit").await?;
        }
        next = if answers.len() < GROUP_UNITS && started.elapsed() < GROUP_TIME {
            lanes.waiting()
        } else {
            None
        };
    }
    conn.execute("COMMIT").await?;
    Ok(())
}

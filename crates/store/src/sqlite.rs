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

use crate::blobs::blocking;
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

/// A unit without its types.
trait Work: Send {
    /// Runs it in a savepoint of the writer's transaction. Says whether to keep what it did.
    fn run<'c>(self: Box<Self>, conn: &'c mut SqliteConnection) -> BoxFuture<'c, Outcome>;
    /// Answers its caller, because it cannot be run.
    fn refuse(self: Box<Self>, error: StoreError);
}

/// How to answer a unit's caller once the commit's fate is known.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;

struct Outcome {
    keep: bool,
    answer: Answer,
}

struct Unit<T, F> {
    unit: F,
    caller: oneshot::Sender<Result<T>>,
}

impl<T, F> Work for Unit<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    fn run<'c>(self: Box<Self>, conn: &'c mut SqliteConnection) -> BoxFuture<'c, Outcome> {
        let Self { unit, caller } = *self;
        Box::pin(async move {
            let run = AssertUnwindSafe(async { unit(Db::Sqlite(conn)).await }).catch_unwind().await;
            let result = run.unwrap_or(Err(StoreError::Panicked));
            let keep = result.is_ok();
            let answer: Answer = Box::new(move |commit| {
                let value = match (result, commit) {
                    (Ok(value), Ok(())) => Ok(value),
                    (Ok(_), Err(error)) | (Err(error), _) => Err(error),
                };
                // The caller may have gone; the unit stands all the same.
                let _gone = caller.send(value);
            });
            Outcome { keep, answer }
        })
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        // The caller may have gone.
        let _gone = self.caller.send(Err(error));
    }
}

#[derive(Debug)]
pub(crate) struct Engine {
    readers: SqlitePool,
    conversation: mpsc::Sender<Box<dyn Work>>,
    ingestion: mpsc::Sender<Box<dyn Work>>,
    closed: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
    stop: tokio_util::sync::CancellationToken,
}

impl Engine {
    pub(crate) async fn open(data_dir: &Path, tasks: &Tasks) -> Result<Self> {
        // Two programs may open the same new folder at once (`quickstart` beside `serve`).
        let folder = data_dir.to_owned();
        let lock = blocking(move || lock_folder(&folder)).await?;
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
        Migrations::sqlite().run_on(&mut writer).await?;
        drop(lock);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(10))
            // A connection to a file does not go away, and each test costs two changes of thread.
            .test_before_acquire(false)
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
        let (caller, receiver) = oneshot::channel::<Result<T>>();
        let queue = match lane {
            Lane::Conversation => &self.conversation,
            Lane::Ingestion => &self.ingestion,
        };
        queue.send(Box::new(Unit { unit, caller })).await.map_err(|_| closing())?;
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

/// Makes the data folder, for its owner's eyes only, and takes the lock under which the schema is brought up to date.
fn lock_folder(folder: &Path) -> Result<std::fs::File> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(StoreError::io(format!("making {}", folder.display())))?;
    let path = folder.join("migrate.lock");
    let lock = std::fs::File::create(&path).map_err(StoreError::io(format!("making {}", path.display())))?;
    lock.lock().map_err(StoreError::io(format!("locking {}", path.display())))?;
    Ok(lock)
}

fn closing() -> StoreError {
    StoreError::Unavailable("the store is closing".into())
}

struct Lanes {
    conversation: mpsc::Receiver<Box<dyn Work>>,
    ingestion: mpsc::Receiver<Box<dyn Work>>,
    stop: tokio_util::sync::CancellationToken,
}

impl Lanes {
    /// Waits for the next unit; `None` when the store is closing and nothing waits any more.
    async fn next(&mut self) -> Option<Box<dyn Work>> {
        tokio::select! {
            biased;
            // Both lanes end together, when the store is dropped.
            unit = self.conversation.recv() => unit.or_else(|| self.waiting()),
            unit = self.ingestion.recv() => unit.or_else(|| self.waiting()),
            () = self.stop.cancelled() => self.waiting(),
        }
    }

    /// A unit that waits already.
    fn waiting(&mut self) -> Option<Box<dyn Work>> {
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
            answer(failure.as_deref().map_or(Ok(()), |why| Err(not_committed(why))));
        }
    }
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "closing the database");
    }
}

fn not_committed(why: &str) -> StoreError {
    StoreError::Unavailable(why.to_owned())
}

/// Runs what waits in one transaction. Every unit that was taken has its answer in `answers`, or was refused.
async fn group(
    conn: &mut SqliteConnection,
    first: Box<dyn Work>,
    lanes: &mut Lanes,
    answers: &mut Vec<Answer>,
) -> Result<()> {
    let started = Stopwatch::start();
    // Each call changes threads twice, so what follows on itself is one call.
    let mut unit = first;
    if let Err(error) = conn.execute("BEGIN IMMEDIATE; SAVEPOINT unit").await {
        unit.refuse(not_committed(&error.to_string()));
        return Err(error.into());
    }
    loop {
        let Outcome { keep, answer } = unit.run(conn).await;
        answers.push(answer);
        let full = answers.len() >= GROUP_UNITS || started.elapsed() >= GROUP_TIME;
        let next = if full { None } else { lanes.waiting() };
        let step = match (keep, next.is_some()) {
            (true, true) => "RELEASE unit; SAVEPOINT unit",
            (true, false) => "RELEASE unit; COMMIT",
            (false, true) => "ROLLBACK TO unit; RELEASE unit; SAVEPOINT unit",
            (false, false) => "ROLLBACK TO unit; RELEASE unit; COMMIT",
        };
        let stepped = conn.execute(step).await;
        match (stepped, next) {
            (Ok(_), Some(next)) => unit = next,
            (Ok(_), None) => return Ok(()),
            (Err(error), next) => {
                if let Some(next) = next {
                    next.refuse(not_committed(&error.to_string()));
                }
                return Err(error.into());
            }
        }
    }
}

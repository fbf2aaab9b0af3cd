//! Workers as processes: killed at any moment, and frozen past their leases. Each part of each job is stored once.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use robofy_kernel::{Clock, Ids, Stopwatch, Tasks};
use robofy_store::{Db, Store, StoreConfig, Tx};
use robofy_testkit::Engine;
use sqlx::AssertSqlSafe;

use super::*;

const KIND: &str = "parts";
/// Each job stores so many things, one after another; the last ends it.
const PARTS: i64 = 3;
const LEASE: Duration = Duration::from_millis(800);
const KILLS: usize = 25;
const JOBS_A_KILL: usize = 8;

both_engines! {
    async fn workers_that_are_killed_lose_nothing_and_double_nothing(t: Fixture) {
        let op = prepare(&t).await;
        // With SQLite one process has the data.
        let count = if t.engine == Engine::Sqlite { 1 } else { 3 };
        let mut workers: Vec<Child> = (0..count).map(|_| start(&t, &op, false)).collect();
        let mut ids = Vec::new();
        for round in 0..KILLS {
            for _ in 0..JOBS_A_KILL {
                let new = NewJob { most_attempts: 1000, ..NewJob::new(KIND, json!({}), op.now()) };
                ids.push(t.store.enqueue_job(&op, new).await.unwrap());
            }
            // Its start takes a while, and then some of its work.
            let [chance] = t.ids.bytes::<1>();
            tokio::time::sleep(Duration::from_millis(100 + u64::from(chance))).await;
            let worker = &mut workers[round % count];
            worker.kill().unwrap();
            worker.wait().unwrap();
            *worker = start(&t, &op, false);
        }
        for id in &ids {
            until(&t, &op, *id, JobStatus::Done).await;
        }
        stop(workers);
        let jobs = i64::try_from(ids.len()).unwrap();
        assert_eq!(number(&t.store, "SELECT COUNT(*) FROM effects").await, jobs * PARTS);
        let differ = "SELECT COUNT(*) FROM (SELECT DISTINCT job, part FROM effects) AS differ";
        assert_eq!(number(&t.store, differ).await, jobs * PARTS, "something was stored twice");
        let hit = number(&t.store, "SELECT COUNT(*) FROM jobs WHERE attempt > 1").await;
        assert!(hit > 10, "{hit} of {jobs} jobs were begun again: the kills came beside the work");
    }
}

#[test]
fn what_a_worker_brings_that_was_frozen_past_its_lease_is_refused() {
    robofy_testkit::run(Engine::Postgres, |t| async move {
        let op = prepare(&t).await;
        let mut frozen = start(&t, &op, true);
        let mut lines = BufReader::new(frozen.stdout.take().unwrap()).lines();
        let id = t.store.enqueue_job(&op, NewJob::new(KIND, json!({}), op.now())).await.unwrap();
        wait_for(&mut lines, "begun");
        signal(&frozen, "-STOP");
        let other = start(&t, &op, false);
        assert_eq!(until(&t, &op, id, JobStatus::Done).await.attempt, 2);
        signal(&frozen, "-CONT");
        wait_for(&mut lines, "refused");
        stop(vec![frozen, other]);
        assert_eq!(number(&t.store, "SELECT COUNT(*) FROM effects").await, PARTS);
        let job = t.store.find_job(op.account, id).await.unwrap().unwrap();
        assert_eq!((job.status, job.attempt, job.error), (JobStatus::Done, 2, None));
    });
}

/// An account whose operations have the system's clock, as the processes have, and a table that takes everything twice.
async fn prepare(t: &Fixture) -> Op {
    let account = t.account().await.account;
    let made = t.store.write(Lane::Conversation, |mut tx| {
        let table = "CREATE TABLE effects (job TEXT NOT NULL, part BIGINT NOT NULL)";
        Box::pin(async move { execute(&mut tx, table.into()).await })
    });
    made.await.unwrap();
    Op::system(account, Clock::System, Ids::System)
}

fn start(t: &Fixture, op: &Op, is_slow: bool) -> Child {
    let place = match &t.config {
        StoreConfig::Sqlite { data_dir } => format!("sqlite {}", data_dir.display()),
        StoreConfig::Postgres { url, .. } => url.clone(),
    };
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "kill::process", "--nocapture"]).env("KILLED_STORE", place);
    if is_slow {
        worker.env("KILLED_SLOW", op.account.to_string());
    }
    worker.stdout(if is_slow { Stdio::piped() } else { Stdio::null() }).spawn().unwrap()
}

fn stop(workers: Vec<Child>) {
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
}

fn signal(process: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &process.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn wait_for(lines: &mut std::io::Lines<BufReader<ChildStdout>>, word: &str) {
    let line = lines.find(|line| line.as_ref().is_ok_and(|line| line == word));
    assert!(line.is_some(), "the process never said {word}");
}

/// The process that is killed. By itself it does nothing.
#[test]
fn process() {
    let Ok(place) = std::env::var("KILLED_STORE") else { return };
    let is_slow = std::env::var_os("KILLED_SLOW").is_some();
    tokio::runtime::Runtime::new().unwrap().block_on(Box::pin(work(&place, is_slow)));
}

async fn work(place: &str, is_slow: bool) {
    let config = match place.strip_prefix("sqlite ") {
        Some(folder) => StoreConfig::Sqlite { data_dir: folder.into() },
        None => StoreConfig::Postgres { url: place.into(), max_connections: 8 },
    };
    let (clock, ids, tasks) = (Clock::System, Ids::System, Tasks::new());
    let store = Store::open(&config, &robofy_testkit::master_key(), &ids, &tasks).await.unwrap();
    store.put_back_jobs(clock.now()).await.unwrap();
    let config = WorkerConfig { lease: LEASE, poll: Duration::from_millis(20), ..config_of_process() };
    let parts = Arc::new(Parts { store: store.clone(), ids: ids.clone(), is_slow });
    Worker::new(store, (clock, ids, tasks.clone()), config, vec![parts]).start();
    tasks.stopping().await;
}

fn config_of_process() -> WorkerConfig {
    WorkerConfig { name: std::process::id().to_string(), ..WorkerConfig::default() }
}

/// Stores the parts of a job, each in a unit that checks the lease and sees which is the next.
struct Parts {
    store: Store,
    ids: Ids,
    is_slow: bool,
}

impl Handler for Parts {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, job: &'a Running) -> BoxFuture<'a, Outcome> {
        Box::pin(self.store_parts(job))
    }
}

impl Parts {
    async fn store_parts(&self, job: &Running) -> Outcome {
        if self.is_slow {
            say("begun");
            // Its thread stands still, heartbeat and all, so that it learns nothing of the loss before it stores.
            let waited = Stopwatch::start();
            while waited.elapsed() < LEASE / 2 {
                std::thread::sleep(LEASE / 20);
            }
        }
        loop {
            let [chance] = self.ids.bytes::<1>();
            if !self.is_slow {
                tokio::time::sleep(Duration::from_millis(u64::from(chance) / 2)).await;
            }
            let (lease, now) = (job.lease.clone(), job.op.now());
            let stored = self.store.write(Lane::Ingestion, move |mut tx| {
                Box::pin(async move {
                    if let Err(error) = jobs::hold(&mut tx, &lease).await {
                        say("refused");
                        return Err(error);
                    }
                    let job = lease.job_id;
                    let part =
                        count(&mut tx, format!("SELECT COUNT(*) FROM effects WHERE job = '{job}'")).await?;
                    execute(&mut tx, format!("INSERT INTO effects (job, part) VALUES ('{job}', {part})"))
                        .await?;
                    if part + 1 == PARTS {
                        jobs::finish(&mut tx, &lease, Finish::Done, now).await?;
                    }
                    Ok(part + 1)
                })
            });
            match stored.await {
                Ok(PARTS) => return Outcome::Stored,
                Ok(_) => {}
                Err(StoreError::LeaseLost) => return Outcome::GivenBack,
                Err(error) => return Outcome::Failed(error.to_string()),
            }
        }
    }
}

async fn execute(tx: &mut Tx<'_>, text: String) -> Result<(), StoreError> {
    let text = AssertSqlSafe(text);
    match tx.conn() {
        Db::Sqlite(conn) => sqlx::raw_sql(text).execute(conn).await.map(drop)?,
        Db::Postgres(conn) => sqlx::raw_sql(text).execute(conn).await.map(drop)?,
    }
    Ok(())
}

async fn count(tx: &mut Tx<'_>, text: String) -> Result<i64, StoreError> {
    let text = AssertSqlSafe(text);
    let (number,): (i64,) = match tx.conn() {
        Db::Sqlite(conn) => sqlx::query_as(text).fetch_one(conn).await?,
        Db::Postgres(conn) => sqlx::query_as(text).fetch_one(conn).await?,
    };
    Ok(number)
}

/// [`count`] as a unit of its own.
async fn number(store: &Store, text: &'static str) -> i64 {
    let unit = store
        .write(Lane::Conversation, move |mut tx| Box::pin(async move { count(&mut tx, text.into()).await }));
    unit.await.unwrap()
}

/// One line, whole, before anything else happens. The test's runner may have begun one.
fn say(line: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

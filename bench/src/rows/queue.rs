//! The queue of jobs, in process, on both engines.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use robofy_kernel::{AccountId, Clock, Environment, Ids, KeyId, Op, Scopes, Stopwatch, Tasks, UserId};
use robofy_store::accounts::NewAccount;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::jobs::{Finish, NewJob, enqueue};
use robofy_store::users::SignUp;
use robofy_store::{Db, KeySource, Lane, Store, StoreConfig};
use serde_json::json;

use super::{Bench, spread_of};
use crate::chart::grouped;
use crate::process::whole_cpu;
use crate::report::{Aim, Section, Table};
use crate::stats::{millis, percentile};

/// How many jobs there are.
#[derive(Clone, Copy, Debug)]
pub struct QueueSize {
    /// Jobs in a turn.
    pub jobs: usize,
    /// Those who enqueue at once.
    pub clients: usize,
    /// Those who claim and finish at once.
    pub workers: usize,
    /// Jobs that wait beside the measured ones.
    pub backlog: usize,
}

const KIND: &str = "bench";
const LEASE: Duration = Duration::from_secs(60);
/// How many a worker with free places claims at once.
const TOGETHER: usize = 10;
/// How many of the backlog are enqueued in one unit.
const BATCH: usize = 500;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let mut section = section(bench);
    let folder = tempfile::tempdir().context("no folder for temporary files")?;
    let sqlite = StoreConfig::Sqlite { data_dir: folder.path().to_owned() };
    on_engine(bench, "SQLite", &sqlite, &mut section).await?;
    if let Some(database) = &bench.postgres {
        let scratch = super::scratch(database).await?;
        let config = StoreConfig::Postgres { url: scratch.url().to_owned(), max_connections: 20 };
        let measured = on_engine(bench, "PostgreSQL", &config, &mut section).await;
        scratch.remove().await?;
        measured?;
    }
    Ok(vec![section])
}

fn section(bench: &Bench) -> Section {
    let size = bench.sizes.queue;
    let engines = match bench.postgres {
        Some(_) => {
            "PostgreSQL runs on the same machine, syncs each commit to disk as SQLite does, and its own processor time is not \
             counted."
        }
        None => "On SQLite alone: this run was given no PostgreSQL.",
    };
    Section {
        title: "The queue of jobs".into(),
        about: format!(
            "The store's queue in process, {} jobs in a turn, every commit synced to disk. {} clients enqueue, a unit for each job; \
             {} workers claim and finish, two units for each job, or {TOGETHER} claimed by one unit; the last row has {} more jobs \
             waiting behind. The floor is a unit of the same store that writes one row of a bare table, {} clients at once; for a \
             job that is claimed and finished it is two of them. {engines}",
            grouped(size.jobs as f64),
            size.clients,
            size.workers,
            grouped(size.backlog as f64),
            size.clients,
        ),
        tables: vec![Table::new(&["What", "Engine", "per second", "p50 ms", "p99 ms", "CPU ms each"])],
        ..Section::default()
    }
}

/// Some hundred times the same, by several at once.
struct Run {
    each: Vec<Duration>,
    done: usize,
    elapsed: Duration,
    cpu: Duration,
}

impl Run {
    fn rate(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64()
    }

    fn at(&self, percent: usize) -> f64 {
        millis(percentile(&mut self.each.clone(), percent))
    }

    fn cpu_each(&self) -> f64 {
        millis(self.cpu) / self.done.max(1) as f64
    }
}

/// Lets `several` repeat a step until it says that it did nothing.
async fn repeat(several: usize, step: impl AsyncFn() -> anyhow::Result<usize>) -> anyhow::Result<Run> {
    let (watch, before) = (Stopwatch::start(), whole_cpu()?);
    let one = async || -> anyhow::Result<(Vec<Duration>, usize)> {
        let (mut each, mut done) = (Vec::new(), 0);
        loop {
            let watch = Stopwatch::start();
            match step().await? {
                0 => return Ok((each, done)),
                some => {
                    done += some;
                    each.push(watch.elapsed());
                }
            }
        }
    };
    let all = try_join_all((0..several).map(|_| one())).await?;
    let cpu = whole_cpu()?.saturating_sub(before);
    let (mut each, mut done) = (Vec::new(), 0);
    for (times, some) in all {
        each.extend(times);
        done += some;
    }
    Ok(Run { each, done, elapsed: watch.elapsed(), cpu })
}

/// Of so many, one each time.
fn countdown(from: usize) -> impl Fn() -> Option<usize> {
    let left = Cell::new(from);
    move || {
        let next = left.get().checked_sub(1)?;
        left.set(next);
        Some(next)
    }
}

/// What is measured on an engine, a run for each turn.
#[derive(Default)]
struct Turns {
    floor: Vec<Run>,
    enqueued: Vec<Run>,
    single: Vec<Run>,
    together: Vec<Run>,
    behind: Vec<Run>,
}

async fn on_engine(
    bench: &Bench,
    engine: &str,
    config: &StoreConfig,
    section: &mut Section,
) -> anyhow::Result<()> {
    let size = bench.sizes.queue;
    let (ids, tasks) = (Ids::System, Tasks::new());
    let key = ids.bytes::<32>().map(|byte| format!("{byte:02x}")).concat();
    let store = Store::open(config, &KeySource::Given(key), &ids, &tasks).await?;
    let op = account(&store).await?;
    bare_table(&store).await?;
    let mut turns = Turns::default();
    for round in 0..=bench.sizes.rounds {
        // The first is a short one that does not count.
        let jobs = if round == 0 { size.jobs.div_ceil(10) } else { size.jobs };
        let size = QueueSize { jobs, ..size };
        let measured = (
            floor(&store, &op, size).await?,
            filled(&store, &op, size).await?,
            drained(&store, &op, size, 1).await?,
        );
        filled(&store, &op, size).await?;
        let together = drained(&store, &op, size, TOGETHER).await?;
        if round > 0 {
            turns.floor.push(measured.0);
            turns.enqueued.push(measured.1);
            turns.single.push(measured.2);
            turns.together.push(together);
        }
    }
    backlog(&store, &op, size).await?;
    for _ in 0..bench.sizes.rounds {
        filled(&store, &op, size).await?;
        turns.behind.push(drained(&store, &op, size, 1).await?);
    }
    store.close().await;
    turns.tell(engine, size, section)
}

impl Turns {
    fn tell(&self, engine: &str, size: QueueSize, section: &mut Section) -> anyhow::Result<()> {
        let rate = |runs: &[Run]| spread_of(runs, Run::rate).median;
        for (what, runs, floor) in [
            ("enqueued", &self.enqueued, rate(&self.floor)),
            ("claimed and finished", &self.single, rate(&self.floor) / 2.0),
        ] {
            section.aims.push(Aim {
                what: format!("(jobs) {what} a second, {engine}"),
                value: rate(runs),
                goal: None,
                less_is_better: false,
                unit: "",
                floor: Some(floor),
            });
        }
        let table = section.tables.first_mut().context("the section has its table")?;
        let behind = format!("claimed and finished, {} behind", grouped(size.backlog as f64));
        let together = format!("claimed {TOGETHER} at once, finished singly");
        for (what, runs) in [
            ("a unit with one row", &self.floor),
            ("enqueued", &self.enqueued),
            ("claimed and finished", &self.single),
            (&together, &self.together),
            (&behind, &self.behind),
        ] {
            table.row([
                what.to_owned(),
                engine.to_owned(),
                spread_of(runs, Run::rate).show(0),
                spread_of(runs, |run| run.at(50)).show(2),
                spread_of(runs, |run| run.at(99)).show(2),
                spread_of(runs, Run::cpu_each).show(3),
            ]);
        }
        Ok(())
    }
}

async fn account(store: &Store) -> anyhow::Result<Op> {
    let (clock, ids) = (Clock::System, Ids::System);
    let op = Op::system(AccountId(ids.uuid_v7(clock.now())), clock, ids);
    let wish = KeyWish {
        name: "Primary".into(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    };
    let (_, primary_key) = store.new_api_key(&op.ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
    let email = "bench@robofy.localhost".to_owned();
    let new = SignUp {
        account: NewAccount { account_id: op.account, name: "Bench".into(), email, company: None },
        user_id: UserId(op.uuid()),
        name: None,
        password_hash: "lets nobody in".into(),
        primary_key,
        only_first: false,
    };
    let signed_up = store.sign_up(&op, new, |()| (201, Vec::new())).await?;
    ensure!(signed_up.is_ok(), "the database has an account already");
    Ok(op)
}

async fn bare_table(store: &Store) -> anyhow::Result<()> {
    const TABLE: &str = "CREATE TABLE bare (number TEXT PRIMARY KEY, payload TEXT NOT NULL)";
    let made = store.write(Lane::Conversation, |tx| {
        Box::pin(async move {
            match tx {
                Db::Sqlite(conn) => sqlx::query(TABLE).execute(conn).await.map(drop)?,
                Db::Postgres(conn) => sqlx::query(TABLE).execute(conn).await.map(drop)?,
            }
            Ok(())
        })
    });
    Ok(made.await?)
}

async fn floor(store: &Store, op: &Op, size: QueueSize) -> anyhow::Result<Run> {
    const INSERT: &str = "INSERT INTO bare (number, payload) VALUES ($1, $2)";
    let next = countdown(size.jobs);
    repeat(size.clients, async || {
        let Some(number) = next() else { return Ok(0) };
        let (id, payload) = (op.uuid().to_string(), json!({ "number": number }).to_string());
        let stored = store.write(Lane::Ingestion, |tx| {
            Box::pin(async move {
                match tx {
                    Db::Sqlite(conn) => {
                        sqlx::query(INSERT).bind(id).bind(payload).execute(conn).await.map(drop)?
                    }
                    Db::Postgres(conn) => {
                        sqlx::query(INSERT).bind(id).bind(payload).execute(conn).await.map(drop)?
                    }
                }
                Ok(())
            })
        });
        stored.await?;
        Ok(1)
    })
    .await
}

/// Enqueues the jobs of a turn.
async fn filled(store: &Store, op: &Op, size: QueueSize) -> anyhow::Result<Run> {
    let next = countdown(size.jobs);
    repeat(size.clients, async || {
        let Some(number) = next() else { return Ok(0) };
        store.enqueue_job(op, NewJob::new(KIND, json!({ "number": number }), op.now())).await?;
        Ok(1)
    })
    .await
}

/// Claims and finishes the jobs of a turn.
async fn drained(store: &Store, op: &Op, size: QueueSize, together: usize) -> anyhow::Result<Run> {
    let left = Cell::new(size.jobs);
    let run = repeat(size.workers, async || {
        let most = together.min(left.get());
        left.set(left.get() - most);
        if most == 0 {
            return Ok(0);
        }
        let now = op.now();
        let leases = store.claim_jobs("bench", &[KIND], i64::try_from(most)?, now, now.after(LEASE)).await?;
        ensure!(leases.len() == most, "{} jobs claimed where {most} wait", leases.len());
        for lease in &leases {
            store.finish_job(lease, Finish::Done, op.now()).await?;
        }
        Ok(leases.len())
    })
    .await?;
    ensure!(run.done == size.jobs, "{} of {} jobs are done", run.done, size.jobs);
    Ok(run)
}

/// Jobs that wait behind those of the turns.
async fn backlog(store: &Store, op: &Op, size: QueueSize) -> anyhow::Result<()> {
    let mut left = size.backlog;
    while left > 0 {
        let some = left.min(BATCH);
        left -= some;
        let op = op.clone();
        let stored = store.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                for number in 0..some {
                    let payload = json!({ "number": number });
                    let new = NewJob { priority: 10, ..NewJob::new(KIND, payload, op.now()) };
                    enqueue(&mut tx, &op, &new).await?;
                }
                Ok(())
            })
        });
        stored.await?;
    }
    Ok(())
}

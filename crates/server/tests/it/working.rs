//! Jobs are done inside `serve`, and by `worker` beside it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use robofy_kernel::{Clock, Ids, Op, Tasks};
use robofy_store::admin::Accounts;
use robofy_store::jobs::{Finish, NewJob, Schedule, schedule};
use robofy_store::{KeySource, Lane, Store, StoreConfig};
use robofy_testkit::Engine;
use serde_json::json;

use super::operating::well;
use super::program::{clean, robofy, text};
use super::running::Server;

/// A kind that no program knows, so that what is enqueued stays.
const KIND: &str = "of a test";

/// Sets a schedule of the only account that is due at once.
async fn set(store: &Store) {
    let Accounts::One(account) = store.find_only_account().await.unwrap() else { panic!("one account") };
    let op = Op::system(account, Clock::System, Ids::System);
    let due = Schedule {
        kind: KIND,
        unique_key: "once".into(),
        payload: json!({}),
        every: Duration::from_secs(24 * 60 * 60),
        first_at: op.now(),
    };
    let set = store
        .write(Lane::Conversation, move |mut tx| Box::pin(async move { schedule(&mut tx, &op, &due).await }));
    set.await.unwrap();
}

/// Waits until somebody has enqueued its job.
async fn enqueued(store: &Store) {
    for _ in 0..100 {
        if store.next_job_at(&[KIND]).await.unwrap().is_some_and(|at| at <= Clock::System.now()) {
            let now = Clock::System.now();
            let jobs = store.claim_jobs("test", &[KIND], 9, now, now.after(Duration::from_secs(60)));
            if jobs.await.unwrap().len() == 1 {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody works");
}

/// A worker that has said that it works; killed when dropped.
struct Worker(Child);

impl Worker {
    fn start(folder: &Path, place: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_robofy"));
        clean(&mut command).current_dir(folder).arg("worker").args(place);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let worker = Self(process);
        assert_eq!(said, "Robofy works; press Ctrl-C to stop.\n");
        worker
    }

    fn stop(mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already.
        if self.0.kill().is_ok() {
            self.0.wait().unwrap();
        }
    }
}

#[tokio::test]
async fn the_server_does_jobs_itself_on_sqlite_and_a_worker_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(robofy(folder.path(), &["quickstart"], &[]).status.success());
    let refused = robofy(folder.path(), &["worker"], &[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    for word in ["./data", "SQLite", "`robofy serve` does the jobs", "--database-url"] {
        assert!(said.contains(word), "{said}");
    }
    let _server = Server::start(folder.path(), &["--listen", "127.0.0.1:0"]);
    let data = folder.path().join("data");
    let key = KeySource::File(data.join("master.key"));
    let config = StoreConfig::Sqlite { data_dir: data };
    let store = Store::open(&config, &key, &Ids::System, &Tasks::new()).await.unwrap();
    set(&store).await;
    enqueued(&store).await;
    store.close().await;
}

#[test]
fn workers_work_beside_each_other_on_postgres_and_stop_on_a_signal() {
    robofy_testkit::run(Engine::Postgres, |t| async move {
        let (StoreConfig::Postgres { url, .. }, KeySource::Given(key)) = (&t.config, t.key()) else {
            panic!("{t:?}")
        };
        let file = t.folder().join("key");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(&file).unwrap().write_all(key.as_bytes()).unwrap();
        let place = ["--database-url", url, "--master-key-file", file.to_str().unwrap()];
        let quickstart = robofy(t.folder(), &[&["quickstart"], &place[..]].concat(), &[]);
        assert!(quickstart.status.success(), "{}", text(&quickstart.stderr));
        let workers = [Worker::start(t.folder(), &place), Worker::start(t.folder(), &place)];
        set(&t.store).await;
        enqueued(&t.store).await;
        for worker in workers {
            assert_eq!(worker.stop(), Some(0));
        }
    });
}

#[tokio::test]
async fn dead_jobs_are_listed_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    well(folder, &["quickstart"]);
    assert_eq!(well(folder, &["jobs", "list"]), "");
    let data = folder.join("data");
    let key = KeySource::File(data.join("master.key"));
    let config = StoreConfig::Sqlite { data_dir: data };
    let store = Store::open(&config, &key, &Ids::System, &Tasks::new()).await.unwrap();
    let Accounts::One(account) = store.find_only_account().await.unwrap() else { panic!("one account") };
    let op = Op::system(account, Clock::System, Ids::System);
    let keyed =
        || NewJob { unique_key: Some("site".into()), ..NewJob::new(KIND, json!({ "n": 1 }), op.now()) };
    let dead = store.enqueue_job(&op, keyed()).await.unwrap();
    let now = op.now();
    let lease =
        store.claim_jobs("w", &[KIND], 1, now, now.after(Duration::from_secs(60))).await.unwrap().remove(0);
    let error = "no\nanswer".into();
    store.finish_job(&lease, Finish::Dead { error }, now).await.unwrap();
    let successor = store.enqueue_job(&op, keyed()).await.unwrap();

    let listed = well(folder, &["jobs", "list"]);
    assert_eq!(listed.lines().count(), 2);
    assert!(listed.contains(&format!("{successor}  {KIND}  waiting  from ")), "{listed}");
    let listed = well(folder, &["jobs", "list", "--dead"]);
    let line = format!(
        "{dead}  {KIND}  dead  since {}  1/10  owner@robofy.localhost  no answer\n",
        now.documented()
    );
    assert_eq!(listed, line);
    let listed: serde_json::Value =
        serde_json::from_str(&well(folder, &["jobs", "list", "--dead", "--json"])).unwrap();
    assert_eq!((&listed["payload"], listed["error"].as_str()), (&json!({ "n": 1 }), Some("no\nanswer")));

    let retry = |id: &str| {
        let output = robofy(folder, &["jobs", "retry", id], &[]);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, said) = retry(&dead.to_string());
    assert!(code == Some(1) && said.contains("has a successor that is not finished"), "{said}");
    assert!(store.cancel_job(&op, successor).await.unwrap());
    assert_eq!(well(folder, &["jobs", "retry", &dead.to_string()]), format!("{dead} waits again\n"));
    let job = store.find_job(account, dead).await.unwrap().unwrap();
    assert_eq!((job.status.as_str(), job.attempt, job.error), ("waiting", 0, None));
    let (code, _, said) = retry(&dead.to_string());
    assert!(code == Some(1) && said.contains("no dead job has the id"), "{said}");
    assert_eq!(retry("nonsense").0, Some(2));
    store.close().await;
}

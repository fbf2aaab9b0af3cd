//! Workers on both engines.

#![expect(clippy::unwrap_used, reason = "a test ends with the first thing that goes wrong")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use robofy_jobs::{Handler, Outcome, Running, Worker, WorkerConfig};
use robofy_kernel::{AccountId, Environment, JobId, KeyId, Op, Scopes, UserId};
use robofy_store::accounts::NewAccount;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::jobs::{self, Finish, JobStatus, NewJob};
use robofy_store::users::SignUp;
use robofy_store::{Lane, StoreError};
use robofy_testkit::{Fixture, both_engines};
use serde_json::json;
use tokio::sync::Notify;

/// A handler that does what a closure says.
struct Does<F>(&'static str, F);

impl<F> Handler for Does<F>
where
    F: for<'a> Fn(&'a Running) -> BoxFuture<'a, Outcome> + Send + Sync + 'static,
{
    fn kind(&self) -> &'static str {
        self.0
    }

    fn run<'a>(&'a self, job: &'a Running) -> BoxFuture<'a, Outcome> {
        (self.1)(job)
    }
}

fn does<F>(kind: &'static str, what: F) -> Arc<dyn Handler>
where
    F: for<'a> Fn(&'a Running) -> BoxFuture<'a, Outcome> + Send + Sync + 'static,
{
    Arc::new(Does(kind, what))
}

async fn account(t: &Fixture) -> Op {
    let op = t.op(AccountId(t.ids.uuid_v7(t.clock.now())));
    let email = format!("{}@example.org", op.account);
    let wish = KeyWish {
        name: "Primary".into(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    };
    let (_, primary_key) = t.store.new_api_key(&t.ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
    let new = SignUp {
        account: NewAccount { account_id: op.account, name: "A".into(), email, company: None },
        user_id: UserId(op.uuid()),
        name: None,
        password_hash: "$argon2id$".into(),
        primary_key,
        only_first: false,
    };
    t.store.sign_up(&op, new, |_| (200, Vec::new())).await.unwrap().unwrap();
    op
}

fn worker(t: &Fixture, name: &str, handlers: Vec<Arc<dyn Handler>>) -> Worker {
    let config = WorkerConfig {
        name: name.into(),
        lease: Duration::from_secs(30),
        poll: Duration::from_millis(20),
        grace: Duration::from_millis(300),
        ..WorkerConfig::default()
    };
    let seams = (t.clock.clone(), t.ids.clone(), t.tasks.clone());
    let worker = Worker::new(t.store.clone(), seams, config, handlers);
    worker.start();
    worker
}

fn job(t: &Fixture, kind: &'static str) -> NewJob {
    NewJob::new(kind, json!({}), t.clock.now())
}

/// Waits until a job stands so.
async fn until(t: &Fixture, op: &Op, id: JobId, status: JobStatus) -> jobs::Job {
    for _ in 0..500 {
        let job = t.store.find_job(op.account, id).await.unwrap().unwrap();
        if job.status == status {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", t.store.find_job(op.account, id).await);
}

both_engines! {
    async fn jobs_are_done_and_failures_tried_again(t: Fixture) {
        let op = account(&t).await;
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let shaky = does("shaky", move |job| {
            let counted = Arc::clone(&counted);
            Box::pin(async move {
                counted.fetch_add(1, Ordering::SeqCst);
                match job.lease.attempt {
                    1 => Outcome::Failed("no answer".into()),
                    2 => panic!("on purpose"),
                    _ => Outcome::Done,
                }
            })
        });
        worker(&t, "w", vec![shaky]);
        let id = t.store.enqueue_job(&op, job(&t, "shaky")).await.unwrap();
        let other = t.store.enqueue_job(&op, NewJob { most_attempts: 1, ..job(&t, "unheard of") }).await.unwrap();
        for attempt in 1..=2 {
            let waiting = until(&t, &op, id, JobStatus::Waiting).await;
            assert!(waiting.attempt <= attempt);
            while tries.load(Ordering::SeqCst) < attempt as usize { tokio::time::sleep(Duration::from_millis(10)).await; }
            until(&t, &op, id, JobStatus::Waiting).await;
            t.clock.advance(Duration::from_secs(60));
        }
        assert_eq!(until(&t, &op, id, JobStatus::Done).await.attempt, 3);
        let dead = until(&t, &op, other, JobStatus::Dead).await;
        assert!(dead.error.unwrap().contains("unheard of"));
    }

    async fn of_two_workers_the_one_frozen_past_its_lease_is_refused(t: Fixture) {
        let op = account(&t).await;
        let (begun, thaw) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let late = Arc::new(std::sync::Mutex::new(None));
        let (store, signals) = (t.store.clone(), (Arc::clone(&begun), Arc::clone(&thaw), Arc::clone(&late)));
        let clock = t.clock.clone();
        let freezes = does("site", move |job| {
            let (store, (begun, thaw, late), clock) = (store.clone(), signals.clone(), clock.clone());
            Box::pin(async move {
                if job.lease.attempt == 1 {
                    begun.notify_one();
                    thaw.notified().await;
                }
                // The effect and the end of the job are one unit.
                let (lease, op, now) = (job.lease.clone(), job.op.clone(), clock.now());
                let stored = store.write(Lane::Ingestion, move |mut tx| Box::pin(async move {
                    let effect = NewJob { not_before: now.after(Duration::from_secs(86_400)), ..NewJob::new("effect", json!({}), now) };
                    jobs::enqueue(&mut tx, &op, &effect).await?;
                    jobs::finish(&mut tx, &lease, Finish::Done, now).await
                })).await;
                let is_late = matches!(stored, Err(StoreError::LeaseLost));
                if job.lease.attempt == 1 {
                    *late.lock().unwrap() = Some(is_late);
                }
                Outcome::Stored
            })
        });
        worker(&t, "one", vec![Arc::clone(&freezes)]);
        let id = t.store.enqueue_job(&op, job(&t, "site")).await.unwrap();
        begun.notified().await;
        worker(&t, "two", vec![freezes]);
        t.clock.advance(Duration::from_secs(31));
        assert_eq!(until(&t, &op, id, JobStatus::Done).await.attempt, 2);
        thaw.notify_one();
        while late.lock().unwrap().is_none() { tokio::time::sleep(Duration::from_millis(10)).await; }
        assert_eq!(*late.lock().unwrap(), Some(true));
        t.clock.advance(Duration::from_secs(2 * 86_400));
        let now = t.clock.now();
        // The workers know no such kind, and whatever they claimed of it is seen too.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut effects = t.store.claim_jobs("test", 9, now.after(Duration::from_secs(7_200)), now).await.unwrap();
        effects.retain(|lease| lease.kind == "effect");
        assert_eq!(effects.len(), 1, "its effect is there once");
    }

    async fn a_worker_that_ends_gives_back_what_it_has(t: Fixture) {
        let op = account(&t).await;
        let begun = Arc::new(Notify::new());
        let signal = Arc::clone(&begun);
        let polite = does("polite", move |job| {
            let signal = Arc::clone(&signal);
            Box::pin(async move {
                signal.notify_one();
                job.ending().await;
                if job.is_stopping() { Outcome::GivenBack } else { Outcome::Cancelled }
            })
        });
        let stubborn = does("stubborn", move |_| Box::pin(std::future::pending()));
        worker(&t, "w", vec![polite, stubborn]);
        let ids = [
            t.store.enqueue_job(&op, job(&t, "polite")).await.unwrap(),
            t.store.enqueue_job(&op, job(&t, "stubborn")).await.unwrap(),
        ];
        begun.notified().await;
        until(&t, &op, ids[1], JobStatus::Running).await;
        assert!(t.tasks.finish(Duration::from_secs(10)).await, "it ends in its time");
        for id in ids {
            let job = t.store.find_job(op.account, id).await.unwrap().unwrap();
            assert_eq!((job.status, job.attempt), (JobStatus::Waiting, 0));
        }
    }

    async fn no_more_run_at_once_than_there_are_places(t: Fixture) {
        let op = account(&t).await;
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&running), Arc::clone(&most));
        let slow = does("slow", move |_| {
            let (running, most) = counts.clone();
            Box::pin(async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(10)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                Outcome::Done
            })
        });
        let mut ids = Vec::new();
        for _ in 0..25 {
            ids.push(t.store.enqueue_job(&op, job(&t, "slow")).await.unwrap());
        }
        worker(&t, "w", vec![slow]);
        for id in ids {
            until(&t, &op, id, JobStatus::Done).await;
        }
        assert_eq!(most.load(Ordering::SeqCst), WorkerConfig::default().concurrency);
    }
}

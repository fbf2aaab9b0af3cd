//! Workers on both engines.

#![expect(clippy::unwrap_used, reason = "a test ends with the first thing that goes wrong")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use robofy_jobs::{Handler, Outcome, Running, Worker, WorkerConfig};
use robofy_kernel::{JobId, Op};
use robofy_store::jobs::{self, Finish, JobStatus, NewJob};
use robofy_store::{Lane, StoreError};
use robofy_testkit::{Fixture, both_engines};
use serde_json::json;
use tokio::sync::Notify;

mod kill;

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

fn worker(t: &Fixture, name: &str, handlers: Vec<Arc<dyn Handler>>) -> Worker {
    let config = WorkerConfig { poll: Duration::from_millis(20), ..config(name) };
    worker_with(t, config, handlers)
}

fn config(name: &str) -> WorkerConfig {
    WorkerConfig { name: name.into(), grace: Duration::from_millis(300), ..WorkerConfig::default() }
}

fn worker_with(t: &Fixture, config: WorkerConfig, handlers: Vec<Arc<dyn Handler>>) -> Worker {
    let seams = (t.clock.clone(), t.ids.clone(), t.tasks.clone());
    let worker = Worker::new(t.store.clone(), seams, config, handlers);
    worker.start();
    worker
}

/// Waits for something that comes soon.
async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to that: {what}");
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
        let op = t.account().await;
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
            soon("it is tried", || tries.load(Ordering::SeqCst) >= attempt as usize).await;
            until(&t, &op, id, JobStatus::Waiting).await;
            t.clock.advance(Duration::from_secs(60));
        }
        assert_eq!(until(&t, &op, id, JobStatus::Done).await.attempt, 3);
        let waits = t.store.find_job(op.account, other).await.unwrap().unwrap();
        assert_eq!((waits.status, waits.attempt), (JobStatus::Waiting, 0), "another program may know it");
    }

    async fn of_two_workers_the_one_frozen_past_its_lease_is_refused(t: Fixture) {
        let op = t.account().await;
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
        soon("it thaws", || late.lock().unwrap().is_some()).await;
        assert_eq!(*late.lock().unwrap(), Some(true));
        t.clock.advance(Duration::from_secs(2 * 86_400));
        let now = t.clock.now();
        let effects = t.store.claim_jobs("test", &["effect"], 9, now, now.after(Duration::from_secs(60))).await.unwrap();
        assert_eq!(effects.len(), 1, "its effect is there once");
    }

    async fn a_worker_that_is_woken_does_not_wait_for_its_next_look(t: Fixture) {
        let op = t.account().await;
        let config = WorkerConfig { poll: Duration::from_secs(3600), ..config("w") };
        let worker = worker_with(&t, config, vec![does("quick", |_| Box::pin(async { Outcome::Done }))]);
        // It has looked, and sleeps.
        tokio::time::sleep(Duration::from_millis(200)).await;
        for _ in 0..3 {
            let id = t.store.enqueue_job(&op, job(&t, "quick")).await.unwrap();
            worker.wake();
            until(&t, &op, id, JobStatus::Done).await;
        }
        let later = NewJob { not_before: t.clock.now().after(Duration::from_secs(600)), ..job(&t, "quick") };
        let later = t.store.enqueue_job(&op, later).await.unwrap();
        worker.wake();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(t.store.find_job(op.account, later).await.unwrap().unwrap().status, JobStatus::Waiting);
        t.clock.advance(Duration::from_secs(600));
        worker.wake();
        until(&t, &op, later, JobStatus::Done).await;
    }

    async fn a_running_job_that_is_called_off_is_told(t: Fixture) {
        let op = t.account().await;
        let config = WorkerConfig { lease: Duration::from_millis(600), poll: Duration::from_millis(20), ..config("w") };
        let polite = does("polite", |job| Box::pin(async move {
            job.ending().await;
            if job.is_called_off() { Outcome::Cancelled } else { Outcome::GivenBack }
        }));
        worker_with(&t, config, vec![polite]);
        let id = t.store.enqueue_job(&op, job(&t, "polite")).await.unwrap();
        until(&t, &op, id, JobStatus::Running).await;
        assert!(t.store.cancel_job(&op, id).await.unwrap());
        assert_eq!(until(&t, &op, id, JobStatus::Cancelled).await.attempt, 1);
    }

    async fn a_worker_that_cannot_renew_its_lease_in_time_drops_the_work(t: Fixture) {
        struct Dropped(Arc<AtomicUsize>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let op = t.account().await;
        let (dropped, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::new(None)));
        let seen = (Arc::clone(&dropped), Arc::clone(&taken));
        let endless = does("endless", move |job| {
            let guard = Dropped(Arc::clone(&seen.0));
            let taken = Arc::clone(&seen.1);
            Box::pin(async move {
                *taken.lock().unwrap() = Some(job.lease.clone());
                std::future::pending::<()>().await;
                drop(guard);
                Outcome::Done
            })
        });
        let config = WorkerConfig { lease: Duration::from_millis(600), poll: Duration::from_millis(20), ..config("w") };
        worker_with(&t, config, vec![endless]);
        let id = t.store.enqueue_job(&op, NewJob { most_attempts: 1, ..job(&t, "endless") }).await.unwrap();
        soon("it runs", || taken.lock().unwrap().is_some()).await;
        // It is renewed while the database answers …
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(dropped.load(Ordering::SeqCst), 0);
        // … and then somebody has its row, and does not let go.
        let lease = taken.lock().unwrap().clone().unwrap();
        let (store, go) = (t.store.clone(), Arc::new(Notify::new()));
        let wait = Arc::clone(&go);
        let unit = t.tasks.spawn("unit", async move {
            store.write(Lane::Conversation, move |mut tx| Box::pin(async move {
                jobs::hold(&mut tx, &lease).await?;
                wait.notified().await;
                Ok(())
            })).await
        });
        soon("its work is dropped", || dropped.load(Ordering::SeqCst) == 1).await;
        go.notify_one();
        unit.await.unwrap().unwrap();
        t.clock.advance(Duration::from_secs(60));
        let dead = until(&t, &op, id, JobStatus::Dead).await;
        assert_eq!(dead.error.as_deref(), Some("The worker was lost."));
    }

    async fn a_worker_that_ends_gives_back_what_it_has(t: Fixture) {
        let op = t.account().await;
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
        let op = t.account().await;
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

//! The durable queue.

use std::collections::BTreeSet;

use robofy_kernel::{JobId, Timestamp};
use robofy_store::jobs::{
    self, Finish, Held, JobStatus, Lease, NewJob, REMEMBERED, Schedule, again_after, enqueue, schedule,
    unschedule,
};
use serde_json::json;

use super::*;
use crate::make::account;

const LEASE: Duration = Duration::from_secs(30);
/// The kinds that these workers know.
const KINDS: &[&str] = &["test", "effect"];

fn job(t: &Fixture, name: &str) -> NewJob {
    NewJob::new("test", json!({ "name": name }), t.clock.now())
}

async fn claim(t: &Fixture, worker: &str, most: i64) -> Vec<Lease> {
    let now = t.clock.now();
    t.store.claim_jobs(worker, KINDS, most, now, now.after(LEASE)).await.unwrap()
}

fn failed(t: &Fixture, after: u64) -> Finish {
    Finish::Failed { error: "no answer".into(), again_at: t.clock.now().after(Duration::from_secs(after)) }
}

async fn status(t: &Fixture, op: &Op, id: JobId) -> (JobStatus, i64, Option<String>) {
    let job = t.store.find_job(op.account, id).await.unwrap().unwrap();
    (job.status, job.attempt, job.error)
}

both_engines! {
    async fn a_job_is_there_when_its_cause_is_and_not_otherwise(t: Fixture) {
        let op = account(&t).await;
        let (new, inside) = (job(&t, "a"), op.clone());
        let refused: Result<(), StoreError> = t.store.write(Lane::Conversation, move |mut tx| Box::pin(async move {
            enqueue(&mut tx, &inside, &new).await?;
            Err(StoreError::NotFound("the cause"))
        })).await;
        assert!(refused.is_err());
        assert!(claim(&t, "w", 10).await.is_empty());
        let id = t.store.enqueue_job(&op, job(&t, "b")).await.unwrap();
        let got = claim(&t, "w", 10).await;
        assert_eq!(got.iter().map(|lease| lease.job_id).collect::<Vec<_>>(), [id]);
        assert_eq!((got[0].kind.as_str(), &got[0].payload.0, got[0].attempt), ("test", &json!({ "name": "b" }), 1));
        assert!(claim(&t, "other", 10).await.is_empty(), "it is leased");
        t.store.finish_job(&got[0], Finish::Done, t.clock.now()).await.unwrap();
        assert_eq!(status(&t, &op, id).await, (JobStatus::Done, 1, None));
    }

    async fn the_more_urgent_goes_first_and_none_before_its_time(t: Fixture) {
        let op = account(&t).await;
        assert_eq!(t.store.next_job_at(KINDS).await.unwrap(), None);
        let begin = t.clock.now();
        let then = begin.after(Duration::from_secs(60));
        t.store.enqueue_job(&op, NewJob { not_before: then, ..job(&t, "later") }).await.unwrap();
        assert_eq!(t.store.next_job_at(KINDS).await.unwrap(), Some(then));
        assert_eq!(t.store.next_job_at(&["other"]).await.unwrap(), None);
        assert!(claim(&t, "w", 1).await.is_empty());
        t.store.enqueue_job(&op, NewJob { priority: 5, ..job(&t, "patient") }).await.unwrap();
        t.store.enqueue_job(&op, job(&t, "usual")).await.unwrap();
        t.store.enqueue_job(&op, NewJob { priority: -5, ..job(&t, "urgent") }).await.unwrap();
        assert_eq!(t.store.next_job_at(KINDS).await.unwrap(), Some(begin));
        for expected in ["urgent", "usual", "patient"] {
            assert_eq!(claim(&t, "w", 1).await[0].payload.0["name"], expected);
        }
        assert!(claim(&t, "w", 1).await.is_empty());
        assert_eq!(t.store.next_job_at(KINDS).await.unwrap(), Some(begin.after(LEASE)), "the leases run out");
        t.clock.advance(Duration::from_secs(60));
        let names: BTreeSet<String> =
            claim(&t, "w", 9).await.iter().map(|lease| lease.payload.0["name"].to_string()).collect();
        assert!(names.contains("\"later\""), "{names:?}");
    }

    async fn many_workers_at_once_get_each_job_once(t: Fixture) {
        let op = account(&t).await;
        for number in 0..60 {
            t.store.enqueue_job(&op, job(&t, &number.to_string())).await.unwrap();
        }
        let claims = at_once(&t, 12, |t, worker| async move { claim(&t, &worker.to_string(), 5).await }).await;
        let mut ids: Vec<JobId> = claims.into_iter().flatten().map(|lease| lease.job_id).collect();
        ids.extend(claim(&t, "rest", 60).await.iter().map(|lease| lease.job_id));
        let all: BTreeSet<JobId> = ids.iter().copied().collect();
        assert_eq!((ids.len(), all.len()), (60, 60));
        // All those workers are lost at once, and many others come.
        t.clock.advance(LEASE);
        let claims = at_once(&t, 12, |t, worker| async move { claim(&t, &format!("new {worker}"), 60).await }).await;
        let mut again: Vec<Lease> = claims.into_iter().flatten().collect();
        again.extend(claim(&t, "rest", 60).await);
        assert!(again.iter().all(|lease| (lease.fence, lease.attempt) == (2, 2)), "{again:?}");
        assert_eq!(again.iter().map(|lease| lease.job_id).collect::<BTreeSet<_>>(), all);
        assert_eq!(again.len(), 60);
    }

    async fn a_job_whose_kind_a_program_does_not_know_waits_for_one_that_does(t: Fixture) {
        let op = account(&t).await;
        let new = NewJob { most_attempts: 1, ..NewJob::new("of tomorrow", json!({}), t.clock.now()) };
        let id = t.store.enqueue_job(&op, new).await.unwrap();
        for _ in 0..3 {
            assert!(claim(&t, "old", 9).await.is_empty());
            t.clock.advance(LEASE);
        }
        assert_eq!(status(&t, &op, id).await, (JobStatus::Waiting, 0, None));
        let now = t.clock.now();
        assert!(t.store.claim_jobs("none", &[], 9, now, now.after(LEASE)).await.unwrap().is_empty());
        let kinds = ["test", "of tomorrow", "it's \"quoted\""];
        let got = t.store.claim_jobs("new", &kinds, 9, now, now.after(LEASE)).await.unwrap();
        assert_eq!(got.iter().map(|lease| lease.job_id).collect::<Vec<_>>(), [id]);
        // Whether it is lost does not depend on its kind.
        t.clock.advance(LEASE);
        assert!(claim(&t, "old", 9).await.is_empty());
        assert_eq!(status(&t, &op, id).await.0, JobStatus::Dead);
    }

    async fn a_unit_that_holds_its_job_keeps_it_until_it_ends(t: Fixture) {
        let op = account(&t).await;
        let keyed = || NewJob { unique_key: Some("site".into()), ..job(&t, "a") };
        let id = t.store.enqueue_job(&op, keyed()).await.unwrap();
        let lease = claim(&t, "slow", 1).await.remove(0);
        let (held, go) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (store, inside, signals) = (t.store.clone(), lease.clone(), (Arc::clone(&held), Arc::clone(&go)));
        let (clock, inside_op, effect) = (t.clock.clone(), op.clone(), NewJob { kind: "effect", ..job(&t, "stored") });
        let unit = t.tasks.spawn("unit", async move {
            store.write(Lane::Ingestion, move |mut tx| Box::pin(async move {
                jobs::hold(&mut tx, &inside).await?;
                signals.0.notify_one();
                signals.1.notified().await;
                enqueue(&mut tx, &inside_op, &effect).await?;
                jobs::finish(&mut tx, &inside, Finish::Done, clock.now()).await
            })).await
        });
        held.notified().await;
        t.clock.advance(LEASE);
        if t.engine == Engine::Postgres {
            // Nobody has to wait for it: a cause that comes again holds rows that the unit may want.
            let again = tokio::time::timeout(Duration::from_secs(5), t.store.enqueue_job(&op, keyed())).await;
            assert_eq!(again.unwrap().unwrap(), id);
            let claimed = tokio::time::timeout(Duration::from_secs(5), claim(&t, "eager", 9)).await;
            assert!(claimed.unwrap().is_empty());
        }
        let late = at_once(&t, 3, |t, worker| async move { claim(&t, &worker.to_string(), 1).await });
        go.notify_one();
        let (unit, late) = futures::join!(unit, late);
        unit.unwrap().unwrap();
        let kinds: Vec<String> = late.into_iter().flatten().map(|lease| lease.kind).collect();
        assert!(kinds.iter().all(|kind| kind == "effect"), "its lease had run out, and it was in time: {kinds:?}");
        assert_eq!(status(&t, &op, id).await, (JobStatus::Done, 1, None));
    }

    async fn what_a_frozen_worker_brings_late_is_refused_with_all_its_effects(t: Fixture) {
        let op = account(&t).await;
        let id = t.store.enqueue_job(&op, job(&t, "a")).await.unwrap();
        let frozen = claim(&t, "frozen", 1).await.remove(0);
        t.clock.advance(LEASE);
        let other = claim(&t, "other", 1).await.remove(0);
        assert_eq!((other.job_id, other.fence, other.attempt), (id, frozen.fence + 1, 2));
        let now = t.clock.now();
        assert_eq!(t.store.extend_lease(&frozen, now, now.after(LEASE)).await.unwrap(), Held::Lost);
        for lease in [frozen.clone(), frozen] {
            let (op, effect) = (op.clone(), NewJob { kind: "effect", ..job(&t, "late") });
            let late: Result<(), StoreError> = t.store.write(Lane::Ingestion, move |mut tx| Box::pin(async move {
                enqueue(&mut tx, &op, &effect).await?;
                jobs::finish(&mut tx, &lease, Finish::Done, now).await
            })).await;
            assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
        }
        assert!(claim(&t, "w", 9).await.is_empty(), "its effect was refused with it");
        assert_eq!(t.store.extend_lease(&other, now, now.after(LEASE)).await.unwrap(), Held::Yes);
        t.store.finish_job(&other, Finish::Done, now).await.unwrap();
        assert!(matches!(t.store.finish_job(&other, Finish::Done, now).await, Err(StoreError::LeaseLost)), "once");
    }

    async fn a_lease_that_is_renewed_does_not_run_out(t: Fixture) {
        let op = account(&t).await;
        t.store.enqueue_job(&op, job(&t, "a")).await.unwrap();
        let lease = claim(&t, "w", 1).await.remove(0);
        for _ in 0..5 {
            t.clock.advance(LEASE / 2);
            let now = t.clock.now();
            assert_eq!(t.store.extend_lease(&lease, now, now.after(LEASE)).await.unwrap(), Held::Yes);
            assert!(claim(&t, "other", 1).await.is_empty());
        }
    }

    async fn what_fails_is_tried_again_later_and_is_dead_in_the_end(t: Fixture) {
        let op = account(&t).await;
        let id = t.store.enqueue_job(&op, NewJob { most_attempts: 2, ..job(&t, "a") }).await.unwrap();
        let lease = claim(&t, "w", 1).await.remove(0);
        t.store.finish_job(&lease, failed(&t, 60), t.clock.now()).await.unwrap();
        assert_eq!(status(&t, &op, id).await, (JobStatus::Waiting, 1, Some("no answer".into())));
        assert!(claim(&t, "w", 1).await.is_empty());
        t.clock.advance(Duration::from_secs(60));
        let lease = claim(&t, "w", 1).await.remove(0);
        t.store.finish_job(&lease, failed(&t, 60), t.clock.now()).await.unwrap();
        assert_eq!(status(&t, &op, id).await.0, JobStatus::Dead);
        t.clock.advance(Duration::from_secs(3600));
        assert!(claim(&t, "w", 1).await.is_empty());

        let page = PageRequest { after: None, size: 10 };
        let dead = t.store.list_dead_jobs(op.account, &page).await.unwrap().items;
        assert_eq!(dead.iter().map(|job| job.job_id).collect::<Vec<_>>(), [id]);
        let stranger = account(&t).await;
        assert!(t.store.list_dead_jobs(stranger.account, &page).await.unwrap().items.is_empty());
        assert!(!t.store.revive_job(&stranger, id).await.unwrap());
        assert!(t.store.revive_job(&op, id).await.unwrap());
        assert_eq!(claim(&t, "w", 1).await[0].attempt, 1);
    }

    async fn a_job_that_kills_its_workers_is_dead_in_the_end(t: Fixture) {
        let op = account(&t).await;
        let id = t.store.enqueue_job(&op, NewJob { most_attempts: 3, ..job(&t, "poison") }).await.unwrap();
        for attempt in 1..=3 {
            assert_eq!(claim(&t, "w", 1).await[0].attempt, attempt);
            t.clock.advance(LEASE);
        }
        assert!(claim(&t, "w", 1).await.is_empty());
        let (status, _, error) = status(&t, &op, id).await;
        assert_eq!((status, error.as_deref()), (JobStatus::Dead, Some("The worker was lost.")));
    }

    async fn a_worker_that_ends_gives_its_job_back_uncounted(t: Fixture) {
        let op = account(&t).await;
        t.store.enqueue_job(&op, NewJob { most_attempts: 1, ..job(&t, "a") }).await.unwrap();
        for _ in 0..3 {
            let lease = claim(&t, "w", 1).await.remove(0);
            assert_eq!(lease.attempt, 1);
            t.store.finish_job(&lease, Finish::GivenBack, t.clock.now()).await.unwrap();
        }
    }

    async fn what_is_called_off_ends(t: Fixture) {
        let op = account(&t).await;
        let waiting = t.store.enqueue_job(&op, job(&t, "waiting")).await.unwrap();
        assert!(t.store.cancel_job(&op, waiting).await.unwrap());
        assert!(!t.store.cancel_job(&op, waiting).await.unwrap());
        assert!(claim(&t, "w", 1).await.is_empty());
        let running = t.store.enqueue_job(&op, job(&t, "running")).await.unwrap();
        let lease = claim(&t, "w", 1).await.remove(0);
        assert!(!t.store.cancel_job(&account(&t).await, running).await.unwrap(), "a stranger's");
        assert!(t.store.cancel_job(&op, running).await.unwrap());
        let now = t.clock.now();
        assert_eq!(t.store.extend_lease(&lease, now, now.after(LEASE)).await.unwrap(), Held::Cancelled);
        let told = lease.clone();
        let said = t.store.write(Lane::Ingestion, move |mut tx| Box::pin(async move { jobs::hold(&mut tx, &told).await })).await;
        assert!(said.unwrap(), "the unit that stores a result hears of it too");
        t.store.finish_job(&lease, Finish::Cancelled, now).await.unwrap();
        assert_eq!(status(&t, &op, running).await.0, JobStatus::Cancelled);
        // Its worker ends, or fails, before it notices.
        for how in [Finish::GivenBack, failed(&t, 0), Finish::Dead { error: "never".into() }] {
            let id = t.store.enqueue_job(&op, job(&t, "ended")).await.unwrap();
            let lease = claim(&t, "w", 1).await.remove(0);
            t.store.cancel_job(&op, id).await.unwrap();
            t.store.finish_job(&lease, how, t.clock.now()).await.unwrap();
            assert_eq!(status(&t, &op, id).await.0, JobStatus::Cancelled);
            assert!(claim(&t, "w", 1).await.is_empty());
        }
        // It was done in that moment.
        let done = t.store.enqueue_job(&op, job(&t, "done")).await.unwrap();
        let lease = claim(&t, "w", 1).await.remove(0);
        t.store.cancel_job(&op, done).await.unwrap();
        t.store.finish_job(&lease, Finish::Done, t.clock.now()).await.unwrap();
        assert_eq!(status(&t, &op, done).await.0, JobStatus::Done);
        // Its worker dies before it notices.
        let lost = t.store.enqueue_job(&op, job(&t, "lost")).await.unwrap();
        claim(&t, "w", 1).await;
        t.store.cancel_job(&op, lost).await.unwrap();
        t.clock.advance(LEASE);
        assert!(claim(&t, "w", 1).await.is_empty());
        assert_eq!(status(&t, &op, lost).await.0, JobStatus::Cancelled);
    }

    async fn of_jobs_with_one_key_one_is_unfinished_at_most(t: Fixture) {
        let op = account(&t).await;
        let keyed = || NewJob { unique_key: Some("site".into()), ..job(&t, "a") };
        let ids = at_once(&t, 8, |t, _| {
            let (op, new) = (op.clone(), keyed());
            async move { t.store.enqueue_job(&op, new).await.unwrap() }
        }).await;
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let other = account(&t).await;
        assert_ne!(t.store.enqueue_job(&other, keyed()).await.unwrap(), ids[0], "each account has its own");
        let lease = claim(&t, "w", 9).await.into_iter().find(|lease| lease.job_id == ids[0]).unwrap();
        assert_eq!(t.store.enqueue_job(&op, keyed()).await.unwrap(), ids[0], "while it runs, too");
        t.store.finish_job(&lease, Finish::Done, t.clock.now()).await.unwrap();
        let next = t.store.enqueue_job(&op, keyed()).await.unwrap();
        assert_ne!(next, ids[0]);
        // One that died does not come back beside its successor.
        let lease = claim(&t, "w", 9).await.into_iter().find(|lease| lease.job_id == next).unwrap();
        t.store.finish_job(&lease, Finish::Dead { error: "never".into() }, t.clock.now()).await.unwrap();
        let successor = t.store.enqueue_job(&op, keyed()).await.unwrap();
        assert!(t.store.revive_job(&op, next).await.unwrap_err().is_conflict());
        assert!(t.store.cancel_job(&op, successor).await.unwrap());
        assert!(t.store.revive_job(&op, next).await.unwrap());
        assert_eq!(t.store.enqueue_job(&op, keyed()).await.unwrap(), next);
    }

    async fn a_job_can_be_enqueued_while_its_namesakes_end(t: Fixture) {
        let op = account(&t).await;
        let enqueued = at_once(&t, 8, |t, n| {
            let op = op.clone();
            async move {
                let mut ids = BTreeSet::new();
                for _ in 0..25 {
                    let new = NewJob { unique_key: Some("site".into()), ..job(&t, "a") };
                    ids.insert(t.store.enqueue_job(&op, new).await.unwrap());
                    if n % 2 == 0 {
                        for lease in claim(&t, "w", 9).await {
                            t.store.finish_job(&lease, Finish::Done, t.clock.now()).await.unwrap();
                        }
                    }
                }
                ids
            }
        }).await;
        let all: BTreeSet<JobId> = enqueued.into_iter().flatten().collect();
        let mut unfinished = 0;
        for id in &all {
            unfinished += usize::from(status(&t, &op, *id).await.0 != JobStatus::Done);
        }
        assert!(unfinished <= 1 && all.len() > 10, "{unfinished} of {}", all.len());
    }

    async fn a_program_that_is_alone_takes_up_at_its_start_what_was_left(t: Fixture) {
        let op = account(&t).await;
        let ids = [
            t.store.enqueue_job(&op, job(&t, "a")).await.unwrap(),
            t.store.enqueue_job(&op, NewJob { most_attempts: 1, ..job(&t, "b") }).await.unwrap(),
        ];
        let left = claim(&t, "w", 9).await;
        let put_back = t.store.put_back_jobs(t.clock.now()).await.unwrap();
        let again = claim(&t, "w", 9).await;
        match t.engine {
            Engine::Sqlite => {
                assert_eq!((put_back, again.len(), again[0].job_id, again[0].attempt), (2, 1, ids[0], 2));
                assert_eq!(status(&t, &op, ids[1]).await.0, JobStatus::Dead);
                let late = t.store.finish_job(&left[0], Finish::Done, t.clock.now()).await;
                assert!(matches!(late, Err(StoreError::LeaseLost)));
            }
            Engine::Postgres => assert_eq!((put_back, again.len()), (0, 0), "others may be at work"),
        }
    }

    async fn a_schedule_enqueues_once_each_time_on_however_many_nodes(t: Fixture) {
        let op = account(&t).await;
        let hourly = Schedule {
            kind: "test",
            unique_key: "site".into(),
            payload: json!({ "name": "again" }),
            every: Duration::from_secs(3600),
            first_at: t.clock.now().after(Duration::from_secs(3600)),
        };
        let (inside, set) = (op.clone(), hourly.clone());
        t.store.write(Lane::Conversation, move |mut tx| Box::pin(async move { schedule(&mut tx, &inside, &set).await })).await.unwrap();
        assert_eq!(t.store.next_job_at(&[]).await.unwrap(), Some(hourly.first_at));
        let tick = || at_once(&t, 6, |t, _| async move {
            let now = t.clock.now();
            t.store.enqueue_scheduled(now, || JobId(t.ids.uuid_v7(now))).await.unwrap()
        });
        assert_eq!(tick().await.iter().sum::<u64>(), 0);
        for _ in 0..3 {
            // A pause of several periods is made up for once, and the next comes at its hour.
            t.clock.advance(Duration::from_secs(3 * 3600 + 7));
            assert_eq!(tick().await.iter().sum::<u64>(), 1);
            let next = t.store.next_job_at(&[]).await.unwrap().unwrap();
            assert!(next > t.clock.now() && next <= t.clock.now().after(hourly.every));
            assert_eq!(next.since(hourly.first_at).as_secs() % 3600, 0);
            let lease = claim(&t, "w", 9).await.remove(0);
            assert_eq!(lease.payload.0["name"], "again");
            t.store.finish_job(&lease, Finish::Done, t.clock.now()).await.unwrap();
        }
        let account = op.account;
        let ended = t.store.write(Lane::Conversation, move |mut tx| Box::pin(async move { unschedule(&mut tx, account, "test", "site").await })).await;
        assert!(ended.unwrap());
        t.clock.advance(Duration::from_secs(9 * 3600));
        assert_eq!(tick().await.iter().sum::<u64>(), 0);
    }

    async fn finished_jobs_are_forgotten_and_dead_ones_kept(t: Fixture) {
        let op = account(&t).await;
        let done = t.store.enqueue_job(&op, job(&t, "done")).await.unwrap();
        let lease = claim(&t, "w", 1).await.remove(0);
        t.store.finish_job(&lease, Finish::Done, t.clock.now()).await.unwrap();
        let dead = t.store.enqueue_job(&op, job(&t, "dead")).await.unwrap();
        let lease = claim(&t, "w", 1).await.remove(0);
        t.store.finish_job(&lease, Finish::Dead { error: "never".into() }, t.clock.now()).await.unwrap();
        t.clock.advance(REMEMBERED + Duration::from_secs(1));
        t.store.sweep(t.clock.now()).await.unwrap();
        assert!(t.store.find_job(op.account, done).await.unwrap().is_none());
        assert!(t.store.find_job(op.account, dead).await.unwrap().is_some());
    }
}

#[test]
fn pauses_grow_and_differ() {
    let seconds = |attempt, chance| again_after(attempt, chance).as_secs_f64();
    assert_eq!((seconds(1, 0.0), seconds(2, 0.0), seconds(3, 0.0)), (5.0, 10.0, 20.0));
    assert_eq!((seconds(11, 0.0), seconds(1000, 0.0)), (3600.0, 3600.0));
    assert_eq!(seconds(1, 1.0), 2.5);
    assert!(Timestamp::from_seconds(0).after(again_after(i64::MAX, 0.5)).micros() > 0);
}

//! `Idempotency-Key`.

use std::sync::atomic::{AtomicUsize, Ordering};

use robofy_store::once::REMEMBERED;

use super::*;

both_engines! {
    async fn fifty_repeats_at_once_have_one_effect(t: Fixture) {
        let op = with_key(&make::account(&t).await, b"key", b"request");
        raw::run(&t.store, "CREATE TABLE probe (name TEXT NOT NULL PRIMARY KEY)").await;
        let ran = Arc::new(AtomicUsize::new(0));
        let results = at_once(&t, 50, |t, n| {
            let (op, ran) = (op.clone(), Arc::clone(&ran));
            async move {
                let unit = t.store.write_once(Lane::Conversation, &op, move |tx| Box::pin(async move {
                    raw::execute(tx, "INSERT INTO probe (name) VALUES ('effect')").await?;
                    ran.fetch_add(1, Ordering::SeqCst);
                    Ok(n)
                }), |n| (201, n.to_string().into_bytes()));
                unit.await.unwrap()
            }
        }).await;
        let mut fresh = Vec::new();
        let mut replayed = Vec::new();
        for result in results {
            match result {
                Once::Fresh(n) => fresh.push(n),
                Once::Replayed(status, body) => replayed.push((status, body)),
            }
        }
        assert_eq!((fresh.len(), replayed.len()), (1, 49));
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        let first = (201, fresh[0].to_string().into_bytes());
        assert!(replayed.iter().all(|answer| *answer == first), "every repeat gets the first answer");
        assert_eq!(t.store.find_answer(&op).await.unwrap(), Some(first));
    }

    async fn another_request_with_the_key_is_refused(t: Fixture) {
        let account = make::account(&t).await;
        let op = with_key(&account, b"key", b"one");
        assert_eq!(t.store.find_answer(&op).await.unwrap(), None);
        assert!(matches!(effect(&t, &op).await, Ok(Once::Fresh(()))));
        let other = with_key(&account, b"key", b"other");
        assert!(matches!(effect(&t, &other).await, Err(StoreError::OtherRequest)));
        assert!(matches!(t.store.find_answer(&other).await, Err(StoreError::OtherRequest)));
        assert!(matches!(effect(&t, &op).await, Ok(Once::Replayed(200, _))));
        let stranger = with_key(&make::account(&t).await, b"key", b"other");
        assert!(matches!(effect(&t, &stranger).await, Ok(Once::Fresh(()))), "keys are an account's own");
        assert_eq!(t.store.find_answer(&account).await.unwrap(), None, "no key, no answer");
    }

    async fn a_unit_that_fails_claims_nothing(t: Fixture) {
        let op = with_key(&make::account(&t).await, b"key", b"request");
        let failing = t.store.write_once(Lane::Ingestion, &op, |_| Box::pin(async {
            Err::<(), _>(StoreError::NotFound("it"))
        }), nothing);
        assert!(matches!(failing.await, Err(StoreError::NotFound("it"))));
        let panicking = t.store.write_once(Lane::Ingestion, &op, |_| Box::pin(async {
            panic!("on purpose")
        }), nothing::<()>);
        assert!(matches!(panicking.await, Err(StoreError::Panicked)));
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM idempotency_keys").await, 0);
        assert!(matches!(effect(&t, &op).await, Ok(Once::Fresh(()))));
    }

    async fn a_key_is_forgotten_after_a_day(t: Fixture) {
        let account = make::account(&t).await;
        let op = with_key(&account, b"key", b"request");
        assert!(matches!(effect(&t, &op).await, Ok(Once::Fresh(()))));
        t.clock.advance(REMEMBERED);
        assert!(t.store.find_answer(&op).await.unwrap().is_some());
        assert!(matches!(effect(&t, &op).await, Ok(Once::Replayed(..))));
        t.clock.advance(Duration::from_micros(1));
        assert!(t.store.find_answer(&op).await.unwrap().is_none());
        let other = with_key(&account, b"key", b"other");
        assert!(matches!(effect(&t, &other).await, Ok(Once::Fresh(()))), "then it may name another request");
        assert!(matches!(effect(&t, &op).await, Err(StoreError::OtherRequest)));
    }

    async fn everything_that_is_made_is_made_once(t: Fixture) {
        let home = make::home(&t).await;
        let count = "SELECT (SELECT COUNT(*) FROM projects) + (SELECT COUNT(*) FROM agents) * 100
                          + (SELECT COUNT(*) FROM assets WHERE version > 0) * 10000 + (SELECT COUNT(*) FROM asset_links) * 1000000";
        let make_all = async || {
            let project = robofy_store::projects::Project {
                project_id: robofy_kernel::ProjectId(t.ids.number()),
                name: "P".into(), description: None, created_at: home.op.now(), updated_at: home.op.now(),
            };
            let op = with_key(&home.op, b"project", b"r");
            t.store.create_project(&op, project, nothing).await.unwrap();
            let op = with_key(&home.op, b"agent", b"r");
            t.store.create_agent(&op, make::new_agent(&op, home.project), nothing).await.unwrap();
            for (key, size) in [(b"small", 10), (b"large", 1_000_000)] {
                let op = with_key(&home.op, key, b"r");
                let version = make::version(&"x".repeat(size), &["p"]);
                t.store.create_asset(&op, make::new_asset(&t, &home), version, nothing).await.unwrap();
            }
        };
        make_all().await;
        assert_eq!(raw::count(&t.store, count).await, 2_020_202);
        make_all().await;
        assert_eq!(raw::count(&t.store, count).await, 2_020_202);
    }
}

/// The operation with an `Idempotency-Key`.
pub(crate) fn with_key(op: &Op, key: &[u8], request: &[u8]) -> Op {
    let key = IdempotencyKey { key: key.to_vec(), request: request.to_vec() };
    Op { idempotency: Some(Arc::new(key)), ..op.clone() }
}

async fn effect(t: &Fixture, op: &Op) -> robofy_store::Result<Once<()>> {
    t.store.write_once(Lane::Conversation, op, |_| Box::pin(async { Ok(()) }), nothing).await
}

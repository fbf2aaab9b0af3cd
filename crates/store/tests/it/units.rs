//! Units of work: whole or not at all, whatever becomes of their callers and neighbours.

use std::sync::Mutex;

use tokio::sync::Notify;

use super::*;

const TABLE: &str = "CREATE TABLE probe (name TEXT NOT NULL PRIMARY KEY)";
const PUT: &str = "INSERT INTO probe (name) VALUES ('one')";
const COUNT: &str = "SELECT COUNT(*) FROM probe";

both_engines! {
    async fn a_failing_unit_is_undone_alone(t: Fixture) {
        raw::run(&t.store, TABLE).await;
        let results = at_once(&t, 60, |t, n| async move {
            let unit = t.store.write(Lane::Ingestion, move |mut tx| Box::pin(async move {
                raw::execute(tx.conn(), &format!("INSERT INTO probe (name) VALUES ('{n}')")).await?;
                match n % 3 {
                    0 => Ok(()),
                    1 => Err(StoreError::NotFound("it")),
                    // A statement that fails, on PostgreSQL ending the transaction.
                    _ => raw::execute(tx.conn(), "INSERT INTO probe (name) VALUES (NULL)").await.map(|_| ()),
                }
            }));
            (n, unit.await)
        }).await;
        for (n, result) in results {
            assert_eq!(result.is_ok(), n % 3 == 0, "{n}: {result:?}");
        }
        assert_eq!(raw::count(&t.store, COUNT).await, 20);
    }

    async fn a_panicking_unit_is_undone_and_the_next_runs(t: Fixture) {
        raw::run(&t.store, TABLE).await;
        for early in [true, false] {
            let result = t.store.write(Lane::Conversation, move |mut tx| {
                assert!(!early, "before the first statement, on purpose");
                Box::pin(async move {
                    raw::execute(tx.conn(), PUT).await?;
                    panic!("on purpose");
                    #[expect(unreachable_code, reason = "gives the unit its type")]
                    Ok(())
                })
            });
            assert!(matches!(result.await, Err(StoreError::Panicked)));
            assert_eq!(raw::count(&t.store, COUNT).await, 0);
        }
    }

    async fn a_unit_runs_to_its_end_when_its_caller_goes(t: Fixture) {
        raw::run(&t.store, TABLE).await;
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (unit_begun, unit_go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        {
            let unit = t.store.write(Lane::Conversation, move |tx| Box::pin(async move {
                unit_begun.notify_one();
                unit_go_on.notified().await;
                raw::execute(tx, PUT).await
            }));
            tokio::select! {
                _ = unit => panic!("it has not been told to go on"),
                () = begun.notified() => {}
            }
            // The caller goes here: its future is dropped.
        }
        go_on.notify_one();
        let mut tries = 0;
        while raw::count(&t.store, COUNT).await == 0 {
            tries += 1;
            assert!(tries < 500, "the unit was lost");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn closing_commits_what_waits(t: Fixture) {
        raw::run(&t.store, TABLE).await;
        let store = t.open_again().await.unwrap();
        let waiting: Vec<_> = (0..40).map(|n| {
            let store = store.clone();
            let lane = if n % 2 == 0 { Lane::Conversation } else { Lane::Ingestion };
            t.tasks.spawn("write", async move {
                store.write(lane, move |tx| Box::pin(async move {
                    raw::execute(tx, &format!("INSERT INTO probe (name) VALUES ('{n}')")).await
                })).await
            })
        }).collect();
        tokio::time::sleep(Duration::from_millis(5)).await;
        store.close().await;
        let mut done = 0;
        for task in waiting {
            match task.await.unwrap() {
                Ok(_) => done += 1,
                Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
            }
        }
        assert_eq!(raw::count(&t.store, COUNT).await, done, "each answer is true");
        let late = store.write(Lane::Conversation, |tx| Box::pin(raw::execute(tx, PUT))).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
        store.close().await;
    }

    async fn a_commit_that_fails_is_told(t: Fixture) {
        raw::run(&t.store, TABLE).await;
        // A check that waits for the commit: only then is the missing row noticed.
        raw::run(&t.store, "CREATE TABLE probe_parent (id BIGINT PRIMARY KEY)").await;
        raw::run(&t.store, "CREATE TABLE probe_child (id BIGINT REFERENCES probe_parent (id) DEFERRABLE INITIALLY DEFERRED)").await;
        let unit = t.store.write(Lane::Conversation, |tx| {
            Box::pin(raw::execute(tx, "INSERT INTO probe_child VALUES (1)"))
        });
        assert!(unit.await.is_err());
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM probe_child").await, 0);
        raw::run(&t.store, PUT).await;
    }

    async fn conversation_goes_before_ingestion(t: Fixture) {
        // Every place that ingestion may take is taken; what talks still gets through.
        let order = Arc::new(Mutex::new(Vec::new()));
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let first = {
            let (t2, begun, go_on) = (Arc::clone(&t), Arc::clone(&begun), Arc::clone(&go_on));
            t.tasks.spawn("first", async move {
                t2.store.write(Lane::Ingestion, move |_| Box::pin(async move {
                    begun.notify_one();
                    go_on.notified().await;
                    Ok(())
                })).await.unwrap();
            })
        };
        begun.notified().await;
        let note = |lane: Lane, word: &'static str| {
            let (store, order) = (t.store.clone(), Arc::clone(&order));
            t.tasks.spawn("note", async move {
                store.write(lane, move |_| Box::pin(async move {
                    if lane == Lane::Ingestion {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    order.lock().unwrap().push(word);
                    Ok(())
                })).await.unwrap();
            })
        };
        let mut tasks: Vec<_> = (0..12).map(|_| note(Lane::Ingestion, "ingestion")).collect();
        tokio::time::sleep(Duration::from_millis(30)).await;
        tasks.extend((0..3).map(|_| note(Lane::Conversation, "conversation")));
        tokio::time::sleep(Duration::from_millis(30)).await;
        go_on.notify_one();
        first.await.unwrap();
        for task in tasks {
            task.await.unwrap();
        }
        let order = order.lock().unwrap();
        let last = order.iter().rposition(|word| *word == "conversation").unwrap();
        let ahead = order[..last].iter().filter(|word| **word == "ingestion").count();
        assert!(ahead < 12 - 3, "conversation waited for {ahead} of 12: {order:?}");
    }
}

#[test]
fn a_database_that_ends_its_connections_is_not_available() {
    robofy_testkit::run(Engine::Postgres, async |t| {
        let end = "SELECT pg_terminate_backend(pg_backend_pid())";
        let ended = t.store.write(Lane::Conversation, move |tx| Box::pin(raw::execute(tx, end))).await;
        assert!(matches!(ended, Err(StoreError::Unavailable(_))), "{ended:?}");
        assert_eq!(
            raw::count(&t.store, "SELECT COUNT(*) FROM accounts").await,
            0,
            "and then it is there again"
        );
    });
}

//! The request log.

use robofy_kernel::{PageRequest, Timestamp};
use robofy_store::requests::{LOOKED_AT, LoggedRequest, RequestFilter};

use super::*;

fn request(at: i64, status: i64) -> LoggedRequest {
    LoggedRequest {
        at: Timestamp::from_micros(at),
        request_id: format!("{at:016}"),
        environment: Environment::Live,
        method: "GET".into(),
        route: "/v1/projects/{id}".into(),
        status,
        error_code: None,
        caller: "K".into(),
        key_id: None,
        micros: 7,
    }
}

both_engines! {
    async fn requests_are_written_once_listed_and_forgotten_in_steps(t: Fixture) {
        let (op, stranger) = (make::account(&t).await, make::account(&t).await);
        let gone = make::new_op(&t);
        let (mut written, account) = (Vec::new(), op.account);
        for at in 0..2_500 {
            written.push((account, request(at, 200)));
        }
        written.push((stranger.account, request(1, 404)));
        written.push((gone.account, request(1, 404)));
        t.store.log_requests(written.clone()).await.unwrap();
        t.store.log_requests(written).await.unwrap();
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM request_log").await, 2_501, "an account that is gone has no log");
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = t.store.list_requests(&op, &RequestFilter::default(), &PageRequest { after, size: 200 }).await.unwrap();
            seen.extend(page.items.iter().map(|request| request.at.micros()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..2_500).rev().collect::<Vec<_>>());
        assert_eq!(t.store.forget_requests(Timestamp::from_micros(2_400)).await.unwrap(), 2_401);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM request_log").await, 100);
        assert_eq!(t.store.forget_requests(Timestamp::from_micros(2_400)).await.unwrap(), 0);
    }

    async fn a_time_has_its_first_moment_and_not_its_last(t: Fixture) {
        let op = make::account(&t).await;
        t.store.log_requests((0..10).map(|at| (op.account, request(at, 200 + at % 2))).collect()).await.unwrap();
        let (from, until) = (Some(Timestamp::from_micros(3)), Some(Timestamp::from_micros(8)));
        for (status, expected) in [(None, vec![7, 6, 5, 4, 3]), (Some((201, 201)), vec![7, 5, 3])] {
            let filter = RequestFilter { from, until, status, ..RequestFilter::default() };
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let page = t.store.list_requests(&op, &filter, &PageRequest { after, size: 2 }).await.unwrap();
                seen.extend(page.items.iter().map(|request| request.at.micros()));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected);
        }
    }

    async fn a_page_looks_at_so_many_and_the_next_goes_on(t: Fixture) {
        let op = make::account(&t).await;
        t.store.log_requests(vec![(op.account, request(0, 500))]).await.unwrap();
        raw::run(&t.store, format!(
            "INSERT INTO request_log (account_id, at, request_id, environment, method, route, status, caller, micros)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})
             SELECT r.account_id, n.i, 'n' || n.i, r.environment, r.method, r.route, 200, r.caller, 1 FROM request_log r, n", LOOKED_AT + 10
        ).leak()).await;
        let failed = RequestFilter { status: Some((500, 599)), ..RequestFilter::default() };
        let first = t.store.list_requests(&op, &failed, &PageRequest { after: None, size: 50 }).await.unwrap();
        assert!(first.items.is_empty() && first.next.is_some());
        let second = t.store.list_requests(&op, &failed, &PageRequest { after: first.next, size: 50 }).await.unwrap();
        assert_eq!((second.items.len(), second.items[0].status, second.next), (1, 500, None));
    }
}

//! Sign-up, memberships and dashboard sessions.

use robofy_store::logins::{IDLE, LONGEST};
use robofy_store::users::SignUpRefused;

use super::*;

both_engines! {
    async fn a_sign_up_makes_everything(t: Fixture) {
        let op = make::new_op(&t);
        assert!(!t.store.has_accounts().await.unwrap());
        let new = make::sign_up(&t, &op, " Ann@Example.org ", true);
        let user = new.user_id;
        fresh(t.store.sign_up(&op, new, nothing).await.unwrap().unwrap());
        assert!(t.store.has_accounts().await.unwrap());
        let member = t.store.find_member_by_email("ann@example.ORG").await.unwrap().unwrap();
        assert_eq!((member.user_id, member.account_id), (user, op.account));
        assert_eq!(t.store.find_member(op.account, user).await.unwrap().unwrap().email, " Ann@Example.org ");
        assert!(t.store.find_account(op.account).await.unwrap().is_some());
        assert!(t.store.reveal_primary_key(op.account).await.unwrap().is_some());
        let stranger = make::account(&t).await;
        assert!(t.store.find_member(stranger.account, user).await.unwrap().is_none());
    }

    async fn one_address_signs_up_once(t: Fixture) {
        let results = at_once(&t, 20, |t, _| async move {
            let op = make::new_op(&t);
            let new = make::sign_up(&t, &op, "same@example.org", false);
            t.store.sign_up(&op, new, nothing).await.unwrap().map(|_| ())
        }).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| **result == Err(SignUpRefused::EmailTaken)).count(), 19);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM accounts").await, 1);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM api_key_directory").await, 1);
    }

    async fn the_first_account_is_one(t: Fixture) {
        let results = at_once(&t, 20, |t, n| async move {
            let op = make::new_op(&t);
            let new = make::sign_up(&t, &op, &format!("{n}@example.org"), true);
            t.store.sign_up(&op, new, nothing).await.unwrap().map(|_| ())
        }).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| **result == Err(SignUpRefused::NotFirst)).count(), 19);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM users").await, 1);
    }

    async fn a_login_ends_after_twelve_idle_hours(t: Fixture) {
        let user = signed_up(&t).await;
        begin(&t, b"token", user).await;
        let second = Duration::from_secs(1);
        for _ in 0..3 {
            t.clock.advance(IDLE.checked_sub(second).unwrap());
            assert!(find(&t, b"token").await, "used in time, it goes on");
        }
        t.clock.advance(IDLE);
        assert!(!find(&t, b"token").await);
        assert!(!find(&t, b"other").await);
    }

    async fn a_login_ends_after_thirty_days(t: Fixture) {
        let user = signed_up(&t).await;
        begin(&t, b"token", user).await;
        let begun = t.clock.now();
        let step = Duration::from_secs(6 * 60 * 60);
        while t.clock.now().since(begun) + step < LONGEST {
            t.clock.advance(step);
            assert!(find(&t, b"token").await, "after {:?}", t.clock.now().since(begun));
        }
        t.clock.advance(step);
        assert!(!find(&t, b"token").await);
    }

    async fn use_of_a_login_is_written_once_a_minute(t: Fixture) {
        let user = signed_up(&t).await;
        begin(&t, b"token", user).await;
        let seen = "SELECT last_seen_at FROM login_sessions";
        let first = raw::count(&t.store, seen).await;
        t.clock.advance(Duration::from_secs(59));
        assert!(find(&t, b"token").await);
        assert_eq!(raw::count(&t.store, seen).await, first);
        t.clock.advance(Duration::from_secs(2));
        assert!(find(&t, b"token").await);
        assert_eq!(raw::count(&t.store, seen).await, t.clock.now().micros());
    }

    async fn logging_out_and_a_new_password_end_logins(t: Fixture) {
        let user = signed_up(&t).await;
        for token in [b"a".as_slice(), b"b", b"c"] {
            begin(&t, token, user).await;
        }
        t.store.end_login(b"a".to_vec()).await.unwrap();
        assert!(!find(&t, b"a").await);
        assert!(find(&t, b"b").await);
        assert!(t.store.reset_password("ANN@example.org", "$new$".into()).await.unwrap());
        assert!(!find(&t, b"b").await && !find(&t, b"c").await);
        let member = t.store.find_member_by_email("ann@example.org").await.unwrap().unwrap();
        assert_eq!(member.password_hash, "$new$");
        assert!(!t.store.reset_password("nobody@example.org", "$new$".into()).await.unwrap());
    }
}

async fn signed_up(t: &Fixture) -> (AccountId, UserId) {
    let op = make::new_op(t);
    let new = make::sign_up(t, &op, "ann@example.org", false);
    let user = new.user_id;
    fresh(t.store.sign_up(&op, new, nothing).await.unwrap().unwrap());
    (op.account, user)
}

async fn begin(t: &Fixture, token: &[u8], user: (AccountId, UserId)) {
    t.store.begin_login(token.to_vec(), user.0, user.1, t.clock.now()).await.unwrap();
}

async fn find(t: &Fixture, token: &[u8]) -> bool {
    t.store.find_login(token, t.clock.now()).await.unwrap().is_some()
}

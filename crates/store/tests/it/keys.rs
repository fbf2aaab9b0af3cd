//! API keys.

use robofy_kernel::{Scope, Timestamp};
use robofy_store::api_keys::{KeyWish, ListedKey, NewApiKey, Reveal};

use super::*;

both_engines! {
    async fn a_key_is_found_by_its_public_part_until_it_is_revoked(t: Fixture) {
        let op = make::account(&t).await;
        let (key, row, id) = new_key(&t, &op, None);
        fresh(t.store.add_api_key(&op, row, nothing).await.unwrap());
        let parts = key.parts().unwrap();
        let found = t.store.find_api_key(&parts.public).await.unwrap().unwrap();
        assert_eq!((found.account_id, found.key_id, found.environment), (op.account, id, Environment::Test));
        assert!(found.hash == parts.hash && found.revoked_at.is_none());
        assert_eq!(found.scopes, Scopes::of([Scope::Chat]));
        assert_eq!(found.expires_at, Some(Timestamp::from_seconds(9)));
        assert!(t.store.find_api_key("AAAAAAAAAAAA").await.unwrap().is_none());

        let stranger = make::account(&t).await;
        assert!(!t.store.revoke_api_key(&stranger, id).await.unwrap(), "another account's key");
        assert!(t.store.revoke_api_key(&op, id).await.unwrap());
        assert!(!t.store.revoke_api_key(&op, id).await.unwrap());
        let found = t.store.find_api_key(&parts.public).await.unwrap().unwrap();
        assert_eq!(found.revoked_at, Some(op.now()));
    }

    async fn the_secret_is_nowhere_in_the_database(t: Fixture) {
        let op = make::account(&t).await;
        let key = t.store.reveal_primary_key(op.account).await.unwrap().unwrap();
        let body = key.reveal().trim_start_matches("rbf_live_");
        let secret = &body[12..44];
        let rows = match t.engine {
            Engine::Sqlite => "SELECT hex(secret_hash) || hex(sealed) || name || scopes || public_part FROM api_keys",
            Engine::Postgres => "SELECT encode(secret_hash, 'hex') || encode(sealed, 'hex') || name || scopes || public_part FROM api_keys",
        };
        let rows = raw::list(&t.store, rows).await.join("\n").to_lowercase();
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(rows.contains(&body[..12].to_lowercase()), "{rows}");
        assert!(!rows.contains(&secret.to_lowercase()) && !rows.contains(&hex), "{rows}");
    }

    async fn the_primary_key_is_shown_again_where_it_was_kept(t: Fixture) {
        let op = make::account(&t).await;
        let first = t.store.reveal_primary_key(op.account).await.unwrap().unwrap();
        let (key, row, _) = new_key(&t, &op, Some(Reveal::On));
        t.store.replace_primary_key(&op, row).await.unwrap();
        let shown = t.store.reveal_primary_key(op.account).await.unwrap().unwrap();
        assert_eq!(shown.reveal(), key.reveal());
        let old = t.store.find_api_key(&first.parts().unwrap().public).await.unwrap().unwrap();
        assert!(old.revoked_at.is_some());

        let (_, row, _) = new_key(&t, &op, Some(Reveal::Off));
        t.store.replace_primary_key(&op, row).await.unwrap();
        assert!(t.store.reveal_primary_key(op.account).await.unwrap().is_none());
        let (_, row, id) = new_key(&t, &op, None);
        fresh(t.store.add_api_key(&op, row, nothing).await.unwrap());
        assert!(list(&t, &op, 50).await.iter().any(|key| key.key_id == id && !key.is_primary));
    }

    async fn a_sealed_key_does_not_open_in_another_row(t: Fixture) {
        let (one, other) = (make::account(&t).await, make::account(&t).await);
        raw::run(&t.store, "UPDATE api_keys SET sealed = (SELECT k.sealed FROM api_keys k ORDER BY k.account_id LIMIT 1)").await;
        let (own, moved) = if one.account < other.account { (one, other) } else { (other, one) };
        assert!(t.store.reveal_primary_key(own.account).await.unwrap().is_some());
        let error = t.store.reveal_primary_key(moved.account).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }

    async fn there_is_one_primary_key_whatever_happens_at_once(t: Fixture) {
        let op = make::account(&t).await;
        let keys = at_once(&t, 12, |t, _| {
            let op = op.clone();
            async move {
                let (key, row, _) = new_key(&t, &op, Some(Reveal::On));
                t.store.replace_primary_key(&op, row).await.unwrap();
                key.reveal().to_owned()
            }
        }).await;
        let alive = "SELECT COUNT(*) FROM api_keys WHERE is_primary AND revoked_at IS NULL";
        assert_eq!(raw::count(&t.store, alive).await, 1);
        let shown = t.store.reveal_primary_key(op.account).await.unwrap().unwrap();
        assert!(keys.iter().any(|key| key == shown.reveal()));
        let (_, row, _) = new_key(&t, &op, Some(Reveal::On));
        let error = t.store.add_api_key(&op, row, nothing).await.unwrap_err();
        assert!(error.is_conflict(), "a second primary key: {error}");
    }

    async fn pages_of_keys_hold_each_once(t: Fixture) {
        let op = make::account(&t).await;
        for n in 0..11 {
            // Some at the same moment, so that the order needs the id.
            if n % 3 == 0 {
                t.clock.advance(Duration::from_secs(1));
            }
            let (_, row, _) = new_key(&t, &op, None);
            fresh(t.store.add_api_key(&op, row, nothing).await.unwrap());
        }
        make::account(&t).await;
        let ids: Vec<_> = list(&t, &op, 50).await.into_iter().map(|key| key.key_id).collect();
        assert_eq!(ids.len(), 12);
        for size in [1, 2, 5, 11, 12] {
            let paged: Vec<_> = list(&t, &op, size).await.into_iter().map(|key| key.key_id).collect();
            assert_eq!(paged, ids, "pages of {size}");
        }
    }

    async fn the_last_use_is_written_once_a_minute(t: Fixture) {
        let op = make::account(&t).await;
        let public = t.store.reveal_primary_key(op.account).await.unwrap().unwrap().parts().unwrap().public;
        let used = || async { t.store.find_api_key(&public).await.unwrap().unwrap() };
        t.store.note_api_key_used(&used().await, op.now()).await.unwrap();
        let first = used().await.last_used_at;
        assert_eq!(first, Some(op.now()));
        t.clock.advance(Duration::from_secs(30));
        t.store.note_api_key_used(&used().await, op.now()).await.unwrap();
        assert_eq!(used().await.last_used_at, first);
        t.clock.advance(Duration::from_secs(31));
        t.store.note_api_key_used(&used().await, op.now()).await.unwrap();
        assert_eq!(used().await.last_used_at, Some(op.now()));
    }

    async fn signing_keys_are_sealed_and_forgotten_in_time(t: Fixture) {
        for _ in 0..3 {
            t.store.add_signing_key(&t.clock, &t.ids).await.unwrap();
            t.clock.advance(Duration::from_secs(10));
        }
        let keys = t.store.list_signing_keys().await.unwrap();
        assert!(keys.windows(2).all(|pair| pair[0].created_at > pair[1].created_at), "the newest first");
        assert_eq!(t.store.forget_signing_keys(t.clock.now(), keys[1].kid.clone()).await.unwrap(), 2);
        let left = t.store.list_signing_keys().await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].kid, keys[1].kid);
        raw::run(&t.store, "UPDATE signing_keys SET kid = 'moved'").await;
        assert!(matches!(t.store.list_signing_keys().await, Err(StoreError::Damaged { .. })));
    }
}

fn new_key(t: &Fixture, op: &Op, primary: Option<Reveal>) -> (robofy_kernel::ApiKey, NewApiKey, KeyId) {
    let wish = KeyWish {
        name: "Key".into(),
        environment: Environment::Test,
        scopes: Scopes::of([Scope::Chat]),
        expires_at: Some(Timestamp::from_seconds(9)),
    };
    let id = KeyId(op.uuid());
    let (key, row) = t.store.new_api_key(&t.ids, id, &wish, primary);
    (key, row, id)
}

/// All pages of this size, joined.
async fn list(t: &Fixture, op: &Op, size: i64) -> Vec<ListedKey> {
    let mut keys = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest { after, size };
        let page = t.store.list_api_keys(op.account, &request).await.unwrap();
        assert!(page.items.len() as i64 <= size);
        keys.extend(page.items);
        after = page.next;
        if after.is_none() {
            return keys;
        }
    }
}

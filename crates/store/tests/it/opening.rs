//! Opening a store: several at once, and the master key.

use std::path::Path;

use robofy_store::{KeySource, StoreConfig};

use super::*;

both_engines! {
    async fn several_programs_open_a_new_database_at_once(t: Fixture) {
        let config = empty(&t).await;
        let path = t.folder().join("key");
        let opened = at_once(&t, 6, |t, _| {
            let (config, key) = (config.clone(), KeySource::FileOrNew(path.clone()));
            async move { Store::open(&config, &key, &Ids::System, &t.tasks).await }
        }).await;
        for store in opened {
            let store = store.unwrap();
            store.ping().await.unwrap();
            assert_eq!(store.master_key().id(), t_key_id(&path));
            store.close().await;
        }
        let left: Vec<_> = std::fs::read_dir(t.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().contains("master-key")), "{left:?}");
    }

    async fn the_key_is_made_for_an_empty_database_only(t: Fixture) {
        let config = empty(&t).await;
        let path = t.folder().join("made.key");
        let open = async |key: KeySource| Store::open(&config, &key, &Ids::System, &t.tasks).await;
        let missing = refused(open(KeySource::File(path.clone())).await);
        assert!(missing.contains("made.key"), "{missing}");
        assert!(!path.exists());
        let store = open(KeySource::FileOrNew(path.clone())).await.unwrap();
        store.add_signing_key(&t.clock, &t.ids).await.unwrap();
        store.close().await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        for source in [KeySource::File(path.clone()), KeySource::FileOrNew(path.clone())] {
            let store = open(source).await.unwrap();
            assert_eq!(store.list_signing_keys().await.unwrap().len(), 1);
            store.close().await;
        }
        std::fs::remove_file(&path).unwrap();
        let gone = refused(open(KeySource::FileOrNew(path.clone())).await);
        assert!(gone.contains("backup") && !path.exists(), "no new key for sealed data: {gone}");
    }

    async fn a_wrong_key_is_refused(t: Fixture) {
        let config = t.config.clone();
        t.store.close().await;
        for wrong in ["00".repeat(32), "not a key".into(), String::new()] {
            let opened = Store::open(&config, &KeySource::Given(wrong), &Ids::System, &t.tasks).await;
            refused(opened);
        }
        let store = t.open_again().await.unwrap();
        store.close().await;
    }

    async fn what_was_stored_is_there_after_a_restart(t: Fixture) {
        let home = make::home(&t).await;
        let asset = make::asset(&t, &home, "words").await;
        t.store.close().await;
        let store = t.open_again().await.unwrap();
        assert_eq!(store.read_whole_text(home.op.account, asset, 1).await.unwrap().as_deref(), Some("words"));
        assert!(store.reveal_primary_key(home.op.account).await.unwrap().is_some());
        store.close().await;
    }
}

/// A database without anything in it.
async fn empty(t: &Fixture) -> StoreConfig {
    match &t.config {
        StoreConfig::Sqlite { data_dir } => StoreConfig::Sqlite { data_dir: data_dir.join("empty") },
        StoreConfig::Postgres { url, max_connections } => {
            raw::run(&t.store, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
            StoreConfig::Postgres { url: url.clone(), max_connections: *max_connections }
        }
    }
}

fn t_key_id(path: &Path) -> String {
    robofy_kernel::MasterKey::from_text(&std::fs::read_to_string(path).unwrap()).unwrap().id()
}

fn refused(opened: robofy_store::Result<Store>) -> String {
    match opened {
        Err(StoreError::MasterKey(words)) => words,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

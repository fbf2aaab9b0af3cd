//! File bytes.

use robofy_store::maintenance::{GRACE, file_path};

use super::*;

both_engines! {
    async fn bytes_come_back_by_their_hash(t: Fixture) {
        let (op, stranger) = (make::account(&t).await, make::account(&t).await);
        let large: Vec<u8> = (0..1_000_000_u32).map(|n| (n * 31 % 251) as u8).collect();
        for bytes in [Vec::new(), b"small".to_vec(), vec![0; 256 * 1024], vec![1; 256 * 1024 + 1], large] {
            let hash = put(&t, &op, &bytes).await;
            assert_eq!(hash, robofy_store::blobs::hash(&bytes));
            assert!(t.store.get_file(op.account, &hash).await.unwrap().is_some_and(|found| found == bytes), "{} bytes", bytes.len());
            assert_eq!(put(&t, &op, &bytes).await, hash, "again");
            assert!(t.store.get_file(stranger.account, &hash).await.unwrap().is_none(), "another account's file");
        }
        assert!(t.store.get_file(op.account, &[0; 32]).await.unwrap().is_none());
        if t.engine == Engine::Postgres {
            let longest = "SELECT CAST(MAX(octet_length(body)) AS BIGINT) FROM file_pieces";
            assert_eq!(raw::count(&t.store, longest).await, 256 * 1024);
        }
    }

    async fn the_same_bytes_at_once_are_kept_once(t: Fixture) {
        let op = make::account(&t).await;
        let bytes = vec![7; 700_000];
        let hashes = at_once(&t, 12, |t, _| {
            let (op, bytes) = (op.clone(), bytes.clone());
            async move { put(&t, &op, &bytes).await }
        }).await;
        assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(t.store.get_file(op.account, &hashes[0]).await.unwrap(), Some(bytes));
        match t.engine {
            Engine::Postgres => assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM file_pieces").await, 3),
            Engine::Sqlite => {
                let path = file_path(t.folder(), op.account, &hashes[0]);
                assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
            }
        }
    }

    async fn damage_is_noticed(t: Fixture) {
        let op = make::account(&t).await;
        let hash = put(&t, &op, b"the bytes").await;
        match t.engine {
            Engine::Sqlite => std::fs::write(file_path(t.folder(), op.account, &hash), b"the bytez").unwrap(),
            Engine::Postgres => { raw::run(&t.store, "UPDATE file_pieces SET body = 'the bytez'").await; }
        }
        let error = t.store.get_file(op.account, &hash).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }

    async fn a_sweep_removes_orphans_and_nothing_else(t: Fixture) {
        let home = make::home(&t).await;
        let named = put(&t, &home.op, b"named").await;
        let orphan = put(&t, &home.op, b"orphan").await;
        let young = put(&t, &home.op, b"young").await;
        let again = put(&t, &home.op, b"again").await;
        let mut version = make::version("text", &["p"]);
        version.file_hash = Some(named.clone());
        fresh(t.store.create_asset(&home.op, make::new_asset(&t, &home), version, nothing).await.unwrap());
        let now = t.clock.now().after(GRACE).after(Duration::from_secs(1));
        for hash in [&named, &orphan, &young, &again] {
            set_age(&t, &home.op, hash, if *hash == young { now } else { t.clock.now() });
        }
        let stray = t.folder().join("files").join(home.op.account.to_string()).join("notes.txt");
        if t.engine == Engine::Sqlite {
            std::fs::write(&stray, b"an operator's own").unwrap();
            let half = file_path(t.folder(), home.op.account, &orphan).with_extension("half");
            std::fs::write(&half, b"left by a crash").unwrap();
            set_modified(&half, t.clock.now());
        } else {
            raw::run(&t.store, "UPDATE file_pieces SET created_at = created_at + 3601000000 WHERE body = 'young'").await;
        }
        t.clock.advance(GRACE + Duration::from_secs(1));
        put(&t, &home.op, b"again").await;
        t.store.sweep(now).await.unwrap();
        let there = async |hash: &[u8]| t.store.get_file(home.op.account, hash).await.unwrap().is_some();
        assert!(there(&named).await, "a version names it");
        assert!(there(&young).await, "it may belong to something that is being stored");
        assert!(there(&again).await, "it was written again");
        assert!(!there(&orphan).await);
        if t.engine == Engine::Sqlite {
            assert!(stray.exists());
            let folder = file_path(t.folder(), home.op.account, &orphan);
            assert_eq!(std::fs::read_dir(folder.parent().unwrap()).unwrap().count(), 0);
        }
        let id = t.store.list_assets(home.op.account, home.project, &PageRequest { after: None, size: 1 }).await.unwrap().items[0].asset_id;
        t.store.delete_asset(&home.op, home.project, id).await.unwrap();
        t.store.sweep(now).await.unwrap();
        assert!(!there(&named).await, "nobody names it any more");
    }
}

async fn put(t: &Fixture, op: &Op, bytes: &[u8]) -> Vec<u8> {
    t.store.put_file(op.account, bytes.to_vec(), &t.ids, t.clock.now()).await.unwrap()
}

/// Gives a file of the data folder the age that its row would have: the disk knows only the real time.
fn set_age(t: &Fixture, op: &Op, hash: &[u8], time: robofy_kernel::Timestamp) {
    if t.engine == Engine::Sqlite {
        set_modified(&file_path(t.folder(), op.account, hash), time);
    }
}

fn set_modified(path: &std::path::Path, time: robofy_kernel::Timestamp) {
    let time = std::time::UNIX_EPOCH + Duration::from_micros(time.micros().unsigned_abs());
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

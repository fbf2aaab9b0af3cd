//! What only SQLite has: pragmas, one writer, files.

use robofy_store::StoreConfig;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::*;

fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Arc<Fixture>) -> F) {
    robofy_testkit::run(Engine::Sqlite, body);
}

#[test]
fn the_writer_syncs_fully() {
    on_sqlite(async |t| {
        // 2 = FULL; read on the connection that writes.
        assert_eq!(raw::count(&t.store, "SELECT synchronous FROM pragma_synchronous").await, 2);
        assert_eq!(raw::list(&t.store, "SELECT journal_mode FROM pragma_journal_mode").await, ["wal"]);
        assert_eq!(raw::count(&t.store, "SELECT foreign_keys FROM pragma_foreign_keys").await, 1);
        assert_eq!(raw::count(&t.store, "SELECT timeout FROM pragma_busy_timeout").await, 5000);
    });
}

#[test]
fn a_writer_that_cannot_begin_says_so_and_goes_on() {
    on_sqlite(async |t| {
        let path = format!("sqlite://{}", t.folder().join("robofy.db").display());
        let mut other = SqliteConnection::connect(&path).await.unwrap();
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        let results = at_once(&t, 2, |t, _| async move {
            t.store.write(Lane::Conversation, |_| Box::pin(async { Ok(()) })).await
        })
        .await;
        for result in results {
            let error = result.unwrap_err().to_string();
            assert!(error.contains("locked"), "{error}");
        }
        other.execute("ROLLBACK").await.unwrap();
        t.store.write(Lane::Conversation, |_| Box::pin(async { Ok(()) })).await.unwrap();
    });
}

#[test]
fn what_waits_is_committed_when_the_store_is_dropped() {
    on_sqlite(async |t| {
        let folder = t.folder().join("dropped");
        let config = StoreConfig::Sqlite { data_dir: folder.clone() };
        let store = Store::open(&config, &t.key(), &Ids::System, &t.tasks).await.unwrap();
        for lane in [Lane::Ingestion, Lane::Conversation, Lane::Ingestion] {
            let unit = store.write(lane, |tx| {
                Box::pin(raw::execute(
                    tx,
                    "INSERT INTO server_facts (name, value) VALUES (lower(hex(randomblob(8))), x'')",
                ))
            });
            // Its caller goes as soon as it is queued.
            assert!(futures::FutureExt::now_or_never(unit).is_none());
        }
        drop(store);
        let store = Store::open(&config, &t.key(), &Ids::System, &t.tasks).await.unwrap();
        let mut tries = 0;
        while raw::count(&store, "SELECT COUNT(*) FROM server_facts WHERE name <> 'master_key_check'").await
            < 3
        {
            tries += 1;
            assert!(tries < 500, "a unit was lost");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        store.close().await;
    });
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    on_sqlite(async |t| {
        let folder = t.folder().join("new/data");
        let config = StoreConfig::Sqlite { data_dir: folder.clone() };
        let store = Store::open(&config, &t.key(), &Ids::System, &t.tasks).await.unwrap();
        store.close().await;
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    });
}

/// A file and the row that names it, stored. Traced by the next test.
#[test]
fn an_upload() {
    on_sqlite(async |t| {
        let home = make::home(&t).await;
        let bytes = b"traced".to_vec();
        let hash = t.store.put_file(home.op.account, bytes, &Ids::System, t.clock.now()).await.unwrap();
        let version =
            robofy_store::assets::NewVersion { file_hash: Some(hash), ..make::version("text", &["p"]) };
        fresh(t.store.create_asset(&home.op, make::new_asset(&t, &home), version, nothing).await.unwrap());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_is_on_the_disk_before_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let run = std::process::Command::new("strace")
        .args(["-f", "-y", "-s", "400", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "sqlite_only::an_upload"])
        .output();
    let traced = run.as_ref().is_ok_and(|output| output.status.success());
    let calls = std::fs::read_to_string(&trace).unwrap_or_default();
    if !traced && calls.is_empty() {
        robofy_testkit::skip("strace is not there or may not trace");
        return;
    }
    assert!(traced, "{run:?}");
    let name =
        robofy_store::blobs::hash(b"traced").iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let calls: Vec<&str> = calls.lines().collect();
    let is_sync = |line: &str| line.contains("fsync(") || line.contains("fdatasync(");
    let after = |at: usize, what: &str, is: &dyn Fn(&str) -> bool| {
        let found = calls[at..].iter().position(|line| is(line));
        at + found.unwrap_or_else(|| panic!("no {what} after call {at}:\n{}", calls.join("\n")))
    };
    let written = after(0, "sync of the file", &|line| is_sync(line) && line.contains(&format!("{name}.")));
    let named = after(written, "rename", &|line| line.contains("rename") && line.contains(&name));
    let earlier =
        calls[..named].iter().filter(|line| line.contains("rename") && line.contains(&name)).count();
    assert_eq!(earlier, 0, "renamed before it was synced");
    let folder = format!("/files/[^>]*/{}>", &name[..2]);
    let (_, shard) = folder.rsplit_once('/').unwrap();
    let kept =
        after(named, "sync of its folder", &|line| is_sync(line) && line.contains(&format!("/{shard}")));
    let root = after(kept, "sync of the folder of files", &|line| is_sync(line) && line.contains("/files>"));
    after(root, "sync of the database's log", &|line| is_sync(line) && line.contains("robofy.db-wal"));
}

//! `migrate`, `keys` and `doctor` on a data folder.

use std::path::Path;

use robofy_kernel::{AccountId, Clock, Environment, Ids, KeyId, Op, Scopes, Tasks, UserId};
use robofy_store::accounts::NewAccount;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::users::SignUp;
use robofy_store::{KeySource, Store, StoreConfig};

use super::program::{robofy, text};

/// Runs the program on the folder `data` and gives what it printed; it must succeed.
pub fn well(folder: &Path, arguments: &[&str]) -> String {
    let output = robofy(folder, arguments, &[]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{arguments:?}: {}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Runs the program, which must fail, and gives its one line.
fn ill(folder: &Path, arguments: &[&str]) -> String {
    let output = robofy(folder, arguments, &[]);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr).lines().last().unwrap().to_owned()
}

async fn sign_up(folder: &Path, email: &str) {
    let data = folder.join("data");
    let (ids, clock) = (Ids::System, Clock::System);
    let config = StoreConfig::Sqlite { data_dir: data.clone() };
    let key = KeySource::FileOrNew(data.join("master.key"));
    let store = Store::open(&config, &key, &ids, &Tasks::new()).await.unwrap();
    let account_id = AccountId(ids.uuid_v7(clock.now()));
    let op = Op::system(account_id, clock, ids.clone());
    let wish = KeyWish {
        name: "Primary".into(),
        environment: Environment::Live,
        scopes: Scopes::everything(),
        expires_at: None,
    };
    let (_, primary_key) = store.new_api_key(&ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
    let account = NewAccount { account_id, name: "Test".into(), email: email.into(), company: None };
    let new = SignUp {
        account,
        user_id: UserId(op.uuid()),
        name: None,
        password_hash: "never checked here".into(),
        primary_key,
        only_first: false,
    };
    store.sign_up(&op, new, |()| (201, Vec::new())).await.unwrap().unwrap();
    store.close().await;
}

#[test]
fn migrate_makes_the_database_and_then_finds_nothing_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let newest = robofy_store::Migrations::newest();
    assert_eq!(well(folder.path(), &["migrate"]), format!("the database went from version 0 to {newest}\n"));
    assert_eq!(
        well(folder.path(), &["migrate"]),
        format!("the database is at version {newest}, nothing to do\n")
    );
}

#[test]
fn doctor_changes_nothing_and_follows_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let before = well(folder.path(), &["doctor", "--offline"]);
    assert!(before.contains("odd   database: there is none yet"), "{before}");
    assert!(!folder.path().join("data").exists());
    well(folder.path(), &["migrate"]);
    let after = well(folder.path(), &["doctor", "--offline"]);
    assert!(
        after.contains("good  database: opens") && after.contains("good  master key: ./data/master.key fits")
    );

    let key = folder.path().join("data/master.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::write(&key, "0".repeat(64)).unwrap();
    let output = robofy(folder.path(), &["doctor", "--offline"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("bad   master key: the master key does not fit this database"));
    assert!(ill(folder.path(), &["migrate"]).contains("does not fit this database"));

    std::fs::write(&key, kept).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(
        text(&robofy(folder.path(), &["doctor", "--offline"], &[]).stdout)
            .contains("bad   master key: others may")
    );

    std::fs::remove_file(&key).unwrap();
    assert!(ill(folder.path(), &["migrate"]).contains("restore it from your backup"));
    assert!(!key.exists(), "no new key for a database that has secrets");
}

#[test]
fn postgres_without_a_key_file_is_told_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let line = ill(folder.path(), &["migrate", "--database-url", "postgres://nobody@localhost/none"]);
    assert!(line.contains("--master-key-file") && line.contains("openssl rand -hex 32"), "{line}");
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(ill(folder, &["keys", "list"]).contains("there is no account yet"));
    sign_up(folder, "owner@example.com").await;

    let made = well(folder, &["keys", "create", "--name", "Shop", "--scopes", "chat,leads:read", "--json"]);
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    assert!(key.starts_with("rbf_live_"));
    let listed = well(folder, &["keys", "list"]);
    assert_eq!(listed.lines().count(), 2);
    assert!(
        listed.contains(&format!("{id}  {}…  chat,leads:read  never used  Shop", &key[..21])),
        "{listed}"
    );
    assert!(!listed.contains(key));

    well(folder, &["keys", "revoke", id]);
    assert!(!well(folder, &["keys", "list"]).contains(id));
    assert!(ill(folder, &["keys", "revoke", id]).contains("no such key"));
    let test_key = well(folder, &["keys", "create", "--name", "Trial", "--environment", "test"]);
    assert!(test_key.starts_with("rbf_test_"));
    assert_eq!(
        robofy(folder, &["keys", "create", "--name", "x", "--scopes", "fly"], &[]).status.code(),
        Some(2)
    );

    sign_up(folder, "second@example.com").await;
    assert!(ill(folder, &["keys", "list"]).contains("say whose keys with --email"));
    assert_eq!(well(folder, &["keys", "list", "--email", "second@example.com"]).lines().count(), 1);
    assert!(ill(folder, &["keys", "list", "--email", "third@example.com"]).contains("nobody has signed up"));
}

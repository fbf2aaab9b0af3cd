//! Facts of the server itself: which master key sealed this database, and the keys that sign client tokens.

use std::path::{Path, PathBuf};

use robofy_kernel::secret::Place;
use robofy_kernel::{Clock, Ids, MasterKey, Sealed, Timestamp};
use secrecy::SecretBox;
use sqlx::{PgPool, SqlitePool};

use crate::engine::Engine;
use crate::{Db, Lane, Result, Store, StoreError, Tx};

statements! {
    FIND_FACT = "SELECT value FROM server_facts WHERE name = $1";
    PUT_FACT = "INSERT INTO server_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    LOCK_FACT = "INSERT INTO server_facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    LIST_SIGNING_KEYS = "SELECT kid, sealed, created_at FROM signing_keys ORDER BY created_at DESC, kid DESC";
    PUT_SIGNING_KEY = "INSERT INTO signing_keys (kid, sealed, created_at) VALUES ($1, $2, $3) ON CONFLICT (kid) DO NOTHING";
    FORGET_SIGNING_KEYS = "DELETE FROM signing_keys WHERE created_at < $1 AND kid <> $2";
}

const CHECK: &str = "master_key_check";
const CHECK_PLACE: Place<'_> = Place { table: "server_facts", column: "value", row: CHECK };
const CHECK_TEXT: &[u8] = b"robofy";

/// Where the master key comes from.
#[derive(Debug)]
pub enum KeySource {
    /// This file, which must be there.
    File(PathBuf),
    /// This file; made (mode 0600) when the database is still empty.
    FileOrNew(PathBuf),
    /// This key. For tests, and for databases that are thrown away.
    Given(String),
}

/// Finds the master key and opens the sealed check value with it; an empty database gets its check value now.
pub(crate) async fn master_key(engine: &Engine, source: &KeySource, ids: &Ids) -> Result<MasterKey> {
    let check = find_check(engine.reader()).await?;
    let key = match source {
        KeySource::FileOrNew(path) if check.is_none() && !path.exists() => make_key(path, ids)?,
        KeySource::Given(_) | KeySource::File(_) | KeySource::FileOrNew(_) => present_key(source)?,
    };
    let check = match check {
        Some(check) => check,
        None => {
            let sealed = key.seal(ids, &CHECK_PLACE, CHECK_TEXT);
            engine
                .write(Lane::Conversation, move |mut tx| {
                    Box::pin(async move {
                        execute!(tx.conn(), PUT_FACT, CHECK, sealed)?;
                        // Another program may have been first: then its value counts.
                        Ok(fetch_one!(tx.conn(), (Sealed,), FIND_FACT, CHECK)?.0)
                    })
                })
                .await?
        }
    };
    open_check(&key, &check)?;
    Ok(key)
}

/// The sealed check value, once there is one.
pub(crate) async fn find_check(db: Db<&SqlitePool, &PgPool>) -> Result<Option<Sealed>> {
    Ok(fetch_optional!(db, (Sealed,), FIND_FACT, CHECK)?.map(|(check,)| check))
}

/// The key that is there already.
pub(crate) fn present_key(source: &KeySource) -> Result<MasterKey> {
    match source {
        KeySource::Given(text) => {
            MasterKey::from_text(text).map_err(|e| StoreError::MasterKey(e.to_string()))
        }
        KeySource::File(path) | KeySource::FileOrNew(path) => read_key(path),
    }
}

/// Whether the key is the one that sealed the check value.
pub(crate) fn open_check(key: &MasterKey, check: &Sealed) -> Result<()> {
    key.open(&CHECK_PLACE, check).map(|_| ()).map_err(|error| {
        StoreError::MasterKey(format!(
            "the master key does not fit this database ({error}); start with the key file that the database was made with"
        ))
    })
}

fn read_key(path: &Path) -> Result<MasterKey> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        StoreError::MasterKey(format!(
            "cannot read the master key file {} ({error}); this database's secrets are sealed with it: restore it from \
             your backup, or name it with --master-key-file",
            path.display()
        ))
    })?;
    MasterKey::from_text(&text).map_err(|error| StoreError::MasterKey(format!("{}: {error}", path.display())))
}

/// Makes the key file. It gets its name only when it is whole and on the disk, so nobody reads half a key, and of two
/// programs at once both use one.
fn make_key(path: &Path, ids: &Ids) -> Result<MasterKey> {
    let key = MasterKey::generate(ids);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = folder.join(format!(".master-key-{}", ids.alphanumeric(12)));
    let making = |what| StoreError::io(format!("{what} the master key file {}", path.display()));
    let written = write_key(&temporary, &key).map_err(making("writing"));
    let named = written.and_then(|()| match std::fs::hard_link(&temporary, path) {
        Ok(()) => Ok(true),
        // Another program made it a moment ago.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(making("making")(error)),
    });
    // It may not even have been made.
    let _removed = std::fs::remove_file(&temporary);
    if !named? {
        return read_key(path);
    }
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(making("keeping"))?;
    Ok(key)
}

fn write_key(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key.to_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Takes the lock under which the first account is made, until the unit ends.
pub(crate) async fn lock_first_account(tx: &mut Tx<'_>) -> Result<()> {
    execute!(tx.conn(), LOCK_FACT, "first_account_lock", b"".as_slice())?;
    Ok(())
}

/// A key that signs client tokens.
#[derive(Debug)]
pub struct SigningKey {
    /// The `kid` in a token's header.
    pub kid: String,
    /// 32 bytes.
    pub secret: SecretBox<Vec<u8>>,
    /// The newest key signs; older ones only verify.
    pub created_at: Timestamp,
}

impl Store {
    /// All signing keys, the newest first.
    ///
    /// # Errors
    /// When the database is away or a key does not open.
    pub async fn list_signing_keys(&self) -> Result<Vec<SigningKey>> {
        let rows = fetch_all!(self.reader(), (String, Sealed, Timestamp), LIST_SIGNING_KEYS)?;
        rows.into_iter()
            .map(|(kid, sealed, created_at)| {
                let open = self.master_key().open(&signing_place(&kid), &sealed);
                let secret =
                    open.map_err(|e| StoreError::Damaged { what: "signing key", detail: e.to_string() })?;
                Ok(SigningKey { kid, secret: SecretBox::new(Box::new(secret.to_vec())), created_at })
            })
            .collect()
    }

    /// Makes a new signing key: from now on it signs, and older ones verify what they signed.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn add_signing_key(&self, clock: &Clock, ids: &Ids) -> Result<()> {
        let kid = ids.alphanumeric(12);
        let sealed = self.master_key().seal(ids, &signing_place(&kid), &ids.bytes::<32>());
        let now = clock.now();
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), PUT_SIGNING_KEY, &kid, sealed, now)?;
                Ok(())
            })
        })
        .await
    }

    /// Forgets keys made before `before` (every token that they signed has expired), `keep` excepted.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget_signing_keys(&self, before: Timestamp, keep: String) -> Result<u64> {
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move { execute!(tx.conn(), FORGET_SIGNING_KEYS, before, &keep) })
        })
        .await
    }
}

const fn signing_place(kid: &str) -> Place<'_> {
    Place { table: "signing_keys", column: "sealed", row: kid }
}

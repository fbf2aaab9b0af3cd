//! API keys: a directory row for the look-up, a row in the account for the rest.

use std::time::Duration;

use robofy_kernel::secret::Place;
use robofy_kernel::{
    AccountId, ApiKey, ApiKeyHash, Environment, Ids, KeyId, Op, Page, PageRequest, Scopes, Sealed, Timestamp,
};

use crate::accounts::AccountStatus;
use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, Tx};

statements! {
    INSERT = "INSERT INTO api_keys (account_id, key_id, name, environment, scopes, public_part, secret_hash, sealed, is_primary, expires_at, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    INSERT_DIRECTORY = "INSERT INTO api_key_directory (public_part, account_id, key_id) VALUES ($1, $2, $3)";
    FIND_BY_PUBLIC = "SELECT k.account_id, k.key_id, k.name, k.environment, k.scopes, k.secret_hash, k.expires_at, k.revoked_at, k.last_used_at, a.status
                        FROM api_key_directory d
                        JOIN api_keys k ON k.account_id = d.account_id AND k.key_id = d.key_id
                        JOIN accounts a ON a.account_id = d.account_id
                       WHERE d.public_part = $1";
    LIST = "SELECT key_id, name, environment, scopes, public_part, is_primary, expires_at, revoked_at, last_used_at, created_at
              FROM api_keys
             WHERE account_id = $1 AND revoked_at IS NULL AND (created_at, key_id) > (COALESCE($2, -9223372036854775807), $3)
             ORDER BY created_at, key_id LIMIT $4";
    REVOKE = "UPDATE api_keys SET revoked_at = $3, sealed = NULL WHERE account_id = $1 AND key_id = $2 AND revoked_at IS NULL";
    REVOKE_PRIMARY = "UPDATE api_keys SET revoked_at = $2, sealed = NULL WHERE account_id = $1 AND is_primary AND revoked_at IS NULL";
    LOCK_ACCOUNT = "UPDATE accounts SET version = version + 1 WHERE account_id = $1";
    USED = "UPDATE api_keys SET last_used_at = $3 WHERE account_id = $1 AND key_id = $2 AND (last_used_at IS NULL OR last_used_at < $3)";
    FIND_PRIMARY = "SELECT key_id, sealed, public_part, environment FROM api_keys WHERE account_id = $1 AND is_primary AND revoked_at IS NULL";
}

/// The time of the last use is written at most this often.
const USED_EVERY: Duration = Duration::from_secs(60);

/// A key to be stored.
#[derive(Debug)]
pub struct NewApiKey {
    key_id: KeyId,
    name: String,
    environment: Environment,
    scopes: Scopes,
    public_part: String,
    hash: ApiKeyHash,
    sealed: Option<Sealed>,
    is_primary: bool,
    expires_at: Option<Timestamp>,
}

/// What the owner says of a new key.
#[derive(Clone, Debug)]
pub struct KeyWish {
    /// A name to know it by.
    pub name: String,
    /// Live or test.
    pub environment: Environment,
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A key as it is found by its public part. Whether it may be used is for the caller to judge.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// The account.
    pub account_id: AccountId,
    /// The key.
    pub key_id: KeyId,
    /// Its name.
    pub name: String,
    /// Live or test.
    pub environment: Environment,
    /// What it may do.
    pub scopes: Scopes,
    /// What the presented secret must hash to.
    pub hash: ApiKeyHash,
    /// When it ends or ended.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Whether the account may act.
    pub status: AccountStatus,
}

/// A key in a list: everything but the secret.
#[derive(Clone, Debug)]
pub struct ListedKey {
    /// The key.
    pub key_id: KeyId,
    /// Its name.
    pub name: String,
    /// Live or test.
    pub environment: Environment,
    /// What it may do.
    pub scopes: Scopes,
    /// The public part.
    pub public_part: String,
    /// Whether it is the primary key.
    pub is_primary: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl NewApiKey {
    /// The key's id.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The public part, shown in lists.
    #[must_use]
    pub fn public_part(&self) -> &str {
        &self.public_part
    }
}

impl FoundKey {
    /// Whether the last noted use is more than a minute ago.
    #[must_use]
    pub fn use_is_worth_noting(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|used| used <= now.before(USED_EVERY))
    }
}

impl Store {
    /// A new key for an account, and its row. A primary key is also kept sealed, unless `reveal` is off.
    #[must_use]
    pub fn new_api_key(
        &self,
        ids: &Ids,
        key_id: KeyId,
        wish: &KeyWish,
        primary: Option<Reveal>,
    ) -> (ApiKey, NewApiKey) {
        loop {
            let key = ApiKey::generate(ids, wish.environment);
            // A made key always has its parts; the loop only spares an unreachable error.
            if let Some(parts) = key.parts() {
                let sealed = (primary == Some(Reveal::On)).then(|| {
                    self.master_key().seal(ids, &sealed_place(&key_id.to_string()), key.reveal().as_bytes())
                });
                let row = NewApiKey {
                    key_id,
                    name: wish.name.clone(),
                    environment: wish.environment,
                    scopes: wish.scopes,
                    public_part: parts.public,
                    hash: parts.hash,
                    sealed,
                    is_primary: primary.is_some(),
                    expires_at: wish.expires_at,
                };
                return (key, row);
            }
        }
    }

    /// Stores a key.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn add_api_key(
        &self,
        op: &Op,
        new: NewApiKey,
        answer: impl FnOnce(&()) -> Answer + Send + 'static,
    ) -> Result<Once<()>> {
        let (account, now) = (op.account, op.now());
        let unit = unit(move |mut tx| Box::pin(async move { insert(&mut tx, account, &new, now).await }));
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// The key with this public part.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_api_key(&self, public_part: &str) -> Result<Option<FoundKey>> {
        let row = fetch_optional!(self.reader(), FoundRow, FIND_BY_PUBLIC, public_part)?;
        row.map(FoundRow::into_key).transpose()
    }

    /// Notes that a key was used, at most once a minute.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn note_api_key_used(&self, key: &FoundKey, now: Timestamp) -> Result<()> {
        if !key.use_is_worth_noting(now) {
            return Ok(());
        }
        let (account, id) = (key.account_id, key.key_id);
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), USED, account, id, now)?;
                Ok(())
            })
        })
        .await
    }

    /// The account's keys that are not revoked, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_api_keys(
        &self,
        account: AccountId,
        page: &PageRequest<(i64, KeyId)>,
    ) -> Result<Page<ListedKey, (i64, KeyId)>> {
        let (after_time, after_id) = page.after.unzip();
        let rows = fetch_all!(self.reader(), ListedRow, LIST, account, after_time, after_id, page.size + 1)?;
        let keys = rows.into_iter().map(ListedRow::into_key).collect::<Result<Vec<_>>>()?;
        Ok(Page::of(keys, page.size, |key| (key.created_at.micros(), key.key_id)))
    }

    /// Revokes a key at once. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn revoke_api_key(&self, op: &Op, key: KeyId) -> Result<bool> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move { Ok(execute!(tx.conn(), REVOKE, account, key, now)? > 0) })
        })
        .await
    }

    /// Puts a new primary key in the place of the present one, which is revoked.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn replace_primary_key(&self, op: &Op, new: NewApiKey) -> Result<()> {
        let (account, now) = (op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                // Under the account's lock, so that of two at once the second sees the first one's key.
                execute!(tx.conn(), LOCK_ACCOUNT, account)?;
                execute!(tx.conn(), REVOKE_PRIMARY, account, now)?;
                insert(&mut tx, account, &new, now).await
            })
        })
        .await
    }

    /// The primary key, opened; `None` when there is none or it was not kept.
    ///
    /// # Errors
    /// When the database is away or the sealed value is damaged.
    pub async fn reveal_primary_key(&self, account: AccountId) -> Result<Option<ApiKey>> {
        let row = fetch_optional!(self.reader(), (KeyId, Option<Sealed>), FIND_PRIMARY, account)?;
        let Some((key_id, Some(sealed))) = row else { return Ok(None) };
        let damaged = |detail: String| StoreError::Damaged { what: "primary key", detail };
        let plain = self
            .master_key()
            .open(&sealed_place(&key_id.to_string()), &sealed)
            .map_err(|error| damaged(error.to_string()))?;
        let text = String::from_utf8(plain.to_vec()).map_err(|_| damaged("not text".into()))?;
        Ok(Some(ApiKey::from_text(text)))
    }
}

/// Whether a primary key is kept so that it can be shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// Kept sealed.
    On,
    /// Shown once.
    Off,
}

pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    account: AccountId,
    new: &NewApiKey,
    now: Timestamp,
) -> Result<()> {
    execute!(
        tx.conn(),
        INSERT,
        account,
        new.key_id,
        &new.name,
        new.environment,
        new.scopes.to_column(),
        &new.public_part,
        &new.hash,
        &new.sealed,
        new.is_primary,
        new.expires_at,
        now
    )?;
    execute!(tx.conn(), INSERT_DIRECTORY, &new.public_part, account, new.key_id)?;
    Ok(())
}

const fn sealed_place(row: &str) -> Place<'_> {
    Place { table: "api_keys", column: "sealed", row }
}

fn scopes(column: &str) -> Result<Scopes> {
    Scopes::from_column(column)
        .map_err(|e| StoreError::Damaged { what: "scopes of an API key", detail: e.to_string() })
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    account_id: AccountId,
    key_id: KeyId,
    name: String,
    environment: Environment,
    scopes: String,
    secret_hash: ApiKeyHash,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    status: AccountStatus,
}

impl FoundRow {
    fn into_key(self) -> Result<FoundKey> {
        Ok(FoundKey {
            account_id: self.account_id,
            key_id: self.key_id,
            name: self.name,
            environment: self.environment,
            scopes: scopes(&self.scopes)?,
            hash: self.secret_hash,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            last_used_at: self.last_used_at,
            status: self.status,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    key_id: KeyId,
    name: String,
    environment: Environment,
    scopes: String,
    public_part: String,
    is_primary: bool,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl ListedRow {
    fn into_key(self) -> Result<ListedKey> {
        Ok(ListedKey {
            key_id: self.key_id,
            name: self.name,
            environment: self.environment,
            scopes: scopes(&self.scopes)?,
            public_part: self.public_part,
            is_primary: self.is_primary,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            created_at: self.created_at,
        })
    }
}

//! What the program does by itself, across accounts: sweeping and taking stock. Never called by a request.

use std::path::{Path, PathBuf};
use std::time::Duration;

use robofy_kernel::{AccountId, AssetId, Environment, MessageId, ResourceId, SessionKey, Timestamp};

use crate::blobs::{Blobs, blocking};
use crate::booking::HOLD_REMEMBERED;
use crate::once::REMEMBERED;
use crate::statistics::deltas;
use crate::{Lane, Result, Store, StoreError, blobs, logins};

statements! {
    FORGET_KEYS = "DELETE FROM idempotency_keys WHERE created_at < $1";
    FORGET_LOGINS = "DELETE FROM login_sessions WHERE last_seen_at < $1 OR created_at < $2";
    SWEEP_ASSETS = "DELETE FROM assets WHERE version = 0 AND created_at < $1";
    // Looked for by a reader, so that the writer only deletes.
    LEFT_VERSIONS = "SELECT v.account_id, v.asset_id, v.version FROM asset_versions v
                       JOIN assets a ON a.account_id = v.account_id AND a.asset_id = v.asset_id
                      WHERE v.created_at < $1 AND v.version > a.version LIMIT 200";
    SWEEP_VERSION = "DELETE FROM asset_versions WHERE account_id = $1 AND asset_id = $2 AND version = $3
                        AND version > (SELECT a.version FROM assets a WHERE a.account_id = asset_versions.account_id AND a.asset_id = asset_versions.asset_id)";
    LEFT_SEGMENTS = "SELECT DISTINCT s.account_id, s.asset_id, s.version FROM segments s
                       JOIN assets a ON a.account_id = s.account_id AND a.asset_id = s.asset_id
                      WHERE s.version < a.version LIMIT 200";
    SWEEP_SEGMENTS = "DELETE FROM segments WHERE account_id = $1 AND asset_id = $2 AND version = $3
                         AND version < (SELECT a.version FROM assets a WHERE a.account_id = segments.account_id AND a.asset_id = segments.asset_id)";
    // A site's last run tells how it was read.
    SWEEP_RUNS = "DELETE FROM crawl_runs WHERE status <> 'crawling' AND started_at < $1
                     AND EXISTS (SELECT 1 FROM crawl_runs n WHERE n.account_id = crawl_runs.account_id AND n.site_id = crawl_runs.site_id
                                                            AND n.started_at > crawl_runs.started_at)";
    SWEEP_FILES = "DELETE FROM file_pieces WHERE created_at < $1
                      AND NOT EXISTS (SELECT 1 FROM asset_versions v WHERE v.account_id = file_pieces.account_id AND v.file_hash = file_pieces.file_hash)";
    // Past blocks keep nobody out. Their bookings stay.
    SWEEP_BLOCKS = "DELETE FROM booking_blocks WHERE until_at < $1";
    EXPIRED_HOLDS = "SELECT DISTINCT account_id, environment, resource_id FROM booking_holds
                      WHERE expires_at < $1 ORDER BY account_id, environment, resource_id LIMIT 1000";
    IS_NAMED = "SELECT version FROM asset_versions WHERE account_id = $1 AND file_hash = $2 LIMIT 1";
    INTERRUPT_ALL = "UPDATE turns SET status = 'interrupted', finished_at = $1 WHERE status = 'running' RETURNING account_id, session_key, number, run";
    // A session that is taken has a running turn, and of these there is an index: sessions are many, and this is asked
    // every few seconds.
    FREE_ALL = "UPDATE chat_sessions SET running_message_id = NULL, running_until = NULL
                 WHERE (account_id, session_key) IN (SELECT account_id, session_key FROM turns WHERE status = 'running')";
    FREE_EXPIRED = "UPDATE chat_sessions SET running_message_id = NULL, running_until = NULL
                     WHERE running_until < $1 AND (account_id, session_key) IN (SELECT account_id, session_key FROM turns WHERE status = 'running')
                    RETURNING account_id, session_key";
    STOPS = "SELECT account_id, message_id, run FROM turn_stops WHERE requested_at > $1";
    FORGET_STOPS = "DELETE FROM turn_stops WHERE requested_at <= $1";
    INTERRUPT = "UPDATE turns SET status = 'interrupted', finished_at = $3 WHERE account_id = $1 AND session_key = $2 AND status = 'running'
                 RETURNING account_id, session_key, number, run";
}

/// A turn that was running: account, session, number and run.
type Lost = (AccountId, SessionKey, i64, i64);

/// A request to stop a turn counts for so long.
pub const STOP_COUNTS: Duration = Duration::from_secs(60);

/// What nobody names is kept this long, since it may belong to something that is just being stored.
pub const GRACE: Duration = Duration::from_secs(60 * 60);

impl Store {
    /// Removes what has outlived its use: idempotency keys after 24 hours, ended dashboard sessions, staged versions that
    /// were never published, segments of versions that are served no more, files that no version names, holds that
    /// ended an hour ago, what past bookings occupied, runs of crawls after 90 days, and jobs that ended a week ago.
    ///
    /// # Errors
    /// When the database or the disk refuses.
    pub async fn sweep(&self, now: Timestamp) -> Result<()> {
        let old = now.before(GRACE);
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), FORGET_KEYS, now.before(REMEMBERED))?;
                execute!(tx.conn(), FORGET_LOGINS, now.before(logins::IDLE), now.before(logins::LONGEST))?;
                execute!(tx.conn(), SWEEP_ASSETS, old)?;
                execute!(tx.conn(), SWEEP_RUNS, now.before(RUNS_KEPT))?;
                execute!(tx.conn(), SWEEP_BLOCKS, now.before(PAST))?;
                Ok(())
            })
        })
        .await?;
        self.sweep_versions(old).await?;
        let expired = now.before(HOLD_REMEMBERED);
        let calendars =
            fetch_all!(self.reader(), (AccountId, Environment, ResourceId), EXPIRED_HOLDS, expired)?;
        for (account, environment, resource) in calendars {
            self.sweep_holds(account, environment, resource, now).await?;
        }
        self.sweep_jobs(now).await?;
        match self.blob_seam() {
            Blobs::Rows => {
                self.write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move { execute!(tx.conn(), SWEEP_FILES, old) })
                })
                .await?;
                Ok(())
            }
            Blobs::Files(root) => {
                let root = root.clone();
                for (account, hash, path) in blocking(move || old_files(&root, old)).await? {
                    let named = match &hash {
                        Some(hash) => {
                            fetch_optional!(self.reader(), (i64,), IS_NAMED, account, hash)?.is_some()
                        }
                        None => false,
                    };
                    if !named {
                        blocking(move || blobs::remove_old(&path, old)).await?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Removes versions that were staged before `old` and never published, and segments that are served no more, some in a
    /// unit.
    async fn sweep_versions(&self, old: Timestamp) -> Result<()> {
        type Named = (AccountId, AssetId, i64);
        for sweep in [SWEEP_VERSION, SWEEP_SEGMENTS] {
            loop {
                let left = if sweep == SWEEP_VERSION {
                    fetch_all!(self.reader(), Named, LEFT_VERSIONS, old)?
                } else {
                    fetch_all!(self.reader(), Named, LEFT_SEGMENTS)?
                };
                let swept = self.write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move {
                        let mut swept = 0;
                        for (account, asset, version) in left {
                            swept += execute!(tx.conn(), sweep, account, asset, version)?;
                        }
                        Ok(swept)
                    })
                });
                if swept.await? == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Marks turns as interrupted that nobody runs any more. With SQLite one process owns the data, so at its start
    /// (`at_start`) that is every running turn; with PostgreSQL those whose node has broken its promise. Old requests to stop a
    /// turn are forgotten with them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn interrupt_lost_turns(&self, now: Timestamp, at_start: bool) -> Result<u64> {
        let all = at_start && self.is_single_node();
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                execute!(tx.conn(), FORGET_STOPS, now.before(STOP_COUNTS))?;
                let mut turns: Vec<Lost> = Vec::new();
                if all {
                    execute!(tx.conn(), FREE_ALL)?;
                    turns = fetch_all!(tx.conn(), Lost, INTERRUPT_ALL, now)?;
                } else {
                    // The sessions' locks first, as everywhere.
                    for (account, session) in
                        fetch_all!(tx.conn(), (AccountId, SessionKey), FREE_EXPIRED, now)?
                    {
                        turns.extend(fetch_all!(tx.conn(), Lost, INTERRUPT, account, session, now)?);
                    }
                }
                for (account, session, number, run) in &turns {
                    deltas::turn_ended(&mut tx, *account, *session, (*number, *run)).await?;
                }
                Ok(u64::try_from(turns.len()).unwrap_or(u64::MAX))
            })
        })
        .await
    }

    /// The turns that somebody wants stopped, and which run of each.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn turns_to_stop(&self, now: Timestamp) -> Result<Vec<(AccountId, MessageId, i64)>> {
        fetch_all!(self.reader(), (AccountId, MessageId, i64), STOPS, now.before(STOP_COUNTS))
    }
}

/// Runs of crawls are kept so long, and a site's last for ever.
const RUNS_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// What a booking occupied is kept so long after it is over: clocks of nodes differ.
const PAST: Duration = Duration::from_secs(24 * 60 * 60);

type FoundFile = (AccountId, Option<Vec<u8>>, PathBuf);

/// Files written before `old`, with the hash that their name says; a temporary file has none. Whatever else somebody
/// put there is let be.
fn old_files(root: &Path, old: Timestamp) -> Result<Vec<FoundFile>> {
    let mut found = Vec::new();
    for account in entries(root)? {
        let Some(id) = account.file_name().and_then(|name| name.to_str()?.parse::<AccountId>().ok()) else {
            continue;
        };
        for folder in entries(&account)? {
            for path in entries(&folder)?.into_iter().filter(|path| path.is_file()) {
                // A file that has gone since it was listed is nobody's worry.
                if blobs::modified(&path).is_ok_and(|time| time < old) {
                    let hash = path.file_name().and_then(|name| from_hex(name.to_str()?));
                    found.push((id, hash, path));
                }
            }
        }
    }
    Ok(found)
}

/// What is in a folder; nothing when it is none.
fn entries(path: &Path) -> Result<Vec<PathBuf>> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    match std::fs::read_dir(path) {
        Ok(entries) => {
            let entries: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
            entries.map_err(StoreError::io(format!("listing {}", path.display())))
        }
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(StoreError::io(format!("listing {}", path.display()))(error)),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let valid = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    valid.then(|| (0..32).filter_map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect())
}

/// Where a file of this hash lies, for tests that look at the disk.
#[must_use]
pub fn file_path(data_dir: &Path, account: AccountId, hash: &[u8]) -> PathBuf {
    blobs::path(&data_dir.join("files"), account, hash)
}

//! File bytes behind one seam, by SHA-256.
//!
//! With SQLite they lie below the data folder: written to a temporary file, synced, renamed, the folder synced, and only
//! then is the row committed that names them. With PostgreSQL they lie in rows of at most 256 KiB, so that no node needs
//! another's disk. What no version names is swept after an hour (see [`crate::maintenance`]).

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use robofy_kernel::{AccountId, Ids, Timestamp};
use sha2::{Digest, Sha256};

use crate::{Lane, Result, Store, StoreError};

statements! {
    PUT_PIECE = "INSERT INTO file_pieces (account_id, file_hash, piece, body, created_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (account_id, file_hash, piece) DO UPDATE SET created_at = excluded.created_at";
    GET_PIECES = "SELECT body FROM file_pieces WHERE account_id = $1 AND file_hash = $2 ORDER BY piece";
}

/// The largest piece of a file in a row.
const PIECE: usize = 256 * 1024;

/// Where file bytes are.
#[derive(Clone, Debug)]
pub enum Blobs {
    /// Below this folder.
    Files(PathBuf),
    /// In rows.
    Rows,
}

/// A file's SHA-256.
#[must_use]
pub fn hash(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

impl Blobs {
    pub(crate) fn files(data_dir: &Path) -> Self {
        Self::Files(data_dir.join("files"))
    }
}

impl Store {
    /// Keeps a file's bytes and gives their hash. When this returns they are on the disk.
    ///
    /// # Errors
    /// When the disk or the database refuses.
    pub async fn put_file(
        &self,
        account: AccountId,
        bytes: Vec<u8>,
        ids: &Ids,
        now: Timestamp,
    ) -> Result<Vec<u8>> {
        let hash = hash(&bytes);
        match self.blob_seam() {
            Blobs::Files(root) => {
                let path = path(root, account, &hash);
                let temporary = path.with_extension(ids.alphanumeric(12));
                blocking(move || write_file(&path, &temporary, &bytes)).await?;
            }
            Blobs::Rows => {
                // An empty file has one piece too, or it would not be there.
                let pieces = bytes.chunks(PIECE).chain(bytes.is_empty().then_some(&[][..]));
                for (number, piece) in pieces.enumerate() {
                    let (hash, piece, number) =
                        (hash.clone(), piece.to_vec(), i64::try_from(number).unwrap_or(i64::MAX));
                    self.write(Lane::Ingestion, move |mut tx| {
                        Box::pin(async move {
                            execute!(tx.conn(), PUT_PIECE, account, hash, number, piece, now)?;
                            Ok(())
                        })
                    })
                    .await?;
                }
            }
        }
        Ok(hash)
    }

    /// A file's bytes; `None` when they are not there.
    ///
    /// # Errors
    /// When the disk or the database refuses, or the bytes are not what was kept.
    pub async fn get_file(&self, account: AccountId, file_hash: &[u8]) -> Result<Option<Vec<u8>>> {
        let bytes = match self.blob_seam() {
            Blobs::Files(root) => {
                let path = path(root, account, file_hash);
                blocking(move || match std::fs::read(&path) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(StoreError::io(format!("reading {}", path.display()))(error)),
                })
                .await?
            }
            Blobs::Rows => {
                let rows = fetch_all!(self.reader(), (Vec<u8>,), GET_PIECES, account, file_hash)?;
                (!rows.is_empty()).then(|| rows.into_iter().flat_map(|row| row.0).collect())
            }
        };
        match bytes {
            Some(bytes) if hash(&bytes) != file_hash => {
                Err(StoreError::Damaged { what: "file", detail: "its bytes do not have their hash".into() })
            }
            found => Ok(found),
        }
    }
}

/// `files/<account>/<first two digits>/<hash>`
pub(crate) fn path(root: &Path, account: AccountId, hash: &[u8]) -> PathBuf {
    let name = hash.iter().fold(String::with_capacity(64), |name, byte| name + &format!("{byte:02x}"));
    root.join(account.to_string()).join(name.get(..2).unwrap_or("00")).join(&name)
}

/// Keeps a file that was old, and has just been written again, from being swept as old.
static SWEEPING: RwLock<()> = RwLock::new(());

/// Removes a file that is still as old as it was found to be.
pub(crate) fn remove_old(path: &Path, old: Timestamp) -> Result<()> {
    let _alone = SWEEPING.write().unwrap_or_else(PoisonError::into_inner);
    let removed = match modified(path) {
        Ok(time) if time < old => std::fs::remove_file(path),
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io(format!("removing {}", path.display()))(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// When a file was written.
pub(crate) fn modified(path: &Path) -> std::io::Result<Timestamp> {
    let time = std::fs::metadata(path)?.modified()?;
    let age = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::from_micros(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)))
}

fn write_file(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(path);
    let result = (|| {
        std::fs::create_dir_all(folder)?;
        let mut file = std::fs::File::create(temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        {
            // A sweep looks at the file's age and removes it in one step.
            let _kept = SWEEPING.read().unwrap_or_else(PoisonError::into_inner);
            std::fs::rename(temporary, path)?;
        }
        // The name is only safe when its folder is, and a folder only when its own parents are: account, files, data.
        for folder in folder.ancestors().take(4) {
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    })();
    result.map_err(StoreError::io(format!("writing {}", path.display())))
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(StoreError::Panicked))
}

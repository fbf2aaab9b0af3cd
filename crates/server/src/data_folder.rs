//! The data folder: made when missing, readable by its owner only, locked by the server that uses it.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Keeps the folder for one server. The lock ends with the process, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Makes the folder, for its owner only, if it is not there.
pub fn make(folder: &Path) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(|| {
        format!("cannot make the data folder {}; give --data-dir a place you may write", folder.display())
    })
}

/// Takes the folder for this process, or says who has it.
pub fn lock(folder: &Path) -> anyhow::Result<Lock> {
    let (path, file) = open(folder, "lock")?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => bail!(
            "another server uses the data folder {}; stop it, or give --data-dir another folder",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}; is it on a network drive?", path.display()))
        }
    }
}

/// Waits until no other `quickstart` works in the folder, and keeps it from others until the lock is dropped: what
/// one has made, the next one finds. Unlike [`lock`], it does not keep a server out.
pub fn take_turn(folder: &Path) -> anyhow::Result<Lock> {
    let (path, file) = open(folder, "quickstart.lock")?;
    file.lock().with_context(|| format!("cannot lock {}; is it on a network drive?", path.display()))?;
    Ok(Lock { _file: file })
}

/// A file to lock, made when it is missing.
fn open(folder: &Path, name: &str) -> anyhow::Result<(PathBuf, File)> {
    let path = folder.join(name);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}; the data folder must be writable", path.display()))?;
    Ok((path, file))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_serves_one_server_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        make(&folder).unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        let first = lock(&folder).unwrap();
        assert!(lock(&folder).unwrap_err().to_string().starts_with("another server uses"));
        drop(first);
        lock(&folder).unwrap();
    }
}

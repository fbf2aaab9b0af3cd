//! Real pages and files, written by others. They are read where they lie.

use std::path::{Path, PathBuf};

/// The folder of real cases: `ROBOFY_CASES`, or `../shared/data` beside the repository. `None` when it is not there.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ROBOFY_CASES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// The folder of long documents that `scripts/documents` filled: `ROBOFY_DOCUMENTS`. `None` when it is not there.
#[must_use]
pub fn documents() -> Option<PathBuf> {
    std::env::var_os("ROBOFY_DOCUMENTS").map(PathBuf::from).filter(|folder| folder.is_dir())
}

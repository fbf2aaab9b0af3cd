//! Real cases, written by others. They are read where they lie and never copied into the repository.

use std::path::{Path, PathBuf};

use crate::skip;

/// Where the cases are: `ROBOFY_CASES`, or `../shared/data` beside the repository. It need not be there; see [`case`].
#[must_use]
pub fn cases_dir() -> PathBuf {
    std::env::var_os("ROBOFY_CASES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
}

/// One file or folder among the cases. When it is not there the test is noted as skipped, and should return.
#[must_use]
pub fn case(path: &str) -> Option<PathBuf> {
    let found = cases_dir().join(path);
    if found.exists() {
        return Some(found);
    }
    skip(&format!("{} is not there (set ROBOFY_CASES)", found.display()));
    None
}

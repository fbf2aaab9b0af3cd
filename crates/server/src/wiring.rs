//! What answers questions, put together over an open store.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use robofy_agent::builtin::BuiltIn;
use robofy_agent::{StreamLimits, Turns};
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig};

use crate::opening::Opened;

/// The knowledge of all agents, its files read by this very program as a child.
///
/// # Errors
/// When the system gives no more threads.
pub fn library(opened: &Opened) -> anyhow::Result<Library> {
    let config = ExtractorConfig::new(this_program()?, vec!["extract".into()]);
    let Opened { store, tasks, .. } = opened;
    Library::new(store.clone(), Extractor::new(config), tasks.clone(), LibraryConfig::default())
        .context("cannot start the indexing threads; raise the limit of processes")
}

/// Turns over that knowledge, answered by the built-in answerer.
pub fn turns(opened: &Opened, library: &Library, limits: StreamLimits) -> Turns {
    let answerer = Arc::new(BuiltIn::new(library.clone()));
    Turns::new(opened.store.clone(), opened.tasks.clone(), answerer, limits)
}

/// The file of this program. On Linux the running one, even after a newer one was put in its place.
fn this_program() -> anyhow::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().context("cannot find this program's own file")
}

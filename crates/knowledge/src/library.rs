//! The library: what ties extraction, chunks, segments and search to the store.
//!
//! [`Library::teach`] takes a source in; once it returns, [`Library::search`] finds it, on every node that reads the
//! agent's head afterwards. [`Library::index`] gives an agent's index as of a content version, from the cache where it
//! is up to date.

mod build;
mod cache;
mod error;
mod load;
mod pages;
mod params;
mod rechunk;
mod teach;
mod workers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use robofy_kernel::{AssetId, Op, ProjectId, Tasks};
use robofy_store::Store;
use robofy_store::agents::Agent;

pub use cache::Snapshot;
pub use error::LibraryError;
pub use pages::WebSource;
pub use params::Params;
pub use teach::{Answer, FileSource, Replaced, Source, Taught, TextSource};

use crate::extract::Extractor;
use crate::search::{Found, Query};

/// How much a [`Library`] may take.
#[derive(Clone, Copy, Debug)]
pub struct LibraryConfig {
    /// Bytes of indexes kept in memory.
    pub cache_bytes: usize,
    /// Threads for chunking, indexing and merging.
    pub threads: usize,
}

impl Default for LibraryConfig {
    /// 256 MiB of indexes, and half of the processors.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { cache_bytes: 256 * 1024 * 1024, threads: processors.div_ceil(2) }
    }
}

/// The knowledge of all agents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Library(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    extractor: Extractor,
    tasks: Tasks,
    cache: cache::Cache,
    workers: workers::Workers,
    /// Agents whose sources are being cut anew, and whether that is to be looked at once more.
    rechunking: Mutex<HashMap<cache::Key, bool>>,
}

impl Library {
    /// A library with an empty cache.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn new(
        store: Store,
        extractor: Extractor,
        tasks: Tasks,
        config: LibraryConfig,
    ) -> std::io::Result<Self> {
        Ok(Self(Arc::new(Inner {
            store,
            extractor,
            tasks,
            cache: cache::Cache::new(config.cache_bytes),
            workers: workers::Workers::start(config.threads)?,
            rechunking: Mutex::default(),
        })))
    }

    /// Computes something that nobody waits for, on the indexing threads: they are few and of low priority.
    ///
    /// # Errors
    /// [`LibraryError::Stopped`] when it panicked.
    pub async fn compute<T: Send + 'static>(
        &self,
        slice: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LibraryError> {
        self.0.workers.run(slice).await
    }

    /// What reads files and pages.
    #[must_use]
    pub fn extractor(&self) -> &Extractor {
        &self.0.extractor
    }

    /// The store below.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Searches an agent's knowledge as of a content version.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn search(
        &self,
        op: &Op,
        agent: &Agent,
        content_version: i64,
        query: &Query,
        limit: usize,
    ) -> Result<Found, LibraryError> {
        Ok(self.index(op, agent, content_version).await?.index.search(query, limit))
    }

    /// The text of an asset's version (`None` = the present one), with the version's number.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read_text(
        &self,
        op: &Op,
        project: ProjectId,
        asset: AssetId,
        version: Option<i64>,
    ) -> Result<Option<(i64, String)>, LibraryError> {
        let Some(present) = self.0.store.find_asset(op.account, project, asset).await? else {
            return Ok(None);
        };
        // A number beyond the present one may be staged; nobody may see it yet.
        let version = version.unwrap_or(present.version);
        if version > present.version {
            return Ok(None);
        }
        let text = self.0.store.read_whole_text(op.account, asset, version).await?;
        Ok(text.map(|text| (version, text)))
    }

    /// Bytes of the indexes in memory.
    #[must_use]
    pub fn cached_bytes(&self) -> usize {
        self.0.cache.bytes()
    }

    /// How many indexes are in memory.
    #[must_use]
    pub fn cached_indexes(&self) -> usize {
        self.0.cache.len()
    }
}

//! The store as the options name it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use robofy_kernel::{Clock, Ids, Tasks};
use robofy_store::{KeySource, Store, StoreConfig};

use crate::config::Settings;
use crate::data_folder;

/// The master key's name in the data folder.
const KEY_FILE: &str = "master.key";
/// One node's share of the server's connections; PostgreSQL allows 100 unless told otherwise.
const CONNECTIONS: u32 = 20;

/// Where the data is, and the key that it is sealed with.
#[derive(Debug)]
pub struct Place {
    /// The engine and its address.
    pub config: StoreConfig,
    /// The master key.
    pub key: KeySource,
}

/// An open store, with what everything in the program takes along.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The wall clock.
    pub clock: Clock,
    /// The source of ids.
    pub ids: Ids,
    /// Background work.
    pub tasks: Tasks,
}

impl Place {
    /// Reads it from the options.
    ///
    /// # Errors
    /// When they contradict each other, or PostgreSQL comes without a key file.
    pub fn of(settings: &Settings) -> anyhow::Result<Self> {
        let Some(url) = settings.database()? else {
            let key = match &settings.master_key_file {
                Some(file) => KeySource::FileOrNew(file.clone()),
                None => KeySource::FileOrNew(settings.data_dir.join(KEY_FILE)),
            };
            return Ok(Self { config: StoreConfig::Sqlite { data_dir: settings.data_dir.clone() }, key });
        };
        let Some(file) = &settings.master_key_file else {
            anyhow::bail!(
                "PostgreSQL needs --master-key-file, the same key on every node; \
                 make one with: (umask 077; openssl rand -hex 32 > master.key)"
            );
        };
        let config = StoreConfig::Postgres { url: url.expose().to_owned(), max_connections: CONNECTIONS };
        Ok(Self { config, key: KeySource::File(file.clone()) })
    }

    /// The data folder, unless the data is in PostgreSQL.
    pub fn folder(&self) -> Option<&Path> {
        match &self.config {
            StoreConfig::Sqlite { data_dir } => Some(data_dir),
            StoreConfig::Postgres { .. } => None,
        }
    }

    /// The master key's file.
    pub fn key_file(&self) -> Option<&PathBuf> {
        match &self.key {
            KeySource::File(path) | KeySource::FileOrNew(path) => Some(path),
            KeySource::Given(_) => None,
        }
    }

    /// Opens the store; the data folder is made when it is missing, the schema brought up to date.
    ///
    /// # Errors
    /// When the folder cannot be made or the store does not open.
    pub async fn open(&self) -> anyhow::Result<Opened> {
        if let Some(folder) = self.folder() {
            data_folder::make(folder)?;
        }
        let (clock, ids, tasks) = (Clock::System, Ids::System, Tasks::new());
        let store = Store::open(&self.config, &self.key, &ids, &tasks)
            .await
            .context("cannot open the database; `robofy doctor` looks closer")?;
        Ok(Opened { store, clock, ids, tasks })
    }
}

//! What a proof runs on, made for it and removed after it: a folder, with PostgreSQL a schema of its own, a master key,
//! and an account with a live key.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use robofy_kernel::{AccountId, Ids, MasterKey, Op, ProjectId};
use robofy_store::api_keys::Reveal;
use robofy_store::scratch::ScratchSchema;
use robofy_store::{KeySource, StoreConfig};
use tempfile::TempDir;

use crate::config::Settings;
use crate::founding::{self, Founder};
use crate::opening::Place;

/// Connections of the founding; the servers have their own.
const CONNECTIONS: u32 = 4;

/// The ground of a proof.
#[derive(Debug)]
pub struct Ground {
    folder: TempDir,
    key_file: PathBuf,
    schema: Option<ScratchSchema>,
}

/// Who proves.
#[derive(Debug)]
pub struct Founded {
    /// The project.
    pub project: ProjectId,
    /// A live key that may do everything.
    pub api_key: String,
}

impl Ground {
    /// Makes folder, key and, when the options name a database, a schema in it.
    pub async fn make(settings: &Settings, ids: &Ids) -> anyhow::Result<Self> {
        let folder =
            tempfile::tempdir().context("cannot make a temporary folder; make room or set TMPDIR")?;
        let key_file = folder.path().join("proof.key");
        let mut file = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&key_file)?;
        writeln!(file, "{}", *MasterKey::generate(ids).to_text()).context("cannot write the proof's key")?;
        let schema = match settings.database()? {
            None => None,
            Some(url) => {
                match ScratchSchema::create(url.expose(), ids).await.context("cannot make a schema")? {
                    Ok(schema) => Some(schema),
                    Err(occupied) => bail!(
                        "{} is not empty (it has {}); name an empty database: the proof never touches one that is in use",
                        url.place(),
                        occupied.relation
                    ),
                }
            }
        };
        Ok(Self { folder, key_file, schema })
    }

    /// How many processes serve on it: PostgreSQL is shared, a data folder has one.
    pub fn nodes(&self) -> usize {
        if self.schema.is_some() { 3 } else { 1 }
    }

    /// The engine's name.
    pub fn engine(&self) -> &'static str {
        if self.schema.is_some() { "postgresql" } else { "sqlite" }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The options of the servers. The address may hold a password, so none of it is a flag.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut options = vec![
            ("ROBOFY_DATA_DIR", self.data_folder().into_os_string()),
            ("ROBOFY_MASTER_KEY_FILE", self.key_file.clone().into_os_string()),
        ];
        if let Some(schema) = &self.schema {
            options.push(("ROBOFY_DATABASE_URL", schema.url().into()));
        }
        options
    }

    /// Makes an account whose owner cannot log in, and a project.
    pub async fn found(&self) -> anyhow::Result<Founded> {
        let config = match &self.schema {
            Some(schema) => {
                StoreConfig::Postgres { url: schema.url().to_owned(), max_connections: CONNECTIONS }
            }
            None => StoreConfig::Sqlite { data_dir: self.data_folder() },
        };
        let opened = Place { config, key: KeySource::File(self.key_file.clone()) }.open().await?;
        let account = AccountId(opened.ids.uuid_v7(opened.clock.now()));
        let op = Op::system(account, opened.clock.clone(), opened.ids.clone());
        let founder = Founder { email: "proof@localhost", password_hash: String::new(), reveal: Reveal::Off };
        let key = founding::found_account(&opened.store, &op, founder).await?;
        let project = founding::found_project(&opened.store, &op, "Proof").await?;
        founding::found_agent(&opened.store, &op, project, "Proof").await?;
        opened.store.close().await;
        Ok(Founded { project, api_key: key.reveal().to_owned() })
    }

    /// Removes everything. The servers have ended.
    pub async fn remove(self) -> anyhow::Result<()> {
        if let Some(schema) = self.schema {
            schema
                .remove()
                .await
                .context("cannot drop the proof's schema, whose name begins with robofy_proof_")?;
        }
        self.folder.close().context("cannot remove the temporary folder")
    }

    fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

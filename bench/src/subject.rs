//! Robofy under test: a data folder made by `robofy quickstart`, and `robofy serve` on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use tempfile::TempDir;

use crate::calls;
use crate::load::{self, Load, Outcome};
use crate::process::Server;
use crate::texts::Document;

/// The programs that take part.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `robofy`.
    pub robofy: PathBuf,
    /// `robofy-bench`, for its floor.
    pub bench: PathBuf,
}

/// What `quickstart` prints; numbers as text, as the API wants them.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// The live key.
    pub api_key: String,
    /// The project.
    #[serde(deserialize_with = "digits")]
    pub project_id: String,
    /// The agent.
    pub chatbot_id: String,
}

fn digits<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// A data folder with an account, whether a server runs on it or not.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    program: PathBuf,
    /// The account.
    pub account: Account,
}

impl Place {
    /// Makes a folder and an account.
    ///
    /// # Errors
    /// When `quickstart` fails.
    pub fn new(programs: &Programs) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no folder for temporary files")?;
        let made = Command::new(&programs.robofy)
            .args(["quickstart", "--json", "--data-dir"])
            .arg(folder.path().join("data"))
            .output()
            .with_context(|| format!("cannot start {}", programs.robofy.display()))?;
        ensure!(made.status.success(), "quickstart failed: {}", String::from_utf8_lossy(&made.stderr));
        let account = serde_json::from_slice(&made.stdout).context("quickstart printed something else")?;
        Ok(Self { folder, program: programs.robofy.clone(), account })
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn serve(&self) -> anyhow::Result<Server> {
        let data = self.folder.path().join("data").display().to_string();
        let log = self.folder.path().join("server.log");
        Server::start(&self.program, "/readyz", log, |address| {
            let options = ["serve", "--data-dir", &data, "--rate-limit", "off", "--listen"];
            options.iter().map(|&option| option.to_owned()).chain([address.to_string()]).collect()
        })
        .await
    }

    /// Teaches documents over HTTP.
    ///
    /// # Errors
    /// When one of them is not taken.
    pub async fn teach(
        &self,
        server: &Server,
        documents: &[Document],
        writers: usize,
    ) -> anyhow::Result<Outcome> {
        let load = Load { connections: writers, requests: documents.len() };
        let make = |number: usize| calls::teach(&self.account, &documents[number]);
        load::run(server, load, make, |_, answer| {
            ensure!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
            Ok(())
        })
        .await
    }
}

/// A running floor, and the folder that it writes to.
#[derive(Debug)]
pub struct RunningFloor {
    /// The process.
    pub server: Server,
    _folder: TempDir,
}

/// Starts the floor.
///
/// # Errors
/// When it does not get ready.
pub async fn floor(bench: &Path) -> anyhow::Result<RunningFloor> {
    let folder = tempfile::tempdir().context("no folder for temporary files")?;
    let path = folder.path().display().to_string();
    let server = Server::start(bench, "/readyz", folder.path().join("server.log"), |address| {
        vec!["floor".into(), "--folder".into(), path, "--listen".into(), address.to_string()]
    })
    .await?;
    Ok(RunningFloor { server, _folder: folder })
}

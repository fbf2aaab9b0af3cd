//! Robofy under test: a data folder made by `robofy quickstart`, and `robofy serve` on it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use robofy_kernel::Ids;
use serde::Deserialize;
use tempfile::TempDir;

use crate::calls;
use crate::load::{self, Load, Outcome};
use crate::process::{Server, Start};
use crate::site::Wish;
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
    /// The options that say where everything is kept.
    kept: Vec<String>,
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
        Self::made(programs, folder, Vec::new())
    }

    /// Makes an account in a PostgreSQL database that holds none yet, and a folder for its key.
    ///
    /// # Errors
    /// When `quickstart` fails.
    pub fn on_postgres(programs: &Programs, database: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no folder for temporary files")?;
        let path = folder.path().join("master.key");
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        for byte in Ids::System.bytes::<32>() {
            write!(file, "{byte:02x}")?;
        }
        let kept = ["--database-url", database, "--master-key-file", &path.display().to_string()];
        Self::made(programs, folder, kept.map(str::to_owned).to_vec())
    }

    fn made(programs: &Programs, folder: TempDir, mut kept: Vec<String>) -> anyhow::Result<Self> {
        kept.extend(["--data-dir".into(), folder.path().join("data").display().to_string()]);
        let made = Command::new(&programs.robofy)
            .args(["quickstart", "--json"])
            .args(&kept)
            .output()
            .with_context(|| format!("cannot start {}", programs.robofy.display()))?;
        ensure!(made.status.success(), "quickstart failed: {}", String::from_utf8_lossy(&made.stderr));
        let account = serde_json::from_slice(&made.stdout).context("quickstart printed something else")?;
        Ok(Self { folder, program: programs.robofy.clone(), kept, account })
    }

    /// The file of its SQLite database, where it has one.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data").join("robofy.db")
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn serve(&self) -> anyhow::Result<Server> {
        self.serve_with(Serving::default()).await
    }

    /// Starts the server with a language model, with few files, or for websites on this machine.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn serve_with(&self, serving: Serving) -> anyhow::Result<Server> {
        let mut options: Vec<String> = ["serve", "--rate-limit", "off"].map(str::to_owned).to_vec();
        options.extend_from_slice(&self.kept);
        let mut variables = Vec::new();
        if serving.crawls {
            options.extend(["--allow-public-network".into(), "127.0.0.1/32".into()]);
        }
        if let Some(model) = serving.model {
            options.extend(["--llm-base-url".into(), format!("http://{model}/v1")]);
            options.extend(["--llm-model".into(), "scripted".into()]);
            options.extend(["--max-streams-per-agent".into(), "20000".into()]);
            variables.push(("ROBOFY_LLM_API_KEY", "scripted".into()));
        }
        let start = Start {
            program: &self.program,
            ready: "/readyz",
            log: self.folder.path().join("server.log"),
            variables,
            files: serving.files,
        };
        Server::start(start, |address| {
            options.extend(["--listen".into(), address.to_string()]);
            options
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

/// How the server is started, where that is not the usual way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serving {
    /// Where the language model listens.
    pub model: Option<SocketAddr>,
    /// The hard limit of open files.
    pub files: Option<u64>,
    /// Whether websites on this machine may be crawled.
    pub crawls: bool,
}

/// A process of this program beside the server under test, and the folder that it writes to.
#[derive(Debug)]
pub struct Beside {
    /// The process.
    pub server: Server,
    _folder: TempDir,
}

/// Starts the floor.
///
/// # Errors
/// When it does not get ready.
pub async fn floor(bench: &Path) -> anyhow::Result<Beside> {
    beside(bench, |folder| vec!["floor".into(), "--folder".into(), folder.display().to_string()]).await
}

/// Starts the scripted model.
///
/// # Errors
/// When it does not get ready.
pub async fn upstream(bench: &Path) -> anyhow::Result<Beside> {
    beside(bench, |_| vec!["upstream".into()]).await
}

/// Starts the bare relay in front of a model.
///
/// # Errors
/// When it does not get ready.
pub async fn relay(bench: &Path, upstream: SocketAddr) -> anyhow::Result<Beside> {
    beside(bench, |_| vec!["relay".into(), "--upstream".into(), upstream.to_string()]).await
}

/// Starts the bare route on a database.
///
/// # Errors
/// When it does not get ready.
pub async fn bare(bench: &Path, database: &str) -> anyhow::Result<Beside> {
    beside(bench, |_| vec!["bare".into(), "--database".into(), database.to_owned()]).await
}

/// Starts the website that is crawled.
///
/// # Errors
/// When it does not get ready.
pub async fn site(bench: &Path, wish: &Wish) -> anyhow::Result<Beside> {
    let (pages, seed) = (wish.pages.to_string(), wish.seed.to_string());
    let mut arguments = ["site", "--pages", &pages, "--seed", &seed].map(str::to_owned).to_vec();
    if let Some(cases) = &wish.cases {
        arguments.extend(["--cases".into(), cases.display().to_string()]);
    }
    beside(bench, |_| arguments).await
}

async fn beside(bench: &Path, arguments: impl FnOnce(&Path) -> Vec<String>) -> anyhow::Result<Beside> {
    let folder = tempfile::tempdir().context("no folder for temporary files")?;
    let mut arguments = arguments(folder.path());
    let start = Start {
        program: bench,
        ready: "/readyz",
        log: folder.path().join("server.log"),
        variables: Vec::new(),
        files: None,
    };
    let server = Server::start(start, |address| {
        arguments.extend(["--listen".into(), address.to_string()]);
        arguments
    })
    .await?;
    Ok(Beside { server, _folder: folder })
}

//! The server's processes: started, killed in the middle of their work, started again.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::ground::Ground;
use crate::wiring;

/// How long a process may take to be ready.
const PATIENCE: Duration = Duration::from_secs(120);

/// All processes of a proof. They end with it.
#[derive(Debug)]
pub struct Nodes<'a> {
    ground: &'a Ground,
    program: PathBuf,
    nodes: Vec<Node>,
    kills: Cell<usize>,
}

/// Where a process listens, and how many there were before it in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// Its address.
    pub address: SocketAddr,
    /// The number of starts.
    pub generation: usize,
}

#[derive(Debug)]
struct Node {
    log: PathBuf,
    running: RefCell<Option<Running>>,
    door: Cell<Option<Door>>,
    generation: Cell<usize>,
}

#[derive(Debug)]
struct Running {
    process: Child,
    /// Kept open, since whoever writes to a closed pipe is in trouble.
    _said: Lines<BufReader<ChildStdout>>,
}

impl<'a> Nodes<'a> {
    /// Starts so many.
    pub async fn start(ground: &'a Ground, count: usize) -> anyhow::Result<Self> {
        let node = |number| Node {
            log: ground.folder().join(format!("server-{number}.log")),
            running: RefCell::new(None),
            door: Cell::new(None),
            generation: Cell::new(0),
        };
        let nodes = (1..=count).map(node).collect();
        let nodes = Self { ground, program: wiring::this_program()?, nodes, kills: Cell::new(0) };
        for number in 0..count {
            nodes.launch(number).await?;
        }
        Ok(nodes)
    }

    /// How many processes there are when none is dead.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// How many were killed and started again.
    pub fn restarts(&self) -> usize {
        self.kills.get()
    }

    /// Where a node listens; `None` while it is dead.
    pub fn door(&self, number: usize) -> Option<Door> {
        self.nodes[number].door.get()
    }

    /// Kills a node (SIGKILL) and starts it again after a while.
    pub async fn restart(&self, number: usize, pause: Duration) -> anyhow::Result<()> {
        let node = &self.nodes[number];
        let Some(mut running) = node.running.borrow_mut().take() else { return Ok(()) };
        running.process.start_kill().context("a server cannot be killed; it ended by itself")?;
        node.door.set(None);
        running.process.wait().await.context("a killed server does not end")?;
        self.kills.set(self.kills.get() + 1);
        tokio::time::sleep(pause).await;
        self.launch(number).await
    }

    /// Kills all nodes for good.
    pub async fn end(&self) -> anyhow::Result<()> {
        for node in &self.nodes {
            let Some(mut running) = node.running.borrow_mut().take() else { continue };
            node.door.set(None);
            running.process.kill().await.context("a server cannot be killed")?;
        }
        Ok(())
    }

    /// Why a node is not there any more; nothing while all run.
    pub fn check(&self) -> anyhow::Result<()> {
        for node in &self.nodes {
            if let Some(running) = node.running.borrow_mut().as_mut()
                && let Some(status) = running.process.try_wait().context("a server cannot be looked at")?
            {
                bail!("a server ended by itself ({status}): {}", node.last_words());
            }
        }
        Ok(())
    }

    async fn launch(&self, number: usize) -> anyhow::Result<()> {
        let node = &self.nodes[number];
        let log = std::fs::File::options().create(true).append(true).open(&node.log);
        let log = log.with_context(|| format!("cannot write {}", node.log.display()))?;
        let inherited =
            std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("ROBOFY_"));
        let mut process = Command::new(&self.program)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(self.ground.folder())
            .env_clear()
            .envs(inherited)
            .envs(self.ground.environment())
            .env("ROBOFY_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start a server; raise the limit of processes")?;
        let out = process.stdout.take().context("a server has no standard output")?;
        let mut said = BufReader::new(out).lines();
        let address = match tokio::time::timeout(PATIENCE, address(&mut said)).await {
            Ok(Ok(Some(address))) => address,
            Ok(_) => bail!("a server does not start: {}", node.last_words()),
            Err(_) => bail!("a server is not ready in {} s: {}", PATIENCE.as_secs(), node.last_words()),
        };
        let generation = node.generation.get() + 1;
        node.generation.set(generation);
        *node.running.borrow_mut() = Some(Running { process, _said: said });
        node.door.set(Some(Door { address, generation }));
        Ok(())
    }
}

impl Node {
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_else(|error| error.to_string());
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(3)..].join(" | ")
    }
}

/// The address in what a server says when it is ready; `None` when it ends before.
async fn address(said: &mut Lines<BufReader<ChildStdout>>) -> std::io::Result<Option<SocketAddr>> {
    while let Some(line) = said.next_line().await? {
        let told = line.strip_prefix("Robofy is ready: http://").and_then(|address| address.parse().ok());
        if told.is_some() {
            return Ok(told);
        }
    }
    Ok(None)
}

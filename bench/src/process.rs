//! A child process, and what it costs.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use nix::time::ClockId;
use robofy_kernel::Stopwatch;
use rustix::process::{Pid, Signal, kill_process};

use crate::{family, load};

/// How long a child may take to get ready, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs as a child, on a port of its own. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    ready_after: Duration,
}

/// How a program is started.
#[derive(Debug)]
pub struct Start<'a> {
    /// The program.
    pub program: &'a Path,
    /// What answers 200 when it is ready.
    pub ready: &'a str,
    /// Where its output goes.
    pub log: PathBuf,
    /// Variables of its environment, beside this program's own.
    pub variables: Vec<(&'static str, String)>,
    /// The hard limit of its open files, when it is not this program's.
    pub files: Option<u64>,
}

impl Server {
    /// Starts a program and waits until it is ready. `arguments` makes its arguments from the address.
    ///
    /// # Errors
    /// When it does not start, ends, or does not get ready in a minute.
    pub async fn start(
        start: Start<'_>,
        arguments: impl FnOnce(SocketAddr) -> Vec<String>,
    ) -> anyhow::Result<Self> {
        let Start { program, ready: path, log, variables, files } = start;
        let address = free_address()?;
        let sink = std::fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = match files {
            Some(files) => {
                // The shell sets both limits, and becomes the program.
                let mut command = Command::new("sh");
                command.args(["-c", r#"ulimit -n "$0" && exec "$@""#, &files.to_string()]).arg(program);
                command
            }
            None => Command::new(program),
        };
        let watch = Stopwatch::start();
        let child = command
            .args(arguments(address))
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("ROBOFY_")))
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(sink.try_clone()?)
            .stderr(sink)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { child, address, log, ready_after: Duration::ZERO };
        loop {
            if load::status(address, path).await.is_ok_and(|status| status == 200) {
                server.ready_after = watch.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("{} ended ({status}): {}", program.display(), server.last_words());
            }
            if watch.elapsed() > PATIENCE {
                bail!("{} does not get ready: {}", program.display(), server.last_words());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From the start of the process to the first 200.
    #[must_use]
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Time of the processor that the process has used so far, in user and kernel mode, all its threads together.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        family::cpu(self.id())
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn memory(&self) -> anyhow::Result<u64> {
        family::memory(self.id(), "VmRSS:")
    }

    /// Asks the process to stop, and waits until it has.
    ///
    /// # Errors
    /// When it does not stop in a minute.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).context("cannot stop the server")?;
        let watch = Stopwatch::start();
        while self.child.try_wait()?.is_none() {
            if watch.elapsed() > PATIENCE {
                bail!("the server does not stop: {}", self.last_words());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_else(|error| error.to_string());
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join(" | ")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already: both calls then have nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Time of the processor that this thread has used so far.
///
/// # Errors
/// When the kernel has no such clock.
pub fn own_cpu() -> anyhow::Result<Duration> {
    let used = ClockId::CLOCK_THREAD_CPUTIME_ID.now().context("this thread's clock cannot be read")?;
    Ok(used.into())
}

/// Time of the processor that this process has used so far, all its threads together.
///
/// # Errors
/// When the kernel has no such clock.
pub fn whole_cpu() -> anyhow::Result<Duration> {
    let used = ClockId::CLOCK_PROCESS_CPUTIME_ID.now().context("this process's clock cannot be read")?;
    Ok(used.into())
}

fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?)
}

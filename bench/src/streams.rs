//! Streamed answers: a scripted language model, a bare relay in front of it, and crowds that listen.

pub mod crowd;
pub mod listen;
pub mod relay;
pub mod script;
pub mod storm;
pub mod turns;
pub mod upstream;

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted; the kernel may allow fewer.
const BACKLOG: u32 = 8_192;

/// The most open files that is asked for: the hard limit of a usual machine.
const FILES: u64 = 20_000;

/// Listens, with room for a crowd that comes at once.
///
/// # Errors
/// When the address is taken.
pub fn listener(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().with_context(|| format!("cannot listen on {address}"))
}

/// Raises the soft limit of open files, which children inherit, towards the hard one; gives what it is then.
///
/// # Errors
/// When the system refuses.
pub fn raise_files() -> anyhow::Result<u64> {
    rlimit::increase_nofile_limit(FILES).context("cannot raise the limit of open files")
}

//! Names to addresses.

use std::fmt;
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;

/// Finds the addresses of a name. What it answers is what the connection uses: a gate looks at the whole answer, and
/// asks no second time.
pub trait Lookup: fmt::Debug + Send + Sync + 'static {
    /// All addresses of `name`, in the order in which they should be tried. A name without any is an error or empty.
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Look-ups that wait at the same time. The system's resolver blocks a thread for as long as a name's own servers
/// please; without a bound a stranger's slow names would take every thread that the program has for blocking work.
const AT_ONCE: usize = 64;

/// Asks the system: `/etc/hosts`, then whatever resolver the machine is set up with.
#[derive(Clone, Debug)]
pub struct SystemLookup {
    free: Arc<Semaphore>,
}

impl Default for SystemLookup {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Lookup for SystemLookup {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let free = Arc::clone(&self.free);
        Box::pin(async move {
            let place = free.acquire_owned().await.map_err(io::Error::other)?;
            // The place is given back by the thread, not by whoever waits for it: a look-up cannot be called off.
            let asking = tokio::task::spawn_blocking(move || {
                let found = (name.as_str(), 0).to_socket_addrs();
                drop(place);
                Ok(found?.map(|address| address.ip()).collect())
            });
            asking.await.map_err(io::Error::other)?
        })
    }
}

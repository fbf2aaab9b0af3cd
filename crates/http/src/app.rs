//! What every handler can reach.

use std::sync::Arc;

use ipnet::IpNet;
use robofy_agent::Turns;
use robofy_kernel::{Clock, Ids, Tasks};
use robofy_knowledge::library::Library;
use robofy_store::Store;
use secrecy::SecretString;

/// The state of the application. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    library: Library,
    turns: Turns,
    clock: Clock,
    ids: Ids,
    tasks: Tasks,
    config: HttpConfig,
}

/// What the operator decides about the HTTP surface.
#[derive(Clone, Debug, Default)]
pub struct HttpConfig {
    /// The origin under which browsers reach the server, without a path: `https://ai.example.com`.
    pub public_origin: Option<String>,
    /// Who may sign up.
    pub signup: Signup,
    /// What the first sign-up must present; `None` when the server is reached from this machine only.
    pub setup_code: Option<SecretString>,
    /// Whether the primary API key is kept sealed, so that it can be shown again.
    pub key_reveal: bool,
    /// Whether visitors' sessions are limited.
    pub rate_limit: bool,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Second paths of operations.
    pub route_aliases: Vec<RouteAlias>,
}

/// A second path of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteAlias {
    /// The operation's id in the OpenAPI document.
    pub operation: String,
    /// The path, with the same parameters: `/v2/agents/{projectId}`.
    pub path: String,
}

/// Who may sign up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signup {
    /// Only while there is no account.
    #[default]
    First,
    /// Nobody over HTTP; accounts come from the command line.
    Invite,
    /// Everybody.
    Open,
}

impl App {
    /// Puts the state together. The store is the library's.
    #[must_use]
    pub fn new(
        library: Library,
        turns: Turns,
        clock: Clock,
        ids: Ids,
        tasks: Tasks,
        config: HttpConfig,
    ) -> Self {
        let store = library.store().clone();
        Self(Arc::new(Inner { store, library, turns, clock, ids, tasks, config }))
    }

    /// The knowledge.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    /// Questions and their answers.
    #[must_use]
    pub fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// The database and the files.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The source of ids and secrets.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Background work.
    #[must_use]
    pub fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    /// What the operator decided.
    #[must_use]
    pub fn config(&self) -> &HttpConfig {
        &self.0.config
    }
}

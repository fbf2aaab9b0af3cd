//! What every handler can reach.

use std::sync::Arc;

use ipnet::IpNet;
use robofy_agent::Turns;
use robofy_kernel::{Clock, Ids, Tasks};
use robofy_knowledge::library::Library;
use robofy_net::{Gate, NetError, Rules};
use robofy_store::{Store, StoreError};
use secrecy::SecretString;

use crate::agent_card::AgentCards;
use crate::auth::password::Passwords;
use crate::auth::token::{REFRESH, TokenKeys};
use crate::limits::Limit;
use crate::request_log::RequestLog;

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
    token_keys: TokenKeys,
    passwords: Passwords,
    agent_cards: AgentCards,
    limits: Limits,
    model_gate: Gate,
    public_gate: Gate,
    request_log: Option<Arc<RequestLog>>,
}

/// Why the application could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database is away, or a key does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing can be sent out.
    #[error("cannot prepare outgoing requests: {0}")]
    Net(#[from] NetError),
}

/// Who may do what how often.
#[derive(Debug)]
pub struct Limits {
    /// Messages of a visitor's session.
    pub messages: Limit,
    /// Holds and bookings of visitors from an address.
    pub(crate) bookings: Limit,
    /// Sign-ups from an address.
    pub(crate) sign_ups: Limit,
    /// Wrong passwords from an address.
    pub(crate) failures_of_address: Limit,
    /// Wrong passwords for one e-mail address from one address.
    pub(crate) failures_of_both: Limit,
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
    /// Networks, besides the public ones, where the models of agents may be.
    pub model_networks: Vec<IpNet>,
    /// Networks, besides the public ones, that may be crawled.
    pub public_networks: Vec<IpNet>,
    /// Second paths of operations.
    pub route_aliases: Vec<RouteAlias>,
    /// Whether requests are written down.
    pub request_log: bool,
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
    /// Puts the state together; the store is the library's. Reads the keys that sign client tokens, and keeps them fresh in the background.
    ///
    /// # Errors
    /// When the database is away, a key does not open, or TLS cannot be set up.
    pub async fn start(
        library: Library,
        turns: Turns,
        clock: Clock,
        ids: Ids,
        tasks: Tasks,
        config: HttpConfig,
    ) -> Result<Self, StartError> {
        let store = library.store().clone();
        let token_keys = TokenKeys::open(&store, &clock, &ids).await?;
        let limits = Limits {
            messages: Limit::new("session", 30, 60),
            bookings: Limit::new("bookings", 60, 3_600),
            sign_ups: Limit::new("sign-up", 20, 60),
            failures_of_address: Limit::new("address", 30, 60),
            failures_of_both: Limit::new("login", 5, 60),
        };
        let (passwords, agent_cards) = (Passwords::new(), AgentCards::new());
        let model_gate = Gate::new(Rules::public(&config.model_networks).opened_by("--allow-model-network"))?;
        let public_gate =
            Gate::new(Rules::public(&config.public_networks).opened_by("--allow-public-network"))?;
        let request_log = config.request_log.then(Arc::<RequestLog>::default);
        if let Some(log) = &request_log {
            RequestLog::keep_writing(log, &store, &tasks);
        }
        let app = Self(Arc::new(Inner {
            store,
            library,
            turns,
            clock,
            ids,
            tasks,
            config,
            token_keys,
            passwords,
            agent_cards,
            limits,
            model_gate,
            public_gate,
            request_log,
        }));
        let keeper = Arc::downgrade(&app.0);
        app.tasks().spawn_periodic("signing keys", REFRESH, move || {
            let keeper = keeper.clone();
            async move {
                if let Some(inner) = keeper.upgrade() {
                    Self(inner).keep_token_keys().await;
                }
            }
        });
        Ok(app)
    }

    async fn keep_token_keys(&self) {
        let keys = self.token_keys();
        let kept = async {
            keys.reload(self.store()).await?;
            keys.forget(self.store(), self.clock().now()).await
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, "could not refresh the keys that sign client tokens");
        }
    }

    /// Makes a new key that signs client tokens; tokens that older ones signed live to their `exp`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn rotate_signing_key(&self) -> Result<(), StoreError> {
        self.store().add_signing_key(self.clock(), self.ids()).await?;
        self.token_keys().reload(self.store()).await?;
        self.token_keys().forget(self.store(), self.clock().now()).await
    }

    /// Where requests are taken down; `None` when they are not.
    pub(crate) fn request_log(&self) -> Option<&RequestLog> {
        self.0.request_log.as_deref()
    }

    /// Writes down the requests that were answered and wait to be written: for when the server has answered its last.
    pub async fn write_request_log(&self) {
        if let Some(log) = &self.0.request_log {
            log.write(&self.0.store).await;
        }
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

    /// The keys that sign client tokens.
    #[must_use]
    pub fn token_keys(&self) -> &TokenKeys {
        &self.0.token_keys
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn agent_cards(&self) -> &AgentCards {
        &self.0.agent_cards
    }

    /// Who may do what how often.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Says which addresses agents' own models may have.
    pub(crate) fn model_gate(&self) -> &Gate {
        &self.0.model_gate
    }

    /// What may be reached of addresses that tenants give, to refuse one when it is given.
    pub(crate) fn public_gate(&self) -> &Gate {
        &self.0.public_gate
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

//! Runs a test on SQLite in a temporary folder, or on a PostgreSQL database of its own.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;

use futures::FutureExt as _;
use robofy_kernel::{AccountId, Clock, Environment, Ids, KeyId, Op, Scopes, Tasks, UserId};
use robofy_store::accounts::NewAccount;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::users::SignUp;
use robofy_store::{KeySource, Store, StoreConfig};

use crate::{clock, ids, postgres, skip};

/// The database engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in a temporary folder.
    Sqlite,
    /// PostgreSQL at `ROBOFY_TEST_DATABASE_URL`.
    Postgres,
}

/// The master key of every test's database.
const MASTER_KEY: &str = "5f0c6f3a9be1d24877a3c95e61f8d02b44be7719ac30d5e8f16297b3c84d0e5a";

/// The master key of every fixture.
#[must_use]
pub fn master_key() -> KeySource {
    KeySource::Given(MASTER_KEY.into())
}

/// An open store on one engine, with what a test needs beside it.
#[derive(Debug)]
pub struct Fixture {
    /// The engine.
    pub engine: Engine,
    /// The store, migrated and empty.
    pub store: Store,
    /// How it was opened, to open it again: as another node, or after a restart.
    pub config: StoreConfig,
    /// A clock that moves by hand.
    pub clock: Clock,
    /// Seeded ids.
    pub ids: Ids,
    /// Where background work of this test runs.
    pub tasks: Tasks,
    folder: tempfile::TempDir,
}

impl Fixture {
    /// A folder of this test's own; with SQLite, the data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The master key.
    #[must_use]
    pub fn key(&self) -> KeySource {
        master_key()
    }

    /// Opens the same database once more.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open_again(&self) -> robofy_store::Result<Store> {
        Store::open(&self.config, &self.key(), &Ids::System, &self.tasks).await
    }

    /// A new account with an owner and a primary key, and an operation for it.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn account(&self) -> Op {
        let op = self.op(AccountId(self.ids.uuid_v7(self.clock.now())));
        let wish = KeyWish {
            name: "Primary".into(),
            environment: Environment::Live,
            scopes: Scopes::everything(),
            expires_at: None,
        };
        let (_, primary_key) = self.store.new_api_key(&self.ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
        let email = format!("{}@example.org", op.account);
        let new = SignUp {
            account: NewAccount { account_id: op.account, name: "A".into(), email, company: None },
            user_id: UserId(op.uuid()),
            name: None,
            password_hash: "$argon2id$".into(),
            primary_key,
            only_first: false,
        };
        match self.store.sign_up(&op, new, |_| (200, Vec::new())).await {
            Ok(Ok(_)) => op,
            Ok(Err(refused)) => panic!("signing up: {refused:?}"),
            Err(error) => panic!("signing up: {error}"),
        }
    }

    /// An operation for an account.
    #[must_use]
    pub fn op(&self, account: AccountId) -> Op {
        Op::system(account, self.clock.clone(), self.ids.clone())
    }
}

/// Runs a test on one engine: makes the database, runs `body`, closes the store and removes the database.
///
/// Without `ROBOFY_TEST_DATABASE_URL` the PostgreSQL half is noted as skipped, or fails when `ROBOFY_TEST_REQUIRED` is
/// set.
///
/// # Panics
/// When the test does.
pub fn run<F, Fut>(engine: Engine, body: F)
where
    F: FnOnce(Arc<Fixture>) -> Fut,
    Fut: Future<Output = ()>,
{
    let server = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => match std::env::var("ROBOFY_TEST_DATABASE_URL") {
            Ok(url) => Some(url),
            Err(_) if std::env::var_os("ROBOFY_TEST_REQUIRED").is_some() => {
                panic!("ROBOFY_TEST_DATABASE_URL is not set: run the test under scripts/postgres run")
            }
            Err(_) => {
                skip("ROBOFY_TEST_DATABASE_URL is not set: run it under scripts/postgres run");
                return;
            }
        },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("starting tokio: {error}"));
    runtime.block_on(Box::pin(run_in(engine, server, body)));
}

async fn run_in<F, Fut>(engine: Engine, server: Option<String>, body: F)
where
    F: FnOnce(Arc<Fixture>) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("making a folder: {error}"));
    let database = match &server {
        None => None,
        Some(server) => Some(postgres::Database::create(server).await),
    };
    let config = database.as_ref().map_or_else(
        || StoreConfig::Sqlite { data_dir: folder.path().to_owned() },
        |database| StoreConfig::Postgres { url: database.url.clone(), max_connections: 16 },
    );
    let tasks = Tasks::new();
    let store = Store::open(&config, &master_key(), &Ids::System, &tasks)
        .await
        .unwrap_or_else(|error| panic!("opening the store: {error}"));
    let fixture = Fixture { engine, store: store.clone(), config, clock: clock(), ids: ids(), tasks, folder };
    let ended = AssertUnwindSafe(body(Arc::new(fixture))).catch_unwind().await;
    store.close().await;
    if let Some(database) = database {
        database.remove().await;
    }
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic);
    }
}

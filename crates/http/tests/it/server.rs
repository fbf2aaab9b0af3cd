//! A whole server without a socket: router, store in a folder of its own, a clock moved by hand.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use robofy_agent::answerer::Answerer;
use robofy_agent::builtin::BuiltIn;
use robofy_agent::{StreamLimits, Turns};
use robofy_http::{App, HttpConfig};
use robofy_kernel::{
    AccountId, ChatbotId, Clock, Environment, Ids, KeyId, MasterKey, Op, ProjectId, Scopes, Tasks, Timestamp,
    UserId,
};
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig};
use robofy_store::accounts::NewAccount;
use robofy_store::agents::Agent;
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::projects::Project;
use robofy_store::users::SignUp;
use robofy_store::{KeySource, Store, StoreConfig};
use robofy_testkit::Fixture;
use serde_json::Value;
use tower::ServiceExt;

/// The server under test.
pub struct Server {
    pub app: App,
    pub router: Router,
    pub clock: Clock,
    pub folder: tempfile::TempDir,
    pub master_key: String,
}

/// An account with its primary key.
pub struct Tenant {
    pub account: AccountId,
    pub key: String,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or("").to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(HttpConfig { key_reveal: true, rate_limit: true, ..HttpConfig::default() }).await
    }

    pub async fn start_with(config: HttpConfig) -> Self {
        let master_key = MasterKey::generate(&Ids::System).to_text().to_string();
        let folder = tempfile::tempdir().unwrap();
        Self::open(folder, master_key, Clock::manual(Timestamp::from_seconds(1_800_000_000)), config).await
    }

    /// A server whose questions this answerer answers, so many at once.
    pub async fn answering(answerer: Arc<dyn Answerer>, limits: StreamLimits) -> Self {
        let config = HttpConfig { key_reveal: true, rate_limit: true, ..HttpConfig::default() };
        let server = Self::start_with(config.clone()).await;
        let (store, clock, tasks) =
            (server.app.store().clone(), server.clock.clone(), server.app.tasks().clone());
        let turns = Turns::new(store, tasks.clone(), answerer, limits);
        let library = server.app.library().clone();
        let app = App::start(library, turns, clock, Ids::System, tasks, config).await.unwrap();
        Self { router: robofy_http::router(app.clone()), app, ..server }
    }

    /// Opens the same data again, as after a restart.
    pub async fn restart(self) -> Self {
        let Self { app, folder, master_key, clock, .. } = self;
        let config = app.config().clone();
        app.tasks().finish(Duration::from_secs(5)).await;
        app.store().close().await;
        Self::open(folder, master_key, clock, config).await
    }

    /// A server over the store of a test that runs on both engines.
    pub async fn over(t: &Fixture, config: HttpConfig) -> Self {
        let (folder, tasks) = (tempfile::tempdir().unwrap(), Tasks::new());
        Self::assemble(t.store.clone(), tasks, folder, String::new(), t.clock.clone(), config).await
    }

    /// Another node over the database of a test that runs on both engines.
    pub async fn beside(t: &Fixture, config: HttpConfig) -> Self {
        let (folder, tasks) = (tempfile::tempdir().unwrap(), Tasks::new());
        let store = t.open_again().await.unwrap();
        Self::assemble(store, tasks, folder, String::new(), t.clock.clone(), config).await
    }

    async fn open(folder: tempfile::TempDir, master_key: String, clock: Clock, config: HttpConfig) -> Self {
        let tasks = Tasks::new();
        let place = StoreConfig::Sqlite { data_dir: folder.path().to_owned() };
        let key = KeySource::Given(master_key.clone());
        let store = Store::open(&place, &key, &Ids::System, &tasks).await.unwrap();
        Self::assemble(store, tasks, folder, master_key, clock, config).await
    }

    async fn assemble(
        store: Store,
        tasks: Tasks,
        folder: tempfile::TempDir,
        master_key: String,
        clock: Clock,
        config: HttpConfig,
    ) -> Self {
        // Files are parsed in a child process of the program, which these tests do not have: no HTML here.
        let extractor = Extractor::new(ExtractorConfig::new("no-such-program".into(), Vec::new()));
        let library =
            Library::new(store.clone(), extractor, tasks.clone(), LibraryConfig::default()).unwrap();
        let builtin = Arc::new(BuiltIn::new(library.clone()));
        let turns = Turns::new(store, tasks.clone(), builtin, StreamLimits::default());
        let app = App::start(library, turns, clock.clone(), Ids::System, tasks, config).await.unwrap();
        Self { router: robofy_http::router(app.clone()), app, clock, folder, master_key }
    }

    /// Makes an account straight in the store.
    pub async fn tenant(&self, name: &str) -> Tenant {
        let (store, ids) = (self.app.store(), self.app.ids());
        let account = AccountId(ids.uuid_v7(self.clock.now()));
        let op = Op::system(account, self.clock.clone(), ids.clone());
        let wish = KeyWish {
            name: "Primary".into(),
            environment: Environment::Live,
            scopes: Scopes::everything(),
            expires_at: None,
        };
        let (key, primary_key) = store.new_api_key(ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
        let email = format!("{name}@example.com");
        let new = SignUp {
            account: NewAccount {
                account_id: account,
                name: name.into(),
                email: email.clone(),
                company: None,
            },
            user_id: UserId(op.uuid()),
            name: None,
            password_hash: "none".into(),
            primary_key,
            only_first: false,
        };
        store.sign_up(&op, new, |()| (201, Vec::new())).await.unwrap().unwrap();
        Tenant { account, key: key.reveal().to_owned() }
    }

    /// A further key of an account.
    pub async fn key(
        &self,
        tenant: &Tenant,
        environment: Environment,
        scopes: &[&str],
        expires_at: Option<Timestamp>,
    ) -> String {
        let op = Op::system(tenant.account, self.clock.clone(), self.app.ids().clone());
        let wish = KeyWish {
            name: "Test".into(),
            environment,
            scopes: Scopes::try_from(scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()).unwrap(),
            expires_at,
        };
        let (key, row) = self.app.store().new_api_key(self.app.ids(), KeyId(op.uuid()), &wish, None);
        self.app.store().add_api_key(&op, row, |()| (201, Vec::new())).await.unwrap();
        key.reveal().to_owned()
    }

    /// The program's own operation in an account.
    pub fn op(&self, tenant: &Tenant) -> Op {
        Op::system(tenant.account, self.clock.clone(), self.app.ids().clone())
    }

    /// A project with an agent.
    pub async fn agent(&self, tenant: &Tenant) -> (ProjectId, ChatbotId) {
        let (op, now) = (self.op(tenant), self.clock.now());
        let project = Project {
            project_id: ProjectId(op.ids.number()),
            name: "Project".into(),
            description: None,
            created_at: now,
            updated_at: now,
        };
        let project_id = project.project_id;
        self.app.store().create_project(&op, project, |_| (201, Vec::new())).await.unwrap();
        let agent = Agent::new(&op, project_id, "Shop \"helper\"", "en");
        let chatbot = agent.chatbot_id.clone();
        self.app.store().create_agent(&op, agent, |_| (201, Vec::new())).await.unwrap();
        (project_id, chatbot)
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn call(&self, method: &str, path: &str, key: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let request = match body {
            Some(body) => {
                request.header("content-type", "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }
}

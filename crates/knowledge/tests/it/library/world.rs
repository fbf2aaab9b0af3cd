//! An account with a project on a fresh store, and a library over it.

use std::sync::Arc;

use robofy_kernel::op::IdempotencyKey;
use robofy_kernel::{AccountId, AssetId, KeyId, LinkageId, Op, ProjectId, Scopes, UserId};
use robofy_knowledge::library::{FileSource, Library, LibraryConfig, Source, Taught, TextSource};
use robofy_knowledge::search::{Found, Query};
use robofy_store::accounts::NewAccount;
use robofy_store::agents::{Agent, LlmKeyChange};
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::projects::Project;
use robofy_store::users::SignUp;
use robofy_store::{Once, Store};
use robofy_testkit::Fixture;

pub struct World {
    pub fixture: Arc<Fixture>,
    pub library: Library,
    pub op: Op,
    pub project: ProjectId,
}

impl World {
    pub async fn new(fixture: &Arc<Fixture>) -> Self {
        Self::with(fixture, LibraryConfig::default()).await
    }

    pub async fn with(fixture: &Arc<Fixture>, config: LibraryConfig) -> Self {
        let ids = &fixture.ids;
        let account = AccountId(ids.uuid_v7(fixture.clock.now()));
        let op = fixture.op(account);
        let wish = KeyWish {
            name: "primary".into(),
            environment: op.environment,
            scopes: Scopes::everything(),
            expires_at: None,
        };
        let (_, primary_key) = fixture.store.new_api_key(ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
        let email = format!("{account}@example.com");
        let sign_up = SignUp {
            account: NewAccount { account_id: account, name: "A".into(), email, company: None },
            user_id: UserId(op.uuid()),
            name: None,
            password_hash: "-".into(),
            primary_key,
            only_first: false,
        };
        fixture.store.sign_up(&op, sign_up, |()| (201, Vec::new())).await.unwrap().unwrap();
        let project_id = ProjectId(ids.number());
        let now = op.now();
        let project =
            Project { project_id, name: "P".into(), description: None, created_at: now, updated_at: now };
        fixture.store.create_project(&op, project, |_| (201, Vec::new())).await.unwrap();
        let library = library(fixture, fixture.store.clone(), config);
        Self { fixture: Arc::clone(fixture), library, op, project: project_id }
    }

    pub fn store(&self) -> &Store {
        &self.fixture.store
    }

    pub async fn agent(&self) -> Agent {
        let agent = Agent::new(&self.op, self.project, "Bot", "en");
        match self.store().create_agent(&self.op, agent, |_| (201, Vec::new())).await.unwrap() {
            Once::Fresh(agent) => agent,
            Once::Replayed(..) => panic!("no key was given"),
        }
    }

    pub async fn fresh(&self, agent: &Agent) -> Agent {
        self.store().find_agent(self.op.account, &agent.chatbot_id).await.unwrap().unwrap()
    }

    pub async fn set_chunk_size(&self, agent: &Agent, size: i64) {
        self.store()
            .update_agent(&self.op, self.project, &agent.chatbot_id, LlmKeyChange::Keep, move |agent| {
                agent.settings.chunk_size = size;
            })
            .await
            .unwrap()
            .unwrap();
    }

    pub async fn teach(&self, agent: &Agent, name: &str, content: &str) -> Taught {
        self.taught(&self.op, agent, text(name, content)).await
    }

    pub async fn taught(&self, op: &Op, agent: &Agent, source: Source) -> Taught {
        let answer = |_: &Taught| (201, Vec::new());
        match self.library.teach(op, self.project, Some(agent), source, answer).await.unwrap() {
            Once::Fresh(taught) => taught,
            Once::Replayed(..) => panic!("taught before"),
        }
    }

    pub async fn link(&self, agent: &Agent, asset: AssetId) -> LinkageId {
        match self.library.link(&self.op, agent, asset, |_| (201, Vec::new())).await.unwrap().unwrap() {
            Once::Fresh(id) => id,
            Once::Replayed(..) => panic!("linked before"),
        }
    }

    /// Searches as a turn does: the agent's head first.
    pub async fn search(&self, agent: &Agent, question: &str) -> Found {
        search(&self.library, &self.op, agent, question).await
    }

    /// The assets that a search finds, best first.
    pub async fn found(&self, agent: &Agent, question: &str) -> Vec<i64> {
        self.search(agent, question).await.hits.iter().map(|hit| hit.source.asset_id).collect()
    }

    /// The operation of a request with an `Idempotency-Key`.
    pub fn keyed(&self, key: &str, request: &str) -> Op {
        let key = IdempotencyKey { key: key.as_bytes().to_vec(), request: request.as_bytes().to_vec() };
        Op { idempotency: Some(Arc::new(key)), ..self.op.clone() }
    }
}

pub fn library(fixture: &Fixture, store: Store, config: LibraryConfig) -> Library {
    Library::new(store, crate::reader(), fixture.tasks.clone(), config).unwrap()
}

pub async fn search(library: &Library, op: &Op, agent: &Agent, question: &str) -> Found {
    let head = library.store().find_agent_head(op.account, &agent.chatbot_id).await.unwrap().unwrap();
    library.search(op, agent, head.content_version, &Query::new(question), 10).await.unwrap()
}

pub fn text(name: &str, content: &str) -> Source {
    Source::Text(TextSource {
        content: content.to_owned(),
        file_name: name.to_owned(),
        ..TextSource::default()
    })
}

pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Source {
    Source::File(FileSource { file_name: name.to_owned(), bytes: bytes.into(), metadata: None })
}

/// A text of so many paragraphs, each with a word that no other has.
pub fn long_text(paragraphs: usize) -> String {
    (0..paragraphs).fold(String::new(), |text, number| {
        text + &format!(
            "The chapter about item{number} tells where it was made, what it is for, and how it is kept dry in \
             winter. It should be handled with care, because its parts are old.\n\n"
        )
    })
}

//! An account with one agent on a fresh store, and an answerer that waits for the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use robofy_agent::answerer::{AnswerError, Answerer, Question, Speaker};
use robofy_agent::{Ask, StreamLimits, Turns};
use robofy_kernel::op::{IdempotencyKey, Visitor};
use robofy_kernel::{
    AccountId, Caller, ChatbotId, Clock, Ids, KeyId, MasterKey, Op, ProjectId, SessionId, Tasks, Timestamp,
    UserId,
};
use robofy_store::accounts::NewAccount;
use robofy_store::agents::{Agent, AgentSettings};
use robofy_store::api_keys::{KeyWish, Reveal};
use robofy_store::chat::{Channel, TurnKind, VisitorContext};
use robofy_store::projects::Project;
use robofy_store::users::SignUp;
use robofy_store::{KeySource, Store, StoreConfig};
use tokio::sync::Semaphore;

/// Says "one two three …", a word for each permit that the test gives; panics when asked to.
#[derive(Debug)]
pub struct Paced {
    pub permits: Semaphore,
    pub words: usize,
    pub calls: AtomicUsize,
    pub inside: AtomicUsize,
    pub most_inside: AtomicUsize,
}

impl Paced {
    pub fn new(words: usize, permits: usize) -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(permits),
            words,
            calls: AtomicUsize::new(0),
            inside: AtomicUsize::new(0),
            most_inside: AtomicUsize::new(0),
        })
    }
}

impl Answerer for Paced {
    fn answer<'a>(
        &'a self,
        question: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>> {
        Box::pin(async move {
            assert_ne!(question.query, "panic", "as asked");
            self.calls.fetch_add(1, Ordering::SeqCst);
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_inside.fetch_max(inside, Ordering::SeqCst);
            let result = self.speak(question, out).await;
            self.inside.fetch_sub(1, Ordering::SeqCst);
            result
        })
    }
}

impl Paced {
    async fn speak(&self, question: &Question<'_>, out: &mut Speaker) -> Result<TurnKind, AnswerError> {
        out.say(&format!("[{}+{}]", question.history.len(), question.query))?;
        for word in 0..self.words {
            let permit = tokio::select! {
                permit = self.permits.acquire() => permit.unwrap(),
                () = out.stopped() => return Err(AnswerError::Stopped),
            };
            permit.forget();
            out.say(&format!(" {word}"))?;
        }
        Ok(TurnKind::Answer)
    }
}

pub struct World {
    pub store: Store,
    pub turns: Turns,
    pub tasks: Tasks,
    pub op: Op,
    pub project: ProjectId,
    pub chatbot: ChatbotId,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    pub async fn with(answerer: Arc<dyn Answerer>, settings: AgentSettings) -> Self {
        Self::made(settings, |_, _, _, _| answerer).await
    }

    /// A world whose answerer stands on its store.
    pub async fn made(
        settings: AgentSettings,
        answerer: impl FnOnce(&Store, &Tasks, &Clock, &Ids) -> Arc<dyn Answerer>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (ids, clock, tasks) =
            (Ids::seeded(1), Clock::manual(Timestamp::from_seconds(1_800_000_000)), Tasks::new());
        let config = StoreConfig::Sqlite { data_dir: folder.path().to_owned() };
        let key = KeySource::Given(MasterKey::generate(&ids).to_text().to_string());
        let store = Store::open(&config, &key, &ids, &tasks).await.unwrap();
        let answerer = answerer(&store, &tasks, &clock, &ids);
        let world = Self::on(store, tasks, clock, ids, answerer, settings).await;
        Self { _folder: Some(folder), ..world }
    }

    /// The same on a store that is open.
    pub async fn on(
        store: Store,
        tasks: Tasks,
        clock: Clock,
        ids: Ids,
        answerer: Arc<dyn Answerer>,
        settings: AgentSettings,
    ) -> Self {
        let account = AccountId(ids.uuid_v7(clock.now()));
        let op = Op { caller: key_caller(&ids, &clock), ..Op::system(account, clock.clone(), ids.clone()) };
        let wish = KeyWish {
            name: "primary".into(),
            environment: op.environment,
            scopes: robofy_kernel::Scopes::everything(),
            expires_at: None,
        };
        let (_, primary_key) = store.new_api_key(&ids, KeyId(op.uuid()), &wish, Some(Reveal::On));
        let sign_up = SignUp {
            account: NewAccount {
                account_id: account,
                name: "A".into(),
                email: "a@example.com".into(),
                company: None,
            },
            user_id: UserId(op.uuid()),
            name: None,
            password_hash: "-".into(),
            primary_key,
            only_first: false,
        };
        store.sign_up(&op, sign_up, |()| (201, Vec::new())).await.unwrap().unwrap();
        let now = op.now();
        let project = Project {
            project_id: ProjectId(ids.number()),
            name: "P".into(),
            description: None,
            created_at: now,
            updated_at: now,
        };
        let project_id = project.project_id;
        store.create_project(&op, project, |_| (201, Vec::new())).await.unwrap();
        let agent = Agent { settings: settings.into(), ..Agent::new(&op, project_id, "Bot", "en") };
        let chatbot = agent.chatbot_id.clone();
        store.create_agent(&op, agent, |_| (201, Vec::new())).await.unwrap();
        let turns = Turns::new(store.clone(), tasks.clone(), answerer, StreamLimits::default());
        Self { store, turns, tasks, op, project: project_id, chatbot, _folder: None }
    }

    /// Another node on the same database, with an answerer of its own.
    pub fn node(&self, store: Store, answerer: Arc<dyn Answerer>) -> Turns {
        Turns::new(store, self.tasks.clone(), answerer, StreamLimits::default())
    }

    pub fn ask(&self, session: Option<&SessionId>, query: &str) -> Ask {
        Ask {
            project: self.project,
            chatbot: self.chatbot.clone(),
            channel: Channel::Web,
            session: session.cloned(),
            visitor: VisitorContext::default(),
            query: query.into(),
            action: None,
            address: None,
            quota: None,
        }
    }

    /// The operation of a request with an `Idempotency-Key`.
    pub fn keyed(&self, key: &str, request: &str) -> Op {
        let key = IdempotencyKey { key: key.as_bytes().to_vec(), request: request.as_bytes().to_vec() };
        Op { idempotency: Some(Arc::new(key)), ..self.op.clone() }
    }

    /// The operation of a browser with a client token.
    pub fn visitor(&self, session: SessionId) -> Op {
        let visitor =
            Visitor { project: self.project, chatbots: vec![self.chatbot.clone()], session, origin: None };
        Op { caller: Caller::Visitor(Arc::new(visitor)), ..self.op.clone() }
    }
}

fn key_caller(ids: &Ids, clock: &Clock) -> Caller {
    let scopes = robofy_kernel::Scopes::everything();
    Caller::Key { id: KeyId(ids.uuid_v7(clock.now())), name: "primary".into(), scopes, expires_at: None }
}

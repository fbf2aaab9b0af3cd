//! Turns: one question and its answer, from the moment it is asked until it is stored.
//!
//! A turn runs in a task of its own and appends to its [`TurnLog`]; whoever asked reads the log. So a visitor who goes
//! away loses nothing, a repeat joins the same answer, and there is one code path for streaming and not.

mod handle;
mod limits;
mod log;
mod queue;
mod replay;
mod resume;
mod run;
mod running;
mod stop;
mod who;
mod whole;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use robofy_kernel::{
    ChatbotId, ErrorCode, MessageId, Op, ProjectId, RightOfWay, SessionId, Stopwatch, Tasks,
};
use robofy_store::agents::AgentHead;
use robofy_store::chat::{Begin, Channel, NewTurn, TakenTurn, Turn, TurnStatus, VisitorContext};
use robofy_store::{Store, StoreError};
use tokio::sync::oneshot;

pub use handle::{Handle, NotAnEvent, Reader};
use limits::Gauge;
pub use limits::{Permit, Room, StreamLimits};
pub use log::{Batch, Event, TurnLog};
use queue::{Place, SessionName, SessionQueues};
use resume::Followed;
use running::Registry;

use crate::answerer::{AgentCard, SharedAnswerer};
use crate::flows::{Action, Quota};

/// A node promises for so long that a turn is alive, and renews the promise while it runs. With the pause between two
/// looks at broken promises (5 s), readers elsewhere hear of a lost node within 30 s.
const PROMISE: Duration = Duration::from_secs(20);
/// The same where one process has the database for itself, and what it ran is ended at its next start.
const PROMISE_ALONE: Duration = Duration::from_secs(90);
/// How long a question waits behind earlier ones of its session.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// How often a session is looked at that another node's turn holds.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A question as it comes in.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The project that the agent must belong to.
    pub project: ProjectId,
    /// The agent.
    pub chatbot: ChatbotId,
    /// The channel.
    pub channel: Channel,
    /// The session, where the caller names one.
    pub session: Option<SessionId>,
    /// What the visitor's client says of the visitor.
    pub visitor: VisitorContext,
    /// The question; may be empty beside a click.
    pub query: String,
    /// A click.
    pub action: Option<Action>,
    /// The visitor's address on the network, where a visitor calls.
    pub address: Option<String>,
    /// How much of a calendar whoever asks may occupy; `None` = any.
    pub quota: Option<Quota>,
}

/// Why a question was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// Not for this caller, or not there: the catalogue's code and a sentence.
    #[error("{1}")]
    Refused(ErrorCode, &'static str),
    /// Earlier questions of the session take too long.
    #[error("earlier messages of this session are still being answered; try again shortly")]
    Busy,
    /// As many streams are open as the operator allows, of this agent or server.
    #[error("{whose} has as many open streams as it may")]
    TooMany {
        /// "this agent" or "this server".
        whose: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// As many streams are open as the process can hold.
    #[error("the server has no room for more streams")]
    NoRoom,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins turns and knows those that run on this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    tasks: Tasks,
    answerer: SharedAnswerer,
    cards: moka::sync::Cache<ChatbotId, Arc<AgentCard>>,
    queues: SessionQueues,
    running: Registry,
    followed: Followed,
    /// Held by the one that ends lost turns.
    ending: tokio::sync::Mutex<()>,
    /// Whether somebody looks for requests to stop turns.
    hearing: AtomicBool,
    open_turns: Gauge,
    open_readers: Gauge,
    way: RightOfWay,
}

impl Turns {
    /// Turns on this store, answered by `answerer`, as many as there may be.
    #[must_use]
    pub fn new(store: Store, tasks: Tasks, answerer: SharedAnswerer, limits: StreamLimits) -> Self {
        Self(Arc::new(Inner {
            store,
            tasks,
            answerer,
            cards: moka::sync::Cache::new(10_000),
            queues: SessionQueues::default(),
            running: Registry::default(),
            followed: Followed::default(),
            ending: tokio::sync::Mutex::default(),
            hearing: AtomicBool::new(false),
            open_turns: Gauge::of_turns(limits),
            open_readers: Gauge::of_readers(limits),
            way: RightOfWay::default(),
        }))
    }

    /// Held by each turn while it runs; background computing stands aside for it.
    #[must_use]
    pub fn right_of_way(&self) -> RightOfWay {
        self.0.way.clone()
    }

    /// A place for one who reads an agent's answers, held for as long as they do.
    ///
    /// # Errors
    /// [`TurnError::TooMany`] or [`TurnError::NoRoom`].
    pub fn admit_reader(&self, chatbot: &ChatbotId) -> Result<Permit, TurnError> {
        self.0.open_readers.enter(chatbot)
    }

    /// The same for one who comes back to this answer; where there is no place, that of its oldest reader.
    ///
    /// # Errors
    /// [`TurnError::TooMany`] or [`TurnError::NoRoom`], when nobody reads the answer.
    pub fn admit_reader_again(&self, handle: &Handle) -> Result<Permit, TurnError> {
        self.0.open_readers.enter_again(&handle.chatbot_id, &handle.message_id)
    }

    /// How many read answers on this node.
    #[must_use]
    pub fn reader_count(&self) -> usize {
        self.0.open_readers.len()
    }

    /// Takes a question. The turn runs on, whatever becomes of the caller.
    ///
    /// With an `Idempotency-Key` that names a turn already, this joins that turn.
    ///
    /// # Errors
    /// When the agent or the session is not the caller's, or the store fails.
    pub async fn ask(&self, op: &Op, ask: Ask) -> Result<Handle, TurnError> {
        let arrived = Stopwatch::start();
        let head = self.head(op, &ask).await?;
        let session_id = self.session(op, &ask).await?;
        if let Some((_, id)) = self.0.store.find_answer(op).await? {
            let id = String::from_utf8(id).ok().and_then(|id| id.parse().ok());
            if let Some(id) = id {
                return self.join(op, &ask, head, &id).await;
            }
        }
        let permit = self.0.open_turns.enter(&ask.chatbot)?;
        let name = SessionName {
            account: op.account,
            environment: op.environment,
            chatbot: ask.chatbot.clone(),
            session: session_id.clone(),
        };
        let place = self.enter(name).await?;
        let entered = Entered { arrived, permit, place };
        // From here on the caller may go away: what the database has taken must be run.
        let (turns, op) = (self.clone(), op.clone());
        let begun = self
            .0
            .tasks
            .spawn("begin", async move { turns.begin(&op, ask, head, session_id, entered).await });
        begun.await.unwrap_or(Err(TurnError::Store(StoreError::Panicked)))
    }

    async fn begin(
        &self,
        op: &Op,
        ask: Ask,
        head: AgentHead,
        session_id: SessionId,
        entered: Entered,
    ) -> Result<Handle, TurnError> {
        let card = self.card(op, &ask.chatbot, head).await?;
        let new = NewTurn {
            chatbot_id: ask.chatbot.clone(),
            channel: ask.channel,
            session_id: session_id.clone(),
            context: ask.visitor.clone(),
            query: ask.query.clone(),
            message_id: op.ids.message(),
            visitor_message_id: op.ids.message(),
            running_until: op.now().after(promise(&self.0.store)),
        };
        let (turn, begun) = match self.take(op, new).await? {
            Early::Taken(turn, begun) => (turn, begun),
            Early::Known(message) => {
                drop(entered);
                return self.join(op, &ask, head, &message).await;
            }
        };
        let content_version = head.content_version;
        let Entered { arrived, permit, place } = entered;
        let job = run::Job { op: op.clone(), ask, card, content_version, session_id, turn, arrived };
        // The model is asked while the disk is waited for. Without a word through `keep` nothing of the turn is stored.
        let (keep, kept) = oneshot::channel();
        let handle = self.start(job, kept, permit, place);
        begun.await?;
        // The turn itself may have ended.
        let _ended = keep.send(());
        Ok(handle)
    }

    /// Begins the turn, waiting for another node's where one runs.
    async fn take(&self, op: &Op, new: NewTurn) -> Result<Early, TurnError> {
        let waiting = Stopwatch::start();
        loop {
            let (store, op) = (self.0.store.clone(), op.clone());
            let new = NewTurn { running_until: op.now().after(promise(&store)), ..new.clone() };
            let (tell, told) = oneshot::channel();
            let begun = async move {
                // Whoever asked may be gone.
                let tell = |turn| _ = tell.send(turn);
                store.begin_turn_telling(&op, new, tell).await
            };
            let mut begun = begun.boxed();
            let begun = tokio::select! {
                biased;
                // A turn that is taken is told of before it is committed.
                Ok(turn) = told => return Ok(Early::Taken(turn, begun)),
                begun = &mut begun => begun?,
            };
            match begun {
                Begin::Busy if waiting.elapsed() < LONGEST_WAIT => tokio::time::sleep(LOOK_EVERY).await,
                Begin::Busy => return Err(TurnError::Busy),
                Begin::Known(message) => return Ok(Early::Known(message)),
                // It was told of and committed between two looks.
                Begin::Taken(ref turn) => {
                    return Ok(Early::Taken(turn.clone(), futures::future::ready(Ok(begun)).boxed()));
                }
            }
        }
    }

    /// Joins a turn that the caller's `Idempotency-Key` names: at once, wherever it runs. Only one that is lost already is
    /// answered anew; when it is lost later, its readers are told so, and the next repeat is answered.
    async fn join(
        &self,
        op: &Op,
        ask: &Ask,
        head: AgentHead,
        message: &MessageId,
    ) -> Result<Handle, TurnError> {
        let waiting = Stopwatch::start();
        loop {
            if let Some(handle) = self.0.running.find(op.account, message) {
                return Ok(handle);
            }
            let Some(turn) = self.0.store.find_turn(op.account, message).await? else {
                return Err(TurnError::Refused(
                    ErrorCode::MessageNotFound,
                    "The answer to this request is gone.",
                ));
            };
            match turn.status {
                TurnStatus::Done | TurnStatus::Stopped | TurnStatus::Failed => {
                    return Ok(Handle::replay(&turn));
                }
                // The node that ran it is gone, and the visitor asks for the same answer once more.
                TurnStatus::Interrupted => match self.revive(op, ask, head, &turn).await? {
                    Some(handle) => return Ok(handle),
                    None => tokio::time::sleep(LOOK_EVERY).await,
                },
                // The node that ran it has broken its promise.
                TurnStatus::Running if turn.running_until.is_none_or(|until| until < op.now()) => {
                    self.end_lost_turns(op).await?;
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                // Another node runs it.
                TurnStatus::Running => return Ok(self.follow(op, &turn)),
            }
            if waiting.elapsed() > LONGEST_WAIT {
                return Err(TurnError::Busy);
            }
        }
    }

    /// A place at the head of the session's queue.
    async fn enter(&self, name: SessionName) -> Result<Place, TurnError> {
        tokio::time::timeout(LONGEST_WAIT, self.0.queues.enter(name)).await.map_err(|_| TurnError::Busy)
    }

    async fn revive(
        &self,
        op: &Op,
        ask: &Ask,
        head: AgentHead,
        stored: &Turn,
    ) -> Result<Option<Handle>, TurnError> {
        let permit = self.0.open_turns.enter(&stored.chatbot_id)?;
        let name = SessionName {
            account: op.account,
            environment: stored.environment,
            chatbot: stored.chatbot_id.clone(),
            session: stored.session_id.clone(),
        };
        let place = self.enter(name).await?;
        let arrived = Stopwatch::start();
        let card = self.card(op, &ask.chatbot, head).await?;
        // From here on the caller may go away: what the database has taken must be run.
        let (turns, op, ask, stored) = (self.clone(), op.clone(), ask.clone(), stored.clone());
        let revived = self.0.tasks.spawn("revive", async move {
            let until = op.now().after(promise(&turns.0.store));
            let Some(turn) = turns.0.store.revive_turn(&op, &stored.taken(), until).await? else {
                return Ok(None);
            };
            let (content_version, session_id) = (head.content_version, stored.session_id);
            let job = run::Job { op, ask, card, content_version, session_id, turn, arrived };
            let (keep, kept) = oneshot::channel();
            let handle = turns.start(job, kept, permit, place);
            // The turn itself may have ended.
            let _ended = keep.send(());
            Ok(Some(handle))
        });
        revived.await.unwrap_or(Err(TurnError::Store(StoreError::Panicked)))
    }

    /// How many turns run on this node.
    #[must_use]
    pub fn running_count(&self) -> usize {
        self.0.running.len()
    }
}

/// A question that is beginning to be answered.
enum Early {
    /// The turn is taken, and what is given tells whether that was kept.
    Taken(TakenTurn, BoxFuture<'static, Result<Begin, StoreError>>),
    /// The `Idempotency-Key` names this turn.
    Known(MessageId),
}

/// What a question holds when it has reached the head of its session's queue.
struct Entered {
    arrived: Stopwatch,
    permit: Permit,
    place: Place,
}

/// For how long a node promises that a turn is alive.
fn promise(store: &Store) -> Duration {
    if store.is_single_node() { PROMISE_ALONE } else { PROMISE }
}

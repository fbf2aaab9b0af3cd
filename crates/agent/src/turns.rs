//! Turns: one question and its answer, from the moment it is asked until it is stored.
//!
//! A turn runs in a task of its own and appends to its [`TurnLog`]; whoever asked reads the log. So a visitor who goes
//! away loses nothing, a repeat joins the same answer, and there is one code path for streaming and not.

mod log;
mod queue;
mod run;
mod running;

use std::sync::Arc;
use std::time::Duration;

use robofy_kernel::{ChatbotId, ErrorCode, MessageId, Op, ProjectId, SessionId, Stopwatch, Tasks};
use robofy_store::accounts::AccountStatus;
use robofy_store::agents::AgentHead;
use robofy_store::chat::{Begin, Channel, Failure, NewTurn, Turn, TurnStatus, VisitorContext};
use robofy_store::{Store, StoreError};

pub use log::TurnLog;
use queue::{Place, SessionName, SessionQueues};
use running::Registry;

use crate::answerer::{AgentCard, SharedAnswerer};
use crate::events::{FinishReason, TurnEvent, deltas};

/// A node promises for so long that a turn is alive; it renews the promise while the turn runs.
const PROMISE: Duration = Duration::from_secs(30);
/// How long a question waits behind earlier ones of its session.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// How often another node's running turn is looked at.
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
    /// The question.
    pub query: String,
}

/// A turn that can be read.
#[derive(Clone, Debug)]
pub struct Handle {
    /// The answer's id.
    pub message_id: MessageId,
    /// The session.
    pub session_id: SessionId,
    /// What happens.
    pub log: TurnLog,
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
}

impl Turns {
    /// Turns on this store, answered by `answerer`.
    #[must_use]
    pub fn new(store: Store, tasks: Tasks, answerer: SharedAnswerer) -> Self {
        Self(Arc::new(Inner {
            store,
            tasks,
            answerer,
            cards: moka::sync::Cache::new(10_000),
            queues: SessionQueues::default(),
            running: Registry::default(),
        }))
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
        let name = SessionName {
            account: op.account,
            environment: op.environment,
            chatbot: ask.chatbot.clone(),
            session: session_id.clone(),
        };
        let place = tokio::time::timeout(LONGEST_WAIT, self.0.queues.enter(name))
            .await
            .map_err(|_| TurnError::Busy)?;
        // From here on the caller may go away: what the database has taken must be run.
        let (turns, op) = (self.clone(), op.clone());
        let begun = self
            .0
            .tasks
            .spawn("begin", async move { turns.begin(&op, ask, head, session_id, place, arrived).await });
        begun.await.unwrap_or(Err(TurnError::Store(StoreError::Panicked)))
    }

    async fn begin(
        &self,
        op: &Op,
        ask: Ask,
        head: AgentHead,
        session_id: SessionId,
        place: Place,
        arrived: Stopwatch,
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
            running_until: op.now().after(PROMISE),
        };
        match self.take(op, new).await? {
            Begin::Taken(turn) => {
                let content_version = head.content_version;
                let job = run::Job { op: op.clone(), ask, card, content_version, session_id, turn, arrived };
                Ok(self.start(job, place))
            }
            Begin::Known(message) => {
                drop(place);
                self.join(op, &ask, head, &message).await
            }
            Begin::Busy => Err(TurnError::Busy),
        }
    }

    /// Begins the turn, waiting for another node's where one runs.
    async fn take(&self, op: &Op, new: NewTurn) -> Result<Begin, TurnError> {
        let waiting = Stopwatch::start();
        loop {
            let mut new = new.clone();
            new.running_until = op.now().after(PROMISE);
            match self.0.store.begin_turn(op, new).await? {
                Begin::Busy if waiting.elapsed() < LONGEST_WAIT => tokio::time::sleep(LOOK_EVERY).await,
                begin @ (Begin::Taken(_) | Begin::Busy | Begin::Known(_)) => return Ok(begin),
            }
        }
    }

    /// Joins a turn that the caller's `Idempotency-Key` names.
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
                    "the answer to this request is gone",
                ));
            };
            match turn.status {
                TurnStatus::Done | TurnStatus::Stopped | TurnStatus::Failed => return Ok(replay(turn)),
                // The node that ran it is gone, and the visitor asks for the same answer once more.
                TurnStatus::Interrupted => {
                    if let Some(handle) = self.revive(op, ask, head, &turn).await? {
                        return Ok(handle);
                    }
                }
                // Another node runs it.
                TurnStatus::Running => {}
            }
            if waiting.elapsed() > LONGEST_WAIT {
                return Err(TurnError::Busy);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn revive(
        &self,
        op: &Op,
        ask: &Ask,
        head: AgentHead,
        stored: &Turn,
    ) -> Result<Option<Handle>, TurnError> {
        let name = SessionName {
            account: op.account,
            environment: stored.environment,
            chatbot: stored.chatbot_id.clone(),
            session: stored.session_id.clone(),
        };
        let place = tokio::time::timeout(LONGEST_WAIT, self.0.queues.enter(name))
            .await
            .map_err(|_| TurnError::Busy)?;
        let arrived = Stopwatch::start();
        let Some(turn) = self.0.store.revive_turn(op, &stored.taken(), op.now().after(PROMISE)).await? else {
            return Ok(None);
        };
        let card = self.card(op, &ask.chatbot, head).await?;
        let job = run::Job {
            op: op.clone(),
            ask: ask.clone(),
            card,
            content_version: head.content_version,
            session_id: stored.session_id.clone(),
            turn,
            arrived,
        };
        Ok(Some(self.start(job, place)))
    }

    /// The turn's first read: whether the agent may answer, and whether what this node has cached is still right.
    async fn head(&self, op: &Op, ask: &Ask) -> Result<AgentHead, TurnError> {
        if op
            .visitor()
            .is_some_and(|visitor| visitor.project != ask.project || !visitor.chatbots.contains(&ask.chatbot))
        {
            return Err(TurnError::Refused(
                ErrorCode::Forbidden,
                "the token is not for this chatbot and project",
            ));
        }
        let head = self.0.store.find_agent_head(op.account, &ask.chatbot).await?;
        let head = head.filter(|head| head.project_id == ask.project).ok_or(TurnError::Refused(
            ErrorCode::ChatbotNotFound,
            "there is no such chatbot in this project",
        ))?;
        if head.status != AccountStatus::Active {
            return Err(TurnError::Refused(ErrorCode::Forbidden, "the account is suspended"));
        }
        if !head.enabled {
            return Err(TurnError::Refused(ErrorCode::Forbidden, "the chatbot is switched off"));
        }
        Ok(head)
    }

    /// Which session is meant. A client token opens its own session, and older web sessions of the same agent.
    async fn session(&self, op: &Op, ask: &Ask) -> Result<SessionId, TurnError> {
        let Some(visitor) = op.visitor() else {
            return Ok(ask.session.clone().unwrap_or_else(|| op.ids.web_session()));
        };
        match &ask.session {
            None => Ok(visitor.session.clone()),
            Some(session) if *session == visitor.session => Ok(session.clone()),
            Some(session) => {
                let known = session.is_uuid_v4()
                    && self.0.store.find_session(op, &ask.chatbot, Channel::Web, session).await?.is_some();
                known.then(|| session.clone()).ok_or(TurnError::Refused(
                    ErrorCode::SessionNotFound,
                    "there is no such session; leave session_id out to use the token's own",
                ))
            }
        }
    }

    async fn card(&self, op: &Op, chatbot: &ChatbotId, head: AgentHead) -> Result<Arc<AgentCard>, TurnError> {
        if let Some(card) = self.0.cards.get(chatbot).filter(|card| card.agent.version >= head.version) {
            return Ok(card);
        }
        let found = self.0.store.find_agent_with_llm_key(op.account, chatbot).await?;
        let (agent, llm_key) =
            found.ok_or(TurnError::Refused(ErrorCode::ChatbotNotFound, "the chatbot was deleted"))?;
        let pairs = self.0.store.enabled_pairs(op.account, chatbot).await?;
        let card = Arc::new(AgentCard::new(agent, pairs, llm_key));
        self.0.cards.insert(chatbot.clone(), Arc::clone(&card));
        Ok(card)
    }

    /// The turn that runs in a session on this node.
    #[must_use]
    pub fn running_in(&self, op: &Op, session: &SessionId) -> Option<Handle> {
        self.0.running.find_by_session(op, session)
    }

    /// Stops a turn that runs on this node: the part that was said is stored as stopped. Says whether it ran.
    #[must_use]
    pub fn stop(&self, op: &Op, message: &MessageId) -> bool {
        self.0.running.stop(op.account, message)
    }

    /// How many turns run on this node.
    #[must_use]
    pub fn running_count(&self) -> usize {
        self.0.running.len()
    }
}

/// A stored turn as the events that it was.
fn replay(turn: Turn) -> Handle {
    let mut events: Vec<TurnEvent> = TurnEvent::opening(&turn.message_id).into();
    events.extend(turn.notice.map(|data| TurnEvent::DataNotice { data }));
    match &turn.pieces {
        Some(pieces) => events.extend(pieces.cut(&turn.answer).map(TurnEvent::text)),
        None => events.extend(deltas(&turn.answer).map(TurnEvent::text)),
    }
    events.push(TurnEvent::TextEnd { id: crate::events::TEXT_ID });
    match turn.status {
        TurnStatus::Done | TurnStatus::Running | TurnStatus::Interrupted => {
            events.extend(TurnEvent::citations(&turn.citations));
            events.push(TurnEvent::FinishStep);
            events.extend(TurnEvent::ending(
                &turn.session_id,
                turn.finish_reason.unwrap_or(FinishReason::Stop),
            ));
        }
        TurnStatus::Stopped => events.push(TurnEvent::stopped()),
        TurnStatus::Failed => events.push(TurnEvent::failed(turn.failure.unwrap_or(Failure::Internal))),
    }
    Handle { message_id: turn.message_id, session_id: turn.session_id, log: TurnLog::complete(events) }
}

//! The seam between a turn and what answers it: the built-in answerer, and language models.

use std::sync::Arc;

use futures::future::BoxFuture;
use robofy_kernel::Op;
use robofy_knowledge::library::LibraryError;
use robofy_store::StoreError;
use robofy_store::agents::Agent;
use robofy_store::chat::{PastTurn, TurnKind, VisitorContext};
use robofy_store::pairs::Pair;
use tokio_util::sync::CancellationToken;

use crate::builtin::{PairIn, PairIndex};
use crate::citations::Verified;
use crate::events::{TurnEvent, deltas};
use crate::turns::TurnLog;

/// An agent as turns use it, cached under its version.
#[derive(Debug)]
pub struct AgentCard {
    /// The agent.
    pub agent: Agent,
    /// Its enabled pairs.
    pub pairs: Vec<Pair>,
    /// Finds one of them; numbers are those of `pairs`.
    pub pair_index: PairIndex,
}

impl AgentCard {
    /// An agent with its enabled pairs.
    #[must_use]
    pub fn new(agent: Agent, pairs: Vec<Pair>) -> Self {
        let wordings = pairs.iter().map(|pair| PairIn { question: &pair.question, also: &pair.also });
        let pair_index = PairIndex::new(wordings);
        Self { agent, pairs, pair_index }
    }
}

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// Who asks.
    pub op: &'a Op,
    /// Whom.
    pub card: &'a AgentCard,
    /// The agent's content version that the turn's first read gave.
    pub content_version: i64,
    /// What.
    pub query: &'a str,
    /// Earlier turns of the session, the oldest first; empty when the agent has no memory.
    pub history: &'a [PastTurn],
    /// What the visitor's client says of the visitor.
    pub visitor: &'a VisitorContext,
}

/// Why an answer ended early.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The turn was stopped.
    #[error("stopped")]
    Stopped,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The knowledge could not be searched.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Answers questions. What it says leaves at once; what it cites was verified before.
pub trait Answerer: Send + Sync + std::fmt::Debug {
    /// Answers one question; gives the kind of answer that it was.
    fn answer<'a>(
        &'a self,
        question: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>>;
}

/// Where an answerer speaks: appends to the turn's log and keeps what was said for the store.
#[derive(Debug)]
pub struct Speaker {
    log: TurnLog,
    stop: CancellationToken,
    text: String,
    citations: Vec<Verified>,
}

impl Speaker {
    pub(crate) const fn new(log: TurnLog, stop: CancellationToken) -> Self {
        Self { log, stop, text: String::new(), citations: Vec::new() }
    }

    /// Says a text.
    ///
    /// # Errors
    /// [`AnswerError::Stopped`] when the turn was stopped; what was said before stays said.
    pub fn say(&mut self, text: &str) -> Result<(), AnswerError> {
        for delta in deltas(text) {
            if self.stop.is_cancelled() {
                return Err(AnswerError::Stopped);
            }
            self.text.push_str(delta);
            self.log.extend([TurnEvent::text(delta)]);
        }
        Ok(())
    }

    /// Adds a citation, which is sent when the text is complete. Gives its number, from 1.
    pub fn cite(&mut self, citation: Verified) -> usize {
        self.citations.push(citation);
        self.citations.len()
    }

    /// Resolves when the turn is stopped; an answerer that waits for something listens to it.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    pub(crate) fn into_said(self) -> (String, Vec<Verified>) {
        (self.text, self.citations)
    }
}

/// The answerer in use.
pub type SharedAnswerer = Arc<dyn Answerer>;

//! The seam between a turn and what answers it: the built-in answerer, and language models.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use robofy_kernel::{Op, Stopwatch};
use robofy_knowledge::library::LibraryError;
use robofy_model::Usage;
use robofy_store::StoreError;
use robofy_store::agents::Agent;
use robofy_store::chat::{Citation, PastTurn, Pieces, TurnKind, VisitorContext};
use robofy_store::pairs::Pair;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::builtin::{PairIn, PairIndex};
use crate::citations::Verified;
use crate::events::{FinishReason, Notice, TurnEvent, deltas};
use crate::flows::Guard;
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
    /// The key of its own model.
    pub llm_key: Option<SecretString>,
}

impl AgentCard {
    /// An agent with its enabled pairs.
    #[must_use]
    pub fn new(agent: Agent, pairs: Vec<Pair>, llm_key: Option<SecretString>) -> Self {
        let wordings = pairs.iter().map(|pair| PairIn { question: &pair.question, also: &pair.also });
        let pair_index = PairIndex::new(wordings);
        Self { agent, pairs, pair_index, llm_key }
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
    /// The language model failed when a part had been said already.
    #[error("the language model failed in mid-answer")]
    Upstream,
    /// The language model fell silent when a part had been said already.
    #[error("the language model fell silent in mid-answer")]
    UpstreamTimeout,
    /// The longest text was reached; what fits was said, and the answer counts as complete.
    #[error("the answer is longer than one may be")]
    TooLong,
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
    arrived: Stopwatch,
    said: Said,
    guard: Option<Guard>,
}

/// What was said in a turn, for the store.
#[derive(Debug)]
pub(crate) struct Said {
    /// The text.
    pub text: String,
    /// Lengths of the pieces in which the text left, in bytes, so that the stored answer replays as the same events.
    pub pieces: Vec<u32>,
    /// The quotes.
    pub citations: Vec<Verified>,
    /// What the visitor was told beside the answer.
    pub notice: Option<Notice>,
    /// What a model's answer cost.
    pub usage: Option<Usage>,
    /// Why the answer ended.
    pub finish: FinishReason,
    /// From the question's arrival to the first piece.
    pub first_piece_after: Option<Duration>,
}

impl Said {
    /// The pieces of the text and of what follows it, unless they are those that [`deltas`] makes of the whole.
    pub fn uncommon_pieces(&self, tail: &str) -> Option<Pieces> {
        let length = |piece: &str| u32::try_from(piece.len()).unwrap_or(u32::MAX);
        let said: Vec<u32> = self.pieces.iter().copied().chain(deltas(tail).map(length)).collect();
        let whole = format!("{}{tail}", self.text);
        let is_usual = deltas(&whole).map(length).eq(said.iter().copied());
        (!is_usual).then(|| Pieces::pack(said))
    }

    /// The quotes as they are stored and sent.
    pub fn numbered(&self) -> Vec<Citation> {
        let quotes = self.citations.iter().cloned().enumerate();
        quotes.map(|(at, citation)| citation.numbered(at + 1)).collect()
    }
}

/// The longest answer, in bytes; a model that floods is cut here.
const LONGEST_TEXT: usize = 64 * 1024;
/// The most pieces of an answer.
const MOST_PIECES: usize = 16 * 1024;

impl Speaker {
    pub(crate) const fn new(log: TurnLog, stop: CancellationToken, arrived: Stopwatch) -> Self {
        let said = Said {
            text: String::new(),
            pieces: Vec::new(),
            citations: Vec::new(),
            notice: None,
            usage: None,
            finish: FinishReason::Stop,
            first_piece_after: None,
        };
        Self { log, stop, arrived, said, guard: None }
    }

    /// From now on what a model says is looked at sentence by sentence, in the language of this code: one that claims to
    /// have done what only a flow can do is left out. With `None` there is nothing to claim.
    pub(crate) fn guard(&mut self, language: Option<String>) {
        self.guard = language.map(Guard::new);
    }

    /// What a model says: the same as [`Self::say_piece`], but for what the guard leaves out.
    ///
    /// # Errors
    /// As [`Self::say_piece`].
    pub fn claim(&mut self, piece: &str) -> Result<(), AnswerError> {
        match &mut self.guard {
            None => self.say_piece(piece),
            Some(guard) => {
                let passed = guard.push(piece);
                self.say_piece(&passed)
            }
        }
    }

    /// Lets the sentence leave that the guard still holds, if it may.
    ///
    /// # Errors
    /// As [`Self::say_piece`].
    pub(crate) fn release(&mut self) -> Result<(), AnswerError> {
        let rest = self.guard.as_mut().map(Guard::end).unwrap_or_default();
        self.say_piece(&rest)
    }

    /// Says a text, in pieces of a few words.
    ///
    /// # Errors
    /// [`AnswerError::Stopped`] when the turn was stopped, [`AnswerError::TooLong`] when the answer is as long as one may
    /// be; what was said before stays said.
    pub fn say(&mut self, text: &str) -> Result<(), AnswerError> {
        deltas(text).try_for_each(|delta| self.say_piece(delta))
    }

    /// Says a text in one piece, as it came.
    ///
    /// # Errors
    /// [`AnswerError::Stopped`] when the turn was stopped, [`AnswerError::TooLong`] when the answer is as long as one may
    /// be; what was said before stays said.
    pub fn say_piece(&mut self, piece: &str) -> Result<(), AnswerError> {
        if piece.is_empty() {
            return Ok(());
        }
        if self.stop.is_cancelled() {
            return Err(AnswerError::Stopped);
        }
        let room = LONGEST_TEXT.saturating_sub(self.said.text.len());
        let fits = &piece[..piece.floor_char_boundary(room)];
        if fits.is_empty() || self.said.pieces.len() >= MOST_PIECES {
            self.said.finish = FinishReason::Length;
            return Err(AnswerError::TooLong);
        }
        self.said.first_piece_after.get_or_insert_with(|| self.arrived.elapsed());
        self.said.text.push_str(fits);
        self.said.pieces.push(u32::try_from(fits.len()).unwrap_or(u32::MAX));
        self.log.extend([TurnEvent::text(fits)]);
        Ok(())
    }

    /// Adds a citation, which is sent when the text is complete. Gives its number, from 1.
    pub fn cite(&mut self, citation: Verified) -> usize {
        self.said.citations.push(citation);
        self.said.citations.len()
    }

    /// Tells the visitor something beside the answer. Only before the first word, and once: a stored turn replays it
    /// there.
    pub fn notice(&mut self, notice: Notice) {
        if self.said.text.is_empty() && self.said.notice.is_none() {
            self.said.notice = Some(notice);
            self.log.extend([TurnEvent::DataNotice { data: notice }]);
        }
    }

    /// What the answer cost so far.
    pub const fn spent(&mut self, usage: Usage) {
        self.said.usage = Some(usage);
    }

    /// Why the answer ends, when it is not simply complete.
    pub const fn finish(&mut self, reason: FinishReason) {
        self.said.finish = reason;
    }

    /// Whether nothing was said yet, and nothing waits for the end of its sentence.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.said.text.is_empty() && self.guard.as_ref().is_none_or(Guard::is_empty)
    }

    /// Resolves when the turn is stopped; an answerer that waits for something listens to it.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// The token that is cancelled when the turn is stopped.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    pub(crate) fn into_said(self) -> Said {
        self.said
    }
}

/// The answerer in use.
pub type SharedAnswerer = Arc<dyn Answerer>;

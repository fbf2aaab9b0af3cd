//! A reply as it comes.

use std::collections::VecDeque;
use std::time::Duration;

use robofy_kernel::Stopwatch;
use robofy_net::{NetError, Response};
use tokio::time::timeout;

use crate::ModelError;
use crate::breaker::Leave;
use crate::chat::{FinishReason, Piece};
use crate::config::ModelsConfig;
use crate::provider::{ReplyReader, Signal};

/// How long the formal end of a reply is waited for when the reason of the end has come (the usage follows it).
const END_TIME: Duration = Duration::from_secs(2);
/// How long the end of the body is waited for after the reply's own end, so that the connection can be used again.
const REUSE_TIME: Duration = Duration::from_millis(5);
/// Bytes of the longest token in common vocabularies (a run of blanks): an endpoint that says more than this for each
/// token that it was granted ignores the limit.
const TOKEN_BYTES: usize = 128;

/// A reply whose first text (or end) has come. Dropping it closes the connection at once, which ends the work upstream.
#[derive(Debug)]
pub struct Reply {
    /// Gone when the reply has ended.
    response: Option<Response>,
    reader: Box<dyn ReplyReader>,
    /// What was understood and not yet given.
    ready: VecDeque<Piece>,
    /// What went wrong after it.
    failed: Option<ModelError>,
    /// Since when the next token is waited for.
    waiting: Option<Stopwatch>,
    /// Whether the reason has come.
    complete: bool,
    between_tokens: Duration,
    /// Bytes of text that may still come.
    room: usize,
    leave: Option<Leave>,
    host: String,
    model: String,
}

/// What a look at the network brought.
#[derive(PartialEq)]
enum Brought {
    /// No token: a comment, an empty delta, a part of an event.
    Nothing,
    /// A thought.
    Thought,
    /// Text, the end, or a failure: something to give.
    Something,
}

impl Reply {
    pub(crate) fn new(
        response: Response,
        reader: Box<dyn ReplyReader>,
        config: &ModelsConfig,
        tokens: u32,
    ) -> Self {
        let room = usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(TOKEN_BYTES);
        Self {
            response: Some(response),
            reader,
            ready: VecDeque::new(),
            failed: None,
            waiting: None,
            complete: false,
            between_tokens: config.between_tokens,
            room,
            leave: None,
            host: String::new(),
            model: String::new(),
        }
    }

    /// Waits for the first text or the end. `limit` is for the first token of any kind; when the model thinks aloud, the
    /// limits for thinking take its place.
    pub(crate) async fn first(
        &mut self,
        config: &ModelsConfig,
        limit: Duration,
        began: Stopwatch,
    ) -> Result<(), ModelError> {
        let mut limit = limit;
        let mut watch = Stopwatch::start();
        loop {
            match self.look(limit.saturating_sub(watch.elapsed()), limit).await {
                Brought::Something => break,
                Brought::Thought => {
                    limit = self.between_tokens.min(config.thinking.saturating_sub(began.elapsed()));
                    watch = Stopwatch::start();
                }
                Brought::Nothing => {}
            }
        }
        match self.failed.take() {
            Some(error) if self.ready.is_empty() => Err(error),
            failed => {
                self.failed = failed;
                Ok(())
            }
        }
    }

    /// Tells the reply, whose first text or end is there, whom to tell how it went.
    pub(crate) fn hold(&mut self, mut leave: Leave, host: &str, model: &str) {
        leave.answers();
        self.leave = Some(leave);
        self.host = host.to_owned();
        self.model = model.to_owned();
        self.settle();
    }

    /// The next piece: texts as they come, one [`Piece::End`], then `None`.
    ///
    /// May be dropped and called again without losing anything. How long its caller takes between two calls does not
    /// count against the endpoint.
    ///
    /// # Errors
    /// When the reply fails after its first text. Nothing follows.
    pub async fn next(&mut self) -> Result<Option<Piece>, ModelError> {
        loop {
            self.settle();
            if let Some(piece) = self.ready.pop_front() {
                self.waiting = None;
                return Ok(Some(piece));
            }
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            if self.response.is_none() {
                return Ok(None);
            }
            let complete = self.reader.is_complete();
            if complete && !std::mem::replace(&mut self.complete, complete) {
                // The end has a time of its own, however long the reason was waited for.
                self.waiting = None;
            }
            let waiting = *self.waiting.get_or_insert_with(Stopwatch::start);
            let limit = if complete { END_TIME } else { self.between_tokens };
            match self.look(limit.saturating_sub(waiting.elapsed()), limit).await {
                Brought::Nothing | Brought::Something => {}
                Brought::Thought => self.waiting = Some(Stopwatch::start()),
            }
        }
    }

    /// Reads once from the network, for at most `left` of `limit`.
    async fn look(&mut self, left: Duration, limit: Duration) -> Brought {
        let Some(response) = &mut self.response else { return Brought::Something };
        let mut signals = VecDeque::new();
        let outcome = match timeout(left, response.chunk()).await {
            Ok(Ok(Some(bytes))) => self.reader.read(&bytes, &mut signals),
            // An endpoint that breaks off or falls silent when all has been said has said all.
            Ok(Ok(None)) => self.reader.end(&mut signals),
            Ok(Err(_)) | Err(_) if self.reader.is_complete() => self.reader.end(&mut signals),
            Ok(Err(NetError::Broken { source })) => {
                tracing::debug!(%source, "a reply broke off");
                Err(ModelError::Cut)
            }
            Ok(Err(error)) => Err(ModelError::Net(error)),
            Err(_) => Err(ModelError::Silent(limit)),
        };
        let brought = self.take(signals).await;
        match outcome {
            Err(error) if self.response.is_some() => {
                self.response = None;
                self.failed = Some(error);
                Brought::Something
            }
            Ok(()) | Err(_) => brought,
        }
    }

    async fn take(&mut self, signals: VecDeque<Signal>) -> Brought {
        let mut brought = Brought::Nothing;
        for signal in signals {
            match signal {
                Signal::Thought if brought == Brought::Nothing => brought = Brought::Thought,
                Signal::Thought => {}
                Signal::Text(text) => {
                    brought = Brought::Something;
                    let Some(room) = self.room.checked_sub(text.len()) else {
                        tracing::warn!(
                            "a model says far more than it was granted; it is taken to have reached its limit"
                        );
                        self.response = None;
                        self.ready.push_back(Piece::End { reason: FinishReason::Length, usage: None });
                        break;
                    };
                    self.room = room;
                    self.ready.push_back(Piece::Text(text));
                }
                Signal::End { reason, usage } => {
                    brought = Brought::Something;
                    self.ready.push_back(Piece::End { reason, usage });
                    self.end().await;
                    break;
                }
            }
        }
        brought
    }

    /// Lets go of the connection, of one that can be used again if its end comes at once.
    async fn end(&mut self) {
        let Some(mut response) = self.response.take() else { return };
        let rest = async { while let Ok(Some(_)) = response.chunk().await {} };
        if timeout(REUSE_TIME, rest).await.is_err() {
            tracing::trace!("the connection stays open after the reply; it is closed");
        }
    }

    /// Tells the breaker how it went, once that is known.
    fn settle(&mut self) {
        if self.response.is_some() {
            return;
        }
        let Some(leave) = self.leave.take() else { return };
        match &self.failed {
            None => leave.succeeded(),
            Some(error) => {
                let (host, model) = (&*self.host, &*self.model);
                tracing::warn!(
                    host,
                    model,
                    kind = error.kind(),
                    status = error.status(),
                    "a model failed in mid-reply"
                );
                leave.failed(error);
            }
        }
    }
}

//! The seam between dialects and what is the same for all of them.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::chat::{ChatRequest, FinishReason, Usage};
use crate::fit::Fit;
use crate::{Dialect, Endpoint, ModelError, openai};

/// What a dialect sends.
#[derive(Debug)]
pub struct Call {
    /// Where to, by POST.
    pub url: Url,
    /// Headers; the key's is marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What a dialect understood of a reply.
#[derive(Debug, PartialEq, Eq)]
pub enum Signal {
    /// Some text for the visitor.
    Text(String),
    /// A token that is no text for the visitor: the model thinks.
    Thought,
    /// The end. Nothing follows.
    End {
        /// Why it ended.
        reason: FinishReason,
        /// What it cost, when the endpoint said so.
        usage: Option<Usage>,
    },
}

/// A dialect: how a question is written, and how a reply is read. It does no I/O, keeps no time and retries nothing.
pub trait Provider: Send + Sync + fmt::Debug {
    /// Writes a question, as the endpoint takes it.
    ///
    /// # Errors
    /// When the endpoint's key or address cannot be sent.
    fn call(&self, endpoint: &Endpoint, request: &ChatRequest, fit: Fit) -> Result<Call, ModelError>;

    /// Reads a successful reply, whose head has come.
    ///
    /// # Errors
    /// When its head says that it is none of this dialect.
    fn reader(&self, headers: &HeaderMap) -> Result<Box<dyn ReplyReader>, ModelError>;

    /// The beginning of what a refusal says, for the log and for the operator.
    fn detail(&self, body: &[u8]) -> Detail;

    /// How to write a question anew whose refusal names a setting that can be left out or called otherwise; `None` when
    /// it names none, or one that was changed already. `fit` is how it was written.
    fn fitted(
        &self,
        endpoint: &Endpoint,
        request: &ChatRequest,
        fit: Fit,
        status: StatusCode,
        body: &[u8],
    ) -> Option<Fit>;
}

/// What a refusal says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// A code from a fixed list, or a status: fit for a log. Empty when there is none, or another.
    pub code: String,
    /// The beginning of the sentence, for the operator.
    pub message: String,
}

/// Reads one reply as it comes.
pub trait ReplyReader: Send + fmt::Debug {
    /// Takes what came. What was understood before an error is in `out`.
    ///
    /// # Errors
    /// When the endpoint reports a failure, or what came is no reply.
    fn read(&mut self, bytes: &[u8], out: &mut VecDeque<Signal>) -> Result<(), ModelError>;

    /// The body has ended.
    ///
    /// # Errors
    /// [`ModelError::Cut`] when the reply has not.
    fn end(&mut self, out: &mut VecDeque<Signal>) -> Result<(), ModelError>;

    /// Whether everything but the end itself has come, so that the end need not be waited for long.
    fn is_complete(&self) -> bool;
}

/// The provider of a dialect.
pub(crate) fn of(dialect: Dialect) -> &'static dyn Provider {
    match dialect {
        Dialect::OpenAiChat => &openai::OpenAiChat,
    }
}

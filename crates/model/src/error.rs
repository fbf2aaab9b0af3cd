//! Why a model did not answer.

use std::time::Duration;

use robofy_net::NetError;

/// When it happened. Before the first token somebody else can answer instead; after it, the answer has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was said.
    BeforeFirstToken,
    /// A part was said.
    AfterFirstToken,
}

/// Why a model did not answer, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The address is none that may be reached.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The endpoint refused the request as such (4xx): the key, the model's name, the request.
    #[error("the endpoint answered {status}: {detail}")]
    Refused {
        /// The status.
        status: u16,
        /// The beginning of what it said, for the log and for the operator; no visitor sees it.
        detail: String,
    },
    /// The endpoint wants fewer requests (429).
    #[error("the endpoint wants fewer requests")]
    Busy {
        /// When to come again.
        retry_after: Option<Duration>,
    },
    /// The endpoint failed (5xx, or an error within the stream).
    #[error("the endpoint failed: {detail}")]
    Failed {
        /// What it said.
        detail: String,
    },
    /// No token came in time.
    #[error("nothing came for {0:?}")]
    Silent(Duration),
    /// What came is no stream of this dialect.
    #[error("what came is no reply: {0}")]
    Malformed(String),
    /// The reply stopped without an end.
    #[error("the reply was cut off")]
    Cut,
    /// The endpoint failed too often lately; it is left alone for a while.
    #[error("the endpoint failed too often; it is left alone for {0:?}")]
    Open(Duration),
}

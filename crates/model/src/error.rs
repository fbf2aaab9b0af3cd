//! Why a model did not answer.

use std::time::Duration;

use robofy_net::NetError;

/// Why a model did not answer, or not to the end. [`Models::chat`](crate::Models::chat) fails before the first token,
/// when somebody else can answer instead; [`Reply::next`](crate::Reply::next) fails after it.
///
/// Its text is fit for the log, in our own words. What the endpoint said is apart, in [`ModelError::detail`]: it may
/// repeat the prompt, so it is for whoever runs the agent, and for no log and no visitor.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The address is none that may be reached, or nothing came from it.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The endpoint's settings cannot be used. The text says what to change.
    #[error("{0}")]
    Unusable(&'static str),
    /// The endpoint refused the request as such (3xx, 4xx): the address, the key, the model's name, the request.
    #[error("the endpoint refused the request with status {status}")]
    Refused {
        /// The status.
        status: u16,
        /// The beginning of what it said.
        detail: String,
    },
    /// The endpoint wants fewer requests (429).
    #[error("the endpoint wants fewer requests")]
    Busy {
        /// When to come again.
        retry_after: Option<Duration>,
    },
    /// The endpoint failed (5xx, or an error within the stream).
    #[error("the endpoint failed{}", status.map(|status| format!(" with status {status}")).unwrap_or_default())]
    Failed {
        /// The status, unless it failed within the stream.
        status: Option<u16>,
        /// What it said.
        detail: String,
    },
    /// No token came in time.
    #[error("nothing came for {0:?}")]
    Silent(Duration),
    /// What came is no reply of this dialect.
    #[error("what came is no reply: {0}")]
    Malformed(String),
    /// The reply stopped without an end.
    #[error("the reply was cut off")]
    Cut,
    /// The endpoint failed too often lately; it is left alone for a while.
    #[error("the endpoint failed too often; it is left alone for {0:?}")]
    Open(Duration),
}

impl ModelError {
    /// Whether time ran out, rather than something having gone wrong.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::Net(NetError::TimedOut(_)))
    }

    /// Whether the endpoint is at fault: nobody there, an error of its own, silence, a cut, nonsense. A refusal is an
    /// answer, and says nothing about the endpoint's health.
    #[must_use]
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::Net(error) => match error {
                NetError::Connect { .. }
                | NetError::TimedOut(_)
                | NetError::TooLong(_)
                | NetError::Broken { .. } => true,
                NetError::Refused(_) | NetError::Redirects => false,
            },
            Self::Failed { .. } | Self::Silent(_) | Self::Malformed(_) | Self::Cut => true,
            Self::Unusable(_) | Self::Refused { .. } | Self::Busy { .. } | Self::Open(_) => false,
        }
    }

    /// Whether the endpoint answered, though not with a reply.
    pub(crate) const fn is_answer(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Busy { .. })
    }

    /// Whether the same question may be answered when it is asked again at once.
    pub(crate) const fn is_passing(&self) -> bool {
        match self {
            Self::Net(error) => {
                !matches!(error, NetError::Refused(_) | NetError::Redirects | NetError::TooLong(_))
            }
            Self::Refused { status, .. } => *status == 408,
            Self::Busy { .. } | Self::Failed { .. } | Self::Silent(_) | Self::Malformed(_) | Self::Cut => {
                true
            }
            Self::Unusable(_) | Self::Open(_) => false,
        }
    }

    /// One fixed word for the log.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Net(NetError::Refused(_)) => "address_refused",
            Self::Net(NetError::Connect { .. }) => "connect",
            Self::Net(NetError::TimedOut(_)) => "no_answer",
            Self::Net(NetError::TooLong(_)) => "too_long",
            Self::Net(NetError::Redirects) => "redirect",
            Self::Net(NetError::Broken { .. }) => "broken",
            Self::Unusable(_) => "unusable",
            Self::Refused { .. } => "refused",
            Self::Busy { .. } => "busy",
            Self::Failed { .. } => "failed",
            Self::Silent(_) => "silent",
            Self::Malformed(_) => "malformed",
            Self::Cut => "cut",
            Self::Open(_) => "left_alone",
        }
    }

    /// The beginning of what the endpoint said, when it said something.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Refused { detail, .. } | Self::Failed { detail, .. } => Some(detail),
            Self::Net(_)
            | Self::Unusable(_)
            | Self::Busy { .. }
            | Self::Silent(_)
            | Self::Malformed(_)
            | Self::Cut
            | Self::Open(_) => None,
        }
    }

    /// The endpoint's status, when it gave one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Busy { .. } => Some(429),
            Self::Failed { status, .. } => *status,
            Self::Net(_)
            | Self::Unusable(_)
            | Self::Silent(_)
            | Self::Malformed(_)
            | Self::Cut
            | Self::Open(_) => None,
        }
    }
}

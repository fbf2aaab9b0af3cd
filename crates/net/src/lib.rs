//! The one gate for outgoing HTTP.
//!
//! Two profiles: *operator*, for addresses that whoever runs the server has set (any network), and *public*, for
//! addresses that tenants or strangers chose (public networks, and those that the operator has opened). Which address
//! a name stands for is decided when the connection is made, by the answer that the connection uses, so that a name
//! cannot change its meaning in between. No proxy is taken from the environment, and no redirect is followed that was
//! not looked at again.

mod gate;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

pub use gate::{Gate, Response};

/// What is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST …
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers; those that hold secrets are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// What the answer may cost.
    pub limits: Limits,
}

/// What an answer may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the answer's head is there, redirects included.
    pub head: Duration,
    /// Until the answer's body is there, from the request on; `None` when its reader keeps time.
    pub whole: Option<Duration>,
    /// Bytes of the body after decoding.
    pub body_bytes: usize,
    /// Redirects that are followed, each after being looked at again; credentials go to the first origin only.
    pub redirects: usize,
}

/// Why nothing, or not all, came back.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The address is none that this profile may reach. The text says why, for the person who set it.
    #[error("{0}")]
    Refused(String),
    /// The name is unknown or nobody answers there.
    #[error("cannot connect to {host}")]
    Connect {
        /// The host.
        host: String,
        /// The cause, for the log.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The body is longer than allowed.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// More redirects than allowed, or one that leads nowhere.
    #[error("too many redirects, or one that leads nowhere")]
    Redirects,
    /// The connection broke, or what came was no HTTP.
    #[error("the connection broke")]
    Broken {
        /// The cause, for the log.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

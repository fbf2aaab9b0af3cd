//! Why nothing, or not all, came back.

use std::error::Error;
use std::time::Duration;

/// Why nothing, or not all, came back. Its text holds no secret: no path, no query, no header.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The address is none that this profile may reach. The text says why and what to do, for the person who set it.
    #[error("{0}")]
    Refused(String),
    /// The name is unknown or nobody answers there.
    #[error("cannot connect to {host}")]
    Connect {
        /// The host.
        host: String,
        /// The cause, for the log.
        source: Box<dyn Error + Send + Sync>,
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
        source: Box<dyn Error + Send + Sync>,
    },
}

impl NetError {
    pub(crate) fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken { source: source.into() }
    }

    /// What went wrong while a request to `host` was under way.
    pub(crate) fn sending(error: hyper_util::client::legacy::Error, host: &str) -> Self {
        if let Some(sentence) = Self::refusal(&error) {
            return Self::Refused(sentence.to_owned());
        }
        if error.is_connect() {
            return Self::Connect { host: host.to_owned(), source: Box::new(error) };
        }
        Self::broken(error)
    }

    /// The sentence of the refusal that is somewhere among an error's causes: the door that refuses stands below the
    /// HTTP and TLS clients, which wrap what it says.
    pub(crate) fn refusal<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(Self::Refused(sentence)) = error.downcast_ref() {
                return Some(sentence);
            }
            cause = error.source();
        }
        None
    }
}

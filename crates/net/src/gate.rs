//! The gate.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use ipnet::IpNet;
use tokio::time::Sleep;
use url::Url;

use crate::connect::Connector;
use crate::profile::Profile;
use crate::{NetError, Request, Response, Rules, redirect};

/// What a connection's read buffer may grow to, and so what an answer's head may weigh. The client's own 400 KiB would be
/// gigabytes with thousands of streams whose other end sends faster than it is read.
const READ_BUFFER: usize = 32 << 10;

/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(60);

/// Connections kept for each origin: many to the operator's few, few to each of many that strangers chose.
const IDLE_OPERATOR: usize = 256;
const IDLE_PUBLIC: usize = 8;

/// Sends requests by one profile's rules. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    client: Client<Connector, Full<Bytes>>,
    profile: Profile,
}

impl Gate {
    /// A gate that keeps these rules, with connections of its own.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(rules: Rules) -> Result<Self, NetError> {
        let idle = match &rules.profile {
            Profile::Operator => IDLE_OPERATOR,
            Profile::Public { .. } => IDLE_PUBLIC,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(idle)
            .http1_max_buf_size(READ_BUFFER)
            .build(Connector::new(&rules)?);
        Ok(Self { client, profile: rules.profile })
    }

    /// For addresses that whoever runs the server has set: every network.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn operator() -> Result<Self, NetError> {
        Self::new(Rules::operator())
    }

    /// For addresses that tenants or strangers chose: public networks, and `opened` ones.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn public(opened: &[IpNet]) -> Result<Self, NetError> {
        Self::new(Rules::public(opened))
    }

    /// Whether the profile may reach this address, as far as its spelling tells; names are looked up when connecting.
    ///
    /// # Errors
    /// [`NetError::Refused`] with a sentence for the person who set the address.
    pub fn check(&self, url: &Url) -> Result<(), NetError> {
        self.profile.admit(url)
    }

    /// Sends a request; the answer's body is read from the [`Response`].
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let limits = request.limits;
        let end = limits.whole.map(|whole| Deadline { whole, sleep: Box::pin(tokio::time::sleep(whole)) });
        let head = limits.whole.map_or(limits.head, |whole| whole.min(limits.head));
        let answered = tokio::time::timeout(head, self.answer(request));
        let (url, answer) = answered.await.map_err(|_| NetError::TimedOut(head))??;
        Ok(Response::new(url, answer, limits.body_bytes, end))
    }

    /// The first answer that sends nobody on.
    async fn answer(&self, mut request: Request) -> Result<(Url, http::Response<Incoming>), NetError> {
        let most = request.limits.redirects;
        let mut followed = 0;
        loop {
            let answer = self.exchange(&request).await.map_err(|error| behind(followed, error))?;
            let next = match most {
                0 => None,
                _ => redirect::target(&request.url, answer.status(), answer.headers())?,
            };
            let Some(next) = next else { return Ok((request.url, answer)) };
            if followed == most {
                return Err(NetError::Redirects);
            }
            followed += 1;
            redirect::follow(&mut request, answer.status(), next).map_err(|error| behind(followed, error))?;
        }
    }

    /// One request and its answer, by the rules.
    async fn exchange(&self, request: &Request) -> Result<http::Response<Incoming>, NetError> {
        self.check(&request.url)?;
        let host = request.url.host_str().unwrap_or_default();
        let answer =
            self.client.request(request.message()?).await.map_err(|error| NetError::sending(error, host))?;
        tracing::debug!(host, method = %request.method, status = answer.status().as_u16(), "answered");
        Ok(answer)
    }
}

/// A refusal for whoever set the first address, which was none to refuse.
fn behind(followed: usize, error: NetError) -> NetError {
    if let (NetError::Refused(sentence), true) = (&error, followed > 0) {
        return NetError::Refused(format!("The address leads on to one that is refused. {sentence}"));
    }
    error
}

/// When an answer must be there in full.
pub(crate) struct Deadline {
    pub(crate) whole: Duration,
    pub(crate) sleep: Pin<Box<Sleep>>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("profile", &self.profile).finish_non_exhaustive()
    }
}

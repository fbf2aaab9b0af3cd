//! A client's HTTP connection, kept open from one request to the next, and what becomes of a request.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use futures::FutureExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// How long an answer may take. A server that is killed closes its connections at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    /// `POST`, `PUT`, `GET`, `DELETE`.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// JSON.
    pub body: Option<Value>,
    /// The `Idempotency-Key`.
    pub key: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its JSON; `null` without a body.
    pub body: Value,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoReply {
    /// The connection ended.
    Cut,
    /// There was none for a minute, or it was no JSON.
    Bad(String),
}

/// An open connection.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    drive: http1::Connection<TokioIo<TcpStream>, Full<Bytes>>,
    over: bool,
}

impl Line {
    /// Connects.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, drive) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { address, sender, drive, over: false })
    }

    /// Whether the server closed it, as it does with one that is idle for long.
    pub fn is_over(&mut self) -> bool {
        self.over = self.over || (&mut self.drive).now_or_never().is_some();
        self.over
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// When there is none. After that the connection is of no use.
    pub async fn send(&mut self, call: &Call, credential: &str) -> Result<Reply, NoReply> {
        let request =
            request(call, self.address, credential).map_err(|error| NoReply::Bad(format!("{error:#}")))?;
        let sender = &mut self.sender;
        let exchange = async {
            sender.ready().await?;
            let response = sender.send_request(request).await?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>((status, body))
        };
        // The connection moves only while it is polled.
        let (drive, over) = (&mut self.drive, &mut self.over);
        let answer = async {
            tokio::pin!(exchange);
            let ended = tokio::select! {
                biased;
                answer = &mut exchange => return answer.ok(),
                ended = drive => ended,
            };
            *over = true;
            match ended {
                // What came before the end is there by now.
                Ok(()) => exchange.now_or_never().and_then(Result::ok),
                Err(_) => None,
            }
        };
        match tokio::time::timeout(PATIENCE, answer).await {
            Err(_) => Err(NoReply::Bad(format!("no answer in {} s", PATIENCE.as_secs()))),
            Ok(None) => Err(NoReply::Cut),
            Ok(Some((status, body))) if body.is_empty() => Ok(Reply { status, body: Value::Null }),
            Ok(Some((status, body))) => match serde_json::from_slice(&body) {
                Ok(body) => Ok(Reply { status, body }),
                Err(error) => Err(NoReply::Bad(format!("status {status} with what is no JSON: {error}"))),
            },
        }
    }
}

fn request(call: &Call, address: SocketAddr, credential: &str) -> anyhow::Result<Request<Full<Bytes>>> {
    let mut request = Request::builder()
        .method(&call.method)
        .uri(&call.path)
        .header("host", address.to_string())
        .header("user-agent", "robofy-prove")
        .header("authorization", format!("Bearer {credential}"));
    if let Some(key) = &call.key {
        request = request.header("idempotency-key", key);
    }
    let body = match &call.body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Bytes::from(body.to_string())
        }
        None => Bytes::new(),
    };
    request.body(Full::new(body)).context("a request cannot be made")
}

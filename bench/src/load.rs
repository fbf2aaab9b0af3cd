//! The load generator: so many connections that stay open, so many requests, each answer looked at.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use robofy_kernel::Stopwatch;
use tokio::net::TcpStream;

use crate::process::Server;
use crate::stats::{millis, percentile};
use crate::streams::listen::Ear;

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    /// `GET`, `POST`.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// API key or client token.
    pub credential: Option<String>,
    /// JSON, unless `content-type` is among the headers; nothing for a request without a body.
    pub body: Option<Bytes>,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
}

/// An answer that came.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON, when the status is as expected.
    ///
    /// # Errors
    /// Another status, or no JSON.
    pub fn json(&self, status: u16) -> anyhow::Result<serde_json::Value> {
        self.expect(status)?;
        serde_json::from_slice(&self.body).context("the answer is no JSON")
    }

    /// Whether the status is as expected.
    ///
    /// # Errors
    /// Another status.
    pub fn expect(&self, status: u16) -> anyhow::Result<()> {
        ensure!(self.status == status, "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        Ok(())
    }
}

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Connections, each with one request on the way.
    pub connections: usize,
    /// Requests of all connections together.
    pub requests: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How long each request took, in no order.
    pub times: Vec<Duration>,
    /// How long all took together.
    pub elapsed: Duration,
    /// Processor time of the server meanwhile.
    pub cpu: Duration,
}

impl Outcome {
    /// Requests a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// Processor milliseconds for each request.
    #[must_use]
    pub fn cpu_each(&self) -> f64 {
        millis(self.cpu) / self.times.len().max(1) as f64
    }

    /// A percentile of the times, in milliseconds.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> f64 {
        millis(percentile(&mut self.times.clone(), percent))
    }
}

/// Sends requests `0..` of `make` over connections that stay open, and has each answer looked at. The first wrong answer
/// ends it: a figure over wrong answers says nothing.
///
/// # Errors
/// A lost connection, or what `look` finds wrong.
pub async fn run(
    server: &Server,
    load: Load,
    make: impl Fn(usize) -> Call,
    look: impl Fn(usize, &Answer) -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    let next = AtomicUsize::new(0);
    let cpu = server.cpu()?;
    let watch = Stopwatch::start();
    let connections = (0..load.connections).map(|_| async {
        let mut connection = Connection::open(server.address()).await?;
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= load.requests {
                return anyhow::Ok(times);
            }
            let call = make(number);
            let watch = Stopwatch::start();
            let answer = connection.send(&call).await?;
            times.push(watch.elapsed());
            look(number, &answer).with_context(|| format!("request {number} to {}", call.path))?;
        }
    });
    let times = futures::future::try_join_all(connections).await?.concat();
    Ok(Outcome { times, elapsed: watch.elapsed(), cpu: server.cpu()?.saturating_sub(cpu) })
}

/// A connection that stays open.
pub struct Connection {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    drive: http1::Connection<TokioIo<TcpStream>, Full<Bytes>>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, drive) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { address, sender, drive })
    }

    fn request(&self, call: &Call) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(&call.method)
            .uri(&call.path)
            .header("host", self.address.to_string())
            .header("user-agent", "robofy-bench");
        if let Some(credential) = &call.credential {
            request = request.header("authorization", format!("Bearer {credential}"));
        }
        let says_its_kind = call.headers.iter().any(|(name, _)| *name == "content-type");
        if call.body.is_some() && !says_its_kind {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        Ok(request.body(Full::new(call.body.clone().unwrap_or_default()))?)
    }

    /// Sends a request and has the answer heard as it comes, to its end.
    ///
    /// # Errors
    /// When the connection is lost, or the ear does not understand.
    pub async fn stream(&mut self, call: &Call, ear: &mut Ear<'_>) -> anyhow::Result<()> {
        let request = self.request(call)?;
        let sender = &mut self.sender;
        let exchange = async {
            sender.ready().await?;
            let response = sender.send_request(request).await?;
            ear.head(response.status(), response.headers());
            let is_stream = response.status().is_success();
            let mut body = response.into_body();
            while let Some(frame) = body.frame().await {
                if let Some(data) = frame?.data_ref().filter(|_| is_stream) {
                    ear.hear(data)?;
                }
            }
            anyhow::Ok(())
        };
        tokio::pin!(exchange);
        tokio::select! {
            biased;
            ended = &mut self.drive => {
                ended.context("the connection broke")?;
                // What came before the end is still to be read.
                exchange.await
            }
            heard = &mut exchange => heard,
        }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn send(&mut self, call: &Call) -> anyhow::Result<Answer> {
        let request = self.request(call)?;
        let sender = &mut self.sender;
        let exchange = async {
            sender.ready().await?;
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            anyhow::Ok(Answer { status, body })
        };
        // The connection moves only while it is polled; it ends only when the other side closes it.
        tokio::select! {
            biased;
            ended = &mut self.drive => match ended {
                Ok(()) => bail!("the server closed the connection"),
                Err(error) => Err(error).context("the connection broke"),
            },
            answer = exchange => answer,
        }
    }
}

/// The status of one `GET` over a connection of its own.
///
/// # Errors
/// When nobody listens.
pub async fn status(address: SocketAddr, path: &str) -> anyhow::Result<u16> {
    let mut connection = Connection::open(address).await?;
    let call = Call {
        method: Method::GET,
        path: path.to_owned(),
        credential: None,
        body: None,
        headers: Vec::new(),
    };
    Ok(connection.send(&call).await?.status.as_u16())
}

//! A scripted model provider: a real server with OpenAI's wire format, whose behaviour the model's name or a script
//! decides.
//!
//! Tests start it in their own process ([`ScriptedProvider::start`]); suites of other languages start the program
//! `scripted-provider`. Both serve
//!
//! - `POST …/chat/completions` (any path that ends so): answers as [`plan`](plan) says for the model's name,
//! - `POST /script`: queues a [`Script`] that the next request gets instead, whatever model it names,
//! - `GET /requests`: what was asked and what became of it, as [`Requests`]; `DELETE` forgets it.

mod plan;
mod record;
mod wire;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Json, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket};

pub use plan::{Script, Then};
pub use record::{Asked, Requests};

use plan::{Answer, Plan};
use record::Ledger;

/// Connections that may wait to be accepted: a thousand clients may come in the same moment.
const BACKLOG: u32 = 16_384;

/// A scripted provider in this process; it ends when this is dropped.
#[derive(Debug)]
pub struct ScriptedProvider {
    address: SocketAddr,
    state: Provider,
    server: tokio::task::JoinHandle<()>,
}

/// What the routes share.
#[derive(Clone, Debug, Default)]
struct Provider(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ledger: Arc<Ledger>,
    scripts: Mutex<std::collections::VecDeque<Script>>,
}

impl ScriptedProvider {
    /// Starts one on a free port of 127.0.0.1.
    #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
    pub async fn start() -> Self {
        let listener = listener(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = Provider::default();
        let server = tokio::spawn(run(listener, state.clone()));
        Self { address, state, server }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for clients, `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Queues an answer for the next request.
    pub fn script(&self, script: Script) {
        self.state.scripts().push_back(script);
    }

    /// What was asked so far, the oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Asked> {
        self.state.0.ledger.list().requests
    }

    /// How many answers are being given now.
    #[must_use]
    pub fn open(&self) -> usize {
        self.state.0.ledger.open()
    }

    /// Waits until `holds` is true of what was asked.
    ///
    /// # Panics
    /// When that takes longer than ten seconds.
    pub async fn wait_until(&self, holds: impl Fn(&[Asked]) -> bool) -> Vec<Asked> {
        for _ in 0..2000 {
            let requests = self.requests();
            if holds(&requests) {
                return requests;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it did not come to that: {:#?}", self.requests());
    }
}

impl Drop for ScriptedProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A listener with room for many clients at once.
///
/// # Errors
/// When the address is taken.
pub fn listener(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves a scripted provider until the process ends.
pub async fn serve(listener: TcpListener) {
    run(listener, Provider::default()).await;
}

async fn run(listener: TcpListener, state: Provider) {
    let listener = listener.tap_io(|stream| {
        // A token is small: it must not wait for the acknowledgement of the one before it.
        stream.set_nodelay(true).expect("a connection that was just accepted");
    });
    let service = routes(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await.expect("the scripted provider's server");
}

#[expect(clippy::disallowed_methods, reason = "another's server, without our OpenAPI document")]
fn routes(state: Provider) -> Router {
    Router::new()
        .route("/readyz", get(async || "ready"))
        .route("/script", post(script))
        .route("/requests", get(requests).delete(forget))
        .fallback(any(chat))
        .layer(DefaultBodyLimit::max(64 << 20))
        .with_state(state)
}

async fn script(State(provider): State<Provider>, Json(script): Json<Script>) -> StatusCode {
    provider.scripts().push_back(script);
    StatusCode::NO_CONTENT
}

async fn requests(State(provider): State<Provider>) -> Json<Requests> {
    Json(provider.0.ledger.list())
}

async fn forget(State(provider): State<Provider>) -> StatusCode {
    provider.0.ledger.clear();
    StatusCode::NO_CONTENT
}

async fn chat(
    State(provider): State<Provider>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let model = question["model"].as_str().unwrap_or_default().to_owned();
    let before = provider.0.ledger.count(&model);
    let ticket = provider.0.ledger.begin(peer, &uri, &headers, &question);
    if !uri.path().ends_with("/chat/completions") {
        ticket.finished();
        return (StatusCode::NOT_FOUND, "404 page not found").into_response();
    }
    let script = provider.scripts().pop_front();
    let plan = match script {
        Some(script) => Plan::from(script),
        None => Plan::named(&model, &question, before),
    };
    tokio::time::sleep(plan.head_delay).await;
    match plan.answer {
        Answer::Never => std::future::pending().await,
        Answer::Plain { status, headers, body } => {
            ticket.finished();
            let mut response = (status, body).into_response();
            response.headers_mut().extend(headers);
            response
        }
        Answer::Reply(reply) => {
            let streams = question["stream"].as_bool().unwrap_or(false) && !reply.as_document;
            let usage = !streams || question["stream_options"]["include_usage"].as_bool().unwrap_or(false);
            let kind = if streams { "text/event-stream" } else { "application/json" };
            let body = Body::from_stream(wire::body(reply, model, streams, usage, ticket));
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body).into_response()
        }
    }
}

impl Provider {
    fn scripts(&self) -> std::sync::MutexGuard<'_, std::collections::VecDeque<Script>> {
        self.0.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

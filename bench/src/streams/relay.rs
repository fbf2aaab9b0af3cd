//! The floor of streamed answers: a bare axum route that hands a question to the model and the model's bytes back.
//!
//! It checks nobody, remembers nothing, searches nothing and does not look at what it passes on.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

#[derive(Clone)]
struct Relay {
    client: Client<HttpConnector, Full<Bytes>>,
    upstream: Uri,
}

/// Serves until the process is ended.
///
/// # Errors
/// When the address is taken.
#[expect(clippy::disallowed_methods, reason = "a bare server has no OpenAPI document")]
pub async fn serve(address: SocketAddr, upstream: SocketAddr) -> anyhow::Result<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let upstream = format!("http://{upstream}/v1/chat/completions").parse()?;
    let router = Router::new()
        .route("/readyz", get(async || "ready"))
        .route("/v1/chat/completions", post(relay))
        .with_state(Relay { client, upstream });
    let listener = super::listener(address)?.tap_io(|stream| {
        // A stream that cannot be set is gone: the next write says so.
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await.context("the relay gave way")
}

async fn relay(State(relay): State<Relay>, question: Bytes) -> Result<Response, StatusCode> {
    let request = Request::post(relay.upstream)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(question))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let answer = relay.client.request(request).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    let (head, body) = answer.into_parts();
    Response::builder()
        .status(head.status)
        .header(header::CONTENT_TYPE, "text/event-stream")
        .body(Body::new(body))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

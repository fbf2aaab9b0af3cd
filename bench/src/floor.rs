//! The floor: bare axum routes that do the least that each kind of request needs.
//!
//! It is served like any axum program, without the limits, ids and checks that a server in the open needs.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use robofy_kernel::{Clock, Ids};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the floor says for every question: as long as a usual answer with its citation.
const ANSWER: &str = "The opening hours of the place that you asked for are from half past nine in the morning until a \
    quarter past five in the afternoon, from Monday to Friday.";

#[derive(Clone)]
struct Floor(Arc<Inner>);

struct Inner {
    key: EncodingKey,
    clock: Clock,
    ids: Ids,
    file: Mutex<File>,
}

/// The claims of a client token.
#[derive(Serialize)]
struct Claims {
    iss: &'static str,
    aud: &'static str,
    iat: i64,
    exp: i64,
    jti: String,
    account: String,
    project: String,
    chatbots: [String; 1],
    session: String,
    environment: &'static str,
    origin: Option<String>,
}

#[derive(Deserialize)]
struct HandshakeIn {
    chatbot_id: String,
    project_id: String,
}

/// Serves until the process is ended. What it stores goes to one file in `folder`.
///
/// # Errors
/// When the address is taken or the folder cannot be written.
pub async fn serve(address: SocketAddr, folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("floor.log");
    let inner = Inner {
        key: EncodingKey::from_secret(&Ids::System.bytes::<32>()),
        clock: Clock::System,
        ids: Ids::System,
        file: Mutex::new(File::create(&path).with_context(|| format!("cannot write {}", path.display()))?),
    };
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    axum::serve(listener, router(Floor(Arc::new(inner)))).await.context("the floor gave way")
}

#[expect(clippy::disallowed_methods, reason = "a bare server has no OpenAPI document")]
fn router(floor: Floor) -> Router {
    Router::new()
        .route("/readyz", get(async || "ready"))
        .route("/handshake", post(handshake))
        .route("/chat/{session}/stream", get(async || StatusCode::NO_CONTENT))
        .route("/json", post(json_answer))
        .route("/slots", get(slots))
        .route("/store", post(store))
        .with_state(floor)
}

/// Signs the same token as a handshake.
async fn handshake(
    State(floor): State<Floor>,
    Json(wish): Json<HandshakeIn>,
) -> Result<Json<Value>, StatusCode> {
    let Inner { key, clock, ids, .. } = &*floor.0;
    let now = clock.now();
    let iat = now.seconds();
    let claims = Claims {
        iss: "robofy",
        aud: "robofy-chat",
        iat,
        exp: iat + 3_600,
        jti: ids.alphanumeric(16),
        account: ids.uuid_v7(now).to_string(),
        project: wish.project_id,
        chatbots: [wish.chatbot_id],
        session: ids.web_session().as_str().to_owned(),
        environment: "live",
        origin: None,
    };
    let header = Header { kid: Some(String::from("0123456789abcdef")), ..Header::new(Algorithm::HS256) };
    let token = jsonwebtoken::encode(&header, &claims, key).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!({ "token": token, "expiresIn": 3_600 })))
}

/// Reads JSON and answers JSON of a usual size.
async fn json_answer(Json(question): Json<Value>) -> Json<Value> {
    let citation = json!({ "index": 1, "asset_id": 1, "version": 1, "start": 0, "end": 150, "quote": ANSWER,
        "file_name": "page-1.md", "source_url": null, "heading_path": ["A heading"] });
    Json(json!({ "message": "Success", "data": { "answer": ANSWER, "session_id": question["pid"],
        "message_id": "0123456789abcdef", "citations": [citation], "actions": [] } }))
}

/// A page of slots.
#[derive(Serialize)]
struct Slots {
    slots: Vec<Slot>,
    timezone: &'static str,
    next_page_token: Option<String>,
}

#[derive(Serialize)]
struct Slot {
    start: String,
    end: String,
    resource_id: String,
    seats_left: u32,
}

/// Writes a full page of slots, of which nothing is looked up or worked out.
async fn slots() -> Json<Value> {
    let slot = |number: usize| Slot {
        start: format!("2026-03-30T{:02}:00:00Z", number % 24),
        end: format!("2026-03-30T{:02}:30:00Z", number % 24),
        resource_id: format!("018f0000-0000-7000-8000-{number:012}"),
        seats_left: 1,
    };
    let page = Slots { slots: (0..500).map(slot).collect(), timezone: "UTC", next_page_token: None };
    Json(json!({ "message": "Success", "data": page }))
}

/// Appends the body to a file and syncs it before it answers: what durable storage cannot do without.
async fn store(State(floor): State<Floor>, body: Bytes) -> Result<Json<Value>, StatusCode> {
    let written = tokio::task::spawn_blocking(move || {
        let mut file = floor.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&body)?;
        file.sync_data()
    });
    match written.await {
        Ok(Ok(())) => Ok(Json(json!({ "status": "stored" }))),
        Ok(Err(_)) | Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

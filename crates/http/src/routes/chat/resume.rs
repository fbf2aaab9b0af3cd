//! Going on with an answer after a cut.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use robofy_agent::Handle;
use robofy_kernel::{ErrorCode, MessageId, Op, SessionId};
use robofy_store::chat::{Channel, Session};

use super::shape::{MessagePath, SessionPath};
use super::{check_answer, sse};
use crate::auth::{Auth, Chat};
use crate::extract::Path;
use crate::{ApiError, App};

/// Join the answer that is running in a session
///
/// Replays it from its start and goes on live. 204 when nothing runs.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/{sessionId}/stream", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [])),
    params(("sessionId" = String, Path, description = "The session.", min_length = 1, max_length = 128),
        ("x-robofy-resume" = Option<String>, Header, description = "`1` for an `id:` line with each event.")),
    responses(
        (status = 200, description = "The answer's events.", body = String, content_type = "text/event-stream"),
        (status = 204, description = "Nothing runs in this session."),
    ),
)]
pub(super) async fn resume_session(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    Path(path): Path<SessionPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::SessionNotFound);
    let session: SessionId = path.session_id.parse().map_err(|_| missing())?;
    let own = owns(&op, &session);
    if let Some(handle) = app.turns().running_in(&op, &session).filter(|_| own) {
        return stream(&app, &handle, &headers);
    }
    let unknown_is_well = own && op.visitor().is_some();
    // With one node, what does not run here runs nowhere.
    if unknown_is_well && app.store().is_single_node() {
        return Ok(nothing());
    }
    let found = app.store().find_sessions_by_id(op.account, &session).await?;
    match choose(&op, &found) {
        Choice::Nothing if !unknown_is_well => return Err(missing()),
        Choice::OtherEnvironment => return Err(ApiError::other_environment()),
        Choice::Nothing | Choice::Idle => {}
        // The look at the database took its time: it may run here by now.
        Choice::Runs(message) => {
            if let Some(handle) = app.turns().open(&op, &message).await? {
                return stream(&app, &handle, &headers);
            }
        }
    }
    Ok(nothing())
}

fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// What the sessions of one id come to for a caller.
enum Choice {
    Nothing,
    OtherEnvironment,
    Idle,
    Runs(MessageId),
}

fn choose(op: &Op, found: &[Session]) -> Choice {
    let mine = |row: &&Session| {
        op.visitor().is_none_or(|v| row.channel == Channel::Web && v.chatbots.contains(&row.chatbot_id))
    };
    let here = |row: &&Session| row.environment == op.environment;
    if !found.iter().filter(mine).any(|row| here(&row)) {
        let other = found.iter().any(|row| mine(&row)) && op.visitor().is_none();
        return if other { Choice::OtherEnvironment } else { Choice::Nothing };
    }
    let running = found.iter().filter(mine).filter(here).find_map(|row| row.running_message_id.clone());
    running.map_or(Choice::Idle, Choice::Runs)
}

/// An answer's events from the first one on.
fn stream(app: &App, handle: &Handle, headers: &HeaderMap) -> Result<Response, ApiError> {
    let permit = app.turns().admit_reader_again(handle)?;
    Ok(sse::response(handle.read(), sse::wants_ids(headers), permit))
}

/// Go on with an answer
///
/// With `Last-Event-ID` the events after that one, else all of them: live while the answer runs on this server, else as
/// they were. An answer whose server was lost ends in `error`.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/stream/{messageId}", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [])),
    params(("messageId" = String, Path, description = "The answer.", min_length = 16, max_length = 16),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was seen: its `id:` line."),
        ("x-robofy-resume" = Option<String>, Header, description = "`1` for an `id:` line with each event.")),
    responses((status = 200, description = "The answer's events.", body = String, content_type = "text/event-stream")),
)]
pub(super) async fn resume_answer(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    Path(path): Path<MessagePath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::MessageNotFound);
    let message: MessageId = path.message_id.parse().map_err(|_| missing())?;
    let handle = app.turns().open(&op, &message).await?.ok_or_else(missing)?;
    check_answer(&op, handle.environment, handle.channel, &handle.chatbot_id)?;
    if !owns(&op, &handle.session_id) {
        return Err(missing());
    }
    let reader = match headers.get("last-event-id") {
        None => handle.read(),
        Some(id) => id.to_str().ok().and_then(|id| handle.read_after(id).ok()).ok_or_else(|| {
            ApiError::field("Last-Event-ID", "invalid", "must be the id of an event of this answer")
        })?,
    };
    let permit = app.turns().admit_reader_again(&handle)?;
    Ok(sse::response(reader, sse::wants_ids(&headers), permit))
}

/// Whether this is the token's own session (which needs no look-up), or the caller has no token at all.
fn owns(op: &Op, session: &SessionId) -> bool {
    op.visitor().is_none_or(|visitor| visitor.session == *session)
}

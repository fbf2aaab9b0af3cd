//! Asking: as a stream, or for the whole answer.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use robofy_agent::fold::{End, WholeAnswer};
use robofy_agent::{Ask, Permit, Quota, TurnError, whatsapp};
use robofy_kernel::{ErrorCode, Op};
use robofy_store::chat::Channel;

use super::shape::{AnswerOut, CitationOut, MessageIn};
use super::sse;
use crate::auth::{Auth, Chat, check_named};
use crate::client::Client;
use crate::envelope::{Success, ok};
use crate::extract::NewJson;
use crate::limits::Left;
use crate::{ApiError, App};

/// A question that may be asked.
struct Admitted {
    op: Op,
    ask: Ask,
    /// The caller's place among those who read.
    permit: Permit,
    left: Option<Left>,
}

async fn admit(
    app: &App,
    op: Op,
    client: &Client,
    message: NewJson<MessageIn>,
) -> Result<Admitted, ApiError> {
    let (op, message) = message.claim(app, op);
    let ask = Ask { quota: quota(app, &op, client), ..message.into_ask(&op, client)? };
    check_page(app, &op, client, &ask).await?;
    let permit = app.turns().admit_reader(&ask.chatbot)?;
    let left = limit(app, &op)?;
    Ok(Admitted { op, ask, permit, left })
}

/// The holds and bookings that a visitor's address may make, the same as by their own calls.
fn quota(app: &App, op: &Op, client: &Client) -> Option<Quota> {
    op.visitor().filter(|_| app.config().rate_limit)?;
    let (app, op, address) = (app.clone(), op.clone(), client.address.to_string());
    Some(Quota::new(move || app.limits().bookings.take(&address, op.now()).is_ok()))
}

/// Why a question was not taken.
fn refuse(app: &App, op: &Op, error: TurnError) -> ApiError {
    if matches!(error, TurnError::TooMany { .. } | TurnError::NoRoom) {
        give_back(app, op);
    }
    error.into()
}

/// Whether the agent talks to visitors of this page now: its list of origins may have changed since the handshake.
async fn check_page(app: &App, op: &Op, client: &Client, ask: &Ask) -> Result<(), ApiError> {
    if op.visitor().is_none() {
        return Ok(());
    }
    check_named(op, ask.project, &ask.chatbot)?;
    match app.agent_cards().find(app.store(), ask.project, &ask.chatbot).await? {
        Some(card) => card.check_origin(client.origin.as_deref()),
        // The turn says what has become of it.
        None => Ok(()),
    }
}

/// Takes one message from what a visitor's session has left; other callers are not limited.
pub(super) fn limit(app: &App, op: &Op) -> Result<Option<Left>, ApiError> {
    let Some(visitor) = op.visitor().filter(|_| app.config().rate_limit) else { return Ok(None) };
    app.limits().messages.take(visitor.session.as_str(), op.now()).map(Some)
}

/// Gives a message back that was not taken for want of room.
fn give_back(app: &App, op: &Op) {
    if let Some(visitor) = op.visitor().filter(|_| app.config().rate_limit) {
        app.limits().messages.give_back(visitor.session.as_str());
    }
}

/// The response, telling what the session has left.
fn telling(left: Option<Left>, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    if let Some(left) = left {
        left.tell(&mut response);
    }
    response
}

/// Ask, and stream the answer
///
/// The answer is a UI message stream (version 1): one `data:` line of JSON and a blank line for each event, then
/// `data: [DONE]`. `finish` leaves only when the answer is stored. With an `Idempotency-Key`, a repeat joins the same
/// answer. With `x-robofy-resume: 1` each event has an `id:` line; after a cut, GET this path with the answer's id and
/// that `Last-Event-ID` goes on from there. The text is Markdown on every platform. What flows offer comes as
/// `data-lead-form`, `data-booking-slots` and `data-booking`, with the data that `actions[]` of the whole answer has.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/stream", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$",
        description = "Names the turn: a repeat joins the same answer. Remembered for 24 hours."),
        ("x-robofy-resume" = Option<String>, Header, description = "`1` for an `id:` line with each event.")),
    request_body = MessageIn,
    responses((status = 200, description = "The answer's events.", body = String, content_type = "text/event-stream",
        headers(("x-vercel-ai-ui-message-stream" = String, description = "`v1`")))),
)]
pub(super) async fn stream_message(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    client: Client,
    headers: HeaderMap,
    message: NewJson<MessageIn>,
) -> Result<Response, ApiError> {
    let Admitted { op, ask, permit, left } = admit(&app, op, &client, message).await?;
    let handle = app.turns().ask(&op, ask).await.map_err(|error| refuse(&app, &op, error))?;
    let permit = permit.reading(&handle.message_id);
    Ok(telling(left, sse::response(handle.read(), sse::wants_ids(&headers), permit)))
}

/// Ask, and wait for the whole answer
///
/// With an `Idempotency-Key`, a repeat gets the same answer. On the platform `whatsapp` the text is in WhatsApp's formatting,
/// as with `/v1/ai-agent/whatsapp/chat`; elsewhere it is Markdown.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$",
        description = "Names the turn: a repeat joins the same answer. Remembered for 24 hours.")),
    request_body = MessageIn,
    responses((status = 200, description = "The answer.", body = Success<AnswerOut>)),
)]
pub(super) async fn send_message(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    client: Client,
    message: NewJson<MessageIn>,
) -> Result<Response, ApiError> {
    answer_whole(&app, op, &client, message).await
}

/// Asks, and answers with the whole answer in its channel's form.
pub(super) async fn answer_whole(
    app: &App,
    op: Op,
    client: &Client,
    message: NewJson<MessageIn>,
) -> Result<Response, ApiError> {
    let Admitted { op, ask, permit: _permit, left } = admit(app, op, client, message).await?;
    let channel = ask.channel;
    let asked = app.turns().ask_whole(&op, ask).await;
    let (handle, whole) = asked.map_err(|error| refuse(app, &op, error))?;
    match whole.end {
        End::Finished => Ok(telling(
            left,
            ok(AnswerOut {
                answer: text(channel, &whole),
                session_id: handle.session_id.into(),
                message_id: handle.message_id.into(),
                citations: whole.citations.into_iter().map(CitationOut::from).collect(),
                actions: whole.parts,
            }),
        )),
        End::Stopped => {
            Err(ApiError::new(ErrorCode::Conflict, "The answer was stopped before it was complete."))
        }
        End::Failed(failure) => Err(failure.into()),
        End::Cut => Err(ApiError::internal("a turn's events broke off")),
    }
}

/// The answer's text as its channel shows it; it is stored as it was said.
fn text(channel: Channel, whole: &WholeAnswer) -> String {
    match channel {
        Channel::Web => whole.text.clone(),
        Channel::Whatsapp => whatsapp::message(&whole.text, &whole.citations),
    }
}

//! Chat: ask, stream, stop, rate.

mod sse;

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use robofy_agent::fold::{End, WholeAnswer};
use robofy_agent::{Ask, Handle, TurnError};
use robofy_kernel::{ErrorCode, FieldError, MessageId, Op, SessionId};
use robofy_store::chat::{Channel, Citation, Failure, VisitorContext};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Auth, Chat, check_named};
use crate::client::Client;
use crate::envelope::{Success, ok};
use crate::extract::{Json, NewJson, Path};
use crate::limits::Left;
use crate::wire::Digits;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![
        routes!(stream_message),
        routes!(send_message),
        routes!(rate_answer),
        routes!(resume_session),
        routes!(stop_answer),
    ]
}

/// The longest question, in characters.
const LONGEST_QUERY: usize = 4000;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MessageIn {
    /// What the visitor asks.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S", examples("When are you open?"))]
    query: String,
    /// The project's id.
    pid: Digits,
    /// The agent's id; it must belong to the project.
    #[schema(min_length = 42, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    chatbot_id: String,
    /// Who asks, and where.
    user_context: UserContextIn,
}

/// Who asks, and where.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UserContextIn {
    /// `whatsapp`, or any other word for the web.
    #[schema(min_length = 1, max_length = 40, examples("web"))]
    platform: String,
    /// The session to go on with. An API key may name any text of its own; an unknown one begins a session.
    #[schema(min_length = 1, max_length = 128)]
    session_id: Option<String>,
    /// IANA time zone.
    #[schema(max_length = 60, examples("Europe/Berlin"))]
    timezone: Option<String>,
    /// BCP 47 language tag.
    #[schema(max_length = 35, examples("en-GB"))]
    locale: Option<String>,
    /// ISO 3166 country.
    #[schema(max_length = 3, examples("GB"))]
    country: Option<String>,
    /// The page that the visitor is on.
    #[schema(max_length = 2000)]
    page_url: Option<String>,
    /// The visitor's name.
    #[schema(max_length = 200)]
    user_name: Option<String>,
}

/// A path that names a session.
#[derive(Debug, Deserialize)]
struct SessionPath {
    #[serde(rename = "sessionId")]
    session_id: String,
}

/// A path that names an answer.
#[derive(Debug, Deserialize)]
struct MessagePath {
    #[serde(rename = "messageId")]
    message_id: String,
}

/// A whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerOut {
    /// The text.
    answer: String,
    /// The session, to be named in the next question.
    session_id: String,
    /// The answer's id.
    #[schema(min_length = 16, max_length = 16)]
    message_id: String,
    /// Quotes that were checked against the stored sources.
    citations: Vec<CitationOut>,
    /// What a front end may offer; empty for plain answers.
    actions: Vec<serde_json::Value>,
}

/// A quote that was checked against its stored source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CitationOut {
    /// Number in the answer, from 1.
    index: i64,
    /// The asset; `null` for a stored pair.
    asset_id: Option<i64>,
    /// The stored pair, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    qa_id: Option<String>,
    /// The asset's version.
    version: Option<i64>,
    /// First byte of the quote in the stored text of that version (UTF-8).
    start: Option<i64>,
    /// The byte after the last.
    end: Option<i64>,
    /// The words.
    quote: String,
    /// The file's name.
    file_name: Option<String>,
    /// Where it was found on the web.
    source_url: Option<String>,
    /// The headings above it, outermost first.
    heading_path: Vec<String>,
}

impl From<Citation> for CitationOut {
    fn from(citation: Citation) -> Self {
        Self {
            index: citation.index,
            asset_id: citation.asset_id.map(|id| id.0),
            qa_id: citation.qa_id.map(|id| id.to_string()),
            version: citation.version,
            start: citation.start,
            end: citation.end,
            quote: citation.quote,
            file_name: citation.file_name,
            source_url: citation.source_url,
            heading_path: citation.heading_path,
        }
    }
}

/// What a visitor thinks of an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RatingIn {
    /// The answer's session.
    #[schema(min_length = 1, max_length = 128)]
    session_id: String,
    /// The answer.
    #[schema(min_length = 16, max_length = 16, pattern = "^[A-Za-z0-9]+$")]
    message_id: String,
    /// 1 = good, -1 = bad.
    #[schema(value_type = i64, minimum = -1, maximum = 1, examples(1))]
    rating: Rating,
    /// Why.
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// A thumb up or down.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
struct Rating(i64);

impl TryFrom<i64> for Rating {
    type Error = &'static str;
    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if number == 1 || number == -1 { Ok(Self(number)) } else { Err("must be 1 or -1") }
    }
}

/// The rating as it is stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatingOut {
    /// The answer.
    message_id: String,
    /// 1 or -1.
    rating: i64,
}

/// What came of stopping an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StopOut {
    /// The answer.
    message_id: String,
    /// Whether it was still running.
    stopped: bool,
}

impl MessageIn {
    /// Checks what the types could not.
    fn into_ask(self, op: &Op) -> Result<Ask, ApiError> {
        let length = self.query.chars().count();
        if length > LONGEST_QUERY {
            return Err(ApiError::new(
                ErrorCode::PayloadTooLarge,
                "`query` must be at most 4,000 characters.",
            ));
        }
        let mut errors = Vec::new();
        if self.query.trim().is_empty() {
            errors.push(FieldError::new("query", "required", "must not be empty"));
        }
        if self.user_context.platform.trim().is_empty() {
            errors.push(FieldError::new(
                "user_context.platform",
                "required",
                "must not be empty; `web`, for instance",
            ));
        }
        let context = &self.user_context;
        for (name, text, most) in [
            ("platform", Some(&context.platform), 40),
            ("timezone", context.timezone.as_ref(), 60),
            ("locale", context.locale.as_ref(), 35),
            ("country", context.country.as_ref(), 3),
            ("page_url", context.page_url.as_ref(), 2000),
            ("user_name", context.user_name.as_ref(), 200),
        ] {
            if text.is_some_and(|text| text.chars().count() > most) {
                let detail = format!("must be at most {most} characters");
                errors.push(FieldError::new(format!("user_context.{name}"), "too_long", detail));
            }
        }
        let whatsapp = context.platform.eq_ignore_ascii_case("whatsapp");
        if !errors.is_empty() {
            return Err(ApiError::invalid(errors));
        }
        if whatsapp && op.visitor().is_some() {
            return Err(ApiError::forbidden(
                "A client token opens web sessions only. Use an API key for WhatsApp.",
            ));
        }
        let session = self.user_context.session_id.as_deref().map(|text| session_id(op, text)).transpose()?;
        Ok(Ask {
            project: self.pid.parse().map_err(|_| no_such(op, ErrorCode::ProjectNotFound))?,
            chatbot: self.chatbot_id.parse().map_err(|_| no_such(op, ErrorCode::ChatbotNotFound))?,
            channel: if whatsapp { Channel::Whatsapp } else { Channel::Web },
            session,
            visitor: VisitorContext {
                user_name: self.user_context.user_name,
                timezone: self.user_context.timezone,
                locale: self.user_context.locale,
                country: self.user_context.country,
                page_url: self.user_context.page_url,
            },
            query: self.query,
        })
    }
}

/// What is said of an id that is none. A token learns nothing of what exists beside the agents that it names.
fn no_such(op: &Op, code: ErrorCode) -> ApiError {
    if op.visitor().is_some() {
        ApiError::forbidden("This token is not for this chatbot and project.")
    } else {
        ApiError::not_found(code)
    }
}

/// A session id as the caller may name it.
fn session_id(op: &Op, text: &str) -> Result<SessionId, ApiError> {
    text.parse().map_err(|_| {
        if op.visitor().is_some() {
            ApiError::not_found(ErrorCode::SessionNotFound)
        } else {
            ApiError::field(
                "user_context.session_id",
                "invalid",
                "must be 1 to 128 bytes without control characters",
            )
        }
    })
}

impl From<TurnError> for ApiError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Refused(code, detail) => Self::new(code, detail),
            TurnError::Busy => Self::new(
                ErrorCode::Conflict,
                "Earlier messages of this session are still being answered. Wait for them, then ask again.",
            ),
            TurnError::Store(error) => error.into(),
        }
    }
}

async fn ask(
    app: &App,
    op: Op,
    client: &Client,
    message: NewJson<MessageIn>,
) -> Result<(Handle, Option<Left>), ApiError> {
    let (op, message) = message.claim(app, op);
    let ask = message.into_ask(&op)?;
    check_page(app, &op, client, &ask).await?;
    let left = limit(app, &op)?;
    Ok((app.turns().ask(&op, ask).await?, left))
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
fn limit(app: &App, op: &Op) -> Result<Option<Left>, ApiError> {
    let Some(visitor) = op.visitor().filter(|_| app.config().rate_limit) else { return Ok(None) };
    app.limits().messages.take(visitor.session.as_str(), op.now()).map(Some)
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
/// answer.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/stream", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$",
        description = "Names the turn: a repeat joins the same answer. Remembered for 24 hours.")),
    request_body = MessageIn,
    responses((status = 200, description = "The answer's events.", body = String, content_type = "text/event-stream",
        headers(("x-vercel-ai-ui-message-stream" = String, description = "`v1`")))),
)]
async fn stream_message(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    client: Client,
    message: NewJson<MessageIn>,
) -> Result<Response, ApiError> {
    let (handle, left) = ask(&app, op, &client, message).await?;
    Ok(telling(left, sse::response(&handle)))
}

/// Ask, and wait for the whole answer
///
/// With an `Idempotency-Key`, a repeat gets the same answer.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$",
        description = "Names the turn: a repeat joins the same answer. Remembered for 24 hours.")),
    request_body = MessageIn,
    responses((status = 200, description = "The answer.", body = Success<AnswerOut>)),
)]
async fn send_message(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    client: Client,
    message: NewJson<MessageIn>,
) -> Result<Response, ApiError> {
    let (handle, left) = ask(&app, op, &client, message).await?;
    let whole = WholeAnswer::read(handle.log.read_from(0)).await;
    match whole.end {
        End::Finished => Ok(telling(
            left,
            ok(AnswerOut {
                answer: whole.text,
                session_id: handle.session_id.into(),
                message_id: handle.message_id.into(),
                citations: whole.citations.into_iter().map(CitationOut::from).collect(),
                actions: Vec::new(),
            }),
        )),
        End::Stopped => {
            Err(ApiError::new(ErrorCode::Conflict, "The answer was stopped before it was complete."))
        }
        End::Failed(failure) => Err(failed(failure)),
        End::Cut => Err(ApiError::internal("a turn's events broke off")),
    }
}

fn failed(failure: Failure) -> ApiError {
    match failure {
        Failure::Internal => ApiError::internal("a turn failed"),
        Failure::Upstream => ApiError::new(
            ErrorCode::UpstreamError,
            "The agent's language model failed in the middle of the answer. Ask again.",
        ),
        Failure::Timeout => ApiError::new(
            ErrorCode::UpstreamTimeout,
            "The agent's language model fell silent in the middle of the answer. Ask again.",
        ),
    }
}

/// Rate an answer
///
/// The latest rating counts.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/feedback", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    request_body = RatingIn,
    responses((status = 200, description = "The rating is stored.", body = Success<RatingOut>)),
)]
async fn rate_answer(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    Json(rating): Json<RatingIn>,
) -> Result<Body<Success<RatingOut>>, ApiError> {
    if rating.comment.as_ref().is_some_and(|comment| comment.chars().count() > 2000) {
        return Err(ApiError::field("comment", "too_long", "must be at most 2,000 characters"));
    }
    let message: MessageId = message_id(&rating.message_id)?;
    let turn = find_turn(&app, &op, &message).await?;
    if turn.session_id.as_str() != rating.session_id {
        return Err(ApiError::not_found(ErrorCode::SessionNotFound));
    }
    app.store().rate_turn(&op, turn.session_key, &message, rating.rating.0, rating.comment).await?;
    Ok(ok(RatingOut { message_id: message.into(), rating: rating.rating.0 }))
}

/// Join the answer that is running in a session
///
/// Replays it from its start and goes on live. 204 when nothing runs.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/{sessionId}/stream", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [])),
    params(("sessionId" = String, Path, description = "The session.", min_length = 1, max_length = 128)),
    responses(
        (status = 200, description = "The answer's events.", body = String, content_type = "text/event-stream"),
        (status = 204, description = "Nothing runs in this session."),
    ),
)]
async fn resume_session(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    Path(path): Path<SessionPath>,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::SessionNotFound);
    let session: SessionId = path.session_id.parse().map_err(|_| missing())?;
    if let Some(handle) = app.turns().running_in(&op, &session).filter(|_| owns(&op, &session)) {
        return Ok(sse::response(&handle));
    }
    if !owns(&op, &session) || op.visitor().is_none() {
        let found = app.store().find_sessions_by_id(op.account, &session).await?;
        let mut mine = found.iter().filter(|row| {
            op.visitor().is_none_or(|v| row.channel == Channel::Web && v.chatbots.contains(&row.chatbot_id))
        });
        if !mine.clone().any(|row| row.environment == op.environment) {
            let other = mine.next().is_some() && op.visitor().is_none();
            return Err(if other { other_environment() } else { missing() });
        }
        if let Some(handle) = app.turns().running_in(&op, &session) {
            return Ok(sse::response(&handle));
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whether this is the token's own session (which needs no look-up), or the caller has no token at all.
fn owns(op: &Op, session: &SessionId) -> bool {
    op.visitor().is_none_or(|visitor| visitor.session == *session)
}

/// Stop an answer
///
/// The part that was said is stored. Only this stops an answer: a visitor who goes away does not.
#[utoipa::path(
    delete, path = "/v1/ai-agent/chat/stream/{messageId}", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    params(("messageId" = String, Path, description = "The answer.", min_length = 16, max_length = 16)),
    responses((status = 200, description = "The answer runs no more.", body = Success<StopOut>)),
)]
async fn stop_answer(
    State(app): State<App>,
    Auth { op, .. }: Auth<Chat>,
    Path(path): Path<MessagePath>,
) -> Result<Body<Success<StopOut>>, ApiError> {
    let message: MessageId =
        path.message_id.parse().map_err(|_| ApiError::not_found(ErrorCode::MessageNotFound))?;
    let turn = find_turn(&app, &op, &message).await?;
    if op.visitor().is_some_and(|visitor| visitor.session != turn.session_id) {
        return Err(ApiError::not_found(ErrorCode::MessageNotFound));
    }
    let stopped = app.turns().stop(&op, &message);
    Ok(ok(StopOut { message_id: message.into(), stopped }))
}

fn message_id(text: &str) -> Result<MessageId, ApiError> {
    text.parse().map_err(|_| ApiError::field("message_id", "invalid", "must be 16 letters and digits"))
}

/// The turn, when the caller may name it.
async fn find_turn(app: &App, op: &Op, message: &MessageId) -> Result<robofy_store::chat::Turn, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::MessageNotFound);
    let turn = app.store().find_turn(op.account, message).await?.ok_or_else(missing)?;
    match op.visitor() {
        Some(visitor) => {
            let mine = turn.environment == op.environment
                && turn.channel == Channel::Web
                && visitor.chatbots.contains(&turn.chatbot_id);
            if mine { Ok(turn) } else { Err(missing()) }
        }
        None if turn.environment != op.environment => Err(other_environment()),
        None => Ok(turn),
    }
}

fn other_environment() -> ApiError {
    ApiError::forbidden(
        "This belongs to the other environment: verify that you are using the correct API key for the environment.",
    )
}

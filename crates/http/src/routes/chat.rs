//! Chat: ask, stream, resume, stop, rate.

mod ask;
mod lead;
mod rate;
mod resume;
mod shape;
mod sse;
mod stop;
mod whatsapp;

pub(super) use self::shape::{CitationOut, FlowEventOut};

use axum::http::{HeaderName, HeaderValue, header};
use robofy_agent::TurnError;
use robofy_kernel::{ChatbotId, Environment, ErrorCode, MessageId, Op};
use robofy_store::chat::{Channel, Failure, Turn};
use utoipa_axum::routes;

use super::Group;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![
        routes!(ask::stream_message),
        routes!(ask::send_message),
        routes!(whatsapp::send_whatsapp_message),
        routes!(rate::rate_answer),
        routes!(lead::send_lead),
        routes!(resume::resume_session),
        routes!(resume::resume_answer, stop::stop_answer),
    ]
}

/// After how many seconds a caller may try again who found no room.
const TRY_AGAIN: u32 = 5;

impl From<TurnError> for ApiError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Refused(code, detail) => Self::new(code, detail),
            TurnError::Busy => Self::new(
                ErrorCode::Conflict,
                "Earlier messages of this session are still being answered. Wait for them, then ask again.",
            ),
            TurnError::TooMany { whose, most } => too_many(whose, most),
            TurnError::NoRoom => Self::new(
                ErrorCode::ServiceUnavailable,
                "The server has no room for another answer just now. Try again in a few seconds.",
            )
            .with_header(header::RETRY_AFTER, TRY_AGAIN.into()),
            TurnError::Store(error) => error.into(),
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Internal => Self::internal("a turn failed"),
            Failure::Upstream => Self::new(
                ErrorCode::UpstreamError,
                "The agent's language model failed in the middle of the answer. Ask again.",
            ),
            Failure::Timeout => Self::new(
                ErrorCode::UpstreamTimeout,
                "The agent's language model fell silent in the middle of the answer. Ask again.",
            ),
        }
    }
}

/// The 429 of a limit on what is under way at once; it has no window (draft-ietf-httpapi-ratelimit-headers).
fn too_many(whose: &str, most: usize) -> ApiError {
    let detail =
        format!("As many answers are under way as {whose} allows at once. Try again in {TRY_AGAIN} s.");
    let error =
        ApiError::new(ErrorCode::RateLimited, detail).with_header(header::RETRY_AFTER, TRY_AGAIN.into());
    let headers = [
        ("ratelimit-policy", format!("\"answers\";q={most}")),
        ("ratelimit", format!("\"answers\";r=0;t={TRY_AGAIN}")),
    ];
    headers.into_iter().fold(error, |error, (name, value)| match HeaderValue::from_str(&value) {
        Ok(value) => error.with_header(HeaderName::from_static(name), value),
        // Digits and quotes fit into a header.
        Err(_) => error,
    })
}

/// The turn, when the caller may name it.
async fn find_turn(app: &App, op: &Op, message: &MessageId) -> Result<Turn, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::MessageNotFound);
    let turn = app.store().find_turn(op.account, message).await?.ok_or_else(missing)?;
    check_answer(op, turn.environment, turn.channel, &turn.chatbot_id)?;
    Ok(turn)
}

/// Whether the caller may name an answer of this environment, channel and agent.
fn check_answer(
    op: &Op,
    environment: Environment,
    channel: Channel,
    chatbot: &ChatbotId,
) -> Result<(), ApiError> {
    match op.visitor() {
        Some(visitor) => {
            let mine = environment == op.environment
                && channel == Channel::Web
                && visitor.chatbots.contains(chatbot);
            if mine { Ok(()) } else { Err(ApiError::not_found(ErrorCode::MessageNotFound)) }
        }
        None if environment != op.environment => Err(ApiError::other_environment()),
        None => Ok(()),
    }
}

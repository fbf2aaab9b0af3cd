//! Rating an answer.

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::{ErrorCode, MessageId};

use super::find_turn;
use super::shape::{RatingIn, RatingOut};
use crate::auth::{Auth, Chat};
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::{ApiError, App};

/// Rate an answer
///
/// The latest rating counts.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/feedback", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    request_body = RatingIn,
    responses((status = 200, description = "The rating is stored.", body = Success<RatingOut>)),
)]
pub(super) async fn rate_answer(
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

fn message_id(text: &str) -> Result<MessageId, ApiError> {
    text.parse().map_err(|_| ApiError::field("message_id", "invalid", "must be 16 letters and digits"))
}

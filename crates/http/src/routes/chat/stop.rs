//! Stopping an answer.

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::{ErrorCode, MessageId};

use super::find_turn;
use super::shape::{MessagePath, StopOut};
use crate::auth::{Auth, Chat};
use crate::envelope::{Success, ok};
use crate::extract::Path;
use crate::{ApiError, App};

/// Stop an answer
///
/// The part that was said is stored. Only this stops an answer: a visitor who goes away does not. `stopped` is true when
/// the answer still ran and is stopped now.
#[utoipa::path(
    delete, path = "/v1/ai-agent/chat/stream/{messageId}", tag = "Chat",
    security(("apiKey" = ["chat"]), ("clientToken" = []), ("session" = [], "csrf" = [])),
    params(("messageId" = String, Path, description = "The answer.", min_length = 16, max_length = 16)),
    responses((status = 200, description = "The answer runs no more.", body = Success<StopOut>)),
)]
pub(super) async fn stop_answer(
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
    let stopped = app.turns().stop(&op, &message).await?;
    Ok(ok(StopOut { message_id: message.into(), stopped }))
}

//! The envelope of successes: `{"message", "data"}`.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use robofy_store::Once;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ApiError;

/// A success.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Success<T> {
    /// A short sentence for a person.
    #[schema(examples("Success"))]
    pub message: String,
    /// What was asked for.
    pub data: T,
}

impl<T> Success<T> {
    /// With the usual message.
    pub fn of(data: T) -> Self {
        Self { message: "Success".into(), data }
    }
}

/// 200 with data.
pub fn ok<T: Serialize>(data: T) -> Json<Success<T>> {
    Json(Success::of(data))
}

/// The answer of a creation, to be stored with it: its status, and its body with secrets left out.
///
/// A body that cannot be written as JSON becomes an empty object; our types always can.
pub fn stored<T: Serialize>(status: StatusCode, body: &T) -> (u16, Vec<u8>) {
    (status.as_u16(), serde_json::to_vec(body).unwrap_or_else(|_| b"{}".to_vec()))
}

/// What a creation answers: fresh, `fresh` with `status`; repeated, the stored answer with
/// `idempotency-replayed: true`.
///
/// # Errors
/// When the stored status is none.
pub fn created<T, B: Serialize>(
    once: Once<T>,
    status: StatusCode,
    fresh: impl FnOnce(T) -> B,
) -> Result<Response, ApiError> {
    match once {
        Once::Fresh(value) => Ok((status, Json(fresh(value))).into_response()),
        Once::Replayed(status, body) => replayed(status, body),
    }
}

/// A stored answer.
///
/// # Errors
/// When the stored status is none.
pub fn replayed(status: u16, body: Vec<u8>) -> Result<Response, ApiError> {
    let status = StatusCode::from_u16(status).map_err(ApiError::internal)?;
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (status, json, Body::from(body)).into_response();
    mark_replayed(&mut response);
    Ok(response)
}

/// Says that an answer is one that was given before.
pub fn mark_replayed(response: &mut Response) {
    let name = HeaderName::from_static("idempotency-replayed");
    response.headers_mut().insert(name, HeaderValue::from_static("true"));
}

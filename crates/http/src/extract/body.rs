//! Reading a request's body within a limit.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use robofy_kernel::ErrorCode;

use crate::ApiError;

/// The limit of JSON bodies.
pub const MIB: usize = 1024 * 1024;

/// Reads a body of at most `limit` bytes.
///
/// What is larger is read on to twice the limit and thrown away, so that the client, which is still writing, gets
/// to read the answer.
///
/// # Errors
/// 413 when it is larger, 400 when the client breaks off.
pub async fn read_body(headers: &HeaderMap, mut body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit.saturating_mul(2)) {
        return Err(too_large(limit));
    }
    let mut read = BytesMut::with_capacity(announced.unwrap_or(0).min(limit));
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            ApiError::new(ErrorCode::BadRequest, "The body ended before it was complete.").caused_by(error)
        })?;
        let Ok(data) = frame.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length > limit.saturating_mul(2) {
            break;
        }
        if length <= limit {
            read.extend_from_slice(&data);
        }
    }
    if length > limit { Err(too_large(limit)) } else { Ok(read.freeze()) }
}

/// 413 for a body over a limit in bytes.
pub(crate) fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        ErrorCode::PayloadTooLarge,
        format!("The body is larger than the {limit} bytes that this operation takes."),
    )
}

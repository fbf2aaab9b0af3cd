//! The API's description: for programs and for people.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::routes;

use super::Group;
use crate::ApiError;
use crate::openapi::openapi;
use crate::pages;

pub(super) fn group() -> Group {
    vec![routes!(openapi_json), routes!(docs)]
}

/// Describe the API to programs
///
/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "Server", security(()), responses((status = 200, description = "The OpenAPI document.", body = serde_json::Value)))]
async fn openapi_json() -> Result<Response, ApiError> {
    static DOCUMENT: LazyLock<Result<Bytes, String>> =
        LazyLock::new(|| openapi().to_json().map(Bytes::from).map_err(|error| error.to_string()));
    let document = DOCUMENT.clone().map_err(ApiError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    Ok((headers, document).into_response())
}

/// Describe the API to people
///
/// This document in a viewer that can try each call; `/docs/plain` has it without scripts, `/docs/guide` is where to begin.
#[utoipa::path(get, path = "/docs", tag = "Server", security(()), responses((status = 200, description = "The page.", body = String, content_type = "text/html")))]
async fn docs(headers: HeaderMap) -> Response {
    pages::reference(&headers)
}

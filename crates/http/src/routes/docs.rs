//! The API's description: for programs and for people.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::routes;

use super::Group;
use crate::ApiError;
use crate::openapi::{openapi, page};
use crate::pages;

pub(super) fn group() -> Group {
    vec![routes!(openapi_json), routes!(docs), routes!(docs_style)]
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
/// The same document as a page.
#[utoipa::path(get, path = "/docs", tag = "Server", security(()), responses((status = 200, description = "The page.", body = String, content_type = "text/html")))]
async fn docs() -> Result<Response, ApiError> {
    static PAGE: LazyLock<Result<Bytes, String>> =
        LazyLock::new(|| page::render(&openapi()).map(Bytes::from).map_err(|error| format!("{error:#}")));
    let page = PAGE.clone().map_err(ApiError::internal)?;
    Ok(pages::secured(pages::html(page)))
}

/// Style the page for people
#[utoipa::path(get, path = "/docs/style.css", tag = "Server", security(()), responses((status = 200, description = "The style sheet.", body = String, content_type = "text/css")))]
async fn docs_style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    pages::secured((headers, include_str!("../openapi/style.css")).into_response())
}

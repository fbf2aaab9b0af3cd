//! What is below `/docs` and not built by `web/`: the guide, the plain reference, and the style of both.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::{guide, html, secured};
use crate::ApiError;
use crate::openapi::{openapi, page};

const STYLE: &str =
    concat!(include_str!("../../../../web/ui/tokens.css"), include_str!("../openapi/style.css"));

/// The answer at a path, if one of these pages is there; with a slash at its end the path leads to the page.
pub(super) fn find(path: &str) -> Option<Response> {
    let bare = path.trim_end_matches('/');
    if bare == path {
        return page_at(path);
    }
    let is_page = bare == "/docs" || page_at(bare).is_some();
    is_page.then(|| Redirect::permanent(bare).into_response())
}

fn page_at(path: &str) -> Option<Response> {
    match path {
        "/docs/plain" => Some(plain()),
        "/docs/style.css" => Some(style()),
        _ => {
            let name = match path.strip_prefix("/docs/guide")? {
                "" => "",
                rest => rest.strip_prefix('/').filter(|name| !name.is_empty())?,
            };
            Some(answer(guide::find(name)?))
        }
    }
}

/// The reference without scripts.
pub(super) fn plain() -> Response {
    static PAGE: LazyLock<Result<Bytes, String>> =
        LazyLock::new(|| page::render(&openapi()).map(Bytes::from).map_err(|error| format!("{error:#}")));
    answer(PAGE.clone())
}

fn answer(page: Result<Bytes, String>) -> Response {
    match page {
        Ok(page) => secured(html(page)),
        Err(error) => ApiError::internal(error).into_response(),
    }
}

fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    secured((headers, STYLE).into_response())
}

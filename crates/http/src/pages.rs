//! The pages built by `web/`, as they were embedded in the program, and the guide.

mod documentation;
mod guide;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use robofy_kernel::ErrorCode;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::ApiError;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Dist;

/// What a page may load and do: nothing but what this server itself sends.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The same for the reference: its viewer writes HTML, so a policy of ours purifies all that comes as text, and the
/// viewer's own does so as well (`web/docs/src/trusted-html.ts`).
const REFERENCE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default dompurify robofy-docs";

const NOT_BUILT: &str = include_str!("pages/not-built.html");

/// Answers what no route does: a page or its parts, else 404 in the envelope.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reading || path.starts_with("/v1/") || path == "/v1" {
        return missing();
    }
    if let Some(response) = documentation::find(path) {
        return response;
    }
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    match find(name, request.headers()) {
        Some(response) => response,
        None if path == "/" => secured(html(NOT_BUILT)),
        None => missing(),
    }
}

fn missing() -> Response {
    ApiError::new(ErrorCode::NotFound, "There is nothing at this path. The API is described at /docs.")
        .into_response()
}

/// The reference with its viewer; the plain one where the pages were not built.
pub(crate) fn reference(asked: &HeaderMap) -> Response {
    let Some(mut response) = find("docs/index.html", asked) else { return documentation::plain() };
    let policy = HeaderValue::from_static(REFERENCE_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn find(name: &str, asked: &HeaderMap) -> Option<Response> {
    let brotli = Dist::get(&format!("{name}.br"));
    let (file, packing) = match (brotli, Dist::get(name)) {
        (Some(file), _) if accepts_brotli(asked) => (file, Packing::Kept),
        (_, Some(file)) => (file, Packing::None),
        (Some(file), None) => (file, Packing::Removed),
        (None, None) => return None,
    };
    let tag = etag(&file, packing);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let caching = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if packing == Packing::Kept {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Some(secured((StatusCode::NOT_MODIFIED, headers).into_response()));
    }
    if packing != Packing::Removed {
        return Some(secured((headers, Body::from(file.data)).into_response()));
    }
    Some(match unpacked(&file.data) {
        Ok(content) => secured((headers, Body::from(content)).into_response()),
        Err(error) => ApiError::internal(error).into_response(),
    })
}

/// How a file leaves. Large ones are embedded as brotli only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Kept,
    Removed,
}

fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    brotli_decompressor::BrotliDecompress(&mut &*packed, &mut content)?;
    Ok(content)
}

/// Two forms of one content are two things to a cache.
fn etag(file: &EmbeddedFile, packing: Packing) -> String {
    let hash = file.metadata.sha256_hash();
    let short: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let plain = if packing == Packing::Removed { "-plain" } else { "" };
    format!("\"{short}{plain}\"")
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("br") && !parts.any(|weight| weight.replace(' ', "") == "q=0")
    })
}

/// Whether the name changes with the content: `panel-BX3f9a_2.js`.
fn is_hashed(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit('/').next().unwrap_or(name).rsplit_once('.') else { return false };
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// A page of ours.
pub(crate) fn html(page: impl Into<Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, page.into()).into_response()
}

/// The same response with the headers that protect a page.
pub(crate) fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("assets/index-BX3f9a_2.js"));
        for name in ["index.html", "theme.js", "assets/data-table.js", "assets/x-BX3f9a_2/y.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}

//! Where an answer sends a request on to, and what goes along.

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, COOKIE, LOCATION,
    PROXY_AUTHORIZATION,
};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use url::Url;

use crate::{NetError, Request};

/// Headers that are credentials even when nobody marked them.
const CREDENTIALS: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

/// Headers that speak of a body.
const OF_BODIES: [HeaderName; 4] = [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE];

/// Where an answer sends the request on to; `None` when it is the answer itself: another status, or no `Location`.
pub(crate) fn target(from: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, NetError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(LOCATION) else { return Ok(None) };
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| NetError::Redirects)?;
    from.join(location).map(Some).map_err(|_| NetError::Redirects)
}

/// Makes the request the one that follows a redirect, as browsers do (Fetch standard, "HTTP-redirect fetch").
///
/// On another origin (scheme, host or port) it goes on without credentials, and has lost them for good: a later
/// redirect back does not bring them again. 307 and 308 keep the method and the body, the others become GET.
pub(crate) fn follow(request: &mut Request, status: StatusCode, to: Url) -> Result<(), NetError> {
    if request.url.scheme() == "https" && to.scheme() == "http" {
        return Err(NetError::Refused(
            "It leads on from https to http, where everybody on the way can read along. Use the address that it should \
             lead to, with https."
                .into(),
        ));
    }
    let posted = request.method == Method::POST && matches!(status.as_u16(), 301 | 302);
    let see_other =
        status == StatusCode::SEE_OTHER && request.method != Method::GET && request.method != Method::HEAD;
    if posted || see_other {
        request.method = Method::GET;
        request.body = Bytes::new();
        for name in &OF_BODIES {
            request.headers.remove(name);
        }
    }
    if request.url.origin() != to.origin() {
        let headers = std::mem::take(&mut request.headers);
        request.headers = without_credentials(headers);
    }
    request.url = to;
    Ok(())
}

fn without_credentials(headers: HeaderMap) -> HeaderMap {
    let secret: Vec<HeaderName> =
        headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.clone()).collect();
    let mut kept = headers;
    for name in CREDENTIALS.iter().chain(&secret) {
        kept.remove(name);
    }
    kept
}

#[cfg(test)]
mod tests;

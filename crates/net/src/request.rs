//! What is sent, and what its answer may cost.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, Method};
use http_body_util::Full;
use url::{Position, Url};

use crate::NetError;

/// What is sent.
#[derive(Clone)]
pub struct Request {
    /// GET, POST …
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers; those that hold secrets are marked sensitive, and go to the first origin only.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// What the answer may cost.
    pub limits: Limits,
}

/// What an answer may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the answer's head is there, redirects included.
    pub head: Duration,
    /// Until the answer's body is there, from the request on; `None` when its reader keeps time.
    pub whole: Option<Duration>,
    /// Bytes of the body after decoding.
    pub body_bytes: usize,
    /// Redirects that are followed, each after being looked at again; credentials go to the first origin only. With 0
    /// a redirect is an answer like any other.
    pub redirects: usize,
}

impl Default for Limits {
    /// 30 seconds to the head, 60 for all, 1 MiB, no redirects.
    fn default() -> Self {
        Self {
            head: Duration::from_secs(30),
            whole: Some(Duration::from_secs(60)),
            body_bytes: 1 << 20,
            redirects: 0,
        }
    }
}

/// Headers that say where a message goes and where it ends. A caller's would contradict what the gate sends, and such a
/// contradiction on a connection that is used again is how one request is smuggled into another.
const FRAMING: [HeaderName; 9] = [
    HOST,
    CONNECTION,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    TE,
    TRAILER,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

impl Request {
    /// The message for the wire.
    pub(crate) fn message(&self) -> Result<http::Request<Full<Bytes>>, NetError> {
        let uri: http::Uri = self.url[..Position::AfterQuery].parse().map_err(|_| {
            NetError::Refused(
                "The address holds characters that must be percent-encoded, or it is too long.".into(),
            )
        })?;
        let mut message = http::Request::new(Full::new(self.body.clone()));
        *message.method_mut() = self.method.clone();
        *message.uri_mut() = uri;
        *message.headers_mut() = self.headers.clone();
        let headers = message.headers_mut();
        for name in &FRAMING {
            headers.remove(name);
        }
        let plain = http::HeaderValue::from_static("identity");
        headers.entry(http::header::ACCEPT_ENCODING).or_insert(plain);
        let name = http::HeaderValue::from_static(concat!("robofy/", env!("CARGO_PKG_VERSION")));
        headers.entry(http::header::USER_AGENT).or_insert(name);
        Ok(message)
    }
}

/// No path, query, body or sensitive header: any of them can hold a secret, and what is printed is kept.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &origin(&self.url))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("limits", &self.limits)
            .finish()
    }
}

/// Scheme, host and port: what may be printed of an address.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> Request {
        Request {
            method: Method::POST,
            url: url.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"a visitor's words"),
            limits: Limits::default(),
        }
    }

    #[test]
    fn prints_no_secret() {
        let mut request = request("https://models.example:8443/hook/s3cr3t-path?key=s3cr3t-query#s3cr3t");
        request.headers.insert("x-api-key", http::HeaderValue::from_static("s3cr3t-header"));
        let printed = format!("{request:?}");
        assert!(
            printed.contains("https://models.example:8443") && printed.contains("x-api-key"),
            "{printed}"
        );
        assert!(!printed.contains("s3cr3t") && !printed.contains("visitor"), "{printed}");
    }

    #[test]
    fn frames_its_messages_itself() {
        let mut request = request("http://models.example/v1?a=b#part");
        for (name, value) in
            [("host", "other"), ("content-length", "1"), ("transfer-encoding", "chunked"), ("x-own", "1")]
        {
            request.headers.insert(name, http::HeaderValue::from_static(value));
        }
        let message = request.message().unwrap();
        assert_eq!(message.uri(), "http://models.example/v1?a=b");
        let names: Vec<_> = message.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(message.headers().contains_key("x-own"));
    }
}

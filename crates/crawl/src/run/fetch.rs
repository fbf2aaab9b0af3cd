//! One request for one address, through the gate for strangers' addresses.

use std::io::Read as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use http::{HeaderMap, HeaderValue, Method};
use robofy_knowledge::extract::MAX_FILE_BYTES;
use robofy_net::{Gate, Limits, NetError, Request, Response};
use url::Url;

/// A host that asks for a longer pause is left for the next crawl.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The header in which a site says what search engines may keep.
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// Kinds of content that are read.
const READABLE: &[&str] = &[
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "text/csv",
    "text/xml",
    "application/xml",
    "application/pdf",
    "application/rtf",
    "text/rtf",
    "application/json",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/gzip",
    "application/x-gzip",
];
const READABLE_FAMILY: &str = "application/vnd.openxmlformats-officedocument.";
/// What servers say that do not know.
const UNSAID: &[&str] = &["application/octet-stream", "binary/octet-stream", "application/force-download"];

/// How an address is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask<'a> {
    /// What was had last, so that it is not sent again when it has not changed.
    pub etag: Option<&'a str>,
    /// The same.
    pub last_modified: Option<&'a str>,
    /// Redirects that are followed; otherwise they are the answer.
    pub redirects: usize,
}

/// What came back.
#[derive(Debug)]
pub(super) enum Got {
    /// A body of a kind that is read.
    Body(Body),
    /// It has not changed (304).
    Same {
        /// What `X-Robots-Tag` says by now.
        robots_tag: String,
    },
    /// It is elsewhere.
    Redirect {
        /// Where.
        to: Url,
        /// For good (301, 308).
        is_permanent: bool,
    },
    /// The host asks to come back later (429, 503).
    Busy(Option<Duration>),
    /// Another status, which is no success.
    Status(u16),
    /// A success with content of another kind.
    OtherKind,
    /// It is larger than what is read.
    TooLarge,
    /// Nothing came back.
    Failed {
        /// Why, for the owner.
        reason: String,
        /// Whether it was our own gate that refused, so that asking again is of no use.
        is_refused: bool,
    },
}

/// A body, and what its head said.
#[derive(Debug)]
pub(super) struct Body {
    /// The bytes, unpacked.
    pub bytes: Vec<u8>,
    /// The media type, in lower case, without parameters; `None` when there was none.
    pub media_type: Option<String>,
    /// The character set that the head declared.
    pub charset: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
    /// What `X-Robots-Tag` says to everybody or to us, in lower case.
    pub robots_tag: String,
}

/// Asks for an address.
pub(super) async fn get(gate: &Gate, url: &Url, ask: Ask<'_>) -> Got {
    let request = Request {
        method: Method::GET,
        url: url.clone(),
        headers: headers(&ask),
        body: Bytes::new(),
        limits: Limits {
            head: Duration::from_secs(20),
            whole: Some(Duration::from_secs(60)),
            body_bytes: MAX_FILE_BYTES,
            redirects: ask.redirects,
        },
    };
    match gate.send(request).await {
        Ok(response) => answer(url, response).await,
        Err(error) => failure(&error),
    }
}

fn headers(ask: &Ask<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.5"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    for (name, value) in [(IF_NONE_MATCH, ask.etag), (IF_MODIFIED_SINCE, ask.last_modified)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

async fn answer(url: &Url, response: Response) -> Got {
    let status = response.status.as_u16();
    let head = &response.headers;
    match status {
        304 => return Got::Same { robots_tag: robots_tag(head) },
        301 | 302 | 303 | 307 | 308 => {
            let to = text(head, &LOCATION).and_then(|to| url.join(&to).ok());
            return match to {
                Some(to) => Got::Redirect { to, is_permanent: matches!(status, 301 | 308) },
                None => failed("It sends its visitors on to an address that is none."),
            };
        }
        429 | 503 => {
            let pause = text(head, &RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
            return Got::Busy(pause.map(|seconds| Duration::from_secs(seconds).min(LONGEST_PAUSE)));
        }
        200 => {}
        _ => return Got::Status(status),
    }
    let (media_type, charset) = media_type(head);
    if media_type.as_deref().is_some_and(|kind| !is_readable(kind)) {
        return Got::OtherKind;
    }
    let body = Body {
        bytes: Vec::new(),
        media_type,
        charset,
        etag: text(head, &ETAG),
        last_modified: text(head, &LAST_MODIFIED),
        robots_tag: robots_tag(head),
    };
    let is_packed = text(head, &CONTENT_ENCODING).is_some_and(|how| how.eq_ignore_ascii_case("gzip"));
    match response.bytes().await {
        Ok(bytes) if is_packed => unpack(&bytes, body),
        Ok(bytes) => Got::Body(Body { bytes, ..body }),
        Err(error) => failure(&error),
    }
}

/// Unpacks as far as a file may be large.
fn unpack(packed: &[u8], body: Body) -> Got {
    let mut bytes = Vec::new();
    let most = MAX_FILE_BYTES as u64;
    match MultiGzDecoder::new(packed).take(most + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > most => Got::TooLarge,
        Ok(_) => Got::Body(Body { bytes, ..body }),
        Err(_) => failed("What the site sent is packed and damaged."),
    }
}

fn failure(error: &NetError) -> Got {
    match error {
        NetError::TooLong(_) => Got::TooLarge,
        NetError::Refused(sentence) => Got::Failed { reason: sentence.clone(), is_refused: true },
        NetError::Connect { .. } => {
            failed("Nobody answers there: the name is unknown, or the server is down.")
        }
        NetError::TimedOut(limit) => {
            failed(&format!("There was no answer within {} seconds.", limit.as_secs()))
        }
        NetError::Redirects => failed("It sends its visitors on too often, or to nowhere."),
        NetError::Broken { .. } => failed("The connection broke."),
    }
}

fn failed(reason: &str) -> Got {
    Got::Failed { reason: reason.to_owned(), is_refused: false }
}

fn is_readable(media_type: &str) -> bool {
    READABLE.contains(&media_type) || media_type.starts_with(READABLE_FAMILY) || UNSAID.contains(&media_type)
}

fn text(head: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = head.get(name)?;
    // Addresses come in raw UTF-8 from many servers.
    let value = std::str::from_utf8(value.as_bytes()).ok()?.trim();
    (!value.is_empty() && value.len() <= 4096).then(|| value.to_owned())
}

fn media_type(head: &HeaderMap) -> (Option<String>, Option<String>) {
    let Some(value) = text(head, &CONTENT_TYPE) else { return (None, None) };
    let mut parts = value.split(';');
    let kind = parts.next().map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty());
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    (kind, charset.filter(|charset| !charset.is_empty()))
}

/// All that `X-Robots-Tag` says to every robot, or to ours by name.
fn robots_tag(head: &HeaderMap) -> String {
    let values = head.get_all(X_ROBOTS_TAG).iter().filter_map(|value| value.to_str().ok());
    let ours = values.filter_map(|value| match value.split_once(':') {
        Some((agent, rules)) if !agent.contains(',') && !agent.trim().starts_with("unavailable_after") => {
            agent.trim().eq_ignore_ascii_case(super::hosts::PRODUCT).then_some(rules)
        }
        Some(_) | None => Some(value),
    });
    ours.collect::<Vec<_>>().join(",").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut head = HeaderMap::new();
        for (name, value) in pairs {
            let Ok(value) = HeaderValue::from_str(value) else { continue };
            head.append(HeaderName::from_static(name), value);
        }
        head
    }

    #[test]
    fn heads_are_read_as_servers_write_them() {
        let of = |value: &str| media_type(&head(&[("content-type", value)]));
        assert_eq!(
            of("Text/HTML; Charset=\"ISO-8859-1\""),
            (Some("text/html".into()), Some("ISO-8859-1".into()))
        );
        assert_eq!(of("text/html"), (Some("text/html".into()), None));
        assert_eq!(of(";charset=x"), (None, Some("x".into())));
        assert!(is_readable("application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
        assert!(!is_readable("image/png") && !is_readable("video/mp4") && !is_readable("application/zip"));
        let tags = head(&[
            ("x-robots-tag", "noarchive"),
            ("x-robots-tag", "otherbot: noindex"),
            ("x-robots-tag", "Robofy: NoFollow"),
            ("x-robots-tag", "unavailable_after: 25 Jun 2030 15:00:00 PST"),
        ]);
        let said = robots_tag(&tags);
        assert!(
            said.contains("noarchive") && said.contains("nofollow") && !said.contains("noindex"),
            "{said}"
        );
    }
}

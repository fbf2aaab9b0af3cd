//! One request for one address, through the gate for strangers' addresses.

mod head;

use std::io::Read as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use http::{HeaderMap, HeaderValue, Method};
use robofy_knowledge::extract::MAX_FILE_BYTES;
use robofy_net::{Limits, NetError, Request, Response};
use url::Url;

use super::visit::Visitor;
use head::{Coding, text};

/// A page whose host asks for a longer pause is left for the next crawl.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How an address is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    /// What was had last, so that it is not sent again when it has not changed.
    pub etag: Option<&'a str>,
    /// The same.
    pub last_modified: Option<&'a str>,
    /// Redirects that are followed; otherwise they are the answer.
    pub redirects: usize,
    /// The largest body that is taken, as it is sent and unpacked.
    pub most_bytes: usize,
    /// Whether it is taken whatever the server calls its kind.
    pub is_of_any_kind: bool,
}

/// As pages are asked for.
impl Default for Ask<'_> {
    fn default() -> Self {
        Self {
            etag: None,
            last_modified: None,
            redirects: 0,
            most_bytes: MAX_FILE_BYTES,
            is_of_any_kind: false,
        }
    }
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
    /// The host asks to come back later (429, 503), after so long where it says so.
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
pub(super) async fn get(visitor: &Visitor, url: &Url, ask: Ask<'_>) -> Got {
    let request = Request {
        method: Method::GET,
        url: url.clone(),
        headers: headers(&ask),
        body: Bytes::new(),
        limits: Limits {
            head: Duration::from_secs(20),
            whole: Some(Duration::from_secs(60)),
            body_bytes: ask.most_bytes,
            redirects: ask.redirects,
        },
    };
    match visitor.gate.send(request).await {
        Ok(response) => answer(visitor, url, ask, response).await,
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

async fn answer(visitor: &Visitor, url: &Url, ask: Ask<'_>, response: Response) -> Got {
    let status = response.status.as_u16();
    let head = &response.headers;
    match status {
        304 => return Got::Same { robots_tag: head::robots_tag(head) },
        301 | 302 | 303 | 307 | 308 => {
            let to = text(head, &LOCATION).and_then(|to| url.join(&to).ok());
            return match to {
                Some(to) => Got::Redirect { to, is_permanent: matches!(status, 301 | 308) },
                None => failed("It sends its visitors on to an address that is none."),
            };
        }
        429 | 503 => return Got::Busy(head::retry_after(head)),
        200 => {}
        _ => return Got::Status(status),
    }
    let (media_type, charset) = head::media_type(head);
    let is_readable = |kind: &str| ask.is_of_any_kind || head::is_readable(kind);
    if media_type.as_deref().is_some_and(|kind| !is_readable(kind)) {
        return Got::OtherKind;
    }
    let coding = head::coding(head);
    if coding == Coding::Unknown {
        return failed("The site sent it packed in a way that was not asked for and is not read.");
    }
    let body = Body {
        bytes: Vec::new(),
        media_type,
        charset,
        etag: text(head, &ETAG),
        last_modified: text(head, &LAST_MODIFIED),
        robots_tag: head::robots_tag(head),
    };
    match (response.bytes().await, coding) {
        (Ok(bytes), Coding::Gzip) => {
            let most = ask.most_bytes;
            match visitor.compute(move || unpack(&bytes, most)).await {
                Ok(Ok(Some(bytes))) => Got::Body(Body { bytes, ..body }),
                Ok(Ok(None)) => Got::TooLarge,
                Ok(Err(_)) | Err(_) => failed("What the site sent is packed and damaged."),
            }
        }
        (Ok(bytes), Coding::Plain | Coding::Unknown) => Got::Body(Body { bytes, ..body }),
        (Err(error), _) => failure(&error),
    }
}

/// Unpacks, unless that comes to more than `most` bytes.
fn unpack(packed: &[u8], most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok((read <= most).then_some(bytes))
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

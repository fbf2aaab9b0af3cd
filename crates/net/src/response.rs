//! An answer and its body.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use url::Url;

use crate::NetError;
use crate::gate::Deadline;
use crate::request::origin;

/// An answer whose head has come. Dropping it before its body's end closes the connection.
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Where it came from, after redirects.
    pub url: Url,
    body: Option<Incoming>,
    left: usize,
    most: usize,
    end: Option<Deadline>,
}

impl Response {
    pub(crate) fn new(
        url: Url,
        answer: http::Response<Incoming>,
        most: usize,
        end: Option<Deadline>,
    ) -> Self {
        let (head, body) = answer.into_parts();
        Self {
            status: head.status,
            headers: own(&head.headers),
            url,
            body: Some(body),
            left: most,
            most,
            end,
        }
    }

    /// The next piece of the body; `None` at its end. Pieces share the connection's read buffer: copy what is kept for
    /// long. May be called again after it was dropped half-way; nothing is lost.
    ///
    /// # Errors
    /// When the body is too long, too slow or cut. Then the connection is closed, and there is nothing more to read.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        let read = self.read().await;
        if read.is_err() {
            self.body = None;
        }
        read
    }

    /// The whole body.
    ///
    /// # Errors
    /// As [`Response::chunk`].
    pub async fn bytes(mut self) -> Result<Vec<u8>, NetError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.chunk().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    async fn read(&mut self) -> Result<Option<Bytes>, NetError> {
        loop {
            let Some(frame) = self.frame().await? else { return Ok(None) };
            let Ok(piece) = frame.into_data() else { continue }; // trailers
            self.left = self.left.checked_sub(piece.len()).ok_or(NetError::TooLong(self.most))?;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
    }

    async fn frame(&mut self) -> Result<Option<Frame<Bytes>>, NetError> {
        let body = self.body.as_mut().ok_or_else(|| NetError::broken("it was given up before"))?;
        // A length that is announced and too long is not worth reading up to the limit.
        if usize::try_from(body.size_hint().lower()).map_or(true, |announced| announced > self.left) {
            return Err(NetError::TooLong(self.most));
        }
        let frame = match &mut self.end {
            None => body.frame().await,
            // The clock first: a body that never pauses must not outrun it.
            Some(end) => tokio::select! {
                biased;
                () = end.sleep.as_mut() => return Err(NetError::TimedOut(end.whole)),
                frame = body.frame() => frame,
            },
        };
        frame.transpose().map_err(NetError::broken)
    }
}

/// A copy of the headers. As they come they are slices of the connection's read buffer, and would keep all 8 KiB of it
/// for as long as an answer is read.
fn own(headers: &HeaderMap) -> HeaderMap {
    let mut copy = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        // What was a header value is one.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            copy.append(name, value);
        }
    }
    copy
}

/// No path, query, header value or body.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("origin", &origin(&self.url))
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

//! Server-sent events: the wire's form of a turn.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use robofy_agent::Handle;
use robofy_agent::events::TurnEvent;

/// After so long without an event a comment keeps proxies from closing the stream.
const SILENCE: Duration = Duration::from_secs(15);
/// Events that are ready are sent together, at most so many.
const TOGETHER: usize = 64;

/// A turn's events from the first one on, as a response.
pub(super) fn response(handle: &Handle) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (HeaderName::from_static("x-vercel-ai-ui-message-stream"), HeaderValue::from_static("v1")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(encode(handle.log.read_from(0), SILENCE))).into_response()
}

fn encode(
    events: impl Stream<Item = Arc<TurnEvent>> + Send,
    silence: Duration,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    let ready = Box::pin(events.ready_chunks(TOGETHER));
    futures::stream::unfold(Some(ready), move |ready| async move {
        let mut ready = ready?;
        let piece = match tokio::time::timeout(silence, ready.next()).await {
            Ok(Some(events)) => events.iter().fold(Vec::new(), |piece, event| append(piece, event)),
            Ok(None) => return Some((Ok(Bytes::from_static(b"data: [DONE]\n\n")), None)),
            Err(_) => b": still here\n\n".to_vec(),
        };
        Some((Ok(Bytes::from(piece)), Some(ready)))
    })
}

fn append(mut piece: Vec<u8>, event: &TurnEvent) -> Vec<u8> {
    piece.extend_from_slice(b"data: ");
    if let Err(error) = serde_json::to_writer(&mut piece, event) {
        // Our events are plain data, so this does not happen; a client would skip the empty event.
        tracing::error!(%error, "an event could not be written");
    }
    piece.extend_from_slice(b"\n\n");
    piece
}

#[cfg(test)]
mod tests {
    use super::*;
    use robofy_agent::TurnLog;

    #[tokio::test]
    async fn one_line_and_a_blank_one_for_each_event_then_done() {
        let log = TurnLog::complete(vec![TurnEvent::StartStep, TurnEvent::text("a\nb\u{2028}\"")]);
        let sent: Vec<_> = encode(log.read_from(0), SILENCE).map(|piece| piece.unwrap()).collect().await;
        let text = String::from_utf8(sent.concat()).unwrap();
        let delta = r#"{"type":"text-delta","id":"text-1","delta":"a\nb "#;
        assert!(text.starts_with("data: {\"type\":\"start-step\"}\n\ndata: "), "{text}");
        assert!(text.contains(&delta[..delta.len() - 3]) && text.ends_with("\n\ndata: [DONE]\n\n"), "{text}");
        assert_eq!(text.matches("\n\n").count(), 3);
    }

    #[tokio::test]
    async fn silence_is_filled_with_comments() {
        let log = TurnLog::default();
        let mut sent = Box::pin(encode(log.read_from(0), Duration::from_millis(5)));
        assert_eq!(sent.next().await.unwrap().unwrap(), ": still here\n\n");
        log.extend([TurnEvent::FinishStep]);
        log.close();
        let rest: Vec<_> = sent.map(|piece| piece.unwrap()).collect().await;
        assert!(String::from_utf8(rest.concat()).unwrap().contains("finish-step"));
    }
}

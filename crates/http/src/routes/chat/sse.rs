//! Server-sent events: the wire's form of a turn.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use robofy_agent::Permit;
use robofy_agent::turns::{Batch, Reader};
use robofy_kernel::Stopwatch;
use tokio::time::Sleep;

/// After so long without an event a comment keeps proxies from closing the stream.
const SILENCE: Duration = Duration::from_secs(15);
/// Events that are ready are sent together, at most so many.
const TOGETHER: usize = 64;

/// Whether the request asks for an `id:` line with each event.
pub(super) fn wants_ids(headers: &HeaderMap) -> bool {
    headers.get("x-robofy-resume").is_some_and(|value| value == "1")
}

/// A newer reader of the same answer has taken over this one's place. The connection is closed as one that broke, since
/// what was sent is not the whole.
#[derive(Debug, thiserror::Error)]
#[error("another reader of the answer has taken over this one's place")]
struct TakenOver;

/// A turn's events as a response. The permit is held for as long as its body lives.
pub(super) fn response(reader: Reader, ids: bool, permit: Permit) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (HeaderName::from_static("x-vercel-ai-ui-message-stream"), HeaderValue::from_static("v1")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(encode(reader, ids, SILENCE, Some(permit)))).into_response()
}

fn encode(
    reader: Reader,
    ids: bool,
    silence: Duration,
    permit: Option<Permit>,
) -> impl Stream<Item = Result<Bytes, TakenOver>> + Send {
    let alarm = Box::pin(tokio::time::sleep(silence));
    let writer = Writer { reader, ids, silence, quiet: Stopwatch::start(), alarm, permit };
    futures::stream::unfold(Some(writer), async |writer| {
        let mut writer = writer?;
        Some(match writer.next().await {
            _ if writer.permit.as_ref().is_some_and(Permit::is_taken_over) => (Err(TakenOver), None),
            Some(piece) => (Ok(piece), Some(writer)),
            None => (Ok(Bytes::from_static(b"data: [DONE]\n\n")), None),
        })
    })
}

/// Writes one reader's events.
struct Writer {
    reader: Reader,
    ids: bool,
    silence: Duration,
    /// Since when nothing was sent.
    quiet: Stopwatch,
    /// Rings once for each stretch of `silence`, and is set again only then: no timer is touched for an event.
    alarm: Pin<Box<Sleep>>,
    permit: Option<Permit>,
}

impl Writer {
    /// What is sent next; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            tokio::select! {
                biased;
                batch = self.reader.next(TOGETHER) => {
                    self.quiet = Stopwatch::start();
                    return batch.map(|batch| self.write(&batch));
                }
                () = self.alarm.as_mut() => {
                    let left = self.silence.saturating_sub(self.quiet.elapsed());
                    if left.is_zero() {
                        self.quiet = Stopwatch::start();
                        self.alarm.set(tokio::time::sleep(self.silence));
                        return Some(Bytes::from_static(b": still here\n\n"));
                    }
                    self.alarm.set(tokio::time::sleep(left));
                }
            }
        }
    }

    fn write(&self, batch: &Batch) -> Bytes {
        let mut piece = Vec::with_capacity(128 * batch.events.len());
        for (number, event) in (batch.first..).zip(&batch.events) {
            if self.ids {
                piece.extend_from_slice(b"id: ");
                piece.extend_from_slice(self.reader.id(number).as_bytes());
                piece.push(b'\n');
            }
            event.write(&mut piece);
        }
        piece.into()
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use robofy_agent::events::TurnEvent;
    use robofy_agent::{Handle, TurnLog};
    use robofy_kernel::{Environment, Ids};
    use robofy_store::chat::Channel;

    use super::*;

    fn handle(run: i64, log: &TurnLog) -> Handle {
        let ids = Ids::seeded(1);
        Handle {
            message_id: "abcdefgh12345678".parse().unwrap(),
            session_id: ids.web_session(),
            chatbot_id: ids.chatbot(),
            environment: Environment::Live,
            channel: Channel::Web,
            run,
            log: log.clone(),
        }
    }

    async fn text(reader: Reader, ids: bool) -> String {
        let sent: Vec<_> = encode(reader, ids, SILENCE, None).map(|piece| piece.unwrap()).collect().await;
        String::from_utf8(sent.concat()).unwrap()
    }

    #[tokio::test]
    async fn one_line_and_a_blank_one_for_each_event_then_done() {
        let log = TurnLog::complete(vec![TurnEvent::StartStep, TurnEvent::text("a\nb\u{2028}\"")]);
        let text = text(handle(1, &log).read(), false).await;
        let delta = r#"{"type":"text-delta","id":"text-1","delta":"a\nb "#;
        assert!(text.starts_with("data: {\"type\":\"start-step\"}\n\ndata: "), "{text}");
        assert!(text.contains(&delta[..delta.len() - 3]) && text.ends_with("\n\ndata: [DONE]\n\n"), "{text}");
        assert_eq!(text.matches("\n\n").count(), 3);
    }

    #[tokio::test]
    async fn an_id_line_stands_before_each_event_and_leads_on_from_it() {
        let log = TurnLog::complete(vec![TurnEvent::StartStep, TurnEvent::FinishStep]);
        let first = "id: abcdefgh12345678:0\ndata: {\"type\":\"start-step\"}\n\n";
        let second = "id: abcdefgh12345678:1\ndata: {\"type\":\"finish-step\"}\n\n";
        let done = "data: [DONE]\n\n";
        let handle = handle(1, &log);
        assert_eq!(text(handle.read(), true).await, format!("{first}{second}{done}"));
        let after = |id: &str| handle.read_after(id);
        assert_eq!(text(after("abcdefgh12345678:0").unwrap(), true).await, format!("{second}{done}"));
        assert_eq!(text(after("abcdefgh12345678:1").unwrap(), true).await, done);
        assert_eq!(text(after("abcdefgh12345678:99").unwrap(), true).await, done);
        for id in [
            "",
            ":",
            "1",
            "abcdefgh12345678",
            "abcdefgh12345678:",
            "abcdefgh12345678:x",
            "abcdefgh12345678:-1",
            "abcdefgh12345678:+1",
            "abcdefgh12345678: 1",
            "abcdefgh12345679:0",
            "abcdefgh12345678.2:0",
            "abcdefgh12345678.0:0",
            "abcdefgh12345678:99999999999999999999",
        ] {
            assert!(after(id).is_err(), "{id}");
        }
    }

    #[tokio::test]
    async fn an_event_of_an_earlier_run_leads_to_an_error_and_nothing_of_the_later() {
        let log = TurnLog::complete(vec![TurnEvent::StartStep, TurnEvent::FinishStep]);
        let handle = handle(2, &log);
        assert!(text(handle.read(), true).await.starts_with("id: abcdefgh12345678.2:0\n"));
        let lost = text(handle.read_after("abcdefgh12345678:0").unwrap(), false).await;
        assert!(
            lost.starts_with("data: {\"type\":\"error\"") && lost.matches("data: ").count() == 2,
            "{lost}"
        );
        let seen = handle.read_after("abcdefgh12345678:1000000").unwrap();
        assert_eq!(text(seen, false).await, "data: [DONE]\n\n");
    }

    #[tokio::test]
    async fn silence_is_filled_with_comments() {
        let log = TurnLog::default();
        let reader = handle(1, &log).read();
        let mut sent = Box::pin(encode(reader, false, Duration::from_millis(5), None));
        assert_eq!(sent.next().await.unwrap().unwrap(), ": still here\n\n");
        assert_eq!(sent.next().await.unwrap().unwrap(), ": still here\n\n");
        log.extend([TurnEvent::FinishStep]);
        log.close();
        let rest: Vec<_> = sent.map(|piece| piece.unwrap()).collect().await;
        assert!(String::from_utf8(rest.concat()).unwrap().contains("finish-step"));
    }
}

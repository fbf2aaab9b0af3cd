//! A listener's ear: what a stream of events says, and when.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hyper::StatusCode;
use hyper::header::HeaderMap;
use robofy_kernel::Stopwatch;
use serde::Deserialize;

use crate::load::{Call, Connection};

/// What was heard of one stream. Times are since the start of the crowd's stopwatch.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// When the request left.
    pub asked: Duration,
    /// The answer's status; `None` when there was no answer at all.
    pub status: Option<StatusCode>,
    /// Whether the answer names a time to come again.
    pub come_again: bool,
    /// When each token came.
    pub tokens: Vec<Duration>,
    /// When the stream ended.
    pub ended: Duration,
    /// The text, joined.
    pub text: String,
    /// Whether `[DONE]` came.
    pub done: bool,
    /// Whether an event told of a failure, or of a model that was not used.
    pub failed: bool,
    /// The answer's id.
    pub message: Option<String>,
    /// The id of the last event, and its number.
    pub last_event: Option<(String, u64)>,
    /// Events whose number is not the one after that of the event before.
    pub out_of_order: usize,
    /// Why it broke off.
    pub trouble: Option<String>,
}

impl Heard {
    /// Whether it was said to its end, word for word.
    #[must_use]
    pub fn is_whole(&self, text: &str) -> bool {
        self.done && !self.failed && self.out_of_order == 0 && self.text == text
    }

    /// Whether it was refused as it should be when there is no room: 503, with a time to come again.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.status == Some(StatusCode::SERVICE_UNAVAILABLE) && self.come_again
    }

    /// From the request to the first token.
    #[must_use]
    pub fn first(&self) -> Option<Duration> {
        self.tokens.first().map(|first| first.saturating_sub(self.asked))
    }

    /// From the request to the end.
    #[must_use]
    pub fn whole(&self) -> Duration {
        self.ended.saturating_sub(self.asked)
    }

    /// Between tokens.
    pub fn gaps(&self) -> impl Iterator<Item = Duration> {
        self.tokens.windows(2).map(|pair| pair[1].saturating_sub(pair[0]))
    }

    /// Sends a request and listens to the end of the stream. What goes wrong stands in [`Heard::trouble`].
    pub async fn listen(&mut self, connection: &mut Connection, call: &Call, watch: &Stopwatch) {
        self.asked = watch.elapsed();
        let mut ear = Ear { heard: self, rest: Vec::new(), watch };
        let listened = connection.stream(call, &mut ear).await;
        self.ended = watch.elapsed();
        if let Err(error) = listened {
            self.trouble = Some(format!("{error:#}"));
        }
    }

    /// Whether this is the whole answer.
    ///
    /// # Errors
    /// What was heard instead.
    pub fn expect(&self, text: &str) -> anyhow::Result<()> {
        ensure!(
            self.is_whole(text),
            "a stream was not whole: status {:?}, {} tokens, done {}, failed {}, trouble {:?}, text {:?}",
            self.status,
            self.tokens.len(),
            self.done,
            self.failed,
            self.trouble,
            self.text.chars().take(200).collect::<String>()
        );
        Ok(())
    }
}

/// Takes an answer apart as it comes.
pub struct Ear<'a> {
    heard: &'a mut Heard,
    rest: Vec<u8>,
    watch: &'a Stopwatch,
}

impl Ear<'_> {
    /// The answer's head.
    pub fn head(&mut self, status: StatusCode, headers: &HeaderMap) {
        self.heard.status = Some(status);
        self.heard.come_again = headers.contains_key("retry-after");
    }

    /// A part of its body.
    ///
    /// # Errors
    /// When an event is no JSON.
    pub fn hear(&mut self, data: &[u8]) -> anyhow::Result<()> {
        let now = self.watch.elapsed();
        self.rest.extend_from_slice(data);
        let mut from = 0;
        while let Some(length) = self.rest[from..].iter().position(|&byte| byte == b'\n') {
            let line = &self.rest[from..from + length];
            if let Some(data) = line.strip_prefix(b"data: ") {
                self.heard.event(data, now)?;
            } else if let Some(id) = line.strip_prefix(b"id: ") {
                self.heard.id(&String::from_utf8_lossy(id));
            }
            from += length + 1;
        }
        self.rest.drain(..from);
        Ok(())
    }
}

/// An event of either dialect: a UI message stream's, or a chunk of OpenAI's.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: Option<String>,
    delta: Option<String>,
    #[serde(rename = "messageId")]
    message: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

impl Heard {
    fn event(&mut self, data: &[u8], now: Duration) -> anyhow::Result<()> {
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let event: Event = serde_json::from_slice(data)
            .with_context(|| format!("no event: {}", String::from_utf8_lossy(data)))?;
        match event.kind.as_deref() {
            Some("error" | "abort" | "data-notice") => self.failed = true,
            Some("start") => self.message = event.message,
            _ => {}
        }
        let contents = event.choices.into_iter().filter_map(|choice| choice.delta.content);
        for piece in event.delta.into_iter().chain(contents).filter(|piece| !piece.is_empty()) {
            self.tokens.push(now);
            self.text.push_str(&piece);
        }
        Ok(())
    }

    /// The number of an event stands at the end of its id.
    fn id(&mut self, id: &str) {
        let digits = id.len() - id.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
        let number = id[id.len() - digits..].parse().unwrap_or(0);
        if self.last_event.as_ref().is_some_and(|(_, last)| number != last + 1) {
            self.out_of_order += 1;
        }
        self.last_event = Some((id.to_owned(), number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(parts: &[&str]) -> Heard {
        let (mut heard, watch) = (Heard::default(), Stopwatch::start());
        let mut ear = Ear { heard: &mut heard, rest: Vec::new(), watch: &watch };
        for part in parts {
            ear.hear(part.as_bytes()).unwrap();
        }
        heard
    }

    #[test]
    fn both_dialects_are_heard_however_they_are_cut() {
        let ours = "id: m-1\ndata: {\"type\":\"start\",\"messageId\":\"m\"}\n\nid: m-2\ndata: \
            {\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"Hi\"}\n\n: still here\n\ndata: [DONE]\n\n";
        for cut in 0..ours.len() {
            let (left, right) = ours.split_at(cut);
            let heard = hear(&[left, right]);
            assert!(heard.is_whole("Hi"), "{cut}");
            assert_eq!(heard.last_event, Some(("m-2".into(), 2)));
            assert_eq!(heard.message.as_deref(), Some("m"));
        }
        let theirs = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n\
            data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n";
        let heard = hear(&[theirs]);
        assert!(heard.is_whole("Hi"));
        assert_eq!(heard.tokens.len(), 1);
    }

    #[test]
    fn what_is_missing_or_failed_is_not_whole() {
        assert!(!hear(&["data: {\"type\":\"error\",\"errorText\":\"x\"}\n\ndata: [DONE]\n\n"]).is_whole(""));
        assert!(!hear(&["data: {\"delta\":\"Hi\"}\n\n"]).is_whole("Hi"), "no end");
        assert!(!hear(&["id: m-1\n\nid: m-3\n\ndata: [DONE]\n\n"]).is_whole(""), "an event is lost");
        assert!(!hear(&["id: m-1\n\nid: m-1\n\ndata: [DONE]\n\n"]).is_whole(""), "an event came twice");
    }
}

//! Reads replies of the dialect: a stream of events, or one document.

use std::collections::VecDeque;

use super::chunk::{self, Chunk};
use super::refusal;
use super::thoughts::Thoughts;
use crate::ModelError;
use crate::chat::{FinishReason, Usage};
use crate::provider::{ReplyReader, Signal};
use crate::sse::{Event, EventReader, TooLong};

/// The most bytes of one event: a token with all the numbers that endpoints add is below 4 KiB, but some send an
/// answer of one piece as one event.
const EVENT_BYTES: usize = 1 << 20;
/// The most bytes of a reply that is one document.
const DOCUMENT_BYTES: usize = 4 << 20;

impl From<TooLong> for ModelError {
    fn from(_: TooLong) -> Self {
        Self::Malformed(format!("one event is longer than {EVENT_BYTES} bytes"))
    }
}

/// A reply that comes as a stream.
#[derive(Debug)]
pub(super) struct Stream {
    events: EventReader,
    so_far: SoFar,
}

/// What a stream has said about its end.
#[derive(Debug)]
struct SoFar {
    thoughts: Thoughts,
    reason: Option<FinishReason>,
    usage: Option<Usage>,
    done: bool,
}

impl Stream {
    pub(super) const fn new() -> Self {
        Self {
            events: EventReader::new(EVENT_BYTES),
            so_far: SoFar { thoughts: Thoughts::new(), reason: None, usage: None, done: false },
        }
    }
}

impl ReplyReader for Stream {
    fn read(&mut self, bytes: &[u8], out: &mut VecDeque<Signal>) -> Result<(), ModelError> {
        let Self { events, so_far } = self;
        events.read(bytes, |event| so_far.take(&event, out))
    }

    fn end(&mut self, out: &mut VecDeque<Signal>) -> Result<(), ModelError> {
        let Self { events, so_far } = self;
        // Half an event at the end is what a cut looks like, not nonsense.
        match events.end(|event| so_far.take(&event, out)) {
            Ok(()) | Err(ModelError::Malformed(_)) => so_far.end(out),
            Err(error) => Err(error),
        }
    }

    fn is_complete(&self) -> bool {
        self.so_far.reason.is_some()
    }
}

impl SoFar {
    fn take(&mut self, event: &Event<'_>, out: &mut VecDeque<Signal>) -> Result<(), ModelError> {
        if self.done {
            return Ok(());
        }
        let data = event.data.trim();
        if data == "[DONE]" {
            return self.end(out);
        }
        if data.is_empty() {
            return Ok(());
        }
        let chunk: Chunk<'_> = match serde_json::from_str(data) {
            Ok(chunk) => chunk,
            Err(_) if event.name == "error" => return Err(failed(&refusal::detail(data.as_bytes()))),
            Err(error) => return Err(not_json(&error)),
        };
        if let Some(error) = &chunk.error {
            return Err(failed(&refusal::said_in(error)));
        }
        if event.name == "error" {
            return Err(failed(&refusal::detail(data.as_bytes())));
        }
        if let Some(usage) = chunk.usage.as_ref().and_then(chunk::UsageIn::read) {
            self.usage = Some(usage);
        }
        let Some(choice) = chunk.choices.and_then(|choices| choices.into_iter().next()) else {
            return Ok(());
        };
        if let Some(delta) = choice.delta.or(choice.message) {
            let is_thought = delta.is_thought();
            match delta.content {
                Some(text) if !text.0.is_empty() => self.thoughts.take(text.0, out),
                Some(_) | None if is_thought => out.push_back(Signal::Thought),
                Some(_) | None => {}
            }
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.0.is_empty()) {
            self.reason = Some(chunk::finish(&reason.0));
        }
        Ok(())
    }

    /// The stream says, or shows, that it has ended. A reason must have been given, or text is missing; `[DONE]` need
    /// not have come.
    fn end(&mut self, out: &mut VecDeque<Signal>) -> Result<(), ModelError> {
        if self.done {
            return Ok(());
        }
        let reason = self.reason.ok_or(ModelError::Cut)?;
        self.done = true;
        self.thoughts.end(out);
        out.push_back(Signal::End { reason, usage: self.usage });
        Ok(())
    }
}

/// A reply that comes as one document.
#[derive(Debug, Default)]
pub(super) struct Whole(Vec<u8>);

impl ReplyReader for Whole {
    fn read(&mut self, bytes: &[u8], _: &mut VecDeque<Signal>) -> Result<(), ModelError> {
        if self.0.len() + bytes.len() > DOCUMENT_BYTES {
            return Err(ModelError::Malformed(format!("one document is longer than {DOCUMENT_BYTES} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, out: &mut VecDeque<Signal>) -> Result<(), ModelError> {
        let document = std::mem::take(&mut self.0);
        let reply: Chunk<'_> = serde_json::from_slice(&document)
            .map_err(|error| if error.is_eof() { ModelError::Cut } else { not_json(&error) })?;
        if let Some(error) = &reply.error {
            return Err(failed(&refusal::said_in(error)));
        }
        let choice = reply.choices.and_then(|choices| choices.into_iter().next());
        let (message, reason) =
            choice.map(|choice| (choice.message, choice.finish_reason)).unwrap_or_default();
        let message = message.ok_or_else(|| ModelError::Malformed("it has no choices[0].message".into()))?;
        if let Some(text) = message.content.filter(|text| !text.0.is_empty()) {
            let mut thoughts = Thoughts::new();
            thoughts.take(text.0, out);
            thoughts.end(out);
        }
        let reason = reason.map_or(FinishReason::Other, |reason| chunk::finish(&reason.0));
        out.push_back(Signal::End { reason, usage: reply.usage.as_ref().and_then(chunk::UsageIn::read) });
        Ok(())
    }

    fn is_complete(&self) -> bool {
        false
    }
}

fn failed(said: &crate::provider::Detail) -> ModelError {
    let detail = match (said.code.as_str(), said.message.as_str()) {
        ("", message) => message.to_owned(),
        (code, "") => code.to_owned(),
        (code, message) => format!("{code}: {message}"),
    };
    ModelError::Failed { status: None, detail }
}

/// Says where the JSON broke, and nothing of what it held.
fn not_json(error: &serde_json::Error) -> ModelError {
    let what = match error.classify() {
        serde_json::error::Category::Data => "JSON of another form",
        serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Eof => "half a JSON document",
        serde_json::error::Category::Io => "unreadable",
    };
    ModelError::Malformed(format!("an event is {what} (column {})", error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(events: &[&str]) -> (Vec<Signal>, Result<(), ModelError>) {
        let mut out = VecDeque::new();
        let mut reader = Stream::new();
        let whole: String = events.iter().map(|data| format!("data: {data}\n\n")).collect();
        let outcome = reader.read(whole.as_bytes(), &mut out).and_then(|()| reader.end(&mut out));
        (out.into(), outcome)
    }

    fn end(reason: FinishReason, usage: Option<(u32, u32)>) -> Signal {
        let usage = usage.map(|(input_tokens, output_tokens)| Usage { input_tokens, output_tokens });
        Signal::End { reason, usage }
    }

    #[test]
    fn openais_own_order() {
        let (signals, outcome) = stream(&[
            r#"{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"Grüß\u00fc\n"},"logprobs":null,"finish_reason":null}],"usage":null}"#,
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"completion_tokens_details":{"reasoning_tokens":0}}}"#,
            "[DONE]",
        ]);
        outcome.unwrap();
        assert_eq!(signals, [Signal::Text("Grüßü\n".into()), end(FinishReason::Stop, Some((9, 2)))]);
    }

    #[test]
    fn what_others_leave_out_or_add() {
        // No [DONE], usage beside the reason, null instead of text, thoughts, an event without choices.
        let (signals, outcome) = stream(&[
            r#"{"prompt_filter_results":[],"choices":null}"#,
            r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#,
            r#"{"choices":[{"delta":{"content":"","reasoning_content":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"content":"","reasoning":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"},"finish_reason":""}]}"#,
            r#"{"choices":[{"delta":null,"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        ]);
        outcome.unwrap();
        let thought = || Signal::Thought;
        assert_eq!(
            signals,
            [thought(), thought(), Signal::Text("a".into()), end(FinishReason::Length, Some((1, 2)))]
        );
    }

    #[test]
    fn thoughts_within_the_text_are_none_of_it() {
        let (signals, outcome) = stream(&[
            r#"{"choices":[{"delta":{"content":"<thi"}}]}"#,
            r#"{"choices":[{"delta":{"content":"nk>[1] hm</th"}}]}"#,
            r#"{"choices":[{"delta":{"content":"ink>\n\nNine"}}]}"#,
            r#"{"choices":[{"delta":{"content":"."},"finish_reason":"stop"}]}"#,
        ]);
        outcome.unwrap();
        let text = |text: &str| Signal::Text(text.into());
        assert_eq!(
            signals,
            [Signal::Thought, Signal::Thought, text("Nine"), text("."), end(FinishReason::Stop, None)]
        );
    }

    #[test]
    fn no_reason_is_a_cut_even_with_done() {
        for events in [&[r#"{"choices":[{"delta":{"content":"a"}}]}"#][..], &["[DONE]"], &[]] {
            let (signals, outcome) = stream(events);
            assert!(matches!(outcome, Err(ModelError::Cut)), "{events:?} {outcome:?}");
            assert!(!signals.iter().any(|signal| matches!(signal, Signal::End { .. })));
        }
    }

    #[test]
    fn half_an_event_at_the_end_is_a_cut_unless_the_reason_has_come() {
        let half = r#"data: {"choices":[{"del"#;
        let reason = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
        for (body, is_cut) in [(half.to_owned(), true), (format!("{reason}\n\n{half}"), false)] {
            let mut out = VecDeque::new();
            let mut reader = Stream::new();
            reader.read(body.as_bytes(), &mut out).unwrap();
            let outcome = reader.end(&mut out);
            assert_eq!(matches!(outcome, Err(ModelError::Cut)), is_cut, "{body} {outcome:?}");
            assert_eq!(out.len(), usize::from(!is_cut));
        }
    }

    #[test]
    fn one_end_and_nothing_after_it() {
        let (signals, outcome) = stream(&[
            r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"content_filter"}]}"#,
            "[DONE]",
            "[DONE]",
            r#"{"choices":[{"delta":{"content":"b"}}]}"#,
            "nonsense",
        ]);
        outcome.unwrap();
        assert_eq!(signals, [Signal::Text("a".into()), end(FinishReason::ContentFilter, None)]);
    }

    #[test]
    fn failures_within_the_stream() {
        for event in [
            r#"data: {"error":{"message":"overloaded","code":503}}"#,
            r#"data: {"error":"overloaded"}"#,
            "event: error\ndata: overloaded",
            "event: error\ndata: {\"message\":\"overloaded\"}",
        ] {
            let mut out = VecDeque::new();
            let outcome = Stream::new().read(format!("{event}\n\n").as_bytes(), &mut out);
            let Err(ModelError::Failed { detail, .. }) = outcome else { panic!("{event}: {outcome:?}") };
            assert!(detail.contains("overloaded"), "{detail}");
        }
    }

    #[test]
    fn nonsense_comes_after_what_was_understood() {
        let (signals, outcome) =
            stream(&[r#"{"choices":[{"delta":{"content":"a"}}]}"#, r#"{"choices":[{"delta":"#, "x"]);
        assert_eq!(signals, [Signal::Text("a".into())]);
        assert!(matches!(outcome, Err(ModelError::Malformed(_))));
        for other in [r#"{"choices":5}"#, "[]", "5", r#"{"choices":[{"delta":{"content":[1]}}]}"#] {
            assert!(matches!(stream(&[other]).1, Err(ModelError::Malformed(_))), "{other}");
        }
    }

    #[test]
    fn one_document() {
        let read = |document: &str| {
            let mut out = VecDeque::new();
            let mut reader = Whole::default();
            let outcome = reader.read(document.as_bytes(), &mut out).and_then(|()| reader.end(&mut out));
            (Vec::from(out), outcome)
        };
        let (signals, outcome) = read(
            r#"{"choices":[{"message":{"role":"assistant","content":"a b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
        );
        outcome.unwrap();
        assert_eq!(signals, [Signal::Text("a b".into()), end(FinishReason::Stop, Some((3, 2)))]);
        let (signals, _) =
            read(r#"{"choices":[{"message":{"content":"<think>\nhm</think>\na"},"finish_reason":"stop"}]}"#);
        assert_eq!(signals, [Signal::Thought, Signal::Text("a".into()), end(FinishReason::Stop, None)]);
        assert!(matches!(read(r#"{"error":{"message":"no"}}"#).1, Err(ModelError::Failed { .. })));
        assert!(matches!(read(r#"{"choices":[]}"#).1, Err(ModelError::Malformed(_))));
        assert!(matches!(read(r#"{"choices":[{"mess"#).1, Err(ModelError::Cut)));
        assert!(matches!(read("<html>").1, Err(ModelError::Malformed(_))));
    }
}

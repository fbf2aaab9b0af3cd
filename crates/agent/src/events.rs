//! What happens in a turn, as a stream of typed events.
//!
//! Serialised, they are the chunks of the *UI message stream* (version 1) that the npm package `ai` reads in its
//! versions 5 to 7: an unknown `type` ends a client's stream, so events of our own are `data-*` only.

use robofy_kernel::{MessageId, SessionId};
use robofy_store::chat::{Citation, Failure, Part};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

pub use robofy_store::chat::{FinishReason, Notice};

/// One event of a turn.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum TurnEvent {
    /// The answer has an id.
    Start {
        /// Unique for each answer: a client replaces an earlier answer of the same id.
        message_id: MessageId,
    },
    /// A step begins.
    StartStep,
    /// A text begins.
    TextStart {
        /// The text's id in this answer.
        id: &'static str,
    },
    /// Something that a front end may tell beside the answer.
    DataNotice {
        /// What.
        #[serde(serialize_with = "as_code")]
        data: Notice,
    },
    /// A piece of the text.
    TextDelta {
        /// The text's id.
        id: &'static str,
        /// The piece.
        delta: String,
    },
    /// The text is complete.
    TextEnd {
        /// The text's id.
        id: &'static str,
    },
    /// A page that was cited.
    SourceUrl {
        /// Unique in this answer.
        source_id: String,
        /// Its address.
        url: String,
        /// Its title.
        title: String,
    },
    /// A document that was cited.
    SourceDocument {
        /// Unique in this answer.
        source_id: String,
        /// `text/plain`: what is cited is the stored text.
        media_type: &'static str,
        /// Its title.
        title: String,
        /// Its file name.
        filename: String,
    },
    /// A quote that was checked against the stored source.
    DataCitation {
        /// The citation. Boxed, since every event of a log is as large as the largest.
        data: Box<Citation>,
    },
    /// A step ends.
    FinishStep,
    /// The answer is complete and stored.
    Finish {
        /// Why it ended.
        finish_reason: FinishReason,
    },
    /// The session in which the answer stands.
    DataSession {
        /// Its id, as the visitor names it.
        data: SessionText,
    },
    /// Why the answer ended, once more, for clients that read data parts only.
    DataFinishReason {
        /// The reasons.
        data: FinishReasons,
    },
    /// The answer failed in the middle. What was said so far is stored as failed.
    Error {
        /// A sentence for the visitor. Nothing of the cause is shown.
        error_text: &'static str,
        /// Whose fault it was, for the JSON answer's status.
        #[serde(skip)]
        failure: Failure,
    },
    /// The answer was stopped. What was said so far is stored as stopped.
    Abort {
        /// Who stopped it.
        reason: &'static str,
    },
    /// What a front end may show beside the answer: the lead form, times, a booking. It has a `type` of its own.
    #[serde(untagged)]
    Part(Box<Part>),
}

/// The two spellings of why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishReasons {
    /// In the protocol's words.
    pub finish_reason: FinishReason,
    /// In the answerer's own words.
    pub raw_finish_reason: FinishReason,
}

/// A session id on its way to its visitor. `Debug` does not show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SessionText(pub SessionId);

/// A notice is sent as `{"code":…}`, so that there is room for more.
fn as_code<S: Serializer>(notice: &Notice, serializer: S) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_struct("Notice", 1)?;
    object.serialize_field("code", notice)?;
    object.end()
}

/// The id of the only text of an answer.
pub const TEXT_ID: &str = "text-1";

impl TurnEvent {
    /// How every answer begins.
    #[must_use]
    pub fn opening(message_id: &MessageId) -> [Self; 3] {
        [Self::Start { message_id: message_id.clone() }, Self::StartStep, Self::TextStart { id: TEXT_ID }]
    }

    /// A piece of the answer's text.
    #[must_use]
    pub fn text(delta: impl Into<String>) -> Self {
        Self::TextDelta { id: TEXT_ID, delta: delta.into() }
    }

    /// What follows the text before the step ends: each source once, then each citation.
    #[must_use]
    pub fn citations(citations: &[Citation]) -> Vec<Self> {
        let mut events = Vec::new();
        for citation in citations {
            let source = Self::source_of(citation);
            if let Some(source) = source.filter(|source| !events.contains(source)) {
                events.push(source);
            }
        }
        events
            .extend(citations.iter().map(|citation| Self::DataCitation { data: Box::new(citation.clone()) }));
        events
    }

    fn source_of(citation: &Citation) -> Option<Self> {
        let source_id = format!("asset-{}", citation.asset_id?);
        let name = citation.file_name.clone().unwrap_or_else(|| source_id.clone());
        Some(match &citation.source_url {
            Some(url) => Self::SourceUrl { source_id, url: url.clone(), title: name },
            None => Self::SourceDocument {
                source_id,
                media_type: "text/plain",
                title: name.clone(),
                filename: name,
            },
        })
    }

    /// What follows the citations before the step ends.
    pub fn parts(parts: &[Part]) -> impl Iterator<Item = Self> {
        parts.iter().map(|part| Self::Part(Box::new(part.clone())))
    }

    /// How an answer ends that is complete and stored.
    #[must_use]
    pub fn ending(session: &SessionId, finish_reason: FinishReason) -> [Self; 3] {
        [
            Self::Finish { finish_reason },
            Self::DataSession { data: SessionText(session.clone()) },
            Self::DataFinishReason {
                data: FinishReasons { finish_reason, raw_finish_reason: finish_reason },
            },
        ]
    }

    /// How a failed answer ends.
    #[must_use]
    pub const fn failed(failure: Failure) -> Self {
        Self::Error { error_text: "Something went wrong while answering. Please try again.", failure }
    }

    /// How a stopped answer ends.
    #[must_use]
    pub const fn stopped() -> Self {
        Self::Abort { reason: "stopped" }
    }
}

/// Cuts a text into the pieces in which it is streamed: whole words, about 24 bytes each. The same text always gives the
/// same pieces, so that a stored answer replays with the same event numbers.
pub fn deltas(text: &str) -> impl Iterator<Item = &str> {
    const PIECE: usize = 24;
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let from = rest.floor_char_boundary(PIECE.min(rest.len()));
        let cut = rest[from..].find(char::is_whitespace).map_or(rest.len(), |space| from + space);
        // Text without spaces (Chinese, Japanese, long addresses) is cut at a character instead.
        let cut = if cut > 3 * PIECE { rest.floor_char_boundary(2 * PIECE) } else { cut };
        let (piece, after) = rest.split_at(cut.max(1).max(rest.chars().next().map_or(1, char::len_utf8)));
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn events_have_the_wire_s_form() {
        let id: MessageId = "abcdefgh12345678".parse().unwrap();
        let session: SessionId = "4f1c1d3e-6f1a-4f1a-8f1a-1f1a1f1a1f1a".parse().unwrap();
        let json = |event: &TurnEvent| serde_json::to_string(event).unwrap();
        let all: Vec<String> = TurnEvent::opening(&id)
            .iter()
            .chain(&[TurnEvent::text("Hi")])
            .chain(&TurnEvent::ending(&session, FinishReason::Stop))
            .map(json)
            .collect();
        assert_eq!(
            all,
            [
                r#"{"type":"start","messageId":"abcdefgh12345678"}"#,
                r#"{"type":"start-step"}"#,
                r#"{"type":"text-start","id":"text-1"}"#,
                r#"{"type":"text-delta","id":"text-1","delta":"Hi"}"#,
                r#"{"type":"finish","finishReason":"stop"}"#,
                r#"{"type":"data-session","data":"4f1c1d3e-6f1a-4f1a-8f1a-1f1a1f1a1f1a"}"#,
                r#"{"type":"data-finish-reason","data":{"finishReason":"stop","rawFinishReason":"stop"}}"#,
            ]
        );
        assert_eq!(
            json(&TurnEvent::failed(Failure::Upstream)),
            r#"{"type":"error","errorText":"Something went wrong while answering. Please try again."}"#
        );
        assert_eq!(
            json(&TurnEvent::DataNotice { data: Notice::ModelUnavailable }),
            r#"{"type":"data-notice","data":{"code":"model_unavailable"}}"#
        );
    }

    proptest! {
        #[test]
        fn deltas_join_to_the_text(text in "(\\PC|\\s|日|é){0,400}") {
            let pieces: Vec<&str> = deltas(&text).collect();
            prop_assert_eq!(&pieces.concat(), &text);
            prop_assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= 80));
        }
    }
}

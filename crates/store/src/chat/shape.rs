//! What sessions and turns look like.

use robofy_kernel::{
    AssetId, ChatbotId, Environment, MessageId, QaId, SessionId, SessionKey, Timestamp, text_enum,
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::flows::Effect;

text_enum! {
    /// Where a conversation takes place.
    pub enum Channel {
        /// A website or app.
        Web = "web",
        /// WhatsApp, through the integrator's relay.
        Whatsapp = "whatsapp",
    }
}

text_enum! {
    /// What became of a turn.
    pub enum TurnStatus {
        /// It is being answered.
        Running = "running",
        /// Answered.
        Done = "done",
        /// Stopped by the visitor or operator; the part that was said is stored.
        Stopped = "stopped",
        /// It went wrong.
        Failed = "failed",
        /// Its node went away in the middle.
        Interrupted = "interrupted",
    }
}

text_enum! {
    /// What kind of answer was given.
    pub enum TurnKind {
        /// Greeting, thanks, goodbye …
        SmallTalk = "small_talk",
        /// A stored pair.
        Pair = "pair",
        /// From the knowledge.
        Answer = "answer",
        /// The agent's not-found answer.
        NotFound = "not_found",
        /// A step of a flow: the lead form's, a booking's.
        Flow = "flow",
    }
}

text_enum! {
    /// Why a turn failed.
    pub enum Failure {
        /// Our fault.
        Internal = "internal",
        /// The language model failed when a part had been said.
        Upstream = "upstream",
        /// The language model fell silent when a part had been said.
        Timeout = "timeout",
    }
}

text_enum! {
    /// Why an answer ended.
    pub enum FinishReason {
        /// It was complete.
        Stop = "stop",
        /// The most tokens, or the longest text, were reached.
        Length = "length",
        /// The model's endpoint withheld the rest.
        ContentFilter = "content-filter",
        /// The model's endpoint did not say.
        Other = "other",
    }
}

text_enum! {
    /// Something that a front end may tell beside the answer.
    pub enum Notice {
        /// The language model could not be used; the built-in answerer answered.
        ModelUnavailable = "model_unavailable",
    }
}

text_enum! {
    /// What a turn may offer beside its answer.
    pub enum PartKind {
        /// The lead form, as far as it is filled in.
        LeadForm = "data-lead-form",
        /// Times that can be booked.
        BookingSlots = "data-booking-slots",
        /// A booking, or one that is proposed.
        Booking = "data-booking",
    }
}

/// What a turn offers beside its answer, for a front end to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: PartKind,
    /// Its content, in the wire's shape.
    pub data: serde_json::Value,
}

/// Where a session's flows stand. What it means is the agent's business; the store keeps it with the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FlowState(pub serde_json::Value);

/// Tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Tokens {
    /// Of what was asked.
    pub input: i64,
    /// Of what came back.
    pub output: i64,
}

/// The byte lengths of the pieces in which a text left, packed: seven bits a byte, the eighth set when more follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Pieces(Vec<u8>);

impl Pieces {
    /// Packs lengths.
    pub fn pack(lengths: impl IntoIterator<Item = u32>) -> Self {
        let mut packed = Vec::new();
        for mut length in lengths {
            while length > 0x7f {
                packed.push(low_bits(length) | 0x80);
                length >>= 7;
            }
            packed.push(low_bits(length));
        }
        Self(packed)
    }

    /// Cuts `text` as it was cut before. What does not fit the text (a damaged row) ends in one last piece, so that the
    /// pieces always join to the text.
    pub fn cut<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let (mut packed, mut rest) = (self.0.iter(), text);
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let length = unpack(&mut packed).filter(|length| *length > 0).unwrap_or(rest.len());
            let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = after;
            Some(piece)
        })
    }
}

fn low_bits(length: u32) -> u8 {
    (length & 0x7f) as u8
}

fn unpack<'a>(packed: &mut impl Iterator<Item = &'a u8>) -> Option<usize> {
    let mut length = 0_usize;
    for shift in (0..35).step_by(7) {
        let byte = packed.next()?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(length);
        }
    }
    None
}

/// A quote that was checked against its source when it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Number in the answer, from 1.
    pub index: i64,
    /// The asset; `None` for a stored pair.
    pub asset_id: Option<AssetId>,
    /// The pair, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qa_id: Option<QaId>,
    /// The asset's version.
    pub version: Option<i64>,
    /// First byte in the stored text of that version.
    pub start: Option<i64>,
    /// The byte after the last.
    pub end: Option<i64>,
    /// The words.
    pub quote: String,
    /// The file's name.
    pub file_name: Option<String>,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// Headings above it.
    pub heading_path: Vec<String>,
}

/// A turn that begins.
#[derive(Clone, Debug)]
pub struct NewTurn {
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// The channel.
    pub channel: Channel,
    /// The session, as the visitor names it.
    pub session_id: SessionId,
    /// What the visitor's client said of the visitor.
    pub context: VisitorContext,
    /// The question.
    pub query: String,
    /// The answer's id.
    pub message_id: MessageId,
    /// The question's id.
    pub visitor_message_id: MessageId,
    /// Until when this node promises to have finished, or to have renewed the promise.
    pub running_until: Timestamp,
}

/// What the visitor's client says of the visitor. Stored with the session; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct VisitorContext {
    /// Name.
    pub user_name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// BCP 47 language tag.
    pub locale: Option<String>,
    /// ISO 3166 country.
    pub country: Option<String>,
    /// The page.
    pub page_url: Option<String>,
}

/// A turn that this node has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenTurn {
    /// The session's row.
    pub session_key: SessionKey,
    /// The turn's number in it, from 1.
    pub number: i64,
    /// Which run of it this is, from 1.
    pub run: i64,
    /// The answer's id.
    pub message_id: MessageId,
    /// The question's id.
    pub visitor_message_id: MessageId,
    /// Where the session's flows stood before it.
    pub flow: Option<FlowState>,
    /// What is known of the visitor: what was said with this turn, else with earlier ones.
    pub visitor: Box<VisitorContext>,
}

/// An earlier turn, for memory.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PastTurn {
    /// Its number.
    pub number: i64,
    /// What the visitor said.
    pub query: String,
    /// What was answered.
    pub answer: String,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// Its quotes.
    pub citations: Json<Vec<Citation>>,
}

/// A stored turn.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Turn {
    /// The session's row.
    pub session_key: SessionKey,
    /// Its number in it.
    pub number: i64,
    /// Its latest run, from 1.
    pub run: i64,
    /// The answer's id.
    pub message_id: MessageId,
    /// What became of it.
    pub status: TurnStatus,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// The question.
    pub query: String,
    /// The answer.
    pub answer: String,
    /// The question's id.
    pub visitor_message_id: MessageId,
    /// Its quotes.
    pub citations: Json<Vec<Citation>>,
    /// What it offered beside.
    pub parts: Json<Vec<Part>>,
    /// In which pieces the answer left; `None` for the usual cut.
    pub pieces: Option<Pieces>,
    /// What the visitor was told beside it.
    pub notice: Option<Notice>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Why it ended.
    pub finish_reason: Option<FinishReason>,
    /// The session as the visitor names it.
    pub session_id: SessionId,
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// Live or test.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel,
    /// Until when the session's running turn is promised.
    pub running_until: Option<Timestamp>,
}

impl Turn {
    /// The turn by its latest run; where the session's flows stand is not known of it.
    #[must_use]
    pub fn taken(&self) -> TakenTurn {
        let Self { session_key, number, run, ref message_id, ref visitor_message_id, .. } = *self;
        TakenTurn {
            session_key,
            number,
            run,
            message_id: message_id.clone(),
            visitor_message_id: visitor_message_id.clone(),
            flow: None,
            visitor: Box::default(),
        }
    }
}

/// A session's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Its key.
    pub session_key: SessionKey,
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// Live or test.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel,
    /// The turn that runs now.
    pub running_message_id: Option<MessageId>,
}

/// How a turn ended.
#[derive(Clone, Debug)]
pub struct TurnEnd {
    /// What became of it.
    pub status: TurnStatus,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// The answer.
    pub answer: String,
    /// Its quotes.
    pub citations: Vec<Citation>,
    /// In which pieces the answer left; `None` for the usual cut.
    pub pieces: Option<Pieces>,
    /// What the visitor was told beside it.
    pub notice: Option<Notice>,
    /// Why it failed, when it did.
    pub failure: Option<Failure>,
    /// Why it ended, when it was done.
    pub finish_reason: Option<FinishReason>,
    /// What a model's answer cost.
    pub tokens: Option<Tokens>,
    /// From the question's arrival to the first piece of the answer, in milliseconds.
    pub first_token_ms: Option<i64>,
    /// The question in its normal form, where it was not found: those that are equal are one in the list of what was
    /// not found. `None` = it is not in that list.
    pub unanswered: Option<String>,
    /// What it offered beside the answer.
    pub parts: Vec<Part>,
    /// Where the session's flows stand after it; `None` = where they stood.
    pub flow: Option<FlowState>,
    /// What its flow does.
    pub effects: Vec<Effect>,
}

impl TurnEnd {
    /// A turn that went wrong before anything was said.
    #[must_use]
    pub const fn failed(failure: Failure) -> Self {
        Self {
            status: TurnStatus::Failed,
            kind: None,
            answer: String::new(),
            citations: Vec::new(),
            pieces: None,
            notice: None,
            failure: Some(failure),
            finish_reason: None,
            tokens: None,
            first_token_ms: None,
            unanswered: None,
            parts: Vec::new(),
            flow: None,
            effects: Vec::new(),
        }
    }
}

/// What came of beginning a turn.
#[derive(Debug)]
pub enum Begin {
    /// It is this node's.
    Taken(TakenTurn),
    /// Another turn of the session runs: try again shortly.
    Busy,
    /// The operation's `Idempotency-Key` names this turn already.
    Known(MessageId),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_cut_as_it_was(pieces in prop::collection::vec("(\\PC|é|日){1,300}", 0..20)) {
            let packed = Pieces::pack(pieces.iter().map(|piece| piece.len() as u32));
            let text = pieces.concat();
            prop_assert_eq!(packed.cut(&text).collect::<Vec<_>>(), pieces);
        }

        #[test]
        fn damaged_lengths_lose_no_text(packed in prop::collection::vec(any::<u8>(), 0..40), text in "(\\PC|日){0,60}") {
            prop_assert_eq!(Pieces(packed).cut(&text).collect::<String>(), text);
        }
    }
}

//! Answers of the inbox.

use robofy_store::chat::inbox::{InboxSession, InboxTurn};
use robofy_store::chat::{Channel, Part, TurnKind, TurnStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::PageToken;
use crate::routes::chat::{CitationOut, FlowEventOut};

/// A page of conversations, in both places where clients look for them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InboxOut {
    /// A short sentence for a person.
    #[schema(examples("Success"))]
    pub(super) message: String,
    /// The conversations, the latest message first.
    pub(super) sessions: Vec<SessionOut>,
    /// The same.
    pub(super) data: SessionsOut,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    pub(super) next_page_token: Option<PageToken>,
}

/// Conversations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionsOut {
    /// The conversations, the latest message first.
    pub(super) sessions: Vec<SessionOut>,
}

/// A conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SessionOut {
    /// Its id.
    session_id: String,
    /// When the last message came or went, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    last_message_time: String,
    /// The last message.
    last_message: String,
    /// The visitor's name, as their client or their lead says.
    user_profile_name: Option<String>,
    /// `incoming` (from the visitor) or `outgoing`.
    #[schema(pattern = "^(incoming|outgoing)$", examples("outgoing"))]
    last_message_direction: &'static str,
    /// The page on which it takes place.
    website_url: Option<String>,
    /// `web` or `whatsapp`.
    #[schema(value_type = String, pattern = "^(web|whatsapp)$", examples("web"))]
    channel: Channel,
    /// When it began, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:00:00"))]
    created_at: String,
    /// The visitor's IANA time zone.
    timezone: Option<String>,
    /// The visitor's BCP 47 language tag.
    locale: Option<String>,
    /// The visitor's ISO 3166 country.
    country: Option<String>,
    /// The lead that it belongs to.
    lead_id: Option<String>,
}

impl From<InboxSession> for SessionOut {
    fn from(session: InboxSession) -> Self {
        let (last_message, last_message_direction) =
            if session.answer.is_empty() { (session.query, INCOMING) } else { (session.answer, OUTGOING) };
        Self {
            session_id: session.session_id.into(),
            last_message_time: session.last_at.documented(),
            last_message,
            user_profile_name: session.user_name,
            last_message_direction,
            website_url: session.page_url,
            channel: session.channel,
            created_at: session.created_at.documented(),
            timezone: session.timezone,
            locale: session.locale,
            country: session.country,
            lead_id: session.lead_id.map(|lead| lead.to_string()),
        }
    }
}

const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";

/// A page of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatsOut {
    /// What was said, the oldest first.
    pub(super) messages: Vec<MessageOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    pub(super) next_page_token: Option<PageToken>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageOut {
    /// Its id.
    #[schema(min_length = 16, max_length = 16)]
    message_id: String,
    /// `incoming` (from the visitor) or `outgoing`.
    #[schema(pattern = "^(incoming|outgoing)$", examples("incoming"))]
    direction: &'static str,
    /// What was said: of an answer, its Markdown.
    text: String,
    /// When, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    created_at: String,
    /// An answer's quotes.
    citations: Vec<CitationOut>,
    /// What the visitor thinks of an answer: 1 or -1.
    rating: Option<i64>,
    /// In their words.
    rating_comment: Option<String>,
    /// What a flow showed beside an answer.
    #[schema(value_type = Vec<FlowEventOut>)]
    actions: Vec<Part>,
    /// What kind of answer it is: `small_talk`, `pair`, `answer`, `not_found` or `flow`.
    #[schema(value_type = Option<String>, pattern = "^(small_talk|pair|answer|not_found|flow)$")]
    kind: Option<TurnKind>,
    /// What became of the turn: `running`, `done`, `stopped`, `failed` or `interrupted`.
    #[schema(value_type = String, pattern = "^(running|done|stopped|failed|interrupted)$", examples("done"))]
    status: TurnStatus,
}

/// A message with its place in the conversation.
#[derive(Debug)]
pub(super) struct Message {
    /// Twice the turn's number for the question, one more for the answer.
    pub(super) at: i64,
    pub(super) shown: MessageOut,
}

impl Message {
    /// The turn of the first message behind this place.
    pub(super) const fn turn_after(at: i64) -> i64 {
        (at + 1) / 2
    }
}

/// A turn's question, and its answer where something was said or shown.
pub(super) fn messages_of(turn: InboxTurn) -> impl Iterator<Item = Message> {
    let question = Message {
        at: turn.number * 2,
        shown: MessageOut {
            message_id: turn.visitor_message_id.as_str().to_owned(),
            direction: INCOMING,
            text: turn.query,
            created_at: turn.started_at.documented(),
            citations: Vec::new(),
            rating: None,
            rating_comment: None,
            actions: Vec::new(),
            kind: None,
            status: turn.status,
        },
    };
    let is_answered = !turn.answer.is_empty() || !turn.parts.0.is_empty();
    let answer = is_answered.then(|| Message {
        at: turn.number * 2 + 1,
        shown: MessageOut {
            message_id: turn.message_id.as_str().to_owned(),
            direction: OUTGOING,
            text: turn.answer,
            created_at: turn.finished_at.unwrap_or(turn.started_at).documented(),
            citations: turn.citations.0.into_iter().map(CitationOut::from).collect(),
            rating: turn.rating,
            rating_comment: turn.rating_comment,
            actions: turn.parts.0,
            kind: turn.kind,
            status: turn.status,
        },
    });
    std::iter::once(question).chain(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_to_the_turn_of_the_next_message() {
        // Nothing, a question (2), its answer (3), the next question (4).
        assert_eq!([0, 2, 3, 4].map(Message::turn_after), [0, 1, 2, 2]);
    }
}

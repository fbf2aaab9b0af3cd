//! The chat calls' bodies and answers.

use std::borrow::Cow;

use robofy_agent::{Action, ActionKind, Ask};
use robofy_kernel::{ErrorCode, FieldError, Op, SessionId};
use robofy_store::chat::{Channel, Citation, Part, VisitorContext};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::ApiError;
use crate::client::Client;
use crate::extract::empty;
use crate::openapi::kinds;
use crate::wire::Digits;

/// The longest question, in characters.
const LONGEST_QUERY: usize = 4000;
/// The platform whose sessions are of the channel of that name.
const WHATSAPP: &str = "whatsapp";
/// The longest value of a click, in characters.
const LONGEST_VALUE: usize = 2000;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MessageIn {
    /// What the visitor says. May be empty beside an `action`.
    #[serde(default)]
    #[schema(max_length = 4000, examples("When are you open?"))]
    pub(super) query: String,
    /// A click on what an earlier answer offered.
    pub(super) action: Option<ActionIn>,
    /// The project's id.
    pub(super) pid: Digits,
    /// The agent's id; it must belong to the project.
    #[schema(min_length = 42, max_length = 43, pattern = "^[A-Za-z0-9_-]+$")]
    pub(super) chatbot_id: String,
    /// Who asks, and where.
    #[schema(value_type = EitherSpelling)]
    pub(super) user_context: UserContextIn,
}

/// A click on what an earlier answer offered: its events name the flow, the step and the values. A flow is begun by
/// `choose` at step 0 of the flow `booking` or `lead`. Beside a click, `query` is empty or the label that was clicked.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ActionIn {
    /// What was clicked: `slot` one of the times, `choose` one of the choices, `confirm` yes, `decline` no, `skip` to leave
    /// the present question out, `cancel_flow` to end the flow.
    #[schema(value_type = String, pattern = "^(slot|choose|confirm|decline|skip|cancel_flow)$", examples("confirm"))]
    pub(super) kind: ActionKind,
    /// The flow, as the last event with a `flow_id` named it; `booking` or `lead` to begin one.
    #[schema(min_length = 1, max_length = 40, examples("1"))]
    pub(super) flow_id: String,
    /// The step that the same event named; 0 to begin. A click on an earlier one changes nothing and is answered with the
    /// present one.
    pub(super) step: u32,
    /// For `choose` the choice's `value`, for `slot` the time's `start`. For a field of the type `multi_select` it may name
    /// several choices: their values with `, ` between them, or a JSON array of them as text. One click answers the whole
    /// question.
    #[schema(max_length = 2000)]
    pub(super) value: Option<String>,
}

/// Who asks, and where.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UserContextIn {
    /// `whatsapp`, or any other word for the web. It is needed, unless the misspelt `platfrom` is there.
    #[schema(min_length = 1, max_length = 40, nullable = false, examples("web"))]
    pub(super) platform: Option<String>,
    /// The same, as a sample of the public API misspells it: taken where there is no `platform`.
    #[schema(deprecated, min_length = 1, max_length = 40, nullable = false)]
    platfrom: Option<String>,
    /// The session to go on with. An API key may name any text of its own; an unknown one begins a session.
    #[schema(min_length = 1, max_length = 128)]
    pub(super) session_id: Option<String>,
    /// IANA time zone.
    #[schema(max_length = 60, examples("Europe/Berlin"))]
    pub(super) timezone: Option<String>,
    /// BCP 47 language tag.
    #[schema(max_length = 35, examples("en-GB"))]
    pub(super) locale: Option<String>,
    /// ISO 3166 country.
    #[schema(max_length = 3, examples("GB"))]
    pub(super) country: Option<String>,
    /// The page that the visitor is on.
    #[schema(max_length = 2000)]
    pub(super) page_url: Option<String>,
    /// The visitor's name.
    #[schema(max_length = 200)]
    pub(super) user_name: Option<String>,
}

/// [`UserContextIn`] as the document shows it: one of the two spellings of `platform` is needed. For the document only.
#[derive(Debug)]
pub(crate) enum EitherSpelling {}

impl PartialSchema for EitherSpelling {
    fn schema() -> RefOr<Schema> {
        let one_of_both = ["platform", "platfrom"]
            .into_iter()
            .fold(AnyOfBuilder::new(), |any, name| any.item(ObjectBuilder::new().required(name)));
        AllOfBuilder::new().item(UserContextIn::schema()).item(one_of_both).into()
    }
}

impl ToSchema for EitherSpelling {
    fn name() -> Cow<'static, str> {
        UserContextIn::name()
    }
}

/// A path that names a session.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionPath {
    #[serde(rename = "sessionId")]
    pub(super) session_id: String,
}

/// A path that names an answer.
#[derive(Debug, Deserialize)]
pub(crate) struct MessagePath {
    #[serde(rename = "messageId")]
    pub(super) message_id: String,
}

/// A whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerOut {
    /// The text: Markdown, or on WhatsApp its own formatting.
    pub(super) answer: String,
    /// The session, to be named in the next question.
    pub(super) session_id: String,
    /// The answer's id.
    #[schema(min_length = 16, max_length = 16)]
    pub(super) message_id: String,
    /// Quotes that were checked against the stored sources.
    pub(super) citations: Vec<CitationOut>,
    /// What a front end may show and offer: the events of flows; empty for plain answers. The last one with a `flow_id` is
    /// what is open now.
    #[schema(value_type = Vec<FlowEventOut>)]
    pub(super) actions: Vec<Part>,
}

/// An event of a flow; in a stream, an event of this type.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the document's picture of what the agent writes")]
pub(crate) struct FlowEventOut {
    /// `data-lead-form`: the form as far as it is filled in. `data-booking-slots`: times, services or appointments to choose
    /// from. `data-booking`: a booking that is proposed, or was made, moved or cancelled.
    #[schema(pattern = "^(data-lead-form|data-booking-slots|data-booking)$", examples("data-booking-slots"))]
    r#type: String,
    /// What it shows. Where something is waited for it has `flow_id`, `step` and `choices[]` (`value`, `label`), which a
    /// click names.
    #[schema(value_type = Object)]
    data: (),
}

/// A quote that was checked against its stored source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CitationOut {
    /// Number in the answer, from 1.
    pub(super) index: i64,
    /// The asset; `null` for a stored pair.
    pub(super) asset_id: Option<i64>,
    /// The stored pair, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) qa_id: Option<String>,
    /// The asset's version.
    pub(super) version: Option<i64>,
    /// First byte of the quote in the stored text of that version (UTF-8).
    pub(super) start: Option<i64>,
    /// The byte after the last.
    pub(super) end: Option<i64>,
    /// The words.
    pub(super) quote: String,
    /// The file's name.
    pub(super) file_name: Option<String>,
    /// Where it was found on the web.
    pub(super) source_url: Option<String>,
    /// The headings above it, outermost first.
    pub(super) heading_path: Vec<String>,
}

impl From<Citation> for CitationOut {
    fn from(citation: Citation) -> Self {
        Self {
            index: citation.index,
            asset_id: citation.asset_id.map(|id| id.0),
            qa_id: citation.qa_id.map(|id| id.to_string()),
            version: citation.version,
            start: citation.start,
            end: citation.end,
            quote: citation.quote,
            file_name: citation.file_name,
            source_url: citation.source_url,
            heading_path: citation.heading_path,
        }
    }
}

/// What a visitor thinks of an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RatingIn {
    /// The answer's session.
    #[schema(min_length = 1, max_length = 128)]
    pub(super) session_id: String,
    /// The answer.
    #[schema(min_length = 16, max_length = 16, pattern = "^[A-Za-z0-9]+$")]
    pub(super) message_id: String,
    /// 1 = good, -1 = bad.
    #[schema(schema_with = kinds::rating)]
    pub(super) rating: Rating,
    /// Why.
    #[schema(max_length = 2000)]
    pub(super) comment: Option<String>,
}

/// A thumb up or down.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Rating(pub(super) i64);

impl TryFrom<i64> for Rating {
    type Error = &'static str;
    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if number == 1 || number == -1 { Ok(Self(number)) } else { Err("must be 1 or -1") }
    }
}

/// The rating as it is stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatingOut {
    /// The answer.
    pub(super) message_id: String,
    /// 1 or -1.
    pub(super) rating: i64,
}

/// What came of stopping an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StopOut {
    /// The answer.
    pub(super) message_id: String,
    /// Whether it was still running.
    pub(super) stopped: bool,
}

impl MessageIn {
    /// The same question on WhatsApp, whatever its platform.
    pub(super) fn on_whatsapp(mut self) -> Self {
        self.user_context.platform = Some(WHATSAPP.to_owned());
        self
    }

    /// Checks what the types could not.
    pub(super) fn into_ask(self, op: &Op, client: &Client) -> Result<Ask, ApiError> {
        let length = self.query.chars().count();
        if length > LONGEST_QUERY {
            return Err(ApiError::new(
                ErrorCode::PayloadTooLarge,
                "`query` must be at most 4,000 characters.",
            ));
        }
        let mut errors = Vec::new();
        if self.query.trim().is_empty() && self.action.is_none() {
            errors.push(empty("query"));
        }
        let platform = self.user_context.platform.as_ref().or(self.user_context.platfrom.as_ref());
        if platform.is_none_or(|platform| platform.trim().is_empty()) {
            errors.push(FieldError::new(
                "user_context.platform",
                "required",
                "must not be empty; `web`, for instance",
            ));
        }
        let context = &self.user_context;
        for (name, text, most) in [
            ("platform", platform, 40),
            ("timezone", context.timezone.as_ref(), 60),
            ("locale", context.locale.as_ref(), 35),
            ("country", context.country.as_ref(), 3),
            ("page_url", context.page_url.as_ref(), 2000),
            ("user_name", context.user_name.as_ref(), 200),
        ] {
            if text.is_some_and(|text| text.chars().count() > most) {
                let detail = format!("must be at most {most} characters");
                errors.push(FieldError::new(format!("user_context.{name}"), "too_long", detail));
            }
        }
        let whatsapp = platform.is_some_and(|platform| platform.trim().eq_ignore_ascii_case(WHATSAPP));
        let long = |text: &String| text.chars().count() > LONGEST_VALUE;
        if self.action.as_ref().and_then(|action| action.value.as_ref()).is_some_and(long) {
            let detail = format!("must be at most {LONGEST_VALUE} characters");
            errors.push(FieldError::new("action.value", "too_long", detail));
        }
        if !errors.is_empty() {
            return Err(ApiError::invalid(errors));
        }
        if whatsapp && op.visitor().is_some() {
            return Err(ApiError::forbidden(
                "A client token opens web sessions only. Use an API key for WhatsApp.",
            ));
        }
        let session = self.user_context.session_id.as_deref().map(|text| session_id(op, text)).transpose()?;
        Ok(Ask {
            project: self.pid.parse().map_err(|_| no_such(op, ErrorCode::ProjectNotFound))?,
            chatbot: self.chatbot_id.parse().map_err(|_| no_such(op, ErrorCode::ChatbotNotFound))?,
            channel: if whatsapp { Channel::Whatsapp } else { Channel::Web },
            session,
            visitor: VisitorContext {
                user_name: self.user_context.user_name,
                timezone: self.user_context.timezone,
                locale: self.user_context.locale,
                country: self.user_context.country,
                page_url: self.user_context.page_url,
            },
            query: self.query,
            action: self.action.map(|action| Action {
                kind: action.kind,
                flow_id: action.flow_id,
                step: action.step,
                value: action.value,
            }),
            address: op.visitor().map(|_| client.address.to_string()),
            quota: None,
        })
    }
}

/// What is said of an id that is none. A token learns nothing of what exists beside the agents that it names.
fn no_such(op: &Op, code: ErrorCode) -> ApiError {
    if op.visitor().is_some() {
        ApiError::forbidden("This token is not for this chatbot and project.")
    } else {
        ApiError::not_found(code)
    }
}

/// A session id as the caller may name it.
fn session_id(op: &Op, text: &str) -> Result<SessionId, ApiError> {
    text.parse().map_err(|_| {
        if op.visitor().is_some() {
            ApiError::not_found(ErrorCode::SessionNotFound)
        } else {
            ApiError::field(
                "user_context.session_id",
                "invalid",
                "must be 1 to 128 bytes without control characters",
            )
        }
    })
}

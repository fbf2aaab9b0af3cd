//! Agents as they come in and go out.

use axum::http::Uri;
use robofy_kernel::Kept;
use robofy_kernel::codes::{AccessType, AgentType, Code, LlmSource};
use robofy_store::agents::{Agent, SourceCount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiError;
use crate::check::{Checks, is_language, is_web_address};
use crate::extract::PageToken;
use crate::openapi::codes;
use crate::wire::{nullable, present, set};

/// The most characters of a name.
const NAME: usize = 200;
/// The most characters of a description.
const DESCRIPTION: usize = 2000;
/// The most characters of an address.
const URL: usize = 2048;
/// The most origins in a list.
const ORIGINS: usize = 100;
/// The most questions that can be asked with a click.
const QUESTIONS: usize = 10;
/// The most characters of such a question.
const QUESTION: usize = 200;
/// The largest place among agents.
const LAST: i64 = 1_000_000;

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentOut {
    /// Its id: 42 or 43 characters, public.
    chatbot_id: String,
    /// Its name.
    name: String,
    /// What it is for.
    description: Option<String>,
    #[schema(schema_with = codes::shown::<AgentType>)]
    r#type: i64,
    #[schema(schema_with = codes::shown::<AccessType>)]
    access_type: i64,
    /// A picture.
    avatar_url: Option<String>,
    #[schema(schema_with = codes::shown::<LlmSource>)]
    llm_source: i64,
    /// Its language.
    language: String,
    /// Whether it answers.
    is_ready: bool,
    /// Texts and files that it was taught.
    file_count: i64,
    /// Pages of websites that it was taught.
    link_count: i64,
    /// Bytes of its sources as they came.
    storage_bytes: i64,
    /// Origins whose pages may use it; none = any.
    allowed_origins: Vec<String>,
    /// Origins whose pages may ask for test sessions.
    test_origins: Vec<String>,
    /// Whether a handshake needs an `Origin`.
    require_origin: bool,
    /// Whether it is switched on.
    enabled: bool,
    /// IANA time zone; `null` = the account's, else UTC.
    timezone: Option<String>,
    /// ISO 3166 country: how phone numbers and dates are read.
    country: Option<String>,
    /// Its place among agents; the smallest comes first.
    sort_order: i64,
    /// Questions that visitors can ask with a click.
    quick_questions: Vec<String>,
    /// When it was made, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    created_at: String,
    /// When it was last changed, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    updated_at: String,
}

impl AgentOut {
    pub(super) fn of(agent: &Agent, taught: &SourceCount) -> Self {
        Self {
            chatbot_id: agent.chatbot_id.to_string(),
            name: agent.name.clone(),
            description: agent.description.clone(),
            r#type: agent.kind,
            access_type: agent.access_type,
            avatar_url: agent.avatar_url.clone(),
            llm_source: agent.llm_source,
            language: agent.language.clone(),
            is_ready: agent.enabled,
            file_count: taught.files,
            link_count: taught.links,
            storage_bytes: taught.bytes,
            allowed_origins: agent.allowed_origins.0.clone(),
            test_origins: agent.test_origins.0.clone(),
            require_origin: agent.require_origin,
            enabled: agent.enabled,
            timezone: agent.timezone.clone(),
            country: agent.country.clone(),
            sort_order: agent.sort_order,
            quick_questions: agent.quick_questions.0.clone(),
            created_at: agent.created_at.documented(),
            updated_at: agent.updated_at.documented(),
        }
    }
}

/// A page of agents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentsOut {
    /// The agents, the oldest first.
    pub(super) chatbots: Vec<AgentOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    pub(super) next_page_token: Option<PageToken>,
}

/// A new agent: what can be changed in one, name and language required. For the document only; it is read as an
/// [`AgentChangeIn`], whose checks say what is missing.
#[derive(Debug)]
pub(crate) enum AgentIn {}

impl utoipa::PartialSchema for AgentIn {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::Ref;
        use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder};
        AllOfBuilder::new()
            .description(Some("A new agent."))
            .item(Ref::from_schema_name("AgentChangeIn"))
            .item(ObjectBuilder::new().required("name").required("language"))
            .into()
    }
}

impl ToSchema for AgentIn {}

/// What is to change in an agent; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct AgentChangeIn {
    /// Its name, as visitors see it.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// Its language, BCP 47.
    #[serde(default, deserialize_with = "present")]
    #[schema(
        max_length = 35,
        pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        nullable = false,
        examples("en")
    )]
    language: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 2000, value_type = Option<String>)]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(schema_with = codes::taken::<AgentType>)]
    r#type: Option<Option<Kept<AgentType>>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(schema_with = codes::taken::<AccessType>)]
    access_type: Option<Option<Kept<AccessType>>>,
    /// A picture: an http or https address.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 2048, value_type = Option<String>)]
    avatar_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(schema_with = codes::taken::<LlmSource>)]
    llm_source: Option<Option<Kept<LlmSource>>>,
    /// Origins whose pages may use it, `https://example.com`; none = any.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 100, value_type = Option<Vec<String>>)]
    allowed_origins: Option<Option<Vec<String>>>,
    /// Origins whose pages may ask for test sessions.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 100, value_type = Option<Vec<String>>)]
    test_origins: Option<Option<Vec<String>>>,
    /// Whether a handshake needs an `Origin`; `null` = false.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    require_origin: Option<Option<bool>>,
    /// Whether it is switched on; `null` = true.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    enabled: Option<Option<bool>>,
    /// IANA time zone.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(format = "time-zone", value_type = Option<String>, examples("Europe/Berlin"))]
    timezone: Option<Option<String>>,
    /// ISO 3166 country, two letters.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 2, max_length = 2, value_type = Option<String>, examples("DE"))]
    country: Option<Option<String>>,
    /// Its place among agents, the smallest first; `null` = 0.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(minimum = 0, maximum = 1_000_000, value_type = Option<i64>)]
    sort_order: Option<Option<i64>>,
    /// Questions that visitors can ask with a click, at most 10 of 200 characters each.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 10, value_type = Option<Vec<String>>)]
    quick_questions: Option<Option<Vec<String>>>,
}

/// A change that was checked.
#[derive(Debug)]
pub(super) struct Change(AgentChangeIn);

impl AgentChangeIn {
    /// Checks what a new agent is to be.
    pub(super) fn checked_new(self) -> Result<Change, ApiError> {
        let mut checks = Checks::default();
        for (field, missing) in [("name", self.name.is_none()), ("language", self.language.is_none())] {
            if missing {
                checks.wrong(field, "required", "is required");
            }
        }
        checks.done()?;
        self.checked()
    }

    /// Checks a change, and writes origins and country as they are compared.
    pub(super) fn checked(mut self) -> Result<Change, ApiError> {
        let mut checks = Checks::default();
        checks.name("name", self.name.as_deref(), NAME);
        let described = self.description.as_ref().and_then(Option::as_deref);
        checks.short("description", described, DESCRIPTION);
        if self.language.as_deref().is_some_and(|language| !is_language(language)) {
            checks.wrong("language", "invalid", "must be a BCP 47 language such as `en` or `pt-BR`");
        }
        checks.within("sort_order", self.sort_order.flatten(), 0, LAST);
        if let Some(Some(questions)) = &self.quick_questions {
            checks.few("quick_questions", Some(questions), QUESTIONS);
            for (at, question) in questions.iter().enumerate().take(QUESTIONS) {
                checks.name(&format!("quick_questions.{at}"), Some(question), QUESTION);
            }
        }
        if let Some(Some(url)) = &self.avatar_url
            && (url.len() > URL || !is_web_address(url))
        {
            checks.wrong("avatar_url", "invalid", "must be an http or https address of at most 2048 bytes");
        }
        for (field, list) in
            [("allowed_origins", &mut self.allowed_origins), ("test_origins", &mut self.test_origins)]
        {
            let Some(Some(list)) = list else { continue };
            checks.few(field, Some(list.as_slice()), ORIGINS);
            for (at, one) in list.iter_mut().enumerate() {
                match origin(one) {
                    Some(origin) => *one = origin,
                    None => checks.wrong(
                        &format!("{field}.{at}"),
                        "invalid",
                        "must be an origin without a path, such as `https://example.com`",
                    ),
                }
            }
        }
        if let Some(Some(zone)) = &self.timezone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            checks.wrong("timezone", "invalid", "must be an IANA time zone such as `Europe/Berlin`");
        }
        if let Some(Some(country)) = &mut self.country {
            country.make_ascii_uppercase();
            if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
                checks.wrong("country", "invalid", "must be an ISO 3166 country of two letters such as `DE`");
            }
        }
        checks.done()?;
        Ok(Change(self))
    }
}

/// Changes an agent.
pub(super) fn apply(change: Change, agent: &mut Agent) {
    fn code<C: Code>(kept: Option<Kept<C>>) -> i64 {
        kept.map_or(0, Kept::code)
    }
    let change = change.0;
    set(&mut agent.name, change.name);
    set(&mut agent.description, change.description);
    set(&mut agent.kind, change.r#type.map(code));
    set(&mut agent.access_type, change.access_type.map(code));
    set(&mut agent.avatar_url, change.avatar_url);
    set(&mut agent.llm_source, change.llm_source.map(code));
    set(&mut agent.language, change.language);
    set(&mut agent.enabled, change.enabled.map(|on| on.unwrap_or(true)));
    set(&mut agent.require_origin, change.require_origin.map(Option::unwrap_or_default));
    set(&mut agent.allowed_origins.0, change.allowed_origins.map(Option::unwrap_or_default));
    set(&mut agent.test_origins.0, change.test_origins.map(Option::unwrap_or_default));
    set(&mut agent.timezone, change.timezone);
    set(&mut agent.country, change.country);
    set(&mut agent.sort_order, change.sort_order.map(Option::unwrap_or_default));
    set(&mut agent.quick_questions.0, change.quick_questions.map(Option::unwrap_or_default));
}

/// An origin as browsers write it, so that it can be compared byte by byte: lower case, without the usual port.
fn origin(text: &str) -> Option<String> {
    let uri: Uri = text.trim().parse().ok().filter(|_| text.len() <= 255)?;
    let (scheme, host) = (uri.scheme_str()?.to_ascii_lowercase(), uri.host()?.to_ascii_lowercase());
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    let no_user = !uri.authority()?.as_str().contains('@');
    let port =
        uri.port_u16().filter(|port| !matches!((scheme.as_str(), port), ("http", 80) | ("https", 443)));
    let origin = match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    };
    (bare && no_user && !host.is_empty()).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_do() {
        for (text, expected) in [
            ("https://Example.com/", Some("https://example.com")),
            ("https://example.com:443", Some("https://example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("https://example.com/path", None),
            ("https://user@example.com", None),
            ("example.com", None),
            ("null", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }
}

//! `/v1/ai-agent/persona/{projectId}/{chatbotId}`: who an agent is to its visitors.

use std::collections::BTreeMap;

use axum::Json as Body;
use axum::extract::State;
use robofy_agent::check_text;
use robofy_kernel::ErrorCode;
use robofy_store::agents::{Agent, LanguagePolicy, LlmKeyChange, Persona};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::wire::{nullable, set, text};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(get_persona, update_persona)]
}

/// The most characters of a name or a tone.
const SHORT: usize = 200;
/// The most characters of a role, or of one thing to do or not to do.
const LINE: usize = 500;
/// The most characters of a style or a greeting.
const TEXT: usize = 1000;
/// The most things to do, and not to do.
const RULES: usize = 20;

/// Who an agent is to its visitors.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonaOut {
    /// What it calls itself; `null` = the agent's name.
    name: Option<String>,
    /// What it is.
    role: Option<String>,
    /// How it sounds; `null` = the `tone` of its settings.
    tone: Option<String>,
    /// How it writes.
    style: Option<String>,
    /// What it should do.
    dos: Vec<String>,
    /// What it should not do.
    donts: Vec<String>,
    /// What the handshake shows as its `greeting`; `null` = one made from its name.
    greeting: Option<String>,
    /// `visitor`: it answers in the visitor's language; `agent`: always in its own.
    #[schema(value_type = String, examples("visitor"))]
    language_policy: LanguagePolicy,
    /// Its own wording of what it says while it takes details down and books, by the text's key: `lead.ask_name` for all
    /// languages, `lead.ask_name@de` for one.
    texts: BTreeMap<String, String>,
}

impl From<Persona> for PersonaOut {
    fn from(persona: Persona) -> Self {
        let Persona { name, role, tone, style, dos, donts, greeting, language_policy, texts } = persona;
        Self { name, role, tone, style, dos, donts, greeting, language_policy, texts }
    }
}

/// What is to change in a persona: what is left out stays, a list is replaced as a whole, `null` clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonaIn {
    /// What it calls itself.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>, examples("Mia"))]
    name: Option<Option<String>>,
    /// What it is.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 500, value_type = Option<String>, examples("the workshop's adviser"))]
    role: Option<Option<String>>,
    /// How it sounds. While it is set, the `tone` of the agent's settings rests.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>, examples("warm"))]
    tone: Option<Option<String>>,
    /// How it writes.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 1000, value_type = Option<String>, examples("short sentences"))]
    style: Option<Option<String>>,
    /// What it should do.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 20, value_type = Option<Vec<String>>)]
    dos: Option<Option<Vec<String>>>,
    /// What it should not do.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 20, value_type = Option<Vec<String>>)]
    donts: Option<Option<Vec<String>>>,
    /// What the handshake shows as its `greeting`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 1000, value_type = Option<String>)]
    greeting: Option<Option<String>>,
    /// `visitor`: it answers in the visitor's language; `agent`: always in its own. `null` = `visitor`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, pattern = "^(visitor|agent)$", examples("visitor"))]
    language_policy: Option<Option<LanguagePolicy>>,
    /// Its own wording of what it says while it takes details down and books. Texts that are left out stay; `null` gives
    /// one back its usual wording.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    texts: Option<Option<BTreeMap<String, Option<String>>>>,
}

impl PersonaIn {
    fn check(&self) -> Result<(), ApiError> {
        let mut checks = Checks::default();
        checks.name("name", text(&self.name), SHORT);
        checks.filled("role", text(&self.role), LINE);
        checks.filled("tone", text(&self.tone), SHORT);
        checks.filled("style", text(&self.style), TEXT);
        checks.filled("greeting", text(&self.greeting), TEXT);
        for (field, list) in [("dos", &self.dos), ("donts", &self.donts)] {
            let Some(Some(list)) = list else { continue };
            checks.few(field, Some(list), RULES);
            for (at, rule) in list.iter().enumerate().take(RULES) {
                checks.filled(&format!("{field}.{at}"), Some(rule), LINE);
            }
        }
        for (key, text) in self.texts.iter().flatten().flatten() {
            let field = format!("texts.{key}");
            checks.filled(&field, text.as_deref(), TEXT);
            // A key that was a text of an earlier version can still be cleared.
            let Some(text) = text else { continue };
            if let Err(mistake) = check_text(key, text) {
                checks.wrong(&field, "invalid", mistake.to_string());
            }
        }
        checks.done()
    }

    fn apply(self, to: &mut Persona) {
        set(&mut to.name, self.name);
        set(&mut to.role, self.role);
        set(&mut to.tone, self.tone);
        set(&mut to.style, self.style);
        set(&mut to.dos, self.dos.map(Option::unwrap_or_default));
        set(&mut to.donts, self.donts.map(Option::unwrap_or_default));
        set(&mut to.greeting, self.greeting);
        set(
            &mut to.language_policy,
            self.language_policy.map(|policy| policy.unwrap_or(LanguagePolicy::Visitor)),
        );
        match self.texts {
            None => {}
            Some(None) => to.texts.clear(),
            Some(Some(texts)) => {
                for (key, text) in texts {
                    match text {
                        Some(text) => _ = to.texts.insert(key, text),
                        None => _ = to.texts.remove(&key),
                    }
                }
            }
        }
    }
}

/// Retrieve an agent's persona
///
/// Who the agent is to visitors, and in which language it answers.
#[utoipa::path(
    get, path = "/v1/ai-agent/persona/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The persona.", body = Success<PersonaOut>)),
)]
async fn get_persona(
    InProject { resource, .. }: InProject<Read<Agents>, Agent>,
) -> Body<Success<PersonaOut>> {
    ok(PersonaOut::from(resource.persona.0))
}

/// Update an agent's persona
///
/// What is left out stays; a list is replaced as a whole; `null` clears. The persona shapes what a language model
/// says, and what the handshake greets with; the built-in answerer quotes its sources and keeps their words.
#[utoipa::path(
    put, path = "/v1/ai-agent/persona/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = PersonaIn,
    responses((status = 200, description = "The persona as it is now.", body = Success<PersonaOut>)),
)]
async fn update_persona(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Json(change): Json<PersonaIn>,
) -> Result<Body<Success<PersonaOut>>, ApiError> {
    change.check()?;
    let changed = app
        .store()
        .update_agent(&op, resource.project_id, &resource.chatbot_id, LlmKeyChange::Keep, move |agent| {
            change.apply(&mut agent.persona.0);
        })
        .await?;
    let agent = changed.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    Ok(ok(PersonaOut::from(agent.persona.0)))
}

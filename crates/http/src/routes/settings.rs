//! `/v1/ai-agent/chatbot_ai_settings/{projectid}/{chatbotId}`: how an agent answers.

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::ErrorCode;
use robofy_knowledge::chunk::{ChunkParams, ChunkParamsError};
use robofy_store::StoreError;
use robofy_store::agents::{Agent, AgentSettings, LlmKeyChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::lenient::{Flag, NumberOrText};
use crate::wire::nullable;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(get_settings, update_settings)]
}

/// Stands for a stored model key in answers, and for "leave it" in requests.
const UNCHANGED: &str = "-";
/// The most characters of what the operator tells the model.
const PROMPT: usize = 20_000;
/// The most characters of a fixed answer.
const ANSWER: usize = 1000;
/// The most characters of a word or two.
const SHORT: usize = 200;
/// The most earlier questions that count.
const PAST: i64 = 50;

/// How an agent answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingsOut {
    /// What the operator tells the model.
    system_prompt_text: String,
    /// `-` when a key is stored, `null` when none is; the key itself is never shown.
    #[schema(examples("-"))]
    llm_api_key: Option<&'static str>,
    /// What is said when the knowledge has no answer.
    not_found_answer: String,
    /// The tone.
    tone: String,
    /// Tokens of a chunk.
    chunk_size: i64,
    /// Tokens that neighbouring chunks share; `null` = the usual.
    chunk_overlap: Option<i64>,
    /// Whether earlier turns count.
    enable_chatbot_memory: bool,
    /// Whether a question is completed from the conversation before it is searched for.
    question_pre_processing: bool,
    /// How many earlier turns count.
    past_questions_limit: i64,
    /// 0 to 2, as text.
    #[schema(examples("0.2"))]
    temperature: String,
    /// As text.
    #[schema(examples("0"))]
    thinking_mode: String,
}

impl From<&Agent> for SettingsOut {
    fn from(agent: &Agent) -> Self {
        let settings = agent.settings.0.clone();
        Self {
            system_prompt_text: settings.system_prompt_text,
            llm_api_key: agent.has_llm_api_key.then_some(UNCHANGED),
            not_found_answer: settings.not_found_answer,
            tone: settings.tone,
            chunk_size: settings.chunk_size,
            chunk_overlap: settings.chunk_overlap,
            enable_chatbot_memory: settings.enable_chatbot_memory,
            question_pre_processing: settings.question_pre_processing,
            past_questions_limit: settings.past_questions_limit,
            temperature: settings.temperature,
            thinking_mode: settings.thinking_mode,
        }
    }
}

/// What is to change; what is left out stays, `null` restores the default.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct SettingsIn {
    /// What the operator tells the model.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 20_000, value_type = Option<String>)]
    system_prompt_text: Option<Option<String>>,
    /// The key of the agent's own model; `-` leaves it as it is, `null` removes it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 1000, write_only, value_type = Option<String>)]
    llm_api_key: Option<Option<String>>,
    /// What is said when the knowledge has no answer.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 1000, value_type = Option<String>)]
    not_found_answer: Option<Option<String>>,
    /// The tone.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 200, value_type = Option<String>)]
    tone: Option<Option<String>>,
    /// Tokens of a chunk, 32 to 4,000. A change cuts the agent's sources anew in the background.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    chunk_size: Option<Option<NumberOrText>>,
    /// Tokens that neighbouring chunks share, at most half of `chunk_size`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    chunk_overlap: Option<Option<NumberOrText>>,
    /// Whether earlier turns count.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Flag>)]
    enable_chatbot_memory: Option<Option<Flag>>,
    /// Whether a question is completed from the conversation before it is searched for.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Flag>)]
    question_pre_processing: Option<Option<Flag>>,
    /// How many earlier turns count, 0 to 50.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    past_questions_limit: Option<Option<NumberOrText>>,
    /// 0 to 2, as text or as a number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    temperature: Option<Option<NumberOrText>>,
    /// As text or as a number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    thinking_mode: Option<Option<NumberOrText>>,
}

impl SettingsIn {
    /// The settings with this change, or what is wrong with it.
    fn apply(&self, to: &mut AgentSettings) -> Result<(), ApiError> {
        let mut checks = Checks::default();
        let usual = AgentSettings::default();
        let mut text =
            |field: &str, from: &Option<Option<String>>, to: &mut String, usual: String, most, empty| {
                let Some(value) = from else { return };
                match value.as_deref() {
                    Some(value) if empty => checks.short(field, Some(value), most),
                    value => checks.filled(field, value, most),
                }
                *to = value.clone().unwrap_or(usual);
            };
        text(
            "system_prompt_text",
            &self.system_prompt_text,
            &mut to.system_prompt_text,
            usual.system_prompt_text,
            PROMPT,
            true,
        );
        text(
            "not_found_answer",
            &self.not_found_answer,
            &mut to.not_found_answer,
            usual.not_found_answer,
            ANSWER,
            false,
        );
        text("tone", &self.tone, &mut to.tone, usual.tone, SHORT, true);
        let mut number = |field: &str, from: &Option<Option<NumberOrText>>, least, most| {
            let value = from.as_ref()?.as_ref().map(NumberOrText::whole);
            match value {
                Some(Some(value)) => {
                    checks.within(field, Some(value), least, most);
                    Some(Some(value))
                }
                Some(None) => {
                    checks.wrong(field, "invalid", "must be a whole number");
                    None
                }
                None => Some(None),
            }
        };
        if let Some(limit) = number("past_questions_limit", &self.past_questions_limit, 0, PAST) {
            to.past_questions_limit = limit.unwrap_or(usual.past_questions_limit);
        }
        if let Some(size) = number("chunk_size", &self.chunk_size, 1, i64::from(u16::MAX)) {
            to.chunk_size = size.unwrap_or(usual.chunk_size);
        }
        if let Some(overlap) = number("chunk_overlap", &self.chunk_overlap, 0, i64::from(u16::MAX)) {
            to.chunk_overlap = overlap;
        }
        let size = usize::try_from(to.chunk_size).ok();
        let overlap = to.chunk_overlap.and_then(|overlap| usize::try_from(overlap).ok());
        match ChunkParams::new(size, overlap) {
            Ok(_) => {}
            Err(error @ ChunkParamsError::Size) => {
                checks.wrong("chunk_size", "out_of_range", error.to_string())
            }
            Err(error @ ChunkParamsError::Overlap) => {
                checks.wrong("chunk_overlap", "out_of_range", error.to_string());
            }
        }
        for (from, to, usual) in [
            (self.enable_chatbot_memory, &mut to.enable_chatbot_memory, usual.enable_chatbot_memory),
            (self.question_pre_processing, &mut to.question_pre_processing, usual.question_pre_processing),
        ] {
            if let Some(flag) = from {
                *to = flag.map_or(usual, Flag::is_set);
            }
        }
        if let Some(temperature) = &self.temperature {
            let text = temperature.as_ref().map_or(usual.temperature, NumberOrText::to_text);
            if !text.parse::<f64>().is_ok_and(|number| (0.0..=2.0).contains(&number)) {
                checks.wrong("temperature", "out_of_range", "must be a number between 0 and 2");
            }
            to.temperature = text;
        }
        if let Some(mode) = &self.thinking_mode {
            to.thinking_mode = mode.as_ref().map_or(usual.thinking_mode, NumberOrText::to_text);
            checks.name("thinking_mode", Some(&to.thinking_mode), SHORT);
        }
        if let Some(Some(key)) = &self.llm_api_key {
            checks.name("llm_api_key", Some(key), 1000);
        }
        checks.done()
    }

    fn key_change(&self) -> LlmKeyChange {
        match &self.llm_api_key {
            None => LlmKeyChange::Keep,
            Some(None) => LlmKeyChange::Clear,
            Some(Some(key)) if key == UNCHANGED => LlmKeyChange::Keep,
            Some(Some(key)) => LlmKeyChange::Set(key.clone()),
        }
    }
}

/// Retrieve an agent's settings
#[utoipa::path(
    get, path = "/v1/ai-agent/chatbot_ai_settings/{projectid}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectid" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The settings.", body = Success<SettingsOut>)),
)]
async fn get_settings(
    InProject { resource, .. }: InProject<Read<Agents>, Agent>,
) -> Body<Success<SettingsOut>> {
    ok(SettingsOut::from(&resource))
}

/// Update an agent's settings
///
/// What is left out stays; `null` restores the default.
#[utoipa::path(
    put, path = "/v1/ai-agent/chatbot_ai_settings/{projectid}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectid" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = SettingsIn,
    responses((status = 200, description = "The settings as they are now.", body = Success<SettingsOut>)),
)]
async fn update_settings(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Json(change): Json<SettingsIn>,
) -> Result<Body<Success<SettingsOut>>, ApiError> {
    // Checked against the settings as they were read; under the lock, the change meets them as they are.
    change.apply(&mut resource.settings.0.clone())?;
    let key = change.key_change();
    let changed = app
        .store()
        .try_update_agent(&op, resource.project_id, &resource.chatbot_id, key, move |agent| {
            // Two changes at once may together be out of bounds; then the later one is told.
            change.apply(&mut agent.settings.0).map_err(|error| StoreError::Conflict(error.to_string()))
        })
        .await?;
    let agent = changed.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    if (agent.settings.chunk_size, agent.settings.chunk_overlap)
        != (resource.settings.chunk_size, resource.settings.chunk_overlap)
    {
        app.library().rechunk_in_background(&op, &agent.chatbot_id);
    }
    Ok(ok(SettingsOut::from(&agent)))
}

//! `/v1/ai-agent/chatbot_ai_settings/{projectid}/{chatbotId}`: how an agent answers.

mod change;
mod model;

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::ErrorCode;
use robofy_kernel::codes::ThinkingMode;
use robofy_store::StoreError;
use robofy_store::agents::{Agent, LlmKeyChange, LlmProvider};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::change::SettingsIn;
use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::openapi::codes;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(get_settings, update_settings)]
}

/// Stands for a stored model key in answers, and for "leave it" in requests.
const UNCHANGED: &str = "-";
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
    /// The tone, where the persona names none.
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
    #[schema(schema_with = codes::shown::<ThinkingMode>)]
    thinking_mode: String,
    /// Which language model is asked: none (`builtin`), the server's (`default`), or the agent's own.
    #[schema(value_type = String, examples("default"))]
    llm_provider: LlmProvider,
    /// Where the agent's own model is; `null` = the provider's usual address.
    llm_base_url: Option<String>,
    /// The model's name there.
    llm_model: Option<String>,
    /// The most tokens of one answer of a model.
    max_output_tokens: i64,
    /// The most tokens, asked and answered, that models may cost in a calendar month; `null` = no cap.
    monthly_token_cap: Option<i64>,
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
            llm_provider: settings.llm_provider,
            llm_base_url: settings.llm_base_url,
            llm_model: settings.llm_model,
            max_output_tokens: settings.max_output_tokens,
            monthly_token_cap: settings.monthly_token_cap,
        }
    }
}

/// Retrieve an agent's settings
///
/// How the agent answers. A stored model key reads as `"-"`, and as `null` when there is none.
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
/// What is left out stays; `null` restores the default. The stored `llm_api_key` belongs to the address that it was
/// stored for: a change of `llm_base_url`, or of `llm_provider` when requests then go elsewhere, drops it unless a
/// new key comes with it.
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
    let mut expected = resource.settings.0.clone();
    change.apply(&mut expected, app.model_gate())?;
    let key = change.key_change();
    let brings_key = matches!(key, LlmKeyChange::Set(_));
    let gate = app.model_gate().clone();
    let changed = app
        .store()
        .try_update_agent(&op, resource.project_id, &resource.chatbot_id, key, move |agent| {
            let settings = &mut agent.settings.0;
            // Two changes at once may together be out of bounds; then the later one is told.
            let contradicts = |error: ApiError| StoreError::Conflict(error.to_string());
            change.apply(settings, &gate).map_err(contradicts)?;
            // The stored one too, which counts only once a provider is chosen.
            let moved = settings.llm_address() != expected.llm_address()
                || settings.llm_base_url != expected.llm_base_url;
            if brings_key && moved {
                return Err(StoreError::Conflict("the model's address changed before its key came".into()));
            }
            Ok(())
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

//! What is to change in an agent's settings.

use robofy_kernel::Code;
use robofy_kernel::codes::ThinkingMode;
use robofy_knowledge::chunk::{ChunkParams, ChunkParamsError};
use robofy_net::Gate;
use robofy_store::agents::{AgentSettings, LlmKeyChange};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{UNCHANGED, model};
use crate::ApiError;
use crate::check::Checks;
use crate::lenient::{Flag, NumberOrText};
use crate::openapi::codes;
use crate::wire::nullable;

/// The most characters of what the operator tells the model.
const PROMPT: usize = 20_000;
/// The most characters of a fixed answer.
const ANSWER: usize = 1000;
/// The most characters of a word or two.
const SHORT: usize = 200;
/// The most earlier questions that count.
const PAST: i64 = 50;
/// The most characters of a model's key.
const KEY: usize = 1000;
/// The fewest tokens of an answer that make sense.
const LEAST_OUTPUT: i64 = 16;
/// The most tokens of an answer; more than most models give.
const MOST_OUTPUT: i64 = 32_768;
/// The highest cap, so that sums never overflow.
const MOST_CAP: i64 = 1_000_000_000_000;

/// What is to change; what is left out stays, `null` restores the default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsIn {
    /// What the operator tells the model.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 20_000, value_type = Option<String>)]
    system_prompt_text: Option<Option<String>>,
    /// The key of the agent's own model; `-` leaves it as it is, `null` removes it. It is sent to the address that it
    /// came for and nowhere else.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 1000, write_only, value_type = Option<String>)]
    llm_api_key: Option<Option<String>>,
    /// What is said when the knowledge has no answer.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 1000, value_type = Option<String>)]
    not_found_answer: Option<Option<String>>,
    /// The tone, where the persona names none.
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
    #[serde(default, deserialize_with = "nullable")]
    #[schema(schema_with = codes::taken::<ThinkingMode>)]
    thinking_mode: Option<Option<ThinkingMode>>,
    /// Which language model is asked: none (`builtin`), the server's own (`default`; the built-in answerer where the
    /// server has none), or the agent's: `openai_compatible` (any endpoint with OpenAI's chat completions), `ollama`
    /// (usually at `http://127.0.0.1:11434/v1`), `gemini` (`https://generativelanguage.googleapis.com/v1beta/openai`)
    /// or `anthropic` (`https://api.anthropic.com/v1`, which offers chat completions for comparing models). The last
    /// four need `llm_model`; at their usual addresses, `gemini` and `anthropic` are asked only once there is a key.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, pattern = "^(builtin|default|openai_compatible|anthropic|gemini|ollama)$", examples("default"))]
    pub(super) llm_provider: Option<Option<String>>,
    /// Where the agent's own model is: the address before `/chat/completions`. Required with `openai_compatible`;
    /// `null` = the provider's usual address. Networks that are not public need the server's
    /// `--allow-model-network`. A change drops the stored key.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 2048, value_type = Option<String>, examples("https://api.openai.com/v1"))]
    pub(super) llm_base_url: Option<Option<String>>,
    /// The model's name there.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    pub(super) llm_model: Option<Option<String>>,
    /// The most tokens of one answer of a model, 16 to 32,768.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    max_output_tokens: Option<Option<NumberOrText>>,
    /// The most tokens, asked and answered, that models may cost in a calendar month; 0 = ask none, `null` = no cap.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    monthly_token_cap: Option<Option<NumberOrText>>,
}

impl SettingsIn {
    /// The settings with this change, or what is wrong with it.
    pub(super) fn apply(&self, to: &mut AgentSettings, gate: &Gate) -> Result<(), ApiError> {
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
        if let Some(most) = number("max_output_tokens", &self.max_output_tokens, LEAST_OUTPUT, MOST_OUTPUT) {
            to.max_output_tokens = most.unwrap_or(usual.max_output_tokens);
        }
        if let Some(cap) = number("monthly_token_cap", &self.monthly_token_cap, 0, MOST_CAP) {
            to.monthly_token_cap = cap;
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
            to.thinking_mode = mode.unwrap_or_default().code().to_string();
        }
        if let Some(Some(key)) = &self.llm_api_key {
            checks.filled("llm_api_key", Some(key), KEY);
            if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                checks.wrong("llm_api_key", "invalid", "must be visible ASCII characters without spaces");
            }
        }
        model::apply(self, to, gate, &mut checks);
        checks.done()
    }

    pub(super) fn key_change(&self) -> LlmKeyChange {
        match &self.llm_api_key {
            None => LlmKeyChange::Keep,
            Some(None) => LlmKeyChange::Clear,
            Some(Some(key)) if key == UNCHANGED => LlmKeyChange::Keep,
            Some(Some(key)) => LlmKeyChange::Set(key.clone().into()),
        }
    }
}

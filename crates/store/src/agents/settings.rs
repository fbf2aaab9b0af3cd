//! How an agent answers: what it is told, how it searches, and which language model it asks.

use robofy_kernel::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// Which language model an agent asks.
    pub enum LlmProvider {
        /// None: the built-in answerer answers.
        BuiltIn = "builtin",
        /// The server's own model; the built-in answerer where the server has none.
        Default = "default",
        /// Any endpoint that speaks OpenAI's chat completions.
        OpenAiCompatible = "openai_compatible",
        /// Anthropic's, through the endpoint that it offers for clients of OpenAI's chat completions.
        Anthropic = "anthropic",
        /// Google's Gemini, through the endpoint that it offers for clients of OpenAI's chat completions.
        Gemini = "gemini",
        /// Ollama, through its OpenAI-compatible path.
        Ollama = "ollama",
    }
}

impl LlmProvider {
    /// Whether the agent names its model itself.
    #[must_use]
    pub const fn is_own(self) -> bool {
        !matches!(self, Self::BuiltIn | Self::Default)
    }

    /// Where requests go when the agent gives no `llm_base_url`.
    #[must_use]
    pub const fn usual_base_url(self) -> Option<&'static str> {
        match self {
            Self::BuiltIn | Self::Default | Self::OpenAiCompatible => None,
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta/openai"),
            Self::Ollama => Some("http://127.0.0.1:11434/v1"),
        }
    }

    /// Whether its usual address answers nobody without a key.
    #[must_use]
    pub const fn needs_key(self) -> bool {
        matches!(self, Self::Anthropic | Self::Gemini)
    }
}

/// How an agent answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentSettings {
    /// What the operator tells the model.
    pub system_prompt_text: String,
    /// What is said when the knowledge has no answer.
    pub not_found_answer: String,
    /// The tone, where the persona names none.
    pub tone: String,
    /// Tokens of a chunk.
    pub chunk_size: i64,
    /// Tokens that neighbouring chunks share; `None` = the default.
    pub chunk_overlap: Option<i64>,
    /// Whether earlier turns count.
    pub enable_chatbot_memory: bool,
    /// Whether a question is completed from the conversation before it is searched for.
    pub question_pre_processing: bool,
    /// How many earlier turns count.
    pub past_questions_limit: i64,
    /// 0–2, as text.
    pub temperature: String,
    /// The public API's `thinking_mode`, as text.
    pub thinking_mode: String,
    /// Which language model is asked.
    pub llm_provider: LlmProvider,
    /// Where that model is, without a slash at the end; `None` = the provider's usual address.
    pub llm_base_url: Option<String>,
    /// The model's name there.
    pub llm_model: Option<String>,
    /// The most tokens of one answer of a model.
    pub max_output_tokens: i64,
    /// The most tokens, asked and answered, that models may cost in a calendar month; `None` = no cap.
    pub monthly_token_cap: Option<i64>,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self {
            system_prompt_text: String::new(),
            not_found_answer: "I'm sorry, I couldn't find an answer to that. Could you put it differently?"
                .into(),
            tone: "friendly".into(),
            chunk_size: 256,
            chunk_overlap: None,
            enable_chatbot_memory: true,
            question_pre_processing: true,
            past_questions_limit: 5,
            temperature: "0".into(),
            thinking_mode: "0".into(),
            llm_provider: LlmProvider::Default,
            llm_base_url: None,
            llm_model: None,
            max_output_tokens: 512,
            monthly_token_cap: None,
        }
    }
}

impl AgentSettings {
    /// Where requests to the agent's own model go; `None` when it has none.
    #[must_use]
    pub fn llm_address(&self) -> Option<&str> {
        if !self.llm_provider.is_own() {
            return None;
        }
        self.llm_base_url.as_deref().or(self.llm_provider.usual_base_url())
    }

    /// Whether the agent's own model cannot be asked for want of a key: its provider answers nobody without one. At an
    /// address of the agent's own a key may be needless, so there it is asked.
    #[must_use]
    pub const fn lacks_key(&self, has_key: bool) -> bool {
        self.llm_provider.needs_key() && self.llm_base_url.is_none() && !has_key
    }

    /// Whether a key that was stored under these settings may stay under `new` ones: only for the same address, so
    /// that no change of an address, by whomever, sends a key where it was not meant to go.
    pub(super) fn keeps_key_under(&self, new: &Self) -> bool {
        self.llm_base_url == new.llm_base_url && self.llm_address() == new.llm_address()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(llm_provider: LlmProvider, base_url: Option<&str>) -> AgentSettings {
        AgentSettings { llm_provider, llm_base_url: base_url.map(Into::into), ..AgentSettings::default() }
    }

    #[test]
    fn settings_stored_before_there_were_models_ask_the_server_s() {
        let old: AgentSettings = serde_json::from_str(r#"{"tone":"dry","chunk_size":64}"#).unwrap();
        assert_eq!((old.llm_provider, old.tone.as_str(), old.chunk_size), (LlmProvider::Default, "dry", 64));
        assert_eq!((old.llm_address(), old.max_output_tokens, old.monthly_token_cap), (None, 512, None));
    }

    #[test]
    fn a_key_stays_only_where_it_was_meant_to_go() {
        use LlmProvider::{Anthropic, BuiltIn, Default, Gemini, OpenAiCompatible};
        let at = |url| settings(OpenAiCompatible, Some(url));
        let (one, other) = (at("https://one.example/v1"), at("https://other.example/v1"));
        assert!(one.keeps_key_under(&AgentSettings { llm_model: Some("m".into()), ..one.clone() }));
        assert!(!one.keeps_key_under(&other));
        assert!(!one.keeps_key_under(&settings(BuiltIn, Some("https://one.example/v1"))));
        // An address that is not in use yet counts, too.
        let resting = |url| settings(Default, Some(url));
        assert!(!resting("https://one.example/v1").keeps_key_under(&resting("https://other.example/v1")));
        assert!(!settings(Gemini, None).keeps_key_under(&settings(Anthropic, None)));
        assert!(settings(Default, None).keeps_key_under(&settings(BuiltIn, None)));
    }
}

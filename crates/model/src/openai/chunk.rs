//! The JSON of the dialect: what is read of it, borrowed where it can be, and lenient where endpoints differ.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::chat::{FinishReason, Usage};

/// One event's data, or a whole reply.
#[derive(Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub choices: Option<Vec<Choice<'a>>>,
    pub usage: Option<UsageIn>,
    pub error: Option<Value>,
}

/// The first choice is ours; more are not asked for.
#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(borrow)]
    pub delta: Option<Delta<'a>>,
    #[serde(borrow)]
    pub message: Option<Delta<'a>>,
    #[serde(borrow)]
    pub finish_reason: Option<Text<'a>>,
}

/// What is new, or the whole message.
#[derive(Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(borrow)]
    pub content: Option<Text<'a>>,
    /// DeepSeek's, llama.cpp's and vLLM's name for what a model thinks aloud.
    #[serde(borrow)]
    pub reasoning_content: Option<Text<'a>>,
    /// Ollama's and OpenRouter's.
    #[serde(borrow)]
    pub reasoning: Option<Text<'a>>,
}

/// Text, borrowed unless it holds escapes.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// Tokens. Endpoints add further counts, and some give `null`.
#[derive(Deserialize)]
pub(super) struct UsageIn {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl Delta<'_> {
    /// Whether the model thinks.
    pub(super) fn is_thought(&self) -> bool {
        [&self.reasoning_content, &self.reasoning].into_iter().flatten().any(|text| !text.0.is_empty())
    }
}

impl UsageIn {
    /// Both counts; none when one is missing, as half a bill is none.
    pub(super) fn read(&self) -> Option<Usage> {
        let count = |tokens: u64| u32::try_from(tokens).unwrap_or(u32::MAX);
        Some(Usage {
            input_tokens: count(self.prompt_tokens?),
            output_tokens: count(self.completion_tokens?),
        })
    }
}

/// Why a reply ended, in the dialect's words.
pub(super) fn finish(reason: &str) -> FinishReason {
    match reason {
        "stop" | "eos" | "end_turn" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        _ => FinishReason::Other,
    }
}

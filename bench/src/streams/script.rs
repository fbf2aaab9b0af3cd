//! What the scripted model says, and how fast.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Plain words, such as a model says them: nothing that a server could take for a mark of its own.
const WORDS: [&str; 24] = [
    "The", " shop", " opens", " at", " nine", " in", " the", " morning", " and", " stays", " open", " until",
    " six", " in", " the", " evening", " on", " every", " day", " of", " the", " week", " but", " Sunday.",
];

/// How an answer is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Tokens of an answer.
    pub tokens: usize,
    /// Milliseconds before each token.
    pub delay: u64,
}

impl Script {
    /// A token; the same number is always the same token.
    #[must_use]
    pub fn token(number: usize) -> &'static str {
        match (number, number % WORDS.len()) {
            (0, _) => WORDS[0],
            (_, 0) => " The",
            (_, word) => WORDS[word],
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn text(&self) -> String {
        (0..self.tokens).map(Self::token).collect()
    }

    /// The answer's events in OpenAI's dialect, each a chunk of its own on the wire: the role, the tokens, the reason of
    /// the end, the usage, `[DONE]`.
    #[must_use]
    pub fn events(&self) -> Vec<Vec<u8>> {
        let choice = |delta: Value, reason: Option<&str>| {
            let choices = json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": reason }]);
            chunk(&choices, &Value::Null)
        };
        let usage = json!({ "prompt_tokens": 500, "completion_tokens": self.tokens, "total_tokens": 500 + self.tokens });
        let role = choice(json!({ "role": "assistant", "content": "" }), None);
        let tokens = (0..self.tokens).map(|number| choice(json!({ "content": Self::token(number) }), None));
        let end = [choice(json!({}), Some("stop")), chunk(&json!([]), &usage), "[DONE]".into()];
        std::iter::once(role).chain(tokens).chain(end).map(|data| framed(&data)).collect()
    }
}

fn chunk(choices: &Value, usage: &Value) -> String {
    json!({ "id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "scripted",
        "system_fingerprint": "fp_bench", "choices": choices, "usage": usage })
    .to_string()
}

/// A `data:` event in a chunk of HTTP/1.1.
fn framed(data: &str) -> Vec<u8> {
    let event = format!("data: {data}\n\n");
    format!("{:x}\r\n{event}\r\n", event.len()).into_bytes()
}

/// What was asked of the model so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Calls that began.
    pub calls: u64,
    /// Of them, those that were said to the end.
    pub finished: u64,
    /// Of them, those whose caller went away.
    pub left: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_tokens() {
        let script = Script { tokens: 50, delay: 0 };
        let events = script.events();
        assert_eq!(events.len(), 1 + 50 + 3);
        assert!(script.text().starts_with("The shop opens at nine"));
        assert!(script.text().contains("Sunday. The shop"));
        assert!(events[0].ends_with(b"\n\n\r\n"));
        assert_eq!(events[53], b"e\r\ndata: [DONE]\n\n\r\n");
    }
}

//! What is asked of a model, and what comes back, in no dialect's words.

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Whoever runs the agent.
    System,
    /// The visitor.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What.
    pub content: String,
}

/// What is asked of a model. Further settings and tools come as fields; a dialect says what it does with each.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// The conversation, the system's message first.
    pub messages: Vec<Message>,
    /// 0–2; `None` leaves it to the model.
    pub temperature: Option<f32>,
    /// The most tokens of the answer.
    pub max_output_tokens: u32,
}

/// A piece of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Some text, as it came.
    Text(String),
    /// The end: why, and what it cost.
    End {
        /// Why it ended.
        reason: FinishReason,
        /// What it cost, when the endpoint said so.
        usage: Option<Usage>,
    },
}

/// Why a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was done.
    Stop,
    /// The most tokens were reached.
    Length,
    /// The endpoint withheld the rest.
    ContentFilter,
    /// Something else, or nothing was said.
    Other,
}

/// What a reply cost, in the endpoint's tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of what was asked.
    pub input_tokens: u32,
    /// Tokens of what came back.
    pub output_tokens: u32,
}

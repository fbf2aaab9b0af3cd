//! How long a model is waited for, and how often it is asked again.

use std::time::Duration;

/// Time limits, retries and circuit breaker. The defaults suit a visitor who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelsConfig {
    /// From the question to the first token of any kind, a thought being one, over all attempts: after it somebody else
    /// answers.
    pub first_token: Duration,
    /// The same for one attempt: an endpoint that is silent for so long is asked anew while there is time.
    pub attempt: Duration,
    /// From the question to the first text when the model thinks aloud before it speaks; meanwhile its thoughts may pause
    /// for as long as its words, [`ModelsConfig::between_tokens`].
    pub thinking: Duration,
    /// Between two tokens of a reply.
    pub between_tokens: Duration,
    /// How often an endpoint is asked in all.
    pub attempts: u32,
    /// The longest pause before the second attempt; it doubles with each, and the pause is drawn from zero to it.
    pub pause: Duration,
    /// The longest pause that an endpoint may ask for (`Retry-After`); when it asks for more, it is not asked again.
    pub retry_after: Duration,
    /// Bytes of a whole reply as it comes over the network.
    pub reply_bytes: usize,
    /// When an endpoint is left alone.
    pub breaker: BreakerConfig,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            first_token: Duration::from_secs(30),
            attempt: Duration::from_secs(20),
            thinking: Duration::from_secs(120),
            between_tokens: Duration::from_secs(30),
            attempts: 3,
            pause: Duration::from_millis(400),
            retry_after: Duration::from_secs(5),
            reply_bytes: 16 << 20,
            breaker: BreakerConfig::default(),
        }
    }
}

/// When an endpoint is left alone, for one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerConfig {
    /// So many faults, with no complete reply in between …
    pub faults: usize,
    /// … within this time open it.
    pub window: Duration,
    /// So long nobody asks; then one request tries.
    pub pause: Duration,
    /// The most accounts and endpoints that are remembered.
    pub entries: usize,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self { faults: 5, window: Duration::from_secs(60), pause: Duration::from_secs(30), entries: 10_000 }
    }
}

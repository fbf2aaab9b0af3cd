//! Models with short limits, a provider, and what came of asking it.

use std::time::Duration;

use robofy_kernel::{AccountId, Clock};
use robofy_model::{
    BreakerConfig, ChatRequest, Endpoint, Message, ModelError, Models, ModelsConfig, Piece, Reply, Role,
};
use robofy_net::Gate;
use robofy_testkit::provider::ScriptedProvider;

pub const ACCOUNT: AccountId = AccountId(uuid::Uuid::from_u128(1));

/// Short limits; the breaker stays out of the way.
pub fn config() -> ModelsConfig {
    ModelsConfig {
        first_token: Duration::from_secs(8),
        attempt: Duration::from_secs(1),
        thinking: Duration::from_secs(3),
        between_tokens: Duration::from_secs(1),
        attempts: 3,
        pause: Duration::from_millis(5),
        reply_bytes: 4 << 20,
        breaker: BreakerConfig { faults: 1000, ..BreakerConfig::default() },
        ..ModelsConfig::default()
    }
}

pub struct Fixture {
    pub provider: ScriptedProvider,
    pub models: Models,
    pub clock: Clock,
}

impl Fixture {
    pub async fn new() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: ModelsConfig) -> Self {
        let clock = robofy_testkit::clock();
        let opened = Gate::public(&["127.0.0.0/8".parse().unwrap()]).unwrap();
        let models =
            Models::new(Gate::operator().unwrap(), opened, config, clock.clone(), robofy_testkit::ids());
        Self { provider: ScriptedProvider::start().await, models, clock }
    }

    pub fn endpoint(&self, model: &str) -> Endpoint {
        Endpoint::tenant(self.provider.base_url().parse().unwrap(), model, None)
    }

    pub async fn ask(&self, model: &str) -> Result<Reply, ModelError> {
        self.models.chat(ACCOUNT, &self.endpoint(model), &question("Hello to you")).await
    }

    /// What came of asking, in one line: how often the provider was asked, what was said, and how it ended.
    pub async fn outcome(&self, model: &str) -> String {
        let told = match self.ask(model).await {
            Err(error) => format!("nothing, {}", error.kind()),
            Ok(reply) => heard(reply).await,
        };
        format!("asked {}: {told}", self.provider.requests().len())
    }
}

pub fn question(text: &str) -> ChatRequest {
    let messages = vec![Message { role: Role::User, content: text.into() }];
    ChatRequest { messages, temperature: Some(0.3), max_output_tokens: 64 }
}

/// A reply to its end, in one line.
pub async fn heard(mut reply: Reply) -> String {
    let mut said = String::new();
    loop {
        match reply.next().await {
            Ok(Some(Piece::Text(text))) => said.push_str(&text),
            Ok(Some(Piece::End { reason, usage })) => {
                let cost = usage.map_or("unknown".into(), |usage| {
                    format!("{}+{}", usage.input_tokens, usage.output_tokens)
                });
                assert_eq!(reply.next().await.unwrap(), None, "nothing follows the end");
                return format!("{said:?}, {reason:?}, cost {cost}");
            }
            Ok(None) => panic!("no end after {said:?}"),
            Err(error) => {
                assert_eq!(reply.next().await.unwrap(), None, "nothing follows an error");
                return format!("{said:?}, then {}", error.kind());
            }
        }
    }
}

//! The server's own language model: it is asked for a word.

use std::time::Duration;

use robofy_kernel::{AccountId, Clock, Ids};
use robofy_model::{ChatRequest, Endpoint, Message, ModelError, ModelsConfig, Role};

use super::Finding;
use crate::config::Settings;
use crate::wiring;

/// A model that is loaded answers within this; one that must be loaded first may need longer in service, too.
const PATIENCE: Duration = Duration::from_secs(15);
const MEND: &str = "Until it answers, the built-in answerer does";

/// Nothing when the server has no model.
pub(super) async fn examine(settings: &Settings) -> Option<Finding> {
    let mend = "Mend the options whose names begin with llm-";
    match wiring::server_model(settings) {
        Ok(None) => None,
        Ok(Some(model)) => Some(match ask(settings, &model).await {
            Ok(finding) => finding,
            Err(error) => Finding::bad(format!("{error:#}"), mend),
        }),
        Err(error) => Some(Finding::bad(format!("{error:#}"), mend)),
    }
}

async fn ask(settings: &Settings, model: &Endpoint) -> anyhow::Result<Finding> {
    let (clock, ids) = (Clock::System, Ids::System);
    let config = ModelsConfig {
        first_token: PATIENCE,
        attempt: PATIENCE,
        thinking: PATIENCE,
        attempts: 1,
        ..ModelsConfig::default()
    };
    let account = AccountId(ids.uuid_v7(clock.now()));
    let models = wiring::models(settings, config, &clock, &ids)?;
    let request = ChatRequest {
        messages: vec![Message { role: Role::User, content: "Say hello.".into() }],
        temperature: None,
        max_output_tokens: 16,
    };
    let name = format!("{} at {}", model.model(), model.base_url().host_str().unwrap_or_default());
    Ok(match models.chat(account, model, &request).await {
        Ok(_reply) => Finding::Good(format!("{name} answers")),
        Err(error) => {
            let said = error.detail().filter(|said| !said.is_empty());
            let said = said.map_or_else(String::new, |said| format!(" ({said})"));
            Finding::odd(format!("{name} does not answer: {error}{said}"), mend(&error))
        }
    })
}

fn mend(error: &ModelError) -> String {
    let look = match error {
        ModelError::Refused { status: 401 | 403, .. } => "Look at its key, ROBOFY_LLM_API_KEY",
        ModelError::Refused { .. } | ModelError::Unusable(_) => "Look at llm-base-url and llm-model",
        ModelError::Net(_) => "Look at llm-base-url, and at DNS, firewall and routes",
        ModelError::Busy { .. } => "Look at the account's limits there, or wait",
        ModelError::Malformed(_) => "Look at llm-base-url: it is what stands before /chat/completions",
        ModelError::Failed { .. } | ModelError::Silent(_) | ModelError::Cut | ModelError::Open(_) => {
            "Look at the model's own server"
        }
    };
    format!("{look}. {MEND}")
}

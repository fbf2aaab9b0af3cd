//! Which model an agent asks.

use robofy_model::{Endpoint, TenantKey};
use robofy_store::agents::{Agent, LlmProvider};
use secrecy::SecretString;
use url::Url;

/// The agent's model, the server's own, or none. The agent's key goes with the agent's address, and the server's with the
/// server's; their types keep them apart.
pub(super) fn endpoint(
    agent: &Agent,
    key: Option<&SecretString>,
    server: Option<&Endpoint>,
) -> Option<Endpoint> {
    let settings = &agent.settings;
    let provider = settings.llm_provider;
    match provider {
        LlmProvider::BuiltIn => None,
        // The operator pays for it, so the operator chooses the model too.
        LlmProvider::Default => server.cloned(),
        LlmProvider::OpenAiCompatible
        | LlmProvider::Anthropic
        | LlmProvider::Gemini
        | LlmProvider::Ollama => {
            let address = settings.llm_base_url.as_deref().or(provider.usual_base_url())?;
            let model = settings.llm_model.as_deref()?;
            match Url::parse(address) {
                Ok(address) => Some(Endpoint::tenant(address, model, key.cloned().map(TenantKey::new))),
                Err(error) => {
                    tracing::error!(%error, chatbot_id = %agent.chatbot_id, "a stored model address cannot be read");
                    None
                }
            }
        }
    }
}

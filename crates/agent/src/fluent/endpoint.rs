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
            if settings.lacks_key(key.is_some()) {
                return None;
            }
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

#[cfg(test)]
mod tests {
    use robofy_kernel::{AccountId, Clock, Ids, Op, ProjectId, Timestamp};
    use robofy_model::{Owner, ServerKey};

    use super::*;

    fn agent(provider: LlmProvider, base_url: Option<&str>) -> Agent {
        let (clock, ids) = (Clock::manual(Timestamp::from_seconds(0)), Ids::seeded(1));
        let op = Op::system(AccountId(ids.uuid_v7(clock.now())), clock, ids);
        let mut agent = Agent::new(&op, ProjectId(1), "Bot", "en");
        agent.settings.llm_provider = provider;
        agent.settings.llm_base_url = base_url.map(Into::into);
        agent.settings.llm_model = Some("own".into());
        agent
    }

    /// Owner, address and model; whether there is a key.
    fn chosen(agent: &Agent, key: Option<&str>, server: bool) -> Option<(Owner, String, String, bool)> {
        let key = key.map(SecretString::from);
        let server = server.then(|| {
            let key = ServerKey::new("sk-server".into());
            Endpoint::server(Url::parse("http://127.0.0.1:1/v1").unwrap(), "house", Some(key))
        });
        let chosen = endpoint(agent, key.as_ref(), server.as_ref())?;
        let has_key = format!("{chosen:?}").contains("has_key: true");
        Some((chosen.owner(), chosen.base_url().to_string(), chosen.model().to_owned(), has_key))
    }

    #[test]
    fn the_server_s_model_is_the_operator_s_choice_and_comes_with_its_own_key() {
        let house = Some((Owner::Server, "http://127.0.0.1:1/v1".into(), "house".into(), true));
        for key in [None, Some("sk-old")] {
            let resting = agent(LlmProvider::Default, Some("https://own.example/v1"));
            assert_eq!(chosen(&resting, key, true), house);
            assert_eq!(chosen(&resting, key, false), None);
            assert_eq!(chosen(&agent(LlmProvider::BuiltIn, None), key, true), None);
        }
    }

    #[test]
    fn an_own_model_is_asked_with_its_own_key_or_none_whatever_the_server_has() {
        let own = agent(LlmProvider::OpenAiCompatible, Some("https://own.example/v1"));
        for server in [true, false] {
            for key in [None, Some("sk-own")] {
                let expected = (Owner::Tenant, "https://own.example/v1".into(), "own".into(), key.is_some());
                assert_eq!(chosen(&own, key, server), Some(expected));
            }
        }
        assert_eq!(chosen(&agent(LlmProvider::OpenAiCompatible, None), None, true), None);
        let ollama = chosen(&agent(LlmProvider::Ollama, None), None, true).unwrap();
        assert_eq!((ollama.0, ollama.1.as_str()), (Owner::Tenant, "http://127.0.0.1:11434/v1"));
    }

    #[test]
    fn a_provider_that_answers_nobody_without_a_key_is_not_asked_in_vain() {
        for provider in [LlmProvider::Gemini, LlmProvider::Anthropic] {
            assert_eq!(chosen(&agent(provider, None), None, true), None);
            assert_eq!(chosen(&agent(provider, None), Some("k"), true).map(|chosen| chosen.3), Some(true));
            let behind_a_proxy = agent(provider, Some("https://proxy.example"));
            assert!(chosen(&behind_a_proxy, None, true).is_some());
        }
    }
}

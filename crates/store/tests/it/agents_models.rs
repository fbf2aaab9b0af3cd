//! The key of an agent's own model, and the address that it belongs to.

use robofy_store::agents::{AgentSettings, LlmKeyChange, LlmProvider};
use secrecy::ExposeSecret as _;

use super::*;

/// Points the agent's model somewhere, with or without a key.
async fn point(t: &Fixture, home: &make::Home, url: &str, key: LlmKeyChange) {
    let url = url.to_owned();
    let change = move |agent: &mut robofy_store::agents::Agent| {
        let settings = AgentSettings {
            llm_provider: LlmProvider::OpenAiCompatible,
            llm_base_url: Some(url),
            llm_model: Some("m".into()),
            ..agent.settings.0.clone()
        };
        agent.settings.0 = settings;
    };
    t.store.update_agent(&home.op, home.project, &home.agent, key, change).await.unwrap().unwrap();
}

/// Address and key, as a turn reads them.
async fn read(t: &Fixture, home: &make::Home) -> (Option<String>, Option<String>) {
    let found = t.store.find_agent_with_llm_key(home.op.account, &home.agent).await.unwrap();
    let (agent, key) = found.unwrap();
    assert_eq!(agent.has_llm_api_key, key.is_some());
    (agent.settings.llm_address().map(Into::into), key.map(|key| key.expose_secret().to_owned()))
}

both_engines! {
    async fn a_key_comes_back_only_to_its_account(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::account(&t).await);
        point(&t, &home, "https://one.example/v1", LlmKeyChange::Set("sk-one".into())).await;
        assert_eq!(read(&t, &home).await, (Some("https://one.example/v1".into()), Some("sk-one".into())));
        assert!(t.store.find_agent_with_llm_key(stranger.account, &home.agent).await.unwrap().is_none());
        let stored = format!("{:?}", t.store.find_agent_with_llm_key(home.op.account, &home.agent).await.unwrap());
        assert!(!stored.contains("sk-one"), "{stored}");
    }

    async fn a_key_does_not_outlive_its_address(t: Fixture) {
        let home = make::home(&t).await;
        point(&t, &home, "https://one.example/v1", LlmKeyChange::Set("sk-one".into())).await;
        point(&t, &home, "https://one.example/v1", LlmKeyChange::Keep).await;
        assert_eq!(read(&t, &home).await.1.as_deref(), Some("sk-one"));
        point(&t, &home, "https://other.example/v1", LlmKeyChange::Keep).await;
        assert_eq!(read(&t, &home).await, (Some("https://other.example/v1".into()), None));
        point(&t, &home, "https://one.example/v1", LlmKeyChange::Set("sk-new".into())).await;
        assert_eq!(read(&t, &home).await.1.as_deref(), Some("sk-new"), "a new key may come with a new address");
        let provider = |provider| move |agent: &mut robofy_store::agents::Agent| agent.settings.0.llm_provider = provider;
        let keep = LlmKeyChange::Keep;
        t.store.update_agent(&home.op, home.project, &home.agent, keep, provider(LlmProvider::Default)).await.unwrap();
        assert_eq!(read(&t, &home).await, (None, None), "nor the server's own model");
    }

    async fn changes_at_once_never_leave_a_key_at_another_address(t: Fixture) {
        let home = make::home(&t).await;
        for round in 0..6 {
            point(&t, &home, "https://start.example", LlmKeyChange::Set("start".into())).await;
            let changes = at_once(&t, 8, |t, n| {
                let home = make::Home { op: home.op.clone(), project: home.project, agent: home.agent.clone() };
                async move {
                    let url = format!("https://{}.example", n / 2);
                    // Every second one comes with a key of its own address.
                    let key = if n % 2 == 0 { LlmKeyChange::Keep } else { LlmKeyChange::Set(url.clone().into()) };
                    point(&t, &home, &url, key).await;
                }
            });
            let reads = async {
                for _ in 0..20 {
                    let (address, key) = read(&t, &home).await;
                    let fits = key.as_ref().is_none_or(|key| Some(key) == address.as_ref() || key == "start");
                    assert!(fits && (key.as_deref() != Some("start") || address.as_deref() == Some("https://start.example")), "{address:?} {key:?}");
                    tokio::task::yield_now().await;
                }
            };
            tokio::join!(changes, reads);
            let (address, key) = read(&t, &home).await;
            assert!(key.is_none() || key == address, "round {round}: {address:?} with {key:?}");
        }
    }

    async fn a_key_that_was_moved_to_another_agent_does_not_open(t: Fixture) {
        let (home, other) = (make::home(&t).await, make::home(&t).await);
        point(&t, &home, "https://one.example", LlmKeyChange::Set("sk-one".into())).await;
        raw::run(&t.store, "UPDATE agents SET llm_api_key = (SELECT llm_api_key FROM agents WHERE llm_api_key IS NOT NULL)").await;
        let moved = t.store.find_agent_with_llm_key(other.op.account, &other.agent).await;
        assert!(matches!(moved, Err(StoreError::Damaged { what: "model key", .. })), "{moved:?}");
        assert_eq!(read(&t, &home).await.1.as_deref(), Some("sk-one"));
    }
}

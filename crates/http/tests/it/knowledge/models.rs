//! An agent's own model: where it is, and the key that goes there and nowhere else.

use robofy_http::HttpConfig;
use secrecy::ExposeSecret as _;

use super::*;

impl Place {
    /// Changes the settings; gives them as they are now.
    async fn set(&self, change: Value) -> Value {
        let answer = self.call("PUT", &self.of_agent("chatbot_ai_settings"), Some(change.clone())).await;
        assert_eq!(answer.status, 200, "{change}: {}", answer.json());
        let changed = answer.json()["data"].clone();
        assert_eq!(
            changed,
            self.call("GET", &self.of_agent("chatbot_ai_settings"), None).await.json()["data"]
        );
        changed
    }

    /// Changes the settings in vain; gives field and code of each mistake.
    async fn mistakes(&self, change: Value) -> Vec<(String, String)> {
        let answer = self.call("PUT", &self.of_agent("chatbot_ai_settings"), Some(change.clone())).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_REQUEST"), "{change}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = answer.json()["error"]["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }

    /// Address and key as a turn would use them.
    async fn used(&self) -> (Option<String>, Option<String>) {
        let chatbot = self.agent.parse().unwrap();
        let found = self.server.app.store().find_agent_with_llm_key(self.tenant.account, &chatbot).await;
        let (agent, key) = found.unwrap().unwrap();
        (agent.settings.llm_address().map(Into::into), key.map(|key| key.expose_secret().to_owned()))
    }
}

fn own(url: &str) -> Value {
    json!({ "llm_provider": "openai_compatible", "llm_base_url": url, "llm_model": "m" })
}

fn with_key(url: &str, key: &str) -> Value {
    json!({ "llm_provider": "openai_compatible", "llm_base_url": url, "llm_model": "m", "llm_api_key": key })
}

fn wrong(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.into(), code.into())]
}

#[tokio::test]
async fn model_settings_have_defaults_change_and_are_cleared() {
    let place = Place::new().await;
    let usual = place.set(json!({})).await;
    let model = |settings: &Value| {
        ["llm_provider", "llm_base_url", "llm_model", "max_output_tokens", "monthly_token_cap"]
            .map(|field| settings[field].clone())
    };
    assert_eq!(model(&usual), [json!("default"), json!(null), json!(null), json!(512), json!(null)]);
    let changed = place
        .set(json!({
            "llm_provider": "openai_compatible", "llm_base_url": "https://Models.example.com:443/v1/", "llm_model": "small",
            "max_output_tokens": "64", "monthly_token_cap": 1_000_000,
        }))
        .await;
    assert_eq!(
        model(&changed),
        [
            json!("openai_compatible"),
            json!("https://models.example.com/v1"),
            json!("small"),
            json!(64),
            json!(1_000_000)
        ]
    );
    let merged = place.set(json!({ "llm_model": "large" })).await;
    assert_eq!(model(&merged)[1..3], [json!("https://models.example.com/v1"), json!("large")]);
    let cleared = place
        .set(json!({
            "llm_provider": null, "llm_base_url": null, "llm_model": null, "max_output_tokens": null, "monthly_token_cap": null,
        }))
        .await;
    assert_eq!(model(&cleared), model(&usual));
    for (provider, address) in [
        ("gemini", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("anthropic", "https://api.anthropic.com/v1"),
    ] {
        place.set(json!({ "llm_provider": provider, "llm_model": "m", "llm_api_key": "k" })).await;
        assert_eq!(place.used().await, (Some(address.into()), Some("k".into())));
    }
}

#[tokio::test]
async fn every_mistake_in_model_settings_is_named() {
    let place = Place::new().await;
    for (change, field, code) in [
        (json!({ "llm_provider": "openai" }), "llm_provider", "invalid"),
        (json!({ "llm_provider": 1 }), "llm_provider", "invalid"),
        (json!({ "llm_provider": "openai_compatible", "llm_model": "m" }), "llm_base_url", "required"),
        (
            json!({ "llm_provider": "openai_compatible", "llm_base_url": "https://a.example" }),
            "llm_model",
            "required",
        ),
        (json!({ "llm_provider": "gemini" }), "llm_model", "required"),
        (json!({ "llm_provider": "anthropic", "llm_model": " " }), "llm_model", "required"),
        (json!({ "llm_provider": "gemini", "llm_model": "a\nb" }), "llm_model", "invalid"),
        (json!({ "llm_base_url": "models.example.com" }), "llm_base_url", "invalid"),
        (json!({ "llm_base_url": "file:///etc/passwd" }), "llm_base_url", "invalid"),
        (json!({ "llm_base_url": "https://user:pass@a.example" }), "llm_base_url", "invalid"),
        (json!({ "llm_base_url": "https://a.example/?key=1" }), "llm_base_url", "invalid"),
        (json!({ "llm_base_url": "https://a.example/#x" }), "llm_base_url", "invalid"),
        (json!({ "llm_api_key": "a b" }), "llm_api_key", "invalid"),
        (json!({ "llm_api_key": "clé" }), "llm_api_key", "invalid"),
        (json!({ "max_output_tokens": 15 }), "max_output_tokens", "out_of_range"),
        (json!({ "max_output_tokens": 32_769 }), "max_output_tokens", "out_of_range"),
        (json!({ "max_output_tokens": "many" }), "max_output_tokens", "invalid"),
        (json!({ "monthly_token_cap": -1 }), "monthly_token_cap", "out_of_range"),
    ] {
        assert_eq!(place.mistakes(change.clone()).await, wrong(field, code), "{change}");
    }
    let both = [wrong("llm_base_url", "required"), wrong("llm_model", "required")].concat();
    assert_eq!(place.mistakes(json!({ "llm_provider": "openai_compatible" })).await, both);
    // What would leave the whole without a part is refused, too.
    place.set(own("https://a.example")).await;
    assert_eq!(place.mistakes(json!({ "llm_base_url": null })).await, wrong("llm_base_url", "required"));
    assert_eq!(place.mistakes(json!({ "llm_model": null })).await, wrong("llm_model", "required"));
}

#[tokio::test]
async fn a_key_is_written_and_never_read() {
    let place = Place::new().await;
    let answer = place
        .call("PUT", &place.of_agent("chatbot_ai_settings"), Some(with_key("https://a.example", "sk-secret")))
        .await;
    assert!(!String::from_utf8_lossy(&answer.body).contains("sk-secret"));
    assert_eq!(answer.json()["data"]["llm_api_key"], "-");
    assert_eq!(place.set(json!({ "llm_api_key": "-" })).await["llm_api_key"], "-");
    assert_eq!(place.used().await.1.as_deref(), Some("sk-secret"));
    assert_eq!(place.set(json!({ "llm_api_key": null })).await["llm_api_key"], Value::Null);
    assert_eq!(place.used().await.1, None);
}

#[tokio::test]
async fn a_key_does_not_follow_to_another_address() {
    let place = Place::new().await;
    let first = "https://one.example/v1";
    for (change, keeps) in [
        (json!({ "tone": "dry" }), true),
        (json!({ "llm_model": "other" }), true),
        (json!({ "llm_base_url": "https://ONE.example/v1/" }), true),
        (json!({ "llm_base_url": "https://two.example/v1" }), false),
        (json!({ "llm_base_url": "https://two.example/v1", "llm_api_key": "-" }), false),
        (json!({ "llm_base_url": "http://one.example/v1" }), false),
        (json!({ "llm_base_url": "https://one.example/v2" }), false),
        (json!({ "llm_provider": "gemini", "llm_base_url": null }), false),
        (json!({ "llm_provider": "default" }), false),
        (json!({ "llm_provider": "builtin" }), false),
        (json!({ "llm_provider": "ollama" }), true),
    ] {
        place.set(with_key(first, "sk-one")).await;
        let shown = place.set(change.clone()).await;
        assert_eq!(shown["llm_api_key"] == "-", keeps, "{change}");
        assert_eq!(place.used().await.1.is_some(), keeps, "{change}");
    }
    place.set(with_key(first, "sk-one")).await;
    place.set(with_key("https://two.example/v1", "sk-two")).await;
    assert_eq!(place.used().await, (Some("https://two.example/v1".into()), Some("sk-two".into())));
    // An address that rests while the server's own model is asked.
    place.set(json!({ "llm_provider": "default", "llm_api_key": "sk-rests" })).await;
    place.set(json!({ "llm_base_url": "https://three.example" })).await;
    assert_eq!(place.used().await.1, None);
}

#[tokio::test]
async fn two_changes_at_once_never_leave_a_key_at_another_address() {
    let place = Place::new().await;
    let path = place.of_agent("chatbot_ai_settings");
    for _ in 0..20 {
        place.set(with_key("https://one.example", "sk-one")).await;
        let (moved, key) = tokio::join!(
            place.call("PUT", &path, Some(json!({ "llm_base_url": "https://two.example" }))),
            place.call("PUT", &path, Some(json!({ "llm_api_key": "sk-new-one" }))),
        );
        assert_eq!(moved.status, 200);
        let (address, stored) = place.used().await;
        assert_eq!(address.as_deref(), Some("https://two.example"));
        match stored.as_deref() {
            None => assert!(matches!(key.status.as_u16(), 200 | 409), "{}", key.json()),
            // It came when the move was over, and was told where it goes.
            Some("sk-new-one") => assert_eq!(key.json()["data"]["llm_base_url"], "https://two.example"),
            Some(other) => panic!("{other} was left at another address"),
        }
    }
}

#[tokio::test]
async fn networks_that_are_not_public_are_opened_by_the_operator_alone() {
    let place = Place::new().await;
    for url in [
        "http://127.0.0.1:11434/v1",
        "http://10.0.0.7",
        "http://[::1]:8080",
        "http://0x7f000001",
        "http://169.254.169.254",
    ] {
        assert_eq!(place.mistakes(own(url)).await, wrong("llm_base_url", "refused"), "{url}");
        assert_eq!(
            place.mistakes(json!({ "llm_base_url": url })).await,
            wrong("llm_base_url", "refused"),
            "{url}"
        );
    }
    let ollama = json!({ "llm_provider": "ollama", "llm_model": "m" });
    assert_eq!(
        place.mistakes(ollama.clone()).await,
        wrong("llm_base_url", "refused"),
        "its usual address is this machine"
    );
    let networks = ["127.0.0.0/8".parse().unwrap(), "10.0.0.0/24".parse().unwrap()];
    let config = HttpConfig { model_networks: networks.into(), ..HttpConfig::default() };
    let place = Place::on(Server::start_with(config).await).await;
    place.set(ollama).await;
    assert_eq!(place.used().await.0.as_deref(), Some("http://127.0.0.1:11434/v1"));
    place.set(own("http://10.0.0.7:8000")).await;
    assert_eq!(place.mistakes(own("http://10.0.1.7")).await, wrong("llm_base_url", "refused"));
}

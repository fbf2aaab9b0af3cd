//! Which language model an agent asks, and where.

use robofy_net::Gate;
use robofy_store::agents::{AgentSettings, LlmProvider};
use url::Url;

use super::change::SettingsIn;
use crate::check::Checks;

/// The most characters of a model's name.
const MODEL: usize = 200;

/// Changes provider, address and model, and notes what is wrong with them.
pub(super) fn apply(change: &SettingsIn, to: &mut AgentSettings, gate: &Gate, checks: &mut Checks) {
    if let Some(provider) = &change.llm_provider {
        match provider.as_deref().map(str::parse) {
            None => to.llm_provider = LlmProvider::Default,
            Some(Ok(provider)) => to.llm_provider = provider,
            Some(Err(_)) => return checks.wrong("llm_provider", "invalid", known_providers()),
        }
    }
    if let Some(address) = &change.llm_base_url {
        match address.as_deref().map(base_url).transpose() {
            Ok(address) => to.llm_base_url = address,
            Err(wrong) => return checks.wrong("llm_base_url", "invalid", wrong),
        }
    }
    if let Some(model) = &change.llm_model {
        checks.name("llm_model", model.as_deref(), MODEL);
        to.llm_model.clone_from(model);
    }
    let provider = to.llm_provider;
    let required = || format!("is required when `llm_provider` is `{provider}`");
    if provider.is_own() && to.llm_address().is_none() {
        checks.wrong("llm_base_url", "required", required());
    }
    if provider.is_own() && to.llm_model.is_none() {
        checks.wrong("llm_model", "required", required());
    }
    // What was stored stays as it is when the operator closes a network: it is refused when it is used.
    if change.llm_provider.is_some() || change.llm_base_url.is_some() {
        let addresses = to.llm_base_url.as_deref().or(to.llm_address());
        if let Some(Err(refused)) = addresses.and_then(|url| Url::parse(url).ok()).map(|url| gate.check(&url))
        {
            checks.wrong("llm_base_url", "refused", refused.to_string());
        }
    }
}

fn known_providers() -> String {
    let names: Vec<_> = LlmProvider::ALL.iter().map(|provider| format!("`{provider}`")).collect();
    format!("must be one of {}", names.join(", "))
}

/// An address as it is stored and compared: parsed, without a slash at the end.
fn base_url(text: &str) -> Result<String, String> {
    let url = robofy_net::address(text).map_err(|refused| refused.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("must begin with http:// or https://".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or a password; the key goes into `llm_api_key`".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must have no query and no fragment".into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_one_way() {
        for text in
            ["https://API.example.com/v1", "https://api.example.com:443/v1/", " https://api.example.com/v1//"]
        {
            assert_eq!(base_url(text).unwrap(), "https://api.example.com/v1", "{text}");
        }
        assert_eq!(base_url("http://[::1]:8080").unwrap(), "http://[::1]:8080");
        assert_eq!(base_url("http://0x7f.1/").unwrap(), "http://127.0.0.1", "one spelling for the gate");
    }

    #[test]
    fn what_is_no_base_url_is_told_apart() {
        for (text, word) in [
            ("", "address"),
            ("api.openai.com/v1", "http"),
            ("https://exa\tmple.com", "spaces"),
            ("https:\\\\example.com", "backslashes"),
            ("http://[fe80::1%25eth0]/", "zone"),
            ("ftp://example.com", "http://"),
            ("file:///etc/passwd", "http://"),
            ("https://user@example.com", "llm_api_key"),
            ("https://user:pass@example.com", "llm_api_key"),
            ("https://example.com?key=1", "query"),
            ("https://example.com/?", "query"),
            ("https://example.com/#x", "fragment"),
        ] {
            let wrong = base_url(text).unwrap_err();
            assert!(wrong.contains(word), "{text}: {wrong}");
        }
        assert!(base_url(&format!("https://example.com/{}", "a".repeat(2048))).is_err());
    }

    #[test]
    fn usual_addresses_are_written_as_they_are_stored() {
        for url in LlmProvider::ALL.iter().filter_map(|provider| provider.usual_base_url()) {
            assert_eq!(base_url(url).unwrap(), url);
        }
    }
}

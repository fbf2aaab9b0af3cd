//! Where a model is, and whose key opens it.

use std::fmt;

use secrecy::SecretString;
use url::Url;

/// The key of whoever runs the server. It comes from the server's configuration and fits only [`Endpoint::server`].
#[derive(Clone, Debug)]
pub struct ServerKey(SecretString);

impl ServerKey {
    /// The key that the server was started with.
    #[must_use]
    pub const fn new(key: SecretString) -> Self {
        Self(key)
    }
}

/// A key that a tenant has stored. It fits only [`Endpoint::tenant`].
#[derive(Clone, Debug)]
pub struct TenantKey(SecretString);

impl TenantKey {
    /// The key that an agent's settings hold.
    #[must_use]
    pub const fn new(key: SecretString) -> Self {
        Self(key)
    }
}

/// Who has set an endpoint's address. It decides the gate that the request leaves through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Whoever runs the server: any network.
    Server,
    /// A tenant: public networks, and those that the operator has opened.
    Tenant,
}

/// The protocol that an endpoint speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// `POST {base}/chat/completions` as OpenAI, Ollama, llama.cpp, vLLM and Gemini's compatible endpoint speak it.
    #[default]
    OpenAiChat,
}

/// A model at an address, with the key that belongs there.
///
/// Address, owner and key are set together and never changed apart: there is no way to give a key to another address.
/// The server's key and a tenant's key are different types, so the server's key at a tenant's address does not compile:
///
/// ```compile_fail
/// # use robofy_model::{Endpoint, ServerKey};
/// # let tenants_address = "https://model.example/v1".parse().unwrap();
/// let key = ServerKey::new("the server's".into());
/// Endpoint::tenant(tenants_address, "m", Some(key)); // expected `TenantKey`, found `ServerKey`
/// ```
#[derive(Clone)]
pub struct Endpoint {
    owner: Owner,
    dialect: Dialect,
    base_url: Url,
    model: String,
    key: Option<SecretString>,
}

impl Endpoint {
    /// The server's own model: its address and key come from the server's configuration.
    #[must_use]
    pub fn server(base_url: Url, model: impl Into<String>, key: Option<ServerKey>) -> Self {
        let key = key.map(|key| key.0);
        Self { owner: Owner::Server, dialect: Dialect::default(), base_url, model: model.into(), key }
    }

    /// A tenant's model: its address and key come from an agent's settings.
    #[must_use]
    pub fn tenant(base_url: Url, model: impl Into<String>, key: Option<TenantKey>) -> Self {
        let key = key.map(|key| key.0);
        Self { owner: Owner::Tenant, dialect: Dialect::default(), base_url, model: model.into(), key }
    }

    /// Who has set the address.
    #[must_use]
    pub const fn owner(&self) -> Owner {
        self.owner
    }

    /// The protocol.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The address as it was written.
    #[must_use]
    pub const fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The model's name at that address.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The key, for the request's header.
    pub(crate) const fn key(&self) -> Option<&SecretString> {
        self.key.as_ref()
    }

    /// The host, for the log.
    pub(crate) fn host(&self) -> &str {
        self.base_url.host_str().unwrap_or_default()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("owner", &self.owner)
            .field("host", &self.host())
            .field("model", &self.model)
            .field("has_key", &self.key.is_some())
            .finish_non_exhaustive()
    }
}

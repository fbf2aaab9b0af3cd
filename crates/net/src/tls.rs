//! Whom TLS believes.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore};

use crate::NetError;

/// TLS by rustls on ring. Certificates are believed that Mozilla's roots or the system's stand behind: the former make a
/// bare container work, the latter an operator's own authority. Read once for the whole program.
pub(crate) fn config() -> Result<ClientConfig, NetError> {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(NetError::broken)?
        .with_root_certificates(roots())
        .with_no_client_auth();
    Ok(CONFIG.get_or_init(|| config).clone())
}

fn roots() -> RootCertStore {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let system = rustls_native_certs::load_native_certs();
    for error in system.errors {
        tracing::warn!(%error, "a part of the system's root certificates cannot be read");
    }
    let (added, unusable) = roots.add_parsable_certificates(system.certs);
    tracing::debug!(added, unusable, "root certificates of the system");
    roots
}

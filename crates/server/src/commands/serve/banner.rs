//! What a person sees at the start: the address, and the next step.

use std::net::SocketAddr;

use robofy_store::Store;
use secrecy::{ExposeSecret, SecretString};

use crate::config::Settings;
use crate::opening::Place;

/// Its text. It may hold the set-up code, so it is no part of the log.
pub async fn text(
    settings: &Settings,
    place: &Place,
    address: SocketAddr,
    store: &Store,
    setup_code: Option<&SecretString>,
) -> anyhow::Result<String> {
    let base_url = settings.base_url(address);
    let data = match (place.folder(), settings.database()?) {
        (Some(folder), _) => std::path::absolute(folder)?.display().to_string(),
        (None, Some(url)) => format!("PostgreSQL, {url}"),
        (None, None) => String::new(),
    };
    let next =
        if store.has_accounts().await? { "log in" } else { "sign up: the first account is the owner's" };
    let code = match setup_code {
        Some(code) => format!("\n  code      {} (asked for at the first sign-up)", code.expose_secret()),
        None => String::new(),
    };
    Ok(format!(
        "Robofy is ready: {base_url}\n\n  data      {data}\n  next      open {base_url} and {next}{code}\n  \
         API       {base_url}/docs\n  stop      Ctrl-C\n"
    ))
}

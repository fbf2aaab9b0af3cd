//! The set-up code: who reaches an empty server from afar must have seen its start.

use std::net::SocketAddr;

use secrecy::SecretString;

use crate::config::{Settings, Signup};
use crate::opening::Opened;

/// 71 bits: not to be guessed over the network, still to be typed.
const LENGTH: usize = 12;

/// A new code where the first sign-up needs one; `None` once there is an account, or on this machine only.
pub async fn find(
    settings: &Settings,
    address: SocketAddr,
    opened: &Opened,
) -> anyhow::Result<Option<SecretString>> {
    let needed = settings.signup == Signup::First && is_reached_from_afar(settings, address);
    if !needed || opened.store.has_accounts().await? {
        return Ok(None);
    }
    Ok(Some(opened.ids.alphanumeric(LENGTH).into()))
}

/// Beyond loopback, by itself or through a proxy on this machine.
fn is_reached_from_afar(settings: &Settings, address: SocketAddr) -> bool {
    let public = settings.public_url.as_ref().is_some_and(|url| !url.is_local());
    !address.ip().to_canonical().is_loopback() || public || !settings.trusted_proxy.is_empty()
}

//! Who is at the other end, as far as the request says: request id, address, origin.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::{HeaderMap, header, request::Parts};

use crate::{App, HttpConfig};

/// The id that ties log lines and `x-request-id` together; put into the request by the outermost layer.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// What a request says of its sender.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// See [`RequestId`].
    pub(crate) request_id: Arc<str>,
    /// The address of the client, seen through trusted proxies.
    pub(crate) address: IpAddr,
    /// The `Origin` header; `None` for programs and apps.
    pub(crate) origin: Option<String>,
}

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let request_id = parts
            .extensions
            .get::<RequestId>()
            .map_or_else(|| app.ids().alphanumeric(16).into(), |id| Arc::clone(&id.0));
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
        Ok(Self {
            request_id,
            address: address(peer, &parts.headers, app.config()),
            origin: origin(&parts.headers),
        })
    }
}

/// The `Origin` header as text; one that is not text is an origin that matches nothing.
pub(crate) fn origin(headers: &HeaderMap) -> Option<String> {
    headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or("null").to_owned())
}

/// Walks `X-Forwarded-For` from its end: each trusted proxy vouches for the address that it wrote before its own.
fn address(peer: IpAddr, headers: &HeaderMap, config: &HttpConfig) -> IpAddr {
    let mut address = peer.to_canonical();
    let hops = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !is_trusted(address, config) {
            break;
        }
        let Ok(before) = hop.parse::<IpAddr>() else { break };
        address = before.to_canonical();
    }
    address
}

fn is_trusted(address: IpAddr, config: &HttpConfig) -> bool {
    config.trusted_proxies.iter().any(|net| net.contains(&address))
}

/// Whether the browser speaks TLS, as the public origin or a trusted proxy says.
pub(crate) fn is_https(parts: &Parts, config: &HttpConfig) -> bool {
    if let Some(origin) = &config.public_origin {
        return origin.starts_with("https://");
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let proto = parts.headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    peer.is_some_and(|peer| is_trusted(peer, config)) && proto == Some("https")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str) -> String {
        let config =
            HttpConfig { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..HttpConfig::default() };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        address(peer.parse().unwrap(), &headers, &config).to_string()
    }

    #[test]
    fn forwarding_headers_count_only_from_trusted_proxies() {
        assert_eq!(seen("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2"), "198.51.100.1", "a forged first hop");
        assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
    }
}

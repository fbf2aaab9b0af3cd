//! The gate against real servers: HTTP, TLS and DNS on loopback. 127.0.0.1 stands for what is forbidden, 127.0.0.2 is
//! opened.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as a test does")]

mod dns;
mod environment;
mod limits;
mod opening;
mod pool;
mod rebinding;
mod redirects;
mod secrets;
mod server;
mod tls;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use robofy_net::{Gate, Limits, NetError, Request, Response, Rules};

/// What the gates of these tests must not reach.
pub const FORBIDDEN: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// What is opened for them.
pub const OPENED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Longer than any of these tests takes, for limits that must not be met.
pub const LONG: Duration = Duration::from_secs(60);
/// Short, for limits that must be met.
pub const SHORT: Duration = Duration::from_millis(150);

/// Limits that nothing here meets by itself.
pub const LIMITS: Limits = Limits { head: LONG, whole: Some(LONG), body_bytes: 1 << 20, redirects: 0 };

/// A gate of the public profile with [`OPENED`] opened.
pub fn public() -> Gate {
    Gate::new(rules()).unwrap()
}

/// Its rules.
pub fn rules() -> Rules {
    Rules::public(&["127.0.0.2/32".parse().unwrap()]).opened_by("--allow-model-network")
}

/// A GET without anything.
pub fn get(url: &str) -> Request {
    Request {
        method: Method::GET,
        url: url.parse().unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        limits: LIMITS,
    }
}

/// The same, with redirects followed.
pub fn following(mut request: Request) -> Request {
    request.limits.redirects = 5;
    request
}

/// The same, with a header.
pub fn with_header(mut request: Request, name: &'static str, value: &'static str) -> Request {
    request.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    request
}

/// Status and body.
pub async fn read(answer: Response) -> (u16, String) {
    let status = answer.status.as_u16();
    (status, String::from_utf8(answer.bytes().await.unwrap()).unwrap())
}

/// The sentence of a refusal; anything else fails.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(outcome: Result<T, NetError>) -> String {
    match outcome {
        Err(NetError::Refused(sentence)) => sentence,
        other => panic!("not refused: {other:?}"),
    }
}

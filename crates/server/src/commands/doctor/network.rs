//! The way out: names resolve and a connection opens. Nothing is sent.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Finding;

/// A host that is kept for examples and answers everywhere (RFC 2606).
const HOST: &str = "example.com:443";
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn examine() -> Finding {
    let mend = "Robofy answers from its own index without it; websites, mail and language models need it: \
                look at DNS, firewall and routes";
    match timeout(PATIENCE, TcpStream::connect(HOST)).await {
        Ok(Ok(_)) => Finding::Good("names resolve and connections open".to_owned()),
        Ok(Err(error)) => Finding::odd(format!("{HOST} cannot be reached: {error}"), mend),
        Err(_) => Finding::odd(format!("{HOST} did not answer within {} s", PATIENCE.as_secs()), mend),
    }
}

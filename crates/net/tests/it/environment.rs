//! Proxies in the environment are nobody's. The environment of a running program is not to be changed, so the test runs
//! itself again in a process that has them.

use std::process::Command;

use robofy_net::Gate;

use crate::server::{Raw, Server};
use crate::{FORBIDDEN, OPENED, get, public, read};

/// Says that this is the second process, and which server it asks.
const TARGET: &str = "NET_TEST_TARGET";

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_is_taken_from_the_environment() {
    if let Ok(target) = std::env::var(TARGET) {
        for gate in [Gate::operator().unwrap(), public()] {
            assert_eq!(read(gate.send(get(&target)).await.unwrap()).await.1, "direct");
        }
        return;
    }
    let proxy = Raw::start(FORBIDDEN, |_| async {}).await;
    let server = Server::named(OPENED, "direct").await;
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "environment::no_proxy_is_taken_from_the_environment", "--nocapture"]);
    again.env(TARGET, server.url("/")).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        again.env(name, format!("http://{}", proxy.address));
    }
    let output = tokio::task::spawn_blocking(move || again.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(proxy.connections(), 0);
    assert_eq!(server.seen().len(), 2, "both gates of the second process came straight here");
}

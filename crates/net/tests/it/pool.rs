//! Connections that are used again.

use std::sync::Arc;

use crate::server::{Server, text};
use crate::{OPENED, get, public, read};

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::named(OPENED, "here").await;
    let gate = public();
    for _ in 0..20 {
        let clone = gate.clone();
        assert_eq!(read(clone.send(get(&server.url("/"))).await.unwrap()).await.1, "here");
    }
    assert_eq!(server.connections(), 1);
    assert_eq!(server.seen().len(), 20);
}

#[tokio::test]
async fn gates_share_none() {
    let server = Server::named(OPENED, "here").await;
    let open = public();
    read(open.send(get(&server.url("/"))).await.unwrap()).await;
    let shut = robofy_net::Gate::public(&[]).unwrap();
    crate::refused(shut.send(get(&server.url("/"))).await);
}

#[tokio::test]
async fn many_at_once() {
    let server = Arc::new(Server::start(OPENED, |seen| text(200, seen.path.clone())).await);
    let gate = public();
    let mut asking = tokio::task::JoinSet::new();
    for turn in 0..200 {
        let (gate, url) = (gate.clone(), server.url(&format!("/{turn}")));
        asking.spawn(async move { (turn, read(gate.send(get(&url)).await.unwrap()).await.1) });
    }
    for (turn, body) in asking.join_all().await {
        assert_eq!(body, format!("/{turn}"), "every answer is for its own question");
    }
}

#[tokio::test]
async fn what_the_wire_shows() {
    let server = Server::named(OPENED, "here").await;
    let gate = public();
    read(gate.send(get(&server.url("/a?b=c#d"))).await.unwrap()).await;
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.path, "/a?b=c");
    let mut names: Vec<_> = seen.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["accept-encoding", "host", "user-agent"],
        "no cookie, no referrer, no length of nothing"
    );
    assert_eq!(seen.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn every_header_of_an_answer_is_there() {
    let server = Server::start(OPENED, |_| {
        let mut reply = text(200, "here");
        for value in [&b"one"[..], b"two", b"thr\xc3\xa4", b""] {
            reply.headers_mut().append("x-many", http::HeaderValue::from_bytes(value).unwrap());
        }
        reply
    })
    .await;
    let answer = public().send(get(&server.url("/"))).await.unwrap();
    let values: Vec<_> = answer.headers.get_all("x-many").iter().map(http::HeaderValue::as_bytes).collect();
    assert_eq!(values, [&b"one"[..], b"two", b"thr\xc3\xa4", b""]);
    assert_eq!(answer.headers["content-length"], "4");
}

//! What is reached, and what is not: the forbidden server counts its connections.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use robofy_net::{Gate, Lookup, NetError, Rules};

use crate::server::{Server, text};
use crate::{FORBIDDEN, OPENED, SHORT, get, public, read, refused, rules};

/// Names with fixed addresses.
#[derive(Debug, Default)]
pub struct Book(pub HashMap<&'static str, Vec<IpAddr>>);

impl Lookup for Book {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let found = self.0.get(name.as_str()).cloned();
        Box::pin(async move { found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name")) })
    }
}

pub fn book<const N: usize>(names: [(&'static str, &[IpAddr]); N]) -> Arc<Book> {
    Arc::new(Book(names.into_iter().map(|(name, addresses)| (name, addresses.to_vec())).collect()))
}

#[tokio::test]
async fn an_operator_reaches_every_network() {
    let server = Server::named(FORBIDDEN, "inside").await;
    let port = server.address.port();
    let gate = Gate::operator().unwrap();
    for host in ["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"] {
        let answer = gate.send(get(&format!("http://{host}:{port}/"))).await.unwrap();
        assert_eq!(read(answer).await, (200, "inside".into()), "{host}");
    }
}

#[tokio::test]
async fn the_public_reaches_what_is_opened_and_nothing_beside_it() {
    let inside = Server::named(FORBIDDEN, "inside").await;
    let opened = Server::named(OPENED, "opened").await;
    let gate = public();
    let port = opened.address.port();
    for host in ["127.0.0.2", "2130706434", "0x7f.2", "0177.0.0.2", "127.2."] {
        let answer = gate.send(get(&format!("http://{host}:{port}/"))).await.unwrap();
        assert_eq!(read(answer).await, (200, "opened".into()), "{host}");
    }
    let port = inside.address.port();
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "2130706433",
        "017700000001",
        "0x7f.1",
        "127.1",
        "0",
        "localhost",
        "LOCALHOST.",
        "１２７.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[::127.0.0.1]",
        "[2002:7f00:1::]",
    ] {
        let sentence = refused(gate.send(get(&format!("http://{host}:{port}/"))).await);
        assert!(sentence.contains("--allow-model-network"), "{host}: {sentence}");
    }
    refused(Gate::public(&[]).unwrap().send(get(&opened.url("/"))).await);
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_all_it_stands_for() {
    let inside = Server::named(FORBIDDEN, "inside").await;
    let opened = Server::named(OPENED, "opened").await;
    let names = book([
        ("good.example", &[OPENED]),
        ("bad.example", &[FORBIDDEN]),
        ("good-then-bad.example", &[OPENED, FORBIDDEN]),
        ("bad-then-good.example", &[FORBIDDEN, OPENED]),
        ("mapped.example", &["::ffff:127.0.0.2".parse().unwrap()]),
        ("none.example", &[]),
    ]);
    let gate = Gate::new(rules().lookup(names)).unwrap();
    let at = |name: &str, server: &Server| get(&format!("http://{name}:{}/", server.address.port()));

    let answer = gate.send(at("good.example", &opened)).await.unwrap();
    assert_eq!(read(answer).await, (200, "opened".into()));
    let before = opened.connections();
    for name in ["bad.example", "good-then-bad.example", "bad-then-good.example", "mapped.example"] {
        for server in [&inside, &opened] {
            gate.check(&at(name, server).url).expect("its spelling tells nothing");
            let sentence = refused(gate.send(at(name, server)).await);
            assert!(sentence.contains(name) && !sentence.contains("127."), "{sentence}");
        }
    }
    for name in ["none.example", "unknown.example"] {
        let error = gate.send(at(name, &opened)).await.unwrap_err();
        assert!(matches!(&error, NetError::Connect { host, .. } if host == name), "{error:?}");
    }
    assert_eq!((inside.connections(), opened.connections()), (0, before));
}

#[tokio::test]
async fn nobody_there_is_told_apart_from_nobody_allowed() {
    let closed = tokio::net::TcpListener::bind((OPENED, 0)).await.unwrap().local_addr().unwrap();
    let error = public().send(get(&format!("http://{closed}/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Connect { .. }), "{error:?}");
}

#[tokio::test]
async fn an_address_that_swallows_packets_leaves_time_for_the_next() {
    // A listener whose queue is full answers nothing at all.
    let deaf = tokio::net::TcpSocket::new_v4().unwrap();
    deaf.bind("127.0.0.3:0".parse().unwrap()).unwrap();
    let deaf = deaf.listen(1).unwrap();
    let port = deaf.local_addr().unwrap().port();
    let mut waiting = Vec::new();
    while let Ok(connected) =
        tokio::time::timeout(SHORT, tokio::net::TcpStream::connect(("127.0.0.3", port))).await
    {
        waiting.push(connected.unwrap());
    }
    let server =
        Server::on(tokio::net::TcpListener::bind((OPENED, port)).await.unwrap(), |_| text(200, "second"));
    let names = book([("two.example", &["127.0.0.3".parse().unwrap(), OPENED])]);
    let rules = Rules::public(&["127.0.0.0/8".parse().unwrap()]).lookup(names).connect_within(SHORT * 20);
    let gate = Gate::new(rules).unwrap();
    let answer = gate.send(get(&format!("http://two.example:{port}/"))).await.unwrap();
    assert_eq!(read(answer).await, (200, "second".into()));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn localhost_works_with_one_of_its_addresses_opened() {
    let server = Server::named(FORBIDDEN, "inside").await;
    for (opened, host) in [("127.0.0.1/32", "localhost"), ("127.0.0.0/8", "models.localhost.")] {
        let gate = Gate::public(&[opened.parse().unwrap()]).unwrap();
        let answer = gate.send(get(&format!("http://{host}:{}/", server.address.port()))).await.unwrap();
        assert_eq!(read(answer).await, (200, "inside".into()), "{host}");
    }
}

#[tokio::test]
async fn the_systems_own_look_up_answers() {
    let server = Server::named(FORBIDDEN, "inside").await;
    let gate = Gate::operator().unwrap();
    let answer = gate.send(get(&format!("http://localhost:{}/", server.address.port()))).await.unwrap();
    assert_eq!(read(answer).await, (200, "inside".into()));
    for gate in [gate, public()] {
        let error = gate.send(get("http://no-such-name.invalid/")).await.unwrap_err();
        assert!(matches!(error, NetError::Connect { .. }), "{error:?}");
    }
}

//! A name that changes its meaning between two looks (DNS rebinding), with a DNS server that answers twice differently.

use std::net::Ipv4Addr;
use std::sync::Arc;

use robofy_net::{Gate, Request};
use tokio::net::TcpListener;

use crate::dns::DnsServer;
use crate::server::{Reply, Server, on_to, text};
use crate::{FORBIDDEN, OPENED, following, get, read, refused, rules};

const GOOD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const BAD: Ipv4Addr = Ipv4Addr::LOCALHOST;

struct Scene {
    inside: Server,
    opened: Server,
    dns: DnsServer,
    gate: Gate,
}

impl Scene {
    /// Both servers on one port, since a name decides on the address only.
    async fn with(answers: &[&[Ipv4Addr]]) -> Self {
        let (inside, opened) = loop {
            let inside = TcpListener::bind((FORBIDDEN, 0)).await.unwrap();
            let port = inside.local_addr().unwrap().port();
            if let Ok(opened) = TcpListener::bind((OPENED, port)).await {
                break (inside, opened);
            }
        };
        let dns = DnsServer::start(answers.iter().map(|answer| answer.to_vec()).collect()).await;
        let gate = Gate::new(rules().lookup(dns.lookup())).unwrap();
        let inside = Server::on(inside, |_| text(200, "secrets"));
        Self { inside, opened: Server::on(opened, |seen| closing(&seen.path)), dns, gate }
    }

    fn request(&self, path: &str) -> Request {
        following(get(&format!("http://rebind.example:{}{path}", self.inside.address.port())))
    }
}

/// Every answer ends its connection, so that the next request must look the name up again.
fn closing(path: &str) -> Reply {
    let mut reply = if path == "/on" { on_to(302, "/end") } else { text(200, "opened") };
    reply.headers_mut().insert("connection", "close".parse().unwrap());
    reply
}

#[tokio::test]
async fn what_was_looked_at_is_what_is_reached() {
    let scene = Scene::with(&[&[GOOD], &[BAD]]).await;
    scene.gate.check(&scene.request("/").url).unwrap();
    let answer = scene.gate.send(scene.request("/")).await.unwrap();
    assert_eq!(read(answer).await, (200, "opened".into()));
    assert_eq!(scene.dns.asked(), 1, "there is one look-up, so nothing can change in between");
    let sentence = refused(scene.gate.send(scene.request("/")).await);
    assert!(sentence.contains("rebind.example"), "{sentence}");
    assert_eq!((scene.dns.asked(), scene.inside.connections(), scene.opened.connections()), (2, 0, 1));
}

#[tokio::test]
async fn a_refusal_is_not_remembered_either() {
    let scene = Scene::with(&[&[BAD], &[GOOD]]).await;
    refused(scene.gate.send(scene.request("/")).await);
    assert_eq!(read(scene.gate.send(scene.request("/")).await.unwrap()).await, (200, "opened".into()));
    assert_eq!((scene.inside.connections(), scene.opened.connections()), (0, 1));
}

#[tokio::test]
async fn a_redirect_is_looked_at_again() {
    let scene = Scene::with(&[&[GOOD], &[BAD]]).await;
    let sentence = refused(scene.gate.send(scene.request("/on")).await);
    assert!(sentence.starts_with("The address leads on"), "{sentence}");
    assert_eq!((scene.dns.asked(), scene.inside.connections(), scene.opened.connections()), (2, 0, 1));
}

#[tokio::test]
async fn both_in_one_answer_reach_neither() {
    let scene = Scene::with(&[&[GOOD, BAD], &[BAD, GOOD]]).await;
    for _ in 0..4 {
        refused(scene.gate.send(scene.request("/")).await);
    }
    assert_eq!((scene.inside.connections(), scene.opened.connections()), (0, 0));
}

#[tokio::test]
async fn many_at_once_never_slip_through() {
    let scene = Arc::new(Scene::with(&[&[GOOD], &[BAD], &[GOOD, BAD], &[BAD], &[GOOD]]).await);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let scene = Arc::clone(&scene);
        asking.spawn(async move { scene.gate.send(scene.request("/on")).await.is_ok() });
    }
    let reached = asking.join_all().await.into_iter().filter(|reached| *reached).count();
    assert!((1..100).contains(&reached), "some answers are good and some are not: {reached}");
    assert_eq!(scene.inside.connections(), 0);
}

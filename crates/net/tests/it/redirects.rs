//! Redirects on the wire.

use bytes::Bytes;
use http::{HeaderValue, Method};
use robofy_net::{Gate, NetError, Request};

use crate::server::{Reply, Server, on_to, text};
use crate::{FORBIDDEN, OPENED, SHORT, following, get, public, read, refused, with_header};

fn post(url: &str) -> Request {
    let mut request = with_header(following(get(url)), "content-type", "application/json");
    request.method = Method::POST;
    request.body = Bytes::from_static(b"{\"a\":1}");
    request
}

/// `/STATUS` sends on to `/end` with that status.
fn by_path(path: &str) -> Reply {
    match path.trim_start_matches('/').parse() {
        Ok(status) => on_to(status, "end?x=1#part"),
        Err(_) => text(200, "the end"),
    }
}

#[tokio::test]
async fn methods_and_bodies_as_browsers_do() {
    let server = Server::start(OPENED, |seen| by_path(&seen.path)).await;
    let gate = public();
    for (status, method, body) in [
        (301, "GET", ""),
        (302, "GET", ""),
        (303, "GET", ""),
        (307, "POST", "{\"a\":1}"),
        (308, "POST", "{\"a\":1}"),
    ] {
        let answer = gate.send(post(&server.url(&format!("/{status}")))).await.unwrap();
        assert!(answer.url.as_str().ends_with("/end?x=1#part"), "{}", answer.url);
        assert_eq!(read(answer).await, (200, "the end".into()));
        let last = server.seen().pop().unwrap();
        assert_eq!(
            (last.method.as_str(), last.path.as_str(), last.body.as_str()),
            (method, "/end?x=1", body),
            "{status}"
        );
        assert_eq!(last.header("content-length").is_some(), method == "POST", "{status}");
        assert_eq!(last.header("referer"), None);
    }
}

#[tokio::test]
async fn unfollowed_ones_are_answers() {
    let server = Server::start(OPENED, |seen| by_path(&seen.path)).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = public().send(get(&server.url(&format!("/{status}")))).await.unwrap();
        assert_eq!(answer.headers["location"], "end?x=1#part");
        assert_eq!(read(answer).await, (status, "elsewhere".into()));
    }
    let answer = public().send(following(get(&server.url("/304")))).await.unwrap();
    assert_eq!(answer.status, 304);
}

#[tokio::test]
async fn none_leads_to_what_is_forbidden() {
    let inside = Server::named(FORBIDDEN, "secrets").await;
    let port = inside.address.port();
    let targets = [
        format!("http://127.0.0.1:{port}/"),
        format!("//127.1:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://169.254.169.254/latest/meta-data/".into(),
        "file:///etc/passwd".into(),
        "data:text/plain,x".into(),
        "http://user:secret@127.0.0.2/".into(),
    ];
    for target in targets {
        let to = target.clone();
        let opened = Server::start(OPENED, move |_| on_to(307, &to)).await;
        let sentence = refused(public().send(following(get(&opened.url("/")))).await);
        assert!(sentence.starts_with("The address leads on to one that is refused."), "{target}: {sentence}");
        assert!(!sentence.contains("secret"), "{sentence}");
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn an_operators_address_may_lead_anywhere() {
    let inside = Server::named(FORBIDDEN, "inside").await;
    let to = inside.url("/");
    let server = Server::start(OPENED, move |_| on_to(302, &to)).await;
    let answer = Gate::operator().unwrap().send(following(get(&server.url("/")))).await.unwrap();
    assert_eq!(answer.url.as_str(), inside.url("/"));
    assert_eq!(read(answer).await, (200, "inside".into()));
}

#[tokio::test]
async fn credentials_stay_with_the_first_origin() {
    let other = Server::start(OPENED, |_| text(200, "other")).await;
    let to = other.url("/end");
    let first =
        Server::start(
            OPENED,
            move |seen| if seen.path == "/here" { on_to(307, &to) } else { on_to(307, "/here") },
        )
        .await;
    let mut request = with_header(post(&first.url("/")), "authorization", "Bearer secret");
    request = with_header(with_header(request, "cookie", "a=secret"), "x-plain", "plain");
    let mut key = HeaderValue::from_static("secret");
    key.set_sensitive(true);
    request.headers.insert("x-api-key", key);
    read(public().send(request).await.unwrap()).await;

    let secrets = ["authorization", "cookie", "x-api-key"];
    for seen in first.seen() {
        assert!(
            secrets.iter().all(|name| seen.headers.contains_key(*name)),
            "{}: its own origin gets them",
            seen.path
        );
    }
    assert_eq!(first.seen().len(), 2);
    let seen = other.seen().pop().unwrap();
    assert!(secrets.iter().all(|name| !seen.headers.contains_key(*name)), "{:?}", seen.headers);
    assert_eq!((seen.header("x-plain"), seen.body.as_str()), (Some("plain"), "{\"a\":1}"));
}

#[tokio::test]
async fn not_more_than_allowed() {
    let server = Server::start(OPENED, |seen| {
        let step: usize = seen.path.trim_start_matches('/').parse().unwrap();
        if step == 0 { text(200, "there") } else { on_to(302, &format!("/{}", step - 1)) }
    })
    .await;
    let ask = async |steps: usize, redirects: usize| {
        let mut request = get(&server.url(&format!("/{steps}")));
        request.limits.redirects = redirects;
        public().send(request).await.map(|answer| answer.status.as_u16())
    };
    assert_eq!(ask(3, 3).await.unwrap(), 200);
    assert!(matches!(ask(4, 3).await, Err(NetError::Redirects)));
    assert_eq!(server.seen().len(), 4 + 4, "the one too many is not followed");
}

#[tokio::test]
async fn nowhere_is_an_error_of_its_own() {
    for nowhere in ["http://", "http://[", "http://a.example:99999/"] {
        let server = Server::start(OPENED, move |_| on_to(302, nowhere)).await;
        let outcome = public().send(following(get(&server.url("/")))).await;
        assert!(matches!(outcome, Err(NetError::Redirects)), "{outcome:?}");
    }
    let server = Server::start(OPENED, |_| text(302, "no location")).await;
    let answer = public().send(following(get(&server.url("/")))).await.unwrap();
    assert_eq!(read(answer).await, (302, "no location".into()));
}

#[tokio::test]
async fn one_time_limit_for_the_whole_way() {
    let server = Server::start(OPENED, |seen| {
        on_to(302, &format!("{}a", seen.path.chars().take(1000).collect::<String>()))
    })
    .await;
    let mut request = get(&server.url("/"));
    request.limits.redirects = usize::MAX;
    request.limits.head = SHORT;
    let outcome = public().send(request).await;
    assert!(matches!(outcome, Err(NetError::TimedOut(limit)) if limit == SHORT), "{outcome:?}");
}

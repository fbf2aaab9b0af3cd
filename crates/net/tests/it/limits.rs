//! Time, size, and endings that are none.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use robofy_net::{Gate, NetError, Request, Response};
use tokio::sync::Notify;

use crate::server::{Raw, Server, head, text, until_gone, write};
use crate::{LONG, OPENED, SHORT, get, public, read, rules};

/// A limit that is met within the body: long enough for the head on a busy machine.
const HEAD_AND_MORE: Duration = Duration::from_secs(1);

const BEGUN: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";

fn limited(url: &str, change: impl FnOnce(&mut Request)) -> Request {
    let mut request = get(url);
    change(&mut request);
    request
}

async fn to_the_end(mut answer: Response) -> (String, Option<NetError>) {
    let mut read = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(piece)) => read.extend_from_slice(&piece),
            Ok(None) => return (String::from_utf8(read).unwrap(), None),
            Err(error) => {
                assert!(answer.chunk().await.is_err(), "nothing comes after an error");
                return (String::from_utf8(read).unwrap(), Some(error));
            }
        }
    }
}

#[tokio::test]
async fn a_head_that_does_not_come() {
    let gone = Arc::new(Notify::new());
    for what in ["", "HTTP/1.1 200 OK\r\nx-half: "] {
        let server = Raw::saying(OPENED, what, Arc::clone(&gone)).await;
        let outcome = public().send(limited(&server.url("/"), |request| request.limits.head = SHORT)).await;
        assert!(matches!(outcome, Err(NetError::TimedOut(limit)) if limit == SHORT), "{outcome:?}");
        gone.notified().await; // the connection was closed with it
        let outcome =
            public().send(limited(&server.url("/"), |request| request.limits.whole = Some(SHORT))).await;
        assert!(matches!(outcome, Err(NetError::TimedOut(limit)) if limit == SHORT), "{outcome:?}");
        gone.notified().await;
    }
}

#[tokio::test]
async fn a_body_that_stalls() {
    let gone = Arc::new(Notify::new());
    let server = Raw::saying(OPENED, BEGUN, Arc::clone(&gone)).await;
    let answer = public()
        .send(limited(&server.url("/"), |request| request.limits.whole = Some(HEAD_AND_MORE)))
        .await
        .unwrap();
    let (read, error) = to_the_end(answer).await;
    assert_eq!(read, "hello");
    assert!(matches!(error, Some(NetError::TimedOut(limit)) if limit == HEAD_AND_MORE), "{error:?}");
    gone.notified().await;
}

#[tokio::test]
async fn a_body_that_never_pauses() {
    let server = Raw::start(OPENED, |mut stream| async move {
        head(&mut stream).await;
        let piece = format!("{:x}\r\n{}\r\n", 4096, "a".repeat(4096));
        let mut sent = write(&mut stream, BEGUN.as_bytes()).await;
        while sent.is_ok() {
            sent = write(&mut stream, piece.as_bytes()).await;
        }
    })
    .await;
    let endless = |request: &mut Request| {
        request.limits.whole = Some(HEAD_AND_MORE);
        request.limits.body_bytes = usize::MAX;
    };
    let mut answer = public().send(limited(&server.url("/"), endless)).await.unwrap();
    let error = loop {
        match answer.chunk().await {
            Ok(piece) => assert!(piece.is_some()),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, NetError::TimedOut(_)), "{error:?}");

    let capped = |request: &mut Request| request.limits.body_bytes = 100_000;
    let (read, error) = to_the_end(public().send(limited(&server.url("/"), capped)).await.unwrap()).await;
    assert!(matches!(error, Some(NetError::TooLong(100_000))), "{error:?}");
    assert!(read.len() <= 100_000, "{}", read.len());
}

#[tokio::test]
async fn bodies_up_to_the_limit() {
    let server = Server::start(OPENED, |_| text(200, "12345678")).await;
    let ask = |most: usize| limited(&server.url("/"), |request| request.limits.body_bytes = most);
    assert_eq!(read(public().send(ask(8)).await.unwrap()).await.1, "12345678");
    let outcome = public().send(ask(7)).await.unwrap().bytes().await;
    assert!(matches!(outcome, Err(NetError::TooLong(7))), "{outcome:?}");
    // A head alone announces what does not follow.
    let head = limited(&server.url("/"), |request| {
        request.method = Method::HEAD;
        request.limits.body_bytes = 0;
    });
    let answer = public().send(head).await.unwrap();
    assert_eq!(answer.headers["content-length"], "8");
    assert_eq!(read(answer).await, (200, String::new()));
}

#[tokio::test]
async fn a_length_that_is_too_long_is_not_read_at_all() {
    let server =
        Raw::saying(OPENED, "HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\nhello", Arc::default())
            .await;
    let (read, error) = to_the_end(public().send(get(&server.url("/"))).await.unwrap()).await;
    assert_eq!(read, "");
    assert!(matches!(error, Some(NetError::TooLong(_))), "{error:?}");
}

#[tokio::test]
async fn an_end_that_is_none() {
    let server = Raw::start(OPENED, |mut stream| async move {
        head(&mut stream).await;
        write(&mut stream, BEGUN.as_bytes()).await.unwrap();
    })
    .await;
    let (read, error) = to_the_end(public().send(get(&server.url("/"))).await.unwrap()).await;
    assert_eq!(read, "hello");
    assert!(matches!(error, Some(NetError::Broken { .. })), "{error:?}");
}

#[tokio::test]
async fn what_is_no_http() {
    let heavy = format!("HTTP/1.1 200 OK\r\nx-heavy: {}\r\n\r\n", "a".repeat(64 << 10));
    let heavy: &'static str = heavy.leak();
    for what in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/9.9 hello\r\n\r\n", heavy] {
        let server = Raw::saying(OPENED, what, Arc::default()).await;
        let outcome = public().send(get(&server.url("/"))).await;
        assert!(matches!(outcome, Err(NetError::Broken { .. })), "{outcome:?}");
    }
    let server = Raw::start(OPENED, |mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    let outcome = public().send(get(&server.url("/"))).await;
    assert!(matches!(outcome, Err(NetError::Broken { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_that_does_not_come_about() {
    let silent = Raw::start(OPENED, |mut stream| async move { until_gone(&mut stream).await }).await;
    let gate = Gate::new(rules().connect_within(SHORT)).unwrap();
    let outcome = gate.send(get(&format!("https://{}/", silent.address))).await;
    assert!(matches!(outcome, Err(NetError::Connect { .. })), "{outcome:?}");
    assert_eq!(silent.connections(), 1);
}

#[tokio::test]
async fn a_dropped_answer_closes_its_connection() {
    let gone = Arc::new(Notify::new());
    let server = Raw::saying(OPENED, BEGUN, Arc::clone(&gone)).await;
    let gate = public();
    let mut answer = gate.send(get(&server.url("/"))).await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "hello");
    drop(answer);
    gone.notified().await;

    // The same in the middle of waiting for the next piece, and for the head.
    let mut answer = gate.send(get(&server.url("/"))).await.unwrap();
    answer.chunk().await.unwrap();
    assert!(tokio::time::timeout(SHORT, answer.chunk()).await.is_err());
    drop(answer);
    gone.notified().await;

    let mute = Raw::saying(OPENED, "", Arc::clone(&gone)).await;
    assert!(tokio::time::timeout(SHORT, gate.send(get(&mute.url("/")))).await.is_err());
    gone.notified().await;
}

#[tokio::test]
async fn a_wait_that_is_called_off_loses_nothing() {
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let server = Raw::start(OPENED, move |mut stream| {
        let wait = Arc::clone(&wait);
        async move {
            head(&mut stream).await;
            write(&mut stream, BEGUN.as_bytes()).await.unwrap();
            wait.notified().await;
            write(&mut stream, b"5\r\nworld\r\n0\r\n\r\n").await.unwrap();
            until_gone(&mut stream).await;
        }
    })
    .await;
    let mut answer =
        public().send(limited(&server.url("/"), |request| request.limits.whole = Some(LONG))).await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "hello");
    assert!(tokio::time::timeout(SHORT, answer.chunk()).await.is_err());
    go.notify_one();
    assert_eq!(to_the_end(answer).await.0, "world");
}

//! Slow clients are cut, and a stop lets an open answer finish.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::IntoResponse;
use robofy_server::serving::{Limits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

/// Long for everything, so that a test shortens what it is about.
const PATIENT: Limits = Limits {
    connections: 8,
    head: Duration::from_secs(60),
    head_bytes: 16 * 1024,
    body_pause: Duration::from_secs(60),
    unread: Duration::from_secs(60),
};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    enough: oneshot::Sender<()>,
    last: oneshot::Sender<()>,
    served: JoinHandle<usize>,
}

async fn start(router: Router, limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let (enough, ended) = oneshot::channel();
    let (last, cut) = oneshot::channel();
    let task = serve(listener, router, limits, resolved(stopped), resolved(ended), resolved(cut));
    #[expect(clippy::disallowed_methods, reason = "a test holds its task itself")]
    let served = tokio::spawn(task);
    Running { address, stop, enough, last, served }
}

async fn resolved(signal: oneshot::Receiver<()>) {
    if signal.await.is_err() {
        std::future::pending().await
    }
}

/// Echoes the peer's address and the body's length.
fn echo() -> Router {
    Router::new().fallback(|ConnectInfo(peer): ConnectInfo<SocketAddr>, body: Result<Bytes, _>| async move {
        let body: Result<Bytes, axum::extract::rejection::BytesRejection> = body;
        match body {
            Ok(body) => format!("{} {}", peer.ip(), body.len()).into_response(),
            Err(refusal) => refusal.into_response(),
        }
    })
}

/// One chunk per message of the channel.
fn streaming(receiver: mpsc::Receiver<Result<String, Infallible>>) -> Router {
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(Some(receiver)));
    Router::new().fallback(move || async move {
        let receiver = receiver.lock().unwrap().take().unwrap();
        Body::from_stream(ReceiverStream::new(receiver)).into_response()
    })
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes).await {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
    String::from_utf8(bytes).unwrap()
}

async fn read_until(stream: &mut TcpStream, wanted: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(wanted) {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0, "closed before {wanted}");
    }
}

#[tokio::test]
async fn answers_with_the_peer_known() {
    let running = start(echo(), PATIENT).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc")
        .await
        .unwrap();
    assert!(rest(&mut client).await.ends_with("127.0.0.1 3"));
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut() {
    let running = start(echo(), Limits { head: Duration::from_millis(50), ..PATIENT }).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    assert!(!rest(&mut client).await.contains("200 OK"));
}

#[tokio::test]
async fn a_body_that_pauses_too_long_is_refused() {
    let running = start(echo(), Limits { body_pause: Duration::from_millis(50), ..PATIENT }).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc").await.unwrap();
    assert!(rest(&mut client).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn a_huge_head_is_refused() {
    let running = start(echo(), PATIENT).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nhost: x\r\nx-big: {}\r\n\r\n", "a".repeat(64 * 1024));
    // The server may close while the rest is still being sent.
    let sent = client.write_all(head.as_bytes()).await;
    let answer = rest(&mut client).await;
    assert!(sent.is_err() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert!(!answer.contains("200 OK"));
}

#[tokio::test]
async fn an_answer_left_unread_is_given_up() {
    let (chunks, receiver) = mpsc::channel(1);
    let running = start(streaming(receiver), Limits { unread: Duration::from_millis(50), ..PATIENT }).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    // Ends only when the server drops the stream: the socket's buffers are finite.
    while chunks.send(Ok("x".repeat(64 * 1024))).await.is_ok() {}
}

#[tokio::test]
async fn no_more_connections_than_places() {
    let running = start(echo(), Limits { connections: 1, ..PATIENT }).await;
    let mut first = TcpStream::connect(running.address).await.unwrap();
    first.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut first, "127.0.0.1 0").await;
    let mut second = TcpStream::connect(running.address).await.unwrap();
    second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), second.readable()).await;
    assert!(waiting.is_err(), "served beyond the limit");
    drop(first);
    assert!(rest(&mut second).await.ends_with("127.0.0.1 0"));
}

#[tokio::test]
async fn a_stop_lets_an_open_stream_finish_and_takes_no_new_one() {
    let (chunks, receiver) = mpsc::channel(1);
    let running = start(streaming(receiver), PATIENT).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    chunks.send(Ok("first".to_owned())).await.unwrap();
    read_until(&mut client, "first").await;
    running.stop.send(()).unwrap();
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    chunks.send(Ok("second".to_owned())).await.unwrap();
    drop(chunks);
    let answer = rest(&mut client).await;
    assert!(answer.contains("second") && answer.ends_with("0\r\n\r\n"), "{answer}");
    assert_eq!(running.served.await.unwrap(), 0);
    drop(running.enough);
}

#[tokio::test]
async fn a_stream_that_is_ended_when_it_is_enough_says_so_before_the_connection_closes() {
    let (chunks, receiver) = mpsc::channel(1);
    let running = start(streaming(receiver), PATIENT).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    chunks.send(Ok("first".to_owned())).await.unwrap();
    read_until(&mut client, "first").await;
    running.stop.send(()).unwrap();
    running.enough.send(()).unwrap();
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    chunks.send(Ok("the server stops".to_owned())).await.unwrap();
    drop(chunks);
    let answer = rest(&mut client).await;
    assert!(answer.contains("the server stops") && answer.ends_with("0\r\n\r\n"), "{answer}");
    assert_eq!(running.served.await.unwrap(), 0);
    drop(running.last);
}

#[tokio::test]
async fn what_is_open_when_it_is_enough_is_cut() {
    let (chunks, receiver) = mpsc::channel(1);
    let running = start(streaming(receiver), PATIENT).await;
    let mut client = TcpStream::connect(running.address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    chunks.send(Ok("first".to_owned())).await.unwrap();
    read_until(&mut client, "first").await;
    running.stop.send(()).unwrap();
    running.enough.send(()).unwrap();
    running.last.send(()).unwrap();
    assert_eq!(running.served.await.unwrap(), 1);
    assert!(!rest(&mut client).await.ends_with("0\r\n\r\n"));
}

//! HTTP/1 on a listening socket, with limits against slow and greedy clients, and a stop that lets open
//! streams finish.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// What one client may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more wait in the socket's queue.
    pub connections: usize,
    /// How long a request's head may take, and how long a connection may idle between two requests.
    pub head: Duration,
    /// Bytes of a request's head, and of what is read ahead.
    pub head_bytes: usize,
    /// The longest pause within a request's body.
    pub body_pause: Duration,
    /// How long a client may leave its answer unread.
    pub unread: Duration,
}

impl Limits {
    /// The limits of a server that may have so many connections.
    pub fn of(connections: usize) -> Self {
        Self {
            connections,
            head: Duration::from_secs(30),
            head_bytes: 64 * 1024,
            body_pause: Duration::from_secs(30),
            unread: Duration::from_secs(60),
        }
    }
}

/// Connections that may wait to be accepted, as far as the kernel allows: a crowd that loses its connections comes back
/// at once, and who finds the queue full waits a second or more.
const BACKLOG: u32 = 16_384;

/// Listens. Must be called within a runtime.
///
/// # Errors
/// When the address is taken, or not this machine's.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As `TcpListener::bind` does: a server that starts again finds its port, where that is safe.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` resolves, then lets open requests finish until `enough` resolves. What is then still open has until
/// `last` resolves to say how it ends, and is cut. Answers how many connections were cut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
    enough: impl Future<Output = ()>,
    last: impl Future<Output = ()>,
) -> usize {
    let router = router.layer(RequestBodyTimeoutLayer::new(limits.body_pause));
    let graceful = GracefulShutdown::new();
    let mut open = JoinSet::new();
    let places = std::sync::Arc::new(Semaphore::new(limits.connections));
    tokio::pin!(stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = open.join_next() => {}
            (accepted, place) = accepted => match accepted {
                Ok((stream, peer)) => {
                    let connection = connection(stream, peer, router.clone(), &limits, &graceful);
                    open.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) => refused(&error).await,
            },
        }
    }
    drop(listener);
    let finished = graceful.shutdown();
    tokio::pin!(finished);
    let is_over = tokio::select! {
        () = &mut finished => true,
        () = enough => false,
    };
    if !is_over {
        tokio::select! {
            () = finished => {}
            () = last => {}
        }
    }
    while open.try_join_next().is_some() {}
    let cut = open.len();
    open.shutdown().await;
    cut
}

/// One connection, from its first request to its last. Errors are the client's (it went away, it was too
/// slow, it spoke no HTTP), hence the low level.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &Limits,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + 'static {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot send small packets at once");
    }
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(limits.unread));
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(limits.head_bytes)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// A failed accept is the client's, who left, or means that files ran out: then waiting helps.
async fn refused(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "cannot accept connections; raise the limit of open files if it lasts");
    tokio::time::sleep(Duration::from_secs(1)).await;
}

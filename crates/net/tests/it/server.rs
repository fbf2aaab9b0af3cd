//! Real servers that remember who came.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

pub type Reply = http::Response<Full<Bytes>>;

/// Answers every request with one function, and goes away when dropped.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
    _running: JoinSet<()>,
}

impl Server {
    pub async fn start(at: IpAddr, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind((at, 0)).await.unwrap(), answer)
    }

    /// Says its own name to everybody.
    pub async fn named(at: IpAddr, name: &'static str) -> Self {
        Self::start(at, move |_| text(200, name)).await
    }

    pub fn on(listener: TcpListener, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let (address, connections, running) = accept(listener, move |stream| {
            let (answer, seen) = (Arc::clone(&answer), Arc::clone(&kept));
            async move { serve(stream, answer.as_ref(), &seen).await }
        });
        Self { address, connections, seen, _running: running }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Serves HTTP/1.1 on one connection to its end.
pub async fn serve<S>(stream: S, answer: &(impl Fn(&Seen) -> Reply + ?Sized), seen: &Mutex<Vec<Seen>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request: http::Request<Incoming>| async {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(|whole| whole.to_bytes()).unwrap_or_default();
        let request = Seen {
            method: head.method,
            path: head.uri.to_string(),
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let reply = answer(&request);
        seen.lock().unwrap().push(request);
        Ok::<_, Infallible>(reply)
    });
    // A client that goes away ends the connection with an error, as it may.
    let _ended =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Does with every connection what `with` says: a server that is none, or a bad one.
pub struct Raw {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _running: JoinSet<()>,
}

impl Raw {
    pub async fn start<F>(at: IpAddr, with: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (address, connections, running) = accept(TcpListener::bind((at, 0)).await.unwrap(), with);
        Self { address, connections, _running: running }
    }

    /// Says one thing to everybody, then waits until they go; `gone` is told.
    pub async fn saying(at: IpAddr, what: &'static str, gone: Arc<Notify>) -> Self {
        Self::start(at, move |mut stream| {
            let gone = Arc::clone(&gone);
            async move {
                head(&mut stream).await;
                write(&mut stream, what.as_bytes()).await.ok();
                until_gone(&mut stream).await;
                gone.notify_one();
            }
        })
        .await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn accept<F>(
    listener: TcpListener,
    with: impl Fn(TcpStream) -> F + Send + Sync + 'static,
) -> (SocketAddr, Arc<AtomicUsize>, JoinSet<()>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let mut running = JoinSet::new();
    running.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            open.spawn(with(stream));
        }
    });
    (address, connections, running)
}

/// Reads a request's head.
pub async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

pub async fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    tokio::io::AsyncWriteExt::write_all(stream, bytes).await
}

/// Returns when the other end has closed the connection.
pub async fn until_gone(stream: &mut TcpStream) {
    let mut rest = [0; 256];
    while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
}

pub fn text(status: u16, body: impl Into<String>) -> Reply {
    let mut reply = Reply::new(Full::new(Bytes::from(body.into())));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap();
    reply
}

/// A redirect.
pub fn on_to(status: u16, location: &str) -> Reply {
    let mut reply = text(status, "elsewhere");
    reply.headers_mut().insert("location", location.parse().unwrap());
    reply
}

//! Nothing that is printed or logged tells a secret, at any level, from any library below.

use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderValue, Method};
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Server, on_to, text};
use crate::{OPENED, following, get, public};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_printed_or_logged() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let watching = tracing::subscriber::set_default(subscriber);

    let server = Server::start(OPENED, |seen| match seen.path.split('?').next() {
        Some("/s3cr3t-on") => on_to(302, "/s3cr3t-path?token=s3cr3t"),
        _ => text(200, "s3cr3t answer"),
    })
    .await;
    let gate = public();
    let mut printed = format!("{gate:?}");
    for (path, at) in [
        ("/s3cr3t-on?key=s3cr3t", &server.address.to_string()),
        ("/s3cr3t", &"127.0.0.2:1".into()),
        ("/s3cr3t", &"127.0.0.1:1".into()),
    ] {
        let mut request = following(get(&format!("http://{at}{path}")));
        request.method = Method::POST;
        request.body = Bytes::from_static(b"s3cr3t question");
        let mut key = HeaderValue::from_static("Bearer s3cr3t");
        key.set_sensitive(true);
        request.headers.insert("authorization", key);
        printed += &format!("{request:?}");
        match gate.send(request).await {
            Ok(answer) => {
                printed += &format!("{answer:?}");
                assert_eq!(answer.bytes().await.unwrap(), b"s3cr3t answer");
            }
            Err(error) => {
                printed += &format!("{error} {error:?} {:?}", error.source().map(ToString::to_string));
            }
        }
    }
    drop(watching);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("127.0.0.2") && logged.contains("answered"), "it is logged at all: {logged}");
    assert!(!logged.contains("s3cr3t"), "{logged}");
    assert!(!printed.contains("s3cr3t"), "{printed}");
}

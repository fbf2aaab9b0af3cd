//! Where connections come about: the only place that opens a socket.
//!
//! The HTTP client sends addresses that are written as numbers around its resolver, so there are two looks: [`Door`] at
//! numbers, [`Resolver`] at what a name stands for. Neither knows what was looked at before; a request that came by a
//! redirect, or one that nobody checked, meets them all the same.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::profile::Profile;
use crate::{Lookup, NetError, Rules, tls};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A dead peer is noticed although nothing is being sent: a model may think for minutes.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// Opens connections, TLS included, within a time.
#[derive(Clone)]
pub(crate) struct Connector {
    inner: HttpsConnector<Door>,
    within: Duration,
}

impl Connector {
    pub(crate) fn new(rules: &Rules) -> Result<Self, NetError> {
        let resolver = Resolver { lookup: Arc::clone(&rules.lookup), profile: rules.profile.clone() };
        let mut http = HttpConnector::new_with_resolver(resolver);
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(KEEP_ALIVE));
        // Shared by a name's addresses: one that swallows packets leaves time for the others, and for TLS.
        http.set_connect_timeout(Some(rules.connect * 3 / 4));
        let inner = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config()?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Door { http, profile: rules.profile.clone() });
        Ok(Self { inner, within: rules.connect })
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<Self::Response, Cause>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        // The time is kept here, not by whoever waits: a request that took another's connection leaves its own
        // connecting in the background, and a peer that never ends its TLS handshake would keep it there.
        let connecting = tokio::time::timeout(self.within, self.inner.call(to));
        Box::pin(async move {
            connecting
                .await
                .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "it took too long to connect"))?
        })
    }
}

/// Opens TCP connections, after a look at addresses that are written as numbers.
#[derive(Clone)]
pub(crate) struct Door {
    http: HttpConnector<Resolver>,
    profile: Profile,
}

impl Service<Uri> for Door {
    type Response = TokioIo<TcpStream>;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<Self::Response, Cause>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        self.http.poll_ready(cx).map_err(Cause::from)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let number = to.host().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if let Some(Err(refused)) = number.map(|address| self.profile.admit_address(address)) {
            return Box::pin(async { Err(refused.into()) });
        }
        let connecting = self.http.call(to);
        Box::pin(async { connecting.await.map_err(Cause::from) })
    }
}

/// Looks names up; its answer is the one that the connection uses.
#[derive(Clone)]
pub(crate) struct Resolver {
    lookup: Arc<dyn Lookup>,
    profile: Profile,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<Self::Response, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self { lookup, profile } = self.clone();
        Box::pin(async move {
            let addresses = match profile.localhost(name.as_str())? {
                Some(opened) => opened,
                None => lookup.addresses(name.as_str().to_owned()).await?,
            };
            profile.admit_answer(name.as_str(), &addresses)?;
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            // Port 0 stands for the URL's.
            let addresses: Vec<_> =
                addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect();
            Ok(addresses.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// The connector by itself, as if nobody had looked at the address before.
    #[tokio::test]
    async fn the_door_needs_no_check_before_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let closed = Connector::new(&Rules::public(&["127.0.0.2/32".parse().unwrap()])).unwrap();
        for to in [
            "http://127.0.0.1",
            "https://127.0.0.1",
            "http://[::1]",
            "http://[::ffff:7f00:1]",
            "http://localhost",
        ] {
            let error = closed.clone().call(format!("{to}:{port}/").parse().unwrap()).await.unwrap_err();
            assert!(
                matches!(NetError::refusal(&*error), Some(sentence) if sentence.contains("not a public address")),
                "{error:?}"
            );
        }
        let mut open = Connector::new(&Rules::operator()).unwrap();
        let (connected, accepted) =
            tokio::join!(open.call(format!("http://127.0.0.1:{port}/").parse().unwrap()), listener.accept());
        connected.unwrap();
        let ours = accepted.unwrap();
        drop(ours);
        let more = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(more.is_err(), "only the operator's connection came");
    }
}

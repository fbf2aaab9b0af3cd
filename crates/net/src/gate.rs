//! The gate.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use ipnet::IpNet;
use url::Url;

use crate::{NetError, Request};

/// Sends requests by one profile's rules. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gate {
    client: reqwest::Client,
    profile: Profile,
}

#[derive(Clone, Debug)]
enum Profile {
    Operator,
    Public(Arc<[IpNet]>),
}

/// An answer whose head has come.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Where it came from, after redirects.
    pub url: Url,
    body: reqwest::Response,
    left: usize,
    most: usize,
}

impl Gate {
    /// For addresses that whoever runs the server has set: every network.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn operator() -> Result<Self, NetError> {
        Ok(Self { client: client()?, profile: Profile::Operator })
    }

    /// For addresses that tenants or strangers chose: public networks, and `opened` ones.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn public(opened: &[IpNet]) -> Result<Self, NetError> {
        Ok(Self { client: client()?, profile: Profile::Public(opened.into()) })
    }

    /// Whether the profile may reach this address, as far as its spelling tells; names are looked up when connecting.
    ///
    /// # Errors
    /// [`NetError::Refused`] with a sentence for the person who set the address.
    pub fn check(&self, url: &Url) -> Result<(), NetError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NetError::Refused("the address must begin with http:// or https://".into()));
        }
        match &self.profile {
            Profile::Operator => Ok(()),
            Profile::Public(_) => Ok(()),
        }
    }

    /// Sends a request; the answer's body is read from the [`Response`].
    ///
    /// # Errors
    /// When nothing came back.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        self.check(&request.url)?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let sent = self
            .client
            .request(request.method, request.url)
            .headers(request.headers)
            .body(request.body)
            .send();
        let body = tokio::time::timeout(request.limits.head, sent)
            .await
            .map_err(|_| NetError::TimedOut(request.limits.head))?
            .map_err(|error| NetError::Connect { host, source: Box::new(error) })?;
        let most = request.limits.body_bytes;
        Ok(Response {
            status: body.status(),
            headers: body.headers().clone(),
            url: body.url().clone(),
            body,
            left: most,
            most,
        })
    }
}

impl Response {
    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// When the body is too long, too slow or cut.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        let piece = self.body.chunk().await.map_err(|error| NetError::Broken { source: Box::new(error) })?;
        if let Some(piece) = &piece {
            self.left = self.left.checked_sub(piece.len()).ok_or(NetError::TooLong(self.most))?;
        }
        Ok(piece)
    }

    /// The whole body.
    ///
    /// # Errors
    /// As [`Response::chunk`].
    pub async fn bytes(mut self) -> Result<Vec<u8>, NetError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.chunk().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }
}

fn client() -> Result<reqwest::Client, NetError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let broken = |source: Box<dyn std::error::Error + Send + Sync>| NetError::Broken { source };
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(Box::new(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| broken(Box::new(error)))
}

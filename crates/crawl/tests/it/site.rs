//! A website on this machine, which writes down who asked for what.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;

/// One page as it is served.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub takes: Duration,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub headers: HashMap<String, String>,
}

#[derive(Debug, Default)]
struct Content {
    pages: HashMap<String, Page>,
    log: Vec<Asked>,
}

/// The site.
#[derive(Clone, Debug)]
pub struct Site {
    content: Arc<Mutex<Content>>,
    pub address: SocketAddr,
}

/// HTML that is served as a page.
pub fn html(body: &str) -> Page {
    Page {
        status: 200,
        headers: vec![("content-type", "text/html; charset=utf-8".into())],
        body: body.as_bytes().to_vec(),
        takes: Duration::ZERO,
    }
}

/// A whole page with a title, a menu, words and links.
pub fn page(title: &str, words: &str, links: &[&str]) -> Page {
    let links: String = links.iter().map(|link| format!("<li><a href=\"{link}\">{link}</a></li>")).collect();
    html(&format!(
        "<html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{words}</p></main><ul>{links}</ul></body></html>"
    ))
}

pub fn status(status: u16) -> Page {
    Page { status, headers: Vec::new(), body: Vec::new(), takes: Duration::ZERO }
}

pub fn redirect(to: &str) -> Page {
    status(301).with("location", to)
}

pub fn plain(kind: &str, body: impl Into<Vec<u8>>) -> Page {
    Page {
        status: 200,
        headers: vec![("content-type", kind.into())],
        body: body.into(),
        takes: Duration::ZERO,
    }
}

impl Page {
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }
}

impl Site {
    /// An empty site: every address is 404.
    pub async fn start() -> Self {
        Self::at([127, 0, 0, 1].into()).await
    }

    pub async fn at(address: IpAddr) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let site = Self { content: Arc::default(), address: listener.local_addr().unwrap() };
        let router = Router::new().fallback(answer).with_state(site.clone());
        drop(tokio::spawn(async move { axum::serve(listener, router).await }));
        site
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn put(&self, path: &str, page: Page) -> &Self {
        self.content.lock().unwrap().pages.insert(path.into(), page);
        self
    }

    pub fn remove(&self, path: &str) {
        self.content.lock().unwrap().pages.remove(path);
    }

    /// What was asked for since the last look, but robots.txt and sitemaps.
    pub fn asked(&self) -> Vec<String> {
        let log = self.log();
        let mut paths: Vec<String> = log
            .into_iter()
            .map(|asked| asked.path)
            .filter(|path| path != "/robots.txt" && !path.contains("sitemap"))
            .collect();
        paths.sort_unstable();
        paths
    }

    /// Everything that was asked for since the last look.
    pub fn log(&self) -> Vec<Asked> {
        std::mem::take(&mut self.content.lock().unwrap().log)
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response<Body> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let headers: HashMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let page = {
        let mut content = site.content.lock().unwrap();
        content.log.push(Asked { path: path.clone(), headers: headers.clone() });
        content.pages.get(&path).cloned().unwrap_or_else(|| status(404))
    };
    tokio::time::sleep(page.takes).await;
    let known = page.headers.iter().find(|(name, _)| *name == "etag").map(|(_, tag)| tag);
    let is_known = known.is_some() && headers.get("if-none-match") == known;
    let mut response = Response::new(Body::from(if is_known { Vec::new() } else { page.body }));
    *response.status_mut() = StatusCode::from_u16(if is_known { 304 } else { page.status }).unwrap();
    for (name, value) in page.headers {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
    response
}

//! A website to be crawled, and a bare server for it.

mod pages;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rustc_hash::FxHashMap;

/// The pages that are to be learnt, as a pattern of their paths. What real pages link to is none of them.
pub const PAGES: &str = "/pages/*-page";

const HTML: &str = "text/html; charset=utf-8";

/// A website that is wished for. The same wish gives the same site.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Pages, the front page and the list of pages not counted.
    pub pages: usize,
    /// The seed of what is made.
    pub seed: u64,
    /// The folder of real cases, for pages of them; without it all pages are made.
    pub cases: Option<PathBuf>,
}

/// A website.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its pages.
    pub pages: Vec<Page>,
    /// So many of them are real pages as they were found …
    pub real: usize,
    /// … and so many hold real paragraphs.
    pub told: usize,
}

/// A page of it.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path.
    pub path: String,
    /// What it is.
    pub html: Bytes,
}

impl Site {
    /// All its pages in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pages.iter().map(|page| page.html.len()).sum()
    }

    /// Everything that it serves, by path: its pages, the front page, `robots.txt` and the sitemap that it names.
    fn served(&self, address: SocketAddr) -> FxHashMap<String, (&'static str, Bytes)> {
        let robots = format!("User-agent: *\nAllow: /\nSitemap: http://{address}/sitemap.xml\n");
        let places: String = self
            .pages
            .iter()
            .map(|page| format!("<url><loc>http://{address}{}</loc></url>", page.path))
            .collect();
        let sitemap = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{places}</urlset>\n"
        );
        let mut served: FxHashMap<String, (&'static str, Bytes)> =
            self.pages.iter().map(|page| (page.path.clone(), (HTML, page.html.clone()))).collect();
        served.insert("/".into(), (HTML, pages::front(&self.pages).into()));
        served.insert("/robots.txt".into(), ("text/plain", robots.into()));
        served.insert("/sitemap.xml".into(), ("application/xml", sitemap.into()));
        served.insert("/readyz".into(), ("text/plain", "ready".into()));
        served
    }
}

/// Serves until the process is ended.
///
/// # Errors
/// When the address is taken.
pub async fn serve(address: SocketAddr, site: &Site) -> anyhow::Result<()> {
    let served = Arc::new(site.served(address));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    let router = Router::new().fallback(page).with_state(served);
    axum::serve(listener, router).await.context("the site gave way")
}

async fn page(State(served): State<Arc<FxHashMap<String, (&'static str, Bytes)>>>, uri: Uri) -> Response {
    match served.get(uri.path()) {
        Some((kind, body)) => ([(header::CONTENT_TYPE, *kind)], body.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::*;

    #[test]
    fn a_wish_gives_the_same_site_with_so_many_pages() {
        let wish = |seed| Wish { pages: 12, seed, cases: None }.site().unwrap();
        let (site, again) = (wish(3), wish(3));
        let pages = |site: &Site| site.pages.iter().map(|page| page.html.clone()).collect::<Vec<_>>();
        assert_eq!(pages(&site), pages(&again));
        assert_ne!(pages(&site), pages(&wish(4)));
        assert_eq!((site.pages.len(), site.real, site.told), (12, 0, 0));
        assert_eq!(pages(&site).iter().collect::<FxHashSet<_>>().len(), 12, "no two are the same");
        let address = "127.0.0.1:8000".parse().unwrap();
        let served = site.served(address);
        let text = |path: &str| String::from_utf8(served[path].1.to_vec()).unwrap();
        assert!(text("/robots.txt").contains("http://127.0.0.1:8000/sitemap.xml"));
        assert_eq!(text("/sitemap.xml").matches("<loc>").count(), 12);
        for page in &site.pages {
            assert!(page.path.starts_with("/pages/") && page.path.ends_with("-page"), "{}", page.path);
            assert!(text(&page.path).contains("<main>"));
            assert!(text("/").contains(&page.path), "the front page leads to every page");
        }
    }

    #[test]
    fn pages_of_real_cases_come_first_and_the_rest_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("html/one");
        std::fs::create_dir_all(&page).unwrap();
        std::fs::write(page.join("source.html"), "<p>A real page").unwrap();
        std::fs::create_dir_all(folder.path().join("retrieval")).unwrap();
        let told = r#"{ "data": [{ "title": "Oil_&_gas", "paragraphs": [{ "context": "a < b" }, { "context": "c" }] }] }"#;
        std::fs::write(folder.path().join("retrieval/squad_dev_part.json"), told).unwrap();
        let site = Wish { pages: 4, seed: 1, cases: Some(folder.path().to_owned()) }.site().unwrap();
        assert_eq!((site.pages.len(), site.real, site.told), (4, 1, 1));
        assert_eq!(site.pages[0].html, "<p>A real page");
        let told = String::from_utf8(site.pages[1].html.to_vec()).unwrap();
        assert!(told.contains("<h1>Oil &amp; gas</h1>") && told.contains("<p>a &lt; b</p>"), "{told}");
        assert!(told.contains("<p>c</p>"));
    }
}

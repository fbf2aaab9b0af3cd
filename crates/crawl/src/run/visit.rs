//! One page: asked for, read in the child process, and what came of it.

use std::time::Duration;

use robofy_kernel::RightOfWay;
use robofy_knowledge::extract::{ExtractError, Kind, Refusal, Signs};
use robofy_knowledge::library::{Library, LibraryError};
use robofy_net::Gate;
use robofy_store::sites::WaitingPage;
use url::Url;

use super::fetch::{self, Ask, Body, Got, LONGEST_PAUSE};
use super::hosts::{Host, Hosts};
use crate::{Permission, Robots, page_address};

/// How often a page is asked for while its host is busy.
const TRIES: u32 = 3;
/// A page that sends its readers on within so many seconds is another's address.
const SENT_ON_WITHIN: u32 = 10;
/// Reading stands aside for somebody who waits, but no longer than this.
const STANDS_ASIDE: Duration = Duration::from_millis(200);

/// Endings of files, by what servers call their content.
const ENDINGS: &[(&str, &str)] = &[
    ("text/csv", "csv"),
    ("text/markdown", "md"),
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("text/rtf", "rtf"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
];

/// What an owner reads of a site whose rules cannot be had.
const ROBOTS_UNKNOWN: &str =
    "The site's robots.txt could not be read, so it is not known what may be fetched.";

/// What an owner reads of a page that the server could not do its part for.
const UNREAD_NOW: &str = "The server could not read it now.";

/// What visits pages.
#[derive(Debug)]
pub(super) struct Visitor {
    pub library: Library,
    pub gate: Gate,
    pub way: RightOfWay,
    pub hosts: Hosts,
}

/// What came of a visit.
#[derive(Debug)]
pub(super) enum Visited {
    /// It was read.
    Read(Box<Read>),
    /// It has not changed.
    Same,
    /// Its content is elsewhere.
    Moved {
        /// Where.
        to: Url,
        /// Whether it is so for good.
        is_permanent: bool,
    },
    /// The site asks not to keep it; its links are followed all the same, unless it asks not to.
    Unwanted(Vec<Url>),
    /// It is no page and no document.
    OtherKind,
    /// robots.txt asks not to fetch it.
    Disallowed,
    /// It is gone for good.
    Gone,
    /// There is nothing at its address.
    Missing(u16),
    /// Nothing is known of it.
    Failed {
        /// Why, for the owner.
        reason: String,
        /// Whether the site is in trouble, rather than this page.
        is_trouble: bool,
    },
}

/// A page that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub kind: &'static str,
    pub title: Option<String>,
    pub text: String,
    /// The address that it says is its own, where that is another.
    pub canonical: Option<Url>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub links: Vec<Url>,
}

impl Visitor {
    /// Computes on the threads that are for it, when nobody's question is being answered.
    ///
    /// # Errors
    /// [`LibraryError::Stopped`] when it panicked.
    pub async fn compute<T: Send + 'static>(
        &self,
        slice: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LibraryError> {
        self.way.give(STANDS_ASIDE).await;
        self.library.compute(slice).await
    }

    /// Visits a page.
    pub async fn visit(&self, page: &WaitingPage) -> Visited {
        let Ok(url) = Url::parse(&page.url) else { return Visited::OtherKind };
        let host = self.hosts.of(&url);
        let robots = host.robots(self, &url).await;
        match robots.permission(&url) {
            Permission::Allowed => {}
            Permission::Disallowed => return Visited::Disallowed,
            Permission::Unknown => {
                return match host.refusal() {
                    Some(refused) => failed(refused.to_owned(), false),
                    None => failed(ROBOTS_UNKNOWN.to_owned(), true),
                };
            }
        }
        let got = self.ask((&host, robots), page, &url).await;
        match got {
            Got::Body(body) => self.read(&url, body).await,
            Got::Same { robots_tag } if says(&robots_tag, "noindex") => Visited::Unwanted(Vec::new()),
            Got::Same { .. } => Visited::Same,
            Got::Redirect { to, is_permanent } => moved(&url, &to, is_permanent),
            Got::Status(410) => Visited::Gone,
            Got::Status(404) => Visited::Missing(404),
            Got::Status(status) => failed(format!("The site answered with status {status}."), status >= 500),
            Got::Busy(Some(pause)) if pause > LONGEST_PAUSE => failed(
                format!("The site asked to come back in {} minutes.", pause.as_secs().div_ceil(60)),
                true,
            ),
            Got::Busy(_) => failed("The site asked to come back later, again and again.".into(), true),
            Got::OtherKind => Visited::OtherKind,
            Got::TooLarge => failed(ExtractError::FileTooLarge.to_string(), false),
            Got::Failed { reason, is_refused } => failed(reason, !is_refused),
        }
    }

    /// Asks for a page, and again while its host is busy, unless it asks for a pause that is too long to wait for.
    async fn ask(&self, (host, robots): (&Host, &Robots), page: &WaitingPage, url: &Url) -> Got {
        // What was read before counts only while the agent knows it.
        let (etag, last_modified) =
            if page.is_served { (page.etag.as_deref(), page.last_modified.as_deref()) } else { (None, None) };
        let mut attempt = 1;
        loop {
            let turn = host.turn(robots).await;
            let got = fetch::get(self, url, Ask { etag, last_modified, ..Ask::default() }).await;
            if let Got::Busy(pause) = &got {
                let pause = pause.unwrap_or(Duration::from_secs(2 << attempt));
                if attempt < TRIES && pause <= LONGEST_PAUSE {
                    // The place is kept: others would only be told the same.
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                    continue;
                }
            }
            drop(turn);
            return got;
        }
    }

    async fn read(&self, url: &Url, body: Body) -> Visited {
        let is_page = match body.media_type.as_deref() {
            Some(kind) => kind == "text/html" || kind == "application/xhtml+xml",
            None => body.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<'),
        };
        // What an owner uploads goes first, then somebody's question.
        let _place = match self.library.extractor().background().await {
            Ok(place) => place,
            Err(error) => return unreadable(&error),
        };
        self.way.give(STANDS_ASIDE).await;
        let unwanted = says(&body.robots_tag, "noindex");
        if is_page {
            return self.read_page(url, body, unwanted).await;
        }
        if unwanted {
            return Visited::Unwanted(Vec::new());
        }
        let Body { bytes, media_type, etag, last_modified, .. } = body;
        let name = file_name(url, media_type.as_deref());
        let (kind, bytes) = match self.compute(move || (Kind::detect(&name, &bytes), bytes)).await {
            Ok((Ok(kind), bytes)) => (kind, bytes),
            Ok((Err(error), _)) if error.refusal() == Refusal::Unsupported => return Visited::OtherKind,
            Ok((Err(error), _)) => return failed(error.to_string(), false),
            Err(error) => {
                tracing::warn!(%error, "a page could not be looked at");
                return failed(UNREAD_NOW.into(), false);
            }
        };
        match self.library.extractor().extract_as(kind, bytes).await {
            Ok(read) => Visited::Read(Box::new(Read {
                kind: kind.name(),
                title: read.title,
                text: read.text,
                canonical: None,
                etag,
                last_modified,
                links: Vec::new(),
            })),
            Err(error) => unreadable(&error),
        }
    }

    async fn read_page(&self, url: &Url, body: Body, is_unwanted: bool) -> Visited {
        let Body { bytes, charset, etag, last_modified, robots_tag, .. } = body;
        let page = match self.library.extractor().read_page(bytes, charset.as_deref()).await {
            Ok(page) => page,
            Err(error) => return unreadable(&error),
        };
        let signs = page.signs;
        if let Some((seconds, to)) = &signs.refresh
            && *seconds <= SENT_ON_WITHIN
            && let Ok(to) = base(url, &signs).join(to)
            && page_address(&to).is_some_and(|to| to != *url)
        {
            return moved(url, &to, false);
        }
        let is_followed = !signs.nofollow && !says(&robots_tag, "nofollow");
        let links = if is_followed { links(url, &signs) } else { Vec::new() };
        if is_unwanted || signs.noindex {
            return Visited::Unwanted(links);
        }
        let canonical = signs.canonical.as_deref().and_then(|text| base(url, &signs).join(text).ok());
        let canonical = canonical.and_then(|canonical| page_address(&canonical)).filter(|to| to != url);
        Visited::Read(Box::new(Read {
            kind: "page",
            title: page.title,
            text: page.text,
            canonical,
            etag,
            last_modified,
            links,
        }))
    }
}

fn moved(from: &Url, to: &Url, is_permanent: bool) -> Visited {
    match page_address(to) {
        Some(to) if to == *from => failed("It sends its visitors on to itself.".into(), false),
        Some(to) => Visited::Moved { to, is_permanent },
        None => failed("It sends its visitors on to an address that is none of a page.".into(), false),
    }
}

fn failed(reason: String, is_trouble: bool) -> Visited {
    Visited::Failed { reason, is_trouble }
}

fn unreadable(error: &ExtractError) -> Visited {
    match error.refusal() {
        Refusal::Unsupported => Visited::OtherKind,
        Refusal::Ours => {
            tracing::warn!(%error, "a page could not be read");
            failed(UNREAD_NOW.into(), false)
        }
        Refusal::TooLarge | Refusal::Invalid => failed(error.to_string(), false),
    }
}

/// The name by which it is told what a document is: its own, where that is a document's, else one that ends as what the server
/// says it sends. A script's name (`export.php`) says nothing of what it writes.
fn file_name(url: &Url, media_type: Option<&str>) -> String {
    let name = url.path_segments().and_then(Iterator::last).unwrap_or_default();
    if Kind::is_named(name) {
        return name.to_owned();
    }
    match ENDINGS.iter().find(|(kind, _)| media_type == Some(*kind)) {
        Some((_, ending)) => format!("document.{ending}"),
        // Text may be any that is read; its content tells.
        None if media_type == Some("text/plain") => "document".to_owned(),
        None => name.to_owned(),
    }
}

/// The address that a page's links are relative to.
fn base(url: &Url, signs: &Signs) -> Url {
    let base = signs.base.as_deref().and_then(|base| url.join(base).ok());
    base.filter(|base| !base.cannot_be_a_base()).unwrap_or_else(|| url.clone())
}

/// The pages that a page leads to, each once.
fn links(url: &Url, signs: &Signs) -> Vec<Url> {
    let base = base(url, signs);
    let mut pages: Vec<Url> =
        signs.links.iter().filter_map(|link| page_address(&base.join(link).ok()?)).collect();
    let mut seen = std::collections::HashSet::new();
    pages.retain(|page| page != url && seen.insert(page.clone()));
    pages
}

/// Whether a list of rules for robots holds one.
fn says(rules: &str, rule: &str) -> bool {
    rules.split(',').map(str::trim).any(|one| one == rule || one == "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_its_address_or_by_its_server() {
        for (path, media_type, expected) in [
            ("/export.php", Some("text/csv"), "document.csv"),
            ("/export?format=csv", Some("text/csv"), "document.csv"),
            ("/notes.aspx", Some("text/plain"), "document"),
            ("/prices.csv", Some("application/vnd.ms-excel"), "prices.csv"),
            ("/readme.md", Some("text/plain"), "readme.md"),
            ("/download.php", Some("application/octet-stream"), "download.php"),
            ("/feed.xml", Some("application/xml"), "feed.xml"),
            (
                "/download.do",
                Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                "document.xlsx",
            ),
            ("/hours", None, "hours"),
        ] {
            let url = Url::parse(&format!("https://a.org{path}")).unwrap_or_else(|_| panic!("{path}"));
            assert_eq!(file_name(&url, media_type), expected, "{path} {media_type:?}");
        }
    }
}

//! The pages of a run: listed, visited, stored, and published as soon as it is known what repeats.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use robofy_kernel::{Op, Stopwatch};
use robofy_knowledge::library::LibraryError;
use robofy_store::blobs::hash;
use robofy_store::sites::{FoundPage, PageOutcome, ReadPage, SiteRules, UnreadPage, WaitingPage};
use url::Url;

use super::settle::served_hash;
use super::visit::{Read, Visited};
use super::{End, Run, listing, scope};
use crate::{agrees, is_page_or_document, is_trap};

/// Pages that are fetched and read at once.
const AT_ONCE: usize = 4;
/// So many pages in a row of which nothing can be known: the site is in trouble, and is left alone.
const MOST_TROUBLE: usize = 20;
/// New pages are published when there are so many …
const BATCH: usize = 20;
/// … or when the first of them has waited so long.
const BATCH_AGE: Duration = Duration::from_secs(2);
/// A redirect leads on to so many others at most.
const MOST_HOPS: u32 = 10;
/// A start leads to so many other hosts at most.
const MOST_FOLLOWED: usize = 5;
/// Addresses that are remembered for each page that may be read …
const FOUND_PER_PAGE: i64 = 20;
/// … and at least.
const LEAST_FOUND: i64 = 1000;

impl Run<'_> {
    /// Reads the sitemaps, once in a run.
    pub(super) async fn list(&mut self) -> Result<(), LibraryError> {
        if self.crawl.is_listed || !self.crawl.rules.use_sitemap {
            return Ok(());
        }
        let SiteRules { starts, followed, .. } = &self.crawl.rules.0;
        let starts: Vec<Url> = starts.iter().chain(followed).filter_map(|url| Url::parse(url).ok()).collect();
        let listing = listing::read(&self.visitor, &self.scope, &starts, self.most_found());
        let listing = tokio::select! {
            listing = listing => listing?,
            () = self.job.ending() => return Ok(()),
        };
        for (map, reason) in listing.unread {
            self.unread_map(map, reason).await?;
        }
        self.found(listing.pages, 1, true).await
    }

    /// Tells the owner of a sitemap that could not be read: among the pages that failed.
    async fn unread_map(&mut self, map: Url, reason: String) -> Result<(), LibraryError> {
        let url: String = map.into();
        self.seen.insert(url.clone(), 0);
        let found = vec![FoundPage { url: url.clone(), depth: 0 }];
        self.store().add_found_pages(self.op(), &self.job.lease, &self.crawl, found, false).await?;
        let failure = Some(reason);
        // It is no page, and is not to be fetched as one.
        self.unread(url, UnreadPage { failure, ..UnreadPage::of(PageOutcome::Excluded) }).await
    }

    fn most_found(&self) -> usize {
        let most = self.crawl.rules.most_pages.saturating_mul(FOUND_PER_PAGE).max(LEAST_FOUND);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Stores addresses that are to be visited.
    async fn found(&mut self, pages: Vec<Url>, depth: i64, is_listed: bool) -> Result<(), LibraryError> {
        let mut new = Vec::new();
        if depth <= self.crawl.rules.most_depth && !self.crawl.is_look {
            for page in pages {
                let is_wanted = self.scope.admits(&page) && !is_trap(&page) && is_page_or_document(&page);
                if !is_wanted {
                    continue;
                }
                // A page may be nearer than the run before had found it.
                let is_news = match self.seen.get(page.as_str()) {
                    Some(known) => depth < *known,
                    None => self.seen.len() < self.most_found(),
                };
                if is_news {
                    self.seen.insert(page.as_str().to_owned(), depth);
                    new.push(FoundPage { url: page.into(), depth });
                }
            }
        }
        if !new.is_empty() || is_listed {
            let lease = &self.job.lease;
            self.store().add_found_pages(self.op(), lease, &self.crawl, new, is_listed).await?;
        }
        Ok(())
    }

    /// Visits pages, the nearest first, until there are no more or enough.
    pub(super) async fn fetch(&mut self) -> Result<End, LibraryError> {
        let mut under_way: HashSet<String> = HashSet::new();
        let mut waiting: VecDeque<WaitingPage> = VecDeque::new();
        let mut visits = FuturesUnordered::new();
        // A level is visited when the one before is done: else the depth of a page would depend on which page of two that
        // lead to it was faster.
        let mut level = i64::MIN;
        loop {
            if self.is_called_off || self.job.is_called_off() {
                return Ok(End::Cancelled);
            }
            if self.job.is_stopping() {
                return Ok(End::Stopped);
            }
            if self.trouble >= MOST_TROUBLE {
                return Ok(End::Trouble);
            }
            let is_over = self.began.elapsed() >= self.turn;
            while !is_over && visits.len() < AT_ONCE && self.has_room_for(visits.len()) {
                if waiting.is_empty() {
                    let most = i64::try_from(AT_ONCE * 8).unwrap_or(i64::MAX);
                    let next = self.store().list_waiting_pages(self.op().account, &self.crawl, most).await?;
                    waiting.extend(next.into_iter().filter(|page| !under_way.contains(&page.url)));
                }
                let Some(depth) = waiting.front().map(|page| page.depth) else { break };
                if depth > level {
                    if !visits.is_empty() {
                        break;
                    }
                    waiting.clear();
                    level = depth;
                    continue;
                }
                let Some(page) = waiting.pop_front() else { break };
                let is_admitted = Url::parse(&page.url).is_ok_and(|url| self.scope.admits(&url));
                if !is_admitted {
                    self.unread(page.url, UnreadPage::of(PageOutcome::Excluded)).await?;
                    continue;
                }
                under_way.insert(page.url.clone());
                let visitor = Arc::clone(&self.visitor);
                visits.push(async move {
                    let visited = visitor.visit(&page).await;
                    (page, visited)
                });
            }
            let visited = tokio::select! {
                visited = visits.next() => visited,
                () = self.job.ending() => continue,
            };
            let Some((page, visited)) = visited else {
                return Ok(if is_over { End::TurnOver } else { End::Done });
            };
            under_way.remove(&page.url);
            self.store_visit(page, visited).await?;
            let is_old = self.fresh_since.as_ref().is_some_and(|since| since.elapsed() >= BATCH_AGE);
            if self.fresh.len() >= BATCH || is_old {
                self.publish_fresh().await?;
            }
        }
    }

    fn has_room_for(&self, under_way: usize) -> bool {
        let under_way = i64::try_from(under_way).unwrap_or(i64::MAX);
        self.read.saturating_add(under_way) < self.crawl.rules.most_pages
    }

    async fn store_visit(&mut self, page: WaitingPage, visited: Visited) -> Result<(), LibraryError> {
        let (url, depth, missing_since) = (page.url.clone(), page.depth, page.missing_since);
        let is_trouble = matches!(&visited, Visited::Failed { is_trouble: true, .. });
        self.trouble = if is_trouble { self.trouble + 1 } else { 0 };
        match visited {
            Visited::Read(read) => self.store_read(page, *read).await,
            Visited::Same => {
                self.read += 1;
                self.is_called_off |= self.store().put_same_page(&self.job.lease, &self.crawl, url).await?;
                Ok(())
            }
            Visited::Moved { .. } if self.hops.get(&url).is_some_and(|hops| *hops >= MOST_HOPS) => {
                let failure = Some("It leads from one address to the next without end.".to_owned());
                let unknown = UnreadPage::of(PageOutcome::Unknown);
                self.unread(url, UnreadPage { missing_since, failure, ..unknown }).await
            }
            Visited::Moved { to, is_permanent } => {
                self.follow(&page, &to, is_permanent).await?;
                let outcome = match (self.scope.admits(&to), is_permanent) {
                    (true, _) => PageOutcome::Excluded,
                    (false, true) => PageOutcome::Unwanted,
                    // A site that is closed for a while sends its visitors elsewhere.
                    (false, false) => PageOutcome::Unknown,
                };
                let moved_to = Some(to.into());
                self.unread(url, UnreadPage { missing_since, moved_to, ..UnreadPage::of(outcome) }).await
            }
            Visited::Unwanted(links) => {
                self.found(links, depth + 1, false).await?;
                self.unread(url, UnreadPage::of(PageOutcome::Unwanted)).await
            }
            Visited::Disallowed | Visited::OtherKind => {
                self.unread(url, UnreadPage::of(PageOutcome::Unwanted)).await
            }
            Visited::Gone => {
                let failure = Some("The site says that it is gone for good (status 410).".to_owned());
                self.unread(url, UnreadPage { failure, ..UnreadPage::of(PageOutcome::Gone) }).await
            }
            Visited::Missing(status) => {
                // Judged by when it was fetched: the crawl may go on for hours.
                let now = Op::now(self.op());
                let is_gone = agrees(missing_since, now);
                let outcome = if is_gone { PageOutcome::Gone } else { PageOutcome::Missing };
                let failure = Some(format!("There is nothing at this address (status {status})."));
                let missing_since = missing_since.or(Some(now));
                self.unread(url, UnreadPage { missing_since, failure, ..UnreadPage::of(outcome) }).await
            }
            Visited::Failed { reason, .. } => {
                self.last_trouble = Some(reason.clone());
                let failure = Some(reason);
                let unknown = UnreadPage::of(PageOutcome::Unknown);
                self.unread(url, UnreadPage { missing_since, failure, ..unknown }).await
            }
        }
    }

    async fn unread(&mut self, url: String, page: UnreadPage) -> Result<(), LibraryError> {
        let stored = self.store().put_unread_page(&self.job.lease, &self.crawl, url, page);
        self.is_called_off |= stored.await?;
        Ok(())
    }

    /// Goes on to where a page's content is. A start may lead to another host: then that is the site's, but not when a start
    /// that was read before only leads there for now.
    async fn follow(&mut self, page: &WaitingPage, to: &Url, is_permanent: bool) -> Result<(), LibraryError> {
        let SiteRules { starts, followed, .. } = &self.crawl.rules.0;
        let is_start = starts.contains(&page.url) || followed.contains(&page.url);
        let is_theirs = is_permanent || !page.is_served;
        if is_start
            && is_theirs
            && followed.len() < MOST_FOLLOWED
            && !self.scope.is_at_home(to)
            && !self.crawl.is_look
        {
            let mut rules: SiteRules = self.crawl.rules.0.clone();
            rules.followed.push(to.as_str().to_owned());
            if let Some(scope) = scope(&rules) {
                self.store().set_crawl_rules(&self.job.lease, &self.crawl, rules.clone()).await?;
                self.crawl.rules.0 = rules;
                self.scope = scope;
            }
        }
        if !self.seen.contains_key(to.as_str()) {
            let hops = self.hops.get(&page.url).copied().unwrap_or_default();
            self.hops.insert(to.as_str().to_owned(), hops + 1);
        }
        self.found(vec![to.clone()], page.depth, false).await
    }

    async fn store_read(&mut self, page: WaitingPage, read: Read) -> Result<(), LibraryError> {
        let Read { kind, title, text, canonical, etag, last_modified, links } = read;
        self.found(links, page.depth + 1, false).await?;
        let canonical = canonical.filter(|to| self.scope.is_at_home(to));
        if let Some(canonical) = &canonical {
            self.found(vec![canonical.clone()], page.depth, false).await?;
        }
        let (mut repeats, is_page) = (std::mem::take(&mut self.repeats), kind == "page");
        let (repeats, text, number, text_hash) = self
            .compute(move || {
                let number = is_page.then(|| repeats.add(&text));
                let text_hash = hash(text.as_bytes());
                (repeats, text, number, text_hash)
            })
            .await?;
        self.repeats = repeats;
        let is_first = self.texts.insert(text_hash);
        let stored = ReadPage {
            kind: kind.to_owned(),
            title,
            canonical: canonical.as_ref().map(|url| url.as_str().to_owned()),
            text,
            etag,
            last_modified,
        };
        let stored = self.store().put_read_page(&self.job.lease, &self.crawl, page.url.clone(), stored);
        self.is_called_off |= stored.await?;
        self.read += 1;
        // The rest is published at the end, when it is known what repeats.
        if is_first && canonical.is_none() && !page.is_served {
            self.fresh.push((page.url, number));
            self.fresh_since.get_or_insert_with(Stopwatch::start);
        }
        Ok(())
    }

    /// Publishes new pages as far as it is known what repeats, so that the agent answers while the crawl goes on.
    pub(super) async fn publish_fresh(&mut self) -> Result<(), LibraryError> {
        self.fresh_since = None;
        for (url, number) in std::mem::take(&mut self.fresh) {
            let account = self.op().account;
            let page = self.store().find_site_page(account, &self.crawl, &url).await?;
            let text = self.store().find_site_text(account, self.crawl.site_id, &url).await?;
            let (Some(page), Some(text)) = (page, text) else { continue };
            let (repeats, title) = (std::mem::take(&mut self.repeats), page.title.clone());
            let (repeats, text, hash) = self
                .compute(move || {
                    let text = match number {
                        Some(number) => repeats.strip(number, &text),
                        None => text,
                    };
                    let hash = served_hash(title.as_deref(), &text);
                    (repeats, text, hash)
                })
                .await?;
            self.repeats = repeats;
            if text.chars().any(char::is_alphanumeric) {
                self.publish(&page, text, hash).await?;
            }
        }
        Ok(())
    }
}

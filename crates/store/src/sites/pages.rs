//! A site's pages: found, read, served, gone.

use robofy_kernel::{AccountId, AssetId, Op, RunId, SiteId, Timestamp, text_enum};

use super::Crawl;
use super::runs::ERRORS_KEPT;
use crate::agents::next_content_version;
use crate::jobs::{Lease, hold};
use crate::{Lane, Result, Store, Tx};

statements! {
    // An address that the run has met already stays as it is.
    FOUND = "INSERT INTO site_pages (account_id, site_id, url, run_id, depth, state, outcome, asset_id) VALUES ($1, $2, $3, $4, $5, 'waiting', 'unknown', $6)
             ON CONFLICT (account_id, site_id, url) DO UPDATE SET run_id = excluded.run_id, depth = excluded.depth, state = 'waiting', outcome = 'unknown'
              WHERE site_pages.run_id <> excluded.run_id";
    // It is nearer to a start than it was known to be.
    NEARER = "UPDATE site_pages SET depth = $5 WHERE account_id = $1 AND site_id = $2 AND url = $3 AND run_id = $4 AND state = 'waiting' AND depth > $5";
    COUNT_FOUND = "UPDATE crawl_runs SET pages_found = pages_found + $3, is_listed = (is_listed OR $4) WHERE account_id = $1 AND run_id = $2";
    WAITING = "SELECT url, depth, etag, last_modified, missing_since, served_hash IS NOT NULL AS is_served
                 FROM site_pages WHERE account_id = $1 AND site_id = $2 AND run_id = $3 AND state = 'waiting'
                ORDER BY depth, url LIMIT $4";
    READ = "UPDATE site_pages SET state = 'read', outcome = 'there', kind = $5, title = $6, canonical = $7, text_hash = $8, etag = $9,
                   last_modified = $10, missing_since = NULL, moved_to = NULL
             WHERE account_id = $1 AND site_id = $2 AND url = $3 AND run_id = $4 AND state = 'waiting'";
    SAME = "UPDATE site_pages SET state = 'same', outcome = 'there', missing_since = NULL, moved_to = NULL
             WHERE account_id = $1 AND site_id = $2 AND url = $3 AND run_id = $4 AND state = 'waiting'";
    NOT_READ = "UPDATE site_pages SET state = $5, outcome = $6, missing_since = $7, moved_to = $8
                 WHERE account_id = $1 AND site_id = $2 AND url = $3 AND run_id = $4 AND state = 'waiting'";
    PUT_TEXT = "INSERT INTO site_texts (account_id, site_id, url, body) VALUES ($1, $2, $3, $4)
                ON CONFLICT (account_id, site_id, url) DO UPDATE SET body = excluded.body";
    COUNT_READ = "UPDATE crawl_runs SET pages_crawled = pages_crawled + $3, pages_failed = pages_failed + $4 WHERE account_id = $1 AND run_id = $2";
    PUT_ERROR = "INSERT INTO crawl_errors (account_id, run_id, url, reason)
                 SELECT $1, $2, $3, $4 WHERE (SELECT COUNT(*) FROM crawl_errors WHERE account_id = $1 AND run_id = $2) < $5
                 ON CONFLICT (account_id, run_id, url) DO NOTHING";
    LIST = "SELECT url, run_id, depth, state, outcome, asset_id, kind, title, canonical, moved_to, text_hash, served_hash, served_by, missing_since,
                   EXISTS (SELECT 1 FROM asset_links l WHERE l.account_id = p.account_id AND l.chatbot_id = $3 AND l.asset_id = p.asset_id
                                                         AND NOT l.removed) AS is_linked
              FROM site_pages p WHERE p.account_id = $1 AND p.site_id = $2 AND (text_hash IS NOT NULL OR served_hash IS NOT NULL)";
    FIND = "SELECT url, run_id, depth, state, outcome, asset_id, kind, title, canonical, moved_to, text_hash, served_hash, served_by, missing_since,
                   EXISTS (SELECT 1 FROM asset_links l WHERE l.account_id = p.account_id AND l.chatbot_id = $3 AND l.asset_id = p.asset_id
                                                         AND NOT l.removed) AS is_linked
              FROM site_pages p WHERE p.account_id = $1 AND p.site_id = $2 AND url = $4";
    TEXT = "SELECT body FROM site_texts WHERE account_id = $1 AND site_id = $2 AND url = $3";
    ADDRESSES = "SELECT url, depth FROM site_pages WHERE account_id = $1 AND site_id = $2 AND run_id = $3";
    SERVED = "UPDATE site_pages SET served_by = (CASE WHEN served_hash IS NULL THEN $5 ELSE served_by END), served_hash = $4
               WHERE account_id = $1 AND site_id = $2 AND url = $3";
    WITHDRAWN = "UPDATE site_pages SET served_by = NULL, served_hash = NULL WHERE account_id = $1 AND site_id = $2 AND url = $3";
    // It is read as if for the first time when it comes back.
    FORGET = "UPDATE site_pages SET text_hash = NULL, etag = NULL, last_modified = NULL, missing_since = NULL
                WHERE account_id = $1 AND site_id = $2 AND url = $3";
    FORGET_TEXT = "DELETE FROM site_texts WHERE account_id = $1 AND site_id = $2 AND url = $3";
    LOCK_ASSET = "UPDATE assets SET updated_at = updated_at WHERE account_id = $1 AND asset_id = $2 RETURNING asset_id";
    DELINK = "UPDATE asset_links SET seq = $4, removed = TRUE, updated_at = $5 WHERE account_id = $1 AND chatbot_id = $2 AND asset_id = $3 AND NOT removed";
}

/// So many addresses are stored in a unit.
pub(super) const A_UNIT: usize = 200;

text_enum! {
    /// Where a page stands in the last run that met it.
    pub enum PageState {
        /// Found, not fetched.
        Waiting = "waiting",
        /// Fetched and read.
        Read = "read",
        /// Not changed since it was read.
        Same = "same",
        /// It could not be read.
        Failed = "failed",
        /// It is none to be read: another kind of file, another page's address, or the site asks not to.
        Skipped = "skipped",
    }
}

text_enum! {
    /// What is known of a page after its last fetch.
    pub enum PageOutcome {
        /// It is there.
        There = "there",
        /// It is gone for good (410).
        Gone = "gone",
        /// There is nothing at its address (404).
        Missing = "missing",
        /// The site asks not to keep it.
        Unwanted = "unwanted",
        /// It is not to be crawled any more, or what it said has another address by now.
        Excluded = "excluded",
        /// Nothing is known.
        Unknown = "unknown",
    }
}

/// An address that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPage {
    /// The address.
    pub url: String,
    /// Links between it and a start.
    pub depth: i64,
}

/// A page to be fetched.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WaitingPage {
    /// Its address.
    pub url: String,
    /// Links between it and a start.
    pub depth: i64,
    /// The `ETag` of what was read last.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
    /// Since when it is missing.
    pub missing_since: Option<Timestamp>,
    /// Whether the agent knows it.
    pub is_served: bool,
}

/// What reading a page gave.
#[derive(Clone, Debug)]
pub struct ReadPage {
    /// `page`, or the kind of document.
    pub kind: String,
    /// Its title.
    pub title: Option<String>,
    /// The address that it says is its own, where that is another's.
    pub canonical: Option<String>,
    /// Its text.
    pub text: String,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A page that was not read.
#[derive(Clone, Debug)]
pub struct UnreadPage {
    /// What is known of it.
    pub outcome: PageOutcome,
    /// Since when it is missing; what was known of that before is replaced.
    pub missing_since: Option<Timestamp>,
    /// Where what it said is by now.
    pub moved_to: Option<String>,
    /// Why it failed, for the owner; without, it was skipped.
    pub failure: Option<String>,
}

impl UnreadPage {
    /// One of which nothing else is to be said.
    #[must_use]
    pub const fn of(outcome: PageOutcome) -> Self {
        Self { outcome, missing_since: None, moved_to: None, failure: None }
    }
}

/// A page of which there is a text.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SitePage {
    /// Its address.
    pub url: String,
    /// The run that met it last.
    pub run_id: RunId,
    /// Links between it and a start.
    pub depth: i64,
    /// Where it stands in that run.
    pub state: PageState,
    /// What is known of it.
    pub outcome: PageOutcome,
    /// The asset that it is, or is to be.
    pub asset_id: AssetId,
    /// `page`, or the kind of document.
    pub kind: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The address that it says is its own, where that is another's.
    pub canonical: Option<String>,
    /// Where what it said is by now.
    pub moved_to: Option<String>,
    /// SHA-256 of its text.
    pub text_hash: Option<Vec<u8>>,
    /// What was published of it ([`Store::put_served_page`]); `None` when nothing is.
    pub served_hash: Option<Vec<u8>>,
    /// The run that made it known.
    pub served_by: Option<RunId>,
    /// Whether the agent is linked to it: the owner may have taken out what a crawl published.
    pub is_linked: bool,
    /// Since when it is missing.
    pub missing_since: Option<Timestamp>,
}

impl Store {
    /// Stores addresses that a run found; `is_listed` says that the sitemaps have been read. Gives how many were new.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`], or the database is away.
    pub async fn add_found_pages(
        &self,
        op: &Op,
        lease: &Lease,
        crawl: &Crawl,
        found: Vec<FoundPage>,
        is_listed: bool,
    ) -> Result<i64> {
        let mut new = 0;
        let mut units: Vec<Vec<FoundPage>> = found.chunks(A_UNIT).map(<[_]>::to_vec).collect();
        if units.is_empty() && is_listed {
            units.push(Vec::new());
        }
        let last = units.len();
        for (number, pages) in units.into_iter().enumerate() {
            let (op, lease, run, site) = (op.clone(), lease.clone(), crawl.run_id, crawl.site_id);
            let is_listed = is_listed && number + 1 == last;
            new += self
                .write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move {
                        hold(&mut tx, &lease).await?;
                        let mut new = 0;
                        for page in &pages {
                            new += insert_found(&mut tx, &op, site, run, page).await?;
                        }
                        execute!(tx.conn(), COUNT_FOUND, op.account, run, new, is_listed)?;
                        Ok(new)
                    })
                })
                .await?;
        }
        Ok(new)
    }

    /// The next pages that a run is to fetch, those nearest to the starts first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_waiting_pages(
        &self,
        account: AccountId,
        crawl: &Crawl,
        most: i64,
    ) -> Result<Vec<WaitingPage>> {
        fetch_all!(self.reader(), WaitingPage, WAITING, account, crawl.site_id, crawl.run_id, most)
    }

    /// All addresses that a run has met, with their links from a start.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_run_addresses(&self, account: AccountId, crawl: &Crawl) -> Result<Vec<(String, i64)>> {
        fetch_all!(self.reader(), (String, i64), ADDRESSES, account, crawl.site_id, crawl.run_id)
    }

    /// Stores a page that was read. Says whether the run was called off meanwhile.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`], or the database is away.
    pub async fn put_read_page(
        &self,
        lease: &Lease,
        crawl: &Crawl,
        url: String,
        page: ReadPage,
    ) -> Result<bool> {
        let (account, run, site) = (lease.account_id, crawl.run_id, crawl.site_id);
        let lease = lease.clone();
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                let is_called_off = hold(&mut tx, &lease).await?;
                let done = execute!(
                    tx.conn(),
                    READ,
                    account,
                    site,
                    &url,
                    run,
                    &page.kind,
                    &page.title,
                    &page.canonical,
                    crate::blobs::hash(page.text.as_bytes()),
                    &page.etag,
                    &page.last_modified
                )?;
                if done > 0 {
                    execute!(tx.conn(), PUT_TEXT, account, site, &url, &page.text)?;
                    execute!(tx.conn(), COUNT_READ, account, run, 1_i64, 0_i64)?;
                }
                Ok(is_called_off)
            })
        })
        .await
    }

    /// Stores that a page is as it was. Says whether the run was called off meanwhile.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`], or the database is away.
    pub async fn put_same_page(&self, lease: &Lease, crawl: &Crawl, url: String) -> Result<bool> {
        let (account, run, site) = (lease.account_id, crawl.run_id, crawl.site_id);
        let lease = lease.clone();
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                let is_called_off = hold(&mut tx, &lease).await?;
                if execute!(tx.conn(), SAME, account, site, &url, run)? > 0 {
                    execute!(tx.conn(), COUNT_READ, account, run, 1_i64, 0_i64)?;
                }
                Ok(is_called_off)
            })
        })
        .await
    }

    /// Stores that a page was not read, and why. Says whether the run was called off meanwhile.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`], or the database is away.
    pub async fn put_unread_page(
        &self,
        lease: &Lease,
        crawl: &Crawl,
        url: String,
        page: UnreadPage,
    ) -> Result<bool> {
        let (account, run, site) = (lease.account_id, crawl.run_id, crawl.site_id);
        let lease = lease.clone();
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                let is_called_off = hold(&mut tx, &lease).await?;
                let UnreadPage { outcome, missing_since, moved_to, failure } = page;
                let state = if failure.is_some() { PageState::Failed } else { PageState::Skipped };
                let done = execute!(
                    tx.conn(),
                    NOT_READ,
                    account,
                    site,
                    &url,
                    run,
                    state,
                    outcome,
                    missing_since,
                    moved_to
                )?;
                if let (true, Some(reason)) = (done > 0, failure) {
                    execute!(tx.conn(), PUT_ERROR, account, run, &url, reason, ERRORS_KEPT)?;
                    execute!(tx.conn(), COUNT_READ, account, run, 0_i64, 1_i64)?;
                }
                Ok(is_called_off)
            })
        })
        .await
    }

    /// The pages of a site of which there is a text, in no order.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_site_pages(&self, account: AccountId, crawl: &Crawl) -> Result<Vec<SitePage>> {
        fetch_all!(self.reader(), SitePage, LIST, account, crawl.site_id, &crawl.chatbot_id)
    }

    /// A page of a site.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_site_page(
        &self,
        account: AccountId,
        crawl: &Crawl,
        url: &str,
    ) -> Result<Option<SitePage>> {
        fetch_optional!(self.reader(), SitePage, FIND, account, crawl.site_id, &crawl.chatbot_id, url)
    }

    /// The text of a page as it was read.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_site_text(
        &self,
        account: AccountId,
        site: SiteId,
        url: &str,
    ) -> Result<Option<String>> {
        let row = fetch_optional!(self.reader(), (String,), TEXT, account, site, url)?;
        Ok(row.map(|row| row.0))
    }

    /// Stores that the agent knows a page, as it was published: `served_hash` is for the caller to compare.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`], or the database is away.
    pub async fn put_served_page(
        &self,
        lease: &Lease,
        crawl: &Crawl,
        url: String,
        served_hash: Vec<u8>,
    ) -> Result<()> {
        let (account, lease) = (lease.account_id, lease.clone());
        let (site, run) = (crawl.site_id, crawl.run_id);
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                hold(&mut tx, &lease).await?;
                execute!(tx.conn(), SERVED, account, site, &url, served_hash, run)?;
                Ok(())
            })
        })
        .await
    }

    /// Takes a page out of the agent's index; its asset and versions stay. With `forget`, it is read as if for the first
    /// time when it comes back.
    ///
    /// # Errors
    /// [`crate::StoreError::LeaseLost`], or the database is away.
    pub async fn withdraw_page(
        &self,
        op: &Op,
        lease: &Lease,
        crawl: &Crawl,
        page: &SitePage,
        forget: bool,
    ) -> Result<()> {
        let (account, now, site, chatbot) = (op.account, op.now(), crawl.site_id, crawl.chatbot_id.clone());
        let (lease, url, asset, is_linked) = (lease.clone(), page.url.clone(), page.asset_id, page.is_linked);
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                hold(&mut tx, &lease).await?;
                if is_linked {
                    fetch_optional!(tx.conn(), (AssetId,), LOCK_ASSET, account, asset)?;
                    if let Some(seq) = next_content_version(&mut tx, account, &chatbot).await? {
                        execute!(tx.conn(), DELINK, account, &chatbot, asset, seq, now)?;
                    }
                }
                execute!(tx.conn(), WITHDRAWN, account, site, &url)?;
                if forget {
                    execute!(tx.conn(), FORGET, account, site, &url)?;
                    execute!(tx.conn(), FORGET_TEXT, account, site, &url)?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// Stores an address in this unit; 1 when the run has not met it yet.
pub(super) async fn insert_found(
    tx: &mut Tx<'_>,
    op: &Op,
    site: SiteId,
    run: RunId,
    page: &FoundPage,
) -> Result<i64> {
    let asset = AssetId(op.ids.number());
    let new = execute!(tx.conn(), FOUND, op.account, site, &page.url, run, page.depth, asset)?;
    if new == 0 {
        execute!(tx.conn(), NEARER, op.account, site, &page.url, run, page.depth)?;
    }
    Ok(i64::try_from(new).unwrap_or(0))
}

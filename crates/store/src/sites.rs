//! Websites that agents learn, the runs that crawl them, and their pages.
//!
//! A run is a job of the kind [`CRAWL`]; the run's row and its job are made in one unit. What the worker finds is stored
//! under its lease, a page a unit, so a crawl that is killed goes on after the last page that was stored.
//!
//! A page has its row as soon as its address is known, for as long as the site is there. `run_id` and `state` say where it
//! stands in the last run that met it; `served_hash` says whether the agent knows it.

pub(crate) mod pages;
pub(crate) mod runs;

use std::time::Duration;

use robofy_kernel::{ChatbotId, Environment, JobId, Op, RunId, SiteId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::types::Json;

pub use pages::{FoundPage, PageOutcome, PageState, ReadPage, SitePage, UnreadPage, WaitingPage};
pub use runs::{Crawl, CrawlError, CrawlRun, CrawlStatus};

use crate::engine::unit;
use crate::jobs::{Finish, Lease, NewJob, Schedule, cancel, enqueue, finish, hold, schedule, unschedule};
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError, Tx};

statements! {
    PUT_SITE = "INSERT INTO sites (account_id, site_id, chatbot_id, home, rules, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
                ON CONFLICT (account_id, chatbot_id, home) DO UPDATE SET rules = excluded.rules, updated_at = excluded.updated_at
                RETURNING site_id";
    FIND_SITE = "SELECT chatbot_id, rules FROM sites WHERE account_id = $1 AND site_id = $2";
    FIND_HOME = "SELECT chatbot_id, rules FROM sites WHERE account_id = $1 AND chatbot_id = $2 AND home = $3";
    // Links of a page that has not changed are not read again, so pages that the rules have let in since would not be found.
    FETCH_ALL = "UPDATE site_pages SET etag = NULL, last_modified = NULL WHERE account_id = $1 AND site_id = $2";
    // A worker that was lost for good leaves its run behind.
    CLOSE_LOST = "UPDATE crawl_runs SET status = 'failed', finished_at = $3, notice = 'The crawl was cut off too often.'
                   WHERE account_id = $1 AND site_id = $2 AND status = 'crawling'
                     AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.account_id = crawl_runs.account_id AND j.job_id = crawl_runs.job_id
                                                            AND j.status IN ('waiting', 'running'))";
    // A look makes way for a crawl, which sees the same.
    LOOK_OF = "SELECT job_id FROM crawl_runs WHERE account_id = $1 AND site_id = $2 AND is_look AND status = 'crawling'";
    END_LOOK = "UPDATE crawl_runs SET status = 'cancelled', finished_at = $3 WHERE account_id = $1 AND site_id = $2 AND is_look AND status = 'crawling'";
    INSERT_RUN = "INSERT INTO crawl_runs (account_id, run_id, site_id, chatbot_id, job_id, rules, is_look, is_listed, status,
                                          pages_found, pages_crawled, pages_failed, started_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 'crawling', 0, 0, 0, $8)
                  ON CONFLICT (account_id, site_id) WHERE status = 'crawling' DO NOTHING";
    // What is known of the site is looked at again: pages that the agent knows, copies of them, and what no run has got to;
    // for a look, what is missing.
    SEEDS = "SELECT url FROM site_pages WHERE account_id = $1 AND site_id = $2 AND run_id <> $3 AND url > $4
                AND (CASE WHEN $5 THEN missing_since IS NOT NULL ELSE served_hash IS NOT NULL OR outcome IN ('there', 'unknown') END)
              ORDER BY url LIMIT $6";
    SEED = "UPDATE site_pages SET run_id = $4, state = 'waiting', outcome = 'unknown'
             WHERE account_id = $1 AND site_id = $2 AND url = $3 AND run_id <> $4";
    COUNT_FOUND = "UPDATE crawl_runs SET pages_found = pages_found + $3 WHERE account_id = $1 AND run_id = $2";
    SET_RUN_RULES = "UPDATE crawl_runs SET rules = $3 WHERE account_id = $1 AND run_id = $2";
    SET_SITE_RULES = "UPDATE sites SET rules = $3 WHERE account_id = $1 AND site_id = $2";
    END_RUN = "UPDATE crawl_runs SET status = $3, notice = $4, finished_at = $5 WHERE account_id = $1 AND run_id = $2 AND status = 'crawling'";
}

/// The kind of job that a run is; its payload names the run.
pub const CRAWL: &str = "crawl";
/// The kind of job that begins a run of a site that is known; its payload names the site.
pub const CRAWL_AGAIN: &str = "crawl-again";

/// A crawl goes behind whatever somebody waits for.
const PRIORITY: i64 = 10;
/// A crawl is long, and each restart of the program that it lives through without a goodbye is an attempt.
const MOST_ATTEMPTS: i64 = 50;

/// What of a site is crawled, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRules {
    /// The addresses from which it starts.
    pub starts: Vec<String>,
    /// Where starts have led to on other hosts; a crawl adds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followed: Vec<String>,
    /// Only these addresses, where there are any; see the crawl's patterns.
    pub include: Vec<String>,
    /// Not these addresses.
    pub exclude: Vec<String>,
    /// So many pages are read at most.
    pub most_pages: i64,
    /// Pages so many links away from a start are read at most; those of a sitemap are one away.
    pub most_depth: i64,
    /// Whether the site's sitemaps are read.
    pub use_sitemap: bool,
    /// After how many hours it is crawled again; never, without.
    pub again_hours: Option<i64>,
    /// The public API's `vector_provider`, kept as given.
    #[serde(default)]
    pub vector_provider: i64,
    /// The public API's `crawl_mode`, kept as given.
    #[serde(default)]
    pub crawl_mode: i64,
}

/// A crawl to be begun.
#[derive(Clone, Debug)]
pub struct NewCrawl {
    /// The agent that learns the site.
    pub chatbot_id: ChatbotId,
    /// What the site is known by: its hosts, in order.
    pub home: String,
    /// What is crawled.
    pub rules: SiteRules,
}

/// A crawl that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The run.
    pub run_id: RunId,
    /// When it was asked for.
    pub started_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SiteRow {
    chatbot_id: ChatbotId,
    rules: Json<SiteRules>,
}

impl Store {
    /// Begins a crawl. The site's earlier rules and schedule are replaced; where its starts led to is kept while they stay
    /// the same. Under other rules, all pages are fetched anew.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a crawl of this site runs: then nothing is changed. [`StoreError::NotFound`] when the
    /// agent is gone; or the database is away.
    pub async fn start_crawl(
        &self,
        op: &Op,
        new: NewCrawl,
        answer: impl FnOnce(&Started) -> Answer + Send + 'static,
    ) -> Result<Once<Started>> {
        let inner = op.clone();
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let (op, now, mut rules) = (&inner, inner.now(), new.rules);
                let before =
                    fetch_optional!(tx.conn(), SiteRow, FIND_HOME, op.account, &new.chatbot_id, &new.home)?;
                if let Some(before) = before.as_ref().filter(|before| before.rules.starts == rules.starts) {
                    rules.followed.clone_from(&before.rules.followed);
                }
                let site = SiteId(op.uuid());
                let (site,) = fetch_one!(
                    tx.conn(),
                    (SiteId,),
                    PUT_SITE,
                    op.account,
                    site,
                    &new.chatbot_id,
                    &new.home,
                    Json(&rules),
                    now
                )?;
                if before.is_some_and(|before| before.rules.0 != rules) {
                    execute!(tx.conn(), FETCH_ALL, op.account, site)?;
                }
                set_schedule(&mut tx, op, site, rules.again_hours).await?;
                let run = begin(&mut tx, op, site, &new.chatbot_id, &rules, false).await?;
                let run_id = run.ok_or_else(|| StoreError::Conflict("crawl_runs_one".into()))?;
                Ok(Started { run_id, started_at: now })
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// Begins another run of a site under the lease of a job of the kind [`CRAWL_AGAIN`], which ends with it. With
    /// `is_look`, only pages that were missing are fetched. Gives the run; `None` when one runs already, or the site is gone.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the database is away.
    pub async fn crawl_again(
        &self,
        op: &Op,
        lease: &Lease,
        site: SiteId,
        is_look: bool,
    ) -> Result<Option<RunId>> {
        let (op, lease) = (op.clone(), lease.clone());
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                hold(&mut tx, &lease).await?;
                let row = fetch_optional!(tx.conn(), SiteRow, FIND_SITE, op.account, site)?;
                let run = match row {
                    Some(row) => begin(&mut tx, &op, site, &row.chatbot_id, &row.rules, is_look).await?,
                    None => {
                        unschedule(&mut tx, op.account, CRAWL_AGAIN, &site.to_string()).await?;
                        None
                    }
                };
                finish(&mut tx, &lease, Finish::Done, op.now()).await?;
                Ok(run)
            })
        })
        .await
    }

    /// Has a run look again at what is known of its site, in units. Once more after it was cut off, it goes on.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the database is away.
    pub async fn seed_crawl(&self, lease: &Lease, crawl: &Crawl) -> Result<()> {
        let (account, run, site) = (lease.account_id, crawl.run_id, crawl.site_id);
        let mut after = String::new();
        loop {
            let urls = fetch_all!(
                self.reader(),
                (String,),
                SEEDS,
                account,
                site,
                run,
                &after,
                crawl.is_look,
                pages::A_UNIT as i64
            )?;
            let Some((last,)) = urls.last() else { return Ok(()) };
            after.clone_from(last);
            let lease = lease.clone();
            self.write(Lane::Ingestion, move |mut tx| {
                Box::pin(async move {
                    hold(&mut tx, &lease).await?;
                    let mut found = 0;
                    for (url,) in &urls {
                        found += execute!(tx.conn(), SEED, account, site, url, run)?;
                    }
                    let found = i64::try_from(found).unwrap_or(i64::MAX);
                    execute!(tx.conn(), COUNT_FOUND, account, run, found)?;
                    Ok(())
                })
            })
            .await?;
        }
    }

    /// Gives a run and its site other rules: a start has led to another host.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the database is away.
    pub async fn set_crawl_rules(&self, lease: &Lease, crawl: &Crawl, rules: SiteRules) -> Result<()> {
        let (account, run, site) = (lease.account_id, crawl.run_id, crawl.site_id);
        let lease = lease.clone();
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                hold(&mut tx, &lease).await?;
                execute!(tx.conn(), SET_RUN_RULES, account, run, Json(&rules))?;
                execute!(tx.conn(), SET_SITE_RULES, account, site, Json(&rules))?;
                Ok(())
            })
        })
        .await
    }

    /// Ends a run and its job. Pages that were found missing for the first time are looked at once more at `look_at`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], or the database is away.
    pub async fn end_crawl(
        &self,
        op: &Op,
        lease: &Lease,
        crawl: &Crawl,
        status: CrawlStatus,
        notice: Option<String>,
        look_at: Option<Timestamp>,
    ) -> Result<()> {
        let (op, lease, run, site) = (op.clone(), lease.clone(), crawl.run_id, crawl.site_id);
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                let now = op.now();
                hold(&mut tx, &lease).await?;
                execute!(tx.conn(), END_RUN, op.account, run, status, notice, now)?;
                if let Some(at) = look_at {
                    let look = NewJob {
                        unique_key: Some(format!("look {site}")),
                        priority: PRIORITY,
                        not_before: at,
                        ..NewJob::new(CRAWL_AGAIN, json!({ "site": site, "look": true }), now)
                    };
                    enqueue(&mut tx, &op, &look).await?;
                }
                let how = if status == CrawlStatus::Cancelled { Finish::Cancelled } else { Finish::Done };
                finish(&mut tx, &lease, how, now).await
            })
        })
        .await
    }
}

/// Begins a run in this unit; `None` when one runs.
async fn begin(
    tx: &mut Tx<'_>,
    op: &Op,
    site: SiteId,
    chatbot: &ChatbotId,
    rules: &SiteRules,
    is_look: bool,
) -> Result<Option<RunId>> {
    let now = op.now();
    let look = if is_look { None } else { fetch_optional!(tx.conn(), (JobId,), LOOK_OF, op.account, site)? };
    if let Some((job,)) = look {
        // The job before the run, as its worker locks them.
        cancel(tx, op, job).await?;
        execute!(tx.conn(), END_LOOK, op.account, site, now)?;
    }
    execute!(tx.conn(), CLOSE_LOST, op.account, site, now)?;
    let run = RunId(op.uuid());
    let job = NewJob {
        priority: PRIORITY,
        most_attempts: MOST_ATTEMPTS,
        ..NewJob::new(CRAWL, json!({ "run": run }), now)
    };
    let job: JobId = enqueue(tx, op, &job).await?;
    let made =
        execute!(tx.conn(), INSERT_RUN, op.account, run, site, chatbot, job, Json(rules), is_look, now)?;
    if made == 0 {
        cancel(tx, op, job).await?;
        return Ok(None);
    }
    let mut found = 0;
    if !is_look {
        for url in &rules.starts {
            let page = FoundPage { url: url.clone(), depth: 0 };
            found += pages::insert_found(tx, op, site, run, &page).await?;
        }
    }
    execute!(tx.conn(), COUNT_FOUND, op.account, run, found)?;
    Ok(Some(run))
}

async fn set_schedule(tx: &mut Tx<'_>, op: &Op, site: SiteId, hours: Option<i64>) -> Result<()> {
    let key = site.to_string();
    let Some(hours) = hours.and_then(|hours| u64::try_from(hours).ok()).filter(|hours| *hours > 0) else {
        unschedule(tx, op.account, CRAWL_AGAIN, &key).await?;
        return Ok(());
    };
    let every = Duration::from_secs(hours.saturating_mul(3600));
    let again = Schedule {
        kind: CRAWL_AGAIN,
        unique_key: key,
        payload: json!({ "site": site, "look": false }),
        every,
        first_at: op.now().after(every),
    };
    // Knowledge has no environment; a crawl that a test key asks for is as real as any.
    let op = Op { environment: Environment::Live, ..op.clone() };
    schedule(tx, &op, &again).await
}

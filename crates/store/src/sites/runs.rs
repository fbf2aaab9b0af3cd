//! Runs: what they are about, how far they are, calling them off.

use robofy_kernel::{
    AccountId, ChatbotId, JobId, Op, Page, PageRequest, ProjectId, RunId, SiteId, Timestamp, text_enum,
};
use sqlx::types::Json;

use super::SiteRules;
use crate::query::BETWEEN;
use crate::{Lane, Result, Store};

statements! {
    FIND = "SELECT r.run_id, r.site_id, r.chatbot_id, a.project_id, r.rules, r.is_look, r.is_listed, r.pages_found, r.pages_crawled
              FROM crawl_runs r JOIN agents a ON a.account_id = r.account_id AND a.chatbot_id = r.chatbot_id
             WHERE r.account_id = $1 AND r.run_id = $2 AND r.status = 'crawling'";
    // A run whose job ended without it was called off before it began, or its worker was lost too often.
    LIST = "SELECT r.run_id, r.rules, r.pages_found, r.pages_crawled, r.pages_failed, r.notice, r.started_at, r.finished_at,
                   CASE WHEN r.status = 'crawling' AND j.status = 'cancelled' THEN 'cancelled'
                        WHEN r.status = 'crawling' AND (j.status IS NULL OR j.status IN ('dead', 'done')) THEN 'failed'
                        ELSE r.status END AS status
              FROM crawl_runs r LEFT JOIN jobs j ON j.account_id = r.account_id AND j.job_id = r.job_id
             WHERE r.account_id = $1 AND r.chatbot_id = $2 AND NOT r.is_look
               AND (r.started_at, r.run_id) < (COALESCE($3, 9223372036854775807), $4)
             ORDER BY r.started_at DESC, r.run_id DESC LIMIT $5";
    // Of the runs of a page: from its last to its first. CROSS JOIN, so that SQLite begins with them.
    ERRORS = "WITH placed AS (SELECT c.account_id, c.run_id, c.url, c.reason, ROW_NUMBER() OVER (PARTITION BY c.run_id ORDER BY c.url) AS place
                                FROM (SELECT r.account_id, r.run_id FROM crawl_runs r
                                       WHERE r.account_id = $1 AND r.chatbot_id = $2 AND NOT r.is_look
                                         AND (r.started_at, r.run_id) >= ($3, $4) AND (r.started_at, r.run_id) <= ($5, $6)
                                       ORDER BY r.started_at DESC, r.run_id DESC LIMIT $8) r
                                CROSS JOIN crawl_errors c
                               WHERE c.account_id = r.account_id AND c.run_id = r.run_id)
              SELECT p.run_id, p.url, p.reason FROM placed p WHERE p.account_id = $1 AND p.place <= $7 ORDER BY p.run_id, p.url";
    JOB_OF = "SELECT r.job_id FROM crawl_runs r JOIN agents a ON a.account_id = r.account_id AND a.chatbot_id = r.chatbot_id
               WHERE r.account_id = $1 AND r.run_id = $2 AND a.project_id = $3";
    CANCEL_WAITING = "UPDATE crawl_runs SET status = 'cancelled', finished_at = $3
                       WHERE account_id = $1 AND run_id = $2 AND status = 'crawling'
                         AND EXISTS (SELECT 1 FROM jobs j WHERE j.account_id = crawl_runs.account_id AND j.job_id = crawl_runs.job_id AND j.status = 'cancelled')";
    STATUS_OF = "SELECT status FROM crawl_runs WHERE account_id = $1 AND run_id = $2";
}

/// So many failures of a run are remembered.
pub(super) const ERRORS_KEPT: i64 = 200;

text_enum! {
    /// Where a run stands.
    pub enum CrawlStatus {
        /// It waits for a worker, or one is at it.
        Crawling = "crawling",
        /// It has read what it may.
        Completed = "completed",
        /// It could not be done; its notice says why.
        Failed = "failed",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

/// A run, for whoever does it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Crawl {
    /// Its id.
    pub run_id: RunId,
    /// The site.
    pub site_id: SiteId,
    /// The agent that learns it.
    pub chatbot_id: ChatbotId,
    /// The agent's project.
    pub project_id: ProjectId,
    /// What is crawled.
    pub rules: Json<SiteRules>,
    /// Whether only pages that were missing are fetched.
    pub is_look: bool,
    /// Whether the sitemaps were read.
    pub is_listed: bool,
    /// Pages found so far.
    pub pages_found: i64,
    /// Pages read so far.
    pub pages_crawled: i64,
}

/// A run, for whoever asks how far it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CrawlRun {
    /// Its id.
    pub run_id: RunId,
    /// What is crawled.
    pub rules: Json<SiteRules>,
    /// Where it stands.
    pub status: CrawlStatus,
    /// Addresses found.
    pub pages_found: i64,
    /// Pages read, unchanged ones too.
    pub pages_crawled: i64,
    /// Pages that could not be read.
    pub pages_failed: i64,
    /// What the owner should know of it.
    pub notice: Option<String>,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A page that could not be read.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CrawlError {
    /// In which run.
    pub run_id: RunId,
    /// Its address.
    pub url: String,
    /// Why, for a person.
    pub reason: String,
}

const fn key(run: &CrawlRun) -> (i64, RunId) {
    (run.started_at.micros(), run.run_id)
}

impl Store {
    /// A run that is not ended; `None` when it is, or is gone with its agent.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_crawl(&self, account: AccountId, run: RunId) -> Result<Option<Crawl>> {
        fetch_optional!(self.reader(), Crawl, FIND, account, run)
    }

    /// An agent's runs, the newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_crawls(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        page: &PageRequest<(i64, RunId)>,
    ) -> Result<Page<CrawlRun, (i64, RunId)>> {
        let (time, run) = page.after.unzip();
        let rows = fetch_all!(self.reader(), CrawlRun, LIST, account, chatbot, time, run, page.size + 1)?;
        Ok(Page::of(rows, page.size, key))
    }

    /// Pages that the runs of a page of [`Store::list_crawls`] could not read: of each run so many at most, by address.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_crawl_errors(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        page: &[CrawlRun],
        most: i64,
    ) -> Result<Vec<CrawlError>> {
        let (Some(first), Some(last)) = (page.first().map(key), page.last().map(key)) else {
            return Ok(Vec::new());
        };
        let ((from, from_id), (to, to_id)) = (last, first);
        let reader = self.reader();
        fetch_all!(reader, CrawlError, ERRORS, account, chatbot, from, from_id, to, to_id, most, BETWEEN)
    }

    /// Calls a run of this project off: one that waits ends at once, one that a worker is at ends soon. What it has read
    /// stays. Gives the run's status; `None` when there is no such run.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cancel_crawl(&self, op: &Op, project: ProjectId, run: RunId) -> Result<Option<CrawlStatus>> {
        let (op, account, now) = (op.clone(), op.account, op.now());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                let Some((job,)) = fetch_optional!(tx.conn(), (JobId,), JOB_OF, account, run, project)?
                else {
                    return Ok(None);
                };
                crate::jobs::cancel(&mut tx, &op, job).await?;
                execute!(tx.conn(), CANCEL_WAITING, account, run, now)?;
                let row = fetch_optional!(tx.conn(), (CrawlStatus,), STATUS_OF, account, run)?;
                Ok(row.map(|row| row.0))
            })
        })
        .await
    }
}

//! A crawl as a job: fetch, read, store, page by page; then what the agent is to know of it.
//!
//! Every page that was read is stored in a unit that checks the job's lease, so a crawl that is killed goes on after the
//! last page that was stored, and a worker that froze changes nothing any more.

mod fetch;
mod hosts;
mod listing;
mod pages;
mod settle;
mod visit;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use robofy_jobs::{Handler, Outcome, Running};
use robofy_kernel::{Op, RightOfWay, RunId, SiteId, Stopwatch};
use robofy_knowledge::library::{Library, LibraryError};
use robofy_knowledge::site::Repeats;
use robofy_net::Gate;
use robofy_store::agents::Agent;
use robofy_store::sites::{CRAWL, CRAWL_AGAIN, Crawl, CrawlStatus, SiteRules};
use robofy_store::{Store, StoreError};
use serde::Deserialize;
use url::Url;

use crate::{Pattern, Scope};
use hosts::Hosts;
use visit::Visitor;

/// A crawl gives its place to whoever waits when it has had it for so long.
const TURN: Duration = Duration::from_secs(300);

/// Crawls websites: the handler of the jobs of the kind [`CRAWL`].
#[derive(Clone, Debug)]
pub struct Crawler {
    library: Library,
    gate: Gate,
    way: RightOfWay,
    turn: Duration,
}

/// Begins a crawl of a site that is known: the handler of the jobs of the kind [`CRAWL_AGAIN`].
#[derive(Clone, Debug)]
pub struct CrawlAgain {
    store: Store,
}

#[derive(Deserialize)]
struct RunNamed {
    run: RunId,
}

#[derive(Deserialize)]
struct SiteNamed {
    site: SiteId,
    look: bool,
}

/// Why the fetching ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// There is nothing more to fetch, or as much was read as may be.
    Done,
    /// It was called off.
    Cancelled,
    /// The site is in trouble.
    Trouble,
    /// The program ends.
    Stopped,
    /// It has had its worker for long enough, and goes on when it is its turn again.
    TurnOver,
}

impl Crawler {
    /// A crawler that teaches this library, fetches through this gate, and stands aside for whoever has the right of way.
    #[must_use]
    pub fn new(library: Library, gate: Gate, way: RightOfWay) -> Self {
        Self { library, gate, way, turn: TURN }
    }

    /// The same, which gives its worker's place to whoever waits when it has had it for so long.
    #[must_use]
    pub fn with_turn(self, turn: Duration) -> Self {
        Self { turn, ..self }
    }

    async fn crawl(&self, job: &Running) -> Outcome {
        let store = self.library.store();
        let account = job.lease.account_id;
        let RunNamed { run } = match serde_json::from_value(job.lease.payload.0.clone()) {
            Ok(named) => named,
            Err(error) => return Outcome::Dead(error.to_string()),
        };
        let found = async {
            let Some(crawl) = store.find_crawl(account, run).await? else { return Ok(None) };
            let agent = store.find_agent(account, &crawl.chatbot_id).await?;
            Ok::<_, StoreError>(agent.map(|agent| (crawl, agent)))
        };
        let (crawl, agent) = match found.await {
            Ok(Some(found)) => found,
            // It has ended, or its agent is gone.
            Ok(None) => return Outcome::Done,
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        let Some(scope) = scope(&crawl.rules) else {
            return Outcome::Dead("the crawl has no address to start from".into());
        };
        let done = async { Run::begin(self, job, (crawl.clone(), agent, scope)).await?.whole().await };
        match done.await {
            Ok(outcome) => outcome,
            Err(LibraryError::Store(StoreError::LeaseLost)) => Outcome::Stored,
            Err(error) if job.lease.attempt >= job.lease.most_attempts => {
                tracing::error!(%error, "a crawl failed for good");
                let notice = Some("The server could not go on with the crawl. Try again later.".to_owned());
                match store.end_crawl(&job.op, &job.lease, &crawl, CrawlStatus::Failed, notice, None).await {
                    Ok(()) => Outcome::Stored,
                    Err(error) => Outcome::Dead(error.to_string()),
                }
            }
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}

impl Handler for Crawler {
    fn kind(&self) -> &'static str {
        CRAWL
    }

    fn run<'a>(&'a self, job: &'a Running) -> BoxFuture<'a, Outcome> {
        Box::pin(self.crawl(job))
    }
}

impl CrawlAgain {
    /// A handler on this store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Handler for CrawlAgain {
    fn kind(&self) -> &'static str {
        CRAWL_AGAIN
    }

    fn run<'a>(&'a self, job: &'a Running) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let SiteNamed { site, look } = match serde_json::from_value(job.lease.payload.0.clone()) {
                Ok(named) => named,
                Err(error) => return Outcome::Dead(error.to_string()),
            };
            match self.store.crawl_again(&job.op, &job.lease, site, look).await {
                Ok(_) | Err(StoreError::LeaseLost) => Outcome::Stored,
                Err(error) => Outcome::Failed(error.to_string()),
            }
        })
    }
}

/// A run while a worker is at it.
struct Run<'j> {
    job: &'j Running,
    crawl: Crawl,
    agent: Agent,
    visitor: Arc<Visitor>,
    scope: Scope,
    /// Addresses that the run has met, with their links from a start.
    seen: HashMap<String, i64>,
    /// How many redirects have led to an address.
    hops: HashMap<String, u32>,
    began: Stopwatch,
    turn: Duration,
    /// Pages read, those of earlier attempts included.
    read: i64,
    /// Whether a unit has found it called off; the lease's next renewal would tell, too.
    is_called_off: bool,
    /// Pages in a row of which nothing can be known.
    trouble: usize,
    /// Why the last of them could not be read.
    last_trouble: Option<String>,
    repeats: Repeats,
    /// Texts that were read, by hash.
    texts: HashSet<Vec<u8>>,
    /// New pages that wait to be published, with their number among the repeats.
    fresh: Vec<(String, Option<u32>)>,
    fresh_since: Option<Stopwatch>,
}

impl<'j> Run<'j> {
    async fn begin(
        crawler: &Crawler,
        job: &'j Running,
        (crawl, agent, scope): (Crawl, Agent, Scope),
    ) -> Result<Self, LibraryError> {
        let store = crawler.library.store();
        store.seed_crawl(&job.lease, &crawl).await?;
        let seen = store.list_run_addresses(job.lease.account_id, &crawl).await?;
        Ok(Self {
            job,
            agent,
            visitor: Arc::new(Visitor {
                library: crawler.library.clone(),
                gate: crawler.gate.clone(),
                way: crawler.way.clone(),
                hosts: Hosts::default(),
            }),
            scope,
            seen: seen.into_iter().collect(),
            hops: HashMap::new(),
            began: Stopwatch::start(),
            turn: crawler.turn,
            read: crawl.pages_crawled,
            is_called_off: false,
            trouble: 0,
            last_trouble: None,
            repeats: Repeats::default(),
            texts: HashSet::new(),
            fresh: Vec::new(),
            fresh_since: None,
            crawl,
        })
    }

    fn op(&self) -> &Op {
        &self.job.op
    }

    fn store(&self) -> &Store {
        self.visitor.library.store()
    }

    /// Computes on the threads that are for it, when nobody's question is being answered.
    async fn compute<T: Send + 'static>(
        &self,
        slice: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LibraryError> {
        self.visitor.compute(slice).await
    }

    /// From the first page to the end of the run.
    async fn whole(mut self) -> Result<Outcome, LibraryError> {
        self.list().await?;
        let end = self.fetch().await?;
        if end == End::Stopped {
            return Ok(Outcome::GivenBack);
        }
        self.publish_fresh().await?;
        if end == End::TurnOver {
            return Ok(Outcome::GivenBack);
        }
        let (end, settled) = self.settle(end).await?;
        let (status, notice) = match end {
            End::Stopped | End::TurnOver => return Ok(Outcome::GivenBack),
            End::Cancelled => (CrawlStatus::Cancelled, None),
            End::Trouble => (CrawlStatus::Failed, Some(self.why_it_failed("The site stopped answering."))),
            End::Done if self.read == 0 && !self.crawl.is_look => {
                let why = || self.why_it_failed("No page could be read.");
                (CrawlStatus::Failed, Some(settled.notice.unwrap_or_else(why)))
            }
            End::Done => (CrawlStatus::Completed, settled.notice),
        };
        let look_at = settled.look_at;
        self.store().end_crawl(self.op(), &self.job.lease, &self.crawl, status, notice, look_at).await?;
        Ok(Outcome::Stored)
    }

    fn why_it_failed(&self, what: &str) -> String {
        let why = self.last_trouble.as_deref().unwrap_or("The addresses to start from lead to no page.");
        format!("{what} {why} What the agent knew of the site stays.")
    }
}

/// The scope that a site's rules describe. What cannot be read of them was refused when they were given.
fn scope(rules: &SiteRules) -> Option<Scope> {
    let starts = rules.starts.iter().chain(&rules.followed);
    let starts: Vec<Url> = starts.filter_map(|url| Url::parse(url).ok()).collect();
    let patterns = |list: &[String]| list.iter().filter_map(|text| Pattern::new(text).ok()).collect();
    Scope::new(&starts, patterns(&rules.include), patterns(&rules.exclude)).ok()
}

//! An agent that learns websites: a real store, the reader as a real child, workers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use robofy_crawl::{CrawlAgain, Crawler, Scope};
use robofy_jobs::{Handler, Worker, WorkerConfig};
use robofy_kernel::{Op, PageRequest, ProjectId, RightOfWay, RunId, Tasks};
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig};
use robofy_knowledge::search::Query;
use robofy_net::{Gate, Rules};
use robofy_store::agents::Agent;
use robofy_store::projects::Project;
use robofy_store::sites::{CrawlRun, CrawlStatus, NewCrawl, SiteRules, Started};
use robofy_store::{Once, Store, StoreError};
use robofy_testkit::Fixture;

/// How long a crawl may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    pub fixture: Arc<Fixture>,
    pub op: Op,
    pub agent: Agent,
    pub library: Library,
    /// Its work ends when this is stopped.
    pub tasks: Tasks,
}

fn nothing<T>(_: &T) -> (u16, Vec<u8>) {
    (201, Vec::new())
}

fn fresh<T>(once: Once<T>) -> T {
    match once {
        Once::Fresh(value) => value,
        Once::Replayed(..) => panic!("no key was given"),
    }
}

/// The rules of a crawl from these addresses.
pub fn rules(starts: &[String]) -> SiteRules {
    SiteRules {
        starts: starts.to_vec(),
        followed: Vec::new(),
        include: Vec::new(),
        exclude: Vec::new(),
        most_pages: 500,
        most_depth: 8,
        use_sitemap: true,
        again_hours: None,
        vector_provider: 0,
        crawl_mode: 0,
    }
}

impl World {
    /// A world with a worker.
    pub async fn new(fixture: &Arc<Fixture>) -> Self {
        let world = Self::idle(fixture).await;
        world.worker("first", &world.tasks);
        world
    }

    /// A world in which nobody works yet.
    pub async fn idle(fixture: &Arc<Fixture>) -> Self {
        let (op, agent) = agent(fixture).await;
        let (library, tasks) = (library(fixture, fixture.store.clone()), Tasks::new());
        Self { fixture: Arc::clone(fixture), op, agent, library, tasks }
    }

    pub fn store(&self) -> &Store {
        &self.fixture.store
    }

    /// Starts a worker on the world's own store.
    pub fn worker(&self, name: &str, tasks: &Tasks) {
        self.worker_on(&self.library, name, tasks);
    }

    /// Runs a worker for a while and then kills it: everything that it has, its connections too, is dropped where it is.
    pub fn doomed(&self, name: &str, lives: Duration) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let tasks = Tasks::new();
            let store = self.fixture.open_again().await.unwrap();
            self.worker_on(&library(&self.fixture, store), name, &tasks);
            tokio::time::sleep(lives).await;
        });
        runtime.shutdown_background();
    }

    /// Starts a worker that does one thing at a time, and crawls that give way after a while.
    pub fn one_place(&self, name: &str, turn: Duration) {
        self.worker_with(&self.library, name, &self.tasks, 1, Some(turn));
    }

    fn worker_on(&self, library: &Library, name: &str, tasks: &Tasks) {
        self.worker_with(library, name, tasks, WorkerConfig::default().concurrency, None);
    }

    fn worker_with(
        &self,
        library: &Library,
        name: &str,
        tasks: &Tasks,
        concurrency: usize,
        turn: Option<Duration>,
    ) {
        let config = WorkerConfig {
            concurrency,
            name: name.into(),
            poll: Duration::from_millis(20),
            lease: Duration::from_secs(30),
            grace: Duration::from_millis(500),
        };
        let rules = Rules::public(&["127.0.0.1/32".parse().unwrap()]);
        let crawler = Crawler::new(library.clone(), Gate::new(rules).unwrap(), RightOfWay::default());
        let crawler = match turn {
            Some(turn) => crawler.with_turn(turn),
            None => crawler,
        };
        let store = library.store().clone();
        let handlers: Vec<Arc<dyn Handler>> =
            vec![Arc::new(crawler), Arc::new(CrawlAgain::new(store.clone()))];
        let (clock, ids) = (self.fixture.clock.clone(), self.fixture.ids.clone());
        Worker::new(store, (clock, ids, tasks.clone()), config, handlers).start();
    }

    pub async fn start(&self, rules: SiteRules) -> Result<RunId, StoreError> {
        let starts: Vec<url::Url> = rules.starts.iter().map(|start| start.parse().unwrap()).collect();
        let home = Scope::new(&starts, Vec::new(), Vec::new()).unwrap().home();
        let new = NewCrawl { chatbot_id: self.agent.chatbot_id.clone(), home, rules };
        let started: Once<Started> = self.store().start_crawl(&self.op, new, nothing).await?;
        Ok(fresh(started).run_id)
    }

    /// Crawls to the end.
    pub async fn crawl(&self, rules: SiteRules) -> CrawlRun {
        let run = self.start(rules).await.unwrap();
        self.ended(run).await
    }

    pub async fn runs(&self) -> Vec<CrawlRun> {
        let page = PageRequest { after: None, size: 50 };
        self.store().list_crawls(self.op.account, &self.agent.chatbot_id, &page).await.unwrap().items
    }

    pub async fn ended(&self, run: RunId) -> CrawlRun {
        let ended = async {
            loop {
                let runs = self.runs().await;
                let this = runs.into_iter().find(|one| one.run_id == run).unwrap();
                if this.status != CrawlStatus::Crawling {
                    return this;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("the crawl ends")
    }

    /// Waits until something is so.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, so: impl Fn() -> F) {
        let waits = async {
            while !so().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, waits).await.is_ok(), "{what}");
    }

    pub async fn errors(&self, run: RunId) -> Vec<(String, String)> {
        let (account, agent) = (self.op.account, &self.agent.chatbot_id);
        let page = PageRequest { after: None, size: 200 };
        let runs = self.store().list_crawls(account, agent, &page).await.unwrap().items;
        let errors = self.store().list_crawl_errors(account, agent, &runs, 100).await.unwrap();
        let of_run = errors.into_iter().filter(|error| error.run_id == run);
        of_run.map(|error| (error.url, error.reason)).collect()
    }

    /// The addresses of what the agent knows, in order.
    pub async fn known(&self) -> Vec<String> {
        let page = PageRequest { after: None, size: 200 };
        let linked =
            self.store().list_linked_assets(self.op.account, &self.agent.chatbot_id, &page).await.unwrap();
        let mut known: Vec<String> = linked.items.into_iter().filter_map(|asset| asset.source_url).collect();
        known.sort_unstable();
        known
    }

    /// The best passage for a question: its text and the address that it is from.
    pub async fn answer(&self, question: &str) -> Option<(String, String)> {
        let head =
            self.store().find_agent_head(self.op.account, &self.agent.chatbot_id).await.unwrap().unwrap();
        let agent = self.store().find_agent(self.op.account, &self.agent.chatbot_id).await.unwrap().unwrap();
        let query = Query::new(question);
        let found = self.library.search(&self.op, &agent, head.content_version, &query, 1).await.unwrap();
        let hit = found.hits.into_iter().next()?;
        Some((hit.text.to_string(), hit.source.source_url.clone().unwrap_or_default()))
    }

    /// The whole text that the agent knows of an address.
    pub async fn text_of(&self, url: &str) -> Option<(i64, String)> {
        let page = PageRequest { after: None, size: 200 };
        let assets = self.store().list_assets(self.op.account, self.agent.project_id, &page).await.unwrap();
        let asset = assets.items.into_iter().find(|asset| asset.source_url.as_deref() == Some(url))?;
        self.library.read_text(&self.op, self.agent.project_id, asset.asset_id, None).await.unwrap()
    }
}

fn library(fixture: &Fixture, store: Store) -> Library {
    let mut program: PathBuf = std::env::current_exe().unwrap();
    program.pop();
    program.pop();
    program.push(format!("examples/page_reader{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: build the examples too", program.display());
    let extractor = Extractor::new(ExtractorConfig::new(program, vec!["extract".into()]));
    Library::new(store, extractor, fixture.tasks.clone(), LibraryConfig::default()).unwrap()
}

async fn agent(t: &Fixture) -> (Op, Agent) {
    let op = t.account().await;
    let now = op.now();
    let project = Project {
        project_id: ProjectId(t.ids.number()),
        name: "P".into(),
        description: None,
        created_at: now,
        updated_at: now,
    };
    let project = fresh(t.store.create_project(&op, project, nothing).await.unwrap());
    let agent = Agent::new(&op, project.project_id, "Bot", "en");
    let agent = fresh(t.store.create_agent(&op, agent, nothing).await.unwrap());
    (op, agent)
}

//! `crawl_website`, `crawl_status` and `crawl_cancel`: an agent learns a website.

use std::collections::HashMap;

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use robofy_crawl::{Pattern, Scope, page_address};
use robofy_kernel::codes::{CrawlMode, VectorProvider};
use robofy_kernel::{ErrorCode, Kept, RunId};
use robofy_store::Once;
use robofy_store::agents::Agent;
use robofy_store::projects::Project;
use robofy_store::sites::{CrawlError, CrawlRun, CrawlStatus, NewCrawl, SiteRules, Started};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Auth, InProject, Knowledge, Read, Write, find_agent, find_project};
use crate::check::Checks;
use crate::envelope::{Success, ok, replayed, stored};
use crate::extract::{List, NewJson, PageToken, Paging, Path};
use crate::lenient::{Flag, NumberOrText};
use crate::openapi::codes;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(crawl_website), routes!(list_crawls), routes!(cancel_crawl)]
}

/// Addresses to start from, at most.
const STARTS: usize = 20;
/// Patterns of each kind, at most.
const PATTERNS: usize = 100;
/// Without another wish so many pages are read.
const PAGES: i64 = 500;
/// The most pages of a crawl.
const MOST_PAGES: i64 = 10_000;
/// Without another wish pages so many links away from a start are read.
const DEPTH: i64 = 8;
/// The deepest that may be asked for.
const MOST_DEPTH: i64 = 100;
/// A year.
const MOST_HOURS: i64 = 8760;
/// Failures that are shown of a run.
const ERRORS_SHOWN: i64 = 100;

/// A website for an agent.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CrawlIn {
    /// The project.
    project_id: NumberOrText,
    /// The agent that is to know the site.
    chatbot_id: String,
    /// Addresses to start from, 1 to 20. The crawl stays on their hosts.
    #[schema(min_items = 1, max_items = 20)]
    start_urls: Vec<StartIn>,
    /// So many pages are read at most: 1 to 10,000, 500 without it.
    #[schema(value_type = Option<NumberOrText>)]
    max_crawl_pages: Option<NumberOrText>,
    /// So many links away from a start at most: 0 (the starts alone) to 100, 8 without it. Pages of a sitemap are one away.
    #[schema(value_type = Option<NumberOrText>)]
    max_crawl_depth: Option<NumberOrText>,
    /// Only these: paths (`/docs/*`) or whole addresses; `*` stands for any characters.
    #[schema(max_items = 100)]
    include_urls: Option<Vec<String>>,
    /// Not these.
    #[schema(max_items = 100)]
    exclude_urls: Option<Vec<String>>,
    /// Whether the site's sitemaps are read; `"1"` without it.
    use_sitemap: Option<Flag>,
    /// After how many hours the site is read again, for as long as the agent is there: 1 to 8,760; never without it.
    #[schema(value_type = Option<NumberOrText>)]
    recrawl_every_hours: Option<NumberOrText>,
    #[schema(schema_with = codes::taken::<VectorProvider>)]
    vector_provider: Option<Kept<VectorProvider>>,
    /// Taken and not used.
    #[expect(dead_code, reason = "clients send it; every site is read alike")]
    is_main_website: Option<Flag>,
    #[schema(schema_with = codes::taken::<CrawlMode>)]
    crawl_mode: Option<Kept<CrawlMode>>,
}

/// An address to start from.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct StartIn {
    /// `https://example.com/`; without a scheme, `https://` is meant.
    #[schema(min_length = 1, max_length = 2048)]
    url: String,
}

/// A crawl that has begun. Without an envelope, as the public API answers here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CrawlOut {
    /// The run's id.
    #[schema(format = Uuid)]
    run_id: String,
    /// `crawling`.
    status: &'static str,
    /// `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    started_at: String,
}

/// An agent's crawls.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CrawlsOut {
    /// The crawls, the newest first.
    runs: Vec<RunOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// How far a crawl is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunOut {
    /// Its id.
    #[schema(format = Uuid)]
    run_id: String,
    /// `crawling`, `completed`, `failed` or `cancelled`.
    status: &'static str,
    /// The addresses from which it started.
    start_urls: Vec<String>,
    /// So many pages were to be read at most.
    max_crawl_pages: i64,
    /// So many links away from a start at most.
    max_crawl_depth: i64,
    /// Only these, where there are any.
    include_urls: Vec<String>,
    /// Not these.
    exclude_urls: Vec<String>,
    /// `"1"`: the site's sitemaps count; `"0"`: they do not.
    use_sitemap: &'static str,
    /// After how many hours the site was to be read again; `null`: never.
    recrawl_every_hours: Option<i64>,
    #[schema(schema_with = codes::shown::<VectorProvider>)]
    vector_provider: i64,
    #[schema(schema_with = codes::shown::<CrawlMode>)]
    crawl_mode: i64,
    /// When it was asked for, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    started_at: String,
    /// When it ended.
    #[schema(examples("2026-01-31 08:06:00"))]
    finished_at: Option<String>,
    /// Addresses found.
    pages_found: i64,
    /// Pages read, unchanged ones too.
    pages_crawled: i64,
    /// Pages that could not be read.
    pages_failed: i64,
    /// What you should know of it.
    notice: Option<String>,
    /// Pages that could not be read, 100 at most.
    errors: Vec<PageErrorOut>,
}

/// A page that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageErrorOut {
    /// Its address.
    url: String,
    /// Why.
    error: String,
}

/// A run's id in a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunPath {
    run_id: String,
}

/// What became of a crawl that was to be called off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CancelledOut {
    /// The run's id.
    #[schema(format = Uuid)]
    run_id: String,
    /// `cancelled`; `crawling` while the page that is just being read is finished; or how it had ended before.
    status: &'static str,
}

impl CrawlIn {
    /// Checks what was asked for, and reads it as the rules of a site and the name of its hosts.
    fn rules(&self, app: &App) -> Result<(SiteRules, String), ApiError> {
        let mut checks = Checks::default();
        let starts = self.starts(app, &mut checks);
        let number = |checks: &mut Checks, name: &str, given: &Option<NumberOrText>, least, most| {
            let given = given.as_ref()?;
            let number = given.whole();
            if number.is_none() {
                checks.wrong(name, "invalid", "must be a whole number");
            }
            checks.within(name, number, least, most);
            number
        };
        let most_pages = number(&mut checks, "max_crawl_pages", &self.max_crawl_pages, 1, MOST_PAGES);
        let most_depth = number(&mut checks, "max_crawl_depth", &self.max_crawl_depth, 0, MOST_DEPTH);
        let again = number(&mut checks, "recrawl_every_hours", &self.recrawl_every_hours, 1, MOST_HOURS);
        let include = patterns(&mut checks, "include_urls", self.include_urls.as_deref());
        let exclude = patterns(&mut checks, "exclude_urls", self.exclude_urls.as_deref());
        checks.done()?;
        let scope = Scope::new(&starts, Vec::new(), Vec::new());
        let home = scope.map_err(|error| ApiError::field("start_urls", "invalid", error.to_string()))?.home();
        let rules = SiteRules {
            starts: starts.into_iter().map(Into::into).collect(),
            followed: Vec::new(),
            include,
            exclude,
            most_pages: most_pages.unwrap_or(PAGES),
            most_depth: most_depth.unwrap_or(DEPTH),
            use_sitemap: self.use_sitemap.is_none_or(Flag::is_set),
            again_hours: again,
            vector_provider: self.vector_provider.map_or(0, Kept::code),
            crawl_mode: self.crawl_mode.map_or(0, Kept::code),
        };
        Ok((rules, home))
    }

    fn starts(&self, app: &App, checks: &mut Checks) -> Vec<Url> {
        checks.few("start_urls", Some(&self.start_urls), STARTS);
        if self.start_urls.is_empty() {
            checks.wrong("start_urls", "required", "must name at least one address");
        }
        let mut starts: Vec<Url> = Vec::new();
        for start in &self.start_urls {
            let text = start.url.trim();
            let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
            let Some(url) = Url::parse(&text).ok() else {
                checks.wrong("start_urls", "invalid", "must be addresses such as https://example.com/");
                continue;
            };
            // Before the user name is dropped: it is told rather than ignored.
            if let Err(refused) = app.public_gate().check(&url) {
                checks.wrong("start_urls", "invalid", refused.to_string());
                continue;
            }
            match page_address(&url) {
                Some(url) if starts.contains(&url) => {}
                Some(url) => starts.push(url),
                None => {
                    checks.wrong("start_urls", "invalid", "must be addresses of at most 2,048 characters")
                }
            }
        }
        starts
    }
}

fn patterns(checks: &mut Checks, field: &str, given: Option<&[String]>) -> Vec<String> {
    checks.few(field, given, PATTERNS);
    let given = given.unwrap_or_default();
    for text in given {
        checks.short(field, Some(text), robofy_crawl::LONGEST);
        if let Err(error) = Pattern::new(text) {
            checks.wrong(field, "invalid", error.to_string());
        }
    }
    given.iter().map(|text| text.trim().to_owned()).collect()
}

impl CrawlOut {
    fn of(started: &Started) -> Self {
        Self {
            run_id: started.run_id.to_string(),
            status: CrawlStatus::Crawling.as_str(),
            started_at: started.started_at.documented(),
        }
    }
}

impl RunOut {
    fn of(run: CrawlRun, errors: Vec<CrawlError>) -> Self {
        let rules = run.rules.0;
        Self {
            run_id: run.run_id.to_string(),
            status: run.status.as_str(),
            start_urls: rules.starts,
            max_crawl_pages: rules.most_pages,
            max_crawl_depth: rules.most_depth,
            include_urls: rules.include,
            exclude_urls: rules.exclude,
            use_sitemap: if rules.use_sitemap { "1" } else { "0" },
            recrawl_every_hours: rules.again_hours,
            vector_provider: rules.vector_provider,
            crawl_mode: rules.crawl_mode,
            started_at: run.started_at.documented(),
            finished_at: run.finished_at.map(robofy_kernel::Timestamp::documented),
            pages_found: run.pages_found,
            pages_crawled: run.pages_crawled,
            pages_failed: run.pages_failed,
            notice: run.notice,
            errors: errors
                .into_iter()
                .map(|error| PageErrorOut { url: error.url, error: error.reason })
                .collect(),
        }
    }
}

/// Teach an agent a website
///
/// Reads the site in the background: robots.txt, sitemaps and links from the addresses that you give. What is read is
/// found at once. The same site again is read again; what has not changed is not fetched anew.
#[utoipa::path(
    post, path = "/v1/ai-agent/crawl_website", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    request_body = CrawlIn,
    responses((status = 201, description = "The crawl has begun.", body = CrawlOut)),
)]
async fn crawl_website(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Knowledge>>,
    new: NewJson<CrawlIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let project = find_project(&op, &app, &new.project_id.to_text()).await?;
    let agent = find_agent(&op, &app, project.project_id, &new.chatbot_id).await?;
    let (rules, home) = new.rules(&app)?;
    let new = NewCrawl { chatbot_id: agent.chatbot_id, home, rules };
    let answer = |started: &Started| stored(StatusCode::CREATED, &CrawlOut::of(started));
    let once = app.store().start_crawl(&op, new, answer).await.map_err(|error| {
        if error.is_conflict() {
            return ApiError::new(
                ErrorCode::Conflict,
                "This site is being read now. Wait until that ends, or cancel it with crawl_cancel.",
            );
        }
        error.into()
    })?;
    match once {
        Once::Fresh(started) => Ok((StatusCode::CREATED, Body(CrawlOut::of(&started))).into_response()),
        Once::Replayed(status, body) => replayed(status, body),
    }
}

/// List an agent's crawls
///
/// The newest first, with how far each is and what could not be read.
#[utoipa::path(
    get, path = "/v1/ai-agent/crawl_status/{projectId}/{chatbotId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        Paging,
    ),
    responses((status = 200, description = "A page of crawls.", body = Success<CrawlsOut>)),
)]
async fn list_crawls(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Agent>,
    list: List,
) -> Result<Body<Success<CrawlsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_crawls(op.account, &resource.chatbot_id, &cursor.request).await?;
    let failed =
        app.store().list_crawl_errors(op.account, &resource.chatbot_id, &page.items, ERRORS_SHOWN).await?;
    let mut errors = HashMap::<RunId, Vec<CrawlError>>::new();
    for error in failed {
        errors.entry(error.run_id).or_default().push(error);
    }
    let shown = |run: CrawlRun| {
        let errors = errors.remove(&run.run_id).unwrap_or_default();
        RunOut::of(run, errors)
    };
    let runs = page.items.into_iter().map(shown).collect();
    Ok(ok(CrawlsOut { runs, next_page_token: cursor.token(page.next)? }))
}

/// Cancel a crawl
///
/// What it has read so far stays.
#[utoipa::path(
    post, path = "/v1/ai-agent/crawl_cancel/{projectId}/{runId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("runId" = String, Path, description = "The run's id.", format = Uuid),
    ),
    responses((status = 200, description = "The crawl ends.", body = Success<CancelledOut>)),
)]
async fn cancel_crawl(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Project>,
    Path(path): Path<RunPath>,
) -> Result<Body<Success<CancelledOut>>, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::CrawlNotFound);
    let run: RunId = path.run_id.parse().map_err(|_| missing())?;
    let status = app.store().cancel_crawl(&op, resource.project_id, run).await?.ok_or_else(missing)?;
    Ok(ok(CancelledOut { run_id: run.to_string(), status: status.as_str() }))
}

//! `/v1/ai-agent/search/{projectId}/{chatbotId}`: what an agent would find.

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::{ErrorCode, Stopwatch};
use robofy_knowledge::search::{Hit, Query};
use robofy_store::agents::Agent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use super::content::library_error;
use crate::auth::{InProject, Knowledge, Read};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(search_knowledge)]
}

/// The longest question, in characters.
const QUERY: usize = 4000;
/// The most passages of an answer.
const MOST: i64 = 50;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchIn {
    /// The question, in the visitor's words; 413 when it is longer.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S")]
    query: String,
    /// How many passages at most.
    #[schema(minimum = 1, maximum = 50, default = 10)]
    limit: Option<i64>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchOut {
    /// The best passages, best first.
    results: Vec<PassageOut>,
    /// How long the search took, in microseconds.
    took_us: u64,
}

/// A passage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PassageOut {
    /// Its id: asset, version and number within the version.
    chunk_id: String,
    /// The asset.
    asset_id: i64,
    /// The file's name.
    file_name: String,
    /// Where it was found on the web.
    source_url: Option<String>,
    /// The headings above it, outermost first.
    heading_path: Vec<String>,
    /// Its text.
    text: String,
    /// What passages are ordered by.
    score: f32,
    /// The share of it that comes from the words.
    lexical_score: f32,
    /// The share of it that comes from meaning; `null` until the passage has a vector.
    vector_score: Option<f32>,
}

impl From<Hit> for PassageOut {
    fn from(hit: Hit) -> Self {
        Self {
            chunk_id: format!("{}-{}-{}", hit.source.asset_id, hit.source.version, hit.chunk_no),
            asset_id: hit.source.asset_id,
            file_name: hit.source.file_name.clone(),
            source_url: hit.source.source_url.clone(),
            heading_path: hit.heading_path.to_vec(),
            text: hit.text,
            score: hit.score,
            lexical_score: hit.lexical_score,
            vector_score: None,
        }
    }
}

/// Search an agent's knowledge
///
/// The passages that the agent would answer from, best first.
#[utoipa::path(
    post, path = "/v1/ai-agent/search/{projectId}/{chatbotId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = SearchIn,
    responses((status = 200, description = "What was found.", body = Success<SearchOut>)),
)]
async fn search_knowledge(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Agent>,
    Json(asked): Json<SearchIn>,
) -> Result<Body<Success<SearchOut>>, ApiError> {
    if asked.query.chars().count() > QUERY {
        return Err(ApiError::new(ErrorCode::PayloadTooLarge, "`query` is longer than 4,000 characters."));
    }
    let mut checks = Checks::default();
    checks.filled("query", Some(&asked.query), QUERY);
    checks.within("limit", asked.limit, 1, MOST);
    checks.done()?;
    let limit = asked.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(10);
    let watch = Stopwatch::start();
    let found = app
        .library()
        .search(&op, &resource, resource.content_version, &Query::new(&asked.query), limit)
        .await
        .map_err(|error| library_error("query", error))?;
    let took_us = u64::try_from(watch.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(ok(SearchOut { results: found.hits.into_iter().map(PassageOut::from).collect(), took_us }))
}

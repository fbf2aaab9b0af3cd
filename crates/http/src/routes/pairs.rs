//! `/v1/ai-agent/qa/{projectId}/{chatbotId}`: questions with the answers that are given whole.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{ErrorCode, QaId};
use robofy_store::agents::Agent;
use robofy_store::pairs::{Pair, PairChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{InProject, Knowledge, Read, Write};
use crate::check::Checks;
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, PageToken, Paging};
use crate::wire::{nullable, present};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_pairs, create_pair), routes!(update_pair, delete_pair)]
}

/// The most characters of a question.
const QUESTION: usize = 1000;
/// The most other wordings.
const ALSO: usize = 50;
/// The most characters of an answer.
const ANSWER: usize = 10_000;

/// A stored question with its answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PairOut {
    /// Its id.
    id: String,
    /// The question.
    question: String,
    /// Other wordings of the question.
    also: Vec<String>,
    /// The answer, given whole.
    answer: String,
    /// Whether it is used.
    enabled: bool,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed, RFC 3339.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&Pair> for PairOut {
    fn from(pair: &Pair) -> Self {
        Self {
            id: pair.qa_id.to_string(),
            question: pair.question.clone(),
            also: pair.also.0.clone(),
            answer: pair.answer.clone(),
            enabled: pair.enabled,
            created_at: pair.created_at.rfc3339(),
            updated_at: pair.updated_at.rfc3339(),
        }
    }
}

/// A page of pairs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PairsOut {
    /// The pairs, the oldest first.
    pairs: Vec<PairOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PairDeletedOut {
    /// Its id.
    id: String,
}

/// A new pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairIn {
    /// The question.
    #[schema(min_length = 1, max_length = 1000)]
    question: String,
    /// Other wordings of the question.
    #[serde(default)]
    #[schema(max_items = 50)]
    also: Vec<String>,
    /// The answer, given whole.
    #[schema(min_length = 1, max_length = 10_000)]
    answer: String,
    /// Whether it is used.
    #[serde(default = "yes")]
    #[schema(default = true)]
    enabled: bool,
}

/// What is to change in a pair; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairChangeIn {
    /// The question.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 1000, nullable = false)]
    question: Option<String>,
    /// Other wordings; the list is replaced, `null` empties it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 50, value_type = Option<Vec<String>>)]
    also: Option<Option<Vec<String>>>,
    /// The answer.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 10_000, nullable = false)]
    answer: Option<String>,
    /// Whether it is used.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    enabled: Option<bool>,
}

const fn yes() -> bool {
    true
}

fn check(question: Option<&str>, also: Option<&[String]>, answer: Option<&str>) -> Result<(), ApiError> {
    let mut checks = Checks::default();
    checks.filled("question", question, QUESTION);
    checks.few("also", also, ALSO);
    for (at, wording) in also.unwrap_or_default().iter().enumerate().take(ALSO) {
        checks.filled(&format!("also.{at}"), Some(wording), QUESTION);
    }
    checks.filled("answer", answer, ANSWER);
    checks.done()
}

/// List question-and-answer pairs
///
/// The agent's pairs, the oldest first.
#[utoipa::path(
    get, path = "/v1/ai-agent/qa/{projectId}/{chatbotId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        Paging,
    ),
    responses((status = 200, description = "A page of pairs.", body = Success<PairsOut>)),
)]
async fn list_pairs(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Agent>,
    list: List,
) -> Result<Body<Success<PairsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_pairs(op.account, &resource.chatbot_id, &cursor.request).await?;
    let pairs = page.items.iter().map(PairOut::from).collect();
    Ok(ok(PairsOut { pairs, next_page_token: cursor.token(page.next)? }))
}

/// Create a question-and-answer pair
///
/// When a visitor asks this question, the answer is given whole, before anything else is looked up.
#[utoipa::path(
    post, path = "/v1/ai-agent/qa/{projectId}/{chatbotId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = PairIn,
    responses((status = 201, description = "The pair was made.", body = Success<PairOut>)),
)]
async fn create_pair(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Agent>,
    new: NewJson<PairIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    check(Some(&new.question), Some(&new.also), Some(&new.answer))?;
    let now = op.now();
    let pair = Pair {
        qa_id: QaId(op.uuid()),
        question: new.question,
        also: new.also.into(),
        answer: new.answer,
        enabled: new.enabled,
        created_at: now,
        updated_at: now,
    };
    let answer = |pair: &Pair| Success::of(PairOut::from(pair));
    let once = app
        .store()
        .create_pair(&op, &resource.chatbot_id, pair, move |pair| stored(StatusCode::CREATED, &answer(pair)))
        .await?;
    created(once, StatusCode::CREATED, |pair| answer(&pair))
}

/// Update a question-and-answer pair
///
/// What is left out stays.
#[utoipa::path(
    put, path = "/v1/ai-agent/qa/{projectId}/{chatbotId}/{qaId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("qaId" = String, Path, description = "The pair's id."),
    ),
    request_body = PairChangeIn,
    responses((status = 200, description = "The pair as it is now.", body = Success<PairOut>)),
)]
async fn update_pair(
    State(app): State<App>,
    InProject { op, resource: (agent, pair), .. }: InProject<Write<Knowledge>, (Agent, Pair)>,
    Json(change): Json<PairChangeIn>,
) -> Result<Body<Success<PairOut>>, ApiError> {
    let also = change.also.map(Option::unwrap_or_default);
    check(change.question.as_deref(), also.as_deref(), change.answer.as_deref())?;
    let change =
        PairChange { question: change.question, also, answer: change.answer, enabled: change.enabled };
    let pair = app.store().update_pair(&op, &agent.chatbot_id, pair.qa_id, change).await?;
    let pair = pair.ok_or_else(|| ApiError::not_found(ErrorCode::QaNotFound))?;
    Ok(ok(PairOut::from(&pair)))
}

/// Delete a question-and-answer pair
///
/// The question is answered from the agent's other sources from now on.
#[utoipa::path(
    delete, path = "/v1/ai-agent/qa/{projectId}/{chatbotId}/{qaId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("qaId" = String, Path, description = "The pair's id."),
    ),
    responses((status = 200, description = "The pair is gone.", body = Success<PairDeletedOut>)),
)]
async fn delete_pair(
    State(app): State<App>,
    InProject { op, resource: (agent, pair), .. }: InProject<Write<Knowledge>, (Agent, Pair)>,
) -> Result<Body<Success<PairDeletedOut>>, ApiError> {
    if !app.store().delete_pair(&op, &agent.chatbot_id, pair.qa_id).await? {
        return Err(ApiError::not_found(ErrorCode::QaNotFound));
    }
    Ok(ok(PairDeletedOut { id: pair.qa_id.to_string() }))
}

//! `/v1/ai-agent/unanswered/{projectId}/{chatbotId}`: questions that were not found.

use axum::Json as Body;
use axum::extract::State;
use jiff::ToSpan as _;
use robofy_kernel::{ErrorCode, QuestionId, Timestamp};
use robofy_store::agents::Agent;
use robofy_store::unanswered::Question;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Group;
use crate::auth::{InProject, Knowledge, Read, Write};
use crate::check::Checks;
use crate::days::{self, date, in_order};
use crate::envelope::{Success, ok};
use crate::extract::{List, PageToken, Paging, Path};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_unanswered), routes!(dismiss_unanswered)]
}

/// From when to when.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnansweredQuery {
    /// The first day, as `YYYY-MM-DD`, in the account's time zone; none = from the beginning.
    #[param(format = Date, example = "2026-03-01")]
    from: Option<String>,
    /// The last day, included; none = until now.
    #[param(format = Date, example = "2026-03-31")]
    to: Option<String>,
}

/// A question that was not found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionOut {
    /// Its id, the same for all its wordings.
    id: String,
    /// As it was worded last.
    question: String,
    /// How often it was asked.
    count: i64,
    /// When first, RFC 3339.
    #[schema(format = DateTime)]
    first_asked_at: String,
    /// When last, RFC 3339.
    #[schema(format = DateTime)]
    last_asked_at: String,
    /// The session in which it was asked last.
    session_id: String,
    /// The answer that it got then.
    message_id: String,
}

impl From<Question> for QuestionOut {
    fn from(question: Question) -> Self {
        Self {
            id: question.question_id.to_string(),
            question: question.question,
            count: question.asked,
            first_asked_at: question.first_asked_at.rfc3339(),
            last_asked_at: question.last_asked_at.rfc3339(),
            session_id: question.session_id.into(),
            message_id: question.message_id.into(),
        }
    }
}

/// A page of questions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionsOut {
    /// The questions: what was asked most first, and of that what was asked last.
    questions: Vec<QuestionOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// What was taken off the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DismissedOut {
    /// Its id.
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QuestionPath {
    question_id: String,
}

/// List questions that were not found
///
/// What visitors asked and the agent has no answer to: what to teach it next. Questions that differ in case, punctuation
/// or endings of words only are one. With a test key, those of the test environment. What is asked while
/// somebody reads does not move the pages; a question that was being written when the first page was read may.
#[utoipa::path(
    get, path = "/v1/ai-agent/unanswered/{projectId}/{chatbotId}", tag = "Content",
    security(("apiKey" = ["knowledge:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        UnansweredQuery, Paging,
    ),
    responses((status = 200, description = "A page of questions.", body = Success<QuestionsOut>)),
)]
async fn list_unanswered(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Knowledge>, Agent>,
    list: List<UnansweredQuery>,
) -> Result<Body<Success<QuestionsOut>>, ApiError> {
    let mut checks = Checks::default();
    let from = date(&mut checks, "from", list.filter.from.as_deref());
    let to = date(&mut checks, "to", list.filter.to.as_deref());
    in_order(&mut checks, from, to);
    checks.done()?;
    let zone = days::zone(&app, &op).await?;
    let from = from.map_or(Timestamp::from_micros(i64::MIN), |day| zone.day_start(day));
    let until =
        to.map_or(Timestamp::from_micros(i64::MAX), |day| zone.day_start(day.saturating_add(1.day())));
    let cursor = list.cursor(&op)?;
    let page = app.store().list_unanswered(&op, &resource.chatbot_id, (from, until), &cursor.request).await?;
    let questions = page.items.into_iter().map(QuestionOut::from).collect();
    Ok(ok(QuestionsOut { questions, next_page_token: cursor.token(page.next)? }))
}

/// Dismiss a question that was not found
///
/// Takes it off the list, until it is asked again. Statistics stay what they are.
#[utoipa::path(
    delete, path = "/v1/ai-agent/unanswered/{projectId}/{chatbotId}/{questionId}", tag = "Content",
    security(("apiKey" = ["knowledge:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("questionId" = String, Path, description = "The question's id."),
    ),
    responses((status = 200, description = "The question is off the list.", body = Success<DismissedOut>)),
)]
async fn dismiss_unanswered(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Knowledge>, Agent>,
    Path(path): Path<QuestionPath>,
) -> Result<Body<Success<DismissedOut>>, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::QuestionNotFound);
    let id: QuestionId = path.question_id.parse().map_err(|_| missing())?;
    if !app.store().dismiss_unanswered(&op, &resource.chatbot_id, id).await? {
        return Err(missing());
    }
    Ok(ok(DismissedOut { id: id.to_string() }))
}

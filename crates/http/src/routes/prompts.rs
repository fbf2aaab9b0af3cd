//! `/v1/ai-agent/prompt_versions/{projectId}/{chatbotId}`: what an agent's model was told, and when.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{ErrorCode, Timestamp};
use robofy_store::agents::{Agent, PromptVersion};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{List, NewWithout, PageToken, Paging, Path};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_prompt_versions), routes!(restore_prompt_version)]
}

/// What the model was told from one moment on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptVersionOut {
    /// Its number, from 1.
    #[schema(minimum = 1)]
    version: i64,
    /// What the operator told the model.
    system_prompt_text: String,
    /// When, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// Who: a person's e-mail address, or `API key` and the key's name; `null` = not known.
    #[schema(examples("API key Primary"))]
    created_by: Option<String>,
}

impl From<&PromptVersion> for PromptVersionOut {
    fn from(version: &PromptVersion) -> Self {
        Self {
            version: version.version,
            system_prompt_text: version.system_prompt_text.clone(),
            created_at: version.created_at,
            created_by: version.created_by.clone(),
        }
    }
}

/// A page of versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PromptVersionsOut {
    /// The versions, the newest first: that one is in force.
    prompt_versions: Vec<PromptVersionOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// A version's number in a path.
#[derive(Debug, Deserialize)]
pub(crate) struct VersionPath {
    version: String,
}

/// List the versions of an agent's prompt
///
/// The newest first. Every change of `system_prompt_text` is a version, and so is a restored one.
#[utoipa::path(
    get, path = "/v1/ai-agent/prompt_versions/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        Paging,
    ),
    responses((status = 200, description = "A page of versions.", body = Success<PromptVersionsOut>)),
)]
async fn list_prompt_versions(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Agents>, Agent>,
    list: List,
) -> Result<Body<Success<PromptVersionsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_prompt_versions(op.account, &resource.chatbot_id, &cursor.request).await?;
    let prompt_versions = page.items.iter().map(PromptVersionOut::from).collect();
    Ok(ok(PromptVersionsOut { prompt_versions, next_page_token: cursor.token(page.next)? }))
}

/// Restore a version of an agent's prompt
///
/// Its text counts from now on, as a new version; nothing else of the agent's settings changes.
#[utoipa::path(
    post, path = "/v1/ai-agent/prompt_versions/{projectId}/{chatbotId}/{version}/restore", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("version" = i64, Path, description = "The version that is to count again.", minimum = 1),
    ),
    responses((status = 201, description = "The new version.", body = Success<PromptVersionOut>)),
)]
async fn restore_prompt_version(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Path(path): Path<VersionPath>,
    new: NewWithout,
) -> Result<Response, ApiError> {
    let op = new.claim(&app, op);
    let missing = || ApiError::not_found(ErrorCode::PromptVersionNotFound);
    let version: i64 = path.version.parse().map_err(|_| missing())?;
    let (project, chatbot) = (resource.project_id, &resource.chatbot_id);
    app.store().find_prompt_version(op.account, chatbot, version).await?.ok_or_else(missing)?;
    let answer = |version: &PromptVersion| Success::of(PromptVersionOut::from(version));
    let kept = move |version: &PromptVersion| stored(StatusCode::CREATED, &answer(version));
    let once = app.store().restore_prompt(&op, project, chatbot, version, kept).await?;
    created(once, StatusCode::CREATED, |version| answer(&version))
}

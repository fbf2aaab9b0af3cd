//! `/v1/ai-agent/chatbot/{projectId}`: the agents of a project.

mod shape;

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{ErrorCode, Op};
use robofy_store::agents::{Agent, LlmKeyChange};
use robofy_store::projects::Project;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::shape::{AgentChangeIn, AgentIn, AgentOut, AgentsOut, apply};
use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, Paging};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_agents, create_agent), routes!(get_agent, update_agent, delete_agent)]
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentDeletedOut {
    /// Its id.
    chatbot_id: String,
}

async fn shown(app: &App, op: &Op, agent: &Agent) -> Result<AgentOut, ApiError> {
    let taught = app.store().count_sources(op.account, &agent.chatbot_id).await?;
    Ok(AgentOut::of(agent, &taught))
}

/// List agents
///
/// The project's agents, the oldest first.
#[utoipa::path(
    get, path = "/v1/ai-agent/chatbot/{projectId}", tag = "Agents",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64), Paging),
    responses((status = 200, description = "A page of agents.", body = Success<AgentsOut>)),
)]
async fn list_agents(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Agents>, Project>,
    list: List,
) -> Result<Body<Success<AgentsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_agents(op.account, resource.project_id, &cursor.request).await?;
    let taught = app.store().count_sources_of_page(&page.items).await?;
    let shown = |agent| AgentOut::of(agent, &taught.get(&agent.chatbot_id).copied().unwrap_or_default());
    let chatbots = page.items.iter().map(shown).collect();
    Ok(ok(AgentsOut { chatbots, next_page_token: cursor.token(page.next)? }))
}

/// Create an agent
///
/// The answer's `data` is the agent's id. Teach it with `link_content` and `upload_file`, then ask it.
#[utoipa::path(
    post, path = "/v1/ai-agent/chatbot/{projectId}", tag = "Agents",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = AgentIn,
    responses((status = 201, description = "The agent was made; `data` is its id.", body = Success<String>)),
)]
async fn create_agent(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Project>,
    new: NewJson<AgentChangeIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    let change = new.checked_new()?;
    let mut agent = Agent::new(&op, resource.project_id, "", "");
    apply(change, &mut agent);
    let answer = |agent: &Agent| Success::of(agent.chatbot_id.to_string());
    let once = app
        .store()
        .create_agent(&op, agent, move |agent| stored(StatusCode::CREATED, &answer(agent)))
        .await?;
    created(once, StatusCode::CREATED, |agent| answer(&agent))
}

/// Retrieve an agent
///
/// The agent with all that `PUT` can change.
#[utoipa::path(
    get, path = "/v1/ai-agent/chatbot/{projectId}/{chatbotId}", tag = "Agents",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The agent.", body = Success<AgentOut>)),
)]
async fn get_agent(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Read<Agents>, Agent>,
) -> Result<Body<Success<AgentOut>>, ApiError> {
    Ok(ok(shown(&app, &op, &resource).await?))
}

/// Update an agent
///
/// What is left out stays; a list is replaced as a whole; `null` clears.
#[utoipa::path(
    put, path = "/v1/ai-agent/chatbot/{projectId}/{chatbotId}", tag = "Agents",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = AgentChangeIn,
    responses((status = 200, description = "The agent as it is now.", body = Success<AgentOut>)),
)]
async fn update_agent(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Json(change): Json<AgentChangeIn>,
) -> Result<Body<Success<AgentOut>>, ApiError> {
    let change = change.checked()?;
    let changed = app
        .store()
        .update_agent(&op, resource.project_id, &resource.chatbot_id, LlmKeyChange::Keep, move |agent| {
            apply(change, agent);
        })
        .await?;
    let agent = changed.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    Ok(ok(shown(&app, &op, &agent).await?))
}

/// Delete an agent
///
/// With its links, its question-and-answer pairs and its conversations. The assets stay in the project.
#[utoipa::path(
    delete, path = "/v1/ai-agent/chatbot/{projectId}/{chatbotId}", tag = "Agents",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The agent is gone.", body = Success<AgentDeletedOut>)),
)]
async fn delete_agent(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
) -> Result<Body<Success<AgentDeletedOut>>, ApiError> {
    if !app.store().delete_agent(&op, resource.project_id, &resource.chatbot_id).await? {
        return Err(ApiError::not_found(ErrorCode::ChatbotNotFound));
    }
    Ok(ok(AgentDeletedOut { chatbot_id: resource.chatbot_id.to_string() }))
}

//! Projects: what agents and assets belong to.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_kernel::{FieldError, ProjectId};
use robofy_store::projects::{Project, ProjectChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{Agents, Auth, InProject, Read, Write};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, PageToken, Paging, empty};
use crate::wire::{nullable, present};
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_projects, create_project), routes!(get_project, update_project)]
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectOut {
    /// Its id.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    id: i64,
    /// Its name.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// When it was made, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    created_at: String,
    /// When it was last changed, `YYYY-MM-DD HH:MM:SS` in UTC.
    #[schema(examples("2026-01-31 08:05:00"))]
    updated_at: String,
}

impl From<&Project> for ProjectOut {
    fn from(project: &Project) -> Self {
        Self {
            id: project.project_id.0,
            name: project.name.clone(),
            description: project.description.clone(),
            created_at: project.created_at.documented(),
            updated_at: project.updated_at.documented(),
        }
    }
}

/// A page of projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectsOut {
    /// The projects, the oldest first.
    projects: Vec<ProjectOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// A new project.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProjectIn {
    /// A name to know it by.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it is for.
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// What is to change in a project; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ProjectChangeIn {
    /// A name to know it by.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// What it is for; `null` clears it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 2000, value_type = Option<String>)]
    description: Option<Option<String>>,
}

fn check(name: Option<&str>, description: Option<&str>) -> Result<(), ApiError> {
    let mut errors = Vec::new();
    if name.is_some_and(|name| name.trim().is_empty()) {
        errors.push(empty("name"));
    }
    if name.is_some_and(|name| name.chars().count() > 200) {
        errors.push(FieldError::new("name", "too_long", "must be at most 200 characters"));
    }
    if description.is_some_and(|text| text.chars().count() > 2000) {
        errors.push(FieldError::new("description", "too_long", "must be at most 2,000 characters"));
    }
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}

/// List projects
///
/// The account's projects, the oldest first.
#[utoipa::path(
    get, path = "/v1/projects", tag = "Projects",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(Paging),
    responses((status = 200, description = "A page of projects.", body = Success<ProjectsOut>)),
)]
async fn list_projects(
    State(app): State<App>,
    Auth { op, .. }: Auth<Read<Agents>>,
    list: List,
) -> Result<Body<Success<ProjectsOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_projects(op.account, &cursor.request).await?;
    let projects = page.items.iter().map(ProjectOut::from).collect();
    Ok(ok(ProjectsOut { projects, next_page_token: cursor.token(page.next)? }))
}

/// Create a project
///
/// A project holds agents and the assets that they are taught from.
#[utoipa::path(
    post, path = "/v1/projects", tag = "Projects",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    request_body = ProjectIn,
    responses((status = 201, description = "The project was made.", body = Success<ProjectOut>)),
)]
async fn create_project(
    State(app): State<App>,
    Auth { op, .. }: Auth<Write<Agents>>,
    new: NewJson<ProjectIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    check(Some(&new.name), new.description.as_deref())?;
    let now = op.now();
    let project = Project {
        project_id: ProjectId(op.ids.number()),
        name: new.name,
        description: new.description,
        created_at: now,
        updated_at: now,
    };
    let answer = |project: &Project| Success::of(ProjectOut::from(project));
    let once = app
        .store()
        .create_project(&op, project, move |project| stored(StatusCode::CREATED, &answer(project)))
        .await?;
    created(once, StatusCode::CREATED, |project| answer(&project))
}

/// Retrieve a project
///
/// What agents and assets belong to.
#[utoipa::path(
    get, path = "/v1/projects/{id}", tag = "Projects",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(("id" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    responses((status = 200, description = "The project.", body = Success<ProjectOut>)),
)]
async fn get_project(
    InProject { resource, .. }: InProject<Read<Agents>, Project>,
) -> Body<Success<ProjectOut>> {
    ok(ProjectOut::from(&resource))
}

/// Update a project
///
/// What is left out stays; `null` clears.
#[utoipa::path(
    put, path = "/v1/projects/{id}", tag = "Projects",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(("id" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = ProjectChangeIn,
    responses((status = 200, description = "The project as it is now.", body = Success<ProjectOut>)),
)]
async fn update_project(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Project>,
    Json(change): Json<ProjectChangeIn>,
) -> Result<Body<Success<ProjectOut>>, ApiError> {
    check(change.name.as_deref(), change.description.as_ref().and_then(Option::as_deref))?;
    let change = ProjectChange { name: change.name, description: change.description };
    let project = app.store().update_project(&op, resource.project_id, change).await?;
    let project = project.ok_or_else(|| ApiError::not_found(robofy_kernel::ErrorCode::ProjectNotFound))?;
    Ok(ok(ProjectOut::from(&project)))
}

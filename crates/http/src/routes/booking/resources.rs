//! Resources: the people, rooms and things that bookings occupy.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_booking::{Resource, ResourceSettings};
use robofy_kernel::{ErrorCode, ResourceId};
use robofy_store::StoreError;
use robofy_store::booking::StoredResource;
use robofy_store::projects::Project;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::making::wrong;
use super::merge::merged;
use super::schema::{ResourceChangeIn, ResourceFields, ResourceIn};
use crate::auth::{Bookings, InProject, Read, Write};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, PageToken, Paging};
use crate::{ApiError, App};

/// A resource.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResourceOut {
    /// Its id.
    resource_id: String,
    /// What is set.
    #[serde(flatten)]
    #[schema(value_type = ResourceFields)]
    settings: ResourceSettings,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed, RFC 3339.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of resources.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResourcesOut {
    /// The resources, the oldest first.
    resources: Vec<ResourceOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResourceDeletedOut {
    /// Its id.
    resource_id: String,
}

impl From<&StoredResource> for ResourceOut {
    fn from(resource: &StoredResource) -> Self {
        Self {
            resource_id: resource.resource_id.to_string(),
            settings: resource.settings.settings().clone(),
            created_at: resource.created_at.rfc3339(),
            updated_at: resource.updated_at.rfc3339(),
        }
    }
}

/// List resources
///
/// The project's resources, the oldest first.
#[utoipa::path(
    get, path = "/v1/booking/resources/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        Paging,
    ),
    responses((status = 200, description = "A page of resources.", body = Success<ResourcesOut>)),
)]
pub(super) async fn list_resources(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Read<Bookings>, Project>,
    list: List,
) -> Result<Body<Success<ResourcesOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_resources(op.account, project.project_id, &cursor.request).await?;
    let resources = page.items.iter().map(ResourceOut::from).collect();
    Ok(ok(ResourcesOut { resources, next_page_token: cursor.token(page.next)? }))
}

/// Create a resource
///
/// Who or what is booked: a person, a room, a bench. Its opening hours are those of its own time zone.
#[utoipa::path(
    post, path = "/v1/booking/resources/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = ResourceIn,
    responses((status = 201, description = "The resource was made.", body = Success<ResourceOut>)),
)]
pub(super) async fn create_resource(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Write<Bookings>, Project>,
    new: NewJson<ResourceSettings>,
) -> Result<Response, ApiError> {
    let (op, settings) = new.claim(&app, op);
    let resource = Resource::try_from(settings).map_err(wrong)?;
    let now = op.now();
    let resource = StoredResource {
        resource_id: ResourceId(op.uuid()),
        project_id: project.project_id,
        settings: robofy_store::Json(resource),
        removed: false,
        created_at: now,
        updated_at: now,
    };
    let answer = |resource: &StoredResource| Success::of(ResourceOut::from(resource));
    let once = app
        .store()
        .create_resource(&op, resource, move |resource| stored(StatusCode::CREATED, &answer(resource)))
        .await?;
    created(once, StatusCode::CREATED, |resource| answer(&resource))
}

/// Retrieve a resource
///
/// The resource with its opening hours and exceptions.
#[utoipa::path(
    get, path = "/v1/booking/resources/{projectId}/{resourceId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("resourceId" = String, Path, description = "The resource's id."),
    ),
    responses((status = 200, description = "The resource.", body = Success<ResourceOut>)),
)]
pub(super) async fn get_resource(
    InProject { resource, .. }: InProject<Read<Bookings>, StoredResource>,
) -> Body<Success<ResourceOut>> {
    ok(ResourceOut::from(&resource))
}

/// Update a resource
///
/// What is left out stays, lists are replaced, `null` restores the default. Bookings that are there stay as they are.
#[utoipa::path(
    put, path = "/v1/booking/resources/{projectId}/{resourceId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("resourceId" = String, Path, description = "The resource's id."),
    ),
    request_body = ResourceChangeIn,
    responses((status = 200, description = "The resource as it is now.", body = Success<ResourceOut>)),
)]
pub(super) async fn update_resource(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Bookings>, StoredResource>,
    Json(change): Json<Map<String, Value>>,
) -> Result<Body<Success<ResourceOut>>, ApiError> {
    let updated = app
        .store()
        .update_resource(&op, resource.project_id, resource.resource_id, move |present| {
            changed(present.settings(), &change)
        })
        .await?;
    let updated = updated.ok_or_else(|| ApiError::not_found(ErrorCode::ResourceNotFound))??;
    Ok(ok(ResourceOut::from(&updated)))
}

/// Delete a resource
///
/// It must be named by no service. Its bookings stay.
#[utoipa::path(
    delete, path = "/v1/booking/resources/{projectId}/{resourceId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("resourceId" = String, Path, description = "The resource's id."),
    ),
    responses((status = 200, description = "The resource is gone.", body = Success<ResourceDeletedOut>)),
)]
pub(super) async fn delete_resource(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Bookings>, StoredResource>,
) -> Result<Body<Success<ResourceDeletedOut>>, ApiError> {
    match app.store().delete_resource(&op, resource.project_id, resource.resource_id).await {
        Ok(true) => {}
        Ok(false) => return Err(ApiError::not_found(ErrorCode::ResourceNotFound)),
        Err(StoreError::Conflict(_)) => {
            return Err(ApiError::new(
                ErrorCode::Conflict,
                "A service names this resource. Take it out of the service's `resource_ids` first.",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ok(ResourceDeletedOut { resource_id: resource.resource_id.to_string() }))
}

fn changed(settings: &ResourceSettings, change: &Map<String, Value>) -> Result<Resource, ApiError> {
    Resource::try_from(merged(settings, change)?).map_err(wrong)
}

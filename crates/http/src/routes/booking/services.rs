//! Services: what can be booked.

use axum::Json as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use robofy_booking::{Service, ServiceSettings};
use robofy_kernel::{ErrorCode, FieldError, Op, ProjectId, ServiceId};
use robofy_store::booking::StoredService;
use robofy_store::projects::Project;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::making::wrong;
use super::merge::merged;
use super::schema::{ServiceChangeIn, ServiceFields, ServiceIn};
use crate::auth::{Bookings, InProject, Read, Write};
use crate::envelope::{Success, created, ok, stored};
use crate::extract::{Json, List, NewJson, PageToken, Paging};
use crate::{ApiError, App};

/// A service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceOut {
    /// Its id.
    service_id: String,
    /// What is set.
    #[serde(flatten)]
    #[schema(value_type = ServiceFields)]
    settings: ServiceSettings,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed, RFC 3339.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of services.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServicesOut {
    /// The services, the oldest first.
    services: Vec<ServiceOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceDeletedOut {
    /// Its id.
    service_id: String,
}

impl From<&StoredService> for ServiceOut {
    fn from(service: &StoredService) -> Self {
        Self {
            service_id: service.service_id.to_string(),
            settings: service.settings.settings().clone(),
            created_at: service.created_at.rfc3339(),
            updated_at: service.updated_at.rfc3339(),
        }
    }
}

/// List services
///
/// The project's services, the oldest first.
#[utoipa::path(
    get, path = "/v1/booking/services/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        Paging,
    ),
    responses((status = 200, description = "A page of services.", body = Success<ServicesOut>)),
)]
pub(super) async fn list_services(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Read<Bookings>, Project>,
    list: List,
) -> Result<Body<Success<ServicesOut>>, ApiError> {
    let cursor = list.cursor(&op)?;
    let page = app.store().list_services(op.account, project.project_id, &cursor.request).await?;
    let services = page.items.iter().map(ServiceOut::from).collect();
    Ok(ok(ServicesOut { services, next_page_token: cursor.token(page.next)? }))
}

/// Create a service
///
/// What can be booked, how long it takes, and on which resources.
#[utoipa::path(
    post, path = "/v1/booking/services/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = ServiceIn,
    responses((status = 201, description = "The service was made.", body = Success<ServiceOut>)),
)]
pub(super) async fn create_service(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Write<Bookings>, Project>,
    new: NewJson<ServiceSettings>,
) -> Result<Response, ApiError> {
    let (op, settings) = new.claim(&app, op);
    let service = Service::try_from(settings).map_err(wrong)?;
    check_members(&app, &op, project.project_id, service.settings(), None).await?;
    let now = op.now();
    let service = StoredService {
        service_id: ServiceId(op.uuid()),
        project_id: project.project_id,
        settings: robofy_store::Json(service),
        removed: false,
        created_at: now,
        updated_at: now,
    };
    let answer = |service: &StoredService| Success::of(ServiceOut::from(service));
    let once = app
        .store()
        .create_service(&op, service, move |service| stored(StatusCode::CREATED, &answer(service)))
        .await?;
    created(once, StatusCode::CREATED, |service| answer(&service))
}

/// Retrieve a service
///
/// The service with its rules.
#[utoipa::path(
    get, path = "/v1/booking/services/{projectId}/{serviceId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("serviceId" = String, Path, description = "The service's id."),
    ),
    responses((status = 200, description = "The service.", body = Success<ServiceOut>)),
)]
pub(super) async fn get_service(
    InProject { resource: service, .. }: InProject<Read<Bookings>, StoredService>,
) -> Body<Success<ServiceOut>> {
    ok(ServiceOut::from(&service))
}

/// Update a service
///
/// What is left out stays, lists are replaced, `null` restores the default. Bookings that are there stay as they are.
#[utoipa::path(
    put, path = "/v1/booking/services/{projectId}/{serviceId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("serviceId" = String, Path, description = "The service's id."),
    ),
    request_body = ServiceChangeIn,
    responses((status = 200, description = "The service as it is now.", body = Success<ServiceOut>)),
)]
pub(super) async fn update_service(
    State(app): State<App>,
    InProject { op, resource: service, .. }: InProject<Write<Bookings>, StoredService>,
    Json(change): Json<Map<String, Value>>,
) -> Result<Body<Success<ServiceOut>>, ApiError> {
    let before = service.settings.settings();
    let now = changed(before, &change)?;
    check_members(&app, &op, service.project_id, now.settings(), Some(before)).await?;
    let updated = app
        .store()
        .update_service(&op, service.project_id, service.service_id, move |present| {
            changed(present.settings(), &change)
        })
        .await?;
    let updated = updated.ok_or_else(|| ApiError::not_found(ErrorCode::ServiceNotFound))??;
    Ok(ok(ServiceOut::from(&updated)))
}

/// Delete a service
///
/// It cannot be booked any more; its bookings stay.
#[utoipa::path(
    delete, path = "/v1/booking/services/{projectId}/{serviceId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("serviceId" = String, Path, description = "The service's id."),
    ),
    responses((status = 200, description = "The service is gone.", body = Success<ServiceDeletedOut>)),
)]
pub(super) async fn delete_service(
    State(app): State<App>,
    InProject { op, resource: service, .. }: InProject<Write<Bookings>, StoredService>,
) -> Result<Body<Success<ServiceDeletedOut>>, ApiError> {
    if !app.store().delete_service(&op, service.project_id, service.service_id).await? {
        return Err(ApiError::not_found(ErrorCode::ServiceNotFound));
    }
    Ok(ok(ServiceDeletedOut { service_id: service.service_id.to_string() }))
}

fn changed(settings: &ServiceSettings, change: &Map<String, Value>) -> Result<Service, ApiError> {
    Service::try_from(merged(settings, change)?).map_err(wrong)
}

/// Agents and resources must be the project's. Those that the service named before are not asked about: an agent may
/// have been deleted since.
async fn check_members(
    app: &App,
    op: &Op,
    project: ProjectId,
    settings: &ServiceSettings,
    before: Option<&ServiceSettings>,
) -> Result<(), ApiError> {
    let mut errors = Vec::new();
    for (at, chatbot) in settings.chatbot_ids.iter().enumerate() {
        if before.is_some_and(|before| before.chatbot_ids.contains(chatbot)) {
            continue;
        }
        let found = app.store().find_agent(op.account, chatbot).await?;
        if found.is_none_or(|agent| agent.project_id != project) {
            let detail = "there is no such agent in this project";
            errors.push(FieldError::new(format!("chatbot_ids[{at}]"), "invalid", detail));
        }
    }
    for (at, resource) in settings.resource_ids.iter().enumerate() {
        let found = app.store().find_resource(op.account, *resource).await?;
        if found.is_none_or(|resource| resource.project_id != project || resource.removed) {
            let detail = "there is no such resource in this project";
            errors.push(FieldError::new(format!("resource_ids[{at}]"), "invalid", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}

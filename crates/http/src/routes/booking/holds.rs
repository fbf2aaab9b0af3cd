//! Holds, for servers and people.

use axum::Json as Body;
use axum::extract::State;
use axum::response::Response;
use robofy_store::booking::Hold;
use robofy_store::projects::Project;

use super::making::{self, HoldIn, Party};
use super::shape::{HoldOut, ReleasedOut};
use crate::auth::{Bookings, InProject, Write};
use crate::envelope::{Success, ok};
use crate::extract::NewJson;
use crate::{ApiError, App};

/// Hold a slot
///
/// Keeps a time for some minutes, so that nobody else gets it while details are asked for. It ends by itself.
#[utoipa::path(
    post, path = "/v1/booking/holds/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = HoldIn,
    responses((status = 201, description = "The time is kept.", body = Success<HoldOut>)),
)]
pub(super) async fn create_hold(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Write<Bookings>, Project>,
    new: NewJson<HoldIn>,
) -> Result<Response, ApiError> {
    let (op, new) = new.claim(&app, op);
    making::hold(&app, Party::operator(op, project.project_id), new).await
}

/// Give a hold back
///
/// The time is free again at once.
#[utoipa::path(
    delete, path = "/v1/booking/holds/{projectId}/{holdId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("holdId" = String, Path, description = "The hold's id."),
    ),
    responses((status = 200, description = "It is over.", body = Success<ReleasedOut>)),
)]
pub(super) async fn release_hold(
    State(app): State<App>,
    InProject { op, resource: hold, .. }: InProject<Write<Bookings>, Hold>,
) -> Result<Body<Success<ReleasedOut>>, ApiError> {
    let released = app.store().release_hold(&op, hold.hold_id).await?;
    Ok(ok(ReleasedOut { hold_id: hold.hold_id.to_string(), released }))
}

//! Whether the process runs, and whether it can serve.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(healthz), routes!(readyz)]
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
    /// The program's version.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Say whether the process runs
///
/// Always 200 while the process runs; for liveness probes.
#[utoipa::path(get, path = "/healthz", tag = "Server", security(()), responses((status = 200, description = "The process runs.", body = Health)))]
async fn healthz() -> Json<Health> {
    Json(OK)
}

/// Say whether the server can serve
///
/// 200 when the database answers and its schema is this program's; for readiness probes. 503 otherwise, and while the
/// server shuts down.
#[utoipa::path(get, path = "/readyz", tag = "Server", security(()), responses((status = 200, description = "The server can serve.", body = Health)))]
async fn readyz(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    if app.tasks().is_stopping() {
        return Err(ApiError::new(
            robofy_kernel::ErrorCode::ServiceUnavailable,
            "The server is shutting down.",
        ));
    }
    // The schema was brought up to date before the server began to listen, so an answering database is enough.
    app.store().ping().await.map_err(|error| {
        ApiError::new(robofy_kernel::ErrorCode::ServiceUnavailable, "The database does not answer.")
            .caused_by(error)
    })?;
    Ok(Json(OK))
}

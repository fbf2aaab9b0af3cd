//! Free slots.

use axum::Json as Body;
use axum::extract::State;
use robofy_agent::calendar::{Calendar, Seeker, SlotKey};
use robofy_booking::{Window, Zone};
use robofy_kernel::{Op, ResourceId, ServiceId};
use robofy_store::booking::Besides;
use robofy_store::projects::Project;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::making::{Party, wrong, zone};
use super::shape::{SlotOut, slots_out};
use crate::auth::{Bookings, InProject, Read};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::{List, PageToken};
use crate::openapi::kinds;
use crate::{ApiError, App};

/// How many slots are given at most where nobody says otherwise, and at most at all.
const LIMIT: (i64, i64) = (500, 2_000);

/// Which slots.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct SlotsQuery {
    /// The service.
    #[param(value_type = String, format = "uuid")]
    pub(super) service_id: ServiceId,
    /// From when: a date, which is a day in `timezone`, or RFC 3339.
    #[param(value_type = kinds::Moment, inline, example = "2026-03-30")]
    from: String,
    /// Until when, exclusive, at most 62 days after `from`.
    #[param(value_type = kinds::Moment, inline, example = "2026-04-06")]
    to: String,
    /// The IANA zone in which days begin and times are told; none = the resource's.
    #[param(format = "time-zone", example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Only this resource's.
    #[param(value_type = Option<String>, format = "uuid")]
    resource_id: Option<ResourceId>,
    /// How many at most.
    #[param(minimum = 1, maximum = 2000, default = 500)]
    #[serde(serialize_with = "unbound")]
    limit: Option<i64>,
}

/// Where in the slots to begin. For the interface's document; [`List`] reads it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "named for the interface's document only")]
pub(crate) struct SlotsPaging {
    /// `next_page_token` of the page before, asked for with the same filters; none = the first page.
    #[param(rename = "nextPageToken")]
    token: Option<String>,
}

/// The size of a page is none of what its token is bound to.
fn unbound<S: serde::Serializer>(_: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_unit()
}

/// Free slots.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotsOut {
    /// The slots, by their start.
    slots: Vec<SlotOut>,
    /// The zone in which they are told.
    timezone: String,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// List free slots
///
/// What of a service can be booked now, by its start. A slot is free for whoever takes it first: hold it while you ask
/// for details.
#[utoipa::path(
    get, path = "/v1/booking/slots/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        SlotsQuery,
        SlotsPaging,
    ),
    responses((status = 200, description = "Free slots.", body = Success<SlotsOut>)),
)]
pub(super) async fn list_slots(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Read<Bookings>, Project>,
    list: List<SlotsQuery>,
) -> Result<Body<Success<SlotsOut>>, ApiError> {
    let party = Party::operator(op, project.project_id);
    let calendar = party.calendar(&app, list.filter.service_id).await?;
    find(&app, &party.op, &calendar, list, Besides::default()).await
}

/// The free slots of a calendar, leaving aside what counts as free.
pub(super) async fn find(
    app: &App,
    op: &Op,
    calendar: &Calendar,
    list: List<SlotsQuery>,
    besides: Besides,
) -> Result<Body<Success<SlotsOut>>, ApiError> {
    let query = &list.filter;
    let zone: Zone = zone(query.timezone.as_deref())?.unwrap_or_else(|| calendar.zone(query.resource_id));
    let window = Window::read(&query.from, &query.to, &zone).map_err(wrong)?;
    let mut checks = Checks::default();
    checks.within("limit", query.limit, 1, LIMIT.1);
    if query.resource_id.is_some_and(|resource| calendar.resource(resource).is_none()) {
        checks.wrong("resourceId", "invalid", "is none of this service's resources");
    }
    checks.done()?;
    let cursor = list.sized::<SlotKey>(op, query.limit.unwrap_or(LIMIT.0))?;
    let seeker = Seeker { resource: query.resource_id, seats: 1, besides };
    let page = calendar.page(app.store(), op, window, seeker, &cursor.request).await?;
    Ok(ok(SlotsOut {
        slots: slots_out(&page.items, &zone),
        timezone: zone.name().to_owned(),
        next_page_token: cursor.token(page.next)?,
    }))
}

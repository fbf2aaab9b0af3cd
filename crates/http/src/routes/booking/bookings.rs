//! Bookings, for servers and people.

use std::str::FromStr;

use axum::Json as Body;
use axum::extract::State;
use axum::response::Response;
use robofy_booking::{BookingStatus, Zone};
use robofy_kernel::{ErrorCode, Op, ProjectId, ResourceId, ServiceId, SessionId, Timestamp};
use robofy_store::booking::{Actor, Booking, BookingFilter, StatusChange};
use robofy_store::chat::{Channel, Whose};
use robofy_store::projects::Project;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::making::{self, Party};
use super::order::order_in;
use super::shape::{BookingOut, BookingsOut, OwnBookingOut};
use crate::auth::{Bookings, InProject, Read, Write, find_agent};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::{Json, List, NewJson, Paging};
use crate::openapi::kinds;
use crate::{ApiError, App};

order_in! {
    /// A new booking: of a hold, or of a service's start.
    BookingIn {
        /// The visitor's session.
        #[schema(max_length = 128)]
        session_id: Option<String>,
        /// The session's agent. With it, a session that is not there yet is made.
        chatbot_id: Option<String>,
    }
}

/// What is to change in a booking: its time, or its status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookingChangeIn {
    /// When it starts, RFC 3339; none = as before.
    #[schema(value_type = Option<String>, format = "date-time")]
    start: Option<Timestamp>,
    /// Whose; none = as before where that is free, else any that is free.
    #[schema(value_type = Option<String>, format = "uuid")]
    resource_id: Option<ResourceId>,
    /// `confirmed`, `declined`, `cancelled`, `no_show` or `completed`; alone.
    #[schema(value_type = Option<String>, pattern = "^(pending|confirmed|declined|cancelled|no_show|completed)$")]
    status: Option<BookingStatus>,
}

/// Which bookings.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct BookingsQuery {
    /// Those that start then or later: a date, which is a day in `timezone`, or RFC 3339.
    #[param(value_type = Option<kinds::Moment>, inline, example = "2026-03-30")]
    from: Option<String>,
    /// Those that start before.
    #[param(value_type = Option<kinds::Moment>, inline, example = "2026-04-06")]
    to: Option<String>,
    /// The IANA zone in which days begin; none = UTC.
    #[param(format = "time-zone", example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Those of this status.
    #[param(value_type = Option<String>, pattern = "^(pending|confirmed|declined|cancelled|no_show|completed)$")]
    status: Option<String>,
    /// Those of this service.
    #[param(value_type = Option<String>, format = "uuid")]
    service_id: Option<ServiceId>,
    /// Those of this resource.
    #[param(value_type = Option<String>, format = "uuid")]
    resource_id: Option<ResourceId>,
}

impl BookingsQuery {
    fn filter(&self) -> Result<BookingFilter, ApiError> {
        let mut checks = Checks::default();
        let zone = checks.zone("timezone", self.timezone.as_deref()).unwrap_or(Zone::UTC);
        let from = checks.moment("from", self.from.as_deref(), &zone);
        let until = checks.moment("to", self.to.as_deref(), &zone);
        let status = self.status.as_deref().map(BookingStatus::from_str).transpose();
        if let Err(unknown) = &status {
            checks.wrong("status", "invalid", unknown.to_string());
        }
        checks.done()?;
        Ok(BookingFilter {
            from,
            until,
            status: status.unwrap_or_default(),
            service: self.service_id,
            resource: self.resource_id,
        })
    }
}

/// List bookings
///
/// The project's bookings of the key's environment, by their start. With `status`, `serviceId` or `resourceId` a page looks at
/// 5,000 bookings at most: it may then be short, or empty, while `next_page_token` leads on.
#[utoipa::path(
    get, path = "/v1/booking/bookings/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        BookingsQuery,
        Paging,
    ),
    responses((status = 200, description = "A page of bookings.", body = Success<BookingsOut>)),
)]
pub(super) async fn list_bookings(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Read<Bookings>, Project>,
    list: List<BookingsQuery>,
) -> Result<Body<Success<BookingsOut>>, ApiError> {
    let (filter, cursor) = (list.filter.filter()?, list.cursor(&op)?);
    let page = app.store().list_bookings(&op, project.project_id, filter, &cursor.request).await?;
    let bookings = page.items.iter().map(BookingOut::from).collect();
    Ok(ok(BookingsOut { bookings, next_page_token: cursor.token(page.next)? }))
}

/// Create a booking
///
/// Of a hold, or of a free slot. A service whose `confirmation` is `manual` makes it pending. The session's lead, where
/// there is one, is the booking's. When the time cannot be had,
/// `error.alternatives[]` has up to five that were free.
#[utoipa::path(
    post, path = "/v1/booking/bookings/{projectId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64)),
    request_body = BookingIn,
    responses((status = 201, description = "It is booked.", body = Success<OwnBookingOut>)),
)]
pub(super) async fn create_booking(
    State(app): State<App>,
    InProject { op, resource: project, .. }: InProject<Write<Bookings>, Project>,
    new: NewJson<BookingIn>,
) -> Result<Response, ApiError> {
    let (op, mut new) = new.claim(&app, op);
    let (session, chatbot) = (new.session_id.take(), new.chatbot_id.take());
    let party = of_session(&app, op, project.project_id, session, chatbot).await?;
    making::book(&app, party, new.order()).await
}

/// The operator, for a visitor's session where one is named.
async fn of_session(
    app: &App,
    op: Op,
    project: ProjectId,
    session: Option<String>,
    chatbot: Option<String>,
) -> Result<Party, ApiError> {
    let agent = match &chatbot {
        Some(chatbot) => Some(find_agent(&op, app, project, chatbot).await?.chatbot_id),
        None => None,
    };
    let Some(session) = session else {
        return Ok(Party { chatbot: agent, ..Party::operator(op, project) });
    };
    let session_id: SessionId = session.parse().map_err(|_| {
        ApiError::field("session_id", "invalid", "must be 1 to 128 bytes without control characters")
    })?;
    let known = app.store().find_sessions_by_id(op.account, &session_id).await?;
    for one in known.into_iter().filter(|one| one.environment == op.environment) {
        let wanted = agent.as_ref().is_none_or(|agent| *agent == one.chatbot_id);
        let here = app.store().find_agent(op.account, &one.chatbot_id).await?;
        if wanted && here.is_some_and(|agent| agent.project_id == project) {
            return Ok(Party {
                chatbot: Some(one.chatbot_id),
                whose: Some(Whose::Known(one.session_key)),
                session: Some(one.session_key),
                ..Party::operator(op, project)
            });
        }
    }
    let Some(chatbot_id) = agent else { return Err(ApiError::not_found(ErrorCode::SessionNotFound)) };
    let whose = Whose::Named { chatbot_id: chatbot_id.clone(), channel: Channel::Web, session_id };
    Ok(Party { chatbot: Some(chatbot_id), whose: Some(whose), ..Party::operator(op, project) })
}

/// Retrieve a booking
///
/// The booking with its history.
#[utoipa::path(
    get, path = "/v1/booking/bookings/{projectId}/{bookingId}", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("bookingId" = String, Path, description = "The booking's id."),
    ),
    responses((status = 200, description = "The booking.", body = Success<BookingOut>)),
)]
pub(super) async fn get_booking(
    InProject { resource: booking, .. }: InProject<Read<Bookings>, Booking>,
) -> Body<Success<BookingOut>> {
    ok(BookingOut::from(&booking))
}

/// Update a booking
///
/// Moves it (`start`, `resource_id`), or changes its `status`: a pending one is confirmed, declined or cancelled, a
/// confirmed one cancelled, or closed as `no_show` or `completed`. A move succeeds as a whole or changes nothing.
#[utoipa::path(
    put, path = "/v1/booking/bookings/{projectId}/{bookingId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("bookingId" = String, Path, description = "The booking's id."),
    ),
    request_body = BookingChangeIn,
    responses((status = 200, description = "The booking as it is now.", body = Success<BookingOut>)),
)]
pub(super) async fn update_booking(
    State(app): State<App>,
    InProject { op, resource: booking, .. }: InProject<Write<Bookings>, Booking>,
    Json(change): Json<BookingChangeIn>,
) -> Result<Body<Success<BookingOut>>, ApiError> {
    let moves = change.start.is_some() || change.resource_id.is_some();
    let changed = match change.status {
        Some(_) if moves => {
            return Err(ApiError::field(
                "status",
                "invalid",
                "is changed alone, not with `start` or `resource_id`",
            ));
        }
        Some(to) => set_status(&app, &op, &booking, to).await?,
        None if moves => {
            let party = Party::operator(op, booking.project_id);
            making::reschedule(&app, &party, &booking, change.start, change.resource_id).await?
        }
        None => return Err(ApiError::field("start", "required", "give `start`, `resource_id` or `status`")),
    };
    Ok(ok(BookingOut::from(&changed)))
}

/// Cancel a booking
///
/// The time is free again at once; the booking stays, with the status `cancelled`.
#[utoipa::path(
    delete, path = "/v1/booking/bookings/{projectId}/{bookingId}", tag = "Bookings",
    security(("apiKey" = ["bookings:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("bookingId" = String, Path, description = "The booking's id."),
    ),
    responses((status = 200, description = "It is cancelled.", body = Success<BookingOut>)),
)]
pub(super) async fn cancel_booking(
    State(app): State<App>,
    InProject { op, resource: booking, .. }: InProject<Write<Bookings>, Booking>,
) -> Result<Body<Success<BookingOut>>, ApiError> {
    let cancelled = set_status(&app, &op, &booking, BookingStatus::Cancelled).await?;
    Ok(ok(BookingOut::from(&cancelled)))
}

async fn set_status(app: &App, op: &Op, booking: &Booking, to: BookingStatus) -> Result<Booking, ApiError> {
    let change = StatusChange { booking_id: booking.booking_id, to, notice: None, by: Actor::Operator };
    Ok(app.store().change_booking_status(op, change).await?)
}

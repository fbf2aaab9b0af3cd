//! What a visitor books with a client token: what is their own session's, and nothing else.

mod party;

use axum::Json as Body;
use axum::extract::State;
use axum::response::Response;
use robofy_booking::{BookingStatus, Question, ServiceSettings};
use robofy_kernel::{ErrorCode, ResourceId, Timestamp};
use robofy_store::booking::{Actor, Besides, Booking, StatusChange, StoredService};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::party::{ById, HoldById, ManageToken, Opened, Visit, Visiting};
use super::making::{self, HoldIn};
use super::order::order_in;
use super::schema::QuestionFields;
use super::shape::{BookingOut, HoldOut, OwnBookingOut, ReleasedOut};
use super::slots::{self, SlotsOut, SlotsPaging, SlotsQuery};
use super::{ics, manage};
use crate::envelope::{Success, ok};
use crate::extract::{Json, List, NewJson, PageToken, Paging, Path};
use crate::{ApiError, App};

/// A service as a visitor sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferOut {
    /// Its id.
    service_id: String,
    /// Its name.
    name: String,
    /// What it is.
    description: Option<String>,
    /// Where it takes place.
    location: Option<String>,
    /// How long it takes.
    duration_minutes: Option<i64>,
    /// How long before its start it can still be booked.
    min_notice_minutes: i64,
    /// How long before its start it can still be cancelled or moved.
    cancel_notice_minutes: i64,
    /// How far ahead it can be booked.
    horizon_days: i64,
    /// What it costs, in words.
    price_text: Option<String>,
    /// `auto` or `manual`: whether it is confirmed at once.
    #[schema(value_type = String, examples("auto"))]
    confirmation: robofy_booking::Confirmation,
    /// What is asked.
    #[schema(value_type = Vec<QuestionFields>)]
    questions: Vec<Question>,
    /// Whose time it takes.
    resources: Vec<OfferedOut>,
}

/// A resource as a visitor sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedOut {
    /// Its id.
    resource_id: String,
    /// Its name.
    name: String,
    /// The zone of its clocks.
    timezone: String,
}

/// What an agent offers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OffersOut {
    /// The services, the oldest first.
    services: Vec<OfferOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

/// A page of a visitor's bookings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnBookingsOut {
    /// The bookings, by their start.
    bookings: Vec<OwnBookingOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    next_page_token: Option<PageToken>,
}

order_in! {
    /// A visitor's booking: of their hold, or of a service's start.
    OwnBookingIn {}
}

/// Another time for a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveIn {
    /// When it starts, RFC 3339; none = as before.
    #[schema(value_type = Option<String>, format = "date-time")]
    start: Option<Timestamp>,
    /// Whose; none = as before where that is free, else any that is free.
    #[schema(value_type = Option<String>, format = "uuid")]
    resource_id: Option<ResourceId>,
}

/// List what can be booked
///
/// The services that the agent offers.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/booking/services", tag = "Bookings",
    security(("clientToken" = [])), params(Visit, Paging),
    responses((status = 200, description = "A page of services.", body = Success<OffersOut>)),
)]
pub(super) async fn visitor_services(
    State(app): State<App>,
    visiting: Visiting,
    list: List<Visit>,
) -> Result<Body<Success<OffersOut>>, ApiError> {
    let Visiting { party, chatbot, .. } = &visiting;
    let cursor = list.cursor(&party.op)?;
    let page =
        app.store().list_offered_services(party.op.account, party.project, chatbot, &cursor.request).await?;
    let mut resources = app.store().resources_of_services(party.op.account, &page.items).await?;
    let services = page.items.iter().map(|service| {
        let resources = resources.remove(&service.service_id).unwrap_or_default();
        let resources = resources.iter().map(|resource| OfferedOut {
            resource_id: resource.resource_id.to_string(),
            name: resource.settings.settings().name.clone(),
            timezone: resource.settings.schedule().zone().name().to_owned(),
        });
        offer(service, resources.collect())
    });
    let services = services.collect();
    Ok(ok(OffersOut { services, next_page_token: cursor.token(page.next)? }))
}

fn offer(service: &StoredService, resources: Vec<OfferedOut>) -> OfferOut {
    let settings: &ServiceSettings = service.settings.settings();
    OfferOut {
        service_id: service.service_id.to_string(),
        name: settings.name.clone(),
        description: settings.description.clone(),
        location: settings.location.clone(),
        duration_minutes: settings.duration_minutes,
        min_notice_minutes: settings.min_notice_minutes,
        cancel_notice_minutes: settings.cancel_notice_minutes,
        horizon_days: settings.horizon_days,
        price_text: settings.price_text.clone(),
        confirmation: settings.confirmation,
        questions: settings.questions.clone(),
        resources,
    }
}

/// List free slots, as a visitor
///
/// What the visitor's own hold keeps counts as free.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/booking/slots", tag = "Bookings",
    security(("clientToken" = [])), params(Visit, SlotsQuery, SlotsPaging),
    responses((status = 200, description = "Free slots.", body = Success<SlotsOut>)),
)]
pub(super) async fn visitor_slots(
    State(app): State<App>,
    visiting: Visiting,
    list: List<SlotsQuery>,
) -> Result<Body<Success<SlotsOut>>, ApiError> {
    let party = &visiting.party;
    let calendar = party.calendar(&app, list.filter.service_id).await?;
    let besides = Besides { booking: None, session: party.session };
    slots::find(&app, &party.op, &calendar, list, besides).await
}

/// Hold a slot, as a visitor
///
/// A session has one hold: this one replaces the one before.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/booking/holds", tag = "Bookings",
    security(("clientToken" = [])), params(Visit), request_body = HoldIn,
    responses((status = 201, description = "The time is kept.", body = Success<HoldOut>)),
)]
pub(super) async fn visitor_hold(
    State(app): State<App>,
    visiting: Visiting,
    new: NewJson<HoldIn>,
) -> Result<Response, ApiError> {
    visiting.count(&app)?;
    let mut party = visiting.party;
    let (op, new) = new.claim(&app, party.op);
    party.op = op;
    making::hold(&app, party, new).await
}

/// Give a hold back, as a visitor
///
/// The time is free again at once.
#[utoipa::path(
    delete, path = "/v1/ai-agent/chat/booking/holds/{holdId}", tag = "Bookings",
    security(("clientToken" = [])),
    params(("holdId" = String, Path, description = "The hold's id."), Visit),
    responses((status = 200, description = "It is over.", body = Success<ReleasedOut>)),
)]
pub(super) async fn visitor_release(
    State(app): State<App>,
    visiting: Visiting,
    Path(by_id): Path<HoldById>,
) -> Result<Body<Success<ReleasedOut>>, ApiError> {
    let id = by_id.hold_id.parse().map_err(|_| ApiError::not_found(ErrorCode::HoldNotFound))?;
    let hold = making::find_hold(&app, &visiting.party, id).await?;
    let released = app.store().release_hold(&visiting.party.op, hold.hold_id).await?;
    Ok(ok(ReleasedOut { hold_id: hold.hold_id.to_string(), released }))
}

/// List a visitor's bookings
///
/// Those of the token's own session.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/booking/bookings", tag = "Bookings",
    security(("clientToken" = [])), params(Visit, Paging),
    responses((status = 200, description = "A page of bookings.", body = Success<OwnBookingsOut>)),
)]
pub(super) async fn visitor_bookings(
    State(app): State<App>,
    visiting: Visiting,
    list: List<Visit>,
) -> Result<Body<Success<OwnBookingsOut>>, ApiError> {
    let party = &visiting.party;
    let cursor = list.cursor(&party.op)?;
    let Some(session) = party.session else {
        return Ok(ok(OwnBookingsOut { bookings: Vec::new(), next_page_token: None }));
    };
    let (op, page) = (&party.op, &cursor.request);
    let page = app.store().list_bookings_of_session(op, party.project, session, page).await?;
    let bookings = page.items.iter().map(|booking| visiting.own(&app, booking)).collect();
    Ok(ok(OwnBookingsOut { bookings, next_page_token: cursor.token(page.next)? }))
}

/// Book, as a visitor
///
/// Of the session's hold, or of a free slot. The answer's `manage_token` opens this one booking later, from another
/// session too. What the booking says of the visitor is saved as their lead where the agent has a lead form without a
/// consent text, and the operator finds the session's lead in the booking's `lead_id`.
#[utoipa::path(
    post, path = "/v1/ai-agent/chat/booking/bookings", tag = "Bookings",
    security(("clientToken" = [])), params(Visit), request_body = OwnBookingIn,
    responses((status = 201, description = "It is booked.", body = Success<OwnBookingOut>)),
)]
pub(super) async fn visitor_book(
    State(app): State<App>,
    visiting: Visiting,
    new: NewJson<OwnBookingIn>,
) -> Result<Response, ApiError> {
    visiting.count(&app)?;
    let mut party = visiting.party;
    let (op, new) = new.claim(&app, party.op);
    party.op = op;
    making::book(&app, party, new.order()).await
}

/// Retrieve a visitor's booking
///
/// A booking of the token's own session, or the one that `x-manage-token` opens.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/booking/bookings/{bookingId}", tag = "Bookings",
    security(("clientToken" = [])),
    params(ById, ManageToken, Visit),
    responses((status = 200, description = "The booking.", body = Success<OwnBookingOut>)),
)]
pub(super) async fn visitor_booking(
    State(app): State<App>,
    Opened { visiting, booking }: Opened,
) -> Result<Body<Success<OwnBookingOut>>, ApiError> {
    Ok(ok(visiting.own(&app, &booking)))
}

/// Move a visitor's booking
///
/// Until the service's `cancel_notice_minutes` before its start. It succeeds as a whole or changes nothing.
#[utoipa::path(
    put, path = "/v1/ai-agent/chat/booking/bookings/{bookingId}", tag = "Bookings",
    security(("clientToken" = [])),
    params(ById, ManageToken, Visit),
    request_body = MoveIn,
    responses((status = 200, description = "The booking as it is now.", body = Success<OwnBookingOut>)),
)]
pub(super) async fn visitor_move(
    State(app): State<App>,
    Opened { visiting, booking }: Opened,
    Json(to): Json<MoveIn>,
) -> Result<Body<Success<OwnBookingOut>>, ApiError> {
    visiting.count(&app)?;
    if to.start.is_none() && to.resource_id.is_none() {
        return Err(ApiError::field("start", "required", "give `start` or `resource_id`"));
    }
    let moved = making::reschedule(&app, &visiting.party, &booking, to.start, to.resource_id).await?;
    Ok(ok(visiting.own(&app, &moved)))
}

/// Cancel a visitor's booking
///
/// Until the service's `cancel_notice_minutes` before its start.
#[utoipa::path(
    delete, path = "/v1/ai-agent/chat/booking/bookings/{bookingId}", tag = "Bookings",
    security(("clientToken" = [])),
    params(ById, ManageToken, Visit),
    responses((status = 200, description = "It is cancelled.", body = Success<OwnBookingOut>)),
)]
pub(super) async fn visitor_cancel(
    State(app): State<App>,
    Opened { visiting, booking }: Opened,
) -> Result<Body<Success<OwnBookingOut>>, ApiError> {
    let op = &visiting.party.op;
    let service = app.store().find_service(op.account, booking.service_id).await?;
    let change = StatusChange {
        booking_id: booking.booking_id,
        to: BookingStatus::Cancelled,
        notice: service.map(|service| *service.settings.timing()),
        by: Actor::Visitor,
    };
    let cancelled = app.store().change_booking_status(op, change).await?;
    Ok(ok(visiting.own(&app, &cancelled)))
}

/// Retrieve a visitor's booking as iCalendar
///
/// The same booking as a file for the visitor's own calendar.
#[utoipa::path(
    get, path = "/v1/ai-agent/chat/booking/bookings/{bookingId}/ics", tag = "Bookings",
    security(("clientToken" = [])),
    params(ById, ManageToken, Visit),
    responses((status = 200, description = "The file.", body = String, content_type = "text/calendar")),
)]
pub(super) async fn visitor_ics(
    State(app): State<App>,
    Opened { visiting, booking }: Opened,
) -> Result<Response, ApiError> {
    ics::file(&app, visiting.party.op.account, &booking).await
}

impl Visiting {
    /// A booking as its visitor reads it.
    fn own(&self, app: &App, booking: &Booking) -> OwnBookingOut {
        let own = booking.session_key.is_some() && booking.session_key == self.party.session;
        OwnBookingOut {
            booking: BookingOut::to_visitor(booking, own),
            manage_token: manage::token(app, booking, self.party.op.now()),
            replayed: None,
        }
    }
}

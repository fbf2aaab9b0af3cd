//! Holding, booking and moving, for servers and visitors alike.
//!
//! A time is looked for first, so that the answer can say why it cannot be had; whether it is still free the
//! transaction says that takes it. What is refused comes with times that were free when they were read afterwards.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use robofy_agent::calendar::{Calendar, Seeker, Wish};
use robofy_booking::{BookingStatus, Confirmation, Mistakes, Refusal, Zone, check_answers};
use robofy_kernel::{
    BookingId, ChatbotId, ErrorCode, HoldId, Op, ProjectId, ResourceId, ServiceId, SessionKey, Timestamp,
};
use robofy_store::booking::{
    Actor, Besides, Booking, Hold, Move, NewBooking, NewHold, Refused, Source, Spot, StoredService,
};
use robofy_store::chat::Whose;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::order::Order;
use super::shape::{BookingOut, HoldOut, OwnBookingOut, slots_out};
use super::{lead, manage};
use crate::check::Checks;
use crate::envelope::{Success, created, replayed, stored};
use crate::{ApiError, App};

/// How long a hold lasts where nobody says otherwise, and how long it may last at most, in seconds.
const HOLD: (i64, i64) = (300, 900);

/// Who holds, books or moves.
#[derive(Debug)]
pub(super) struct Party {
    pub(super) op: Op,
    pub(super) project: ProjectId,
    pub(super) chatbot: Option<ChatbotId>,
    /// The visitor's session, as the store finds or makes it.
    pub(super) whose: Option<Whose>,
    /// Its row, where there is one already.
    pub(super) session: Option<SessionKey>,
    /// The visitor's address on the network.
    pub(super) address: Option<String>,
    pub(super) by: Actor,
}

impl Party {
    /// A server or person of the account.
    pub(super) const fn operator(op: Op, project: ProjectId) -> Self {
        Self { op, project, chatbot: None, whose: None, session: None, address: None, by: Actor::Operator }
    }

    /// The service's calendar, when the party may book there.
    pub(super) async fn calendar(&self, app: &App, service: ServiceId) -> Result<Calendar, ApiError> {
        let missing = || ApiError::not_found(ErrorCode::ServiceNotFound);
        let found = app.store().find_service(self.op.account, service).await?.ok_or_else(missing)?;
        let mine = found.project_id == self.project && !found.removed;
        let offered = match (&self.chatbot, self.by) {
            (Some(chatbot), Actor::Visitor) => found.is_offered_by(chatbot),
            (_, Actor::Visitor | Actor::Operator | Actor::Agent) => true,
        };
        if !mine || !offered {
            return Err(missing());
        }
        Ok(Calendar::open(app.store(), self.op.account, found).await?)
    }

    fn besides(&self, booking: Option<BookingId>) -> Besides {
        Besides { booking, session: self.session }
    }

    /// The service's notice binds visitors only.
    fn is_visitor(&self) -> bool {
        self.by == Actor::Visitor
    }
}

/// A time to be kept for some minutes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldIn {
    /// The service.
    #[schema(value_type = String, format = "uuid")]
    service_id: ServiceId,
    /// When it starts, RFC 3339.
    #[schema(value_type = String, format = "date-time")]
    start: Timestamp,
    /// Whose; none = any that is free.
    #[schema(value_type = Option<String>, format = "uuid")]
    resource_id: Option<ResourceId>,
    /// How many seats.
    #[schema(minimum = 1, maximum = 500, default = 1)]
    seats: Option<i64>,
    /// How long it is kept.
    #[schema(minimum = 1, maximum = 900, default = 300)]
    hold_seconds: Option<i64>,
}

/// Holds a time.
pub(super) async fn hold(app: &App, party: Party, new: HoldIn) -> Result<Response, ApiError> {
    if let Some((status, body)) = app.store().find_answer(&party.op).await? {
        return replayed(status, body);
    }
    let calendar = party.calendar(app, new.service_id).await?;
    let seconds = new.hold_seconds.unwrap_or(HOLD.0);
    let mut checks = Checks::default();
    checks.within("hold_seconds", Some(seconds), 1, HOLD.1);
    checks.done()?;
    let besides = party.besides(None);
    let wish = wish(&calendar, new.start, new.resource_id, new.seats, besides)?;
    let (op, store) = (&party.op, app.store());
    let made = match spots(app, op, &calendar, wish).await? {
        Err(refused) => Err(refused),
        Ok(spots) => {
            let new = NewHold {
                hold_id: HoldId(op.uuid()),
                project_id: party.project,
                chatbot_id: party.chatbot.clone(),
                session: party.whose.clone(),
                spots,
                expires_at: op.now().after(Duration::from_secs(seconds.unsigned_abs())),
            };
            let answer = |hold: &Hold| stored(StatusCode::CREATED, &Success::of(HoldOut::from(hold)));
            store.hold(op, new, answer).await.map_err(ApiError::from)
        }
    };
    match made {
        Ok(once) => created(once, StatusCode::CREATED, |hold| Success::of(HoldOut::from(&hold))),
        Err(error) => otherwise(app, op, &calendar, wish, None, error).await,
    }
}

/// Books a time, or one that is held.
pub(super) async fn book(app: &App, party: Party, order: Order) -> Result<Response, ApiError> {
    if let Some((status, body)) = app.store().find_answer(&party.op).await? {
        return replayed(status, body);
    }
    let zone = zone(order.timezone.as_deref())?;
    check(&order)?;
    let (op, by) = (&party.op, party.by);
    let besides = party.besides(None);
    let (calendar, wish, source) = match (order.hold_id, order.service_id, order.start) {
        (Some(hold), _, _) => {
            let hold = find_hold(app, &party, hold).await?;
            let service = app.store().find_service(op.account, hold.service_id).await?;
            let service = service.ok_or_else(|| ApiError::not_found(ErrorCode::ServiceNotFound))?;
            let calendar = Calendar::open(app.store(), op.account, service).await?;
            let seats = u32::try_from(hold.seats).unwrap_or(1);
            let seeker = Seeker { resource: Some(hold.resource_id), seats, besides };
            let wish = Wish { start: hold.start_at, seeker };
            (calendar, wish, Ok(Source::Hold(hold.hold_id)))
        }
        (None, Some(service), Some(start)) => {
            let calendar = party.calendar(app, service).await?;
            let wish = wish(&calendar, start, order.resource_id, order.seats, besides)?;
            let spots = spots(app, op, &calendar, wish).await?;
            (calendar, wish, spots.map(Source::Spots))
        }
        (None, _, _) => {
            return Err(ApiError::field(
                "hold_id",
                "required",
                "give a `hold_id`, or `service_id` and `start`",
            ));
        }
    };
    let service = calendar.service();
    let answers = order.answers.unwrap_or_default();
    check_answers(&service.settings.settings().questions, &answers, party.is_visitor()).map_err(wrong)?;
    let made = match source {
        Err(refused) => Err(refused),
        Ok(source) => {
            let new = NewBooking {
                booking_id: BookingId(op.uuid()),
                project_id: party.project,
                source,
                status: first_status(service),
                zone: zone.clone(),
                chatbot_id: party.chatbot.clone(),
                session: party.whose.clone(),
                lead_id: None,
                name: order.name,
                email: order.email,
                phone: order.phone,
                answers,
                most_upcoming: party
                    .is_visitor()
                    .then(|| service.settings.settings().max_upcoming_per_visitor),
                by: party.by,
            };
            let answer = move |booking: &Booking| {
                let own =
                    OwnBookingOut { booking: shown(booking, by), manage_token: None, replayed: Some(true) };
                stored(StatusCode::CREATED, &Success::of(own))
            };
            let lead = if party.is_visitor() { lead::of(app, &party, &new).await? } else { None };
            app.store().book_for(op, lead, new, answer).await.map_err(ApiError::from)
        }
    };
    match made {
        Ok(once) => created(once, StatusCode::CREATED, |booking| {
            let manage_token = manage::token(app, &booking, op.now());
            let booking = shown(&booking, by);
            Success::of(OwnBookingOut { booking, manage_token, replayed: None })
        }),
        Err(error) => otherwise(app, op, &calendar, wish, zone, error).await,
    }
}

/// Gives a booking another time, or resource, or both.
pub(super) async fn reschedule(
    app: &App,
    party: &Party,
    booking: &Booking,
    start: Option<Timestamp>,
    resource: Option<ResourceId>,
) -> Result<Booking, ApiError> {
    let op = &party.op;
    let service = app.store().find_service(op.account, booking.service_id).await?;
    let service = service.ok_or_else(|| ApiError::not_found(ErrorCode::ServiceNotFound))?;
    let calendar = Calendar::open(app.store(), op.account, service).await?;
    let start = start.unwrap_or(booking.start_at);
    let besides = party.besides(Some(booking.booking_id));
    let seats = u32::try_from(booking.seats).unwrap_or(1);
    let mut wish = wish(&calendar, start, resource, None, besides)?;
    wish.seeker.seats = seats;
    let spots = if (start, resource.unwrap_or(booking.resource_id)) == (booking.start_at, booking.resource_id)
    {
        // Where it is already it stays, whatever the hours and the notice say by now.
        let slot =
            robofy_booking::Slot { start, end: booking.end_at, resource: booking.resource_id, seats_left: 0 };
        Ok(vec![calendar.spot(&slot, seats)])
    } else {
        spots(app, op, &calendar, wish).await?
    };
    let moved = match spots {
        Err(refused) => Err(refused),
        Ok(mut spots) => {
            // Who names no resource would rather keep the one that they have.
            spots.sort_by_key(|spot| spot.block.resource != booking.resource_id);
            let to = Move {
                booking_id: booking.booking_id,
                spots,
                session: party.session,
                notice: party.is_visitor().then(|| *calendar.service().settings.timing()),
                by: party.by,
            };
            app.store().reschedule_booking(op, to).await.map_err(ApiError::from)
        }
    };
    match moved {
        Ok(moved) => Ok(moved),
        Err(error) => {
            let zone = booking.local_start.zone();
            Err(with_alternatives(app, op, &calendar, wish, Some(zone), error).await)
        }
    }
}

/// The hold, when the party may use it.
pub(super) async fn find_hold(app: &App, party: &Party, id: HoldId) -> Result<Hold, ApiError> {
    let missing = || ApiError::not_found(ErrorCode::HoldNotFound);
    let hold = app.store().find_hold(party.op.account, id).await?;
    let hold = hold.filter(|hold| hold.project_id == party.project).ok_or_else(missing)?;
    if party.is_visitor() {
        let own = hold.session_key.is_some() && hold.session_key == party.session;
        return if own { Ok(hold) } else { Err(missing()) };
    }
    if hold.environment == party.op.environment { Ok(hold) } else { Err(ApiError::other_environment()) }
}

/// What a zone's name says; none = nobody named one.
pub(super) fn zone(name: Option<&str>) -> Result<Option<Zone>, ApiError> {
    let zone = name.map(Zone::named).transpose();
    zone.map_err(|unknown| ApiError::field("timezone", "invalid", unknown.to_string()))
}

/// 400 with what `booking` found wrong.
pub(super) fn wrong(mistakes: Mistakes) -> ApiError {
    ApiError::invalid(mistakes.0)
}

/// A new booking as whoever made it reads it.
fn shown(booking: &Booking, by: Actor) -> BookingOut {
    match by {
        Actor::Visitor => BookingOut::to_visitor(booking, true),
        Actor::Operator | Actor::Agent => BookingOut::from(booking),
    }
}

const fn first_status(service: &StoredService) -> BookingStatus {
    match service.settings.0.settings().confirmation {
        Confirmation::Auto => BookingStatus::Confirmed,
        Confirmation::Manual => BookingStatus::Pending,
    }
}

fn check(order: &Order) -> Result<(), ApiError> {
    let mut checks = Checks::default();
    let alone = order.service_id.is_none()
        && order.start.is_none()
        && order.resource_id.is_none()
        && order.seats.is_none();
    if order.hold_id.is_some() && !alone {
        let detail = "is given alone: service, start, resource and seats are the hold's";
        checks.wrong("hold_id", "invalid", detail);
    }
    checks.name("name", order.name.as_deref(), 200);
    checks.filled("phone", order.phone.as_deref(), 50);
    if let Some(email) = &order.email
        && !email_address::EmailAddress::is_valid(email)
    {
        checks.wrong("email", "invalid", "must be an e-mail address");
    }
    checks.done()
}

fn wish(
    calendar: &Calendar,
    start: Timestamp,
    resource: Option<ResourceId>,
    seats: Option<i64>,
    besides: Besides,
) -> Result<Wish, ApiError> {
    let most = calendar.service().settings.timing().seats();
    let mut checks = Checks::default();
    checks.within("seats", seats, 1, i64::from(most));
    if resource.is_some_and(|resource| calendar.resource(resource).is_none()) {
        checks.wrong("resource_id", "invalid", "is none of this service's resources");
    }
    checks.done()?;
    let seats = seats.and_then(|seats| u32::try_from(seats).ok()).unwrap_or(1);
    Ok(Wish { start, seeker: Seeker { resource, seats, besides } })
}

/// Where a wished time can be taken; the inner error is the refusal.
async fn spots(
    app: &App,
    op: &Op,
    calendar: &Calendar,
    wish: Wish,
) -> Result<Result<Vec<Spot>, ApiError>, ApiError> {
    let found = calendar.spots(app.store(), op, wish).await?;
    Ok(found.map_err(|refusal| match refusal {
        Refusal::Taken => Refused::SlotTaken.into(),
        Refusal::Closed | Refusal::TooSoon | Refusal::TooLate => {
            let why = refusal.to_string();
            let detail = format!("This time cannot be booked: {why}. `alternatives` were free just now.");
            ApiError::new(ErrorCode::SlotUnavailable, detail)
        }
    }))
}

/// Answers a creation that was refused. A repeat that came while the first was under way finds its time taken by the
/// first; then the first one's answer is the answer.
async fn otherwise(
    app: &App,
    op: &Op,
    calendar: &Calendar,
    wish: Wish,
    zone: Option<Zone>,
    error: ApiError,
) -> Result<Response, ApiError> {
    if let Some((status, body)) = app.store().find_answer(op).await? {
        return replayed(status, body);
    }
    Err(with_alternatives(app, op, calendar, wish, zone.as_ref(), error).await)
}

/// A refusal of a time, with free ones that were read after it.
async fn with_alternatives(
    app: &App,
    op: &Op,
    calendar: &Calendar,
    wish: Wish,
    zone: Option<&Zone>,
    error: ApiError,
) -> ApiError {
    let offers = [ErrorCode::SlotTaken, ErrorCode::SlotUnavailable, ErrorCode::HoldExpired];
    if !offers.contains(&error.code()) {
        return error;
    }
    match calendar.alternatives(app.store(), op, wish).await {
        Ok(slots) => {
            let told = zone.cloned().unwrap_or_else(|| calendar.zone(wish.seeker.resource));
            let slots = slots_out(&slots, &told);
            error.with_alternatives(slots.iter().map(|slot| json!(slot)).collect())
        }
        Err(failed) => failed.into(),
    }
}

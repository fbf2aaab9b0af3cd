//! What slots, holds and bookings look like on the wire.

use robofy_booking::{Slot, Zone};
use robofy_kernel::Timestamp;
use robofy_store::booking::{Booking, Change, Hold};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::extract::PageToken;

/// A time that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotOut {
    /// When it starts, RFC 3339 with the offset of `timezone`.
    #[schema(format = DateTime, examples("2026-03-30T09:00:00+02:00"))]
    start: String,
    /// When it ends.
    #[schema(format = DateTime, examples("2026-03-30T09:30:00+02:00"))]
    end: String,
    /// Whose time it is.
    resource_id: String,
    /// How many seats are left.
    seats_left: u32,
}

/// Slots, told in a zone.
pub(super) fn slots_out(slots: &[Slot], zone: &Zone) -> Vec<SlotOut> {
    let (Some(first), Some(last)) = (slots.first(), slots.iter().map(|slot| slot.end).max()) else {
        return Vec::new();
    };
    let clock = zone.clockface(first.start, last);
    let slot_out = |slot: &Slot| SlotOut {
        start: clock.rfc3339(slot.start),
        end: clock.rfc3339(slot.end),
        resource_id: slot.resource.to_string(),
        seats_left: slot.seats_left,
    };
    slots.iter().map(slot_out).collect()
}

/// A time that is kept for some minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HoldOut {
    /// Its id.
    hold_id: String,
    /// The service.
    service_id: String,
    /// Whose time it is.
    resource_id: String,
    /// When the time starts, RFC 3339 with the offset of the resource's zone.
    #[schema(format = DateTime)]
    start: String,
    /// When it ends.
    #[schema(format = DateTime)]
    end: String,
    /// When the hold ends.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<&Hold> for HoldOut {
    fn from(hold: &Hold) -> Self {
        Self {
            hold_id: hold.hold_id.to_string(),
            service_id: hold.service_id.to_string(),
            resource_id: hold.resource_id.to_string(),
            start: hold.timezone.rfc3339(hold.start_at),
            end: hold.timezone.rfc3339(hold.end_at),
            expires_at: hold.expires_at.rfc3339(),
        }
    }
}

/// A hold that was given back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReleasedOut {
    /// Its id.
    pub(super) hold_id: String,
    /// Whether it had still counted.
    pub(super) released: bool,
}

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BookingOut {
    /// Its id.
    booking_id: String,
    /// `pending`, `confirmed`, `declined`, `cancelled`, `no_show` or `completed`.
    #[schema(examples("confirmed"))]
    status: &'static str,
    /// The service.
    service_id: String,
    /// Whose time it is.
    resource_id: String,
    /// The agent for which it was made.
    chatbot_id: Option<String>,
    /// The lead, for those who may read leads.
    lead_id: Option<String>,
    /// When it starts, RFC 3339 with the offset of `timezone`.
    #[schema(format = DateTime)]
    start: String,
    /// When it ends.
    #[schema(format = DateTime)]
    end: String,
    /// The wall time and zone that were agreed.
    #[schema(examples("2026-03-30T09:00:00[Europe/Berlin]"))]
    local_start: String,
    /// The zone in which it was agreed.
    timezone: String,
    /// How many seats.
    seats: i64,
    /// Who comes.
    name: Option<String>,
    /// Their e-mail address.
    email: Option<String>,
    /// Their telephone number.
    phone: Option<String>,
    /// Answers to the service's questions, by name.
    #[schema(value_type = Object)]
    answers: Map<String, Value>,
    /// The visitor's session.
    session_id: Option<String>,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// What happened to it, the oldest first.
    history: Vec<ChangeOut>,
}

/// An entry of a booking's history: what it was from then on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChangeOut {
    /// `created`, `confirmed`, `declined`, `moved`, `cancelled`, `no_show` or `completed`.
    event: &'static str,
    /// `operator`, `visitor` or `agent`.
    by: &'static str,
    /// When it happened.
    #[schema(format = DateTime)]
    at: String,
    /// The status.
    status: &'static str,
    /// When it starts.
    #[schema(format = DateTime)]
    start: String,
    /// Whose time it is.
    resource_id: String,
}

/// A booking with what opens it without its session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnBookingOut {
    /// The booking.
    #[serde(flatten)]
    pub(super) booking: BookingOut,
    /// Opens this booking as the header `x-manage-token`; `null` when it has ended, and in the answer to a repeat.
    pub(super) manage_token: Option<String>,
    /// Whether this answers a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) replayed: Option<bool>,
}

/// A page of bookings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BookingsOut {
    /// The bookings, by their start.
    pub(super) bookings: Vec<BookingOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    pub(super) next_page_token: Option<PageToken>,
}

impl From<&Booking> for BookingOut {
    fn from(booking: &Booking) -> Self {
        let zone = booking.local_start.zone();
        Self {
            booking_id: booking.booking_id.to_string(),
            status: booking.status.as_str(),
            service_id: booking.service_id.to_string(),
            resource_id: booking.resource_id.to_string(),
            chatbot_id: booking.chatbot_id.clone().map(String::from),
            lead_id: booking.lead_id.map(|lead| lead.to_string()),
            start: zone.rfc3339(booking.start_at),
            end: zone.rfc3339(booking.end_at),
            local_start: booking.local_start.to_string(),
            timezone: zone.name().to_owned(),
            seats: booking.seats,
            name: booking.name.clone(),
            email: booking.email.clone(),
            phone: booking.phone.clone(),
            answers: booking.answers.0.clone(),
            session_id: booking.session_id.clone().map(String::from),
            created_at: booking.created_at.rfc3339(),
            history: booking.history.iter().map(|change| change_out(change, zone)).collect(),
        }
    }
}

impl BookingOut {
    /// As a visitor reads it. A lead's id would tell whether somebody's address had been known before; a session's
    /// opens its conversation, so it is told to that session only.
    pub(super) fn to_visitor(booking: &Booking, own_session: bool) -> Self {
        let whole = Self::from(booking);
        let session_id = whole.session_id.clone().filter(|_| own_session);
        Self { lead_id: None, session_id, ..whole }
    }
}

fn change_out(change: &Change, zone: &Zone) -> ChangeOut {
    let told = |moment: Timestamp| zone.rfc3339(moment);
    ChangeOut {
        event: change.event.as_str(),
        by: change.by.as_str(),
        at: change.at.rfc3339(),
        status: change.status.as_str(),
        start: told(change.start),
        resource_id: change.resource_id.to_string(),
    }
}

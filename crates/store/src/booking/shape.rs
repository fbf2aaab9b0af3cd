//! What holds and bookings look like.

use robofy_booking::{Block, BookingStatus, LocalStart, NoSuchMove, Timing, Zone};
use robofy_kernel::{
    BookingId, ChatbotId, Environment, HoldId, LeadId, ProjectId, ResourceId, ServiceId, SessionId,
    SessionKey, Timestamp, text_enum,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::types::Json;

use crate::chat::Whose;

text_enum! {
    /// Who changes a booking.
    pub enum Actor {
        /// The operator: a person, or a server with an API key.
        Operator = "operator",
        /// The visitor, by a call of their own.
        Visitor = "visitor",
        /// The agent, for the visitor with whom it talks.
        Agent = "agent",
    }
}

text_enum! {
    /// What happened to a booking.
    pub enum BookingEvent {
        /// It was made.
        Created = "created",
        /// The operator agreed.
        Confirmed = "confirmed",
        /// The operator refused.
        Declined = "declined",
        /// It has another time or resource.
        Moved = "moved",
        /// It was called off.
        Cancelled = "cancelled",
        /// Nobody came.
        NoShow = "no_show",
        /// It took place.
        Completed = "completed",
    }
}

/// Why a time, hold or booking cannot be had as it was asked for. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Somebody has it.
    #[error("the time is taken")]
    SlotTaken,
    /// The hold's time is over, or it was used or given back.
    #[error("the hold is over")]
    HoldExpired,
    /// The visitor has so many bookings of the service to come.
    #[error("the visitor has {most} bookings of this service to come")]
    TooMany {
        /// The most.
        most: i64,
    },
    /// A status cannot follow another.
    #[error(transparent)]
    Status(#[from] NoSuchMove),
    /// What has ended cannot be moved.
    #[error("a booking that is {0} cannot be moved")]
    Ended(BookingStatus),
    /// The service's notice for visitors has begun.
    #[error("it could be changed until {}", until.rfc3339())]
    TooLate {
        /// Until when it could have been changed.
        until: Timestamp,
    },
}

/// A time that can be taken, as the search found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// What is to be occupied, with the seats that are wanted.
    pub block: Block,
    /// How many seats the service has there.
    pub capacity: u32,
    /// The zone of the resource's clocks.
    pub zone: Zone,
}

/// A hold to be made.
#[derive(Clone, Debug)]
pub struct NewHold {
    /// Its id.
    pub hold_id: HoldId,
    /// The project.
    pub project_id: ProjectId,
    /// The agent for which it is made.
    pub chatbot_id: Option<ChatbotId>,
    /// The visitor's session, which has one hold at a time: this one replaces the one before.
    pub session: Option<Whose>,
    /// Where, in order of preference; the first that is free is taken.
    pub spots: Vec<Spot>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A time that is kept for somebody for some minutes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Hold {
    /// Its id.
    pub hold_id: HoldId,
    /// Live or test.
    pub environment: Environment,
    /// The project.
    pub project_id: ProjectId,
    /// The service.
    pub service_id: ServiceId,
    /// Whose time it is.
    pub resource_id: ResourceId,
    /// The agent for which it was made.
    pub chatbot_id: Option<ChatbotId>,
    /// The visitor's session.
    pub session_key: Option<SessionKey>,
    /// How many seats.
    pub seats: i64,
    /// When the time starts.
    pub start_at: Timestamp,
    /// When it ends.
    pub end_at: Timestamp,
    /// The zone of the resource's clocks.
    #[sqlx(try_from = "String")]
    pub timezone: Zone,
    /// When the hold ends.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a booking is made of.
#[derive(Clone, Debug)]
pub enum Source {
    /// A hold, which ends with it.
    Hold(HoldId),
    /// The first of these that is free.
    Spots(Vec<Spot>),
}

/// A booking to be made.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// Its id.
    pub booking_id: BookingId,
    /// The project.
    pub project_id: ProjectId,
    /// Where the time comes from.
    pub source: Source,
    /// Confirmed at once, or pending.
    pub status: BookingStatus,
    /// The zone in which the time was agreed; `None` = the resource's.
    pub zone: Option<Zone>,
    /// The agent for which it is made.
    pub chatbot_id: Option<ChatbotId>,
    /// The visitor's session. Its hold ends, whatever it was of.
    pub session: Option<Whose>,
    /// The lead.
    pub lead_id: Option<LeadId>,
    /// Who comes.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Answers to the service's questions, by name.
    pub answers: Map<String, Value>,
    /// The most bookings of the service that the session may have to come, this one included.
    pub most_upcoming: Option<i64>,
    /// Who makes it.
    pub by: Actor,
}

/// A change of a booking's time.
#[derive(Clone, Debug)]
pub struct Move {
    /// Which booking.
    pub booking_id: BookingId,
    /// Where to, in order of preference; the first that is free is taken. The booking's own time counts as free.
    pub spots: Vec<Spot>,
    /// The visitor's session: its hold ends.
    pub session: Option<SessionKey>,
    /// The service's times, when its notice binds.
    pub notice: Option<Timing>,
    /// Who moves it.
    pub by: Actor,
}

/// A change of a booking's status.
#[derive(Clone, Debug)]
pub struct StatusChange {
    /// Which booking.
    pub booking_id: BookingId,
    /// What it is to be.
    pub to: BookingStatus,
    /// The service's times, when its notice binds.
    pub notice: Option<Timing>,
    /// Who changes it.
    pub by: Actor,
}

/// One entry of a booking's history: what it was from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub event: BookingEvent,
    /// Who did it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Its status.
    pub status: BookingStatus,
    /// When it starts.
    pub start: Timestamp,
    /// Whose time it is.
    pub resource_id: ResourceId,
}

/// A booking.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Booking {
    /// Its id.
    pub booking_id: BookingId,
    /// Live or test.
    pub environment: Environment,
    /// The project.
    pub project_id: ProjectId,
    /// The service.
    pub service_id: ServiceId,
    /// Whose time it is.
    pub resource_id: ResourceId,
    /// The agent for which it was made.
    pub chatbot_id: Option<ChatbotId>,
    /// The visitor's session.
    pub session_key: Option<SessionKey>,
    /// What the visitor calls the session; `None` when there is none, or it is gone.
    pub session_id: Option<SessionId>,
    /// The lead.
    pub lead_id: Option<LeadId>,
    /// What has become of it.
    #[sqlx(try_from = "String")]
    pub status: BookingStatus,
    /// How many seats.
    pub seats: i64,
    /// When it starts.
    pub start_at: Timestamp,
    /// When it ends.
    pub end_at: Timestamp,
    /// The wall time and zone that were agreed.
    #[sqlx(try_from = "String")]
    pub local_start: LocalStart,
    /// Who comes.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Answers to the service's questions, by name.
    pub answers: Json<Map<String, Value>>,
    /// What happened to it, the oldest first.
    pub history: Json<Vec<Change>>,
    /// How many times it has changed since it was made.
    pub sequence: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which bookings are listed; `None` = whatever it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct BookingFilter {
    /// Those that start then or later.
    pub from: Option<Timestamp>,
    /// Those that start before.
    pub until: Option<Timestamp>,
    /// Of this status.
    pub status: Option<BookingStatus>,
    /// Of this service.
    pub service: Option<ServiceId>,
    /// Of this resource.
    pub resource: Option<ResourceId>,
}

impl BookingFilter {
    /// Whether bookings may be passed over, so that reading must have an end.
    pub(super) const fn skips(&self) -> bool {
        self.status.is_some() || self.service.is_some() || self.resource.is_some()
    }
}

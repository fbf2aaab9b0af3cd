//! Calendar arithmetic: opening hours, slots, time zones, iCalendar. No I/O at all.
//!
//! ```
//! use robofy_booking::{Block, Resource, ResourceSettings, Search, Service, ServiceSettings, Window, Zone};
//! use robofy_kernel::{ResourceId, ServiceId, Timestamp};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let resource_id: ResourceId = "018f0000-0000-7000-8000-000000000001".parse()?;
//! # let service_id: ServiceId = "018f0000-0000-7000-8000-000000000002".parse()?;
//! let resource: ResourceSettings = serde_json::from_str(
//!     r#"{"name": "Maria", "timezone": "Europe/Berlin", "hours": {"mon": [["09:00", "12:30"]]}}"#,
//! )?;
//! let resource = Resource::try_from(resource)?; // or a sentence for each mistake
//! let service = Service::try_from(ServiceSettings {
//!     name: "Consultation".into(),
//!     duration_minutes: Some(60),
//!     resource_ids: vec![resource_id],
//!     ..ServiceSettings::default()
//! })?;
//! let now: Timestamp = serde_json::from_str("\"2026-03-01T00:00:00Z\"")?;
//! let window = Window::read("2026-03-30", "2026-03-31", &Zone::named("America/New_York")?)?;
//!
//! let ten = serde_json::from_str("\"2026-03-30T08:00:00Z\"")?;
//! let taken = [Block::new(service_id, service.timing(), resource_id, ten, 1)];
//! let resources = [(resource_id, &resource)];
//! let search = Search { service_id, service: &service, resources: &resources, taken: &taken, now, seats: 1 };
//! let starts: Vec<String> = search.free(window).iter().map(|slot| slot.start.rfc3339()).collect();
//! assert_eq!(starts, ["2026-03-30T07:00:00Z", "2026-03-30T09:00:00Z"]);
//! # Ok(()) }
//! ```
//!
//! # Rules
//!
//! **Hours.** A range belongs to the day on which it begins; one whose end is not after its start goes past midnight.
//! Ranges that overlap are refused, also across midnight and with the ranges of single dates. What clocks show twice
//! is the first of the two moments; what they leave out is the moment in which they are set forward ([`Zone::moment`]).
//! From start to end a range is one stretch of elapsed time, however the clocks go in between.
//!
//! **Slots.** A slot lies within one range and starts a whole number of steps, in elapsed time, after the range's start.
//! It can be booked from the notice on up to the horizon, both counted from the present moment.
//!
//! **Blocks.** A booking occupies its time and the service's buffers, together a [`Block`]. Bookings with the same
//! service, resource, start and extent share a block up to the service's seats; other blocks of a resource never
//! overlap. Buffers may lie outside of the hours. A store holds this with a unique index over [`Block::cells`].
//!
//! **Time zones.** The rules are built into the program. [`LocalStart`] keeps what was agreed, so that bookings can be
//! looked through when the rules have changed.

mod agreed;
mod answers;
mod block;
mod hours;
mod ics;
mod minutes;
mod question;
mod resource;
mod schedule;
mod service;
mod slots;
mod status;
mod timing;
mod window;
mod zone;

pub use robofy_kernel::{FieldType as QuestionType, Mistakes};

pub use agreed::{BadLocalStart, LocalStart};
pub use answers::check_answers;
pub use block::{Block, CELL, cells};
pub use hours::{Range, RangeText, WeekText};
pub use ics::{Invitation, Organizer};
pub use minutes::Minutes;
pub use question::Question;
pub use resource::{Override, Resource, ResourceSettings};
pub use schedule::Schedule;
pub use service::{Confirmation, Service, ServiceSettings};
pub use slots::{Refusal, Search, Slot};
pub use status::{BookingStatus, NoSuchMove, UnknownStatus};
pub use timing::{LONGEST_BLOCK, Timing};
pub use window::{MOST_DAYS, Window, moment};
pub use zone::{Clockface, UnknownZone, Zone};

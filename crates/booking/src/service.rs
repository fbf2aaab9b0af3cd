//! Services: what can be booked, and how its times are cut.

use robofy_kernel::{ChatbotId, ResourceId};
use serde::{Deserialize, Serialize};

use crate::minutes::Minutes;
use crate::question::{self, Question};
use crate::timing::Timing;
use robofy_kernel::{Checks, Mistakes};

/// The longest duration, buffer or step: a day.
const DAY: i64 = 24 * 60;
/// The longest notice: a year.
const YEAR: i64 = 365 * DAY;
/// The furthest horizon, in days.
const HORIZON: i64 = 730;
/// The most seats of a start.
const SEATS: i64 = 500;
/// The most resources of a service, and agents that offer it.
const MEMBERS: usize = 200;

/// Whether a booking is confirmed at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// At once.
    #[default]
    Auto,
    /// It is pending until the operator confirms or declines it.
    Manual,
}

/// What an operator sets of a service, as it is written on the wire; [`Service`] is what was checked.
///
/// All minutes are multiples of 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceSettings {
    /// The agents that offer it; none = all.
    pub chatbot_ids: Vec<ChatbotId>,
    /// Its name; required.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it takes place.
    pub location: Option<String>,
    /// How long it takes; required.
    pub duration_minutes: Option<i64>,
    /// What must be free before it.
    pub buffer_before_minutes: i64,
    /// What must be free after it.
    pub buffer_after_minutes: i64,
    /// From one start to the next; `null` = the duration.
    pub slot_step_minutes: Option<i64>,
    /// How long before its start it can still be booked.
    pub min_notice_minutes: i64,
    /// How long before its start a visitor can still cancel or move it.
    pub cancel_notice_minutes: i64,
    /// How far ahead it can be booked, in days of 24 hours.
    pub horizon_days: i64,
    /// How many may share one start on one resource.
    pub seats: i64,
    /// What it costs, in words.
    pub price_text: Option<String>,
    /// Whether bookings are confirmed at once.
    pub confirmation: Confirmation,
    /// What is asked.
    pub questions: Vec<Question>,
    /// Who or what it takes, in order of preference; at least one.
    pub resource_ids: Vec<ResourceId>,
    /// The most bookings to come of one visitor.
    pub max_upcoming_per_visitor: i64,
    /// Whether it can be booked.
    pub enabled: bool,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self {
            chatbot_ids: Vec::new(),
            name: String::new(),
            description: None,
            location: None,
            duration_minutes: None,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            slot_step_minutes: None,
            min_notice_minutes: 0,
            cancel_notice_minutes: 0,
            horizon_days: 60,
            seats: 1,
            price_text: None,
            confirmation: Confirmation::Auto,
            questions: Vec::new(),
            resource_ids: Vec::new(),
            max_upcoming_per_visitor: 3,
            enabled: true,
        }
    }
}

/// A service whose settings are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ServiceSettings", into = "ServiceSettings")]
pub struct Service {
    settings: ServiceSettings,
    timing: Timing,
}

impl Service {
    /// What the operator set.
    #[must_use]
    pub const fn settings(&self) -> &ServiceSettings {
        &self.settings
    }

    /// How its times are cut.
    #[must_use]
    pub const fn timing(&self) -> &Timing {
        &self.timing
    }
}

impl TryFrom<ServiceSettings> for Service {
    type Error = Mistakes;

    fn try_from(settings: ServiceSettings) -> Result<Self, Mistakes> {
        let mut checks = Checks::default();
        checks.name("name", &settings.name);
        checks.short("description", settings.description.as_deref().unwrap_or_default(), 2_000);
        checks.short("location", settings.location.as_deref().unwrap_or_default(), 500);
        checks.short("price_text", settings.price_text.as_deref().unwrap_or_default(), 200);
        checks.few("chatbot_ids", &settings.chatbot_ids, MEMBERS);
        checks.distinct("chatbot_ids", &settings.chatbot_ids);
        checks.few("resource_ids", &settings.resource_ids, MEMBERS);
        checks.distinct("resource_ids", &settings.resource_ids);
        if settings.resource_ids.is_empty() {
            checks.wrong("resource_ids", "required", "is required; name at least one resource that it takes");
        }
        question::check(&settings.questions, &mut checks);
        checks.within("max_upcoming_per_visitor", settings.max_upcoming_per_visitor, 1, 100);
        let timing = timing(&settings, &mut checks);
        checks.done(Self { settings, timing })
    }
}

impl From<Service> for ServiceSettings {
    fn from(service: Service) -> Self {
        service.settings
    }
}

fn timing(settings: &ServiceSettings, checks: &mut Checks) -> Timing {
    if settings.duration_minutes.is_none() {
        checks.wrong("duration_minutes", "required", "is required: how long it takes, a multiple of 5");
    }
    let duration = settings.duration_minutes.unwrap_or(5);
    let timing = Timing {
        duration: minutes("duration_minutes", duration, 5, DAY, checks),
        buffer_before: minutes("buffer_before_minutes", settings.buffer_before_minutes, 0, DAY, checks),
        buffer_after: minutes("buffer_after_minutes", settings.buffer_after_minutes, 0, DAY, checks),
        step: match settings.slot_step_minutes {
            Some(step) => minutes("slot_step_minutes", step, 5, DAY, checks),
            None => Minutes(u32::try_from(duration.clamp(5, DAY)).unwrap_or(5)),
        },
        min_notice: minutes("min_notice_minutes", settings.min_notice_minutes, 0, YEAR, checks),
        cancel_notice: minutes("cancel_notice_minutes", settings.cancel_notice_minutes, 0, YEAR, checks),
        horizon_days: checks.within("horizon_days", settings.horizon_days, 1, HORIZON),
        seats: checks.within("seats", settings.seats, 1, SEATS),
    };
    if timing.min_notice >= Minutes(timing.horizon_days * Minutes::DAY.0) {
        let detail = "must be shorter than `horizon_days`, or nothing could ever be booked";
        checks.wrong("min_notice_minutes", "invalid", detail);
    }
    timing
}

fn minutes(field: &str, number: i64, least: i64, most: i64, checks: &mut Checks) -> Minutes {
    if number % 5 != 0 {
        checks.wrong(field, "invalid", "must be a multiple of 5 minutes");
    }
    Minutes(checks.within(field, number, least, most))
}

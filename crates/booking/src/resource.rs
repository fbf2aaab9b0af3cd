//! Resources: the people, rooms and things that bookings occupy.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::hours::{self, At, Placed, RangeText, WeekText};
use crate::schedule::Schedule;
use crate::zone::Zone;
use robofy_kernel::{Checks, Mistakes};

/// The most dates with hours of their own.
const OVERRIDES: usize = 1_000;

/// What an operator sets of a resource, as it is written on the wire; [`Resource`] is what was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResourceSettings {
    /// Its name; required.
    pub name: String,
    /// The IANA time zone of its hours; required.
    pub timezone: String,
    /// When it is open; required, a day without ranges is closed.
    pub hours: Option<WeekText>,
    /// Dates with other hours.
    pub overrides: Vec<Override>,
    /// Whether it can be booked.
    pub enabled: bool,
}

/// The hours of one date, in the place of its weekday's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The date, `YYYY-MM-DD`.
    pub date: String,
    /// Its ranges; none = closed.
    #[serde(default)]
    pub ranges: Vec<RangeText>,
}

impl Default for ResourceSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            timezone: String::new(),
            hours: None,
            overrides: Vec::new(),
            enabled: true,
        }
    }
}

/// A resource whose settings are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ResourceSettings", into = "ResourceSettings")]
pub struct Resource {
    settings: ResourceSettings,
    schedule: Schedule,
}

impl Resource {
    /// What the operator set.
    #[must_use]
    pub const fn settings(&self) -> &ResourceSettings {
        &self.settings
    }

    /// When it is open.
    #[must_use]
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }
}

impl TryFrom<ResourceSettings> for Resource {
    type Error = Mistakes;

    /// Ranges that overlap are refused, those that go past midnight into the next day's too: which of two steps a
    /// slot counts from would be a guess. Ranges that touch stay two, each with its own steps.
    fn try_from(settings: ResourceSettings) -> Result<Self, Mistakes> {
        let mut checks = Checks::default();
        checks.name("name", &settings.name);
        let zone = match Zone::named(&settings.timezone) {
            Ok(zone) => zone,
            Err(_) if settings.timezone.is_empty() => {
                checks.wrong("timezone", "required", "is required, for instance Europe/Berlin");
                Zone::UTC
            }
            Err(error) => {
                checks.wrong("timezone", "invalid", error.to_string());
                Zone::UTC
            }
        };
        if settings.hours.is_none() {
            checks.wrong("hours", "required", "is required; a day that is not named is closed");
        }
        let none = WeekText::default();
        let text = settings.hours.as_ref().unwrap_or(&none);
        let week = text.days().map(|(day, ranges)| hours::read(&format!("hours.{day}"), ranges, &mut checks));
        let overrides = read_overrides(&settings.overrides, &mut checks);
        check_week(&week, &mut checks);
        check_overrides(&week, &overrides, &mut checks);
        let schedule = Schedule {
            zone,
            week: week.map(plain),
            overrides: overrides.into_iter().map(|(day, ranges)| (day, plain(ranges))).collect(),
        };
        checks.done(Self { settings, schedule })
    }
}

impl From<Resource> for ResourceSettings {
    fn from(resource: Resource) -> Self {
        resource.settings
    }
}

type Overrides = BTreeMap<Date, Vec<Placed>>;

fn plain(ranges: Vec<Placed>) -> Vec<hours::Range> {
    ranges.into_iter().map(|placed| placed.range).collect()
}

fn read_overrides(settings: &[Override], checks: &mut Checks) -> Overrides {
    checks.few("overrides", settings, OVERRIDES);
    let mut overrides = Overrides::new();
    for (at, one) in settings.iter().enumerate() {
        let ranges = hours::read(&format!("overrides[{at}].ranges"), &one.ranges, checks);
        // The date's own parser would take a date with a time as well.
        let date = if one.date.len() == 10 { one.date.parse::<Date>().ok() } else { None };
        let field = format!("overrides[{at}].date");
        let Some(date) = date else {
            checks.wrong(field, "invalid", "must be a date such as 2026-12-24");
            continue;
        };
        if overrides.insert(date, ranges).is_some() {
            checks.wrong(field, "invalid", format!("{date} is there twice; put its ranges into one entry"));
        }
    }
    overrides
}

fn check_week(week: &[Vec<Placed>; 7], checks: &mut Checks) {
    let tomorrow = week.iter().cycle().skip(1);
    for (day, next) in week.iter().zip(tomorrow) {
        hours::check_midnight(day, next, At::Next, checks);
    }
}

fn check_overrides(week: &[Vec<Placed>; 7], overrides: &Overrides, checks: &mut Checks) {
    let usual = |day: Date| {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        week.get(weekday).map(Vec::as_slice).unwrap_or_default()
    };
    for (&day, ranges) in overrides {
        if let Ok(yesterday) = day.yesterday() {
            let before = overrides.get(&yesterday).map_or_else(|| usual(yesterday), Vec::as_slice);
            hours::check_midnight(before, ranges, At::Next, checks);
        }
        if let Ok(tomorrow) = day.tomorrow()
            && !overrides.contains_key(&tomorrow)
        {
            hours::check_midnight(ranges, usual(tomorrow), At::Day, checks);
        }
    }
}

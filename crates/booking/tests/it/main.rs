//! The arithmetic from outside: tables of rules, and random cases against a brute-force oracle that knows minutes only.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as a test does")]

mod agreed;
mod booking_states;
mod calendar_files;
mod cells;
mod clocks;
mod oracle;
mod search;
mod settings;
mod windows;

use robofy_booking::{Block, Resource, Search, Service, Slot, Window, Zone};
use robofy_kernel::{ResourceId, ServiceId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// A moment written in RFC 3339.
pub fn at(text: &str) -> Timestamp {
    serde_json::from_value(json!(text)).unwrap()
}

/// A moment some minutes later.
pub fn later(moment: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_micros(moment.micros() + minutes * 60_000_000)
}

/// Resource number `n`.
pub fn resource_id(n: u128) -> ResourceId {
    ResourceId(Uuid::from_u128(n))
}

/// Service number `n`.
pub fn service_id(n: u128) -> ServiceId {
    ServiceId(Uuid::from_u128(1000 + n))
}

/// A resource of a zone with these hours.
pub fn resource(zone: &str, hours: Value) -> Resource {
    with_overrides(zone, hours, json!([]))
}

/// The same with other hours on some dates.
pub fn with_overrides(zone: &str, hours: Value, overrides: Value) -> Resource {
    let settings = json!({ "name": "Maria", "timezone": zone, "hours": hours, "overrides": overrides });
    serde_json::from_value(settings).unwrap()
}

/// A service on the first of the resources, with these settings besides.
pub fn service(settings: Value) -> Service {
    let mut whole =
        json!({ "name": "Consultation", "duration_minutes": 60, "resource_ids": [resource_id(1)] });
    whole.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

/// A service, the only one of one resource, and what is taken of it.
pub struct Scene {
    /// Service number 1.
    pub service: Service,
    /// Resource number 1.
    pub resource: Resource,
    /// What is taken.
    pub taken: Vec<Block>,
    /// The present moment.
    pub now: Timestamp,
}

impl Scene {
    /// Nothing is taken yet.
    pub fn new(service: Service, resource: Resource, now: &str) -> Self {
        Self { service, resource, taken: Vec::new(), now: at(now) }
    }

    /// Books so many seats of a start.
    pub fn book(&mut self, start: &str, seats: u32) {
        let block = Block::new(service_id(1), self.service.timing(), resource_id(1), at(start), seats);
        self.taken.push(block);
    }

    /// Looks at its search.
    pub fn searching<T>(&self, look: impl FnOnce(&Search<'_>) -> T) -> T {
        look(&Search {
            service_id: service_id(1),
            service: &self.service,
            resources: &[(resource_id(1), &self.resource)],
            taken: &self.taken,
            now: self.now,
            seats: 1,
        })
    }

    /// The free slots from one time up to another.
    pub fn slots(&self, from: &str, to: &str) -> Vec<Slot> {
        self.searching(|search| search.free(Window { from: at(from), until: at(to) }))
    }

    /// Their starts on the clocks of the resource's zone, as `HH:MM`.
    pub fn starts(&self, from: &str, to: &str) -> Vec<String> {
        let zone = self.resource.schedule().zone();
        self.slots(from, to).iter().map(|slot| clock(zone, slot.start)).collect()
    }
}

/// What the clocks of a zone show, as `HH:MM`.
pub fn clock(zone: &Zone, moment: Timestamp) -> String {
    zone.wall(moment).strftime("%H:%M").to_string()
}

//! Bookings: never twice, whatever comes at once.

mod at_once;
mod changes;
mod holds;
mod leads_of;
mod settings;

use robofy_booking::{Block, BookingStatus, Minutes, Resource, Service, Zone};
use robofy_kernel::{BookingId, HoldId, ResourceId, ServiceId, SessionKey, Timestamp};
use robofy_store::booking::{
    Actor, Booking, Hold, Move, NewBooking, NewHold, Refused, Source, Spot, StatusChange, StoredResource,
    StoredService,
};
use robofy_store::chat::{Channel, Whose};
use robofy_testkit::START;
use serde_json::{Value, json};
use sqlx::types::Json;

use super::*;

/// A home with a service on some resources.
pub(crate) struct Shop {
    pub(crate) home: make::Home,
    service: StoredService,
    resources: Vec<ResourceId>,
}

/// A service of half an hour with changes, on so many resources.
pub(crate) async fn shop(t: &Fixture, resources: usize, changes: Value) -> Shop {
    let home = make::home(t).await;
    let mut ids = Vec::new();
    for _ in 0..resources {
        ids.push(resource(t, &home).await);
    }
    let service = service(t, &home, &ids, changes).await;
    Shop { home, service, resources: ids }
}

async fn resource(t: &Fixture, home: &make::Home) -> ResourceId {
    let settings =
        json!({ "name": "Maria", "timezone": "Europe/Berlin", "hours": { "mon": [["00:00", "24:00"]] } });
    let resource = StoredResource {
        resource_id: ResourceId(home.op.uuid()),
        project_id: home.project,
        settings: Json(serde_json::from_value::<Resource>(settings).unwrap()),
        removed: false,
        created_at: t.clock.now(),
        updated_at: t.clock.now(),
    };
    fresh(t.store.create_resource(&home.op, resource, nothing).await.unwrap()).resource_id
}

fn settings(resources: &[ResourceId], changes: Value) -> Service {
    let mut settings = json!({ "name": "Talk", "duration_minutes": 30, "resource_ids": resources });
    settings.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::from_value(settings).unwrap()
}

fn new_service(home: &make::Home, resources: &[ResourceId], changes: Value) -> StoredService {
    StoredService {
        service_id: ServiceId(home.op.uuid()),
        project_id: home.project,
        settings: Json(settings(resources, changes)),
        removed: false,
        created_at: home.op.now(),
        updated_at: home.op.now(),
    }
}

async fn service(t: &Fixture, home: &make::Home, resources: &[ResourceId], changes: Value) -> StoredService {
    let service = new_service(home, resources, changes);
    fresh(t.store.create_service(&home.op, service, nothing).await.unwrap())
}

/// So many minutes after the tests' begin.
fn at(minutes: u32) -> Timestamp {
    Minutes(minutes).after(START)
}

impl Shop {
    /// One seat of a start on the n-th resource.
    pub(crate) fn spot(&self, resource: usize, minutes: u32) -> Spot {
        self.spot_of(&self.service, resource, minutes)
    }

    fn spot_of(&self, service: &StoredService, resource: usize, minutes: u32) -> Spot {
        let timing = service.settings.timing();
        Spot {
            block: Block::new(service.service_id, timing, self.resources[resource], at(minutes), 1),
            capacity: timing.seats(),
            zone: Zone::named("Europe/Berlin").unwrap(),
        }
    }

    /// An operator's booking.
    pub(crate) fn wish(&self, spots: Vec<Spot>) -> NewBooking {
        NewBooking {
            booking_id: BookingId(self.home.op.uuid()),
            project_id: self.home.project,
            source: Source::Spots(spots),
            status: BookingStatus::Confirmed,
            zone: None,
            chatbot_id: Some(self.home.agent.clone()),
            session: None,
            lead_id: None,
            name: Some("Ana".into()),
            email: None,
            phone: None,
            answers: serde_json::Map::new(),
            most_upcoming: None,
            by: Actor::Operator,
        }
    }

    /// A visitor's booking, of which there may be three to come.
    fn of_visitor(&self, session: &str, source: Source) -> NewBooking {
        NewBooking {
            source,
            session: Some(self.whose(session)),
            most_upcoming: Some(3),
            by: Actor::Visitor,
            ..self.wish(Vec::new())
        }
    }

    fn whose(&self, session: &str) -> Whose {
        Whose::Named {
            chatbot_id: self.home.agent.clone(),
            channel: Channel::Web,
            session_id: session.parse().unwrap(),
        }
    }

    fn new_hold(&self, t: &Fixture, session: Option<&str>, spots: Vec<Spot>) -> NewHold {
        NewHold {
            hold_id: HoldId(self.home.op.uuid()),
            project_id: self.home.project,
            chatbot_id: None,
            session: session.map(|session| self.whose(session)),
            spots,
            expires_at: t.clock.now().after(Duration::from_secs(300)),
        }
    }

    async fn book(&self, t: &Fixture, resource: usize, minutes: u32) -> Result<Booking, StoreError> {
        let new = self.wish(vec![self.spot(resource, minutes)]);
        Ok(fresh(t.store.book(&self.home.op, new, nothing).await?))
    }

    async fn hold(
        &self,
        t: &Fixture,
        session: Option<&str>,
        resource: usize,
        minutes: u32,
    ) -> Result<Hold, StoreError> {
        let new = self.new_hold(t, session, vec![self.spot(resource, minutes)]);
        Ok(fresh(t.store.hold(&self.home.op, new, nothing).await?))
    }

    async fn move_to(
        &self,
        t: &Fixture,
        booking: BookingId,
        spots: Vec<Spot>,
    ) -> Result<Booking, StoreError> {
        let to = Move { booking_id: booking, spots, session: None, notice: None, by: Actor::Operator };
        t.store.reschedule_booking(&self.home.op, to).await
    }

    async fn set(&self, t: &Fixture, booking: BookingId, to: BookingStatus) -> Result<Booking, StoreError> {
        let change = StatusChange { booking_id: booking, to, notice: None, by: Actor::Operator };
        t.store.change_booking_status(&self.home.op, change).await
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Refused {
    match outcome {
        Err(StoreError::Booking(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

/// Whether it came true, or the time was taken; anything else fails the test.
#[track_caller]
fn won<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> bool {
    match outcome {
        Ok(_) => true,
        other => {
            assert_eq!(refused(other), Refused::SlotTaken);
            false
        }
    }
}

/// What must be true at any time: each block has the cells that it needs and none beside, each has a seat, and each
/// booking that occupies has its seats.
async fn check(t: &Fixture) {
    const FIVE: &str = "300000000";
    let wrong = [
        format!("SELECT COUNT(*) FROM booking_blocks b WHERE (b.until_at - b.from_at) / {FIVE} <> (SELECT COUNT(*) FROM booking_cells c WHERE c.account_id = b.account_id AND c.block_id = b.block_id)"),
        format!("SELECT COUNT(*) FROM booking_cells c JOIN booking_blocks b ON b.account_id = c.account_id AND b.block_id = c.block_id WHERE c.cell * {FIVE} < b.from_at OR c.cell * {FIVE} >= b.until_at"),
        "SELECT COUNT(*) FROM booking_blocks b WHERE NOT EXISTS (SELECT 1 FROM booking_seats s WHERE s.account_id = b.account_id AND s.block_id = b.block_id)".into(),
        "SELECT COUNT(*) FROM bookings b WHERE (CASE WHEN b.status IN ('declined', 'cancelled') THEN 0 ELSE b.seats END) <> (SELECT COUNT(*) FROM booking_seats s JOIN booking_blocks k ON k.account_id = s.account_id AND k.block_id = s.block_id WHERE s.account_id = b.account_id AND s.booking_id = b.booking_id AND k.start_at = b.start_at AND k.resource_id = b.resource_id AND k.environment = b.environment)".into(),
    ];
    for sql in wrong {
        let count =
            t.store.write(Lane::Conversation, move |tx| Box::pin(async move { raw::number(tx, &sql).await }));
        assert_eq!(count.await.unwrap(), 0);
    }
}

const SEATS: &str = "SELECT COUNT(*) FROM booking_seats";
const CELLS: &str = "SELECT COUNT(*) FROM booking_cells";

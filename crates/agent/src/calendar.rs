//! The calendar of a service: what is free, and where a wished time can be taken.
//!
//! The search itself is `booking`'s; here it meets the store. What it finds was free a moment ago. Whether it still is,
//! the transaction that takes it says (`robofy_store::booking`).

use robofy_booking::{Block, Refusal, Resource, Search, Slot, Window, Zone};
use robofy_kernel::{AccountId, Op, Page, ResourceId, Timestamp};
use robofy_store::booking::{Besides, Spot, StoredService};
use robofy_store::{Result, Store};

/// How many alternatives are offered for a time that cannot be had.
pub const ALTERNATIVES: usize = 5;

/// A service with its resources, as they were read at one moment.
#[derive(Clone, Debug)]
pub struct Calendar {
    service: StoredService,
    resources: Vec<(ResourceId, Resource)>,
}

/// A time that somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// When it starts.
    pub start: Timestamp,
    /// Whose; `None` = any that is free.
    pub resource: Option<ResourceId>,
    /// How many seats.
    pub seats: u32,
    /// Whose time counts as free.
    pub besides: Besides,
}

/// After which slot a page begins: its start in microseconds, and its resource.
pub type SlotKey = (i64, ResourceId);

impl Calendar {
    /// Reads a service's resources.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open(store: &Store, account: AccountId, service: StoredService) -> Result<Self> {
        let stored = store.resources_of_service(account, service.service_id).await?;
        let named = &service.settings.settings().resource_ids;
        let mut resources: Vec<_> =
            stored.into_iter().map(|resource| (resource.resource_id, resource.settings.0)).collect();
        resources.sort_by_key(|(id, _)| named.iter().position(|one| one == id));
        Ok(Self { service, resources })
    }

    /// The service.
    #[must_use]
    pub const fn service(&self) -> &StoredService {
        &self.service
    }

    /// Its resources, in the order in which the service names them.
    #[must_use]
    pub fn resources(&self) -> &[(ResourceId, Resource)] {
        &self.resources
    }

    /// One of its resources.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.iter().find(|(one, _)| *one == id).map(|(_, resource)| resource)
    }

    /// The zone in which its times are told where nobody names another: the resource's, without one the first
    /// resource's.
    #[must_use]
    pub fn zone(&self, resource: Option<ResourceId>) -> Zone {
        let named = resource.and_then(|id| self.resource(id));
        let found = named.or_else(|| self.resources.first().map(|(_, resource)| resource));
        found.map_or(Zone::UTC, |resource| resource.schedule().zone().clone())
    }

    /// The free slots of a window, ascending by start, at the same start in the order of the service's resources.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn free(
        &self,
        store: &Store,
        op: &Op,
        window: Window,
        resource: Option<ResourceId>,
        besides: Besides,
    ) -> Result<Vec<Slot>> {
        let window = window.and(self.service.settings.timing().bookable(op.now()));
        if window.is_empty() {
            return Ok(Vec::new());
        }
        let taken = self.taken(store, op, window, besides).await?;
        let resources = self.borrowed(resource);
        Ok(self.search(&resources, &taken, op, 1).free(window))
    }

    /// A page of [`Calendar::free`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn page(
        &self,
        store: &Store,
        op: &Op,
        window: Window,
        resource: Option<ResourceId>,
        besides: Besides,
        (after, limit): (Option<SlotKey>, i64),
    ) -> Result<Page<Slot>> {
        let from = after.map_or(window.from, |(start, _)| window.from.max(Timestamp::from_micros(start)));
        let mut slots = self.free(store, op, Window { from, ..window }, resource, besides).await?;
        if let Some((start, resource)) = after {
            let order = |id: ResourceId| self.resources.iter().position(|(one, _)| *one == id);
            slots.retain(|slot| slot.start.micros() > start || order(slot.resource) > order(resource));
        }
        Ok(Page::of(slots, limit, |slot| (slot.start.micros(), slot.resource)))
    }

    /// Where a wished time can be taken, in order of preference: the first is to be tried first.
    ///
    /// # Errors
    /// When the database is away. The inner error says why the time cannot be had.
    pub async fn spots(&self, store: &Store, op: &Op, wish: Wish) -> Result<Result<Vec<Spot>, Refusal>> {
        let moment =
            Window { from: wish.start, until: Timestamp::from_micros(wish.start.micros().saturating_add(1)) };
        let taken = self.taken(store, op, moment, wish.besides).await?;
        let resources = self.borrowed(None);
        let found = self.search(&resources, &taken, op, wish.seats).at(wish.start, wish.resource);
        Ok(found.map(|slots| slots.iter().map(|slot| self.spot(slot, wish.seats)).collect()))
    }

    /// A free slot as a transaction takes it.
    #[must_use]
    pub fn spot(&self, slot: &Slot, seats: u32) -> Spot {
        let timing = self.service.settings.timing();
        Spot {
            block: Block::new(self.service.service_id, timing, slot.resource, slot.start, seats.max(1)),
            capacity: timing.seats(),
            zone: self.zone(Some(slot.resource)),
        }
    }

    /// Up to [`ALTERNATIVES`] free times nearest to one that cannot be had, on any resource; none only when nothing that
    /// can be booked is free.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn alternatives(&self, store: &Store, op: &Op, wish: Wish) -> Result<Vec<Slot>> {
        let resources = self.borrowed(None);
        let mut found = Vec::new();
        for window in self.search(&resources, &[], op, wish.seats).around(wish.start) {
            if window.is_empty() {
                continue;
            }
            let taken = self.taken(store, op, window, wish.besides).await?;
            let search = self.search(&resources, &taken, op, wish.seats);
            found = search.nearest(wish.start, wish.resource, window, ALTERNATIVES);
            if found.len() >= ALTERNATIVES {
                break;
            }
        }
        Ok(found)
    }

    async fn taken(&self, store: &Store, op: &Op, starts: Window, besides: Besides) -> Result<Vec<Block>> {
        let reach = self.service.settings.timing().reach(starts);
        store.taken_blocks(op, self.service.service_id, reach, besides).await
    }

    fn borrowed(&self, only: Option<ResourceId>) -> Vec<(ResourceId, &Resource)> {
        let wanted = self.resources.iter().filter(|(id, _)| only.is_none_or(|only| only == *id));
        wanted.map(|(id, resource)| (*id, resource)).collect()
    }

    fn search<'a>(
        &'a self,
        resources: &'a [(ResourceId, &'a Resource)],
        taken: &'a [Block],
        op: &Op,
        seats: u32,
    ) -> Search<'a> {
        Search {
            service_id: self.service.service_id,
            service: &self.service.settings,
            resources,
            taken,
            now: op.now(),
            seats,
        }
    }
}

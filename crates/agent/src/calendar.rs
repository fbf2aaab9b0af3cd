//! The calendar of a service: what is free, and where a wished time can be taken.
//!
//! The search itself is `booking`'s; here it meets the store. What it finds was free a moment ago. Whether it still is,
//! the transaction that takes it says (`robofy_store::booking`).

use robofy_booking::{Block, Minutes, Refusal, Resource, Search, Slot, Window, Zone};
use robofy_kernel::{AccountId, Op, Page, PageRequest, ResourceId, Timestamp};
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

/// What is looked for, at whatever time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seeker {
    /// Whose time; `None` = any that is free.
    pub resource: Option<ResourceId>,
    /// How many seats; 0 counts as 1.
    pub seats: u32,
    /// Whose time counts as free.
    pub besides: Besides,
}

/// A time that somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// When it starts.
    pub start: Timestamp,
    /// What is looked for.
    pub seeker: Seeker,
}

/// An end of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its beginning.
    First,
    /// Its end.
    Last,
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

    /// Without the resources that are removed or switched off: nothing of theirs can be booked.
    #[must_use]
    pub fn of_enabled(mut self) -> Self {
        self.resources.retain(|(_, resource)| resource.settings().enabled);
        self
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
    pub async fn free(&self, store: &Store, op: &Op, window: Window, seeker: Seeker) -> Result<Vec<Slot>> {
        let window = window.and(self.service.settings.timing().bookable(op.now()));
        if window.is_empty() {
            return Ok(Vec::new());
        }
        let taken = self.taken(store, op, window, seeker.besides).await?;
        let resources = self.borrowed(seeker.resource);
        Ok(self.search(&resources, &taken, op, seeker.seats).free(window))
    }

    /// Up to `most` free starts at one end of a window, one slot each, ascending. A long window is not read whole: it
    /// is gone through from that end in pieces of growing length, each read once, until there are enough.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn some(
        &self,
        store: &Store,
        op: &Op,
        window: Window,
        seeker: Seeker,
        (end, most): (End, usize),
    ) -> Result<Vec<Slot>> {
        let mut rest = window.and(self.service.settings.timing().bookable(op.now()));
        let mut found: Vec<Slot> = Vec::new();
        let mut length = Minutes::DAY.micros() * 7;
        while !rest.is_empty() && found.len() < most {
            let mut piece = rest;
            match end {
                End::First => {
                    piece.until = rest.until.min(Timestamp::from_micros(rest.from.micros() + length));
                    rest.from = piece.until;
                }
                End::Last => {
                    piece.from = rest.from.max(Timestamp::from_micros(rest.until.micros() - length));
                    rest.until = piece.from;
                }
            }
            let mut slots = self.free(store, op, piece, seeker).await?;
            slots.dedup_by_key(|slot| slot.start);
            match end {
                End::First => found.append(&mut slots),
                End::Last => {
                    slots.append(&mut found);
                    found = slots;
                }
            }
            length *= 2;
        }
        match end {
            End::First => found.truncate(most),
            End::Last => drop(found.drain(..found.len().saturating_sub(most))),
        }
        Ok(found)
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
        seeker: Seeker,
        page: &PageRequest<SlotKey>,
    ) -> Result<Page<Slot, SlotKey>> {
        let after = page.after;
        let from = after.map_or(window.from, |(start, _)| window.from.max(Timestamp::from_micros(start)));
        let mut slots = self.free(store, op, Window { from, ..window }, seeker).await?;
        if let Some((start, resource)) = after {
            let order = |id: ResourceId| self.resources.iter().position(|(one, _)| *one == id);
            slots.retain(|slot| slot.start.micros() > start || order(slot.resource) > order(resource));
        }
        Ok(Page::of(slots, page.size, |slot| (slot.start.micros(), slot.resource)))
    }

    /// Where a wished time can be taken, in order of preference: the first is to be tried first.
    ///
    /// # Errors
    /// When the database is away. The inner error says why the time cannot be had.
    pub async fn spots(&self, store: &Store, op: &Op, wish: Wish) -> Result<Result<Vec<Spot>, Refusal>> {
        let found = self.at(store, op, wish).await?;
        Ok(found.map(|slots| slots.iter().map(|slot| self.spot(slot, wish.seeker.seats)).collect()))
    }

    /// The slots that a wished start has, in order of preference.
    ///
    /// # Errors
    /// When the database is away. The inner error says why there is none.
    pub async fn at(&self, store: &Store, op: &Op, wish: Wish) -> Result<Result<Vec<Slot>, Refusal>> {
        let Wish { start, seeker } = wish;
        let moment = Window { from: start, until: Timestamp::from_micros(start.micros().saturating_add(1)) };
        let taken = self.taken(store, op, moment, seeker.besides).await?;
        let resources = self.borrowed(None);
        Ok(self.search(&resources, &taken, op, seeker.seats).at(start, seeker.resource))
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
        self.around(store, op, wish, None, ALTERNATIVES).await
    }

    /// Up to `most` free times nearest to a wish, on its resource only where it names one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn nearest(&self, store: &Store, op: &Op, wish: Wish, most: usize) -> Result<Vec<Slot>> {
        self.around(store, op, wish, wish.seeker.resource, most).await
    }

    async fn around(
        &self,
        store: &Store,
        op: &Op,
        wish: Wish,
        only: Option<ResourceId>,
        most: usize,
    ) -> Result<Vec<Slot>> {
        let Wish { start, seeker } = wish;
        let resources = self.borrowed(only);
        let mut found = Vec::new();
        for window in self.search(&resources, &[], op, seeker.seats).around(start) {
            if window.is_empty() {
                continue;
            }
            let taken = self.taken(store, op, window, seeker.besides).await?;
            let search = self.search(&resources, &taken, op, seeker.seats);
            found = search.nearest(start, seeker.resource, window, most);
            if found.len() >= most {
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

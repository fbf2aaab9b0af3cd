//! Free slots.

use std::collections::HashMap;

use robofy_kernel::{ResourceId, ServiceId, Timestamp};

use crate::block::{Block, CELL, cells};
use crate::minutes::Minutes;
use crate::resource::Resource;
use crate::service::Service;
use crate::window::Window;

/// A time that can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When it starts.
    pub start: Timestamp,
    /// When it ends, buffers not included.
    pub end: Timestamp,
    /// Whose time it is.
    pub resource: ResourceId,
    /// How many seats are left.
    pub seats_left: u32,
}

/// Why a start cannot be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing starts then: closed, between two steps, or the service or resource is not to be booked.
    #[error("nothing of this service starts then")]
    Closed,
    /// It has begun, or begins before the notice is over.
    #[error("it begins too soon to be booked")]
    TooSoon,
    /// It lies beyond the horizon.
    #[error("it lies further ahead than this service can be booked")]
    TooLate,
    /// Somebody has it.
    #[error("this time is taken")]
    Taken,
}

/// What free slots depend on.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Which service.
    pub service_id: ServiceId,
    /// The service.
    pub service: &'a Service,
    /// Its resources. Those that the service does not name, or that are switched off, are passed over.
    pub resources: &'a [(ResourceId, &'a Resource)],
    /// What is occupied: bookings and live holds that overlap with [`crate::Timing::reach`] of the window. One entry
    /// for each booking or one for each block, in any order. Whoever moves a booking leaves its own out.
    pub taken: &'a [Block],
    /// The present moment.
    pub now: Timestamp,
    /// How many seats are wanted; 0 counts as 1.
    pub seats: u32,
}

impl Search<'_> {
    /// The free slots that start in a window, between notice and horizon: ascending by start, at the same start in
    /// the order in which the service names its resources.
    ///
    /// A slot lies within one range of its resource's hours and starts a whole number of steps, in elapsed time, after
    /// the range's start. Buffers may lie outside of the hours.
    #[must_use]
    pub fn free(&self, window: Window) -> Vec<Slot> {
        self.find(window, None, true)
    }

    /// The resources on which a start is free, in the order in which the service names them: whoever books one and
    /// finds it gone tries the next.
    ///
    /// # Errors
    /// When there is none: why.
    pub fn at(&self, start: Timestamp, resource: Option<ResourceId>) -> Result<Vec<Slot>, Refusal> {
        let bookable = self.service.timing().bookable(self.now);
        if start < bookable.from {
            return Err(Refusal::TooSoon);
        }
        if start >= bookable.until {
            return Err(Refusal::TooLate);
        }
        let moment = Window { from: start, until: Timestamp::from_micros(start.micros().saturating_add(1)) };
        let free = self.find(moment, resource, true);
        if !free.is_empty() {
            return Ok(free);
        }
        Err(if self.find(moment, resource, false).is_empty() { Refusal::Closed } else { Refusal::Taken })
    }

    /// The free slots of a window that start nearest to a wished moment, at most so many, no two of them at the same
    /// start, ascending. The wished resource comes first where the distance is the same.
    #[must_use]
    pub fn nearest(
        &self,
        wished: Timestamp,
        resource: Option<ResourceId>,
        window: Window,
        most: usize,
    ) -> Vec<Slot> {
        let mut slots = self.free(window);
        // Stable: what is equal stays in the order of the service's resources.
        slots.sort_by_key(|slot| {
            let away = slot.start.micros().abs_diff(wished.micros());
            (away, slot.start, resource.is_some_and(|resource| resource != slot.resource))
        });
        slots.dedup_by_key(|slot| slot.start);
        slots.truncate(most);
        slots.sort_by_key(|slot| slot.start);
        slots
    }

    /// Windows around a wished moment, each wider than the one before, the last all that can be booked: alternatives
    /// are looked for in the first that has enough, so that a store seldom reads far.
    #[must_use]
    pub fn around(&self, wished: Timestamp) -> Vec<Window> {
        let all = self.service.timing().bookable(self.now);
        let wished = wished.clamp(all.from, all.until.max(all.from));
        let mut windows: Vec<Window> = [1, 7, 31]
            .map(|days| {
                let by = Minutes(days * Minutes::DAY.0);
                all.and(Window { from: by.before(wished), until: by.after(wished) })
            })
            .into();
        windows.push(all);
        windows.dedup();
        windows
    }

    fn find(&self, window: Window, only: Option<ResourceId>, minding: bool) -> Vec<Slot> {
        let window = window.and(self.service.timing().bookable(self.now));
        if window.is_empty() || !self.service.settings().enabled {
            return Vec::new();
        }
        let given: HashMap<ResourceId, &Resource> = self.resources.iter().copied().collect();
        let wanted = |id: &ResourceId| only.is_none_or(|only| only == *id);
        let mut taken = if minding { self.taken_by_resource(&given) } else { HashMap::new() };
        let mut slots = Vec::new();
        for (order, id) in self.service.settings().resource_ids.iter().enumerate() {
            if let Some(resource) = given.get(id).filter(|resource| wanted(id) && resource.settings().enabled)
            {
                let taken = Taken::new(taken.remove(id).unwrap_or_default());
                self.of_resource(order, *id, resource, &taken, window, &mut slots);
            }
        }
        slots.sort_unstable_by_key(|(order, slot)| (slot.start, *order));
        slots.into_iter().map(|(_, slot)| slot).collect()
    }

    fn taken_by_resource(&self, given: &HashMap<ResourceId, &Resource>) -> HashMap<ResourceId, Vec<Busy>> {
        let mut taken: HashMap<ResourceId, Vec<Busy>> = HashMap::with_capacity(given.len());
        for block in self.taken.iter().filter(|block| given.contains_key(&block.resource)) {
            let busy = Busy::of(block, self.service_id);
            let list = taken.entry(block.resource).or_insert_with(|| Vec::with_capacity(64));
            list.push(busy);
        }
        taken
    }

    fn of_resource(
        &self,
        order: usize,
        id: ResourceId,
        resource: &Resource,
        taken: &Taken,
        window: Window,
        slots: &mut Vec<(usize, Slot)>,
    ) {
        let timing = self.service.timing();
        let step = timing.step().micros();
        let mut passed = 0;
        for open in resource.schedule().open(window) {
            let mut start = first_step(open.from.micros(), step, window.from.micros());
            loop {
                let block = Block::new(self.service_id, timing, id, Timestamp::from_micros(start), 0);
                if block.start >= window.until || block.end > open.until {
                    break;
                }
                let left = taken.seats_left(&Busy::of(&block, self.service_id), timing.seats(), &mut passed);
                if left >= self.seats.max(1) {
                    let slot = Slot { start: block.start, end: block.end, resource: id, seats_left: left };
                    slots.push((order, slot));
                }
                start += step;
            }
        }
    }
}

/// The first whole number of steps after `origin` that is not before `least`.
const fn first_step(origin: i64, step: i64, least: i64) -> i64 {
    if least <= origin {
        return origin;
    }
    origin + (least - origin + step - 1).div_euclid(step) * step
}

/// A block in whole cells, as a store keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Busy {
    from: i64,
    until: i64,
    start: i64,
    end: i64,
    own: bool,
    seats: u32,
}

impl Busy {
    fn of(block: &Block, service: ServiceId) -> Self {
        let cells = cells(block.from, block.until);
        Self {
            from: cells.start * CELL.micros(),
            until: cells.end * CELL.micros(),
            start: block.start.micros(),
            end: block.end.micros(),
            own: block.service == service,
            seats: block.seats,
        }
    }

    /// Whether both are seats of one block.
    fn shares(&self, other: &Self) -> bool {
        self.own && Self { seats: 0, ..*self } == Self { seats: 0, ..*other }
    }
}

/// What is taken of one resource, ascending.
#[derive(Debug, Default)]
struct Taken {
    busy: Vec<Busy>,
    /// For each, the end of the longest up to it: blocks may overlap where a service was changed.
    reach: Vec<i64>,
}

impl Taken {
    fn new(mut busy: Vec<Busy>) -> Self {
        busy.sort_unstable();
        let reach = busy
            .iter()
            .scan(i64::MIN, |reach, busy| {
                *reach = busy.until.max(*reach);
                Some(*reach)
            })
            .collect();
        Self { busy, reach }
    }

    /// The seats that are left in a block. `passed` counts what ended before it, and goes up as blocks are asked for
    /// in ascending order.
    fn seats_left(&self, block: &Busy, seats: u32, passed: &mut usize) -> u32 {
        while self.reach.get(*passed).is_some_and(|reach| *reach <= block.from) {
            *passed += 1;
        }
        let mut left = seats;
        // The first of these ends after the block begins; what follows it begins no earlier than it does.
        for busy in self.busy.iter().skip(*passed).take_while(|busy| busy.from < block.until) {
            if !busy.shares(block) {
                return 0;
            }
            left = left.saturating_sub(busy.seats);
        }
        left
    }
}

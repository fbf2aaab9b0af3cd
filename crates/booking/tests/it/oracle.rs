//! Free slots against an oracle that goes through every minute and asks only what the clocks then show.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use robofy_booking::{Block, Resource, Search, Service, Slot, Window};
use robofy_kernel::{ResourceId, Timestamp};
use serde_json::{Value, json};

use crate::{later, resource_id, service, service_id};

/// Zones, and days on which something happens there.
const PLACES: [(&str, &str); 16] = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("Europe/Dublin", "2026-03-29"),
    ("Europe/Dublin", "2026-10-25"),
    ("America/New_York", "2027-03-14"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2019-02-17"),
    ("America/Havana", "2026-11-01"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2028-02-29"),
    ("America/St_Johns", "2026-12-31"),
    ("UTC", "2026-06-30"),
];
/// How far the oracle sees around the day, in days.
const SIGHT: i64 = 5;

/// Hours, as the settings have them, and as minutes of the wall clock.
#[derive(Clone, Debug)]
struct Hours {
    zone: TimeZone,
    resource: Resource,
    week: [Vec<(i64, i64)>; 7],
    overrides: HashMap<Date, Vec<(i64, i64)>>,
}

impl Hours {
    fn on(&self, day: Date) -> &[(i64, i64)] {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap();
        self.overrides.get(&day).unwrap_or(&self.week[weekday])
    }
}

fn text((start, end): (i64, i64)) -> [String; 2] {
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    // A day's end can be written in two ways.
    [clock(start), clock(if end == 1440 && start % 10 == 0 { 1440 } else { end % 1440 })]
}

fn settings(zone: &str, week: &[Vec<(i64, i64)>; 7], overrides: &HashMap<Date, Vec<(i64, i64)>>) -> Value {
    let day = |ranges: &Vec<(i64, i64)>| ranges.iter().copied().map(text).collect::<Vec<_>>();
    let overrides: Vec<Value> =
        overrides.iter().map(|(date, ranges)| json!({ "date": date, "ranges": day(ranges) })).collect();
    let [mon, tue, wed, thu, fri, sat, sun] = week.each_ref().map(day);
    json!({
        "name": "Maria", "timezone": zone, "overrides": overrides,
        "hours": { "mon": mon, "tue": tue, "wed": wed, "thu": thu, "fri": fri, "sat": sat, "sun": sun },
    })
}

/// Hours for a zone: ranges strewn over the week, some past midnight; then, as far as they fit, dates with their own.
fn hours() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((prop_oneof![0i64..12, 12i64..200], 1i64..=288), 0..30)
}

fn build(zone: &str, day: Date, gaps: &[(i64, i64)], others: &[(i64, Vec<(i64, i64)>)]) -> Hours {
    let mut week: [Vec<(i64, i64)>; 7] = Default::default();
    let (mut at, mut first) = (0, None);
    for (gap, length) in gaps {
        let start = at + gap * 5;
        let end = start + length * 5;
        if start >= 7 * 1440 || end > 7 * 1440 + first.unwrap_or(start) {
            break;
        }
        first = first.or(Some(start));
        week[usize::try_from(start / 1440).unwrap()].push((start % 1440, end - start / 1440 * 1440));
        at = end;
    }
    let mut hours = Hours {
        zone: TimeZone::get(zone).unwrap(),
        resource: serde_json::from_value(settings(zone, &week, &HashMap::new())).unwrap(),
        week,
        overrides: HashMap::new(),
    };
    for (away, ranges) in others {
        let mut overrides = hours.overrides.clone();
        let ranges = ranges.iter().map(|(start, length)| (start * 5, (start + length) * 5)).collect();
        overrides.insert(day.saturating_add(away.days()), ranges);
        if let Ok(resource) = serde_json::from_value(settings(zone, &hours.week, &overrides)) {
            hours = Hours { resource, overrides, ..hours };
        }
    }
    hours
}

/// The minutes that the oracle sees, and the ranges that begin and end in them, as minutes.
struct Sight {
    from: Timestamp,
    ranges: Vec<(i64, i64)>,
}

impl Sight {
    fn of(hours: &Hours, middle: Timestamp) -> Self {
        let from = later(middle, -SIGHT * 1440);
        // The latest time that the clocks have shown up to each minute.
        let mut latest: Vec<DateTime> = Vec::new();
        for minute in 0..2 * SIGHT * 1440 {
            let moment = jiff::Timestamp::from_microsecond(later(from, minute).micros()).unwrap();
            let shown = hours.zone.to_datetime(moment);
            latest.push(latest.last().map_or(shown, |before| shown.max(*before)));
        }
        // The first minute in which they have shown a time or a later one.
        let first = |wall: DateTime| i64::try_from(latest.partition_point(|shown| *shown < wall)).unwrap();
        let mut ranges = Vec::new();
        let (mut day, last) = (latest[0].date().tomorrow().unwrap(), latest[latest.len() - 1].date());
        while day < last {
            for (start, end) in hours.on(day) {
                let wall = |minutes: i64| day.at(0, 0, 0, 0).saturating_add(minutes.minutes());
                ranges.push((first(wall(*start)), first(wall(*end))));
            }
            day = day.tomorrow().unwrap();
        }
        Self { from, ranges }
    }
}

/// What is asked of both.
#[derive(Debug)]
struct Case {
    service: Service,
    hours: Vec<(ResourceId, Hours)>,
    taken: Vec<Block>,
    now: Timestamp,
    window: Window,
    seats: u32,
}

impl Case {
    fn expected(&self, sights: &[Sight]) -> Vec<Slot> {
        let set = self.service.settings();
        let (duration, step) = (set.duration_minutes.unwrap(), set.slot_step_minutes.unwrap());
        let mut slots = Vec::new();
        let earliest = self.window.from.max(later(self.now, set.min_notice_minutes));
        let latest = later(self.now, set.horizon_days * 1440);
        for ((id, _), sight) in self.hours.iter().zip(sights) {
            for minute in 0..2 * SIGHT * 1440 {
                let start = later(sight.from, minute);
                if start < earliest || start >= self.window.until || start > latest {
                    continue;
                }
                let mut opens =
                    sight.ranges.iter().filter(|(open, _)| minute >= *open && (minute - open) % step == 0);
                if !opens.any(|(_, close)| (minute..minute + duration).all(|minute| minute < *close)) {
                    continue;
                }
                let block = [
                    later(start, -set.buffer_before_minutes),
                    later(start, duration + set.buffer_after_minutes),
                ];
                let left = self.seats_left(*id, start, block);
                if left >= i64::from(self.seats) {
                    let seats_left = u32::try_from(left).unwrap();
                    slots.push(Slot { start, end: later(start, duration), resource: *id, seats_left });
                }
            }
        }
        slots.sort_by_key(|slot| slot.start);
        slots
    }

    fn seats_left(&self, id: ResourceId, start: Timestamp, [from, until]: [Timestamp; 2]) -> i64 {
        let mut left = self.service.settings().seats;
        for block in self.taken.iter().filter(|block| block.resource == id) {
            let same = block.service == service_id(1)
                && block.start == start
                && (block.from, block.until) == (from, until);
            if same {
                left -= i64::from(block.seats);
                continue;
            }
            let mut minute = from;
            while minute < until {
                if minute >= block.from && minute < block.until {
                    return 0;
                }
                minute = later(minute, 1);
            }
        }
        left
    }

    fn found(&self) -> Vec<Slot> {
        let resources: Vec<_> = self.hours.iter().map(|(id, hours)| (*id, &hours.resource)).collect();
        let search = Search {
            service_id: service_id(1),
            service: &self.service,
            resources: &resources,
            taken: &self.taken,
            now: self.now,
            seats: self.seats,
        };
        search.free(self.window)
    }
}

/// A block to be taken: of which resource, near which minute, of the service itself or another, how long, how many seats.
type Wish = (usize, usize, bool, i64, u32);

prop_compose! {
    fn timing()(
        duration in prop_oneof![1i64..10, 10i64..60],
        step in prop_oneof![1i64..10, 10i64..40],
        buffers in (prop_oneof![Just(0i64), 0i64..12], prop_oneof![Just(0i64), 0i64..12]),
        notice in prop_oneof![Just(0i64), 0i64..400],
        horizon in 2i64..8,
        seats in 1i64..4,
    ) -> Value {
        json!({
            "duration_minutes": duration * 5, "slot_step_minutes": step * 5, "buffer_before_minutes": buffers.0 * 5,
            "buffer_after_minutes": buffers.1 * 5, "min_notice_minutes": notice * 5, "horizon_days": horizon,
            "seats": seats, "resource_ids": [resource_id(1), resource_id(2)],
        })
    }
}

fn other_hours() -> impl Strategy<Value = Vec<(i64, Vec<(i64, i64)>)>> {
    prop::collection::vec((-3i64..=3, prop::collection::vec((0i64..288, 1i64..=288), 0..3)), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn no_slot_is_outside_of_hours_none_overlaps_and_none_is_lost(
        (zone, day) in select(&PLACES[..]),
        (second, _) in select(&PLACES[..]),
        gaps in [hours(), hours()],
        others in [other_hours(), other_hours()],
        timing in timing(),
        wishes in prop::collection::vec((0usize..2, 0usize..10_000, any::<bool>(), 1i64..40, 1u32..3), 0..25),
        (now, from, length) in (-2880i64..1440, -2000i64..1000, 1i64..3000),
        seats in 1u32..3,
    ) {
        let day: Date = day.parse().unwrap();
        let middle = Timestamp::from_micros(day.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp().as_microsecond());
        let [first, other] = gaps;
        let hours = [build(zone, day, &first, &others[0]), build(second, day, &other, &others[1])];
        let sights = [Sight::of(&hours[0], middle), Sight::of(&hours[1], middle)];
        let [one, two] = hours;
        let mut case = Case {
            service: service(timing),
            hours: vec![(resource_id(1), one), (resource_id(2), two)],
            taken: Vec::new(),
            now: later(middle, now),
            window: Window { from: later(middle, from), until: later(middle, from + length) },
            seats,
        };
        // All that could be booked, to take some of it.
        let all = case.expected(&sights);
        case.taken = wishes.into_iter().map(|wish| taken(&case, &all, wish)).collect();
        let expected = case.expected(&sights);
        prop_assert_eq!(case.found(), expected);

        // What lies out of reach makes no difference.
        let found = case.found();
        let reach = case.service.timing().reach(case.window);
        case.taken.retain(|block| block.from < reach.until && block.until > reach.from);
        prop_assert_eq!(case.found(), found);
    }
}

fn taken(case: &Case, all: &[Slot], (resource, near, own, length, seats): Wish) -> Block {
    let slot = if all.is_empty() { None } else { Some(all[near % all.len()]) };
    if let (true, Some(slot)) = (own, slot) {
        return Block::new(service_id(1), case.service.timing(), slot.resource, slot.start, seats);
    }
    let minutes = i64::try_from(near % 600).unwrap() * 5;
    let start = later(case.window.from, minutes / 5 * 5 - 300);
    let start = Timestamp::from_seconds(start.seconds().div_euclid(300) * 300);
    let (end, id) = (later(start, length * 5), resource_id(u128::try_from(resource).unwrap() + 1));
    Block { resource: id, service: service_id(2), start, end, from: later(start, -5), until: end, seats }
}

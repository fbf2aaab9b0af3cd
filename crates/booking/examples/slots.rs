//! Measures how long it takes to find the free slots of a busy time: processor time of this thread.
//!
//! `cargo run --release -p robofy-booking --example slots [DAYS [RESOURCES]]`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not the product")]

use std::time::Duration;

use robofy_booking::{Block, Resource, ResourceSettings, Search, Service, ServiceSettings, WeekText, Window};
use robofy_kernel::{ResourceId, ServiceId, Timestamp};
use rustix::time::{ClockId, clock_gettime};

const ROUNDS: usize = 200;
const DAY: i64 = 86_400;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().unwrap());
    let days = numbers.next().unwrap_or(60);
    let busy = Busy::new(days, usize::try_from(numbers.next().unwrap_or(20)).unwrap());
    let resources: Vec<_> = busy.resources.iter().map(|(id, resource)| (*id, resource)).collect();
    let search = Search {
        service_id: busy.service_id,
        service: &busy.service,
        resources: &resources,
        taken: &busy.taken,
        now: busy.window.from,
        seats: 1,
    };
    let mut found = search.free(busy.window);
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = processor_time();
            found = std::hint::black_box(search.free(std::hint::black_box(busy.window)));
            processor_time() - begun
        })
        .collect();
    times.sort_unstable();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{days} days × {} resources, {} blocks taken, {} slots free: {:.3} ms (fastest {:.3}, slowest {:.3} of {ROUNDS})",
        resources.len(),
        busy.taken.len(),
        found.len(),
        millis(times[ROUNDS / 2]),
        millis(times[0]),
        millis(times[ROUNDS - 1]),
    );
    let begun = processor_time();
    let face = busy.resources[0].1.schedule().zone().clockface(busy.window.from, busy.window.until);
    let bytes: usize = found.iter().map(|slot| face.rfc3339(slot.start).len()).sum();
    println!("their starts written, {bytes} bytes: {:.3} ms", millis(processor_time() - begun));
}

/// Resources open from 9 to 17 on every day, a service of half an hour every half an hour, a third booked.
struct Busy {
    service_id: ServiceId,
    service: Service,
    resources: Vec<(ResourceId, Resource)>,
    taken: Vec<Block>,
    window: Window,
}

impl Busy {
    fn new(days: i64, resources: usize) -> Self {
        let ids: Vec<ResourceId> =
            (0..resources).map(|n| ResourceId(uuid::Uuid::from_u128(n as u128 + 1))).collect();
        let range = vec![["09:00".to_owned(), "17:00".to_owned()]];
        let [mon, tue, wed, thu, fri, sat, sun] = std::array::from_fn(|_| range.clone());
        let hours = WeekText { mon, tue, wed, thu, fri, sat, sun };
        let settings = ResourceSettings {
            name: "Maria".into(),
            timezone: "America/New_York".into(),
            hours: Some(hours),
            ..ResourceSettings::default()
        };
        let service = Service::try_from(ServiceSettings {
            name: "Consultation".into(),
            duration_minutes: Some(30),
            horizon_days: days + 2,
            resource_ids: ids.clone(),
            ..ServiceSettings::default()
        })
        .unwrap();
        let service_id = ServiceId(uuid::Uuid::from_u128(1_000));
        let from = Timestamp::from_seconds(1_792_468_800); // 20 October 2026: the clocks are set in between
        let window = Window { from, until: Timestamp::from_seconds(from.seconds() + days * DAY) };
        let resources: Vec<_> =
            ids.iter().map(|id| (*id, Resource::try_from(settings.clone()).unwrap())).collect();
        let mut taken = Vec::new();
        for (id, resource) in &resources {
            let open = resource.schedule().open(window);
            let starts = open
                .iter()
                .flat_map(|open| (open.from.seconds()..open.until.seconds()).step_by(30 * 60))
                .step_by(3);
            taken.extend(starts.map(|start| {
                Block::new(service_id, service.timing(), *id, Timestamp::from_seconds(start), 1)
            }));
        }
        Self { service_id, service, resources, taken, window }
    }
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

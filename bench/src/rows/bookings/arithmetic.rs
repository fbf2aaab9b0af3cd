//! The free slots of two months of twenty calendars, in process.

use std::hint::black_box;
use std::time::Duration;

use anyhow::ensure;
use robofy_booking::{Block, Resource, Search, Service, Slot, Window, Zone};
use robofy_kernel::{ResourceId, ServiceId};
use rustc_hash::FxHashSet;
use serde_json::json;

use super::shop::{SLOTS, nine_to_five};
use crate::chart::grouped;
use crate::process::own_cpu;
use crate::report::{Aim, Section, Table};
use crate::rows::Bench;
use crate::stats::{Spread, millis};

const ZONE: &str = "Europe/Berlin";
/// Sixty days in which clocks are set.
const WINDOW: [&str; 2] = ["2026-03-01", "2026-04-30"];
const DAYS: usize = 60;
const RESOURCES: usize = 20;

pub(super) fn measure(bench: &Bench) -> anyhow::Result<Section> {
    let ids: Vec<ResourceId> = (1..=RESOURCES)
        .map(|n| format!("018f0000-0000-7000-8000-{n:012}").parse())
        .collect::<Result<_, _>>()?;
    let resource: Resource =
        serde_json::from_value(json!({ "name": "Maria", "timezone": ZONE, "hours": nine_to_five() }))?;
    let service: Service = serde_json::from_value(
        json!({ "name": "Consultation", "duration_minutes": 30, "horizon_days": 90, "resource_ids": ids }),
    )?;
    let window = Window::read(WINDOW[0], WINDOW[1], &Zone::named(ZONE)?)?;
    let resources: Vec<(ResourceId, &Resource)> = ids.iter().map(|id| (*id, &resource)).collect();
    let service_id: ServiceId = "018f0000-0000-7000-8000-000000000000".parse()?;
    let now = window.from.before(Duration::from_secs(60 * 60));
    let empty = Search { service_id, service: &service, resources: &resources, taken: &[], now, seats: 1 };
    let all = empty.free(window);
    ensure!(all.len() == DAYS * RESOURCES * SLOTS, "{} slots in all", all.len());
    // Every third, in another order from resource to resource.
    let block = |slot: &Slot| Block::new(service_id, service.timing(), slot.resource, slot.start, 1);
    let taken: Vec<Block> = all.iter().step_by(3).map(block).collect();
    let search = Search { taken: &taken, ..empty };
    let left = all.len() - taken.len();
    ensure!(search.free(window).len() == left && bare(&all, &taken).len() == left, "slots are lost");

    let passes = bench.sizes.questions.div_ceil(100);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..bench.sizes.rounds {
        floor.push(cost(passes, || drop(black_box(bare(&all, &taken))))?);
        ours.push(cost(passes, || drop(black_box(search.free(window))))?);
    }
    let ratio = Spread::of(ours.iter().zip(&floor).map(|(ours, floor)| ours / floor));
    let (ours, floor) = (Spread::of(ours), Spread::of(floor));
    let mut table = Table::new(&["What", "CPU ms"]);
    table.row(["known starts looked up in a hash set (floor)".into(), floor.show(2)]);
    table.row(["free slots".into(), ours.show(2)]);
    Ok(Section {
        title: "The arithmetic of slots".into(),
        about: format!(
            "The free slots of {DAYS} days and {RESOURCES} resources in process: nine to five in {ZONE} over a change of \
             clocks, a step of 30 minutes, {} of {} slots booked. The floor is given every start and looks it up in a hash set \
             of what is booked: no hours, no zones, no buffers. Against the floor: **{}**.",
            grouped(taken.len() as f64),
            grouped(all.len() as f64),
            ratio.show(2)
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: format!("(booking) CPU of the free slots of {DAYS} days and {RESOURCES} resources"),
            value: ours.median,
            goal: Some(5.0),
            less_is_better: true,
            unit: "ms",
            floor: Some(floor.median),
        }],
        ..Section::default()
    })
}

/// Processor milliseconds of each pass.
fn cost(passes: usize, mut pass: impl FnMut()) -> anyhow::Result<f64> {
    let before = own_cpu()?;
    (0..passes).for_each(|_| pass());
    Ok(millis(own_cpu()?.saturating_sub(before)) / passes.max(1) as f64)
}

fn bare(all: &[Slot], taken: &[Block]) -> Vec<Slot> {
    let taken: FxHashSet<(ResourceId, i64)> =
        taken.iter().map(|block| (block.resource, block.start.micros())).collect();
    all.iter().filter(|slot| !taken.contains(&(slot.resource, slot.start.micros()))).copied().collect()
}

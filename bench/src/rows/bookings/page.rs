//! A page of free slots over HTTP.

use anyhow::{Context as _, ensure};

use super::shop::{SLOTS, Shop, Sides};
use super::{Bench, engines};
use crate::calls;
use crate::load::{self, Answer, Connection, Load, Outcome};
use crate::report::{Aim, Section, Table};
use crate::rows::{self, HEAD, spread};

/// The slots of a page where nobody says how many.
const PAGE: usize = 500;

pub(super) fn section(bench: &Bench) -> Section {
    let size = bench.sizes.bookings;
    Section {
        title: "A page of free slots".into(),
        about: format!(
            "GET `/v1/booking/slots/{{projectId}}` over {} connections: the first page ({PAGE} slots at most) of {} days of one \
             service with {} resources, nine to five every day, a step of 30 minutes, a third booked; {} rounds of {} \
             requests. The floor writes a page of {PAGE} slots of which nothing is looked up. {}",
            bench.sizes.connections,
            size.days,
            size.resources,
            size.rounds,
            size.pages,
            engines(bench)
        ),
        tables: vec![Table::new(&HEAD)],
        ..Section::default()
    }
}

pub(super) async fn measure(
    bench: &Bench,
    engine: &str,
    sides: &Sides<'_>,
    section: &mut Section,
) -> anyhow::Result<()> {
    let size = bench.sizes.bookings;
    let shop = Shop::open(sides, size.resources).await?;
    let booked: Vec<_> = (0..size.days).flat_map(|day| shop.slots(day)).step_by(3).collect();
    let load = Load { connections: bench.sizes.connections, requests: booked.len() };
    let make = |number: usize| shop.take("bookings", &booked[number]);
    load::run(sides.server, load, make, |_, answer| answer.expect(201)).await?;

    let page = shop.page(size.days);
    let first = Connection::open(sides.server.address()).await?.send(&page).await?;
    let slots = first.json(200)?["data"]["slots"].as_array().context("the answer has no slots")?.len();
    let free = size.days * size.resources * SLOTS - booked.len();
    ensure!(slots == free.min(PAGE), "{slots} slots where {free} are free");
    let bare = calls::to_floor("/slots", &page);
    let turned = rows::Sides {
        floor: (sides.floor, |_: usize| bare.clone()),
        subject: (sides.server, |_: usize| page.clone()),
    };
    let load = Load { connections: bench.sizes.connections, requests: size.pages };
    let look = |_: usize, answer: &Answer| {
        answer.expect(200)?;
        ensure!(answer.body == first.body, "the same page is another");
        Ok(())
    };
    let turns = turned.in_turns(size.rounds, load, look).await?;
    let median = |outcomes: &[Outcome]| spread(outcomes, Outcome::cpu_each).median;
    section.aims.push(Aim {
        what: format!("(booking) CPU of a page of {PAGE} free slots, {engine}"),
        value: median(&turns.subject),
        goal: None,
        less_is_better: true,
        unit: "ms",
        floor: Some(median(&turns.floor)),
    });
    let table = section.tables.first_mut().context("the section has its table")?;
    turns.rows("bare route that writes as many slots", &format!("slots, {engine}"), table);
    Ok(())
}

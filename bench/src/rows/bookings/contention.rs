//! Many clients that hold and book the same slots at once.

use std::cell::RefCell;

use anyhow::{Context as _, bail, ensure};

use super::shop::{SLOTS, Shop, Sides, Slot};
use super::{Bench, engines};
use crate::calls;
use crate::load::{self, Load, Outcome};
use crate::report::{Aim, Section, Table};
use crate::rows::spread;
use crate::stats::Spread;

/// What is measured of a call: how it went, and how many got what they wanted.
struct Fight {
    outcome: Outcome,
    granted: Vec<String>,
}

pub(super) fn section(bench: &Bench) -> Section {
    let size = bench.sizes.bookings;
    Section {
        title: "Many clients, the same slots".into(),
        about: format!(
            "{} clients with an API key fight for {} slots of {} resources: each slot is asked for {} times in a row, by \
             whichever clients are free. One of them gets it, the others get `SLOT_TAKEN` with alternatives, or nothing is written \
             here. Each of the {} rounds has a day of its own. What was held is booked afterwards, without rivals. The floor appends the same \
             requests to one file and syncs it before it answers: it grants nothing. {}",
            size.clients,
            size.resources * SLOTS,
            size.resources,
            size.rivals,
            size.rounds,
            engines(bench)
        ),
        tables: vec![Table::new(&[
            "What",
            "Engine",
            "attempts/s",
            "granted/s",
            "p50 ms",
            "p99 ms",
            "CPU ms per attempt",
        ])],
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
    let (mut floor, mut holds, mut held, mut bookings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..size.rounds {
        let [first, second]: [Vec<Slot<'_>>; 2] =
            [2 * round, 2 * round + 1].map(|day| shop.slots(day).collect());
        let load = Load { connections: size.clients, requests: first.len() * size.rivals };
        let bare =
            |number: usize| calls::to_floor("/store", &shop.take("holds", &first[number / size.rivals]));
        let stored = load::run(sides.floor, load, bare, |_, answer| answer.expect(200)).await?;
        floor.push(Fight { outcome: stored, granted: Vec::new() });
        let fought = fight(bench, sides, &shop, ("holds", "hold_id"), &first).await?;
        let confirming = Load { connections: size.clients, requests: fought.granted.len() };
        let confirm = |number: usize| shop.confirm(&fought.granted[number]);
        let booked = load::run(sides.server, confirming, confirm, |_, answer| answer.expect(201)).await?;
        held.push(Fight { outcome: booked, granted: fought.granted.clone() });
        holds.push(fought);
        bookings.push(fight(bench, sides, &shop, ("bookings", "booking_id"), &second).await?);
    }
    for (what, fights) in [("holds", &holds), ("bookings", &bookings)] {
        section.aims.extend(told(what, engine, fights, &floor));
    }
    let table = section.tables.first_mut().context("the section has its table")?;
    let none = "–";
    for (what, engine, fights) in [
        ("bare route that stores the request", none, &floor),
        ("holds", engine, &holds),
        ("bookings of what is held", engine, &held),
        ("bookings", engine, &bookings),
    ] {
        let outcomes: Vec<Outcome> = fights.iter().map(|fight| fight.outcome.clone()).collect();
        table.row([
            what.to_owned(),
            engine.to_owned(),
            spread(&outcomes, Outcome::rate).show(0),
            if engine == none {
                none.to_owned()
            } else {
                Spread::of(fights.iter().map(Fight::granted_rate)).show(0)
            },
            spread(&outcomes, |outcome| outcome.percentile(50)).show(2),
            spread(&outcomes, |outcome| outcome.percentile(99)).show(2),
            spread(&outcomes, Outcome::cpu_each).show(3),
        ]);
    }
    Ok(())
}

impl Fight {
    /// How many got what they wanted, a second.
    fn granted_rate(&self) -> f64 {
        self.granted.len() as f64 / self.outcome.elapsed.as_secs_f64()
    }
}

/// How many are granted a second, and how long the slowest wait, for the table of aims; nothing was aimed at.
fn told(what: &str, engine: &str, fights: &[Fight], floor: &[Fight]) -> [Aim; 2] {
    let p99 = |fights: &[Fight]| Spread::of(fights.iter().map(|fight| fight.outcome.percentile(99))).median;
    let aim = |figure: String, value, less_is_better, unit, floor| Aim {
        what: format!("(booking) {figure} under contention, {engine}"),
        value,
        goal: None,
        less_is_better,
        unit,
        floor,
    };
    let granted = Spread::of(fights.iter().map(Fight::granted_rate)).median;
    [
        aim(format!("{what} granted"), granted, false, "/s", None),
        aim(format!("{what}, p99 of an attempt"), p99(fights), true, "ms", Some(p99(floor))),
    ]
}

/// Each slot is asked for by so many rivals; exactly one may get it.
async fn fight(
    bench: &Bench,
    sides: &Sides<'_>,
    shop: &Shop<'_>,
    (what, id): (&str, &str),
    slots: &[Slot<'_>],
) -> anyhow::Result<Fight> {
    let size = bench.sizes.bookings;
    let load = Load { connections: size.clients, requests: slots.len() * size.rivals };
    let granted = RefCell::new(vec![None; slots.len()]);
    let make = |number: usize| shop.take(what, &slots[number / size.rivals]);
    let outcome = load::run(sides.server, load, make, |number, answer| {
        match answer.status.as_u16() {
            201 => {
                let made = answer.json(201)?["data"][id].as_str().map(str::to_owned);
                let winner = granted.borrow_mut()[number / size.rivals].replace(made);
                ensure!(winner.is_none(), "a slot was given twice");
            }
            409 => {
                let code = answer.json(409)?["error"]["code"].as_str().map(str::to_owned);
                ensure!(code.as_deref() == Some("SLOT_TAKEN"), "refused with {code:?}");
            }
            _ => bail!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)),
        }
        Ok(())
    })
    .await?;
    let granted: Option<Vec<String>> = granted.into_inner().into_iter().map(Option::flatten).collect();
    Ok(Fight { outcome, granted: granted.with_context(|| format!("some of the {what} went to nobody"))? })
}

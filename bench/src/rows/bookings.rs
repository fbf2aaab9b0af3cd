//! Bookings: the arithmetic of slots, the page of free slots, and many clients who want the same ones.

mod arithmetic;
mod contention;
mod page;
mod shop;

use super::{Bench, floor};
use crate::report::Section;
use crate::subject::Place;

/// The sizes of calendars, and of the crowd before them.
#[derive(Clone, Copy, Debug)]
pub struct BookingSize {
    /// Resources of the service.
    pub resources: usize,
    /// Days of which a page of slots is read.
    pub days: usize,
    /// Clients that hold and book at once.
    pub clients: usize,
    /// How often each slot is asked for.
    pub rivals: usize,
    /// How often the page is read in a turn.
    pub pages: usize,
    /// How often floor and subject take turns over HTTP: a round takes long, since each refusal is told alternatives.
    pub rounds: usize,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let arithmetic = arithmetic::measure(bench)?;
    let floor = floor(bench).await?;
    let mut places = vec![("SQLite", Place::new(&bench.programs)?)];
    if let Some(database) = &bench.postgres {
        places.push(("PostgreSQL", Place::on_postgres(&bench.programs, database)?));
    }
    let (mut pages, mut fights) = (page::section(bench), contention::section(bench));
    for (engine, place) in &places {
        let server = place.serve().await?;
        let sides = shop::Sides { account: &place.account, server: &server, floor: &floor.server };
        page::measure(bench, engine, &sides, &mut pages).await?;
        contention::measure(bench, engine, &sides, &mut fights).await?;
        server.stop().await?;
    }
    Ok(vec![arithmetic, pages, fights])
}

/// What is said where a figure was taken on one engine only.
pub(super) fn engines(bench: &Bench) -> &'static str {
    match bench.postgres {
        Some(_) => {
            "PostgreSQL runs on the same machine, syncs each commit to disk as SQLite does, and its own processor time is \
             not counted."
        }
        None => "On SQLite alone: this run was given no PostgreSQL.",
    }
}

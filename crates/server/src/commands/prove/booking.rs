//! `robofy prove booking`: that no time is ever sold twice, and no booking lost.

use anyhow::bail;
use robofy_kernel::{Clock, Ids, Stopwatch, Timestamp};

use super::api::Shop;
use super::calendar::{Calendar, RESOURCES, SERVICES};
use super::check;
use super::finish::Finish;
use super::ground::Ground;
use super::history::History;
use super::nodes::Nodes;
use super::report::Report;
use super::storm::{Dice, Lines, Size, Storm};
use crate::config::{Flags, StoreGroup};
use crate::output;

/// Try with thousands of clients and killed servers that no time is sold twice and no booking is lost
///
/// The proof makes what it needs and removes it: a temporary data folder and one server, or, with --database-url, a
/// schema of an empty PostgreSQL database and three servers. A data folder or master key that is named is not touched.
#[derive(Debug, clap::Args)]
pub struct Booking {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
    /// How many attempts are made to book, hold, move and cancel
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    attempts: u32,
    /// How many of them run at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    concurrency: u32,
    /// What chance begins with; the same number rolls the same dice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// In how many days the day is that is sold.
const DAYS_AHEAD: i64 = 7;
const DAY: i64 = 24 * 60 * 60;

impl Booking {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let settings = crate::commands::open(self.flags.clone())?;
        crate::commands::runtime()?.block_on(Box::pin(async {
            let ground = Ground::make(&settings, &Ids::System).await?;
            let report = tokio::select! {
                report = Box::pin(self.prove(&ground)) => report,
                stopped = stopped() => stopped,
            };
            let removed = ground.remove().await;
            let (report, violated) = report?;
            removed?;
            output::line(&if self.json { serde_json::to_string(&report)? } else { report.for_people() })?;
            match violated {
                None => Ok(()),
                Some(violated) => bail!("{violated}"),
            }
        }))
    }

    fn size(&self) -> anyhow::Result<Size> {
        let (attempts, concurrency) = (usize::try_from(self.attempts)?, usize::try_from(self.concurrency)?);
        Ok(Size { attempts, concurrency, seed: self.seed })
    }

    /// Gives the figures, and what was violated in a line.
    async fn prove(&self, ground: &Ground) -> anyhow::Result<(Report, Option<String>)> {
        let watch = Stopwatch::start();
        let size = self.size()?;
        let founded = ground.found().await?;
        let nodes = Nodes::start(ground, ground.nodes()).await?;
        let today = Clock::System.now().seconds().div_euclid(DAY);
        let mut shop = Shop {
            calendar: Calendar::on(Timestamp::from_seconds((today + DAYS_AHEAD) * DAY)),
            project: founded.project.to_string(),
            services: Vec::new(),
            resources: Vec::new(),
            api_key: founded.api_key,
        };
        furnish(&mut shop, &nodes).await?;

        let storm = Storm::new(&shop, &nodes, size);
        let mut history = History { chains: storm.rage().await?, ..History::default() };
        // Once more, now that the last answer is there: what was acknowledged is on the disk.
        for number in 0..nodes.count() {
            nodes.restart(number, std::time::Duration::ZERO).await?;
        }
        let over = check::holds_over(&shop.calendar, &history);
        tokio::time::sleep(std::time::Duration::from_micros(over.saturating_sub(storm.now()))).await;

        let mut finish = Finish::new(&shop, Lines::to(&nodes, &shop), Dice::new(size.seed, usize::MAX));
        history.bookings = finish.bookings().await?;
        history.free = finish.free().await?;
        history.fill = finish.fill().await?;
        history.last = finish.ask_for_all().await?;
        history.end = finish.bookings().await?;
        nodes.check()?;
        nodes.end().await?;

        let verdict = check::check(&shop.calendar, &history);
        let report = Report::new((ground.engine(), ground.nodes()), size, &history, &verdict);
        let violated = verdict.violations.0.first().map(|first| {
            let more = match verdict.violations.0.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("the promise is broken: {}{more} (seed {})", first.detail, size.seed)
        });
        Ok((report.with(nodes.restarts(), watch.elapsed()), violated))
    }
}

/// Makes resources and services.
async fn furnish(shop: &mut Shop, nodes: &Nodes<'_>) -> anyhow::Result<()> {
    for number in 0..RESOURCES {
        let call = shop.make_resource(number);
        let id =
            Finish::new(shop, Lines::to(nodes, shop), Dice::new(0, 0)).make(&call, "resource_id").await?;
        shop.resources.push(id);
    }
    for terms in &SERVICES {
        let call = shop.make_service(terms);
        let id = Finish::new(shop, Lines::to(nodes, shop), Dice::new(0, 0)).make(&call, "service_id").await?;
        shop.services.push(id);
    }
    Ok(())
}

/// Resolves when the proof is told to stop, so that it can clear up.
async fn stopped<T>() -> anyhow::Result<T> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told?,
        _ = term.recv() => {}
    }
    bail!("stopped before the end: nothing is proved")
}

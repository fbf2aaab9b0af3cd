//! `robofy prove`: promises of the product, tried on this very machine against servers that are killed meanwhile.

mod api;
mod booking;
mod calendar;
mod check;
mod client;
mod finish;
mod ground;
mod history;
mod line;
mod nodes;
mod report;
mod storm;

use clap::Subcommand;

/// Prove what the product promises, on this machine
#[derive(Debug, clap::Args)]
pub struct Prove {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Booking(booking::Booking),
}

impl Prove {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.what {
            What::Booking(command) => command.run(),
        }
    }
}

//! `robofy migrate`: brings the database's schema up to date before the server starts.

use robofy_store::Migrations;
use robofy_store::admin::inspect;

use crate::config::{Flags, StoreGroup};
use crate::opening::Place;
use crate::output;

/// Bring the database up to date (`serve` does so too when it starts)
#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let place = Place::of(&super::open(self.flags)?)?;
        super::runtime()?.block_on(async {
            let before = inspect(&place.config, &place.key).await?.map_or(0, |found| found.schema);
            let opened = place.open().await?;
            opened.store.close().await;
            let newest = Migrations::newest();
            output::line(&if before == newest {
                format!("the database is at version {newest}, nothing to do")
            } else {
                format!("the database went from version {before} to {newest}")
            })
        })
    }
}

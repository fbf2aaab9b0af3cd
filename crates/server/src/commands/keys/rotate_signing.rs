//! `robofy keys rotate-signing`.

use crate::config::{Flags, StoreGroup};
use crate::opening::Place;
use crate::output;

/// Make a new key that signs client tokens; tokens signed before stay good to their end
#[derive(Debug, clap::Args)]
pub struct RotateSigning {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
}

impl RotateSigning {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let place = Place::of(&super::super::open(self.flags)?)?;
        super::super::runtime()?.block_on(async {
            let opened = place.open().await?;
            let made = opened.store.add_signing_key(&opened.clock, &opened.ids).await;
            opened.store.close().await;
            made?;
            output::line("A running server signs with the new key within a minute.")
        })
    }
}

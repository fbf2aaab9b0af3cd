//! `robofy jobs`: what the server does in the background, for its operator.

mod list;
mod retry;

use clap::Subcommand;

use crate::config::{Flags, StoreGroup};
use crate::opening::{Opened, Place};

/// List the jobs of all accounts, and try dead ones again
#[derive(Debug, clap::Args)]
pub struct Jobs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Retry(retry::Retry),
}

impl Jobs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.action {
            Action::List(list) => list.run(),
            Action::Retry(retry) => retry.run(),
        }
    }
}

/// Opens the store and runs `act`.
fn with_store<F, Fut>(flags: Flags<StoreGroup>, act: F) -> anyhow::Result<()>
where
    F: FnOnce(Opened) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let place = Place::of(&super::open(flags)?)?;
    super::runtime()?.block_on(async {
        let opened = place.open().await?;
        let store = opened.store.clone();
        let done = act(opened).await;
        store.close().await;
        done
    })
}

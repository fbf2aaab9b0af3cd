//! `robofy jobs retry`.

use anyhow::{Context as _, bail};
use robofy_kernel::{JobId, Op};
use robofy_store::StoreError;

use crate::config::{Flags, StoreGroup};
use crate::opening::Opened;
use crate::output;

/// Give dead jobs all their attempts once more; a running server or worker takes them up
#[derive(Debug, clap::Args)]
pub struct Retry {
    #[command(flatten)]
    flags: Flags<StoreGroup>,
    /// The ids, as `robofy jobs list --dead` shows them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<JobId>,
}

impl Retry {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let ids = self.ids;
        super::with_store(self.flags, async move |opened| {
            for id in ids {
                revive(&opened, id).await?;
                output::line(&format!("{id} waits again"))?;
            }
            Ok(())
        })
    }
}

async fn revive(Opened { store, clock, ids, .. }: &Opened, id: JobId) -> anyhow::Result<()> {
    let none =
        || format!("no dead job has the id {id}; `robofy jobs list --dead` shows those that there are");
    let account = store.find_owner_of_dead_job(id).await?.with_context(none)?;
    let op = Op::system(account, clock.clone(), ids.clone());
    match store.revive_job(&op, id).await {
        Ok(true) => Ok(()),
        Ok(false) => bail!(none()),
        Err(StoreError::Conflict(_)) => bail!(
            "{id} has a successor that is not finished, and of the two one may wait; look at it with `robofy jobs list`"
        ),
        Err(error) => Err(error.into()),
    }
}

//! Removing what no search and no booking asks for any more.
//!
//! Nothing depends on it: what has expired gives way to whoever wants its time. It works under the calendars' locks, so
//! that it never drops a block to which somebody is just adding a seat.

use std::time::Duration;

use robofy_kernel::{AccountId, Environment, ResourceId, Timestamp};

use super::blocks;
use crate::{Lane, Result, Store};

statements! {
    FORGET_HOLDS = "DELETE FROM booking_holds WHERE account_id = $1 AND environment = $2 AND resource_id = $3 AND expires_at < $4";
}

/// A hold that is over is remembered so long, for those who come back to it.
pub const HOLD_REMEMBERED: Duration = Duration::from_secs(60 * 60);

impl Store {
    /// Forgets a resource's holds that ended more than [`HOLD_REMEMBERED`] ago, and frees what expired ones have.
    pub(crate) async fn sweep_holds(
        &self,
        account: AccountId,
        environment: Environment,
        resource: ResourceId,
        now: Timestamp,
    ) -> Result<()> {
        self.write(Lane::Ingestion, move |mut tx| {
            Box::pin(async move {
                blocks::lock_one(&mut tx, account, environment, resource).await?;
                let ever = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
                blocks::free_expired(&mut tx, account, environment, resource, ever, now).await?;
                let old = now.before(HOLD_REMEMBERED);
                execute!(tx.conn(), FORGET_HOLDS, account, environment, resource, old).map(|_| ())
            })
        })
        .await
    }
}

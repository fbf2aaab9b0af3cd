//! `robofy keys revoke`.

use robofy_kernel::KeyId;

use super::Whose;
use crate::output;

/// Revoke a key; it is refused from the next request on
#[derive(Debug, clap::Args)]
pub struct Revoke {
    #[command(flatten)]
    whose: Whose,
    /// The key's id, as `robofy keys list` shows it
    id: KeyId,
}

impl Revoke {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let id = self.id;
        self.whose.run(async move |opened, op| {
            anyhow::ensure!(
                opened.store.revoke_api_key(&op, id).await?,
                "the account has no such key, or it is revoked already; `robofy keys list` shows those that are not"
            );
            output::line(&format!("revoked {id}"))
        })
    }
}

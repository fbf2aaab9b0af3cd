//! Asking for the whole answer.

use robofy_kernel::Op;

use super::{Ask, Handle, TurnError, Turns};
use crate::fold::WholeAnswer;

impl Turns {
    /// Takes a question as [`Turns::ask`] does, and waits for its answer.
    ///
    /// A repeat that waits for another node's turn has been told nothing yet: when that node is lost, the repeat is
    /// answered anew instead of failing for the turn's sake.
    ///
    /// # Errors
    /// Those of [`Turns::ask`].
    pub async fn ask_whole(&self, op: &Op, ask: Ask) -> Result<(Handle, WholeAnswer), TurnError> {
        let first = self.whole(op, ask.clone()).await?;
        if op.idempotency.is_some() && first.0.log.is_interrupted() && !self.0.tasks.is_stopping() {
            return self.whole(op, ask).await;
        }
        Ok(first)
    }

    async fn whole(&self, op: &Op, ask: Ask) -> Result<(Handle, WholeAnswer), TurnError> {
        let handle = self.ask(op, ask).await?;
        let whole = WholeAnswer::read(handle.log.read_from(0)).await;
        Ok((handle, whole))
    }
}

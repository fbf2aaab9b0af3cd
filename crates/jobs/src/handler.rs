//! What does a job's work.

use futures::future::BoxFuture;
use robofy_kernel::Op;
use robofy_store::jobs::Lease;
use tokio_util::sync::CancellationToken;

/// Does the work of one kind of job.
pub trait Handler: Send + Sync + 'static {
    /// The kind, as jobs name it.
    fn kind(&self) -> &'static str;

    /// Does the work. When the lease is lost the future is dropped where it waits.
    fn run<'a>(&'a self, job: &'a Running) -> BoxFuture<'a, Outcome>;
}

/// A job while its handler runs.
#[derive(Debug)]
pub struct Running {
    /// What it is about: the account and environment of whoever enqueued it.
    pub op: Op,
    /// The lease, for the units that store results.
    pub lease: Lease,
    pub(crate) called_off: CancellationToken,
    pub(crate) stopping: CancellationToken,
}

impl Running {
    /// Whether the job was called off: the handler ends with [`Outcome::Cancelled`] when it next can.
    #[must_use]
    pub fn is_called_off(&self) -> bool {
        self.called_off.is_cancelled()
    }

    /// Whether the program ends: the handler ends with [`Outcome::GivenBack`] when it next can.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Resolves when the handler is to end, for whichever of the two reasons.
    pub async fn ending(&self) {
        tokio::select! {
            () = self.called_off.cancelled() => {}
            () = self.stopping.cancelled() => {}
        }
    }
}

/// What came of a handler's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The handler has finished the job itself, in the unit that stored its results.
    Stored,
    /// It was called off.
    Cancelled,
    /// It failed, and may succeed later.
    Failed(String),
    /// It failed, and trying again would not help.
    Dead(String),
    /// The program ends, not the job.
    GivenBack,
}

//! What comes with an utterance: clicks, sent beside or in the place of words, and what its sender may take.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

/// What was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// One of the times.
    Slot,
    /// Yes.
    Confirm,
    /// No.
    Decline,
    /// One of the choices.
    Choose,
    /// Leave the present question out.
    Skip,
    /// End the flow.
    CancelFlow,
}

/// A click on what an earlier answer offered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Action {
    /// What was clicked.
    pub kind: ActionKind,
    /// The flow, as its event named it.
    pub flow_id: String,
    /// The step, as its event named it. A click on an earlier one changes nothing.
    pub step: u32,
    /// The choice's or the time's value.
    pub value: Option<String>,
}

/// How many holds and bookings whoever speaks may make, so that nobody blocks a calendar through a conversation. What
/// counts is the caller's business; the flow asks before it occupies a time.
#[derive(Clone)]
pub struct Quota(Arc<dyn Fn() -> bool + Send + Sync>);

impl Quota {
    /// `take` takes one and says whether there was one.
    pub fn new(take: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    pub(crate) fn take(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quota")
    }
}

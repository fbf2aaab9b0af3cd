//! Clicks: what a front end sends beside, or in the place of, words.

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

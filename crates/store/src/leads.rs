//! Leads: the persons that an agent won, and everything that was said of each.
//!
//! One lead a person, per agent and environment: the e-mail address decides (a unique constraint), and within a session
//! everything belongs to one (a session has one row in `lead_sessions`). Equal phone numbers merge nothing. Who says
//! that an address is theirs has not proved it, so what other sessions said is never replaced by it and never shown to
//! it: differing values are kept beside the one that counts, and the operator sees both.
//!
//! Every value that was said stays until the lead is deleted. Its [`Standing`] says whether it counts.

mod list;
mod merge;
mod operator;
mod save;
mod shape;
mod take_back;
mod values;

use robofy_kernel::Op;

pub use list::LeadKey;
pub use save::save;
pub use shape::{
    Consent, Giver, Lead, LeadChange, LeadRow, LeadSession, LeadSource, LeadStatus, LeadValue, NewValue,
    SaveLead, SavedLead, SessionLead, Standing,
};
pub use take_back::TakeBack;
pub(crate) use take_back::take_back;

use crate::engine::{again, unit};
use crate::once::Answer;
use crate::{Lane, Once, Result, Store};

/// The statements of this module's files.
pub(crate) const STATEMENTS: [(&str, &[(&str, &str)]); 6] = [
    ("leads::list", list::STATEMENTS),
    ("leads::merge", merge::STATEMENTS),
    ("leads::operator", operator::STATEMENTS),
    ("leads::save", save::STATEMENTS),
    ("leads::take_back", take_back::STATEMENTS),
    ("leads::values", values::STATEMENTS),
];

impl Store {
    /// Saves what was said of a lead in a unit of its own; see [`save`].
    ///
    /// # Errors
    /// When the agent or the session is gone, or the database is away.
    pub async fn save_lead(
        &self,
        op: &Op,
        save: SaveLead,
        answer: impl Fn(&SavedLead) -> Answer + Clone + Send + 'static,
    ) -> Result<Once<SavedLead>> {
        again(|| {
            let (save, of) = (save.clone(), op.clone());
            let unit = unit(move |mut tx| Box::pin(async move { self::save(&mut tx, &of, save).await }));
            self.write_once(Lane::Conversation, op, unit, answer.clone())
        })
        .await
    }
}

//! The checker: a history in, what is wrong with it out. It asks nobody and knows no clock.
//!
//! Requests that run at once have no order of their own, so it argues with what is certain: a start is *surely*
//! occupied from the answer that says so to the next request about it, and *possibly* from the first request to the
//! last answer. What was surely taken must not be sold or offered, what was not even possibly taken must not be refused.

mod refusals;
mod settled;
mod stays;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::HashMap;

use super::calendar::Calendar;
use super::history::{History, Listed, Moment};
use refusals::Stays;
use walk::Walk;

/// A promise that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// More seats were sold than there are, or times that overlap, or one request had two effects.
    Twice,
    /// What was acknowledged is not so.
    Lost,
    /// Time is blocked by nobody, or nobody's time is shown as free.
    Orphan,
    /// A start was refused though it was free.
    Refusal,
    /// What was offered instead was taken, or nothing was offered though something was free.
    Offer,
    /// What could be sold was not, to its last seat.
    Unsold,
    /// An answer that the contract does not know.
    Answer,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub kind: Kind,
    /// What happened.
    pub detail: String,
}

/// What is found wrong, in the order in which it is found.
#[derive(Debug, Default)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// Adds one.
    pub fn add(&mut self, kind: Kind, detail: String) {
        self.0.push(Violation { kind, detail });
    }

    /// How many are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.0.iter().filter(|violation| violation.kind == kind).count()
    }
}

/// What the checker says.
#[derive(Debug)]
pub struct Verdict {
    /// What is wrong.
    pub violations: Violations,
    /// Starts that there are.
    pub starts: usize,
    /// Starts that are sold out at the end.
    pub sold_out: usize,
    /// Starts of which nothing is sold, since a start that is stands in their way.
    pub excluded: usize,
    /// Seats that are sold at the end.
    pub sold: u32,
}

/// Checks everything.
pub fn check(calendar: &Calendar, history: &History) -> Verdict {
    let mut found = Violations::default();
    let mut stays = Vec::new();
    let bookings: HashMap<&str, &Listed> =
        history.bookings.iter().map(|listed| (listed.tag.as_str(), listed)).collect();
    for (number, chain) in history.chains.iter().enumerate() {
        let mut walk = Walk::through(calendar, number, chain, &mut found);
        let listed = bookings.get(chain.tag.as_str()).copied();
        settled::check_end(calendar, chain, &walk.ends, listed, &mut found);
        walk.settle(listed);
        stays.append(&mut walk.stays);
    }
    let stays = Stays::new(calendar, stays);
    stays.check_twice(&mut found);
    for (number, chain) in history.chains.iter().enumerate() {
        stays.check_refusals(number, chain, &mut found);
    }
    settled::check_listed(calendar, &history.chains, &history.bookings, &mut found);
    settled::check_free(calendar, &history.bookings, &history.free, &mut found);
    settled::check_fill(calendar, history, &mut found);
    let (sold_out, excluded, sold) = settled::check_sold(calendar, &history.end, &mut found);
    Verdict { violations: found, starts: calendar.len(), sold_out, excluded, sold }
}

/// The moment at which every hold of the storm is over.
pub fn holds_over(calendar: &Calendar, history: &History) -> Moment {
    let mut unheard = Violations::default();
    let walks = history.chains.iter().enumerate();
    let over = walks.map(|(number, chain)| Walk::through(calendar, number, chain, &mut unheard).holds_over());
    over.max().unwrap_or(0)
}

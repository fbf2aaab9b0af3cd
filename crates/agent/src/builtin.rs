//! The built-in answerer: stored pairs, small talk, and sentences picked from what a search found.
//!
//! Pure functions over search results: no SQL, no HTTP, nothing waits. A turn asks in this order:
//! a stored pair → [`small_talk()`] → [`answer`] (which composes the query, searches and picks).

mod abbreviations;
mod ask;
mod background;
pub mod eval;
mod follow_up;
mod pairs;
mod pick;
mod reading;
pub mod relevance;
pub mod sentences;
mod small_talk;
mod speak;

use robofy_knowledge::index::AgentIndex;

pub use follow_up::{Composed, Exchange, compose_query};
pub use pairs::{PAIR_THRESHOLD, PAIR_WEIGHTS, PairFeatures, PairIn, PairIndex, PairMatch, pair_margin};
pub use pick::{Answer, MOST_CHARACTERS, PASSAGES, Quote, consider, pick};
pub use small_talk::{Contact, SmallTalk, SmallTalkKind, onward, reply, small_talk};
pub use speak::BuiltIn;
pub(crate) use speak::exchanges;

use crate::passages::Passages;

/// Answers a question from an index: composes the query, searches and picks. `None` when nothing is relevant.
#[must_use]
pub fn answer(index: &AgentIndex, question: &str, history: &[Exchange<'_>]) -> Option<Answer> {
    answer_from(index, &Passages::default(), question, history)
}

/// The same with passages that were read before.
fn answer_from(
    index: &AgentIndex,
    passages: &Passages,
    question: &str,
    history: &[Exchange<'_>],
) -> Option<Answer> {
    let composed = compose_query(question, history);
    let found = index.search(&composed.query, PASSAGES);
    pick(passages, &composed, &found, index.chunk_count())
}

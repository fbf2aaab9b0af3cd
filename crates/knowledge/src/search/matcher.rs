//! Which of a chunk's tokens are terms of the question.

use crate::segment::postings::low;

use super::question::Question;

/// Slots of the table; four times as many as a question has terms.
const SLOTS: usize = 256;

/// The most keys in the table. A question has more only in an index of many languages, and loses the least telling
/// words of its languages then.
const MAX_KEYS: usize = 192;

/// From a token to the term of the question that it is: a small hash table, for every token of every candidate is
/// looked up.
pub(super) struct Matcher {
    /// Low half of a key, and the number of its term plus one, 0 for an empty slot.
    slots: [(u32, u8); SLOTS],
}

/// A term of the question at its place in a chunk's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub place: u32,
    pub term: u8,
}

impl Matcher {
    pub fn new(question: &Question) -> Matcher {
        let mut slots = [(0, 0); SLOTS];
        let keys = question
            .terms
            .iter()
            .enumerate()
            .flat_map(|(n, term)| term.keys.iter().map(move |&key| (n, key)));
        for (number, key) in keys.take(MAX_KEYS) {
            let mut slot = low(key) as usize % SLOTS;
            while slots[slot].1 != 0 {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = (low(key), number as u8 + 1);
        }
        Matcher { slots }
    }

    #[inline]
    pub fn find(&self, token: u32) -> Option<u8> {
        let mut slot = token as usize % SLOTS;
        loop {
            let (low, number) = self.slots[slot];
            if number == 0 {
                return None;
            }
            if low == token {
                return Some(number - 1);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// The terms among some tokens, a bit for each.
    pub fn terms(&self, tokens: &[u32]) -> u64 {
        tokens.iter().filter_map(|&token| self.find(token)).fold(0, |bits, term| bits | 1 << term)
    }

    /// The matches in a text, in order.
    pub fn matches(&self, tokens: &[u32], found: &mut Vec<Match>) {
        found.clear();
        for (place, &token) in tokens.iter().enumerate() {
            if let Some(term) = self.find(token) {
                found.push(Match { place: place as u32, term });
            }
        }
    }
}

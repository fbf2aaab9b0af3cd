//! What turns under way may still cost of a month's tokens, so that turns at once see each other.
//!
//! A turn's cost is stored when it ends. Until then it is reserved here, on the node that runs it: what the month may
//! be exceeded by is what turns cost that run on other nodes at the same moment, or are lost with a node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use robofy_kernel::ChatbotId;

/// Reservations by agent; only agents with a cap have one.
#[derive(Clone, Debug, Default)]
pub(super) struct Reserved(Arc<Mutex<HashMap<ChatbotId, i64>>>);

/// One turn's reservation. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    of: Reserved,
    chatbot: ChatbotId,
    tokens: i64,
}

impl Reserved {
    /// Reserves `input` tokens and as many of `most` output tokens as `left` has beside all other reservations; says how
    /// many these are. `None` when they would be fewer than `least`.
    pub fn take(
        &self,
        chatbot: &ChatbotId,
        left: i64,
        input: u32,
        most: u32,
        least: u32,
    ) -> Option<(u32, Hold)> {
        let mut all = self.all();
        let others = all.get(chatbot).copied().unwrap_or(0);
        let room = left.saturating_sub(others).saturating_sub(i64::from(input)).max(0);
        let output = u32::try_from(room).unwrap_or(u32::MAX).min(most);
        // A limit that is small by itself is none of the cap's making.
        if output < least.min(most) {
            return None;
        }
        let tokens = i64::from(input) + i64::from(output);
        *all.entry(chatbot.clone()).or_default() += tokens;
        Some((output, Hold { of: self.clone(), chatbot: chatbot.clone(), tokens }))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ChatbotId, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut all = self.of.all();
        if let Some(tokens) = all.get_mut(&self.chatbot) {
            *tokens -= self.tokens;
            if *tokens <= 0 {
                all.remove(&self.chatbot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_at_once_share_what_is_left() {
        let reserved = Reserved::default();
        let ids = robofy_kernel::Ids::seeded(1);
        let (one, other) = (ids.chatbot(), ids.chatbot());
        let (first, held) = reserved.take(&one, 1000, 100, 500, 16).unwrap();
        assert_eq!(first, 500);
        let (second, held_too) = reserved.take(&one, 1000, 100, 500, 16).unwrap();
        assert_eq!(second, 300, "600 are taken, 100 are the question's");
        assert!(reserved.take(&one, 1000, 100, 500, 16).is_none());
        assert_eq!(reserved.take(&other, 1000, 100, 500, 16).unwrap().0, 500, "another agent's are its own");
        drop(held);
        assert_eq!(reserved.take(&one, 1000, 100, 500, 16).unwrap().0, 500);
        assert!(reserved.take(&one, 415, 0, 500, 16).is_none(), "15 are left");
        assert_eq!(reserved.take(&other, 1000, 100, 5, 16).unwrap().0, 5, "the agent's own limit");
        assert!(reserved.take(&other, 50, 100, 500, 16).is_none());
        drop(held_too);
        assert!(reserved.all().is_empty(), "nothing is kept of turns that ended");
    }
}

//! How many turns may run at once and how many readers may listen, for each agent and for the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use robofy_kernel::ChatbotId;

use super::TurnError;

/// How many streams there may be. Turns that run and readers that listen are counted apart: each may be so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamLimits {
    /// On this server, as its operator decided; `None` for no limit but the process's own.
    pub server: Option<usize>,
    /// Of one agent, as the operator decided.
    pub agent: Option<usize>,
    /// What the process can hold.
    pub room: Option<Room>,
}

/// What a process has file descriptors for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Turns, each of which may hold a connection to a language model.
    pub turns: usize,
    /// Readers, each of which holds a visitor's connection.
    pub readers: usize,
}

/// Counts what is open, up to the limits.
#[derive(Clone, Debug)]
pub(super) struct Gauge(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: StreamLimits,
    room: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_agent: HashMap<ChatbotId, usize>,
}

/// A place among what is open; dropping it gives the place back.
#[derive(Debug)]
pub struct Permit {
    gauge: Gauge,
    chatbot: ChatbotId,
}

impl Gauge {
    pub fn of_turns(limits: StreamLimits) -> Self {
        Self::new(limits, limits.room.map(|room| room.turns))
    }

    pub fn of_readers(limits: StreamLimits) -> Self {
        Self::new(limits, limits.room.map(|room| room.readers))
    }

    fn new(limits: StreamLimits, room: Option<usize>) -> Self {
        let room = room.unwrap_or(usize::MAX);
        Self(Arc::new(Inner { limits, room, open: Mutex::default() }))
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`TurnError::TooMany`] when a limit that the operator set is reached, [`TurnError::NoRoom`] when the process can
    /// hold no more.
    pub fn enter(&self, chatbot: &ChatbotId) -> Result<Permit, TurnError> {
        let Inner { limits, room, .. } = *self.0;
        let mut open = self.open();
        let of_agent = open.by_agent.get(chatbot).copied().unwrap_or(0);
        for (whose, most, there) in
            [("this agent", limits.agent, of_agent), ("this server", limits.server, open.total)]
        {
            if let Some(most) = most.filter(|most| there >= *most) {
                return Err(TurnError::TooMany { whose, most });
            }
        }
        if open.total >= room {
            return Err(TurnError::NoRoom);
        }
        open.total += 1;
        *open.by_agent.entry(chatbot.clone()).or_default() += 1;
        drop(open);
        Ok(Permit { gauge: self.clone(), chatbot: chatbot.clone() })
    }

    pub fn len(&self) -> usize {
        self.open().total
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Each change is whole before anything could panic.
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.gauge.open();
        open.total = open.total.saturating_sub(1);
        if let Some(of_agent) = open.by_agent.get_mut(&self.chatbot) {
            *of_agent = of_agent.saturating_sub(1);
            if *of_agent == 0 {
                open.by_agent.remove(&self.chatbot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let ids = robofy_kernel::Ids::seeded(1);
        let (a, b) = (ids.chatbot(), ids.chatbot());
        let room = Some(Room { turns: 4, readers: 1 });
        let gauge = Gauge::of_turns(StreamLimits { server: Some(3), agent: Some(2), room });
        let mut held: Vec<_> = [&a, &a, &b].map(|chatbot| gauge.enter(chatbot).unwrap()).into();
        assert!(matches!(gauge.enter(&a), Err(TurnError::TooMany { whose: "this agent", most: 2 })));
        assert!(matches!(gauge.enter(&b), Err(TurnError::TooMany { whose: "this server", most: 3 })));
        held.pop();
        gauge.enter(&b).unwrap();
        held.clear();
        assert_eq!((gauge.len(), gauge.open().by_agent.len()), (0, 0));
        let full = Gauge::of_readers(StreamLimits { server: None, agent: None, room });
        let _held = full.enter(&a).unwrap();
        assert!(matches!(full.enter(&b), Err(TurnError::NoRoom)));
    }
}

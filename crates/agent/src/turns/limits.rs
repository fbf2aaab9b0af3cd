//! How many turns may run at once and how many readers may listen, for each agent and for the server.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use robofy_kernel::{ChatbotId, MessageId};

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
    /// Who reads an answer, the oldest first. A place stands here for as long as it is its reader's.
    by_answer: HashMap<MessageId, VecDeque<Arc<AtomicBool>>>,
}

/// A place among what is open; dropping it gives the place back.
#[derive(Debug)]
pub struct Permit {
    gauge: Gauge,
    chatbot: ChatbotId,
    seat: Option<Seat>,
}

/// The place of one who reads an answer. Another reader of the same answer may take it over.
#[derive(Debug)]
struct Seat {
    answer: MessageId,
    taken: Arc<AtomicBool>,
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
        Ok(Permit { gauge: self.clone(), chatbot: chatbot.clone(), seat: None })
    }

    /// Takes a place to read an answer. Where there is none, that of the answer's oldest reader: mostly it is the dead
    /// connection of the very visitor who comes back, which nobody has found dead yet.
    ///
    /// # Errors
    /// Those of [`Gauge::enter`], when nobody reads the answer.
    pub fn enter_again(&self, chatbot: &ChatbotId, answer: &MessageId) -> Result<Permit, TurnError> {
        let permit = match self.enter(chatbot) {
            Ok(permit) => permit,
            Err(full) => {
                let oldest = self.open().by_answer.get_mut(answer).and_then(VecDeque::pop_front);
                oldest.ok_or(full)?.store(true, Ordering::SeqCst);
                // The count stays: the place has changed hands.
                Permit { gauge: self.clone(), chatbot: chatbot.clone(), seat: None }
            }
        };
        Ok(permit.reading(answer))
    }

    pub fn len(&self) -> usize {
        self.open().total
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Each change is whole before anything could panic.
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The place of one who reads this answer, from where another reader of it may take it over.
    #[must_use]
    pub fn reading(mut self, answer: &MessageId) -> Self {
        let taken = Arc::<AtomicBool>::default();
        self.gauge.open().by_answer.entry(answer.clone()).or_default().push_back(Arc::clone(&taken));
        self.seat = Some(Seat { answer: answer.clone(), taken });
        self
    }

    /// Whether another reader of the same answer has the place now.
    #[must_use]
    pub fn is_taken_over(&self) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.taken.load(Ordering::SeqCst))
    }
}

impl Open {
    /// Takes a seat out; says whether it was still its reader's.
    fn leave(&mut self, seat: &Seat) -> bool {
        let Some(seats) = self.by_answer.get_mut(&seat.answer) else { return false };
        let before = seats.len();
        seats.retain(|taken| !Arc::ptr_eq(taken, &seat.taken));
        let was_there = seats.len() < before;
        if seats.is_empty() {
            self.by_answer.remove(&seat.answer);
        }
        was_there
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.gauge.open();
        if self.seat.as_ref().is_some_and(|seat| !open.leave(seat)) {
            return;
        }
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

    #[test]
    fn who_comes_back_to_an_answer_takes_over_its_oldest_reader_s_place_and_no_other() {
        let ids = robofy_kernel::Ids::seeded(1);
        let (chatbot, one, two) = (ids.chatbot(), ids.message(), ids.message());
        let gauge = Gauge::of_readers(StreamLimits { agent: Some(3), ..StreamLimits::default() });
        let enter = || gauge.enter(&chatbot).unwrap();
        let (older, newer) = (enter().reading(&one), enter().reading(&one));
        let whole = enter();
        assert!(matches!(gauge.enter_again(&chatbot, &two), Err(TurnError::TooMany { .. })));
        let again = gauge.enter_again(&chatbot, &one).unwrap();
        let taken = |permits: [&Permit; 4]| permits.map(Permit::is_taken_over);
        assert_eq!(taken([&older, &newer, &whole, &again]), [true, false, false, false]);
        assert_eq!(gauge.len(), 3);
        drop(older);
        assert_eq!(gauge.len(), 3, "it was its place no more");
        assert!(matches!(gauge.enter(&chatbot), Err(TurnError::TooMany { .. })));
        drop((newer, whole));
        let free = gauge.enter_again(&chatbot, &one).unwrap();
        assert!(!again.is_taken_over(), "nobody's, where there is room");
        drop((again, free));
        let open = gauge.open();
        assert_eq!((open.total, open.by_agent.len(), open.by_answer.len()), (0, 0, 0));
    }
}

//! Whether a refusal was right, and whether what was offered instead was free when it was read.

use std::ops::Range;

use super::stays::{Stay, name};
use super::{Kind, Violations};
use crate::commands::prove::calendar::{Calendar, Wish};
use crate::commands::prove::history::{Action, Chain, Moment, Outcome, Step};

/// The most that are offered.
const OFFERS: usize = 5;

/// All stays, by start.
#[derive(Debug)]
pub struct Stays<'a> {
    calendar: &'a Calendar,
    by_start: Vec<Vec<Stay>>,
}

impl<'a> Stays<'a> {
    /// Sorts them.
    pub fn new(calendar: &'a Calendar, stays: Vec<Stay>) -> Self {
        let mut by_start = vec![Vec::new(); calendar.len()];
        for stay in stays {
            by_start[stay.start].push(stay);
        }
        Self { calendar, by_start }
    }

    /// Whether so many seats of a start were taken, or its time by another, all the time. The stays of `but` do not
    /// count.
    fn surely_taken(&self, start: usize, seats: u32, time: &Range<Moment>, but: Option<usize>) -> bool {
        let there = |stay: &&Stay| {
            let covers = stay.surely.start <= time.start && time.end <= stay.surely.end;
            covers && Some(stay.chain) != but
        };
        let own: u32 = self.by_start[start].iter().filter(there).map(|stay| stay.seats).sum();
        let mut rivals = self.calendar.rivals(start).iter().flat_map(|rival| &self.by_start[*rival]);
        own + seats > self.calendar.seats(start) || rivals.any(|stay| there(&stay))
    }

    /// Whether so many seats of a start were free all the time. The stays of `but` do not count.
    fn surely_free(&self, start: usize, seats: u32, time: &Range<Moment>, but: Option<usize>) -> bool {
        let touches = |stay: &&Stay| {
            Some(stay.chain) != but
                && stay.possibly.start < stay.possibly.end
                && stay.possibly.start <= time.end
                && time.start <= stay.possibly.end
        };
        let own: u32 = self.by_start[start].iter().filter(touches).map(|stay| stay.seats).sum();
        let mut rivals = self.calendar.rivals(start).iter().flat_map(|rival| &self.by_start[*rival]);
        own + seats <= self.calendar.seats(start) && !rivals.any(|stay| touches(&stay))
    }

    /// Finds the moments at which more seats were surely taken than there are, or two times that overlap.
    pub fn check_twice(&self, found: &mut Violations) {
        for (start, stays) in self.by_start.iter().enumerate() {
            for stay in stays.iter().filter(|stay| !stay.surely.is_empty()) {
                let moment = stay.surely.start;
                let there = |other: &&Stay| other.surely.contains(&moment);
                let taken: u32 = stays.iter().filter(there).map(|stay| stay.seats).sum();
                if taken > self.calendar.seats(start) {
                    let (name, seats) = (self.calendar.name(start), self.calendar.seats(start));
                    found.add(Kind::Twice, format!("{name} was given {taken} times, and has {seats} seats"));
                }
                for rival in self.calendar.rivals(start) {
                    if self.by_start[*rival].iter().any(|other| there(&other)) {
                        let (one, other) = (self.calendar.name(start), self.calendar.name(*rival));
                        found.add(Kind::Twice, format!("{one} was given beside {other}, which it overlaps"));
                    }
                }
            }
        }
    }

    /// Looks at every refusal of a chain.
    pub fn check_refusals(&self, number: usize, chain: &Chain, found: &mut Violations) {
        for step in &chain.steps {
            let Outcome::Refused(offers) = &step.outcome else { continue };
            if let Some(wish) = wish(chain, step) {
                let moved = matches!(step.action, Action::Move(_)).then_some(number);
                let refusal = Refusal { number, chain, step, wish, offers, moved };
                self.check_reason(&refusal, found);
                self.check_offers(&refusal, found);
            }
        }
    }

    /// Nobody is refused because of themselves: whoever moves a booking may overlap with its old time, and a request
    /// that was sent twice at once is one.
    fn check_reason(&self, refusal: &Refusal<'_>, found: &mut Violations) {
        let (time, seats) = (refusal.time(), refusal.chain.seats);
        if let Some(free) = self
            .calendar
            .fitting(refusal.wish)
            .find(|start| self.surely_free(*start, seats, &time, Some(refusal.number)))
        {
            let name = self.calendar.name(free);
            found.add(Kind::Refusal, format!("{} was refused though {name} was free", refusal.words()));
        }
    }

    fn check_offers(&self, refusal: &Refusal<'_>, found: &mut Violations) {
        let (time, seats, offers) = (refusal.time(), refusal.chain.seats, refusal.offers);
        if offers.len() > OFFERS {
            found.add(Kind::Offer, format!("{} was offered {} alternatives", refusal.words(), offers.len()));
        }
        for (at, offer) in offers.iter().enumerate() {
            let Some(start) = *offer else {
                found.add(Kind::Offer, format!("{} was offered what is no start", refusal.words()));
                continue;
            };
            let name = self.calendar.name(start);
            if self.calendar.start(start).service != refusal.wish.service || offers[..at].contains(offer) {
                found.add(Kind::Offer, format!("{} was offered {name} for no reason", refusal.words()));
            }
            if self.surely_taken(start, seats, &time, refusal.moved) {
                found.add(Kind::Offer, format!("{} was offered {name}, which was taken", refusal.words()));
            }
        }
        if offers.is_empty() {
            let mut starts = self.calendar.of_service(refusal.wish.service);
            if let Some(free) = starts.find(|start| self.surely_free(*start, seats, &time, refusal.moved)) {
                let name = self.calendar.name(free);
                found.add(
                    Kind::Offer,
                    format!("{} was offered nothing though {name} was free", refusal.words()),
                );
            }
        }
    }
}

struct Refusal<'a> {
    number: usize,
    chain: &'a Chain,
    step: &'a Step,
    wish: Wish,
    offers: &'a [Option<usize>],
    moved: Option<usize>,
}

impl Refusal<'_> {
    fn time(&self) -> Range<Moment> {
        self.step.sent..self.step.got
    }

    fn words(&self) -> String {
        format!("the {} of {}", name(self.step.action), self.chain.tag)
    }
}

/// What a step asked for; nothing where it asked for what the chain had.
fn wish(chain: &Chain, step: &Step) -> Option<Wish> {
    match step.action {
        Action::Hold(wish, _) | Action::Book(wish) | Action::Move(wish) => Some(wish),
        Action::Repeat => chain.steps.iter().find_map(|step| match step.action {
            Action::Book(wish) => Some(wish),
            Action::Hold(..)
            | Action::Release
            | Action::Confirm
            | Action::Repeat
            | Action::Move(_)
            | Action::Cancel => None,
        }),
        Action::Release | Action::Confirm | Action::Cancel => None,
    }
}

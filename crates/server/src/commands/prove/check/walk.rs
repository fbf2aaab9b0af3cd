//! From a client's steps to the times that it occupied, and to how its booking may have ended.

use std::ops::Range;

use super::stays::{End, FOREVER, Hold, SLACK, Stay, name};
use super::{Kind, Violations};
use crate::commands::prove::calendar::{Calendar, Wish};
use crate::commands::prove::history::{Action, Chain, Listed, Moment, Outcome, State, Step};

/// Follows a chain through its steps.
#[derive(Debug)]
pub struct Walk<'a> {
    calendar: &'a Calendar,
    number: usize,
    chain: &'a Chain,
    /// What it occupied.
    pub stays: Vec<Stay>,
    /// How it may have ended.
    pub ends: Vec<End>,
    hold: Option<Hold>,
    /// The stay that the chain has at present.
    now: Option<usize>,
    /// Stays that it may have, since an answer was cut off.
    doubts: Vec<usize>,
    /// The booking's id and when it was acknowledged.
    booked: Option<(Option<String>, Moment)>,
    /// Whether it was told that its hold has expired.
    expired: bool,
    /// Whether a cancellation was cut off.
    maybe_cancelled: bool,
}

impl<'a> Walk<'a> {
    /// Goes through all steps of a chain.
    pub fn through(calendar: &'a Calendar, number: usize, chain: &'a Chain, found: &mut Violations) -> Self {
        let mut walk = Self {
            calendar,
            number,
            chain,
            stays: Vec::new(),
            ends: vec![End::Nothing],
            hold: None,
            now: None,
            doubts: Vec::new(),
            booked: None,
            expired: false,
            maybe_cancelled: false,
        };
        for step in &chain.steps {
            if let Outcome::Wrong(words) = &step.outcome {
                found.add(Kind::Answer, format!("{}: {words}", walk.words(step)));
            } else {
                walk.step(step, found);
            }
        }
        walk
    }

    fn step(&mut self, step: &Step, found: &mut Violations) {
        let understood = match step.action {
            Action::Hold(wish, seconds) => self.hold(step, wish, seconds),
            Action::Release => self.release(step),
            Action::Book(wish) => self.book(step, Some(wish), found),
            Action::Confirm => self.book(step, None, found),
            Action::Repeat => {
                let wish = self.chain.steps.iter().find_map(|step| match step.action {
                    Action::Book(wish) => Some(wish),
                    Action::Hold(..)
                    | Action::Release
                    | Action::Confirm
                    | Action::Repeat
                    | Action::Move(_)
                    | Action::Cancel => None,
                });
                self.book(step, wish, found)
            }
            Action::Move(wish) => self.reschedule(step, wish),
            Action::Cancel => self.cancel(step),
        };
        if !understood {
            let (words, outcome) = (self.words(step), &step.outcome);
            found.add(Kind::Answer, format!("{words} was answered with {outcome}"));
        }
    }

    fn hold(&mut self, step: &Step, wish: Wish, seconds: u64) -> bool {
        let hold = Hold { asked: (step.sent, step.got), seconds };
        match &step.outcome {
            Outcome::Done { start: Some(start), .. } if self.fits(*start, wish) => {
                self.hold = Some(hold);
                self.now = Some(self.stay(*start, step.got..hold.lasts_until(), step.sent..hold.over_by()));
                true
            }
            Outcome::Unknown | Outcome::Busy => {
                for start in self.fitting(wish) {
                    self.stay(start, step.got..step.got, step.sent..hold.over_by());
                }
                true
            }
            Outcome::Refused(_) => true,
            Outcome::Done { .. } | Outcome::Expired | Outcome::Gone | Outcome::Wrong(_) => false,
        }
    }

    fn release(&mut self, step: &Step) -> bool {
        let Some(hold) = self.hold.take() else { return false };
        let Some(now) = self.now.take() else { return false };
        self.surely_until(now, step.sent);
        match &step.outcome {
            Outcome::Done { .. } => {
                self.possibly_until(now, step.got);
                true
            }
            Outcome::Unknown | Outcome::Busy => true,
            // It had expired already.
            Outcome::Gone | Outcome::Expired => step.got >= hold.lasts_until(),
            Outcome::Refused(_) | Outcome::Wrong(_) => false,
        }
    }

    /// A booking, of what is held or else of a wish, or its repetition.
    fn book(&mut self, step: &Step, wish: Option<Wish>, found: &mut Violations) -> bool {
        if let Some((id, acknowledged)) = self.booked.clone() {
            return self.again(step, id.as_deref(), acknowledged, found);
        }
        match (&step.outcome, self.hold) {
            (Outcome::Done { start: Some(start), id }, _) => {
                let begun = self.doubts.iter().map(|doubt| self.stays[*doubt].possibly.start).min();
                for doubt in std::mem::take(&mut self.doubts) {
                    self.never(doubt);
                }
                self.booked = Some((id.clone(), step.got));
                self.ends = vec![End::Booked(*start)];
                match (self.hold.take(), self.now) {
                    (Some(_), Some(now)) => {
                        let stay = &mut self.stays[now];
                        (stay.surely.end, stay.possibly.end) = (FOREVER, FOREVER);
                        stay.start == *start
                    }
                    (None, _) | (_, None) => {
                        let possibly = begun.unwrap_or(step.sent)..FOREVER;
                        self.now = Some(self.stay(*start, step.got..FOREVER, possibly));
                        wish.is_some_and(|wish| self.fits(*start, wish))
                    }
                }
            }
            (Outcome::Unknown | Outcome::Busy, Some(_)) => {
                // Held or booked, its start is taken for as long as the hold lasts.
                if let Some(now) = self.now {
                    self.stays[now].possibly.end = FOREVER;
                    self.ends = vec![End::Nothing, End::Booked(self.stays[now].start)];
                }
                true
            }
            (Outcome::Unknown | Outcome::Busy, None) => {
                let starts: Vec<usize> = wish.map(|wish| self.fitting(wish)).unwrap_or_default();
                for start in starts {
                    let stay = self.stay(start, step.got..step.got, step.sent..FOREVER);
                    self.doubts.push(stay);
                    self.ends.push(End::Booked(start));
                }
                true
            }
            (Outcome::Refused(_), None) => {
                // Of a request that was cut off its repetition has the say.
                for doubt in std::mem::take(&mut self.doubts) {
                    self.possibly_until(doubt, step.got);
                }
                self.ends = vec![End::Nothing];
                true
            }
            (Outcome::Expired, Some(hold)) => {
                if let Some(now) = self.now.take() {
                    self.stays[now].possibly.end = hold.over_by().min(step.got.max(hold.lasts_until()));
                }
                (self.hold, self.expired) = (None, true);
                self.ends = vec![End::Nothing];
                step.got >= hold.lasts_until()
            }
            (Outcome::Expired, None) => self.expired,
            (Outcome::Refused(_), Some(_))
            | (Outcome::Done { start: None, .. } | Outcome::Gone | Outcome::Wrong(_), _) => false,
        }
    }

    /// The repetition of a booking that was acknowledged.
    fn again(&self, step: &Step, id: Option<&str>, acknowledged: Moment, found: &mut Violations) -> bool {
        match &step.outcome {
            Outcome::Done { id: other, .. } => {
                if other.as_deref() != id {
                    found.add(
                        Kind::Twice,
                        format!("{}: one Idempotency-Key made two bookings", self.words(step)),
                    );
                }
                true
            }
            Outcome::Unknown | Outcome::Busy => true,
            // It may have been looked at before what it repeats, which is not a repetition then.
            Outcome::Refused(_) | Outcome::Expired => step.sent < acknowledged,
            Outcome::Gone | Outcome::Wrong(_) => false,
        }
    }

    fn reschedule(&mut self, step: &Step, wish: Wish) -> bool {
        let Some(now) = self.now else { return false };
        match &step.outcome {
            Outcome::Done { start: Some(start), .. } if self.fits(*start, wish) => {
                self.surely_until(now, step.sent);
                self.possibly_until(now, step.got);
                self.now = Some(self.stay(*start, step.got..FOREVER, step.sent..FOREVER));
                self.ends = vec![End::Booked(*start)];
                true
            }
            Outcome::Refused(_) => true,
            Outcome::Unknown | Outcome::Busy => {
                self.surely_until(now, step.sent);
                for start in self.fitting(wish) {
                    let stay = self.stay(start, step.got..step.got, step.sent..FOREVER);
                    self.doubts.push(stay);
                    self.ends.push(End::Booked(start));
                }
                true
            }
            Outcome::Done { .. } | Outcome::Expired | Outcome::Gone | Outcome::Wrong(_) => false,
        }
    }

    fn cancel(&mut self, step: &Step) -> bool {
        let Some(now) = self.now else { return false };
        self.surely_until(now, step.sent);
        match &step.outcome {
            Outcome::Unknown | Outcome::Busy => {
                self.maybe_cancelled = true;
                self.ends.push(End::Cancelled);
                true
            }
            Outcome::Done { .. } | Outcome::Gone => {
                for stay in std::mem::take(&mut self.doubts).into_iter().chain([now]) {
                    self.possibly_until(stay, step.got);
                }
                self.ends = vec![End::Cancelled];
                self.maybe_cancelled || matches!(step.outcome, Outcome::Done { .. })
            }
            Outcome::Refused(_) | Outcome::Expired | Outcome::Wrong(_) => false,
        }
    }

    /// Takes note of how the chain ended, so that what was in doubt is in doubt no longer.
    pub fn settle(&mut self, listed: Option<&Listed>) {
        let last = self.chain.steps.last().map_or(0, |step| step.got).saturating_add(SLACK);
        let booked = listed.filter(|listed| listed.state == State::Confirmed).and_then(|listed| listed.start);
        for doubt in std::mem::take(&mut self.doubts) {
            if booked == Some(self.stays[doubt].start) {
                continue;
            }
            self.never(doubt);
        }
        let Some(now) = self.now else { return };
        if booked != Some(self.stays[now].start) {
            let over = self.hold.map_or(last, Hold::over_by);
            self.possibly_until(now, over);
        }
    }

    /// When all that it holds is over, should none of it have become a booking.
    pub fn holds_over(&self) -> Moment {
        // A stay without an end is a booking's, or that of a hold whose booking was cut off.
        let ended = self.stays.iter().map(|stay| stay.possibly.end).filter(|end| *end < FOREVER);
        ended.chain(self.hold.map(Hold::over_by)).max().unwrap_or(0)
    }

    fn stay(&mut self, start: usize, surely: Range<Moment>, possibly: Range<Moment>) -> usize {
        self.stays.push(Stay { chain: self.number, start, seats: self.chain.seats, surely, possibly });
        self.stays.len() - 1
    }

    fn surely_until(&mut self, stay: usize, moment: Moment) {
        let surely = &mut self.stays[stay].surely;
        surely.end = surely.end.min(moment);
    }

    fn possibly_until(&mut self, stay: usize, moment: Moment) {
        let possibly = &mut self.stays[stay].possibly;
        possibly.end = possibly.end.min(moment);
    }

    fn never(&mut self, stay: usize) {
        self.stays[stay].possibly = 0..0;
    }

    fn fits(&self, start: usize, wish: Wish) -> bool {
        self.calendar.fitting(wish).any(|one| one == start)
    }

    fn fitting(&self, wish: Wish) -> Vec<usize> {
        self.calendar.fitting(wish).collect()
    }

    fn words(&self, step: &Step) -> String {
        format!("{} of {}", name(step.action), self.chain.tag)
    }
}

//! One client of the storm: books, holds, moves and cancels as the dice fall, and writes down what it is told.

use std::time::Duration;

use super::calendar::{Start, Wish};
use super::history::{Action, Chain, Moment, Outcome, Step};
use super::line::Call;
use super::storm::{Dice, Lines, Storm};

/// A hold that is to become a booking, unless a server takes too long to start again. When the storm is over, such holds
/// are waited for.
const LONG_HOLD: u64 = 5;
/// A hold that nobody ends.
const SHORT_HOLD: u64 = 1;
/// How often a request is repeated that was cut off.
const REPEATS: usize = 5;

/// A client.
#[derive(Debug)]
pub struct Client<'a> {
    storm: &'a Storm<'a>,
    number: usize,
    dice: Dice,
    /// Two, so that a request can be sent twice at once.
    lines: [Lines<'a>; 2],
    chains: Vec<Chain>,
    /// Its bookings: the chain, the id, and the start.
    own: Vec<Own>,
}

#[derive(Debug, Clone)]
struct Own {
    chain: usize,
    id: String,
    start: usize,
}

/// What to do with a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Confirm,
    ConfirmTooLate,
    Release,
    Forget,
}

impl<'a> Client<'a> {
    /// Nothing is done yet.
    pub fn new(storm: &'a Storm<'a>, number: usize, dice: Dice) -> Self {
        let lines = [Lines::new(storm), Lines::new(storm)];
        Self { storm, number, dice, lines, chains: Vec::new(), own: Vec::new() }
    }

    /// Makes attempts until there are none left. Gives all that it did.
    pub async fn run(mut self) -> anyhow::Result<Vec<Chain>> {
        while let Some(attempt) = self.storm.next_attempt() {
            let own = if self.own.is_empty() { None } else { Some(self.dice.below(self.own.len())) };
            match (own, self.dice.below(100)) {
                (Some(own), 0..25) => self.cancel(own).await?,
                (Some(own), 25..45) => self.reschedule(own).await?,
                (_, roll) => self.begin(attempt, roll).await?,
            }
        }
        Ok(self.chains)
    }

    async fn begin(&mut self, attempt: usize, roll: usize) -> anyhow::Result<()> {
        let start = self.storm.tempting(&self.dice);
        let wish = self.wish(start);
        let seats = if self.storm.shop.calendar.seats(start) > 1 && self.dice.percent(20) { 2 } else { 1 };
        let tag = format!("attempt {attempt} of client {}", self.number);
        self.chains.push(Chain { tag, seats, steps: Vec::new() });
        let chain = self.chains.len() - 1;
        // The roll may have been used for its own bookings already.
        match (self.dice.below(100) + roll) % 100 {
            0..45 => self.book(chain, wish, false, false).await,
            45..52 => self.book(chain, wish, true, false).await,
            52..60 => self.book(chain, wish, true, true).await,
            60..82 => self.hold(chain, wish, LONG_HOLD, Then::Confirm).await,
            82..85 => self.hold(chain, wish, SHORT_HOLD, Then::ConfirmTooLate).await,
            85..92 => self.hold(chain, wish, LONG_HOLD, Then::Release).await,
            _ => self.hold(chain, wish, SHORT_HOLD, Then::Forget).await,
        }
    }

    /// Books without a hold; `twice` sends it a second time, `at_once` both at the same time.
    async fn book(&mut self, chain: usize, wish: Wish, twice: bool, at_once: bool) -> anyhow::Result<()> {
        let Chain { tag, seats, .. } = &self.chains[chain];
        let call = self.storm.shop.book(wish, *seats, tag, Some(&format!("key of {tag}")));
        if at_once {
            let nodes = (self.dice.below(8), self.dice.below(8));
            let [one, other] = &mut self.lines;
            let storm = self.storm;
            let (one, other) = futures::future::try_join(
                Box::pin(ask(storm, one, nodes.0, &call, wish.service, &[201])),
                Box::pin(ask(storm, other, nodes.1, &call, wish.service, &[201])),
            )
            .await?;
            for (action, (sent, got, outcome)) in [(Action::Book(wish), one), (Action::Repeat, other)] {
                self.chains[chain].steps.push(Step { sent, got, action, outcome });
            }
            return self.insist(chain, &call, wish.service, false).await;
        }
        self.step(chain, Action::Book(wish), &call, wish.service, &[201]).await?;
        self.insist(chain, &call, wish.service, twice).await
    }

    /// Repeats a booking under its key: while it was cut off, or once more because `twice`. Some clients give up.
    async fn insist(&mut self, chain: usize, call: &Call, service: usize, twice: bool) -> anyhow::Result<()> {
        let patient = self.dice.percent(75);
        let mut again = usize::from(twice);
        for _ in 0..REPEATS {
            let cut =
                !self.chains[chain].steps.iter().any(|step| matches!(step.outcome, Outcome::Done { .. }))
                    && self.chains[chain].steps.last().is_some_and(|step| step.outcome.is_open());
            if again == 0 && !(cut && patient) {
                break;
            }
            again = again.saturating_sub(1);
            self.step(chain, Action::Repeat, call, service, &[201]).await?;
        }
        self.keep(chain);
        Ok(())
    }

    async fn hold(&mut self, chain: usize, wish: Wish, seconds: u64, then: Then) -> anyhow::Result<()> {
        let call = self.storm.shop.hold(wish, self.chains[chain].seats, seconds);
        let outcome = self.step(chain, Action::Hold(wish, seconds), &call, wish.service, &[201]).await?;
        let Outcome::Done { id: Some(hold), .. } = outcome else { return Ok(()) };
        match then {
            Then::Forget => Ok(()),
            Then::Release => {
                let call = self.storm.shop.release(&hold);
                let outcome = self.step(chain, Action::Release, &call, wish.service, &[200, 204]).await?;
                self.tell_freed(chain, &outcome);
                Ok(())
            }
            Then::Confirm | Then::ConfirmTooLate => {
                if then == Then::ConfirmTooLate {
                    // Around the end of the hold: sometimes in time, sometimes not.
                    let wait = 700 + self.dice.below(600);
                    tokio::time::sleep(Duration::from_millis(u64::try_from(wait)?)).await;
                }
                let tag = &self.chains[chain].tag;
                let call = self.storm.shop.confirm(&hold, tag, Some(&format!("key of {tag}")));
                self.step(chain, Action::Confirm, &call, wish.service, &[201]).await?;
                let twice = self.dice.percent(20);
                self.insist(chain, &call, wish.service, twice).await
            }
        }
    }

    async fn reschedule(&mut self, own: usize) -> anyhow::Result<()> {
        let Own { chain, id, start } = self.own[own].clone();
        let calendar = &self.storm.shop.calendar;
        let old = calendar.start(start);
        let wished = self.storm.tempting(&self.dice);
        let wish = self.wish(wished);
        if (calendar.start(wished).service, wish.at) == (old.service, old.at)
            || calendar.start(wished).service != old.service
        {
            // The service stays; the neighbour's time is as good as any.
            let starts: Vec<usize> =
                calendar.of_service(old.service).filter(|one| calendar.start(*one).at != old.at).collect();
            let wish = self.wish(starts[self.dice.below(starts.len())]);
            return self.move_to(own, chain, &id, wish).await;
        }
        self.move_to(own, chain, &id, wish).await
    }

    async fn move_to(&mut self, own: usize, chain: usize, id: &str, wish: Wish) -> anyhow::Result<()> {
        let call = self.storm.shop.reschedule(id, wish);
        match self.step(chain, Action::Move(wish), &call, wish.service, &[200]).await? {
            Outcome::Done { start: Some(start), .. } => {
                self.storm.freed(self.own[own].start);
                self.own[own].start = start;
                Ok(())
            }
            Outcome::Refused(_) => Ok(()),
            Outcome::Unknown | Outcome::Busy if self.dice.percent(75) => self.cancel(own).await,
            Outcome::Done { .. }
            | Outcome::Unknown
            | Outcome::Busy
            | Outcome::Expired
            | Outcome::Gone
            | Outcome::Wrong(_) => {
                self.own.swap_remove(own);
                Ok(())
            }
        }
    }

    /// Cancels a booking, again and again while it is cut off. Some clients give up.
    async fn cancel(&mut self, own: usize) -> anyhow::Result<()> {
        let Own { chain, id, start } = self.own.swap_remove(own);
        let service = self.storm.shop.calendar.start(start).service;
        for _ in 0..REPEATS {
            let call = self.storm.shop.cancel(&id, self.dice.percent(50));
            let outcome = self.step(chain, Action::Cancel, &call, service, &[200, 204]).await?;
            self.tell_freed(chain, &outcome);
            if !outcome.is_open() || self.dice.percent(25) {
                break;
            }
        }
        Ok(())
    }

    async fn step(
        &mut self,
        chain: usize,
        action: Action,
        call: &Call,
        service: usize,
        done: &[u16],
    ) -> anyhow::Result<Outcome> {
        let node = self.dice.below(8);
        let [line, _] = &mut self.lines;
        let (sent, got, outcome) = Box::pin(ask(self.storm, line, node, call, service, done)).await?;
        self.chains[chain].steps.push(Step { sent, got, action, outcome: outcome.clone() });
        Ok(outcome)
    }

    /// Keeps a booking that was acknowledged, to move or cancel it later.
    fn keep(&mut self, chain: usize) {
        let booked =
            self.chains[chain].steps.iter().rev().find_map(|step| match (&step.outcome, step.action) {
                (
                    Outcome::Done { start: Some(start), id: Some(id) },
                    Action::Book(_) | Action::Confirm | Action::Repeat,
                ) => Some((id.clone(), *start)),
                _ => None,
            });
        if let Some((id, start)) = booked {
            self.own.push(Own { chain, id, start });
        }
    }

    /// Tells the others of a start that is free now.
    fn tell_freed(&self, chain: usize, outcome: &Outcome) {
        let starts = self.chains[chain].steps.iter().rev().filter_map(|step| match step.outcome {
            Outcome::Done { start, .. } => start,
            Outcome::Refused(_)
            | Outcome::Expired
            | Outcome::Gone
            | Outcome::Unknown
            | Outcome::Busy
            | Outcome::Wrong(_) => None,
        });
        if matches!(outcome, Outcome::Done { .. })
            && let Some(start) = starts.into_iter().next()
        {
            self.storm.freed(start);
        }
    }

    /// A wish for a start, or for any resource at its time.
    fn wish(&self, start: usize) -> Wish {
        let Start { service, resource, at } = self.storm.shop.calendar.start(start);
        let resource = if self.dice.percent(75) { Some(resource) } else { None };
        Wish { service, at, resource }
    }
}

/// Sends a request; gives when it was sent, when it was answered, and what.
async fn ask(
    storm: &Storm<'_>,
    lines: &mut Lines<'_>,
    node: usize,
    call: &Call,
    service: usize,
    done: &[u16],
) -> anyhow::Result<(Moment, Moment, Outcome)> {
    let mut sent = 0;
    let reply = lines.send(node, call, || sent = storm.now()).await?;
    let got = storm.now();
    Ok((sent, got, storm.shop.outcome(service, reply, done)))
}

//! Hand-made histories: the checker sees what is wrong with each, and nothing in one that is right.

mod answers;
mod sold;

use robofy_kernel::Timestamp;

use super::super::calendar::{Calendar, Start, Wish};
use super::super::history::{Action, Ask, Chain, Free, History, Listed, Moment, Outcome, State, Step};
use super::{Kind, Verdict, check, holds_over};

const SECOND: Moment = 1_000_000;

fn calendar() -> Calendar {
    Calendar::on(Timestamp::from_seconds(1_767_571_200))
}

/// A start on resource 1: a consultation (0) or a course (1) at a minute of the day.
fn start(calendar: &Calendar, service: usize, at: u32) -> usize {
    calendar.find(Start { service, resource: 0, at }).unwrap()
}

fn wish(calendar: &Calendar, start: usize) -> Wish {
    let Start { service, resource, at } = calendar.start(start);
    Wish { service, at, resource: Some(resource) }
}

fn done(start: usize, id: &str) -> Outcome {
    Outcome::Done { start: Some(start), id: Some(id.to_owned()) }
}

fn chain(tag: &str, steps: Vec<(Moment, Moment, Action, Outcome)>) -> Chain {
    let step = |(sent, got, action, outcome)| Step { sent, got, action, outcome };
    Chain { tag: tag.to_owned(), seats: 1, steps: steps.into_iter().map(step).collect() }
}

fn listed(tag: &str, start: usize, state: State) -> Listed {
    Listed { tag: tag.to_owned(), id: tag.to_owned(), state, start: Some(start), seats: 1 }
}

/// A history after whose storm the rest is sold and refused as it should be.
fn finished(calendar: &Calendar, chains: Vec<Chain>, bookings: Vec<Listed>) -> History {
    let mut end = bookings.clone();
    let mut fill = Vec::new();
    let taken = |end: &[Listed], start: usize| {
        let confirmed = end.iter().filter(|listed| listed.state == State::Confirmed);
        confirmed.filter(|listed| listed.start == Some(start)).map(|listed| listed.seats).sum::<u32>()
    };
    let left = |end: &[Listed], start: usize| {
        if calendar.rivals(start).iter().any(|rival| taken(end, *rival) > 0) {
            return 0;
        }
        calendar.seats(start).saturating_sub(taken(end, start))
    };
    let starts = 0..calendar.len();
    let free = starts.clone().map(|start| Free { start: Some(start), seats: left(&bookings, start) });
    let free: Vec<Free> = free.filter(|free| free.seats > 0).collect();
    for start in starts.clone() {
        for seat in 0..left(&end, start) {
            let tag = format!("fill {start} {seat}");
            end.push(listed(&tag, start, State::Confirmed));
            fill.push(Ask { start, tag: tag.clone(), outcome: done(start, &tag) });
        }
    }
    let last =
        starts.map(|start| Ask { start, tag: format!("last {start}"), outcome: Outcome::Refused(vec![]) });
    History { last: last.collect(), chains, bookings, free, fill, end }
}

fn kinds(verdict: &Verdict) -> Vec<Kind> {
    verdict.violations.0.iter().map(|violation| violation.kind).collect()
}

/// A booking that is acknowledged within a second of `at`.
fn booked(calendar: &Calendar, tag: &str, start: usize, at: Moment) -> Chain {
    let book = Action::Book(wish(calendar, start));
    chain(tag, vec![(at, at + SECOND, book, done(start, tag))])
}

//! Hand-made histories: the checker sees what is wrong with each, and nothing in one that is right.

use robofy_kernel::Timestamp;

use super::super::calendar::{Calendar, Start, Wish};
use super::super::history::{Action, Ask, Chain, Free, History, Listed, Moment, Outcome, State, Step};
use super::{Kind, Verdict, check};

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

#[test]
fn a_right_history_has_nothing_wrong() {
    let calendar = calendar();
    let (eight, nine, ten) = (start(&calendar, 1, 480), start(&calendar, 0, 560), start(&calendar, 1, 600));
    let (twelve, late) = (start(&calendar, 1, 720), start(&calendar, 0, 1000));
    let at = |start| wish(&calendar, start);
    let chains = vec![
        // Three seats of one start.
        booked(&calendar, "a", eight, 0),
        booked(&calendar, "b", eight, 0),
        booked(&calendar, "c", eight, 0),
        // The fourth is refused and offered what is free.
        chain(
            "d",
            vec![(2 * SECOND, 3 * SECOND, Action::Book(at(eight)), Outcome::Refused(vec![Some(twelve)]))],
        ),
        // Hold, booking, reschedule, cancellation.
        chain(
            "e",
            vec![
                (0, SECOND, Action::Hold(at(nine), 30), done(nine, "hold")),
                (2 * SECOND, 3 * SECOND, Action::Confirm, done(nine, "e")),
                (3 * SECOND, 4 * SECOND, Action::Repeat, done(nine, "e")),
                (5 * SECOND, 6 * SECOND, Action::Cancel, Outcome::Done { start: None, id: None }),
            ],
        ),
        // Cut off; it turns out that it was not done.
        chain("f", vec![(0, SECOND, Action::Book(at(ten)), Outcome::Unknown)]),
        // Cut off; it turns out that it was.
        chain("g", vec![(0, SECOND, Action::Book(at(ten)), Outcome::Unknown)]),
        // A hold that was given up, and one that came too late.
        chain("h", vec![(0, SECOND, Action::Hold(at(late), 1), done(late, "x"))]),
        chain(
            "i",
            vec![
                (9 * SECOND, 10 * SECOND, Action::Hold(at(late), 1), done(late, "y")),
                (11 * SECOND, 12 * SECOND, Action::Confirm, Outcome::Expired),
            ],
        ),
    ];
    let bookings = vec![
        listed("a", eight, State::Confirmed),
        listed("b", eight, State::Confirmed),
        listed("c", eight, State::Confirmed),
        listed("e", nine, State::Cancelled),
        listed("g", ten, State::Confirmed),
    ];
    let verdict = check(&calendar, &finished(&calendar, chains, bookings));
    assert_eq!(verdict.violations.0, []);
    assert_eq!(verdict.sold_out + verdict.excluded, 100);
}

#[test]
fn a_seat_that_is_sold_twice_is_seen_in_the_list_and_in_the_storm() {
    let calendar = calendar();
    let nine = start(&calendar, 0, 560);
    let two = || vec![booked(&calendar, "a", nine, 0), booked(&calendar, "b", nine, 0)];
    let bookings = vec![listed("a", nine, State::Confirmed), listed("b", nine, State::Confirmed)];
    let verdict = check(&calendar, &finished(&calendar, two(), bookings));
    assert!(verdict.violations.count(Kind::Twice) >= 2, "{verdict:?}");

    // Both were cancelled before anybody looked.
    let mut chains = two();
    for chain in &mut chains {
        let outcome = Outcome::Done { start: None, id: None };
        chain.steps.push(Step { sent: 3 * SECOND, got: 4 * SECOND, action: Action::Cancel, outcome });
    }
    let bookings = vec![listed("a", nine, State::Cancelled), listed("b", nine, State::Cancelled)];
    let verdict = check(&calendar, &finished(&calendar, chains, bookings));
    assert!(verdict.violations.count(Kind::Twice) > 0, "{verdict:?}");
    assert!(kinds(&verdict).iter().all(|kind| *kind == Kind::Twice), "{verdict:?}");
}

#[test]
fn more_seats_than_there_are_are_seen() {
    let calendar = calendar();
    let eight = start(&calendar, 1, 480);
    let tags = ["a", "b", "c", "d"];
    let chains = tags.map(|tag| booked(&calendar, tag, eight, 0)).to_vec();
    let bookings = tags.map(|tag| listed(tag, eight, State::Confirmed)).to_vec();
    let verdict = check(&calendar, &finished(&calendar, chains, bookings));
    assert!(verdict.violations.count(Kind::Twice) >= 2, "{verdict:?}");
}

#[test]
fn buffers_that_overlap_are_seen() {
    let calendar = calendar();
    // 08:40 to 09:20 is free again at 09:30; the course of 09:00 asks for 08:50 on.
    let (one, other) = (start(&calendar, 0, 520), start(&calendar, 1, 540));
    let chains = vec![booked(&calendar, "a", one, 0), booked(&calendar, "b", other, 5 * SECOND)];
    let bookings = vec![listed("a", one, State::Confirmed), listed("b", other, State::Confirmed)];
    let verdict = check(&calendar, &finished(&calendar, chains, bookings));
    assert!(verdict.violations.count(Kind::Twice) >= 2, "{verdict:?}");
}

#[test]
fn an_acknowledged_booking_that_is_lost_is_seen() {
    let calendar = calendar();
    let (nine, ten) = (start(&calendar, 0, 560), start(&calendar, 0, 600));
    let chains = || vec![booked(&calendar, "a", nine, 0)];
    let there = [
        vec![],
        vec![listed("a", nine, State::Cancelled)],
        vec![listed("a", ten, State::Confirmed)],
        vec![listed("a", nine, State::Other("pending".to_owned()))],
    ];
    for bookings in there {
        let verdict = check(&calendar, &finished(&calendar, chains(), bookings));
        assert_eq!(verdict.violations.count(Kind::Lost), 1, "{verdict:?}");
    }
    // One that vanishes after the storm.
    let mut history = finished(&calendar, chains(), vec![listed("a", nine, State::Confirmed)]);
    history.end.retain(|listed| listed.tag != "a");
    let verdict = check(&calendar, &history);
    assert_eq!(verdict.violations.count(Kind::Lost), 1, "{verdict:?}");
    assert!(verdict.violations.count(Kind::Unsold) > 0, "{verdict:?}");
}

#[test]
fn what_was_refused_or_cancelled_and_is_there_is_seen() {
    let calendar = calendar();
    let nine = start(&calendar, 0, 560);
    let refused =
        chain("a", vec![(0, SECOND, Action::Book(wish(&calendar, nine)), Outcome::Refused(vec![]))]);
    let verdict =
        check(&calendar, &finished(&calendar, vec![refused], vec![listed("a", nine, State::Confirmed)]));
    assert_eq!(verdict.violations.count(Kind::Lost), 1, "{verdict:?}");
    let mut cancelled = booked(&calendar, "a", nine, 0);
    let outcome = Outcome::Done { start: None, id: None };
    cancelled.steps.push(Step { sent: 3 * SECOND, got: 4 * SECOND, action: Action::Cancel, outcome });
    let bookings = vec![listed("a", nine, State::Confirmed)];
    let verdict = check(&calendar, &finished(&calendar, vec![cancelled], bookings));
    assert_eq!(kinds(&verdict), [Kind::Lost]);
}

#[test]
fn one_key_with_two_bookings_is_seen() {
    let calendar = calendar();
    let (nine, eight) = (start(&calendar, 0, 560), start(&calendar, 1, 480));
    let mut chain = booked(&calendar, "a", eight, 0);
    chain.steps.push(Step {
        sent: 2 * SECOND,
        got: 3 * SECOND,
        action: Action::Repeat,
        outcome: done(eight, "b"),
    });
    let bookings = vec![listed("a", eight, State::Confirmed)];
    let verdict = check(&calendar, &finished(&calendar, vec![chain.clone()], bookings));
    assert_eq!(kinds(&verdict), [Kind::Twice]);

    let bookings = vec![listed("a", eight, State::Confirmed), listed("a", eight, State::Confirmed)];
    chain.steps.truncate(1);
    let verdict = check(&calendar, &finished(&calendar, vec![chain], bookings));
    assert_eq!(kinds(&verdict), [Kind::Twice]);

    // Its answer is forgotten.
    let mut chain = booked(&calendar, "a", nine, 0);
    let outcome = Outcome::Refused(vec![Some(start(&calendar, 0, 1000))]);
    chain.steps.push(Step { sent: 2 * SECOND, got: 3 * SECOND, action: Action::Repeat, outcome });
    let bookings = vec![listed("a", nine, State::Confirmed)];
    let verdict = check(&calendar, &finished(&calendar, vec![chain], bookings));
    assert_eq!(kinds(&verdict), [Kind::Answer]);
}

#[test]
fn a_refusal_for_no_reason_and_offers_that_are_taken_are_seen() {
    let calendar = calendar();
    let (nine, ten) = (start(&calendar, 0, 560), start(&calendar, 0, 640));
    let refused = |start, offers| {
        chain(
            "b",
            vec![(5 * SECOND, 6 * SECOND, Action::Book(wish(&calendar, start)), Outcome::Refused(offers))],
        )
    };
    let verdict = |second| {
        let chains = vec![booked(&calendar, "a", nine, 0), second];
        check(&calendar, &finished(&calendar, chains, vec![listed("a", nine, State::Confirmed)]))
    };
    assert_eq!(kinds(&verdict(refused(nine, vec![Some(ten)]))), []);
    assert_eq!(kinds(&verdict(refused(ten, vec![Some(start(&calendar, 0, 720))]))), [Kind::Refusal]);
    assert_eq!(kinds(&verdict(refused(nine, vec![Some(nine)]))), [Kind::Offer]);
    assert_eq!(
        kinds(&verdict(refused(nine, vec![Some(start(&calendar, 0, 520))]))),
        [Kind::Offer],
        "a neighbour"
    );
    assert_eq!(
        kinds(&verdict(refused(nine, vec![Some(start(&calendar, 1, 720))]))),
        [Kind::Offer],
        "another service"
    );
    assert_eq!(kinds(&verdict(refused(nine, vec![Some(ten), Some(ten)]))), [Kind::Offer]);
    assert_eq!(kinds(&verdict(refused(nine, vec![None]))), [Kind::Offer]);
    assert_eq!(kinds(&verdict(refused(nine, vec![]))), [Kind::Offer], "most of the day is free");
}

#[test]
fn whoever_moves_a_booking_may_be_offered_its_own_time() {
    let calendar = calendar();
    let (nine, ten) = (start(&calendar, 0, 560), start(&calendar, 0, 640));
    let mut mover = booked(&calendar, "b", ten, 0);
    let outcome = Outcome::Refused(vec![Some(ten)]);
    mover.steps.push(Step {
        sent: 5 * SECOND,
        got: 6 * SECOND,
        action: Action::Move(wish(&calendar, nine)),
        outcome,
    });
    let chains = vec![booked(&calendar, "a", nine, 0), mover];
    let bookings = vec![listed("a", nine, State::Confirmed), listed("b", ten, State::Confirmed)];
    let verdict = check(&calendar, &finished(&calendar, chains, bookings));
    assert_eq!(verdict.violations.0, []);
}

#[test]
fn a_hold_that_is_broken_or_left_behind_is_seen() {
    let calendar = calendar();
    let nine = start(&calendar, 0, 560);
    let hold = || (0, SECOND, Action::Hold(wish(&calendar, nine), 30), done(nine, "hold"));
    let early = chain("a", vec![hold(), (2 * SECOND, 3 * SECOND, Action::Confirm, Outcome::Expired)]);
    let verdict = check(&calendar, &finished(&calendar, vec![early], vec![]));
    assert_eq!(kinds(&verdict), [Kind::Answer]);

    // Somebody else gets what is held.
    let chains = vec![chain("a", vec![hold()]), booked(&calendar, "b", nine, 2 * SECOND)];
    let verdict = check(&calendar, &finished(&calendar, chains, vec![listed("b", nine, State::Confirmed)]));
    assert_eq!(kinds(&verdict), [Kind::Twice]);

    // The hold is over, and its time is not shown as free.
    let mut history = finished(&calendar, vec![chain("a", vec![hold()])], vec![]);
    history.free.retain(|free| free.start != Some(nine));
    assert_eq!(kinds(&check(&calendar, &history)), [Kind::Orphan]);
}

#[test]
fn what_could_be_sold_and_is_not_is_seen() {
    let calendar = calendar();
    let mut history = finished(&calendar, vec![], vec![]);
    let gone = history.fill.pop().unwrap();
    history.end.retain(|listed| listed.tag != gone.tag);
    let verdict = check(&calendar, &history);
    assert!(verdict.violations.count(Kind::Unsold) > 0, "{verdict:?}");
    assert!(kinds(&verdict).iter().all(|kind| *kind == Kind::Unsold), "{verdict:?}");
    let mut history = finished(&calendar, vec![], vec![]);
    history.fill[0].outcome = Outcome::Refused(vec![]);
    assert_eq!(kinds(&check(&calendar, &history)), [Kind::Orphan]);
    let mut history = finished(&calendar, vec![], vec![]);
    history.last[7].outcome = Outcome::Refused(vec![Some(8)]);
    history.last[9].outcome = done(9, "more");
    assert_eq!(kinds(&check(&calendar, &history)), [Kind::Offer, Kind::Orphan]);
}

#[test]
fn an_answer_out_of_contract_is_seen() {
    let calendar = calendar();
    let nine = start(&calendar, 0, 560);
    let wrong = Outcome::Wrong("500".to_owned());
    let chains = vec![chain("a", vec![(0, SECOND, Action::Book(wish(&calendar, nine)), wrong)])];
    let verdict = check(&calendar, &finished(&calendar, chains, vec![]));
    assert_eq!(kinds(&verdict), [Kind::Answer]);
}

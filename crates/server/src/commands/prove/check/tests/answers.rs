//! What clients are told: refusals, alternatives, repetitions, holds.

use super::*;

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
    assert_eq!(kinds(&verdict), [Kind::Answer, Kind::Refusal]);
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

    // In time, and said twice.
    let late = (31 * SECOND, 32 * SECOND, Action::Confirm, Outcome::Expired);
    let again = (33 * SECOND, 34 * SECOND, Action::Repeat, Outcome::Expired);
    let late = chain("a", vec![hold(), late, again]);
    assert_eq!(kinds(&check(&calendar, &finished(&calendar, vec![late], vec![]))), []);

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
fn an_answer_out_of_contract_is_seen() {
    let calendar = calendar();
    let nine = start(&calendar, 0, 560);
    let wrong = Outcome::Wrong("500".to_owned());
    let chains = vec![chain("a", vec![(0, SECOND, Action::Book(wish(&calendar, nine)), wrong)])];
    let verdict = check(&calendar, &finished(&calendar, chains, vec![]));
    assert_eq!(kinds(&verdict), [Kind::Answer]);
}

#[test]
fn nobody_is_refused_because_of_themselves() {
    let calendar = calendar();
    let (nine, ten, next) = (start(&calendar, 0, 560), start(&calendar, 0, 640), start(&calendar, 0, 600));
    let free = || Outcome::Refused(vec![Some(start(&calendar, 0, 1000))]);
    // Sent twice at once: one is the other.
    let mut twin = booked(&calendar, "a", ten, 0);
    twin.steps.push(Step { sent: 0, got: 2 * SECOND, action: Action::Repeat, outcome: free() });
    let bookings = vec![listed("a", ten, State::Confirmed)];
    assert_eq!(kinds(&check(&calendar, &finished(&calendar, vec![twin], bookings))), [Kind::Refusal]);
    // Moved by a few minutes, over its own time.
    let mut mover = booked(&calendar, "a", nine, 0);
    let action = Action::Move(wish(&calendar, next));
    mover.steps.push(Step { sent: 2 * SECOND, got: 3 * SECOND, action, outcome: free() });
    let bookings = vec![listed("a", nine, State::Confirmed)];
    assert_eq!(kinds(&check(&calendar, &finished(&calendar, vec![mover], bookings))), [Kind::Refusal]);
}

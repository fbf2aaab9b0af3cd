//! What is sold, and what is there afterwards.

use super::*;

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
fn a_hold_whose_booking_was_cut_off_is_waited_for() {
    let calendar = calendar();
    let nine = start(&calendar, 0, 560);
    let held = (0, SECOND, Action::Hold(wish(&calendar, nine), 5), done(nine, "hold"));
    let over =
        |steps| holds_over(&calendar, &History { chains: vec![chain("a", steps)], ..History::default() });
    // It is there until it expires, if the server was killed before the booking.
    let cut = (SECOND, 2 * SECOND, Action::Confirm, Outcome::Unknown);
    assert!(over(vec![held.clone(), cut.clone()]) >= 6 * SECOND);
    assert!(over(vec![held.clone()]) >= 6 * SECOND);
    // What was booked or released holds nothing any more.
    let booked = (2 * SECOND, 3 * SECOND, Action::Repeat, done(nine, "a"));
    assert_eq!(over(vec![held.clone(), cut, booked]), 0);
    let released = (SECOND, 2 * SECOND, Action::Release, Outcome::Done { start: None, id: None });
    assert_eq!(over(vec![held, released]), 2 * SECOND);
}

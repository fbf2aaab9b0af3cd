//! The wall time that was agreed.

use robofy_booking::{LocalStart, Zone};

use crate::{at, later};

#[test]
fn it_is_written_and_read_as_wall_time_and_zone() {
    let start = at("2026-03-29T07:00:00Z");
    let agreed = LocalStart::agreed(start, Zone::named("europe/berlin").unwrap());
    assert_eq!(agreed.to_string(), "2026-03-29T09:00:00[Europe/Berlin]");
    let json = serde_json::to_string(&agreed).unwrap();
    let read: LocalStart = serde_json::from_str(&json).unwrap();
    assert_eq!(read, agreed);
    assert!(read.holds(start));
    assert_eq!(read.moment(), start);
}

#[test]
fn a_rule_that_has_changed_is_noticed() {
    // Agreed while the zone was an hour ahead of where it is by the present rules.
    let agreed: LocalStart = "2026-07-01T09:00:00[America/Sao_Paulo]".parse().unwrap();
    let (then, now) = (at("2026-07-01T11:00:00Z"), at("2026-07-01T12:00:00Z"));
    assert!(!agreed.holds(then));
    assert!(agreed.holds(now));
    assert_eq!(agreed.moment(), now);
}

#[test]
fn both_of_the_times_that_come_twice_hold() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let first = at("2026-10-25T00:30:00Z");
    let second = later(first, 60);
    for start in [first, second] {
        let agreed = LocalStart::agreed(start, zone.clone());
        assert_eq!(agreed.to_string(), "2026-10-25T02:30:00[Europe/Berlin]");
        assert!(agreed.holds(start));
    }
}

#[test]
fn a_time_that_is_left_out_holds_never() {
    let agreed: LocalStart = "2026-03-29T02:30:00[Europe/Berlin]".parse().unwrap();
    assert!(!agreed.holds(agreed.moment()));
    assert_eq!(agreed.moment(), at("2026-03-29T01:00:00Z"));
}

#[test]
fn other_texts_are_refused() {
    for text in [
        "",
        "2026-03-29T09:00:00",
        "2026-03-29[Europe/Berlin]",
        "2026-03-29T09:00:00+02:00[Europe/Berlin]",
        "2026-03-29T09:00:00[+02:00]",
        "2026-03-29T09:00:00[Mars/Olympus]",
    ] {
        assert!(text.parse::<LocalStart>().is_err(), "{text}");
    }
}

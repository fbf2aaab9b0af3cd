//! The two ends of a window.

use robofy_booking::{Window, Zone};

use crate::at;

fn read(from: &str, to: &str) -> Result<Window, String> {
    let zone = Zone::named("Europe/Berlin").unwrap();
    Window::read(from, to, &zone).map_err(|mistakes| mistakes.to_string())
}

#[test]
fn a_date_is_a_day_of_the_zone_and_the_end_is_exclusive() {
    let day = read("2026-03-29", "2026-03-30").unwrap();
    assert_eq!(day, Window { from: at("2026-03-28T23:00:00Z"), until: at("2026-03-29T22:00:00Z") });
    let mixed = read("2026-03-29T10:00:00+05:45", "2026-03-30").unwrap();
    assert_eq!(mixed.from, at("2026-03-29T04:15:00Z"));
}

#[test]
fn sixty_two_days_are_allowed_though_clocks_are_set_in_between() {
    assert!(read("2026-10-01", "2026-12-02").is_ok());
    assert!(read("2026-03-01", "2026-05-02").is_ok());
    let long = read("2026-10-01", "2026-12-03").unwrap_err();
    assert_eq!(long, "to must be at most 62 days after `from`");
}

#[test]
fn both_ends_must_be_a_date_or_have_an_offset() {
    for text in ["", "tomorrow", "2026-02-30", "2026-3-1", "2026-03-29T10:00:00", "2026-03-29 10:00"] {
        let mistakes = read(text, text).unwrap_err();
        assert!(
            mistakes.starts_with("from must be a date such as") && mistakes.contains("; to must"),
            "{text}"
        );
    }
    assert!(read("2026-03-29", "2026-03-29").unwrap_err().starts_with("to must lie after"));
    assert!(read("2026-03-29", "2026-03-28").is_err());
}

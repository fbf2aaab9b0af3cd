//! iCalendar files, taken apart by the rules of RFC 5545.

use proptest::prelude::*;
use robofy_booking::{BookingStatus, Invitation, Organizer};
use robofy_kernel::BookingId;
use uuid::Uuid;

use crate::at;

fn invitation() -> Invitation<'static> {
    Invitation {
        booking: BookingId(Uuid::from_u128(7)),
        sequence: 0,
        status: BookingStatus::Confirmed,
        created: at("2026-01-01T08:00:00.123456Z"),
        changed: at("2026-01-02T08:00:00.9Z"),
        start: at("2026-03-29T07:00:00Z"),
        end: at("2026-03-29T08:00:00Z"),
        summary: "Consultation",
        description: "",
        location: "",
        organizer: None,
    }
}

/// The content lines, folded ones put together; none may be longer than 75 octets, and each ends in CR LF.
fn lines(ics: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let body = ics.strip_suffix("\r\n").unwrap();
    for line in body.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line:?}");
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().unwrap().push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

/// A text's value without its escapes.
fn text(lines: &[String], name: &str) -> String {
    let value = lines.iter().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap();
    let (mut plain, mut rest) = (String::new(), value.chars());
    while let Some(character) = rest.next() {
        assert!(!matches!(character, ',' | ';'), "{value}");
        plain.push(match character {
            '\\' => match rest.next().unwrap() {
                'n' | 'N' => '\n',
                escaped @ ('\\' | ',' | ';') => escaped,
                other => panic!("\\{other}"),
            },
            other => other,
        });
    }
    plain
}

#[test]
fn a_booking_is_one_event_with_times_in_utc() {
    let organizer = Some(Organizer { name: "Haus; \"Maria\": 1", email: "ana+b@exämple.com" });
    let ics = Invitation { location: "Main Street 1, Köln", organizer, ..invitation() }.ics();
    let lines = lines(&ics);
    let mut sorted = lines.clone();
    sorted.sort();
    assert_eq!(lines[0], "BEGIN:VCALENDAR");
    assert_eq!(lines[lines.len() - 1], "END:VCALENDAR");
    for line in [
        "VERSION:2.0",
        "PRODID:-//Robofy//Booking//EN",
        "UID:00000000-0000-0000-0000-000000000007",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "DTSTAMP:20260102T080000Z",
        "LAST-MODIFIED:20260102T080000Z",
        "CREATED:20260101T080000Z",
        "DTSTART:20260329T070000Z",
        "DTEND:20260329T080000Z",
        "SUMMARY:Consultation",
        r"LOCATION:Main Street 1\, Köln",
        r#"ORGANIZER;CN="Haus; 'Maria': 1":mailto:ana+b@ex%C3%A4mple.com"#,
    ] {
        assert_eq!(lines.iter().filter(|found| *found == line).count(), 1, "{line} in {lines:#?}");
    }
    assert!(!ics.contains("DESCRIPTION"));
}

#[test]
fn the_state_of_a_booking_is_the_state_of_the_event() {
    for (status, word) in [
        (BookingStatus::Pending, "TENTATIVE"),
        (BookingStatus::Confirmed, "CONFIRMED"),
        (BookingStatus::Completed, "CONFIRMED"),
        (BookingStatus::NoShow, "CONFIRMED"),
        (BookingStatus::Declined, "CANCELLED"),
        (BookingStatus::Cancelled, "CANCELLED"),
    ] {
        let lines = lines(&Invitation { status, sequence: 3, ..invitation() }.ics());
        assert!(lines.contains(&format!("STATUS:{word}")));
        assert!(lines.contains(&"SEQUENCE:3".into()));
    }
}

#[test]
fn a_text_cannot_write_lines_of_its_own() {
    let summary = "x\r\nATTACH:file\rBEGIN:VALARM\nEND:VEVENT\u{0}\u{7f}\u{85}";
    let lines = lines(&Invitation { summary, ..invitation() }.ics());
    assert_eq!(lines.iter().filter(|line| line.starts_with("BEGIN:") || line.starts_with("END:")).count(), 4);
    assert_eq!(text(&lines, "SUMMARY"), "x\nATTACH:file\nBEGIN:VALARM\nEND:VEVENT");
}

proptest! {
    #[test]
    fn every_text_comes_back_and_no_character_is_cut(
        summary in any::<String>(),
        description in "[ a,;\\\\\n\"é老😀]{1,300}",
        location in "\\PC{1,200}",
        name in any::<String>(),
    ) {
        let organizer = Some(Organizer { name: &name, email: "ana@example.com" });
        let ics = Invitation {
            summary: &summary, description: &description, location: &location, organizer, ..invitation()
        }.ics();
        let lines = lines(&ics);
        let readable = |text: &str| {
            let lines = text.replace("\r\n", "\n").replace('\r', "\n");
            lines.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect::<String>()
        };
        prop_assert_eq!(text(&lines, "SUMMARY"), readable(&summary));
        prop_assert_eq!(text(&lines, "DESCRIPTION"), description);
        prop_assert_eq!(text(&lines, "LOCATION"), location);
        prop_assert_eq!(lines.iter().filter(|line| line.ends_with(":mailto:ana@example.com")).count(), 1);
    }
}

//! Prints iCalendar files with what they are made of, as JSON, for readers written by others (`tests/calendars`).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a sample, not the product")]

use robofy_booking::{BookingStatus, Invitation, Organizer};
use robofy_kernel::{BookingId, Timestamp};
use serde_json::json;

fn main() {
    let texts = [
        "Consultation",
        "Commas, semicolons; colons: back\\slashes \\n and \"quotes\"",
        "Two lines\nand a third\n\nafter an empty one",
        "Überlänge: äöüß, 老虎 and 😀, again and again, so that lines must be folded; 老虎老虎老虎老虎老虎老虎老虎老虎老虎老虎",
        "    spaces at the begin, and so many that a fold meets some:                                           .",
        "tab\tand ten times ten words ten times ten words ten times ten words ten times ten words ten times",
    ];
    let moment = |seconds: i64| Timestamp::from_seconds(1_774_767_600 + seconds);
    let mut cases = Vec::new();
    for (number, text) in texts.into_iter().enumerate() {
        for (sequence, status) in BookingStatus::ALL.into_iter().enumerate() {
            let invitation = Invitation {
                booking: BookingId(uuid::Uuid::from_u128(number as u128 + 1)),
                sequence: u32::try_from(sequence).unwrap(),
                status,
                created: moment(-90_000),
                changed: moment(-80_000),
                start: moment(0),
                end: moment(2_700),
                summary: text,
                description: texts[(number + 1) % texts.len()],
                location: texts[(number + 2) % texts.len()],
                organizer: Some(Organizer {
                    name: "Praxis; Müller, \"Haus 1\"",
                    email: "ana+hallo@example.com",
                }),
            };
            cases.push(json!({
                "ics": invitation.ics(),
                "uid": invitation.booking,
                "sequence": invitation.sequence,
                "status": status,
                "created": invitation.created,
                "changed": invitation.changed,
                "start": invitation.start,
                "end": invitation.end,
                "summary": invitation.summary,
                "description": invitation.description,
                "location": invitation.location,
            }));
        }
    }
    println!("{}", serde_json::to_string_pretty(&cases).unwrap());
}

//! A booking as an iCalendar file (RFC 5545).
//!
//! Times are in UTC, so no time zone has to be written along. There is no `METHOD`: the file is one to keep or import,
//! not a scheduling message (RFC 5546), which would need an organiser.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use robofy_kernel::{BookingId, Timestamp};

use crate::status::BookingStatus;
use crate::zone::to_jiff;

/// The longest line, in octets (RFC 5545, 3.1).
const LINE: usize = 75;
/// What stands as it is in an address of RFC 6068.
const ADDRESS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_').remove(b'~').remove(b'+');

/// What an iCalendar file says of a booking.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// Its `UID`, which never changes (RFC 7986 wants a UUID).
    pub booking: BookingId,
    /// `SEQUENCE`: how many times start, end, resource or status have changed. A calendar takes the greatest.
    pub sequence: u32,
    /// Pending is `TENTATIVE`; declined and cancelled are `CANCELLED`; all else is `CONFIRMED`.
    pub status: BookingStatus,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed: `DTSTAMP` and `LAST-MODIFIED`.
    pub changed: Timestamp,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The service, and with whom.
    pub summary: &'a str,
    /// More about it; empty = none.
    pub description: &'a str,
    /// Where; empty = none.
    pub location: &'a str,
    /// Who invites.
    pub organizer: Option<Organizer<'a>>,
}

/// Who invites.
#[derive(Clone, Copy, Debug)]
pub struct Organizer<'a> {
    /// A name; empty = none.
    pub name: &'a str,
    /// An e-mail address.
    pub email: &'a str,
}

impl Invitation<'_> {
    /// The file, `text/calendar; charset=utf-8`.
    #[must_use]
    pub fn ics(&self) -> String {
        let mut file = File::default();
        file.line("BEGIN:VCALENDAR");
        file.line("VERSION:2.0");
        file.line("PRODID:-//Robofy//Booking//EN");
        file.line("CALSCALE:GREGORIAN");
        file.line("BEGIN:VEVENT");
        file.line(&format!("UID:{}", self.booking));
        file.line(&format!("SEQUENCE:{}", self.sequence));
        file.line(match self.status {
            BookingStatus::Pending => "STATUS:TENTATIVE",
            BookingStatus::Declined | BookingStatus::Cancelled => "STATUS:CANCELLED",
            BookingStatus::Confirmed | BookingStatus::NoShow | BookingStatus::Completed => "STATUS:CONFIRMED",
        });
        for (name, moment) in [
            ("DTSTAMP", self.changed),
            ("CREATED", self.created),
            ("LAST-MODIFIED", self.changed),
            ("DTSTART", self.start),
            ("DTEND", self.end),
        ] {
            // A date with UTC time, without fractions of a second (3.3.5, form 2).
            file.line(&format!("{name}:{}", to_jiff(moment).strftime("%Y%m%dT%H%M%SZ")));
        }
        file.line(&format!("SUMMARY:{}", text(self.summary)));
        for (name, value) in [("DESCRIPTION", self.description), ("LOCATION", self.location)] {
            if !value.is_empty() {
                file.line(&format!("{name}:{}", text(value)));
            }
        }
        if let Some(organizer) = self.organizer {
            let name =
                if organizer.name.is_empty() { String::new() } else { parameter("CN", organizer.name) };
            let address = utf8_percent_encode(organizer.email, ADDRESS);
            file.line(&format!("ORGANIZER{name}:mailto:{address}"));
        }
        file.line("END:VEVENT");
        file.line("END:VCALENDAR");
        file.0
    }
}

/// The file as it grows.
#[derive(Debug, Default)]
struct File(String);

impl File {
    /// Adds a content line, folded so that no line is too long and no character is cut.
    fn line(&mut self, line: &str) {
        let mut length = 0;
        for character in line.chars() {
            if length + character.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(character);
            length += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// The value of a text (3.3.11). Every kind of line break becomes one; other control characters, which are not allowed
/// in a text, are left out.
fn text(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").replace('\r', "\n").chars() {
        match character {
            '\n' => value.push_str("\\n"),
            '\\' | ';' | ',' => value.extend(['\\', character]),
            '\t' => value.push(character),
            character if character.is_control() => {}
            character => value.push(character),
        }
    }
    value
}

/// A parameter in quotes (3.2), in which there can be neither control characters nor double quotes.
fn parameter(name: &str, text: &str) -> String {
    let plain = |character| match character {
        '"' => '\'',
        character if char::is_control(character) => ' ',
        character => character,
    };
    format!(";{name}=\"{}\"", text.chars().map(plain).collect::<String>())
}

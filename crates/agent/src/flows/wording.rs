//! How moments, lists and choices are said.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use robofy_booking::Zone;
use robofy_kernel::Timestamp;

use super::texts::Texts;

/// How a person is told of times: in which language, in which zone, with which clock.
#[derive(Clone, Debug)]
pub(crate) struct Wording {
    pub texts: Texts,
    pub zone: Zone,
    pub clock: ClockFace,
    pub now: Timestamp,
}

/// 24 hours, or twice 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockFace {
    Hours24,
    Hours12,
}

impl ClockFace {
    /// What is usual for a language tag (CLDR, `timeData`): twelve hours in the English of these countries.
    pub fn of(tag: &str, country: Option<&str>) -> Self {
        let mut parts = tag.split(['-', '_']);
        let english = parts.next().is_some_and(|language| language.eq_ignore_ascii_case("en"));
        let region = parts.find(|part| part.len() == 2).or(country).unwrap_or_default().to_ascii_uppercase();
        let twelve = matches!(region.as_str(), "US" | "CA" | "AU" | "NZ" | "IN" | "PH");
        if english && twelve { Self::Hours12 } else { Self::Hours24 }
    }
}

impl Wording {
    /// A moment with its day, as a sentence has it.
    pub fn moment(&self, at: Timestamp) -> String {
        let wall = self.zone.wall(at);
        self.texts.say("dates.time", &[("day", &self.day(wall)), ("time", &self.clock(wall))])
    }

    /// From one moment to another.
    pub fn span(&self, from: Timestamp, until: Timestamp) -> String {
        let last = Timestamp::from_micros(until.micros().saturating_sub(1).max(from.micros()));
        let (first, end) = (self.zone.wall(from), self.zone.wall(last));
        if first.date() == end.date() {
            return self.day(first);
        }
        self.texts.say("dates.span", &[("from", &self.day(first)), ("until", &self.day(end))])
    }

    fn day(&self, wall: DateTime) -> String {
        let name = |key, at: i8| {
            let at = usize::try_from(at).unwrap_or(1).saturating_sub(1);
            self.texts.list(key).get(at).cloned().unwrap_or_default()
        };
        let weekday = name("dates.weekdays", wall.weekday().to_monday_one_offset());
        let month = name("dates.months", wall.month());
        let (day, year) = (wall.day().to_string(), wall.year().to_string());
        // The year is said where it isn't plain.
        let plain = self.zone.wall(self.now).year() == wall.year();
        let key = if plain { "dates.day" } else { "dates.day_year" };
        self.texts.say(key, &[("weekday", &weekday), ("day", &day), ("month", &month), ("year", &year)])
    }

    fn clock(&self, wall: DateTime) -> String {
        let (hour, minute) = (wall.hour(), wall.minute());
        match self.clock {
            ClockFace::Hours24 => format!("{hour:02}:{minute:02}"),
            ClockFace::Hours12 => {
                let half = if hour < 12 { "am" } else { "pm" };
                format!("{}:{minute:02} {half}", (hour + 11) % 12 + 1)
            }
        }
    }
}

/// A numbered list: `1. …`, a line each.
pub(crate) fn numbered<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let mut list = String::new();
    for (at, item) in items.into_iter().enumerate() {
        let newline = if at == 0 { "" } else { "\n" };
        // Writing to a String cannot fail.
        let _ok = write!(list, "{newline}{}. {item}", at + 1);
    }
    list
}

/// "a, b or c".
pub(crate) fn enumerated(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(tag: &str) -> Wording {
        Wording {
            texts: Texts::of(tag),
            zone: Zone::named("Europe/Berlin").unwrap_or(Zone::UTC),
            clock: ClockFace::of(tag, None),
            now: Timestamp::from_seconds(1_767_603_600),
        }
    }

    #[test]
    fn moments_are_said_in_the_visitor_s_zone_and_clock() {
        let march = Timestamp::from_seconds(1_774_796_400);
        assert_eq!(wording("en-GB").moment(march), "Sunday, 29 March, 17:00");
        assert_eq!(wording("en-US").moment(march), "Sunday, 29 March, 5:00 pm");
        let later = Timestamp::from_seconds(1_800_000_000);
        assert_eq!(wording("en").moment(later), "Friday, 15 January 2027, 09:00");
        assert_eq!(
            wording("en-US").moment(Timestamp::from_seconds(1_774_739_400)),
            "Sunday, 29 March, 12:10 am"
        );
    }

    #[test]
    fn lists_are_numbered_or_joined() {
        assert_eq!(numbered(["a", "b"]), "1. a\n2. b");
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(enumerated(&items, "or"), "a, b or c");
    }
}

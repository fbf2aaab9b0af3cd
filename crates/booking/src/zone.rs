//! Time zones: what the clocks of a place show, and when they show it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use robofy_kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The text names no time zone of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone {0:?}; give a name of the IANA database such as Europe/Berlin")]
pub struct UnknownZone(pub String);

/// A time zone of the IANA database, by the rules that are built into the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of that name; case does not matter.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name)
            .ok()
            .filter(|zone| !zone.is_unknown())
            .map(Self)
            .ok_or_else(|| UnknownZone(name.chars().take(64).collect()))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the clocks show at a moment.
    #[must_use]
    pub fn wall(&self, moment: Timestamp) -> DateTime {
        self.0.to_datetime(to_jiff(moment))
    }

    /// When the clocks show a time.
    ///
    /// A time that comes twice, since the clocks are set back, is the first of the two (RFC 5545, 3.3.5). A time that
    /// is left out, since the clocks are set forward, is the moment in which they are: what opens at 02:30 on such a
    /// night opens when the clocks go from 02:00 to 03:00. So a later time is never an earlier moment.
    #[must_use]
    pub fn moment(&self, wall: DateTime) -> Timestamp {
        from_jiff(match self.0.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                at_offset(wall, offset)
            }
            AmbiguousOffset::Gap { before, after } => {
                // The clocks jump after `earliest`, and at `latest` they have jumped.
                let (earliest, latest) = (at_offset(wall, after), at_offset(wall, before));
                self.0.following(earliest).next().map_or(latest, |jump| jump.timestamp().min(latest))
            }
        })
    }

    /// When a day begins. Not always at midnight: in some places clocks are set forward at that moment.
    #[must_use]
    pub fn day_start(&self, day: Date) -> Timestamp {
        self.moment(day.to_datetime(Time::midnight()))
    }

    /// A moment in RFC 3339 with the zone's offset. For many moments, [`Clockface`] is faster.
    #[must_use]
    pub fn rfc3339(&self, moment: Timestamp) -> String {
        let moment = to_jiff(moment);
        moment.display_with_offset(self.0.to_offset(moment)).to_string()
    }

    /// The offsets that are in force from one moment to another.
    #[must_use]
    pub fn clockface(&self, from: Timestamp, until: Timestamp) -> Clockface {
        let (from, until) = (to_jiff(from), to_jiff(until));
        let changes = self.0.following(from).take_while(|change| change.timestamp() < until);
        Clockface {
            first: self.0.to_offset(from),
            changes: changes.map(|change| (from_jiff(change.timestamp()), change.offset())).collect(),
        }
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;
    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        Self::named(name)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;
    fn try_from(name: String) -> Result<Self, UnknownZone> {
        Self::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A zone's offsets over some time, looked up once, to write many moments of that time.
#[derive(Clone, Debug)]
pub struct Clockface {
    first: Offset,
    changes: Vec<(Timestamp, Offset)>,
}

impl Clockface {
    /// A moment in RFC 3339 with the offset that is then in force.
    #[must_use]
    pub fn rfc3339(&self, moment: Timestamp) -> String {
        let past = self.changes.iter().take_while(|(change, _)| *change <= moment);
        let offset = past.last().map_or(self.first, |(_, offset)| *offset);
        to_jiff(moment).display_with_offset(offset).to_string()
    }
}

pub(crate) fn to_jiff(moment: Timestamp) -> jiff::Timestamp {
    // What lies beyond the year 9999 is the end of time.
    let end = if moment.micros() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_microsecond(moment.micros()).unwrap_or(end)
}

pub(crate) fn from_jiff(moment: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(moment.as_microsecond())
}

fn at_offset(wall: DateTime, offset: Offset) -> jiff::Timestamp {
    let end = if wall.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    offset.to_timestamp(wall).unwrap_or(end)
}

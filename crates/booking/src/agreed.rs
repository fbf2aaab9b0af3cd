//! The wall time that was agreed, kept beside the moment, so that a changed rule of a time zone is noticed.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::fmt::temporal::{Pieces, TimeZoneAnnotationKind};
use robofy_kernel::Timestamp;
use serde::{Deserialize, Serialize};

use crate::zone::{UnknownZone, Zone};

/// The text is no agreed time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLocalStart {
    /// It is no time with a zone.
    #[error("must be a wall time with its zone, such as 2026-03-29T09:00:00[Europe/Berlin]")]
    Form,
    /// There is no such zone.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}

/// A wall time and the zone in which it was agreed, without an offset: `2026-03-29T09:00:00[Europe/Berlin]`, a date
/// and time with the zone's suffix of RFC 9557.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalStart {
    wall: DateTime,
    zone: Zone,
}

impl LocalStart {
    /// What the clocks of a zone show at a moment.
    #[must_use]
    pub fn agreed(start: Timestamp, zone: Zone) -> Self {
        Self { wall: zone.wall(start), zone }
    }

    /// The zone.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Whether the clocks of the zone will still show what was agreed at the moment that was stored. If not, the
    /// zone's rule has changed since, and someone has to decide which of the two counts.
    #[must_use]
    pub fn holds(&self, start: Timestamp) -> bool {
        self.zone.wall(start) == self.wall
    }

    /// When the clocks show what was agreed, by the present rules; see [`Zone::moment`].
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.zone.moment(self.wall)
    }
}

impl fmt::Display for LocalStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.wall, self.zone)
    }
}

impl FromStr for LocalStart {
    type Err = BadLocalStart;

    fn from_str(text: &str) -> Result<Self, BadLocalStart> {
        let pieces = Pieces::parse(text).map_err(|_| BadLocalStart::Form)?;
        let (Some(time), None) = (pieces.time(), pieces.offset()) else { return Err(BadLocalStart::Form) };
        let annotation = pieces.time_zone_annotation().ok_or(BadLocalStart::Form)?;
        let TimeZoneAnnotationKind::Named(name) = annotation.kind() else { return Err(BadLocalStart::Form) };
        Ok(Self { wall: pieces.date().to_datetime(time), zone: Zone::named(name.as_str())? })
    }
}

impl TryFrom<String> for LocalStart {
    type Error = BadLocalStart;
    fn try_from(text: String) -> Result<Self, BadLocalStart> {
        text.parse()
    }
}

impl From<LocalStart> for String {
    fn from(start: LocalStart) -> Self {
        start.to_string()
    }
}

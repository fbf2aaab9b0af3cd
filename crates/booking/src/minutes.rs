//! Minutes, the unit of everything that an operator sets.

use std::time::Duration;

use robofy_kernel::Timestamp;

/// A number of minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(pub u32);

impl Minutes {
    /// A day of 24 hours.
    pub const DAY: Self = Self(24 * 60);

    /// The same in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0 as i64 * 60_000_000
    }

    /// A moment so much later.
    #[must_use]
    pub fn after(self, moment: Timestamp) -> Timestamp {
        moment.after(self.duration())
    }

    /// A moment so much earlier.
    #[must_use]
    pub fn before(self, moment: Timestamp) -> Timestamp {
        moment.before(self.duration())
    }

    const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64 * 60)
    }
}

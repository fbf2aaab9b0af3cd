//! How a service's times are cut, and from when to when it can be booked and cancelled.

use robofy_kernel::Timestamp;

use crate::minutes::Minutes;
use crate::window::Window;

/// The longest that a block can be: a day, and buffers of a day before and after it.
pub const LONGEST_BLOCK: Minutes = Minutes(3 * Minutes::DAY.0);

/// How a service's times are cut; part of a [`crate::Service`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    pub(crate) duration: Minutes,
    pub(crate) buffer_before: Minutes,
    pub(crate) buffer_after: Minutes,
    pub(crate) step: Minutes,
    pub(crate) min_notice: Minutes,
    pub(crate) cancel_notice: Minutes,
    pub(crate) horizon_days: u32,
    pub(crate) seats: u32,
}

impl Timing {
    /// How long it takes.
    #[must_use]
    pub const fn duration(&self) -> Minutes {
        self.duration
    }

    /// From one start to the next.
    #[must_use]
    pub const fn step(&self) -> Minutes {
        self.step
    }

    /// How many may share one start on one resource.
    #[must_use]
    pub const fn seats(&self) -> u32 {
        self.seats
    }

    /// The starts that can be booked at a moment: not before the notice, and at most the horizon ahead (that moment
    /// included). What has begun can never be booked.
    #[must_use]
    pub fn bookable(&self, now: Timestamp) -> Window {
        let last = Minutes(self.horizon_days * Minutes::DAY.0).after(now);
        Window {
            from: self.min_notice.after(now),
            until: Timestamp::from_micros(last.micros().saturating_add(1)),
        }
    }

    /// Whether a visitor may still cancel or move a booking that starts then: until the notice before its start, that
    /// moment included.
    #[must_use]
    pub fn may_cancel(&self, start: Timestamp, now: Timestamp) -> bool {
        now <= self.cancellable_until(start)
    }

    /// The last moment in which a visitor may cancel or move a booking that starts then.
    #[must_use]
    pub fn cancellable_until(&self, start: Timestamp) -> Timestamp {
        self.cancel_notice.before(start)
    }

    /// The time in which blocks matter to the starts of a window: whoever reads them from a store reads those that
    /// overlap with it.
    #[must_use]
    pub fn reach(&self, starts: Window) -> Window {
        let before = Minutes(self.buffer_before.0 + 5);
        let after = Minutes(self.duration.0 + self.buffer_after.0 + 5);
        Window { from: before.before(starts.from), until: after.after(starts.until) }
    }
}

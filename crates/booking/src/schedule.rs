//! When a resource is open, as moments.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::hours::Range;
use crate::window::Window;
use crate::zone::Zone;

/// A resource's opening hours: ranges for each weekday, and for single dates in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub(crate) zone: Zone,
    /// Monday first; sorted, none overlaps another, across midnight neither.
    pub(crate) week: [Vec<Range>; 7],
    /// In the place of a weekday's ranges.
    pub(crate) overrides: BTreeMap<Date, Vec<Range>>,
}

impl Schedule {
    /// The zone whose clocks the hours are read from.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The ranges that begin on a date.
    #[must_use]
    pub fn on(&self, day: Date) -> &[Range] {
        if let Some(ranges) = self.overrides.get(&day) {
            return ranges;
        }
        let [mon, tue, wed, thu, fri, sat, sun] = &self.week;
        match day.weekday() {
            Weekday::Monday => mon,
            Weekday::Tuesday => tue,
            Weekday::Wednesday => wed,
            Weekday::Thursday => thu,
            Weekday::Friday => fri,
            Weekday::Saturday => sat,
            Weekday::Sunday => sun,
        }
    }

    /// The ranges that have a moment in common with a window, as moments: ascending, disjoint, none of them cut.
    ///
    /// Each is looked up in the zone once. One that the clocks leave out altogether is not there, one in which they
    /// are set back is longer than it looks.
    #[must_use]
    pub fn open(&self, window: Window) -> Vec<Window> {
        let mut open = Vec::new();
        if window.is_empty() {
            return open;
        }
        // A range reaches into the day after its own; one day more, since a place may leave out a day.
        let mut day = self.zone.wall(window.from).date().saturating_sub(2.days());
        let last = self.zone.wall(window.until).date();
        while day <= last {
            for range in self.on(day) {
                let (start, end) = range.on(day);
                let found = Window { from: self.zone.moment(start), until: self.zone.moment(end) };
                if !found.is_empty() && found.from < window.until && found.until > window.from {
                    open.push(found);
                }
            }
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
        }
        open
    }
}

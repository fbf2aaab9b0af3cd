//! When a page that was learnt is gone.

use std::time::Duration;

use robofy_kernel::Timestamp;

/// A second look that says that a page is missing counts when it comes so long after the first.
pub const AGREE_AFTER: Duration = Duration::from_secs(60 * 60);

/// Whether a page that is missing once more is gone: when it was first found missing long enough ago.
#[must_use]
pub fn agrees(missing_since: Option<Timestamp>, now: Timestamp) -> bool {
    missing_since.is_some_and(|since| now.since(since) >= AGREE_AFTER)
}

/// Whether so many of the pages that an agent knows may leave at once. When more than half of them would, it is likelier that
/// the site is being rebuilt or broken than that it means it: nothing leaves, and the owner is told.
#[must_use]
pub const fn may_remove(removed: usize, known: usize) -> bool {
    removed <= known / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_look_counts_an_hour_later() {
        let first = Timestamp::from_seconds(1_000_000);
        assert!(!agrees(None, first));
        assert!(!agrees(Some(first), first.after(AGREE_AFTER - Duration::from_secs(1))));
        assert!(agrees(Some(first), first.after(AGREE_AFTER)));
    }

    #[test]
    fn half_of_a_site_may_leave_and_no_more() {
        let may = [(0, 0), (0, 1), (1, 2), (5, 10), (5, 11)];
        assert!(may.into_iter().all(|(removed, known)| may_remove(removed, known)));
        let may_not = [(1, 1), (2, 3), (6, 10), (usize::MAX, usize::MAX)];
        assert!(!may_not.into_iter().any(|(removed, known)| may_remove(removed, known)));
    }
}

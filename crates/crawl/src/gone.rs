//! When a page that was learnt is gone.

use std::time::Duration;

use robofy_kernel::Timestamp;

/// A second look that says that a page is missing counts when it comes so long after the first.
pub const AGREE_AFTER: Duration = Duration::from_secs(60 * 60);

/// What a fetch of a page that is known came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// It is there, changed or not.
    There,
    /// The site says that it is gone for good (410).
    Gone,
    /// There is nothing at its address (404).
    Missing,
    /// The site asks not to keep it: `noindex`, or robots.txt by now.
    Unwanted,
    /// Nothing is known: the site is in trouble (5xx), slow, or cannot be asked.
    Unknown,
}

/// What becomes of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays, and is not missed.
    Keep,
    /// It stays until a later look agrees that it is missing, since when it is.
    Wait(Timestamp),
    /// It leaves the index; its versions stay.
    Remove,
}

/// Judges a fetch; `missing_since` is when the page was first found missing.
#[must_use]
pub fn judge(fetched: Fetched, missing_since: Option<Timestamp>, now: Timestamp) -> Verdict {
    match (fetched, missing_since) {
        (Fetched::There, _) | (Fetched::Unknown, None) => Verdict::Keep,
        (Fetched::Gone | Fetched::Unwanted, _) => Verdict::Remove,
        (Fetched::Unknown, Some(since)) => Verdict::Wait(since),
        (Fetched::Missing, None) => Verdict::Wait(now),
        (Fetched::Missing, Some(since)) if now.since(since) >= AGREE_AFTER => Verdict::Remove,
        (Fetched::Missing, Some(since)) => Verdict::Wait(since),
    }
}

/// Whether so many of a site's pages may leave at once. When more than half of them would, it is likelier that the site is
/// being rebuilt or broken than that it means it: nothing leaves, and the owner is told.
#[must_use]
pub const fn may_remove(removed: usize, known: usize) -> bool {
    removed <= known / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leaves_when_the_site_means_it() {
        let first = Timestamp::from_seconds(1_000_000);
        let soon = first.after(AGREE_AFTER - Duration::from_secs(1));
        let later = first.after(AGREE_AFTER);
        let table = [
            (Fetched::There, None, first, Verdict::Keep),
            (Fetched::There, Some(first), later, Verdict::Keep),
            (Fetched::Gone, None, first, Verdict::Remove),
            (Fetched::Unwanted, None, first, Verdict::Remove),
            (Fetched::Missing, None, first, Verdict::Wait(first)),
            (Fetched::Missing, Some(first), soon, Verdict::Wait(first)),
            (Fetched::Missing, Some(first), later, Verdict::Remove),
            (Fetched::Unknown, None, first, Verdict::Keep),
            (Fetched::Unknown, Some(first), later, Verdict::Wait(first)),
        ];
        for (fetched, since, now, expected) in table {
            assert_eq!(judge(fetched, since, now), expected, "{fetched:?} {since:?}");
        }
        assert!(
            may_remove(0, 0)
                && may_remove(0, 1)
                && may_remove(1, 2)
                && may_remove(5, 10)
                && may_remove(5, 11)
        );
        assert!(
            !may_remove(1, 1)
                && !may_remove(2, 3)
                && !may_remove(6, 10)
                && !may_remove(usize::MAX, usize::MAX)
        );
    }
}

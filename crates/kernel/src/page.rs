//! Paging by keyset: a page begins after the key of the last row of the page before.
//!
//! Keys are typed and stay inside: how one becomes a token that a client may hold (signed, bound to its list) is the
//! business of the room that talks to clients, and there is no other way to write one out.

/// What a caller asks of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// Start after this key; `None` = from the beginning.
    pub after: Option<K>,
    /// At most so many rows, 1–200.
    pub size: i64,
}

/// The default and the largest page size of the contract.
pub const DEFAULT_PAGE_SIZE: i64 = 50;
/// The largest page size of the contract.
pub const MAX_PAGE_SIZE: i64 = 200;

impl<K> PageRequest<K> {
    /// The largest page that begins after `after`: for who reads a whole list, page by page.
    #[must_use]
    pub const fn largest(after: Option<K>) -> Self {
        Self { after, size: MAX_PAGE_SIZE }
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T, K> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// What the next page begins after; `None` on the last.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Makes a page of rows that were read with `LIMIT size + 1`: the surplus row says that there is more.
    ///
    /// ```
    /// use robofy_kernel::Page;
    ///
    /// let first = Page::of(vec![10, 20, 30], 2, |row| *row);
    /// assert_eq!(first.items, [10, 20]);
    /// assert_eq!(first.next, Some(20));
    /// ```
    pub fn of(mut rows: Vec<T>, size: i64, key: impl Fn(&T) -> K) -> Self {
        let size = usize::try_from(size).unwrap_or(0);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(key);
        Self { items: rows, next }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_on_and_the_last_page_has_none() {
        let page = Page::of(vec![1_i64, 2, 3], 2, |n| *n);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(2)));
        assert!(Page::of(vec![3_i64, 4], 2, |n| *n).next.is_none());
        assert!(Page::of(Vec::<i64>::new(), 2, |n| *n).next.is_none());
    }
}

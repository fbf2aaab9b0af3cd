//! Paging by keyset: an opaque token that holds the last row's key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

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

/// The token is not one that this server made.
#[derive(Debug, thiserror::Error)]
#[error("not a page token of this list")]
pub struct InvalidPageToken;

impl<K: DeserializeOwned> PageRequest<K> {
    /// Reads a token (none = the first page) and a size (none = 50).
    ///
    /// # Errors
    /// When the token was not made by [`Page::next_token`] for this kind of key.
    pub fn parse(token: Option<&str>, size: Option<i64>) -> Result<Self, InvalidPageToken> {
        let after = match token {
            None | Some("") => None,
            Some(token) => {
                let json = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidPageToken)?;
                Some(serde_json::from_slice(&json).map_err(|_| InvalidPageToken)?)
            }
        };
        Ok(Self { after, size: size.unwrap_or(DEFAULT_PAGE_SIZE).clamp(1, MAX_PAGE_SIZE) })
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// For the next page; `None` on the last.
    pub next_token: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were read with `LIMIT size + 1`: the surplus row says that there is more.
    ///
    /// ```
    /// use robofy_kernel::{Page, PageRequest};
    ///
    /// let first = Page::of(vec![10, 20, 30], 2, |row| *row);
    /// assert_eq!(first.items, [10, 20]);
    /// let next = PageRequest::<i64>::parse(first.next_token.as_deref(), None).unwrap();
    /// assert_eq!(next.after, Some(20));
    /// ```
    pub fn of<K: Serialize>(mut rows: Vec<T>, size: i64, key: impl Fn(&T) -> K) -> Self {
        let size = usize::try_from(size).unwrap_or(0);
        let more = rows.len() > size;
        rows.truncate(size);
        let next_token = rows
            .last()
            .filter(|_| more)
            .and_then(|last| serde_json::to_vec(&key(last)).ok())
            .map(|json| URL_SAFE_NO_PAD.encode(json));
        Self { items: rows, next_token }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_token: self.next_token }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_on_and_the_last_page_has_none() {
        let page = Page::of(vec![1_i64, 2, 3], 2, |n| *n);
        assert_eq!(page.items, [1, 2]);
        let next = PageRequest::<i64>::parse(page.next_token.as_deref(), None).unwrap();
        assert_eq!(next, PageRequest { after: Some(2), size: DEFAULT_PAGE_SIZE });
        assert!(Page::of(vec![3_i64], 2, |n| *n).next_token.is_none());
    }

    #[test]
    fn hostile_tokens_are_refused() {
        for token in ["%%%", "AAAA", "eyJhIjoxfQ", "ImEi"] {
            assert!(PageRequest::<i64>::parse(Some(token), None).is_err(), "{token}");
        }
    }
}

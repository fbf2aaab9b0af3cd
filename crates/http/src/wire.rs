//! Small shapes of the wire that several routes share.

use serde::{Deserialize, Deserializer};

/// For a field of a `PUT` body: `None` = left out, `Some(None)` = `null`, which clears. Use with `#[serde(default)]`.
///
/// # Errors
/// When the value is of another type.
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// For a field of a `PUT` body that cannot be cleared: `null` is an error. Use with `#[serde(default)]`.
///
/// # Errors
/// When the value is `null` or of another type.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

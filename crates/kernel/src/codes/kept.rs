//! A code of a documented request: known or not, it is kept.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer};

use super::{Code, LARGEST, whole};

/// A number from 0 to [`LARGEST`], as it came; it may come as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept<C>(i64, PhantomData<fn() -> C>);

impl<C: Code> Kept<C> {
    /// As it came.
    #[must_use]
    pub const fn code(self) -> i64 {
        self.0
    }
}

impl<'de, C: Code> Deserialize<'de> for Kept<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let code = whole(&value).filter(|code| (0..=LARGEST).contains(code));
        code.map(|code| Self(code, PhantomData))
            .ok_or_else(|| serde::de::Error::custom(C::DESCRIBED.expected()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::AgentType;

    #[test]
    fn what_is_not_known_is_kept_up_to_a_bound() {
        let read = |text: &str| serde_json::from_str::<Kept<AgentType>>(text);
        for (text, code) in [("0", 0), ("99", 99), ("\"7\"", 7), ("\" 2 \"", 2)] {
            assert_eq!(read(text).unwrap().code(), code, "{text}");
        }
        for text in ["100", "-1", "1.5", "\"\"", "\"x\"", "\"100\"", "null", "{}", "1e300"] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("0 to 99") && error.contains("0 (customer_support)"), "{text}: {error}");
        }
    }
}

//! The country by which numbers and dates are read.

use std::fmt;
use std::str::FromStr;

/// A country, by its code of two letters (ISO 3166-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region([u8; 2]);

/// Not a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a country is a code of two letters, such as US or DE")]
pub struct UnknownRegion;

/// The order in which a date's numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
    /// 2026/12/31
    YearFirst,
}

impl Region {
    /// The United States.
    pub const US: Self = Self(*b"US");

    /// Its code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How dates are written there.
    #[must_use]
    pub fn date_order(self) -> DateOrder {
        match &self.0 {
            b"US" | b"PH" | b"PR" | b"GU" => DateOrder::MonthFirst,
            b"CN" | b"TW" | b"JP" | b"KR" | b"HU" | b"LT" | b"MN" => DateOrder::YearFirst,
            _ => DateOrder::DayFirst,
        }
    }

    /// Whether a point, not a comma, stands before decimals there.
    #[must_use]
    pub fn decimal_point(self) -> bool {
        let points: &[&[u8; 2]] = &[
            b"US", b"GB", b"IE", b"AU", b"NZ", b"CA", b"IN", b"PK", b"CN", b"TW", b"JP", b"KR", b"HK", b"SG",
            b"MY", b"PH", b"TH", b"MX", b"PR", b"GT", b"HN", b"NI", b"PA", b"SV", b"DO", b"PE", b"CH", b"LI",
            b"IL", b"AE", b"SA", b"EG", b"QA", b"KW", b"NG", b"GH", b"KE", b"ZW", b"UG", b"MT",
        ];
        points.contains(&&self.0)
    }

    pub(crate) fn library(self) -> Option<rlibphonenumber::Region> {
        rlibphonenumber::Region::from_code(self.as_str()).ok()
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        match code.trim().as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Ok(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => Err(UnknownRegion),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

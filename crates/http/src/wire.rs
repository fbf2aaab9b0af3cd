//! Small shapes of the wire that several routes share.

use serde::{Deserialize, Deserializer};

use robofy_kernel::whole_float;

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

/// The text of such a field, when one is given.
pub(crate) fn text(field: &Option<Option<String>>) -> Option<&str> {
    field.as_ref()?.as_deref()
}

/// Sets what is not left out.
pub(crate) fn set<T>(to: &mut T, from: Option<T>) {
    if let Some(value) = from {
        *to = value;
    }
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

/// An id of digits that comes as a string or as a number.
#[derive(Clone, Debug)]
pub(crate) struct Digits(String);

impl Digits {
    /// Reads it as an id.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn parse<T: std::str::FromStr>(&self) -> Result<T, T::Err> {
        self.0.parse()
    }
}

/// What is said of anything else.
const EXPECTED: &str = "must be a string of digits or a number";

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "must be a string of digits or a number")]
        enum Form {
            Text(String),
            Number(u64),
            Float(f64),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Text(text) => text,
            Form::Number(number) => number.to_string(),
            Form::Float(number) => {
                let id = whole_float(number).filter(|id| *id >= 0);
                id.ok_or_else(|| serde::de::Error::custom(EXPECTED))?.to_string()
            }
        }))
    }
}

impl utoipa::PartialSchema for Digits {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{1,16}$"));
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(9_007_199_254_740_991_i64));
        OneOfBuilder::new().item(text).item(number).into()
    }
}

impl utoipa::ToSchema for Digits {}

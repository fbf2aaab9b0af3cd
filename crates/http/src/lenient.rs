//! Values that clients send in more than one form: numbers as text, truth values as numbers.

use serde::{Deserialize, Deserializer};

use crate::extract::whole;

/// A number that may also come as text: `0.2` or `"0.2"`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "must be a number, or a number as text")]
pub(crate) enum NumberOrText {
    /// As a number.
    Number(serde_json::Number),
    /// As text.
    Text(String),
}

impl NumberOrText {
    /// As text.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.trim().to_owned(),
        }
    }

    /// As a whole number, where it is one.
    pub(crate) fn whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

impl utoipa::PartialSchema for NumberOrText {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200));
        let number = ObjectBuilder::new().schema_type(Type::Number);
        AnyOfBuilder::new().item(number).item(text).description(Some("A number, or a number as text.")).into()
    }
}

impl utoipa::ToSchema for NumberOrText {}

/// A truth value that may also come as `0`, `1`, `"0"`, `"1"`, `"true"` or `"false"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flag(bool);

impl Flag {
    /// Whether it is set.
    pub(crate) const fn is_set(self) -> bool {
        self.0
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde_json::Value;
        let value = Value::deserialize(deserializer)?;
        let flag = match &value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                Some(_) | None => None,
            },
            Value::String(text) => match text.as_str() {
                "0" | "false" => Some(false),
                "1" | "true" => Some(true),
                _ => None,
            },
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        flag.map(Self).ok_or_else(|| serde::de::Error::custom("must be true or false"))
    }
}

impl utoipa::PartialSchema for Flag {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};
        let truth = ObjectBuilder::new().schema_type(Type::Boolean);
        let number = ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([0, 1]));
        let text =
            ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["0", "1", "true", "false"]));
        AnyOfBuilder::new().item(truth).item(number).item(text).description(Some("True or false.")).into()
    }
}

impl utoipa::ToSchema for Flag {}

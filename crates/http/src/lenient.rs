//! Values that clients send in more than one form: numbers as text, truth values as numbers.

use serde::{Deserialize, Deserializer};

use robofy_kernel::whole_number;

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
    /// As text; a whole number without a point.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Number(number) => {
                whole_number(number).map_or_else(|| number.to_string(), |whole| whole.to_string())
            }
            Self::Text(text) => text.trim().to_owned(),
        }
    }

    /// As a whole number, where it is one.
    pub(crate) fn whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) => whole_number(number),
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
            Value::Number(number) => match whole_number(number) {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let text = |value| serde_json::from_value::<NumberOrText>(value).map(|given| given.to_text());
        let cases = [
            (json!(3), "3"),
            (json!(3.0), "3"),
            (json!("3.0"), "3.0"),
            (json!(0.25), "0.25"),
            (json!(3_466_802_535_662_050.0), "3466802535662050"),
            (json!(-1.0), "-1"),
        ];
        for (given, expected) in cases {
            assert_eq!(text(given.clone()).unwrap(), expected, "{given}");
        }
        let flag = |value| serde_json::from_value::<Flag>(value).ok().map(Flag::is_set);
        for (given, expected) in [
            (json!(1.0), Some(true)),
            (json!(0.0), Some(false)),
            (json!(1), Some(true)),
            (json!(0.5), None),
            (json!(2.0), None),
        ] {
            assert_eq!(flag(given.clone()), expected, "{given}");
        }
    }
}

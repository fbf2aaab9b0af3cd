//! The schemas of values that several requests take.
//!
//! A parameter names one as its type (`value_type = kinds::Moment, inline`): with `schema_with` it would lose its
//! description, its example, and whether it is required.

use utoipa::openapi::schema::{AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A thumb up or down.
pub(crate) enum Thumb {}

impl PartialSchema for Thumb {
    fn schema() -> RefOr<Schema> {
        RefOr::T(rating())
    }
}

impl ToSchema for Thumb {}

/// A thumb up or down, as a field.
pub(crate) fn rating() -> Schema {
    let about = "1 = good, -1 = bad.";
    Schema::Object(
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .enum_values(Some([1, -1]))
            .description(Some(about))
            .build(),
    )
}

/// A day, or a moment.
pub(crate) enum Moment {}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let text = |format| {
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
        };
        RefOr::T(Schema::AnyOf(
            AnyOfBuilder::new().item(text(KnownFormat::Date)).item(text(KnownFormat::DateTime)).build(),
        ))
    }
}

impl ToSchema for Moment {}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// Every parameter, with its operation.
    fn parameters(document: &Value) -> Vec<(&str, &Value)> {
        let items = document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        operations
            .flat_map(|one| {
                let parameters = one["parameters"].as_array().into_iter().flatten();
                parameters.map(|parameter| (one["operationId"].as_str().unwrap(), parameter))
            })
            .collect()
    }

    #[test]
    fn every_parameter_says_what_it_is() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let all = parameters(&document);
        let silent: Vec<String> = all
            .iter()
            .filter(|(_, parameter)| {
                parameter["description"].as_str().is_none_or(|text| text.trim().is_empty())
            })
            .map(|(id, parameter)| format!("{id} {}", parameter["name"]))
            .collect();
        assert!(all.len() > 100 && silent.is_empty(), "{} parameters, {silent:#?}", all.len());
    }

    #[test]
    fn slots_need_a_service_and_both_ends() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        for slots in ["list_slots", "visitor_slots"] {
            let all =
                parameters(&document).into_iter().filter(|(id, one)| *id == slots && one["in"] == "query");
            let needed = all.filter(|(_, one)| one["required"] == true);
            let needed: Vec<&str> = needed.map(|(_, one)| one["name"].as_str().unwrap()).collect();
            assert_eq!(needed, ["serviceId", "from", "to"], "{slots}");
        }
    }

    #[test]
    fn moments_and_thumbs_are_written_out_with_their_examples() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let all = parameters(&document);
        let named = |of: &str, name: &str| {
            let found = all.iter().find(|(id, one)| *id == of && one["name"] == name);
            found.unwrap_or_else(|| panic!("{of} has no {name}")).1
        };
        for list in ["list_slots", "visitor_slots", "list_bookings", "list_inbox_sessions", "list_requests"] {
            for name in ["from", "to"] {
                let one = named(list, name);
                assert_eq!(one["schema"]["anyOf"][1]["format"], "date-time", "{list} {name}");
                assert!(one["example"].is_string(), "{list} {name}");
            }
        }
        let rating = named("list_inbox_sessions", "rating");
        assert_eq!(rating["schema"]["enum"], serde_json::json!([1, -1]));
        assert_eq!(rating["required"], false);
    }

    #[test]
    fn a_date_without_ranges_is_closed() {
        let document = serde_json::to_value(crate::openapi::openapi()).unwrap();
        let ranges = &document["components"]["schemas"]["OverrideFields"]["properties"]["ranges"];
        assert_eq!(ranges["description"], "Its ranges; none = closed.");
    }
}

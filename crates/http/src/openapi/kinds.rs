//! The schemas of values that several requests take.

use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AnyOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// A thumb up or down.
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
pub(crate) fn moment() -> Schema {
    let text = |format| {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
    };
    Schema::AnyOf(AnyOfBuilder::new().item(text(KnownFormat::Date)).item(text(KnownFormat::DateTime)).build())
}

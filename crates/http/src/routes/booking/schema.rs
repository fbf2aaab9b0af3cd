//! How settings of services and resources look in the OpenAPI document. They are read and written by `booking`.

#![expect(dead_code, reason = "only the schemas of these types are used")]

use serde::Deserialize;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What can be booked, and how its times are cut. All minutes are multiples of 5.
#[derive(ToSchema)]
pub(crate) struct ServiceFields {
    /// The agents that offer it; none = all.
    #[schema(max_items = 200)]
    chatbot_ids: Option<Vec<String>>,
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Consultation"))]
    name: String,
    /// What it is.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// Where it takes place.
    #[schema(max_length = 500)]
    location: Option<String>,
    /// How long it takes.
    #[schema(minimum = 5, maximum = 1440, multiple_of = 5, examples(30))]
    duration_minutes: i64,
    /// What must be free before it.
    #[schema(minimum = 0, maximum = 1440, multiple_of = 5, default = 0, nullable = false)]
    buffer_before_minutes: Option<i64>,
    /// What must be free after it.
    #[schema(minimum = 0, maximum = 1440, multiple_of = 5, default = 0, nullable = false)]
    buffer_after_minutes: Option<i64>,
    /// From one start to the next; `null` = the duration.
    #[schema(minimum = 5, maximum = 1440, multiple_of = 5)]
    slot_step_minutes: Option<i64>,
    /// How long before its start it can still be booked.
    #[schema(minimum = 0, maximum = 525_600, multiple_of = 5, default = 0, nullable = false)]
    min_notice_minutes: Option<i64>,
    /// How long before its start a visitor can still cancel or move it.
    #[schema(minimum = 0, maximum = 525_600, multiple_of = 5, default = 0, nullable = false)]
    cancel_notice_minutes: Option<i64>,
    /// How far ahead it can be booked, in days of 24 hours.
    #[schema(minimum = 1, maximum = 730, default = 60, nullable = false)]
    horizon_days: Option<i64>,
    /// How many may share one start on one resource. Different starts never overlap there.
    #[schema(minimum = 1, maximum = 500, default = 1, nullable = false)]
    seats: Option<i64>,
    /// What it costs, in words.
    #[schema(max_length = 200)]
    price_text: Option<String>,
    /// `auto`: confirmed at once; `manual`: pending until the operator confirms or declines.
    #[schema(pattern = "^(auto|manual)$", default = "auto", nullable = false)]
    confirmation: Option<String>,
    /// What is asked.
    #[schema(max_items = 30, nullable = false)]
    questions: Option<Vec<QuestionFields>>,
    /// Who or what it takes, in order of preference.
    #[schema(schema_with = resource_ids, required = true)]
    resource_ids: Vec<String>,
    /// The most bookings to come of one visitor.
    #[schema(minimum = 1, maximum = 100, default = 3, nullable = false)]
    max_upcoming_per_visitor: Option<i64>,
    /// Whether it can be booked.
    #[schema(default = true, nullable = false)]
    enabled: Option<bool>,
}

/// A question; its answer stands in a booking's `answers` under its name.
#[derive(ToSchema)]
pub(crate) struct QuestionFields {
    /// The key of its answer.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What is asked; `null` = the name.
    #[schema(max_length = 500)]
    label: Option<String>,
    /// What kind of answer is wanted.
    #[schema(
        pattern = "^(text|long_text|name|email|phone|company|number|select|multi_select|date|url|checkbox)$",
        default = "text",
        nullable = false
    )]
    r#type: Option<String>,
    /// Whether there is no booking without an answer.
    #[schema(default = false, nullable = false)]
    required: Option<bool>,
    /// What can be chosen, for `select` and `multi_select`.
    #[schema(max_items = 100, nullable = false)]
    options: Option<Vec<String>>,
}

/// A person, room or thing that a booking occupies, and when it is open.
#[derive(ToSchema)]
pub(crate) struct ResourceFields {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, examples("Maria"))]
    name: String,
    /// The IANA time zone of its hours.
    #[schema(format = "time-zone", examples("Europe/Berlin"))]
    timezone: String,
    /// When it is open; a day without ranges is closed. A range belongs to the day on which it begins; one whose end is
    /// not after its start goes past midnight.
    hours: WeekFields,
    /// Dates with other hours.
    #[schema(max_items = 1000, nullable = false)]
    overrides: Option<Vec<OverrideFields>>,
    /// Whether it can be booked.
    #[schema(default = true, nullable = false)]
    enabled: Option<bool>,
}

/// The ranges of each weekday, such as `["09:00", "12:30"]`; an end may be `24:00`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeekFields {
    #[schema(schema_with = ranges, required = false)]
    mon: Option<Vec<Vec<String>>>,
    #[schema(schema_with = ranges, required = false)]
    tue: Option<Vec<Vec<String>>>,
    #[schema(schema_with = ranges, required = false)]
    wed: Option<Vec<Vec<String>>>,
    #[schema(schema_with = ranges, required = false)]
    thu: Option<Vec<Vec<String>>>,
    #[schema(schema_with = ranges, required = false)]
    fri: Option<Vec<Vec<String>>>,
    #[schema(schema_with = ranges, required = false)]
    sat: Option<Vec<Vec<String>>>,
    #[schema(schema_with = ranges, required = false)]
    sun: Option<Vec<Vec<String>>>,
}

/// The hours of one date, in the place of its weekday's.
#[derive(ToSchema)]
pub(crate) struct OverrideFields {
    /// The date.
    #[schema(format = Date)]
    date: String,
    /// Its ranges; none = closed.
    #[schema(schema_with = ranges_of_a_date, required = false)]
    ranges: Option<Vec<Vec<String>>>,
}

/// Ids of resources.
fn resource_ids() -> Schema {
    let id = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    let about = "Who or what it takes, in order of preference.";
    Schema::Array(
        ArrayBuilder::new()
            .items(id)
            .min_items(Some(1))
            .max_items(Some(200))
            .description(Some(about))
            .build(),
    )
}

/// Ranges of a weekday, each from a time to a time.
fn ranges() -> Schema {
    Schema::Array(times().build())
}

/// The same of a date of its own.
fn ranges_of_a_date() -> Schema {
    Schema::Array(times().description(Some("Its ranges; none = closed.")).build())
}

fn times() -> ArrayBuilder {
    let time = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
        .examples(["09:00"]);
    let range = ArrayBuilder::new().items(time).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(range).max_items(Some(24))
}

/// Makes of a schema that of a request: no other fields, and for a change none that must be there.
fn request(schema: RefOr<Schema>, is_change: bool) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = schema else { return schema };
    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    if is_change {
        object.required.clear();
        object.description = Some("What is to change; what is left out stays, objects are merged, lists are replaced, `null` restores the default.".into());
    }
    RefOr::T(Schema::Object(object))
}

macro_rules! requests {
    ($($new:ident, $change:ident of $fields:ident;)+) => {$(
        /// A new one.
        pub(crate) enum $new {}
        /// A change.
        pub(crate) enum $change {}

        impl PartialSchema for $new {
            fn schema() -> RefOr<Schema> { request($fields::schema(), false) }
        }
        impl ToSchema for $new {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) { $fields::schemas(schemas); }
        }
        impl PartialSchema for $change {
            fn schema() -> RefOr<Schema> { request($fields::schema(), true) }
        }
        impl ToSchema for $change {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) { $fields::schemas(schemas); }
        }
    )+};
}

requests! {
    ServiceIn, ServiceChangeIn of ServiceFields;
    ResourceIn, ResourceChangeIn of ResourceFields;
}

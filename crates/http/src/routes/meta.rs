//! `/v1/meta/enums`: what integer codes mean.

use axum::Json as Body;
use robofy_kernel::codes::{ALL, Described, Meaning, Written};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Group;
use crate::auth::{AnyKey, Auth};
use crate::envelope::{Success, ok};

pub(super) fn group() -> Group {
    vec![routes!(list_enums)]
}

/// Every field that holds a code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnumsOut {
    /// The fields.
    enums: Vec<EnumOut>,
}

/// A field that holds a code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnumOut {
    /// The field's name.
    #[schema(examples("theme_mode"))]
    name: &'static str,
    /// What it is about.
    description: &'static str,
    /// How its values are written in answers: `integer`, or `string` for digits as text. Requests take both.
    #[schema(value_type = String, examples("integer"))]
    r#type: Written,
    /// Whether requests may hold other numbers up to 99, which are kept, shown again, and act as the default.
    keeps_unknown: bool,
    /// What counts where nothing is set.
    default: i64,
    /// Its known values, the default first.
    values: Vec<ValueOut>,
}

/// A known value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueOut {
    /// The number.
    value: i64,
    /// A word for it.
    #[schema(examples("dark"))]
    name: &'static str,
    /// What it is, and what it does.
    description: &'static str,
}

impl From<&Described> for EnumOut {
    fn from(code: &Described) -> Self {
        let value =
            |one: &Meaning| ValueOut { value: one.code, name: one.name, description: one.description };
        Self {
            name: code.field,
            description: code.about,
            r#type: code.written,
            keeps_unknown: code.open,
            default: 0,
            values: code.meanings.iter().map(value).collect(),
        }
    }
}

/// List what codes mean
///
/// Every field that holds a number for one of a few meanings, with the meaning of each number.
#[utoipa::path(
    get, path = "/v1/meta/enums", tag = "Server", security(("apiKey" = []), ("session" = [])),
    responses((status = 200, description = "The fields and their values.", body = Success<EnumsOut>)),
)]
async fn list_enums(_: Auth<AnyKey>) -> Body<Success<EnumsOut>> {
    ok(EnumsOut { enums: ALL.iter().map(EnumOut::from).collect() })
}

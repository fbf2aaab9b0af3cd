//! Extractors of ours: whatever a request gets wrong becomes a 400 with `errors[]`, a 413 or a 415, in the envelope.

mod body;
mod json;
mod list;
mod objects;
mod query;
mod upload;

pub(crate) use body::too_large;
pub use body::{MIB, read_body};
pub use json::{Json, NewJson, NewWithout};
pub(crate) use json::{other_type, read_value};
pub use list::{Cursor, List, NoFilter, PageToken, Paging};
pub(crate) use query::Head;
pub use query::{Path, Query};
pub(crate) use upload::is_multipart;
pub use upload::{ENVELOPE, Upload, UploadedFile};

use robofy_kernel::FieldError;

use crate::ApiError;

/// Refuses U+0000, which PostgreSQL cannot store.
///
/// # Errors
/// 400 naming the field.
pub fn refuse_nul(field: &str, text: &str) -> Result<(), ApiError> {
    if text.contains('\0') { Err(ApiError::invalid(vec![nul(field)])) } else { Ok(()) }
}

/// What is wrong with a field that is not there and must be.
pub(crate) fn required(field: impl Into<String>) -> FieldError {
    FieldError::new(field, "required", "is required")
}

/// A text that may not be empty, and is.
pub(crate) fn empty(field: impl Into<String>) -> FieldError {
    FieldError::new(field, "required", "must not be empty")
}

fn nul(field: impl Into<String>) -> FieldError {
    FieldError::new(field, "invalid", "must not contain the character U+0000")
}

/// Turns a path of a deserialiser into a field name; the whole request is `body`.
fn field_name(path: &serde_path_to_error::Path, whole: &str) -> String {
    let path = path.to_string();
    if path == "." { whole.to_owned() } else { path }
}

/// What serde says, as code and sentence: the position in the text helps nobody here.
fn field_error(field: String, message: &str) -> FieldError {
    let detail = message.split(" at line ").next().unwrap_or(message);
    let quoted = |rest: &str| rest.split('`').next().map(str::to_owned);
    let join =
        |name: String| if field == "body" || field == "query" { name } else { format!("{field}.{name}") };
    if let Some(name) = detail.strip_prefix("missing field `").and_then(quoted) {
        return required(join(name));
    }
    if detail.starts_with("unknown field `") {
        return FieldError::new(field, "unknown", detail.replacen("unknown field", "there is no field", 1));
    }
    if detail.ends_with(&format!("expected {}", objects::AN_OBJECT)) {
        return FieldError::new(field, "invalid", format!("must be {}", objects::AN_OBJECT));
    }
    let of_type = detail.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "));
    if let Some(wanted) = of_type.and_then(|(_, wanted)| json_type(wanted)) {
        return FieldError::new(field, "invalid", format!("must be {wanted}"));
    }
    if detail.starts_with("UUID parsing failed") {
        return FieldError::new(field, "invalid", "must be a UUID");
    }
    FieldError::new(field, "invalid", detail)
}

/// What serde calls a type, as JSON does; none where serde's words say more than a type.
fn json_type(wanted: &str) -> Option<&'static str> {
    match wanted {
        "a string" | "a borrowed string" | "string or map" => Some("a string"),
        "a boolean" => Some("true or false"),
        "a sequence" => Some("an array"),
        "a map" => Some("an object"),
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => Some("a whole number"),
        "f32" | "f64" => Some("a number"),
        _ => None,
    }
}

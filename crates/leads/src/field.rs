//! The fields of a lead form.

use robofy_kernel::{Checks, FieldType};
use serde::{Deserialize, Serialize};

/// The most fields of a form.
const FIELDS: usize = 40;
/// The most options of a field.
const OPTIONS: usize = 100;
/// The longest name of a field.
const NAME: usize = 64;

/// A field of a form, as it is written on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Field {
    /// The key of its value, `[a-z][a-z0-9_]*`; required.
    pub name: String,
    /// What a visitor reads; required.
    pub label: String,
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Whether the form is not complete without it.
    pub required: bool,
    /// What can be chosen, for `select` and `multi_select`.
    pub options: Vec<String>,
    /// Where it stands; fields of the same number stand in the order in which they are written.
    pub sort_order: i64,
}

impl Field {
    /// A field without options.
    #[must_use]
    pub fn new(name: &str, label: &str, field_type: FieldType, required: bool, sort_order: i64) -> Self {
        Self { name: name.into(), label: label.into(), field_type, required, options: Vec::new(), sort_order }
    }
}

pub(crate) fn check(fields: &[Field], checks: &mut Checks) {
    checks.few("fields", fields, FIELDS);
    for (at, field) in fields.iter().enumerate() {
        let path = |name: &str| format!("fields[{at}].{name}");
        if field.name.is_empty() {
            checks.wrong(
                path("name"),
                "required",
                "is required: the key of the field's value, such as `email`",
            );
        } else if !key(&field.name) {
            let detail =
                "must begin with a letter from a to z and have only such letters, digits and `_`, at most 64";
            checks.wrong(path("name"), "invalid", detail);
        }
        if fields.iter().take(at).any(|earlier| earlier.name == field.name) {
            checks.wrong(path("name"), "invalid", "is the name of another field; give each its own");
        }
        checks.name(&path("label"), &field.label);
        checks.few(&path("options"), &field.options, OPTIONS);
        checks.distinct(&path("options"), &field.options);
        for (option, text) in field.options.iter().enumerate() {
            checks.name(&path(&format!("options[{option}]")), text);
        }
        if field.field_type.has_options() == field.options.is_empty() {
            let detail = if field.options.is_empty() {
                "is required for `select` and `multi_select`; name what can be chosen"
            } else {
                "must be empty for a type without a choice; set `type` to `select` or `multi_select`"
            };
            checks.wrong(path("options"), "invalid", detail);
        }
        checks.within(&path("sort_order"), field.sort_order, 0, 1_000_000);
    }
}

fn key(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.len() <= NAME && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(allowed)
}

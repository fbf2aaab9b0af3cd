//! The schemas of integer codes, with the meaning of every value.

use robofy_kernel::codes::{Code, Described, LARGEST, Written};
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};

/// A code in an answer.
pub(crate) fn shown<C: Code>() -> Schema {
    let code = C::DESCRIBED;
    let kind = match code.written {
        Written::Integer => Type::Integer,
        Written::String => Type::String,
    };
    Schema::Object(ObjectBuilder::new().schema_type(kind).description(Some(meanings(&code))).build())
}

/// A code in a request: a number or the same as text; `null` like nothing at all.
pub(crate) fn taken<C: Code>() -> Schema {
    let code = C::DESCRIBED;
    let (mut number, mut text) =
        (ObjectBuilder::new().schema_type(Type::Integer), ObjectBuilder::new().schema_type(Type::String));
    if code.open {
        number = number.minimum(Some(0)).maximum(Some(LARGEST));
        text = text.pattern(Some("^[0-9]{1,2}$"));
    } else {
        let known = code.meanings.iter().map(|one| one.code);
        number = number.enum_values(Some(known.clone()));
        text = text.enum_values(Some(known.map(|one| one.to_string())));
    }
    let schema = AnyOfBuilder::new()
        .item(number)
        .item(text)
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some(meanings(&code)));
    Schema::AnyOf(schema.build())
}

/// Where all codes are listed, as a link that the API reference follows.
const LISTED: &str = "[`GET /v1/meta/enums`](/docs#/Server/list_enums)";

/// What a code is about, each value, and where all codes are listed.
fn meanings(code: &Described) -> String {
    let mut text = code.about.to_owned();
    for one in code.meanings {
        text.push_str(&format!("\n- `{}` {}: {}", one.code, one.name, one.description));
    }
    if code.open {
        text.push_str(&format!(
            "\n\nAny other number up to {LARGEST} is kept, shown again, and acts as `0`."
        ));
    }
    text.push_str(&format!("\n\nAll codes: {LISTED}."));
    text
}

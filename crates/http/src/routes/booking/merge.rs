//! A change of settings, as a JSON merge patch.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ApiError;
use crate::extract::read_value;

/// Settings with a change merged into them (RFC 7396): objects deeply, arrays as a whole; `null` restores the default.
///
/// # Errors
/// 400 naming the field that is not of its type, or that there is not.
pub(super) fn merged<T: Serialize + DeserializeOwned>(
    settings: &T,
    change: &Map<String, Value>,
) -> Result<T, ApiError> {
    let mut value = serde_json::to_value(settings).map_err(ApiError::internal)?;
    for (name, change) in change {
        merge(&mut value[name.as_str()], change);
    }
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, _| change.get(name).is_none_or(|change| !change.is_null()));
    }
    read_value(&value)
}

fn merge(into: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        into.clone_from(change);
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Value::Object(fields) = into else { return };
    for (name, change) in change {
        if change.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.as_str()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_cases_of_the_standard() {
        // RFC 7396, appendix A, those whose patch is an object.
        for (original, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let patch = patch.as_object().unwrap();
            assert_eq!(merged(&original, patch).unwrap(), result, "{original} {patch:?}");
        }
    }
}

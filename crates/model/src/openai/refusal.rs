//! What a refusal says: a code for the log, a sentence for the operator, and the setting that the endpoint does not take.

use serde::Deserialize;
use serde_json::Value;

use super::{DETAIL_CHARS, shorten};
use crate::fit::Fit;
use crate::provider::Detail;

/// Codes that endpoints are known to send (`error.code`, `error.type`, `error.status`). Others are not logged: the field
/// is the endpoint's, and may hold a key or a visitor's words.
const CODES: [&str; 48] = [
    "access_denied",
    "api_error",
    "authentication_error",
    "bad_request",
    "billing_hard_limit_reached",
    "billing_not_active",
    "content_filter",
    "content_policy_violation",
    "context_length_exceeded",
    "deadline_exceeded",
    "deploymentnotfound",
    "engine_overloaded",
    "exceed_context_size_error",
    "failed_precondition",
    "failed_generation",
    "insufficient_quota",
    "internal",
    "internal_error",
    "internal_server_error",
    "invalid_api_key",
    "invalid_argument",
    "invalid_prompt",
    "invalid_request",
    "invalid_request_error",
    "invalid_value",
    "missing_required_parameter",
    "model_decommissioned",
    "model_not_active",
    "model_not_found",
    "model_overloaded",
    "not_found",
    "not_found_error",
    "overloaded",
    "overloaded_error",
    "permission_denied",
    "permission_error",
    "quota_exceeded",
    "rate_limit_error",
    "rate_limit_exceeded",
    "resource_exhausted",
    "server_error",
    "service_unavailable",
    "timeout",
    "tokens",
    "unauthenticated",
    "unavailable",
    "unsupported_parameter",
    "unsupported_value",
];

/// The body of a refusal; Gemini's is a list of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorIn {
    One(Refusal),
    List(Vec<Refusal>),
}

#[derive(Default, Deserialize)]
struct Refusal {
    error: Option<Value>,
    message: Option<Value>,
    detail: Option<Value>,
    param: Option<Value>,
}

fn refusal(body: &[u8]) -> Option<Refusal> {
    match serde_json::from_slice(body).ok()? {
        ErrorIn::One(one) => Some(one),
        ErrorIn::List(list) => Some(list.into_iter().next().unwrap_or_default()),
    }
}

/// What a refusal says: `{"error":{"message","code"}}`, `{"error":"…"}`, `{"message"}`, `{"detail"}`, or text.
pub(super) fn detail(body: &[u8]) -> Detail {
    let Some(said) = refusal(body) else {
        return Detail {
            code: String::new(),
            message: shorten(&String::from_utf8_lossy(body), DETAIL_CHARS),
        };
    };
    said.error.or(said.message).or(said.detail).as_ref().map(said_in).unwrap_or_default()
}

/// What an `error` value says: an object with `message` and `code` or `type`, or a sentence.
pub(super) fn said_in(error: &Value) -> Detail {
    let code = ["code", "type", "status"].into_iter().filter_map(|name| error.get(name)).find_map(known_code);
    let message = error.get("message").unwrap_or(error);
    let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    Detail { code: code.unwrap_or_default(), message: shorten(&message, DETAIL_CHARS) }
}

/// A code that means the same everywhere: a status, or one of the known words.
fn known_code(code: &Value) -> Option<String> {
    match code {
        Value::String(word) => {
            let is_status = word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
            let is_known = || CODES.iter().any(|known| known.eq_ignore_ascii_case(word));
            (is_status || is_known()).then(|| word.clone())
        }
        Value::Number(number) => {
            number.as_u64().filter(|status| *status < 1000).map(|status| status.to_string())
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The settings that may be refused, as this request named them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub fit: Fit,
    pub has_temperature: bool,
    /// The name of the limit, and its other name.
    pub limit: [&'static str; 2],
}

/// How to write a request whose refusal names a setting that it can do without; `None` when it names none.
pub(super) fn fitted(body: &[u8], sent: Sent) -> Option<Fit> {
    let fit = sent.fit;
    let named = Named::read(body);
    if sent.has_temperature && !fit.without_temperature && named.is("temperature") {
        return Some(Fit { without_temperature: true, ..fit });
    }
    if !fit.without_usage && (named.is("stream_options") || named.is("include_usage")) {
        return Some(Fit { without_usage: true, ..fit });
    }
    let [limit, other] = sent.limit;
    // A limit that is too high is refused too: another name would not make it lower.
    (!fit.other_limit && named.is(limit) && (named.says(other) || named.is_unknown()))
        .then_some(Fit { other_limit: true, ..fit })
}

/// What a refusal is about.
struct Named {
    /// The setting, where the endpoint gives its name apart.
    setting: Option<String>,
    /// Code and sentence, in lower case.
    text: String,
}

impl Named {
    fn read(body: &[u8]) -> Self {
        let Detail { code, message } = detail(body);
        let said = refusal(body).unwrap_or_default();
        let param = said.error.as_ref().and_then(|error| error.get("param")).or(said.param.as_ref());
        // FastAPI's: `{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"…"}]}`.
        let place = || said.detail.as_ref()?.get(0)?.get("loc")?.as_array()?.last();
        let setting = param.filter(|param| param.is_string()).or_else(place).and_then(Value::as_str);
        Self { setting: setting.map(str::to_owned), text: format!("{code} {message}").to_lowercase() }
    }

    fn is(&self, setting: &str) -> bool {
        match &self.setting {
            Some(named) => named == setting,
            None => self.says(setting),
        }
    }

    /// Whether the text has the name as a word of its own.
    fn says(&self, name: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        self.text.match_indices(name).any(|(at, _)| {
            let (before, after) = (&self.text[..at], &self.text[at + name.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })
    }

    /// Whether it is the name that the endpoint does not know, rather than the value that it does not like.
    fn is_unknown(&self) -> bool {
        [
            "unsupported_parameter",
            "unsupported param",
            "not supported",
            "unrecognized",
            "unknown",
            "not permitted",
            "forbidden",
        ]
        .iter()
        .any(|word| self.text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_in_every_form() {
        let detail = |body: &str| {
            let Detail { code, message } = detail(body.as_bytes());
            (code, message)
        };
        let is = |code: &str, message: &str| (code.to_owned(), message.to_owned());
        assert_eq!(
            detail(
                r#"{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}"#
            ),
            is("model_not_found", "No such model")
        );
        assert_eq!(
            detail(r#"[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}]"#),
            is("400", "API key not valid")
        );
        assert_eq!(detail(r#"{"error":"model 'm' not found"}"#), is("", "model 'm' not found"));
        assert_eq!(detail(r#"{"object":"error","message":"too long","code":40}"#), is("", "too long"));
        assert_eq!(
            detail(r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#),
            is("", r#"[{"loc":["body"],"msg":"field required"}]"#)
        );
        assert_eq!(detail("404 page\nnot found\n"), is("", "404 page not found"));
        assert_eq!(detail(&"x".repeat(1000)).1.len(), DETAIL_CHARS);
    }

    #[test]
    fn only_known_codes_are_fit_for_the_log() {
        for (code, known) in [
            (r#""rate_limit_exceeded""#, "rate_limit_exceeded"),
            (r#""RESOURCE_EXHAUSTED""#, "RESOURCE_EXHAUSTED"),
            (r#""429""#, "429"),
            ("503", "503"),
            (r#""sk-proj-0123456789""#, ""),
            (r#""anna.weaver""#, ""),
            (r#""anna""#, ""),
            (r#""how_much_is_it""#, ""),
            ("4111111111111111", ""),
            ("-3", ""),
            ("{}", ""),
        ] {
            let said = said_in(&serde_json::from_str(&format!(r#"{{"code":{code}}}"#)).unwrap());
            assert_eq!(said.code, known, "{code}");
        }
        let by_type = serde_json::json!({"code": null, "type": "overloaded_error", "message": "m"});
        assert_eq!(said_in(&by_type).code, "overloaded_error");
    }

    /// What endpoints say, and what is changed.
    #[test]
    fn the_setting_that_is_refused_is_left_out_or_renamed() {
        let sent = Sent {
            fit: Fit::default(),
            has_temperature: true,
            limit: ["max_tokens", "max_completion_tokens"],
        };
        let usual = Fit::default();
        let temperature = Some(Fit { without_temperature: true, ..usual });
        let usage = Some(Fit { without_usage: true, ..usual });
        let limit = Some(Fit { other_limit: true, ..usual });
        for (body, expected) in [
            (
                r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"#,
                temperature,
            ),
            (r#"{"error":{"message":"`temperature` is deprecated for this model."}}"#, temperature),
            (
                r#"{"object":"error","message":"temperature must be non-negative","param":null,"code":400}"#,
                temperature,
            ),
            (
                r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}"#,
                limit,
            ),
            (r#"{"error":{"message":"Unrecognized request argument supplied: stream_options"}}"#, usage),
            (
                r#"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#,
                usage,
            ),
            ("unknown field stream_options", usage),
            // A value that is too high, another setting, a word of the conversation.
            (
                r#"{"error":{"message":"max_tokens is too large: 9000. This model supports at most 4096 completion tokens","param":"max_tokens","code":"invalid_value"}}"#,
                None,
            ),
            (
                r#"{"error":{"message":"Invalid 'messages[0].content': the temperature of …","param":"messages[0].content"}}"#,
                None,
            ),
            (r#"{"error":{"message":"max_tokens_per_day is unknown"}}"#, None),
            (r#"{"error":{"message":"Bad request"}}"#, None),
            ("", None),
        ] {
            assert_eq!(fitted(body.as_bytes(), sent), expected, "{body}");
        }
        let old = Sent { limit: ["max_completion_tokens", "max_tokens"], ..sent };
        assert_eq!(fitted(b"Unrecognized request argument supplied: max_completion_tokens", old), limit);
    }

    #[test]
    fn no_setting_is_changed_twice_or_taken_out_where_it_was_not_sent() {
        let all = Fit { without_temperature: true, without_usage: true, other_limit: true };
        let limit = ["max_completion_tokens", "max_tokens"];
        let body = b"temperature, stream_options, max_tokens and max_completion_tokens are unknown";
        assert_eq!(fitted(body, Sent { fit: all, has_temperature: true, limit }), None);
        let sent = Sent { fit: Fit::default(), has_temperature: false, limit };
        assert_eq!(fitted(body, sent), Some(Fit { without_usage: true, ..Fit::default() }));
    }
}

//! JSON bodies.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use robofy_kernel::{ErrorCode, Op};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::objects::Objects;
use super::{MIB, field_error, field_name, nul, read_body};
use crate::idempotency::Idempotency;
use crate::{ApiError, App};

/// A JSON body of at most 1 MiB.
///
/// Unknown fields are the type's affair: requests of the public API ignore them, our own say
/// `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// A JSON body of at most `LIMIT` bytes (1 MiB unless said otherwise) that creates something, with the caller's
/// `Idempotency-Key` where there is one.
#[derive(Debug)]
pub struct NewJson<T, const LIMIT: usize = MIB> {
    input: T,
    idempotency: Option<Idempotency>,
}

/// The caller's `Idempotency-Key`, for what creates something and takes no body.
#[derive(Debug)]
pub struct NewWithout(Option<Idempotency>);

impl NewWithout {
    /// The operation, now knowing its `Idempotency-Key`.
    pub fn claim(self, app: &App, mut op: Op) -> Op {
        if let Some(idempotency) = self.0 {
            idempotency.attach(app, &mut op);
        }
        op
    }
}

impl FromRequestParts<App> for NewWithout {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        Idempotency::from_parts(parts).map(Self)
    }
}

impl<T, const LIMIT: usize> NewJson<T, LIMIT> {
    /// The operation, now knowing its `Idempotency-Key`, and the body.
    pub fn claim(self, app: &App, mut op: Op) -> (Op, T) {
        if let Some(idempotency) = self.idempotency {
            idempotency.attach(app, &mut op);
        }
        (op, self.input)
    }

    /// The same with another body, made of this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> NewJson<U, LIMIT> {
        NewJson { input: change(self.input), idempotency: self.idempotency }
    }
}

impl<T, const LIMIT: usize> NewJson<T, LIMIT> {
    /// The id of an account that this very request makes: the same for a repeat, unguessable without the master key.
    pub(crate) fn account(&self, app: &App) -> Option<robofy_kernel::AccountId> {
        self.idempotency.as_ref().map(|key| key.account(app))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        parse(&read(&parts.headers, body, MIB).await?).map(Self)
    }
}

/// `None` when the request has no body at all, or `null`.
impl<T: DeserializeOwned> OptionalFromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Option<Self>, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = read_body(&parts.headers, body, MIB).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        check_type(&parts.headers)?;
        parse::<Option<T>>(&bytes).map(|value| value.map(Self))
    }
}

impl<T: DeserializeOwned, const LIMIT: usize> FromRequest<App> for NewJson<T, LIMIT> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let idempotency = Idempotency::from_parts(&parts)?;
        let bytes = read(&parts.headers, body, LIMIT).await?;
        let input = parse(&bytes)?;
        Ok(Self { input, idempotency: idempotency.map(|key| key.with_body(&bytes)) })
    }
}

async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let bytes = read_body(headers, body, limit).await?;
    check_type(headers)?;
    Ok(bytes)
}

fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = sent.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let json = kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
    if json { Ok(()) } else { Err(other_type()) }
}

/// 415 for a body that is not said to be JSON.
pub(crate) fn other_type() -> ApiError {
    ApiError::new(
        ErrorCode::UnsupportedMediaType,
        "Send the body as JSON, with `Content-Type: application/json`.",
    )
}

/// Reads a value that a request's body became a part of, as the body itself is read.
///
/// # Errors
/// 400 naming the field.
pub(crate) fn read_value<T: DeserializeOwned>(value: &Value) -> Result<T, ApiError> {
    parse(value.to_string().as_bytes())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if may_hold_nul(bytes) {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
        if let Some(field) = find_nul(&value) {
            return Err(ApiError::invalid(vec![nul(field)]));
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            let field = field_name(error.path(), "body");
            ApiError::invalid(vec![field_error(field, &inner.to_string())])
        } else {
            not_json(inner)
        }
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn not_json(error: &serde_json::Error) -> ApiError {
    ApiError::field("body", "invalid", format!("is not JSON: {error}"))
}

/// In JSON, U+0000 can only be written `\u0000`; what has no such text needs no second look.
fn may_hold_nul(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window == b"\\u0000")
}

/// The path of a text that holds U+0000.
fn find_nul(value: &Value) -> Option<String> {
    fn below(name: &str, rest: Option<String>) -> Option<String> {
        rest.map(|rest| if rest.is_empty() { name.to_owned() } else { format!("{name}.{rest}") })
    }
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| below(&at.to_string(), find_nul(item)))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if name.contains('\0') { Some("body".to_owned()) } else { below(name, find_nul(value)) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its type matters")]
        number: i64,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        #[expect(dead_code, reason = "only its type matters")]
        inner: Inner,
    }

    fn refused(text: &str) -> Value {
        parse::<Outer>(text.as_bytes()).unwrap_err().body()["error"]["errors"][0].clone()
    }

    #[test]
    fn the_field_is_named() {
        assert_eq!(refused("{}")["field"], "inner");
        assert_eq!(refused("{}")["code"], "required");
        assert_eq!(refused(r#"{"inner":{}}"#)["field"], "inner.number");
        assert_eq!(refused(r#"{"inner":{"number":"x"}}"#)["field"], "inner.number");
        assert_eq!(refused(r#"{"inner":{"number":1,"more":2}}"#)["code"], "unknown");
        assert_eq!(refused("{")["field"], "body");
        assert_eq!(refused(r#"{"inner":{"number":1}} x"#)["field"], "body");
        assert_eq!(refused("")["field"], "body");
    }

    #[test]
    fn a_whole_number_may_have_a_point() {
        let read = |text: &str| parse::<Vec<Option<i64>>>(text.as_bytes());
        assert_eq!(read("[3.0, -2.0, 1e3, null]").unwrap(), [Some(3), Some(-2), Some(1000), None]);
        assert!(parse::<u8>(b"-1.0").is_err() && parse::<u8>(b"256.0").is_err());
        for text in ["[1.5]", "[1e300]", "[\"3.0\"]"] {
            assert_eq!(
                read(text).unwrap_err().body()["error"]["errors"][0]["detail"],
                "must be a whole number"
            );
        }
    }

    #[test]
    fn an_array_is_no_object_at_any_depth() {
        let body = &refused("[]");
        assert_eq!((&body["field"], &body["detail"]), (&"body".into(), &"must be an object".into()));
        for (text, field) in [
            (r#"[{"number":1}]"#, "body"),
            ("null", "body"),
            ("5", "body"),
            (r#""text""#, "body"),
            (r#"{"inner":[1]}"#, "inner"),
            (r#"{"inner":[]}"#, "inner"),
            (r#"{"inner":null}"#, "inner"),
        ] {
            let error = refused(text);
            assert_eq!(
                (&error["field"], &error["detail"]),
                (&field.into(), &"must be an object".into()),
                "{text}"
            );
        }
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Lists {
            lists: Vec<Option<(i64, String)>>,
            #[serde(default)]
            any: Value,
        }
        let lists: Lists = parse(br#"{"lists":[[1,"a"],null],"any":[{"b":[2.5,true]}]}"#).unwrap();
        let any = serde_json::json!([{"b": [2.5, true]}]);
        assert_eq!(lists, Lists { lists: vec![Some((1, "a".into())), None], any });
        assert!(parse::<Vec<Option<Lists>>>(br#"[null,[[]]]"#).is_err());
    }

    #[test]
    fn another_type_is_named() {
        #[derive(Debug, serde::Deserialize)]
        enum Colour {
            #[serde(rename = "red")]
            Red,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Typed {
            #[serde(default)]
            colour: Option<Colour>,
            #[serde(default)]
            #[expect(dead_code, reason = "only its type matters")]
            text: String,
            #[serde(default)]
            #[expect(dead_code, reason = "only its type matters")]
            truth: bool,
            #[serde(default)]
            #[expect(dead_code, reason = "only its type matters")]
            list: Vec<i64>,
        }
        for (text, field, detail) in [
            (r#"{"colour":5}"#, "colour", "must be a string"),
            (r#"{"colour":true}"#, "colour", "must be a string"),
            (r#"{"colour":["red"]}"#, "colour", "must be a string"),
            (r#"{"text":5}"#, "text", "must be a string"),
            (r#"{"truth":"yes"}"#, "truth", "must be true or false"),
            (r#"{"list":5}"#, "list", "must be an array"),
            (r#"{"list":["a"]}"#, "list[0]", "must be a whole number"),
        ] {
            let refused = parse::<Typed>(text.as_bytes()).unwrap_err().body()["error"]["errors"][0].clone();
            assert_eq!((&refused["field"], &refused["detail"]), (&field.into(), &detail.into()), "{text}");
        }
        let strange =
            parse::<Typed>(br#"{"colour":"blue"}"#).unwrap_err().body()["error"]["errors"][0].clone();
        assert_eq!(strange["field"], "colour");
        assert!(matches!(parse::<Typed>(br#"{"colour":"red"}"#).unwrap().colour, Some(Colour::Red)));
        assert!(parse::<Typed>(br#"{"colour":null}"#).unwrap().colour.is_none());
    }

    #[test]
    fn u0000_is_found_and_its_escape_is_not_mistaken() {
        assert!(parse::<Value>(br#"{"a":["b","c\u0000"]}"#).is_err());
        assert!(parse::<Value>(br#"{"a\u0000":1}"#).is_err());
        assert!(parse::<Value>(br#"{"a":"\\u0000"}"#).is_ok());
    }
}

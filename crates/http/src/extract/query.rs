//! Query strings and path parameters.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::{field_error, field_name, nul};
use crate::{ApiError, App};

/// The query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// Names and values of a query, decoded.
pub(super) type Pairs = Vec<(String, String)>;

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        read_pairs(pairs_of(parts)?).map(Self)
    }
}

/// The request's query.
pub(super) fn pairs_of(parts: &Parts) -> Result<Pairs, ApiError> {
    let pairs: Pairs =
        form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    let has_nul = |(name, value): &&(String, String)| name.contains('\0') || value.contains('\0');
    match pairs.iter().find(has_nul) {
        Some((name, _)) => Err(ApiError::invalid(vec![nul(name.replace('\0', ""))])),
        None => Ok(pairs),
    }
}

/// A query as a type.
pub(super) fn read_pairs<T: DeserializeOwned>(pairs: Pairs) -> Result<T, ApiError> {
    let reader = serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(
        pairs.into_iter().map(|(name, value)| (name, Text(value))),
    );
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let field = field_name(error.path(), "query");
        ApiError::invalid(vec![field_error(field, &error.inner().to_string())])
    })
}

/// A query value: a text that also reads as a number or a truth value where the type wants one.
struct Text(String);

macro_rules! from_text {
    ($($method:ident $visit:ident $kind:literal,)+) => {
        $(fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(serde::de::Error::custom(concat!("must be ", $kind))),
            }
        })+
    };
}

impl<'de> serde::Deserializer<'de> for Text {
    type Error = serde::de::value::Error;

    from_text! {
        deserialize_bool visit_bool "true or false",
        deserialize_i8 visit_i8 "an integer",
        deserialize_i16 visit_i16 "an integer",
        deserialize_i32 visit_i32 "an integer",
        deserialize_i64 visit_i64 "an integer",
        deserialize_u8 visit_u8 "an integer that is not negative",
        deserialize_u16 visit_u16 "an integer that is not negative",
        deserialize_u32 visit_u32 "an integer that is not negative",
        deserialize_u64 visit_u64 "an integer that is not negative",
        deserialize_f32 visit_f32 "a number",
        deserialize_f64 visit_f64 "a number",
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_enum(serde::de::value::StringDeserializer::new(self.0))
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> serde::de::IntoDeserializer<'de> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A path parameter that is not a resource of its own (for those, see [`crate::auth::InProject`]): a struct whose
/// fields are named as in the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let raw = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| ApiError::field("path", "invalid", "is not UTF-8"))?;
        let mut pairs = Vec::new();
        for (name, value) in &raw {
            if value.contains('\0') {
                return Err(ApiError::invalid(vec![nul(name)]));
            }
            pairs.push((name.to_owned(), Text(value.to_owned())));
        }
        let reader = serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(pairs.into_iter());
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            ApiError::invalid(vec![field_error(field_name(error.path(), "path"), &error.inner().to_string())])
        })
    }
}

/// The head of the request, for handlers that look at cookies and origins themselves.
#[derive(Debug)]
pub(crate) struct Head(pub(crate) Parts);

impl FromRequestParts<App> for Head {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.clone()))
    }
}

//! Normal forms: what becomes of the words of a value.

mod choice;
mod date;
mod number;
mod plain;

use std::borrow::Cow;

use robofy_kernel::FieldType;
use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::region::Region;
use crate::{address, phone};

/// A value in its normal form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A box that is ticked, or not.
    Flag(bool),
    /// Text: E.164 of a phone number, ISO 8601 of a date, a number with a point before its decimals.
    Text(String),
    /// Options, in the order of the form.
    Choices(Vec<String>),
}

impl Value {
    /// The value as one text; options are joined with commas.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Flag(flag) => if *flag { "true" } else { "false" }.into(),
            Self::Text(text) => text.into(),
            Self::Choices(options) => options.join(", ").into(),
        }
    }
}

/// Why words are no value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// There is too much.
    #[error("it is longer than its field allows")]
    TooLong,
    /// No e-mail address.
    #[error("it is not an e-mail address")]
    NotEmail,
    /// An e-mail address without its end.
    #[error("the e-mail address is not complete")]
    IncompleteEmail,
    /// No telephone number.
    #[error("it is not a telephone number")]
    NotPhone,
    /// A telephone number with too few digits for its country.
    #[error("the telephone number has too few digits for its country")]
    PhoneTooShort,
    /// A telephone number with too many digits for its country.
    #[error("the telephone number has too many digits for its country")]
    PhoneTooLong,
    /// A telephone number in the form of a country, without its code, and the country is not known.
    #[error("say the telephone number with the country code")]
    NoCountry,
    /// A telephone number with a country code that there is not.
    #[error("no country has this calling code")]
    UnknownCountry,
    /// A telephone number of the right length that is nobody's.
    #[error("no telephone number of its country begins like this")]
    UnknownPhone,
    /// No number.
    #[error("it is not a number")]
    NotNumber,
    /// None of the options.
    #[error("it is none of the options")]
    NotAnOption,
    /// Several of the options where one is wanted.
    #[error("it could be more than one of the options")]
    SeveralOptions,
    /// No date.
    #[error("it is not a date")]
    NotDate,
    /// A date that no calendar has.
    #[error("there is no such day")]
    NoSuchDay,
    /// No address of a page.
    #[error("it is not the address of a page")]
    NotUrl,
    /// Neither yes nor no.
    #[error("it is neither yes nor no")]
    NotYesOrNo,
    /// No name.
    #[error("it is not a name")]
    NotName,
}

impl Invalid {
    /// A machine's word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NotEmail => "not_email",
            Self::IncompleteEmail => "incomplete_email",
            Self::NotPhone => "not_phone",
            Self::PhoneTooShort => "phone_too_short",
            Self::PhoneTooLong => "phone_too_long",
            Self::NoCountry => "no_country_code",
            Self::UnknownCountry => "unknown_country",
            Self::UnknownPhone => "unknown_phone",
            Self::NotNumber => "not_number",
            Self::NotAnOption => "not_an_option",
            Self::SeveralOptions => "several_options",
            Self::NotDate => "not_date",
            Self::NoSuchDay => "no_such_day",
            Self::NotUrl => "not_url",
            Self::NotYesOrNo => "not_yes_or_no",
            Self::NotName => "not_name",
        }
    }
}

/// The longest words that are looked at, in bytes, of every type but a long text.
const LONGEST: usize = 1_000;
/// The longest long text, in characters.
const LONG_TEXT: usize = 5_000;

/// What a field makes of words, the same whether a visitor wrote them in a form or said them. Without a `region`, dates
/// and numbers are read as in the United States, and a telephone number needs its country code.
///
/// # Errors
/// Why they are no value of the field.
pub fn normalise(field: &Field, raw: &str, region: impl Into<Option<Region>>) -> Result<Value, Invalid> {
    let known = region.into();
    let region = known.unwrap_or(Region::US);
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(Invalid::Empty);
    }
    let r#type = field.field_type;
    if raw.len() > LONGEST && r#type != FieldType::LongText {
        return Err(Invalid::TooLong);
    }
    match r#type {
        FieldType::Text => plain::line(raw, 500).map(Value::Text),
        FieldType::LongText => plain::lines(raw, LONG_TEXT).map(Value::Text),
        FieldType::Name => plain::name(raw).map(Value::Text),
        FieldType::Company => plain::company(raw).map(Value::Text),
        FieldType::Email => address::normalise(raw).map(Value::Text),
        FieldType::Phone => phone::normalise(raw, known).map(Value::Text),
        FieldType::Number => number::normalise(raw, region).map(Value::Text),
        FieldType::Date => date::normalise(raw, region).map(Value::Text),
        FieldType::Url => plain::url(raw).map(Value::Text),
        FieldType::Select => choice::one(raw, &field.options).map(Value::Text),
        FieldType::MultiSelect => choice::several(raw, &field.options).map(Value::Choices),
        FieldType::Checkbox => choice::flag(raw).map(Value::Flag),
    }
}

pub(crate) use plain::title;

//! Values that come with a form: each by its field's type.

use robofy_kernel::FieldError;
use robofy_leads::{Field, FieldType, Invalid, LeadForm, Region, Value, email_key, normalise};
use robofy_store::agents::Agent;
use robofy_store::leads::NewValue;
use serde_json::{Map, Value as Json};

use crate::ApiError;

/// The most characters of a value, whatever its field; most fields take less.
const LONGEST: usize = 5000;

/// Values in their normal form.
#[derive(Debug)]
pub(in crate::routes) struct Values {
    pub(in crate::routes) values: Vec<NewValue>,
    /// The address that decides whose lead it is: that of the form's first field for one.
    pub(in crate::routes) email_key: Option<String>,
    /// Whether every field that is required has a value.
    pub(in crate::routes) complete: bool,
}

/// Whether fields that are required may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routes) enum Missing {
    /// They may.
    Allowed,
    /// Each is a mistake.
    Refused,
}

/// Reads values by the form; `country` is where phone numbers are at home.
///
/// # Errors
/// 400 with every mistake, as `values.NAME`.
pub(in crate::routes) fn read(
    agent: &Agent,
    country: Option<&str>,
    values: &Map<String, Json>,
    missing: Missing,
) -> Result<Values, ApiError> {
    let form = &agent.lead_form.0;
    let region = region(agent, country);
    let mut errors: Vec<_> = values.keys().filter(|name| !has_field(form, name)).map(unknown).collect();
    let mut read = Values { values: Vec::new(), email_key: None, complete: true };
    for field in form.fields() {
        match given_for(field, values.get(&field.name), region) {
            Ok(None) if field.required => {
                read.complete = false;
                if missing == Missing::Refused {
                    errors.push(error(field, "required", "is required"));
                }
            }
            Ok(None) => {}
            Ok(Some((value, raw))) => read.add(field, value, raw),
            Err(wrong) => errors.push(wrong),
        }
    }
    if !errors.is_empty() {
        return Err(ApiError::invalid(errors));
    }
    if read.values.is_empty() {
        return Err(ApiError::field("values", "required", "must have at least one value"));
    }
    Ok(read)
}

/// What the form can read of values that were given for something else. What it has no field for, and what is no value
/// of its field's type, is left out.
pub(in crate::routes) fn pick(agent: &Agent, values: &Map<String, Json>) -> Values {
    let region = region(agent, None);
    let mut read = Values { values: Vec::new(), email_key: None, complete: true };
    for field in agent.lead_form.0.fields() {
        match given_for(field, values.get(&field.name), region) {
            Ok(Some((value, raw))) => read.add(field, value, raw),
            Ok(None) | Err(_) => read.complete &= !field.required,
        }
    }
    read
}

/// Where phone numbers are at home, where that is known: in the country that is named, else in the agent's.
fn region(agent: &Agent, country: Option<&str>) -> Option<Region> {
    let country = country.or(agent.country.as_deref());
    country.and_then(|code| code.parse().ok())
}

impl Values {
    fn add(&mut self, field: &Field, value: String, raw: String) {
        if field.field_type == FieldType::Email && self.email_key.is_none() {
            self.email_key = Some(email_key(&value));
        }
        self.values.push(NewValue {
            field: field.name.clone(),
            field_type: field.field_type.as_str().to_owned(),
            value,
            raw,
            message_id: None,
            start: None,
            end: None,
            valid: true,
            suggestion: None,
        });
    }
}

fn has_field(form: &LeadForm, name: &str) -> bool {
    form.field(name).is_some()
}

fn unknown(name: &String) -> FieldError {
    FieldError::new(format!("values.{name}"), "unknown", "the lead form has no field of this name")
}

fn error(field: &Field, code: &'static str, detail: impl Into<String>) -> FieldError {
    FieldError::new(format!("values.{}", field.name), code, detail)
}

/// What was given for a field.
#[derive(Debug)]
enum Given {
    /// One value.
    One(String),
    /// Options, each by itself.
    Several(Vec<String>),
}

impl Given {
    fn normalise(&self, field: &Field, region: Option<Region>) -> Result<String, Invalid> {
        match self {
            Self::One(raw) => normalise(field, raw, region).map(|value| value.text().into_owned()),
            Self::Several(raw) => {
                let one = Field { field_type: FieldType::Select, ..field.clone() };
                let chosen: Result<Vec<_>, _> = raw.iter().map(|raw| normalise(&one, raw, region)).collect();
                let chosen: Vec<_> = chosen?.iter().map(|value| value.text().into_owned()).collect();
                let in_order = field.options.iter().filter(|option| chosen.contains(option)).cloned();
                Ok(Value::Choices(in_order.collect()).text().into_owned())
            }
        }
    }

    fn raw(self) -> String {
        match self {
            Self::One(raw) => raw,
            Self::Several(raw) => raw.join(", "),
        }
    }
}

/// What was given for a field, in its normal form and as it was given; `None` when nothing was.
fn given_for(
    field: &Field,
    value: Option<&Json>,
    region: Option<Region>,
) -> Result<Option<(String, String)>, FieldError> {
    let Some(given) = given(field, value)? else { return Ok(None) };
    match given.normalise(field, region) {
        Ok(value) => Ok(Some((value, given.raw()))),
        Err(wrong) => Err(error(field, wrong.code(), wrong.to_string())),
    }
}

/// What was given; `None` when nothing was.
fn given(field: &Field, value: Option<&Json>) -> Result<Option<Given>, FieldError> {
    let text = |value: &Json| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    };
    let several = field.field_type == FieldType::MultiSelect;
    let given = match value {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Array(texts)) if several && texts.is_empty() => return Ok(None),
        Some(Json::Array(texts)) if several => {
            texts.iter().map(text).collect::<Option<_>>().map(Given::Several)
        }
        Some(one) => text(one).map(Given::One),
    };
    let expected = if several { "must be a text or a list of texts" } else { "must be a text" };
    let given = given.ok_or_else(|| error(field, "invalid", expected))?;
    let length = match &given {
        Given::One(text) => text.chars().count(),
        Given::Several(texts) => texts.iter().map(|text| text.chars().count()).sum(),
    };
    if length > LONGEST {
        return Err(error(field, "too_long", format!("must be at most {LONGEST} characters")));
    }
    Ok(Some(given).filter(|given| !matches!(given, Given::One(text) if text.trim().is_empty())))
}

//! What is to change in a lead form. What a form may be is `leads`' affair.

use robofy_kernel::{FieldError, Mistakes};
use robofy_leads::{Field, FieldType, LeadForm, LeadFormSettings, When};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ApiError;
use crate::lenient::NumberOrText;
use crate::wire::nullable;

/// What is to change; what is left out stays, `fields` is replaced as a whole, `null` restores the default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormIn {
    /// Whether the agent takes leads.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    enabled: Option<Option<bool>>,
    /// What stands above the form.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>, examples("Leave us a note"))]
    form_title: Option<Option<String>>,
    /// What stands below the title.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 500, value_type = Option<String>)]
    form_subtitle: Option<Option<String>>,
    /// What stands on the button.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>, examples("Send"))]
    submit_button_text: Option<Option<String>>,
    /// What a visitor must accept before anything is stored.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_length = 5000, value_type = Option<String>)]
    consent_text: Option<Option<String>>,
    /// The version of that text; left out, a new text gets the next number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NumberOrText>)]
    consent_version: Option<Option<NumberOrText>>,
    /// When the form is offered: `never`, `on_demand` (the visitor asks for it), `before_chat`, `after_messages`,
    /// `on_intent` (a price, an offer, a call-back) or `not_found` (no answer was found).
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, pattern = "^(never|on_demand|before_chat|after_messages|on_intent|not_found)$", examples("on_intent"))]
    when: Option<Option<When>>,
    /// After how many of the visitor's messages it is offered, with `after_messages`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    after_messages: Option<Option<i64>>,
    /// What is asked.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 40, value_type = Option<Vec<FieldIn>>)]
    fields: Option<Option<Vec<FieldIn>>>,
}

/// A field of a lead form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldIn {
    /// Its name in values: a letter from a to z, then such letters, digits and `_`.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,63}$", examples("email"))]
    name: String,
    /// What a visitor reads; left out, the name.
    #[schema(min_length = 1, max_length = 200, examples("Your e-mail address"))]
    label: Option<String>,
    /// What it takes.
    #[schema(
        pattern = "^(text|long_text|name|email|phone|company|number|select|multi_select|date|url|checkbox)$",
        examples("email")
    )]
    r#type: String,
    /// Whether a lead is incomplete without it.
    #[serde(default)]
    required: bool,
    /// What can be chosen; `select` and `multi_select` have at least one, other types none.
    #[serde(default)]
    #[schema(max_items = 100)]
    options: Vec<String>,
    /// Its place, the smallest first; left out, its place in the list.
    #[schema(minimum = 0, maximum = 1_000_000)]
    sort_order: Option<i64>,
}

impl FormIn {
    /// The form with this change, or every mistake in it.
    pub(super) fn applied(&self, form: &LeadForm) -> Result<LeadForm, ApiError> {
        fn set<T: Clone>(to: &mut T, from: &Option<Option<T>>, usual: T) {
            if let Some(value) = from {
                *to = value.clone().unwrap_or(usual);
            }
        }
        let (mut to, usual) = (form.settings().clone(), LeadFormSettings::default());
        set(&mut to.enabled, &self.enabled, usual.enabled);
        set(&mut to.form_title, &self.form_title, usual.form_title);
        set(&mut to.submit_button_text, &self.submit_button_text, usual.submit_button_text);
        set(&mut to.when, &self.when, usual.when);
        set(&mut to.after_messages, &self.after_messages, usual.after_messages);
        if let Some(subtitle) = &self.form_subtitle {
            to.form_subtitle.clone_from(subtitle);
        }
        self.set_consent(&mut to);
        let mut mistakes = Vec::new();
        if let Some(fields) = &self.fields {
            to.fields = match fields {
                Some(fields) => {
                    fields.iter().enumerate().map(|(at, field)| field.read(at, &mut mistakes)).collect()
                }
                None => usual.fields,
            };
        }
        match LeadForm::try_from(to) {
            Ok(form) if mistakes.is_empty() => Ok(form),
            Ok(_) => Err(ApiError::invalid(mistakes)),
            Err(Mistakes(more)) => {
                Err(ApiError::invalid(mistakes.into_iter().chain(more.into_iter().map(dotted)).collect()))
            }
        }
    }

    /// Without a word of the operator's, a new text gets the next number as its version: one that no text had before.
    fn set_consent(&self, to: &mut LeadFormSettings) {
        let last = to.highest_consent_number();
        let before = to.consent_text.clone();
        if let Some(text) = &self.consent_text {
            // An empty text asks for nothing.
            to.consent_text = text.clone().filter(|text| !text.trim().is_empty());
        }
        let given = self.consent_version.as_ref().and_then(Option::as_ref).map(NumberOrText::to_text);
        let is_new = to.consent_text != before || self.consent_version.is_some();
        to.consent_version = match (given, &to.consent_text) {
            (Some(given), _) => Some(given),
            (None, None) => None,
            (None, Some(_)) if is_new || to.consent_version.is_none() => Some((last + 1).to_string()),
            (None, Some(_)) => to.consent_version.take(),
        };
        to.last_consent_number = last;
        to.last_consent_number = to.highest_consent_number();
    }
}

impl FieldIn {
    /// The field, at its place in the list.
    fn read(&self, at: usize, mistakes: &mut Vec<FieldError>) -> Field {
        let field_type = self.r#type.parse::<FieldType>().unwrap_or_else(|_| {
            let all: Vec<_> = FieldType::ALL.iter().map(|one| one.as_str()).collect();
            let detail = format!("must be one of: {}", all.join(", "));
            mistakes.push(FieldError::new(format!("fields.{at}.type"), "invalid", detail));
            // What is said of options depends on the type, so it waits until there is one.
            if self.options.is_empty() { FieldType::Text } else { FieldType::Select }
        });
        Field {
            name: self.name.clone(),
            label: self.label.clone().unwrap_or_else(|| self.name.clone()),
            field_type,
            required: self.required,
            options: self.options.iter().map(|option| option.trim().to_owned()).collect(),
            sort_order: self.sort_order.or_else(|| i64::try_from(at).ok()).unwrap_or(0),
        }
    }
}

/// The same, with dots between levels.
fn dotted(mistake: FieldError) -> FieldError {
    FieldError { field: mistake.field.replace('[', ".").replace(']', ""), ..mistake }
}

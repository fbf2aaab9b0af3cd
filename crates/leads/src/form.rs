//! Lead forms: what is asked, and when.

use robofy_kernel::{Checks, FieldType, Mistakes};
use serde::{Deserialize, Serialize};

use crate::field::{self, Field};

/// When a form is offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Not at all.
    Never,
    /// When the visitor asks for it.
    OnDemand,
    /// Before the first question is answered.
    BeforeChat,
    /// After some messages of the visitor.
    AfterMessages,
    /// When the visitor asks for a price, an offer or a call.
    #[default]
    OnIntent,
    /// When the answer was not found.
    NotFound,
}

/// What an operator sets of a lead form, as it is written on the wire; [`LeadForm`] is what was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeadFormSettings {
    /// Whether it is offered at all.
    pub enabled: bool,
    /// Its title.
    pub form_title: String,
    /// A line below the title.
    pub form_subtitle: Option<String>,
    /// What its button says.
    pub submit_button_text: String,
    /// What the visitor agrees to; none = nothing is asked.
    pub consent_text: Option<String>,
    /// Which version of that text it is; kept with every lead.
    pub consent_version: Option<String>,
    /// The highest number that a version of a consent text ever was, for the next that is given by itself: a number
    /// stands for one text, also after it is asked for no more. Stored, not on the wire.
    #[serde(skip_serializing_if = "is_none_yet")]
    pub last_consent_number: u64,
    /// When it is offered.
    pub when: When,
    /// After how many messages of the visitor, for `after_messages`.
    pub after_messages: i64,
    /// What is asked.
    pub fields: Vec<Field>,
}

impl LeadFormSettings {
    /// The highest number that a version ever was, the present one included. What is no number, or has more than nine
    /// digits, is a name of the operator's.
    #[must_use]
    pub fn highest_consent_number(&self) -> u64 {
        let version = self.consent_version.as_deref().filter(|version| version.len() <= 9);
        let present = version.and_then(|version| version.parse().ok()).unwrap_or(0);
        self.last_consent_number.max(present)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_none_yet(number: &u64) -> bool {
    *number == 0
}

impl Default for LeadFormSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            form_title: "How can we reach you?".into(),
            form_subtitle: None,
            submit_button_text: "Send".into(),
            consent_text: None,
            consent_version: None,
            last_consent_number: 0,
            when: When::OnIntent,
            after_messages: 3,
            fields: vec![
                Field::new("name", "Name", FieldType::Name, false, 10),
                Field::new("email", "E-mail", FieldType::Email, true, 20),
                Field::new("phone", "Phone", FieldType::Phone, false, 30),
            ],
        }
    }
}

/// A lead form whose settings are right; its fields are in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LeadFormSettings", into = "LeadFormSettings")]
pub struct LeadForm(LeadFormSettings);

impl LeadForm {
    /// What the operator set.
    #[must_use]
    pub const fn settings(&self) -> &LeadFormSettings {
        &self.0
    }

    /// What is asked, in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.0.fields
    }

    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

impl From<LeadForm> for LeadFormSettings {
    fn from(form: LeadForm) -> Self {
        form.0
    }
}

impl TryFrom<LeadFormSettings> for LeadForm {
    type Error = Mistakes;

    fn try_from(mut settings: LeadFormSettings) -> Result<Self, Mistakes> {
        let mut checks = Checks::default();
        checks.name("form_title", &settings.form_title);
        checks.short("form_subtitle", settings.form_subtitle.as_deref().unwrap_or_default(), 500);
        checks.name("submit_button_text", &settings.submit_button_text);
        checks.short("consent_text", settings.consent_text.as_deref().unwrap_or_default(), 5_000);
        checks.short("consent_version", settings.consent_version.as_deref().unwrap_or_default(), 100);
        let empty = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        if !empty(&settings.consent_text) && empty(&settings.consent_version) {
            checks.wrong(
                "consent_version",
                "required",
                "is required with `consent_text`, so that each consent names its text",
            );
        }
        checks.within("after_messages", settings.after_messages, 1, 1_000);
        field::check(&settings.fields, &mut checks);
        if settings.enabled && settings.fields.is_empty() {
            checks.wrong(
                "fields",
                "required",
                "is required while the form is enabled; name at least one field",
            );
        }
        settings.fields.sort_by_key(|field| field.sort_order);
        checks.done(Self(settings))
    }
}

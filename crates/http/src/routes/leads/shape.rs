//! Bodies and answers of leads.

use robofy_leads::LeadForm;
use robofy_store::leads::{Lead, LeadRow, LeadSource, LeadStatus, LeadValue, Standing};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::extract::PageToken;
use crate::lenient::NumberOrText;
use crate::wire::{nullable, present};

/// What a list can be narrowed to.
#[derive(Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct LeadsQuery {
    /// Only the leads that came in this session.
    #[param(min_length = 1, max_length = 128)]
    pub(super) session_id: Option<String>,
}

/// A list of leads as a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeadsOut {
    /// The report.
    pub(super) report: ReportOut,
}

/// Columns and rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportOut {
    /// The names of what each row has.
    #[schema(examples("lead_data"))]
    pub(super) columns: [&'static str; 6],
    /// The leads, the newest first.
    pub(super) rows: Vec<LeadRowOut>,
    /// For the next page; `null` on the last.
    #[schema(value_type = Option<String>)]
    pub(super) next_page_token: Option<PageToken>,
}

/// The columns of the report.
pub(super) const COLUMNS: [&str; 6] = ["id", "created_at", "source", "page_url", "ip_address", "lead_data"];

/// A lead in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeadRowOut {
    /// Its id.
    id: String,
    /// When it was made: `YYYY-MM-DD HH:MM:SS`, UTC.
    #[schema(examples("2026-01-05 09:00:00"))]
    created_at: String,
    /// How it came in first: `chat`, `form`, `whatsapp`, `booking` or `api`.
    source: &'static str,
    /// The page on which it came in.
    page_url: Option<String>,
    /// The visitor's address on the network.
    ip_address: Option<String>,
    /// The fields that have a value.
    lead_data: Vec<LeadDataOut>,
}

/// A field that has a value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeadDataOut {
    /// The field's name.
    field_name: String,
    /// Its type.
    field_type: String,
    /// Its value in its normal form; a phone number is E.164.
    field_value: String,
}

/// A field's value and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeadValueOut {
    /// The field's name.
    field_name: String,
    /// Its type.
    field_type: String,
    /// Its value in its normal form; a phone number is E.164.
    field_value: String,
    /// The visitor's words.
    raw: String,
    /// The message that has them; `null` for a form.
    message_id: Option<String>,
    /// Their first byte in that message (UTF-8).
    start: Option<i64>,
    /// The byte after the last.
    end: Option<i64>,
    /// What validation said.
    valid: bool,
    /// What may have been meant.
    suggestion: Option<String>,
}

/// Something that was said of a lead, whether it counts or not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaidOut {
    #[serde(flatten)]
    value: LeadValueOut,
    /// `counts`: it is the field's value; `other`: another visitor's word, beside the one that counts; `earlier`: who
    /// said it has said another since, or has taken it back.
    standing: &'static str,
    /// The session in which it was said; `null`: your servers gave it.
    session_id: Option<String>,
    /// The version of the consent text that had been accepted.
    consent_version: Option<String>,
    /// When it was said: `YYYY-MM-DD HH:MM:SS`, UTC.
    created_at: String,
}

/// What the visitor consented to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsentOut {
    /// Which version of the consent text was shown.
    version: Option<String>,
    /// Whether it was accepted.
    accepted: bool,
    /// The message that says so; `null` for a form.
    message_id: Option<String>,
    /// When: `YYYY-MM-DD HH:MM:SS`, UTC.
    accepted_at: String,
}

/// A lead.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeadOut {
    /// Its id.
    id: String,
    /// When it was made: `YYYY-MM-DD HH:MM:SS`, UTC.
    #[schema(examples("2026-01-05 09:00:00"))]
    created_at: String,
    /// When it was last changed: `YYYY-MM-DD HH:MM:SS`, UTC.
    updated_at: String,
    /// What has become of it: `new`, `contacted`, `qualified`, `won` or `lost`.
    status: &'static str,
    /// Whether all that the form requires was given.
    complete: bool,
    /// How it came in first: `chat`, `form`, `whatsapp`, `booking` or `api`.
    source: &'static str,
    /// The first session that it came in.
    session_id: Option<String>,
    /// The page on which it came in.
    page_url: Option<String>,
    /// The visitor's address on the network.
    ip_address: Option<String>,
    /// The fields that have a value.
    lead_data: Vec<LeadValueOut>,
    /// What was consented to.
    consent: Option<ConsentOut>,
    /// Your labels.
    tags: Vec<String>,
    /// Your notes.
    notes: Vec<String>,
    /// Everything that was said, the present values first.
    history: Vec<SaidOut>,
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeadDeletedOut {
    /// Its id.
    pub(super) id: String,
}

/// A consent that comes with a form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentIn {
    /// The `consent_version` that was shown.
    pub(crate) version: Option<NumberOrText>,
    /// Whether it was accepted.
    pub(crate) accepted: bool,
}

/// A new lead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeadIn {
    /// Values by the names of the form's fields. Fields that are required may be left out; the lead is complete when
    /// none is.
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    pub(super) values: Map<String, Value>,
    /// The session that it belongs to; within a session everything belongs to one lead.
    #[schema(min_length = 1, max_length = 128)]
    pub(super) session_id: Option<String>,
    /// How it came in.
    #[schema(value_type = Option<String>, pattern = "^(chat|form|whatsapp|booking|api)$", default = "api")]
    pub(super) source: Option<LeadSource>,
    /// The page on which it came in.
    #[schema(max_length = 2000)]
    pub(super) page_url: Option<String>,
    /// The visitor's address on the network.
    #[schema(max_length = 45)]
    pub(super) ip_address: Option<String>,
    /// What was consented to.
    pub(super) consent: Option<ConsentIn>,
    /// What has become of it.
    #[schema(value_type = Option<String>, pattern = "^(new|contacted|qualified|won|lost)$", default = "new")]
    pub(super) status: Option<LeadStatus>,
    /// Labels.
    #[schema(max_items = 50)]
    pub(super) tags: Option<Vec<String>>,
    /// Notes.
    #[schema(max_items = 200)]
    pub(super) notes: Option<Vec<String>>,
}

/// What is to change in a lead: what is left out stays, a list is replaced as a whole, `null` clears.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeadChangeIn {
    /// What has become of it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, pattern = "^(new|contacted|qualified|won|lost)$", nullable = false)]
    pub(super) status: Option<LeadStatus>,
    /// Labels.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 50, value_type = Option<Vec<String>>)]
    pub(super) tags: Option<Option<Vec<String>>>,
    /// Notes.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 200, value_type = Option<Vec<String>>)]
    pub(super) notes: Option<Option<Vec<String>>>,
}

/// Sorts values as the form does; fields that it has no more come last, as they were said.
pub(super) fn sort(form: &LeadForm, values: &mut [LeadValue]) {
    let order = form.fields();
    values
        .sort_by_key(|value| order.iter().position(|field| field.name == value.field).unwrap_or(order.len()));
}

impl LeadRowOut {
    pub(super) fn of(form: &LeadForm, row: LeadRow) -> Self {
        let LeadRow { lead, mut values } = row;
        sort(form, &mut values);
        let data = values.into_iter().map(|value| LeadDataOut {
            field_name: value.field,
            field_type: value.field_type,
            field_value: value.value,
        });
        Self {
            id: lead.lead_id.to_string(),
            created_at: lead.created_at.documented(),
            source: lead.source.as_str(),
            page_url: lead.page_url,
            ip_address: lead.ip_address,
            lead_data: data.collect(),
        }
    }
}

impl From<LeadValue> for LeadValueOut {
    fn from(value: LeadValue) -> Self {
        Self {
            field_name: value.field,
            field_type: value.field_type,
            field_value: value.value,
            raw: value.raw,
            message_id: value.message_id.map(Into::into),
            start: value.start,
            end: value.end,
            valid: value.valid,
            suggestion: value.suggestion,
        }
    }
}

impl From<LeadValue> for SaidOut {
    fn from(value: LeadValue) -> Self {
        Self {
            standing: value.standing.as_str(),
            session_id: value.session_id.clone().map(Into::into),
            consent_version: value.consent_version.clone(),
            created_at: value.created_at.documented(),
            value: value.into(),
        }
    }
}

impl LeadOut {
    /// A lead with everything that was said of it.
    pub(super) fn of(form: &LeadForm, lead: Lead, said: Vec<LeadValue>) -> Self {
        let counting = said.iter().filter(|value| value.standing == Standing::Counts);
        let mut counting: Vec<_> = counting.cloned().collect();
        sort(form, &mut counting);
        let consent = lead.consent.map(|consent| ConsentOut {
            version: consent.0.version,
            accepted: consent.0.accepted,
            message_id: consent.0.message_id.map(Into::into),
            accepted_at: consent.0.at.documented(),
        });
        Self {
            id: lead.lead_id.to_string(),
            created_at: lead.created_at.documented(),
            updated_at: lead.updated_at.documented(),
            status: lead.status.as_str(),
            complete: lead.complete,
            source: lead.source.as_str(),
            session_id: lead.session_id.map(Into::into),
            page_url: lead.page_url,
            ip_address: lead.ip_address,
            lead_data: counting.into_iter().map(LeadValueOut::from).collect(),
            consent,
            tags: lead.tags.0,
            notes: lead.notes.0,
            history: said.into_iter().map(SaidOut::from).collect(),
        }
    }
}

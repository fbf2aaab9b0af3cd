//! `/v1/ai-agent/lead_form/{projectId}/{chatbotId}`: what an agent asks of who may become a customer.

mod change;

use axum::Json as Body;
use axum::extract::State;
use robofy_kernel::ErrorCode;
use robofy_leads::{Field, LeadForm, LeadFormSettings, When};
use robofy_store::StoreError;
use robofy_store::agents::{Agent, LlmKeyChange};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use self::change::FormIn;
use super::Group;
use crate::auth::{Agents, InProject, Read, Write};
use crate::envelope::{Success, ok};
use crate::extract::Json;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(get_lead_form, update_lead_form)]
}

/// A lead form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormOut {
    /// Whether the agent takes leads.
    enabled: bool,
    /// What stands above the form.
    form_title: String,
    /// What stands below the title.
    form_subtitle: Option<String>,
    /// What stands on the button.
    submit_button_text: String,
    /// What a visitor must accept before anything is stored; `null` = nothing.
    consent_text: Option<String>,
    /// The version of that text.
    consent_version: Option<String>,
    /// When it is offered: `never`, `on_demand`, `before_chat`, `after_messages`, `on_intent` or `not_found`.
    #[schema(value_type = String, examples("on_intent"))]
    when: When,
    /// After how many of the visitor's messages it is offered, with `after_messages`.
    after_messages: i64,
    /// What is asked, in order.
    fields: Vec<FieldOut>,
}

/// A field of a lead form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldOut {
    /// Its name in values.
    #[schema(examples("email"))]
    name: String,
    /// What a visitor reads.
    label: String,
    /// `text`, `long_text`, `name`, `email`, `phone`, `company`, `number`, `select`, `multi_select`, `date`, `url` or
    /// `checkbox`.
    r#type: &'static str,
    /// Whether a lead is complete without it.
    required: bool,
    /// What can be chosen.
    options: Vec<String>,
    /// Its place; the smallest comes first.
    sort_order: i64,
}

impl From<&Field> for FieldOut {
    fn from(field: &Field) -> Self {
        Self {
            r#type: field.field_type.as_str(),
            name: field.name.clone(),
            label: field.label.clone(),
            required: field.required,
            options: field.options.clone(),
            sort_order: field.sort_order,
        }
    }
}

impl From<LeadForm> for FormOut {
    fn from(form: LeadForm) -> Self {
        let form = LeadFormSettings::from(form);
        Self {
            fields: form.fields.iter().map(FieldOut::from).collect(),
            enabled: form.enabled,
            form_title: form.form_title,
            form_subtitle: form.form_subtitle,
            submit_button_text: form.submit_button_text,
            consent_text: form.consent_text,
            consent_version: form.consent_version,
            when: form.when,
            after_messages: form.after_messages,
        }
    }
}

/// Retrieve an agent's lead form
///
/// The form as it is shown to visitors, and when it is.
#[utoipa::path(
    get, path = "/v1/ai-agent/lead_form/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    responses((status = 200, description = "The form.", body = Success<FormOut>)),
)]
async fn get_lead_form(InProject { resource, .. }: InProject<Read<Agents>, Agent>) -> Body<Success<FormOut>> {
    ok(FormOut::from(resource.lead_form.0))
}

/// Update an agent's lead form
///
/// What is left out stays; `fields` is replaced as a whole; `null` restores the default. A new `consent_text` without a
/// `consent_version` gets the next version.
#[utoipa::path(
    put, path = "/v1/ai-agent/lead_form/{projectId}/{chatbotId}", tag = "Agent settings",
    security(("apiKey" = ["agents:write"]), ("session" = [], "csrf" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("chatbotId" = String, Path, description = "The agent's id."),
    ),
    request_body = FormIn,
    responses((status = 200, description = "The form as it is now.", body = Success<FormOut>)),
)]
async fn update_lead_form(
    State(app): State<App>,
    InProject { op, resource, .. }: InProject<Write<Agents>, Agent>,
    Json(change): Json<FormIn>,
) -> Result<Body<Success<FormOut>>, ApiError> {
    // Checked against the form as it was read; under the lock, the change meets it as it is.
    change.applied(&resource.lead_form)?;
    let changed = app
        .store()
        .try_update_agent(&op, resource.project_id, &resource.chatbot_id, LlmKeyChange::Keep, move |agent| {
            // Two changes at once may together not fit; then the later one is told.
            let form = change.applied(&agent.lead_form);
            agent.lead_form.0 = form.map_err(|error| StoreError::Conflict(error.to_string()))?;
            Ok(())
        })
        .await?;
    let agent = changed.ok_or_else(|| ApiError::not_found(ErrorCode::ChatbotNotFound))?;
    Ok(ok(FormOut::from(agent.lead_form.0)))
}

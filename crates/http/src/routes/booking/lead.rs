//! The lead of a visitor who books: what the booking says of them, by the agent's lead form.

use robofy_leads::{FieldType, When};
use robofy_store::booking::NewBooking;
use robofy_store::chat::Whose;
use robofy_store::leads::{Giver, LeadChange, LeadSession, LeadSource, SaveLead};
use serde_json::Value;

use super::making::Party;
use crate::routes::leads::values::{self, Values};
use crate::{ApiError, App};

/// What is saved of whoever books, with the booking itself; `None` when the agent takes no leads, nothing says how to
/// reach the person, or the form has a consent text: a booking does not say that it was accepted. The booking is then
/// that of the lead that the session has, if it has one.
pub(super) async fn of(app: &App, party: &Party, new: &NewBooking) -> Result<Option<SaveLead>, ApiError> {
    let (Some(chatbot), Some(whose)) = (&party.chatbot, &party.whose) else { return Ok(None) };
    let Some(agent) = app.store().find_agent(party.op.account, chatbot).await? else { return Ok(None) };
    let form = agent.lead_form.settings();
    if !form.enabled || form.when == When::Never || form.consent_text.is_some() {
        return Ok(None);
    }
    let mut given = new.answers.clone();
    for (kind, said) in
        [(FieldType::Name, &new.name), (FieldType::Email, &new.email), (FieldType::Phone, &new.phone)]
    {
        let field = form.fields.iter().find(|field| field.field_type == kind);
        if let (Some(field), Some(said)) = (field, said) {
            given.insert(field.name.clone(), Value::String(said.clone()));
        }
    }
    let Values { values, email_key, complete } = values::pick(&agent, &given);
    let known = match party.session {
        Some(session) => app.store().lead_of_session(party.op.account, session).await?,
        None => None,
    };
    let reach = [FieldType::Email.as_str(), FieldType::Phone.as_str()];
    let is_somebody =
        known.is_some() || values.iter().any(|value| reach.contains(&value.field_type.as_str()));
    if values.is_empty() || !is_somebody {
        return Ok(None);
    }
    let is_known = |name: &str| {
        let before = known.iter().flat_map(|lead| &lead.values).map(|value| &value.field);
        values.iter().map(|value| &value.field).chain(before).any(|field| field == name)
    };
    let complete =
        complete || form.fields.iter().filter(|field| field.required).all(|field| is_known(&field.name));
    let session = match whose.clone() {
        Whose::Known(session) => LeadSession::Of(session),
        Whose::Named { channel, session_id, .. } => LeadSession::Named(channel, session_id),
    };
    Ok(Some(SaveLead {
        chatbot_id: chatbot.clone(),
        session,
        giver: Giver::Visitor,
        source: LeadSource::Booking,
        page_url: None,
        ip_address: party.address.clone(),
        email_key,
        complete,
        consent: None,
        values,
        change: LeadChange::default(),
    }))
}

//! What a flow does: built here, carried out by the store in the turn's own transaction.

use std::time::Duration;

use robofy_booking::{BookingStatus, Question};
use robofy_kernel::{BookingId, FieldType, HoldId};
use robofy_leads::{Field, email_key};
use robofy_store::booking::{Actor, Move, NewBooking, NewHold, Source, Spot, StatusChange};
use robofy_store::chat::{Channel, Whose};
use robofy_store::flows::Effect;
use robofy_store::leads::{
    Consent, Giver, LeadChange, LeadSession, LeadSource, NewValue, SaveLead, TakeBack,
};
use serde_json::{Map, Value};

use super::booking::Offer;
use super::details::chosen_options;
use super::hear::Context;
use super::state::{BookingFlow, Chosen, Known};

/// For how long a chosen time is kept for the visitor.
const HOLD: Duration = Duration::from_secs(10 * 60);

/// The lead with all that is known.
pub(crate) fn save_lead(context: &Context, complete: bool) -> Effect {
    let scene = &context.scene;
    let fields = context.fields();
    let in_form = |known: &&Known| fields.iter().any(|field| field.name == known.name);
    // That of the form's first field for one. A service may ask for an address, too: its accountant's.
    let mut addresses = fields.iter().filter(|field| field.field_type == FieldType::Email);
    let email = addresses.find_map(|field| context.state.known(&field.name));
    let source = match scene.channel {
        Channel::Web => LeadSource::Chat,
        Channel::Whatsapp => LeadSource::Whatsapp,
    };
    Effect::SaveLead(Box::new(SaveLead {
        chatbot_id: scene.card.agent.chatbot_id.clone(),
        session: LeadSession::Of(scene.session),
        giver: Giver::Visitor,
        source,
        page_url: scene.visitor.page_url.clone(),
        ip_address: scene.address.clone(),
        email_key: email.map(|known| email_key(&known.value)),
        complete,
        consent: context.state.consent.as_ref().map(|consent| Consent {
            version: consent.version.clone(),
            accepted: true,
            message_id: Some(consent.message_id.clone()),
            at: consent.at,
        }),
        values: context.state.known.iter().filter(in_form).map(new_value).collect(),
        change: LeadChange::default(),
    }))
}

/// These fields' values count no longer, where a lead has them.
pub(crate) fn take_back(context: &Context, fields: &[&Field]) -> Effect {
    let scene = &context.scene;
    let form = context.fields();
    let in_form = |field: &&&Field| form.iter().any(|known| known.name == field.name);
    let of_form: Vec<&Field> = fields.iter().filter(in_form).copied().collect();
    Effect::TakeBack(Box::new(TakeBack {
        chatbot_id: scene.card.agent.chatbot_id.clone(),
        session: scene.session,
        fields: of_form.iter().map(|field| field.name.clone()).collect(),
        email: of_form.iter().any(|field| field.field_type == FieldType::Email),
        required: of_form.iter().any(|field| field.required),
    }))
}

fn new_value(known: &Known) -> NewValue {
    let place = |at: usize| i64::try_from(at).ok().filter(|_| !known.range.is_empty());
    NewValue {
        field: known.name.clone(),
        field_type: known.field_type.as_str().to_owned(),
        value: known.value.clone(),
        raw: known.raw.clone(),
        message_id: known.message_id.clone(),
        start: place(known.range.start),
        end: place(known.range.end),
        valid: true,
        suggestion: known.suggestion.clone(),
    }
}

const fn whose(context: &Context) -> Whose {
    Whose::Known(context.scene.session)
}

/// A hold on a time; the session's hold before it ends.
pub(crate) fn hold(context: &Context, offer: &Offer, flow: &BookingFlow, chosen: Chosen) -> (HoldId, Effect) {
    let scene = &context.scene;
    let hold_id = HoldId(scene.op.uuid());
    let hold = NewHold {
        hold_id,
        project_id: scene.card.agent.project_id,
        chatbot_id: Some(scene.card.agent.chatbot_id.clone()),
        session: Some(whose(context)),
        spots: offer.spots(chosen, flow.seats),
        expires_at: scene.op.now().after(HOLD),
    };
    (hold_id, Effect::Hold(Box::new(hold)))
}

/// Gives a hold back.
pub(crate) const fn release(hold: HoldId) -> Effect {
    Effect::Release(hold)
}

/// A booking, and the lead of whoever it is for.
pub(crate) fn book(
    context: &mut Context,
    offer: &Offer,
    flow: &BookingFlow,
    chosen: Chosen,
) -> (BookingId, Vec<Effect>) {
    let (scene, state) = (&context.scene, &context.state);
    let booking_id = BookingId(scene.op.uuid());
    let said = |kind| state.known_as(kind).map(|known: &Known| known.value.clone());
    let settings = offer.settings();
    let mut answers = Map::new();
    for question in &settings.questions {
        if let Some(known) = state.known(&question.name) {
            answers.insert(question.name.clone(), answer(question, &known.value));
        }
    }
    let booking = NewBooking {
        booking_id,
        project_id: scene.card.agent.project_id,
        // The session's hold ends with its booking, and its time counts as free for it.
        source: Source::Spots(offer.spots(chosen, flow.seats)),
        status: offer.first_status(),
        zone: Some(context.wording.zone.clone()),
        chatbot_id: Some(scene.card.agent.chatbot_id.clone()),
        session: Some(whose(context)),
        lead_id: None,
        name: said(FieldType::Name),
        email: said(FieldType::Email),
        phone: said(FieldType::Phone),
        answers,
        most_upcoming: Some(settings.max_upcoming_per_visitor),
        by: Actor::Agent,
    };
    let mut effects = Vec::new();
    if context.form().is_some() {
        // The yes to the booking is the yes to what was shown with it.
        let is_complete = context.has_all_required();
        effects.push(save_lead(context, is_complete));
        context.state.saved = true;
        context.state.sent |= is_complete;
    }
    effects.push(Effect::Book(Box::new(booking)));
    (booking_id, effects)
}

/// A value as the answer to a service's question, in the question's own kind.
fn answer(question: &Question, value: &str) -> Value {
    let text = || Value::String(value.to_owned());
    match question.r#type {
        FieldType::Number => value.parse::<serde_json::Number>().map_or_else(|_| text(), Value::Number),
        FieldType::Checkbox => Value::Bool(value == "true"),
        FieldType::MultiSelect => {
            let chosen = chosen_options(&question.options, value).unwrap_or_default();
            Value::Array(chosen.into_iter().cloned().map(Value::String).collect())
        }
        FieldType::Text
        | FieldType::LongText
        | FieldType::Name
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Company
        | FieldType::Select
        | FieldType::Date
        | FieldType::Url => text(),
    }
}

/// Another time for a booking.
pub(crate) fn reschedule(
    context: &Context,
    booking_id: BookingId,
    offer: &Offer,
    spots: Vec<Spot>,
) -> Effect {
    Effect::Move(Box::new(Move {
        booking_id,
        spots,
        session: Some(context.scene.session),
        notice: Some(*offer.timing()),
        by: Actor::Agent,
    }))
}

/// The end of a booking.
pub(crate) fn cancel(booking_id: BookingId, offer: &Offer) -> Effect {
    Effect::Cancel(Box::new(StatusChange {
        booking_id,
        to: BookingStatus::Cancelled,
        notice: Some(*offer.timing()),
        by: Actor::Agent,
    }))
}

//! What flows show to front ends beside their words: `data-lead-form`, `data-booking-slots`, `data-booking`.
//!
//! Each names its flow and step, so that a click says what it answers, and lists the choices that can be clicked.

use robofy_booking::BookingStatus;
use robofy_kernel::BookingId;
use robofy_kernel::FieldType;
use robofy_leads::Field;
use robofy_store::chat::{Part, PartKind};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::booking::{Offer, asked_field, service_choices, slot_label};
use super::hear::Context;
use super::state::{BookingStage, Chosen, Flow, LeadFlow, Purpose};
use super::texts::Texts;

/// Something that can be clicked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Choice {
    /// What the click sends.
    pub value: String,
    /// What it says.
    pub label: String,
}

impl Choice {
    /// Yes: sent as `confirm`.
    pub fn yes(texts: &Texts) -> Self {
        Self { value: "confirm".to_owned(), label: texts.raw("words.yes") }
    }

    /// No: sent as `decline`.
    pub fn no(texts: &Texts) -> Self {
        Self { value: "decline".to_owned(), label: texts.raw("words.no") }
    }
}

/// What can be clicked for a field.
pub(crate) fn field_choices(texts: &Texts, field: &Field) -> Vec<Choice> {
    let option = |option: &String| Choice { value: option.clone(), label: option.clone() };
    match field.field_type {
        FieldType::Select | FieldType::MultiSelect => field.options.iter().map(option).collect(),
        FieldType::Checkbox => [("true", "words.yes"), ("false", "words.no")]
            .map(|(value, label)| Choice { value: value.to_owned(), label: texts.raw(label) })
            .into(),
        FieldType::Text
        | FieldType::LongText
        | FieldType::Name
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Company
        | FieldType::Number
        | FieldType::Date
        | FieldType::Url => Vec::new(),
    }
}

/// The lead form as far as it is filled in.
pub(crate) fn lead_form(
    context: &Context,
    flow: &LeadFlow,
    status: &'static str,
    asked: Option<&Field>,
    choices: &[Choice],
) -> Part {
    let fields = context.fields();
    let mut values = Map::new();
    for field in &fields {
        if let Some(known) = context.state.known(&field.name) {
            values.insert(field.name.clone(), Value::String(known.value.clone()));
        }
    }
    let missing: Vec<&str> = fields
        .iter()
        .filter(|field| field.required && context.state.known(&field.name).is_none())
        .map(|field| field.name.as_str())
        .collect();
    let form = context.form().map(|form| {
        json!({
            "form_title": form.form_title,
            "form_subtitle": form.form_subtitle,
            "submit_button_text": form.submit_button_text,
            "consent_text": form.consent_text,
            "consent_version": form.consent_version,
            "fields": fields,
        })
    });
    Part {
        kind: PartKind::LeadForm,
        data: json!({
            "flow_id": flow.id.to_string(),
            "step": flow.step,
            "status": status,
            "asked": asked.map(|field| &field.name),
            "form": form,
            "values": values,
            "missing": missing,
            "choices": choices,
        }),
    }
}

/// A booking that was made, moved or cancelled.
pub(crate) fn booking(
    context: &Context,
    offer: &Offer,
    at: Chosen,
    booking: BookingId,
    status: BookingStatus,
) -> Part {
    let zone = &context.wording.zone;
    Part {
        kind: PartKind::Booking,
        data: json!({
            "booking_id": booking.to_string(),
            "status": status.as_str(),
            "start": zone.rfc3339(at.start),
            "end": zone.rfc3339(at.end),
            "timezone": zone.name(),
            "service": offer.settings().name,
            "resource": offer.resource_name(at.resource),
        }),
    }
}

/// The visitor's appointments by their number in the list.
fn own_choices(context: &Context) -> Vec<Choice> {
    let choice = |(at, label): (usize, &String)| Choice { value: (at + 1).to_string(), label: label.clone() };
    context.options.iter().enumerate().map(choice).collect()
}

/// What the open booking waits for.
pub(crate) fn push_booking_step(context: &mut Context) {
    let Some(Flow::Booking(flow)) = context.state.open.clone() else { return };
    let (texts, zone) = (context.texts(), context.wording.zone.clone());
    let offer = flow.service.and_then(|id| context.calendar.offer(id)).cloned();
    let (id, step) = (flow.id.to_string(), flow.step);
    let part = match (&flow.stage, &offer) {
        (BookingStage::Time, Some(offer)) => {
            let slots: Vec<Value> = flow
                .shown
                .iter()
                .map(|shown| {
                    json!({
                        "start": zone.rfc3339(shown.start),
                        "end": zone.rfc3339(shown.end),
                        "resource_id": shown.resource,
                        "label": slot_label(context, &flow, offer, *shown),
                    })
                })
                .collect();
            let choices: Vec<Choice> = flow
                .shown
                .iter()
                .map(|shown| Choice {
                    value: zone.rfc3339(shown.start),
                    label: slot_label(context, &flow, offer, *shown),
                })
                .collect();
            Part {
                kind: PartKind::BookingSlots,
                data: json!({
                    "flow_id": id, "step": step, "service_id": flow.service, "timezone": zone.name(),
                    "slots": slots, "choices": choices,
                }),
            }
        }
        (BookingStage::Confirming, Some(offer)) => {
            let at = flow.chosen;
            let (booking, status) = match flow.purpose {
                Purpose::Book => (None, "proposed"),
                Purpose::Move { booking } => (booking, "proposed"),
                Purpose::Cancel { booking } => (booking, "cancelling"),
            };
            Part {
                kind: PartKind::Booking,
                data: json!({
                    "flow_id": id, "step": step, "booking_id": booking, "status": status,
                    "start": at.map(|at| zone.rfc3339(at.start)), "end": at.map(|at| zone.rfc3339(at.end)),
                    "timezone": zone.name(), "service": offer.settings().name,
                    "resource": at.map(|at| offer.resource_name(at.resource)),
                    "choices": [Choice::yes(&texts), Choice::no(&texts)],
                }),
            }
        }
        (BookingStage::Asking { .. } | BookingStage::Suggesting { .. }, Some(_)) => {
            let field = asked_field(context);
            let choices = match (&flow.stage, &field) {
                (BookingStage::Suggesting { .. }, _) => vec![Choice::yes(&texts), Choice::no(&texts)],
                (_, Some(field)) => field_choices(&texts, field),
                (_, None) => Vec::new(),
            };
            let at = flow.chosen;
            Part {
                kind: PartKind::Booking,
                data: json!({
                    "flow_id": id, "step": step, "booking_id": null, "status": "collecting",
                    "start": at.map(|at| zone.rfc3339(at.start)), "end": at.map(|at| zone.rfc3339(at.end)),
                    "timezone": zone.name(),
                    "service": offer.as_ref().map(|offer| &offer.settings().name),
                    "resource": at.and_then(|at| offer.as_ref().map(|offer| offer.resource_name(at.resource))),
                    "asked": field.as_ref().map(|field| &field.name), "field": field, "choices": choices,
                }),
            }
        }
        (BookingStage::Which, _) => Part {
            kind: PartKind::BookingSlots,
            data: json!({
                "flow_id": id, "step": step, "service_id": null, "timezone": zone.name(), "slots": [],
                "choices": own_choices(context),
            }),
        },
        (
            BookingStage::Service
            | BookingStage::Time
            | BookingStage::Asking { .. }
            | BookingStage::Suggesting { .. }
            | BookingStage::Confirming,
            _,
        ) => Part {
            kind: PartKind::BookingSlots,
            data: json!({
                "flow_id": id, "step": step, "service_id": null, "timezone": zone.name(), "slots": [],
                "choices": service_choices(context),
            }),
        },
    };
    context.parts.push(part);
}

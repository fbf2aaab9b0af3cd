//! Whom an appointment is for: lead fields, so nobody is asked twice, and the service's own questions.

use robofy_booking::Question;
use robofy_kernel::FieldType;
use robofy_leads::Field;

use super::{BookingFlow, BookingStage, Offer, Purpose, Turn, confirm, put, stay};
use crate::flows::details::{self, Named, Taken};
use crate::flows::hear::Context;
use crate::flows::state::{Consent, Flow};

/// The fields of the form, the contact that a booking needs, and the service's questions.
pub(super) fn fields(context: &Context, offer: &Offer) -> Vec<Field> {
    let mut fields = context.fields();
    if !fields.iter().any(|field| field.field_type == FieldType::Name) {
        fields.push(plain("name", FieldType::Name));
    }
    if !fields.iter().any(|field| details::is_reach(field.field_type)) {
        fields.push(plain("email", FieldType::Email));
    }
    for question in &offer.settings().questions {
        if !fields.iter().any(|field| field.name == question.name) {
            fields.push(of_question(question));
        }
    }
    fields
}

/// A field by its name.
pub(super) fn field(context: &Context, offer: &Offer, name: &str) -> Option<Field> {
    fields(context, offer).into_iter().find(|field| field.name == name)
}

/// What an appointment is not made without: a name, a way to reach the person, what the form and the service require.
fn needed(context: &Context, offer: &Offer) -> Vec<Field> {
    let fields = fields(context, offer);
    let questions = &offer.settings().questions;
    let is_asked = |field: &Field| questions.iter().any(|question| question.name == field.name);
    let reach = fields.iter().find(|field| field.required && field.field_type == FieldType::Email);
    let reach = reach
        .or_else(|| fields.iter().find(|field| field.required && field.field_type == FieldType::Phone))
        .or_else(|| fields.iter().find(|field| field.field_type == FieldType::Email))
        .or_else(|| fields.iter().find(|field| field.field_type == FieldType::Phone))
        .map(|field| field.name.clone());
    let name =
        fields.iter().find(|field| field.field_type == FieldType::Name).map(|field| field.name.clone());
    fields
        .iter()
        .filter(|field| {
            field.required
                || is_asked(field)
                || Some(&field.name) == name.as_ref()
                || Some(&field.name) == reach.as_ref()
        })
        .cloned()
        .map(|field| {
            let optional = is_asked(&field) && !field.required;
            Field { required: !optional, ..field }
        })
        .collect()
}

/// Takes what the utterance says of the visitor.
pub(super) fn take(context: &mut Context, flow: &BookingFlow, offer: &Offer) -> Taken {
    let fields = fields(context, offer);
    let asked = match &flow.stage {
        BookingStage::Asking { field } | BookingStage::Suggesting { field } => {
            fields.iter().find(|known| known.name == *field).cloned()
        }
        BookingStage::Service | BookingStage::Which | BookingStage::Time | BookingStage::Confirming => None,
    };
    if let BookingStage::Suggesting { field } = &flow.stage
        && context.says_yes()
    {
        details::accept_suggestion(context, field);
        return Taken { changed: vec![field.clone()], ..Taken::default() };
    }
    details::take(context, &fields, asked.as_ref())
}

/// The question for a detail was answered without a value: it is left out, refused, or the words are none.
pub(super) fn answer(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
    taken: &Taken,
) -> Option<Turn> {
    let name = match &flow.stage {
        BookingStage::Asking { field } | BookingStage::Suggesting { field } => field.clone(),
        BookingStage::Service | BookingStage::Which | BookingStage::Time | BookingStage::Confirming => {
            return None;
        }
    };
    let field = needed(context, offer).into_iter().find(|field| field.name == name)?;
    let texts = context.texts();
    if let BookingStage::Suggesting { .. } = flow.stage
        && context.says_no()
    {
        if let Some(known) = context.state.known.iter_mut().find(|known| known.name == name) {
            known.suggestion = None;
        }
        return Some(onward(context, flow, offer));
    }
    let leaves_out = context.skips() || taken.declined || context.says_no();
    if leaves_out && !field.required {
        flow.skipped.push(name);
        return Some(onward(context, flow, offer));
    }
    if context.wants_answer() || context.says_again(&flow.words) {
        return None;
    }
    if details::is_bare_yes(context, &field) {
        let prompt = details::ask(&texts, &field);
        put(context, flow.clone(), false);
        return Some(Turn::Prompt(prompt));
    }
    if leaves_out {
        context.say(texts.say("lead.required", &[("label", &field.label)]));
    } else {
        let raw = taken.refused.clone()?;
        context.say(details::refusal(&texts, &field, &raw));
    }
    let prompt = details::ask(&texts, &field);
    Some(stay(context, flow.clone(), prompt))
}

/// While the yes is waited for the words name a detail: its value is another, or it is asked for again.
pub(super) fn corrected(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Option<Turn> {
    if flow.stage != BookingStage::Confirming || flow.purpose != Purpose::Book {
        return None;
    }
    let fields = fields(context, offer);
    let Named { field, found, refused } = details::named(context, &fields)?;
    match found {
        Some(found) => {
            let taken = details::correct(context, &field, found);
            details::acknowledge(context, &taken, &fields);
            flow.stage = next(context, flow, offer, &taken);
        }
        None => {
            if let Some(raw) = refused {
                let refusal = details::refusal(&context.texts(), &field, &raw);
                context.say(refusal);
            }
            flow.stage = BookingStage::Asking { field: field.name };
        }
    }
    Some(ask_on(context, flow, offer))
}

fn onward(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Turn {
    flow.stage = next(context, flow, offer, &Taken::default());
    ask_on(context, flow, offer)
}

/// The prompt of the stage that the flow has come to.
fn ask_on(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Turn {
    flow.misses = 0;
    let prompt = match &flow.stage {
        BookingStage::Asking { field: name } => field(context, offer, name)
            .map_or_else(String::new, |field| details::ask(&context.texts(), &field)),
        BookingStage::Suggesting { field } => details::suggest(context, field),
        BookingStage::Service | BookingStage::Which | BookingStage::Time | BookingStage::Confirming => {
            confirm::prompt(context, flow, offer)
        }
    };
    put(context, flow.clone(), true);
    Turn::Prompt(prompt)
}

/// What the flow waits for next.
pub(super) fn next(context: &Context, flow: &BookingFlow, offer: &Offer, taken: &Taken) -> BookingStage {
    if flow.chosen.is_none() {
        return BookingStage::Time;
    }
    if flow.purpose != Purpose::Book {
        return BookingStage::Confirming;
    }
    if let Some(field) = &taken.doubtful {
        return BookingStage::Suggesting { field: field.clone() };
    }
    let missing = needed(context, offer).into_iter().find(|field| {
        let is_known = context.state.known(&field.name).is_some();
        !is_known && (field.required || !flow.skipped.contains(&field.name))
    });
    missing.map_or(BookingStage::Confirming, |field| BookingStage::Asking { field: field.name })
}

/// Whom the appointment is for, as it is shown back.
pub(super) fn shown(context: &Context, offer: &Offer) -> String {
    let needed = needed(context, offer);
    let of = |kind| needed.iter().find(|field| field.field_type == kind);
    let known = |field: &Field| context.state.known(&field.name).map(|known| known.value.clone());
    let first = [FieldType::Name, FieldType::Email, FieldType::Phone];
    let mut shown: Vec<String> = first.iter().filter_map(|kind| of(*kind).and_then(known)).collect();
    for field in needed.iter().filter(|field| !first.contains(&field.field_type)) {
        if let Some(value) = known(field) {
            shown.push(format!("{}: {value}", field.label));
        }
    }
    shown.join(", ")
}

/// The yes to a booking is one to the consent text that was shown with it.
pub(super) fn consent(context: &mut Context) {
    let Some(form) = context.form().filter(|form| form.consent_text.is_some()) else { return };
    let version = form.consent_version.clone();
    context.state.consent =
        Some(Consent { version, message_id: context.scene.message.clone(), at: context.scene.op.now() });
}

/// The detail that the open booking asks for.
pub(crate) fn asked_field(context: &Context) -> Option<Field> {
    let Some(Flow::Booking(flow)) = &context.state.open else { return None };
    let offer = flow.service.and_then(|id| context.calendar.offer(id))?;
    match &flow.stage {
        BookingStage::Asking { field: name } | BookingStage::Suggesting { field: name } => {
            needed(context, offer).into_iter().find(|field| field.name == *name)
        }
        BookingStage::Service | BookingStage::Which | BookingStage::Time | BookingStage::Confirming => None,
    }
}

fn plain(name: &str, field_type: FieldType) -> Field {
    Field::new(name, name, field_type, true, 0)
}

fn of_question(question: &Question) -> Field {
    Field {
        name: question.name.clone(),
        label: question.label.clone().unwrap_or_else(|| question.name.clone()),
        field_type: question.r#type,
        required: question.required,
        options: question.options.clone(),
        sort_order: 0,
    }
}

//! Whom an appointment is for: lead fields, so nobody is asked twice, and the service's own questions.

use robofy_booking::Question;
use robofy_intent::Intent;
use robofy_kernel::FieldType;
use robofy_leads::{Field, pick};

use super::{BookingFlow, BookingStage, Offer, Purpose, Turn, confirm, put, stay};
use crate::flows::details::{self, Named, Taken};
use crate::flows::hear::{Context, shared_words};
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

/// The field of a question, required or not as a booking needs it.
fn question(context: &Context, offer: &Offer, name: &str) -> Option<Field> {
    let needed = needed(context, offer).into_iter().find(|field| field.name == name);
    needed.or_else(|| field(context, offer, name).map(|field| Field { required: false, ..field }))
}

/// Whether the words, which may sound like the wish to be called, hold what the open booking asks for.
pub(crate) fn is_told_a_detail(context: &Context) -> bool {
    let Some(Flow::Booking(flow)) = &context.state.open else { return false };
    let asks = match flow.stage {
        BookingStage::Asking { .. } | BookingStage::Suggesting { .. } | BookingStage::Confirming => {
            flow.purpose == Purpose::Book
        }
        // A wish to be called is another thing while a time is looked for.
        BookingStage::Service | BookingStage::Which | BookingStage::Time => {
            flow.purpose == Purpose::Book && context.intent == Some(Intent::Contact)
        }
    };
    let offer = flow.service.and_then(|id| context.calendar.offer(id)).filter(|_| asks);
    offer.is_some_and(|offer| {
        let asked = asked_field(context);
        let picked = pick(&context.scene.query, asked.as_ref(), &fields(context, offer), context.region());
        !picked.found.is_empty() || !picked.retracted.is_empty()
    })
}

/// What became known while the booking waited is not asked for.
pub(super) fn pass_over_known(context: &Context, flow: &mut BookingFlow) {
    if let BookingStage::Asking { field, again: false } = &flow.stage
        && context.state.known(field).is_some()
        && let Some(offer) = flow.service.and_then(|id| context.calendar.offer(id))
    {
        flow.stage = next(context, flow, offer, &Taken::default());
        flow.step += 1;
    }
}

/// What goes before the times in an utterance: a bare yes to a question that it does not answer, and a detail with its
/// whole name and a value ("date of birth: …").
pub(super) fn ahead(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Option<Turn> {
    if let BookingStage::Asking { field: name, .. } = &flow.stage
        && let Some(field) = question(context, offer, name)
        && details::is_bare_yes(context, &field)
        && !flow.asked_back
    {
        flow.asked_back = true;
        put(context, flow.clone(), false);
        return Some(Turn::Prompt(details::ask(&context.texts(), &field)));
    }
    let named = named(context, flow, offer).filter(|named| {
        let label = &named.field.label;
        let words = shared_words(label, label);
        named.found.is_some() && words > 0 && shared_words(&context.scene.query, label) == words
    })?;
    Some(correct(context, flow, offer, named))
}

/// The detail that the words name while the yes is waited for, or what is to be changed.
fn named(context: &Context, flow: &BookingFlow, offer: &Offer) -> Option<Named> {
    let waits = match flow.stage {
        BookingStage::Confirming => true,
        BookingStage::Time => flow.chosen.is_some(),
        BookingStage::Service
        | BookingStage::Which
        | BookingStage::Asking { .. }
        | BookingStage::Suggesting { .. } => false,
    };
    if !waits || flow.purpose != Purpose::Book {
        return None;
    }
    details::named(context, &fields(context, offer))
}

/// Takes what the utterance says of the visitor.
pub(super) fn take(context: &mut Context, flow: &BookingFlow, offer: &Offer) -> Taken {
    let fields = fields(context, offer);
    let asked = match &flow.stage {
        BookingStage::Asking { field, .. } | BookingStage::Suggesting { field } => {
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
        BookingStage::Asking { field, .. } | BookingStage::Suggesting { field } => field.clone(),
        BookingStage::Service | BookingStage::Which | BookingStage::Time | BookingStage::Confirming => {
            return None;
        }
    };
    let field = question(context, offer, &name)?;
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
    let stays = matches!(flow.stage, BookingStage::Asking { again: true, .. });
    if leaves_out && (stays || !field.required) {
        flow.skipped.extend(Some(name).filter(|_| !stays));
        return Some(onward(context, flow, offer));
    }
    if context.wants_answer() || context.says_again(&flow.words) {
        return None;
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

/// The words name a detail: it is asked for again, or its value is another.
pub(super) fn corrected(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Option<Turn> {
    let named = named(context, flow, offer)?;
    Some(correct(context, flow, offer, named))
}

fn correct(context: &mut Context, flow: &mut BookingFlow, offer: &Offer, named: Named) -> Turn {
    let Named { field, found, refused } = named;
    match found {
        Some(found) => {
            let taken = details::correct(context, &field, found);
            details::acknowledge(context, &taken, &fields(context, offer));
            flow.stage = next(context, flow, offer, &taken);
        }
        None => {
            if let Some(raw) = refused {
                let refusal = details::refusal(&context.texts(), &field, &raw);
                context.say(refusal);
            }
            let again = context.state.known(&field.name).is_some();
            flow.stage = BookingStage::Asking { field: field.name, again };
        }
    }
    ask_on(context, flow, offer)
}

fn onward(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Turn {
    flow.stage = next(context, flow, offer, &Taken::default());
    ask_on(context, flow, offer)
}

/// The prompt of the stage that the flow has come to.
fn ask_on(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Turn {
    flow.misses = 0;
    let prompt = match &flow.stage {
        BookingStage::Asking { field: name, .. } => field(context, offer, name)
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
    missing.map_or(BookingStage::Confirming, |field| BookingStage::Asking { field: field.name, again: false })
}

/// What the form or the service has come to require since the booking was shown back is asked for before it is made.
pub(super) fn still_missing(context: &mut Context, flow: &BookingFlow, offer: &Offer) -> Option<Turn> {
    let stage = next(context, flow, offer, &Taken::default());
    (stage != BookingStage::Confirming).then(|| {
        let mut flow = BookingFlow { stage, ..flow.clone() };
        ask_on(context, &mut flow, offer)
    })
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
        BookingStage::Asking { field: name, .. } | BookingStage::Suggesting { field: name } => {
            question(context, offer, name)
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

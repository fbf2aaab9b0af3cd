//! The lead form in a conversation: asked for one field at a time, filled in any order, sent with one yes.

mod question;

use robofy_intent::Intent;
use robofy_kernel::FieldType;
use robofy_leads::Field;

use super::details::{self, Named, Taken};
use super::effect;
use super::hear::Context;
use super::state::{Consent, Flow, Known, LeadFlow, LeadStage};
use super::{Heard, Reply};
use crate::answerer::AnswerError;
use question::{prompt_now, show};

/// After so many utterances in a row that do not answer the question the form is left.
const MOST_MISSES: u32 = 3;

/// Begins the form, with what the utterance holds already.
pub(crate) async fn begin(mut context: Context) -> Result<Heard, AnswerError> {
    let id = context.state.next_id();
    context.state.open_flow(Flow::Lead(opened(id, asking(String::new()))));
    context.state.declined = false;
    let fields = context.fields();
    let taken = details::take(&mut context, &fields, None);
    if !taken.is_some() {
        let begin = context.texts().raw("lead.begin");
        context.say(begin);
    }
    go_on(context, &taken, &fields)
}

/// The visitor has left an address or number unasked: the form goes on from there.
pub(crate) fn take_up(mut context: Context, taken: &Taken, fields: &[Field]) -> Result<Heard, AnswerError> {
    let id = context.state.next_id();
    context.state.open_flow(Flow::Lead(opened(id, asking(String::new()))));
    go_on(context, taken, fields)
}

const fn opened(id: u32, stage: LeadStage) -> LeadFlow {
    LeadFlow { id, step: 1, stage, skipped: Vec::new(), misses: 0, words: String::new(), asked_back: false }
}

const fn asking(field: String) -> LeadStage {
    LeadStage::Asking { field, again: false }
}

/// Offers the form; a yes begins it.
pub(crate) fn offer(mut context: Context, key: &'static str) -> Reply {
    let id = context.state.next_id();
    context.state.offered = true;
    context.state.open_flow(Flow::Lead(opened(id, LeadStage::Offered)));
    show(&mut context, "collecting");
    let prompt = context.texts().raw(key);
    context.reply(&prompt)
}

/// The open form gets the utterance.
pub(crate) async fn advance(mut context: Context) -> Result<Heard, AnswerError> {
    let Some(Flow::Lead(flow)) = context.state.open.clone() else {
        return Ok(Heard::Pass(Box::new(context)));
    };
    if context.form().is_none() {
        // The operator has switched the form off.
        context.state.close();
        return Ok(Heard::Pass(Box::new(context)));
    }
    if context.abandons() {
        return Ok(Heard::Reply(leave(context)));
    }
    let fields = context.fields();
    match &flow.stage {
        LeadStage::Offered if context.says_yes() || agrees(&context) => {
            return go_on(context, &Taken::default(), &fields);
        }
        LeadStage::Offered if context.says_no() => {
            return Ok(Heard::Reply(leave(context)));
        }
        LeadStage::Suggesting { field } if context.says_yes() => {
            details::accept_suggestion(&mut context, field);
            let taken = Taken { changed: vec![field.clone()], ..Taken::default() };
            return go_on(context, &taken, &fields);
        }
        LeadStage::Suggesting { field } if context.says_no() => {
            // The words stand as they were said.
            if let Some(known) = context.state.known.iter_mut().find(|known| known.name == *field) {
                known.suggestion = None;
            }
            return go_on(context, &Taken::default(), &fields);
        }
        // Another consent text than the one that was shown is shown first.
        LeadStage::Confirming if context.says_yes() && !context.has_shown_consent() => {
            return Ok(Heard::Reply(prompt_now(context)));
        }
        LeadStage::Confirming if context.says_yes() => return Ok(Heard::Reply(send(context))),
        LeadStage::Confirming if context.says_no() => {
            set_stage(&mut context, LeadStage::Changing);
            return Ok(Heard::Reply(prompt_now(context)));
        }
        LeadStage::Changing if context.says_no() => return Ok(Heard::Reply(leave(context))),
        LeadStage::Offered
        | LeadStage::Asking { .. }
        | LeadStage::Suggesting { .. }
        | LeadStage::Changing
        | LeadStage::Confirming => {}
    }
    let asked = asked(&flow.stage, &fields);
    if let Some(field) = &asked
        && details::is_bare_yes(&context, field)
        && !flow.asked_back
    {
        // A second one may be an answer, where any words are.
        if let Some(flow) = flow_mut(&mut context) {
            flow.asked_back = true;
        }
        return Ok(Heard::Reply(prompt_now(context)));
    }
    let taken = details::take(&mut context, &fields, asked.as_ref());
    if taken.is_some() {
        return go_on(context, &taken, &fields);
    }
    if matches!(flow.stage, LeadStage::Changing | LeadStage::Confirming)
        && let Some(named) = details::named(&context, &fields)
    {
        return correct(context, named, &fields);
    }
    unanswered(context, &flow, asked.as_ref(), &taken, &fields).await
}

/// The utterance tells nothing that the form asks for.
async fn unanswered(
    mut context: Context,
    flow: &LeadFlow,
    asked: Option<&Field>,
    taken: &Taken,
    fields: &[Field],
) -> Result<Heard, AnswerError> {
    let is_click = context.scene.action.is_some();
    if flow.stage == LeadStage::Offered && !is_click {
        // Offered once, and the conversation goes on.
        context.state.close();
        return super::offers::begin(context, false).await;
    }
    if let Some(field) = asked
        && (context.skips()
            || taken.declined
            || (context.says_no() && field.field_type != FieldType::Checkbox))
    {
        return Ok(skip(context, flow, field, fields));
    }
    if is_click {
        let refusal = context.texts().raw("words.not_a_choice");
        context.say(refusal);
        return Ok(Heard::Reply(prompt_now(context)));
    }
    if context.wants_answer() {
        return Ok(Heard::AnswerThen(prompt_now(context)));
    }
    let is_still_yes = asked.is_some_and(|field| details::is_bare_yes(&context, field));
    if context.says_again(&flow.words) || is_still_yes {
        return Ok(Heard::Reply(prompt_now(context)));
    }
    if let (Some(field), Some(raw)) = (asked, &taken.refused) {
        let refusal = details::refusal(&context.texts(), field, raw);
        context.say(refusal);
    }
    Ok(missed(context))
}

/// Whether the words are a correction of the form that waits for its yes: "change the budget" is about no appointment.
pub(crate) fn is_corrected(context: &Context) -> bool {
    let waits = matches!(
        &context.state.open,
        Some(Flow::Lead(LeadFlow { stage: LeadStage::Changing | LeadStage::Confirming, .. }))
    );
    waits && details::named(context, &context.fields()).is_some()
}

/// The words name a field: its value is another, or it is asked for again.
fn correct(mut context: Context, named: Named, fields: &[Field]) -> Result<Heard, AnswerError> {
    let Named { field, found, refused } = named;
    if let Some(found) = found {
        let taken = details::correct(&mut context, &field, found);
        return go_on(context, &taken, fields);
    }
    if let Some(raw) = refused {
        let refusal = details::refusal(&context.texts(), &field, &raw);
        context.say(refusal);
    }
    let again = context.state.known(&field.name).is_some();
    set_stage(&mut context, LeadStage::Asking { field: field.name, again });
    Ok(Heard::Reply(prompt_now(context)))
}

/// The present prompt again; what became known meanwhile is not asked for.
pub(crate) fn prompt(mut context: Context) -> Reply {
    let fields = context.fields();
    let stage = flow_mut(&mut context).map(|flow| flow.stage.clone());
    if let Some(LeadStage::Asking { field, again: false }) = stage
        && context.state.known(&field).is_some()
    {
        let stage = next(&context, &fields);
        set_stage(&mut context, stage);
    }
    prompt_now(context)
}

/// What a form's or booking's own call says is known, in the place of what was said before it: else the next thing that
/// is said would save the older word again. A form that was sent by its own call ends the flow.
pub(crate) async fn notice_own_call(context: &mut Context) -> Result<(), AnswerError> {
    if context.state.open.is_none() && context.form().is_none() {
        return Ok(());
    }
    let scene = &context.scene;
    let lead = context.calendar.store().lead_of_session(scene.op.account, scene.session).await?;
    let Some(lead) = lead else { return Ok(()) };
    let of_form: Vec<_> = lead.values.into_iter().filter(|value| value.message_id.is_none()).collect();
    let was_sent = !of_form.is_empty();
    let mut is_news = false;
    for value in of_form {
        let Ok(field_type) = value.field_type.parse() else { continue };
        let said = context.state.known(&value.field);
        if said.is_none_or(|known| known.at < value.created_at) {
            is_news = true;
            context.state.keep(Known {
                name: value.field,
                field_type,
                value: value.value,
                raw: value.raw,
                message_id: None,
                range: 0..0,
                suggestion: None,
                at: value.created_at,
            });
        }
    }
    context.state.saved |= was_sent;
    // A booking's own call may know less than the form asks for, and the visitor tells the rest: that is not sent yet.
    let is_whole = context.has_all_required();
    if is_news && is_whole && matches!(context.state.open, Some(Flow::Lead(_))) && !context.state.sent {
        context.state.sent = true;
        context.state.close();
    }
    Ok(())
}

/// "Yes, please call me back."
fn agrees(context: &Context) -> bool {
    let wants = matches!(context.intent, Some(Intent::Contact | Intent::CallBack | Intent::Offer));
    wants || (context.moves.affirm && !context.moves.deny && !context.wants_answer())
}

fn asked(stage: &LeadStage, fields: &[Field]) -> Option<Field> {
    match stage {
        LeadStage::Asking { field, .. } | LeadStage::Suggesting { field } => {
            fields.iter().find(|known| known.name == *field).cloned()
        }
        LeadStage::Offered | LeadStage::Changing | LeadStage::Confirming => None,
    }
}

fn flow_mut(context: &mut Context) -> Option<&mut LeadFlow> {
    match &mut context.state.open {
        Some(Flow::Lead(flow)) => Some(flow),
        Some(Flow::Booking(_)) | None => None,
    }
}

fn set_stage(context: &mut Context, stage: LeadStage) {
    let words = context.scene.query.clone();
    if let Some(flow) = flow_mut(context) {
        flow.words = words;
        flow.stage = stage;
        flow.step += 1;
        flow.misses = 0;
        flow.asked_back = false;
    }
}

fn count_miss(context: &mut Context) {
    if let Some(flow) = flow_mut(context) {
        flow.misses += 1;
    }
}

/// Says what was noted and asks for what is missing; with a question in the utterance, after its answer.
fn go_on(mut context: Context, taken: &Taken, fields: &[Field]) -> Result<Heard, AnswerError> {
    let has_question = context.wants_answer() && context.moves.question && taken.is_some();
    details::acknowledge(&mut context, taken, fields);
    // What was taken back and may be left out is not asked for again.
    let optional = fields.iter().filter(|field| !field.required && taken.removed.contains(&field.name));
    if let Some(flow) = flow_mut(&mut context) {
        flow.skipped.extend(optional.map(|field| field.name.clone()));
    }
    let stage = match &taken.doubtful {
        Some(field) => LeadStage::Suggesting { field: field.clone() },
        None => next(&context, fields),
    };
    set_stage(&mut context, stage);
    if taken.is_some() && taken.doubtful.is_none() {
        save_early(&mut context, fields);
    }
    let reply = prompt_now(context);
    Ok(if has_question { Heard::AnswerThen(reply) } else { Heard::Reply(reply) })
}

/// The next field without a value that was not left out; the confirmation when there is none.
fn next(context: &Context, fields: &[Field]) -> LeadStage {
    let skipped = match &context.state.open {
        Some(Flow::Lead(flow)) => flow.skipped.as_slice(),
        Some(Flow::Booking(_)) | None => &[],
    };
    let missing = fields
        .iter()
        .find(|field| context.state.known(&field.name).is_none() && !skipped.contains(&field.name));
    missing.map_or(LeadStage::Confirming, |field| asking(field.name.clone()))
}

/// An optional field is left out, and one that is asked for again stays as it is. A required one is asked for once more,
/// and then the form is left.
fn skip(mut context: Context, flow: &LeadFlow, field: &Field, fields: &[Field]) -> Heard {
    let stays = matches!(flow.stage, LeadStage::Asking { again: true, .. });
    if field.required && !stays {
        let needed = context.texts().say("lead.required", &[("label", &field.label)]);
        if context.scene.action.is_some() {
            context.say(needed);
            return Heard::Reply(prompt_now(context));
        }
        if flow.misses > 0 {
            return Heard::Reply(leave(context));
        }
        context.say(needed);
        return missed(context);
    }
    if let Some(flow) = flow_mut(&mut context).filter(|_| !stays) {
        flow.skipped.push(field.name.clone());
    }
    let stage = next(&context, fields);
    set_stage(&mut context, stage);
    Heard::Reply(prompt_now(context))
}

/// The question was not answered: it is asked again, and in the end the form is left.
fn missed(mut context: Context) -> Heard {
    count_miss(&mut context);
    let misses = flow_mut(&mut context).map_or(0, |flow| flow.misses);
    if misses >= MOST_MISSES {
        return Heard::Reply(leave(context));
    }
    Heard::Reply(prompt_now(context))
}

/// Ends the form without sending it. Where something was kept already, nothing else is said.
fn leave(mut context: Context) -> Reply {
    let key = if context.state.saved { "lead.stopped" } else { "lead.declined" };
    show(&mut context, "declined");
    context.state.declined = true;
    context.state.close();
    let text = context.texts().raw(key);
    context.reply(&text)
}

/// The yes: the lead is complete.
fn send(mut context: Context) -> Reply {
    if let Some(version) =
        context.form().filter(|form| form.consent_text.is_some()).map(|form| form.consent_version.clone())
    {
        context.state.consent =
            Some(Consent { version, message_id: context.scene.message.clone(), at: context.scene.op.now() });
    }
    let save = effect::save_lead(&context, true);
    context.effects.push(save);
    show(&mut context, "done");
    context.state.sent = true;
    context.state.close();
    let text = promise(&context);
    context.reply(&text)
}

/// That somebody will get back to the visitor.
pub(crate) fn promise(context: &Context) -> String {
    let texts = context.texts();
    match context.state.known_as(FieldType::Name) {
        Some(name) => texts.say("lead.done", &[("name", &name.value)]),
        None => texts.raw("lead.done_nameless"),
    }
}

/// Without a consent to wait for, an address or number already makes a lead, which later turns complete; what is said of
/// somebody who has a lead goes there.
pub(crate) fn save_early(context: &mut Context, fields: &[Field]) {
    let Some(form) = context.form() else { return };
    let may = form.consent_text.is_none() || context.state.consent.is_some();
    // The accountant's address, which a service asks for, reaches somebody else.
    let mut reach = fields.iter().filter(|field| details::is_reach(field.field_type));
    let reachable = reach.any(|field| context.state.known(&field.name).is_some());
    if may && (reachable || context.state.saved) && !fields.is_empty() {
        let save = effect::save_lead(context, false);
        context.effects.push(save);
        context.state.saved = true;
    }
}

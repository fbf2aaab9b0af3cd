//! The lead form in a conversation: asked for one field at a time, filled in any order, sent with one yes.

use robofy_intent::Intent;
use robofy_kernel::FieldType;
use robofy_leads::Field;

use super::details::{self, Taken};
use super::effect;
use super::hear::Context;
use super::parts::{self, Choice};
use super::state::{Consent, Flow, Known, LeadFlow, LeadStage};
use super::{Heard, Reply};
use crate::answerer::AnswerError;

/// After so many utterances in a row that do not answer the question the form is left.
const MOST_MISSES: u32 = 3;

/// Begins the form, with what the utterance holds already.
pub(crate) async fn begin(mut context: Context) -> Result<Heard, AnswerError> {
    let id = context.state.next_id();
    let first = LeadStage::Asking { field: String::new() };
    context.state.open_flow(Flow::Lead(LeadFlow {
        id,
        step: 1,
        stage: first,
        skipped: Vec::new(),
        misses: 0,
        words: String::new(),
    }));
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
    let stage = LeadStage::Asking { field: String::new() };
    context.state.open_flow(Flow::Lead(LeadFlow {
        id,
        step: 1,
        stage,
        skipped: Vec::new(),
        misses: 0,
        words: String::new(),
    }));
    go_on(context, taken, fields)
}

/// Offers the form; a yes begins it.
pub(crate) fn offer(mut context: Context, key: &'static str) -> Reply {
    let id = context.state.next_id();
    context.state.offered = true;
    let flow = LeadFlow {
        id,
        step: 1,
        stage: LeadStage::Offered,
        skipped: Vec::new(),
        misses: 0,
        words: String::new(),
    };
    context.state.open_flow(Flow::Lead(flow));
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
    let taken = details::take(&mut context, &fields, asked.as_ref());
    if taken.is_some() {
        return go_on(context, &taken, &fields);
    }
    if flow.stage == LeadStage::Offered {
        // Offered once, and the conversation goes on.
        context.state.close();
        return super::offers::begin(context, false).await;
    }
    if let Some(field) = &asked
        && (context.skips()
            || taken.declined
            || (context.says_no() && field.field_type != FieldType::Checkbox))
    {
        return Ok(skip(context, field, &fields));
    }
    if context.wants_answer() {
        return Ok(Heard::AnswerThen(prompt_now(context)));
    }
    if context.says_again(&flow.words) {
        return Ok(Heard::Reply(prompt_now(context)));
    }
    if let (Some(field), Some(raw)) = (&asked, &taken.refused) {
        let refusal = details::refusal(&context.texts(), field, raw);
        context.say(refusal);
    }
    Ok(missed(context))
}

/// The present prompt again; what became known meanwhile is not asked for.
pub(crate) fn prompt(mut context: Context) -> Reply {
    let fields = context.fields();
    let stage = flow_mut(&mut context).map(|flow| flow.stage.clone());
    if let Some(LeadStage::Asking { field }) = stage
        && context.state.known(&field).is_some()
    {
        let stage = next(&context, &fields);
        set_stage(&mut context, stage);
    }
    prompt_now(context)
}

/// A form that was sent by its own call ends the flow, and what it says is known.
pub(crate) async fn notice_own_call(context: &mut Context) -> Result<(), AnswerError> {
    let wants = context.intent.is_some_and(|intent| {
        matches!(intent, Intent::Contact | Intent::CallBack | Intent::Offer | Intent::Book)
    });
    if context.state.open.is_none() && !wants {
        return Ok(());
    }
    let scene = &context.scene;
    let lead = context.calendar.store().lead_of_session(scene.op.account, scene.session).await?;
    let Some(lead) = lead else { return Ok(()) };
    let of_form: Vec<_> = lead.values.into_iter().filter(|value| value.message_id.is_none()).collect();
    let was_sent = !of_form.is_empty();
    for value in of_form {
        let Ok(field_type) = value.field_type.parse() else { continue };
        if context.state.known(&value.field).is_none() {
            context.state.known.push(Known {
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
    if was_sent && matches!(context.state.open, Some(Flow::Lead(_))) && !context.state.sent {
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
        LeadStage::Asking { field } | LeadStage::Suggesting { field } => {
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
    missing.map_or(LeadStage::Confirming, |field| LeadStage::Asking { field: field.name.clone() })
}

/// An optional field is left out. A required one is asked for once more, and then the form is left.
fn skip(mut context: Context, field: &Field, fields: &[Field]) -> Heard {
    if field.required {
        let misses = flow_mut(&mut context).map_or(0, |flow| flow.misses);
        if misses > 0 {
            return Heard::Reply(leave(context));
        }
        let needed = context.texts().say("lead.required", &[("label", &field.label)]);
        context.say(needed);
        return missed(context);
    }
    if let Some(flow) = flow_mut(&mut context) {
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
    let texts = context.texts();
    let text = match context.state.known_as(FieldType::Name) {
        Some(name) => texts.say("lead.done", &[("name", &name.value)]),
        None => texts.raw("lead.done_nameless"),
    };
    context.reply(&text)
}

/// Without a consent to wait for, an address or number already makes a lead, which later turns complete.
pub(crate) fn save_early(context: &mut Context, fields: &[Field]) {
    let Some(form) = context.form() else { return };
    let may = form.consent_text.is_none() || context.state.consent.is_some();
    let reachable =
        [FieldType::Email, FieldType::Phone].iter().any(|kind| context.state.known_as(*kind).is_some());
    if may && reachable && !fields.is_empty() {
        let save = effect::save_lead(context, false);
        context.effects.push(save);
        context.state.saved = true;
    }
}

fn prompt_now(mut context: Context) -> Reply {
    let prompt = current(&mut context);
    context.reply(&prompt)
}

/// The question of the present stage, which is shown to front ends too.
fn current(context: &mut Context) -> String {
    let fields = context.fields();
    let texts = context.texts();
    let stage = flow_mut(context).map_or(LeadStage::Changing, |flow| flow.stage.clone());
    let prompt = match &stage {
        LeadStage::Offered => texts.raw("lead.offer"),
        LeadStage::Asking { .. } => match asked(&stage, &fields) {
            Some(field) => details::ask(&texts, &field),
            // The form has changed under the flow.
            None => {
                let stage = next(context, &fields);
                set_stage(context, stage.clone());
                match asked(&stage, &fields) {
                    Some(field) => details::ask(&texts, &field),
                    None => confirmation(context, &fields),
                }
            }
        },
        LeadStage::Suggesting { field } => {
            let known = context.state.known(field);
            let suggestion = known.and_then(|known| known.suggestion.as_deref()).unwrap_or_default();
            texts.say("lead.suggest", &[("suggestion", suggestion)])
        }
        LeadStage::Changing => texts.raw("lead.what_change"),
        LeadStage::Confirming => confirmation(context, &fields),
    };
    let status = if stage == LeadStage::Confirming { "confirming" } else { "collecting" };
    show(context, status);
    prompt
}

fn confirmation(context: &mut Context, fields: &[Field]) -> String {
    context.show_consent();
    let texts = context.texts();
    let values = details::values(&context.state, fields, |_| true, "\n");
    match context.form().and_then(|form| form.consent_text.as_deref()) {
        Some(consent) => texts.say("lead.confirm", &[("values", &format!("{values}\n\n{consent}"))]),
        None => texts.say("lead.confirm", &[("values", &values)]),
    }
}

/// Shows the form to a front end.
fn show(context: &mut Context, status: &'static str) {
    let Some(Flow::Lead(flow)) = context.state.open.clone() else { return };
    let fields = context.fields();
    let field = asked(&flow.stage, &fields);
    let texts = context.texts();
    let choices = match (&flow.stage, &field) {
        (LeadStage::Offered | LeadStage::Suggesting { .. } | LeadStage::Confirming, _) => {
            vec![Choice::yes(&texts), Choice::no(&texts)]
        }
        (LeadStage::Asking { .. }, Some(field)) => parts::field_choices(&texts, field),
        (LeadStage::Asking { .. } | LeadStage::Changing, _) => Vec::new(),
    };
    let part = parts::lead_form(context, &flow, status, field.as_ref(), &choices);
    context.parts.push(part);
}

//! What the lead form asks, and what it shows to front ends.

use robofy_leads::Field;

use super::{asked, flow_mut, next, set_stage};
use crate::flows::Reply;
use crate::flows::details;
use crate::flows::hear::Context;
use crate::flows::parts::{self, Choice};
use crate::flows::state::{Flow, LeadStage};

/// The question of the present stage as a reply.
pub(super) fn prompt_now(mut context: Context) -> Reply {
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
        LeadStage::Suggesting { field } => details::suggest(context, field),
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
pub(super) fn show(context: &mut Context, status: &'static str) {
    let Some(Flow::Lead(flow)) = context.state.open.clone() else { return };
    let fields = context.fields();
    let field = asked(&flow.stage, &fields);
    let texts = context.texts();
    // What is over has nothing to be clicked.
    let waits = matches!(status, "collecting" | "confirming");
    let choices = match (&flow.stage, &field) {
        _ if !waits => Vec::new(),
        (LeadStage::Offered | LeadStage::Suggesting { .. } | LeadStage::Confirming, _) => {
            vec![Choice::yes(&texts), Choice::no(&texts)]
        }
        (LeadStage::Asking { .. }, Some(field)) => parts::field_choices(&texts, field),
        (LeadStage::Asking { .. } | LeadStage::Changing, _) => Vec::new(),
    };
    let part = parts::lead_form(context, &flow, status, field.as_ref(), &choices);
    context.parts.push(part);
}

//! When the form comes up by itself.

use robofy_intent::Intent;
use robofy_leads::When;
use robofy_store::chat::{Channel, TurnKind};

use super::details::Taken;
use super::hear::Context;
use super::state::Start;
use super::wording::numbered;
use super::{Heard, Reply, details, lead};
use crate::answerer::AnswerError;

/// No flow is open: whether the utterance begins the form.
pub(crate) async fn begin(mut context: Context, wants_contact: bool) -> Result<Heard, AnswerError> {
    if context.form().is_none() {
        return Ok(Heard::Pass(Box::new(context)));
    }
    if wants_contact && !context.moves.question && !context.state.sent {
        return lead::begin(context).await;
    }
    let fields = context.fields();
    let taken = details::take(&mut context, &fields, None);
    let told = |names: &[String]| {
        let reach = |name: &String| {
            fields.iter().any(|field| field.name == *name && details::is_reach(field.field_type))
        };
        names.iter().any(reach)
    };
    let is_reachable = told(&taken.kept) || told(&taken.changed);
    if (context.state.sent && taken.is_some()) || !taken.removed.is_empty() {
        // A word more of somebody who is known: it is noted, and changes what was sent.
        let has_lead = context.state.sent || context.state.saved;
        if !has_lead && is_reachable && !context.state.declined {
            return lead::take_up(context, &taken, &fields);
        }
        if has_lead {
            details::acknowledge(&mut context, &taken, &fields);
            lead::save_early(&mut context, &fields);
        } else {
            // Nothing is said to be noted that nobody gets.
            let removed = Taken { kept: Vec::new(), changed: Vec::new(), ..taken };
            details::acknowledge(&mut context, &removed, &fields);
        }
        let has_question = context.moves.question;
        let promise = if wants_contact { lead::promise(&context) } else { String::new() };
        let reply = context.reply(&promise);
        return Ok(if has_question { Heard::AnswerThen(reply) } else { Heard::Reply(reply) });
    }
    if is_reachable && !context.state.declined {
        return lead::take_up(context, &taken, &fields);
    }
    if wants_contact {
        // "Can somebody call me back?" asks and wants at once.
        return lead::begin(context).await;
    }
    Ok(Heard::Pass(Box::new(context)))
}

/// After an answer: whether the form is offered now. Once a conversation, and not to who has filled it in.
pub(crate) async fn after(mut context: Context, answered: TurnKind) -> Result<Option<Reply>, AnswerError> {
    let Some(key) = due(&context, answered) else { return Ok(None) };
    let scene = &context.scene;
    if context.calendar.store().lead_of_session(scene.op.account, scene.session).await?.is_some() {
        context.state.sent = true;
        return Ok(Some(context.reply("")));
    }
    Ok(Some(lead::offer(context, key)))
}

/// The text with which the form is offered, when it is due.
fn due(context: &Context, answered: TurnKind) -> Option<&'static str> {
    let form = context.form()?;
    let state = &context.state;
    if state.offered || state.declined || state.sent || state.open.is_some() {
        return None;
    }
    match form.when {
        When::Never | When::OnDemand => None,
        When::BeforeChat => Some("lead.offer"),
        When::AfterMessages => (context.scene.number >= form.after_messages).then_some("lead.offer"),
        When::OnIntent => match context.intent {
            Some(Intent::Price | Intent::Offer) => Some("lead.offer_quote"),
            Some(Intent::CallBack) => Some("lead.offer"),
            Some(_) | None => None,
        },
        When::NotFound => (answered == TurnKind::NotFound).then_some("lead.offer"),
    }
}

/// Where choices are answered with a number: whether the answer is one after which they are shown.
pub(crate) fn wants_menu(context: &Context, answered: TurnKind) -> bool {
    context.scene.channel == Channel::Whatsapp
        && answered == TurnKind::SmallTalk
        && context.state.open.is_none()
        && matches!(context.intent, Some(Intent::Greeting | Intent::Capabilities))
}

/// What can be begun, numbered.
pub(crate) async fn menu(mut context: Context) -> Result<Option<Reply>, AnswerError> {
    context.load_calendar().await?;
    let mut starts = Vec::new();
    if context.calendar.is_bookable() {
        starts.extend([Start::Booking, Start::Mine]);
    }
    if context.form().is_some() {
        starts.push(Start::Lead);
    }
    if starts.is_empty() {
        return Ok(None);
    }
    let texts = context.texts();
    let label = |start: &Start| match start {
        Start::Booking => texts.raw("menu.book"),
        Start::Mine => texts.raw("menu.mine"),
        Start::Lead => texts.raw("menu.contact"),
    };
    let labels: Vec<String> = starts.iter().map(label).collect();
    let options = numbered(labels.iter().map(String::as_str));
    context.state.menu = starts;
    Ok(Some(context.reply(&texts.say("menu.intro", &[("options", &options)]))))
}

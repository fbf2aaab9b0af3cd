//! Shown back, and the one yes: to a booking, a move, a cancelling.

use robofy_booking::Refusal;
use robofy_intent::Intent;
use robofy_kernel::ResourceId;
use robofy_store::booking::Refused;
use robofy_store::flows::Effect;

use super::{
    BookingFlow, BookingStage, Chosen, Context, Offer, Purpose, Turn, conclude, own, person, put, release,
    times,
};
use crate::answerer::AnswerError;
use crate::flows::state::{Flow, State};
use crate::flows::{Heard, Reply, effect, parts};

/// A yes, and nothing else than what it is a yes to: "yes, book it".
pub(super) fn agrees(context: &Context, flow: &BookingFlow) -> bool {
    let same = match flow.purpose {
        Purpose::Book => Intent::Book,
        Purpose::Move { .. } => Intent::Reschedule,
        Purpose::Cancel { .. } => Intent::Cancel,
    };
    let names_another = || {
        let service = context.calendar.named_service(&context.scene.query);
        service.is_some() && service != flow.service
    };
    context.says_yes()
        || (context.scene.action.is_none() && context.moves.restates == Some(same) && !names_another())
}

/// What is asked for a yes.
pub(super) fn prompt(context: &mut Context, flow: &BookingFlow, offer: &Offer) -> String {
    match (flow.purpose, flow.chosen) {
        (Purpose::Cancel { .. }, _) => own::confirm_cancel(context, flow),
        (_, None) => String::new(),
        (Purpose::Book, Some(chosen)) => {
            context.show_consent();
            to_book(context, flow, offer, chosen)
        }
        (Purpose::Move { .. }, Some(chosen)) => {
            let old = own::old_start(context, flow).map(|old| context.wording.moment(old));
            context.texts().say(
                "booking.confirm_move",
                &[
                    ("service", &offer.times(flow.seats)),
                    ("old", &old.unwrap_or_default()),
                    ("time", &context.wording.moment(chosen.start)),
                    ("zone", context.wording.zone.name()),
                    ("with", &with(context, offer, chosen.resource)),
                ],
            )
        }
    }
}

/// A booking shown back, with the form's consent text where there is one.
fn to_book(context: &Context, flow: &BookingFlow, offer: &Offer, chosen: Chosen) -> String {
    let text = context.texts().say(
        "booking.confirm",
        &[
            ("service", &offer.times(flow.seats)),
            ("time", &context.wording.moment(chosen.start)),
            ("zone", context.wording.zone.name()),
            ("with", &with(context, offer, chosen.resource)),
            ("person", &person::shown(context, offer)),
        ],
    );
    match context.form().and_then(|form| form.consent_text.as_deref()) {
        Some(consent) => format!("{consent}\n\n{text}"),
        None => text,
    }
}

/// The yes.
pub(super) async fn confirmed(context: &mut Context, flow: &BookingFlow) -> Result<Turn, AnswerError> {
    if let Purpose::Cancel { .. } = flow.purpose {
        return Ok(own::cancel(context, flow));
    }
    let offer = flow.service.and_then(|id| context.calendar.offer(id)).cloned();
    let (Some(offer), Some(chosen)) = (offer, flow.chosen) else {
        release(context, flow);
        return Ok(Turn::Over(context.texts().raw("booking.gone")));
    };
    // Time has passed since it was chosen.
    let place = (chosen.start, Some(chosen.resource));
    if let Err(why) = context.calendar.at(&context.scene.op, &offer, place, flow).await? {
        let mut flow = BookingFlow { hold: None, ..flow.clone() };
        let heard = times::refused(context, &mut flow, &offer, chosen.start, why).await?;
        return Ok(shown(context, flow, heard));
    }
    if !context.may_occupy() {
        return Ok(Turn::Prompt(context.texts().raw("booking.too_often")));
    }
    if let Some(turn) = person::still_missing(context, flow, &offer) {
        return Ok(turn);
    }
    if let Purpose::Move { .. } = flow.purpose {
        return Ok(own::reschedule(context, flow, &offer, chosen));
    }
    person::consent(context);
    let (booking, effects) = effect::book(context, &offer, flow, chosen);
    context.effects.extend(effects);
    let part = parts::booking(context, &offer, chosen, booking, offer.first_status());
    context.parts.push(part);
    let key = if offer.is_confirmed_at_once() { "booking.booked" } else { "booking.requested" };
    Ok(Turn::Over(told(context, key, flow, &offer, chosen)))
}

/// The store has refused what a reply does; nothing of it is done.
pub(crate) async fn instead(mut context: Context, reply: Reply, why: Refused) -> Result<Reply, AnswerError> {
    let before = context.state.open.take();
    let aside = context.state.aside.take();
    // What the visitor said of themselves stays said.
    context.state = State::read(Some(&reply.state));
    let is_theirs = |effect: &&Effect| matches!(effect, Effect::SaveLead(_) | Effect::TakeBack(_));
    context.effects = reply.effects.iter().filter(is_theirs).cloned().collect();
    let flow = match (&context.state.open, before) {
        (Some(Flow::Booking(now)), Some(Flow::Booking(then))) if now.id == then.id => now.clone(),
        // The first utterance has chosen a time already.
        (Some(Flow::Booking(now)), None | Some(Flow::Lead(_))) => now.clone(),
        (_, Some(Flow::Booking(then))) => {
            context.state.aside = aside;
            then
        }
        (_, None | Some(Flow::Lead(_))) => return Ok(context.reply("")),
    };
    if !context.calendar.is_bookable() {
        context.load_calendar().await?;
    }
    let Some(offer) = flow.service.and_then(|id| context.calendar.offer(id)).cloned() else {
        let text = context.texts().raw("booking.gone");
        context.state.close();
        return Ok(context.reply(&text));
    };
    context.state.open = Some(Flow::Booking(flow.clone()));
    let turn = match why {
        Refused::SlotTaken | Refused::HoldExpired => {
            let start = flow.chosen.map_or_else(|| context.scene.op.now(), |chosen| chosen.start);
            let mut flow = BookingFlow { hold: None, ..flow };
            let heard = times::refused(&mut context, &mut flow, &offer, start, Refusal::Taken).await?;
            shown(&mut context, flow, heard)
        }
        Refused::TooMany { .. } => {
            let name = offer.settings().name.clone();
            release(&mut context, &flow);
            Turn::Over(context.texts().say("booking.too_many", &[("service", &name)]))
        }
        Refused::TooLate { until } => {
            let until = context.wording.moment(until);
            Turn::Over(context.texts().say("booking.notice_over", &[("until", &until)]))
        }
        Refused::Status(_) | Refused::Ended(_) => Turn::Over(context.texts().raw("booking.no_booking")),
    };
    match conclude(context, turn)? {
        Heard::Reply(reply) | Heard::AnswerThen(reply) => Ok(reply),
        Heard::Pass(context) => Ok(context.reply("")),
    }
}

/// Times were shown in the place of what was wanted.
fn shown(context: &mut Context, flow: BookingFlow, heard: times::Heard) -> Turn {
    match heard {
        times::Heard::Shown(prompt) => {
            put(context, flow, true);
            Turn::Prompt(prompt)
        }
        times::Heard::Nothing | times::Heard::Chosen => Turn::Over(context.texts().raw("booking.left")),
    }
}

/// A no: a cancelling is over, else something is to be changed.
pub(super) fn denied(context: &mut Context, flow: BookingFlow) -> Turn {
    if matches!(flow.purpose, Purpose::Cancel { .. }) {
        return Turn::Over(own::left(context, &flow));
    }
    let text = context.texts().raw("booking.what_change");
    put(context, BookingFlow { stage: BookingStage::Time, ..flow }, true);
    Turn::Prompt(text)
}

/// A sentence about a booking.
pub(super) fn told(
    context: &Context,
    key: &'static str,
    flow: &BookingFlow,
    offer: &Offer,
    chosen: Chosen,
) -> String {
    let with = with(context, offer, chosen.resource);
    context.texts().say(
        key,
        &[
            ("service", &offer.times(flow.seats)),
            ("time", &context.wording.moment(chosen.start)),
            ("zone", context.wording.zone.name()),
            ("with", &with),
        ],
    )
}

/// " with Maria", where the service has several.
pub(super) fn with(context: &Context, offer: &Offer, resource: ResourceId) -> String {
    if offer.resources().len() < 2 {
        return String::new();
    }
    let name = offer.resource_name(resource);
    context.texts().say("booking.with", &[("resource", name)])
}

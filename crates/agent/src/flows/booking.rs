//! Appointments in a conversation: service → time → details → shown back → one yes. And what becomes of them.

mod catalogue;
mod choose;
mod confirm;
mod own;
mod person;
mod times;

use robofy_intent::Intent;

pub(crate) use catalogue::{Catalogue, Offer};
pub(crate) use choose::service_choices;
pub(crate) use confirm::instead;
pub(crate) use person::{asked_field, is_told_a_detail};
pub(crate) use times::line as slot_label;

use super::details;
use super::effect;
use super::hear::Context;
use super::parts;
use super::state::{BookingFlow, BookingStage, Chosen, Flow, Purpose};
use super::{Heard, Reply};
use crate::answerer::AnswerError;

/// After so many utterances in a row that the flow does not understand it is left.
const MOST_MISSES: u32 = 3;
/// How many times are shown at once.
const SHOWN: usize = 6;

/// What an utterance comes to.
enum Turn {
    /// The flow goes on with its prompt.
    Prompt(String),
    /// The utterance is answered first; then this prompt.
    Answered(String),
    /// The flow is over; this is said.
    Over(String),
}

/// Begins with what the utterance says.
pub(crate) async fn begin(mut context: Context) -> Result<Heard, AnswerError> {
    let purpose = match context.intent {
        Some(Intent::Reschedule) => Purpose::Move { booking: None },
        Some(Intent::Cancel) => Purpose::Cancel { booking: None },
        Some(Intent::MyBookings) => {
            let list = own::list(&context);
            if context.state.open.is_none() {
                return Ok(Heard::Reply(context.reply(&list)));
            }
            let mut next = super::hear::present(context).await?;
            next.text = format!("{list}\n\n{}", next.text);
            return Ok(Heard::Reply(next));
        }
        Some(_) | None => Purpose::Book,
    };
    let flow = BookingFlow {
        id: context.state.next_id(),
        step: 0,
        purpose,
        stage: if purpose == Purpose::Book { BookingStage::Service } else { BookingStage::Which },
        service: None,
        resource: None,
        seats: 1,
        chosen: None,
        shown: Vec::new(),
        day: None,
        hold: None,
        was: None,
        skipped: Vec::new(),
        misses: 0,
        words: String::new(),
        asked_back: false,
        began: context.scene.op.now(),
    };
    context.state.open_flow(Flow::Booking(flow.clone()));
    let turn = proceed(&mut context, flow, true).await?;
    conclude(context, turn)
}

/// The open booking gets the utterance.
pub(crate) async fn advance(mut context: Context) -> Result<Heard, AnswerError> {
    let Some(Flow::Booking(flow)) = context.state.open.clone() else {
        return Ok(Heard::Pass(Box::new(context)));
    };
    if context.abandons() || drops(&context, &flow) {
        let turn = leave(&mut context, &flow);
        return conclude(context, turn);
    }
    if let Some(purpose) = other_purpose(&context, &flow) {
        let next = BookingFlow { purpose, stage: BookingStage::Which, chosen: None, ..flow };
        let turn = proceed(&mut context, next, true).await?;
        return conclude(context, turn);
    }
    if flow.stage == BookingStage::Confirming {
        if confirm::agrees(&context, &flow) {
            let turn = if flow.purpose == Purpose::Book && !context.has_shown_consent() {
                // Another consent text than the one that was shown is shown first.
                let mut flow = flow;
                let prompt = current(&mut context, &mut flow).await?;
                put(&mut context, flow, true);
                Turn::Prompt(prompt)
            } else {
                confirm::confirmed(&mut context, &flow).await?
            };
            return conclude(context, turn);
        }
        if context.says_no() {
            let turn = confirm::denied(&mut context, flow);
            return conclude(context, turn);
        }
    }
    let turn = proceed(&mut context, flow, false).await?;
    conclude(context, turn)
}

/// The present prompt again.
pub(crate) async fn prompt(mut context: Context) -> Result<Reply, AnswerError> {
    let Some(Flow::Booking(mut flow)) = context.state.open.clone() else { return Ok(context.reply("")) };
    person::pass_over_known(&context, &mut flow);
    let prompt = current(&mut context, &mut flow).await?;
    put(&mut context, flow, false);
    parts::push_booking_step(&mut context);
    Ok(context.reply(&prompt))
}

/// A booking of the session that was made by its own call ends the flow that was about to make it.
pub(crate) fn notice_own_call(context: &mut Context) {
    let Some(Flow::Booking(flow)) = context.state.open.clone() else { return };
    let Some(service) = flow.service.filter(|_| flow.purpose == Purpose::Book) else { return };
    let mut upcoming = context.calendar.upcoming().iter();
    let made = upcoming.find(|booking| booking.service_id == service && booking.created_at > flow.began);
    if let Some(booking) = made {
        let (name, time) = (context.calendar.name(service), context.wording.moment(booking.start_at));
        let zone = context.wording.zone.name().to_owned();
        let text =
            context.texts().say("booking.made", &[("service", &name), ("time", &time), ("zone", &zone)]);
        context.say(text);
        context.state.close();
    }
}

/// "Cancel it" while a booking is being made means that one.
fn drops(context: &Context, flow: &BookingFlow) -> bool {
    flow.purpose == Purpose::Book && context.intent == Some(Intent::Cancel) && !context.moves.question
}

/// Another thing than the open flow is about: what becomes of a booking that is there.
fn other_purpose(context: &Context, flow: &BookingFlow) -> Option<Purpose> {
    if context.scene.action.is_some() {
        return None;
    }
    match (context.intent?, flow.purpose) {
        (Intent::Reschedule, Purpose::Cancel { booking }) => Some(Purpose::Move { booking }),
        (Intent::Cancel, Purpose::Move { booking }) => Some(Purpose::Cancel { booking }),
        _ => None,
    }
}

/// Takes what the utterance says and asks for what is missing.
async fn proceed(context: &mut Context, mut flow: BookingFlow, is_first: bool) -> Result<Turn, AnswerError> {
    let asked_which = flow.stage == BookingStage::Which && !is_first;
    if flow.purpose != Purpose::Book {
        let is_settled = flow.stage != BookingStage::Which;
        if let Some(turn) = own::settle(context, &mut flow, is_first) {
            return Ok(turn);
        }
        if matches!(flow.purpose, Purpose::Cancel { .. }) {
            flow.stage = BookingStage::Confirming;
            let prompt = own::confirm_cancel(context, &flow);
            if is_settled {
                return Ok(stay(context, flow, prompt));
            }
            put(context, flow, true);
            return Ok(Turn::Prompt(prompt));
        }
    }
    let before = flow.chosen;
    let asked_service = flow.stage == BookingStage::Service && !is_first;
    let by_number = asked_service && choose::choice(context, context.calendar.offers().len()).is_some();
    let chose_service = choose::service(context, &mut flow);
    // The answer to a question of ours says which; the time was perhaps said before it.
    let is_choice = asked_which || (asked_service && chose_service);
    let Some(offer) = flow.service.and_then(|id| context.calendar.offer(id)).cloned() else {
        return Ok(without_service(context, flow, is_first));
    };
    choose::fit(&mut flow, &offer);
    let chose_resource = choose::resource(context, &mut flow, &offer);
    let seats = choose::seats(context, &mut flow, &offer);
    if seats == choose::Seats::TooMany && flow.chosen.is_none() {
        put(context, flow, true);
        return Ok(Turn::Prompt(String::new()));
    }
    let chose_seats = seats == choose::Seats::Others;
    if let Some(turn) = person::ahead(context, &mut flow, &offer) {
        return Ok(turn);
    }
    let taken = if flow.purpose == Purpose::Book {
        person::take(context, &flow, &offer)
    } else {
        details::Taken::default()
    };
    // "April Jones" is a name where one was asked for.
    let is_detail = matches!(flow.stage, BookingStage::Asking { .. }) && taken.is_some();
    let changed = times::Changed { other: chose_resource || chose_service, seats: chose_seats };
    let mut heard = if is_detail || by_number || asked_which {
        times::Heard::Nothing
    } else {
        times::heard(context, &mut flow, &offer, changed, before).await?
    };
    if is_choice && matches!(heard, times::Heard::Nothing) {
        heard = times::said_before(context, &mut flow, &offer).await?;
    }
    if let times::Heard::Shown(prompt) = heard {
        put(context, flow, true);
        return Ok(Turn::Prompt(prompt));
    }
    let has_time = matches!(heard, times::Heard::Chosen);
    let moved_on = is_first
        || is_choice
        || chose_service
        || chose_resource
        || chose_seats
        || has_time
        || taken.is_some();
    if !moved_on {
        if let Some(turn) = person::corrected(context, &mut flow, &offer)
            .or_else(|| person::answer(context, &mut flow, &offer, &taken))
        {
            return Ok(turn);
        }
        let is_lost = !context.wants_answer() && !context.says_again(&flow.words);
        let prompt = if flow.stage == BookingStage::Time && is_lost {
            times::not_understood(context, &mut flow, &offer).await?
        } else {
            current(context, &mut flow).await?
        };
        return Ok(stay(context, flow, prompt));
    }
    flow.misses = 0;
    if taken.is_some() {
        let fields = person::fields(context, &offer);
        details::acknowledge(context, &taken, &fields);
        // What was taken back and may be left out is not asked for again.
        flow.skipped.extend(taken.removed.iter().cloned());
    }
    flow.stage = person::next(context, &flow, &offer, &taken);
    let prompt = current(context, &mut flow).await?;
    put(context, flow, true);
    let asks = context.wants_answer() && !has_time && !is_first && taken.is_some();
    Ok(if asks { Turn::Answered(prompt) } else { Turn::Prompt(prompt) })
}

/// No service is chosen, or the one that was is not offered any more.
fn without_service(context: &mut Context, mut flow: BookingFlow, is_first: bool) -> Turn {
    if flow.service.take().is_some() {
        release(context, &flow);
        if context.calendar.is_bookable() {
            let gone = context.texts().raw("booking.gone");
            context.say(gone);
        }
        flow = BookingFlow { hold: None, chosen: None, shown: Vec::new(), stage: BookingStage::Time, ..flow };
    }
    choose::ask_service(context, flow, is_first)
}

/// The prompt of the flow's stage; what it shows is remembered.
async fn current(context: &mut Context, flow: &mut BookingFlow) -> Result<String, AnswerError> {
    let texts = context.texts();
    let offer = flow.service.and_then(|id| context.calendar.offer(id)).cloned();
    Ok(match (flow.stage.clone(), offer) {
        (BookingStage::Which, _) => own::which(context),
        (BookingStage::Service, _) | (_, None) => choose::service_prompt(context),
        (BookingStage::Time, Some(offer)) => times::open_prompt(context, flow, &offer).await?,
        (BookingStage::Asking { field, .. }, Some(offer)) => {
            let field = person::field(context, &offer, &field);
            field.map_or_else(String::new, |field| details::ask(&texts, &field))
        }
        (BookingStage::Suggesting { field }, Some(_)) => details::suggest(context, &field),
        (BookingStage::Confirming, Some(offer)) => confirm::prompt(context, flow, &offer),
    })
}

/// Frees what the flow holds.
fn release(context: &mut Context, flow: &BookingFlow) {
    if let Some(hold) = flow.hold {
        context.effects.push(effect::release(hold));
    }
}

/// Ends the flow; nothing of it is done.
fn leave(context: &mut Context, flow: &BookingFlow) -> Turn {
    release(context, flow);
    Turn::Over(own::left(context, flow))
}

/// The utterance has not brought the flow on: it is a question, the same words once more, a click that is none of the
/// choices, or was not understood. Of the last kind so many in a row end the flow.
fn stay(context: &mut Context, mut flow: BookingFlow, prompt: String) -> Turn {
    let asks = context.wants_answer();
    if !asks && context.scene.action.is_none() && !context.says_again(&flow.words) {
        flow.misses += 1;
        if flow.misses >= MOST_MISSES {
            return leave(context, &flow);
        }
    }
    put(context, flow, false);
    if asks { Turn::Answered(prompt) } else { Turn::Prompt(prompt) }
}

/// Keeps the flow; a step on when what is asked has changed.
fn put(context: &mut Context, mut flow: BookingFlow, steps: bool) {
    if steps {
        flow.step += 1;
        flow.asked_back = false;
        flow.words.clone_from(&context.scene.query);
    }
    context.state.open = Some(Flow::Booking(flow));
}

fn conclude(mut context: Context, turn: Turn) -> Result<Heard, AnswerError> {
    match turn {
        Turn::Over(text) => {
            context.state.close();
            Ok(Heard::Reply(context.reply(&text)))
        }
        Turn::Prompt(prompt) => {
            parts::push_booking_step(&mut context);
            Ok(Heard::Reply(context.reply(&prompt)))
        }
        Turn::Answered(prompt) => {
            parts::push_booking_step(&mut context);
            Ok(Heard::AnswerThen(context.reply(&prompt)))
        }
    }
}

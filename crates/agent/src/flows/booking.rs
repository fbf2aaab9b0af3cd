//! Appointments in a conversation: service → time → details → shown back → one yes. And what becomes of them.

mod calendar;
mod own;
mod person;
mod times;

use robofy_booking::Refusal;
use robofy_intent::Intent;
use robofy_kernel::ResourceId;
use robofy_store::booking::Refused;
use robofy_store::flows::Effect;

pub(crate) use calendar::{Calendar, Offer};
pub(crate) use person::asked_field;
pub(crate) use times::line as slot_label;

use super::action::ActionKind;
use super::details;
use super::effect;
use super::hear::{Context, named};
use super::parts::{self, Choice};
use super::state::{BookingFlow, BookingStage, Chosen, Flow, Purpose, State};
use super::wording::numbered;
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
            let list = own::list(&mut context).await?;
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
        chosen: None,
        shown: Vec::new(),
        day: None,
        hold: None,
        was: None,
        skipped: Vec::new(),
        misses: 0,
        words: String::new(),
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
        let text = own::left(&mut context, &flow).await?;
        release(&mut context, &flow);
        return conclude(context, Turn::Over(text));
    }
    if let Some(purpose) = other_purpose(&context, &flow) {
        let next = BookingFlow { purpose, stage: BookingStage::Which, chosen: None, ..flow };
        let turn = proceed(&mut context, next, true).await?;
        return conclude(context, turn);
    }
    if flow.stage == BookingStage::Confirming {
        let books = flow.purpose == Purpose::Book;
        if agrees(&context, &flow) && books && !context.has_shown_consent() {
            let mut flow = flow;
            let prompt = current(&mut context, &mut flow).await?;
            put(&mut context, flow, true);
            return conclude(context, Turn::Prompt(prompt));
        }
        if agrees(&context, &flow) {
            let turn = confirmed(&mut context, &flow).await?;
            return conclude(context, turn);
        }
        if context.says_no() {
            if matches!(flow.purpose, Purpose::Cancel { .. }) {
                let text = own::left(&mut context, &flow).await?;
                return conclude(context, Turn::Over(text));
            }
            let text = context.texts().raw("booking.what_change");
            let waiting = BookingFlow { stage: BookingStage::Time, ..flow };
            put(&mut context, waiting, true);
            return conclude(context, Turn::Prompt(text));
        }
    }
    let turn = proceed(&mut context, flow, false).await?;
    conclude(context, turn)
}

/// The present prompt again.
pub(crate) async fn prompt(mut context: Context) -> Result<Reply, AnswerError> {
    let Some(Flow::Booking(mut flow)) = context.state.open.clone() else { return Ok(context.reply("")) };
    let prompt = current(&mut context, &mut flow).await?;
    put(&mut context, flow, false);
    parts::push_booking_step(&mut context);
    Ok(context.reply(&prompt))
}

/// A booking of the session that was made by its own call ends the flow that was about to make it.
pub(crate) async fn notice_own_call(context: &mut Context) -> Result<(), AnswerError> {
    let Some(Flow::Booking(flow)) = context.state.open.clone() else { return Ok(()) };
    if flow.purpose != Purpose::Book {
        return Ok(());
    }
    let Some(service) = flow.service else { return Ok(()) };
    let made = own::upcoming(context).await?;
    let made =
        made.into_iter().find(|booking| booking.service_id == service && booking.created_at > flow.began);
    if let Some(booking) = made {
        let (name, time) = (context.calendar.name(service), context.wording.moment(booking.start_at));
        let zone = context.wording.zone.name().to_owned();
        let text =
            context.texts().say("booking.made", &[("service", &name), ("time", &time), ("zone", &zone)]);
        context.say(text);
        context.state.close();
    }
    Ok(())
}

/// "Cancel it" while a booking is being made means that one.
fn drops(context: &Context, flow: &BookingFlow) -> bool {
    flow.purpose == Purpose::Book && context.intent == Some(Intent::Cancel) && !context.moves.question
}

/// A yes, and nothing else than what it is a yes to: "yes, book it".
fn agrees(context: &Context, flow: &BookingFlow) -> bool {
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

/// Another thing than the open flow is about: what becomes of a booking that is there.
fn other_purpose(context: &Context, flow: &BookingFlow) -> Option<Purpose> {
    if context.scene.action.is_some() {
        return None;
    }
    match (context.intent?, flow.purpose) {
        (Intent::Reschedule, Purpose::Cancel { .. }) => Some(Purpose::Move { booking: None }),
        (Intent::Cancel, Purpose::Move { booking }) => Some(Purpose::Cancel { booking }),
        _ => None,
    }
}

/// Takes what the utterance says and asks for what is missing.
async fn proceed(context: &mut Context, mut flow: BookingFlow, is_first: bool) -> Result<Turn, AnswerError> {
    if flow.purpose != Purpose::Book {
        match own::find(context, &mut flow, is_first).await? {
            own::Found::One => {}
            own::Found::Ask(text) => {
                put(context, flow, true);
                return Ok(Turn::Prompt(text));
            }
            own::Found::Over(text) => return Ok(Turn::Over(text)),
        }
        if matches!(flow.purpose, Purpose::Cancel { .. }) {
            flow.stage = BookingStage::Confirming;
            let prompt = own::confirm_cancel(context, &flow).await?;
            let asks = !is_first && context.wants_answer();
            put(context, flow, !asks);
            return Ok(if asks { Turn::Answered(prompt) } else { Turn::Prompt(prompt) });
        }
    }
    let by_number =
        flow.stage == BookingStage::Service && choice(context, context.calendar.offers().len()).is_some();
    let chose_service = choose_service(context, &mut flow);
    let Some(offer) = flow.service.and_then(|id| context.calendar.offer(id)).cloned() else {
        return Ok(ask_service(context, flow, is_first));
    };
    let before = flow.chosen;
    let chose_resource = choose_resource(context, &mut flow, &offer);
    let taken = if flow.purpose == Purpose::Book {
        person::take(context, &flow, &offer)
    } else {
        details::Taken::default()
    };
    // "April Jones" is a name where one was asked for.
    let is_detail = matches!(flow.stage, BookingStage::Asking { .. }) && taken.is_some();
    let heard = if is_detail || (by_number && chose_service) {
        times::Heard::Nothing
    } else {
        times::heard(context, &mut flow, &offer, chose_resource, before).await?
    };
    if let times::Heard::Shown(prompt) = heard {
        put(context, flow, true);
        return Ok(Turn::Prompt(prompt));
    }
    let has_time = matches!(heard, times::Heard::Chosen);
    let moved_on = is_first || chose_service || chose_resource || has_time || taken.is_some();
    if !moved_on && let Some(turn) = person::answer(context, &mut flow, &offer, &taken) {
        return Ok(turn);
    }
    let asks = context.wants_answer() && !has_time && !is_first;
    if !moved_on {
        let again = context.says_again(&flow.words);
        if !asks && !again {
            flow.misses += 1;
            if flow.misses >= MOST_MISSES {
                release(context, &flow);
                let text = own::left(context, &flow).await?;
                return Ok(Turn::Over(text));
            }
        }
        let prompt = if flow.stage == BookingStage::Time && !asks && !again {
            times::not_understood(context, &mut flow, &offer).await?
        } else {
            current(context, &mut flow).await?
        };
        put(context, flow, false);
        return Ok(if asks { Turn::Answered(prompt) } else { Turn::Prompt(prompt) });
    }
    flow.misses = 0;
    if taken.is_some() {
        let fields = person::fields(context, &offer);
        details::acknowledge(context, &taken, &fields);
    }
    flow.stage = person::next(context, &flow, &offer, &taken);
    let prompt = current(context, &mut flow).await?;
    put(context, flow, true);
    Ok(if asks && taken.is_some() { Turn::Answered(prompt) } else { Turn::Prompt(prompt) })
}

/// The prompt of the flow's stage; what it shows is remembered.
async fn current(context: &mut Context, flow: &mut BookingFlow) -> Result<String, AnswerError> {
    let texts = context.texts();
    let offer = flow.service.and_then(|id| context.calendar.offer(id)).cloned();
    let Some(offer) = offer else {
        return match flow.stage {
            BookingStage::Which => own::ask(context).await,
            BookingStage::Service
            | BookingStage::Time
            | BookingStage::Asking { .. }
            | BookingStage::Suggesting { .. }
            | BookingStage::Confirming => Ok(service_prompt(context)),
        };
    };
    let prompt = match flow.stage.clone() {
        BookingStage::Service => service_prompt(context),
        BookingStage::Which => own::ask(context).await?,
        BookingStage::Time => times::open_prompt(context, flow, &offer).await?,
        BookingStage::Asking { field } => {
            let field = person::field(context, &offer, &field);
            field.map_or_else(String::new, |field| details::ask(&texts, &field))
        }
        BookingStage::Suggesting { field } => {
            let known = context.state.known(&field);
            let suggestion = known.and_then(|known| known.suggestion.as_deref()).unwrap_or_default();
            texts.say("lead.suggest", &[("suggestion", suggestion)])
        }
        BookingStage::Confirming if matches!(flow.purpose, Purpose::Cancel { .. }) => {
            own::confirm_cancel(context, flow).await?
        }
        BookingStage::Confirming => confirm_prompt(context, flow, &offer).await?,
    };
    Ok(prompt)
}

async fn confirm_prompt(
    context: &mut Context,
    flow: &BookingFlow,
    offer: &Offer,
) -> Result<String, AnswerError> {
    let Some(chosen) = flow.chosen else { return Ok(String::new()) };
    let text = match flow.purpose {
        Purpose::Book => {
            context.show_consent();
            book_prompt(context, flow, offer)
        }
        Purpose::Move { .. } | Purpose::Cancel { .. } => {
            let old = own::old_start(context, flow).await?;
            let old = old.map(|old| context.wording.moment(old)).unwrap_or_default();
            context.texts().say(
                "booking.confirm_move",
                &[
                    ("service", &offer.service.settings().name),
                    ("old", &old),
                    ("time", &context.wording.moment(chosen.start)),
                    ("zone", context.wording.zone.name()),
                    ("with", &with(context, offer, chosen.resource)),
                ],
            )
        }
    };
    Ok(text)
}

/// A booking shown back, with the form's consent text where there is one.
fn book_prompt(context: &Context, flow: &BookingFlow, offer: &Offer) -> String {
    let Some(chosen) = flow.chosen else { return String::new() };
    let text = context.texts().say(
        "booking.confirm",
        &[
            ("service", &offer.service.settings().name),
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

/// The store has refused what a reply does; nothing of it is done.
pub(crate) async fn instead(mut context: Context, reply: Reply, why: Refused) -> Result<Reply, AnswerError> {
    let before = context.state.open.take();
    let aside = context.state.aside.take();
    // What the visitor said of themselves stays said.
    context.state = State::read(Some(&reply.state));
    context.effects =
        reply.effects.iter().filter(|effect| matches!(effect, Effect::SaveLead(_))).cloned().collect();
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
            let name = offer.service.settings().name.clone();
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

/// " with Maria", where the service has several.
pub(crate) fn with(context: &Context, offer: &Offer, resource: ResourceId) -> String {
    if offer.resources.len() < 2 {
        return String::new();
    }
    let name = offer.resource_name(resource);
    context.texts().say("booking.with", &[("resource", name)])
}

/// The yes.
async fn confirmed(context: &mut Context, flow: &BookingFlow) -> Result<Turn, AnswerError> {
    if let Purpose::Cancel { .. } = flow.purpose {
        return own::cancel(context, flow).await;
    }
    let offer = flow.service.and_then(|id| context.calendar.offer(id)).cloned();
    let (Some(offer), Some(chosen)) = (offer, flow.chosen) else {
        let text = context.texts().raw("booking.gone");
        return Ok(Turn::Over(text));
    };
    // Time has passed since it was chosen.
    let as_chosen = BookingFlow { resource: Some(chosen.resource), ..flow.clone() };
    if let Err(why) = context.calendar.at(&context.scene.op, &offer, chosen.start, &as_chosen).await? {
        let mut flow = BookingFlow { hold: None, ..flow.clone() };
        return times::refused(context, &mut flow, &offer, chosen.start, why)
            .await
            .map(|heard| shown(context, flow, heard));
    }
    if !context.may_occupy() {
        return Ok(Turn::Prompt(context.texts().raw("booking.too_often")));
    }
    if let Purpose::Move { .. } = flow.purpose {
        return own::reschedule(context, flow, &offer, chosen).await;
    }
    person::consent(context);
    let (booking, effects) = effect::book(context, &offer, chosen);
    context.effects.extend(effects);
    let part = parts::booking(context, &offer, chosen, booking, offer.first_status());
    context.parts.push(part);
    let key = if offer.is_confirmed_at_once() { "booking.booked" } else { "booking.requested" };
    let text = told(context, key, &offer, chosen);
    Ok(Turn::Over(text))
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

/// A sentence about a booking.
pub(crate) fn told(context: &Context, key: &'static str, offer: &Offer, chosen: Chosen) -> String {
    let with = with(context, offer, chosen.resource);
    context.texts().say(
        key,
        &[
            ("service", &offer.service.settings().name),
            ("time", &context.wording.moment(chosen.start)),
            ("zone", context.wording.zone.name()),
            ("with", &with),
        ],
    )
}

/// Frees what the flow holds.
fn release(context: &mut Context, flow: &BookingFlow) {
    if let Some(hold) = flow.hold {
        context.effects.push(effect::release(hold));
    }
}

/// Keeps the flow; a step on when what is asked has changed.
fn put(context: &mut Context, mut flow: BookingFlow, steps: bool) {
    if steps {
        flow.step += 1;
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

/// The service that the utterance names, or the only one. Says whether it is another than before.
fn choose_service(context: &Context, flow: &mut BookingFlow) -> bool {
    let is_settled = flow.service.is_some() && context.wants_answer();
    let is_detail = matches!(flow.stage, BookingStage::Asking { .. } | BookingStage::Suggesting { .. });
    if flow.purpose != Purpose::Book || is_settled || is_detail {
        return false;
    }
    let offers = context.calendar.offers();
    let by_number = (flow.stage == BookingStage::Service)
        .then(|| choice(context, offers.len()))
        .flatten()
        .and_then(|at| offers.get(at))
        .map(|offer| offer.id);
    let by_value = context.click_value().filter(|_| context.clicked(ActionKind::Choose));
    let by_value = by_value.and_then(|value| offers.iter().find(|offer| offer.id.to_string() == value));
    let said = by_number
        .or(by_value.map(|offer| offer.id))
        .or_else(|| context.calendar.named_service(&context.scene.query));
    let only = (offers.len() == 1).then(|| offers.first().map(|offer| offer.id)).flatten();
    let service = said.or(flow.service).or(only);
    if service == flow.service {
        return false;
    }
    let first_choice = flow.service.is_none();
    flow.service = service;
    flow.chosen = None;
    flow.shown.clear();
    if flow.stage == BookingStage::Service || !first_choice {
        flow.stage = BookingStage::Time;
    }
    said.is_some()
}

/// A resource that the utterance names. Says whether it is another than before.
fn choose_resource(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> bool {
    if context.moves.any_resource && flow.resource.take().is_some() {
        return true;
    }
    let text = match &context.moves.name {
        Some(range) => context.scene.query.get(range.clone()).unwrap_or_default().to_owned(),
        None => context.scene.query.clone(),
    };
    // Later a name is the visitor's own, unless it says "with".
    let is_open = matches!(flow.stage, BookingStage::Service | BookingStage::Time);
    let is_own_name = (!is_open || context.wants_answer()) && context.moves.name.is_none();
    let found =
        named(&text, offer.resources.iter().map(|(id, resource)| (*id, resource.settings().name.as_str())));
    let found = found.filter(|_| !is_own_name);
    if found.is_some() && found != flow.resource {
        flow.resource = found;
        flow.shown.clear();
        if flow.chosen.is_some_and(|chosen| Some(chosen.resource) != found) {
            flow.chosen = None;
        }
        return true;
    }
    false
}

fn ask_service(context: &mut Context, mut flow: BookingFlow, is_first: bool) -> Turn {
    if context.calendar.offers().is_empty() {
        return Turn::Over(context.texts().raw("booking.gone"));
    }
    let asks = context.wants_answer() && !is_first;
    if !is_first && !asks && !context.says_again(&flow.words) {
        flow.misses += 1;
        if flow.misses >= MOST_MISSES {
            return Turn::Over(context.texts().raw("booking.left"));
        }
    }
    flow.stage = BookingStage::Service;
    let prompt = service_prompt(context);
    put(context, flow, is_first);
    if asks { Turn::Answered(prompt) } else { Turn::Prompt(prompt) }
}

fn service_prompt(context: &Context) -> String {
    let names: Vec<String> = context.calendar.offers().iter().map(Offer::line).collect();
    let options = numbered(names.iter().map(String::as_str));
    context.texts().say("booking.which_service", &[("options", &options)])
}

/// A choice by its number or by a click, from 0.
pub(crate) fn choice(context: &Context, many: usize) -> Option<usize> {
    let clicked = || context.click_value().and_then(|value| value.trim().parse::<usize>().ok());
    let said = if context.scene.action.is_some() { clicked() } else { context.number(many) };
    said.and_then(|number| number.checked_sub(1)).filter(|at| *at < many)
}

/// Choices that a front end shows for the services.
pub(crate) fn service_choices(context: &Context) -> Vec<Choice> {
    let offers = context.calendar.offers().iter();
    offers.map(|offer| Choice { value: offer.id.to_string(), label: offer.line() }).collect()
}

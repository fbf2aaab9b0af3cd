//! Which time is meant: words, numbers of a list, clicks; and what is free there.

use robofy_booking::{Refusal, Slot, Window};
use robofy_kernel::Timestamp;
use robofy_when::{Candidate, Granularity, Reference, impossible, resolve};

use super::choose::choice;
use super::{BookingFlow, BookingStage, Chosen, Context, Offer, Purpose, confirm, own};
use crate::answerer::AnswerError;
use crate::calendar::End;
use crate::flows::action::ActionKind;
use crate::flows::effect;
use crate::flows::wording::{enumerated, numbered};

/// What the utterance says of the time.
pub(super) enum Heard {
    /// Nothing.
    Nothing,
    /// A free time is chosen.
    Chosen,
    /// Times are shown, or something is asked about.
    Shown(String),
}

/// What else the utterance has changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    /// The service, or with whom.
    pub other: bool,
    /// For how many.
    pub seats: bool,
}

/// Takes the time out of the words that have brought the flow to the question that is answered now.
pub(super) async fn said_before(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
) -> Result<Heard, AnswerError> {
    let spoken = std::mem::replace(&mut context.scene.query, flow.words.clone());
    let candidates = candidates(context, flow);
    let heard = take(context, flow, offer, &candidates).await;
    context.scene.query = spoken;
    heard
}

/// Takes the time out of the utterance.
pub(super) async fn heard(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
    changed: Changed,
    before: Option<Chosen>,
) -> Result<Heard, AnswerError> {
    if let Some(chosen) = clicked(context, flow) {
        return choose(context, flow, offer, chosen).await;
    }
    if context.scene.action.is_some() {
        return Ok(Heard::Nothing);
    }
    // A number is one of the list while a time is asked for.
    if flow.stage == BookingStage::Time
        && let Some(at) = choice(context, flow.shown.len())
        && let Some(chosen) = flow.shown.get(at).copied()
    {
        return choose(context, flow, offer, chosen).await;
    }
    let asks_a_detail = matches!(flow.stage, BookingStage::Asking { .. } | BookingStage::Suggesting { .. });
    let candidates = candidates(context, flow);
    if let Some(first) = candidates.first()
        && !asks_elsewhere(context)
        && (!asks_a_detail || says_a_clock_time(context, first))
    {
        return take(context, flow, offer, &candidates).await;
    }
    if candidates.is_empty()
        && !asks_a_detail
        && !asks_elsewhere(context)
        && let Some(words) = impossible_day(context, flow)
    {
        flow.stage = BookingStage::Time;
        flow.chosen = None;
        let slots = nearest(context, flow, offer, context.scene.op.now()).await?;
        return Ok(Heard::Shown(list(
            context,
            flow,
            "booking.no_such_day",
            &[("raw", &words)],
            &slots,
            offer,
        )));
    }
    if let Some(prompt) = shifted(context, flow, offer).await? {
        return Ok(Heard::Shown(prompt));
    }
    // With somebody else, or of another service, at the same time where that is free.
    if let (true, None, Some(before)) = (changed.other, flow.chosen, before) {
        let place = (before.start, flow.resource);
        return match context.calendar.at(&context.scene.op, offer, place, flow).await? {
            Ok(slots) => match slots.first() {
                Some(slot) => choose(context, flow, offer, chosen_of(slot)).await,
                None => Ok(Heard::Nothing),
            },
            Err(why) => refused(context, flow, offer, before.start, why).await,
        };
    }
    // For more or fewer people, at the same time where there are so many seats.
    if let (true, Some(chosen)) = (changed.seats, flow.chosen) {
        return choose(context, flow, offer, chosen).await;
    }
    Ok(Heard::Nothing)
}

/// Whether words beside a detail are a wish for another time: "Jan" and "August" are names then.
fn says_a_clock_time(context: &Context, candidate: &Candidate) -> bool {
    let words = context.scene.query.get(candidate.range.clone()).unwrap_or_default();
    words.contains(|c: char| c.is_ascii_digit()) && candidate.granularity != Granularity::Range
}

/// "When are you open on Sunday?" is no wish for Sunday.
fn asks_elsewhere(context: &Context) -> bool {
    use robofy_intent::Intent;
    matches!(context.intent, Some(Intent::Hours | Intent::Price | Intent::Location))
}

/// A click on one of the times.
fn clicked(context: &Context, flow: &BookingFlow) -> Option<Chosen> {
    let value = context
        .click_value()
        .filter(|_| context.clicked(ActionKind::Slot) || context.clicked(ActionKind::Choose))?;
    if flow.stage != BookingStage::Time {
        return None;
    }
    if let Some(at) = choice(context, flow.shown.len()) {
        return flow.shown.get(at).copied();
    }
    let start: jiff::Timestamp = value.parse().ok()?;
    flow.shown.iter().find(|shown| shown.start.micros() == start.as_microsecond()).copied()
}

/// The times that the words may mean, the likeliest first. "An hour later" counts from the time that was proposed, or
/// from the appointment that is to be moved.
pub(super) fn candidates(context: &Context, flow: &BookingFlow) -> Vec<Candidate> {
    resolve(&context.scene.query, context.time_language().0.grammar(), &reference(context, flow))
}

/// The words of a day that does not exist.
fn impossible_day(context: &Context, flow: &BookingFlow) -> Option<String> {
    let grammar = context.time_language().0.grammar();
    let words = impossible(&context.scene.query, grammar, &reference(context, flow))?;
    context.scene.query.get(words).map(str::to_owned)
}

fn reference(context: &Context, flow: &BookingFlow) -> Reference {
    let proposed = flow.chosen.map(|chosen| chosen.start);
    let only = || flow.shown.first().filter(|_| flow.shown.len() == 1).map(|shown| shown.start);
    let shown = || flow.shown.first().map(|shown| context.wording.zone.wall(shown.start).date());
    let order = context.time_language().1;
    Reference {
        // "10:30" is said of the times that are shown.
        about: flow.day.or_else(shown),
        from: proposed.or_else(|| own::old_start(context, flow)).or_else(only),
        asked: flow.stage == BookingStage::Time,
        ..Reference::new(context.scene.op.now(), context.wording.zone.clone(), order)
    }
}

async fn take(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
    candidates: &[Candidate],
) -> Result<Heard, AnswerError> {
    let Some(first) = candidates.first() else { return Ok(Heard::Nothing) };
    flow.day = Some(context.wording.zone.wall(first.start).date());
    if first.past {
        flow.stage = BookingStage::Time;
        flow.chosen = None;
        let time = said(context, first);
        let nearest = nearest(context, flow, offer, context.scene.op.now()).await?;
        return Ok(Heard::Shown(list(context, flow, "booking.past", &[("time", &time)], &nearest, offer)));
    }
    if first.granularity != Granularity::Minute {
        let window = Window { from: first.start, until: first.end };
        return within(context, flow, offer, window, &said(context, first)).await;
    }
    // Of readings that are equally good ("at 3") the one that can be booked is meant.
    let readings: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| candidate.range == first.range && candidate.granularity == Granularity::Minute)
        .take(if first.ambiguous { 2 } else { 1 })
        .collect();
    let mut free = Vec::new();
    let mut refusal = None;
    for reading in &readings {
        let place = (reading.start, flow.resource);
        match context.calendar.at(&context.scene.op, offer, place, flow).await? {
            Ok(slots) => free.extend(slots.first().map(chosen_of)),
            Err(why) => {
                refusal.get_or_insert((reading.start, why));
            }
        }
    }
    match (free.as_slice(), refusal) {
        ([only], _) => choose(context, flow, offer, *only).await,
        ([], Some((start, why))) => refused(context, flow, offer, start, why).await,
        ([], None) => Ok(Heard::Nothing),
        (several, _) => {
            let times: Vec<String> =
                several.iter().map(|chosen| context.wording.moment(chosen.start)).collect();
            flow.shown = several.to_vec();
            flow.stage = BookingStage::Time;
            let times = enumerated(&times, &context.texts().raw("words.or"));
            Ok(Heard::Shown(context.texts().say("booking.which_time", &[("times", &times)])))
        }
    }
}

/// Why a time cannot be had, and the nearest that can.
pub(super) async fn refused(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
    start: Timestamp,
    why: Refusal,
) -> Result<Heard, AnswerError> {
    flow.stage = BookingStage::Time;
    flow.chosen = None;
    let time = context.wording.moment(start);
    let slots = nearest(context, flow, offer, start).await?;
    let key = match why {
        Refusal::Closed => "booking.not_offered",
        Refusal::TooSoon => "booking.too_soon",
        Refusal::TooLate => "booking.too_late",
        Refusal::Taken if slots.is_empty() => {
            return Ok(Heard::Shown(context.texts().say("booking.taken_none", &[("time", &time)])));
        }
        Refusal::Taken => "booking.taken",
    };
    Ok(Heard::Shown(list(context, flow, key, &[("time", &time)], &slots, offer)))
}

/// What is free in a time that was named.
async fn within(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
    window: Window,
    when: &str,
) -> Result<Heard, AnswerError> {
    flow.stage = BookingStage::Time;
    flow.chosen = None;
    let slots = context.calendar.some(&context.scene.op, offer, window, flow, End::First).await?;
    if !slots.is_empty() {
        return Ok(Heard::Shown(list(context, flow, "booking.free", &[("when", when)], &slots, offer)));
    }
    let slots = nearest(context, flow, offer, window.from).await?;
    Ok(Heard::Shown(list(context, flow, "booking.none_when", &[("when", when)], &slots, offer)))
}

/// Earlier, later, another time: counted from what was shown.
async fn shifted(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
) -> Result<Option<String>, AnswerError> {
    let another = context.moves.another_time
        || context.intent == Some(robofy_intent::Intent::Reschedule) && flow.purpose == Purpose::Book;
    let (earlier, later) = (context.moves.earlier, context.moves.later || another);
    if !earlier && !later {
        return Ok(None);
    }
    let all = offer.timing().bookable(context.scene.op.now());
    let (first, last) = match (flow.shown.first(), flow.shown.last(), flow.chosen) {
        (Some(first), Some(last), _) => (first.start, last.start),
        (_, _, Some(chosen)) => (chosen.start, chosen.start),
        _ => {
            let from = own::old_start(context, flow).unwrap_or(all.from);
            (from, from)
        }
    };
    flow.stage = BookingStage::Time;
    flow.chosen = None;
    let (window, end, none) = if earlier {
        (Window { from: all.from, until: first }, End::Last, "booking.no_earlier")
    } else {
        let from = Timestamp::from_micros(last.micros() + 1);
        (Window { from, until: all.until }, End::First, "booking.no_others")
    };
    let slots = context.calendar.some(&context.scene.op, offer, window, flow, end).await?;
    if slots.is_empty() {
        let mut same: Vec<Slot> = flow.shown.iter().map(slot_of).collect();
        if same.is_empty() {
            same = nearest(context, flow, offer, first).await?;
        }
        return Ok(Some(list(context, flow, none, &[], &same, offer)));
    }
    Ok(Some(list(context, flow, asking(flow), &[], &slots, offer)))
}

/// The question for a time.
const fn asking(flow: &BookingFlow) -> &'static str {
    if matches!(flow.purpose, Purpose::Move { .. }) { "booking.new_time" } else { "booking.when" }
}

/// A time is chosen: it is held for the visitor, so that it is still there when the details are.
async fn choose(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
    chosen: Chosen,
) -> Result<Heard, AnswerError> {
    let place = (chosen.start, Some(chosen.resource));
    if let Err(why) = context.calendar.at(&context.scene.op, offer, place, flow).await? {
        return refused(context, flow, offer, chosen.start, why).await;
    }
    if own::is_its_own(context, flow, chosen) {
        flow.stage = BookingStage::Time;
        flow.chosen = None;
        let time = context.wording.moment(chosen.start);
        let mut slots = nearest(context, flow, offer, chosen.start).await?;
        slots.retain(|slot| slot.start != chosen.start);
        let filling = [("time", time.as_str())];
        return Ok(Heard::Shown(list(context, flow, "booking.same_time", &filling, &slots, offer)));
    }
    if flow.purpose == Purpose::Book && !context.may_occupy() {
        flow.stage = BookingStage::Time;
        return Ok(Heard::Shown(context.texts().raw("booking.too_often")));
    }
    flow.chosen = Some(chosen);
    flow.day = Some(context.wording.zone.wall(chosen.start).date());
    flow.shown.clear();
    if flow.purpose == Purpose::Book {
        let (id, hold) = effect::hold(context, offer, flow, chosen);
        flow.hold = Some(id);
        context.effects.push(hold);
    }
    Ok(Heard::Chosen)
}

/// Asks for a time and shows the next that are free.
pub(super) async fn open_prompt(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
) -> Result<String, AnswerError> {
    let mut slots: Vec<Slot> = flow.shown.iter().map(slot_of).collect();
    if slots.is_empty() {
        let near = own::old_start(context, flow).unwrap_or_else(|| context.scene.op.now());
        slots = nearest(context, flow, offer, near).await?;
    }
    Ok(list(context, flow, asking(flow), &[], &slots, offer))
}

/// The words name no time: the list again, and how to answer it.
pub(super) async fn not_understood(
    context: &mut Context,
    flow: &mut BookingFlow,
    offer: &Offer,
) -> Result<String, AnswerError> {
    let mut slots: Vec<Slot> = flow.shown.iter().map(slot_of).collect();
    if slots.is_empty() {
        slots = nearest(context, flow, offer, context.scene.op.now()).await?;
    }
    Ok(list(context, flow, "booking.not_understood", &[], &slots, offer))
}

async fn nearest(
    context: &Context,
    flow: &BookingFlow,
    offer: &Offer,
    wished: Timestamp,
) -> Result<Vec<Slot>, AnswerError> {
    context.calendar.nearest(&context.scene.op, offer, wished, flow).await
}

/// A sentence with a list of times, which the flow remembers.
fn list(
    context: &mut Context,
    flow: &mut BookingFlow,
    key: &'static str,
    filling: &[(&str, &str)],
    slots: &[Slot],
    offer: &Offer,
) -> String {
    let name = offer.times(flow.seats);
    flow.shown = slots.iter().map(chosen_of).collect();
    if slots.is_empty() {
        return context.texts().say("booking.none", &[("service", &name)]);
    }
    let lines: Vec<String> = flow.shown.iter().map(|chosen| line(context, flow, offer, *chosen)).collect();
    let slots = numbered(lines.iter().map(String::as_str));
    let filling: Vec<(&str, &str)> =
        filling.iter().copied().chain([("service", name.as_str()), ("slots", slots.as_str())]).collect();
    let text = context.texts().say(key, &filling);
    let zone = &context.wording.zone;
    if offer.is_elsewhere(zone) {
        let note = context.texts().say("booking.zone_note", &[("zone", zone.name())]);
        return format!("{text}\n{note}");
    }
    text
}

/// A time as it stands in a list: with whom, where the visitor minds.
pub(crate) fn line(context: &Context, flow: &BookingFlow, offer: &Offer, chosen: Chosen) -> String {
    let time = context.wording.moment(chosen.start);
    match flow.resource {
        Some(_) => format!("{time}{}", confirm::with(context, offer, chosen.resource)),
        None => time,
    }
}

fn said(context: &Context, candidate: &Candidate) -> String {
    match candidate.granularity {
        Granularity::Minute => context.wording.moment(candidate.start),
        Granularity::Part | Granularity::Day | Granularity::Range => {
            context.wording.span(candidate.start, candidate.end)
        }
    }
}

const fn chosen_of(slot: &Slot) -> Chosen {
    Chosen { start: slot.start, end: slot.end, resource: slot.resource }
}

const fn slot_of(chosen: &Chosen) -> Slot {
    Slot { start: chosen.start, end: chosen.end, resource: chosen.resource, seats_left: 1 }
}

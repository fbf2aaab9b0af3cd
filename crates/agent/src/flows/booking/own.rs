//! The visitor's own appointments: which is meant, moving and cancelling it, and the notice that binds both.

use robofy_booking::BookingStatus;
use robofy_kernel::{BookingId, Timestamp};
use robofy_store::booking::Booking;
use robofy_when::Granularity;

use super::confirm::{self, told};
use super::{BookingFlow, BookingStage, Chosen, Context, Offer, Purpose, Turn, choose, put, stay, times};
use crate::flows::wording::{Wording, numbered};
use crate::flows::{effect, parts};

/// The visitor's appointments, said.
pub(super) fn list(context: &Context) -> String {
    let bookings = context.calendar.upcoming();
    if bookings.is_empty() {
        return context.texts().raw("booking.no_booking");
    }
    let options = numbered(lines(context).iter().map(String::as_str));
    context.texts().say("booking.yours", &[("options", &options)])
}

/// A line for each, in the zone in which it was agreed.
fn lines(context: &Context) -> Vec<String> {
    let line = |booking: &Booking| {
        let pending = if booking.status == BookingStatus::Pending {
            context.texts().raw("booking.pending")
        } else {
            String::new()
        };
        let zone = booking.local_start.zone();
        let time = Wording { zone: zone.clone(), ..context.wording.clone() }.moment(booking.start_at);
        format!("{}, {time} ({}){pending}", context.calendar.name(booking.service_id), zone.name())
    };
    context.calendar.upcoming().iter().map(line).collect()
}

const fn meant(purpose: Purpose) -> Option<BookingId> {
    match purpose {
        Purpose::Book => None,
        Purpose::Move { booking } | Purpose::Cancel { booking } => booking,
    }
}

/// Finds the appointment that is meant; what is said instead when it is not clear, or too late.
pub(super) fn settle(context: &mut Context, flow: &mut BookingFlow, is_first: bool) -> Option<Turn> {
    let bookings = context.calendar.upcoming().to_vec();
    let texts = context.texts();
    let present = meant(flow.purpose).and_then(|id| bookings.iter().find(|booking| booking.booking_id == id));
    let chosen = match (present, bookings.as_slice()) {
        (Some(booking), _) => Some(booking),
        (None, []) => return Some(Turn::Over(texts.raw("booking.no_booking"))),
        (None, [only]) => Some(only),
        (None, several) => {
            let is_asked = flow.stage == BookingStage::Which && !is_first;
            let by_number = is_asked.then(|| choose::choice(context, several.len())).flatten();
            let by_number = by_number.and_then(|at| several.get(at));
            by_number.or_else(|| by_words(context, flow, several))
        }
    };
    let Some(booking) = chosen else { return Some(ask(context, flow, is_first)) };
    if meant(flow.purpose) != Some(booking.booking_id) {
        take(context, flow, booking);
    }
    flow.seats = seats(booking);
    let is_offered = context.calendar.offers().iter().any(|offer| offer.id() == booking.service_id);
    if matches!(flow.purpose, Purpose::Move { .. }) && !is_offered {
        return Some(Turn::Over(texts.raw("booking.gone")));
    }
    // An hour too late is told at once, not after a time was chosen.
    let timing = *context.calendar.offer(booking.service_id)?.timing();
    (!timing.may_cancel(booking.start_at, context.scene.op.now())).then(|| {
        let until = context.wording.moment(timing.cancellable_until(booking.start_at));
        Turn::Over(texts.say("booking.notice_over", &[("until", &until)]))
    })
}

fn take(context: &Context, flow: &mut BookingFlow, booking: &Booking) {
    flow.purpose = match flow.purpose {
        Purpose::Cancel { .. } => Purpose::Cancel { booking: Some(booking.booking_id) },
        Purpose::Book | Purpose::Move { .. } => Purpose::Move { booking: Some(booking.booking_id) },
    };
    flow.service = Some(booking.service_id);
    flow.resource = None;
    flow.chosen = None;
    flow.shown.clear();
    flow.was = Some(booking.start_at);
    flow.day = Some(context.wording.zone.wall(booking.start_at).date());
    if matches!(flow.purpose, Purpose::Move { .. }) {
        flow.stage = BookingStage::Time;
    }
}

fn seats(booking: &Booking) -> u32 {
    u32::try_from(booking.seats).unwrap_or(1)
}

/// Asks which is meant, again where the answer was none.
fn ask(context: &mut Context, flow: &mut BookingFlow, is_first: bool) -> Turn {
    let is_again = flow.stage == BookingStage::Which && !is_first;
    flow.stage = BookingStage::Which;
    if is_again {
        if context.says_no() {
            return Turn::Over(left(context, flow));
        }
        let prompt = which(context);
        return stay(context, flow.clone(), prompt);
    }
    let prompt = which(context);
    put(context, flow.clone(), true);
    Turn::Prompt(prompt)
}

/// The only one whose service is named, or that is at the day that is named.
fn by_words<'b>(context: &Context, flow: &BookingFlow, bookings: &'b [Booking]) -> Option<&'b Booking> {
    let only = |mut found: Vec<&'b Booking>| if found.len() == 1 { found.pop() } else { None };
    let service = context.calendar.named_service(&context.scene.query);
    let named: Vec<&Booking> =
        bookings.iter().filter(|booking| service.is_none_or(|id| booking.service_id == id)).collect();
    if service.is_some() && named.len() == 1 {
        return only(named);
    }
    let times = times::candidates(context, flow);
    let (from, until) = times.first().map(|first| (first.start, first.end))?;
    let until = until.max(Timestamp::from_micros(from.micros() + 1));
    let within: Vec<&Booking> =
        named.iter().copied().filter(|booking| (from..until).contains(&booking.start_at)).collect();
    if !within.is_empty() {
        return only(within);
    }
    // "The one at 10:10" says no day.
    let clock = |at: Timestamp| context.wording.zone.wall(at).time();
    let is_clock = times.first().is_some_and(|first| first.granularity == Granularity::Minute);
    only(named.into_iter().filter(|booking| is_clock && clock(booking.start_at) == clock(from)).collect())
}

/// The question which one is meant.
pub(super) fn which(context: &mut Context) -> String {
    context.options = lines(context);
    let options = numbered(context.options.iter().map(String::as_str));
    context.texts().say("booking.which_booking", &[("options", &options)])
}

fn booking(context: &Context, flow: &BookingFlow) -> Option<Booking> {
    let id = meant(flow.purpose)?;
    context.calendar.upcoming().iter().find(|booking| booking.booking_id == id).cloned()
}

/// When the appointment starts that is to be moved.
pub(super) fn old_start(context: &Context, flow: &BookingFlow) -> Option<Timestamp> {
    booking(context, flow).map(|booking| booking.start_at)
}

/// Whether a time is the one that the appointment has.
pub(super) fn is_its_own(context: &Context, flow: &BookingFlow, chosen: Chosen) -> bool {
    booking(context, flow)
        .is_some_and(|booking| (booking.start_at, booking.resource_id) == (chosen.start, chosen.resource))
}

/// "Shall I cancel it?"
pub(super) fn confirm_cancel(context: &Context, flow: &BookingFlow) -> String {
    let Some(booking) = booking(context, flow) else { return context.texts().raw("booking.no_booking") };
    let (name, time) = (context.calendar.name(booking.service_id), context.wording.moment(booking.start_at));
    let zone = context.wording.zone.name();
    context.texts().say("booking.confirm_cancel", &[("service", &name), ("time", &time), ("zone", zone)])
}

/// What is said when nothing is done.
pub(super) fn left(context: &Context, flow: &BookingFlow) -> String {
    let key = match flow.purpose {
        Purpose::Book => return context.texts().raw("booking.left"),
        Purpose::Move { .. } => "booking.left_move",
        Purpose::Cancel { .. } => "booking.left_cancel",
    };
    match old_start(context, flow) {
        Some(start) => context.texts().say(key, &[("time", &context.wording.moment(start))]),
        None => context.texts().raw("lead.stopped"),
    }
}

/// The yes to cancelling.
pub(super) fn cancel(context: &mut Context, flow: &BookingFlow) -> Turn {
    let Some(booking) = booking(context, flow) else {
        return Turn::Over(context.texts().raw("booking.no_booking"));
    };
    let Some(offer) = context.calendar.offer(booking.service_id).cloned() else {
        return Turn::Over(context.texts().raw("booking.gone"));
    };
    if flow.was != Some(booking.start_at) {
        // Somebody has moved it since it was shown.
        let shown = BookingFlow { was: Some(booking.start_at), ..flow.clone() };
        put(context, shown, true);
        return Turn::Prompt(confirm_cancel(context, flow));
    }
    context.effects.push(effect::cancel(booking.booking_id, &offer));
    let was = Chosen { start: booking.start_at, end: booking.end_at, resource: booking.resource_id };
    let part = parts::booking(context, &offer, was, booking.booking_id, BookingStatus::Cancelled);
    context.parts.push(part);
    Turn::Over(told(context, "booking.cancelled", flow, &offer, was))
}

/// The yes to moving.
pub(super) fn reschedule(context: &mut Context, flow: &BookingFlow, offer: &Offer, chosen: Chosen) -> Turn {
    let Some(booking) = booking(context, flow) else {
        return Turn::Over(context.texts().raw("booking.no_booking"));
    };
    if flow.was != Some(booking.start_at) {
        let shown = BookingFlow { was: Some(booking.start_at), ..flow.clone() };
        put(context, shown, true);
        return Turn::Prompt(confirm::prompt(context, flow, offer));
    }
    let spots = offer.spots(chosen, seats(&booking));
    let reschedule = effect::reschedule(context, booking.booking_id, offer, spots);
    context.effects.push(reschedule);
    let part = parts::booking(context, offer, chosen, booking.booking_id, booking.status);
    context.parts.push(part);
    Turn::Over(told(context, "booking.moved", flow, offer, chosen))
}

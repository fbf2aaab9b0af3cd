//! The visitor's own appointments: which is meant, moving and cancelling it, and the notice that binds both.
//!
//! Only those of this conversation are the visitor's.

use robofy_booking::BookingStatus;
use robofy_kernel::{BookingId, Timestamp};
use robofy_store::booking::Booking;

use super::{BookingFlow, BookingStage, Chosen, Context, Offer, Purpose, Turn, choice, put, told};
use crate::answerer::AnswerError;
use crate::flows::wording::numbered;
use crate::flows::{effect, parts};

/// What came of looking for the appointment that is meant.
pub(super) enum Found {
    /// It is clear; the flow knows it.
    One,
    /// It is asked about.
    Ask(String),
    /// There is nothing to do.
    Over(String),
}

/// The visitor's appointments to come, the next first.
pub(super) async fn upcoming(context: &Context) -> Result<Vec<Booking>, AnswerError> {
    let scene = &context.scene;
    let bookings = context
        .calendar
        .store()
        .bookings_of_session(&scene.op, scene.card.agent.project_id, scene.session)
        .await?;
    let now = scene.op.now();
    Ok(bookings.into_iter().filter(|booking| booking.status.is_open() && booking.start_at > now).collect())
}

/// The visitor's appointments, said.
pub(super) async fn list(context: &mut Context) -> Result<String, AnswerError> {
    let bookings = upcoming(context).await?;
    if bookings.is_empty() {
        return Ok(context.texts().raw("booking.no_booking"));
    }
    let options = numbered(lines(context, &bookings).iter().map(String::as_str));
    Ok(context.texts().say("booking.yours", &[("options", &options)]))
}

fn lines(context: &Context, bookings: &[Booking]) -> Vec<String> {
    let line = |booking: &Booking| {
        let pending = if booking.status == BookingStatus::Pending {
            context.texts().raw("booking.pending")
        } else {
            String::new()
        };
        let (name, time) =
            (context.calendar.name(booking.service_id), context.wording.moment(booking.start_at));
        format!("{name}, {time}{pending}")
    };
    bookings.iter().map(line).collect()
}

const fn meant(purpose: Purpose) -> Option<BookingId> {
    match purpose {
        Purpose::Book => None,
        Purpose::Move { booking } | Purpose::Cancel { booking } => booking,
    }
}

/// Which appointment is meant: the only one, the one whose service or day is named, or the one that is chosen.
pub(super) async fn find(
    context: &mut Context,
    flow: &mut BookingFlow,
    is_first: bool,
) -> Result<Found, AnswerError> {
    let bookings = upcoming(context).await?;
    let texts = context.texts();
    let present = meant(flow.purpose).and_then(|id| bookings.iter().find(|booking| booking.booking_id == id));
    let chosen = match present {
        Some(booking) => Some(booking),
        None if bookings.is_empty() => return Ok(Found::Over(texts.raw("booking.no_booking"))),
        None => match bookings.as_slice() {
            [only] => Some(only),
            several => {
                let by_number = (flow.stage == BookingStage::Which && !is_first)
                    .then(|| choice(context, several.len()))
                    .flatten()
                    .and_then(|at| several.get(at));
                by_number.or_else(|| by_name(context, several))
            }
        },
    };
    let Some(booking) = chosen.cloned() else {
        flow.stage = BookingStage::Which;
        return Ok(Found::Ask(which(context, &bookings)));
    };
    let is_new = meant(flow.purpose) != Some(booking.booking_id);
    if is_new {
        flow.purpose = match flow.purpose {
            Purpose::Cancel { .. } => Purpose::Cancel { booking: Some(booking.booking_id) },
            Purpose::Book | Purpose::Move { .. } => Purpose::Move { booking: Some(booking.booking_id) },
        };
        flow.service = Some(booking.service_id);
        flow.resource = None;
        flow.chosen = None;
        flow.was = Some(booking.start_at);
        flow.day = Some(context.wording.zone.wall(booking.start_at).date());
        if matches!(flow.purpose, Purpose::Move { .. }) {
            flow.stage = BookingStage::Time;
        }
    }
    // An hour too late is told at once, not after a time was chosen.
    let offer = context.calendar.offer(booking.service_id);
    if let Some(offer) = offer
        && !offer.service.timing().may_cancel(booking.start_at, context.scene.op.now())
    {
        let until = offer.service.timing().cancellable_until(booking.start_at);
        let until = context.wording.moment(until);
        return Ok(Found::Over(texts.say("booking.notice_over", &[("until", &until)])));
    }
    Ok(Found::One)
}

/// The only one whose service is named.
fn by_name<'b>(context: &Context, bookings: &'b [Booking]) -> Option<&'b Booking> {
    let service = context.calendar.named_service(&context.scene.query)?;
    let mut named = bookings.iter().filter(|booking| booking.service_id == service);
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

fn which(context: &mut Context, bookings: &[Booking]) -> String {
    context.options = lines(context, bookings);
    let options = numbered(context.options.iter().map(String::as_str));
    context.texts().say("booking.which_booking", &[("options", &options)])
}

/// Asks which is meant.
pub(super) async fn ask(context: &mut Context) -> Result<String, AnswerError> {
    let bookings = upcoming(context).await?;
    Ok(which(context, &bookings))
}

async fn booking(context: &Context, flow: &BookingFlow) -> Result<Option<Booking>, AnswerError> {
    let Some(id) = meant(flow.purpose) else { return Ok(None) };
    Ok(upcoming(context).await?.into_iter().find(|booking| booking.booking_id == id))
}

/// When the appointment starts that is to be moved.
pub(super) async fn old_start(
    context: &Context,
    flow: &BookingFlow,
) -> Result<Option<Timestamp>, AnswerError> {
    Ok(booking(context, flow).await?.map(|booking| booking.start_at))
}

/// "Shall I cancel it?"
pub(super) async fn confirm_cancel(context: &Context, flow: &BookingFlow) -> Result<String, AnswerError> {
    let Some(booking) = booking(context, flow).await? else {
        return Ok(context.texts().raw("booking.no_booking"));
    };
    let (name, time) = (context.calendar.name(booking.service_id), context.wording.moment(booking.start_at));
    let zone = context.wording.zone.name();
    Ok(context.texts().say("booking.confirm_cancel", &[("service", &name), ("time", &time), ("zone", zone)]))
}

/// What is said when nothing is done.
pub(super) async fn left(context: &mut Context, flow: &BookingFlow) -> Result<String, AnswerError> {
    let key = match flow.purpose {
        Purpose::Book => return Ok(context.texts().raw("booking.left")),
        Purpose::Move { .. } => "booking.left_move",
        Purpose::Cancel { .. } => "booking.left_cancel",
    };
    let Some(start) = old_start(context, flow).await? else {
        return Ok(context.texts().raw("lead.stopped"));
    };
    Ok(context.texts().say(key, &[("time", &context.wording.moment(start))]))
}

/// The yes to cancelling.
pub(super) async fn cancel(context: &mut Context, flow: &BookingFlow) -> Result<Turn, AnswerError> {
    let Some(booking) = booking(context, flow).await? else {
        return Ok(Turn::Over(context.texts().raw("booking.no_booking")));
    };
    let Some(offer) = context.calendar.offer(booking.service_id).cloned() else {
        return Ok(Turn::Over(context.texts().raw("booking.gone")));
    };
    if flow.was != Some(booking.start_at) {
        // Somebody has moved it since it was shown.
        let shown = BookingFlow { was: Some(booking.start_at), ..flow.clone() };
        put(context, shown, true);
        return Ok(Turn::Prompt(confirm_cancel(context, flow).await?));
    }
    context.effects.push(effect::cancel(booking.booking_id, &offer));
    let was = Chosen { start: booking.start_at, end: booking.end_at, resource: booking.resource_id };
    let part = parts::booking(context, &offer, was, booking.booking_id, BookingStatus::Cancelled);
    context.parts.push(part);
    Ok(Turn::Over(told(context, "booking.cancelled", &offer, was)))
}

/// The yes to moving.
pub(super) async fn reschedule(
    context: &mut Context,
    flow: &BookingFlow,
    offer: &Offer,
    chosen: Chosen,
) -> Result<Turn, AnswerError> {
    let Some(booking) = booking(context, flow).await? else {
        return Ok(Turn::Over(context.texts().raw("booking.no_booking")));
    };
    if flow.was != Some(booking.start_at) {
        let shown = BookingFlow { was: Some(booking.start_at), ..flow.clone() };
        put(context, shown, true);
        return Ok(Turn::Prompt(super::confirm_prompt(context, flow, offer).await?));
    }
    let reschedule = effect::reschedule(context, booking.booking_id, offer, chosen);
    context.effects.push(reschedule);
    let part = parts::booking(context, offer, chosen, booking.booking_id, booking.status);
    context.parts.push(part);
    Ok(Turn::Over(told(context, "booking.moved", offer, chosen)))
}

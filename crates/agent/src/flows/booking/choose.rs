//! Which service, with whom, for how many.

use robofy_kernel::ServiceId;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{BookingFlow, BookingStage, Context, Offer, Purpose, Turn, put, stay};
use crate::flows::action::ActionKind;
use crate::flows::hear::named;
use crate::flows::parts::Choice;
use crate::flows::wording::numbered;

/// The service that the utterance names, or the only one. Says whether it is another than before.
pub(super) fn service(context: &Context, flow: &mut BookingFlow) -> bool {
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
        .map(Offer::id);
    let by_value = context.click_value().filter(|_| context.clicked(ActionKind::Choose));
    let by_value = by_value.and_then(|value| offers.iter().find(|offer| offer.id().to_string() == value));
    let said: Option<ServiceId> = by_number
        .or(by_value.map(Offer::id))
        .or_else(|| context.calendar.named_service(&context.scene.query));
    let only = (offers.len() == 1).then(|| offers.first().map(Offer::id)).flatten();
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
pub(super) fn resource(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> bool {
    if context.moves.any_resource && flow.resource.take().is_some() {
        return true;
    }
    let text = match &context.moves.name {
        Some(range) => context.scene.query.get(range.clone()).unwrap_or_default(),
        None => context.scene.query.as_str(),
    };
    // Later a name is the visitor's own, unless it says "with".
    let is_open = matches!(flow.stage, BookingStage::Service | BookingStage::Time);
    let is_own_name = (!is_open || context.wants_answer()) && context.moves.name.is_none();
    let names = offer.resources().iter().map(|(id, resource)| (*id, resource.settings().name.as_str()));
    let found = named(text, names).filter(|_| !is_own_name);
    let absent = offer.absent(text).filter(|_| found.is_none() && !is_own_name).map(str::to_owned);
    if let Some(name) = absent {
        let service = offer.settings().name.clone();
        let text = context.texts().say("booking.not_with", &[("resource", &name), ("service", &service)]);
        context.say(text);
    }
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

/// What was chosen for another service, and this one cannot have, is forgotten.
pub(super) fn fit(flow: &mut BookingFlow, offer: &Offer) {
    if flow.purpose != Purpose::Book {
        return;
    }
    if flow.seats > offer.timing().seats() {
        flow.seats = 1;
    }
    flow.resource = flow.resource.filter(|wanted| offer.resources().iter().any(|(id, _)| id == wanted));
}

/// What an utterance says of the number of those who come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seats {
    /// Nothing new.
    Same,
    /// Another number than before.
    Others,
    /// More than can come; the visitor is told.
    TooMany,
}

/// For how many the utterance says that it is, where several can come.
pub(super) fn seats(context: &mut Context, flow: &mut BookingFlow, offer: &Offer) -> Seats {
    let most = offer.timing().seats();
    if flow.purpose != Purpose::Book || most < 2 || context.scene.action.is_some() {
        return Seats::Same;
    }
    match seats_said(context) {
        None => Seats::Same,
        Some(said) if said > most => {
            let most = most.to_string();
            context.say(context.texts().say("booking.most_seats", &[("most", &most)]));
            Seats::TooMany
        }
        Some(said) if std::mem::replace(&mut flow.seats, said).max(1) == said => Seats::Same,
        Some(_) => Seats::Others,
    }
}

/// "3 people", "drei Plätze": a number before a word for those who come.
fn seats_said(context: &Context) -> Option<u32> {
    let texts = context.texts();
    let (nouns, numbers) = (texts.list("words.seats"), texts.list("words.numbers"));
    let query = context.scene.query.to_lowercase();
    let words: Vec<&str> = query.unicode_words().collect();
    let noun = words.iter().position(|word| nouns.iter().any(|noun| noun == word))?;
    let number = |word: &&str| {
        let spelt = || numbers.iter().position(|number| number == word).map(|at| at + 1);
        word.parse().ok().or_else(|| spelt().and_then(|number| u32::try_from(number).ok()))
    };
    // "three more people" has a word between.
    let before = words.get(noun.saturating_sub(2)..noun)?;
    before.iter().rev().find_map(number).filter(|number| *number > 0)
}

/// Asks for the service, again where the answer names none.
pub(super) fn ask_service(context: &mut Context, mut flow: BookingFlow, is_first: bool) -> Turn {
    if context.calendar.offers().is_empty() {
        return Turn::Over(context.texts().raw("booking.gone"));
    }
    let is_again = flow.stage == BookingStage::Service && !is_first;
    flow.stage = BookingStage::Service;
    let prompt = service_prompt(context);
    if is_again {
        return stay(context, flow, prompt);
    }
    put(context, flow, true);
    Turn::Prompt(prompt)
}

pub(super) fn service_prompt(context: &Context) -> String {
    let names: Vec<String> = context.calendar.offers().iter().map(Offer::line).collect();
    let options = numbered(names.iter().map(String::as_str));
    context.texts().say("booking.which_service", &[("options", &options)])
}

/// A choice by its number or by a click, from 0.
pub(super) fn choice(context: &Context, many: usize) -> Option<usize> {
    let clicked = || context.click_value().and_then(|value| value.trim().parse::<usize>().ok());
    let said = if context.scene.action.is_some() { clicked() } else { context.number(many) };
    said.and_then(|number| number.checked_sub(1)).filter(|at| *at < many)
}

/// Choices that a front end shows for the services.
pub(crate) fn service_choices(context: &Context) -> Vec<Choice> {
    let offers = context.calendar.offers().iter();
    offers.map(|offer| Choice { value: offer.id().to_string(), label: offer.line() }).collect()
}

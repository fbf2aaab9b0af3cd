//! Yes and no by number, on channels that have no buttons.
//!
//! Where a step shows a yes and a no to front ends, its prompt lists them on such a channel, and the number of one is as
//! good as the word.

use robofy_store::chat::{Channel, Part};

use super::hear::{Context, Scene};
use super::state::{BookingStage, Flow, LeadStage, State};
use super::texts::Texts;
use super::wording::numbered;

/// What follows a prompt whose step shows `parts`: nothing where there are buttons, or no yes and no.
pub(super) fn listed(channel: Channel, texts: &Texts, parts: &[Part]) -> String {
    let asks = parts.last().is_some_and(shows_yes_and_no);
    if has_buttons(channel) || !asks {
        return String::new();
    }
    let (yes, no) = (texts.raw("words.yes"), texts.raw("words.no"));
    format!("\n{}", numbered([yes.as_str(), no.as_str()]))
}

/// The yes or no that the utterance is the number of, where the open flow's step waits for one.
pub(super) fn said(scene: &Scene, state: &State) -> Option<bool> {
    let waits = match &state.open {
        Some(Flow::Lead(flow)) => {
            matches!(flow.stage, LeadStage::Offered | LeadStage::Suggesting { .. } | LeadStage::Confirming)
        }
        Some(Flow::Booking(flow)) => {
            matches!(flow.stage, BookingStage::Suggesting { .. } | BookingStage::Confirming)
        }
        None => false,
    };
    if waits { number(scene) } else { None }
}

/// The same where a box was asked for.
pub(super) fn ticked(context: &Context) -> Option<bool> {
    number(&context.scene)
}

/// "1" or "2", and nothing else.
fn number(scene: &Scene) -> Option<bool> {
    if has_buttons(scene.channel) || scene.action.is_some() {
        return None;
    }
    let said: String = scene.query.chars().filter(|c| c.is_alphanumeric()).collect();
    match said.as_str() {
        "1" => Some(true),
        "2" => Some(false),
        _ => None,
    }
}

const fn has_buttons(channel: Channel) -> bool {
    match channel {
        Channel::Web => true,
        Channel::Whatsapp => false,
    }
}

fn shows_yes_and_no(part: &Part) -> bool {
    let choices = part.data.get("choices").and_then(serde_json::Value::as_array);
    let values: Vec<&str> =
        choices.into_iter().flatten().filter_map(|choice| choice.get("value")?.as_str()).collect();
    matches!(values.as_slice(), ["confirm", "decline"] | ["true", "false"])
}

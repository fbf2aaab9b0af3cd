//! What visitors say of themselves: taking values from an utterance, and asking for them one at a time.
//!
//! A value enters only when the visitor's own words hold it: it is what the normaliser makes of exactly those bytes. Or
//! it comes from a button.

mod named;
mod options;

use robofy_kernel::FieldType;
use robofy_leads::{Field, Found, Value, normalise, pick};

use super::action::ActionKind;
use super::effect;
use super::hear::Context;
use super::numbers;
use super::state::{Known, State};
use super::texts::Texts;
use super::wording::numbered;

pub(crate) use named::{Named, named};
pub(crate) use options::chosen as chosen_options;

/// What an utterance held.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken {
    /// Fields that have a value now and had none.
    pub kept: Vec<String>,
    /// Fields that have another value now.
    pub changed: Vec<String>,
    /// Fields whose value may be mistyped.
    pub doubtful: Option<String>,
    /// The words that were no value of the field that was asked for.
    pub refused: Option<String>,
    /// The visitor does not want to tell what was asked for.
    pub declined: bool,
    /// What was asked for was told, and is what was known.
    pub same: bool,
    /// Fields whose value was taken back.
    pub removed: Vec<String>,
}

impl Taken {
    /// Whether anything was told, or taken back.
    pub fn is_some(&self) -> bool {
        !self.kept.is_empty() || !self.changed.is_empty() || !self.removed.is_empty() || self.same
    }
}

/// Takes all values from the utterance; `asked` is the field that the agent has asked for.
pub(crate) fn take(context: &mut Context, fields: &[Field], asked: Option<&Field>) -> Taken {
    let mut taken = Taken::default();
    if let Some(value) = clicked(context, asked).or_else(|| ticked(context, asked)) {
        put(context, &mut taken, asked, value);
        taken.same = !taken.is_some();
        return taken;
    }
    if context.scene.action.is_some() || context.scene.query.trim().is_empty() {
        return taken;
    }
    let picked = pick(&context.scene.query, asked, fields, context.region());
    for found in picked.found {
        let field = fields.iter().chain(asked).find(|field| field.name == found.field);
        let is_asked = asked.is_some_and(|asked| asked.name == found.field);
        let told = put(context, &mut taken, field, found);
        taken.same |= is_asked && told == Told::Same;
    }
    take_back(context, &mut taken, fields, &picked.retracted);
    if let Some(field) = asked
        && let Some(found) = bare_name(context, field, &taken)
    {
        taken.same = put(context, &mut taken, Some(field), found) == Told::Same;
        return taken;
    }
    taken.declined = asked.is_some_and(|field| picked.declined.contains(&field.name));
    let rejected = picked.rejected.map(|rejected| rejected.range);
    taken.refused = rejected.map(|range| context.scene.query.get(range).unwrap_or_default().to_owned());
    if taken.refused.is_none() && asked.is_some_and(|field| is_reach(field.field_type)) {
        // "12" is meant as a number, though it is none that anybody could call.
        let said = context.scene.query.trim();
        taken.refused = said.contains(|c: char| c.is_ascii_digit() || c == '@').then(|| said.to_owned());
    }
    taken
}

/// Forgets the values that the utterance takes back and does not replace: a lead that has them keeps them as history.
fn take_back(context: &mut Context, taken: &mut Taken, fields: &[Field], retracted: &[String]) {
    let is_told = |name: &String| taken.kept.contains(name) || taken.changed.contains(name);
    let gone: Vec<&Field> = fields
        .iter()
        .filter(|field| retracted.contains(&field.name) && !is_told(&field.name))
        .filter(|field| context.state.forget(&field.name))
        .collect();
    if !gone.is_empty() {
        taken.removed = gone.iter().map(|field| field.name.clone()).collect();
        let effect = effect::take_back(context, &gone);
        context.effects.push(effect);
    }
}

/// A short answer to "What's your name?" is the name, however common the word: "Jan", "Will Smith".
fn bare_name(context: &Context, field: &Field, taken: &Taken) -> Option<Found> {
    let said = context.scene.query.trim();
    let is_short = said.split_whitespace().count() <= 4 && said.chars().count() <= 60;
    let moves = &context.moves;
    // "May" alone asks nothing.
    let asks = context.wants_answer() && (context.intent.is_some() || said.contains(' '));
    let means_else = moves.affirm
        || moves.deny
        || moves.skip
        || moves.abandon
        || moves.choice.is_some()
        || moves.name.is_some()
        || asks;
    let is_words = !said.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '?' | '!'));
    if field.field_type != FieldType::Name || taken.is_some() || !is_short || means_else || !is_words {
        return None;
    }
    let value = normalise(field, said, context.region()).ok()?;
    let start = context.scene.query.find(said)?;
    Some(Found {
        field: field.name.clone(),
        field_type: field.field_type,
        range: start..start + said.len(),
        value,
        suggestion: None,
    })
}

/// Whether a person can be reached by it.
pub(crate) const fn is_reach(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::Email | FieldType::Phone)
}

/// The value of a button for the field that was asked for.
fn clicked(context: &Context, asked: Option<&Field>) -> Option<Found> {
    let (field, text) = (asked?, context.click_value().filter(|_| context.clicked(ActionKind::Choose))?);
    let value = if field.field_type == FieldType::MultiSelect {
        Value::Choices(options::chosen(&field.options, text)?.into_iter().cloned().collect())
    } else {
        normalise(field, text, context.region()).ok()?
    };
    Some(of_button(field, value))
}

/// The number of a yes or no for a box, where there are no buttons.
fn ticked(context: &Context, asked: Option<&Field>) -> Option<Found> {
    let field = asked.filter(|field| field.field_type == FieldType::Checkbox)?;
    numbers::ticked(context).map(|is_ticked| of_button(field, Value::Flag(is_ticked)))
}

fn of_button(field: &Field, value: Value) -> Found {
    let (field_type, field) = (field.field_type, field.name.clone());
    Found { field, field_type, range: 0..0, value, suggestion: None }
}

/// What a value is beside what was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    New,
    Other,
    Same,
}

/// Takes the value of a field that the words name.
pub(crate) fn correct(context: &mut Context, field: &Field, found: Found) -> Taken {
    let mut taken = Taken::default();
    taken.same = put(context, &mut taken, Some(field), found) == Told::Same;
    taken
}

fn put(context: &mut Context, taken: &mut Taken, field: Option<&Field>, found: Found) -> Told {
    let Some(field) = field else { return Told::Same };
    let said = context.scene.query.get(found.range.clone()).unwrap_or_default();
    let value = found.value.text().into_owned();
    let raw = if said.is_empty() { value.clone() } else { said.to_owned() };
    let known = Known {
        name: field.name.clone(),
        field_type: field.field_type,
        raw,
        value,
        message_id: Some(context.scene.message.clone()),
        range: found.range,
        suggestion: found.suggestion,
        at: context.scene.op.now(),
    };
    let is_new = context.state.known(&field.name).is_none();
    if known.suggestion.is_some() {
        taken.doubtful = Some(field.name.clone());
    }
    if context.state.keep(known) {
        taken.changed.push(field.name.clone());
        Told::Other
    } else if is_new {
        taken.kept.push(field.name.clone());
        Told::New
    } else {
        Told::Same
    }
}

/// Whether a yes to the question for a field says nothing yet: "Anything else? You can skip this." – "Yes."
pub(crate) fn is_bare_yes(context: &Context, field: &Field) -> bool {
    let is_words = context.scene.action.is_none() && context.moves.plain_affirm;
    let is_chosen =
        matches!(field.field_type, FieldType::Checkbox | FieldType::Select | FieldType::MultiSelect);
    is_words && !field.required && !is_chosen
}

/// The visitor says that the likelier value is right.
pub(crate) fn accept_suggestion(context: &mut Context, field: &str) {
    let known = context.state.known.iter_mut().find(|known| known.name == field);
    if let Some(known) = known
        && let Some(suggestion) = known.suggestion.take()
    {
        known.value = suggestion;
    }
}

/// Says what was noted, changed and taken back.
pub(crate) fn acknowledge(context: &mut Context, taken: &Taken, fields: &[Field]) {
    let texts = context.texts();
    for (key, names) in [("lead.noted", &taken.kept), ("lead.changed", &taken.changed)] {
        let values = values(&context.state, fields, |field| names.contains(&field.name), ", ");
        if !values.is_empty() {
            context.say(texts.say(key, &[("values", &values)]));
        }
    }
    let removed = fields.iter().filter(|field| taken.removed.contains(&field.name));
    let labels: Vec<&str> = removed.map(|field| field.label.as_str()).collect();
    if !labels.is_empty() {
        context.say(texts.say("lead.removed", &[("labels", &labels.join(", "))]));
    }
}

/// "label: value" of the fields that are wanted and known.
pub(crate) fn values(
    state: &State,
    fields: &[Field],
    wanted: impl Fn(&Field) -> bool,
    between: &str,
) -> String {
    let known = fields.iter().filter(|field| wanted(field)).filter_map(|field| {
        let known = state.known(&field.name)?;
        Some(format!("{}: {}", field.label, known.value))
    });
    known.collect::<Vec<_>>().join(between)
}

/// The question for a field.
pub(crate) fn ask(texts: &Texts, field: &Field) -> String {
    let label = field.label.trim_matches(['?', '¿', ':', '*', ' ', '\u{a0}']);
    let question = match field.field_type {
        FieldType::Name => texts.raw("lead.ask_name"),
        FieldType::Email => texts.raw("lead.ask_email"),
        FieldType::Phone => texts.raw("lead.ask_phone"),
        FieldType::Company => texts.raw("lead.ask_company"),
        FieldType::Select | FieldType::MultiSelect => {
            let options = numbered(field.options.iter().map(String::as_str));
            texts.say("lead.ask_choice", &[("label", label), ("options", &options)])
        }
        FieldType::Checkbox => texts.say("lead.ask_yes_no", &[("label", label)]),
        FieldType::Text | FieldType::LongText | FieldType::Number | FieldType::Date | FieldType::Url => {
            texts.say("lead.ask_field", &[("label", label)])
        }
    };
    if field.required {
        return question;
    }
    // Behind a list it would be part of the last choice.
    let between = if question.contains('\n') { "\n" } else { " " };
    format!("{question}{between}{}", texts.raw("lead.optional"))
}

/// Whether the likelier value of a field is meant.
pub(crate) fn suggest(context: &Context, field: &str) -> String {
    let known = context.state.known(field);
    let suggestion = known.and_then(|known| known.suggestion.as_deref()).unwrap_or_default();
    context.texts().say("lead.suggest", &[("suggestion", suggestion)])
}

/// Why the words were no value of the field.
pub(crate) fn refusal(texts: &Texts, field: &Field, raw: &str) -> String {
    let raw: String = raw.chars().take(80).collect();
    match field.field_type {
        FieldType::Email => texts.say("lead.bad_email", &[("raw", &raw)]),
        FieldType::Phone => texts.say("lead.bad_phone", &[("raw", &raw)]),
        FieldType::Text
        | FieldType::LongText
        | FieldType::Name
        | FieldType::Company
        | FieldType::Number
        | FieldType::Select
        | FieldType::MultiSelect
        | FieldType::Date
        | FieldType::Url
        | FieldType::Checkbox => texts.say("lead.bad_value", &[("label", &field.label)]),
    }
}

//! What a visitor's message says about the fields of a form.

mod answer;
mod company;
mod dense;
mod items;
mod owner;
mod person;
mod refusal;
mod retraction;
mod segment;

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::address::suggest;
use crate::field::Field;
use crate::message::Message;
use crate::normal::{Invalid, Value, normalise};
use crate::region::Region;
use items::Items;

/// The longest message that is looked through, in bytes; of a longer one the beginning is.
const LONGEST: usize = 8_000;

/// A value that a message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The field's name.
    pub field: String,
    /// The field's type.
    pub field_type: FieldType,
    /// Where the visitor's words stand in the message, in bytes.
    pub range: Range<usize>,
    /// What [`normalise`] makes of these words.
    pub value: Value,
    /// A likelier e-mail address.
    pub suggestion: Option<String>,
}

/// An answer to the question that was asked that is no value of its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The field's name.
    pub field: String,
    /// Where the visitor's words stand in the message, in bytes.
    pub range: Range<usize>,
    /// Why it is no value.
    pub reason: Invalid,
}

/// What a message says about the fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picked {
    /// The values, at most one a field.
    pub found: Vec<Found>,
    /// The names of fields that the visitor will not fill in, or cannot.
    pub declined: Vec<String>,
    /// An answer that was meant for the field that was asked for, and is no value of it.
    pub rejected: Option<Rejected>,
    /// The names of fields whose value the visitor takes back without giving another: "delete my number", "my name is not
    /// Rita".
    pub retracted: Vec<String>,
    /// Whether the message takes back what was said before.
    pub corrects: bool,
}

impl Picked {
    /// What was found for a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Found> {
        self.found.iter().find(|found| found.field == name)
    }
}

/// Picks up what a visitor's message says about the fields of a form; `asked` is the field that was asked for last.
///
/// `region` is the country by which numbers and dates are read, where it is known ([`normalise`]).
///
/// Only the visitor's own contact is picked up: no address that is said to be old or another's, no other person's name,
/// no order number. Every value is what [`normalise`] makes of exactly the bytes at its range.
#[must_use]
pub fn pick(
    text: &str,
    asked: Option<&Field>,
    fields: &[Field],
    region: impl Into<Option<Region>>,
) -> Picked {
    let region = region.into();
    let text = beginning(text);
    let message = Message::new(text);
    if message.tokens.is_empty() {
        return Picked::default();
    }
    let about = asked.map(|field| field.field_type);
    let items = Items::find(&message, about, region);
    let mut picker = Picker { message: &message, fields, asked, region, picked: Picked::default() };
    picker.take(FieldType::Email, items.email());
    picker.take(FieldType::Phone, items.phone());
    let denials = retraction::denials(&message, about);
    let person = person::find(&message, &items, about, &denials);
    let company = company::find(&message, &items, person.as_ref(), about);
    picker.take(FieldType::Name, person.map(|tokens| message.bytes(&tokens)));
    picker.take(FieldType::Company, company.map(|tokens| message.bytes(&tokens)));
    if let Some(url) = items.url() {
        picker.take(FieldType::Url, Some(url));
    }
    let refused = refusal::find(&message, about);
    if let Some(field) = asked {
        let declined = refused.contains(&field.field_type);
        if !declined && picker.picked.field(&field.name).is_none() {
            picker.answer(field, &items);
        }
    }
    picker.picked.declined = picker.without_value(refused);
    picker.picked.retracted = picker.without_value(retraction::find(&message, &items, &denials));
    picker.picked.corrects = message.has(0..message.tokens.len(), crate::vocabulary::Section::Correction);
    picker.picked.found.sort_by_key(|found| found.range.start);
    picker.picked
}

/// Which kind of field an agent's message asks for, by its words: the last one that it names, in its last question.
#[must_use]
pub fn asked_in(text: &str) -> Option<FieldType> {
    segment::asked_in(&Message::new(beginning(text)))
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}

struct Picker<'m, 't> {
    message: &'m Message<'t>,
    fields: &'m [Field],
    asked: Option<&'m Field>,
    region: Option<Region>,
    picked: Picked,
}

impl Picker<'_, '_> {
    /// Takes a range for the field of a type: the one that was asked for, or the form's first.
    fn take(&mut self, r#type: FieldType, range: Option<Range<usize>>) {
        let asked = self.asked.filter(|field| field.field_type == r#type);
        let field = asked.or_else(|| self.fields.iter().find(|field| field.field_type == r#type));
        if let (Some(range), Some(field)) = (range, field) {
            self.put(field, range);
        }
    }

    /// The names of the fields of some types, one each, for which no value was found.
    fn without_value(&self, types: Vec<FieldType>) -> Vec<String> {
        let named = types.into_iter().filter_map(|r#type| {
            let of_type = self.fields.iter().filter(|field| field.field_type == r#type);
            let asked =
                of_type.clone().find(|field| self.asked.is_some_and(|asked| asked.name == field.name));
            asked.or_else(|| of_type.clone().next())
        });
        let without = named.filter(|field| self.picked.field(&field.name).is_none());
        without.map(|field| field.name.clone()).collect()
    }

    fn put(&mut self, field: &Field, range: Range<usize>) -> Option<Invalid> {
        let raw = self.message.text.get(range.clone())?;
        match normalise(field, raw, self.region) {
            Ok(value) => {
                let suggestion =
                    if field.field_type == FieldType::Email { suggest(&value.text()) } else { None };
                let (name, field_type) = (field.name.clone(), field.field_type);
                self.picked.found.push(Found { field: name, field_type, range, value, suggestion });
                None
            }
            Err(reason) => Some(reason),
        }
    }

    /// Takes the answer to the question that was asked, for a type that is not found in every message.
    fn answer(&mut self, field: &Field, items: &Items) {
        for range in answer::candidates(self.message, field, items) {
            // An address or a number that was passed over was so for the words around it.
            if matches!(field.field_type, FieldType::Email | FieldType::Phone)
                && self
                    .message
                    .text
                    .get(range.clone())
                    .is_none_or(|raw| normalise(field, raw, self.region).is_ok())
            {
                continue;
            }
            let Some(reason) = self.put(field, range.clone()) else {
                self.picked.rejected = None;
                return;
            };
            if self.picked.rejected.is_none() {
                self.picked.rejected = Some(Rejected { field: field.name.clone(), range, reason });
            }
        }
    }
}

//! What is known after several messages of a visitor.

use std::ops::Range;

use robofy_kernel::FieldType;

use crate::field::Field;
use crate::normal::Value;
use crate::pick::{Found, Picked, pick};
use crate::region::Region;
use crate::text::fold;

/// A message of a visitor.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'t> {
    /// What they wrote.
    pub text: &'t str,
    /// The field that was asked for before it.
    pub asked: Option<&'t Field>,
}

/// A value and the message that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The field's name.
    pub field: String,
    /// The field's type.
    pub field_type: FieldType,
    /// Which message, from 0.
    pub turn: usize,
    /// Where the visitor's words stand in that message, in bytes.
    pub range: Range<usize>,
    /// What the normal form of these words is.
    pub value: Value,
    /// A likelier e-mail address.
    pub suggestion: Option<String>,
}

/// What is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// The values, at most one a field.
    pub known: Vec<Known>,
    /// The names of fields that were declined and have no value.
    pub declined: Vec<String>,
}

impl Knowledge {
    /// What is known of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.field == name)
    }

    /// Takes in what a message says. A later value replaces an earlier one, unless it is part of it and only tells how it
    /// is written; a value ends a refusal, and a refusal without a value is noted. What is taken back is known no longer.
    pub fn hear(&mut self, turn: usize, picked: Picked) {
        for found in picked.found {
            self.declined.retain(|name| *name != found.field);
            match self.known.iter_mut().find(|known| known.field == found.field) {
                Some(known) if repeats(&known.value, &found) => {}
                Some(known) => *known = Known::of(turn, found),
                None => self.known.push(Known::of(turn, found)),
            }
        }
        self.known.retain(|known| !picked.retracted.contains(&known.field));
        for name in picked.declined {
            if self.field(&name).is_none() && !self.declined.contains(&name) {
                self.declined.push(name);
            }
        }
    }
}

impl Known {
    fn of(turn: usize, found: Found) -> Self {
        let Found { field, field_type, range, value, suggestion } = found;
        Self { field, field_type, turn, range, value, suggestion }
    }
}

/// What is known after these messages.
#[must_use]
pub fn follow<'t>(
    heard: impl IntoIterator<Item = Heard<'t>>,
    fields: &[Field],
    region: impl Into<Option<Region>>,
) -> Knowledge {
    let region = region.into();
    let mut knowledge = Knowledge::default();
    for (turn, heard) in heard.into_iter().enumerate() {
        knowledge.hear(turn, pick(heard.text, heard.asked, fields, region));
    }
    knowledge
}

/// Whether a name says nothing that is not known: "Roy" after "Mathilde Roy".
fn repeats(known: &Value, found: &Found) -> bool {
    if found.field_type != FieldType::Name {
        return *known == found.value;
    }
    let words = |text: &str| fold(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let exact = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let (known, found) = (known.text(), found.value.text());
    let (before, now) = (words(&known), words(&found));
    // Folded words are the same though an accent was added: then the new form counts, if it is the whole name.
    if before == now {
        return exact(&known) == exact(&found);
    }
    now.len() < before.len() && exact(&found).iter().all(|word| exact(&known).contains(word))
}

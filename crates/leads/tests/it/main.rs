//! Lead forms, normal forms, and what is picked up from messages.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod addresses;
mod figures;
mod forms;
mod invariants;
mod messages;
mod retractions;
mod turns;
mod values;

use robofy_leads::{Field, FieldType, Picked, Region, pick};

/// A form with a name, an address, a telephone number and a company.
fn contact() -> Vec<Field> {
    let types = [FieldType::Name, FieldType::Email, FieldType::Phone, FieldType::Company];
    (0..)
        .zip(types)
        .map(|(order, r#type)| Field::new(r#type.as_str(), r#type.as_str(), r#type, false, order))
        .collect()
}

/// What a message says when nothing was asked (`""`), or a field was.
fn picked(text: &str, asked: &str, region: &str) -> Picked {
    let fields = contact();
    let asked = fields.iter().find(|field| field.name == asked);
    pick(text, asked, &fields, region.parse::<Region>().unwrap())
}

/// The values of a message as `field=value`, in the order of their places, and what it declines as `-field`.
fn said(text: &str, asked: &str, region: &str) -> Vec<String> {
    let picked = picked(text, asked, region);
    let values = picked.found.iter().map(|found| format!("{}={}", found.field, found.value.text()));
    values.chain(picked.declined.iter().map(|name| format!("-{name}"))).collect()
}

//! Several messages of one visitor.

use robofy_leads::{Field, Heard, Knowledge, Region, follow};

use crate::contact;

/// What is known after messages, each with the field that was asked for before it.
fn after(turns: &[(&str, &str)]) -> Knowledge {
    let fields = contact();
    let asked = |name: &str| -> Option<&Field> { fields.iter().find(|field| field.name == name) };
    let heard = turns.iter().map(|(asked_for, text)| Heard { text, asked: asked(asked_for) });
    follow(heard, &fields, "GB".parse::<Region>().unwrap())
}

fn value(knowledge: &Knowledge, field: &str) -> Option<String> {
    knowledge.field(field).map(|known| known.value.text().into_owned())
}

#[test]
fn a_correction_replaces() {
    let known = after(&[("email", "ada@brok.example"), ("", "no, it's ada@brook.example")]);
    assert_eq!(value(&known, "email").as_deref(), Some("ada@brook.example"));
    assert_eq!(known.field("email").unwrap().turn, 1);
}

#[test]
fn a_part_of_a_name_replaces_nothing_and_the_whole_does() {
    let known = after(&[("name", "Ada Brook"), ("name", "Brook with a k")]);
    assert_eq!(value(&known, "name").as_deref(), Some("Ada Brook"));
    let known = after(&[("name", "Ada"), ("", "my name is Ada Brook")]);
    assert_eq!(value(&known, "name").as_deref(), Some("Ada Brook"));
}

#[test]
fn a_refusal_ends_with_a_value() {
    let known = after(&[("phone", "I'd rather not say")]);
    assert_eq!(known.declined, ["phone"]);
    let known = after(&[("phone", "I'd rather not say"), ("", "ok then, 020 7946 0018")]);
    assert!(known.declined.is_empty());
    assert_eq!(value(&known, "phone").as_deref(), Some("+442079460018"));
    let known = after(&[("", "ring 020 7946 0018"), ("phone", "no")]);
    assert!(known.declined.is_empty());
}

#[test]
fn questions_between_change_nothing() {
    let known = after(&[
        ("name", "Ada Brook"),
        ("email", "what do you need it for?"),
        ("email", "ada@brook.example"),
    ]);
    assert_eq!(value(&known, "name").as_deref(), Some("Ada Brook"));
    assert_eq!(value(&known, "email").as_deref(), Some("ada@brook.example"));
    assert!(known.declined.is_empty());
}

#[test]
fn what_is_taken_back_is_known_no_longer() {
    let known = after(&[("phone", "020 7946 0018"), ("", "forget my number")]);
    assert_eq!(value(&known, "phone"), None);
    let known = after(&[("name", "Rita Brook"), ("", "my name is not Rita but Rosa")]);
    assert_eq!(value(&known, "name").as_deref(), Some("Rosa"));
}

//! What a visitor says in words after the form's or a booking's own call has said something, and whose lead it is.

use std::time::Duration;

use robofy_booking::ServiceSettings;
use robofy_kernel::{FieldType, PageRequest};
use robofy_leads::{Field, LeadFormSettings, When};
use robofy_store::leads::{Giver, LeadChange, LeadRow, LeadSession, LeadSource, NewValue, SaveLead};

use super::visit::{Salon, Visit, haircut};

fn field(name: &str, field_type: FieldType, required: bool) -> Field {
    Field::new(name, name, field_type, required, 0)
}

fn form(fields: Vec<Field>) -> LeadFormSettings {
    LeadFormSettings { enabled: true, when: When::OnDemand, fields, ..LeadFormSettings::default() }
}

async fn salon() -> Salon {
    let fields = vec![
        field("name", FieldType::Name, true),
        field("email", FieldType::Email, true),
        field("phone", FieldType::Phone, false),
    ];
    Salon::built_in(Some(form(fields)), Vec::new()).await
}

/// The visitor sends the form itself, a minute after what was said last.
async fn send(v: &Visit<'_>, values: &[(&str, FieldType, &str)]) {
    v.salon.advance(1);
    let w = &v.salon.world;
    let email = values.iter().find(|(_, field_type, _)| *field_type == FieldType::Email);
    let new_value = |(field, field_type, value): &(&str, FieldType, &str)| NewValue {
        field: (*field).to_owned(),
        field_type: field_type.as_str().to_owned(),
        value: (*value).to_owned(),
        raw: (*value).to_owned(),
        message_id: None,
        start: None,
        end: None,
        valid: true,
        suggestion: None,
    };
    let save = SaveLead {
        chatbot_id: w.chatbot.clone(),
        session: LeadSession::Of(v.key().await),
        giver: Giver::Visitor,
        source: LeadSource::Form,
        page_url: None,
        ip_address: None,
        email_key: email.map(|(.., email)| (*email).to_owned()),
        complete: false,
        consent: None,
        values: values.iter().map(new_value).collect(),
        change: LeadChange::default(),
    };
    w.store.save_lead(&w.op, save, |_| (201, Vec::new())).await.unwrap();
    v.salon.advance(1);
}

async fn value(v: &Visit<'_>, name: &str) -> Option<String> {
    let values = v.lead().await?;
    values.into_iter().find(|(field, ..)| field == name).map(|(_, value, _)| value)
}

async fn leads(salon: &Salon) -> Vec<LeadRow> {
    let w = &salon.world;
    let page = PageRequest { after: None, size: 10 };
    w.store.list_leads(&w.op, &w.chatbot, None, &page).await.unwrap().items
}

#[tokio::test]
async fn an_older_word_does_not_replace_what_the_form_said() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("my email is ana@old.com").await.has(&["ana@old.com", "name"]);
    send(&v, &[("email", FieldType::Email, "ana@new.io")]).await;
    v.say("my phone number is 0151 23456789").await.has(&["Noted: phone", "name"]);
    assert_eq!(value(&v, "email").await.unwrap(), "ana@new.io");
    // Nothing is open: no more.
    v.say("Ana Lima").await.has(&["email: ana@new.io", "Shall I send"]);
    v.say("yes").await.has(&["Thank you, Ana Lima"]);
    send(&v, &[("email", FieldType::Email, "ana@newer.io")]).await;
    v.say("my number is 0151 23456780").await.has(&["Changed: phone"]);
    assert_eq!(value(&v, "email").await.unwrap(), "ana@newer.io");
    assert_eq!(value(&v, "phone").await.unwrap(), "+4915123456780");
    let keys: Vec<_> = leads(&salon).await.into_iter().map(|row| row.lead.email_key).collect();
    assert_eq!(keys, [Some("ana@newer.io".to_owned())]);
    // The visitor's later word replaces the form's.
    v.say("my email is ana@last.io").await.has(&["Changed: email: ana@last.io"]);
    assert_eq!(value(&v, "email").await.unwrap(), "ana@last.io");
}

#[tokio::test]
async fn what_the_form_said_can_be_taken_back_in_words() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("Where is the salon?").await.has(&["Mill Lane"]);
    let values = [
        ("name", FieldType::Name, "Ana Lima"),
        ("email", FieldType::Email, "ana@acme.io"),
        ("phone", FieldType::Phone, "+4915123456789"),
    ];
    send(&v, &values).await;
    v.say("please delete my phone number").await.has(&["Removed: phone"]);
    assert_eq!(value(&v, "phone").await, None);
    assert_eq!(value(&v, "email").await.unwrap(), "ana@acme.io");
    v.say("my number is 0151 23456780").await.has(&["Noted: phone"]);
    assert_eq!(value(&v, "phone").await.unwrap(), "+4915123456780");
}

#[tokio::test]
async fn what_replaces_something_taken_back_is_kept() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("my number is 0151 23456789").await.has(&["Noted: phone", "name"]);
    v.say("forget it").await.has(&["leave it there"]);
    v.say("delete my phone number, my email is ana@acme.io").await.has(&["Noted: email", "Removed: phone"]);
    assert_eq!(value(&v, "email").await.unwrap(), "ana@acme.io");
    assert_eq!(value(&v, "phone").await, None);
    // Of somebody who has a lead, also what alone would make none.
    v.say("delete my email address, my name is Ana Lima").await.has(&["Noted: name", "Removed: email"]);
    assert_eq!(value(&v, "name").await.unwrap(), "Ana Lima");
}

#[tokio::test]
async fn an_address_that_a_service_asks_for_is_nobody_s_key() {
    let question = serde_json::json!({
        "name": "accountant", "label": "Accountant's e-mail", "type": "email", "required": true,
    });
    let service = ServiceSettings { questions: vec![serde_json::from_value(question).unwrap()], ..haircut() };
    let fields = vec![field("name", FieldType::Name, true), field("phone", FieldType::Phone, true)];
    let salon = Salon::built_in(Some(form(fields)), vec![service]).await;
    for (day, name, phone) in
        [("Tuesday", "Ana Lima", "0151 23456789"), ("Wednesday", "Eva Roth", "0151 23456780")]
    {
        let v = salon.visitor();
        v.say(&format!("I'd like to book a haircut on {day} at 3pm")).await.has(&["name"]);
        v.say(name).await.has(&["phone"]);
        v.say(phone).await.has(&["mail"]);
        v.say("tax@office.com").await.has(&["Shall I book"]);
        v.say("yes").await.has(&["Booked"]);
        assert_eq!(v.bookings().await[0].answers["accountant"], "tax@office.com");
        assert_eq!(value(&v, "name").await.unwrap(), name);
        salon.world.op.clock.advance(Duration::from_secs(1));
    }
    let mut found: Vec<_> =
        leads(&salon).await.into_iter().map(|row| (row.lead.email_key, row.values.len())).collect();
    found.sort();
    assert_eq!(found, [(None, 2), (None, 2)], "two persons, and the address is neither's");
}

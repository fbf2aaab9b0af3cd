//! Clicks on the lead form, and what is no answer to it.

use robofy_agent::ActionKind;
use robofy_kernel::FieldType;
use robofy_leads::{Field, LeadFormSettings, When};

use super::visit::Salon;

fn field(name: &str, field_type: FieldType, required: bool, options: &[&str]) -> Field {
    Field {
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        ..Field::new(name, name, field_type, required, 0)
    }
}

async fn salon(fields: Vec<Field>) -> Salon {
    let form =
        LeadFormSettings { enabled: true, when: When::OnDemand, fields, ..LeadFormSettings::default() };
    Salon::built_in(Some(form), Vec::new()).await
}

fn name() -> Field {
    field("name", FieldType::Name, true, &[])
}

fn phone() -> Field {
    field("phone", FieldType::Phone, false, &[])
}

#[tokio::test]
async fn clicks_that_are_no_choice_are_refused_and_are_no_misunderstanding() {
    let salon = salon(vec![name(), field("plan", FieldType::Select, true, &["Small", "Large"])]).await;
    let v = salon.visitor();
    let said = v.start("lead").await.has(&["name"]);
    for kind in [ActionKind::Choose, ActionKind::Confirm, ActionKind::Slot] {
        v.click(&said, kind, Some("12")).await.has(&["isn't one of the choices", "name?"]);
    }
    for _ in 0..3 {
        v.click(&said, ActionKind::Skip, None).await.has(&["Without “name”", "What's your name"]);
    }
    let said = v.say("Ana Lima").await.has(&["plan?\n1. Small\n2. Large"]);
    for _ in 0..4 {
        v.click(&said, ActionKind::Choose, Some("Enormous"))
            .await
            .has(&["isn't one of the choices", "plan?"]);
    }
    let said = v.click(&said, ActionKind::Choose, Some("Large")).await.has(&["plan: Large", "Shall I send"]);
    for _ in 0..4 {
        v.click(&said, ActionKind::Choose, Some("Large"))
            .await
            .has(&["isn't one of the choices", "Shall I send"]);
    }
    let done = v.click(&said, ActionKind::Confirm, None).await.has(&["Thank you"]);
    assert_eq!(done.part("data-lead-form")["choices"], serde_json::json!([]), "what is over offers nothing");
}

#[tokio::test]
async fn a_bare_yes_to_what_may_be_left_out_is_no_misunderstanding() {
    let salon = salon(vec![name(), phone(), field("wishes", FieldType::Text, false, &[])]).await;
    let v = salon.visitor();
    v.say("please call me back").await.has(&["name"]);
    v.say("Ana Lima").await.has(&["phone"]);
    for _ in 0..4 {
        v.say("yes").await.has(&["phone"]).lacks(&["isn't", "nothing is passed on"]);
    }
    v.say("0151 23456789").await.has(&["wishes? You can skip this."]);
    v.say("yes").await.has(&["wishes? You can skip this."]).lacks(&["Noted"]);
    v.say("a seat at the window").await.has(&["wishes: a seat at the window", "Shall I send"]);
}

#[tokio::test]
async fn the_hint_that_a_choice_may_be_left_out_is_no_part_of_the_last_choice() {
    let salon = salon(vec![field("way", FieldType::Select, false, &["Pickup", "Delivery"]), name()]).await;
    let v = salon.visitor();
    v.start("lead").await.has(&["1. Pickup\n2. Delivery\nYou can skip this."]);
}

#[tokio::test]
async fn several_options_in_one_click_and_in_words() {
    let extras = field("extras", FieldType::MultiSelect, true, &["Basket", "Bell, loud", "Lights"]);
    let salon = salon(vec![extras, name()]).await;
    for value in ["Lights, Basket", r#"["Basket","Lights"]"#] {
        let v = salon.visitor();
        let said = v.start("lead").await.has(&["1. Basket"]);
        v.click(&said, ActionKind::Choose, Some("Lights, Tyres")).await.has(&["isn't one of the choices"]);
        v.click(&said, ActionKind::Choose, Some(value)).await.has(&["extras: Basket, Lights", "name"]);
    }
    for words in ["1 and 3", "Basket and Lights", "1, 3", "lights, basket"] {
        let v = salon.visitor();
        v.start("lead").await;
        v.say(words).await.has(&["extras: Basket, Lights", "name"]);
    }
    let v = salon.visitor();
    let said = v.start("lead").await;
    v.click(&said, ActionKind::Choose, Some("Bell, loud")).await.has(&["extras: Bell, loud"]);
}

#[tokio::test]
async fn a_form_that_is_switched_off_in_mid_flow_is_over() {
    let salon = salon(vec![name(), phone()]).await;
    let v = salon.visitor();
    let said = v.start("lead").await.has(&["name"]);
    let off = LeadFormSettings { enabled: false, ..salon.form().await };
    salon.set_form(off).await;
    v.say("When do you open?").await.has(&["nine"]).lacks(&["name?"]);
    v.click(&said, ActionKind::Skip, None).await.lacks(&["name?"]);
    v.say("Ana Lima").await.lacks(&["Noted", "phone"]);
    assert!(v.lead().await.is_none());
}

#[tokio::test]
async fn a_second_start_begins_nothing_new() {
    let salon = salon(vec![name(), phone()]).await;
    let v = salon.visitor();
    let first = v.start("lead").await.has(&["name"]);
    let second = v.start("lead").await.has(&["name"]);
    let id = |said: &super::visit::Said| said.part("data-lead-form")["flow_id"].clone();
    assert_eq!(id(&first), id(&second));
    v.say("Ana Lima").await.has(&["phone"]);
    let third = v.start("lead").await.has(&["phone"]).lacks(&["What's your name"]);
    assert_eq!(id(&first), id(&third));
}

#[tokio::test]
async fn a_click_is_what_is_meant_whatever_words_stand_beside_it() {
    let salon = salon(vec![name(), phone()]).await;
    let v = salon.visitor();
    let said = v.start("lead").await;
    let skip = said.action(ActionKind::Skip, None);
    v.send("I'm Eva Roth", Some(skip)).await.has(&["Without “name”"]).lacks(&["Eva"]);
    let said = v.say("Ana Lima").await.has(&["phone"]);
    let skip = said.action(ActionKind::Skip, None);
    v.send("stop, what does a haircut cost?", Some(skip)).await.has(&["Shall I send"]).lacks(&["40 euros"]);
}

#[tokio::test]
async fn the_form_is_not_offered_to_who_has_sent_it() {
    let salon = salon(vec![name(), phone()]).await;
    let v = salon.visitor();
    v.start("lead").await;
    v.say("Ana Lima, 0151 23456789").await.has(&["Shall I send"]);
    v.say("yes").await.has(&["Thank you"]);
    salon.set_form(LeadFormSettings { when: When::OnIntent, ..salon.form().await }).await;
    v.say("How much is a haircut?").await.has(&["40 euros"]).lacks(&["offer"]);
    // Nor where it was sent by its own call.
    let v = salon.visitor();
    v.say("Where is the salon?").await;
    let w = &salon.world;
    let save = robofy_store::leads::SaveLead {
        chatbot_id: w.chatbot.clone(),
        session: robofy_store::leads::LeadSession::Of(v.key().await),
        giver: robofy_store::leads::Giver::Visitor,
        source: robofy_store::leads::LeadSource::Form,
        page_url: None,
        ip_address: None,
        email_key: None,
        complete: true,
        consent: None,
        values: Vec::new(),
        change: robofy_store::leads::LeadChange::default(),
    };
    w.store.save_lead(&w.op, save, |_| (200, Vec::new())).await.unwrap();
    v.say("How much is a haircut?").await.has(&["40 euros"]).lacks(&["offer"]);
}

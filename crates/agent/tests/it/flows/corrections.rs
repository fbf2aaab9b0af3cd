//! Corrections at the end of the lead form: fields whose values only their labels tell.

use robofy_kernel::FieldType;
use robofy_leads::{Field, LeadFormSettings, When};

use super::visit::{Salon, Visit};

fn fields() -> Vec<Field> {
    let plan = Field {
        options: ["Small", "Large"].map(str::to_owned).into(),
        ..Field::new("plan", "Plan", FieldType::Select, true, 0)
    };
    vec![
        Field::new("name", "Your name", FieldType::Name, true, 0),
        Field::new("budget", "What is your budget?", FieldType::Number, true, 0),
        Field::new("start", "Start date", FieldType::Date, false, 0),
        plan,
        Field::new("colour", "Favourite colour", FieldType::Text, false, 0),
    ]
}

async fn salon() -> Salon {
    let form = LeadFormSettings {
        enabled: true,
        when: When::OnDemand,
        fields: fields(),
        ..LeadFormSettings::default()
    };
    Salon::built_in(Some(form), Vec::new()).await
}

/// A visitor who is shown all that they said.
async fn at_the_end(salon: &Salon) -> Visit<'_> {
    let v = salon.visitor();
    v.say("please call me back").await.has(&["name"]);
    v.say("Ana Lima").await.has(&["budget"]);
    v.say("3000").await.has(&["Start date"]);
    v.say("1/3/2027").await.has(&["Plan"]);
    v.say("Small").await.has(&["Favourite colour"]);
    v.say("blue").await.has(&[
        "What is your budget?: 3000",
        "Start date: 2027-03-01",
        "Plan: Small",
        "colour: blue",
        "Shall I send",
    ]);
    v
}

#[tokio::test]
async fn a_field_that_is_named_is_changed() {
    let salon = salon().await;
    for (words, expected) in [
        ("the budget is 5000", "budget?: 5000"),
        ("Budget: 5000", "budget?: 5000"),
        ("change the budget to 5000", "budget?: 5000"),
        ("please change the budget from 3000 to 5000 euros", "budget?: 5000"),
        ("no, my budget should be 5000 please", "budget?: 5000"),
        ("start date: 2/4/2027", "Start date: 2027-04-02"),
        ("the start date is 2027-04-02", "Start date: 2027-04-02"),
        ("plan should be the large one", "Plan: Large"),
        ("change the plan from small to large", "Plan: Large"),
        ("my favourite colour is dark red.", "Favourite colour: dark red\n"),
        ("colour: dark red", "Favourite colour: dark red\n"),
    ] {
        let v = at_the_end(&salon).await;
        v.say(words).await.has(&["Changed", expected, "Shall I send"]);
        v.say("yes").await.has(&["Thank you, Ana Lima"]);
    }
}

#[tokio::test]
async fn a_field_that_is_named_without_a_value_is_asked_for_again() {
    let salon = salon().await;
    for (words, question, answer, expected) in [
        ("change the budget", "What is your budget?", "5000", "budget?: 5000"),
        ("the budget is wrong", "What is your budget?", "5000", "budget?: 5000"),
        ("the colour is wrong", "Favourite colour?", "red", "colour: red"),
        ("I want to change the plan please", "1. Small", "2", "Plan: Large"),
        ("the start date, please", "Start date?", "2/4/2027", "Start date: 2027-04-02"),
        ("change my name", "What's your name?", "Eva Roth", "Your name: Eva Roth"),
    ] {
        let v = at_the_end(&salon).await;
        v.say(words).await.has(&[question]).lacks(&["Shall I send"]);
        // A question in between changes nothing.
        v.say("Where is the salon?").await.has(&["Mill Lane", question]);
        v.say(answer).await.has(&["Changed", expected, "Shall I send"]);
    }
    let v = at_the_end(&salon).await;
    v.say("no").await.has(&["What should I change?"]);
    v.say("the budget").await.has(&["What is your budget?"]);
    v.say("3000").await.has(&["budget?: 3000", "Shall I send"]).lacks(&["Changed"]);
    v.say("change the colour").await.has(&["colour?"]);
    v.say("skip").await.has(&["colour: blue", "Shall I send"]);
    for words in ["the budget is five thousand", "the budget is enormous"] {
        v.say(words).await.has(&["couldn't take that", "What is your budget?"]);
        v.say("skip").await.has(&["budget?: 3000", "Shall I send"]);
    }
}

#[tokio::test]
async fn a_correction_of_the_form_is_about_no_appointment() {
    let form = LeadFormSettings {
        enabled: true,
        when: When::OnDemand,
        fields: fields(),
        ..LeadFormSettings::default()
    };
    let salon = Salon::built_in(Some(form), vec![super::visit::haircut()]).await;
    let v = at_the_end(&salon).await;
    v.say("please change the budget from 3000 to 5000 euros").await.has(&["budget?: 5000", "Shall I send"]);
}

#[tokio::test]
async fn a_question_and_a_yes_change_nothing() {
    let salon = salon().await;
    let v = at_the_end(&salon).await;
    v.say("yes, the budget is right")
        .await
        .has(&["What is your budget?: 3000", "Shall I send"])
        .lacks(&["Changed"]);
    v.say("how much is the plan").await.has(&["Shall I send"]).lacks(&["1. Small"]);
    let v = at_the_end(&salon).await;
    v.say("What does a haircut cost?").await.has(&["40 euros", "Shall I send"]).lacks(&["Changed"]);
}

#[tokio::test]
async fn who_only_names_a_field_changes_nothing() {
    let form = LeadFormSettings {
        enabled: true,
        when: When::OnDemand,
        fields: vec![
            Field::new("name", "Name", FieldType::Name, true, 0),
            Field::new("email", "E-mail", FieldType::Email, true, 0),
            Field::new("message", "Message", FieldType::LongText, false, 0),
            Field::new("phone", "Phone", FieldType::Phone, false, 0),
        ],
        ..LeadFormSettings::default()
    };
    let salon = Salon::built_in(Some(form), Vec::new()).await;
    let v = salon.visitor();
    v.say("I'm Ana Lima, ana@acme.io, please call me back").await.has(&["Message"]);
    v.say("I want red hair").await.has(&["phone"]);
    v.say("skip").await.has(&["Message: I want red hair", "Shall I send"]);
    for words in ["send the message", "I have no phone", "send the message to the team"] {
        v.say(words).await.has(&["Message: I want red hair", "Shall I send"]).lacks(&["Changed"]);
        v.say("the message, please").await.has(&["Message?"]);
        v.say("skip").await.has(&["Message: I want red hair", "Shall I send"]);
    }
    v.say("change the message").await.has(&["Message?"]);
    v.say("skip").await.has(&["Shall I send"]);
    v.say("the message is: I want blue hair").await.has(&["Changed", "Message: I want blue hair"]);
}

/// Name and phone number, of which only the name is required, and an address.
async fn contact() -> Salon {
    let form = LeadFormSettings {
        enabled: true,
        when: When::OnDemand,
        fields: vec![
            Field::new("name", "Name", FieldType::Name, true, 0),
            Field::new("email", "E-mail", FieldType::Email, true, 0),
            Field::new("phone", "Phone", FieldType::Phone, false, 0),
        ],
        ..LeadFormSettings::default()
    };
    Salon::built_in(Some(form), Vec::new()).await
}

async fn has(v: &Visit<'_>, field: &str) -> bool {
    v.lead().await.is_some_and(|values| values.iter().any(|(name, ..)| name == field))
}

#[tokio::test]
async fn what_is_taken_back_is_forgotten_and_asked_for_where_it_is_required() {
    let salon = contact().await;
    let v = salon.visitor();
    v.say("I'm Rita Lima, ana@acme.io, please call me back at 0151 23456789")
        .await
        .has(&["Rita", "Shall I send"]);
    assert!(has(&v, "phone").await && has(&v, "name").await, "an address already makes a lead");
    v.say("delete my phone number")
        .await
        .has(&["Removed: Phone", "Rita", "Shall I send"])
        .lacks(&["+4915123456789"]);
    assert!(!has(&v, "phone").await);
    v.say("my name is not Rita").await.has(&["Removed: Name", "What's your name?"]);
    assert!(!has(&v, "name").await);
    v.say("Ana Lima").await.has(&["Name: Ana Lima", "Shall I send"]).lacks(&["Phone"]);
    v.say("yes").await.has(&["Thank you, Ana Lima"]);
    let w = &salon.world;
    let page = robofy_kernel::PageRequest { after: None, size: 10 };
    let leads = w.store.list_leads(&w.op, &w.chatbot, None, &page).await.unwrap().items;
    assert_eq!(leads.len(), 1);
    let mut values: Vec<&str> = leads[0].values.iter().map(|value| value.value.as_str()).collect();
    values.sort_unstable();
    assert_eq!(values, ["Ana Lima", "ana@acme.io"]);
    // And after it was sent.
    v.say("my number is 0151 23456789").await.has(&["Noted: Phone"]);
    assert!(has(&v, "phone").await);
    v.say("please delete my phone number").await.has(&["Removed: Phone"]).lacks(&["Shall I send"]);
    assert!(!has(&v, "phone").await);
}

#[tokio::test]
async fn what_is_replaced_in_the_same_breath_is_changed() {
    let salon = contact().await;
    let v = salon.visitor();
    v.say("I'm Rita Lima, ana@acme.io, please call me back at 0151 23456789").await.has(&["Shall I send"]);
    v.say("my name is not Rita, my name is Ana Lima")
        .await
        .has(&["Changed: Name: Ana Lima", "Shall I send"])
        .lacks(&["Removed"]);
    v.say("no").await.has(&["What should I change?"]);
    v.say("delete my phone number").await.has(&["Removed: Phone", "Shall I send"]);
}

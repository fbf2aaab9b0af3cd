//! The lead form in words.

use robofy_agent::ActionKind;
use robofy_kernel::FieldType;
use robofy_leads::{Field, LeadFormSettings, When};
use robofy_store::chat::TurnKind;

use super::visit::{Said, Salon, Visit, haircut};

fn field(name: &str, field_type: FieldType, required: bool) -> Field {
    Field::new(name, name, field_type, required, 0)
}

/// Name, e-mail, and a phone number that may be left out.
fn form(when: When) -> LeadFormSettings {
    LeadFormSettings {
        enabled: true,
        when,
        fields: vec![
            field("name", FieldType::Name, true),
            field("email", FieldType::Email, true),
            field("phone", FieldType::Phone, false),
        ],
        ..LeadFormSettings::default()
    }
}

async fn value(v: &Visit<'_>, name: &str) -> Option<(String, String)> {
    let values = v.lead().await?;
    values.into_iter().find(|(field, ..)| field == name).map(|(_, value, raw)| (value, raw))
}

#[tokio::test]
async fn a_visitor_leaves_details_one_at_a_time_and_corrects_one() {
    let salon = Salon::built_in(Some(form(When::OnDemand)), Vec::new()).await;
    let v = salon.visitor();
    v.say("What does a haircut cost?").await.has(&["40 euros"]).lacks(&["e-mail"]);
    let said = v.say("Please call me back").await.has(&["name"]);
    assert_eq!(said.turn.kind, Some(TurnKind::Flow));
    assert_eq!(said.part("data-lead-form")["asked"], "name");
    v.say("I'm Ana Lima").await.has(&["Ana Lima", "e-mail"]);
    assert!(v.lead().await.is_none(), "nobody can be reached yet");
    v.say("ana at acme dot io").await.has(&["ana@acme.io", "phone"]);
    assert_eq!(
        value(&v, "email").await.unwrap(),
        ("ana@acme.io".to_owned(), "ana at acme dot io".to_owned())
    );
    v.say("no, it's ana.lima@acme.io").await.has(&["ana.lima@acme.io"]);
    let said = v.say("skip that").await.has(&["Ana Lima", "ana.lima@acme.io", "Shall I send"]);
    assert_eq!(said.part("data-lead-form")["status"], "confirming");
    let said = v.say("yes").await.has(&["Thank you, Ana Lima"]);
    assert_eq!(said.part("data-lead-form")["status"], "done");
    assert_eq!(value(&v, "email").await.unwrap().0, "ana.lima@acme.io");
    assert_eq!(value(&v, "name").await.unwrap().0, "Ana Lima");
    let w = &salon.world;
    let page = robofy_kernel::PageRequest { after: None, size: 10 };
    let leads = w.store.list_leads(&w.op, &w.chatbot, None, &page).await.unwrap().items;
    assert_eq!(leads.len(), 1);
    assert!(leads[0].lead.complete);
    let email = leads[0].values.iter().find(|value| value.field == "email").unwrap();
    assert!(email.message_id.is_some() && email.start == Some(9), "{email:?}");
    // What is said later belongs to the same lead.
    v.say("my number is 0151 23456789").await.has(&["Noted: phone: +4915123456789"]).lacks(&["Shall I send"]);
    assert_eq!(value(&v, "phone").await.unwrap().0, "+4915123456789");
}

#[tokio::test]
async fn whoever_says_the_same_again_is_asked_the_same_again() {
    let salon = Salon::built_in(Some(form(When::OnDemand)), Vec::new()).await;
    let v = salon.visitor();
    let said = "Please call me back, I'm Ana Lima and my email is ana@acme.io";
    v.say(said).await.has(&["Noted", "phone"]);
    for _ in 0..4 {
        // As when the answers did not arrive: no phone number that is none, and the form is not left.
        v.say(said).await.has(&["phone"]).lacks(&["isn't", "Noted", "nothing is passed on"]);
    }
    v.say("12").await.has(&["isn't a phone number", "phone"]);
    for _ in 0..5 {
        v.say("skip").await.has(&["Ana Lima", "ana@acme.io", "Shall I send"]);
    }
    v.say("yes").await.has(&["Thank you, Ana Lima"]);
}

#[tokio::test]
async fn several_at_once_and_a_question_in_between() {
    let salon = Salon::built_in(Some(form(When::OnDemand)), Vec::new()).await;
    let v = salon.visitor();
    v.say("I'm Ana Lima, ana@acme.io, please call me back at 0151 23456789")
        .await
        .has(&["Ana Lima", "Shall I send"]);
    v.say("Where is the salon?").await.has(&["Mill Lane", "Shall I send"]);
    v.say("yes please").await.has(&["Thank you"]);
    let other = salon.visitor();
    other.say("my email is eva@example.com").await.has(&["eva@example.com", "name"]);
    assert_eq!(value(&other, "email").await.unwrap().0, "eva@example.com", "an address already makes a lead");
    other.say("forget it").await.has(&["leave it there"]).lacks(&["nothing is passed on"]);
    other.say("When do you open?").await.has(&["nine"]).lacks(&["name?"]);
}

#[tokio::test]
async fn with_a_consent_text_nothing_is_a_lead_before_the_yes() {
    let form = LeadFormSettings {
        consent_text: Some("We use your details to answer you.".into()),
        consent_version: Some("2".into()),
        ..form(When::OnDemand)
    };
    let salon = Salon::built_in(Some(form), Vec::new()).await;
    let v = salon.visitor();
    v.say("I'm Ana Lima, ana@acme.io, please call me back").await;
    v.say("skip").await.has(&["We use your details to answer you."]);
    assert!(v.lead().await.is_none());
    // The text is changed before the yes: the new one is shown first.
    let changed =
        LeadFormSettings { consent_text: Some("We also write letters.".into()), ..salon.form().await };
    salon.set_form(changed).await;
    v.say("yes").await.has(&["We also write letters."]);
    assert!(v.lead().await.is_none());
    v.say("no").await.has(&["change"]);
    assert!(v.lead().await.is_none());
    let said = v.say("the e-mail is eva@acme.io").await.has(&["eva@acme.io", "We also write letters."]);
    let yes = v.click(&said, ActionKind::Confirm, None).await.has(&["Thank you"]);
    assert_eq!(value(&v, "email").await.unwrap().0, "eva@acme.io");
    let w = &salon.world;
    let page = robofy_kernel::PageRequest { after: None, size: 10 };
    let leads = w.store.list_leads(&w.op, &w.chatbot, None, &page).await.unwrap().items;
    let consent = leads[0].lead.consent.as_ref().unwrap();
    assert_eq!(consent.message_id.as_ref(), Some(&yes.turn.visitor_message_id));
}

#[tokio::test]
async fn a_mistyped_domain_is_asked_back_about() {
    let salon = Salon::built_in(Some(form(When::OnDemand)), Vec::new()).await;
    let v = salon.visitor();
    v.say("call me back please").await;
    v.say("Ana Lima").await;
    v.say("ana@gmial.com").await.has(&["Did you mean ana@gmail.com?"]);
    v.say("yes").await.has(&["ana@gmail.com", "phone"]);
    assert_eq!(value(&v, "email").await.unwrap(), ("ana@gmail.com".to_owned(), "ana@gmial.com".to_owned()));
    v.say("12").await.has(&["isn't a phone number"]);
    v.say("rather not").await.has(&["Shall I send"]);
}

#[tokio::test]
async fn the_form_is_offered_once_and_after_the_answer() {
    let salon = Salon::built_in(Some(form(When::OnIntent)), Vec::new()).await;
    let v = salon.visitor();
    let price = "How much is a haircut?";
    let said = v.say(price).await.has(&["40 euros", "offer"]);
    assert!(said.text.find("40").unwrap() < said.text.find("offer").unwrap(), "first the answer");
    v.say("Where is the salon?").await.has(&["Mill Lane"]).lacks(&["offer"]);
    v.say(price).await.has(&["40 euros"]).lacks(&["Would you like"]);
    let v = salon.visitor();
    v.say(price).await;
    v.say("no thanks").await.has(&["nothing is passed on"]);
    v.say(price).await.lacks(&["Would you like"]);
    let v = salon.visitor();
    let said = v.say(price).await;
    v.click(&said, ActionKind::Confirm, None).await.has(&["name"]);
}

#[tokio::test]
async fn a_short_answer_to_who_are_you_is_a_name() {
    let salon = Salon::built_in(Some(form(When::OnDemand)), Vec::new()).await;
    for name in ["Jan", "Ali", "Will Smith"] {
        let v = salon.visitor();
        v.say("please call me back").await.has(&["name"]);
        v.say(name).await.has(&[name, "e-mail"]);
    }
    let v = salon.visitor();
    v.say("Are you open 2027-01-05 15:00?").await.lacks(&["Phone", "Noted"]);
    assert!(v.lead().await.is_none(), "a date is nobody's number");
}

#[tokio::test]
async fn when_the_form_comes_up() {
    let offered = |said: &Said| said.text.contains("get back to you about this");
    let after = LeadFormSettings { after_messages: 2, ..form(When::AfterMessages) };
    for (form, expected) in [
        (form(When::Never), [false, false, false]),
        (form(When::OnDemand), [false, false, false]),
        (form(When::BeforeChat), [true, false, false]),
        (after, [false, true, false]),
        (form(When::NotFound), [false, false, true]),
    ] {
        let salon = Salon::built_in(Some(form.clone()), Vec::new()).await;
        let v = salon.visitor();
        let mut seen = [false; 3];
        for (at, query) in
            ["Where is the salon?", "When do you open?", "Do you repair spaceships on Jupiter?"]
                .iter()
                .enumerate()
        {
            seen[at] = offered(&v.say(query).await);
        }
        assert_eq!(seen, expected, "{:?}", form.when);
    }
}

#[tokio::test]
async fn two_flows_do_not_fight_and_nobody_is_asked_twice() {
    let salon = Salon::built_in(Some(form(When::OnDemand)), vec![haircut()]).await;
    let v = salon.visitor();
    v.say("please call me back").await.has(&["name"]);
    v.say("Ana Lima").await.has(&["e-mail"]);
    v.say("I'd like to book a haircut on Tuesday at 3pm").await.has(&["e-mail"]).lacks(&["What's your name"]);
    v.say("ana@acme.io").await.has(&["Shall I book"]);
    let said = v.say("yes").await.has(&["Booked"]);
    assert!(said.parts.iter().any(|part| part.kind.as_str() == "data-booking"));
    let booking = &v.bookings().await[0];
    assert_eq!(value(&v, "email").await.unwrap().0, "ana@acme.io");
    let w = &salon.world;
    let lead = w.store.lead_of_session(w.op.account, v.key().await).await.unwrap().unwrap();
    assert_eq!(booking.lead_id, Some(lead.lead_id), "the booking is the lead's");
}

//! WhatsApp has no buttons: a yes and a no have numbers.

use robofy_kernel::FieldType;
use robofy_leads::{Field, LeadFormSettings, When};
use robofy_store::chat::Channel;

use super::visit::{Salon, Visit, haircut};

fn form() -> LeadFormSettings {
    LeadFormSettings {
        enabled: true,
        when: When::OnIntent,
        fields: vec![
            Field::new("name", "Name", FieldType::Name, true, 0),
            Field::new("email", "E-mail", FieldType::Email, true, 0),
            Field::new("news", "Newsletter", FieldType::Checkbox, true, 0),
        ],
        ..LeadFormSettings::default()
    }
}

fn on_whatsapp(salon: &Salon) -> Visit<'_> {
    Visit {
        channel: Channel::Whatsapp,
        session: "4915112345678".to_owned().try_into().unwrap(),
        ..salon.visitor()
    }
}

const YES_NO: &str = "\n1. Yes\n2. No";

#[tokio::test]
async fn the_form_from_the_offer_to_the_yes_by_number() {
    let salon = Salon::built_in(Some(form()), Vec::new()).await;
    let v = on_whatsapp(&salon);
    v.say("How much is a haircut?").await.has(&["40 euros", "take your details.\n1. Yes\n2. No"]);
    v.say("1").await.has(&["name"]).lacks(&[YES_NO]);
    v.say("Ana Lima").await.has(&["e-mail"]).lacks(&[YES_NO]);
    v.say("ana@gmial.com").await.has(&["Did you mean ana@gmail.com?\n1. Yes\n2. No"]);
    v.say("1").await.has(&["ana@gmail.com", "Newsletter? (yes or no)\n1. Yes\n2. No"]);
    v.say("2").await.has(&["Newsletter: false", "Shall I send it to the team?\n1. Yes\n2. No"]);
    v.say("2").await.has(&["What should I change?"]).lacks(&[YES_NO]);
    v.say("the newsletter").await.has(&["(yes or no)\n1. Yes\n2. No"]);
    v.say("1.").await.has(&["Newsletter: true", "Shall I send"]);
    v.say("1").await.has(&["Thank you, Ana Lima"]).lacks(&[YES_NO]);
    assert!(v.lead().await.is_some());
}

#[tokio::test]
async fn the_offer_is_declined_by_number() {
    let salon = Salon::built_in(Some(form()), Vec::new()).await;
    let v = on_whatsapp(&salon);
    v.say("How much is a haircut?").await.has(&[YES_NO]);
    v.say("2").await.has(&["nothing is passed on"]).lacks(&[YES_NO]);
    v.say("1").await.lacks(&["name?", "Thank you"]);
}

#[tokio::test]
async fn a_booking_is_confirmed_by_number() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = on_whatsapp(&salon);
    v.say("I'd like to book a haircut on Tuesday at 3pm").await.has(&["name"]);
    v.say("Ana Lima").await;
    v.say("ana@acme.io").await.has(&["Shall I book", YES_NO]);
    v.say("1").await.has(&["Booked"]).lacks(&[YES_NO]);
    assert_eq!(v.bookings().await.len(), 1);
    v.say("cancel my appointment").await.has(&["Shall I cancel", YES_NO]);
    v.say("2").await.has(&["stands"]).lacks(&[YES_NO]);
    assert!(v.bookings().await[0].status.is_open(), "it stands");
}

#[tokio::test]
async fn where_there_are_buttons_a_number_is_no_yes() {
    let salon = Salon::built_in(Some(form()), Vec::new()).await;
    let v = salon.visitor();
    v.say("I'm Ana Lima, ana@acme.io, please call me back").await.has(&["Newsletter"]).lacks(&[YES_NO]);
    v.say("yes").await.has(&["Shall I send"]).lacks(&[YES_NO]);
    v.say("1").await.has(&["Shall I send"]).lacks(&["Thank you"]);
}

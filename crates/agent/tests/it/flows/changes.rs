//! What a visitor changes while a booking is being made, and what becomes of one that is there. The clock stands at
//! Friday, 15 January 2027, 09:00 in Berlin.

use robofy_agent::ActionKind;
use robofy_booking::{BookingStatus, ServiceSettings};
use robofy_leads::{LeadFormSettings, When};
use robofy_store::chat::TurnKind;

use super::visit::{Salon, Visit, berlin, haircut};

async fn booked(v: &Visit<'_>, words: &str) {
    v.say(words).await;
    v.say("Ana Lima, ana@acme.io").await;
    v.say("yes").await.has(&["Booked"]);
}

#[tokio::test]
async fn relative_words_count_from_the_time_that_was_proposed() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Tuesday, 19 January, 15:00"]);
    v.say("an hour later please").await.has(&["Tuesday, 19 January, 16:00", "Shall I book"]);
    v.say("the day after").await.has(&["Wednesday, 20 January"]);
}

#[tokio::test]
async fn nothing_is_earlier_than_the_first() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("I want to book an appointment").await.has(&["1. Friday, 15 January, 09:00"]);
    v.say("earlier")
        .await
        .has(&["Nothing earlier is free", "1. Friday, 15 January, 09:00"])
        .lacks(&["no other"]);
    v.say("later").await.has(&["1. Friday, 15 January, 12:00"]);
    v.say("later").await.has(&["1. Friday, 15 January, 15:00"]);
    v.say("earlier").await.has(&["1. Friday, 15 January, 12:00", "6. Friday, 15 January, 14:30"]);
}

#[tokio::test]
async fn several_seats_are_taken_from_the_words_and_stay_with_the_booking() {
    let yoga = ServiceSettings { name: "Yoga".into(), duration_minutes: Some(60), seats: 5, ..haircut() };
    let salon = Salon::built_in(None, vec![yoga]).await;
    let v = salon.visitor();
    v.say("I'd like to book yoga for three people on Tuesday at 3pm").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Yoga × 3", "Shall I book"]);
    v.say("we are 7 people").await.has(&["At most 5", "Yoga × 3"]);
    v.say("make it 4 people").await.has(&["Yoga × 4", "Shall I book"]);
    v.say("yes").await.has(&["Booked: Yoga × 4"]);
    let booking = &v.bookings().await[0];
    assert_eq!((booking.seats, booking.start_at), (4, berlin("2027-01-19T15:00")));
    v.say("move my appointment to Wednesday at 3pm").await.has(&["Yoga × 4", "Shall I move"]);
    v.say("yes").await.has(&["Moved"]);
    assert_eq!(v.bookings().await[0].seats, 4);

    // Elsewhere a number of people is nobody's business.
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut for 2 people on Tuesday at 3pm").await;
    v.say("Ana Lima, ana@acme.io").await.lacks(&["×"]);
}

#[tokio::test]
async fn which_of_several_appointments_is_asked_and_left_with_a_no() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    booked(&v, "book a haircut on Tuesday at 3pm").await;
    v.say("book a haircut on Thursday at 10am").await.has(&["Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
    v.say("cancel my appointment").await.has(&["Which appointment", "1. ", "2. "]);
    v.say("Where is the salon?").await.has(&["Mill Lane", "Which appointment"]);
    v.say("no").await.has(&["leave it there"]);
    v.say("cancel my appointment").await.has(&["Which appointment"]);
    v.say("the one on Thursday").await.has(&["Thursday, 21 January, 10:00", "Shall I cancel"]);
    // A question that is not answered three times is left; until then it is asked again.
    v.say("purple").await.has(&["Shall I cancel"]);
    v.say("green").await.has(&["Shall I cancel"]);
    v.say("red").await.has(&["stands"]).lacks(&["Shall I"]);
    assert!(v.bookings().await.iter().all(|booking| booking.status == BookingStatus::Confirmed));
}

#[tokio::test]
async fn to_the_time_that_it_has_nothing_is_moved() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    booked(&v, "book a haircut on Tuesday at 3pm").await;
    v.say("move my appointment to Tuesday at 3pm").await.has(&["the time you have already", "1. "]);
    let said = v.say("at 4pm").await.has(&["16:00", "Shall I move"]);
    v.click(&said, ActionKind::Confirm, None).await.has(&["Moved"]);
    assert_eq!(v.bookings().await[0].history.len(), 2);
}

#[tokio::test]
async fn a_service_that_is_taken_away_in_between_leaves_no_hold() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let w = &salon.world;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await.has(&["name"]);
    w.store.delete_service(&w.op, w.project, salon.services[0]).await.unwrap();
    v.say("Ana Lima").await.has(&["can't be booked any more"]);
    assert!(w.store.hold_of_session(&w.op, v.key().await).await.unwrap().is_none());
    assert!(v.bookings().await.is_empty());
}

#[tokio::test]
async fn clicks_that_are_none_of_the_choices_do_not_end_a_flow() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    let mut said = v.say("I want to book an appointment").await;
    for _ in 0..4 {
        said = v.click(&said, ActionKind::Slot, Some("1999-01-01T00:00:00Z")).await.has(&["1. "]);
    }
    v.say("1").await.has(&["name"]);
}

#[tokio::test]
async fn a_booking_s_yes_makes_the_lead_complete() {
    let form = LeadFormSettings { enabled: true, when: When::OnDemand, ..LeadFormSettings::default() };
    let salon = Salon::built_in(Some(form), vec![haircut()]).await;
    let w = &salon.world;
    let v = salon.visitor();
    booked(&v, "book a haircut on Tuesday at 3pm").await;
    let lead = w.store.lead_of_session(w.op.account, v.key().await).await.unwrap().unwrap();
    let found = w.store.find_lead(w.op.account, &w.chatbot, lead.lead_id).await.unwrap().unwrap();
    assert!(found.complete, "all that the form requires is known, and was shown before the yes");
    assert_eq!(v.bookings().await[0].lead_id, Some(lead.lead_id));
}

#[tokio::test]
async fn times_name_their_zone_where_it_is_not_the_salon_s_and_appointments_theirs() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let mut v = salon.visitor();
    v.say("I want to book an appointment").await.lacks(&["Times in"]);
    v.context.timezone = Some("America/New_York".into());
    v.say("on Tuesday").await.has(&["(Times in America/New_York.)", "03:00"]);
    v.say("at 9am").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["09:00 (America/New_York)"]);
    v.say("yes").await.has(&["Booked"]);
    v.context.timezone = Some("Asia/Tokyo".into());
    v.say("when is my appointment?").await.has(&["Tuesday, 19 January, 09:00 (America/New_York)"]);
}

#[tokio::test]
async fn a_day_that_does_not_exist_is_told_and_its_clock_time_is_on_no_other() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on 31 February at 11:00")
        .await
        .has(&["“31 February” isn't a day", "1. "])
        .lacks(&["name?"]);
    v.say("then 1 February at 11:00").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Monday, 1 February, 11:00"]);
}

#[tokio::test]
async fn whoever_is_known_and_wants_to_be_called_hears_that_they_will_be() {
    let form = LeadFormSettings { enabled: true, when: When::OnDemand, ..LeadFormSettings::default() };
    let salon = Salon::built_in(Some(form), vec![haircut()]).await;
    let v = salon.visitor();
    booked(&v, "book a haircut on Tuesday at 3pm").await;
    v.say("please call me back, my number is 0151 23456789").await.has(&[
        "+4915123456789",
        "Thank you, Ana Lima",
        "get back to you",
    ]);
}

#[tokio::test]
async fn a_detail_is_corrected_by_its_name_before_the_yes() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    v.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    v.say("change the name").await.has(&["What's your name?"]);
    v.say("Eva Roth").await.has(&["for Eva Roth, ana@acme.io", "Shall I book"]);
    v.say("my name is not Eva").await.has(&["name?"]);
    v.say("Ana Roth").await.has(&["for Ana Roth", "Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
    assert_eq!(v.bookings().await[0].name.as_deref(), Some("Ana Roth"));
}

#[tokio::test]
async fn a_yes_that_nothing_asked_for_is_answered_as_one() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("What does a haircut cost?").await.has(&["40 euros"]);
    for word in ["yes", "no"] {
        let said = v.say(word).await.has(&["What else can I do for you?"]).lacks(&["euros"]);
        assert_eq!(said.turn.kind, Some(TurnKind::SmallTalk));
    }
}

//! What a visitor changes while a booking is being made, and what becomes of one that is there. The clock stands at
//! Friday, 15 January 2027, 09:00 in Berlin.

use robofy_agent::ActionKind;
use robofy_booking::{BookingStatus, Question, ServiceSettings};
use robofy_kernel::FieldType;
use robofy_leads::{Field, LeadFormSettings, When};
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

/// The form of an agent that also has services.
fn form() -> LeadFormSettings {
    let fields = vec![
        Field::new("name", "Name", FieldType::Name, true, 1),
        Field::new("email", "E-mail", FieldType::Email, true, 2),
        Field::new("budget", "Budget", FieldType::Number, false, 3),
    ];
    LeadFormSettings { enabled: true, when: When::OnDemand, fields, ..LeadFormSettings::default() }
}

#[tokio::test]
async fn a_whole_sentence_answers_the_booking_that_asked_and_not_the_form() {
    let salon = Salon::built_in(Some(form()), vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await.has(&["name?"]);
    v.say("my name is Ana Lima").await.has(&["e-mail"]);
    v.say("you can reach me at ana@acme.io").await.has(&["15:00", "Shall I book"]);
    v.say("sorry, my email is ana.lima@acme.io").await.has(&["ana.lima@acme.io", "Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
}

#[tokio::test]
async fn a_booking_that_waited_does_not_ask_for_what_is_known_meanwhile() {
    let salon = Salon::built_in(Some(form()), vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await.has(&["name?"]);
    v.say("Ana Lima").await.has(&["e-mail"]);
    v.say("please call me back").await.has(&["e-mail"]);
    v.say("ana@acme.io").await.has(&["Budget"]);
    v.say("skip").await.has(&["Shall I send"]);
    v.say("yes").await.has(&["Thank you", "Shall I book"]).lacks(&["What's your e-mail"]);
}

#[tokio::test]
async fn a_detail_that_is_asked_for_again_may_stay_as_it_is() {
    let salon = Salon::built_in(Some(form()), vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    v.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    v.say("change the budget").await.has(&["Budget?"]);
    v.say("skip").await.has(&["Shall I book"]);
    v.say("change the name").await.has(&["name?"]);
    v.say("no").await.has(&["for Ana Lima", "Shall I book"]);
    // After a no it is asked what is to be changed, and that may be a detail.
    v.say("no").await.has(&["What should I change"]);
    v.say("the name").await.has(&["What's your name?"]);
    v.say("Eva Roth").await.has(&["for Eva Roth", "Shall I book"]);
}

#[tokio::test]
async fn another_service_forgets_what_it_cannot_have() {
    let yoga = ServiceSettings { name: "Yoga".into(), duration_minutes: Some(60), seats: 5, ..haircut() };
    let salon = Salon::built_in(None, vec![haircut(), yoga]).await;
    let v = salon.visitor();
    v.say("book yoga for 3 people on Tuesday").await.has(&["Yoga × 3"]);
    v.say("actually a haircut").await.has(&["Haircut", "1. "]).lacks(&["× 3", "nothing is free"]);
    let v = salon.visitor();
    v.say("book yoga for 30 people on Tuesday at 3pm").await.has(&["At most 5"]).lacks(&["name?"]);
    assert!(salon.world.store.hold_of_session(&salon.world.op, v.key().await).await.unwrap().is_none());
    v.say("5 people then").await.has(&["Yoga × 5", "1. "]);
}

#[tokio::test]
async fn answers_with_commas_and_dates_are_those_of_their_questions() {
    let question = |name: &str, label: &str, r#type, options: &[&str]| Question {
        name: name.into(),
        label: Some(label.into()),
        r#type,
        required: true,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    let service = ServiceSettings {
        questions: vec![
            question("extras", "Extras", FieldType::MultiSelect, &["Bell, loud", "Basket"]),
            question("born", "Date of birth", FieldType::Date, &[]),
        ],
        ..haircut()
    };
    let salon = Salon::built_in(None, vec![service]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    let said = v.say("Ana Lima, ana@acme.io").await.has(&["Extras", "1. Bell, loud"]);
    v.click(&said, ActionKind::Choose, Some("Bell, loud")).await.has(&["Date of birth"]);
    v.say("1980-03-13").await.has(&["1980-03-13", "15:00", "Shall I book"]);
    v.say("sorry, the date of birth is 1980-03-12").await.has(&["1980-03-12", "15:00", "Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
    assert_eq!(v.bookings().await[0].answers.0["extras"], serde_json::json!(["Bell, loud"]));
}

#[tokio::test]
async fn what_is_said_beside_a_booking_of_its_own_call_is_heard() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await.has(&["name?"]);
    salon.advance(1);
    v.books_by_call("2027-01-20T10:00").await;
    v.say("Where is the salon?").await.has(&["Mill Lane", "I see that you have booked"]);
}

#[tokio::test]
async fn the_number_that_picks_an_appointment_is_no_hour() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    booked(&v, "book a haircut on Tuesday at 3pm").await;
    v.say("book a haircut on Thursday at 10am").await.has(&["Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
    v.say("move my appointment to Monday at 11:30").await.has(&["Which appointment", "1. ", "2. "]);
    v.say("1").await.has(&["from Tuesday, 19 January, 15:00 to Monday, 18 January, 11:30", "Shall I move"]);
    v.say("forget it").await.has(&["stays as it was"]);
    let said = v.say("I want to reschedule").await.has(&["Which appointment"]);
    let listed =
        v.click(&said, ActionKind::Choose, Some("2")).await.has(&["1. "]).lacks(&["not sure", "Shall I"]);
    v.click(&said, ActionKind::Choose, Some("2")).await.has(&["1. "]).lacks(&["Shall I"]);
    assert_ne!(
        said.part("data-booking-slots")["step"],
        listed.part("data-booking-slots")["step"],
        "the second click is stale"
    );
    v.say("forget it").await;
    v.say("cancel the one at 10:00").await.has(&["Thursday, 21 January, 10:00", "Shall I cancel"]);
}

#[tokio::test]
async fn a_time_that_was_said_before_the_service_counts() {
    let colour = ServiceSettings { name: "Colouring".into(), duration_minutes: Some(90), ..haircut() };
    let salon = Salon::built_in(None, vec![haircut(), colour]).await;
    let v = salon.visitor();
    v.say("I want to book something on Thursday at 10:30").await.has(&["1. Haircut"]);
    v.say("a colouring").await.has(&["name?"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Colouring, Thursday, 21 January, 10:30"]);
    v.say("make it a haircut").await.has(&["Haircut, Thursday, 21 January, 10:30", "Shall I book"]);
    let v = salon.visitor();
    v.say("I want to book something on Thursday at 10:30").await;
    v.say("1").await.has(&["name?"]);
}

#[tokio::test]
async fn a_bare_time_is_one_of_those_that_are_shown() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    // At six in the evening the next free times are Monday's.
    salon.advance(9 * 60);
    let v = salon.visitor();
    v.say("I want to book an appointment").await.has(&["2. Monday, 18 January, 09:30"]);
    v.say("09:30").await.has(&["name?"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Monday, 18 January, 09:30"]);
}

#[tokio::test]
async fn what_is_required_since_it_was_shown_is_asked_before_the_booking() {
    let salon = Salon::built_in(Some(form()), vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    v.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    let mut form = form();
    form.fields.push(Field::new("company", "Company", FieldType::Company, true, 4));
    salon.set_form(form).await;
    v.say("yes").await.has(&["company"]).lacks(&["Booked"]);
    v.say("Acme Ltd").await.has(&["Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
}

#[tokio::test]
async fn a_time_and_an_address_at_once_are_the_booking_s() {
    let salon = Salon::built_in(Some(form()), vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut").await.has(&["1. "]);
    v.say("Tuesday 12:30, my email is bob@example.com").await.has(&["name?"]);
    v.say("Bob Stone").await.has(&["Tuesday, 19 January, 12:30", "bob@example.com", "Shall I book"]);
}

#[tokio::test]
async fn with_somebody_else_is_no_name() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("book a haircut with Maria on Wednesday at 11:00").await.has(&["name?"]);
    v.say("with Tom instead").await.has(&["name?"]).lacks(&["Noted"]);
    v.say("Ben").await.has(&["e-mail"]);
    v.say("ben@example.com").await.has(&[
        "Wednesday, 20 January, 11:00",
        "with Tom",
        "for Ben, ben@example.com",
    ]);
}

//! Booking, moving and cancelling in words. The clock stands at Friday, 15 January 2027, 09:00 in Berlin.

use robofy_agent::ActionKind;
use robofy_booking::{BookingStatus, Confirmation, ServiceSettings};
use robofy_kernel::BookingId;
use robofy_leads::{LeadFormSettings, When};
use robofy_store::booking::{Actor, BookingEvent};
use robofy_store::chat::{Channel, TurnKind};

use super::visit::{Salon, Visit, berlin, haircut};

async fn salon() -> Salon {
    Salon::built_in(None, vec![haircut()]).await
}

/// Books Tuesday, 19 January, 15:00, and gives the booking.
async fn booked(v: &Visit<'_>) -> BookingId {
    v.say("I'd like to book a haircut on Tuesday at 3pm").await.has(&["name"]);
    v.say("Ana Lima").await.has(&["e-mail"]);
    v.say("ana@acme.io").await.has(&[
        "Haircut",
        "Tuesday, 19 January, 15:00",
        "Ana",
        "ana@acme.io",
        "Shall I book",
    ]);
    v.say("yes please").await.has(&["Booked", "Tuesday, 19 January, 15:00"]);
    let bookings = v.bookings().await;
    assert_eq!(bookings.len(), 1);
    bookings[0].booking_id
}

#[tokio::test]
async fn a_visitor_books_moves_and_cancels_in_words() {
    let salon = salon().await;
    let v = salon.visitor();
    let said = v.say("What does a haircut cost?").await.has(&["40 euros"]);
    assert_eq!(said.turn.kind, Some(TurnKind::Answer));
    let id = booked(&v).await;
    let booking = v.booking(id).await;
    assert_eq!(booking.start_at, berlin("2027-01-19T15:00"));
    assert_eq!((booking.name.as_deref(), booking.email.as_deref()), (Some("Ana Lima"), Some("ana@acme.io")));
    assert_eq!((booking.status, booking.history[0].by), (BookingStatus::Confirmed, Actor::Agent));

    v.say("can I move my appointment?").await.has(&["move"]);
    v.say("the day after at 4pm").await.has(&["Wednesday, 20 January, 16:00", "Shall I move"]);
    v.say("yes").await.has(&["Moved", "Wednesday, 20 January, 16:00"]);
    let moved = v.booking(id).await;
    assert_eq!(moved.start_at, berlin("2027-01-20T16:00"));
    assert_eq!(moved.history.last().unwrap().event, BookingEvent::Moved);

    v.say("please cancel my appointment").await.has(&["Wednesday, 20 January, 16:00", "Shall I cancel"]);
    v.say("yes").await.has(&["Cancelled"]);
    assert_eq!(v.booking(id).await.status, BookingStatus::Cancelled);
    v.say("yes").await.lacks(&["Cancelled", "Booked", "Moved"]);
    assert_eq!(v.bookings().await.len(), 1, "a stray yes changes nothing");
}

#[tokio::test]
async fn the_same_wish_again_shows_the_same_times_again() {
    let salon = salon().await;
    let v = salon.visitor();
    let id = booked(&v).await;
    for _ in 0..4 {
        v.say("can I move my appointment?").await.has(&["move", "1. ", "6. "]).lacks(&["not sure"]);
    }
    v.say("the day after at 4pm").await.has(&["Wednesday, 20 January, 16:00", "Shall I move"]);
    v.say("yes").await.has(&["Moved"]);
    assert_eq!(v.booking(id).await.history.len(), 2);

    let v = salon.visitor();
    v.say("I'd like to book a haircut next Tuesday afternoon").await.has(&["2. "]);
    for _ in 0..4 {
        v.say("the second one").await.has(&["name"]).lacks(&["nothing is booked"]);
    }
    v.say("Eva Roth").await.has(&["e-mail"]);
    v.say("eva@example.com").await.has(&["Shall I book"]);
    for _ in 0..4 {
        v.say("eva@example.com").await.has(&["Shall I book"]);
    }
    v.say("blue").await.has(&["Shall I book"]);
    v.say("green").await.has(&["Shall I book"]);
    v.say("red").await.has(&["nothing is booked"]);
}

#[tokio::test]
async fn times_are_shown_and_chosen_by_number_or_click() {
    let salon = salon().await;
    let v = salon.visitor();
    let said = v.say("I want to book an appointment").await.has(&["1. ", "6. "]);
    assert_eq!(said.part("data-booking-slots")["slots"].as_array().unwrap().len(), 6);
    let said = v.say("next Tuesday afternoon").await.has(&["Tuesday, 19 January", "12:00", "14:30"]);
    let slots = said.part("data-booking-slots");
    let third = slots["choices"][2]["value"].as_str().unwrap().to_owned();
    assert_eq!(slots["timezone"], "Europe/Berlin");
    v.click(&said, ActionKind::Slot, Some(&third)).await.has(&["name"]);
    // A second click on the same list is stale: it shows the present question again.
    v.click(&said, ActionKind::Slot, Some(&third)).await.has(&["name"]);
    assert!(v.bookings().await.is_empty());
    v.say("Ana Lima").await;
    let said = v.say("ana@acme.io").await.has(&["Tuesday, 19 January, 13:00"]);
    assert_eq!(said.part("data-booking")["status"], "proposed");
    let done = v.click(&said, ActionKind::Confirm, None).await.has(&["Booked"]);
    assert_eq!(done.part("data-booking")["status"], "confirmed");
    assert_eq!(v.bookings().await[0].start_at, berlin("2027-01-19T13:00"));

    let v = salon.visitor();
    v.say("I want to book an appointment").await;
    v.say("2").await.has(&["name"]);
}

#[tokio::test]
async fn a_question_in_between_is_answered_and_the_booking_goes_on() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("I'd like to book a haircut on Tuesday at 3pm").await.has(&["name"]);
    let said = v.say("Where is the salon?").await.has(&["Mill Lane", "name"]);
    assert_eq!(said.turn.kind, Some(TurnKind::Answer));
    v.say("Ana Lima").await.has(&["e-mail"]);
    v.say("what does colouring cost?").await.has(&["90 euros", "e-mail"]);
    v.say("ana@acme.io").await.has(&["Shall I book"]);
    v.say("yes, but at 4 instead").await.has(&["16:00", "Shall I book"]).lacks(&["Booked"]);
    v.say("no, the e-mail is ana.lima@acme.io").await.has(&["ana.lima@acme.io", "Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
    let booking = &v.bookings().await[0];
    assert_eq!(booking.start_at, berlin("2027-01-19T16:00"));
    assert_eq!(booking.email.as_deref(), Some("ana.lima@acme.io"));
}

#[tokio::test]
async fn with_whom_earlier_and_another_time() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("I'd like to book a haircut with Maria on Tuesday")
        .await
        .has(&["Tuesday, 19 January, 09:00 with Maria"]);
    v.say("later please").await.has(&["12:00"]);
    v.say("earlier").await.has(&["09:00"]);
    v.say("at 11").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["11:00", "with Maria"]);
    v.say("yes").await.has(&["Booked", "with Maria"]);
    assert_eq!(v.bookings().await[0].resource_id, salon.resources[0]);
    // Maria is taken then; Tom is not.
    let other = salon.visitor();
    other.say("book a haircut with Maria on Tuesday at 11").await.has(&["taken"]).lacks(&["name?"]);
    other.say("with Tom then").await;
    other.say("at 11").await.has(&["name"]);
}

#[tokio::test]
async fn what_cannot_be_had_is_said_with_what_can() {
    let notice = ServiceSettings { min_notice_minutes: 24 * 60, horizon_days: 14, ..haircut() };
    let salon = Salon::built_in(None, vec![notice]).await;
    let v = salon.visitor();
    v.say("I'd like to book a haircut for yesterday").await.has(&["in the past", "1. "]);
    v.say("today at 3pm").await.has(&["too soon", "1. "]);
    v.say("on 20 May at 3pm").await.has(&["too far ahead", "1. "]);
    v.say("Sunday at 3pm").await.has(&["can't be booked", "1. "]);
    v.say("on Sunday").await.has(&["nothing is free", "1. "]);
    v.say("Tuesday at 3pm").await.has(&["name"]);
    v.say("forget it").await.has(&["nothing is booked"]);
    assert!(v.bookings().await.is_empty());
    assert!(salon.world.store.hold_of_session(&salon.world.op, v.key().await).await.unwrap().is_none());
}

#[tokio::test]
async fn a_chosen_time_is_held_and_one_that_is_taken_meanwhile_is_told() {
    let salon = Salon::built_in(None, vec![haircut()]).await;
    let (one, two, three) = (salon.visitor(), salon.visitor(), salon.visitor());
    for v in [&one, &two] {
        v.say("book a haircut on Tuesday at 3pm").await.has(&["name"]);
    }
    // Both chairs are held: the third sees it as taken.
    three.say("book a haircut on Tuesday at 3pm").await.has(&["taken", "1. "]);
    // The holds end, and the third takes one of the chairs; the fourth the other.
    salon.advance(15);
    let four = salon.visitor();
    for v in [&three, &four] {
        v.say("book a haircut on Tuesday at 3pm").await;
        v.say("Eva Roth, eva@example.com").await;
        v.say("yes").await.has(&["Booked"]);
    }
    one.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    one.say("yes").await.has(&["taken", "1. "]).lacks(&["Booked"]);
    assert!(one.bookings().await.is_empty());
    one.say("1").await.has(&["Shall I book"]);
    one.say("yes").await.has(&["Booked"]);
}

#[tokio::test]
async fn a_hold_that_is_over_is_no_reason_to_refuse_a_time_that_is_free() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    v.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    salon.advance(60);
    v.say("yes").await.has(&["Booked", "15:00"]);
    assert_eq!(v.bookings().await.len(), 1);
}

#[tokio::test]
async fn the_notice_binds_a_visitor_and_a_full_share_is_told() {
    let strict = ServiceSettings {
        cancel_notice_minutes: 7 * 24 * 60,
        max_upcoming_per_visitor: 1,
        confirmation: Confirmation::Manual,
        ..haircut()
    };
    let salon = Salon::built_in(None, vec![strict]).await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    v.say("Ana Lima, ana@acme.io").await;
    v.say("yes").await.has(&["Requested"]).lacks(&["Booked"]);
    assert_eq!(v.bookings().await[0].status, BookingStatus::Pending);
    v.say("cancel my appointment").await.has(&["could be changed until"]);
    v.say("yes").await;
    assert_eq!(v.bookings().await[0].status, BookingStatus::Pending);
    v.say("book a haircut on Wednesday at 3pm").await.has(&["Shall I book"]);
    v.say("yes").await.has(&["as many appointments"]);
    assert_eq!(v.bookings().await.len(), 1);
    v.say("when is my appointment?").await.has(&["Tuesday, 19 January, 15:00", "not confirmed"]);
}

#[tokio::test]
async fn a_service_is_chosen_by_name_or_number() {
    let colour = ServiceSettings {
        name: "Colouring".into(),
        duration_minutes: Some(90),
        ..ServiceSettings::default()
    };
    let salon = Salon::built_in(None, vec![haircut(), colour]).await;
    let v = salon.visitor();
    v.say("I'd like to make an appointment on Tuesday at 3pm").await.has(&["1. Haircut", "2. Colouring"]);
    v.say("2").await.lacks(&["1. Haircut"]);
    v.say("Tuesday at 3pm").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Colouring", "15:00"]);
    // A question about another service changes nothing; wanting it does.
    v.say("what does a haircut cost?").await.has(&["40 euros", "Colouring, Tuesday", "Shall I book"]);
    v.say("ok, book a haircut").await.has(&["Haircut"]).lacks(&["Booked"]);
    // A number that chooses the service chooses nothing else.
    let v = salon.visitor();
    v.say("I want to book").await.has(&["1. Haircut"]);
    v.say("1").await.has(&["1. "]).lacks(&["name?"]);
}

#[tokio::test]
async fn what_waited_goes_on_with_its_own_question() {
    let form = LeadFormSettings { enabled: true, when: When::OnDemand, ..LeadFormSettings::default() };
    let salon = Salon::built_in(Some(form), vec![haircut()]).await;
    let v = salon.visitor();
    let id = booked(&v).await;
    v.say("cancel my appointment").await.has(&["Shall I cancel"]);
    v.say("please call me back").await.lacks(&["Shall I cancel"]);
    let said = v.say("forget it").await.has(&["Shall I cancel"]);
    assert_eq!(said.part("data-booking")["status"], "cancelling");
    v.say("no").await.has(&["stands"]);
    assert_eq!(v.booking(id).await.status, BookingStatus::Confirmed);
}

#[tokio::test]
async fn a_yes_holds_for_what_was_shown_and_only_while_it_can_be_had() {
    use robofy_store::booking::{Move, Spot};
    let salon = salon().await;
    let w = &salon.world;
    let v = salon.visitor();
    let id = booked(&v).await;
    v.say("cancel my appointment").await.has(&["Tuesday, 19 January, 15:00", "Shall I cancel"]);
    let service = w.store.find_service(w.op.account, salon.services[0]).await.unwrap().unwrap();
    let start = berlin("2027-01-21T10:00");
    let block = robofy_booking::Block::new(
        salon.services[0],
        service.settings.timing(),
        salon.resources[0],
        start,
        1,
    );
    let zone = robofy_booking::Zone::named("Europe/Berlin").unwrap();
    let spots = vec![Spot { block, capacity: 1, zone }];
    let by_operator = Move { booking_id: id, spots, session: None, notice: None, by: Actor::Operator };
    w.store.reschedule_booking(&w.op, by_operator).await.unwrap();
    v.say("yes").await.has(&["Thursday, 21 January, 10:00", "Shall I cancel"]);
    assert_eq!(v.booking(id).await.status, BookingStatus::Confirmed);
    v.say("yes").await.has(&["Cancelled"]);

    // The start has passed between the question and the yes; its hold was swept long ago.
    let v = salon.visitor();
    v.say("book a haircut today at 10am").await.has(&["name"]);
    v.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    salon.advance(3 * 60);
    w.store.sweep(w.op.now()).await.unwrap();
    v.say("yes").await.has(&["too soon"]).lacks(&["Booked"]);
    assert!(v.bookings().await.is_empty());
    v.say("forget it").await.has(&["nothing is booked"]);
}

#[tokio::test]
async fn an_address_that_may_occupy_nothing_more_is_told() {
    let salon = salon().await;
    let v = Visit { quota: Some(robofy_agent::Quota::new(|| false)), ..salon.visitor() };
    v.say("book a haircut on Tuesday at 3pm").await.has(&["in an hour"]);
    assert!(salon.world.store.hold_of_session(&salon.world.op, v.key().await).await.unwrap().is_none());
}

#[tokio::test]
async fn whatsapp_starts_with_numbers() {
    let salon = salon().await;
    let v = Visit {
        channel: Channel::Whatsapp,
        session: "4915112345678".to_owned().try_into().unwrap(),
        ..salon.visitor()
    };
    v.say("Hello").await.has(&["1. Book an appointment", "2. See my appointments"]);
    v.say("1").await.has(&["Haircut", "1. "]);
    v.say("1").await.has(&["name"]);
}

#[tokio::test]
async fn a_booking_by_its_own_call_ends_the_flow_that_was_about_to_make_it() {
    let salon = salon().await;
    let v = salon.visitor();
    v.say("book a haircut on Tuesday at 3pm").await;
    salon.advance(1);
    v.books_by_call("2027-01-20T10:00").await;
    v.say("Ana Lima").await.has(&["you have booked Haircut", "Wednesday, 20 January, 10:00"]);
    v.say("yes").await.lacks(&["Booked:"]);
    assert_eq!(v.bookings().await.len(), 1);
}

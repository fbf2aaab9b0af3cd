//! With a language model the flow still decides: the model's words cause nothing, and claim nothing.

use robofy_store::chat::TurnKind;

use super::visit::{Salon, haircut};

#[tokio::test]
async fn the_same_booking_with_a_model() {
    let salon = Salon::fluent(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("I'd like to book a haircut on Tuesday at 3pm").await.has(&["name"]);
    salon.model_says("The salon is in Mill Lane 4 [1].");
    let said = v.say("Where is the salon?").await.has(&["Mill Lane 4", "name"]);
    assert_eq!(said.turn.kind, Some(TurnKind::Answer));
    v.say("Ana Lima, ana@acme.io").await.has(&["Shall I book"]);
    v.say("yes").await.has(&["Booked"]);
    assert_eq!(v.bookings().await.len(), 1);
}

#[tokio::test]
async fn a_model_that_claims_to_have_booked_is_not_believed() {
    let salon = Salon::fluent(None, vec![haircut()]).await;
    let v = salon.visitor();
    v.say("I'd like to book a haircut on Tuesday at 3pm").await.has(&["name"]);
    salon.model_says("The salon is in Mill Lane 4 [1]. I have booked your appointment for Tuesday. Your details are saved.");
    v.say("Where is the salon?").await.has(&["Mill Lane 4", "name"]).lacks(&["booked", "saved"]);
    assert!(v.bookings().await.is_empty());
}

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

#[tokio::test]
async fn a_model_claims_nothing_where_no_flow_takes_the_wish() {
    // Nothing can be booked here and there is no form: the wish is a flow's, and no flow is there.
    let salon = Salon::fluent(None, Vec::new()).await;
    let v = salon.visitor();
    salon.model_says("The salon is in Mill Lane 4 [1]. I have booked your haircut for Tuesday.");
    let said = v.say("Please book me a haircut at the salon in Mill Lane").await;
    let said = said.has(&["Mill Lane 4"]).lacks(&["booked"]);
    assert!(said.parts.is_empty());
    // All of it was claims.
    salon.model_says("I have booked your haircut for Tuesday.");
    let said = v.say("Please book me a haircut at the salon in Mill Lane").await.lacks(&["booked"]);
    assert_eq!(said.turn.kind, Some(TurnKind::NotFound), "{}", said.text);
    assert!(!said.text.is_empty());
    // A question that is no flow's is answered as ever.
    salon.model_says("The salon is in Mill Lane 4 [1]. Your appointment is booked in our calendar.");
    v.say("Where is the salon?").await.has(&["Mill Lane 4", "booked"]);
}

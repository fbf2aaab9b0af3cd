//! What a flow says beside an answer is said when what it does is stored, and goes with an answer however long.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use robofy_agent::answerer::{AnswerError, Answerer, Question, Speaker};
use robofy_agent::events::TurnEvent;
use robofy_agent::fold::{End, WholeAnswer};
use robofy_kernel::FieldType;
use robofy_leads::{Field, LeadForm, LeadFormSettings, When};
use robofy_store::agents::{AgentSettings, LlmKeyChange};
use robofy_store::chat::{Channel, FinishReason, TurnKind, TurnStatus};

use crate::fixture::{Paced, World};

/// An address, a question and nothing else: the flow notes the one, the answerer answers the other.
const SAID: &str = "What does a haircut cost? ana@acme.io";

async fn world(answerer: Arc<dyn Answerer>) -> World {
    let w = World::with(answerer, AgentSettings::default()).await;
    let form = LeadFormSettings {
        enabled: true,
        when: When::OnDemand,
        fields: vec![
            Field::new("email", "E-mail", FieldType::Email, true, 0),
            Field::new("name", "Name", FieldType::Name, true, 0),
        ],
        ..LeadFormSettings::default()
    };
    let form = LeadForm::try_from(form).unwrap();
    let changed = w
        .store
        .update_agent(&w.op, w.project, &w.chatbot, LlmKeyChange::Keep, move |agent| {
            agent.lead_form = form.into();
        })
        .await;
    assert!(changed.unwrap().is_some());
    w
}

async fn has_lead(w: &World, session: &robofy_kernel::SessionId) -> bool {
    let row = w.store.find_session(&w.op, &w.chatbot, Channel::Web, session).await.unwrap().unwrap();
    w.store.lead_of_session(w.op.account, row.session_key).await.unwrap().is_some()
}

#[tokio::test]
async fn what_was_noted_beside_an_answer_is_said_after_the_commit() {
    let paced = Paced::new(2, 0);
    let w = world(paced.clone()).await;
    let session = w.op.ids.web_session();
    let handle = w.turns.ask(&w.op, w.ask(Some(&session), SAID)).await.unwrap();
    paced.permits.add_permits(2);
    let mut events = Box::pin(handle.log.read_from(0));
    let mut text = String::new();
    while let Some(event) = events.next().await {
        if let TurnEvent::TextDelta { delta, .. } = &*event {
            text.push_str(delta);
        }
        if text.contains("Noted") {
            break;
        }
    }
    assert!(text.contains("Noted"), "{text}");
    let stored = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
    assert_eq!(stored.status, TurnStatus::Done, "it is stored before it is said");
    assert!(has_lead(&w, &session).await);
    let live: Vec<TurnEvent> = handle.log.read_from(0).map(|event| (*event).clone()).collect().await;
    let again = w.turns.open(&w.op, &handle.message_id).await.unwrap().unwrap();
    let replayed: Vec<TurnEvent> = again.log.read_from(0).map(|event| (*event).clone()).collect().await;
    assert_eq!(replayed, live);
    assert!(
        stored.answer.ends_with("\n\nNoted: E-mail: ana@acme.io.\n\nWhat's your name?"),
        "{}",
        stored.answer
    );
}

#[tokio::test]
async fn nothing_is_noted_where_the_turn_is_not_this_node_s_any_more() {
    let (paced, other) = (Paced::new(1, 0), Paced::new(1, 10));
    let w = world(paced.clone()).await;
    let session = w.op.ids.web_session();
    let op = w.keyed("k", "r");
    let lost = w.turns.ask(&op, w.ask(Some(&session), SAID)).await.unwrap();
    let mut events = Box::pin(lost.log.read_from(0));
    while !matches!(&**events.next().await.as_ref().unwrap(), TurnEvent::TextDelta { .. }) {}
    // The node has frozen, and another takes the session over.
    w.op.clock.advance(Duration::from_secs(3600));
    let there = w.node(w.store.clone(), other);
    let next = there.ask(&w.op, w.ask(Some(&session), "hello there")).await.unwrap();
    assert_eq!(WholeAnswer::read(next.log.read_from(0)).await.end, End::Finished);
    paced.permits.add_permits(1);
    let late = WholeAnswer::read(lost.log.read_from(0)).await;
    assert!(late.text.ends_with(" 0"), "{}", late.text);
    assert!(!matches!(late.end, End::Finished), "{:?}", late.end);
    assert!(!has_lead(&w, &session).await);
}

/// Says more than an answer may have.
#[derive(Debug)]
struct Flood;

impl Answerer for Flood {
    fn answer<'a>(
        &'a self,
        _: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>> {
        Box::pin(async move {
            loop {
                out.say("water and water and water and ")?;
            }
        })
    }
}

#[tokio::test]
async fn a_too_long_answer_carries_what_the_flow_does() {
    let w = world(Arc::new(Flood)).await;
    let session = w.op.ids.web_session();
    let handle = w.turns.ask(&w.op, w.ask(Some(&session), SAID)).await.unwrap();
    let whole = WholeAnswer::read(handle.log.read_from(0)).await;
    assert_eq!(whole.end, End::Finished);
    assert!(
        whole.text.ends_with("Noted: E-mail: ana@acme.io.\n\nWhat's your name?"),
        "{}",
        &whole.text[whole.text.len() - 80..]
    );
    let stored = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
    assert_eq!((stored.status, stored.finish_reason), (TurnStatus::Done, Some(FinishReason::Length)));
    assert_eq!(stored.answer, whole.text);
    assert!(has_lead(&w, &session).await);
    // The flow goes on where it stood.
    let handle = w.turns.ask(&w.op, w.ask(Some(&session), "Ana Lima")).await.unwrap();
    let whole = WholeAnswer::read(handle.log.read_from(0)).await;
    assert!(whole.text.contains("Shall I send"), "{}", whole.text);
}

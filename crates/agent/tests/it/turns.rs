use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::{StreamExt as _, future::join_all};
use robofy_agent::events::TurnEvent;
use robofy_agent::fold::{End, WholeAnswer};
use robofy_agent::{StreamLimits, TurnError};
use robofy_kernel::ErrorCode;
use robofy_store::agents::AgentSettings;
use robofy_store::chat::{Failure, TurnStatus};

use crate::fixture::{Paced, World};

async fn world(words: usize, permits: usize) -> (World, std::sync::Arc<Paced>) {
    let paced = Paced::new(words, permits);
    (World::with(paced.clone(), AgentSettings::default()).await, paced)
}

fn kind(event: &TurnEvent) -> String {
    serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn events_come_in_the_wire_s_order_and_fold_to_the_same_text() {
    let (w, _) = world(3, 3).await;
    let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
    let events: Vec<_> = handle.log.read_from(0).collect().await;
    let kinds: Vec<String> = events.iter().map(|e| kind(e)).collect();
    let (head, tail) = (&kinds[..3], &kinds[kinds.len() - 5..]);
    assert_eq!(head, ["start", "start-step", "text-start"]);
    assert_eq!(tail, ["text-end", "finish-step", "finish", "data-session", "data-finish-reason"]);
    assert!(kinds[3..kinds.len() - 5].iter().all(|k| k == "text-delta"));
    let whole = WholeAnswer::read(handle.log.read_from(0)).await;
    assert_eq!((whole.text.as_str(), &whole.end), ("[0+hi] 0 1 2", &End::Finished));
}

#[tokio::test]
async fn finish_leaves_only_after_the_answer_is_stored() {
    let (w, _) = world(1, 1).await;
    let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
    let mut events = Box::pin(handle.log.read_from(0));
    while let Some(event) = events.next().await {
        if matches!(*event, TurnEvent::Finish { .. }) {
            let stored = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
            assert_eq!((stored.status, stored.answer.as_str()), (TurnStatus::Done, "[0+hi] 0"));
            return;
        }
    }
    panic!("no finish");
}

#[tokio::test]
async fn a_visitor_who_goes_away_loses_nothing() {
    let (w, paced) = world(2, 0).await;
    let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
    let message = handle.message_id.clone();
    drop(handle);
    paced.permits.add_permits(2);
    assert!(w.tasks.finish(Duration::from_secs(10)).await);
    let stored = w.store.find_turn(w.op.account, &message).await.unwrap().unwrap();
    assert_eq!((stored.status, stored.answer.as_str()), (TurnStatus::Done, "[0+hi] 0 1"));
    assert_eq!(w.turns.running_count(), 0);
}

#[tokio::test]
async fn stopping_stores_the_part_that_was_said() {
    let (w, paced) = world(5, 0).await;
    let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
    let mut events = Box::pin(handle.log.read_from(0));
    paced.permits.add_permits(1);
    loop {
        if matches!(&**events.next().await.as_ref().unwrap(), TurnEvent::TextDelta { delta, .. } if delta == " 0")
        {
            break;
        }
    }
    assert!(w.turns.stop(&w.op, &handle.message_id).await.unwrap());
    let rest: Vec<_> = events.collect().await;
    assert_eq!(rest.iter().map(|e| kind(e)).collect::<Vec<_>>(), ["text-end", "abort"]);
    let stored = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
    assert_eq!((stored.status, stored.answer.as_str()), (TurnStatus::Stopped, "[0+hi] 0"));
    assert!(!w.turns.stop(&w.op, &handle.message_id).await.unwrap(), "it runs no more");
}

#[tokio::test]
async fn turns_of_one_session_run_one_after_another() {
    let (w, paced) = world(1, 1000).await;
    let session = w.op.ids.web_session();
    let all = join_all((0..30).map(|i| {
        let ask = w.ask(Some(&session), &i.to_string());
        async { WholeAnswer::read(w.turns.ask(&w.op, ask).await.unwrap().log.read_from(0)).await }
    }))
    .await;
    assert!(all.iter().all(|a| a.end == End::Finished));
    assert_eq!(paced.most_inside.load(Ordering::SeqCst), 1);
    let row = w
        .store
        .find_session(&w.op, &w.chatbot, robofy_store::chat::Channel::Web, &session)
        .await
        .unwrap()
        .unwrap();
    let turns = w.store.past_turns(w.op.account, row.session_key, i64::MAX, 100).await.unwrap();
    let numbers: Vec<i64> = turns.iter().rev().map(|t| t.number).collect();
    assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
}

#[tokio::test]
async fn fifty_repeats_of_one_request_make_one_turn_and_all_hear_it() {
    let (w, paced) = world(2, 0).await;
    let session = w.op.ids.web_session();
    let op = w.keyed("k", "r");
    let asks = (0..50).map(|_| {
        let (op, ask) = (op.clone(), w.ask(Some(&session), "hi"));
        let turns = w.turns.clone();
        async move {
            let handle = turns.ask(&op, ask).await.unwrap();
            (handle.message_id.clone(), WholeAnswer::read(handle.log.read_from(0)).await)
        }
    });
    let (answers, ()) = tokio::join!(join_all(asks), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        paced.permits.add_permits(2);
    });
    assert_eq!(paced.calls.load(Ordering::SeqCst), 1);
    assert!(answers.iter().all(|a| *a == answers[0]));
    assert_eq!(answers[0].1.text, "[0+hi] 0 1");
    let other = w.turns.ask(&w.keyed("k", "other"), w.ask(Some(&session), "ho")).await;
    assert!(matches!(other, Err(TurnError::Store(robofy_store::StoreError::OtherRequest))));
}

#[tokio::test]
async fn an_interrupted_turn_is_answered_under_its_own_id_when_its_request_comes_again() {
    let (w, paced) = world(1, 0).await;
    let op = w.keyed("k", "r");
    let session = w.op.ids.web_session();
    let lost = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
    // The node dies: a new one starts on the same data.
    let second =
        robofy_agent::Turns::new(w.store.clone(), w.tasks.clone(), paced.clone(), StreamLimits::default());
    w.store.interrupt_lost_turns(w.op.now(), true).await.unwrap();
    paced.permits.add_permits(2);
    let again = second.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
    assert_eq!(again.message_id, lost.message_id);
    assert_eq!(WholeAnswer::read(again.log.read_from(0)).await.text, "[0+hi] 0");
}

#[tokio::test]
async fn a_failing_answerer_ends_the_stream_in_an_error_and_is_stored_as_failed() {
    let (w, _) = world(1, 1).await;
    let handle = w.turns.ask(&w.op, w.ask(None, "panic")).await.unwrap();
    let whole = WholeAnswer::read(handle.log.read_from(0)).await;
    assert_eq!(whole.end, End::Failed(Failure::Internal));
    let stored = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
    assert_eq!(stored.status, TurnStatus::Failed);
    let next = w.turns.ask(&w.op, w.ask(Some(&handle.session_id), "hi")).await.unwrap();
    assert_eq!(WholeAnswer::read(next.log.read_from(0)).await.end, End::Finished, "the session goes on");
}

#[tokio::test]
async fn a_token_opens_its_own_session_and_older_ones_of_its_agent_only() {
    let (w, _) = world(0, 0).await;
    let mine = w.op.ids.web_session();
    let visitor = w.visitor(mine.clone());
    let first = w.turns.ask(&visitor, w.ask(None, "a")).await.unwrap();
    assert_eq!(first.session_id, mine);
    WholeAnswer::read(first.log.read_from(0)).await;
    let renewed = w.visitor(w.op.ids.web_session());
    let old = w.turns.ask(&renewed, w.ask(Some(&mine), "b")).await.unwrap();
    assert_eq!(WholeAnswer::read(old.log.read_from(0)).await.text, "[1+b]", "memory is intact");
    let foreign = w.turns.ask(&renewed, w.ask(Some(&w.op.ids.web_session()), "c")).await;
    assert!(matches!(foreign, Err(TurnError::Refused(ErrorCode::SessionNotFound, _))));
    let mut other = w.ask(None, "d");
    other.chatbot = w.op.ids.chatbot();
    assert!(matches!(w.turns.ask(&visitor, other).await, Err(TurnError::Refused(ErrorCode::Forbidden, _))));
}

#[tokio::test]
async fn memory_is_as_the_settings_say() {
    for (memory, limit, expected) in [(true, 2, 2), (true, 0, 0), (false, 5, 0)] {
        let settings = AgentSettings {
            enable_chatbot_memory: memory,
            past_questions_limit: limit,
            ..AgentSettings::default()
        };
        let w = World::with(Paced::new(0, 0), settings).await;
        let session = w.op.ids.web_session();
        let mut last = String::new();
        for _ in 0..4 {
            let handle = w.turns.ask(&w.op, w.ask(Some(&session), "q")).await.unwrap();
            last = WholeAnswer::read(handle.log.read_from(0)).await.text;
        }
        assert_eq!(last, format!("[{expected}+q]"));
    }
}

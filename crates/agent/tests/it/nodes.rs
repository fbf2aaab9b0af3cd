//! Two nodes on one PostgreSQL: readers on the one, the turn on the other.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;
use robofy_agent::Turns;
use robofy_agent::fold::{End, WholeAnswer};
use robofy_store::agents::AgentSettings;
use robofy_store::chat::TurnStatus;
use robofy_testkit::{Engine, Fixture};

use crate::fixture::{Paced, World};
use crate::resume::{after, all, some};

const WORDS: usize = 4;

struct Nodes {
    w: World,
    /// What answers on the first node …
    here: Arc<Paced>,
    /// … and the second, with its answerer.
    there: Turns,
    other: Arc<Paced>,
}

async fn nodes(t: &Fixture) -> Nodes {
    let (here, other) = (Paced::new(WORDS, 0), Paced::new(WORDS, 1000));
    let (store, tasks, clock, ids) = (t.store.clone(), t.tasks.clone(), t.clock.clone(), t.ids.clone());
    let w = World::on(store, tasks, clock, ids, here.clone(), AgentSettings::default()).await;
    let there = w.node(t.open_again().await.unwrap(), other.clone());
    Nodes { w, here, there, other }
}

fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Arc<Fixture>) -> F) {
    robofy_testkit::run(Engine::Postgres, body);
}

#[test]
fn a_reader_on_the_other_node_gets_what_it_has_not_seen() {
    on_postgres(async |t| {
        let Nodes { w, here, there, other } = nodes(&t).await;
        let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        // All but the last word: every event that a running answer can have been cut at, and what follows it.
        here.permits.add_permits(WORDS - 1);
        let seen = some(&mut handle.read(), 3 + WORDS).await;
        assert_eq!(seen.len(), 3 + WORDS);
        let elsewhere = there.open(&w.op, &handle.message_id).await.unwrap().unwrap();
        let opening = some(&mut elsewhere.read(), 3).await;
        assert_eq!(opening, seen[..3], "the opening leaves at once");
        let readers: Vec<_> = (0..=seen.len()).map(|at| after(&elsewhere, &seen, at)).collect();
        let rest = join_all(readers.into_iter().map(all));
        let (rest, ()) = tokio::join!(rest, async { here.permits.add_permits(1) });
        let whole = all(handle.read()).await;
        assert_eq!(whole.len(), 3 + 1 + WORDS + 5);
        for (at, rest) in rest.iter().enumerate() {
            assert_eq!(*rest, whole[at..], "after {at}");
        }
        let stored = there.open(&w.op, &handle.message_id).await.unwrap().unwrap();
        for at in 0..=whole.len() {
            assert_eq!(all(after(&stored, &whole, at)).await, whole[at..], "stored, after {at}");
        }
        let calls = [&here, &other].map(|paced| paced.calls.load(Ordering::SeqCst));
        assert_eq!(calls, [1, 0]);
    });
}

#[test]
fn readers_of_one_answer_share_one_look_at_the_database() {
    on_postgres(async |t| {
        let Nodes { w, here, there, .. } = nodes(&t).await;
        let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        let opened = join_all((0..200).map(|_| there.open(&w.op, &handle.message_id)))
            .await
            .into_iter()
            .map(|o| o.unwrap().unwrap());
        let readers: Vec<_> = opened.map(|handle| handle.read()).collect();
        assert_eq!(there.followed_count(), 1);
        here.permits.add_permits(WORDS);
        let whole = all(handle.read()).await;
        for rest in join_all(readers.into_iter().map(all)).await {
            assert_eq!(rest, whole);
        }
        assert_eq!(there.followed_count(), 0);
        // Readers who have gone are not looked for.
        let session = &handle.session_id;
        let next = w.turns.ask(&w.op, w.ask(Some(session), "hi")).await.unwrap();
        drop(there.open(&w.op, &next.message_id).await.unwrap());
        while there.followed_count() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        here.permits.add_permits(WORDS);
        all(next.read()).await;
    });
}

#[test]
fn a_dead_node_s_answer_ends_in_an_error_and_never_in_another_answer() {
    on_postgres(async |t| {
        let Nodes { w, here, there, other } = nodes(&t).await;
        let (op, session) = (w.keyed("k", "r"), w.op.ids.web_session());
        let lost = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        here.permits.add_permits(2);
        let seen = some(&mut lost.read(), 6).await;
        let elsewhere = there.open(&op, &lost.message_id).await.unwrap().unwrap();
        let (start, middle) = (elsewhere.read(), after(&elsewhere, &seen, 6));
        // The first node has frozen: it renews nothing.
        t.clock.advance(Duration::from_secs(21));
        let (start, middle) = tokio::join!(all(start), all(middle));
        let kinds = |sent: &[(String, String)]| {
            let kind = |line: &str| line.split('"').nth(3).unwrap().to_owned();
            sent.iter().map(|(_, line)| kind(line)).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&start), ["start", "start-step", "text-start", "text-end", "error"]);
        assert_eq!(kinds(&middle), ["error"]);
        assert_eq!(start.last(), middle.last(), "one event, one id");
        let stored = w.store.find_turn(op.account, &lost.message_id).await.unwrap().unwrap();
        assert_eq!(stored.status, TurnStatus::Interrupted);
        let again = there.open(&op, &lost.message_id).await.unwrap().unwrap();
        assert_eq!(
            (all(again.read()).await, all(after(&again, &seen, 6)).await),
            (start.clone(), middle.clone())
        );
        assert!(all(again.read_after(&middle[0].0).unwrap()).await.is_empty());

        // Only its own request, repeated with its key, is answered anew; who had read the first is not told the second.
        let second = there.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        assert_eq!((second.message_id.clone(), second.run), (lost.message_id.clone(), 2));
        assert_eq!(kinds(&all(second.read_after(&seen[5].0).unwrap()).await), ["error"]);
        assert_eq!(WholeAnswer::read(second.log.read_from(0)).await.text, "[0+hi] 0 1 2 3");
        let whole = all(second.read()).await;
        let replayed = there.open(&op, &lost.message_id).await.unwrap().unwrap();
        assert_eq!(all(replayed.read()).await, whole);
        assert_eq!(kinds(&all(after(&replayed, &seen, 6)).await), ["error"]);

        // The frozen node comes back with its late result.
        here.permits.add_permits(WORDS);
        let late = WholeAnswer::read(lost.log.read_from(0)).await;
        assert!(matches!(late.end, End::Failed(_)));
        let kept = w.store.find_turn(op.account, &lost.message_id).await.unwrap().unwrap();
        assert_eq!((kept.run, kept.status, kept.answer.as_str()), (2, TurnStatus::Done, "[0+hi] 0 1 2 3"));
        assert_eq!(other.calls.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_turn_that_is_not_its_node_s_any_more_is_stopped_there() {
    on_postgres(async |t| {
        let Nodes { w, here, .. } = nodes(&t).await;
        let lost = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        t.clock.advance(Duration::from_secs(21));
        assert_eq!(w.store.interrupt_lost_turns(w.op.now(), false).await.unwrap(), 1);
        let whole = WholeAnswer::read(lost.log.read_from(0)).await;
        assert!(matches!(whole.end, End::Failed(_)));
        assert_eq!(here.inside.load(Ordering::SeqCst), 0, "the answerer was told to stop");
        assert_eq!(w.turns.running_count(), 0);
    });
}

#[test]
fn either_node_stops_a_turn() {
    on_postgres(async |t| {
        let Nodes { w, here, there, .. } = nodes(&t).await;
        let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        here.permits.add_permits(1);
        some(&mut handle.read(), 5).await;
        assert!(there.stop(&w.op, &handle.message_id).await.unwrap());
        let whole = WholeAnswer::read(handle.log.read_from(0)).await;
        assert_eq!((whole.end, whole.text.as_str()), (End::Stopped, "[0+hi] 0"));
        for node in [&w.turns, &there] {
            assert!(!node.stop(&w.op, &handle.message_id).await.unwrap(), "it runs no more");
            let stored = node.open(&w.op, &handle.message_id).await.unwrap().unwrap();
            assert_eq!(all(stored.read()).await, all(handle.read()).await);
        }
        // Nobody hears a request after the turn's end: the next turn of the node is not stopped by it.
        let next = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        here.permits.add_permits(WORDS);
        assert_eq!(WholeAnswer::read(next.log.read_from(0)).await.end, End::Finished);
        assert!(!there.stop(&w.op, &next.message_id).await.unwrap());
    });
}

#[test]
fn a_repeat_on_the_other_node_reads_at_once_and_gets_the_same_answer() {
    on_postgres(async |t| {
        let Nodes { w, here, there, other } = nodes(&t).await;
        let (op, session) = (w.keyed("k", "r"), w.op.ids.web_session());
        let first = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        let repeats = join_all((0..20).map(|_| there.ask(&op, w.ask(Some(&session), "hi")))).await;
        let mut readers: Vec<_> = repeats.into_iter().map(|repeat| repeat.unwrap().read()).collect();
        for reader in &mut readers {
            assert_eq!(some(reader, 3).await.len(), 3, "the opening leaves at once");
        }
        here.permits.add_permits(WORDS);
        let whole = all(first.read()).await;
        for rest in join_all(readers.into_iter().map(all)).await {
            assert_eq!(rest, whole[3..]);
        }
        assert_eq!(other.calls.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_repeat_that_reads_a_turn_that_is_lost_then_is_told_and_the_next_is_answered() {
    on_postgres(async |t| {
        let Nodes { w, there, other, .. } = nodes(&t).await;
        let (op, session) = (w.keyed("k", "r"), w.op.ids.web_session());
        let lost = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        let repeat = there.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        // Nothing was said yet to who waits for the whole: it is answered.
        let ask = w.ask(Some(&session), "hi");
        let whole = there.ask_whole(&op, ask);
        let reading = async {
            t.clock.advance(Duration::from_secs(21));
            all(repeat.read()).await
        };
        let (whole, told) = tokio::join!(whole, reading);
        assert!(told.last().unwrap().1.contains(r#""type":"error""#), "{told:?}");
        assert_eq!(told.len(), 5);
        let (second, answer) = whole.unwrap();
        assert_eq!((&second.message_id, second.run), (&lost.message_id, 2));
        assert_eq!((answer.end, answer.text.as_str()), (End::Finished, "[0+hi] 0 1 2 3"));
        let again = there.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        assert_eq!(all(again.read()).await, all(second.read()).await);
        assert_eq!(other.calls.load(Ordering::SeqCst), 1, "answered once, whoever asks");
    });
}

#[test]
fn a_request_to_stop_one_run_leaves_the_next_alone() {
    on_postgres(async |t| {
        let Nodes { w, here, there, other } = nodes(&t).await;
        let (op, session) = (w.keyed("k", "r"), w.op.ids.web_session());
        let lost = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        t.clock.advance(Duration::from_secs(21));
        assert_eq!(w.store.interrupt_lost_turns(w.op.now(), false).await.unwrap(), 1);
        other.permits.acquire_many(1000).await.unwrap().forget();
        let second = there.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        assert_eq!((&second.message_id, second.run), (&lost.message_id, 2));
        // A request for the first run comes late. The node looks for requests: another one is heard.
        w.store.ask_to_stop(&op, &lost.message_id, 1).await.unwrap();
        let next = there.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        assert!(w.turns.stop(&w.op, &next.message_id).await.unwrap());
        other.permits.add_permits(WORDS);
        assert_eq!(WholeAnswer::read(second.log.read_from(0)).await.end, End::Finished);
        // The run that was meant hears it.
        assert!(matches!(WholeAnswer::read(lost.log.read_from(0)).await.end, End::Failed(_)));
        assert_eq!(here.inside.load(Ordering::SeqCst), 0);
    });
}

/// A server that stops ends what it runs; the other one goes on with it.
#[test]
fn a_turn_that_its_node_ends_is_read_to_the_same_end_on_the_other_and_answered_there_anew() {
    on_postgres(async |t| {
        let Nodes { w, here, there, .. } = nodes(&t).await;
        let (op, session) = (w.keyed("k", "r"), w.op.ids.web_session());
        let first = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        here.permits.add_permits(2);
        let seen = some(&mut first.read(), 6).await;
        let elsewhere = there.open(&op, &first.message_id).await.unwrap().unwrap();
        assert_eq!(w.turns.cut(), 1);
        let told = all(first.read()).await;
        assert_eq!((&told[..6], told.len()), (&seen[..], 8), "text-end and error");
        assert_eq!(all(elsewhere.read()).await, told);
        let second = there.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
        assert_eq!((&second.message_id, second.run), (&first.message_id, 2));
        assert_eq!(WholeAnswer::read(second.log.read_from(0)).await.text, "[0+hi] 0 1 2 3");
    });
}

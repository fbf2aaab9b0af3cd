//! Readers that are cut off and go on, on the node that runs the turn and when the turn is stored.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::future::BoxFuture;
use robofy_agent::answerer::{AnswerError, Answerer, Question, Speaker};
use robofy_agent::events::{FinishReason, Notice};
use robofy_agent::fold::{End, WholeAnswer};
use robofy_agent::turns::Reader;
use robofy_agent::{Handle, StreamLimits, TurnError, Turns};
use robofy_kernel::ErrorCode;
use robofy_model::Usage;
use robofy_store::agents::AgentSettings;
use robofy_store::chat::{Channel, Failure, TurnKind, TurnStatus};

use crate::fixture::{Paced, World};

/// An event as a client gets it: its id and its line.
pub type Sent = (String, String);

/// The next `most` events.
pub async fn some(reader: &mut Reader, most: usize) -> Vec<Sent> {
    let mut sent = Vec::new();
    while sent.len() < most {
        let Some(batch) = reader.next(most - sent.len()).await else { break };
        for (number, event) in (batch.first..).zip(&batch.events) {
            let mut line = Vec::new();
            event.write(&mut line);
            sent.push((reader.id(number), String::from_utf8(line).unwrap()));
        }
    }
    sent
}

/// All events from there on.
pub async fn all(mut reader: Reader) -> Vec<Sent> {
    some(&mut reader, usize::MAX).await
}

/// Goes on after the first `seen` of these events.
pub fn after(handle: &Handle, events: &[Sent], seen: usize) -> Reader {
    match seen.checked_sub(1) {
        None => handle.read(),
        Some(last) => handle.read_after(&events[last].0).unwrap(),
    }
}

const WORDS: usize = 6;

#[tokio::test]
async fn a_reader_cut_at_any_event_goes_on_live_with_none_lost_or_twice() {
    let paced = Paced::new(WORDS, 0);
    let w = World::with(paced.clone(), AgentSettings::default()).await;
    let uncut = 3 + 1 + WORDS + 5;
    for cut in 0..=uncut {
        let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
        let calls = paced.calls.load(Ordering::SeqCst);
        let whole = handle.read();
        // So many words that the events before the cut can be there, and no more.
        let given = cut.saturating_sub(4).min(WORDS);
        paced.permits.add_permits(given);
        let mut first = handle.read();
        let before = some(&mut first, cut).await;
        assert_eq!(before.len(), cut);
        drop(first);
        let again = w.turns.open(&w.op, &handle.message_id).await.unwrap().unwrap();
        let mut second = after(&again, &before, cut);
        let mut rest = Vec::new();
        if given < WORDS {
            paced.permits.add_permits(1);
            rest.extend(some(&mut second, 4 + given + 1 - cut).await);
            assert!(rest.last().unwrap().1.contains(&format!("\" {given}\"")), "{rest:?}");
            assert!(
                given + 1 == WORDS || w.turns.running_count() == 1,
                "the delta came before the answer's end"
            );
            paced.permits.add_permits(WORDS - given - 1);
        }
        rest.extend(all(second).await);
        let whole = all(whole).await;
        assert_eq!(whole.len(), uncut);
        assert_eq!([before, rest].concat(), whole, "cut after {cut}");
        let stored = w.turns.open(&w.op, &handle.message_id).await.unwrap().unwrap();
        assert_eq!(all(stored.read()).await, whole, "stored");
        assert_eq!(paced.calls.load(Ordering::SeqCst), calls.max(1));
    }
    assert_eq!(paced.calls.load(Ordering::SeqCst), uncut + 1, "each question was answered once");
}

/// Ends as its question says.
#[derive(Debug)]
struct Endings;

impl Answerer for Endings {
    fn answer<'a>(
        &'a self,
        question: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>> {
        Box::pin(async move {
            if question.query.contains("notice") {
                out.notice(Notice::ModelUnavailable);
            }
            if question.query.contains("usual") {
                out.say("A sentence that is cut as all are that the built-in answerer says.")?;
            } else {
                for piece in ["Ä", "日本", "\n\n", "data: x", "\u{2028}", " end"] {
                    out.say_piece(piece)?;
                }
            }
            out.spent(Usage { input_tokens: 11, output_tokens: 6 });
            match question.query {
                "stop" => {
                    out.stopped().await;
                    Err(AnswerError::Stopped)
                }
                "upstream" => Err(AnswerError::Upstream),
                "silent" => Err(AnswerError::UpstreamTimeout),
                "panic" => panic!("as asked"),
                "flood" => loop {
                    out.say_piece(&"flood ".repeat(100))?;
                },
                "length" => {
                    out.finish(FinishReason::Length);
                    Ok(TurnKind::Answer)
                }
                _ => Ok(TurnKind::Answer),
            }
        })
    }
}

#[tokio::test]
async fn a_stored_turn_replays_with_the_same_ids_however_it_ended() {
    let w = World::with(Arc::new(Endings), AgentSettings::default()).await;
    let cases = [
        ("usual", TurnStatus::Done, End::Finished),
        ("pieces", TurnStatus::Done, End::Finished),
        ("notice", TurnStatus::Done, End::Finished),
        ("usual notice", TurnStatus::Done, End::Finished),
        ("length", TurnStatus::Done, End::Finished),
        ("flood", TurnStatus::Done, End::Finished),
        ("stop", TurnStatus::Stopped, End::Stopped),
        ("upstream", TurnStatus::Failed, End::Failed(Failure::Upstream)),
        ("silent", TurnStatus::Failed, End::Failed(Failure::Timeout)),
        ("panic", TurnStatus::Failed, End::Failed(Failure::Internal)),
    ];
    for (query, status, end) in cases {
        let handle = w.turns.ask(&w.op, w.ask(None, query)).await.unwrap();
        if query == "stop" {
            while some(&mut handle.read(), 9).await.len() < 9 {}
            assert!(w.turns.stop(&w.op, &handle.message_id).await.unwrap());
        }
        let live = all(handle.read()).await;
        let whole = WholeAnswer::read(handle.log.read_from(0)).await;
        assert_eq!(whole.end, end, "{query}");
        let stored = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
        assert_eq!((stored.status, &stored.answer), (status, &whole.text), "{query}");
        assert_eq!(stored.pieces.is_none(), query.contains("usual"), "the usual cut costs nothing: {query}");
        assert!(stored.answer.len() <= 64 * 1024);
        let again = w.turns.open(&w.op, &handle.message_id).await.unwrap().unwrap();
        assert_eq!(WholeAnswer::read(again.log.read_from(0)).await, whole, "{query}");
        for seen in 0..=live.len() {
            let rest = all(after(&again, &live, seen)).await;
            assert_eq!(rest, live[seen..], "{query} after {seen}");
        }
        if query == "flood" || query == "length" {
            assert!(live.iter().any(|(_, line)| line.contains(r#""finishReason":"length""#)), "{query}");
        }
    }
    let tokens = w.store.tokens_this_month(&w.op, &w.chatbot).await.unwrap();
    assert_eq!((tokens.input, tokens.output), (110, 60), "whatever became of the answer");
}

#[tokio::test]
async fn whose_answer_it_is_decides_who_finds_it() {
    let w = World::with(Paced::new(0, 0), AgentSettings::default()).await;
    let handle = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
    let mut stranger = w.op.clone();
    stranger.account = robofy_kernel::AccountId(stranger.uuid());
    for _ in 0..2 {
        assert!(w.turns.open(&stranger, &handle.message_id).await.unwrap().is_none());
        assert!(w.turns.open(&w.op, &w.op.ids.message()).await.unwrap().is_none());
        all(handle.read()).await;
    }
}

#[tokio::test]
async fn beyond_the_limits_a_question_is_refused_and_leaves_nothing() {
    let paced = Paced::new(1, 0);
    let w = World::with(paced.clone(), AgentSettings::default()).await;
    let limits = StreamLimits { agent: Some(2), ..StreamLimits::default() };
    let turns = Turns::new(w.store.clone(), w.tasks.clone(), paced.clone(), limits);
    let mut open = Vec::new();
    for _ in 0..2 {
        open.push(turns.ask(&w.op, w.ask(None, "hi")).await.unwrap());
    }
    let session = w.op.ids.web_session();
    let refused = turns.ask(&w.op, w.ask(Some(&session), "hi")).await;
    assert!(matches!(refused, Err(TurnError::TooMany { .. })));
    let found = w.store.find_session(&w.op, &w.chatbot, Channel::Web, &session).await.unwrap();
    assert!(found.is_none(), "no session, no turn");
    let readers = [turns.admit_reader(&w.chatbot).unwrap(), turns.admit_reader(&w.chatbot).unwrap()];
    assert!(matches!(turns.admit_reader(&w.chatbot), Err(TurnError::TooMany { .. })));
    drop(readers);
    assert_eq!(turns.reader_count(), 0);
    let other =
        turns.ask(&w.op, robofy_agent::Ask { chatbot: w.op.ids.chatbot(), ..w.ask(None, "hi") }).await;
    assert!(matches!(other, Err(TurnError::Refused(ErrorCode::ChatbotNotFound, _))));
    paced.permits.add_permits(9);
    for handle in &open {
        all(handle.read()).await;
    }
    let next = turns.ask(&w.op, w.ask(Some(&session), "hi")).await.unwrap();
    assert_eq!(WholeAnswer::read(next.log.read_from(0)).await.end, End::Finished, "a place was given back");
}

#[tokio::test]
async fn a_server_that_stops_ends_its_answers_and_keeps_the_part() {
    let paced = Paced::new(WORDS, 2);
    let w = World::with(paced.clone(), AgentSettings::default()).await;
    let (op, session) = (w.keyed("k", "r"), w.op.ids.web_session());
    let handle = w.turns.ask(&op, w.ask(Some(&session), "hi")).await.unwrap();
    let seen = some(&mut handle.read(), 6).await;
    assert_eq!(w.turns.cut(), 1);
    let told = all(handle.read()).await;
    let kind = |sent: &Sent| sent.1.split('"').nth(3).unwrap().to_owned();
    assert_eq!(told[..6], seen);
    assert_eq!(told[6..].iter().map(kind).collect::<Vec<_>>(), ["text-end", "error"]);
    assert_eq!(paced.inside.load(Ordering::SeqCst), 0, "the answerer was told to stop");
    let stored = w.store.find_turn(op.account, &handle.message_id).await.unwrap().unwrap();
    assert_eq!((stored.status, stored.answer.as_str()), (TurnStatus::Interrupted, "[0+hi] 0 1"));
    // The next start finds the part, each event with its number, from wherever a reader was cut.
    let node = w.node(w.store.clone(), paced.clone());
    let again = node.open(&op, &handle.message_id).await.unwrap().unwrap();
    for cut in 0..=told.len() {
        assert_eq!(all(after(&again, &told, cut)).await, told[cut..], "after {cut}");
    }
    // What is asked meanwhile is not answered here either.
    let late = w.turns.ask(&w.op, w.ask(None, "hi")).await.unwrap();
    assert!(matches!(WholeAnswer::read(late.log.read_from(0)).await.end, End::Failed(Failure::Internal)));
    // Only its own request, repeated, is answered anew; who had read the part is not told the rest of another answer.
    paced.permits.add_permits(WORDS);
    let (second, whole) = node.ask_whole(&op, w.ask(Some(&session), "hi")).await.unwrap();
    assert_eq!((&second.message_id, second.run, whole.end), (&handle.message_id, 2, End::Finished));
    assert_eq!(whole.text, "[0+hi] 0 1 2 3 4 5");
    let rest = all(after(&second, &seen, 6)).await;
    assert_eq!(rest.iter().map(kind).collect::<Vec<_>>(), ["error"]);
}

//! Sessions and turns.

use robofy_kernel::{MessageId, Timestamp};
use robofy_store::chat::{
    Begin, Channel, Citation, Failure, FinishReason, NewTurn, Notice, Pieces, TakenTurn, Tokens, Turn,
    TurnEnd, TurnKind, TurnStatus, VisitorContext,
};

use robofy_store::maintenance::STOP_COUNTS;

use super::*;

/// How long a node promises a turn.
const PROMISE: Duration = Duration::from_secs(20);

both_engines! {
    async fn a_turn_is_stored_with_its_quotes(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::account(&t).await);
        let taken = one_turn(&t, &home).await;
        assert_eq!(taken.number, 1);
        let turn = t.store.find_turn(home.op.account, &taken.message_id).await.unwrap().unwrap();
        assert_eq!((turn.status, turn.kind), (TurnStatus::Done, Some(TurnKind::Answer)));
        assert_eq!((turn.query.as_str(), turn.answer.as_str()), ("Question?", "Answer."));
        assert_eq!(turn.citations.0, end().citations);
        assert_eq!(turn.session_id.as_str(), "s");
        assert!(t.store.find_turn(stranger.account, &taken.message_id).await.unwrap().is_none());
        let session: SessionId = "s".parse().unwrap();
        let found = t.store.find_session(&home.op, &home.agent, Channel::Web, &session).await.unwrap().unwrap();
        assert_eq!((found.session_key, found.running_message_id), (taken.session_key, None));
        assert!(t.store.find_session(&home.op, &home.agent, Channel::Whatsapp, &session).await.unwrap().is_none());
        assert!(t.store.find_session(&stranger, &home.agent, Channel::Web, &session).await.unwrap().is_none());
        let mut test = home.op.clone();
        test.environment = Environment::Test;
        assert!(t.store.find_session(&test, &home.agent, Channel::Web, &session).await.unwrap().is_none());
        assert_eq!(t.store.find_sessions_by_id(home.op.account, &session).await.unwrap().len(), 1);
        assert!(t.store.find_sessions_by_id(stranger.account, &session).await.unwrap().is_empty());
    }

    async fn a_session_runs_one_turn_at_a_time(t: Fixture) {
        let home = make::home(&t).await;
        let first = taken(begin(&t, &home, "s").await);
        assert!(matches!(begin(&t, &home, "s").await, Begin::Busy));
        let other = taken(begin(&t, &home, "other").await);
        assert_eq!(other.number, 1);
        assert!(t.store.finish_turn(&home.op, &first, end()).await.unwrap());
        assert!(!t.store.finish_turn(&home.op, &first, end()).await.unwrap(), "it has ended");
        assert_eq!(taken(begin(&t, &home, "s").await).number, 2);
    }

    async fn fifty_at_once_are_numbered_one_after_another(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let mut numbers = at_once(&t, 50, |t, _| {
            let home = Arc::clone(&home);
            async move {
                loop {
                    if let Begin::Taken(turn) = begin(&t, &home, "s").await {
                        let running = raw::count(&t.store, "SELECT COUNT(*) FROM turns WHERE status = 'running'").await;
                        assert_eq!(running, 1);
                        assert!(t.store.finish_turn(&home.op, &turn, end()).await.unwrap());
                        return turn.number;
                    }
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        }).await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    }

    async fn a_broken_promise_interrupts_the_turn(t: Fixture) {
        let home = make::home(&t).await;
        let lost = taken(begin(&t, &home, "s").await);
        t.clock.advance(PROMISE);
        assert!(matches!(begin(&t, &home, "s").await, Begin::Busy), "promised to the last moment");
        assert!(t.store.renew_turn(home.op.account, &lost, until(&t)).await.unwrap());
        t.clock.advance(PROMISE);
        assert!(matches!(begin(&t, &home, "s").await, Begin::Busy), "renewed");
        t.clock.advance(Duration::from_micros(1));
        let next = taken(begin(&t, &home, "s").await);
        assert_eq!(next.number, 2);
        assert_eq!(status(&t, &home, &lost).await, TurnStatus::Interrupted);
        assert!(!t.store.renew_turn(home.op.account, &lost, until(&t)).await.unwrap());
        assert!(!t.store.finish_turn(&home.op, &lost, end()).await.unwrap(), "a late result is refused");
        assert_eq!(status(&t, &home, &lost).await, TurnStatus::Interrupted);
        assert_eq!(status(&t, &home, &next).await, TurnStatus::Running);
        assert!(t.store.finish_turn(&home.op, &next, end()).await.unwrap(), "the late result took nothing away");
    }

    async fn an_interrupted_turn_is_taken_up_again_once(t: Fixture) {
        let home = make::home(&t).await;
        let lost = taken(begin(&t, &home, "s").await);
        assert!(revive(&t, &home, &lost).await.is_none(), "it runs");
        t.clock.advance(PROMISE + Duration::from_secs(1));
        let revived = at_once(&t, 10, |t, _| {
            let (op, lost, until) = (home.op.clone(), lost.clone(), until(&t));
            async move { t.store.revive_turn(&op, &lost, until).await.unwrap() }
        }).await;
        let [revived] = &revived.into_iter().flatten().collect::<Vec<_>>()[..] else { panic!("not once") };
        assert_eq!((revived.run, revived.number), (2, 1));
        assert_eq!(status(&t, &home, &lost).await, TurnStatus::Running);
        assert!(matches!(begin(&t, &home, "s").await, Begin::Busy));
        assert!(!t.store.finish_turn(&home.op, &lost, end()).await.unwrap(), "the first run's late result is refused");
        assert!(!t.store.renew_turn(home.op.account, &lost, until(&t)).await.unwrap(), "nor does it keep the session");
        assert!(matches!(begin(&t, &home, "s").await, Begin::Busy), "the late result took nothing away");
        assert!(t.store.renew_turn(home.op.account, revived, until(&t)).await.unwrap());
        assert!(t.store.finish_turn(&home.op, revived, end()).await.unwrap());
        assert!(revive(&t, &home, &lost).await.is_none(), "it is answered");
        assert_eq!(taken(begin(&t, &home, "s").await).number, 2);
    }

    async fn a_revived_turn_that_is_lost_again_does_not_run_for_ever(t: Fixture) {
        let home = make::home(&t).await;
        let first = taken(begin(&t, &home, "s").await);
        t.clock.advance(PROMISE + Duration::from_secs(1));
        let second = taken(begin(&t, &home, "s").await);
        t.clock.advance(PROMISE + Duration::from_secs(1));
        assert!(revive(&t, &home, &first).await.is_some());
        assert_eq!(status(&t, &home, &second).await, TurnStatus::Interrupted, "its session was taken");
        t.clock.advance(PROMISE + Duration::from_secs(1));
        let third = taken(begin(&t, &home, "s").await);
        assert_eq!(third.number, 3);
        assert_eq!(status(&t, &home, &first).await, TurnStatus::Interrupted);
    }

    async fn a_repeat_with_its_key_finds_its_turn(t: Fixture) {
        let home = make::home(&t).await;
        let op = once::with_key(&home.op, b"key", b"request");
        let turn = taken(t.store.begin_turn(&op, new_turn(&t, &home, "s")).await.unwrap());
        let again = t.store.begin_turn(&op, new_turn(&t, &home, "s")).await.unwrap();
        assert!(matches!(&again, Begin::Known(id) if *id == turn.message_id), "{again:?}");
        let other = once::with_key(&home.op, b"key", b"other");
        let error = t.store.begin_turn(&other, new_turn(&t, &home, "s")).await.unwrap_err();
        assert!(matches!(error, StoreError::OtherRequest));
        let busy = once::with_key(&home.op, b"key 2", b"request");
        assert!(matches!(t.store.begin_turn(&busy, new_turn(&t, &home, "s")).await.unwrap(), Begin::Busy));
        assert!(t.store.finish_turn(&home.op, &turn, end()).await.unwrap());
        let later = t.store.begin_turn(&busy, new_turn(&t, &home, "s")).await.unwrap();
        assert!(matches!(later, Begin::Taken(_)), "a key is not used up by a busy session: {later:?}");
    }

    async fn what_a_replay_needs_is_stored(t: Fixture) {
        let home = make::home(&t).await;
        let plain = stored(&t, &home, &one_turn(&t, &home).await).await;
        assert_eq!((plain.pieces, plain.notice, plain.failure), (None, None, None));
        assert_eq!((plain.finish_reason, plain.run), (Some(FinishReason::Stop), 1));
        let turn = taken(begin(&t, &home, "s").await);
        let pieces = Some(Pieces::pack([3, 4]));
        let failed = TurnEnd {
            status: TurnStatus::Failed,
            pieces: pieces.clone(),
            notice: Some(Notice::ModelUnavailable),
            failure: Some(Failure::Timeout),
            finish_reason: None,
            ..end()
        };
        assert!(t.store.finish_turn(&home.op, &turn, failed).await.unwrap());
        let turn = stored(&t, &home, &turn).await;
        assert_eq!((&turn.pieces, turn.notice), (&pieces, Some(Notice::ModelUnavailable)));
        assert_eq!((turn.failure, turn.finish_reason), (Some(Failure::Timeout), None));
        assert_eq!(turn.pieces.unwrap().cut(&turn.answer).collect::<Vec<_>>(), ["Ans", "wer."]);
    }

    async fn tokens_are_counted_by_agent_and_month_of_live_turns_that_were_kept(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let spent = |input, output| TurnEnd { tokens: Some(Tokens { input, output }), ..end() };
        at_once(&t, 20, |t, n| {
            let home = Arc::clone(&home);
            async move {
                let turn = taken(begin(&t, &home, &format!("s{n}")).await);
                assert!(t.store.finish_turn(&home.op, &turn, spent(10, 3)).await.unwrap());
                assert!(!t.store.finish_turn(&home.op, &turn, spent(10, 3)).await.unwrap());
            }
        }).await;
        let mut test = home.op.clone();
        test.environment = Environment::Test;
        let turn = taken(t.store.begin_turn(&test, new_turn(&t, &home, "test")).await.unwrap());
        assert!(t.store.finish_turn(&test, &turn, spent(1_000, 1_000)).await.unwrap());
        let count = async |op: &Op| t.store.tokens_this_month(op, &home.agent).await.unwrap();
        assert_eq!(count(&home.op).await, Tokens { input: 200, output: 60 });
        assert_eq!(count(&make::account(&t).await).await, Tokens::default());
        let other = t.store.tokens_this_month(&home.op, &t.ids.chatbot()).await.unwrap();
        assert_eq!(other, Tokens::default());
        t.clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
        assert_eq!(count(&home.op).await, Tokens::default(), "another month");
        let columns = "SELECT CAST(SUM(input_tokens) AS BIGINT) FROM turns";
        assert_eq!(raw::count(&t.store, columns).await, 1_200);
    }

    async fn a_revived_turn_begins_without_what_an_earlier_run_had_said(t: Fixture) {
        let home = make::home(&t).await;
        let turn = taken(begin(&t, &home, "s").await);
        let part = TurnEnd {
            status: TurnStatus::Interrupted,
            kind: None,
            pieces: Some(Pieces::pack([3, 4])),
            notice: Some(Notice::ModelUnavailable),
            finish_reason: None,
            ..end()
        };
        let text = part.answer.clone();
        assert!(t.store.finish_turn(&home.op, &turn, part).await.unwrap());
        assert_eq!(stored(&t, &home, &turn).await.answer, text);
        revive(&t, &home, &turn).await.unwrap();
        let turn = stored(&t, &home, &turn).await;
        assert_eq!((turn.answer.as_str(), turn.pieces, turn.notice), ("", None, None));
        assert_eq!((turn.run, turn.status), (2, TurnStatus::Running));
    }

    async fn requests_to_stop_are_found_and_forgotten(t: Fixture) {
        let home = make::home(&t).await;
        let turn = taken(begin(&t, &home, "s").await);
        let asked = async || t.store.turns_to_stop(t.clock.now()).await.unwrap();
        assert!(asked().await.is_empty());
        for run in [1, 2, 2] {
            t.store.ask_to_stop(&home.op, &turn.message_id, run).await.unwrap();
            assert_eq!(asked().await, [(home.op.account, turn.message_id.clone(), run)]);
        }
        t.clock.advance(STOP_COUNTS);
        assert!(asked().await.is_empty());
        t.store.interrupt_lost_turns(t.clock.now(), false).await.unwrap();
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM turn_stops").await, 0);
    }

    async fn earlier_turns_come_newest_first(t: Fixture) {
        let home = make::home(&t).await;
        let mut session = None;
        for status in [TurnStatus::Done, TurnStatus::Failed, TurnStatus::Stopped, TurnStatus::Done, TurnStatus::Done] {
            let turn = taken(begin(&t, &home, "s").await);
            session = Some(turn.session_key);
            t.store.finish_turn(&home.op, &turn, TurnEnd { status, ..end() }).await.unwrap();
        }
        let past = async |number, limit| {
            let turns = t.store.past_turns(home.op.account, session.unwrap(), number, limit).await.unwrap();
            turns.into_iter().map(|turn| turn.number).collect::<Vec<_>>()
        };
        assert_eq!(past(6, 10).await, [5, 4, 3, 1], "failed ones are no memory");
        assert_eq!(past(6, 2).await, [5, 4]);
        assert_eq!(past(4, 10).await, [3, 1]);
        assert!(past(1, 10).await.is_empty());
    }

    async fn what_is_known_of_a_visitor_stays(t: Fixture) {
        let home = make::home(&t).await;
        let context = |name: Option<&str>, zone: Option<&str>| VisitorContext {
            user_name: name.map(str::to_owned),
            timezone: zone.map(str::to_owned),
            ..VisitorContext::default()
        };
        for context in [context(Some("Ann"), None), context(None, Some("Asia/Tokyo")), context(None, None)] {
            let turn = NewTurn { context, ..new_turn(&t, &home, "s") };
            let turn = taken(t.store.begin_turn(&home.op, turn).await.unwrap());
            t.store.finish_turn(&home.op, &turn, end()).await.unwrap();
        }
        let known = raw::list(&t.store, "SELECT user_name || ' ' || timezone FROM chat_sessions").await;
        assert_eq!(known, ["Ann Asia/Tokyo"]);
    }

    async fn an_answer_is_rated_in_its_own_session(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::account(&t).await);
        let turn = one_turn(&t, &home).await;
        let other = taken(begin(&t, &home, "other").await);
        let rate = async |op: &Op, session, message: &MessageId, rating| {
            t.store.rate_turn(op, session, message, rating, Some("why".into())).await.unwrap()
        };
        assert!(rate(&home.op, turn.session_key, &turn.message_id, 1).await);
        assert!(rate(&home.op, turn.session_key, &turn.message_id, -1).await);
        assert!(!rate(&home.op, other.session_key, &turn.message_id, 1).await);
        assert!(!rate(&stranger, turn.session_key, &turn.message_id, 1).await);
        assert_eq!(raw::count(&t.store, "SELECT rating FROM turns WHERE rating IS NOT NULL").await, -1);
    }

    async fn ending_and_taking_over_at_once_never_block_each_other(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        for round in 0..15 {
            let lost = taken(begin(&t, &home, "s").await);
            t.clock.advance(PROMISE + Duration::from_secs(1));
            let results = at_once(&t, 9, |t, n| {
                let (home, lost) = (Arc::clone(&home), lost.clone());
                async move {
                    match n % 3 {
                        0 => t.store.finish_turn(&home.op, &lost, end()).await.map(|_| None),
                        1 => t.store.begin_turn(&home.op, new_turn(&t, &home, "s")).await.map(Some),
                        _ => t.store.interrupt_lost_turns(home.op.now(), false).await.map(|_| None),
                    }
                }
            }).await;
            for result in results {
                match result.unwrap_or_else(|error| panic!("round {round}: {error}")) {
                    Some(Begin::Taken(turn)) => {
                        t.store.finish_turn(&home.op, &turn, end()).await.unwrap();
                    }
                    Some(Begin::Busy | Begin::Known(_)) | None => {}
                }
            }
        }
    }
}

/// The turn that was begun.
pub(crate) fn taken(begin: Begin) -> TakenTurn {
    match begin {
        Begin::Taken(turn) => turn,
        Begin::Busy | Begin::Known(_) => panic!("{begin:?}"),
    }
}

fn until(t: &Fixture) -> Timestamp {
    t.clock.now().after(PROMISE)
}

pub(crate) fn new_turn(t: &Fixture, home: &make::Home, session: &str) -> NewTurn {
    NewTurn {
        chatbot_id: home.agent.clone(),
        channel: Channel::Web,
        session_id: session.parse().unwrap(),
        context: VisitorContext::default(),
        query: "Question?".into(),
        message_id: t.ids.message(),
        visitor_message_id: t.ids.message(),
        running_until: until(t),
    }
}

pub(crate) async fn begin(t: &Fixture, home: &make::Home, session: &str) -> Begin {
    t.store.begin_turn(&home.op, new_turn(t, home, session)).await.unwrap()
}

pub(crate) fn end() -> TurnEnd {
    TurnEnd {
        status: TurnStatus::Done,
        kind: Some(TurnKind::Answer),
        answer: "Answer.".into(),
        citations: vec![Citation {
            index: 1,
            asset_id: Some(AssetId(7)),
            qa_id: None,
            version: Some(1),
            start: Some(0),
            end: Some(5),
            quote: "„Größe“".into(),
            file_name: Some("a.txt".into()),
            source_url: None,
            heading_path: vec!["A".into()],
        }],
        pieces: None,
        notice: None,
        failure: None,
        finish_reason: Some(FinishReason::Stop),
        tokens: None,
        first_token_ms: Some(3),
        unanswered: None,
        parts: Vec::new(),
        flow: None,
        effects: Vec::new(),
    }
}

/// The stored turn.
pub(crate) async fn stored(t: &Fixture, home: &make::Home, turn: &TakenTurn) -> Turn {
    t.store.find_turn(home.op.account, &turn.message_id).await.unwrap().unwrap()
}

/// Takes a turn up again; gives the new run when it was free.
async fn revive(t: &Fixture, home: &make::Home, turn: &TakenTurn) -> Option<TakenTurn> {
    t.store.revive_turn(&home.op, turn, until(t)).await.unwrap()
}

/// A turn in session `s`, begun and answered.
pub(crate) async fn one_turn(t: &Fixture, home: &make::Home) -> TakenTurn {
    let turn = taken(begin(t, home, "s").await);
    assert!(t.store.finish_turn(&home.op, &turn, end()).await.unwrap());
    turn
}

pub(crate) async fn status(t: &Fixture, home: &make::Home, turn: &TakenTurn) -> TurnStatus {
    t.store.find_turn(home.op.account, &turn.message_id).await.unwrap().unwrap().status
}

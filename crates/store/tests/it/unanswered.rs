//! Questions that were not found.

use robofy_kernel::{ChatbotId, QuestionId, Timestamp};
use robofy_store::chat::{TakenTurn, TurnEnd, TurnKind};
use robofy_store::unanswered::Question;

use super::*;

const ALWAYS: (Timestamp, Timestamp) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));

/// Asks something that is not found; `form` is what makes two questions one.
async fn ask(
    t: &Fixture,
    op: &Op,
    agent: &ChatbotId,
    (session, form, wording): (&str, &str, &str),
) -> TakenTurn {
    let home = make::Home { op: op.clone(), project: robofy_kernel::ProjectId(0), agent: agent.clone() };
    let new = robofy_store::chat::NewTurn { query: wording.into(), ..chat::new_turn(t, &home, session) };
    let turn = chat::taken(t.store.begin_turn(op, new).await.unwrap());
    let end = TurnEnd {
        kind: Some(TurnKind::NotFound),
        citations: Vec::new(),
        unanswered: Some(form.into()),
        ..chat::end()
    };
    assert!(t.store.finish_turn(op, &turn, end).await.unwrap());
    turn
}

/// All pages of this size.
async fn list(t: &Fixture, op: &Op, agent: &ChatbotId, size: i64) -> Vec<Question> {
    let mut page = PageRequest { after: None, size };
    let mut all = Vec::new();
    loop {
        let next = t.store.list_unanswered(op, agent, ALWAYS, &page).await.unwrap();
        all.extend(next.items);
        page.after = next.next;
        if page.after.is_none() {
            return all;
        }
    }
}

fn shown(list: &[Question]) -> Vec<String> {
    list.iter().map(|question| format!("{} x{}", question.question, question.asked)).collect()
}

both_engines! {
    async fn equal_questions_are_one_with_the_latest_wording(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::home(&t).await);
        let op = &home.op;
        for (n, wording) in ["do you ship to mars", "Ship to Mars?", "SHIP TO MARS"].iter().enumerate() {
            ask(&t, op, &home.agent, (&format!("s{n}"), "ship mars", wording)).await;
            t.clock.advance(Duration::from_secs(60));
        }
        let last = ask(&t, op, &home.agent, ("s0", "price", "What is the price?")).await;
        let found = list(&t, op, &home.agent, 1).await;
        assert_eq!(shown(&found), ["SHIP TO MARS x3", "What is the price? x1"]);
        assert_eq!((found[0].session_id.as_str(), found[1].session_id.as_str()), ("s2", "s0"));
        assert_eq!(found[1].message_id, last.message_id);
        let minutes = found[0].last_asked_at.since(found[0].first_asked_at).as_secs() / 60;
        assert_eq!((minutes, found[1].first_asked_at), (2, t.clock.now()));
        assert!(list(&t, &stranger.op, &home.agent, 10).await.is_empty());
        // The first two minutes only.
        let first = (ALWAYS.0, t.clock.now().before(Duration::from_secs(60)));
        let page = PageRequest { after: None, size: 10 };
        let found = t.store.list_unanswered(op, &home.agent, first, &page).await.unwrap().items;
        assert_eq!(shown(&found), ["Ship to Mars? x2"]);
        // An erased session's goes with it.
        assert!(t.store.erase_session(op, last.session_key).await.unwrap());
        assert_eq!(shown(&list(&t, op, &home.agent, 10).await), ["SHIP TO MARS x2"]);
    }

    async fn a_question_is_dismissed_until_it_is_asked_again(t: Fixture) {
        let home = make::home(&t).await;
        let trial = Op { environment: Environment::Test, ..home.op.clone() };
        ask(&t, &home.op, &home.agent, ("s", "a", "A?")).await;
        ask(&t, &trial, &home.agent, ("s", "b", "B?")).await;
        let found = list(&t, &home.op, &home.agent, 10).await;
        assert_eq!(shown(&found), ["A? x1"], "a trial's questions are not the visitors'");
        assert_eq!(shown(&list(&t, &trial, &home.agent, 10).await), ["B? x1"]);
        let dismiss = async |op: &Op, question: QuestionId| {
            t.store.dismiss_unanswered(op, &home.agent, question).await.unwrap()
        };
        assert!(!dismiss(&trial, found[0].question_id).await);
        assert!(dismiss(&home.op, found[0].question_id).await);
        assert!(!dismiss(&home.op, found[0].question_id).await);
        assert!(list(&t, &home.op, &home.agent, 10).await.is_empty());
        ask(&t, &home.op, &home.agent, ("s", "a", "a?")).await;
        assert_eq!(shown(&list(&t, &home.op, &home.agent, 10).await), ["a? x1"]);
    }

    /// Whatever is asked meanwhile, the pages of one list have each question once.
    async fn pages_stand_still_while_visitors_ask(t: Fixture) {
        let home = make::home(&t).await;
        let form = |n: usize| format!("q{}", n % 17);
        for n in 0..60 {
            let form = form(n * n);
            ask(&t, &home.op, &home.agent, (&format!("s{}", n % 5), &form, &form)).await;
            t.clock.advance(Duration::from_secs(1));
        }
        let whole = shown(&list(&t, &home.op, &home.agent, 200).await);
        assert!(whole.len() > 5, "{whole:?}");
        let mut page = PageRequest { after: None, size: 2 };
        let mut seen = Vec::new();
        for n in 0.. {
            let next = t.store.list_unanswered(&home.op, &home.agent, ALWAYS, &page).await.unwrap();
            seen.extend(next.items.iter().map(|q| format!("{} x{}", q.question, q.asked)));
            t.clock.advance(Duration::from_secs(1));
            ask(&t, &home.op, &home.agent, ("s", &form(n), "asked meanwhile")).await;
            ask(&t, &home.op, &home.agent, ("s", &format!("new {n}"), "asked meanwhile")).await;
            page.after = next.next;
            if page.after.is_none() {
                break;
            }
        }
        assert_eq!(seen, whole);
    }
}

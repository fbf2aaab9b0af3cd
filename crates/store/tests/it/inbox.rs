//! Conversations as an operator looks for them.

use robofy_kernel::PageRequest;
use robofy_store::chat::inbox::{InboxFilter, InboxKey, LOOKED_AT, SEARCHED};
use robofy_store::chat::{Channel, NewTurn, TurnEnd, TurnKind, VisitorContext};

use super::*;

/// What a session is made of.
struct Told {
    id: String,
    channel: Channel,
    user: Option<&'static str>,
    says: Vec<(&'static str, TurnKind, Option<i64>)>,
}

async fn tell(t: &Fixture, home: &make::Home, told: &Told) {
    for (query, kind, rating) in &told.says {
        let new = NewTurn {
            channel: told.channel,
            query: (*query).into(),
            context: VisitorContext { user_name: told.user.map(Into::into), ..VisitorContext::default() },
            ..chat::new_turn(t, home, &told.id)
        };
        let turn = chat::taken(t.store.begin_turn(&home.op, new).await.unwrap());
        let end = TurnEnd { kind: Some(*kind), answer: format!("So {query}"), ..chat::end() };
        assert!(t.store.finish_turn(&home.op, &turn, end).await.unwrap());
        if let Some(rating) = rating {
            let rated = t.store.rate_turn(&home.op, turn.session_key, &turn.message_id, *rating, None).await;
            assert!(rated.unwrap());
        }
    }
}

/// All that pass, in pages of this size; how many pages that took.
async fn all(t: &Fixture, home: &make::Home, filter: &InboxFilter, size: i64) -> (Vec<String>, usize) {
    let (mut ids, mut after, mut pages) = (Vec::new(), None::<InboxKey>, 0);
    loop {
        let page = PageRequest { after, size };
        let page = t.store.list_inbox(&home.op, &home.agent, filter, &page).await.unwrap();
        assert!(page.items.len() as i64 <= size);
        ids.extend(page.items.into_iter().map(|session| String::from(session.session_id)));
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            return (ids, pages);
        }
    }
}

both_engines! {
    async fn a_time_has_its_first_moment_and_not_its_last(t: Fixture) {
        let home = make::home(&t).await;
        let begin = t.clock.now();
        for n in 0..10 {
            let says = vec![("Größe?", TurnKind::Answer, None)];
            tell(&t, &home, &Told { id: format!("s{n}"), channel: Channel::Web, user: None, says }).await;
            t.clock.advance(Duration::from_secs(1));
        }
        let at = |seconds| Some(begin.after(Duration::from_secs(seconds)));
        for (channel, text) in [(None, None), (Some(Channel::Web), None), (None, Some("größe".into()))] {
            let filter = InboxFilter { from: at(3), until: at(6), channel, text, ..InboxFilter::default() };
            assert_eq!(all(&t, &home, &filter, 2).await.0, ["s5", "s4", "s3"]);
        }
    }

    async fn what_is_listed_is_what_a_reader_of_all_would_choose(t: Fixture) {
        let home = make::home(&t).await;
        let mut told = Vec::new();
        for n in 0..130_usize {
            let says = (0..1 + n % 3).map(|turn| {
                let query = ["Größe?", "SHIPPING", "ağ İ", "100%_"][(n * 7 + turn) % 4];
                let kind = if (n + turn) % 5 == 0 { TurnKind::NotFound } else { TurnKind::Answer };
                (query, kind, [None, None, Some(1), Some(-1)][(n + turn * 3) % 4])
            });
            let told_now = Told {
                id: format!("s{n}"),
                channel: if n % 4 == 1 { Channel::Whatsapp } else { Channel::Web },
                user: (n % 6 == 0).then_some("Zoë Größer"),
                says: says.collect(),
            };
            tell(&t, &home, &told_now).await;
            told.push(told_now);
            // Some end in the same moment.
            t.clock.advance(Duration::from_micros(n as u64 % 2));
        }
        let everything = all(&t, &home, &InboxFilter::default(), 200).await.0;
        assert_eq!(everything.len(), told.len());
        let of = |id: &str| told.iter().find(|told| told.id == id).unwrap();
        for number in 0..96 {
            let filter = InboxFilter {
                text: [None, Some("größe"), Some("ship"), Some("%_")][number % 4].map(Into::into),
                channel: [None, Some(Channel::Web), Some(Channel::Whatsapp)][number / 4 % 3],
                unanswered: [None, Some(true), Some(false), None][number / 12 % 4],
                rating: [None, Some(-1)][number / 48],
                ..InboxFilter::default()
            };
            let passes = |told: &Told| {
                let says = |text: &str| {
                    let has = |said: &str| said.to_lowercase().contains(text);
                    told.user.is_some_and(has) || told.says.iter().any(|(query, ..)| has(query))
                };
                filter.text.as_deref().is_none_or(says)
                    && filter.channel.is_none_or(|channel| channel == told.channel)
                    && filter.unanswered.is_none_or(|wanted| {
                        told.says.iter().any(|(_, kind, _)| *kind == TurnKind::NotFound) == wanted
                    })
                    && filter.rating.is_none_or(|rating| told.says.iter().any(|(.., rated)| *rated == Some(rating)))
            };
            let expected: Vec<String> = everything.iter().filter(|id| passes(of(id))).cloned().collect();
            for size in [7, 200] {
                assert_eq!(all(&t, &home, &filter, size).await.0, expected, "{filter:?} in pages of {size}");
            }
        }
    }

    async fn a_page_looks_at_so_many_and_the_next_goes_on(t: Fixture) {
        let home = make::home(&t).await;
        let first = Told { id: "wanted".into(), channel: Channel::Web, user: None, says: vec![("Needle", TurnKind::Answer, Some(1))] };
        tell(&t, &home, &first).await;
        let more = LOOKED_AT + 100;
        let id = match t.engine {
            Engine::Sqlite => "randomblob(16)",
            Engine::Postgres => "gen_random_uuid()",
        };
        raw::run(&t.store, format!(
            "INSERT INTO chat_sessions (account_id, session_key, chatbot_id, environment, channel, session_id, next_number, created_at, last_at)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {more})
             SELECT s.account_id, {id}, s.chatbot_id, s.environment, s.channel, 'n' || n.i, 2, s.created_at, s.last_at + n.i FROM chat_sessions s, n"
        ).leak()).await;
        raw::run(&t.store,
            "INSERT INTO turns (account_id, session_key, number, message_id, visitor_message_id, status, query, answer, citations, started_at)
             SELECT account_id, session_key, 1, session_id, session_id, 'done', 'Hay', '', '[]', last_at FROM chat_sessions WHERE session_id <> 'wanted'").await;
        let rated = InboxFilter { rating: Some(1), ..InboxFilter::default() };
        let first = t.store.list_inbox(&home.op, &home.agent, &rated, &PageRequest { after: None, size: 50 }).await.unwrap();
        assert!(first.items.is_empty() && first.next.is_some());
        assert_eq!(all(&t, &home, &rated, 50).await, (vec!["wanted".to_owned()], 2));
        let said = InboxFilter { text: Some("NEEDLE".into()), ..InboxFilter::default() };
        let pages = usize::try_from((more + 1).div_euclid(SEARCHED)).unwrap() + 1;
        assert_eq!(all(&t, &home, &said, 50).await, (vec!["wanted".to_owned()], pages));
        let everything = all(&t, &home, &InboxFilter::default(), 200).await;
        assert_eq!((everything.0.len() as i64, everything.1), (more + 1, 26));
    }

    async fn a_session_without_a_question_is_no_conversation(t: Fixture) {
        let home = make::home(&t).await;
        let running = chat::taken(chat::begin(&t, &home, "s").await);
        let page = t.store.list_inbox(&home.op, &home.agent, &InboxFilter::default(), &PageRequest { after: None, size: 5 }).await.unwrap();
        assert_eq!((page.items.len(), page.items[0].answer.as_str(), page.items[0].query.as_str()), (1, "", "Question?"));
        raw::run(&t.store, "UPDATE chat_sessions SET next_number = 1").await;
        assert!(all(&t, &home, &InboxFilter::default(), 5).await.0.is_empty());
        let found = t.store.find_agent_sessions(home.op.account, &home.agent, &"s".parse().unwrap()).await.unwrap();
        assert_eq!((found.len(), found[0].session_key), (1, running.session_key));
    }
}

//! Statistics: what is counted is what a scan of the stored rows gives.

mod property;
mod scan;

use jiff::civil::{Date, date};
use robofy_booking::Zone;
use robofy_kernel::ChatbotId;
use robofy_store::chat::{TurnEnd, TurnKind};
use robofy_store::statistics::{Counts, Figures, Interval, Periods, Statistics};

use super::*;

const MONDAY: Date = date(2026, 1, 5);

/// All that is kept of what was counted.
const KEPT: &str = "SELECT (SELECT COUNT(*) FROM stat_deltas) + (SELECT COUNT(*) FROM stat_counters) + (SELECT COUNT(*) FROM stat_visits)
                           + (SELECT COUNT(*) FROM stat_gates)";

async fn read(t: &Fixture, home: &make::Home, agent: Option<&ChatbotId>, periods: &Periods) -> Statistics {
    t.store.statistics(&home.op, home.project, agent, periods).await.unwrap()
}

/// The days from Monday on, in a zone.
fn days(count: i32, zone: &str) -> Periods {
    let last = MONDAY.saturating_add(jiff::Span::new().days(count - 1));
    Periods::new(MONDAY, last, Interval::Day, &Zone::named(zone).unwrap())
}

async fn turn(t: &Fixture, home: &make::Home, session: &str) -> robofy_store::chat::TakenTurn {
    let turn = chat::taken(chat::begin(t, home, session).await);
    assert!(t.store.finish_turn(&home.op, &turn, chat::end()).await.unwrap());
    turn
}

fn sessions(statistics: &Statistics) -> Vec<i64> {
    statistics.series.iter().map(|(_, figures)| figures.sessions).collect()
}

both_engines! {
    async fn a_session_counts_once_a_day_in_whatever_zone(t: Fixture) {
        let home = make::home(&t).await;
        // Monday 09:00, 19:00 and Tuesday 01:00 in UTC.
        for hours in [10, 6, 0] {
            turn(&t, &home, "s").await;
            t.clock.advance(Duration::from_secs(hours * 3_600));
        }
        for fold in [false, true] {
            if fold {
                assert_eq!(t.store.fold_statistics(t.clock.now()).await.unwrap(), 3);
                assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM stat_deltas").await, 0);
            }
            let utc = read(&t, &home, None, &days(2, "UTC")).await;
            assert_eq!((sessions(&utc), utc.totals.sessions), (vec![1, 1], 1));
            assert_eq!(utc.series.iter().map(|day| day.1.counts.messages).collect::<Vec<_>>(), [2, 1]);
            // There the second turn is on Tuesday, too.
            let tokyo = read(&t, &home, None, &days(2, "Asia/Tokyo")).await;
            assert_eq!((sessions(&tokyo), tokyo.totals.sessions), (vec![1, 1], 1));
            assert_eq!(tokyo.series.iter().map(|day| day.1.counts.messages).collect::<Vec<_>>(), [1, 2]);
            // And here all three are on Monday.
            let york = read(&t, &home, Some(&home.agent), &days(2, "America/New_York")).await;
            assert_eq!((sessions(&york), york.totals.sessions), (vec![1, 0], 1));
            let week = Periods::new(MONDAY, date(2026, 1, 18), Interval::Week, &Zone::UTC);
            assert_eq!(sessions(&read(&t, &home, None, &week).await), [1, 0]);
        }
        assert_eq!(t.store.fold_statistics(t.clock.now()).await.unwrap(), 0);
    }

    async fn what_is_counted(t: Fixture) {
        let home = make::home(&t).await;
        let stranger = make::home(&t).await;
        let kind = |kind| TurnEnd { kind: Some(kind), citations: Vec::new(), ..chat::end() };
        let ends = [chat::end(), kind(TurnKind::Pair), kind(TurnKind::NotFound), kind(TurnKind::SmallTalk), kind(TurnKind::Flow)];
        let mut rated = Vec::new();
        for end in ends {
            let turn = chat::taken(chat::begin(&t, &home, "s").await);
            t.store.finish_turn(&home.op, &turn, end).await.unwrap();
            rated.push(turn);
        }
        for (at, rating) in [(0, 1), (0, -1), (0, -1), (1, 1)] {
            let turn = &rated[at];
            assert!(t.store.rate_turn(&home.op, turn.session_key, &turn.message_id, rating, None).await.unwrap());
        }
        let lead = leads::save(&t, &home, leads::said(&home, "s", &[("email", "a@b.c")])).await.lead_id;
        let expected = Counts {
            messages: 5,
            leads: 1,
            answered: 2,
            unanswered: 1,
            rated_up: 1,
            rated_down: 1,
            first_tokens: 5,
            first_token_ms: 15,
            ..Counts::NONE
        };
        let read_all = async || read(&t, &home, None, &days(1, "UTC")).await.totals;
        assert_eq!(read_all().await, Figures { sessions: 1, counts: expected });
        t.store.fold_statistics(t.clock.now()).await.unwrap();
        assert_eq!(read_all().await, Figures { sessions: 1, counts: expected });
        assert_eq!(expected.mean_first_token_ms(), Some(3));
        assert_eq!(read(&t, &stranger, None, &days(1, "UTC")).await.totals, Figures::default());
        let other = t.store.statistics(&stranger.op, home.project, None, &days(1, "UTC")).await.unwrap();
        assert_eq!(other.totals, Figures::default(), "somebody else's project");
        assert!(t.store.delete_lead(&home.op, &home.agent, lead).await.unwrap());
        assert!(t.store.erase_session(&home.op, rated[0].session_key).await.unwrap());
        assert!(!t.store.erase_session(&home.op, rated[0].session_key).await.unwrap());
        assert_eq!(read_all().await, Figures::default(), "what is gone is taken back");
        t.store.fold_statistics(t.clock.now()).await.unwrap();
        assert_eq!(read_all().await, Figures::default());
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM stat_visits").await, 0);
    }

    /// Fifty sessions at once, while several nodes fold and read.
    async fn turns_are_counted_once_while_nodes_fold(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let other = if t.engine == Engine::Postgres { t.open_again().await.unwrap() } else { t.store.clone() };
        at_once(&t, 58, |t, n| {
            let (home, other) = (Arc::clone(&home), other.clone());
            async move {
                if n < 50 {
                    for _ in 0..4 {
                        turn(&t, &home, &format!("s{n}")).await;
                    }
                } else {
                    for _ in 0..15 {
                        let store = if n % 2 == 0 { &t.store } else { &other };
                        store.fold_statistics(t.clock.now()).await.unwrap();
                        let seen = read(&t, &home, None, &days(1, "UTC")).await.totals;
                        assert!((0..=200).contains(&seen.counts.messages) && (0..=50).contains(&seen.sessions), "{seen:?}");
                    }
                }
            }
        }).await;
        let seen = read(&t, &home, None, &days(1, "UTC")).await.totals;
        assert_eq!((seen.counts.messages, seen.counts.answered, seen.sessions), (200, 200, 50));
        t.store.fold_statistics(t.clock.now()).await.unwrap();
        assert_eq!(read(&t, &home, None, &days(1, "UTC")).await.totals, seen);
        assert_eq!(raw::count(&t.store, "SELECT CAST(SUM(messages) AS BIGINT) FROM stat_counters").await, 200);
        other.close().await;
    }

    /// Nothing is counted twice, and nothing not at all, while it goes from deltas to counters.
    async fn a_reading_is_exact_while_nodes_fold(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let other = if t.engine == Engine::Postgres { t.open_again().await.unwrap() } else { t.store.clone() };
        at_once(&t, 50, |t, n| {
            let home = Arc::clone(&home);
            async move {
                for _ in 0..4 {
                    turn(&t, &home, &format!("s{n}")).await;
                }
            }
        }).await;
        let readings = at_once(&t, 8, |t, n| {
            let (home, other) = (Arc::clone(&home), other.clone());
            async move {
                let store = if n % 2 == 0 { &t.store } else { &other };
                if n < 4 {
                    store.fold_statistics_in_steps(t.clock.now(), 3).await.unwrap();
                    return 0;
                }
                for readings in 1.. {
                    let waiting = raw::count(store, "SELECT COUNT(*) FROM stat_deltas").await;
                    let seen = store.statistics(&home.op, home.project, None, &days(1, "UTC")).await.unwrap().totals;
                    assert_eq!((seen.counts.messages, seen.counts.answered, seen.sessions), (200, 200, 50));
                    if waiting == 0 {
                        return readings;
                    }
                }
                0
            }
        }).await;
        assert!(readings.iter().sum::<i32>() > 8, "nobody read while it was folded: {readings:?}");
        other.close().await;
    }

    async fn what_is_counted_for_an_agent_after_it_is_gone_is_dropped(t: Fixture) {
        let shop = booking::shop(&t, 1, serde_json::json!({})).await;
        let home = &shop.home;
        assert!(t.store.delete_agent(&home.op, home.project, &home.agent).await.unwrap());
        // A page that was open names the agent still.
        fresh(t.store.book(&home.op, shop.wish(vec![shop.spot(0, 60)]), nothing).await.unwrap());
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM stat_deltas").await, 1);
        t.store.fold_statistics(t.clock.now()).await.unwrap();
        assert_eq!(raw::count(&t.store, KEPT).await, 0);
        assert_eq!(read(&t, home, None, &days(1, "UTC")).await.totals, Figures::default());
    }

    async fn an_agents_statistics_go_with_it(t: Fixture) {
        let home = make::home(&t).await;
        for fold in [true, false] {
            turn(&t, &home, "s").await;
            if fold {
                t.store.fold_statistics(t.clock.now()).await.unwrap();
            }
        }
        assert!(t.store.delete_agent(&home.op, home.project, &home.agent).await.unwrap());
        assert_eq!(read(&t, &home, None, &days(1, "UTC")).await.totals, Figures::default());
        assert_eq!(raw::count(&t.store, KEPT).await, 0);
    }
}

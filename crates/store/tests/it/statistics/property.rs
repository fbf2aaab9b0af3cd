//! Random conversations over days in which clocks are changed, read in several zones, beside a scan.

use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use robofy_kernel::{Clock, LeadId};
use robofy_store::chat::{Begin, TakenTurn, Tokens, TurnStatus};

use super::*;

/// One step. The numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    /// Minutes.
    Advance(u64),
    /// A turn in a session, and how it ends.
    Turn(u8, u8),
    /// The same by a node whose clock is so many minutes behind.
    Behind(u8, u64),
    /// Fifty at once, while others fold.
    Many(u8),
    /// A turn whose node dies.
    Lose(u8),
    Interrupt,
    Revive(usize),
    Rate(usize, i64),
    Lead(u8, u8),
    DeleteLead(usize),
    Book(bool),
    Erase(u8),
    Trial(u8),
    DeleteAgent,
    Fold,
    Look(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let session = || 0..8_u8;
    prop_oneof![
        8 => (1..700_u64).prop_map(Step::Advance),
        10 => (session(), 0..10_u8).prop_map(|(a, b)| Step::Turn(a, b)),
        2 => (session(), 0..60_u64).prop_map(|(a, b)| Step::Behind(a, b)),
        1 => session().prop_map(Step::Many),
        2 => session().prop_map(Step::Lose),
        1 => Just(Step::Interrupt),
        3 => any::<usize>().prop_map(Step::Revive),
        4 => (any::<usize>(), prop::sample::select(vec![1, -1])).prop_map(|(a, b)| Step::Rate(a, b)),
        3 => (session(), 0..4_u8).prop_map(|(a, b)| Step::Lead(a, b)),
        1 => any::<usize>().prop_map(Step::DeleteLead),
        2 => any::<bool>().prop_map(Step::Book),
        2 => session().prop_map(Step::Erase),
        1 => session().prop_map(Step::Trial),
        1 => Just(Step::DeleteAgent),
        3 => Just(Step::Fold),
        2 => (0..ZONES.len()).prop_map(Step::Look),
    ]
}

/// With changes of clocks from 28 March to 5 April, of offsets with quarters and half hours.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
];
const FIRST: Date = date(2026, 3, 26);
const LAST: Date = date(2026, 4, 12);

/// What was counted before there were counters.
const BACKFILL: (&str, &str) = (
    include_str!("../../../migrations/sqlite/0011_statistics.sql"),
    include_str!("../../../migrations/postgres/0011_statistics.sql"),
);

struct World {
    t: Arc<Fixture>,
    shop: booking::Shop,
    homes: Vec<make::Home>,
    turns: Vec<TakenTurn>,
    leads: Vec<(usize, LeadId)>,
    booked: u32,
}

#[test]
fn counters_are_what_a_scan_gives() {
    let cases =
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8).min(100);
    let config = Config { cases, max_shrink_iters: 150, failure_persistence: None, ..Config::default() };
    let steps = proptest::collection::vec(step(), 30..90);
    let result = TestRunner::new(config).run(&steps, |steps| {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let mut wrong = None;
            robofy_testkit::run(engine, async |t| wrong = Box::pin(play(t, &steps)).await);
            prop_assert!(wrong.is_none(), "{engine:?}: {}", wrong.unwrap_or_default());
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// What differs from the scan, if anything does.
async fn play(t: Arc<Fixture>, steps: &[Step]) -> Option<String> {
    // Friday, 27 March, 20:00 in UTC.
    t.clock.advance(Duration::from_secs((81 * 24 + 11) * 3_600));
    let shop = booking::shop(&t, 1, serde_json::json!({})).await;
    let home = |agent| make::Home { op: shop.home.op.clone(), project: shop.home.project, agent };
    let second = make::agent(&t, &shop.home.op, shop.home.project).await;
    let homes = vec![home(shop.home.agent.clone()), home(second)];
    let mut world = World { t, shop, homes, turns: Vec::new(), leads: Vec::new(), booked: 0 };
    for step in steps {
        let wrong = Box::pin(world.take(step)).await;
        if wrong.is_some() {
            return wrong;
        }
    }
    for zone in ZONES {
        let wrong = world.look(zone).await;
        if wrong.is_some() {
            return wrong;
        }
    }
    world.backfill().await;
    world.look(ZONES[1]).await.map(|wrong| format!("as it was counted before there were counters: {wrong}"))
}

/// One of many ends.
fn ends(how: u8) -> TurnEnd {
    let kind = |kind| TurnEnd { kind: Some(kind), citations: Vec::new(), ..chat::end() };
    let cut = |status| TurnEnd { status, kind: None, finish_reason: None, ..chat::end() };
    let end = match how {
        0 => chat::end(),
        1 => kind(TurnKind::Answer),
        2 => TurnEnd { unanswered: Some("question".into()), ..kind(TurnKind::NotFound) },
        3 => kind(TurnKind::SmallTalk),
        4 => kind(TurnKind::Flow),
        5 => TurnEnd { kind: Some(TurnKind::Pair), ..chat::end() },
        6 => cut(TurnStatus::Stopped),
        7 => cut(TurnStatus::Failed),
        8 => cut(TurnStatus::Interrupted),
        _ => TurnEnd { first_token_ms: None, ..cut(TurnStatus::Stopped) },
    };
    let tokens = how.is_multiple_of(2).then(|| Tokens { input: 100 + i64::from(how), output: 7 });
    TurnEnd { tokens, first_token_ms: end.first_token_ms.map(|ms| ms + i64::from(how)), ..end }
}

impl World {
    fn home(&self, session: u8) -> &make::Home {
        &self.homes[usize::from(session % 2)]
    }

    async fn take(&mut self, step: &Step) -> Option<String> {
        let t = Arc::clone(&self.t);
        let op = self.shop.home.op.clone();
        match *step {
            Step::Advance(minutes) => t.clock.advance(Duration::from_secs(minutes * 60 + 7)),
            Step::Turn(session, how) => self.turn(&op, session, Some(ends(how))).await,
            Step::Behind(session, minutes) => {
                let clock = Clock::manual(t.clock.now().before(Duration::from_secs(minutes * 60)));
                self.turn(&Op { clock, ..op }, session, Some(ends(0))).await;
            }
            Step::Lose(session) => self.turn(&op, session, None).await,
            Step::Trial(session) => {
                self.turn(&Op { environment: Environment::Test, ..op }, session, Some(ends(0))).await;
            }
            Step::Many(session) => self.many(session).await,
            Step::Interrupt => _ = t.store.interrupt_lost_turns(t.clock.now(), true).await.unwrap(),
            Step::Revive(which) => {
                let turn = pick(&self.turns, which)?;
                let until = t.clock.now().after(Duration::from_secs(20));
                if let Some(revived) = t.store.revive_turn(&op, turn, until).await.unwrap()
                    && which % 3 > 0
                {
                    let end = ends((which % 10) as u8);
                    assert!(t.store.finish_turn(&op, &revived, end).await.unwrap());
                }
            }
            Step::Rate(which, rating) => {
                let turn = pick(&self.turns, which)?;
                t.store.rate_turn(&op, turn.session_key, &turn.message_id, rating, None).await.unwrap();
            }
            Step::Lead(session, email) => {
                let email = format!("{email}@b.c");
                let values =
                    if email.starts_with('0') { [("name", "A")] } else { [("email", email.as_str())] };
                let home = self.home(session);
                let saved = leads::save(&t, home, leads::said(home, &format!("s{session}"), &values)).await;
                self.leads.push((usize::from(session % 2), saved.lead_id));
            }
            Step::DeleteLead(which) => {
                let (home, lead) = pick(&self.leads, which)?;
                t.store.delete_lead(&op, &self.homes[*home].agent, *lead).await.unwrap();
            }
            Step::Book(of_agent) => {
                self.booked += 1;
                let wish = self.shop.wish(vec![self.shop.spot(0, self.booked * 30)]);
                let wish = if of_agent {
                    wish
                } else {
                    robofy_store::booking::NewBooking { chatbot_id: None, ..wish }
                };
                fresh(t.store.book(&op, wish, nothing).await.unwrap());
            }
            Step::Erase(session) => {
                let home = self.home(session);
                let id: SessionId = format!("s{session}").parse().unwrap();
                let found = t
                    .store
                    .find_session(&op, &home.agent, robofy_store::chat::Channel::Web, &id)
                    .await
                    .unwrap();
                if let Some(found) = found {
                    assert!(t.store.erase_session(&op, found.session_key).await.unwrap());
                }
            }
            Step::DeleteAgent => {
                let home = &self.homes[1];
                assert!(t.store.delete_agent(&op, home.project, &home.agent).await.unwrap());
                self.homes[1].agent = make::agent(&t, &op, self.shop.home.project).await;
            }
            Step::Fold => _ = t.store.fold_statistics(t.clock.now()).await.unwrap(),
            Step::Look(zone) => return self.look(ZONES[zone]).await,
        }
        None
    }

    /// A turn, if its session is free; without an end its node dies.
    async fn turn(&mut self, op: &Op, session: u8, end: Option<TurnEnd>) {
        let home = self.home(session);
        let new = chat::new_turn(&self.t, home, &format!("s{session}"));
        match self.t.store.begin_turn(op, new).await.unwrap() {
            Begin::Taken(turn) => {
                if let Some(end) = end {
                    assert!(self.t.store.finish_turn(op, &turn, end).await.unwrap());
                }
                self.turns.push(turn);
            }
            Begin::Busy => {}
            Begin::Known(_) => panic!("without a key"),
        }
    }

    async fn many(&mut self, session: u8) {
        let (op, agent) = (self.shop.home.op.clone(), self.home(session).agent.clone());
        let project = self.shop.home.project;
        // Turns that were lost hold no session any more.
        self.t.clock.advance(Duration::from_secs(21));
        let turns = at_once(&self.t, 54, |t, n| {
            let home = make::Home { op: op.clone(), project, agent: agent.clone() };
            async move {
                if n >= 50 {
                    t.store.fold_statistics(t.clock.now()).await.unwrap();
                    return None;
                }
                // Some of them are in sessions that others are in, too.
                let name = format!("s{}", u64::from(session) + 2 * (n as u64 % 40));
                loop {
                    match chat::begin(&t, &home, &name).await {
                        Begin::Taken(turn) => {
                            assert!(t.store.finish_turn(&home.op, &turn, ends((n % 8) as u8)).await.unwrap());
                            return Some(turn);
                        }
                        Begin::Busy => tokio::time::sleep(Duration::from_millis(1)).await,
                        Begin::Known(_) => panic!("without a key"),
                    }
                }
            }
        })
        .await;
        self.turns.extend(turns.into_iter().flatten());
    }

    /// Compares with a scan.
    async fn look(&self, zone: &str) -> Option<String> {
        let zone = Zone::named(zone).unwrap();
        let events = scan::events(&self.t).await;
        for agent in [None, Some(&self.homes[0].agent), Some(&self.homes[1].agent)] {
            for interval in Interval::ALL {
                let periods = Periods::new(FIRST, LAST, *interval, &zone);
                let counted = read(&self.t, &self.shop.home, agent, &periods).await;
                let scanned = scan::scan(&events, agent, (FIRST, LAST), *interval, &zone);
                if counted != scanned {
                    let differ = counted.series.iter().zip(&scanned.series).find(|(one, other)| one != other);
                    return Some(format!(
                        "{agent:?} by {interval} in {zone}: {differ:?}; in all {:?}, not {:?}",
                        counted.totals, scanned.totals
                    ));
                }
            }
        }
        None
    }

    /// Forgets the counters and makes them anew, as the migration does.
    async fn backfill(&self) {
        raw::run(&self.t.store, "DELETE FROM stat_deltas").await;
        raw::run(&self.t.store, "DELETE FROM stat_counters").await;
        raw::run(&self.t.store, "DELETE FROM stat_visits").await;
        let text = if self.t.engine == Engine::Sqlite { BACKFILL.0 } else { BACKFILL.1 };
        let (_, text) = text.split_once("-- What was said before there were counters.").unwrap();
        let (text, _) = text.split_once("-- Questions that got").unwrap();
        raw::run(&self.t.store, text).await;
    }
}

fn pick<T>(list: &[T], which: usize) -> Option<&T> {
    list.get(which.checked_rem(list.len())?)
}

//! The same random operations on both engines leave the same behind.

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use robofy_kernel::QaId;
use robofy_store::agents::LlmKeyChange;
use robofy_store::chat::{Begin, TakenTurn};
use robofy_store::links::LinkName;
use robofy_store::pairs::{Pair, PairChange};
use sqlx::types::Json;

use super::*;

/// One step. The numbers choose among what is there, sizes and texts.
#[derive(Clone, Debug)]
enum Step {
    Advance(u64),
    NewAgent,
    ChangeAgent(usize, String),
    DeleteAgent(usize),
    NewPair(usize, String),
    ChangePair(usize, bool),
    DeletePair(usize),
    NewAsset(usize, usize, String),
    Replace(usize, String),
    DeleteAsset(usize),
    Link(usize, usize),
    Delink(usize, usize),
    Rechunk(usize, usize),
    Begin(usize, u8),
    Finish(usize),
    Revive(usize),
    Interrupt,
    Once(u8, u8),
    File(Vec<u8>),
    Sweep,
    Read(usize, usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..8_usize;
    let text = || "[a-zé日😀 ']{0,40}";
    prop_oneof![
        2 => (1..40_000_u64).prop_map(Step::Advance),
        2 => Just(Step::NewAgent),
        2 => (n(), text()).prop_map(|(a, b)| Step::ChangeAgent(a, b)),
        1 => n().prop_map(Step::DeleteAgent),
        2 => (n(), text()).prop_map(|(a, b)| Step::NewPair(a, b)),
        2 => (n(), any::<bool>()).prop_map(|(a, b)| Step::ChangePair(a, b)),
        1 => n().prop_map(Step::DeletePair),
        5 => (n(), 1..30_000_usize, text()).prop_map(|(a, b, c)| Step::NewAsset(a, b, c)),
        4 => (n(), text()).prop_map(|(a, b)| Step::Replace(a, b)),
        1 => n().prop_map(Step::DeleteAsset),
        3 => (n(), n()).prop_map(|(a, b)| Step::Link(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Step::Delink(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Step::Rechunk(a, b)),
        5 => (n(), 0..3_u8).prop_map(|(a, b)| Step::Begin(a, b)),
        4 => n().prop_map(Step::Finish),
        2 => n().prop_map(Step::Revive),
        1 => Just(Step::Interrupt),
        2 => (0..3_u8, 0..2_u8).prop_map(|(a, b)| Step::Once(a, b)),
        1 => proptest::collection::vec(any::<u8>(), 0..100).prop_map(Step::File),
        1 => Just(Step::Sweep),
        3 => (n(), 0..200_usize, 0..50_usize).prop_map(|(a, b, c)| Step::Read(a, b, c)),
    ]
}

/// What the steps have made so far.
struct World<'t> {
    t: &'t Fixture,
    home: make::Home,
    agents: Vec<robofy_kernel::ChatbotId>,
    pairs: Vec<(robofy_kernel::ChatbotId, QaId)>,
    assets: Vec<AssetId>,
    turns: Vec<TakenTurn>,
    files: Vec<Vec<u8>>,
}

#[test]
fn both_engines_come_to_the_same() {
    let cases =
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8).min(100);
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let steps = proptest::collection::vec(step(), 20..80);
    let result = TestRunner::new(config).run(&steps, |steps| {
        let sqlite = play(Engine::Sqlite, &steps);
        let postgres = play(Engine::Postgres, &steps);
        if let (Some(sqlite), Some(postgres)) = (sqlite, postgres) {
            for (one, other) in sqlite.iter().zip(&postgres) {
                prop_assert_eq!(one, other);
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// What each step answered, and in the end all that can be seen; `None` when the engine is not there.
fn play(engine: Engine, steps: &[Step]) -> Option<Vec<String>> {
    let mut seen = None;
    robofy_testkit::run(engine, async |t| {
        let mut log = Vec::new();
        let home = make::home(&t).await;
        let agents = vec![home.agent.clone()];
        let (pairs, assets, turns, files) = (vec![], vec![], vec![], vec![]);
        let mut world = World { t: &t, home, agents, pairs, assets, turns, files };
        for step in steps {
            let answer = Box::pin(world.take(step)).await;
            log.push(format!("{step:?}: {answer}"));
        }
        Box::pin(world.look(&mut log)).await;
        seen = Some(log);
    });
    seen
}

/// An answer in words that do not depend on the engine.
fn words<T: Debug>(result: robofy_store::Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(StoreError::Conflict(_)) => "conflict".into(),
        Err(error) => error.to_string(),
    }
}

fn pick<T: Clone>(list: &[T], n: usize) -> Option<T> {
    list.get(n % list.len().max(1)).cloned()
}

impl World<'_> {
    async fn take(&mut self, step: &Step) -> String {
        let Self { t, home, .. } = self;
        let (op, project) = (&home.op, home.project);
        let nobody = || "nothing there".to_owned();
        match step {
            Step::Advance(seconds) => {
                t.clock.advance(Duration::from_secs(*seconds));
                String::new()
            }
            Step::NewAgent => {
                let agent = t.store.create_agent(op, make::new_agent(op, project), nothing).await;
                self.agents.extend(agent.iter().map(|once| match once {
                    Once::Fresh(agent) => agent.chatbot_id.clone(),
                    Once::Replayed(..) => panic!("it has no key"),
                }));
                words(agent)
            }
            Step::ChangeAgent(n, name) => {
                let Some(agent) = pick(&self.agents, *n) else { return nobody() };
                let (name, key) = (name.clone(), LlmKeyChange::Set(name.clone().into()));
                words(t.store.update_agent(op, project, &agent, key, |agent| agent.name = name).await)
            }
            Step::DeleteAgent(n) => {
                let Some(agent) = pick(&self.agents, *n) else { return nobody() };
                words(t.store.delete_agent(op, project, &agent).await)
            }
            Step::NewPair(n, text) => {
                let Some(agent) = pick(&self.agents, *n) else { return nobody() };
                let pair = Pair {
                    qa_id: QaId(op.uuid()),
                    question: text.clone(),
                    also: Json(vec![text.clone()]),
                    answer: text.clone(),
                    enabled: true,
                    created_at: op.now(),
                    updated_at: op.now(),
                };
                self.pairs.push((agent.clone(), pair.qa_id));
                words(t.store.create_pair(op, &agent, pair, nothing).await)
            }
            Step::ChangePair(n, enabled) => {
                let Some((agent, pair)) = pick(&self.pairs, *n) else { return nobody() };
                let change = PairChange { enabled: Some(*enabled), ..PairChange::default() };
                words(t.store.update_pair(op, &agent, pair, change).await)
            }
            Step::DeletePair(n) => {
                let Some((agent, pair)) = pick(&self.pairs, *n) else { return nobody() };
                words(t.store.delete_pair(op, &agent, pair).await)
            }
            Step::NewAsset(n, times, text) => {
                let mut new = make::new_asset(t, home);
                new.metadata = Some(serde_json::json!({"text": text, "n": times}));
                new.link = pick(&self.agents, *n).map(|agent| (agent, LinkageId(t.ids.number()), "p".into()));
                self.assets.push(new.asset_id);
                words(
                    t.store.create_asset(op, new, make::version(&text.repeat(*times), &["p"]), nothing).await,
                )
            }
            Step::Replace(n, text) => {
                let Some(asset) = pick(&self.assets, *n) else { return nobody() };
                words(t.store.replace_asset(op, asset, make::version(text, &["p"]), None).await)
            }
            Step::DeleteAsset(n) => {
                let Some(asset) = pick(&self.assets, *n) else { return nobody() };
                words(t.store.delete_asset(op, project, asset).await)
            }
            Step::Link(n, m) => {
                let (Some(asset), Some(agent)) = (pick(&self.assets, *n), pick(&self.agents, *m)) else {
                    return nobody();
                };
                let link = robofy_store::links::NewLink {
                    chatbot_id: agent,
                    asset_id: asset,
                    linkage_id: LinkageId(t.ids.number()),
                    version: 1 + (*n as i64) % 2,
                    params: "p".into(),
                    lease: None,
                };
                words(t.store.link_asset(op, link, nothing).await)
            }
            Step::Delink(n, m) => {
                let (Some(asset), Some(agent)) = (pick(&self.assets, *n), pick(&self.agents, *m)) else {
                    return nobody();
                };
                words(t.store.delink_asset(op, LinkName::Pair(agent, asset)).await)
            }
            Step::Rechunk(n, m) => {
                let (Some(asset), Some(agent)) = (pick(&self.assets, *n), pick(&self.agents, *m)) else {
                    return nobody();
                };
                words(t.store.rechunk_link(op, &agent, asset, 1, "q".into()).await)
            }
            Step::Begin(n, session) => {
                let Some(agent) = pick(&self.agents, *n) else { return nobody() };
                let home = make::Home { op: op.clone(), project, agent };
                let begun = t.store.begin_turn(op, chat::new_turn(t, &home, &format!("s{session}"))).await;
                if let Ok(Begin::Taken(turn)) = &begun {
                    self.turns.push(turn.clone());
                }
                words(begun)
            }
            Step::Finish(n) => {
                let Some(turn) = pick(&self.turns, *n) else { return nobody() };
                words(t.store.finish_turn(op, &turn, chat::end()).await)
            }
            Step::Revive(n) => {
                let Some(turn) = pick(&self.turns, *n) else { return nobody() };
                let revived = t.store.revive_turn(op, &turn, op.now().after(Duration::from_secs(20))).await;
                self.turns.extend(revived.iter().flatten().cloned());
                words(revived)
            }
            Step::Interrupt => words(t.store.interrupt_lost_turns(op.now(), false).await),
            Step::Once(key, request) => {
                let op = once::with_key(op, &[*key], &[*request]);
                let unit =
                    t.store.write_once(Lane::Conversation, &op, |_| Box::pin(async { Ok(()) }), nothing);
                format!("{} {}", words(unit.await), words(t.store.find_answer(&op).await))
            }
            Step::File(bytes) => {
                // Ids of the system: only SQLite's files need one, and both engines must draw the same.
                let put = t.store.put_file(op.account, bytes.clone(), &Ids::System, op.now()).await;
                self.files.extend(put.iter().cloned());
                words(put)
            }
            // The disk knows only the real time, so what lies there is never old here.
            Step::Sweep => words(t.store.sweep(op.now().before(Duration::from_secs(0))).await),
            Step::Read(n, start, length) => {
                let Some(asset) = pick(&self.assets, *n) else { return nobody() };
                words(t.store.read_text(op.account, asset, 1, *start, start + length).await)
            }
        }
    }

    async fn look(&self, log: &mut Vec<String>) {
        let Self { t, home, .. } = self;
        let (account, project) = (home.op.account, home.project);
        let agents = PageRequest { after: None, size: 200 };
        log.push(words(t.store.list_agents(account, project, &agents).await.map(|page| page.items)));
        let assets = PageRequest { after: None, size: 200 };
        log.push(words(t.store.list_assets(account, project, &assets).await.map(|page| page.items)));
        for agent in &self.agents {
            log.push(words(t.store.list_link_changes(account, agent, (0, 0), 1000).await));
            log.push(words(t.store.list_linked_assets(account, agent, &assets).await.map(|page| page.items)));
            log.push(words(t.store.count_sources(account, agent).await));
            log.push(words(t.store.enabled_pairs(account, agent).await));
        }
        for asset in &self.assets {
            for version in 1..4 {
                log.push(words(t.store.read_whole_text(account, *asset, version).await));
            }
        }
        for turn in &self.turns {
            log.push(words(t.store.find_turn(account, &turn.message_id).await));
            log.push(words(t.store.past_turns(account, turn.session_key, i64::MAX, 100).await));
        }
    }
}

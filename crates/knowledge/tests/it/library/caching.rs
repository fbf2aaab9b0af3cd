//! The cache of indexes: bounded, loaded once, up to date on every node.

use super::*;
use robofy_knowledge::library::LibraryConfig;

both_engines! {
    /// Two hundred agents under a budget for a few: each finds its own, and memory stays bounded.
    async fn many_agents_share_a_small_budget(t: Fixture) {
        let budget = 128 * 1024;
        let w = World::with(&t, LibraryConfig { cache_bytes: budget, threads: 2 }).await;
        let mut agents = Vec::new();
        for number in 0..200 {
            let agent = w.agent().await;
            w.teach(&agent, "facts", &format!("The secret word of this place is gold{number}. {}", long_text(10))).await;
            agents.push(agent);
        }
        for round in 0..2 {
            for (number, agent) in agents.iter().enumerate() {
                let hits = w.search(agent, &format!("gold{number}")).await.hits;
                assert!(hits[0].text.contains(&format!("gold{number}.")), "agent {number} in round {round}");
                assert!(w.library.cached_bytes() <= budget, "{} bytes", w.library.cached_bytes());
            }
        }
        let cached = w.library.cached_indexes();
        assert!((2..100).contains(&cached), "{cached} in memory");
    }

    /// Two nodes on one database: what one stores, the other finds at its next look at the agent's head.
    async fn nodes_see_each_others_changes(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let other_store = if t.store.is_single_node() { t.store.clone() } else { t.open_again().await.unwrap() };
        let other = library(&t, other_store, LibraryConfig::default());
        assert!(search(&other, &w.op, &agent, "Sundays").await.hits.is_empty());
        let mut known = Vec::new();
        for number in 0..50 {
            known.push(w.teach(&agent, &format!("note {number}"), &format!("Sundays are number{number}.")).await.asset_id);
            let hits = search(&other, &w.op, &agent, &format!("number{number}")).await.hits;
            assert_eq!(hits[0].source.asset_id, known[number].0);
            if number % 3 == 2 {
                w.store().delete_asset(&w.op, w.project, known[number - 1]).await.unwrap();
                let hits = search(&other, &w.op, &agent, &format!("number{}", number - 1)).await.hits;
                assert!(hits.iter().all(|hit| hit.source.asset_id != known[number - 1].0));
            }
        }
        let (here, there) = (w.search(&agent, "Sundays").await, search(&other, &w.op, &agent, "Sundays").await);
        assert_eq!(here, there);
    }

    /// A cold index that is asked for by many at once, and one that grew in many steps, rank alike.
    async fn cold_and_grown_indexes_rank_alike(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        for number in 0..150 {
            let content = format!("Room {number} has a view of the {} and costs {} euros.", ["sea", "hill", "town"][number % 3], number * 3);
            w.teach(&agent, &format!("room {number}"), &content).await;
            w.search(&agent, "sea").await;
        }
        let cold = library(&t, t.store.clone(), LibraryConfig::default());
        let question = "a room with a view of the sea";
        let found = futures::future::join_all((0..8).map(|_| search(&cold, &w.op, &agent, question))).await;
        let grown = w.search(&agent, question).await;
        assert_eq!(grown.hits.len(), 10);
        assert!(found.iter().all(|found| *found == grown));
        let version = w.fresh(&agent).await.content_version;
        // Merges run in the background; they end, and leave few parts.
        loop {
            let snapshot = w.library.index(&w.op, &agent, version).await.unwrap();
            if snapshot.index.plan_merge().is_none() {
                assert!(snapshot.index.part_count() <= 16, "{} parts", snapshot.index.part_count());
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(w.search(&agent, question).await, grown);
    }
}

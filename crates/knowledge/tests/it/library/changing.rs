//! Replacing, deleting, linking, cutting anew.

use super::*;
use robofy_knowledge::library::Replaced;
use robofy_store::assets::NewSegment;
use robofy_store::links::LinkName;

/// Waits until all sources of an agent are cut under its settings; the test's own time limit ends a wait in vain.
async fn wait_until_cut(w: &World, agent: &robofy_store::agents::Agent) {
    let params = robofy_knowledge::library::Params::of(&agent.settings);
    let stale = || w.store().list_stale_links(w.op.account, &agent.chatbot_id, params.as_str(), 10);
    while !stale().await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

both_engines! {
    /// What is deleted or delinked is gone at once, for the agents concerned.
    async fn deleted_is_gone_at_once(t: Fixture) {
        let w = World::new(&t).await;
        let (first, second) = (w.agent().await, w.agent().await);
        let hours = w.teach(&first, "hours", "Open on Sundays.").await;
        let prices = w.teach(&first, "prices", "Espresso costs 3 euros.").await;
        w.link(&second, hours.asset_id).await;
        assert_eq!(w.found(&second, "Sundays").await, [hours.asset_id.0]);
        w.store().delink_asset(&w.op, LinkName::Pair(second.chatbot_id.clone(), hours.asset_id)).await.unwrap();
        assert!(w.found(&second, "Sundays").await.is_empty());
        assert_eq!(w.found(&first, "Sundays").await, [hours.asset_id.0]);
        assert!(w.store().delete_asset(&w.op, w.project, hours.asset_id).await.unwrap());
        assert!(w.found(&first, "Sundays").await.is_empty());
        assert_eq!(w.found(&first, "espresso").await, [prices.asset_id.0]);
        assert!(w.library.read_text(&w.op, w.project, hours.asset_id, None).await.unwrap().is_none());
        assert!(w.library.link(&w.op, &second, hours.asset_id, |_| (201, Vec::new())).await.unwrap().is_none());
        let gone = w.library.replace(&w.op, w.project, hours.asset_id, text("hours", "Closed.")).await.unwrap();
        assert_eq!(gone, Replaced::Gone);
    }

    /// A replacement serves the new text at once; a citation of the old version still opens; the same again is no version.
    async fn a_replaced_source_keeps_its_old_text(t: Fixture) {
        let w = World::new(&t).await;
        let (first, second) = (w.agent().await, w.agent().await);
        w.set_chunk_size(&second, 64).await;
        let second = w.fresh(&second).await;
        let asset = w.teach(&first, "hours", "Open on Sundays.").await.asset_id;
        w.link(&second, asset).await;
        let old = w.search(&first, "Sundays").await.hits.remove(0);
        let replaced = w.library.replace(&w.op, w.project, asset, text("hours", "Open on Mondays.")).await.unwrap();
        assert_eq!(replaced, Replaced::Version(2));
        for agent in [&first, &second] {
            assert!(w.found(agent, "Sundays").await.is_empty());
            let hit = w.search(agent, "Mondays").await.hits.remove(0);
            assert_eq!((hit.source.asset_id, hit.source.version), (asset.0, 2));
        }
        let stored = w.store().read_text(w.op.account, asset, old.source.version, old.start, old.end).await.unwrap();
        assert_eq!(stored.as_deref(), Some(old.text.as_str()));
        let read = w.library.read_text(&w.op, w.project, asset, Some(1)).await.unwrap();
        assert_eq!(read, Some((1, "Open on Sundays.\n".to_owned())));
        assert_eq!(w.library.read_text(&w.op, w.project, asset, Some(3)).await.unwrap(), None);
        let same = w.library.replace(&w.op, w.project, asset, text("hours", "Open on Mondays.")).await.unwrap();
        assert_eq!(same, Replaced::Unchanged(2));
        let upload = || w.library.replace(&w.op, w.project, asset, file("hours.md", "Open on Fridays."));
        assert_eq!(upload().await.unwrap(), Replaced::Version(3));
        assert_eq!(upload().await.unwrap(), Replaced::Unchanged(3));
        assert_eq!(w.found(&second, "Fridays").await, [asset.0]);
    }

    /// Replacing while agents with other settings are linked ends with every agent serving the last text.
    async fn replacing_and_linking_at_once_agree(t: Fixture) {
        let w = World::new(&t).await;
        let first = w.agent().await;
        let asset = w.teach(&first, "note", "The word is alpha0.").await.asset_id;
        let mut others = Vec::new();
        for number in 0..6_i64 {
            let agent = w.agent().await;
            w.set_chunk_size(&agent, 40 + number).await;
            others.push(w.fresh(&agent).await);
        }
        let links = futures::future::join_all(others.iter().map(|agent| w.link(agent, asset)));
        let replacements = async {
            let mut last = 0;
            for number in 1..=6 {
                let content = format!("The word is alpha{number}.");
                match w.library.replace(&w.op, w.project, asset, text("note", &content)).await.unwrap() {
                    Replaced::Version(version) => last = version,
                    other @ (Replaced::Unchanged(_) | Replaced::Gone) => panic!("{other:?}"),
                }
            }
            last
        };
        let (_, last) = tokio::join!(links, replacements);
        for agent in others.iter().chain([&first]) {
            let hits = w.search(agent, "alpha6").await.hits;
            assert_eq!(hits.len(), 1, "one version of the asset");
            assert_eq!((hits[0].source.version, hits[0].text.trim()), (last, "The word is alpha6."));
        }
    }

    /// After a changed setting the sources are cut anew in the background; at every moment all of them are found.
    async fn cutting_anew_keeps_serving(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        for number in 0..5 {
            w.teach(&agent, &format!("part {number}"), &long_text(200)).await;
        }
        let before = w.search(&agent, "item7").await.hits;
        w.set_chunk_size(&agent, 48).await;
        let changed = w.fresh(&agent).await;
        w.library.rechunk_in_background(&w.op, &agent.chatbot_id);
        let params = robofy_knowledge::library::Params::of(&changed.settings);
        loop {
            assert_eq!(w.search(&changed, "item7").await.hits.len().min(5), 5);
            let stale = w.store().list_stale_links(w.op.account, &agent.chatbot_id, params.as_str(), 10).await.unwrap();
            if stale.is_empty() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let after = w.search(&changed, "item7").await.hits;
        assert!(after[0].text.len() < before[0].text.len(), "smaller chunks");
    }

    /// A re-chunking that was lost with its process is done after the next load.
    async fn a_lost_cutting_is_resumed(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        w.teach(&agent, "part", &long_text(50)).await;
        w.set_chunk_size(&agent, 48).await;
        let changed = w.fresh(&agent).await;
        let restarted = library(&t, t.store.clone(), robofy_knowledge::library::LibraryConfig::default());
        assert!(!search(&restarted, &w.op, &changed, "item7").await.hits.is_empty());
        wait_until_cut(&w, &changed).await;
    }

    /// Segments that cannot be read (an older format, damage) are made again from the stored text, and then replaced.
    async fn unreadable_segments_are_made_again(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let asset = w.teach(&agent, "hours", "Open on Sundays.").await.asset_id;
        let old = NewSegment { params: "256/32/old".into(), part: 0, chunk_count: 1, data: b"RBFS\0 of an older program".to_vec() };
        w.store().add_segments(w.op.account, asset, 1, vec![old]).await.unwrap();
        w.store().rechunk_link(&w.op, &agent.chatbot_id, asset, 1, "256/32/old".into()).await.unwrap();
        let hit = w.search(&agent, "Sundays").await.hits.remove(0);
        assert_eq!((hit.source.asset_id, hit.source.version), (asset.0, 1));
        wait_until_cut(&w, &agent).await;
        assert_eq!(w.found(&agent, "Sundays").await, [asset.0]);
    }
}

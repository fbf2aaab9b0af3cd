//! An agent's list of sources.

use std::collections::BTreeMap;

use robofy_store::links::{LinkChange, LinkName};

use super::*;
use crate::assets::link;

both_engines! {
    async fn each_change_has_a_number_of_its_own(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let seen = at_once(&t, 24, |t, n| {
            let home = Arc::clone(&home);
            async move {
                let asset = make::asset(&t, &home, &format!("text {n}")).await;
                if n % 3 == 0 {
                    let name = LinkName::Pair(home.agent.clone(), asset);
                    assert!(t.store.delink_asset(&home.op, name).await.unwrap().is_some());
                }
                if n % 6 == 0 {
                    link(&t, &home.op, asset, &home.agent, 1, "p").await.unwrap();
                }
                asset
            }
        }).await;
        let all = changes(&t, &home, 0).await;
        let numbers: Vec<_> = all.iter().map(|change| change.seq).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        assert_eq!(all.len(), seen.len(), "each source once, with its last change");
        let head = t.store.find_agent_head(home.op.account, &home.agent).await.unwrap().unwrap();
        assert_eq!(head.content_version, 24 + 8 + 4);
        assert_eq!(numbers.last(), Some(&head.content_version));
        assert_eq!(all.iter().filter(|change| change.removed).count(), 4);
    }

    async fn catching_up_from_anywhere_gives_the_same_list(t: Fixture) {
        let home = make::home(&t).await;
        let mut known: Vec<(i64, BTreeMap<AssetId, i64>)> = vec![(0, BTreeMap::new())];
        let mut assets = Vec::new();
        for step in 0..40_usize {
            let old = assets.get(step * 7 % assets.len().max(1)).copied();
            match (step % 8, old) {
                (1, Some(asset)) => {
                    t.store.delink_asset(&home.op, LinkName::Pair(home.agent.clone(), asset)).await.unwrap();
                }
                (2, Some(asset)) => {
                    t.store.replace_asset(&home.op, asset, make::version("new", &["p"]), None).await.unwrap();
                }
                (3, Some(asset)) => {
                    t.store.delete_asset(&home.op, home.project, asset).await.unwrap();
                }
                _ => assets.push(make::asset(&t, &home, &format!("text {step}")).await),
            }
            let head = t.store.find_agent_head(home.op.account, &home.agent).await.unwrap().unwrap();
            let mut list = BTreeMap::new();
            apply(&mut list, changes(&t, &home, 0).await);
            known.push((head.content_version, list));
        }
        let (_, last) = known.last().cloned().unwrap();
        assert!(last.len() > 3);
        for (version, mut list) in known {
            apply(&mut list, changes(&t, &home, version).await);
            assert_eq!(list, last, "from {version}");
        }
    }

    async fn a_source_comes_in_pages_of_parts(t: Fixture) {
        let home = make::home(&t).await;
        let mut version = make::version("text", &[]);
        version.segments = (0..5).map(|part| robofy_store::assets::NewSegment {
            params: "p".into(), part, chunk_count: 10, data: vec![part as u8; 3],
        }).collect();
        fresh(t.store.create_asset(&home.op, make::new_asset(&t, &home), version, nothing).await.unwrap());
        make::asset(&t, &home, "second").await;
        let parts = changes(&t, &home, 0).await;
        let parts: Vec<_> = parts.into_iter().map(|change| (change.seq, change.part, change.data)).collect();
        assert_eq!(parts.len(), 6);
        assert_eq!(parts[4], (1, Some(4), Some(vec![4; 3])));
        let mut paged = Vec::new();
        let mut after = (0, 0);
        loop {
            let rows = t.store.list_link_changes(home.op.account, &home.agent, after, 2).await.unwrap();
            let Some(last) = rows.last() else { break };
            after = (last.seq, last.part.unwrap_or(0));
            paged.extend(rows.into_iter().map(|change| (change.seq, change.part, change.data)));
        }
        assert_eq!(paged, parts);
        let page = PageRequest { after: None, size: 50 };
        let list = t.store.list_linked_assets(home.op.account, &home.agent, &page).await.unwrap().items;
        let mut counts: Vec<_> = list.iter().map(|asset| asset.chunk_count).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 50]);
    }

    async fn a_link_is_removed_and_made_again(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::account(&t).await);
        let asset = make::asset(&t, &home, "text").await;
        let page = PageRequest { after: None, size: 50 };
        let list = async || t.store.list_linked_assets(home.op.account, &home.agent, &page).await.unwrap().items;
        let first = list().await[0].linkage_id;
        assert_eq!(link(&t, &home.op, asset, &home.agent, 1, "p").await, Some(first), "linked again: the same link");
        assert!(t.store.delink_asset(&stranger, LinkName::Linkage(first)).await.unwrap().is_none());
        assert!(t.store.delink_asset(&stranger, LinkName::Pair(home.agent.clone(), asset)).await.unwrap().is_none());
        let removed = t.store.delink_asset(&home.op, LinkName::Linkage(first)).await.unwrap();
        assert_eq!(removed, Some((home.agent.clone(), asset)));
        assert!(t.store.delink_asset(&home.op, LinkName::Linkage(first)).await.unwrap().is_none());
        assert!(t.store.delink_asset(&home.op, LinkName::Pair(home.agent.clone(), asset)).await.unwrap().is_none());
        assert!(list().await.is_empty());
        assert!(t.store.find_asset(home.op.account, home.project, asset).await.unwrap().is_some());
        let second = link(&t, &home.op, asset, &home.agent, 1, "p").await.unwrap();
        assert_ne!(second, first, "a new link");
        assert_eq!(list().await.len(), 1);
        assert!(t.store.delink_asset(&home.op, LinkName::Linkage(first)).await.unwrap().is_none());
    }

    async fn another_version_cannot_be_linked(t: Fixture) {
        let home = make::home(&t).await;
        let asset = make::asset(&t, &home, "v1").await;
        t.store.replace_asset(&home.op, asset, make::version("v2", &["p"]), None).await.unwrap();
        let agent = make::agent(&t, &home.op, home.project).await;
        assert!(link(&t, &home.op, asset, &agent, 1, "p").await.is_none());
        assert!(link(&t, &home.op, asset, &agent, 3, "p").await.is_none());
        assert!(link(&t, &home.op, asset, &agent, 2, "p").await.is_some());
    }

    async fn changed_parameters_are_served_when_their_segments_are_there(t: Fixture) {
        let home = make::home(&t).await;
        let asset = make::asset(&t, &home, "text").await;
        let stale = async || t.store.list_stale_links(home.op.account, &home.agent, "q", 10).await.unwrap();
        assert_eq!(stale().await.len(), 1);
        assert_eq!(t.store.list_link_params(home.op.account, asset).await.unwrap(), ["p"]);
        t.store.rechunk_link(&home.op, &home.agent, asset, 9, "q".into()).await.unwrap();
        assert_eq!(stale().await.len(), 1, "not for another version");
        t.store.rechunk_link(&home.op, &home.agent, asset, 1, "q".into()).await.unwrap();
        assert!(stale().await.is_empty());
        assert_eq!(t.store.list_link_params(home.op.account, asset).await.unwrap(), ["q"]);
    }
}

/// Everything that changed after a content version.
async fn changes(t: &Fixture, home: &make::Home, version: i64) -> Vec<LinkChange> {
    let after = (version, i64::MAX);
    t.store.list_link_changes(home.op.account, &home.agent, after, 1000).await.unwrap()
}

fn apply(list: &mut BTreeMap<AssetId, i64>, changes: Vec<LinkChange>) {
    for change in changes {
        let asset = AssetId(format!("{}", change.asset_id).parse().unwrap());
        if change.removed {
            list.remove(&asset);
        } else {
            list.insert(asset, change.version);
        }
    }
}

//! Assets, their versions and their stored text.

use robofy_store::assets::{NewSegment, Published};
use robofy_store::links::NewLink;

use super::*;

both_engines! {
    async fn an_asset_is_stored_and_is_its_accounts_own(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::home(&t).await);
        let mut new = make::new_asset(&t, &home);
        new.metadata = Some(serde_json::json!({"b": 1, "a": ["é", 1.5, null]}));
        new.source_url = Some("https://example.org/".into());
        let id = fresh(t.store.create_asset(&home.op, new.clone(), make::version("words", &["p"]), nothing).await.unwrap());
        let asset = t.store.find_asset(home.op.account, home.project, id).await.unwrap().unwrap();
        assert_eq!(asset.metadata.map(|metadata| metadata.0), new.metadata);
        assert_eq!((asset.version, asset.text_bytes, asset.file_hash), (1, 5, None));
        assert_eq!(asset.text_hash, robofy_store::blobs::hash(b"words"));
        let (op, other) = (&stranger.op, make::project(&t, &home.op).await);
        assert!(t.store.find_asset(op.account, home.project, id).await.unwrap().is_none());
        assert!(t.store.find_asset(home.op.account, other, id).await.unwrap().is_none());
        assert!(t.store.read_whole_text(op.account, id, 1).await.unwrap().is_none());
        assert!(t.store.read_text(op.account, id, 1, 0, 5).await.unwrap().is_none());
        assert!(!t.store.delete_asset(op, home.project, id).await.unwrap());
        assert!(!t.store.delete_asset(&home.op, other, id).await.unwrap());
        assert_eq!(t.store.replace_asset(op, id, make::version("x", &["p"]), None).await.unwrap(), Published::Gone);
        let page = PageRequest { after: None, size: 50 };
        assert_eq!(t.store.list_assets(home.op.account, home.project, &page).await.unwrap().items.len(), 1);
        assert!(t.store.list_assets(op.account, home.project, &page).await.unwrap().items.is_empty());
    }

    async fn a_large_text_is_stored_in_pieces_and_seen_only_whole(t: Fixture) {
        let home = make::home(&t).await;
        let text = long_text(5_000_000);
        let new = make::new_asset(&t, &home);
        let id = new.asset_id;
        let writing = {
            let (t2, op, version) = (Arc::clone(&t), home.op.clone(), make::version(&text, &["p"]));
            t.tasks.spawn("write", async move { t2.store.create_asset(&op, new, version, nothing).await })
        };

        while !writing.is_finished() {
            if t.store.find_asset(home.op.account, home.project, id).await.unwrap().is_some() {
                let whole = t.store.read_whole_text(home.op.account, id, 1).await.unwrap().unwrap();
                assert_eq!(whole.len(), text.len());

            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fresh(writing.await.unwrap().unwrap());
        assert!(t.store.read_whole_text(home.op.account, id, 1).await.unwrap().unwrap() == text);
        let longest = "SELECT CAST(MAX(LENGTH(CAST(body AS BLOB))) AS BIGINT) FROM asset_texts";
        let longest = if t.engine == Engine::Sqlite { longest } else { "SELECT CAST(MAX(octet_length(body)) AS BIGINT) FROM asset_texts" };
        assert!(raw::count(&t.store, longest).await <= 64 * 1024);
    }

    async fn ranges_are_read_over_borders_and_never_cut_a_character(t: Fixture) {
        let home = make::home(&t).await;
        let text = long_text(200_000);
        let id = make::asset(&t, &home, &text).await;
        let read = async |start, end| t.store.read_text(home.op.account, id, 1, start, end).await.unwrap();
        let starts = raw::list(&t.store, "SELECT CAST(start AS TEXT) FROM asset_texts ORDER BY start").await;
        let borders: Vec<usize> = starts.iter().map(|start| start.parse().unwrap()).collect();
        assert!(borders.len() > 3, "{borders:?}");
        for border in borders.into_iter().chain([text.len()]) {
            for start in border.saturating_sub(9)..(border + 9).min(text.len()) {
                for length in [0, 1, 2, 3, 4, 7, 18, 70_000] {
                    let (start, end) = (start, start + length);
                    assert_eq!(read(start, end).await.as_deref(), text.get(start..end), "{start}..{end}");
                }
            }
        }
        assert_eq!(read(0, text.len()).await.as_deref(), Some(text.as_str()));
        assert_eq!(read(0, text.len() + 1).await, None);
        assert_eq!(read(5, 4).await, None);
        assert_eq!(read(usize::MAX, usize::MAX).await, None);
        assert_eq!(t.store.read_text(home.op.account, id, 2, 0, 1).await.unwrap(), None);
    }

    async fn an_empty_text_is_there(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, "").await;
        assert_eq!(t.store.read_whole_text(home.op.account, id, 1).await.unwrap().as_deref(), Some(""));
        assert_eq!(t.store.read_text(home.op.account, id, 1, 0, 1).await.unwrap(), None);
    }

    async fn a_replaced_text_stays_readable(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, "old").await;
        for (number, text) in [(2, "new".to_owned()), (3, long_text(700_000))] {
            let done = t.store.replace_asset(&home.op, id, make::version(&text, &["p"]), None).await.unwrap();
            assert_eq!(done, Published::Done(number));
            let asset = t.store.find_asset(home.op.account, home.project, id).await.unwrap().unwrap();
            assert_eq!((asset.version, asset.text_bytes), (number, text.len() as i64));
        }
        for (version, text) in [(1, "old"), (2, "new")] {
            assert_eq!(t.store.read_whole_text(home.op.account, id, version).await.unwrap().as_deref(), Some(text));
        }
        let changes = t.store.list_link_changes(home.op.account, &home.agent, (0, 0), 50).await.unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].version, changes[0].seq), (3, 3));
    }

    async fn replacing_at_once_serves_the_last_and_keeps_all(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, "v1").await;
        let mut numbers = at_once(&t, 16, |t, n| {
            let op = home.op.clone();
            async move {
                let text = format!("text {n}");
                match t.store.replace_asset(&op, id, make::version(&text, &["p"]), None).await.unwrap() {
                    Published::Done(number) => (number, text),
                    other @ (Published::Gone | Published::NeedsParams(_)) => panic!("{other:?}"),
                }
            }
        }).await;
        numbers.sort();
        assert_eq!(numbers.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (2..18).collect::<Vec<_>>());
        let asset = t.store.find_asset(home.op.account, home.project, id).await.unwrap().unwrap();
        assert_eq!(asset.version, 17);
        for (number, text) in numbers {
            assert_eq!(t.store.read_whole_text(home.op.account, id, number).await.unwrap(), Some(text));
        }
        let changes = t.store.list_link_changes(home.op.account, &home.agent, (0, 0), 50).await.unwrap();
        assert_eq!(changes.iter().map(|change| change.version).collect::<Vec<_>>(), [17]);
    }

    async fn a_replacement_waits_for_segments_that_an_agent_needs(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, "v1").await;
        let other = make::agent(&t, &home.op, home.project).await;
        link(&t, &home.op, id, &other, 1, "size 2, overlap 1").await.unwrap();
        let done = t.store.replace_asset(&home.op, id, make::version("v2", &["p"]), None).await.unwrap();
        assert_eq!(done, Published::NeedsParams(vec!["size 2, overlap 1".into()]));
        let asset = t.store.find_asset(home.op.account, home.project, id).await.unwrap().unwrap();
        assert_eq!(asset.version, 1, "the old one is served meanwhile");
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM asset_versions").await, 1, "nothing is left behind");
        let both = make::version("v2", &["p", "size 2, overlap 1"]);
        assert_eq!(t.store.replace_asset(&home.op, id, both, None).await.unwrap(), Published::Done(3));
        for agent in [&home.agent, &other] {
            let changes = t.store.list_link_changes(home.op.account, agent, (0, 0), 50).await.unwrap();
            assert_eq!(changes.len(), 1);
            assert_eq!((changes[0].version, changes[0].data.as_deref()), (3, Some(b"v2".as_slice())));
        }
    }

    async fn linking_and_replacing_at_once_never_serve_a_version_without_segments(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, "v1").await;
        let mut agents = Vec::new();
        for _ in 0..8 {
            agents.push(make::agent(&t, &home.op, home.project).await);
        }
        let agents = Arc::new(agents);
        at_once(&t, 16, |t, n| {
            let (op, agents, project) = (home.op.clone(), Arc::clone(&agents), home.project);
            async move {
                if n % 2 == 0 {
                    let mut params = vec!["p".to_owned()];
                    loop {
                        let names: Vec<_> = params.iter().map(String::as_str).collect();
                        match t.store.replace_asset(&op, id, make::version("v", &names), None).await.unwrap() {
                            Published::Done(_) => return,
                            Published::NeedsParams(more) => params.extend(more),
                            Published::Gone => panic!("gone"),
                        }
                    }
                }
                let params = format!("p {n}");
                loop {
                    let asset = t.store.find_asset(op.account, project, id).await.unwrap().unwrap();
                    let segment = NewSegment { params: params.clone(), part: 0, chunk_count: 1, data: vec![1] };
                    t.store.add_segments(op.account, id, asset.version, vec![segment]).await.unwrap();
                    if link(&t, &op, id, &agents[n / 2], asset.version, &params).await.is_some() {
                        return;
                    }
                }
            }
        }).await;
        let served = t.store.find_asset(home.op.account, home.project, id).await.unwrap().unwrap().version;
        for agent in agents.iter() {
            let changes = t.store.list_link_changes(home.op.account, agent, (0, 0), 50).await.unwrap();
            assert_eq!(changes.len(), 1);
            assert_eq!(changes[0].version, served);
            assert!(changes[0].data.is_some(), "linked without segments");
        }
    }

    async fn a_deleted_asset_is_gone_from_everywhere(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, &long_text(300_000)).await;
        let other = make::agent(&t, &home.op, home.project).await;
        link(&t, &home.op, id, &other, 1, "p").await.unwrap();
        assert!(t.store.delete_asset(&home.op, home.project, id).await.unwrap());
        assert!(!t.store.delete_asset(&home.op, home.project, id).await.unwrap());
        assert_eq!(t.store.read_whole_text(home.op.account, id, 1).await.unwrap(), None);
        for table in ["assets", "asset_versions", "asset_texts", "segments"] {
            let sql: &'static str = format!("SELECT COUNT(*) FROM {table}").leak();
            assert_eq!(raw::count(&t.store, sql).await, 0, "{table}");
        }
        for agent in [&home.agent, &other] {
            let changes = t.store.list_link_changes(home.op.account, agent, (0, 0), 50).await.unwrap();
            assert!(changes.iter().all(|change| change.removed) && changes.len() == 1);
            let head = t.store.find_agent_head(home.op.account, agent).await.unwrap().unwrap();
            assert_eq!(head.content_version, 2);
        }
        assert_eq!(t.store.replace_asset(&home.op, id, make::version("x", &["p"]), None).await.unwrap(), Published::Gone);
        assert!(link(&t, &home.op, id, &other, 1, "p").await.is_none());
    }

    async fn an_asset_for_an_agent_that_is_gone_is_not_stored(t: Fixture) {
        let home = make::home(&t).await;
        for size in [10, 1_000_000] {
            let mut new = make::new_asset(&t, &home);
            new.link = Some((t.ids.chatbot(), LinkageId(t.ids.number()), "p".into()));
            let id = new.asset_id;
            let error = t.store.create_asset(&home.op, new, make::version(&long_text(size), &["p"]), nothing).await;
            assert!(matches!(error, Err(StoreError::NotFound("agent"))), "{error:?}");
            assert!(t.store.find_asset(home.op.account, home.project, id).await.unwrap().is_none());
        }
    }

    async fn segments_are_there_once(t: Fixture) {
        let home = make::home(&t).await;
        let id = make::asset(&t, &home, "text").await;
        let account = home.op.account;
        assert!(t.store.has_segments(account, id, 1, "p").await.unwrap());
        assert!(!t.store.has_segments(account, id, 1, "q").await.unwrap());
        assert!(!t.store.has_segments(account, id, 2, "p").await.unwrap());
        let segments = || (0..3).map(|part| NewSegment { params: "q".into(), part, chunk_count: 2, data: vec![7; 200_000] }).collect();
        for _ in 0..2 {
            t.store.add_segments(account, id, 1, segments()).await.unwrap();
        }
        assert!(t.store.has_segments(account, id, 1, "q").await.unwrap());
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM segments WHERE params = 'q'").await, 3);
        let gone = t.store.add_segments(account, id, 9, segments()).await.unwrap_err();
        assert!(matches!(gone, StoreError::NotFound(_)), "{gone}");
    }
}

/// A text of at least this many bytes whose characters have every length.
pub(crate) fn long_text(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 32);
    let mut line = 0;
    while text.len() < bytes {
        text.push_str(&format!("{line} aé日😀 "));
        line += 1;
    }
    text
}

pub(crate) async fn link(
    t: &Fixture,
    op: &Op,
    asset: AssetId,
    agent: &robofy_kernel::ChatbotId,
    version: i64,
    params: &str,
) -> Option<LinkageId> {
    let link = NewLink {
        chatbot_id: agent.clone(),
        asset_id: asset,
        linkage_id: LinkageId(t.ids.number()),
        version,
        params: params.into(),
        lease: None,
    };
    t.store.link_asset(op, link, nothing).await.unwrap().map(fresh)
}

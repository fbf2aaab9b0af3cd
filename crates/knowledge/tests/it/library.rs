//! The library on both engines: what is taught is found at once, what goes is gone at once.

mod caching;
mod changing;
mod world;

use robofy_knowledge::extract::Refusal;
use robofy_knowledge::library::{LibraryError, Source, Taught, TextSource};
use robofy_store::{Once, StoreError};
use robofy_testkit::both_engines;

use world::{World, file, library, long_text, search, text};

both_engines! {
    /// A text and a file are found as soon as the call that stored them returns, and by their own agent only.
    async fn taught_is_found_at_once(t: Fixture) {
        let w = World::new(&t).await;
        let (cafe, museum) = (w.agent().await, w.agent().await);
        let hours = w.teach(&cafe, "hours", "We are open on Sundays from 9 to 17.").await;
        assert_eq!(w.found(&cafe, "Are you open on Sundays?").await, [hours.asset_id.0]);
        let page = "<html><title>Prices</title><body><h1>Prices</h1><p>An espresso costs 3 euros.</p></body></html>";
        let prices = w.taught(&w.op, &cafe, file("prices.html", page)).await;
        let hit = w.search(&cafe, "What does an espresso cost?").await.hits.remove(0);
        assert_eq!((hit.source.asset_id, hit.source.version), (prices.asset_id.0, 1));
        assert_eq!(hit.source.file_name, "prices.html");
        let stored = w.store().read_text(w.op.account, prices.asset_id, 1, hit.start, hit.end).await.unwrap();
        assert_eq!(stored.as_deref(), Some(hit.text.as_str()));
        assert!(w.found(&museum, "Are you open on Sundays?").await.is_empty());
        let file_hash = w.store().find_asset(w.op.account, w.project, prices.asset_id).await.unwrap().unwrap().file_hash;
        let bytes = w.store().get_file(w.op.account, &file_hash.unwrap()).await.unwrap();
        assert_eq!(bytes.as_deref(), Some(page.as_bytes()));
    }

    /// A web page that came as a text is read as a page.
    async fn a_webpage_in_a_text_is_read_as_one(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let source = TextSource {
            content: "# Parking\n\n<div><p>The <b>garage</b> is behind the house.</p></div>".into(),
            file_name: "https://example.com/parking".into(),
            source_url: Some("https://example.com/parking".into()),
            is_webpage: true,
            metadata: None,
        };
        w.taught(&w.op, &agent, Source::Text(source)).await;
        let hit = w.search(&agent, "garage").await.hits.remove(0);
        assert!(hit.text.contains("garage") && !hit.text.contains("<p>"), "{}", hit.text);
        assert_eq!(hit.source.source_url.as_deref(), Some("https://example.com/parking"));
    }

    /// What cannot be read is refused with its reason, and nothing remains.
    async fn unreadable_sources_are_refused(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let cases = [
            (file("a.epub", *b"PK\x05\x06..."), Refusal::Unsupported),
            (file("a.txt", *b"We are open on Sundays.\0 And on Mondays, from nine to five."), Refusal::Invalid),
            (file("a.json", *b"{"), Refusal::Invalid),
            (text("a", "  \n "), Refusal::Invalid),
            (file("a.txt", vec![b'a'; 11 * 1024 * 1024]), Refusal::TooLarge),
        ];
        for (source, refusal) in cases {
            let name = format!("{source:.60?}");
            let refused = w.library.teach(&w.op, w.project, Some(&agent), source, |_| (201, Vec::new())).await;
            match refused {
                Err(LibraryError::Extract(error)) => assert_eq!(error.refusal(), refusal, "{error}"),
                other => panic!("{name} was not refused: {other:?}"),
            }
        }
        let page = robofy_kernel::PageRequest { after: None, size: 10 };
        assert!(w.store().list_assets(w.op.account, w.project, &page).await.unwrap().items.is_empty());
    }

    /// The same request again gives the same answer and stores nothing; concurrent repeats have one effect.
    async fn a_repeated_key_teaches_once(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let op = w.keyed("key", "request");
        let teach = || async {
            let answer = |taught: &Taught| (201, taught.asset_id.to_string().into_bytes());
            w.library.teach(&op, w.project, Some(&agent), text("hours", "Open on Sundays."), answer).await.unwrap()
        };
        let all = futures::future::join_all((0..8).map(|_| teach())).await;
        let mut fresh = Vec::new();
        let mut repeats = Vec::new();
        for once in all {
            match once {
                Once::Fresh(taught) => fresh.push(taught.asset_id.to_string().into_bytes()),
                Once::Replayed(status, body) => repeats.push((status, body)),
            }
        }
        assert_eq!(fresh.len(), 1);
        assert!(repeats.iter().all(|(status, body)| *status == 201 && *body == fresh[0]));
        assert_eq!(w.found(&agent, "Sundays").await.len(), 1);
        let other = w.keyed("key", "other request");
        let refused = w.library.teach(&other, w.project, Some(&agent), text("a", "b"), |_| (201, Vec::new())).await;
        assert!(matches!(refused, Err(LibraryError::Store(StoreError::OtherRequest))));
    }

    /// A large text becomes several parts, with chunks numbered through and found in each.
    async fn a_large_text_is_stored_in_parts(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let content = long_text(4000);
        let taught = w.teach(&agent, "catalogue", &content).await;
        for number in [0, 1999, 3999] {
            let hit = w.search(&agent, &format!("item{number}")).await.hits.remove(0);
            assert!(hit.text.contains(&format!("item{number} ")));
            let stored = w.library.read_text(&w.op, w.project, taught.asset_id, None).await.unwrap().unwrap();
            assert_eq!(stored.1.get(hit.start..hit.end), Some(hit.text.as_str()));
        }
        let page = robofy_kernel::PageRequest { after: None, size: 10 };
        let linked = w.store().list_linked_assets(w.op.account, &agent.chatbot_id, &page).await.unwrap();
        let snapshot = w.library.index(&w.op, &agent, w.fresh(&agent).await.content_version).await.unwrap();
        assert_eq!(linked.items[0].chunk_count, i64::try_from(snapshot.index.chunk_count()).unwrap());
        assert!(snapshot.index.chunk_count() > 500);
    }

    /// A call that is given up half-way leaves a whole source or nothing: the list and the index never differ.
    async fn a_call_given_up_leaves_all_or_nothing(t: Fixture) {
        let w = World::new(&t).await;
        let agent = w.agent().await;
        let content = format!("Zanzibar comes first.\n\n{}", long_text(2000));
        for round in 0..9_u64 {
            let give_up = std::time::Duration::from_millis(round * 12);
            let call = w.library.teach(&w.op, w.project, Some(&agent), text("big", &content), |_| (201, Vec::new()));
            // Whether it came to its end is what the round is about.
            let _in_time = tokio::time::timeout(give_up, call).await.is_ok();
            let page = robofy_kernel::PageRequest { after: None, size: 100 };
            let before = w.store().list_linked_assets(w.op.account, &agent.chatbot_id, &page).await.unwrap();
            let found = w.found(&agent, "Zanzibar").await.len();
            let after = w.store().list_linked_assets(w.op.account, &agent.chatbot_id, &page).await.unwrap();
            assert!((before.items.len()..=after.items.len()).contains(&found), "{found} found in round {round}");
            assert!(after.items.windows(2).all(|pair| pair[0].chunk_count == pair[1].chunk_count));
            let assets = w.store().list_assets(w.op.account, w.project, &page).await.unwrap();
            for asset in &assets.items {
                let (_, stored) = w.library.read_text(&w.op, w.project, asset.asset_id, None).await.unwrap().unwrap();
                assert_eq!(stored.trim_end(), content.trim_end());
            }
        }
    }
}

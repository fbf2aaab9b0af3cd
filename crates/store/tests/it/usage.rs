//! How an account describes itself, and how much it has.

use robofy_kernel::Timestamp;
use robofy_store::accounts::{Address, Usage};
use robofy_store::sites::{NewCrawl, SiteRules};

use super::*;

both_engines! {
    async fn an_account_is_changed_under_its_lock(t: Fixture) {
        let (op, other) = (make::account(&t).await, make::account(&t).await);
        let before = t.store.find_account(op.account).await.unwrap().unwrap();
        assert_eq!(before.address.0, Address::default());
        let changed = t.store.update_account(&op, |account| {
            account.phone = Some("+49 30 123456".into());
            account.address.city = Some("Köln".into());
        }).await.unwrap().unwrap();
        assert_eq!((&changed.name, changed.version), (&before.name, before.version + 1));
        let changed = t.store.update_account(&op, |account| account.address.line1 = Some("Ring 1".into())).await.unwrap().unwrap();
        let expected = Address { line1: Some("Ring 1".into()), city: Some("Köln".into()), ..Address::default() };
        assert_eq!((changed.address.0, changed.phone.as_deref()), (expected, Some("+49 30 123456")));
        let found = t.store.find_account(op.account).await.unwrap().unwrap();
        assert_eq!((found.version, found.address.city.as_deref()), (before.version + 2, Some("Köln")));
        let neighbour = t.store.find_account(other.account).await.unwrap().unwrap();
        assert_eq!((neighbour.phone, neighbour.address.0), (None, Address::default()));
        assert!(t.store.update_account(&make::new_op(&t), |_| ()).await.unwrap().is_none());
    }

    async fn usage_is_what_is_there(t: Fixture) {
        let home = make::home(&t).await;
        let usage = async || t.store.usage(&home.op).await.unwrap();
        assert_eq!(usage().await, Usage { projects: 1, agents: 1, seats: 1, ..Usage::default() });
        make::asset(&t, &home, "twelve bytes").await;
        let gone = make::asset(&t, &home, "seven b").await;
        make::agent(&t, &home.op, home.project).await;
        assert_eq!((usage().await.agents, usage().await.assets, usage().await.storage_bytes), (2, 2, 19));
        t.store.delete_asset(&home.op, home.project, gone).await.unwrap();
        assert_eq!((usage().await.assets, usage().await.storage_bytes), (1, 12));

        // A site of three pages, of which two are known.
        let rules = SiteRules {
            starts: vec!["https://a.example/".into()], include: Vec::new(), exclude: Vec::new(), most_pages: 3, most_depth: 3,
            followed: Vec::new(),
            use_sitemap: false, again_hours: None, vector_provider: 5, crawl_mode: 7,
        };
        let new = NewCrawl { chatbot_id: home.agent.clone(), home: "a.example".into(), rules };
        t.store.start_crawl(&home.op, new, nothing).await.unwrap();
        raw::run(&t.store, match t.engine {
            Engine::Sqlite => "INSERT INTO site_pages (account_id, site_id, url, run_id, depth, state, outcome, asset_id, served_hash)
                               SELECT s.account_id, s.site_id, p.column1, s.site_id, 0, 'read', 'there', 1, p.column2
                                 FROM sites s CROSS JOIN (VALUES ('/1', x'00'), ('/2', x'00'), ('/3', NULL)) p",
            Engine::Postgres => "INSERT INTO site_pages (account_id, site_id, url, run_id, depth, state, outcome, asset_id, served_hash)
                                 SELECT s.account_id, s.site_id, p.column1, s.site_id, 0, 'read', 'there', 1, p.column2
                                   FROM sites s CROSS JOIN (VALUES ('/1', '\\x00'::bytea), ('/2', '\\x00'), ('/3', NULL)) p",
        }).await;
        assert_eq!(usage().await.crawl_pages, 2);
        let stranger = make::account(&t).await;
        assert_eq!(t.store.usage(&stranger).await.unwrap(), Usage { seats: 1, ..Usage::default() });
    }

    async fn messages_count_for_a_calendar_month(t: Fixture) {
        let home = make::home(&t).await;
        let usage = async || t.store.usage(&home.op).await.unwrap().messages_this_month;
        chat::one_turn(&t, &home).await;
        chat::one_turn(&t, &home).await;
        assert_eq!(usage().await, 2);
        let test = make::Home {
            op: Op { environment: Environment::Test, ..home.op.clone() },
            project: home.project,
            agent: home.agent.clone(),
        };
        chat::one_turn(&t, &test).await;
        assert_eq!(usage().await, 2, "test sessions do not count");
        // The first moment of the month after that of the fixture's clock.
        let now = t.clock.now().documented();
        let (year, month): (i64, i64) = (now[..4].parse().unwrap(), now[5..7].parse().unwrap());
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let next: Timestamp = serde_json::from_str(&format!("\"{year:04}-{month:02}-01T00:00:00Z\"")).unwrap();
        t.clock.advance(next.since(t.clock.now()).checked_sub(Duration::from_micros(1)).unwrap());
        assert_eq!(usage().await, 2);
        t.clock.advance(Duration::from_micros(1));
        assert_eq!(usage().await, 0, "a new month");
        chat::one_turn(&t, &home).await;
        assert_eq!(usage().await, 1);
    }
}

//! Runs of crawls, as they are listed.

use robofy_store::sites::{NewCrawl, SiteRules};

use super::*;

fn crawl(home: &make::Home, host: &str) -> NewCrawl {
    let rules = SiteRules {
        starts: vec![format!("https://{host}/")],
        followed: Vec::new(),
        include: Vec::new(),
        exclude: Vec::new(),
        most_pages: 10,
        most_depth: 1,
        use_sitemap: false,
        again_hours: None,
        vector_provider: 0,
        crawl_mode: 0,
    };
    NewCrawl { chatbot_id: home.agent.clone(), home: host.into(), rules }
}

both_engines! {
    async fn a_page_of_runs_comes_with_the_failures_of_each(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::home(&t).await);
        for host in ["a.example", "b.example", "c.example"] {
            fresh(t.store.start_crawl(&home.op, crawl(&home, host), nothing).await.unwrap());
            t.clock.advance(Duration::from_secs(1));
        }
        raw::run(&t.store, "INSERT INTO crawl_errors (account_id, run_id, url, reason)
                            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
                            SELECT r.account_id, r.run_id, 'https://x.example/' || n.i, 'gone' FROM crawl_runs r, n").await;
        let page = PageRequest { after: None, size: 2 };
        let runs = t.store.list_crawls(home.op.account, &home.agent, &page).await.unwrap().items;
        let failed = t.store.list_crawl_errors(home.op.account, &home.agent, &runs, 3).await.unwrap();
        for run in &runs {
            let of_run: Vec<_> = failed.iter().filter(|error| error.run_id == run.run_id).map(|error| &error.url).collect();
            assert_eq!(of_run, ["https://x.example/1", "https://x.example/2", "https://x.example/3"]);
        }
        assert_eq!(failed.len(), 6, "and no other run's");
        assert!(t.store.list_crawl_errors(stranger.op.account, &home.agent, &runs, 3).await.unwrap().is_empty());
        assert!(t.store.list_crawl_errors(home.op.account, &home.agent, &[], 3).await.unwrap().is_empty());
    }
}

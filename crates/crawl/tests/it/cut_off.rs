//! Workers that die or freeze, crawls that are called off.

use std::collections::BTreeMap;

use robofy_kernel::Tasks;
use robofy_knowledge::library::Params;
use robofy_store::StoreError;
use robofy_store::agents::LlmKeyChange;

use super::*;

/// A chain of pages, each of which takes a while.
fn chain(site: &Site, count: usize, takes: Duration) {
    for number in 0..count {
        let next = format!("/{}", number + 1);
        let links = [next.as_str()];
        let words = format!("Page {number} speaks of the {number}th lighthouse.");
        let path = if number == 0 { "/".to_owned() } else { format!("/{number}") };
        let links = if number + 1 == count { &[][..] } else { &links[..] };
        site.put(&path, page(&format!("Page {number}"), &words, links).taking(takes));
    }
}

fn wide(site: &Site, count: usize, takes: Duration) {
    let paths: Vec<String> = (0..count).map(|number| format!("/{number}")).collect();
    let links: Vec<&str> = paths.iter().map(String::as_str).collect();
    site.put("/", page("Start", "The start leads to all the others.", &links));
    for (number, path) in paths.iter().enumerate() {
        let words = format!("Page {number} speaks of the {number}th lighthouse.");
        site.put(path, page(&format!("Page {number}"), &words, &[]).taking(takes));
    }
}

both_engines! {
    async fn a_worker_that_is_lost_costs_no_page_and_its_late_results_are_refused(t: Fixture) {
        let (w, site) = (World::idle(&t).await, Site::start().await);
        wide(&site, 40, Duration::from_millis(30));
        let run = w.start(rules(&[site.url("/")])).await.unwrap();
        let mut log: BTreeMap<String, usize> = BTreeMap::new();
        for round in 0..4 {
            let lives = Duration::from_millis(150 + 50 * round);
            tokio::task::block_in_place(|| std::thread::scope(|scope| {
                scope.spawn(|| w.doomed(&format!("doomed {round}"), lives)).join().unwrap();
            }));
            t.clock.advance(Duration::from_secs(60));
        }
        w.worker("last", &w.tasks);
        let run = w.ended(run).await;
        assert_eq!((run.status, run.pages_crawled, run.pages_failed), (CrawlStatus::Completed, 41, 0));
        for asked in site.asked() {
            *log.entry(asked).or_default() += 1;
        }
        // Those that were under way at each of four deaths, four at a time.
        let twice: usize = log.values().map(|times| times - 1).sum();
        assert!(twice <= 16, "{twice} pages were asked for again");
        let known = w.known().await;
        assert_eq!(known.len(), 41, "each once: {known:?}");
        assert_eq!(w.answer("the 17th lighthouse").await.unwrap().1, site.url("/17"));
    }

    async fn a_crawl_that_is_called_off_ends_and_keeps_what_it_has(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        chain(&site, 60, Duration::from_millis(40));
        let run = w.start(rules(&[site.url("/")])).await.unwrap();
        let again = w.start(rules(&[site.url("/")])).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "one at a time: {again:?}");
        w.until("some pages are read", || async { w.runs().await[0].pages_crawled >= 3 }).await;
        let status = w.store().cancel_crawl(&w.op, w.agent.project_id, run).await.unwrap();
        assert!(status.is_some());
        let run = w.ended(run).await;
        assert_eq!(run.status, CrawlStatus::Cancelled);
        assert!(run.pages_crawled < 60 && run.finished_at.is_some());
        assert!(w.known().await.len() >= 3, "what was read is known");
        // It may be begun again, and goes to the end.
        chain(&site, 12, Duration::ZERO);
        assert_eq!(w.crawl(SiteRules { most_depth: 100, ..rules(&[site.url("/")]) }).await.status, CrawlStatus::Completed);
    }

    async fn a_crawl_that_waits_is_called_off_at_once(t: Fixture) {
        let (w, site) = (World::idle(&t).await, Site::start().await);
        chain(&site, 3, Duration::ZERO);
        let run = w.start(rules(&[site.url("/")])).await.unwrap();
        let status = w.store().cancel_crawl(&w.op, w.agent.project_id, run).await.unwrap();
        assert_eq!(status, Some(CrawlStatus::Cancelled));
        let project = robofy_kernel::ProjectId(w.agent.project_id.0 + 1);
        assert_eq!(w.store().cancel_crawl(&w.op, project, run).await.unwrap(), None, "another project's");
        w.worker("late", &w.tasks);
        let next = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((next.status, next.pages_crawled), (CrawlStatus::Completed, 3));
    }

    async fn settings_that_change_meanwhile_hold_for_all_pages(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        chain(&site, 12, Duration::from_millis(40));
        let run = w.start(SiteRules { most_depth: 100, ..rules(&[site.url("/")]) }).await.unwrap();
        w.until("some pages are read", || async { w.runs().await[0].pages_crawled >= 3 }).await;
        let (project, chatbot) = (w.agent.project_id, w.agent.chatbot_id.clone());
        let changed = w.store().update_agent(&w.op, project, &chatbot, LlmKeyChange::Keep, |agent| {
            agent.settings.chunk_size = 90;
        }).await.unwrap().unwrap();
        assert_eq!(w.ended(run).await.pages_crawled, 12);
        let params = Params::of(&changed.settings);
        w.until("every page is cut by the new settings", || async {
            let stale = w.store().list_stale_links(w.op.account, &chatbot, params.as_str(), 50).await.unwrap();
            stale.is_empty() && w.known().await.len() == 12
        }).await;
    }

    async fn a_program_that_ends_gives_its_crawl_back(t: Fixture) {
        let (w, site) = (World::idle(&t).await, Site::start().await);
        chain(&site, 10, Duration::from_millis(30));
        let run = w.start(SiteRules { most_depth: 100, ..rules(&[site.url("/")]) }).await.unwrap();
        let tasks = Tasks::new();
        w.worker("ends", &tasks);
        w.until("some pages are read", || async { w.runs().await[0].pages_crawled >= 3 }).await;
        tasks.finish(Duration::from_secs(5)).await;
        assert_eq!(w.runs().await[0].status, CrawlStatus::Crawling);
        w.worker("next", &w.tasks);
        let run = w.ended(run).await;
        assert_eq!((run.status, run.pages_crawled), (CrawlStatus::Completed, 10));
    }
}

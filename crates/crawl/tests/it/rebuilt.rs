//! Sites that are being rebuilt, move to other hosts, break and are mended; and owners who change their mind.

use robofy_store::links::LinkName;

use super::*;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn room(number: usize) -> site::Page {
    let words = format!("Room {number} has {} chairs and a view of garden {}.", number * 7 + 3, number * 13);
    page(&format!("Room {number}"), &words, &[])
}

/// A start and rooms `/0` … that it leads to.
fn fill(site: &Site, count: usize) {
    let paths: Vec<String> = (0..count).map(|number| format!("/{number}")).collect();
    let links: Vec<&str> = paths.iter().map(String::as_str).collect();
    site.put("/", page("Start", "The start leads to all the others.", &links).with("etag", "\"start\""));
    for number in 0..count {
        site.put(&format!("/{number}"), room(number));
    }
}

fn for_now(to: &str) -> site::Page {
    status(302).with("location", to)
}

both_engines! {
    async fn a_site_that_is_closed_for_a_while_loses_nothing(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 6);
        w.crawl(rules(&[site.url("/")])).await;
        let whole = w.known().await;
        // Every page sends its visitors to one that says so …
        site.put("/closed", page("Closed", "We are back on Monday, when the paint is dry.", &[]));
        for path in ["/", "/0", "/1", "/2", "/3", "/4", "/5"] {
            site.put(path, for_now("/closed"));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert!(run.notice.as_deref().unwrap_or("").contains("of the 7 pages"), "the owner is told: {:?}", run.notice);
        let known = w.known().await;
        assert!(whole.iter().filter(|url| !known.contains(url)).count() <= 1, "{known:?}");
        // … or says so itself.
        fill(&site, 6);
        site.remove("/closed");
        w.crawl(rules(&[site.url("/")])).await;
        let whole = w.known().await;
        for path in ["/", "/0", "/1", "/2", "/3", "/4", "/5"] {
            site.put(path, page("Closed", "We are back on Tuesday, when the floor is dry.", &[]));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert!(run.notice.is_some_and(|notice| notice.contains("7 of the 8 pages")));
        assert_eq!(w.known().await, whole);
    }

    async fn a_site_whose_pages_all_move_is_known_at_its_new_addresses(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 6);
        w.crawl(rules(&[site.url("/")])).await;
        for number in 0..6 {
            site.put(&format!("/{number}"), redirect(&format!("/rooms/{number}")));
            site.put(&format!("/rooms/{number}"), room(number));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(run.notice, None);
        let mut expected: Vec<String> = (0..6).map(|number| site.url(&format!("/rooms/{number}"))).collect();
        expected.push(site.url("/"));
        expected.sort_unstable();
        assert_eq!(w.known().await, expected);
    }

    async fn a_long_crawl_does_not_agree_with_itself(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 4);
        w.crawl(rules(&[site.url("/")])).await;
        let whole = w.known().await;
        site.log();
        site.put("/1", status(404)).put("/3", room(3).taking(Duration::from_secs(2)));
        let run = w.start(rules(&[site.url("/")])).await.unwrap();
        w.until("the slow page is asked for", || async { w.errors(run).await.len() == 1 && site.asked().contains(&"/3".into()) }).await;
        t.clock.advance(HOUR * 2);
        w.ended(run).await;
        assert_eq!(w.known().await, whole, "one answer of 404 is one answer");
    }

    async fn looks_go_on_until_each_missing_page_is_decided(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 6);
        w.crawl(rules(&[site.url("/")])).await;
        site.put("/1", status(404));
        w.crawl(rules(&[site.url("/")])).await;
        t.clock.advance(HOUR / 2);
        site.put("/2", status(404));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await.len(), 7);
        for _ in 0..2 {
            t.clock.advance(HOUR / 2 + Duration::from_secs(90));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        w.until("both leave", || async { w.known().await.len() == 5 }).await;
    }

    async fn what_a_run_did_not_get_is_fetched_by_the_next_though_what_leads_to_it_has_not_changed(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 4);
        site.put("/2", status(503).with("retry-after", "0"));
        let most_pages = 3;
        w.crawl(SiteRules { most_pages, ..rules(&[site.url("/")]) }).await;
        assert_eq!(w.known().await.len(), 3);
        site.put("/2", room(2));
        w.crawl(SiteRules { most_pages, ..rules(&[site.url("/")]) }).await;
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await.len(), 5);
    }

    async fn rules_that_let_more_in_read_unchanged_pages_for_their_links(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 4);
        w.crawl(SiteRules { exclude: vec!["/3".into()], ..rules(&[site.url("/")]) }).await;
        assert_eq!(w.known().await.len(), 4);
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await.len(), 5);
    }

    async fn what_the_site_took_back_is_not_published_by_a_run_that_did_not_get_to_it(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 4);
        w.crawl(rules(&[site.url("/")])).await;
        site.put("/1", room(1).with("x-robots-tag", "noindex"));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await.len(), 4);
        site.put("/1", status(503).with("retry-after", "0"));
        site.put("/", page("Start", "The start leads to all.", &["/0", "/1", "/2", "/3"]));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await.len(), 4);
    }

    async fn a_start_that_moved_to_another_host_stays_the_same_site(t: Fixture) {
        let (w, old, new) = (World::new(&t).await, Site::start().await, Site::start().await);
        fill(&new, 3);
        old.put("/", redirect(&new.url("/")));
        for _ in 0..3 {
            let run = w.crawl(rules(&[old.url("/")])).await;
            assert_eq!((run.status, run.rules.starts.len()), (CrawlStatus::Completed, 1));
            assert_eq!(w.known().await, ["/", "/0", "/1", "/2"].map(|path| new.url(path)));
        }
    }

    async fn a_start_that_leads_elsewhere_for_now_does_not_make_that_the_site(t: Fixture) {
        let (w, site, status_page) = (World::new(&t).await, Site::start().await, Site::start().await);
        fill(&site, 3);
        w.crawl(rules(&[site.url("/")])).await;
        let whole = w.known().await;
        fill(&status_page, 2);
        site.put("/", for_now(&status_page.url("/")));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((w.known().await, status_page.asked()), (whole, Vec::<String>::new()));
    }

    async fn what_the_owner_takes_out_stays_out(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 4);
        w.crawl(rules(&[site.url("/")])).await;
        let all = robofy_kernel::PageRequest { after: None, size: 50 };
        let linked = w.store().list_linked_assets(w.op.account, &w.agent.chatbot_id, &all).await.unwrap().items;
        let asset = |path: &str| {
            linked.iter().find(|asset| asset.source_url.as_deref() == Some(&site.url(path))).unwrap().asset_id
        };
        w.store().delink_asset(&w.op, LinkName::Pair(w.agent.chatbot_id.clone(), asset("/1"))).await.unwrap();
        w.store().delete_asset(&w.op, w.agent.project_id, asset("/2")).await.unwrap();
        site.put("/1", page("Room 1", "Room 1 is new and has 2 chairs.", &[]));
        site.put("/2", page("Room 2", "Room 2 is new and has 9 chairs.", &[]));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await, ["/", "/0", "/3"].map(|path| site.url(path)));
        // It counts no more when the site loses it.
        site.put("/1", status(410)).put("/2", status(410)).put("/3", status(410));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.notice, w.known().await), (None, ["/", "/0"].map(|path| site.url(path)).to_vec()));
    }

    async fn a_page_that_comes_nearer_leads_further(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        let rules = || SiteRules { most_depth: 3, ..rules(&[site.url("/")]) };
        site.put("/", page("Start", "The start leads to one.", &["/1"]));
        for number in 1..6 {
            let words = format!("Step {number} is {} meters high.", number * 11);
            site.put(&format!("/{number}"), page(&format!("Step {number}"), &words, &[&format!("/{}", number + 1)]));
        }
        w.crawl(rules()).await;
        assert_eq!(w.known().await.len(), 4, "the start and three steps");
        site.put("/", page("Start", "The start leads to three.", &["/1", "/3"]));
        w.crawl(rules()).await;
        assert_eq!(w.known().await.len(), 6, "the third step is one away, the fifth is three");
    }

    async fn a_title_that_changes_is_known(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        let titled = |title: &str| html(&format!("<html><head><title>{title}</title></head><body><p>We mend shoes and bags.</p></body></html>"));
        site.put("/", titled("Shoes"));
        w.crawl(rules(&[site.url("/")])).await;
        site.put("/", titled("Shoes and bags"));
        w.crawl(rules(&[site.url("/")])).await;
        let page = robofy_kernel::PageRequest { after: None, size: 50 };
        let assets = w.store().list_assets(w.op.account, w.agent.project_id, &page).await.unwrap().items;
        assert_eq!(assets[0].title.as_deref(), Some("Shoes and bags"));
    }

    async fn crawls_take_turns(t: Fixture) {
        let (w, first, second) = (World::idle(&t).await, Site::start().await, Site::start().await);
        for site in [&first, &second] {
            fill(site, 12);
            for number in 0..12 {
                site.put(&format!("/{number}"), room(number).taking(Duration::from_millis(100)));
            }
        }
        let runs = [w.start(rules(&[first.url("/")])).await.unwrap(), w.start(rules(&[second.url("/")])).await.unwrap()];
        w.one_place("alone", Duration::from_millis(200));
        w.until("the second has begun", || async { !second.asked().is_empty() }).await;
        assert_eq!(w.runs().await.iter().filter(|run| run.status == CrawlStatus::Crawling).count(), 2, "both are under way");
        for run in runs {
            assert_eq!(w.ended(run).await.pages_crawled, 13);
        }
        for site in [&first, &second] {
            let asked = site.asked();
            assert_eq!(asked.len(), asked.iter().collect::<std::collections::HashSet<_>>().len(), "nothing twice: {asked:?}");
        }
    }

    async fn redirects_without_end_are_given_up(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/", page("Start", "The start leads to a chain.", &["/chain/0"]));
        for number in 0..60 {
            site.put(&format!("/chain/{number}"), for_now(&format!("/chain/{}", number + 1)));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.status, run.pages_crawled), (CrawlStatus::Completed, 1));
        assert_eq!(site.asked().len(), 12, "the start, the first, ten hops");
        let errors = w.errors(run.run_id).await;
        assert!(errors.len() == 1 && errors[0].0 == site.url("/chain/10") && errors[0].1.contains("without end"), "{errors:?}");
    }

    async fn a_site_half_of_which_is_missing_says_so(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 5);
        w.crawl(rules(&[site.url("/")])).await;
        for number in 0..4 {
            site.put(&format!("/{number}"), status(404));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert!(run.notice.is_some_and(|notice| notice.contains("4 of the 6")));
        t.clock.advance(HOUR * 2);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(w.known().await.len(), 6);
    }
}

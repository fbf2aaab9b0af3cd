//! The same site once more: what has not changed, what has, and what is gone.

use super::*;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A start and pages `/0` … that it leads to, each with an `ETag`.
fn fill(site: &Site, count: usize) {
    let paths: Vec<String> = (0..count).map(|number| format!("/{number}")).collect();
    let links: Vec<&str> = paths.iter().map(String::as_str).collect();
    site.put("/", page("Start", "The start leads to all the others.", &links));
    for number in 0..count {
        site.put(&format!("/{number}"), numbered(number, "first"));
    }
}

fn numbered(number: usize, edition: &str) -> site::Page {
    let words = format!("Room {number} has {} chairs, says the {edition} edition.", number * 7 + 3);
    page(&format!("Room {number}"), &words, &[]).with("etag", &format!("\"{number}-{edition}\""))
}

both_engines! {
    async fn only_what_has_changed_is_sent_and_stored(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 6);
        w.crawl(rules(&[site.url("/")])).await;
        site.log();
        site.put("/2", numbered(2, "second")).put("/6", numbered(6, "first"));
        site.put("/", page("Start", "The start leads to all the others.", &["/0", "/1", "/2", "/3", "/4", "/5", "/6"]));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.status, run.pages_crawled), (CrawlStatus::Completed, 8));
        let log = site.log();
        let asked = |path: &str| log.iter().find(|asked| asked.path == path).unwrap().headers.get("if-none-match").cloned();
        assert_eq!(asked("/1").as_deref(), Some("\"1-first\""));
        assert_eq!(asked("/6"), None);
        let (version, text) = w.text_of(&site.url("/2")).await.unwrap();
        assert!(version == 2 && text.contains("second edition"), "{version} {text}");
        assert_eq!(w.text_of(&site.url("/1")).await.unwrap().0, 1, "as it was");
        assert!(w.known().await.contains(&site.url("/6")));
    }

    async fn what_is_gone_for_good_leaves_at_once_and_what_is_missing_when_a_second_look_agrees(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 6);
        w.crawl(rules(&[site.url("/")])).await;
        let whole = w.known().await;
        site.put("/1", status(410)).put("/2", status(404)).put("/3", status(503).with("retry-after", "0"));
        w.crawl(rules(&[site.url("/")])).await;
        let without = |gone: &[&str]| -> Vec<String> {
            whole.iter().filter(|url| !gone.iter().any(|path| **url == site.url(path))).cloned().collect()
        };
        assert_eq!(w.known().await, without(&["/1"]));
        let (version, text) = w.text_of(&site.url("/1")).await.unwrap();
        assert!(version == 1 && text.contains("Room 1"), "its versions stay");
        // Too early: a look within the hour proves nothing.
        t.clock.advance(HOUR / 2);
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await, without(&["/1"]));
        site.log();
        // The second look comes by itself, and asks for nothing else.
        t.clock.advance(HOUR / 2 + Duration::from_secs(120));
        w.until("the missing page leaves", || async { w.known().await == without(&["/1", "/2"]) }).await;
        assert_eq!(site.asked(), ["/2"]);
        assert!(w.runs().await.iter().all(|run| run.status == CrawlStatus::Completed), "a look is no run of its own");
        // A page that comes back is known again.
        site.put("/1", numbered(1, "third"));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await, without(&["/2"]));
        assert!(w.text_of(&site.url("/1")).await.unwrap().1.contains("third"));
    }

    async fn a_look_makes_way_for_a_crawl(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 3);
        w.crawl(rules(&[site.url("/")])).await;
        site.put("/1", status(404).taking(Duration::from_secs(2)));
        w.crawl(rules(&[site.url("/")])).await;
        site.log();
        t.clock.advance(HOUR + Duration::from_secs(120));
        w.until("the look is under way", || async { site.asked() == ["/1"] }).await;
        site.put("/1", numbered(1, "second"));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.status, run.pages_crawled), (CrawlStatus::Completed, 4));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(w.text_of(&site.url("/1")).await.unwrap().1.contains("second"));
        assert_eq!(w.known().await.len(), 4, "what the look saw before counts no more");
    }

    async fn a_site_in_trouble_loses_nothing(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 6);
        w.crawl(rules(&[site.url("/")])).await;
        let whole = w.known().await;
        // robots.txt cannot be had: nothing is asked for.
        site.put("/robots.txt", status(503));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(run.status, CrawlStatus::Failed);
        assert!(run.notice.unwrap().contains("robots.txt"));
        assert_eq!(w.known().await, whole);
        site.remove("/robots.txt");
        // Everything fails at once.
        for path in ["/", "/0", "/1", "/2", "/3", "/4", "/5"] {
            site.put(path, status(500));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.status, w.known().await), (CrawlStatus::Failed, whole.clone()));
        // More than half says that it is gone for good.
        fill(&site, 6);
        for path in ["/0", "/1", "/2", "/3"] {
            site.put(path, status(410));
        }
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.status, w.known().await), (CrawlStatus::Completed, whole.clone()));
        let notice = run.notice.unwrap();
        assert!(notice.contains("4 of the 7"), "the owner is told: {notice}");
        // Half of it may go.
        site.put("/3", numbered(3, "first"));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.notice, w.known().await.len()), (None, 4));
    }

    async fn a_page_that_moves_is_known_at_its_new_address(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 5);
        w.crawl(rules(&[site.url("/")])).await;
        site.put("/1", redirect("/one")).put("/one", numbered(1, "first"));
        // A site that asks not to be kept any more is not.
        site.put("/robots.txt", plain("text/plain", "User-agent: *\nDisallow: /4\n"));
        site.put("/3", numbered(3, "first").with("x-robots-tag", "noindex").with("etag", "\"new\""));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await, ["/", "/0", "/2", "/one"].map(|path| site.url(path)));
    }

    async fn a_schedule_reads_the_site_again(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        fill(&site, 3);
        w.crawl(SiteRules { again_hours: Some(24), ..rules(&[site.url("/")]) }).await;
        site.put("/1", numbered(1, "second"));
        t.clock.advance(HOUR * 23);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(w.runs().await.len(), 1);
        t.clock.advance(HOUR * 2);
        w.until("it is read again", || async {
            w.text_of(&site.url("/1")).await.is_some_and(|(_, text)| text.contains("second"))
        }).await;
        w.until("two runs are done", || async { w.runs().await.iter().filter(|run| run.status == CrawlStatus::Completed).count() == 2 }).await;
    }
}

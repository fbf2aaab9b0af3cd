//! What a site asks of those who visit it, and what it sends in odd ways.

use std::io::Write as _;

use super::*;

fn map(urls: &[String]) -> String {
    let urls: String = urls.iter().map(|url| format!("<url><loc>{url}</loc></url>")).collect();
    format!("<urlset>{urls}</urlset>")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn sitemaps_asked(site: &Site) -> Vec<String> {
    site.log().into_iter().map(|asked| asked.path).filter(|path| path.contains("sitemap")).collect()
}

both_engines! {
    async fn sitemaps_are_asked_for_as_robots_txt_allows(t: Fixture) {
        let w = World::new(&t).await;
        let start = page("Start", "The start of a site.", &[]);
        let closed = Site::start().await;
        closed.put("/robots.txt", plain("text/plain", "User-agent: *\nDisallow: /sitemap.xml\n"))
            .put("/sitemap.xml", plain("application/xml", map(&[closed.url("/hidden")])))
            .put("/", start.clone());
        w.crawl(rules(&[closed.url("/")])).await;
        assert!(sitemaps_asked(&closed).is_empty(), "it is not to be asked for");
        let broken = Site::start().await;
        broken.put("/robots.txt", status(503)).put("/sitemap.xml", plain("application/xml", map(&[]))).put("/", start.clone());
        w.crawl(rules(&[broken.url("/")])).await;
        assert!(sitemaps_asked(&broken).is_empty(), "nothing is allowed while nothing is known");
        let named = Site::start().await;
        let index = format!("<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>", named.url("/maps/sitemap-b.xml"));
        let robots = format!("User-agent: *\nDisallow: /maps/\nSitemap: {}\n", named.url("/maps/sitemap-a.xml"));
        named.put("/robots.txt", plain("text/plain", robots)).put("/maps/sitemap-a.xml", plain("application/xml", index)).put("/", start);
        let run = w.crawl(rules(&[named.url("/")])).await;
        assert_eq!(sitemaps_asked(&named), ["/maps/sitemap-a.xml"], "robots.txt itself names it");
        assert_eq!(w.errors(run.run_id).await, []);
    }

    async fn a_robots_txt_of_an_unknown_kind_is_kept_to(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/robots.txt", plain("application/x-robots", "User-agent: *\nDisallow: /private\n"))
            .put("/", page("Start", "The start of a site.", &["/private"]))
            .put("/private", page("Private", "Nobody is to read this.", &[]));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((site.asked(), w.known().await), (vec!["/".to_owned()], vec![site.url("/")]));
    }

    async fn a_page_whose_host_wants_a_long_pause_is_left_for_the_next_crawl(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/", page("Start", "The start of a site.", &["/1", "/2"]))
            .put("/1", status(503).with("retry-after", "3600"))
            .put("/2", status(429).with("date", "Sun, 06 Nov 1994 08:49:37 GMT").with("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT"));
        let begun = std::time::Instant::now();
        let run = w.crawl(SiteRules { use_sitemap: false, ..rules(&[site.url("/")]) }).await;
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        assert_eq!(site.asked(), ["/", "/1", "/2"], "each once");
        let mut errors = w.errors(run.run_id).await;
        errors.sort_unstable();
        assert!(errors[0].1.contains("60 minutes") && errors[1].1.contains("2 minutes"), "{errors:?}");
    }

    async fn a_large_sitemap_is_read_and_one_that_is_too_large_is_told(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        let large = format!("<!--{}-->{}", "x".repeat(11 * 1024 * 1024), map(&[site.url("/listed")]));
        let robots = ["large", "huge", "gone"].map(|name| format!("Sitemap: {}\n", site.url(&format!("/sitemap-{name}.xml")))).concat();
        site.put("/robots.txt", plain("text/plain", robots))
            .put("/sitemap-large.xml", plain("text/plain", large))
            .put("/sitemap-huge.xml", plain("application/gzip", gzip(&vec![b' '; 51 * 1024 * 1024])))
            .put("/", page("Start", "The start of a site.", &[]))
            .put("/listed", page("Listed", "No page leads to this one.", &[]));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(run.status, CrawlStatus::Completed);
        assert_eq!(w.known().await, ["/", "/listed"].map(|path| site.url(path)));
        let mut errors = w.errors(run.run_id).await;
        errors.sort_unstable();
        let [gone, huge] = &errors[..] else { panic!("{errors:?}") };
        assert!(gone.0 == site.url("/sitemap-gone.xml") && gone.1.contains("404"), "{gone:?}");
        assert!(huge.0 == site.url("/sitemap-huge.xml") && huge.1.contains("50 MB"), "{huge:?}");
        // A sitemap that nobody names need not be there.
        site.remove("/robots.txt");
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.errors(run.run_id).await, []);
    }

    async fn a_page_packed_in_a_way_that_is_not_read_replaces_nothing(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        let words = page("Hours", "We are open from nine to five.", &[]);
        let packed = |how: &str| site::Page { body: gzip(&words.body), ..words.clone().with("content-encoding", how) };
        site.put("/", packed("x-gzip"));
        w.crawl(rules(&[site.url("/")])).await;
        let (version, text) = w.text_of(&site.url("/")).await.unwrap();
        assert!(version == 1 && text.contains("nine to five"), "{text}");
        site.put("/", site::Page { body: b"What Brotli would have packed, as far as anybody can tell.".to_vec(), ..words.clone().with("content-encoding", "br") });
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert!(w.errors(run.run_id).await[0].1.contains("packed"));
        assert_eq!(w.text_of(&site.url("/")).await.unwrap(), (version, text));
    }

    async fn documents_that_scripts_write_are_read(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/", page("Start", "The start of a site.", &["/export.php?all=1", "/notes.aspx", "/list.do", "/feed.xml"]))
            .put("/export.php?all=1", plain("text/csv", "Product,Price\nSoup,5\nBread,4\n"))
            .put("/notes.aspx", plain("text/plain; charset=utf-8", "The cellar opens at eight."))
            .put("/list.do", plain("application/json", "{\"parking\": \"behind the house\"}"))
            .put("/feed.xml", plain("application/xml", "<rss><item>News</item></rss>"));
        w.crawl(rules(&[site.url("/")])).await;
        let known = ["/", "/export.php?all=1", "/list.do", "/notes.aspx"].map(|path| site.url(path));
        assert_eq!(w.known().await, known);
        let (_, table) = w.text_of(&known[1]).await.unwrap();
        assert!(table.contains("- Product: Soup; Price: 5"), "{table}");
        assert_eq!(w.text_of(&known[2]).await.unwrap().1, "- parking: behind the house\n");
    }
}

//! What is read, what is not, and what the agent knows of it.

use super::*;

const MENU: &str =
    "<nav>Home Bread Cakes</nav><div class=strip>Free delivery in the old town from thirty euros on</div>";

fn shop(title: &str, words: &str, links: &[&str]) -> site::Page {
    let links: String = links.iter().map(|link| format!("<a href=\"{link}\">more</a> ")).collect();
    html(&format!(
        "<html><head><title>{title}</title></head><body>{MENU}<h1>{title}</h1><p>{words}</p><p>{links}</p></body></html>"
    ))
}

both_engines! {
    async fn a_site_is_learnt_by_links_and_sitemap(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/robots.txt", plain("text/plain", format!("User-agent: *\nDisallow: /private\nSitemap: {}\n", site.url("/sitemap-index.xml"))))
            .put("/sitemap-index.xml", plain("application/xml", format!("<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>", site.url("/sitemap-1.xml"))))
            .put("/sitemap-1.xml", plain("application/xml", format!("<urlset><url><loc>{}</loc></url></urlset>", site.url("/hidden"))))
            .put("/", shop("The bakery", "We bake bread in the old town.", &["/bread", "cakes/", "/private/diary", "/old", "/logo.png", "#top", "mailto:a@b.org"]))
            .put("/bread", shop("Bread", "A loaf of rye bread costs 4.20 euros.", &["/", "/bread?utm_source=home", "/print/bread"]))
            .put("/print/bread", shop("Bread", "A loaf of rye bread costs 4.20 euros.", &["/bread"]))
            .put("/cakes/", html(&format!("<html><head><base href=\"/cakes/kinds/\"><title>Cakes</title></head><body>{MENU}<h1>Cakes</h1><p>A wedding cake serves sixty guests.</p><a href=\"plum\">Plum</a></body></html>")))
            .put("/cakes/kinds/plum", shop("Plum cake", "Plum cake is baked in September only.", &[]))
            .put("/old", redirect("/new"))
            .put("/new", shop("New oven", "Our new oven was built by a smith from Ghent.", &["/notes", "/away", "/kept-out"]))
            .put("/away", html("<html><head><meta http-equiv=refresh content=\"0; url=/arrived\"></head><body>Wait</body></html>"))
            .put("/arrived", shop("Arrived", "The tram stops in front of our door.", &[]))
            .put("/kept-out", html("<html><head><meta name=robots content=noindex></head><body><p>Staff rota.</p><a href=/behind>x</a></body></html>"))
            .put("/behind", shop("Behind", "The courtyard has eleven chestnut trees.", &[]))
            .put("/notes", plain("text/plain; charset=iso-8859-1", b"The caf\xe9 upstairs opens at ten.".to_vec()))
            .put("/private/diary", shop("Diary", "Nobody may read this.", &[]))
            .put("/hidden", shop("Hidden", "The cellar can be rented for parties.", &["/broken"]))
            .put("/broken", status(500));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!((run.status, run.notice.as_deref()), (CrawlStatus::Completed, None));
        let asked = site.asked();
        let expected = ["/", "/arrived", "/away", "/behind", "/bread", "/broken", "/cakes/", "/cakes/kinds/plum", "/hidden", "/kept-out", "/new", "/notes", "/old", "/print/bread"];
        assert_eq!(asked, expected, "each page once, none that is not to be asked for");
        let known = ["/", "/arrived", "/behind", "/bread", "/cakes/", "/cakes/kinds/plum", "/hidden", "/new", "/notes"].map(|path| site.url(path));
        assert_eq!(w.known().await, known);
        assert_eq!((run.pages_found, run.pages_crawled, run.pages_failed), (15, 10, 1));
        let errors = w.errors(run.run_id).await;
        assert_eq!(errors.len(), 1);
        assert!(errors[0].0 == site.url("/broken") && errors[0].1.contains("500"), "{errors:?}");
        for (question, path) in [
            ("What does a loaf of rye bread cost?", "/bread"),
            ("How many guests does a wedding cake serve?", "/cakes/"),
            ("When is plum cake baked?", "/cakes/kinds/plum"),
            ("When does the café upstairs open?", "/notes"),
            ("Can the cellar be rented?", "/hidden"),
        ] {
            assert_eq!(w.answer(question).await.map(|hit| hit.1), Some(site.url(path)), "{question}");
        }
        let (_, bread) = w.text_of(&site.url("/bread")).await.unwrap();
        assert!(!bread.contains("Free delivery"), "what repeats is dropped: {bread}");
        let (_, home) = w.text_of(&site.url("/")).await.unwrap();
        assert!(home.contains("Free delivery"), "but for one page: {home}");
    }

    async fn a_crawl_keeps_to_what_it_is_told(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/", page("Start", "The start leads everywhere.", &["/a/1", "/b/1", "/a/x/2"]))
            .put("/a/1", page("One", "The first page of the letter a.", &["/a/2"]))
            .put("/a/2", page("Two", "The second page of the letter a.", &["/a/3"]))
            .put("/a/3", page("Three", "The third page of the letter a.", &["/a/4"]))
            .put("/a/4", page("Four", "The fourth page of the letter a.", &[]))
            .put("/a/x/2", page("X", "A page that is left out.", &[]))
            .put("/b/1", page("B", "A page of the letter b.", &[]));
        let told = SiteRules {
            include: vec!["/a/*".into()],
            exclude: vec!["/a/x/*".into()],
            most_depth: 3,
            ..rules(&[site.url("/")])
        };
        w.crawl(told.clone()).await;
        assert_eq!(site.asked(), ["/", "/a/1", "/a/2", "/a/3"], "the start leads to the others, four links are too many");
        let run = w.crawl(SiteRules { most_pages: 2, ..told.clone() }).await;
        assert_eq!((run.pages_crawled, site.asked()), (2, vec!["/".into(), "/a/1".into()]));
        assert_eq!(w.known().await.len(), 4, "pages that a run does not get to are as they were");
        let run = w.crawl(SiteRules { exclude: vec!["/a/x/*".into(), "/a/3".into()], ..told }).await;
        assert_eq!(run.status, CrawlStatus::Completed);
        assert_eq!(w.known().await, ["/", "/a/1", "/a/2"].map(|path| site.url(path)), "left out by its owner");
    }

    async fn a_site_is_asked_as_gently_as_it_wants(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/robots.txt", plain("text/plain", "User-agent: robofy\nCrawl-delay: 0.15\n"))
            .put("/", page("Start", "The start.", &["/1", "/2", "/3"]))
            .put("/1", page("One", "One is a page.", &[]))
            .put("/2", page("Two", "Two is another page.", &[]))
            .put("/3", status(429).with("retry-after", "0"));
        let begun = std::time::Instant::now();
        let run = w.crawl(SiteRules { use_sitemap: false, ..rules(&[site.url("/")]) }).await;
        // Four addresses, one of them three times: five pauses at least.
        assert!(begun.elapsed() >= Duration::from_millis(150 * 3), "{:?}", begun.elapsed());
        let log = site.log();
        assert!(log.iter().all(|asked| asked.headers["user-agent"].starts_with("robofy/")), "{log:?}");
        assert_eq!(log.iter().filter(|asked| asked.path == "/3").count(), 3, "it is asked again");
        assert_eq!((run.pages_crawled, run.pages_failed), (3, 1));
    }

    async fn traps_and_hostile_pages_end(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        site.put("/", page("Start", "The start.", &["/loop", "/a", "/big", "/deep", "/packed", "/empty", "/binary"]))
            .put("/loop", redirect("/loop2"))
            .put("/loop2", redirect("/loop"))
            .put("/a", page("A", "A page that names another as its original.", &["/a/x/a/x/a/x/a/x"]))
            .put("/big", plain("text/html", vec![b'x'; 11 * 1024 * 1024]))
            .put("/deep", html(&"<div>".repeat(100_000)))
            .put("/packed", plain("text/html", bomb()).with("content-encoding", "gzip"))
            .put("/empty", html(""))
            .put("/binary", plain("text/html", (0..=255_u8).cycle().take(4096).collect::<Vec<u8>>()));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(run.status, CrawlStatus::Completed);
        let errors = w.errors(run.run_id).await;
        let failed: Vec<&str> = errors.iter().filter_map(|(url, _)| url.rsplit('/').next()).collect();
        for name in ["big", "deep", "packed"] {
            assert!(failed.contains(&name), "{name}: {errors:?}");
        }
        assert!(w.known().await.contains(&site.url("/a")));
        assert!(!site.asked().iter().any(|path| path.contains("/x/a/x/")), "a path that repeats itself");
    }

    async fn a_page_that_names_its_original_is_known_once(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        let list = "Rye bread, wheat bread, plum cake, apple cake, rolls with seeds, rolls without seeds, and pretzels in the morning.";
        let sorted = |head: &str, words: &str| html(&format!("<html><head>{head}<title>List</title></head><body><h1>List</h1><p>{words}</p></body></html>"));
        site.put("/", page("Start", "The start.", &["/list?sort=price", "/other"]))
            .put("/list", sorted("", list))
            .put("/list?sort=price", sorted("<link rel=canonical href=\"/list\">", list))
            // Many sites name their start as the original of everything.
            .put("/other", html("<html><head><link rel=canonical href=\"/\"></head><body><h1>Other</h1><p>The museum next door closes at five.</p></body></html>"));
        w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(w.known().await, ["/", "/list", "/other"].map(|path| site.url(path)));
    }
}

/// Gzip that unpacks to far more than is read.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    packed.finish().unwrap()
}

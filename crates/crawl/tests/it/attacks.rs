//! A crawl never reaches what strangers may not, whichever way they send it.

use std::net::IpAddr;

use super::*;

both_engines! {
    async fn no_way_leads_to_a_private_address(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        // 127.0.0.1 is opened for this test; everything else on this machine is as private as ever.
        let inside = Site::at(IpAddr::from([127, 0, 0, 2])).await;
        inside.put("/", page("Secrets", "The administrator's page.", &[]));
        let port = inside.address.port();
        let private = [
            format!("http://127.0.0.2:{port}/"),
            format!("http://127.2:{port}/"),
            format!("http://2130706434:{port}/"),
            format!("http://0x7f000002:{port}/"),
            format!("http://[::ffff:127.0.0.2]:{port}/"),
            format!("http://localhost:{port}/"),
            format!("http://0.0.0.0:{port}/"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://[::1]/".to_owned(),
            "http://10.0.0.1/".to_owned(),
            "file:///etc/passwd".to_owned(),
        ];
        let links: Vec<&str> = private.iter().map(String::as_str).collect();
        let here = &inside.url("/");
        site.put("/robots.txt", plain("text/plain", format!("User-agent: *\nAllow: /\nSitemap: {}\nSitemap: {}\n", inside.url("/sitemap.xml"), site.url("/sitemap.xml"))))
            .put("/sitemap.xml", plain("application/xml", format!("<urlset>{}</urlset>", private.iter().map(|url| format!("<url><loc>{url}</loc></url>")).collect::<String>())))
            .put("/", page("Start", "The start.", &links))
            .put("/redirect", redirect(here))
            .put("/refresh", html(&format!("<html><head><meta http-equiv=refresh content=\"0;url={here}\"></head></html>")))
            .put("/canonical", html(&format!("<html><head><link rel=canonical href=\"{here}\"></head><body><p>Some words of this page.</p></body></html>")))
            .put("/base", html(&format!("<html><head><base href=\"{here}\"></head><body><p>Some other words.</p><a href=\"admin\">x</a><a href=\"/\">y</a></body></html>")));
        let starts: Vec<String> = ["/", "/redirect", "/refresh", "/canonical", "/base"].map(|path| site.url(path)).into();
        let run = w.crawl(rules(&starts)).await;
        assert_eq!(run.status, CrawlStatus::Completed);
        assert!(inside.log().is_empty(), "nothing came through");
        for url in w.known().await {
            assert!(url.starts_with(&site.url("/")), "{url}");
        }
        // A start that leads to a private address is told so.
        let errors = w.errors(run.run_id).await;
        assert!(errors.iter().any(|(_, reason)| reason.contains("not a public address")), "{errors:?}");
        for url in &private[..4] {
            let run = w.crawl(rules(std::slice::from_ref(url))).await;
            assert_eq!(run.status, CrawlStatus::Failed, "{url}");
        }
        assert!(inside.log().is_empty());
    }

    async fn a_robots_txt_that_leads_elsewhere_opens_nothing(t: Fixture) {
        let (w, site) = (World::new(&t).await, Site::start().await);
        let inside = Site::at(IpAddr::from([127, 0, 0, 2])).await;
        inside.put("/robots.txt", plain("text/plain", "User-agent: *\nAllow: /\n"));
        site.put("/robots.txt", redirect(&inside.url("/robots.txt"))).put("/", page("Start", "The start.", &[]));
        let run = w.crawl(rules(&[site.url("/")])).await;
        assert_eq!(run.status, CrawlStatus::Failed, "what cannot be asked allows nothing");
        assert!(inside.log().is_empty());
    }
}

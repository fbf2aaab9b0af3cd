//! What belongs to a crawl.

use url::Url;

use crate::pattern::Pattern;

/// There is nothing to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at least one address of the web must be given to start from")]
pub struct NoStart;

/// Which addresses a crawl visits: those of the hosts from which it starts, `www.` or not, that an include pattern names,
/// where there are any, and no exclude pattern.
#[derive(Clone, Debug)]
pub struct Scope {
    hosts: Vec<(String, Option<u16>)>,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    starts: Vec<Url>,
}

impl Scope {
    /// A scope.
    ///
    /// # Errors
    /// When no start is an address of the web.
    pub fn new(starts: &[Url], include: Vec<Pattern>, exclude: Vec<Pattern>) -> Result<Self, NoStart> {
        let starts: Vec<Url> = starts.iter().filter_map(crate::page_address).collect();
        let hosts: Vec<_> = starts.iter().filter_map(site).collect();
        if hosts.is_empty() { Err(NoStart) } else { Ok(Self { hosts, include, exclude, starts }) }
    }

    /// Whether a page is one of the crawl's. Starts are, whatever the patterns say: they lead to the others.
    #[must_use]
    pub fn admits(&self, page: &Url) -> bool {
        let is_here = site(page).is_some_and(|site| self.hosts.contains(&site));
        let is_included = self.include.is_empty() || self.include.iter().any(|pattern| pattern.matches(page));
        let is_excluded = self.exclude.iter().any(|pattern| pattern.matches(page));
        is_here && (self.starts.contains(page) || (is_included && !is_excluded))
    }

    /// What a site is known by: its hosts, in order.
    #[must_use]
    pub fn home(&self) -> String {
        let name =
            |(host, port): &(String, Option<u16>)| port.map_or(host.clone(), |port| format!("{host}:{port}"));
        let mut hosts: Vec<String> = self.hosts.iter().map(name).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts.join(" ")
    }

    /// Whether an address is on one of the crawl's hosts: its sitemaps and redirects may be.
    #[must_use]
    pub fn is_at_home(&self, url: &Url) -> bool {
        site(url).is_some_and(|site| self.hosts.contains(&site))
    }
}

/// Host and port, `www.` left out; the ports of the two schemes are one.
fn site(url: &Url) -> Option<(String, Option<u16>)> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.');
    Some((host.to_owned(), url.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn a_crawl_stays_at_home_and_within_its_patterns() {
        let pattern = |text| Pattern::new(text).unwrap_or_else(|_| panic!("{text}"));
        let start = [url("https://www.example.org/start")];
        let all = Scope::new(&start, Vec::new(), Vec::new()).unwrap_or_else(|_| panic!());
        for (page, expected) in [
            ("https://example.org/a", true),
            ("http://www.example.org/a", true),
            ("https://shop.example.org/a", false),
            ("https://example.org:8443/a", false),
            ("https://example.org.evil.net/", false),
            ("https://evil.net/?example.org", false),
        ] {
            assert_eq!(all.admits(&url(page)), expected, "{page}");
        }
        let docs = Scope::new(&start, vec![pattern("/docs/*")], vec![pattern("/docs/old/*")]);
        let docs = docs.unwrap_or_else(|_| panic!());
        assert!(docs.admits(&url("https://example.org/docs/a")));
        assert!(!docs.admits(&url("https://example.org/docs/old/a")));
        assert!(!docs.admits(&url("https://example.org/blog")));
        assert!(docs.admits(&start[0]), "the start leads to the others");
        assert_eq!(docs.home(), "example.org", "with or without www");
        let two = [url("https://b.org:8443/"), url("http://a.org/x"), url("https://www.a.org/")];
        assert_eq!(
            Scope::new(&two, Vec::new(), Vec::new()).map(|scope| scope.home()).as_deref(),
            Ok("a.org b.org:8443")
        );
        assert_eq!(Scope::new(&[url("mailto:a@b.org")], Vec::new(), Vec::new()).err(), Some(NoStart));
    }
}

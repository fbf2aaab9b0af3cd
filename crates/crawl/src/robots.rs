//! robots.txt (RFC 9309).
//!
//! Read and matched here: a file is at most half a megabyte of a stranger's patterns, and each is held against an address in
//! one pass, whatever stars it has.

use std::time::Duration;

use url::Url;

use crate::address::LONGEST;
use crate::pattern::{escaped, rest_after};

/// At least so much of a robots.txt is read (RFC 9309, section 2.5).
const READ: usize = 500 * 1024;
/// A site may ask for longer pauses; a crawl that kept to them would never end.
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// So many rules of a group are kept: each is held against every address, and no site has as many.
const MOST_RULES: usize = 5_000;
/// So many sitemaps are kept.
const MOST_SITEMAPS: usize = 100;

/// Whether a page may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Allowed,
    /// The site asks not to.
    Disallowed,
    /// The site's robots.txt could not be had, so nothing is fetched for now, and nothing is taken for gone.
    Unknown,
}

/// What a site says of crawlers.
#[derive(Clone, Debug)]
pub enum Robots {
    /// There is no robots.txt: everything may be fetched (section 2.3.1.3).
    Open,
    /// It could not be reached: nothing may be fetched (section 2.3.1.4).
    Unreachable,
    /// Its rules.
    Rules(Rules),
}

/// The rules of the groups that are meant for us, and what holds for everybody.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    delay: Option<Duration>,
    sitemaps: Vec<Url>,
}

#[derive(Clone, Debug)]
struct Rule {
    allows: bool,
    pattern: String,
}

impl Robots {
    /// Reads the answer to `/robots.txt`; `None` when there was none. `agent` is the product token of our user agent.
    #[must_use]
    pub fn read(agent: &str, answer: Option<(u16, &[u8])>) -> Self {
        match answer {
            Some((200..=299, body)) => Self::Rules(Rules::read(agent, body.get(..READ).unwrap_or(body))),
            // Unavailable (section 2.3.1.3). Redirects are followed before; too many of them *may* count as unavailable
            // (section 2.3.1.2) and do not here: whoever asks for it has no answer then.
            Some((300..=428 | 430..=499, _)) => Self::Open,
            // Too many requests is no answer to the question.
            Some((_, _)) | None => Self::Unreachable,
        }
    }

    /// Whether a page may be fetched.
    #[must_use]
    pub fn permission(&self, page: &Url) -> Permission {
        match self {
            Self::Open => Permission::Allowed,
            Self::Unreachable => Permission::Unknown,
            Self::Rules(rules) if rules.allow(page) => Permission::Allowed,
            Self::Rules(_) => Permission::Disallowed,
        }
    }

    /// How long the site wants to be left alone between two fetches, 30 seconds at most.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        match self {
            Self::Rules(rules) => rules.delay,
            Self::Open | Self::Unreachable => None,
        }
    }

    /// The sitemaps that it names.
    #[must_use]
    pub fn sitemaps(&self) -> &[Url] {
        match self {
            Self::Rules(rules) => &rules.sitemaps,
            Self::Open | Self::Unreachable => &[],
        }
    }
}

/// What a line says, as far as it is understood here.
enum Line<'a> {
    Agent(&'a [u8]),
    Rule(bool, &'a [u8]),
    Delay(&'a [u8]),
    Sitemap(&'a [u8]),
}

impl Rules {
    fn read(agent: &str, body: &[u8]) -> Self {
        let (mut ours, mut everybodys) = (Self::default(), Self::default());
        let (mut is_named, mut is_ours, mut is_everybodys, mut in_agents) = (false, false, false, false);
        let mut sitemaps = Vec::new();
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        for line in body.split(|byte| matches!(byte, b'\n' | b'\r' | 0)).filter_map(read_line) {
            match line {
                Line::Agent(name) => {
                    // Lines of agents that follow each other begin one group (section 2.2.1).
                    if !in_agents {
                        (is_ours, is_everybodys) = (false, false);
                    }
                    in_agents = true;
                    is_ours |= product(name).eq_ignore_ascii_case(agent.as_bytes());
                    is_everybodys |= name.starts_with(b"*");
                    is_named |= is_ours;
                }
                Line::Rule(allows, pattern) => {
                    in_agents = false;
                    if let Some(rule) = Rule::new(allows, pattern) {
                        for (_, rules) in [(is_ours, &mut ours), (is_everybodys, &mut everybodys)]
                            .into_iter()
                            .filter(|(is, rules)| *is && rules.rules.len() < MOST_RULES)
                        {
                            rules.rules.push(rule.clone());
                        }
                    }
                }
                Line::Delay(seconds) => {
                    // No part of the RFC; where it stands, it stands like a rule.
                    in_agents = false;
                    for (_, rules) in [(is_ours, &mut ours), (is_everybodys, &mut everybodys)]
                        .into_iter()
                        .filter(|(is, _)| *is)
                    {
                        rules.delay = rules.delay.or_else(|| delay(seconds));
                    }
                }
                Line::Sitemap(address) if sitemaps.len() < MOST_SITEMAPS && address.len() <= LONGEST => {
                    let named = std::str::from_utf8(address).ok().and_then(|text| Url::parse(text).ok());
                    sitemaps.extend(named.filter(Url::has_host));
                }
                Line::Sitemap(_) => {}
            }
        }
        // Everybody's rules are for those who are not named.
        Self { sitemaps, ..if is_named { ours } else { everybodys } }
    }

    /// The longest pattern that fits decides; of two as long, the one that allows (section 2.2.2).
    fn allow(&self, page: &Url) -> bool {
        if page.path() == "/robots.txt" {
            return true;
        }
        let query = page.query().map(|query| format!("?{query}")).unwrap_or_default();
        let text = escaped(format!("{}{query}", page.path()).as_bytes());
        let fitting = self.rules.iter().filter(|rule| rule.fits(&text));
        fitting.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

impl Rule {
    /// None for an empty pattern, which fits nothing.
    fn new(allows: bool, pattern: &[u8]) -> Option<Self> {
        let mut pattern = escaped(pattern);
        if pattern.is_empty() {
            return None;
        }
        if !pattern.starts_with(['/', '*']) {
            pattern.insert(0, '/');
        }
        Some(Self { allows, pattern })
    }

    fn fits(&self, text: &str) -> bool {
        match self.pattern.strip_suffix('$') {
            Some(pattern) => crate::pattern::matches(pattern, text),
            None => rest_after(&self.pattern, text).is_some(),
        }
    }
}

/// Key and value, which a colon parts, or else white space. Keys are taken as they are commonly misspelt.
fn read_line(line: &[u8]) -> Option<Line<'_>> {
    let line = line.split(|&byte| byte == b'#').next().unwrap_or_default().trim_ascii();
    let at = line
        .iter()
        .position(|&byte| byte == b':')
        .or_else(|| line.iter().position(u8::is_ascii_whitespace))?;
    let (key, value) = (line.get(..at)?, line.get(at + 1..)?.trim_ascii());
    let key: Vec<u8> =
        key.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    match key.as_slice() {
        b"useragent" => Some(Line::Agent(value)),
        b"allow" => Some(Line::Rule(true, value)),
        b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => {
            Some(Line::Rule(false, value))
        }
        b"crawldelay" => Some(Line::Delay(value)),
        b"sitemap" => Some(Line::Sitemap(value)),
        _ => None,
    }
}

/// The product token with which a name begins (section 2.2.1): `robofy` of `Robofy/1.0`.
fn product(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|byte| !byte.is_ascii_alphabetic() && !b"_-".contains(byte));
    name.get(..end.unwrap_or(name.len())).unwrap_or_default()
}

fn delay(seconds: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(seconds).ok()?.parse().ok()?;
    (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"User-agent: *\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 90\n\n\
        User-agent: robofy\nDisallow: /not-for-us$\nCrawl-delay: 0.5\nSitemap: https://example.org/map.xml\nSitemap: nonsense\n";

    fn permission(robots: &Robots, path: &str) -> Permission {
        let url = Url::parse("https://example.org").and_then(|url| url.join(path));
        robots.permission(&url.unwrap_or_else(|_| panic!("{path}")))
    }

    #[test]
    fn the_rules_of_the_most_specific_group_hold() {
        let ours = Robots::read("robofy", Some((200, TEXT)));
        assert_eq!(permission(&ours, "/private"), Permission::Allowed);
        assert_eq!(permission(&ours, "/not-for-us"), Permission::Disallowed);
        assert_eq!(permission(&ours, "/not-for-us/2"), Permission::Allowed);
        assert_eq!(ours.delay(), Some(Duration::from_millis(500)));
        assert_eq!(
            ours.sitemaps().iter().map(Url::as_str).collect::<Vec<_>>(),
            ["https://example.org/map.xml"]
        );
        let others = Robots::read("someone", Some((200, TEXT)));
        assert_eq!(permission(&others, "/private/x"), Permission::Disallowed);
        assert_eq!(permission(&others, "/private/open"), Permission::Allowed, "the longest match");
        assert_eq!(others.delay(), Some(LONGEST_DELAY));
    }

    fn of(text: &str) -> Robots {
        Robots::read("robofy", Some((200, text.as_bytes())))
    }

    #[test]
    fn patterns_are_matched_as_the_rfc_has_them() {
        // Pattern, path, whether it fits; the table of section 5.2 and of section 2.2.2.
        let table = [
            ("/example/", "/example/page.html", true),
            ("/example/", "/example", false),
            ("/*.gif$", "/a/b.gif", true),
            ("/*.gif$", "/a/b.gif?x", false),
            ("/fish*", "/fish", true),
            ("/a*b*c", "/a1b2c3", true),
            ("/a*b*c", "/acb", false),
            ("/x$", "/x", true),
            ("/x$y", "/x$yz", true),
            ("*/private", "/deep/private/1", true),
            ("private", "/private/1", true),
            ("/search?q=", "/search?q=1", true),
            ("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84", true),
            ("/foo/bar/%E3%83%84", "/foo/bar/\u{30c4}", true),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz", true),
            ("/%7ejoe", "/~joe/", true),
            ("/", "/robots.txt", false),
        ];
        for (pattern, path, expected) in table {
            let robots = of(&format!("user-agent: *\ndisallow: {pattern}"));
            assert_eq!(permission(&robots, path) == Permission::Disallowed, expected, "{pattern} {path}");
        }
        let both = of("User-Agent: *\nDisallow: /page\nAllow: /page\nDisallow: /*.htm\nAllow: /p\n");
        assert_eq!(permission(&both, "/page"), Permission::Allowed, "of two as long, the one that allows");
        assert_eq!(permission(&both, "/page.htm"), Permission::Disallowed, "the longer one");
    }

    #[test]
    fn groups_are_those_that_are_meant_for_us() {
        let table = [
            // Several groups for one agent are one; agents that follow each other share theirs.
            (
                "User-agent: Robofy/2.0\nDisallow: /a\n\nUser-agent: x\nUSERAGENT: ROBOFY\nDisallow: /b",
                &["/a", "/b"][..],
            ),
            ("User-agent: robofybot\nDisallow: /\nUser-agent: *\nDisallow: /c", &["/c"]),
            ("User-agent: robofy\nDisallow:\nUser-agent: *\nDisallow: /", &[]),
            ("User-agent: robofy\n\nUser-agent: *\nDisallow: /d", &["/d"]),
            ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: bad\nDisallow: /", &[]),
            ("Disallow: /a\nUser-agent: *\r\nSitemap: /x\rDissallow /b # not that\r\nnonsense", &["/b"]),
            ("\u{feff}User-agent: *\0Disallow: /a", &["/a"]),
        ];
        for (text, expected) in table {
            let robots = of(text);
            let shut = ["/a", "/b", "/c", "/d"]
                .into_iter()
                .filter(|path| permission(&robots, path) != Permission::Allowed);
            assert_eq!(shut.collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn patterns_made_to_take_forever_do_not() {
        let stars = format!("User-agent: *\n{}", format!("Disallow: /{}b\n", "a*".repeat(5_000)).repeat(50));
        let begun = robofy_kernel::Stopwatch::start();
        assert_eq!(permission(&of(&stars), "/"), Permission::Allowed);
        assert_eq!(permission(&of(&stars), &format!("/{}", "a".repeat(2_000))), Permission::Allowed);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    #[test]
    fn so_many_rules_and_sitemaps_are_kept_and_no_more() {
        let rules: String = (0..2 * MOST_RULES).map(|number| format!("Disallow: /{number}/\n")).collect();
        let maps: String =
            (0..2 * MOST_SITEMAPS).map(|number| format!("Sitemap: https://a.org/{number}\n")).collect();
        let robots =
            of(&format!("User-agent: *\n{rules}{maps}Sitemap: https://a.org/{}\n", "x".repeat(LONGEST)));
        assert_eq!(permission(&robots, &format!("/{}/", MOST_RULES - 1)), Permission::Disallowed);
        assert_eq!(permission(&robots, &format!("/{MOST_RULES}/")), Permission::Allowed);
        assert_eq!(robots.sitemaps().len(), MOST_SITEMAPS);
    }

    #[test]
    fn what_has_no_rules_is_open_and_what_cannot_be_asked_is_closed() {
        for status in [301, 401, 403, 404, 410] {
            assert_eq!(
                permission(&Robots::read("robofy", Some((status, b""))), "/"),
                Permission::Allowed,
                "{status}"
            );
        }
        for answer in [None, Some((429, b"".as_slice())), Some((500, b"")), Some((503, b""))] {
            assert_eq!(permission(&Robots::read("robofy", answer), "/"), Permission::Unknown, "{answer:?}");
        }
        assert_eq!(
            permission(&Robots::read("robofy", Some((200, b"\0\xff<html>"))), "/"),
            Permission::Allowed
        );
    }
}

//! robots.txt (RFC 9309).

use std::time::Duration;

use texting_robots::Robot;
use url::Url;

/// At least so much of a robots.txt is read (RFC 9309, section 2.5).
const READ: usize = 500 * 1024;
/// A site may ask for longer pauses; a crawl that kept to them would never end.
const LONGEST_DELAY: Duration = Duration::from_secs(30);

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
#[derive(Debug)]
pub enum Robots {
    /// There is no robots.txt: everything may be fetched (section 2.3.1.3).
    Open,
    /// It could not be reached: nothing may be fetched (section 2.3.1.4).
    Unreachable,
    /// Its rules.
    Rules(Box<Robot>),
}

impl Robots {
    /// Reads the answer to `/robots.txt`; `None` when there was none. `agent` is the product token of our user agent.
    #[must_use]
    pub fn read(agent: &str, answer: Option<(u16, &[u8])>) -> Self {
        match answer {
            Some((200..=299, body)) => {
                let read = body.get(..READ).unwrap_or(body);
                // What cannot be read at all says nothing.
                Robot::new(agent, read).map_or(Self::Open, |robot| Self::Rules(Box::new(robot)))
            }
            // Redirects are followed before; too many of them count as unavailable.
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
            Self::Rules(robot) if robot.allowed(page.as_str()) => Permission::Allowed,
            Self::Rules(_) => Permission::Disallowed,
        }
    }

    /// How long the site wants to be left alone between two fetches, 30 seconds at most.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        let Self::Rules(robot) = self else { return None };
        let seconds = robot.delay.filter(|seconds| seconds.is_finite() && *seconds > 0.0)?;
        Some(Duration::try_from_secs_f32(seconds).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY))
    }

    /// The sitemaps that it names.
    #[must_use]
    pub fn sitemaps(&self) -> Vec<Url> {
        let Self::Rules(robot) = self else { return Vec::new() };
        robot.sitemaps.iter().filter_map(|text| Url::parse(text).ok()).collect()
    }
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
        assert_eq!(ours.sitemaps().iter().map(Url::as_str).collect::<Vec<_>>(), ["https://example.org/map.xml"]);
        let others = Robots::read("someone", Some((200, TEXT)));
        assert_eq!(permission(&others, "/private/x"), Permission::Disallowed);
        assert_eq!(permission(&others, "/private/open"), Permission::Allowed, "the longest match");
        assert_eq!(others.delay(), Some(LONGEST_DELAY));
    }

    #[test]
    fn what_has_no_rules_is_open_and_what_cannot_be_asked_is_closed() {
        for status in [301, 401, 403, 404, 410] {
            assert_eq!(permission(&Robots::read("robofy", Some((status, b""))), "/"), Permission::Allowed, "{status}");
        }
        for answer in [None, Some((429, b"".as_slice())), Some((500, b"")), Some((503, b""))] {
            assert_eq!(permission(&Robots::read("robofy", answer), "/"), Permission::Unknown, "{answer:?}");
        }
        assert_eq!(permission(&Robots::read("robofy", Some((200, b"\0\xff<html>"))), "/"), Permission::Allowed);
    }
}

//! Patterns of addresses, as owners write them.

use url::Url;

/// The most `*` of a pattern: each is a search through every address that a site has.
const MOST_STARS: usize = 16;

/// Why a pattern is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// It can match nothing.
    #[error("must be a path such as `/docs/*`, or a whole address; `*` stands for any characters")]
    Form,
    /// It takes too long to be compared.
    #[error("must have at most {MOST_STARS} `*`")]
    Stars,
}

/// A path (`/docs/*`), or a whole address (`https://example.org/docs/*`); `*` stands for any characters, none included.
/// A pattern without `*` is exact. One without `?` does not mind the query. Letters of any script may stand as they are,
/// where addresses have them as escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Reads one.
    ///
    /// # Errors
    /// When it is neither a path nor an address of the web, or has too many `*`.
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim();
        if text.matches('*').count() > MOST_STARS {
            return Err(BadPattern::Stars);
        }
        if text.starts_with(['/', '*']) {
            return Ok(Self(escaped(text.as_bytes())));
        }
        let (scheme, rest) = text.split_once("://").ok_or(BadPattern::Form)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(BadPattern::Form);
        }
        let (host, path) = rest.split_at(rest.find(['/', '?', '*']).unwrap_or(rest.len()));
        // Scheme and host as addresses have them; a host alone is its first page.
        let site = if path.starts_with('*') {
            format!("{scheme}://{host}").to_ascii_lowercase()
        } else {
            let site = Url::parse(&format!("{scheme}://{host}")).map_err(|_| BadPattern::Form)?;
            site.origin().ascii_serialization()
        };
        let slash = if path.starts_with(['/', '*']) { "" } else { "/" };
        Ok(Self(format!("{site}{slash}{}", escaped(path.as_bytes()))))
    }

    /// Whether an address is one of those.
    #[must_use]
    pub fn matches(&self, url: &Url) -> bool {
        let whole = self.0.starts_with("http");
        let query = if self.0.contains('?') { url.query() } else { None };
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let path = format!("{}{query}", url.path());
        let text = if whole { format!("{}{path}", url.origin().ascii_serialization()) } else { path };
        matches(&self.0, &text)
    }
}

/// What an address cannot have as it is, as escapes (RFC 3986, section 2.1).
pub(crate) fn escaped(text: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_graphic() {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    crate::address::plain_escapes(&escaped)
}

/// Whether all of a text is what a pattern says.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.rsplit_once('*') {
        None => pattern == text,
        Some((before, last)) => rest_after(before, text).is_some_and(|rest| rest.ends_with(last)),
    }
}

/// What is left of a text that begins as a pattern says. Linear in the text: after a star the earliest place that fits is as
/// good as any later one.
pub(crate) fn rest_after<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    let mut parts = pattern.split('*');
    let mut rest = text.strip_prefix(parts.next().unwrap_or_default())?;
    for part in parts {
        rest = rest.get(rest.find(part)? + part.len()..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_written() {
        let table = [
            ("/docs/*", "https://a.org/docs/x/y", true),
            ("/docs/*", "https://a.org/docs/", true),
            ("/docs/*", "https://a.org/docs", false),
            ("/docs", "https://a.org/docs?page=2", true),
            ("/docs", "https://a.org/docs/x", false),
            ("*.pdf", "https://a.org/files/x.pdf", true),
            ("/a*b*c", "https://a.org/axxbyyc", true),
            ("/a*b*c", "https://a.org/axxcyyb", false),
            ("/ab*ba", "https://a.org/aba", false),
            ("/search?q=*", "https://a.org/search?q=1", true),
            ("/search?q=*", "https://a.org/search", false),
            ("https://a.org/x/*", "https://a.org/x/1", true),
            ("https://a.org/x/*", "https://b.org/x/1", false),
            ("https://a.org", "https://a.org/", true),
            ("https://a.org", "https://a.org/x", false),
            ("HTTPS://A.org/X", "https://a.org/X", true),
            ("https://a.org:443/x?q=1", "https://a.org/x?q=1", true),
            ("https://*/x", "https://b.org/x", true),
            ("https://müller.de/*", "https://xn--mller-kva.de/x", true),
            ("*", "https://a.org/", true),
            ("/über uns/*", "https://a.org/über%20uns/1", true),
            ("/%c3%bcber/%7ea", "https://a.org/%C3%BCber/~a", true),
        ];
        for (pattern, url, expected) in table {
            let url = Url::parse(url).ok().and_then(|url| crate::page_address(&url));
            let url = url.unwrap_or_else(|| panic!("{pattern}"));
            assert_eq!(
                Pattern::new(pattern).map(|pattern| pattern.matches(&url)),
                Ok(expected),
                "{pattern} {url}"
            );
        }
        assert_eq!(Pattern::new("docs/*"), Err(BadPattern::Form));
        assert_eq!(Pattern::new(&format!("/{}", "*a".repeat(17))), Err(BadPattern::Stars));
        for none in ["", "ftp://a.org/*", "a.org/*", "https://"] {
            assert_eq!(Pattern::new(none), Err(BadPattern::Form), "{none}");
        }
    }
}

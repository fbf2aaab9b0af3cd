//! Patterns of addresses, as owners write them.

use url::Url;

/// The pattern can match nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a path such as `/docs/*`, or a whole address; `*` stands for any characters")]
pub struct BadPattern;

/// A path (`/docs/*`), or a whole address (`https://example.org/docs/*`); `*` stands for any characters, none included.
/// A pattern without `*` is exact. One without `?` does not mind the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Reads one.
    ///
    /// # Errors
    /// When it is neither a path nor an address of the web.
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim();
        let is_sound = text.starts_with(['/', '*']) || text.starts_with("http://") || text.starts_with("https://");
        if is_sound { Ok(Self(text.to_owned())) } else { Err(BadPattern) }
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

/// Linear in the text for each star: after a star the earliest place that fits is as good as any later one.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
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
            ("*", "https://a.org/", true),
        ];
        for (pattern, url, expected) in table {
            let url = Url::parse(url).unwrap_or_else(|_| panic!("{url}"));
            assert_eq!(Pattern::new(pattern).map(|pattern| pattern.matches(&url)), Ok(expected), "{pattern} {url}");
        }
        assert_eq!(Pattern::new("docs/*"), Err(BadPattern));
        assert_eq!(Pattern::new(""), Err(BadPattern));
    }
}

//! One address for one page.

use std::collections::HashMap;

use url::Url;

/// Longer addresses are no pages.
pub const LONGEST: usize = 2048;

/// Parameters that say from where a visitor came, or which visitor it is, and change no page.
const TRACKING: &[&str] = &[
    "gclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "yclid",
    "dclid",
    "twclid",
    "ttclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "phpsessid",
    "jsessionid",
];

/// So often may a segment of a path come again before the path is taken for a loop.
const MOST_REPEATS: usize = 3;

/// The form in which the addresses of pages are compared and fetched (RFC 3986, section 6.2.2, beyond what the URL
/// standard's parser does): without fragment, user and tracking parameters, percent-encoded only where that is needed and
/// in capitals. None for what is no page: another scheme, or too long.
#[must_use]
pub fn page_address(url: &Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return None;
    }
    let mut page = url.clone();
    page.set_fragment(None);
    // A host can do without both.
    page.set_username("").ok()?;
    page.set_password(None).ok()?;
    let path = plain_escapes(page.path());
    page.set_path(&path);
    let query = page.query().map(|query| {
        let kept: Vec<&str> =
            query.split('&').filter(|part| !part.is_empty() && !is_tracking(part)).collect();
        plain_escapes(&kept.join("&"))
    });
    page.set_query(query.as_deref().filter(|query| !query.is_empty()));
    (page.as_str().len() <= LONGEST).then_some(page)
}

fn is_tracking(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str())
}

/// Escapes of unreserved characters undone, the others in capitals.
pub(crate) fn plain_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let escape =
            after.get(..3).filter(|escape| escape.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit()));
        let byte = escape.and_then(|escape| u8::from_str_radix(&escape[1..], 16).ok());
        match (escape, byte) {
            (Some(_), Some(byte)) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                plain.push(char::from(byte));
            }
            (Some(escape), _) => plain.push_str(&escape.to_ascii_uppercase()),
            (None, _) => plain.push('%'),
        }
        rest = after.get(escape.map_or(1, str::len)..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// Whether a path looks like one that a broken relative link makes longer and longer. Pages that a calendar makes without
/// end look like pages; a crawl's caps end those.
#[must_use]
pub fn is_trap(url: &Url) -> bool {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).any(|segment| {
        let times = seen.entry(segment).or_default();
        *times += 1;
        *times > MOST_REPEATS
    })
}

/// Endings of files that are neither pages nor documents.
#[rustfmt::skip]
const NOT_READ: &[&str] = &[
    "7z", "apk", "avi", "avif", "bin", "bmp", "bz2", "css", "deb", "dmg", "eot", "eps", "exe", "flac",
    "flv", "gif", "gz", "ico", "ics", "iso", "jar", "jpeg", "jpg", "js", "m4a", "m4v", "map", "mjs", "mkv",
    "mov", "mp3", "mp4", "mpeg", "mpg", "msi", "ogg", "ogv", "otf", "png", "psd", "rar", "rpm", "rss",
    "svg", "swf", "tar", "tgz", "tif", "tiff", "ttf", "vcf", "wasm", "wav", "webm", "webmanifest", "webp",
    "wmv", "woff", "woff2", "xz", "zip", "zst",
];

/// Whether an address may be that of a page or a document, as far as its ending tells.
#[must_use]
pub fn is_page_or_document(url: &Url) -> bool {
    let name = url.path_segments().and_then(Iterator::last).unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_none_or(|ending| NOT_READ.binary_search(&ending.as_str()).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Option<String> {
        page_address(&Url::parse(text).ok()?).map(Into::into)
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        let table = [
            ("HTTP://Example.ORG:80/a/../b#top", "http://example.org/b"),
            ("https://u:p@example.org/x?utm_source=mail&q=1&fbclid=9", "https://example.org/x?q=1"),
            ("https://example.org/?utm_source=mail", "https://example.org/"),
            ("https://example.org/%7euser/%c3%a9%2f", "https://example.org/~user/%C3%A9%2F"),
            ("https://example.org/é", "https://example.org/%C3%A9"),
            ("https://example.org/a?", "https://example.org/a"),
            ("https://example.org/100%", "https://example.org/100%"),
            ("https://example.org/%+a%é", "https://example.org/%+a%%C3%A9"),
            ("https://example.org/a?PHPSESSID=12&b=%2b", "https://example.org/a?b=%2B"),
        ];
        for (given, expected) in table {
            assert_eq!(page(given).as_deref(), Some(expected), "{given}");
            assert_eq!(page(expected).as_deref(), Some(expected), "once more");
        }
        for none in ["mailto:a@example.org", "javascript:void(0)", "data:text/html,x", "ftp://example.org/"] {
            assert_eq!(page(none), None, "{none}");
        }
        assert_eq!(page(&format!("https://example.org/{}", "x".repeat(LONGEST))), None);
    }

    #[test]
    fn loops_are_told_from_deep_pages() {
        let is_trap = |text: &str| is_trap(&Url::parse(text).unwrap_or_else(|_| panic!("{text}")));
        assert!(is_trap("https://example.org/a/b/a/b/a/b/a/b"));
        assert!(!is_trap("https://example.org/shop/shoes/men/running/red/42/shop"));
        assert!(!is_trap("https://example.org/2026/11/11/eleven"));
    }

    #[test]
    fn pictures_are_not_asked_for() {
        assert!(NOT_READ.is_sorted());
        for (text, expected) in [
            ("/", true),
            ("/a.html", true),
            ("/price.PDF", true),
            ("/a.b/c", true),
            ("/x.PNG", false),
            ("/v1.2", true),
        ] {
            let url = Url::parse(&format!("https://example.org{text}?x=y.png"))
                .unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(is_page_or_document(&url), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_address_is_stable(path in ".{0,40}", query in ".{0,40}") {
            if let Ok(url) = Url::parse(&format!("https://example.org/{path}?{query}"))
                && let Some(page) = page_address(&url)
            {
                proptest::prop_assert_eq!(page_address(&page), Some(page));
            }
        }
    }
}

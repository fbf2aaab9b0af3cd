//! What the head of an answer says.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER};

use super::super::hosts::PRODUCT;

/// The header in which a site says what search engines may keep.
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
/// Its rules that have a value behind a colon, and so look like the name of a robot.
const RULES_WITH_VALUES: &[&str] =
    &["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"];

/// Kinds of content that are read.
const READABLE: &[&str] = &[
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "text/csv",
    "text/xml",
    "application/xml",
    "application/pdf",
    "application/rtf",
    "text/rtf",
    "application/json",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/gzip",
    "application/x-gzip",
];
const READABLE_FAMILY: &str = "application/vnd.openxmlformats-officedocument.";
/// What servers say that do not know.
const UNSAID: &[&str] = &["application/octet-stream", "binary/octet-stream", "application/force-download"];

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not at all.
    Plain,
    /// Once, with gzip.
    Gzip,
    /// In another way, or more than once.
    Unknown,
}

/// Whether content of a media type is read.
pub(super) fn is_readable(media_type: &str) -> bool {
    READABLE.contains(&media_type) || media_type.starts_with(READABLE_FAMILY) || UNSAID.contains(&media_type)
}

/// A header's text; the first, where there are several.
pub(super) fn text(head: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = head.get(name)?;
    // Addresses come in raw UTF-8 from many servers.
    let value = std::str::from_utf8(value.as_bytes()).ok()?.trim();
    (!value.is_empty() && value.len() <= 4096).then(|| value.to_owned())
}

/// Media type and character set, the former in lower case.
pub(super) fn media_type(head: &HeaderMap) -> (Option<String>, Option<String>) {
    let Some(value) = text(head, &CONTENT_TYPE) else { return (None, None) };
    let mut parts = value.split(';');
    let kind = parts.next().map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty());
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    (kind, charset.filter(|charset| !charset.is_empty()))
}

/// How the body is packed (RFC 9110, section 8.4).
pub(super) fn coding(head: &HeaderMap) -> Coding {
    let mut coding = Coding::Plain;
    for value in head.get_all(CONTENT_ENCODING) {
        for name in value.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            coding = match (coding, name.to_ascii_lowercase().as_slice()) {
                // A character set is no coding, but some servers give it for one.
                (coding, b"" | b"identity" | b"none" | b"utf-8" | b"utf8") => coding,
                (Coding::Plain, b"gzip" | b"x-gzip") => Coding::Gzip,
                (Coding::Plain | Coding::Gzip | Coding::Unknown, _) => Coding::Unknown,
            };
        }
    }
    coding
}

/// How long the host wants to be left alone (RFC 9110, section 10.2.3). A moment counts from the one that the answer itself
/// says it is, so neither clock has to be right; without that it says nothing.
pub(super) fn retry_after(head: &HeaderMap) -> Option<Duration> {
    let value = text(head, &RETRY_AFTER)?;
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let then = httpdate::parse_http_date(&value).ok()?;
    let now = httpdate::parse_http_date(&text(head, &DATE)?).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

/// All that `X-Robots-Tag` says to every robot, or to ours by name, in lower case.
pub(super) fn robots_tag(head: &HeaderMap) -> String {
    let values = head.get_all(X_ROBOTS_TAG).iter().filter_map(|value| value.to_str().ok());
    let ours = values.filter_map(|value| match value.split_once(':') {
        Some((agent, rules)) if is_agent(agent.trim()) => {
            agent.trim().eq_ignore_ascii_case(PRODUCT).then_some(rules)
        }
        Some(_) | None => Some(value),
    });
    ours.collect::<Vec<_>>().join(",").to_ascii_lowercase()
}

/// Whether what stands before a colon names a robot, rather than a rule.
fn is_agent(name: &str) -> bool {
    !name.contains(',') && !RULES_WITH_VALUES.iter().any(|rule| name.eq_ignore_ascii_case(rule))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn head(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut head = HeaderMap::new();
        for (name, value) in pairs {
            let Ok(value) = HeaderValue::from_str(value) else { continue };
            head.append(HeaderName::from_static(name), value);
        }
        head
    }

    #[test]
    fn media_types_are_read_as_servers_write_them() {
        let of = |value: &str| media_type(&head(&[("content-type", value)]));
        assert_eq!(
            of("Text/HTML; Charset=\"ISO-8859-1\""),
            (Some("text/html".into()), Some("ISO-8859-1".into()))
        );
        assert_eq!(of("text/html"), (Some("text/html".into()), None));
        assert_eq!(of(";charset=x"), (None, Some("x".into())));
        assert!(is_readable("application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
        assert!(!is_readable("image/png") && !is_readable("video/mp4") && !is_readable("application/zip"));
    }

    #[test]
    fn rules_for_robots_are_told_from_names_of_robots() {
        let tags = [
            "noarchive",
            "otherbot: noindex",
            "Robofy: NoFollow",
            "unavailable_after: 25 Jun 2030 15:00:00 PST",
        ];
        let said = robots_tag(&head(&tags.map(|tag| ("x-robots-tag", tag))));
        assert!(
            said.contains("noarchive") && said.contains("nofollow") && !said.contains("noindex"),
            "{said}"
        );
        for (tag, is_ours) in [
            ("max-snippet:50, noindex", true),
            ("Max-Image-Preview: large, noindex", true),
            ("max-video-preview:-1,noindex", true),
            ("noindex, max-snippet:50", true),
            ("otherbot: max-snippet:50, noindex", false),
        ] {
            assert_eq!(robots_tag(&head(&[("x-robots-tag", tag)])).contains("noindex"), is_ours, "{tag}");
        }
    }

    #[test]
    fn codings_that_are_not_read_are_told_from_those_that_are() {
        for (values, expected) in [
            (&[][..], Coding::Plain),
            (&["identity"], Coding::Plain),
            (&["UTF-8"], Coding::Plain),
            (&["GZip"], Coding::Gzip),
            (&["x-gzip"], Coding::Gzip),
            (&["identity, gzip"], Coding::Gzip),
            (&["br"], Coding::Unknown),
            (&["deflate"], Coding::Unknown),
            (&["zstd"], Coding::Unknown),
            (&["gzip, br"], Coding::Unknown),
            (&["gzip", "gzip"], Coding::Unknown),
        ] {
            let values: Vec<_> = values.iter().map(|value| ("content-encoding", *value)).collect();
            assert_eq!(coding(&head(&values)), expected, "{values:?}");
        }
    }

    #[test]
    fn pauses_are_read_in_seconds_and_as_moments() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        for (value, expected) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("99999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 09:49:37 GMT", Some(3600)),
            ("Sunday, 06-Nov-94 08:49:40 GMT", Some(3)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let read = retry_after(&head(&[date, ("retry-after", value)]));
            assert_eq!(read, expected.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(&head(&[("retry-after", "Sun, 06 Nov 1994 09:49:37 GMT")])), None);
    }
}

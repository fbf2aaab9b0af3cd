//! Checks of what a request says, collected so that a client learns of every mistake at once.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::Uri;
use robofy_booking::{Zone, moment};
use robofy_kernel::{FieldError, Timestamp};
use url::{Host, Url};

use crate::ApiError;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Checks(Vec<FieldError>);

impl Checks {
    /// A mistake of one field.
    pub(crate) fn wrong(&mut self, field: &str, code: &'static str, detail: impl Into<String>) {
        self.0.push(FieldError::new(field, code, detail));
    }

    /// A text that is there must have at most so many characters.
    pub(crate) fn short(&mut self, field: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.chars().count() > most) {
            self.wrong(field, "too_long", format!("must be at most {most} characters"));
        }
    }

    /// A text that is there must say something, in at most so many characters.
    pub(crate) fn filled(&mut self, field: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.wrong(field, "required", "must not be empty");
        }
        self.short(field, text, most);
    }

    /// A name that is there must say something, in one line of at most so many characters.
    pub(crate) fn name(&mut self, field: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.wrong(field, "required", "must not be empty");
        }
        self.line(field, text, most);
    }

    /// A text that is there must be one line of at most so many characters; it may be empty.
    pub(crate) fn line(&mut self, field: &str, text: Option<&str>, most: usize) {
        self.short(field, text, most);
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            self.wrong(field, "invalid", "must be one line without control characters");
        }
    }

    /// A list that is there must have at most so many entries.
    pub(crate) fn few<T>(&mut self, field: &str, list: Option<&[T]>, most: usize) {
        if list.is_some_and(|list| list.len() > most) {
            self.wrong(field, "too_long", format!("must have at most {most} entries"));
        }
    }

    /// A number that is there must be within bounds.
    pub(crate) fn within(&mut self, field: &str, number: Option<i64>, least: i64, most: i64) {
        if number.is_some_and(|number| !(least..=most).contains(&number)) {
            self.wrong(field, "out_of_range", format!("must be between {least} and {most}"));
        }
    }

    /// A zone that is there must have an IANA name.
    pub(crate) fn zone(&mut self, field: &str, name: Option<&str>) -> Option<Zone> {
        match name.map(Zone::named).transpose() {
            Ok(zone) => zone,
            Err(unknown) => {
                self.wrong(field, "invalid", unknown.to_string());
                None
            }
        }
    }

    /// A time that is there must be a date, which is the beginning of that day in the zone, or RFC 3339.
    pub(crate) fn moment(&mut self, field: &str, text: Option<&str>, zone: &Zone) -> Option<Timestamp> {
        let found = moment(text?, zone);
        if found.is_none() {
            self.wrong(field, "invalid", "must be a date such as 2026-01-31, or RFC 3339");
        }
        found
    }

    /// Whatever was found, as one refusal.
    ///
    /// # Errors
    /// 400 when there was a mistake.
    pub(crate) fn done(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::invalid(self.0)) }
    }
}

/// The most bytes of an address of a page.
const ADDRESS: usize = 2048;

/// Whether a text has the form of a BCP 47 language tag.
pub(crate) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts
        .next()
        .is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() <= 35 && first && parts.all(part)
}

/// Whether a text is an http or https address with a host.
pub(crate) fn is_web_address(text: &str) -> bool {
    text.parse::<Uri>()
        .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}

/// Whether a text is an address that a page of the operator's may lead its visitors to: https, or http of this very
/// machine, which a developer's pages are on; without a user name, and written as browsers write addresses.
pub(crate) fn is_page_address(text: &str) -> bool {
    let strange = |letter: char| letter.is_control() || letter.is_whitespace() || letter == '\\';
    if text.len() > ADDRESS || text.chars().any(strange) {
        return false;
    }
    let Ok(url) = Url::parse(text) else { return false };
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        None => return false,
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    safe && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        assert!(["en", "pt-BR", "zh-Hant-TW"].iter().all(|text| is_language(text)));
        assert!(!["", "e", "english language", "en_US", "en-", "12"].iter().any(|text| is_language(text)));
    }

    #[test]
    fn addresses_of_pages() {
        for text in [
            "https://example.com",
            "https://example.com:8443/a?b=c#d",
            "http://localhost:3000/x",
            "http://127.0.0.1/",
            "http://[::1]:8080/",
            "https://bücher.example/",
        ] {
            assert!(is_page_address(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "/hours",
            "http://example.com",
            "http://localhost.example.com/",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            " https://example.com",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://example.com/x",
            "ftp://example.com/",
            "https://",
            "https://user@example.com/",
            "https://user:pass@example.com/",
            "https:\\\\example.com",
            "https://exa mple.com/",
        ] {
            assert!(!is_page_address(text), "{text}");
        }
        assert!(!is_page_address(&format!("https://example.com/{}", "a".repeat(2048))));
    }
}

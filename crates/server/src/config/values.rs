//! The types of option values, each read from its text.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use serde::Deserializer;
use serde::de::{self, SeqAccess, Visitor};
use url::Url;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signup {
    /// Only the first person.
    First,
    /// Only people whom an account invited.
    Invite,
    /// Everybody.
    Open,
}

impl FromStr for Signup {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "first" => Ok(Self::First),
            "invite" => Ok(Self::Invite),
            "open" => Ok(Self::Open),
            _ => Err("it is one of first, invite, open"),
        }
    }
}

/// A switch. The file may also say `true` or `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnOff {
    /// The default of every switch.
    On,
    /// Switched off.
    Off,
}

impl OnOff {
    /// Whether the switch is on.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

impl FromStr for OnOff {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" | "true" => Ok(Self::On),
            "off" | "false" => Ok(Self::Off),
            _ => Err("it is on or off"),
        }
    }
}

/// An `http` or `https` address without query, fragment or credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Whether browsers reach the server over TLS, which decides the cookie's name and `Secure`.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it leads to this machine only.
    pub fn is_local(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The parsed address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// Without a slash at the end, so that paths can be appended.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| "it is not an address")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it begins with http:// or https://");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it has no query and no fragment");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds no user name and no password");
        }
        Ok(Self(url))
    }
}

/// A text that is never shown.
#[derive(Debug, Clone)]
pub struct Secret(pub SecretString);

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(SecretString::from(text)))
    }
}

/// A second path for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteAlias {
    /// The operation's name in the OpenAPI document.
    pub name: String,
    /// The path, with the operation's own `{parameters}`.
    pub path: String,
}

impl FromStr for RouteAlias {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, path) = text.split_once('=').ok_or("it is a name, `=` and a path")?;
        if name.is_empty() || !path.starts_with('/') {
            return Err("it is a name, `=` and a path that begins with `/`");
        }
        // What stands in a path as it is (RFC 3986, section 3.3), but for what has a meaning in a list or to the router; and
        // the braces of parameters.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()+;=:@{}".contains(&byte);
        let is_segment = |segment: &str| {
            !matches!(segment, "" | "." | "..") && !segment.starts_with(':') && segment.bytes().all(plain)
        };
        let segments = path.strip_suffix('/').unwrap_or(path);
        if segments.is_empty() || !segments.split('/').skip(1).all(is_segment) {
            return Err(
                "between its `/`s a path has letters, digits, `{parameters}` and of other signs -._~!$&'()+;=:@",
            );
        }
        Ok(Self { name: name.to_owned(), path: path.to_owned() })
    }
}

/// Reads one value from its text; the file may write numbers and switches natively.
pub(super) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    one(&deserializer.deserialize_any(Texts)?)
}

/// Reads a value that may be missing.
pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    text(deserializer).map(Some)
}

/// Reads a list: an array, or values between commas.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let texts = deserializer.deserialize_any(Texts)?;
    texts
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(read)
        .collect()
}

fn one<T: FromStr<Err: fmt::Display>, E: de::Error>(texts: &[String]) -> Result<T, E> {
    match texts {
        [text] => read(text),
        _ => Err(E::custom("it takes one value")),
    }
}

fn read<T: FromStr<Err: fmt::Display>, E: de::Error>(text: &str) -> Result<T, E> {
    text.parse().map_err(|error| E::custom(format!("`{text}` does not do: {error}")))
}

/// Any scalar, or a list of them, as texts.
struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a switch or a list of texts")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(vec![value.to_string()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = items.next_element::<String>()? {
            texts.push(text);
        }
        Ok(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_has_a_web_scheme_and_nothing_behind_its_path() {
        let good: PublicUrl = "https://chat.example.com/".parse().unwrap();
        assert_eq!(good.to_string(), "https://chat.example.com");
        assert!(good.is_secure() && !good.is_local());
        assert!("http://[::1]:8080".parse::<PublicUrl>().unwrap().is_local());
        for bad in ["chat.example.com", "ftp://x", "https://u:p@x", "https://x/?a", "https://x/#a"] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_alias_names_an_operation_and_a_path() {
        let alias: RouteAlias = "handshake=/v2/hello".parse().unwrap();
        assert_eq!((alias.name.as_str(), alias.path.as_str()), ("handshake", "/v2/hello"));
        for bad in [
            "handshake",
            "=/x",
            "handshake=x",
            "handshake=",
            "handshake=/",
            "handshake=/a?b",
            "handshake=//a",
            "handshake=/../a",
            "handshake=/%2e",
            "handshake=/a//",
            "handshake=/:a",
            "handshake=/a#b",
            "handshake=/a*",
        ] {
            assert!(bad.parse::<RouteAlias>().is_err(), "{bad}");
        }
        // Wherever older clients expect it.
        for good in
            ["handshake=/v1/chat:send", "handshake=/@bots/", "get_project=/p/{id}/", "x=/a/~b+c;d='e'"]
        {
            assert!(good.parse::<RouteAlias>().is_ok(), "{good}");
        }
    }
}

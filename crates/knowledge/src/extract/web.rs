//! A page of the web: its text, and what it tells crawlers.

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use super::{ExtractError, MAX_TEXT_BYTES, decode, html, storable};

/// What a page tells crawlers; addresses as they are written in it, not resolved.
///
/// Addresses of other schemes than `http` and `https`, and such as name a place of the page itself, are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// `<base href>`: what the other addresses are resolved against, itself resolved against the page's own.
    pub base: Option<String>,
    /// `<link rel=canonical>` in the page's head (RFC 6596).
    pub canonical: Option<String>,
    /// Where links and frames lead: distinct, in the order of the page, without those marked `nofollow`; no more than
    /// [`Signs::MAX_LINKS`].
    pub links: Vec<String>,
    /// `<meta http-equiv=refresh>` that leads to another page: after how many seconds, and where.
    pub refresh: Option<(u32, String)>,
    /// The page asks not to be found (`robots`, or `robofy` by name).
    pub noindex: bool,
    /// The page asks that its links not be followed.
    pub nofollow: bool,
}

impl Signs {
    /// So many links of a page are told; a page for people has fewer.
    pub const MAX_LINKS: usize = 5_000;
    /// Longer addresses, in bytes, are left out: the sitemap protocol allows 2,048 characters.
    pub const MAX_ADDRESS_BYTES: usize = 2_048;
}

/// A page of the web as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebPage {
    /// The stored text; empty if the page has no words.
    pub text: String,
    /// The page's title, cleaned of the site's name where that is plain.
    pub title: Option<String>,
    /// The character set that the bytes were read in, by its WHATWG name.
    pub charset: String,
    /// What the page tells crawlers.
    pub signs: Signs,
}

/// The character set that a header's label stands for; nothing if it is unknown, or one whose text browsers refuse.
pub(super) fn told_charset(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes())
}

/// Reads a page. Runs in the child process only. `charset` is what the server that sent it says of it.
///
/// # Errors
///
/// [`ExtractError::Binary`], [`ExtractError::Nul`], [`ExtractError::Unreadable`], [`ExtractError::TextTooLarge`].
pub(super) fn read(bytes: &[u8], charset: Option<&'static Encoding>) -> Result<WebPage, ExtractError> {
    let declared = decode::declared_charset(bytes);
    let decoded = match charset {
        Some(charset) => decode::decode_told(bytes, charset, declared)?,
        None => decode::decode(bytes, declared)?,
    };
    let (page, signs) = html::read_web(&decoded.text)?;
    if page.text.len() > MAX_TEXT_BYTES {
        return Err(ExtractError::TextTooLarge);
    }
    Ok(WebPage {
        text: storable(page.text),
        title: page.title.map(storable),
        charset: decoded.charset.to_owned(),
        signs,
    })
}

//! E-mail addresses: as they are written, and as they are spelt in words.

mod spelt;
mod suggestion;

use std::ops::Range;

use email_address::EmailAddress;
use unicode_normalization::UnicodeNormalization;

use crate::message::Message;
use crate::normal::Invalid;
use crate::text::{Token, dense, unseen};
use crate::vocabulary::Section;

pub use suggestion::suggest;

/// An address in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its bytes.
    pub bytes: Range<usize>,
    /// The address.
    pub value: String,
    /// Spelt with everyday words only, such as "at": it may be no address.
    pub doubtful: bool,
}

/// The addresses of a message, in their order.
pub fn find(message: &Message<'_>) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    for (at, _) in message.text.char_indices().filter(|(_, c)| matches!(c, '@' | '＠')) {
        let Some((bytes, value)) = written(message.text, at) else { continue };
        let (bytes, value) = unannounced(message, at, &bytes).unwrap_or((bytes, value));
        if found.last().is_some_and(|last| bytes.start < last.bytes.end) {
            continue;
        }
        let from = message.tokens.partition_point(|token| token.end <= bytes.start);
        let to = message.token_at(bytes.end);
        found.push(Address { tokens: from..to, bytes, value, doubtful: false });
    }
    for address in spelt::find(message) {
        let apart = |other: &Address| {
            address.tokens.end <= other.tokens.start || other.tokens.end <= address.tokens.start
        };
        let whole = !cut(message.text.get(..address.bytes.start).unwrap_or_default());
        if whole && found.iter().all(apart) {
            found.push(address);
        }
    }
    found.sort_by_key(|address| address.tokens.start);
    found
}

/// The address that words are, all of them.
///
/// # Errors
/// No address, or one without its end.
pub fn normalise(raw: &str) -> Result<String, Invalid> {
    let raw = raw
        .trim()
        .trim_start_matches(['<', '(', '"', '\''])
        .trim_end_matches(['>', ')', '"', '\'', ',', ';', '.', '!', '?']);
    let raw = raw.strip_prefix("mailto:").unwrap_or(raw).trim();
    let message = Message::new(raw);
    if let [address] = find(&message).as_slice()
        && address.tokens == (0..message.tokens.len())
    {
        return Ok(address.value.clone());
    }
    if !raw.contains(|c: char| c.is_whitespace() || unseen(c))
        && let Some((local, domain)) = raw.rsplit_once('@')
    {
        let lower = domain.to_lowercase();
        let whole = format!("{local}@{lower}");
        if valid(&whole) {
            return Ok(whole);
        }
        if !local.is_empty() && !lower.contains('.') {
            return Err(Invalid::IncompleteEmail);
        }
    }
    Err(Invalid::NotEmail)
}

/// By which addresses are the same: without case, and the domain as it is looked up (RFC 5890). Dots and what follows
/// a plus stay, for not every provider leaves them out.
#[must_use]
pub fn email_key(email: &str) -> String {
    let Some((local, domain)) = email.trim().rsplit_once('@') else { return email.trim().to_lowercase() };
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase());
    format!("{}@{domain}", local.to_lowercase())
}

/// Whether an address is one by RFC 5321 and 6531, with a domain that has a dot.
fn valid(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let last = domain.rsplit_once('.').map_or("", |(_, last)| last);
    let last_is_name = last.chars().count() >= 2 && !last.chars().all(|c| c.is_ascii_digit());
    // The domain as it is looked up (RFC 5891): what is no name there is none here.
    let Ok(ascii) = idna::domain_to_ascii(domain) else { return false };
    address.len() <= 254
        && ascii.len() <= 253
        && local.len() <= 64
        && last_is_name
        && EmailAddress::is_valid(&format!("{local}@{ascii}"))
}

/// The address around the sign at a byte.
fn written(text: &str, at: usize) -> Option<(Range<usize>, String)> {
    let (before, after) = text.split_at(at);
    let mut after = after.chars();
    after.next()?;
    let after = after.as_str();
    let domain_at = text.len() - after.len();

    let near = before.chars().next_back()?;
    let local: Vec<char> =
        before.chars().rev().take_while(|c| local_sign(*c) && dense(*c) == dense(near)).collect();
    let mut local: Vec<char> = local.into_iter().rev().collect();
    while local.first().is_some_and(|c| {
        matches!(plain(*c), '.' | '\'' | '*' | '~' | '^' | '-' | '_' | '#' | '!' | '&' | '+' | '$' | '%')
    }) {
        local.remove(0);
    }
    let start = at - local.iter().map(|c| c.len_utf8()).sum::<usize>();
    if cut(text.get(..start).unwrap_or_default()) {
        return None;
    }

    // Words of a script without spaces may follow an address at once; a name of the domain is of one script.
    let mut domain: Vec<char> = Vec::new();
    let (mut script, mut spaced) = (None, false);
    for c in after.chars().take_while(|c| domain_sign(*c)) {
        if plain(c) == '.' {
            script = None;
        } else if plain(c) != '-' {
            let here = dense(c);
            if *script.get_or_insert(here) != here || here && spaced {
                break;
            }
            spaced |= !here;
        }
        domain.push(c);
    }
    while domain.last().is_some_and(|c| matches!(plain(*c), '.' | '-')) {
        domain.pop();
    }
    let end = domain_at + domain.iter().map(|c| c.len_utf8()).sum::<usize>();
    let local: String = local.into_iter().map(plain).nfc().collect();
    let domain: String = domain.into_iter().map(plain).flat_map(char::to_lowercase).nfc().collect();
    let value = format!("{local}@{domain}");
    valid(&value).then_some((start..end, value))
}

/// An address in a script without spaces, without the words right before it that announce it: "邮箱是…".
fn unannounced(message: &Message<'_>, at: usize, bytes: &Range<usize>) -> Option<(Range<usize>, String)> {
    const BEFORE: [Section; 3] = [Section::EmailLabel, Section::Is, Section::Own];
    let start = message.token_at(bytes.start);
    let mut from = start;
    while message.tokens.get(from).is_some_and(Token::dense)
        && let Some(to) = BEFORE.iter().find_map(|section| message.begins(from, *section))
        && message.tokens.get(to).is_some_and(|token| token.start < at)
    {
        from = to;
    }
    let near = message.tokens.get(from).filter(|_| from > start)?;
    let local = message.text.get(near.start..)?;
    let (inner, value) = written(local, at - near.start)?;
    Some((near.start + inner.start..near.start + inner.end, value))
}

/// Whether what stands before an address is a part of it, cut off by a sign that is not seen.
fn cut(before: &str) -> bool {
    let seen = before.trim_end_matches(unseen);
    seen.len() < before.len() && seen.chars().next_back().is_some_and(local_sign)
}

/// Full-width signs as they are meant.
fn plain(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn local_sign(c: char) -> bool {
    let c = plain(c);
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || "!#$%&'*+^_~-.".contains(c)
}

fn domain_sign(c: char) -> bool {
    let c = plain(c);
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || matches!(c, '.' | '-')
}

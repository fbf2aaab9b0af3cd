//! Texts, names, companies and page addresses.

use crate::message::Message;
use crate::normal::Invalid;
use crate::text::{Kind, unseen};
use crate::vocabulary::Section;

/// One line: control characters and repeated spaces become one space.
pub fn line(raw: &str, most: usize) -> Result<String, Invalid> {
    let text = squeeze(raw);
    bounded(text, most)
}

/// Several lines: other control characters go.
pub fn lines(raw: &str, most: usize) -> Result<String, Invalid> {
    let kept = raw.replace("\r\n", "\n");
    let kept: String = kept.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    bounded(kept.trim().to_owned(), most)
}

fn bounded(text: String, most: usize) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid::Empty);
    }
    if text.chars().count() > most { Err(Invalid::TooLong) } else { Ok(text) }
}

fn squeeze(raw: &str) -> String {
    let spaced: String =
        raw.chars().filter(|c| !unseen(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name without titles.
pub fn name(raw: &str) -> Result<String, Invalid> {
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '!' | '?' | '"' | '(' | ')' | '。' | '，' | '、')
    };
    let mut kept = squeeze(raw);
    // A title may stand behind a sign, and a sign behind a title.
    loop {
        let next = untitled(kept.trim_matches(ends));
        if next == kept {
            break;
        }
        kept = next;
    }
    if !kept.chars().any(char::is_alphabetic)
        || kept.chars().any(|c| c.is_numeric() || matches!(c, '@' | '<' | '>'))
    {
        return Err(Invalid::NotName);
    }
    bounded(kept, 200)
}

/// A name without the titles at its ends, unless there is nothing else.
fn untitled(text: &str) -> String {
    let message = Message::new(text);
    let mut from = 0;
    let mut to = message.tokens.len();
    while let Some(next) = title(&message, from).filter(|next| *next < to) {
        from = next;
    }
    while let Some(start) =
        message.ends(to, Section::Title).filter(|start| *start > from && trailing(&message, *start))
    {
        to = start;
    }
    text.get(message.bytes(&(from..to))).unwrap_or(text).to_owned()
}

/// One past a title that begins at a token, its dot included.
pub fn title(message: &Message<'_>, at: usize) -> Option<usize> {
    let dotted = |to: usize| message.sign(to, ".").then_some(to + 1);
    let plain = message.begins(at, Section::Title).map(|to| dotted(to).unwrap_or(to));
    let short = || message.begins(at, Section::DottedTitle).and_then(dotted);
    let to = plain.or_else(short)?;
    // A title is a word of its own: "Drew" does not begin with one, and "先生" alone follows a name.
    (!message.tokens.get(at).is_some_and(crate::text::Token::dense)).then_some(to)
}

/// Whether a title at a token may follow the name: those of scripts without spaces do, and "ji".
fn trailing(message: &Message<'_>, at: usize) -> bool {
    message.tokens.get(at).is_some_and(|token| token.kind == Kind::Word && token.caseless)
}

/// A company's name.
pub fn company(raw: &str) -> Result<String, Invalid> {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '?' | '"' | '(' | '。' | '，' | '、');
    let kept = squeeze(raw.trim_matches(ends));
    if !kept.chars().any(char::is_alphanumeric) || kept.contains('@') {
        return Err(Invalid::NotName);
    }
    bounded(kept, 200)
}

/// The address of a page; without a scheme it is `https`.
pub fn url(raw: &str) -> Result<String, Invalid> {
    if raw.contains(char::is_whitespace) {
        return Err(Invalid::NotUrl);
    }
    let raw = raw.trim_end_matches(['.', ',', ';', '!', '?', ')', '>']).trim_start_matches(['<', '(']);
    let lower = raw.to_ascii_lowercase();
    let with_scheme = if lower.starts_with("http://") || lower.starts_with("https://") {
        raw.to_owned()
    } else if lower.contains("://")
        || lower.starts_with("mailto:")
        || lower.starts_with("javascript:")
        || raw.contains('@')
    {
        return Err(Invalid::NotUrl);
    } else {
        format!("https://{raw}")
    };
    let url = url::Url::parse(&with_scheme).map_err(|_| Invalid::NotUrl)?;
    let host = url.domain().ok_or(Invalid::NotUrl)?;
    let last = host.rsplit_once('.').map_or("", |(_, last)| last);
    if last.len() < 2 || last.bytes().all(|b| b.is_ascii_digit()) || !url.username().is_empty() {
        return Err(Invalid::NotUrl);
    }
    bounded(url.to_string(), 1_000)
}

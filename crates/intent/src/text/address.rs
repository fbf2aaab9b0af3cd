//! E-mail addresses and pages in a message: what they are made of says nothing.

use std::ops::Range;

use super::is_dense;

/// What a page's address begins with.
const PAGES: &[&str] = &["http://", "https://", "www.", "mailto:"];

/// The addresses of a message in bytes, in their order; they do not overlap.
pub(super) fn find(message: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut reached = 0;
    for (at, c) in message.char_indices() {
        if at < reached {
            continue;
        }
        let range = match c {
            '@' | '\u{ff20}' => mail(message, at, c.len_utf8(), reached),
            'h' | 'H' | 'w' | 'W' | 'm' | 'M' => page(message, at),
            _ => None,
        };
        if let Some(range) = range {
            reached = range.end;
            found.push(range);
        }
    }
    found
}

/// The e-mail address around its sign.
fn mail(message: &str, at: usize, sign: usize, reached: usize) -> Option<Range<usize>> {
    let local = message
        .get(reached..at)?
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() && !is_dense(*c) || "._%+-'".contains(*c))
        .last()
        .map(|(start, _)| reached + start)?;
    let from = at + sign;
    let rest = message.get(from..)?;
    let domain = rest
        .find(|c: char| is_dense(c) || !c.is_alphanumeric() && c != '.' && c != '-')
        .and_then(|end| rest.get(..end))
        .unwrap_or(rest)
        .trim_end_matches(['.', '-']);
    let (_, last) = domain.rsplit_once('.')?;
    last.starts_with(char::is_alphabetic).then(|| local..from + domain.len())
}

/// The page that begins at a byte.
fn page(message: &str, at: usize) -> Option<Range<usize>> {
    let begins = message.get(..at)?.chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
    let rest = message.get(at..)?;
    let known = PAGES
        .iter()
        .find(|page| rest.get(..page.len()).is_some_and(|start| start.eq_ignore_ascii_case(page)))
        .filter(|_| begins)?;
    let end = rest.find(|c: char| c.is_whitespace() || is_dense(c)).unwrap_or(rest.len());
    let whole = rest.get(..end)?.trim_end_matches(['.', ',', ';', '!', '?', ')', '>', '"', '\'', ':', ']']);
    (whole.len() > known.len()).then(|| at..at + whole.len())
}

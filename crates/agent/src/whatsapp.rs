//! Answers as WhatsApp messages.
//!
//! Answers are written and stored as Markdown. WhatsApp has a text formatting of its own, which its help describes:
//! `*bold*`, `_italic_`, `~struck~`, `` `code` ``, "```" around monospaced text, `- ` and `1. ` for lists, `> ` for quotes;
//! no headings, no links with a text, no tables. [`message`] says the same in that form, in short paragraphs.

mod html;
mod length;
mod links;
mod markdown;
mod paragraphs;
mod tables;

use robofy_store::chat::Citation;

/// The longest text of a WhatsApp message, in UTF-16 units: those that send messages count either these or characters,
/// and there are never fewer of these.
pub const LONGEST: usize = 4096;
/// How many sources are listed below an answer.
const MOST_SOURCES: usize = 3;
/// How much of a message the sources may take, in UTF-16 units.
const LONGEST_SOURCES: usize = 1024;

/// An answer as the text of a WhatsApp message of at most [`LONGEST`] units; longer ones end at a sentence, with `…`.
///
/// The marks of citations (` [1]`) are left out: on a phone nothing opens them. The web addresses of what was cited stand
/// at the end, each once, at most three; the address is all there is to say, so it needs no word in any language.
#[must_use]
pub fn message(answer: &str, citations: &[Citation]) -> String {
    let body = paragraphs::short(&markdown::render(&without_marks(answer, citations)));
    let sources = sources(&body, citations);
    if sources.is_empty() {
        return length::cut(body, LONGEST);
    }
    let body = length::cut(body, LONGEST - length::units(&sources) - 2);
    if body.is_empty() { sources } else { format!("{body}\n\n{sources}") }
}

/// The answer without the marks of these citations.
fn without_marks(answer: &str, citations: &[Citation]) -> String {
    let mut rest = answer;
    let mut text = String::with_capacity(answer.len());
    while let Some((before, after)) = rest.split_once(" [") {
        text.push_str(before);
        let mark = after.split_once(']').filter(|(number, behind)| {
            // `[1](address)` and `[1]: address` are links.
            !behind.starts_with(['(', ':', '['])
                && number.parse().is_ok_and(|number: i64| citations.iter().any(|one| one.index == number))
        });
        rest = match mark {
            Some((_, behind)) => behind,
            None => {
                text.push_str(" [");
                after
            }
        };
    }
    text.push_str(rest);
    text
}

/// The web addresses of what was cited, a line each, without those that the text names by itself.
fn sources(text: &str, citations: &[Citation]) -> String {
    let mut listed: Vec<&str> = Vec::new();
    let mut units = 0;
    for url in citations.iter().filter_map(|citation| citation.source_url.as_deref()) {
        let web = url.starts_with("https://") || url.starts_with("http://");
        let more = length::units(url) + 1;
        if web
            && !url.contains(char::is_whitespace)
            && !listed.contains(&url)
            && !links::names(text, url)
            && listed.len() < MOST_SOURCES
            && units + more <= LONGEST_SOURCES
        {
            listed.push(url);
            units += more;
        }
    }
    listed.join("\n")
}

#[cfg(test)]
mod tests;

//! HTML to stored text. Runs in the child process only.
//!
//! Two readings of a page are made: the *article*, as a readability library finds it, and the *whole body* without
//! navigation, scripts and hidden elements. The article is right for stories and posts; the pages of a business
//! (price cards, opening hours, questions that fold out) have no article, and lose most of their facts to such a
//! library. [`choose`] decides, block by block, what of the two is content. [`schema`] adds what the page tells
//! machines only.

mod block;
mod choose;
mod depth;
mod facts;
mod hidden;
mod labels;
mod names;
mod prune;
mod rows;
mod schema;
mod signs;
mod table;
mod write;

use dom_query::{Document, NodeRef};

use super::{ExtractError, Signs};
use block::Block;
use prune::link_share;

/// Elements may lie this deep; real pages stay below a hundred. The walks below are recursive.
const MAX_DEPTH: usize = 400;

/// A page of so many words gets its title for a heading if it has none.
const TITLED_WORDS: usize = 200;

/// What a page says.
pub(super) struct Page {
    /// The stored text.
    pub text: String,
    /// The page's title, cleaned of the site's name where that is plain.
    pub title: Option<String>,
}

/// Reads a page.
///
/// # Errors
///
/// [`ExtractError::Unreadable`] if it is nested too deep.
pub(super) fn read_page(html: &str) -> Result<Page, ExtractError> {
    content_of(parse(html)?)
}

/// Reads a page and what it tells crawlers.
///
/// # Errors
///
/// [`ExtractError::Unreadable`] if it is nested too deep.
pub(super) fn read_web(html: &str) -> Result<(Page, Signs), ExtractError> {
    let document = parse(html)?;
    let signs = signs::read(&document);
    Ok((content_of(document)?, signs))
}

/// The content of a parsed page.
fn content_of(document: Document) -> Result<Page, ExtractError> {
    hidden::remove(&document);
    let declared = choose::is_declared_article(&document);
    let described = schema::describe(&document);
    let body = document.clone();
    prune::boilerplate(&body);
    let whole = blocks_of(&body);

    let config = dom_smoothie::Config { disable_json_ld: true, ..dom_smoothie::Config::default() };
    let mut readability = dom_smoothie::Readability::with_document(document, None, Some(config))
        .map_err(|e| ExtractError::Unreadable(e.to_string()))?;
    let title = Some(one_line(&readability.get_article_title())).filter(|title| !title.is_empty());
    // A page without an article is no failure: the whole body is the other reading.
    let article = readability.parse().ok().map(|article| {
        let fragment = Document::fragment(article.content);
        prune::controls(&fragment);
        write::blocks(&fragment.root())
    });
    let content = choose::content(declared, &article.unwrap_or_default(), whole);
    let mut text = with_title(labels::join_prices(&block::join(&content)), title.as_deref());
    let data = schema::read(&described, &text);
    if !data.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&data);
    }
    Ok(Page { text, title })
}

/// Reads HTML that is content from end to end.
///
/// # Errors
///
/// [`ExtractError::Unreadable`] if it is nested too deep.
pub(super) fn read_fragment(html: &str) -> Result<Page, ExtractError> {
    let document = parse(html)?;
    hidden::remove(&document);
    prune::controls(&document);
    let text = block::join(&blocks_of(&document));
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    Ok(Page { text, title })
}

fn blocks_of(document: &Document) -> Vec<Block> {
    match document.body() {
        Some(body) => write::blocks(&body),
        None => write::blocks(&document.root()),
    }
}

/// Puts the title above a text that has no top heading, so that every passage is found under it. A text of a few
/// lines is one passage, and says itself what it is about.
fn with_title(text: String, title: Option<&str>) -> String {
    match title {
        Some(title)
            if block::words(&text) >= TITLED_WORDS && !text.lines().any(|line| line.starts_with("# ")) =>
        {
            format!("# {title}\n\n{text}")
        }
        Some(_) | None => text,
    }
}

/// Parses a page, and refuses one that is nested deeper than [`MAX_DEPTH`].
fn parse(html: &str) -> Result<Document, ExtractError> {
    let too_deep =
        || ExtractError::Unreadable(format!("its elements lie more than {MAX_DEPTH} deep in each other"));
    if depth::is_bottomless(html) {
        return Err(too_deep());
    }
    let document = Document::from(html);
    let mut open: Vec<(NodeRef<'_>, usize)> = vec![(document.root(), 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        open.extend(node.children_it(false).filter(NodeRef::is_element).map(|child| (child, depth + 1)));
    }
    drop(open);
    Ok(document)
}

/// White space squeezed.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;

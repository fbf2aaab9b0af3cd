//! HTML to stored text. Runs in the child process only.
//!
//! Two readings of a page are made: the *article*, as a readability library finds it, and the *whole body* without
//! navigation, scripts and hidden elements. The article is right for stories and posts; the pages of a business
//! (price cards, opening hours, questions that fold out) have no article, and lose most of their facts to such a
//! library. [`choose`] decides between the two.

mod choose;
mod labels;
mod prune;
mod table;
mod write;

use dom_query::{Document, NodeRef};

use super::ExtractError;

/// Elements may lie this deep; real pages stay below a hundred. The walks below are recursive.
const MAX_DEPTH: usize = 400;

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
    let document = Document::from(html);
    check_depth(&document)?;
    prune::hidden(&document);
    let declared = choose::is_declared_article(&document);
    let whole = document.clone();
    prune::boilerplate(&whole);
    let whole_text = body_text(&whole);

    let config = dom_smoothie::Config { disable_json_ld: true, ..dom_smoothie::Config::default() };
    let mut readability = dom_smoothie::Readability::with_document(document, None, Some(config))
        .map_err(|e| ExtractError::Unreadable(e.to_string()))?;
    let title = Some(one_line(&readability.get_article_title())).filter(|title| !title.is_empty());
    // A page without an article is no failure: the whole body is the other reading.
    let article = readability.parse().ok().map(|article| {
        let fragment = Document::fragment(article.content);
        prune::controls(&fragment);
        write::markdown(&fragment.root())
    });
    let body = match article {
        Some(article) if choose::is_article(declared, &article, &whole_text) => {
            choose::with_facts(article, &whole_text)
        }
        Some(_) | None => whole_text,
    };
    Ok(Page { text: with_title(labels::join_prices(&body), title.as_deref()), title })
}

/// Reads HTML that is content from end to end.
///
/// # Errors
///
/// [`ExtractError::Unreadable`] if it is nested too deep.
pub(super) fn read_fragment(html: &str) -> Result<Page, ExtractError> {
    let document = Document::from(html);
    check_depth(&document)?;
    prune::hidden(&document);
    prune::controls(&document);
    let text = body_text(&document);
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    Ok(Page { text, title })
}

fn body_text(document: &Document) -> String {
    match document.body() {
        Some(body) => write::markdown(&body),
        None => write::markdown(&document.root()),
    }
}

/// Puts the title above a text that has no top heading, so that every passage is found under it.
fn with_title(text: String, title: Option<&str>) -> String {
    match title {
        Some(title) if !text.is_empty() && !text.lines().any(|line| line.starts_with("# ")) => {
            format!("# {title}\n\n{text}")
        }
        Some(_) | None => text,
    }
}

/// Refuses pages that are nested deeper than [`MAX_DEPTH`]. Walks without recursion.
fn check_depth(document: &Document) -> Result<(), ExtractError> {
    let mut open: Vec<(NodeRef<'_>, usize)> = vec![(document.root(), 0)];
    while let Some((node, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(ExtractError::Unreadable(format!(
                "its elements lie more than {MAX_DEPTH} deep in each other"
            )));
        }
        open.extend(node.children_it(false).filter(NodeRef::is_element).map(|child| (child, depth + 1)));
    }
    Ok(())
}

/// White space squeezed.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! HTML to stored text. Runs in the child process only.
//!
//! Two readings of a page are made: the *article*, as a readability library finds it, and the *whole body* without
//! navigation, scripts and hidden elements. The article is right for stories and posts; the pages of a business
//! (price cards, opening hours, questions that fold out) have no article, and lose most of their facts to such a
//! library. [`choose`] decides between the two.

mod block;
mod choose;
mod depth;
mod facts;
mod labels;
mod names;
mod prune;
mod table;
mod write;

use dom_query::{Document, NodeRef};

use super::ExtractError;
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
    let document = parse(html)?;
    prune::hidden(&document);
    let declared = choose::is_declared_article(&document);
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
    let text = labels::join_prices(&block::join(&content));
    Ok(Page { text: with_title(text, title.as_deref()), title })
}

/// Reads HTML that is content from end to end.
///
/// # Errors
///
/// [`ExtractError::Unreadable`] if it is nested too deep.
pub(super) fn read_fragment(html: &str) -> Result<Page, ExtractError> {
    let document = parse(html)?;
    prune::hidden(&document);
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
mod tests {
    use super::*;

    fn text(body: &str) -> String {
        read_page(&format!("<!doctype html><body>{body}</body>")).unwrap().text
    }

    #[test]
    fn tables() {
        let named = "<table><caption>Menu</caption><tr><th>Dish<th>Price<tr><td>Soup<td>5 | 6<tr><td colspan=2>Bread</table>";
        assert_eq!(
            text(named),
            "**Menu**\n\n| Dish | Price |\n| --- | --- |\n| Soup | 5 / 6 |\n| Bread |  |\n"
        );
        let hours = "<table><tr><th>Monday</th><td>9–17</td></tr><tr><th>Tuesday</th><td>9–12<br>14–18</td></tr></table>";
        assert_eq!(text(hours), "- Monday: 9–17\n- Tuesday: 9–12 14–18\n");
        let layout = "<table><tr><td><h2>Left</h2><p>One.</p></td><td><p>Two.</p></td></tr></table>";
        assert_eq!(text(layout), "## Left\n\nOne.\n\nTwo.\n");
    }

    #[test]
    fn lists_and_definitions() {
        let nested =
            "<ol start=3><li>Three<ul><li>a</li><li>b</li></ul></li><li><p>Four</p></li></ol><p>After.</p>";
        assert_eq!(text(nested), "3. Three\n  - a\n  - b\n4. Four\n\nAfter.\n");
        let terms = "<dl><dt>Check-in</dt><dd>15:00</dd><dt>May I bring a dog?</dt><dd>Yes.</dd></dl>";
        assert_eq!(text(terms), "- Check-in: 15:00\n\n**May I bring a dog?**\n\nYes.\n");
    }

    #[test]
    fn questions_that_fold_out() {
        let details = "<details><summary>Do you deliver?</summary><p>Yes.</p></details>";
        assert_eq!(text(details), "**Do you deliver?**\n\nYes.\n");
        let panels = "<button aria-controls='a1'>Do you deliver?</button><div id='a1' style='display: none'>Yes.</div>\
            <button>Buy</button><div style='display: none'>Not shown.</div>";
        assert_eq!(text(panels), "**Do you deliver?**\n\nYes.\n");
    }

    #[test]
    fn words_keep_apart_and_together() {
        assert_eq!(
            text("<p><span>Mon</span><span>9:00</span> <b>bold</b>, <a href=/x>link</a>.</p>"),
            "Mon 9:00 bold, link.\n"
        );
        assert_eq!(text("<p><b class=drop>O</b><span>nce upon</span></p>"), "Once upon\n");
        assert_eq!(
            text("<p># not a head</p><p>| not a row</p><p>a<br>b</p>"),
            "\\# not a head\n\n\\| not a row\n\na\nb\n"
        );
        assert_eq!(
            text("<h1>A <em>b</em><br>c</h1><p><strong>All bold</strong></p>"),
            "# A b c\n\n**All bold**\n"
        );
    }

    #[test]
    fn the_frame_of_a_page_goes_and_its_address_stays() {
        let page = "<nav><a href=/>Home</a></nav><div class='cookie-bar'>We use cookies. <button>OK</button></div>\
            <main><p>We bake bread.</p></main><footer><ul><li><a href=/p>Privacy</a></li></ul>\
            <div><p>12 Main Street</p><p>Mon–Fri 9–5</p><p>© 2026 Bakery</p></div></footer>";
        assert_eq!(text(page), "We bake bread.\n\n12 Main Street\n\nMon–Fri 9–5\n");
    }
}

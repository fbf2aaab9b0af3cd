//! Markdown: kept as it is written, but for its front matter and for raw HTML.

use super::plain;

/// Tags that make a Markdown file a page: their content cannot be read without parsing HTML.
const BLOCK_TAGS: &[&str] =
    &["table", "div", "details", "p", "ul", "ol", "dl", "section", "h1", "h2", "h3", "h4"];

/// True if the text holds block-level HTML.
pub(super) fn has_raw_html(text: &str) -> bool {
    let mut fenced = false;
    for line in text.lines() {
        let line = line.trim_start();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        }
        let Some(tag) = line.strip_prefix('<').filter(|_| !fenced) else { continue };
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
        if BLOCK_TAGS.contains(&name.as_str()) {
            return true;
        }
    }
    false
}

/// The stored text and the title of a Markdown file.
pub(super) fn read(text: &str) -> (String, Option<String>) {
    let (front, body) = front_matter(text);
    let heading =
        || body.lines().find_map(|line| line.strip_prefix("# ")).map(|title| title.trim().to_owned());
    let title = front.and_then(title_of).or_else(heading).filter(|title| !title.is_empty());
    (plain::normalise(body), title)
}

/// Renders Markdown as HTML, so that raw HTML in it and the Markdown around it are read alike.
pub(super) fn to_html(text: &str) -> String {
    let (_, body) = front_matter(text);
    let parser = pulldown_cmark::Parser::new_ext(body, pulldown_cmark::Options::ENABLE_TABLES);
    let mut html = String::with_capacity(body.len() + body.len() / 4);
    pulldown_cmark::html::push_html(&mut html, parser);
    html
}

/// Splits off YAML front matter: from a first line `---` to the next one.
fn front_matter(text: &str) -> (Option<&str>, &str) {
    let Some(rest) = text.strip_prefix("---\n") else { return (None, text) };
    match rest.split_once("\n---\n") {
        Some((front, body))
            if front.lines().all(|line| line.contains(':') || line.starts_with([' ', '-', '#'])) =>
        {
            (Some(front), body)
        }
        Some(_) | None => (None, text),
    }
}

/// The `title:` of front matter.
fn title_of(front: &str) -> Option<String> {
    let value = front.lines().find_map(|line| line.strip_prefix("title:"))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_gives_the_title_and_goes() {
        let (text, title) = read("---\ntitle: \"Our shop\"\ndraft: no\n---\n# Hours\n\nNine to five.\n");
        assert_eq!(title.as_deref(), Some("Our shop"));
        assert_eq!(text, "# Hours\n\nNine to five.\n");
        assert_eq!(read("---\nNot front matter\n---\nx").0, "---\nNot front matter\n---\nx\n");
        assert_eq!(read("# Hours\nx").1.as_deref(), Some("Hours"));
    }

    #[test]
    fn raw_html() {
        assert!(has_raw_html("# T\n\n<table>\n<tr><td>1</td></tr></table>"));
        assert!(!has_raw_html("a <b>bold</b> word, 1 < 2, <https://a.example>"));
        assert!(!has_raw_html("```\n<table>\n```\n"));
    }
}

//! HTML in an answer: tags go, what stands between them stays.

use robofy_knowledge::extract::is_block;

/// The elements that HTML has beside those that stand on lines of their own. Anything else in angle brackets is text:
/// `<your name>`.
const INLINE: &[&str] = &[
    "a", "abbr", "audio", "b", "big", "br", "button", "cite", "code", "col", "colgroup", "del", "dfn", "em",
    "font", "head", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "mark", "meta", "option",
    "picture", "q", "s", "samp", "script", "select", "small", "source", "span", "strike", "strong", "style",
    "sub", "sup", "svg", "textarea", "title", "tt", "u", "var", "video", "wbr",
];
/// Elements that no answer has, and whose names an answer may have in angle brackets: `cd <dir>`.
const WORDS: &[&str] = &["dialog", "dir", "fieldset", "hgroup", "legend", "menu", "search"];
/// What nobody reads.
const UNREAD: &[&str] = &["script", "style"];

/// A piece of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'h> {
    /// Text, its character references still as written.
    Text(&'h str),
    /// A new line.
    Line,
    /// A new line of a list.
    Item,
    /// Something that stands apart in its line: a table's cell.
    Gap,
    /// A link begins.
    Link(&'h str),
    /// A link ends.
    LinkEnd,
}

/// Takes HTML apart.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let Some(tag) = Tag::read(html.get(found..).unwrap_or_default()) else {
            at = found + 1;
            continue;
        };
        pieces.extend(html.get(begin..found).filter(|text| !text.is_empty()).map(Piece::Text));
        pieces.extend(tag.piece());
        at = found + tag.length;
        if let Some(name) = UNREAD.iter().find(|name| !tag.closes && tag.name == **name) {
            at = end_of(html, at, name);
        }
        begin = at;
    }
    pieces.extend(html.get(begin..).filter(|text| !text.is_empty()).map(Piece::Text));
    pieces
}

/// The text with the usual character references read.
pub(super) fn unescape(text: &str) -> String {
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

/// A tag or a comment.
struct Tag<'h> {
    /// In lower case; empty for a comment.
    name: String,
    closes: bool,
    attributes: &'h str,
    /// In bytes.
    length: usize,
}

impl<'h> Tag<'h> {
    /// The tag that the text begins with.
    fn read(text: &'h str) -> Option<Self> {
        if let Some(comment) = text.strip_prefix("<!--") {
            let length = comment.find("-->").map_or(text.len(), |end| end + "<!---->".len());
            return Some(Self { name: String::new(), closes: false, attributes: "", length });
        }
        let (closes, rest) = match text.strip_prefix("</") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('<')?),
        };
        let name = rest.get(..rest.find(|c: char| !c.is_ascii_alphanumeric())?)?.to_ascii_lowercase();
        if !INLINE.contains(&name.as_str()) && (!is_block(&name) || WORDS.contains(&name.as_str())) {
            return None;
        }
        let attributes = rest.get(name.len()..)?;
        if !attributes.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()) {
            return None;
        }
        let end = tag_end(attributes)?;
        let length = text.len() - attributes.len() + end + 1;
        Some(Self { name, closes, attributes: attributes.get(..end)?, length })
    }

    fn piece(&self) -> Option<Piece<'h>> {
        match (self.name.as_str(), self.closes) {
            ("a", true) => Some(Piece::LinkEnd),
            ("a", false) => self.href().map(Piece::Link),
            ("li", false) => Some(Piece::Item),
            ("td" | "th", true) => Some(Piece::Gap),
            ("li", true) | ("td" | "th", false) => None,
            ("br", _) => Some(Piece::Line),
            (name, _) => is_block(name).then_some(Piece::Line),
        }
    }

    fn href(&self) -> Option<&'h str> {
        let at = self.attributes.to_ascii_lowercase().find("href=")?;
        let value = self.attributes.get(at + "href=".len()..)?;
        match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
            _ => value.split(char::is_whitespace).next(),
        }
    }
}

/// Where the `>` is that ends a tag; those in quotes do not.
fn tag_end(attributes: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in attributes.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// Where the element's end tag begins.
fn end_of(html: &str, from: usize, name: &str) -> usize {
    let rest = html.get(from..).unwrap_or_default().to_ascii_lowercase();
    rest.find(&format!("</{name}")).map_or(html.len(), |end| from + end)
}

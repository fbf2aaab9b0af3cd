//! HTML in an answer: tags go, what stands between them stays.

/// The elements that HTML has. Anything else in angle brackets is text: `<your name>`.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];
/// Elements that begin a line, and end one.
const LINES: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
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
        if let Some(name) = UNREAD.iter().find(|name| !tag.closes && tag.name.eq_ignore_ascii_case(name)) {
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
    /// Empty for a comment.
    name: &'h str,
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
            return Some(Self { name: "", closes: false, attributes: "", length });
        }
        let (closes, rest) = match text.strip_prefix("</") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('<')?),
        };
        let name = rest.get(..rest.find(|c: char| !c.is_ascii_alphanumeric())?)?;
        if !ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name)) {
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

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn piece(&self) -> Option<Piece<'h>> {
        if self.is("a") {
            return if self.closes { Some(Piece::LinkEnd) } else { self.href().map(Piece::Link) };
        }
        if self.is("li") && !self.closes {
            return Some(Piece::Item);
        }
        if (self.is("td") || self.is("th")) && self.closes {
            return Some(Piece::Gap);
        }
        LINES.iter().any(|name| self.is(name)).then_some(Piece::Line)
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

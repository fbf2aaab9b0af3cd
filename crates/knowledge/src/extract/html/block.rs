//! A page as a list of blocks: paragraphs, headings, list items and tables, each with what is known of its place.

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A heading of a level from 1 to 6.
    Heading(usize),
    /// A line that stands above what belongs to it: the term of a definition, a bold line, what opens a panel.
    Label,
    /// A term and what is said of it in one line.
    Pair,
    /// An item of a list.
    Item,
    /// A table.
    Table,
    /// A paragraph, a quote, code.
    Paragraph,
}

/// A block of a page.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The text with its marks; several lines where the page breaks them.
    pub text: String,
    /// What it is.
    pub shape: Shape,
    /// The list that it is part of: blocks of one list have the same number.
    pub list: Option<usize>,
    /// True if it begins with the mark of a list item.
    pub marked: bool,
    /// How much of the text stands in links, in per cent.
    pub linked: usize,
    /// True if it stands beside the page's subject: comments, teasers of other pages, boxes for sharing.
    pub beside: bool,
}

impl Block {
    /// How many words it has; two characters of Chinese or Japanese are about one.
    pub(super) fn words(&self) -> usize {
        words(&self.text)
    }

    /// True for a heading.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.shape, Shape::Heading(_))
    }

    /// True for a line that says what the next block is about.
    pub(super) fn is_above(&self) -> bool {
        matches!(self.shape, Shape::Heading(_) | Shape::Label)
    }
}

/// The blocks as stored text, ending in a line end; items of a list stand close together.
pub(super) fn join<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> String {
    let mut out = String::new();
    let mut list = None;
    for block in blocks {
        if !out.is_empty() {
            let close = block.marked && block.list.is_some() && block.list == list;
            out.push_str(if close { "\n" } else { "\n\n" });
        }
        out.push_str(&block.text);
        list = block.list;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// How many words a text has.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().map(weight).sum()
}

/// How many words a run without spaces amounts to: two characters of Chinese or Japanese are about one.
fn weight(run: &str) -> usize {
    if !run.contains(char::is_alphanumeric) {
        return 0;
    }
    let ideographs =
        run.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')).count();
    1 + ideographs / 2
}

/// A text without its marks, its spaces and its case.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

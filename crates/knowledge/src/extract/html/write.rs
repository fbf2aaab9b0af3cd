//! Writes a parsed page as Markdown-flavoured text.
//!
//! Headings, lists, tables, quotes and code keep their form. Links keep their text only, pictures go, and emphasis is
//! dropped but where it makes a line a heading of its own: the text is quoted to visitors word for word, and marks
//! inside sentences would be quoted with it.

use dom_query::{NodeData, NodeRef};

use super::super::elements::is_block;
use super::block::{self, Block, Shape};
use super::{link_share, names, rows, table};

/// The element's content as stored text.
pub(super) fn markdown(root: &NodeRef<'_>) -> String {
    block::join(&blocks(root))
}

/// The element's content, block by block.
pub(super) fn blocks(root: &NodeRef<'_>) -> Vec<Block> {
    let mut writer = Writer::default();
    writer.children(root);
    writer.flush();
    writer.blocks
}

/// The element's content on one line.
pub(super) fn inline_text(root: &NodeRef<'_>) -> String {
    let text = markdown(root);
    let lines = text.lines().map(|line| line.trim().trim_matches('*')).filter(|line| !line.is_empty());
    super::one_line(&lines.collect::<Vec<_>>().join(" "))
}

#[derive(Default)]
struct Writer {
    /// What is finished.
    blocks: Vec<Block>,
    /// The paragraph being gathered: white space squeezed, `\n` where the page breaks the line.
    line: String,
    /// True while every character of `line` was bold.
    all_bold: bool,
    /// Open bold elements.
    bold: usize,
    /// Open lists.
    lists: Vec<List>,
    /// The mark of the list item whose first line is to come.
    mark: Option<String>,
    /// The number of the list, so that blocks of two lists are told apart.
    list: usize,
    /// Characters of `line` that stand in links.
    linked: usize,
    /// Open links.
    links: usize,
    /// Open elements that stand beside the page's subject.
    beside: usize,
    /// Open quotes.
    quotes: usize,
    /// The heading level being gathered.
    heading: Option<usize>,
}

/// An open list.
struct List {
    /// The number of the next item, in an ordered list.
    next: Option<usize>,
}

impl Writer {
    fn children(&mut self, node: &NodeRef<'_>) {
        let mut element_before = false;
        for child in node.children_it(false) {
            let is_element = child.is_element();
            if is_element && element_before {
                self.part();
            }
            self.node(&child);
            element_before = is_element;
        }
    }

    fn node(&mut self, node: &NodeRef<'_>) {
        let text = node.query_or(None, |node| match &node.data {
            NodeData::Text { contents } => Some(contents.to_string()),
            NodeData::Document
            | NodeData::Fragment
            | NodeData::Doctype { .. }
            | NodeData::Comment { .. }
            | NodeData::Element(_)
            | NodeData::ProcessingInstruction { .. } => None,
        });
        if let Some(text) = text {
            return self.text(&text);
        }
        if let Some(name) = node.node_name() {
            self.element(node, &name);
        } else {
            self.children(node);
        }
    }

    fn element(&mut self, node: &NodeRef<'_>, name: &str) {
        let beside = usize::from(names::is_beside(node));
        self.beside += beside;
        self.content(node, name);
        self.beside -= beside;
    }

    fn content(&mut self, node: &NodeRef<'_>, name: &str) {
        match name {
            "a" => {
                self.links += 1;
                self.children(node);
                self.links -= 1;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = name.get(1..).and_then(|level| level.parse().ok());
                self.children(node);
                self.flush();
                self.heading = None;
            }
            "br" => self.break_line(),
            "hr" => self.flush(),
            "strong" | "b" => self.bolden(node),
            "ul" | "ol" | "menu" | "dir" => self.list(node, name == "ol"),
            "li" => self.item(node),
            "dl" => self.definitions(node),
            "summary" | "button" | "legend" => {
                self.flush();
                self.bolden(node);
                self.flush();
            }
            "blockquote" => {
                self.flush();
                self.quotes += 1;
                self.children(node);
                self.flush();
                self.quotes -= 1;
            }
            "pre" => self.preformatted(node),
            "table" => self.table(node),
            "wbr" => {}
            "script" | "style" | "head" | "template" | "noscript" => {}
            "div" | "section" if self.row(node) => {}
            name if is_block(name) => {
                self.flush();
                self.children(node);
                self.flush();
            }
            _ => self.children(node),
        }
    }

    /// Adds characters of a text node.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.space();
            } else if !matches!(c, '\u{ad}' | '\u{200b}') {
                if self.line.is_empty() {
                    self.all_bold = true;
                }
                self.all_bold &= self.bold > 0;
                self.linked += usize::from(self.links > 0);
                self.line.push(c);
            }
        }
    }

    fn space(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with([' ', '\n']) {
            self.line.push(' ');
        }
    }

    /// Two elements touch: what a page sets side by side with style sheets only must not run into one word. A single
    /// letter is an initial set large.
    fn part(&mut self) {
        let last_word = self.line.rsplit([' ', '\n']).next().unwrap_or_default();
        if last_word.chars().count() > 1 && last_word.ends_with(char::is_alphanumeric) {
            self.line.push(' ');
        }
    }

    fn break_line(&mut self) {
        if self.heading.is_some() {
            return self.space();
        }
        let kept = self.line.trim_end_matches(' ').len();
        self.line.truncate(kept);
        if !self.line.is_empty() && !self.line.ends_with("\n\n") {
            self.line.push('\n');
        }
    }

    fn bolden(&mut self, node: &NodeRef<'_>) {
        self.bold += 1;
        self.children(node);
        self.bold -= 1;
    }

    /// Writes the paragraph gathered so far.
    fn flush(&mut self) {
        let gathered = std::mem::take(&mut self.line);
        let linked = std::mem::take(&mut self.linked);
        let paragraph = gathered.trim();
        if paragraph.is_empty() {
            return;
        }
        let linked = linked * 100 / paragraph.chars().filter(|c| !c.is_whitespace()).count().max(1);
        for part in paragraph.split("\n\n") {
            let lines: Vec<&str> = part.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let (text, shape) = match self.heading {
                Some(level) => (format!("{} {}", "#".repeat(level), lines.join(" ")), Shape::Heading(level)),
                None if self.all_bold && self.mark.is_none() && lines.len() == 1 => {
                    (format!("**{}**", lines.concat().trim_matches('*')), Shape::Label)
                }
                None => {
                    let shape = if self.mark.is_some() { Shape::Item } else { Shape::Paragraph };
                    (lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n"), shape)
                }
            };
            self.block(&text, shape, linked);
        }
    }

    /// Writes a finished block at the place where the page is.
    fn block(&mut self, text: &str, shape: Shape, linked: usize) {
        let mark = self.mark.take();
        let in_list = !self.lists.is_empty();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let quote = "> ".repeat(self.quotes);
        let rest = if in_list { "  " } else { "" };
        let mut placed = String::with_capacity(text.len() + 8);
        for (at, line) in text.lines().enumerate() {
            if at > 0 {
                placed.push('\n');
            }
            let lead = if at == 0 { mark.as_deref().unwrap_or(rest) } else { rest };
            placed.push_str(&quote);
            placed.push_str(&indent);
            placed.push_str(lead);
            placed.push_str(line);
        }
        self.blocks.push(Block {
            text: placed,
            shape,
            list: in_list.then_some(self.list),
            marked: mark.is_some(),
            linked,
            beside: self.beside > 0,
        });
    }

    fn list(&mut self, node: &NodeRef<'_>, ordered: bool) {
        self.flush();
        let start = node.attr("start").and_then(|start| start.parse().ok()).unwrap_or(1);
        self.lists.push(List { next: ordered.then_some(start) });
        self.children(node);
        self.flush();
        self.lists.pop();
        if self.lists.is_empty() {
            self.list += 1;
        }
    }

    fn item(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let mark = match self.lists.last_mut() {
            Some(List { next: Some(number) }) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            Some(List { next: None }) | None => "- ".to_owned(),
        };
        self.mark = Some(mark);
        if !self.row(node) {
            self.children(node);
            self.flush();
        }
        self.mark = None;
    }

    /// Writes a row of two boxes as an item; false if the element is none.
    fn row(&mut self, node: &NodeRef<'_>) -> bool {
        let Some(row) = rows::read(node) else { return false };
        self.flush();
        if self.lists.is_empty() {
            self.lists.push(List { next: None });
            self.mark = Some("- ".to_owned());
            self.block(&row, Shape::Pair, link_share(node));
            self.lists.pop();
        } else {
            self.block(&escape(&row), Shape::Pair, link_share(node));
        }
        true
    }

    /// Terms and what is said of them: short ones in one line, questions and long ones as a bold line and its text.
    fn definitions(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let mut term = String::new();
        for child in node.descendants_it().filter(|child| child.has_name("dt") || child.has_name("dd")) {
            if child.has_name("dt") {
                self.term(&std::mem::take(&mut term));
                term = inline_text(&child);
                continue;
            }
            let said = inline_text(&child);
            if !term.is_empty() && !term.ends_with(['?', '？']) && said.chars().count() <= 120 {
                let colon = if term.ends_with(':') { "" } else { ":" };
                self.lists.push(List { next: None });
                self.mark = Some("- ".to_owned());
                let linked = link_share(&child);
                self.block(&format!("{}{colon} {said}", std::mem::take(&mut term)), Shape::Pair, linked);
                self.lists.pop();
            } else {
                self.term(&std::mem::take(&mut term));
                self.children(&child);
                self.flush();
            }
        }
        self.term(&term);
        self.list += 1;
    }

    fn term(&mut self, term: &str) {
        if !term.is_empty() {
            self.block(&format!("**{term}**"), Shape::Label, 0);
        }
    }

    fn preformatted(&mut self, node: &NodeRef<'_>) {
        self.flush();
        let text = node.text();
        let text = text.trim_matches('\n').trim_end();
        if text.split_whitespace().next().is_some() {
            let fence = if text.contains("```") { "~~~" } else { "```" };
            self.block(&format!("{fence}\n{text}\n{fence}"), Shape::Paragraph, 0);
        }
    }

    fn table(&mut self, node: &NodeRef<'_>) {
        self.flush();
        match table::read(node) {
            Some(text) => {
                self.block(&text, Shape::Table, link_share(node));
                // What follows is no continuation of a list item in the table.
                self.list += 1;
            }
            None => {
                self.children(node);
                self.flush();
            }
        }
    }
}

/// Guards a line of prose that begins like a mark of Markdown.
fn escape(line: &str) -> String {
    let heading =
        line.trim_start_matches('#').len() < line.len() && line.trim_start_matches('#').starts_with(' ');
    if heading || line.starts_with(['|', '>']) || line.starts_with("```") || line.starts_with("~~~") {
        format!("\\{line}")
    } else {
        line.to_owned()
    }
}

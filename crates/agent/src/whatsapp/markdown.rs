//! Markdown in WhatsApp's form.

mod spans;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::html::{self, Piece};
use super::links;
use super::tables::{self, Table};
use spans::Span;

/// The text in WhatsApp's form, whatever its length. No word of it is lost but the language of a code block, the title of
/// a link and what HTML does not show.
pub(super) fn render(markdown: &str) -> String {
    let source = keep_definitions(markdown);
    let mut writer = Writer::new(&source);
    for (event, range) in Parser::new_ext(&source, options()).into_offset_iter() {
        writer.take(event, range);
    }
    tidy(&writer.out)
}

const fn options() -> Options {
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH)
}

/// A line such as `[Note]: see_below` that no link refers to is text, which a Markdown reader would drop.
fn keep_definitions(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, options());
    let mut unused: Vec<(String, usize)> = parser
        .reference_definitions()
        .iter()
        .map(|(label, definition)| (label.to_lowercase(), definition.span.start))
        .collect();
    if unused.is_empty() {
        return markdown.to_owned();
    }
    for event in parser {
        if let Event::Start(
            Tag::Link {
                link_type: LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut, id, ..
            }
            | Tag::Image {
                link_type: LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut, id, ..
            },
        ) = event
        {
            let id = id.to_lowercase();
            unused.retain(|(label, _)| *label != id);
        }
    }
    unused.sort_unstable_by_key(|(_, start)| *start);
    let mut text = markdown.to_owned();
    for (_, start) in unused.into_iter().rev() {
        if let Some(bracket) = markdown.get(start..).and_then(|rest| rest.find('[')) {
            text.insert(start + bracket, '\\');
        }
    }
    text
}

/// Lines without spaces at their ends, no more than one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !tidy.is_empty() {
            tidy.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        tidy.push_str(line);
        empty = 0;
    }
    tidy.trim().to_owned()
}

/// A link or picture that has begun.
struct Anchor {
    /// Where its words begin in what was written.
    start: usize,
    address: String,
}

/// Writes what the parser reads.
struct Writer<'s> {
    source: &'s str,
    out: String,
    /// Whether what comes next begins a line of its own.
    closed: bool,
    /// Whether a rule stood here.
    ruled: bool,
    /// Whether a list item's mark was written and nothing behind it.
    marked: bool,
    /// What each line of the open quotes begins with, outermost first; WhatsApp has one depth.
    quotes: Vec<&'static str>,
    /// Whether something of the innermost quote was written.
    quoted: bool,
    /// How many lists are open.
    lists: usize,
    spans: Vec<Span>,
    anchors: Vec<Anchor>,
    /// A link of HTML; it may end anywhere or nowhere.
    html_anchor: Option<Anchor>,
    /// Where the last address ends: a word behind it would become a part of it.
    address_end: Option<usize>,
    /// A code block's text, and whether it was fenced.
    code: Option<(bool, String)>,
    /// An HTML block's text.
    html: Option<String>,
    table: Option<Table>,
    /// Whether the table was written as it stands, and its events are passed over.
    raw_table: bool,
    /// Where the present cell begins in what was written.
    cell: usize,
}

impl<'s> Writer<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            out: String::with_capacity(source.len()),
            closed: true,
            ruled: false,
            marked: false,
            quotes: Vec::new(),
            quoted: false,
            lists: 0,
            spans: Vec::new(),
            anchors: Vec::new(),
            html_anchor: None,
            address_end: None,
            code: None,
            html: None,
            table: None,
            raw_table: false,
            cell: 0,
        }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.raw_table {
            self.raw_table = event != Event::End(TagEnd::Table);
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.write(&text, range.start),
            },
            Event::Code(code) => self.inline_code(&code, range.start),
            Event::Html(text) | Event::InlineHtml(text) => match &mut self.html {
                Some(html) => html.push_str(&text),
                None => self.inline_html(&text, range.start),
            },
            Event::SoftBreak | Event::HardBreak => self.break_line(),
            Event::Rule => {
                self.closed = true;
                self.ruled = true;
            }
            // Of extensions that are off.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.write(&text, range.start);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { .. } => {
                self.closed = true;
                self.open(range.start);
                self.begin_span(range, 0, '*');
            }
            Tag::Emphasis => self.begin_inline(range, 1, '_'),
            Tag::Strong => self.begin_inline(range, 2, '*'),
            Tag::Strikethrough => {
                let double = self.source.get(range.clone()).is_some_and(|text| text.starts_with("~~"));
                self.begin_inline(range, if double { 2 } else { 1 }, '~');
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.open(range.start);
                self.anchors.push(Anchor { start: self.out.len(), address: dest_url.into_string() });
            }
            Tag::BlockQuote(_) => {
                let number = self.source.get(range.start..).is_some_and(|text| {
                    let behind = text.strip_prefix('>').unwrap_or_default();
                    behind.starts_with(|c: char| c.is_ascii_digit() || c == '=')
                });
                self.closed = true;
                // `>18` and `>= 18` quote nobody.
                self.quotes.push(if number { ">" } else { "> " });
                self.quoted = false;
            }
            Tag::CodeBlock(kind) => {
                self.closed = true;
                self.open(range.start);
                self.code = Some((matches!(kind, CodeBlockKind::Fenced(_)), String::new()));
            }
            Tag::HtmlBlock => {
                self.closed = true;
                self.open(range.start);
                self.html = Some(String::new());
            }
            Tag::List(_) => {
                self.lists += 1;
                self.closed = true;
            }
            Tag::Item => self.item(&range),
            Tag::Table(_) => self.table(range),
            Tag::TableHead => {
                if let Some(table) = &mut self.table {
                    table.heading = true;
                }
            }
            Tag::TableCell => self.cell = self.out.len(),
            Tag::Paragraph => self.closed = true,
            Tag::TableRow
            // Of extensions that are off.
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.end_span(),
            TagEnd::Heading(_) => {
                self.end_span();
                self.closed = true;
            }
            TagEnd::Link | TagEnd::Image => {
                let anchor = self.anchors.pop();
                self.end_link(anchor);
            }
            TagEnd::BlockQuote(_) => {
                self.quotes.pop();
                self.quoted = !self.quotes.is_empty();
                self.closed = true;
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                let html = self.html.take().unwrap_or_default();
                self.block_html(&html);
                self.closed = true;
            }
            TagEnd::List(_) => {
                self.lists = self.lists.saturating_sub(1);
                self.closed = true;
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.heading = false;
                }
            }
            TagEnd::TableRow => {
                let row = self.table.as_mut().map(Table::take_row).unwrap_or_default();
                self.line(&row);
            }
            TagEnd::TableCell => {
                let cell = if self.out.is_char_boundary(self.cell) {
                    self.out.split_off(self.cell)
                } else {
                    String::new()
                };
                if let Some(table) = &mut self.table {
                    table.push(&cell);
                }
            }
            TagEnd::Table => {
                let table = self.table.take().unwrap_or_default();
                if !table.written {
                    self.line(&table.heading_row());
                }
                self.closed = true;
            }
            TagEnd::Item => {
                self.marked = false;
                self.closed = true;
            }
            TagEnd::Paragraph => self.closed = true,
            TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// Makes sure that what begins at this place of the source stands in its own line, as far from what was before as there.
    fn open(&mut self, start: usize) {
        if self.table.is_some() {
            return;
        }
        let marked = std::mem::replace(&mut self.marked, false);
        if !std::mem::replace(&mut self.closed, false) || marked {
            return;
        }
        let apart = std::mem::replace(&mut self.ruled, false) || is_apart(self.source, start);
        let same_quote = std::mem::replace(&mut self.quoted, !self.quotes.is_empty());
        if !self.out.is_empty() {
            self.out.push_str(if apart && !same_quote { "\n\n" } else { "\n" });
        }
        self.out.push_str(self.quotes.last().copied().unwrap_or_default());
    }

    /// A new line in the same block; styles do not reach over it in WhatsApp.
    fn break_line(&mut self) {
        if self.table.is_some() {
            self.out.push_str(", ");
            return;
        }
        self.suspend_spans();
        self.out.push('\n');
        self.out.push_str(self.quotes.last().copied().unwrap_or_default());
        self.resume_spans();
    }

    fn write(&mut self, text: &str, start: usize) {
        self.open(start);
        let glued = self.address_end.take() == Some(self.out.len())
            && !text.starts_with(|c: char| c.is_whitespace() || ".,;:!?)]}'\"»”’*_~|".contains(c));
        if glued && !text.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    /// A line of its own below the last, in a table or from HTML.
    fn line(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.out.is_empty() && !self.out.ends_with('\n') && !self.at_line_start() {
            self.out.push('\n');
            self.out.push_str(self.quotes.last().copied().unwrap_or_default());
        }
        self.out.push_str(text);
    }

    /// Whether nothing but a quote's or an item's mark stands in the line.
    fn at_line_start(&self) -> bool {
        let line = self.out.rsplit('\n').next().unwrap_or_default().trim();
        line.is_empty() || line == ">" || line == "-"
    }

    fn item(&mut self, range: &Range<usize>) {
        let nested = self.marked;
        self.open(range.start);
        self.closed = false;
        if !nested {
            self.out.push_str(&"  ".repeat(self.lists.saturating_sub(1)));
        }
        let source = self.source.get(range.clone()).unwrap_or_default().trim_start();
        let digits = source.len() - source.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mark = source.get(..=digits).unwrap_or_default();
        let behind = source.get(mark.len()..).unwrap_or_default().trim_start();
        // `+ 5 €` is dearer by five, and a mark with nothing behind it is no list.
        let figure = behind.starts_with(|c: char| c.is_ascii_digit() || "$€£¥".contains(c));
        let kept = digits > 0 || behind.is_empty() || (mark == "+" && figure);
        self.out.push_str(if kept { mark } else { "-" });
        self.out.push(' ');
        self.marked = true;
    }

    fn table(&mut self, range: Range<usize>) {
        self.closed = true;
        self.open(range.start);
        let source = self.source.get(range).unwrap_or_default();
        if tables::is_ragged(source) {
            for line in source.lines() {
                self.line(line.trim_start_matches(|c: char| c.is_whitespace() || c == '>'));
            }
            self.raw_table = true;
            self.closed = true;
        } else {
            self.table = Some(Table::default());
        }
    }

    fn inline_code(&mut self, code: &str, start: usize) {
        let fence = match (code.contains("```"), code.contains('`')) {
            (true, _) => "",
            (false, true) => "```",
            (false, false) => "`",
        };
        self.write(&format!("{fence}{code}{fence}"), start);
    }

    fn end_code(&mut self) {
        let (fenced, code) = self.code.take().unwrap_or_default();
        let fence = if fenced && !code.contains("```") && !code.trim().is_empty() { "```\n" } else { "" };
        let text = format!("{fence}{}", code.trim_end());
        for (at, line) in text.lines().chain((!fence.is_empty()).then_some("```")).enumerate() {
            if at > 0 {
                self.out.push('\n');
                self.out.push_str(self.quotes.last().copied().unwrap_or_default());
            }
            self.out.push_str(line);
        }
        self.closed = true;
    }

    fn end_link(&mut self, anchor: Option<Anchor>) {
        let Some(Anchor { start, address }) = anchor else { return };
        if !self.out.is_char_boundary(start) {
            return;
        }
        let words = self.out.split_off(start);
        let joined = links::join(&words, &address);
        if joined != words {
            self.address_end = Some(start + joined.len());
        }
        self.out.push_str(&joined);
    }

    fn inline_html(&mut self, html: &str, start: usize) {
        for piece in html::pieces(html) {
            match piece {
                Piece::Text(text) => self.write(text, start),
                Piece::Line if self.closed || self.at_line_start() => {}
                Piece::Line => self.break_line(),
                Piece::Item => {
                    if !self.at_line_start() {
                        self.break_line();
                    }
                    self.write("- ", start);
                }
                Piece::Gap => self.write(" ", start),
                Piece::Link(address) => {
                    self.open(start);
                    let address = html::unescape(address);
                    self.html_anchor = Some(Anchor { start: self.out.len(), address });
                }
                Piece::LinkEnd => {
                    let anchor = self.html_anchor.take();
                    self.end_link(anchor);
                }
            }
        }
    }

    /// A block of HTML: its words, with new lines where it has them.
    fn block_html(&mut self, html: &str) {
        let mut text = String::new();
        let mut link: Option<(usize, &str)> = None;
        for piece in html::pieces(html) {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Line => text.push('\n'),
                Piece::Item => text.push_str("\n- "),
                Piece::Gap => text.push_str(" · "),
                Piece::Link(address) => link = Some((text.len(), address)),
                Piece::LinkEnd => {
                    if let Some((start, address)) = link.take() {
                        let words = text.split_off(start);
                        text.push_str(&links::join(&words, address));
                    }
                }
            }
        }
        let text = html::unescape(&text);
        let lines =
            text.lines().map(|line| line.trim().trim_end_matches(" ·")).filter(|line| !line.is_empty());
        for line in lines {
            self.line(line);
        }
    }
}

/// Whether an empty line stands before this place of the source.
fn is_apart(source: &str, start: usize) -> bool {
    let before = source.get(..start).unwrap_or_default();
    let gap = before.len() - before.trim_end_matches(|c: char| c.is_whitespace() || c == '>').len();
    before.get(before.len() - gap..).unwrap_or_default().matches('\n').count() > 1
}

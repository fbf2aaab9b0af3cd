//! Walks the tree of an Office document.

use std::collections::HashSet;

use office_oxide::ir::{
    Element, HeaderFooter, InlineContent, List, Note, Section, Table, TextSpan, VerticalAlign,
};

use super::super::ExtractError;
use super::super::blocks::{Blocks, one_line};
use super::table;

/// Elements within elements beyond this depth are not written; no document that people made nests as deep.
const MAX_DEPTH: usize = 64;

/// The text of a document as it is gathered.
#[derive(Debug, Default)]
pub(super) struct Tree {
    blocks: Blocks,
    /// Headers and footers that were written; pages repeat them.
    edges: HashSet<String>,
    /// Footers, which come last.
    footers: Vec<String>,
    /// Footnotes, which come after the section that they belong to.
    notes: Vec<String>,
    first_heading: Option<String>,
    depth: usize,
}

impl Tree {
    /// A part of a text document.
    pub fn section(&mut self, section: &Section) -> Result<(), ExtractError> {
        for header in [&section.first_page_header, &section.header, &section.even_page_header] {
            if let Some(text) = header.as_ref().and_then(|header| self.edge(header)) {
                self.blocks.paragraph(&text, false)?;
            }
        }
        self.elements(&section.elements)?;
        self.end_notes()?;
        for footer in [&section.first_page_footer, &section.footer, &section.even_page_footer] {
            let text = footer.as_ref().and_then(|footer| self.edge(footer));
            self.footers.extend(text);
        }
        Ok(())
    }

    /// The heading of a sheet or slide.
    pub fn page(&mut self, heading: &str) -> Result<(), ExtractError> {
        self.blocks.heading(2, heading)
    }

    /// A sheet of a workbook.
    pub fn sheet(&mut self, section: &Section) -> Result<(), ExtractError> {
        for element in &section.elements {
            if let Element::Table(table) = element {
                self.blocks.sheet(&table::sheet_rows(table))?;
            } else {
                self.element(element)?;
            }
        }
        self.end_notes()
    }

    /// The rows of a sheet.
    pub fn rows(&mut self, rows: &[Vec<String>]) -> Result<(), ExtractError> {
        self.blocks.sheet(rows)
    }

    /// A slide, whose title is its heading already.
    pub fn slide(&mut self, section: &Section, title: &str) -> Result<(), ExtractError> {
        let mut is_title = !title.is_empty();
        for element in &section.elements {
            if is_title && one_line(&flat(element)) == title {
                is_title = false;
                continue;
            }
            if let Element::Heading(heading) = element {
                // Below the slide's own heading.
                let level = usize::from(heading.level).max(1) + 2;
                self.blocks.heading(level, &inline(&heading.content).0)?;
            } else {
                self.element(element)?;
            }
        }
        self.end_notes()?;
        if let Some(notes) = &section.speaker_notes {
            let said: Vec<String> = notes.iter().map(flat).filter(|text| !text.trim().is_empty()).collect();
            if !said.is_empty() {
                self.blocks.paragraph("Notes", true)?;
                self.blocks.paragraph(&said.join("\n"), false)?;
            }
        }
        Ok(())
    }

    /// True if nothing was written.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.footers.is_empty()
    }

    /// The text, and the first heading in it.
    pub fn finish(mut self) -> Result<(String, Option<String>), ExtractError> {
        for footer in std::mem::take(&mut self.footers) {
            self.blocks.paragraph(&footer, false)?;
        }
        Ok((self.blocks.finish(), self.first_heading))
    }

    fn elements(&mut self, elements: &[Element]) -> Result<(), ExtractError> {
        if self.depth >= MAX_DEPTH {
            return Ok(());
        }
        self.depth += 1;
        let done = elements.iter().try_for_each(|element| self.element(element));
        self.depth -= 1;
        done
    }

    fn element(&mut self, element: &Element) -> Result<(), ExtractError> {
        match element {
            Element::Heading(heading) => {
                let (text, _) = inline(&heading.content);
                if self.first_heading.is_none() && heading.level <= 1 {
                    self.first_heading = Some(one_line(&text)).filter(|text| !text.is_empty());
                }
                self.blocks.heading(usize::from(heading.level), &text)
            }
            Element::Paragraph(paragraph) => {
                let (text, bold) = inline(&paragraph.content);
                self.blocks.paragraph(&text, bold)
            }
            Element::Table(table) => self.table(table),
            Element::List(list) => self.list(list, 0),
            Element::TextBox(text_box) => self.elements(&text_box.content),
            Element::Footnote(note) | Element::Endnote(note) => {
                self.notes.extend(note_text(note));
                Ok(())
            }
            Element::CodeBlock(code) => self.blocks.block(&format!("```\n{}\n```", code.content.trim_end())),
            // Nothing to read in these.
            Element::Image(_)
            | Element::ThematicBreak
            | Element::PageBreak
            | Element::ColumnBreak
            | Element::Shape(_)
            | _ => Ok(()),
        }
    }

    fn table(&mut self, table: &Table) -> Result<(), ExtractError> {
        if let Some(caption) = &table.caption {
            self.blocks.paragraph(caption, true)?;
        }
        if table::places_things(table) {
            for cell in table.rows.iter().flat_map(|row| &row.cells) {
                self.elements(&cell.content)?;
            }
            return Ok(());
        }
        let has_head = table.rows.first().is_some_and(|row| row.is_header);
        self.blocks.table(&table::rows(table), has_head)
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<(), ExtractError> {
        if depth >= MAX_DEPTH {
            return Ok(());
        }
        let mut number = list.start_number.unwrap_or(1);
        for item in &list.items {
            let mut lines = Vec::new();
            let mut rest = Vec::new();
            for element in &item.content {
                let is_text =
                    matches!(element, Element::Paragraph(_) | Element::Heading(_) | Element::CodeBlock(_));
                if is_text && rest.is_empty() {
                    lines.push(flat(element));
                } else {
                    rest.push(element);
                }
            }
            self.blocks.item(depth, list.ordered.then_some(number), &lines.join("\n"))?;
            for element in rest {
                if let Element::List(nested) = element {
                    self.list(nested, depth + 1)?;
                } else {
                    self.element(element)?;
                }
            }
            if let Some(nested) = &item.nested {
                self.list(nested, depth + 1)?;
            }
            number = number.saturating_add(1);
        }
        Ok(())
    }

    /// Writes the notes that wait.
    fn end_notes(&mut self) -> Result<(), ExtractError> {
        for note in std::mem::take(&mut self.notes) {
            self.blocks.paragraph(&note, false)?;
        }
        Ok(())
    }

    /// The text of a header or footer that was not written yet and says more than a page number.
    fn edge(&mut self, edge: &HeaderFooter) -> Option<String> {
        let lines: Vec<String> = edge.content.iter().map(flat).collect();
        let text = lines.join("\n").trim().to_owned();
        let says = text.chars().filter(|c| c.is_alphabetic()).count() > 6;
        (says && self.edges.insert(one_line(&text))).then_some(text)
    }
}

/// A note's text behind its mark; nothing for a reviewer's comment, which has an author.
fn note_text(note: &Note) -> Option<String> {
    if note.author.is_some() {
        return None;
    }
    let lines: Vec<String> = note.content.iter().map(flat).collect();
    let text = one_line(&lines.join(" "));
    match note.marker.as_deref().map(str::trim).filter(|marker| !marker.is_empty()) {
        _ if text.is_empty() => None,
        Some(marker) => Some(format!("[{marker}] {text}")),
        None => Some(text),
    }
}

/// An element's text, a line for each block in it.
pub(super) fn flat(element: &Element) -> String {
    let mut lines = Vec::new();
    flatten(element, 0, &mut lines);
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn flatten(element: &Element, depth: usize, lines: &mut Vec<String>) {
    if depth >= MAX_DEPTH {
        return;
    }
    match element {
        Element::Heading(heading) => lines.push(inline(&heading.content).0),
        Element::Paragraph(paragraph) => lines.push(inline(&paragraph.content).0),
        Element::Table(table) => {
            for row in table::rows(table) {
                let cells: Vec<String> =
                    row.iter().map(|cell| one_line(&cell.text)).filter(|cell| !cell.is_empty()).collect();
                lines.push(cells.join("; "));
            }
        }
        Element::List(list) => flatten_list(list, depth, lines),
        Element::TextBox(text_box) => {
            text_box.content.iter().for_each(|element| flatten(element, depth + 1, lines));
        }
        Element::CodeBlock(code) => lines.push(code.content.clone()),
        Element::Image(_)
        | Element::ThematicBreak
        | Element::PageBreak
        | Element::ColumnBreak
        | Element::Footnote(_)
        | Element::Endnote(_)
        | Element::Shape(_)
        | _ => {}
    }
}

fn flatten_list(list: &List, depth: usize, lines: &mut Vec<String>) {
    if depth >= MAX_DEPTH {
        return;
    }
    for item in &list.items {
        item.content.iter().for_each(|element| flatten(element, depth + 1, lines));
        if let Some(nested) = &item.nested {
            flatten_list(nested, depth + 1, lines);
        }
    }
}

/// The text of a run of spans, and whether all of it is bold.
pub(super) fn inline(content: &[InlineContent]) -> (String, bool) {
    let mut text = String::new();
    let mut bold = true;
    for part in content {
        match part {
            InlineContent::Text(span) => {
                bold &= span.bold || span.text.trim().is_empty();
                text.push_str(&shown(span, &text));
            }
            InlineContent::LineBreak => text.push('\n'),
            // Where a note or a comment is anchored.
            InlineContent::FootnoteRef(_)
            | InlineContent::EndnoteRef(_)
            | InlineContent::CommentStart(_)
            | InlineContent::CommentRef(_)
            | _ => {}
        }
    }
    (text, bold)
}

/// A span's text; a power is set off from its base, which would read as another number.
fn shown(span: &TextSpan, before: &str) -> String {
    let is_power = span.vertical_align == Some(VerticalAlign::Superscript)
        && span.text.trim().chars().all(|c| c.is_ascii_digit())
        && before.ends_with(|c: char| c.is_ascii_digit())
        && !span.text.trim().is_empty();
    if is_power { format!("^{}", span.text.trim()) } else { span.text.clone() }
}

//! The blocks of a document (headings, paragraphs, list items, tables), written as stored text.

use super::{ExtractError, MAX_TEXT_BYTES, csv_text};

/// A longer paragraph that is bold throughout is emphasis, not a heading.
const MAX_LEAD_CHARS: usize = 120;
/// A longer cell is not repeated in the rows that it spans.
const MAX_REPEATED_CHARS: usize = 80;

/// A document that was read.
#[derive(Debug)]
pub(super) struct Document {
    /// The stored text.
    pub text: String,
    /// The title that the document gives itself.
    pub title: Option<String>,
}

/// Writes blocks one after the other.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    out: String,
    /// True if the last block was a list item.
    in_list: bool,
}

/// A cell of a table in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its text; may have several lines.
    pub text: String,
    /// True if it is covered by the cell above it, whose text it then shows.
    pub repeated: bool,
}

impl Blocks {
    /// A heading of level 1 to 6.
    pub fn heading(&mut self, level: usize, text: &str) -> Result<(), ExtractError> {
        let text = one_line(text);
        if text.is_empty() {
            return Ok(());
        }
        let marks = "#".repeat(level.clamp(1, 6));
        self.block(&format!("{marks} {text}"))
    }

    /// A paragraph; its line breaks are kept. One that is bold throughout and short stands for a heading.
    pub fn paragraph(&mut self, text: &str, bold: bool) -> Result<(), ExtractError> {
        let text = tidy(text);
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if bold && text.chars().count() <= MAX_LEAD_CHARS && !text.contains(['\n', '*']) {
            return self.block(&format!("**{text}**"));
        }
        self.block(text)
    }

    /// A list item; `depth` counts from 0, `number` is that of an ordered list.
    pub fn item(&mut self, depth: usize, number: Option<u32>, text: &str) -> Result<(), ExtractError> {
        let text = tidy(text);
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let indent = "  ".repeat(depth.min(8));
        let mark = number.map_or_else(|| "-".to_owned(), |number| format!("{number}."));
        let separator = if self.in_list { "\n" } else { "\n\n" };
        self.push(separator, &format!("{indent}{mark} {}", text.replace('\n', &format!("\n{indent}  "))))?;
        self.in_list = true;
        Ok(())
    }

    /// A table of a document. `has_head` says that the first row names the columns, if the document tells.
    ///
    /// A table whose first row can name the columns is written as one; in any other, each row is a list item, its first
    /// cell the name of the rest. A table of one column only places its content.
    pub fn table(&mut self, rows: &[Vec<Cell>], has_head: bool) -> Result<(), ExtractError> {
        let rows = without_empty_columns(rows);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns < 2 {
            for cell in rows.iter().flatten() {
                self.paragraph(&cell.text, false)?;
            }
            return Ok(());
        }
        let Some((head, body)) = rows.split_first() else { return Ok(()) };
        let named = head.len() == columns && head.iter().all(|cell| !cell.text.is_empty());
        if body.is_empty() || !(named || has_head) {
            for row in &rows {
                let filled: Vec<&str> =
                    row.iter().filter(|cell| !cell.repeated).map(|cell| cell.text.as_str()).collect();
                self.item(0, None, &named_row(&filled))?;
            }
            return Ok(());
        }
        let line = |row: &Vec<Cell>| {
            let cells: Vec<String> =
                (0..columns).map(|at| row.get(at).map_or_else(String::new, shown)).collect();
            format!("| {} |", cells.join(" | "))
        };
        self.block(&line(head))?;
        self.push("\n", &format!("|{}", " --- |".repeat(columns)))?;
        for row in body {
            self.push("\n", &line(row))?;
        }
        Ok(())
    }

    /// A sheet of a workbook. Rows under a row that names the columns become list items that name them too, as in a
    /// CSV file; a row of one cell is a line of its own.
    pub fn sheet(&mut self, rows: &[Vec<String>]) -> Result<(), ExtractError> {
        let mut names: Option<Vec<String>> = None;
        let mut fresh = true;
        let began = self.out.len();
        for (at, row) in rows.iter().enumerate() {
            let row: Vec<String> = row.iter().map(|cell| one_line(&tidy(cell))).collect();
            let filled: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
            match *filled.as_slice() {
                [] => fresh = true,
                [only] => {
                    // A title or a group within the table, or a remark.
                    let first = row.first().is_some_and(|cell| !cell.is_empty());
                    self.paragraph(only, first && only.chars().any(char::is_alphabetic))?;
                    fresh = true;
                }
                _ => {
                    if fresh {
                        let next: Option<Vec<String>> = rows
                            .get(at + 1..)
                            .unwrap_or_default()
                            .iter()
                            .map(|row| row.iter().map(|cell| one_line(cell)).collect::<Vec<_>>())
                            .find(|row| row.iter().any(|cell| !cell.is_empty()));
                        let is_wider = names.as_ref().is_none_or(|names| row.len() > names.len());
                        if is_names(&row, next.as_deref(), is_wider) {
                            names = Some(row);
                            fresh = false;
                            continue;
                        }
                    }
                    fresh = false;
                    let text = match &names {
                        Some(names) => csv_text::named_cells(names, &row),
                        None => named_row(&filled),
                    };
                    self.item(0, None, &text)?;
                }
            }
        }
        // Names without rows are all that the sheet says.
        if let Some(names) = names.filter(|_| self.out.len() == began) {
            self.item(0, None, &names.join("; "))?;
        }
        Ok(())
    }

    /// Lines that are written already.
    pub fn block(&mut self, text: &str) -> Result<(), ExtractError> {
        self.in_list = false;
        self.push("\n\n", text)
    }

    /// True if nothing was written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The stored text.
    pub fn finish(self) -> String {
        let mut out = self.out;
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }

    fn push(&mut self, separator: &str, text: &str) -> Result<(), ExtractError> {
        if self.out.len() + text.len() > MAX_TEXT_BYTES {
            return Err(ExtractError::TextTooLarge);
        }
        if !self.out.is_empty() {
            self.out.push_str(separator);
        }
        self.out.push_str(text);
        Ok(())
    }
}

/// True if a row of a sheet names the columns of the rows below it.
fn is_names(row: &[String], next: Option<&[String]>, is_wider: bool) -> bool {
    let Some(next) = next else { return false };
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    let has_value = next.iter().any(|cell| csv_text::is_value(cell));
    // The column of the names may have no name itself.
    filled(next) > 1 && filled(row) + 1 >= filled(next) && csv_text::is_names(row) && (is_wider || has_value)
}

/// The first cell as the name of the rest.
fn named_row(cells: &[&str]) -> String {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    let name = filled.next().copied().unwrap_or_default();
    let rest: Vec<&str> = filled.copied().collect();
    match rest.is_empty() {
        true => name.to_owned(),
        false if name.ends_with([':', '?']) => format!("{name} {}", rest.join("; ")),
        false => format!("{name}: {}", rest.join("; ")),
    }
}

/// A cell of a written table.
fn shown(cell: &Cell) -> String {
    if cell.repeated && cell.text.chars().count() > MAX_REPEATED_CHARS {
        return String::new();
    }
    one_line(&cell.text).replace('|', "/")
}

/// The rows that hold text, without the columns that hold none.
fn without_empty_columns(rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let used: Vec<bool> = (0..columns)
        .map(|at| rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.text.trim().is_empty())))
        .collect();
    rows.iter()
        .filter(|row| row.iter().any(|cell| !cell.text.trim().is_empty()))
        .map(|row| {
            let kept = row.iter().zip(&used).filter(|(_, used)| **used);
            kept.map(|(cell, _)| Cell { text: tidy(&cell.text).trim().to_owned(), repeated: cell.repeated })
                .collect()
        })
        .collect()
}

/// White space squeezed to single spaces.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without what cannot be stored or seen: control characters go, other line ends become `\n`, lines end with
/// their last visible character.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                end_line(&mut out);
            }
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{0b}' | '\u{0c}' => end_line(&mut out),
            '\t' | '\u{a0}' => out.push(' '),
            // Soft hyphens and marks of byte order only show where they should not.
            '\u{ad}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(rows: &[&[&str]]) -> Vec<Vec<Cell>> {
        let cell = |text: &&str| Cell { text: (*text).to_owned(), repeated: false };
        rows.iter().map(|row| row.iter().map(cell).collect()).collect()
    }

    fn sheet(rows: &[&[&str]]) -> String {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        let mut blocks = Blocks::default();
        blocks.sheet(&rows).unwrap();
        blocks.finish()
    }

    #[test]
    fn blocks_stand_apart_and_items_together() {
        let mut blocks = Blocks::default();
        blocks.heading(1, "Our\nshop").unwrap();
        blocks.paragraph("Open daily.\u{0}\r\nEven \u{ad}on Sunday.  ", false).unwrap();
        blocks.paragraph("Prices", true).unwrap();
        blocks.item(0, None, "Soup").unwrap();
        blocks.item(1, Some(2), "of the day\nwith bread").unwrap();
        blocks.paragraph("  ", false).unwrap();
        blocks.paragraph("End.", false).unwrap();
        let expected = "# Our shop\n\nOpen daily.\nEven on Sunday.\n\n**Prices**\n\n- Soup\n  2. of the day\n    with bread\n\nEnd.\n";
        assert_eq!(blocks.finish(), expected);
    }

    #[test]
    fn tables() {
        let mut blocks = Blocks::default();
        blocks.table(&cells(&[&["Dish", "", "Price"], &["Soup", "", "5|6"], &["", "", ""]]), false).unwrap();
        blocks.table(&cells(&[&["", "Soup"], &["Monday:", "9"], &["x", ""]]), false).unwrap();
        blocks.table(&cells(&[&["Only"], &["one"]]), false).unwrap();
        let expected =
            "| Dish | Price |\n| --- | --- |\n| Soup | 5/6 |\n\n- Soup\n- Monday: 9\n- x\n\nOnly\n\none\n";
        assert_eq!(blocks.finish(), expected);
    }

    #[test]
    fn sheets_name_their_columns() {
        let rows: &[&[&str]] = &[
            &["Menu 2026", "", ""],
            &[],
            &["Dish", "Price", "Note"],
            &["Soup", "5", ""],
            &["Mains", "", ""],
            &["Pie", "12", "vegan"],
        ];
        let expected =
            "**Menu 2026**\n\n- Dish: Soup; Price: 5\n\n**Mains**\n\n- Dish: Pie; Price: 12; Note: vegan\n";
        assert_eq!(sheet(rows), expected);
        assert_eq!(sheet(&[&["Soup", "5"], &["Pie", "12"]]), "- Soup: 5\n- Pie: 12\n");
        assert_eq!(sheet(&[&["", "", ""], &["a"]]), "**a**\n");
    }
}

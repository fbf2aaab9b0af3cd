//! Tables of separated values.
//!
//! An answer quotes one row, so each row is written as a list item that names its columns,
//! `- Product: Soup; Price: 5`, instead of a bare table line that means nothing without its header. A table whose
//! columns are a question and an answer is written as such.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::{ExtractError, MAX_TEXT_BYTES};

/// Separators that are tried.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows that are looked at to find the separator.
const SAMPLE_ROWS: usize = 64;
/// A heading longer than this (in characters) is cut where it is repeated.
const MAX_NAME: usize = 80;

/// The stored text of a table.
///
/// # Errors
///
/// [`ExtractError::Csv`], [`ExtractError::TextTooLarge`].
pub(super) fn read(text: &str) -> Result<String, ExtractError> {
    let separator = separator_of(text);
    let mut rows = reader(text, separator).into_records();
    let mut next = || -> Result<Option<Vec<String>>, ExtractError> {
        rows.next()
            .transpose()
            .map(|row| row.as_ref().map(cells))
            .map_err(|e| ExtractError::Csv(e.to_string()))
    };
    let Some(first) = next()? else { return Ok(String::new()) };
    let second = next()?;
    let named = is_header(&first, second.as_deref());
    let names: Vec<String> =
        if named { first.iter().map(|name| shorten(name)).collect() } else { Vec::new() };
    let pair = super::json_text::question_columns(&names);

    let mut out = String::with_capacity(text.len() * 2);
    let mut write = |row: &[String]| -> Result<(), ExtractError> {
        match pair {
            Some((question, answer)) => write_pair(&mut out, &names, row, question, answer),
            None => write_row(&mut out, &names, row),
        }
        if out.len() > MAX_TEXT_BYTES { Err(ExtractError::TextTooLarge) } else { Ok(()) }
    };
    if !named {
        write(&first)?;
    }
    if let Some(second) = second {
        write(&second)?;
    }
    while let Some(row) = next()? {
        write(&row)?;
    }
    if out.is_empty() && named {
        // A header alone is all that the file says.
        out = format!("- {}\n", names.join("; "));
    }
    Ok(out)
}

/// Writes a row as a list item.
fn write_row(out: &mut String, names: &[String], row: &[String]) {
    let text = named_cells(names, row);
    if !text.is_empty() {
        out.push_str("- ");
        out.push_str(&text);
        out.push('\n');
    }
}

/// The cells of a row that hold something, each with the name of its column.
pub(super) fn named_cells(names: &[String], row: &[String]) -> String {
    let mut out = String::new();
    for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        if !out.is_empty() {
            out.push_str("; ");
        }
        match names.get(column).filter(|name| !name.is_empty()) {
            Some(name) if name.ends_with([':', '?']) => {
                let _infallible = write!(out, "{name} {cell}");
            }
            Some(name) => {
                let _infallible = write!(out, "{name}: {cell}");
            }
            None => out.push_str(cell),
        }
    }
    out
}

/// Writes a row whose columns are a question and its answer.
fn write_pair(out: &mut String, names: &[String], row: &[String], question: usize, answer: usize) {
    let (Some(asked), Some(said)) = (row.get(question), row.get(answer)) else {
        return write_row(out, names, row);
    };
    let _infallible = write!(out, "**{asked}**\n\n{said}\n\n");
    let rest: Vec<String> = row
        .iter()
        .enumerate()
        .map(
            |(column, cell)| {
                if column == question || column == answer { String::new() } else { cell.clone() }
            },
        )
        .collect();
    let before = out.len();
    write_row(out, names, &rest);
    if out.len() > before {
        out.push('\n');
    }
}

/// A reader that takes rows of any length.
fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The cells of a row, each on one line.
fn cells(row: &csv::StringRecord) -> Vec<String> {
    row.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The separator under which the first rows have the same number of cells most often, and the most of them.
fn separator_of(text: &str) -> u8 {
    let mut best = (0_usize, 0_usize, b',');
    for separator in SEPARATORS {
        let widths: Vec<usize> = reader(text, separator)
            .into_records()
            .take(SAMPLE_ROWS)
            .map_while(Result::ok)
            .map(|row| row.len())
            .collect();
        let Some(width) = widths.first().copied().filter(|width| *width > 1) else { continue };
        let equal = widths.iter().filter(|w| **w == width).count() * 100 / widths.len();
        if (equal, width) > (best.0, best.1) {
            best = (equal, width, separator);
        }
    }
    best.2
}

/// True if the first row names the columns: its cells are distinct words, and it is not like the row below it.
fn is_header(first: &[String], second: Option<&[String]>) -> bool {
    let Some(second) = second else { return false };
    let filled = first.iter().filter(|cell| !cell.is_empty()).count();
    first.len() > 1 && second.len() > 1 && is_names(first) && filled * 2 > first.len()
}

/// True if the cells that hold something are distinct words.
pub(super) fn is_names(row: &[String]) -> bool {
    let mut seen = HashSet::new();
    row.iter().filter(|cell| !cell.is_empty()).all(|cell| {
        seen.insert(cell) && !is_value(cell) && !cell.contains('@') && cell.chars().count() <= 120
    })
}

/// True if a cell holds a number, a date or a price.
pub(super) fn is_value(cell: &str) -> bool {
    cell.chars().any(|c| c.is_ascii_digit()) && !cell.chars().any(char::is_alphabetic)
}

/// Cuts an overlong heading.
fn shorten(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_their_columns() {
        let text = "Product;Price;Note\nSoup;5;\n\"Bread; dark\";3,50;\"two\nlines\"\n";
        let expected = "- Product: Soup; Price: 5\n- Product: Bread; dark; Price: 3,50; Note: two lines\n";
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(read("day\thours\nMonday\t9-17").unwrap(), "- day: Monday; hours: 9-17\n");
    }

    #[test]
    fn without_a_header() {
        assert_eq!(read("Soup,5\nBread,3\n").unwrap(), "- Soup; 5\n- Bread; 3\n");
        assert_eq!(read("just one line of text").unwrap(), "- just one line of text\n");
        assert_eq!(read("").unwrap(), "");
        assert_eq!(read("\"open quote, never closed\n1,2\n").unwrap(), "- open quote, never closed 1,2\n");
    }

    #[test]
    fn questions_and_answers() {
        let text = "id,Question,Answer\n1,Do you deliver?,\"Yes, in town.\"\n";
        assert_eq!(read(text).unwrap(), "**Do you deliver?**\n\nYes, in town.\n\n- id: 1\n\n");
    }
}

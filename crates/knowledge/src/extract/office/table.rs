//! Tables of an Office document, their spans resolved into rows and columns.

use office_oxide::ir::{Element, Table, TableCell};

use super::super::blocks::Cell;
use super::tree::flat;

/// More columns than this are not written: no table for people has them.
const MAX_COLUMNS: usize = 256;
/// A cell that is longer than this holds a part of the document.
const LONG_CELL_CHARS: usize = 1200;

/// True if the table is there for the look of the page: its cells hold tables, headings or long text.
pub(super) fn places_things(table: &Table) -> bool {
    let mut cells = table.rows.iter().flat_map(|row| &row.cells);
    let holds_blocks = |cell: &TableCell| {
        cell.content.iter().any(|element| matches!(element, Element::Table(_) | Element::Heading(_)))
            || cell.content.iter().map(|element| flat(element).chars().count()).sum::<usize>()
                > LONG_CELL_CHARS
    };
    cells.any(holds_blocks)
}

/// The rows of a table, a cell for every column.
pub(super) fn rows(table: &Table) -> Vec<Vec<Cell>> {
    let mut out = Vec::with_capacity(table.rows.len());
    // For each column, how many rows the cell above still covers, and its text.
    let mut above: Vec<(u32, String)> = Vec::new();
    for row in &table.rows {
        let mut cells: Vec<Cell> = Vec::new();
        let mut given = row.cells.iter();
        while cells.len() < MAX_COLUMNS {
            let column = cells.len();
            if let Some((left, text)) = above.get_mut(column).filter(|(left, _)| *left > 0) {
                *left -= 1;
                cells.push(Cell { text: text.clone(), repeated: true });
                continue;
            }
            let Some(cell) = given.next() else { break };
            let text = cell_text(cell);
            let columns = usize::try_from(cell.col_span).unwrap_or(1).clamp(1, MAX_COLUMNS - column);
            if above.len() < column + columns {
                above.resize(column + columns, (0, String::new()));
            }
            for at in column..column + columns {
                let shown = if at == column { text.clone() } else { String::new() };
                if let Some(slot) = above.get_mut(at) {
                    *slot = (cell.row_span.saturating_sub(1), shown.clone());
                }
                cells.push(Cell { text: shown, repeated: false });
            }
        }
        // Covered columns behind the last cell of a short row.
        for (left, text) in above.iter_mut().skip(cells.len()).take_while(|(left, _)| *left > 0) {
            *left -= 1;
            cells.push(Cell { text: text.clone(), repeated: true });
        }
        out.push(cells);
    }
    out
}

/// The rows of a sheet as text; a merged area shows its text in its first cell only.
pub(super) fn sheet_rows(table: &Table) -> Vec<Vec<String>> {
    let mut out = Vec::with_capacity(table.rows.len());
    let mut above: Vec<u32> = Vec::new();
    for row in &table.rows {
        let mut cells: Vec<String> = Vec::new();
        let mut given = row.cells.iter();
        loop {
            let column = cells.len();
            if let Some(left) = above.get_mut(column).filter(|left| **left > 0) {
                *left -= 1;
                cells.push(String::new());
                continue;
            }
            let Some(cell) = given.next() else { break };
            let columns = usize::try_from(cell.col_span).unwrap_or(1).clamp(1, MAX_COLUMNS);
            if cell.row_span > 1 {
                above.resize(above.len().max(column + columns), 0);
                let rows = cell.row_span - 1;
                above.iter_mut().skip(column).take(columns).for_each(|left| *left = rows);
            }
            cells.push(cell_text(cell));
            cells.extend(std::iter::repeat_n(String::new(), columns - 1));
        }
        cells.truncate(cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1));
        out.push(cells);
    }
    out
}

fn cell_text(cell: &TableCell) -> String {
    let lines: Vec<String> = cell.content.iter().map(flat).filter(|text| !text.trim().is_empty()).collect();
    lines.join("\n")
}

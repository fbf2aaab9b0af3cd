//! Sheets that are too long for the library's tree, which ends after 10,000 rows: read cell by cell.

use office_oxide::xlsx::XlsxDocument;

use super::super::{ExtractError, MAX_TEXT_BYTES};

/// Rows of a sheet that the library's tree holds.
const TREE_ROWS: usize = 10_000;
/// Columns that are read; what stands further right is no table for people.
const MAX_COLUMNS: usize = 512;

/// The rows of a sheet, if they are more than the tree holds.
///
/// # Errors
///
/// [`ExtractError::TextTooLarge`].
pub(super) fn rows(workbook: &XlsxDocument, sheet: usize) -> Result<Option<Vec<Vec<String>>>, ExtractError> {
    let Some(sheet) = workbook.worksheets.get(sheet).filter(|sheet| sheet.rows.len() > TREE_ROWS) else {
        return Ok(None);
    };
    let dates = workbook.date_style_indices();
    let mut left = MAX_TEXT_BYTES;
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let mut cells: Vec<String> = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
            let mut text = String::new();
            workbook.write_cell_value_fast(cell, &mut text, &dates);
            let column = usize::try_from(cell.reference.col).unwrap_or(MAX_COLUMNS);
            if text.is_empty() || column >= MAX_COLUMNS {
                continue;
            }
            // An empty cell before this one takes its place in memory as well.
            let taken = text.len() + column.saturating_sub(cells.len());
            left = left.checked_sub(taken).ok_or(ExtractError::TextTooLarge)?;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(slot) = cells.get_mut(column) {
                *slot = text;
            }
        }
        rows.push(cells);
    }
    Ok(Some(rows))
}

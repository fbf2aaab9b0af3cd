//! A page as the library gives it: text in reading order, and the type that its lines are set in.

use std::collections::HashSet;

use pdf_oxide::PdfDocument;
use pdf_oxide::error::Error;
use pdf_oxide::geometry::Rect;
use pdf_oxide::layout::{FontWeight, RectFilterMode, TextSpan};
use pdf_oxide::structure::Table;

use super::super::blocks::{Blocks, Cell, one_line, tidy};
use super::order;

/// The narrowest gap, in points, between boxes that stand side by side.
const GUTTER: f32 = 9.0;

/// What a page says.
#[derive(Debug)]
pub(super) struct Page {
    /// Its number, from 1.
    pub number: usize,
    /// Its lines, in reading order; an empty one stands between blocks.
    pub lines: Vec<String>,
    /// The type of its lines, by [`key`].
    pub types: Vec<(String, Type)>,
    /// Characters whose fonts do not tell what they are.
    pub unknown: usize,
}

/// What a line is set in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    /// The size in points.
    pub size: f32,
    /// True if all of it is bold.
    pub bold: bool,
    /// How many characters it has.
    pub length: usize,
}

/// Reads a page, counted from 0, without the layers that are hidden.
pub(super) fn read(document: &PdfDocument, index: usize, hidden: &HashSet<String>) -> Result<Page, Error> {
    let spans = document.extract_spans(index)?;
    let text = match side_by_side(&spans).filter(|_| hidden.is_empty()) {
        Some(regions) => {
            let parts: Result<Vec<String>, Error> = regions
                .into_iter()
                .map(|region| document.extract_text_in_rect(index, region, RectFilterMode::MinOverlap(0.5)))
                .collect();
            parts?.join("\n\n")
        }
        None => {
            let text = document.extract_text_filtered(index, hidden.clone(), HashSet::new())?;
            order::mended(document, index, &spans, &text).unwrap_or(text)
        }
    };
    let text = if text.contains("   ") { with_tables(document, index, text) } else { text };
    let unknown = text.chars().filter(|c| matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}')).count();
    let text = tidy(&text.replace(['\u{fffd}', '\u{200b}'], ""));
    let lines = text.lines().map(|line| line.trim().to_owned()).collect();
    Ok(Page { number: index + 1, lines, types: types(&spans), unknown })
}

/// What a line is found by in another reading of the same page.
pub(super) fn key(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Two boxes of text, side by side with a gap all the way down, of which the page draws first one and then the other:
/// people read them so, too, while a table is drawn row by row.
fn side_by_side(spans: &[TextSpan]) -> Option<[Rect; 2]> {
    let mut order: Vec<&TextSpan> = spans.iter().filter(|span| !span.text.trim().is_empty()).collect();
    if order.len() < 4 {
        return None;
    }
    order.sort_by_key(|span| span.sequence);
    let mut edges: Vec<(f32, f32)> =
        order.iter().map(|span| (span.bbox.x, span.bbox.x + span.bbox.width)).collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut reach = f32::MIN;
    let gaps = edges.iter().filter_map(|&(from, until)| {
        let gap = (reach > f32::MIN && from - reach >= GUTTER).then_some((reach, from));
        reach = reach.max(until);
        gap
    });
    let gaps: Vec<(f32, f32)> = gaps.collect();
    let [(from, until)] = *gaps.as_slice() else { return None };
    let middle = f32::midpoint(from, until);
    let sides: Vec<bool> = order.iter().map(|span| span.bbox.x > middle).collect();
    let switches = sides.windows(2).filter(|pair| pair.first() != pair.last()).count();
    let right_first = *sides.first()?;
    let has_lines = |right: bool| {
        let mut tops: Vec<f32> = order
            .iter()
            .zip(&sides)
            .filter(|(_, side)| **side == right)
            .map(|(span, _)| span.bbox.y)
            .collect();
        tops.sort_by(f32::total_cmp);
        tops.dedup_by(|a, b| (*a - *b).abs() < 2.0);
        tops.len() >= 2
    };
    if switches != 1 || !has_lines(false) || !has_lines(true) {
        return None;
    }
    let (low, high) = (-20_000.0_f32, 20_000.0_f32);
    let left = Rect { x: low, y: low, width: middle - low, height: high - low };
    let right = Rect { x: middle, y: low, width: high - middle, height: high - low };
    Some(if right_first { [right, left] } else { [left, right] })
}

/// The type of each line.
fn types(spans: &[TextSpan]) -> Vec<(String, Type)> {
    let mut lines: Vec<(String, Type)> = Vec::new();
    let mut base = f32::MIN;
    for span in spans.iter().filter(|span| !span.text.trim().is_empty()) {
        let size = span.font_size.abs();
        let bold = matches!(
            span.font_weight,
            FontWeight::SemiBold | FontWeight::Bold | FontWeight::ExtraBold | FontWeight::Black
        );
        let length = span.text.chars().filter(|c| c.is_alphanumeric()).count();
        match lines.last_mut().filter(|_| (span.bbox.y - base).abs() < size * 0.4) {
            Some((text, line)) => {
                text.push_str(&span.text);
                // A line is as large as its smallest type: a large first letter makes no heading.
                if length > 0 {
                    line.size = line.size.min(size);
                }
                line.bold &= bold || length == 0;
                line.length += length;
            }
            None => lines.push((span.text.clone(), Type { size, bold, length })),
        }
        base = span.bbox.y;
    }
    for (text, _) in &mut lines {
        *text = key(text);
    }
    lines
}

/// Puts Markdown tables where the library wrote ruled tables as columns of spaces.
fn with_tables(document: &PdfDocument, index: usize, text: String) -> String {
    let Ok(tables) = document.extract_tables(index) else { return text };
    tables.iter().fold(text, |text, table| {
        let drawn = table.render_text();
        let drawn = drawn.trim_matches('\n');
        if drawn.trim().is_empty() || !text.contains(drawn) {
            return text;
        }
        match markdown(table) {
            Some(table) => text.replacen(drawn, &format!("\n\n{table}\n\n"), 1),
            None => text,
        }
    })
}

fn markdown(table: &Table) -> Option<String> {
    let rows: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .map(|row| {
            row.cells
                .iter()
                .flat_map(|cell| {
                    let empty = usize::try_from(cell.colspan).unwrap_or(1).clamp(1, 64) - 1;
                    std::iter::once(Cell { text: one_line(&cell.text), repeated: false })
                        .chain(std::iter::repeat_n(Cell::default(), empty))
                })
                .collect()
        })
        .collect();
    let mut blocks = Blocks::default();
    blocks.table(&rows, table.has_header).ok()?;
    Some(blocks.finish().trim_end().to_owned())
}

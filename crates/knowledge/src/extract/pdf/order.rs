//! Mends the reading order of a page where the library lost it.
//!
//! The library follows columns well, but at times writes the lines of one column in another order than they stand in.
//! That shows: its text goes up the page without going to another column. Such a page is read anew, line by line from
//! the top, unless it is set in columns.

use std::collections::{HashMap, HashSet};

use pdf_oxide::PdfDocument;
use pdf_oxide::layout::{TextLine, TextSpan, Word};

/// Characters by which a line is found among the pieces that the page draws.
const SIGHT: usize = 6;
/// The same where the page draws whole lines.
const FAR_SIGHT: usize = 40;
/// Pages with fewer words have no columns that could be told from a table.
const MIN_COLUMN_WORDS: usize = 60;
/// Words of a row of a column, on average; cells of a table have fewer.
const MIN_ROW_WORDS: usize = 4;
/// Rows that columns have side by side.
const MIN_ROWS: usize = 4;

/// The page's lines from the top, if the library's text has lost their order; nothing if it kept it, or if the lines
/// cannot be read in another way: columns, right-to-left text, forms, text that runs downwards.
pub(super) fn mended(document: &PdfDocument, index: usize, spans: &[TextSpan], text: &str) -> Option<String> {
    if text.chars().any(is_right_to_left)
        || document.get_page_rotation(index).unwrap_or(0) != 0
        || !climbs(spans, text)
    {
        return None;
    }
    let lines = document.extract_text_lines(index).ok()?;
    let letters: usize = lines.iter().map(|line| line.text.chars().count()).sum();
    let all: String = lines.iter().map(|line| line.text.as_str()).collect();
    let runs_down = letters < lines.len() * 3;
    if runs_down || sorted(&all) != sorted(text) || has_columns(&document.extract_words(index).ok()?) {
        return None;
    }
    Some(from_the_top(lines))
}

/// True if the text goes up the page within one column.
fn climbs(spans: &[TextSpan], text: &str) -> bool {
    let (far, near) = (Places::of(spans, text, FAR_SIGHT), Places::of(spans, text, SIGHT));
    let mut counts = (HashMap::new(), HashMap::new());
    let found: Vec<&TextSpan> = text
        .lines()
        .filter_map(|line| {
            let (far_sight, near_sight) = (sight(line, FAR_SIGHT), sight(line, SIGHT));
            let place = far.nth(&far_sight, &mut counts.0);
            let nearby = near.nth(&near_sight, &mut counts.1);
            place.or(nearby.filter(|_| near.is_only(&near_sight)))
        })
        .collect();
    found.windows(2).any(|pair| match pair {
        [above, below] => {
            let (from, to) = (above.bbox, below.bbox);
            let up = to.y - from.y > from.height.max(to.height) * 0.5;
            let beside = to.x > from.x + from.width || from.x > to.x + to.width;
            up && !beside
        }
        _ => false,
    })
}

/// Where on the page the lines that begin alike stand, from the top.
struct Places<'a>(HashMap<String, Vec<&'a TextSpan>>);

impl<'a> Places<'a> {
    /// Only lines that the text has as often as the page draws them: of the others nobody knows which is which.
    fn of(spans: &'a [TextSpan], text: &str, length: usize) -> Self {
        let mut places: HashMap<String, Vec<&TextSpan>> = HashMap::new();
        for span in spans {
            places.entry(sight(&span.text, length)).or_default().push(span);
        }
        let mut lines: HashMap<String, usize> = HashMap::new();
        for line in text.lines() {
            *lines.entry(sight(line, length)).or_default() += 1;
        }
        places
            .retain(|sight, drawn| sight.chars().count() >= SIGHT && lines.get(sight) == Some(&drawn.len()));
        for drawn in places.values_mut() {
            drawn.sort_by(|a, b| b.bbox.y.total_cmp(&a.bbox.y));
        }
        Self(places)
    }

    /// The place of the next line that begins so.
    fn nth(&self, sight: &str, seen: &mut HashMap<String, usize>) -> Option<&'a TextSpan> {
        let seen = seen.entry(sight.to_owned()).or_default();
        *seen += 1;
        self.0.get(sight)?.get(*seen - 1).copied()
    }

    fn is_only(&self, sight: &str) -> bool {
        self.0.get(sight).is_some_and(|drawn| drawn.len() == 1)
    }
}

/// What a line is found by.
fn sight(line: &str, length: usize) -> String {
    letters(line).take(length).collect()
}

/// True if the page has two columns of prose: a gap down many rows with several words at both sides.
fn has_columns(words: &[Word]) -> bool {
    if words.len() < MIN_COLUMN_WORDS {
        return false;
    }
    let from = words.iter().map(|word| word.bbox.x).fold(f32::MAX, f32::min);
    let until = words.iter().map(|word| word.bbox.x + word.bbox.width).fold(f32::MIN, f32::max);
    (1..50_u16).any(|step| {
        let at = from + (until - from) * (0.2 + 0.6 * f32::from(step) / 50.0);
        let (mut left, mut right, mut across) = (HashMap::new(), HashMap::new(), HashSet::new());
        for word in words {
            let row = row_of(word.bbox.y);
            if word.bbox.x + word.bbox.width <= at - 2.0 {
                *left.entry(row).or_insert(0_usize) += 1;
            } else if word.bbox.x >= at + 2.0 {
                *right.entry(row).or_insert(0_usize) += 1;
            } else {
                across.insert(row);
            }
        }
        let both: Vec<i32> =
            left.keys().filter(|row| right.contains_key(row) && !across.contains(row)).copied().collect();
        let count = |side: &HashMap<i32, usize>| both.iter().filter_map(|row| side.get(row)).sum::<usize>();
        both.len() >= MIN_ROWS
            && count(&left) >= MIN_ROW_WORDS * both.len()
            && count(&right) >= MIN_ROW_WORDS * both.len()
            && across.len() * 2 <= both.len()
    })
}

/// The row of a height, rows being half a line high.
#[expect(
    clippy::cast_possible_truncation,
    reason = "pages are a few thousand points high; the rest is clamped"
)]
fn row_of(height: f32) -> i32 {
    (height / 6.0).round().clamp(-1.0e6, 1.0e6) as i32
}

/// Lines from the top of the page, pieces of one row joined, blank lines where there is room between them.
fn from_the_top(mut lines: Vec<TextLine>) -> String {
    lines.sort_by(|a, b| b.bbox.y.total_cmp(&a.bbox.y));
    let mut rows: Vec<Vec<TextLine>> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row)
                if row.first().is_some_and(|first| {
                    (first.bbox.y - line.bbox.y).abs() < first.bbox.height.min(line.bbox.height) * 0.5
                }) =>
            {
                row.push(line);
            }
            Some(_) | None => rows.push(vec![line]),
        }
    }
    let mut out = String::new();
    let mut before: Option<(f32, f32)> = None;
    for mut row in rows {
        row.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
        let mut text = String::new();
        let mut reach = None;
        for piece in &row {
            let gap = reach.map(|reach: f32| piece.bbox.x - reach);
            match gap {
                None => {}
                Some(gap) if gap > piece.bbox.height * 2.0 => text.push_str(" | "),
                Some(_) => text.push(' '),
            }
            text.push_str(piece.text.trim());
            reach = Some(piece.bbox.x + piece.bbox.width);
        }
        let Some(first) = row.first() else { continue };
        if let Some((y, height)) = before {
            let is_hyphen = out.ends_with('-')
                && out.chars().nth_back(1).is_some_and(char::is_alphabetic)
                && text.starts_with(char::is_lowercase);
            if is_hyphen {
                out.pop();
            } else {
                out.push_str(if y - first.bbox.y > height * 1.75 { "\n\n" } else { "\n" });
            }
        }
        before = Some((first.bbox.y, first.bbox.height));
        out.push_str(&text);
    }
    out
}

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// The same in order, to tell whether two texts are of the same letters.
fn sorted(text: &str) -> Vec<char> {
    let mut all: Vec<char> = letters(text).collect();
    all.sort_unstable();
    all
}

/// Letters of Hebrew, Arabic and their kin.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
}

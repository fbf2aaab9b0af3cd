//! From the lines of all pages to blocks: headings by type, list items by bullets, what repeats at the edges kept once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::ExtractError;
use super::super::blocks::Blocks;
use super::page::{Page, Type, key};

/// Type that is larger than most of the document's by this factor makes a heading.
const LARGER: f32 = 1.15;
/// Longer lines are no headings.
const MAX_HEADING_CHARS: usize = 160;
/// Bold lines that are longer are text.
const MAX_LEAD_CHARS: usize = 100;
/// Levels that are told apart; smaller headings share the last.
const MAX_LEVELS: usize = 3;
/// Documents with fewer pages have no running titles that could be told from text.
const MIN_RUNNING_PAGES: usize = 3;
/// Lines at the top and at the bottom of a page that may be running titles.
const EDGE_LINES: usize = 2;

/// What begins a list item in print.
const BULLETS: &[char] = &['•', '●', '▪', '■', '◦', '‣', '∙', '○', '➢', '✓', '\u{f0b7}', '\u{f0a7}'];

/// The stored text of a document.
pub(super) fn write(pages: &[Page]) -> Result<String, ExtractError> {
    let scale = Scale::of(pages);
    let running = running(pages);
    let mut seen = HashSet::new();
    let mut writer = Writer { blocks: Blocks::default(), open: Open::Nothing };
    let below = if pages.len() > 1 { 2 } else { 0 };
    for page in pages {
        super::numbered(&mut writer.blocks, page.number, pages.len())?;
        let types: HashMap<&str, Type> = page.types.iter().map(|(key, set)| (key.as_str(), *set)).collect();
        for (at, line) in page.lines.iter().enumerate() {
            if is_edge(page, at) && running.contains(&pattern(line)) && !seen.insert(pattern(line)) {
                continue;
            }
            let set = types.get(key(line).as_str()).copied().filter(|set| set.length > 1);
            writer.line(line, set.map_or(Look::Plain, |set| scale.look(set, line)), below)?;
        }
        writer.end()?;
    }
    Ok(writer.blocks.finish())
}

/// The first line that is larger than the others.
pub(super) fn first_heading(pages: &[Page]) -> Option<String> {
    let scale = Scale::of(pages);
    let page = pages.first()?;
    let types: HashMap<&str, Type> = page.types.iter().map(|(key, set)| (key.as_str(), *set)).collect();
    page.lines
        .iter()
        .find(|line| {
            types.get(key(line).as_str()).is_some_and(|set| scale.look(*set, line) == Look::Heading(1))
        })
        .cloned()
}

/// How a line stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Heading(usize),
    Bold,
    Plain,
}

/// What type means in a document.
struct Scale {
    /// Sizes of headings in halves of a point, the largest first.
    levels: Vec<i32>,
    /// True if most of the document is bold.
    is_bold: bool,
}

impl Scale {
    fn of(pages: &[Page]) -> Self {
        let all = || pages.iter().flat_map(|page| &page.types).map(|(_, set)| *set);
        let mut by_size: BTreeMap<i32, (usize, usize)> = BTreeMap::new();
        for set in all() {
            let (characters, lines) = by_size.entry(halves(set.size)).or_default();
            *characters += set.length;
            *lines += 1;
        }
        let body = by_size.iter().max_by_key(|(_, (characters, _))| *characters).map_or(0, |(size, _)| *size);
        let is_larger = |size: i32| f64::from(size) >= f64::from(body) * f64::from(LARGER);
        let (large, total) = by_size.iter().fold((0, 0), |(large, total), (size, (_, lines))| {
            (large + if is_larger(*size) { *lines } else { 0 }, total + lines)
        });
        // Where a third of the lines is large, size says something else: a poster, a slide, a form.
        let levels = if large * 3 > total {
            Vec::new()
        } else {
            by_size.keys().rev().copied().filter(|size| is_larger(*size)).collect()
        };
        let bold: usize = all().filter(|set| set.bold).map(|set| set.length).sum();
        let characters: usize = all().map(|set| set.length).sum();
        Self { levels, is_bold: bold * 3 > characters }
    }

    fn look(&self, set: Type, line: &str) -> Look {
        let characters = line.chars().count();
        let is_row = line.starts_with('|') || line.contains("   ");
        let says = line.chars().filter(|c| c.is_alphabetic()).count() > 1;
        if is_row || !says {
            return Look::Plain;
        }
        let level = self.levels.iter().position(|size| *size == halves(set.size));
        match level {
            Some(level) if characters <= MAX_HEADING_CHARS => Look::Heading((level + 1).min(MAX_LEVELS)),
            Some(_) | None
                if set.bold
                    && !self.is_bold
                    && characters <= MAX_LEAD_CHARS
                    && !line.ends_with(['.', ',', ';', '-'])
                    && !line.starts_with(BULLETS) =>
            {
                Look::Bold
            }
            Some(_) | None => Look::Plain,
        }
    }
}

/// A size in halves of a point.
#[expect(clippy::cast_possible_truncation, reason = "type is a few points large; what is not is clamped")]
fn halves(size: f32) -> i32 {
    (size * 2.0).round().clamp(0.0, 4000.0) as i32
}

/// What is being gathered.
#[derive(Debug)]
enum Open {
    Nothing,
    Prose(String),
    Item(String),
    Heading(usize, String),
    Lead(String),
    Table(String),
}

struct Writer {
    blocks: Blocks,
    open: Open,
}

impl Writer {
    fn line(&mut self, line: &str, look: Look, below: usize) -> Result<(), ExtractError> {
        if line.is_empty() {
            return self.end();
        }
        if line.starts_with("| ") && line.ends_with('|') || line.starts_with("| --") {
            match &mut self.open {
                Open::Table(table) => {
                    table.push('\n');
                    table.push_str(line);
                }
                Open::Nothing | Open::Prose(_) | Open::Item(_) | Open::Heading(..) | Open::Lead(_) => {
                    self.end()?;
                    self.open = Open::Table(line.to_owned());
                }
            }
            return Ok(());
        }
        if let Some(item) = line.strip_prefix(BULLETS) {
            self.end()?;
            self.open = Open::Item(spaced(item));
            return Ok(());
        }
        let text = spaced(line);
        match (look, &mut self.open) {
            // A heading that goes on in the next line.
            (Look::Heading(level), Open::Heading(open, words)) if *open == level + below => {
                append(words, &text)
            }
            (Look::Heading(level), _) => {
                self.end()?;
                self.open = Open::Heading(level + below, text);
            }
            (Look::Bold, _) => {
                self.end()?;
                self.open = Open::Lead(text);
            }
            (Look::Plain, Open::Item(words)) => append(words, &text),
            (Look::Plain, Open::Prose(words)) => {
                words.push(if goes_on(words, &text) { ' ' } else { '\n' });
                words.push_str(&text);
            }
            (Look::Plain, Open::Nothing | Open::Heading(..) | Open::Lead(_) | Open::Table(_)) => {
                self.end()?;
                self.open = Open::Prose(text);
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), ExtractError> {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => Ok(()),
            Open::Prose(text) => self.blocks.paragraph(&text, false),
            Open::Item(text) => self.blocks.item(0, None, &text),
            Open::Heading(level, text) => self.blocks.heading(level, &text),
            Open::Lead(text) => self.blocks.paragraph(&text, true),
            Open::Table(table) => self.blocks.block(&table),
        }
    }
}

fn append(words: &mut String, more: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(more);
}

/// True if a line is the rest of the sentence above it, broken by the width of the column.
fn goes_on(words: &str, next: &str) -> bool {
    let last = words.rsplit('\n').next().unwrap_or(words);
    last.chars().count() >= 30
        && !last.ends_with(['.', '!', '?', ':'])
        && next.chars().next().is_some_and(|c| c.is_lowercase() || (c.is_alphabetic() && last.ends_with(',')))
}

/// Single spaces; a wide gap, which stands between columns, becomes a bar.
fn spaced(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut gap = 0_usize;
    for c in line.trim().chars() {
        if c == ' ' {
            gap += 1;
            continue;
        }
        match std::mem::take(&mut gap) {
            0 => {}
            1 | 2 => out.push(' '),
            _ => out.push_str(" | "),
        }
        out.push(c);
    }
    out
}

/// A line with its digits made alike: "Page 3 of 9" on every page.
fn pattern(line: &str) -> String {
    line.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(|c| if c.is_numeric() { '0' } else { c })
        .collect::<String>()
        .replace("00", "0")
        .replace("00", "0")
}

/// True if a line is among the first or last of its page.
fn is_edge(page: &Page, at: usize) -> bool {
    let filled = |lines: &[String]| lines.iter().filter(|line| !line.is_empty()).count();
    page.lines.get(at).is_some_and(|line| !line.is_empty())
        && (filled(page.lines.get(..at).unwrap_or_default()) < EDGE_LINES
            || filled(page.lines.get(at + 1..).unwrap_or_default()) < EDGE_LINES)
}

/// Lines that stand at the edges of more than half of the pages.
fn running(pages: &[Page]) -> HashSet<String> {
    if pages.len() < MIN_RUNNING_PAGES {
        return HashSet::new();
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in pages {
        let edges: HashSet<String> = (0..page.lines.len())
            .filter(|at| is_edge(page, *at))
            .filter_map(|at| page.lines.get(at))
            .map(|line| pattern(line))
            .collect();
        for edge in edges {
            *counts.entry(edge).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count * 2 > pages.len());
    counts.into_keys().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: usize, lines: &[&str], types: &[(&str, f32, bool)]) -> Page {
        Page {
            number,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            types: types
                .iter()
                .map(|(text, size, bold)| {
                    (key(text), Type { size: *size, bold: *bold, length: text.chars().count() })
                })
                .collect(),
            unknown: 0,
        }
    }

    #[test]
    fn one_page() {
        let body = "Our kitchen is open every day from noon to ten in the";
        let page = page(
            1,
            &[
                "House Rules",
                body,
                "evening.",
                "• Be kind",
                "to all",
                "• Pay",
                "",
                "Prices",
                "Soup    5",
                "| a | b |",
                "| --- | --- |",
            ],
            &[
                ("House Rules", 18.0, true),
                (body, 10.0, false),
                ("evening.", 10.0, false),
                ("Prices", 10.0, true),
                ("Be kind to all", 10.0, false),
            ],
        );
        let expected = "# House Rules\n\nOur kitchen is open every day from noon to ten in the evening.\n\n- Be kind to all\n- Pay\n\n**Prices**\n\nSoup | 5\n\n| a | b |\n| --- | --- |\n";
        assert_eq!(write(std::slice::from_ref(&page)).unwrap(), expected);
        assert_eq!(first_heading(&[page]).as_deref(), Some("House Rules"));
    }

    #[test]
    fn running_titles_are_kept_once() {
        let pages: Vec<Page> = (1..=12)
            .map(|n| {
                let text = format!("What stands on the sheet called {}.", ["a", "b", "c"][n % 3]);
                page(n, &["Acme Ltd", &text, &format!("Page {n} of 12")], &[])
            })
            .collect();
        let text = write(&pages).unwrap();
        assert_eq!(text.matches("Acme Ltd").count(), 1, "{text}");
        assert_eq!(text.matches("of 12").count(), 1, "{text}");
        assert_eq!(text.matches("What stands on").count(), 12, "{text}");
        assert!(text.contains("## Page 7\n\nWhat stands"), "{text}");
    }
}

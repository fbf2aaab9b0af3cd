//! Cuts a passage of stored text into the units that can be quoted: sentences, list items, table rows, headings.
//!
//! The stored text is UTF-8 with Markdown marks, so lines decide first (blocks, items, rows) and punctuation
//! decides inside running prose. Ranges never include the mark of a list or quotation, nor white space around the
//! unit, so that what is cut out can be shown as it stands.

use super::abbreviations::{self, Abbreviation};

/// What a unit is, as far as quoting it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A sentence of running prose, or a line that stands alone.
    Sentence,
    /// A heading: it says what the units below it are about.
    Heading,
    /// One item of a list, as a whole, or one of several short lines that stand below each other.
    Item {
        /// Byte range of the whole list, from the mark of its first item to the end of its last.
        list: (usize, usize),
    },
    /// One row of a table.
    Row {
        /// Byte range of the table's header row together with the line of dashes below it.
        header: Option<(usize, usize)>,
    },
}

/// A quotable piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Byte offset of its first character.
    pub start: usize,
    /// Byte offset behind its last character.
    pub end: usize,
    /// What it is.
    pub kind: UnitKind,
}

/// An item of a list longer than this is cut into sentences, like prose.
const LONG_ITEM: usize = 300;

/// Lines below this length, in characters, may be a list without marks.
const SHORT_LINE: usize = 80;

/// A line at least this long, in characters, is taken as wrapped by its editor when nothing ends it.
const WRAPPED_LINE: usize = 45;

/// The most marks that open a sentence.
const MOST_OPENING: usize = 16;

/// The units of a text, in order; their ranges do not overlap.
#[must_use]
pub fn units(text: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let lines: Vec<Line> = lines(text).collect();
    let mut at = 0;
    let mut blocks = Blocks::default();
    while let Some(line) = lines.get(at) {
        at = match line.kind {
            LineKind::Blank | LineKind::Rule => at + 1,
            LineKind::Heading => {
                push(&mut units, text, line.start, line.end, UnitKind::Heading);
                at + 1
            }
            LineKind::Row => table(text, &lines, at, &mut units),
            LineKind::Item => list(text, &lines, at, &mut units),
            LineKind::Prose => match blocks.count(text, &lines, at) {
                0 | 1 => prose(text, &lines, at, &mut units),
                count => {
                    let list = (line.start, lines[at + count - 1].end);
                    for line in &lines[at..at + count] {
                        push(&mut units, text, line.start, line.end, UnitKind::Item { list });
                    }
                    at + count
                }
            },
        };
    }
    units
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineKind {
    Blank,
    Rule,
    Heading,
    Item,
    Row,
    Prose,
}

/// A line without its mark and without white space around it.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Where its mark begins, if it has one.
    mark: usize,
    start: usize,
    end: usize,
    kind: LineKind,
    /// It begins with white space or stands in a quotation.
    inset: bool,
    quoted: bool,
}

fn lines(text: &str) -> impl Iterator<Item = Line> {
    let mut from = 0;
    text.split_inclusive('\n').map(move |raw| {
        let start = from;
        from += raw.len();
        classify(raw, start)
    })
}

fn classify(raw: &str, offset: usize) -> Line {
    let trimmed_end = raw.trim_end();
    let mut body = trimmed_end.trim_start();
    let inset = body.len() < trimmed_end.len();
    let quoted = body.starts_with('>');
    while let Some(inner) = body.strip_prefix('>') {
        body = inner.trim_start();
    }
    let (kind, body) = if body.is_empty() {
        (LineKind::Blank, body)
    } else if is_rule(body) {
        (LineKind::Rule, body)
    } else if let Some(title) = heading(body) {
        (LineKind::Heading, title)
    } else if body.len() > 1 && body.starts_with('|') {
        (LineKind::Row, body)
    } else if let Some(inner) = item_body(body) {
        (LineKind::Item, inner)
    } else {
        (LineKind::Prose, body)
    };
    let start = offset + (body.as_ptr() as usize - raw.as_ptr() as usize);
    let mark = offset + (raw.len() - raw.trim_start().len());
    Line { mark: mark.min(start), start, end: start + body.len(), kind, inset, quoted }
}

/// A line of dashes, stars, equals signs, or a code fence: marks without words.
fn is_rule(body: &str) -> bool {
    body.starts_with("```")
        || body.len() >= 3 && body.bytes().all(|b| matches!(b, b'-' | b'*' | b'_' | b'=' | b'~' | b' '))
}

fn heading(body: &str) -> Option<&str> {
    let inner = body.trim_start_matches('#');
    let level = body.len() - inner.len();
    if level == 0 || level > 6 || !inner.starts_with(char::is_whitespace) {
        return None;
    }
    let title = inner.trim().trim_end_matches('#').trim_end();
    (!title.is_empty()).then_some(title)
}

/// The text of a list item behind its mark (`-`, `*`, `+`, `•`, `1.`, `2)`).
fn item_body(body: &str) -> Option<&str> {
    let mut chars = body.chars();
    let inner = match chars.next()? {
        '-' | '*' | '+' | '•' | '‣' | '◦' | '▪' | '·' | '–' => chars.as_str(),
        c if c.is_ascii_digit() => {
            let rest = body.trim_start_matches(|c: char| c.is_ascii_digit());
            if body.len() - rest.len() > 3 {
                return None;
            }
            rest.strip_prefix(['.', ')'])?
        }
        _ => return None,
    };
    let item = inner.trim_start();
    (inner.starts_with(char::is_whitespace) && !item.is_empty()).then_some(item)
}

/// A table: its first row is the header when a line of dashes follows it.
fn table(text: &str, lines: &[Line], at: usize, units: &mut Vec<Unit>) -> usize {
    let rows = lines[at..].iter().take_while(|line| line.kind == LineKind::Row).count();
    let is_divider = |line: &Line| {
        let row = &text[line.start..line.end];
        row.contains('-') && row.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
    };
    let table = &lines[at..at + rows];
    let header = match table {
        [first, second, ..] if is_divider(second) => Some((first.start, second.end)),
        _ => None,
    };
    let body = if header.is_some() { &table[2..] } else { table };
    for line in body.iter().filter(|line| !is_divider(line)) {
        push(units, text, line.start, line.end, UnitKind::Row { header });
    }
    at + rows
}

/// A list: items follow each other, perhaps with blank lines between; inset lines continue an item.
fn list(text: &str, lines: &[Line], at: usize, units: &mut Vec<Unit>) -> usize {
    let mut items: Vec<(usize, usize)> = Vec::new();
    let mut next = at;
    while let Some(first) = lines.get(next).filter(|line| line.kind == LineKind::Item) {
        let more = lines[next + 1..]
            .iter()
            .take_while(|line| line.kind == LineKind::Prose && line.inset && !line.quoted)
            .count();
        items.push((first.start, lines[next + more].end));
        next += 1 + more;
        let blank = lines[next..].iter().take_while(|line| line.kind == LineKind::Blank).count();
        if lines.get(next + blank).is_some_and(|line| line.kind == LineKind::Item) {
            next += blank;
        }
    }
    let list = (lines[at].mark, items.last().map_or(lines[at].end, |item| item.1));
    for (start, end) in items {
        if text[start..end].chars().count() > LONG_ITEM {
            split(text, start, end, UnitKind::Sentence, units);
        } else {
            push(units, text, start, end, UnitKind::Item { list });
        }
    }
    next
}

/// Finds short lines without an end mark that stand directly below each other: hours, an address, a price list.
#[derive(Default)]
struct Blocks {
    /// Lines before this one begin no block, as one before them has shown: so no run of lines is read again and again.
    none_before: usize,
}

impl Blocks {
    /// How many lines from `at` on are such a block.
    fn count(&mut self, text: &str, lines: &[Line], at: usize) -> usize {
        if at < self.none_before {
            return 0;
        }
        let body = |at: usize| &text[lines[at].start..lines[at].end];
        let short = |line: &&Line| {
            let body = &text[line.start..line.end];
            line.kind == LineKind::Prose
                && !line.quoted
                && body.chars().count() < SHORT_LINE
                && !body.trim_end_matches(is_closer).ends_with(is_terminator)
        };
        let end = at + lines[at..].iter().take_while(short).count();
        // A line that goes on in the next one is prose, and so is what stands above it.
        let next_is_prose = lines.get(end).is_some_and(|next| next.kind == LineKind::Prose);
        let last = if next_is_prose { end } else { end.saturating_sub(1) };
        match (at..last).rfind(|&line| continues(body(line), body(line + 1))) {
            Some(line) => {
                self.none_before = line + 1;
                0
            }
            None => end - at,
        }
    }
}

/// A paragraph: lines that an editor wrapped are read as one, lines that stand alone stay apart.
fn prose(text: &str, lines: &[Line], at: usize, units: &mut Vec<Unit>) -> usize {
    let mut last = at;
    while let Some(next) = lines.get(last + 1) {
        let line = &text[lines[last].start..lines[last].end];
        let follows = next.kind == LineKind::Prose && !next.quoted && !lines[last].quoted;
        if !follows || !continues(line, &text[next.start..next.end]) {
            break;
        }
        last += 1;
    }
    split(text, lines[at].start, lines[last].end, UnitKind::Sentence, units);
    last + 1
}

fn continues(line: &str, next: &str) -> bool {
    let closed = line.trim_end_matches(is_closer).ends_with(|c| is_terminator(c) || c == ':');
    if closed || line.ends_with("  ") {
        return false;
    }
    next.starts_with(char::is_lowercase) || line.chars().count() >= WRAPPED_LINE
}

/// Cuts a block of prose at the ends of its sentences.
fn split(text: &str, start: usize, end: usize, kind: UnitKind, units: &mut Vec<Unit>) {
    let block = &text[start..end];
    let mut from = 0;
    let mut chars = block.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_terminator(c) {
            continue;
        }
        let mut stop = at + c.len_utf8();
        while let Some(&(next, d)) = chars.peek() {
            if !is_terminator(d) && !is_closer(d) {
                break;
            }
            stop = next + d.len_utf8();
            chars.next();
        }
        if ends_sentence(block, from, at, stop, c) {
            push(units, text, start + from, start + stop, kind);
            from = stop;
        }
    }
    push(units, text, start + from, end, kind);
}

/// Whether the mark `c` at `at` (its run ends at `stop`) ends the sentence that began at `from`.
fn ends_sentence(block: &str, from: usize, at: usize, stop: usize, c: char) -> bool {
    if is_dense_terminator(c) {
        return true;
    }
    let after = &block[stop..];
    let next = after.trim_start();
    if next.is_empty() {
        return true;
    }
    if next.len() == after.len() {
        return false;
    }
    // Opening marks and emphasis say nothing about the word behind them. A row of marks is no opening.
    let opening = next.chars().take(MOST_OPENING).take_while(|c| !c.is_alphanumeric());
    let word = &next[opening.map(char::len_utf8).sum::<usize>()..];
    if word.starts_with(char::is_lowercase) {
        return false;
    }
    if c != '.' || block[at..stop].contains(|c| is_terminator(c) && c != '.') {
        return true;
    }
    let before = block[from..at].rsplit(char::is_whitespace).next().unwrap_or_default();
    let before = before.trim_start_matches(|c: char| !c.is_alphanumeric());
    let next_word =
        word.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').next().unwrap_or_default();
    match abbreviations::classify(before) {
        Abbreviation::Never => true,
        Abbreviation::Title => false,
        Abbreviation::Perhaps => abbreviations::starts_sentence(next_word),
        Abbreviation::Reference => !word.starts_with(|c: char| c.is_numeric()),
        Abbreviation::Number => !abbreviations::is_month(next_word),
    }
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '॥') || is_dense_terminator(c)
}

fn is_dense_terminator(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '．')
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '*' | '_' | '」' | '』' | '）' | '】' | '》')
}

fn push(units: &mut Vec<Unit>, text: &str, start: usize, end: usize, kind: UnitKind) {
    let piece = &text[start..end];
    let start = start + (piece.len() - piece.trim_start().len());
    let end = start + piece.trim().len();
    if text[start..end].contains(char::is_alphanumeric) {
        units.push(Unit { start, end, kind });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        units(text).iter().map(|unit| &text[unit.start..unit.end]).collect()
    }

    #[test]
    fn abbreviations_decimals_and_initials_do_not_end_a_sentence() {
        let cases: &[&[&str]] = &[
            &["Dr. Smith charges $3.50 an hour.", "Prices rise by 2.5 percent."],
            &["The U.S. Army left in 1990.", "It never came back."],
            &["She lives in the U.S.", "The rest stayed."],
            &["J. K. Rowling wrote it.", "We sell it."],
            &["Bring fruit, bread, etc. to the picnic.", "We bring water."],
            &["We sell bread, cake, etc.", "The shop is small."],
            &["See e.g. the price list, No. 4 and p. 12.", "Ask us!"],
            &["Write to mail@example.org or see www.example.org/a.b for more.", "Bye."],
            &["\"Stop!\" he said.", "\"Why?\"", "Nobody knew."],
            &["Wir öffnen am 3. Mai um 9 Uhr.", "Tel. 030 1234, d.h. Sie rufen an."],
            &["Le Dr. M. Dupont reçoit le mardi.", "Voir p. ex. l'annexe."],
            &["El Sr. García abre a las 9 a.m. todos los días.", "¿Y los domingos?", "¡No!"],
            &["Really?!", "Yes... it is.", "Wait… what?"],
            &["It happened in 1990.", "Then came 1991."],
            &["**Note.** Bring your card.", "We (and you!) agree."],
        ];
        for sentences in cases {
            let text = sentences.join(" ");
            if text.starts_with("**") {
                assert_eq!(cut(&text), ["**Note.**", "Bring your card.", "We (and you!) agree."]);
            } else {
                assert_eq!(cut(&text), *sentences);
            }
        }
    }

    #[test]
    fn marks_of_other_scripts_end_sentences() {
        assert_eq!(
            cut("我们周一营业。周日休息！「好吗？」他问。"),
            ["我们周一营业。", "周日休息！", "「好吗？」", "他问。"]
        );
        assert_eq!(cut("متى تفتحون؟ نفتح في التاسعة."), ["متى تفتحون؟", "نفتح في التاسعة."]);
        assert_eq!(cut("हम सोमवार को खुले हैं। रविवार को बंद।"), ["हम सोमवार को खुले हैं।", "रविवार को बंद।"]);
    }

    #[test]
    fn lines_headings_items_and_rows_are_units_of_their_own() {
        let text = "# Opening hours\n\nMonday: 9 to 5\nSunday: closed\n\n- Parking is free\n  behind the house\n2. Dogs are welcome.\n\n\
            | Plan | Price |\n|---|---|\n| Basic | $19 |\n| Pro | $49 |\n\n> quoted line\n";
        let kinds: Vec<(&str, UnitKind)> =
            units(text).iter().map(|unit| (&text[unit.start..unit.end], unit.kind)).collect();
        let range = |part: &str| {
            let start = text.find(part).unwrap();
            (start, start + part.len())
        };
        let marked = range("- Parking is free\n  behind the house\n2. Dogs are welcome.");
        let header_start = text.find("| Plan").unwrap();
        let header = Some((header_start, text.find("|---|---|").unwrap() + "|---|---|".len()));
        assert_eq!(
            kinds,
            [
                ("Opening hours", UnitKind::Heading),
                ("Monday: 9 to 5", UnitKind::Item { list: range("Monday: 9 to 5\nSunday: closed") }),
                ("Sunday: closed", UnitKind::Item { list: range("Monday: 9 to 5\nSunday: closed") }),
                ("Parking is free\n  behind the house", UnitKind::Item { list: marked }),
                ("Dogs are welcome.", UnitKind::Item { list: marked }),
                ("| Basic | $19 |", UnitKind::Row { header }),
                ("| Pro | $49 |", UnitKind::Row { header }),
                ("quoted line", UnitKind::Sentence),
            ]
        );
    }

    #[test]
    fn wrapped_lines_are_one_sentence() {
        let text = "This sentence was wrapped by an editor that keeps lines\nbelow a given length. And here is another.";
        assert_eq!(cut(text).len(), 2);
    }

    /// Each of these took time in the square of its length: they would never end.
    #[test]
    fn a_text_of_one_kind_of_mark_or_line_is_read_once() {
        let many = 1 << 17;
        assert_eq!(cut(&". ".repeat(many)), Vec::<&str>::new());
        assert_eq!(cut(&format!("{}b\n", "A\n".repeat(many))).len(), many);
        assert_eq!(cut(&"A\n".repeat(many)).len(), many);
    }

    #[test]
    fn short_lines_above_one_that_goes_on_are_no_list() {
        let text = "Ann\nBea\nMonday to\nfriday\nZoe\nYan\n";
        let items = units(text).iter().filter(|unit| matches!(unit.kind, UnitKind::Item { .. })).count();
        assert_eq!(cut(text), ["Ann", "Bea", "Monday to\nfriday", "Zoe", "Yan"]);
        assert_eq!(items, 2);
    }

    proptest! {
        #[test]
        fn units_lie_in_order_inside_the_text(text in "(?s)[a-zA-Z0-9 .!?\\n|#>*。！é\\-]{0,300}") {
            let mut last = 0;
            for unit in units(&text) {
                prop_assert!(unit.start >= last && unit.start < unit.end);
                let piece = text.get(unit.start..unit.end);
                prop_assert!(piece.is_some_and(|piece| piece.trim() == piece));
                last = unit.end;
            }
        }

        #[test]
        fn any_text_can_be_cut(text in any::<String>()) {
            for unit in units(&text) {
                prop_assert!(text.get(unit.start..unit.end).is_some());
            }
        }
    }
}

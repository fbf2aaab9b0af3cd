//! Rich Text Format (specification 1.9.1), read for its text. Runs in the child process.
//!
//! Headings by style or outline level, list items, tables, footnotes, headers and footers, text boxes and the character
//! sets of fonts are understood; pictures, embedded objects, the instructions of fields, hidden and deleted text are
//! passed over. Unknown words and destinations are ignored, as the specification asks of readers.

mod charset;
mod lexer;
mod state;

use std::collections::{HashMap, HashSet};

use encoding_rs::{Encoding, WINDOWS_1252};

use self::lexer::{Lexer, Token};
use self::state::{Destination, State, destination};
use super::ExtractError;
use super::blocks::{Blocks, Cell, Document, one_line};

/// Groups within groups beyond this depth are a trap.
const MAX_DEPTH: usize = 1000;

/// Reads a document.
///
/// # Errors
///
/// [`ExtractError::TextTooLarge`], [`ExtractError::Damaged`] for groups that nest without end.
pub(super) fn read(bytes: &[u8]) -> Result<Document, ExtractError> {
    let mut reader = Reader::default();
    for token in Lexer::new(bytes) {
        reader.token(token)?;
    }
    reader.finish()
}

/// A style of the style sheet.
#[derive(Debug, Default)]
struct Style {
    number: i32,
    outline: Option<i32>,
    name: String,
}

/// A paragraph as it is gathered.
#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    /// True while a character that is not bold was seen.
    has_plain: bool,
    /// What stands before a list item, if it is one: a bullet or a number.
    mark: Option<String>,
}

#[derive(Debug)]
struct Reader {
    blocks: Blocks,
    state: State,
    stack: Vec<State>,
    /// The document's character set.
    code_page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// Heading levels by style number.
    headings: HashMap<i32, usize>,
    style: Style,
    title: Vec<u8>,
    paragraph: Paragraph,
    /// Paragraphs that wait while a footnote or header stands between.
    outer: Vec<Paragraph>,
    /// Bytes not yet decoded.
    bytes: Vec<u8>,
    /// The first half of a character beyond U+FFFF.
    high_surrogate: Option<u16>,
    /// Characters still to be passed over after `\u`.
    skip: usize,
    /// True right behind `{`, and behind `{\*`.
    at_start: bool,
    is_optional: bool,
    cells: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    /// The cell that is being gathered, when it has several paragraphs.
    cell: String,
    notes: Vec<String>,
    edges: Vec<String>,
    first_heading: Option<String>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            blocks: Blocks::default(),
            state: State::default(),
            stack: Vec::new(),
            code_page: WINDOWS_1252,
            fonts: HashMap::new(),
            headings: HashMap::new(),
            style: Style::default(),
            title: Vec::new(),
            paragraph: Paragraph::default(),
            outer: Vec::new(),
            bytes: Vec::new(),
            high_surrogate: None,
            skip: 0,
            at_start: false,
            is_optional: false,
            cells: Vec::new(),
            rows: Vec::new(),
            cell: String::new(),
            notes: Vec::new(),
            edges: Vec::new(),
            first_heading: None,
        }
    }
}

impl Reader {
    fn token(&mut self, token: Token<'_>) -> Result<(), ExtractError> {
        let at_start = std::mem::take(&mut self.at_start);
        let is_optional = std::mem::take(&mut self.is_optional);
        match token {
            Token::Open => {
                self.decode();
                self.skip = 0;
                if self.stack.len() >= MAX_DEPTH {
                    return Err(ExtractError::Damaged("its groups nest without end".to_owned()));
                }
                self.stack.push(self.state.clone());
                self.at_start = true;
                self.state.opens_story = false;
                Ok(())
            }
            Token::Close => {
                self.decode();
                self.skip = 0;
                self.close()
            }
            Token::Symbol(b'*') if at_start => {
                self.at_start = true;
                self.is_optional = true;
                Ok(())
            }
            Token::Symbol(symbol) => {
                if self.skipped() {
                    return Ok(());
                }
                if !matches!(symbol, b'{' | b'}' | b'\\') {
                    self.decode();
                }
                match symbol {
                    b'~' => self.char('\u{a0}'),
                    b'_' => self.char('\u{2011}'),
                    b'\n' | b'\r' => return self.end_paragraph(),
                    b'{' | b'}' | b'\\' => self.byte(symbol),
                    _ => {}
                }
                Ok(())
            }
            Token::Byte(byte) => {
                if !self.skipped() {
                    self.byte(byte);
                }
                Ok(())
            }
            Token::Word(word, number) => {
                if at_start {
                    self.open(word, is_optional);
                }
                if word != b"u" && self.skipped() {
                    return Ok(());
                }
                self.decode();
                self.word(word, number)
            }
        }
    }

    /// True if what comes stands for a character that `\u` gave already.
    fn skipped(&mut self) -> bool {
        let skips = self.skip > 0;
        self.skip = self.skip.saturating_sub(1);
        skips
    }

    /// The first word of a group says what the group is for.
    fn open(&mut self, word: &[u8], is_optional: bool) {
        let Some(found) = destination(word, is_optional) else { return };
        if self.state.destination == Destination::Nothing {
            return;
        }
        // What stands in the tables of the head stays there.
        if found != Destination::Body {
            self.state.destination = found;
        }
        match found {
            Destination::Note | Destination::Edge => {
                self.state.opens_story = true;
                self.outer.push(std::mem::take(&mut self.paragraph));
            }
            Destination::Mark => self.paragraph.mark = Some(String::new()),
            Destination::Styles => self.style = Style::default(),
            Destination::Body | Destination::Nothing | Destination::Fonts | Destination::Title => {}
        }
    }

    fn close(&mut self) -> Result<(), ExtractError> {
        let Some(before) = self.stack.pop() else { return Ok(()) };
        let closed = std::mem::replace(&mut self.state, before);
        if closed.destination == Destination::Styles {
            self.end_style();
        }
        if closed.opens_story {
            let story = std::mem::replace(&mut self.paragraph, self.outer.pop().unwrap_or_default());
            let text = story.text.trim().to_owned();
            match closed.destination {
                Destination::Edge => self.edges.push(text),
                Destination::Note
                | Destination::Body
                | Destination::Nothing
                | Destination::Fonts
                | Destination::Styles
                | Destination::Title
                | Destination::Mark => self.notes.push(text),
            }
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) -> Result<(), ExtractError> {
        let on = number != Some(0);
        let value = number.unwrap_or(0);
        match word {
            b"ansicpg" => self.code_page = charset::of_code_page(value).unwrap_or(self.code_page),
            b"mac" => self.code_page = encoding_rs::MACINTOSH,
            b"f" => self.state.font = value,
            b"fcharset" if self.state.destination == Destination::Fonts => {
                if let Some(encoding) = charset::of_font(value) {
                    self.fonts.insert(self.state.font, encoding);
                }
            }
            b"uc" => self.state.unicode_skip = usize::try_from(value).unwrap_or(1).min(8),
            b"u" => self.unicode(value),
            b"b" => self.state.bold = on,
            b"v" | b"deleted" => self.state.hidden = on,
            b"plain" => (self.state.bold, self.state.hidden) = (false, false),
            b"pard" => self.state.reset_paragraph(),
            b"s" => (self.state.style, self.style.number) = (Some(value), value),
            b"outlinelevel" => (self.state.outline, self.style.outline) = (Some(value), Some(value)),
            b"ilvl" => self.state.list_level = usize::try_from(value).unwrap_or(0),
            b"ls" | b"pnlvlblt" => self.state.is_item = on,
            b"intbl" => self.state.in_table = on,
            b"par" | b"sect" => return self.end_paragraph(),
            b"line" | b"lbr" => self.char('\n'),
            b"tab" => self.char('\t'),
            b"cell" => self.end_cell(),
            b"nestcell" => self.text("; "),
            b"row" => self.end_row(),
            b"emdash" => self.char('—'),
            b"endash" => self.char('–'),
            b"bullet" => self.char('•'),
            b"lquote" => self.char('‘'),
            b"rquote" => self.char('’'),
            b"ldblquote" => self.char('“'),
            b"rdblquote" => self.char('”'),
            b"emspace" | b"enspace" | b"qmspace" => self.char(' '),
            _ => {}
        }
        Ok(())
    }

    /// A character by its number; what stands for it in the old character set is passed over.
    fn unicode(&mut self, value: i32) {
        self.skip = self.state.unicode_skip;
        let Ok(unit) = u16::try_from(value.rem_euclid(65_536)) else { return };
        let units = [self.high_surrogate.take(), Some(unit)];
        if (0xd800..0xdc00).contains(&unit) {
            self.high_surrogate = Some(unit);
            return;
        }
        let units: Vec<u16> = units.into_iter().flatten().collect();
        self.text(&String::from_utf16_lossy(&units));
    }

    /// A byte of text in the character set in force.
    fn byte(&mut self, byte: u8) {
        match self.state.destination {
            Destination::Nothing => {}
            Destination::Title => self.title.push(byte),
            Destination::Fonts
            | Destination::Styles
            | Destination::Body
            | Destination::Note
            | Destination::Edge
            | Destination::Mark => self.bytes.push(byte),
        }
    }

    /// Decodes the bytes that wait.
    fn decode(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let encoding = self.fonts.get(&self.state.font).copied().unwrap_or(self.code_page);
        let bytes = std::mem::take(&mut self.bytes);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        self.text(&text);
    }

    fn char(&mut self, c: char) {
        self.text(c.encode_utf8(&mut [0; 4]));
    }

    fn text(&mut self, text: &str) {
        match self.state.destination {
            Destination::Nothing | Destination::Fonts | Destination::Title => {}
            Destination::Styles => self.style.name.push_str(text),
            Destination::Mark => self.paragraph.mark.get_or_insert_default().push_str(text),
            Destination::Body | Destination::Note | Destination::Edge => {
                if !self.state.hidden {
                    self.paragraph.has_plain |= !self.state.bold && !text.trim().is_empty();
                    self.paragraph.text.push_str(text);
                }
            }
        }
    }

    /// A style of the style sheet is read: headings have an outline level or are called so.
    fn end_style(&mut self) {
        let style = std::mem::take(&mut self.style);
        let name = style.name.trim().trim_end_matches(';').to_lowercase();
        let by_name = ["heading ", "überschrift ", "titre ", "título ", "titolo ", "заголовок "]
            .iter()
            .find_map(|word| name.strip_prefix(word))
            .and_then(|level| level.trim().parse::<i32>().ok());
        let by_outline = style.outline.map(|outline| outline + 1);
        let level = by_outline.or(by_name).or((name == "title").then_some(1));
        if let Some(level) = level.filter(|level| (1..=9).contains(level)) {
            self.headings.insert(style.number, usize::try_from(level).unwrap_or(1));
        }
    }

    fn end_paragraph(&mut self) -> Result<(), ExtractError> {
        if self.state.destination == Destination::Nothing {
            return Ok(());
        }
        if !self.outer.is_empty() {
            self.paragraph.text.push('\n');
            return Ok(());
        }
        let paragraph = std::mem::take(&mut self.paragraph);
        if self.state.in_table {
            self.cell.push_str(&paragraph.mark.unwrap_or_default());
            self.cell.push_str(&paragraph.text);
            self.cell.push('\n');
            return Ok(());
        }
        self.end_table()?;
        self.write(paragraph)
    }

    /// Writes a paragraph and the notes that stand in it.
    fn write(&mut self, paragraph: Paragraph) -> Result<(), ExtractError> {
        self.write_alone(paragraph)?;
        for note in std::mem::take(&mut self.notes) {
            self.blocks.paragraph(&note, false)?;
        }
        Ok(())
    }

    fn write_alone(&mut self, paragraph: Paragraph) -> Result<(), ExtractError> {
        let outline = self.state.outline.filter(|level| (0..9).contains(level));
        let level = outline
            .and_then(|level| usize::try_from(level + 1).ok())
            .or_else(|| self.headings.get(&self.state.style?).copied());
        if let Some(level) = level.filter(|_| paragraph.text.chars().count() < 300) {
            if self.first_heading.is_none() {
                self.first_heading = Some(one_line(&paragraph.text)).filter(|text| !text.is_empty());
            }
            return self.blocks.heading(level, &paragraph.text);
        }
        let is_item =
            paragraph.mark.as_ref().is_some_and(|mark| !mark.trim().is_empty()) || self.state.is_item;
        if is_item && !paragraph.text.trim().is_empty() {
            let mark = paragraph.mark.unwrap_or_default();
            let number = mark.trim().trim_end_matches(['.', ')']).parse().ok();
            return self.blocks.item(self.state.list_level, number, &paragraph.text);
        }
        self.blocks.paragraph(&paragraph.text, !paragraph.has_plain)
    }

    fn end_cell(&mut self) {
        if self.outer.is_empty() && self.state.destination == Destination::Body {
            let mut text = std::mem::take(&mut self.cell);
            text.push_str(&std::mem::take(&mut self.paragraph).text);
            self.cells.push(Cell { text: text.trim().to_owned(), repeated: false });
        }
    }

    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            self.rows.push(cells);
        }
    }

    fn end_table(&mut self) -> Result<(), ExtractError> {
        self.end_row();
        let rows = std::mem::take(&mut self.rows);
        if !self.cell.trim().is_empty() {
            let text = std::mem::take(&mut self.cell);
            self.blocks.paragraph(&text, false)?;
        }
        self.cell.clear();
        self.blocks.table(&rows, false)
    }

    fn finish(mut self) -> Result<Document, ExtractError> {
        self.decode();
        while let Some(outer) = self.outer.pop() {
            let story = std::mem::replace(&mut self.paragraph, outer);
            self.notes.push(one_line(&story.text));
        }
        self.end_table()?;
        let last = std::mem::take(&mut self.paragraph);
        self.write(last)?;
        let mut seen = HashSet::new();
        for text in &self.edges {
            let says = text.chars().filter(|c| c.is_alphabetic()).count() > 6;
            if says && seen.insert(text) {
                self.blocks.paragraph(text, false)?;
            }
        }
        let (title, _) = self.code_page.decode_without_bom_handling(&self.title);
        let title = Some(one_line(&title)).filter(|title| !title.is_empty());
        Ok(Document { text: self.blocks.finish(), title: title.or(self.first_heading) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &str) -> String {
        read(rtf.as_bytes()).unwrap().text
    }

    #[test]
    fn characters() {
        let rtf = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Arial Cyr;}{\\f2\\fcharset128 MS;}}Gr\\'fc\\'dfe \\f1 \\'cf\\'f0\\'e8 \\f2\\'83\\'41A\\f0  \\u8364?5 \\uc0\\u-10179\\u-8704 \\{x\\}\\~y\\par}";
        assert_eq!(text(rtf), "Grüße При アA €5 😀{x} y\n");
    }

    #[test]
    fn headings_lists_tables() {
        let rtf = "{\\rtf1{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0 heading 1;}{\\s2 heading 2;}}{\\info{\\title Our menu}}\\pard\\s1 Menu\\par\\pard\\s2 Mains\\par\\pard{\\listtext\\'b7\\tab}Soup\\par{\\pntext 2.\\tab}Pie\\par\\pard\\intbl Dish\\cell Price\\cell\\row\\intbl Soup\\cell 5\\cell\\row\\pard After{\\*\\generator x;}{\\footnote A note that is long.}{\\v secret}.\\par\\b Bold line\\b0\\par}";
        let read = read(rtf.as_bytes()).unwrap();
        let expected = "# Menu\n\n## Mains\n\n- Soup\n2. Pie\n\n| Dish | Price |\n| --- | --- |\n| Soup | 5 |\n\nAfter.\n\nA note that is long.\n\n**Bold line**\n";
        assert_eq!(read.text, expected);
        assert_eq!(read.title.as_deref(), Some("Our menu"));
    }

    #[test]
    fn fields_boxes_and_pictures() {
        let rtf = "{\\rtf1 See {\\field{\\*\\fldinst HYPERLINK \"http://a.example\"}{\\fldrslt our page}}.{\\pict\\pngblip 89504e47}{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt In a box\\par}}}{\\header Top of every page\\par}\\par}";
        assert_eq!(text(rtf), "See our page.\n\nIn a box\n\nTop of every page\n");
    }

    #[test]
    fn broken() {
        assert!(matches!(read("{".repeat(100_000).as_bytes()), Err(ExtractError::Damaged(_))));
        assert_eq!(text("{\\rtf1 cut \\'"), "cut\n");
        assert_eq!(text("{\\rtf1 a}}}}b"), "ab\n");
    }
}

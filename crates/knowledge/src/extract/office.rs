//! Office documents, old and new: Word, Excel, `PowerPoint`. Runs in the child process.
//!
//! The library gives one tree for all six formats; what is said here is how the tree becomes stored text. Hidden sheets
//! and slides, text that is formatted as hidden or struck by a tracked change, and reviewers' comments are left out:
//! none of it is meant for those who read the document.

mod long;
mod table;
mod tree;

use std::io::Cursor;

use office_oxide::ir::{Metadata, Section, SheetKind};
use office_oxide::limits::Limits;
use office_oxide::{Document as Office, DocumentFormat, OfficeError};

use self::tree::Tree;
use super::blocks::{Document, one_line};
use super::{ExtractError, Kind, MAX_TEXT_BYTES};

/// What the library calls the section of texts that stand on every slide.
const MASTER_TEXT: &str = "Slide Master";
/// Titles that programs give by themselves.
const NO_TITLES: &[&str] =
    &["powerpoint presentation", "powerpoint-präsentation", "untitled", "microsoft word"];

/// Reads a document.
///
/// # Errors
///
/// [`ExtractError::Protected`], [`ExtractError::Damaged`], [`ExtractError::TextTooLarge`],
/// [`ExtractError::Unreadable`] when it unfolds beyond its limits.
pub(super) fn read(kind: Kind, bytes: Vec<u8>) -> Result<Document, ExtractError> {
    // Sheets are converted one at a time under the settings of the process, which reads nothing else meanwhile.
    limits().apply();
    let office = Office::from_reader(Cursor::new(bytes), format(kind)).map_err(|error| reason(&error))?;
    let mut tree = Tree::default();
    let mut title = None;
    // What is hidden is read only where nothing else is there.
    for hidden in [false, true] {
        if let Some(workbook) = office.as_xlsx() {
            // One sheet after the other: a workbook's tree may be far larger than its text.
            let mut pages = Pages::new("Sheet", hidden);
            let mut sheets = workbook.sheets_ir().peekable();
            while let Some(sheet) = sheets.next() {
                complete(sheet.text_truncated, &sheet.warnings)?;
                pages.are_several |= sheets.peek().is_some();
                let long = long::rows(workbook, pages.number)?;
                pages.add(&mut tree, &sheet.section, long)?;
            }
        } else {
            let document = office.to_ir();
            complete(document.metadata.text_truncated, &document.metadata.warnings)?;
            sections(office.format(), &document.sections, hidden, &mut tree)?;
            title = self::title(&document.metadata);
        }
        if !tree.is_empty() {
            break;
        }
    }
    let (text, first_heading) = tree.finish()?;
    Ok(Document { text, title: title.or(first_heading) })
}

/// Writes the parts of a document, a sheet or slide each under a heading of its own.
fn sections(
    format: DocumentFormat,
    sections: &[Section],
    hidden: bool,
    tree: &mut Tree,
) -> Result<(), ExtractError> {
    let name = match format {
        DocumentFormat::Xls | DocumentFormat::Xlsx => "Sheet",
        DocumentFormat::Ppt | DocumentFormat::Pptx => "Slide",
        DocumentFormat::Doc | DocumentFormat::Docx => {
            return sections.iter().try_for_each(|section| tree.section(section));
        }
    };
    let mut pages = Pages::new(name, hidden);
    pages.are_several = sections.len() > 1;
    sections.iter().try_for_each(|section| pages.add(tree, section, None))
}

/// Sheets or slides, numbered as the program that made them does.
struct Pages {
    name: &'static str,
    /// Whether hidden ones are read.
    hidden: bool,
    are_several: bool,
    number: usize,
}

impl Pages {
    fn new(name: &'static str, hidden: bool) -> Self {
        Self { name, hidden, are_several: false, number: 0 }
    }

    /// Adds a sheet or slide; `long` are the rows of a sheet that the section does not hold all of.
    fn add(
        &mut self,
        tree: &mut Tree,
        section: &Section,
        long: Option<Vec<Vec<String>>>,
    ) -> Result<(), ExtractError> {
        self.number += 1;
        let is_macro = section.sheet_kind == Some(SheetKind::Macro);
        if section.elements.is_empty() || (section.hidden || is_macro) && !self.hidden {
            return Ok(());
        }
        let title = one_line(section.title.as_deref().unwrap_or_default());
        if self.name == "Sheet" {
            // Texts of charts and the like come in sections of their own.
            let numbered = section.sheet_kind.map(|_| self.heading(&title));
            let is_bare = numbered.as_ref().is_some_and(|heading| !heading.contains(':'));
            if self.are_several || !is_bare {
                tree.page(&numbered.unwrap_or(title))?;
            }
            return match long {
                Some(rows) => tree.rows(&rows),
                None => tree.sheet(section),
            };
        }
        if title == MASTER_TEXT {
            return tree.sheet(section);
        }
        tree.page(&self.heading(&title))?;
        tree.slide(section, &title)
    }

    /// The number and what a title says beyond it: Sheet1, Tabelle 1, Лист1 say no more.
    fn heading(&self, title: &str) -> String {
        let numbered = format!("{} {}", self.name, self.number);
        let digits = self.number.to_string();
        let word = title.strip_suffix(digits.as_str()).map(str::trim_end);
        // A slide's title was written by people, and "Lesson 1" says more.
        let says_number = match self.name {
            "Sheet" => word.is_some_and(|word| word.chars().all(char::is_alphabetic)),
            _ => title == numbered,
        };
        if title.is_empty() || says_number { numbered } else { format!("{numbered}: {title}") }
    }
}

/// What a document of at most 10 MB may unfold to. The child's own limits are the last wall; these give a better
/// reason. A sheet's XML is 10 to 100 times larger than it is stored.
fn limits() -> Limits {
    let mut limits = Limits::strict();
    limits.package_entries = 20_000;
    limits.package_bytes = 384 << 20;
    limits.part_bytes = 192 << 20;
    limits.inflate_ratio = 200;
    limits.text_chars = MAX_TEXT_BYTES;
    limits.memory_bytes = 256 << 20;
    limits
}

fn format(kind: Kind) -> DocumentFormat {
    match kind {
        Kind::Xlsx => DocumentFormat::Xlsx,
        Kind::Pptx => DocumentFormat::Pptx,
        Kind::Doc => DocumentFormat::Doc,
        Kind::Xls => DocumentFormat::Xls,
        Kind::Ppt => DocumentFormat::Ppt,
        Kind::Docx
        | Kind::Text
        | Kind::Markdown
        | Kind::Html
        | Kind::Csv
        | Kind::Json
        | Kind::Pdf
        | Kind::Rtf => DocumentFormat::Docx,
    }
}

/// The title that the document gives itself, if people wrote it.
fn title(metadata: &Metadata) -> Option<String> {
    let title = one_line(metadata.title.as_deref()?);
    let lower = title.to_lowercase();
    let written = title.chars().any(char::is_alphabetic)
        && title.chars().count() <= 200
        && !NO_TITLES.iter().any(|none| lower.starts_with(none));
    written.then_some(title)
}

/// Refuses a document of which a part is missing: nobody would know that answers come from half of it.
fn complete(is_cut: bool, warnings: &[String]) -> Result<(), ExtractError> {
    if !is_cut {
        return Ok(());
    }
    let speaks_of = |words: &[&str]| {
        warnings
            .iter()
            .map(|warning| warning.to_lowercase())
            .any(|warning| words.iter().any(|w| warning.contains(w)))
    };
    if speaks_of(&["limit", "budget"]) {
        return Err(ExtractError::TextTooLarge);
    }
    Err(ExtractError::Damaged("a part of its text is missing".to_owned()))
}

/// What the library's refusal means to a person.
fn reason(error: &OfficeError) -> ExtractError {
    let said = error.to_string();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["password", "encrypted"]) {
        return ExtractError::Protected;
    }
    if says(&["limit exceeded"]) {
        return ExtractError::Unreadable(
            "it unpacks to far more than a document of its size holds, as a trap does".to_owned(),
        );
    }
    if says(&["panicked"]) {
        return ExtractError::Unreadable(
            "its content confuses the reader; save it in a newer format".to_owned(),
        );
    }
    if says(&["unsupported Word version", "unsupported BIFF version", "unsupported feature"]) {
        return ExtractError::Unreadable(
            "it was written by a program that is too old or too unusual; save it in a newer format"
                .to_owned(),
        );
    }
    ExtractError::Damaged(format!("it is cut off or its parts do not fit together ({})", one_line(&said)))
}

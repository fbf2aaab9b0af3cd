//! What a file is: its content decides, and its name where the content leaves it open.

mod signature;

use serde::{Deserialize, Serialize};

use super::{ExtractError, MAX_FILE_BYTES, decode};

/// The kinds of file that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// An HTML page.
    Html,
    /// A table of values separated by commas, semicolons, tabs or bars.
    Csv,
    /// JSON, one value or several.
    Json,
    /// A PDF document.
    Pdf,
    /// A document of Word 2007 and later (Office Open XML).
    Docx,
    /// A workbook of Excel 2007 and later (Office Open XML).
    Xlsx,
    /// A presentation of `PowerPoint` 2007 and later (Office Open XML).
    Pptx,
    /// A document of Word 6 to 2003.
    Doc,
    /// A workbook of Excel up to 2003.
    Xls,
    /// A presentation of `PowerPoint` 97 to 2003.
    Ppt,
    /// Rich Text Format.
    Rtf,
}

impl Kind {
    /// Every kind, in the order in which they are told to people.
    pub const ALL: [Self; 13] = [
        Self::Text,
        Self::Markdown,
        Self::Html,
        Self::Csv,
        Self::Json,
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Rtf,
    ];

    /// Decides what a file is: its content decides, and its name where the content leaves it open.
    ///
    /// 1. A known signature (PDF, RTF, the members of a ZIP, the streams of an OLE container) says what the file is,
    ///    whatever its name; pictures, other archives and programs are refused, and so is a file that is two things
    ///    at once.
    /// 2. A name that ends in an extension we do not read is refused, whatever the content.
    /// 3. `.txt`, names without an extension and names that promise a PDF or Office document, on a file that is none,
    ///    are HTML when they begin as an HTML page does. Without an extension, or with one that is not kept, they are
    ///    JSON when they begin like it and parse, and text otherwise.
    /// 4. Every other accepted extension says what the file is; a file that does not keep that promise is refused
    ///    when it is read.
    ///
    /// # Errors
    ///
    /// [`ExtractError::FileTooLarge`], [`ExtractError::NoText`] for an empty file, [`ExtractError::Unsupported`],
    /// [`ExtractError::Protected`] for an encrypted Office document, [`ExtractError::Damaged`] for a file whose name
    /// promises a document and which holds neither that nor text.
    pub fn detect(file_name: &str, bytes: &[u8]) -> Result<Self, ExtractError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ExtractError::FileTooLarge);
        }
        if bytes.is_empty() {
            return Err(ExtractError::NoText);
        }
        let extension = extension(file_name);
        if let Some(kind) = signature::kind(bytes, extension.as_deref())? {
            return Ok(kind);
        }
        match extension.as_deref() {
            Some("md" | "markdown") => Ok(Self::Markdown),
            Some("html" | "htm" | "xhtml") => Ok(Self::Html),
            Some("csv" | "tsv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("txt" | "text") => Ok(if begins_as_html(bytes) { Self::Html } else { Self::Text }),
            None => Ok(Self::of_bare_text(bytes)),
            Some(promised) if PROMISES.contains(&promised) => match decode::decode(head(bytes), None) {
                // Programs write tables of HTML or of tabs and call them workbooks.
                Ok(_) if promised.starts_with("xls") && !begins_as_html(bytes) => Ok(Self::Csv),
                Ok(_) => Ok(Self::of_bare_text(bytes)),
                Err(_) => Err(ExtractError::Damaged(format!(
                    "it is named .{promised} but does not begin as such a file does"
                ))),
            },
            Some(other) => Err(ExtractError::Unsupported { found: named(other) }),
        }
    }

    /// Whether a name ends as the names of files that are read do.
    #[must_use]
    pub fn is_named(file_name: &str) -> bool {
        extension(file_name).is_some_and(|ending| TEXTS.contains(&&*ending) || PROMISES.contains(&&*ending))
    }

    /// What a text without a telling name is.
    fn of_bare_text(bytes: &[u8]) -> Self {
        if begins_as_html(bytes) {
            Self::Html
        } else if begins_as_json(bytes) {
            Self::Json
        } else {
            Self::Text
        }
    }

    /// What a text that came as text is, such as the content of a JSON request: never refused for its name.
    ///
    /// An accepted extension says what it is; otherwise it is HTML if it is called a web page or begins like one, and
    /// text if not. "Menu.pdf" as the name of a text is only a name.
    #[must_use]
    pub fn of_text(file_name: &str, text: &str, is_webpage: bool) -> Self {
        let begins_as_html = begins_as_html(text.as_bytes());
        match extension(file_name).as_deref() {
            Some("md" | "markdown") if !is_webpage => Self::Markdown,
            Some("csv" | "tsv") if !is_webpage => Self::Csv,
            Some("json") if !is_webpage => Self::Json,
            Some("html" | "htm" | "xhtml") if text.contains('<') => Self::Html,
            _ if begins_as_html || (is_webpage && text.contains("</")) => Self::Html,
            _ => Self::Text,
        }
    }

    /// True for what is parsed in the child process only: documents and HTML of any size, and tables and JSON of more
    /// than 256 KiB.
    #[must_use]
    pub fn needs_child(self, bytes: usize) -> bool {
        match self {
            Self::Text | Self::Markdown => false,
            Self::Csv | Self::Json => bytes > MOST_IN_PROCESS,
            Self::Html
            | Self::Pdf
            | Self::Docx
            | Self::Xlsx
            | Self::Pptx
            | Self::Doc
            | Self::Xls
            | Self::Ppt
            | Self::Rtf => true,
        }
    }

    /// The short name under which a file of this kind is stored and listed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Doc => "doc",
            Self::Xls => "xls",
            Self::Ppt => "ppt",
            Self::Rtf => "rtf",
        }
    }

    /// The media type under which the original bytes are kept.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Csv => "text/csv",
            Self::Json => "application/json",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Rtf => "application/rtf",
        }
    }
}

/// Enough of a file to tell whether it is text; the whole of it is looked at when it is read.
fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..64 * 1024).unwrap_or(bytes)
}

/// A larger table or JSON is not parsed in this process: `[0,0,…]` takes some sixty times its bytes.
const MOST_IN_PROCESS: usize = 256 * 1024;

/// Extensions of text that is read.
const TEXTS: &[&str] = &["md", "markdown", "html", "htm", "xhtml", "csv", "tsv", "json", "txt", "text"];

/// Extensions that promise a file with a signature of its own.
const PROMISES: &[&str] = &[
    "pdf", "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx", "pptm", "pps",
    "ppsx", "rtf",
];

/// The extension in lower case: what stands after the last dot, if it looks like one.
fn extension(file_name: &str) -> Option<String> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name).trim();
    let (stem, extension) = name.rsplit_once('.')?;
    let fits = (1..=10).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric());
    // "Opening hours 2.0" has no extension; neither has a sentence with a dot in it.
    let names_a_format = fits && extension.chars().any(|c| c.is_ascii_alphabetic());
    (names_a_format && !stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// How an extension that is not read is called in the refusal.
fn named(extension: &str) -> String {
    match extension {
        "odt" => "An OpenDocument text".to_owned(),
        "ods" => "An OpenDocument spreadsheet".to_owned(),
        "odp" => "An OpenDocument presentation".to_owned(),
        other => format!("A file of the kind .{other}"),
    }
}

/// True if the text begins as an HTML page does.
fn begins_as_html(bytes: &[u8]) -> bool {
    let head = decode::peek(bytes, 2048);
    let mut rest = head.trim_start();
    while let Some(after) = rest.strip_prefix("<!--").or_else(|| rest.strip_prefix("<?xml")) {
        let Some(end) = after.find('>') else { return false };
        rest = after.get(end + 1..).unwrap_or_default().trim_start();
    }
    let begin: String = rest.chars().take(16).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|mark| begin.starts_with(mark))
}

/// True if the bytes begin like a JSON object or list and are valid JSON.
fn begins_as_json(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    matches!(text.first(), Some(b'{' | b'[')) && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, bytes: &[u8]) -> String {
        let error = Kind::detect(name, bytes).unwrap_err();
        assert_eq!(error.refusal(), super::super::Refusal::Unsupported);
        error.to_string()
    }

    #[test]
    fn accepted_names() {
        for (name, kind) in [
            ("a.txt", Kind::Text),
            ("A.TXT", Kind::Text),
            ("README", Kind::Text),
            ("Opening hours 2.0", Kind::Text),
            ("a.md", Kind::Markdown),
            ("a.Markdown", Kind::Markdown),
            ("a.b.html", Kind::Html),
            ("a.htm", Kind::Html),
            ("prices.csv", Kind::Csv),
            ("c:\\data\\x.json", Kind::Json),
        ] {
            assert_eq!(Kind::detect(name, b"plain words").unwrap(), kind, "{name}");
        }
    }

    #[test]
    fn names_that_are_read_are_those_that_are_not_refused() {
        for ending in TEXTS.iter().chain(PROMISES) {
            let name = format!("a.{ending}");
            assert!(Kind::is_named(&name) && Kind::detect(&name, b"plain words").is_ok(), "{name}");
        }
        for name in ["export.php", "notes.aspx", "README", "v1.2"] {
            assert!(!Kind::is_named(name), "{name}");
        }
    }

    #[test]
    fn content_beats_name() {
        let docx = b"PK\x03\x04......................\x11\0\0\0word/document.xml";
        for (name, bytes, kind) in [
            ("a.txt", &b"%PDF-1.7 \x80\x81"[..], Kind::Pdf),
            ("a.docx", b"%PDF-1.7 \x80\x81", Kind::Pdf),
            ("a.html", docx, Kind::Docx),
            ("a.md", b"{\\rtf1 hello}", Kind::Rtf),
            ("a.doc", b"{\\rtf1 hello}", Kind::Rtf),
            ("a.doc", b"<html><p>hi", Kind::Html),
            ("a.xls", b"<html><table>", Kind::Html),
            ("a.xls", b"Product\tPrice\nSoup\t5", Kind::Csv),
            ("a.pdf", b"plain words", Kind::Text),
            ("a.docx", b"{\"a\": 1}", Kind::Json),
        ] {
            assert_eq!(Kind::detect(name, bytes).unwrap(), kind, "{name}");
        }
        assert!(refused("a.json", b"\x89PNG\r\n").contains("PNG"));
        let page = b"\xef\xbb\xbf\n<!-- saved --><!DOCTYPE html><p>hi";
        assert_eq!(Kind::detect("page.txt", page).unwrap(), Kind::Html);
        assert_eq!(Kind::detect("page", page).unwrap(), Kind::Html);
        assert_eq!(Kind::detect("data", b" {\"a\": 1}").unwrap(), Kind::Json);
        assert_eq!(Kind::detect("data", b"{not json").unwrap(), Kind::Text);
        assert_eq!(Kind::detect("pdf.txt", b"A PDF begins with %PDF-1.7, they say").unwrap(), Kind::Text);
        let noise: Vec<u8> = (0..2048_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(matches!(Kind::detect("a.pdf", &noise), Err(ExtractError::Damaged(_))));
    }

    #[test]
    fn texts_that_came_as_text() {
        assert_eq!(Kind::of_text("menu.pdf", "Soup 5", false), Kind::Text);
        assert_eq!(Kind::of_text("menu.md", "# Soup", false), Kind::Markdown);
        assert_eq!(Kind::of_text("menu", "<p>Soup</p>", true), Kind::Html);
        assert_eq!(Kind::of_text("menu", "Soup", true), Kind::Text);
        assert_eq!(Kind::of_text("menu", "<p>Soup</p>", false), Kind::Text);
        assert_eq!(Kind::of_text("menu", "<!DOCTYPE html><p>Soup</p>", false), Kind::Html);
    }

    #[test]
    fn other_kinds_are_refused_and_told_what_is_read() {
        for name in ["a.odt", "a.epub", "a.exe", "a.py", "a.mp4"] {
            let reason = refused(name, b"plain words");
            assert!(reason.contains("PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, RTF, TXT"), "{name}: {reason}");
        }
    }
}

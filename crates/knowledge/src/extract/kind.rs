//! What a file is: its name proposes, its content decides.

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
}

/// Signatures of formats that are not text: offset, bytes, name.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"{\\rtf", "An RTF document"),
    (0, b"\x89PNG", "A PNG picture"),
    (0, b"\xff\xd8\xff", "A JPEG picture"),
    (0, b"GIF8", "A GIF picture"),
    (0, b"II*\0", "A TIFF picture"),
    (0, b"MM\0*", "A TIFF picture"),
    (8, b"WEBP", "A WebP picture"),
    (0, b"\x1f\x8b", "A gzip archive"),
    (0, b"BZh", "A bzip2 archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "A 7z archive"),
    (0, b"Rar!", "A RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "A zstd archive"),
    (0, b"\x7fELF", "A program"),
    (0, b"MZ\x90\0", "A program"),
    (0, b"SQLite format 3\0", "A SQLite database"),
    (0, b"OggS", "A sound file"),
    (0, b"ID3", "A sound file"),
    (4, b"ftyp", "A video file"),
];

impl Kind {
    /// Decides what a file is: its name proposes, its content decides.
    ///
    /// 1. A known signature of another format (PDF, ZIP, OLE, RTF, pictures, archives, programs) is never text,
    ///    whatever the name says.
    /// 2. A name that ends in an extension we do not read is refused, whatever the content.
    /// 3. `.txt` and names without an extension are HTML when they begin as an HTML page does; names without an
    ///    extension are JSON when they begin like it and parse, and text otherwise.
    /// 4. Every other accepted extension says what the file is; a file that does not keep that promise is refused
    ///    when it is read.
    ///
    /// # Errors
    ///
    /// [`ExtractError::FileTooLarge`], [`ExtractError::NoText`] for an empty file, [`ExtractError::Unsupported`].
    pub fn detect(file_name: &str, bytes: &[u8]) -> Result<Self, ExtractError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ExtractError::FileTooLarge);
        }
        if bytes.is_empty() {
            return Err(ExtractError::NoText);
        }
        if let Some(found) = signature(bytes) {
            return Err(ExtractError::Unsupported { found });
        }
        let extension = extension(file_name);
        match extension.as_deref() {
            Some("md" | "markdown") => Ok(Self::Markdown),
            Some("html" | "htm" | "xhtml") => Ok(Self::Html),
            Some("csv" | "tsv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("txt" | "text") => Ok(if begins_as_html(bytes) { Self::Html } else { Self::Text }),
            None if begins_as_html(bytes) => Ok(Self::Html),
            None if begins_as_json(bytes) => Ok(Self::Json),
            None => Ok(Self::Text),
            Some(other) => Err(ExtractError::Unsupported { found: named(other) }),
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

    /// The media type under which the original bytes are kept.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Csv => "text/csv",
            Self::Json => "application/json",
        }
    }
}

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
        "pdf" => "A PDF document".to_owned(),
        "doc" | "docx" | "odt" => format!("A {} document", extension.to_uppercase()),
        "xls" | "xlsx" | "ods" => format!("A {} workbook", extension.to_uppercase()),
        "ppt" | "pptx" | "odp" => format!("A {} presentation", extension.to_uppercase()),
        "rtf" => "An RTF document".to_owned(),
        other => format!("A file of the kind .{other}"),
    }
}

/// Names the format whose signature the bytes bear, if it is none of ours.
fn signature(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    if find(head, b"%PDF-").is_some_and(|at| at == 0 || !head.get(..at).is_some_and(is_mostly_text)) {
        return Some("A PDF document".to_owned());
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        // The names of the members stand in the clear, in the first headers and again in the directory at the end.
        let tail = bytes.get(bytes.len().saturating_sub(64 * 1024)..).unwrap_or(bytes);
        let holds = |name: &[u8]| find(head, name).is_some() || find(tail, name).is_some();
        let found = match () {
            () if holds(b"word/") => "A DOCX document",
            () if holds(b"xl/") => "An XLSX workbook",
            () if holds(b"ppt/") => "A PPTX presentation",
            () => "A ZIP archive",
        };
        return Some(found.to_owned());
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some("An older Office document (DOC, XLS or PPT)".to_owned());
    }
    let bears = |&&(offset, mark, _): &&(usize, &[u8], &str)| {
        bytes.get(offset..).is_some_and(|rest| rest.starts_with(mark))
    };
    SIGNATURES.iter().find(bears).map(|(_, _, name)| (*name).to_owned())
}

/// True if the bytes are printable ASCII: a page that *speaks* of `%PDF-` is no PDF.
fn is_mostly_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e))
}

/// The first place of `needle` in `haystack`.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
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
    fn content_beats_name() {
        assert!(refused("a.txt", b"%PDF-1.7 \x80\x81").contains("PDF"));
        assert!(refused("a.html", b"PK\x03\x04....word/document.xml").contains("DOCX"));
        assert!(refused("a.md", b"{\\rtf1 hello}").contains("RTF"));
        assert!(refused("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....").contains("Office"));
        assert!(refused("a.json", b"\x89PNG\r\n").contains("PNG"));
        let page = b"\xef\xbb\xbf\n<!-- saved --><!DOCTYPE html><p>hi";
        assert_eq!(Kind::detect("page.txt", page).unwrap(), Kind::Html);
        assert_eq!(Kind::detect("page", page).unwrap(), Kind::Html);
        assert_eq!(Kind::detect("data", b" {\"a\": 1}").unwrap(), Kind::Json);
        assert_eq!(Kind::detect("data", b"{not json").unwrap(), Kind::Text);
        assert_eq!(Kind::detect("pdf.txt", b"A PDF begins with %PDF-1.7, they say").unwrap(), Kind::Text);
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
        for name in ["a.pdf", "a.docx", "a.doc", "a.xls", "a.xlsx", "a.rtf", "a.pptx", "a.exe", "a.py"] {
            let reason = refused(name, b"plain words");
            assert!(reason.contains("Accepted now: TXT, MD, Markdown, HTML, CSV, JSON"), "{name}: {reason}");
        }
    }
}

//! Turns an uploaded file into the *stored text*: Markdown-flavoured UTF-8 that chunks and citations point into.
//!
//! Plain text, Markdown, small CSV and small JSON are read in this process, within caps. HTML, Markdown that holds raw
//! HTML, PDF, Office documents and RTF are parsed in a child process (see [`child`]), because their parsers are large and
//! the file is a stranger's; so are larger tables and JSON, whose values take dozens of times the memory of their bytes.
//!
//! What a citation needs to name its place stands in the text as headings: `## Page 3` in a PDF of several pages,
//! `## Sheet 2: Prices` in a workbook, `## Slide 4: Team` in a presentation. Chunks and citations carry the headings
//! above a passage, so page, sheet and slide travel with every quotation without a table of their own.

mod blocks;
pub mod child;
mod csv_text;
mod decode;
mod elements;
mod error;
mod html;
mod json_text;
mod kind;
mod markdown;
mod office;
mod pdf;
mod plain;
mod rtf;
mod web;

pub use child::{Background, Extractor, ExtractorConfig};
pub use elements::is_block;
pub use error::{ExtractError, Refusal};
pub use kind::Kind;
pub use web::{Signs, WebPage};

use serde::{Deserialize, Serialize};

/// The largest file that is read: 10 MB, counted generously as 10 × 1,024 × 1,024 bytes.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// The largest stored text that a file may become. A table repeats its headings in every row, so the text may be
/// larger than the file, but not without end.
pub const MAX_TEXT_BYTES: usize = 24 * 1024 * 1024;

/// What a file says, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// The stored text: UTF-8, `\n` line ends, no U+0000, headings, lists and tables in Markdown.
    pub text: String,
    /// What the file was taken for.
    pub kind: Kind,
    /// The title that the file gives itself, if it does.
    pub title: Option<String>,
    /// The character set that the bytes were read in, by its WHATWG name.
    pub charset: String,
}

/// Reads a file that needs no child process.
///
/// HTML, and whatever else a child reads, is refused here with [`ExtractError::NeedsChild`]; [`Extractor::extract`] takes
/// every kind.
///
/// # Errors
///
/// See [`ExtractError`]; each says what is wrong with the file.
pub fn extract_plain(file_name: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let kind = Kind::detect(file_name, bytes)?;
    match read_plain(kind, bytes)? {
        Read::Done(extracted) => Ok(extracted),
        Read::NeedsChild => Err(ExtractError::NeedsChild),
    }
}

/// What reading in this process came to.
enum Read {
    /// The file is read.
    Done(Extracted),
    /// The file holds HTML.
    NeedsChild,
}

/// Reads what may be read in this process.
fn read_plain(kind: Kind, bytes: &[u8]) -> Result<Read, ExtractError> {
    if kind.needs_child(bytes.len()) {
        return Ok(Read::NeedsChild);
    }
    read_text(kind, bytes)
}

/// Reads what is text, in whichever process.
fn read_text(kind: Kind, bytes: &[u8]) -> Result<Read, ExtractError> {
    let decoded = decode::decode(bytes, None)?;
    let (text, title) = match kind {
        Kind::Html
        | Kind::Pdf
        | Kind::Docx
        | Kind::Xlsx
        | Kind::Pptx
        | Kind::Doc
        | Kind::Xls
        | Kind::Ppt
        | Kind::Rtf => return Ok(Read::NeedsChild),
        Kind::Markdown if markdown::has_raw_html(&decoded.text) => return Ok(Read::NeedsChild),
        Kind::Markdown => markdown::read(&decoded.text),
        Kind::Text => (plain::normalise(&decoded.text), None),
        Kind::Csv => (csv_text::read(&decoded.text)?, None),
        Kind::Json => (json_text::read(&decoded.text)?, None),
    };
    Ok(Read::Done(finish(text, kind, title, decoded.charset)?))
}

/// Reads what is read in the child process: documents, HTML, Markdown holding HTML, and large tables and JSON.
fn read_confined(kind: Kind, bytes: Vec<u8>) -> Result<Extracted, ExtractError> {
    let document = match kind {
        Kind::Html | Kind::Markdown => return read_markup(kind, &bytes),
        Kind::Text | Kind::Csv | Kind::Json => {
            return match read_text(kind, &bytes)? {
                Read::Done(extracted) => Ok(extracted),
                Read::NeedsChild => Err(ExtractError::NeedsChild),
            };
        }
        Kind::Pdf => pdf::read(bytes)?,
        Kind::Rtf => rtf::read(&bytes)?,
        Kind::Docx | Kind::Xlsx | Kind::Pptx | Kind::Doc | Kind::Xls | Kind::Ppt => {
            office::read(kind, bytes)?
        }
    };
    finish(document.text, kind, document.title, "UTF-8")
}

/// Reads HTML, or Markdown holding HTML. Runs in the child process.
fn read_markup(kind: Kind, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let declared = if kind == Kind::Html { decode::declared_charset(bytes) } else { None };
    let decoded = decode::decode(bytes, declared)?;
    let page = if kind == Kind::Markdown {
        html::read_fragment(&markdown::to_html(&decoded.text))?
    } else {
        html::read_page(&decoded.text)?
    };
    finish(page.text, kind, page.title, decoded.charset)
}

/// Applies the rules that every stored text keeps.
fn finish(
    text: String,
    kind: Kind,
    title: Option<String>,
    charset: &'static str,
) -> Result<Extracted, ExtractError> {
    let (text, title) = (storable(text), title.map(storable));
    if text.len() > MAX_TEXT_BYTES {
        return Err(ExtractError::TextTooLarge);
    }
    if !text.chars().any(char::is_alphanumeric) {
        return Err(ExtractError::NoText);
    }
    Ok(Extracted { text, kind, title, charset: charset.to_owned() })
}

/// A text without what no text may hold: a document can name any character by its number, U+0000 among them, which
/// PostgreSQL does not store.
fn storable(text: String) -> String {
    let is_unseen = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{feff}';
    if !text.contains(is_unseen) {
        return text;
    }
    // Line ends of other systems keep words apart.
    text.chars()
        .filter(|c| !is_unseen(*c) || c.is_whitespace())
        .map(|c| if is_unseen(c) { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Soup of tags, marks and words.
    fn soup() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "</?(div|p|ul|li|ol|table|tr|td|th|b|span|h1|h3|dl|dt|dd|pre|br|a|button|details|summary|blockquote|nav|footer|svg|script|template|caption)>",
            Just("<td colspan=99999999999>".to_owned()),
            Just("<td colspan=3>".to_owned()),
            Just("<ol start=18446744073709551615>".to_owned()),
            Just("<div style='display:none' id=\"x'y\">".to_owned()),
            Just("<div hidden id=panel><a href='#panel'>".to_owned()),
            Just("$9 / mo.".to_owned()),
            "[a-z]{1,9}[ .?\n]",
            "\\PC{0,12}",
            Just("<!--".to_owned()),
            Just("&#0;&#x110000;&nbsp;".to_owned()),
        ];
        prop::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
    }

    /// What every stored text keeps.
    fn check(read: Result<Extracted, ExtractError>) -> Result<(), TestCaseError> {
        if let Ok(extracted) = read {
            prop_assert!(!extracted.text.contains(['\0', '\r', '\u{feff}']), "{:?}", extracted.text);
            prop_assert!(extracted.text.chars().any(char::is_alphanumeric));
            prop_assert!(extracted.text.ends_with('\n'));
        }
        Ok(())
    }

    #[test]
    fn characters_by_number_are_no_way_around_the_rules() {
        let rtf = b"{\\rtf1{\\info{\\title Ho\\'00urs}}\\pard Open\\u0? from\\u1? nine \\u28?to \\u65279?five.\\par}".to_vec();
        let read = read_confined(Kind::Rtf, rtf).unwrap();
        assert_eq!(read.text, "Open from nine to five.\n");
        assert_eq!(read.title.as_deref(), Some("Hours"));
        let page =
            read_confined(Kind::Html, b"<title>Ho&#1;urs</title><p>Open&#2; daily&#x80;.".to_vec()).unwrap();
        assert_eq!((page.text.as_str(), page.title.as_deref()), ("Open daily\u{20ac}.\n", Some("Hours")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_page(html in soup()) {
            check(read_markup(Kind::Html, html.as_bytes()))?;
            check(read_markup(Kind::Markdown, html.as_bytes()))?;
        }

        #[test]
        fn any_text(text in soup(), marks in "[\\[\\]{}:,;|\"'0-9a-z\\n\\t -]{0,300}") {
            for text in [&text, &marks] {
                for name in ["a.txt", "a.md", "a.csv", "a.json", "a"] {
                    check(extract_plain(name, text.as_bytes()))?;
                }
            }
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            for name in ["a.txt", "a.md", "a.csv", "a.json", "a"] {
                check(extract_plain(name, &bytes))?;
            }
            check(read_markup(Kind::Html, &bytes))?;
        }
    }
}

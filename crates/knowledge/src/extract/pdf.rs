//! PDF documents. Runs in the child process.
//!
//! The library reads a page as plain text in reading order; what is done here beside that: pages get headings of their
//! own, so that a citation names its page; lines in larger type become headings and ruled tables Markdown tables; text
//! boxes side by side are read one after the other, and lines that lost their order from the top; what repeats at the
//! edges of pages is kept once.

mod lines;
mod order;
mod page;
mod tree;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_oxide::PdfDocument;
use pdf_oxide::error::Error;
use pdf_oxide::optional_content::compute_default_off_ocgs;

use self::page::Page;
use super::ExtractError;
use super::blocks::{Blocks, Document, one_line};

/// The most pages that are read. A file of at most 10 MB with more of them is a trap, or three books.
const MAX_PAGES: usize = 3_000;
/// Pages that cannot be read one after the other before the rest is given up: a page count that lies.
const MAX_MISSING: usize = 16;

/// Reads a document.
///
/// # Errors
///
/// [`ExtractError::Protected`] when it needs a password, [`ExtractError::ImageOnly`] for a scan,
/// [`ExtractError::Damaged`], [`ExtractError::TextTooLarge`], [`ExtractError::Unreadable`] for too many pages, and for
/// text whose fonts do not tell its characters.
pub(super) fn read(bytes: Vec<u8>) -> Result<Document, ExtractError> {
    let shows_pictures = holds(&bytes, b"/Image") || holds(&bytes, b"BI ");
    let document = quietly(|| PdfDocument::from_bytes(bytes))?.map_err(|error| reason(&error))?;
    if document.is_encrypted() && !document.is_authenticated() {
        return Err(ExtractError::Protected);
    }
    let pages = pages(&document)?;
    let text = lines::write(&pages)?;
    // The numbers of pages are ours.
    let said = text.lines().filter(|line| !line.starts_with("## Page "));
    let visible = said.flat_map(str::chars).filter(|c| c.is_alphanumeric()).count();
    let unknown = pages.iter().map(|page| page.unknown).sum::<usize>();
    if unknown > visible {
        return Err(ExtractError::Unreadable(
            "its fonts do not tell which characters they show; print it to a new PDF or save it in another format"
                .to_owned(),
        ));
    }
    if visible == 0 && shows_pictures {
        return Err(ExtractError::ImageOnly);
    }
    Ok(Document { text, title: title(&document).or_else(|| lines::first_heading(&pages)) })
}

/// Reads every page.
fn pages(document: &PdfDocument) -> Result<Vec<Page>, ExtractError> {
    quietly(|| tree::check(document, MAX_PAGES))??;
    let count = quietly(|| document.page_count())?.map_err(|error| reason(&error))?;
    // Layers that are switched off when the document is opened are not what people see.
    let hidden: HashSet<String> = compute_default_off_ocgs(document);
    let (mut pages, mut missing) = (Vec::new(), 0);
    let mut failure = None;
    for number in 0..count.min(MAX_PAGES) {
        match quietly(|| page::read(document, number, &hidden)) {
            Ok(Ok(page)) => {
                missing = 0;
                pages.push(page);
            }
            Ok(Err(Error::EncryptedPdf)) => return Err(ExtractError::Protected),
            Ok(Err(error)) => {
                missing += 1;
                failure.get_or_insert_with(|| reason(&error));
            }
            Err(error) => {
                missing += 1;
                failure.get_or_insert(error);
            }
        }
        if missing >= MAX_MISSING {
            break;
        }
    }
    match failure {
        Some(failure) if pages.is_empty() => Err(failure),
        Some(_) | None if pages.is_empty() => {
            Err(ExtractError::Damaged("no page can be found in it".to_owned()))
        }
        Some(_) | None => Ok(pages),
    }
}

/// Runs the library so that a panic in it is a failure of the one thing that it was to read.
fn quietly<T>(call: impl FnOnce() -> T) -> Result<T, ExtractError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| {
        ExtractError::Unreadable("its content confuses the reader; print it to a new PDF".to_owned())
    })
}

/// What the library's refusal means to a person.
fn reason(error: &Error) -> ExtractError {
    let said = error.to_string();
    let lower = said.to_lowercase();
    if matches!(error, Error::EncryptedPdf) || lower.contains("encrypt") || lower.contains("password") {
        return ExtractError::Protected;
    }
    ExtractError::Damaged(format!("it is cut off or its parts do not fit together ({})", one_line(&said)))
}

/// The title in the document's information dictionary, if people wrote it.
fn title(document: &PdfDocument) -> Option<String> {
    let info = document.trailer().as_dict()?.get("Info")?;
    let info = match info.as_reference() {
        Some(place) => quietly(|| document.load_object(place)).ok()?.ok()?,
        None => info.clone(),
    };
    let title = one_line(&text_string(info.as_dict()?.get("Title")?.as_string()?));
    // Programs write the name of the file that they printed.
    let is_name = title.starts_with("Microsoft ")
        || title.contains(['/', '\\'])
        || !title.contains(' ') && title.contains('.');
    (title.chars().any(char::is_alphabetic) && !is_name && title.chars().count() <= 200).then_some(title)
}

/// A text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 with a mark, otherwise nearly Latin-1.
fn text_string(bytes: &[u8]) -> String {
    if let Some(wide) = bytes.strip_prefix(b"\xfe\xff") {
        encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned()
    } else if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(text).into_owned()
    } else {
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
    }
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Everything that pages gave, written under their numbers.
fn numbered(blocks: &mut Blocks, number: usize, of: usize) -> Result<(), ExtractError> {
    if of > 1 { blocks.heading(2, &format!("Page {number}")) } else { Ok(()) }
}

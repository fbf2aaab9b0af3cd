//! What parent and child say to each other: frames over the child's standard input and output.
//!
//! A frame is four bytes of mark, one byte of type, the length as four bytes little-endian, and the body. The mark
//! tells a frame from whatever else a broken child may print.

use std::io;

use encoding_rs::Encoding;

use crate::extract::{Kind, MAX_FILE_BYTES, MAX_TEXT_BYTES, Signs};

/// Begins every frame; the digit is the version of this protocol.
pub(super) const MARK: [u8; 4] = *b"RBX1";
/// Bytes before the body.
pub(super) const HEADER_BYTES: usize = 9;
/// The largest request: a file, and the line before it that names a character set.
pub(super) const MAX_REQUEST: usize = MAX_FILE_BYTES + 64;
/// The largest response: a text and the addresses of a page written as JSON, whose quotes and line ends take two bytes
/// each.
pub(super) const MAX_RESPONSE: usize =
    2 * (MAX_TEXT_BYTES + (Signs::MAX_LINKS + 3) * (Signs::MAX_ADDRESS_BYTES + 2));

/// What asks for a file of each kind to be read. Markdown is asked for when it holds HTML, tables and JSON when they are
/// large.
const REQUESTS: [(u8, Kind); 12] = [
    (1, Kind::Html),
    (2, Kind::Markdown),
    (3, Kind::Pdf),
    (4, Kind::Docx),
    (5, Kind::Xlsx),
    (6, Kind::Pptx),
    (7, Kind::Doc),
    (8, Kind::Xls),
    (9, Kind::Ppt),
    (20, Kind::Rtf),
    (22, Kind::Csv),
    (23, Kind::Json),
];
/// Asks for a page of the web to be read. Its body begins with a line that names the character set that the page was
/// sent as, empty if nothing was said.
const WEB_PAGE: u8 = 21;
/// The file was read; the body is an `Extracted` in JSON, or a `WebPage` where that was asked for.
pub(super) const DONE: u8 = 10;
/// The file holds no text.
pub(super) const NO_TEXT: u8 = 11;
/// The file holds U+0000.
pub(super) const NUL: u8 = 12;
/// The file is not text.
pub(super) const BINARY: u8 = 13;
/// The file becomes too much text.
pub(super) const TOO_LARGE: u8 = 14;
/// The file cannot be read; the body says why.
pub(super) const UNREADABLE: u8 = 15;
/// The file is encrypted.
pub(super) const PROTECTED: u8 = 16;
/// The file shows text in pictures only.
pub(super) const IMAGE_ONLY: u8 = 17;
/// The file is damaged; the body says how.
pub(super) const DAMAGED: u8 = 18;
/// The file is no JSON; the body says where.
pub(super) const BAD_JSON: u8 = 24;
/// The file is no table; the body says where.
pub(super) const BAD_TABLE: u8 = 25;

/// What a child is asked to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// A file of a kind.
    File(Kind),
    /// A page of the web, sent as a character set.
    WebPage(Option<&'static Encoding>),
}

impl Task {
    /// The type of the request and what its body begins with; nothing for the kinds that no child is asked to read.
    pub(super) fn request(self) -> Option<(u8, String)> {
        match self {
            Self::File(kind) => {
                REQUESTS.iter().find(|(_, one)| *one == kind).map(|(request, _)| (*request, String::new()))
            }
            Self::WebPage(charset) => Some((WEB_PAGE, format!("{}\n", charset.map_or("", Encoding::name)))),
        }
    }

    /// What a request asks for, and where in its body the file begins; nothing if it is malformed.
    pub(super) fn of(request: u8, body: &[u8]) -> Option<(Self, usize)> {
        if request == WEB_PAGE {
            let end = body.iter().position(|byte| *byte == b'\n')?;
            let name = body.get(..end)?;
            let charset =
                if name.is_empty() { None } else { Some(Encoding::for_label_no_replacement(name)?) };
            return Some((Self::WebPage(charset), end + 1));
        }
        REQUESTS.iter().find(|(one, _)| *one == request).map(|(_, kind)| (Self::File(*kind), 0))
    }
}

/// The header of a frame.
///
/// # Errors
///
/// If the body is longer than a frame can say.
pub(super) fn header(frame_type: u8, length: usize) -> io::Result<[u8; HEADER_BYTES]> {
    let length = u32::try_from(length).map_err(|_| invalid("the frame is too long"))?;
    let [m0, m1, m2, m3] = MARK;
    let [l0, l1, l2, l3] = length.to_le_bytes();
    Ok([m0, m1, m2, m3, frame_type, l0, l1, l2, l3])
}

/// Type and length of a frame.
///
/// # Errors
///
/// If the mark is missing or the body is longer than `most`.
pub(super) fn parse_header(header: [u8; HEADER_BYTES], most: usize) -> io::Result<(u8, usize)> {
    let [m0, m1, m2, m3, frame_type, l0, l1, l2, l3] = header;
    if [m0, m1, m2, m3] != MARK {
        return Err(invalid("not a frame"));
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    match usize::try_from(length) {
        Ok(length) if length <= most => Ok((frame_type, length)),
        Ok(_) | Err(_) => Err(invalid("the frame is too long")),
    }
}

pub(super) fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_what_it_asks_for() {
        let tasks = REQUESTS.iter().map(|(_, kind)| Task::File(*kind));
        let pages =
            [None, Some(encoding_rs::UTF_8), Some(encoding_rs::UTF_16LE), Some(encoding_rs::SHIFT_JIS)];
        for task in tasks.chain(pages.into_iter().map(Task::WebPage)) {
            let (request, head) = task.request().unwrap();
            let body = format!("{head}<p>\nwords");
            assert_eq!(Task::of(request, body.as_bytes()), Some((task, head.len())));
        }
        assert_eq!(Task::File(Kind::Text).request(), None);
        for body in ["", "utf-8", "no-such-set\n<p>"] {
            assert_eq!(Task::of(WEB_PAGE, body.as_bytes()), None, "{body:?}");
        }
        assert_eq!(Task::of(99, b"\n"), None);
    }
}

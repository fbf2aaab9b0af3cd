//! What parent and child say to each other: frames over the child's standard input and output.
//!
//! A frame is four bytes of mark, one byte of type, the length as four bytes little-endian, and the body. The mark
//! tells a frame from whatever else a broken child may print.

use std::io;

use crate::extract::{Kind, MAX_FILE_BYTES, MAX_TEXT_BYTES};

/// Begins every frame; the digit is the version of this protocol.
pub(super) const MARK: [u8; 4] = *b"RBX1";
/// Bytes before the body.
pub(super) const HEADER_BYTES: usize = 9;
/// The largest request: a file.
pub(super) const MAX_REQUEST: usize = MAX_FILE_BYTES;
/// The largest response: a text written as JSON, whose quotes and line ends take two bytes each.
pub(super) const MAX_RESPONSE: usize = 2 * MAX_TEXT_BYTES;

/// Asks for an HTML page to be read.
pub(super) const READ_HTML: u8 = 1;
/// Asks for Markdown that holds HTML to be read.
pub(super) const READ_MARKDOWN: u8 = 2;
/// The file was read; the body is an `Extracted` in JSON.
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

/// The request for a kind of file.
pub(super) fn request_type(kind: Kind) -> u8 {
    match kind {
        Kind::Markdown => READ_MARKDOWN,
        Kind::Html | Kind::Text | Kind::Csv | Kind::Json => READ_HTML,
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

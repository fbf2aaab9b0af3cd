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

/// What asks for a file of each kind to be read. Markdown is asked for when it holds HTML.
const REQUESTS: [(u8, Kind); 10] = [
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
];
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
/// The file is encrypted.
pub(super) const PROTECTED: u8 = 16;
/// The file shows text in pictures only.
pub(super) const IMAGE_ONLY: u8 = 17;
/// The file is damaged; the body says how.
pub(super) const DAMAGED: u8 = 18;

/// The request for a kind of file; nothing for the kinds that no child is asked to read.
pub(super) fn request_type(kind: Kind) -> Option<u8> {
    REQUESTS.iter().find(|(_, one)| *one == kind).map(|(request, _)| *request)
}

/// The kind of file that a request is for.
pub(super) fn kind_of(request: u8) -> Option<Kind> {
    REQUESTS.iter().find(|(one, _)| *one == request).map(|(_, kind)| *kind)
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

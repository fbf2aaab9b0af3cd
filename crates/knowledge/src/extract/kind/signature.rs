//! What a file's first bytes, and the directory of a container, say that it is.

use super::super::ExtractError;
use super::Kind;

/// Signatures of formats that are not read: offset, bytes, name.
const REFUSED: &[(usize, &[u8], &str)] = &[
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

/// Members that only one format has, by the beginning of their names.
const MEMBERS: &[(&[u8], Kind)] =
    &[(b"word/document", Kind::Docx), (b"xl/workbook", Kind::Xlsx), (b"ppt/presentation", Kind::Pptx)];
/// The same by folder, for programs that call the main member otherwise.
const FOLDERS: &[(&[u8], Kind)] = &[(b"word/", Kind::Docx), (b"xl/", Kind::Xlsx), (b"ppt/", Kind::Pptx)];

/// What an OLE container holds, by the name of its main stream.
const STREAMS: &[(&str, Kind)] = &[
    ("WordDocument", Kind::Doc),
    ("PowerPoint Document", Kind::Ppt),
    ("Workbook", Kind::Xls),
    ("Book", Kind::Xls),
];

/// Members of an archive that are looked at; no document has as many.
const MAX_MEMBERS: usize = 65_535;

/// The kind whose signature the bytes bear; nothing if they bear none, and may be text.
///
/// `extension` settles what an OLE container is when it holds several documents in one another.
///
/// # Errors
///
/// [`ExtractError::Unsupported`] for a signature of a format that is not read, and for a file that is both a PDF
/// and an archive; [`ExtractError::Protected`] for an encrypted Office document.
pub(super) fn kind(bytes: &[u8], extension: Option<&str>) -> Result<Option<Kind>, ExtractError> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    // A page that *speaks* of `%PDF-` is no PDF; readers accept one behind a little that is not text.
    let is_pdf =
        find(head, b"%PDF-").is_some_and(|at| at == 0 || !head.get(..at).is_some_and(is_mostly_text));
    let is_zip = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06");
    if is_pdf && (is_zip || directory(bytes).is_some_and(|(_, ends_file)| ends_file)) {
        return unsupported("A file that is a PDF document and an archive at once");
    }
    if is_pdf {
        return Ok(Some(Kind::Pdf));
    }
    if is_zip {
        return archive(bytes).map(Some);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return container(bytes, extension).map(Some);
    }
    if bytes.starts_with(b"{\\rtf") || bytes.starts_with(b"\xef\xbb\xbf{\\rtf") {
        return Ok(Some(Kind::Rtf));
    }
    let bears = |&&(offset, mark, _): &&(usize, &[u8], &str)| {
        bytes.get(offset..).is_some_and(|rest| rest.starts_with(mark))
    };
    REFUSED.iter().find(bears).map_or(Ok(None), |(_, _, name)| unsupported(name))
}

fn unsupported<T>(found: &str) -> Result<T, ExtractError> {
    Err(ExtractError::Unsupported { found: found.to_owned() })
}

/// What a ZIP archive is, by the names of its members.
fn archive(bytes: &[u8]) -> Result<Kind, ExtractError> {
    let names = match directory(bytes) {
        Some((names, _)) => names,
        // Cut off: the names stand in the clear before each member as well.
        None => local_names(bytes),
    };
    let holds = |wanted: &[u8]| names.iter().any(|name| starts_with_caseless(name, wanted));
    if let Some((_, kind)) = MEMBERS.iter().chain(FOLDERS).find(|(name, _)| holds(name)) {
        return Ok(*kind);
    }
    if let Some(at) = find(bytes.get(..256).unwrap_or(bytes), b"mimetypeapplication/") {
        let media_type = bytes.get(at + 20..).unwrap_or_default();
        return unsupported(if media_type.starts_with(b"epub") {
            "An EPUB book"
        } else {
            "An OpenDocument file"
        });
    }
    unsupported("A ZIP archive")
}

/// The names in the central directory of a ZIP archive, and whether its end record ends the file.
fn directory(bytes: &[u8]) -> Option<(Vec<&[u8]>, bool)> {
    const END: usize = 22;
    let tail_at = bytes.len().saturating_sub(usize::from(u16::MAX) + END);
    let tail = bytes.get(tail_at..)?;
    let end_at = tail_at + tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let end = bytes.get(end_at..)?;
    let size = number(end, 12, 4)?;
    let ends_file = end_at + END + number(end, 20, 2)? == bytes.len();
    // Counted from its end, so that whatever stands before the archive does not matter.
    let mut entry = bytes.get(end_at.checked_sub(size)?..end_at)?;
    let mut names = Vec::new();
    while entry.starts_with(b"PK\x01\x02") && names.len() < MAX_MEMBERS {
        let (name, extra, comment) = (number(entry, 28, 2)?, number(entry, 30, 2)?, number(entry, 32, 2)?);
        names.push(entry.get(46..46 + name)?);
        entry = entry.get(46 + name + extra + comment..)?;
    }
    (!names.is_empty()).then_some((names, ends_file))
}

/// The names that stand before the members in the first part of a ZIP archive.
fn local_names(bytes: &[u8]) -> Vec<&[u8]> {
    let head = bytes.get(..256 * 1024).unwrap_or(bytes);
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(next) = head.get(at..).and_then(|rest| find(rest, b"PK\x03\x04")) {
        let header = head.get(at + next..).unwrap_or_default();
        let length = number(header, 26, 2).unwrap_or(0);
        names.extend(header.get(30..30 + length));
        at += next + 4;
    }
    // A cut so near the beginning that the name of the main member is gone.
    names
}

/// What an OLE container holds, by the names of its streams.
fn container(bytes: &[u8], extension: Option<&str>) -> Result<Kind, ExtractError> {
    // Its directory entries are 128 bytes long, each at a multiple of that, and begin with the name in UTF-16.
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        bytes.chunks_exact(128).any(|entry| {
            entry.starts_with(&wide) && number(entry, 64, 2) == Some(wide.len()) && entry.get(66) == Some(&2)
        })
    };
    if holds("EncryptedPackage") {
        return Err(ExtractError::Protected);
    }
    let found: Vec<Kind> = STREAMS.iter().filter(|(name, _)| holds(name)).map(|(_, kind)| *kind).collect();
    let promised = match extension {
        Some("doc" | "dot") => Some(Kind::Doc),
        Some("xls") => Some(Kind::Xls),
        Some("ppt" | "pps") => Some(Kind::Ppt),
        Some(_) | None => None,
    };
    match promised.filter(|kind| found.is_empty() || found.contains(kind)).or(found.first().copied()) {
        Some(kind) => Ok(kind),
        None => unsupported("A file in an old Office container (a message, a project, an installer)"),
    }
}

/// A little-endian number of `length` bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let digits = bytes.get(at..at + length)?;
    digits.iter().rev().try_fold(0_usize, |sum, digit| sum.checked_mul(256)?.checked_add(usize::from(*digit)))
}

fn starts_with_caseless(name: &[u8], wanted: &[u8]) -> bool {
    name.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
}

/// True if the bytes are printable ASCII.
fn is_mostly_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e))
}

/// The first place of `needle` in `haystack`.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

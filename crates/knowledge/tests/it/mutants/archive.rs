//! ZIP archives and compressed streams, taken apart and put together again, so that a change reaches the parser behind
//! the decompressor.

use std::io::Read as _;

use crate::build;

/// A member: name and content.
pub type Member = (String, Vec<u8>);

/// No member of a seed is larger.
const MAX_MEMBER: u64 = 4 * 1024 * 1024;

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// The members of an archive; nothing if it is none that this reads.
pub fn unpack(bytes: &[u8]) -> Option<Vec<Member>> {
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let (count, mut at) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)?);
    let mut members = Vec::new();
    for _ in 0..count {
        let (method, packed) = (u16_at(bytes, at + 10)?, u32_at(bytes, at + 20)?);
        let (name, extra, comment) =
            (u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?);
        let local = u32_at(bytes, at + 42)?;
        let start = local + 30 + u16_at(bytes, local + 26)? + u16_at(bytes, local + 28)?;
        let data = bytes.get(start..start + packed)?;
        let content = if method == 8 { inflate(data)? } else { data.to_vec() };
        members.push((String::from_utf8(bytes.get(at + 46..at + 46 + name)?.to_vec()).ok()?, content));
        at += 46 + name + extra + comment;
    }
    (!members.is_empty()).then_some(members)
}

/// An archive of members.
pub fn pack(members: &[Member]) -> Vec<u8> {
    let parts: Vec<build::Part<'_>> =
        members.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    build::zip(&parts)
}

fn inflate(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::DeflateDecoder::new(data).take(MAX_MEMBER).read_to_end(&mut out).ok()?;
    Some(out)
}

/// What a file of gzip holds.
pub fn gunzip(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(data).read_to_end(&mut out).unwrap();
    out
}

/// What a stream of a PDF unpacks to.
pub fn unpack_stream(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(data).take(MAX_MEMBER).read_to_end(&mut out).ok()?;
    Some(out)
}

/// Where the streams of a PDF lie.
pub fn streams(pdf: &[u8]) -> Vec<std::ops::Range<usize>> {
    let find = |what: &[u8], from: usize| {
        pdf.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
    };
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = find(b"stream", from) {
        let mut start = at + 6;
        start += usize::from(pdf.get(start) == Some(&b'\r'));
        start += usize::from(pdf.get(start) == Some(&b'\n'));
        let Some(end) = find(b"endstream", start) else { break };
        found.push(start..end);
        from = end + 9;
    }
    found
}

//! The stored form of a segment.
//!
//! `magic, format version, body, CRC-32 of all before`, numbers as LEB128. A reader trusts nothing: every count is
//! checked against the bytes that are left before memory is taken, and every offset before it is used.

use std::sync::Arc;

use super::postings::{Postings, low};
use super::{Row, Segment, SentenceRow, SourceRef, Store};
use crate::analyse::Language;

const MAGIC: &[u8; 4] = b"RBFS";

/// Raised whenever the layout, the analyser or the term keys change: segments of another version are built anew.
pub const VERSION: u8 = 1;

/// Why a segment could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// The bytes are of another format version.
    #[error(
        "segment has format version {0}, this program reads version {VERSION}: build it again from the stored text"
    )]
    Version(u8),
    /// The bytes are damaged or no segment at all.
    #[error("segment is damaged ({0}): build it again from the stored text")]
    Damaged(&'static str),
    /// The texts are too large for one segment.
    #[error("texts of one segment exceed 1 GiB: split them over several segments")]
    TooLarge,
}

pub(super) fn encode(segment: &Segment) -> Vec<u8> {
    let Segment { store, postings } = segment;
    let mut out = Vec::with_capacity(store.texts.len() * 2 + 256);
    out.extend_from_slice(MAGIC);
    out.push(VERSION);
    out.push(store.language as u8);
    out.extend_from_slice(&store.languages.to_le_bytes());
    put(&mut out, zigzag(store.source.asset_id));
    put(&mut out, zigzag(store.source.version));
    put_text(&mut out, &store.source.file_name);
    out.push(u8::from(store.source.source_url.is_some()));
    put_text(&mut out, store.source.source_url.as_deref().unwrap_or_default());
    put(&mut out, u64::from(store.first_chunk_no));
    put_text(&mut out, &store.texts);
    put(&mut out, store.headings.len() as u64);
    for path in &store.headings {
        put(&mut out, path.len() as u64);
        for heading in path.iter() {
            put_text(&mut out, heading);
        }
    }
    put(&mut out, postings.keys().len() as u64);
    for key in postings.keys() {
        out.extend_from_slice(&key.to_le_bytes());
    }
    put(&mut out, store.rows.len() as u64);
    let mut numbers: Vec<(u32, u32)> =
        postings.keys().iter().enumerate().map(|(at, &key)| (low(key), at as u32)).collect();
    numbers.sort_unstable();
    for at in 0..store.rows.len() {
        let row = &store.rows[at];
        put(&mut out, row.start as u64);
        put(&mut out, (row.end - row.start) as u64);
        put(&mut out, u64::from(row.heading));
        put(&mut out, store.chunk(at).text.len() as u64);
        let (head, body) = store.chunk_tokens(at);
        put(&mut out, head.len() as u64);
        put(&mut out, body.len() as u64);
        for token in head.iter().chain(body) {
            // Every token's key is in the postings; terms that share a low half stand for each other here.
            let place = numbers.partition_point(|(low, _)| low < token);
            put(&mut out, numbers.get(place).map_or(0, |(_, number)| u64::from(*number)));
        }
        let sentences = store.chunk_sentences(at);
        put(&mut out, sentences.len() as u64);
        for sentence in sentences {
            put(&mut out, u64::from(sentence.start));
            put(&mut out, u64::from(sentence.end - sentence.start));
            put(&mut out, u64::from(sentence.token));
        }
    }
    for at in 0..postings.keys().len() {
        let list = postings.list(at);
        put(&mut out, list.docs.len() as u64);
        let mut next = 0;
        for (&doc, &frequency) in list.docs.iter().zip(list.frequencies) {
            put(&mut out, u64::from(doc - next));
            out.push(frequency);
            next = doc + 1;
        }
    }
    let sum = crc32fast::hash(&out);
    out.extend_from_slice(&sum.to_le_bytes());
    out
}

pub(super) fn decode(bytes: &[u8]) -> Result<Segment, SegmentError> {
    let body = bytes.strip_prefix(MAGIC).ok_or(SegmentError::Damaged("no segment"))?;
    match body.first() {
        Some(&VERSION) => {}
        Some(&other) => return Err(SegmentError::Version(other)),
        None => return Err(SegmentError::Damaged("cut short")),
    }
    let (whole, sum) = bytes.split_last_chunk::<4>().ok_or(SegmentError::Damaged("cut short"))?;
    if whole.len() < MAGIC.len() + 1 {
        return Err(SegmentError::Damaged("cut short"));
    }
    if crc32fast::hash(whole) != u32::from_le_bytes(*sum) {
        return Err(SegmentError::Damaged("checksum"));
    }
    let mut input = Input { rest: &whole[MAGIC.len() + 1..] };
    let segment = read(&mut input)?;
    if input.rest.is_empty() { Ok(segment) } else { Err(SegmentError::Damaged("left-over bytes")) }
}

fn read(input: &mut Input<'_>) -> Result<Segment, SegmentError> {
    let language = Language::from_number(input.byte()?).ok_or(SegmentError::Damaged("language"))?;
    let languages = u32::from_le_bytes(input.array()?);
    if u64::from(languages) >> Language::ALL.len() != 0 {
        return Err(SegmentError::Damaged("languages"));
    }
    let asset_id = unzigzag(input.number()?);
    let version = unzigzag(input.number()?);
    let file_name = input.text()?.to_owned();
    let has_url = input.byte()? != 0;
    let url = input.text()?.to_owned();
    let source = SourceRef { asset_id, version, file_name, source_url: has_url.then_some(url) };
    let first_chunk_no = input.small()?;
    let texts = input.text()?;
    let mut headings = Vec::new();
    for _ in 0..input.count(1)? {
        let mut path = Vec::new();
        for _ in 0..input.count(1)? {
            path.push(input.text()?.to_owned());
        }
        headings.push(Arc::from(path));
    }
    let keys =
        (0..input.count(8)?).map(|_| input.array().map(u64::from_le_bytes)).collect::<Result<Vec<_>, _>>()?;
    if !keys.is_sorted_by(|a, b| a < b) {
        return Err(SegmentError::Damaged("term order"));
    }
    let chunk_count = input.count(7)?;
    if first_chunk_no.checked_add(chunk_count as u32).is_none() {
        return Err(SegmentError::Damaged("chunk number"));
    }
    let mut reader = Chunks { keys: &keys, texts, headings: headings.len(), ..Chunks::default() };
    for _ in 0..chunk_count {
        reader.read(input)?;
    }
    if reader.text_end != texts.len() {
        return Err(SegmentError::Damaged("text length"));
    }
    let Chunks { rows, tokens, sentences, lengths, .. } = reader;
    let postings = read_postings(input, keys, lengths)?;
    let store = Store {
        source: Arc::new(source),
        language,
        languages,
        first_chunk_no,
        texts: texts.into(),
        headings: headings.into_boxed_slice(),
        rows: rows.into_boxed_slice(),
        tokens: tokens.into_boxed_slice(),
        sentences: sentences.into_boxed_slice(),
    };
    Ok(Segment { store: Arc::new(store), postings: Arc::new(postings) })
}

/// The chunks read so far.
#[derive(Default)]
struct Chunks<'i> {
    keys: &'i [u64],
    texts: &'i str,
    headings: usize,
    text_end: usize,
    rows: Vec<Row>,
    tokens: Vec<u32>,
    sentences: Vec<SentenceRow>,
    lengths: Vec<u32>,
}

impl Chunks<'_> {
    fn read(&mut self, input: &mut Input<'_>) -> Result<(), SegmentError> {
        let start = input.size()?;
        let end = start.checked_add(input.size()?).ok_or(SegmentError::Damaged("place"))?;
        let heading = input.small()?;
        if heading as usize >= self.headings {
            return Err(SegmentError::Damaged("heading"));
        }
        let text_end =
            self.text_end.checked_add(input.size()?).ok_or(SegmentError::Damaged("text length"))?;
        let text = self.texts.get(self.text_end..text_end).ok_or(SegmentError::Damaged("text length"))?;
        self.text_end = text_end;
        let head_tokens = input.count(1)?;
        let body_tokens = input.count(1)?;
        for _ in 0..head_tokens + body_tokens {
            let key = self.keys.get(input.size()?).ok_or(SegmentError::Damaged("term number"))?;
            self.tokens.push(low(*key));
        }
        let mut last = SentenceRow { start: 0, end: 0, token: 0 };
        for _ in 0..input.count(3)? {
            let start = input.small()?;
            let end = start.checked_add(input.small()?).ok_or(SegmentError::Damaged("sentence"))?;
            let token = input.small()?;
            let ordered = start >= last.end && token >= last.token && token as usize <= body_tokens;
            if !ordered || text.get(start as usize..end as usize).is_none() {
                return Err(SegmentError::Damaged("sentence"));
            }
            last = SentenceRow { start, end, token };
            self.sentences.push(last);
        }
        self.lengths.push((head_tokens + body_tokens) as u32);
        self.rows.push(Row {
            start,
            end,
            heading,
            text_end: text_end as u32,
            token_end: self.tokens.len() as u32,
            sentence_end: self.sentences.len() as u32,
            head_tokens: head_tokens as u32,
        });
        Ok(())
    }
}

fn read_postings(input: &mut Input<'_>, keys: Vec<u64>, lengths: Vec<u32>) -> Result<Postings, SegmentError> {
    let mut starts = Vec::with_capacity(keys.len() + 1);
    let mut docs = Vec::new();
    let mut frequencies = Vec::new();
    for _ in 0..keys.len() {
        starts.push(docs.len() as u32);
        let count = input.count(2)?;
        if count == 0 {
            return Err(SegmentError::Damaged("postings"));
        }
        let mut next = 0_u32;
        for _ in 0..count {
            let doc = next.checked_add(input.small()?).ok_or(SegmentError::Damaged("postings"))?;
            let frequency = input.byte()?;
            if doc as usize >= lengths.len() || frequency == 0 {
                return Err(SegmentError::Damaged("postings"));
            }
            docs.push(doc);
            frequencies.push(frequency);
            next = doc + 1;
        }
    }
    starts.push(docs.len() as u32);
    Ok(Postings::new(keys, starts, docs, frequencies, lengths))
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

struct Input<'i> {
    rest: &'i [u8],
}

impl<'i> Input<'i> {
    fn byte(&mut self) -> Result<u8, SegmentError> {
        let (byte, rest) = self.rest.split_first().ok_or(SegmentError::Damaged("cut short"))?;
        self.rest = rest;
        Ok(*byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SegmentError> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(SegmentError::Damaged("cut short"))?;
        self.rest = rest;
        Ok(*array)
    }

    fn number(&mut self) -> Result<u64, SegmentError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(SegmentError::Damaged("number"))
    }

    fn small(&mut self) -> Result<u32, SegmentError> {
        u32::try_from(self.number()?).map_err(|_| SegmentError::Damaged("number"))
    }

    fn size(&mut self) -> Result<usize, SegmentError> {
        usize::try_from(self.number()?).map_err(|_| SegmentError::Damaged("number"))
    }

    /// A count of things that take at least `least` bytes each, so that it cannot ask for more memory than the
    /// input is worth.
    fn count(&mut self, least: usize) -> Result<usize, SegmentError> {
        let count = self.size()?;
        if count > self.rest.len() / least || count > u32::MAX as usize / 2 {
            return Err(SegmentError::Damaged("count"));
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<&'i str, SegmentError> {
        let length = self.count(1)?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| SegmentError::Damaged("text"))
    }
}

//! A segment: the chunks of one asset version under one set of chunking parameters, ready to be searched.
//!
//! Segments are immutable and are shared by all agents that use the same asset version with the same parameters.
//! A segment has two halves: the *store* (texts, headings, places, the terms of each chunk in order, its
//! sentences) stays as it is for good, while the *postings* (which chunks hold a term) are given up when an index
//! merges several segments into one larger set of postings.

mod codec;
pub(crate) mod postings;

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::analyse::{Analyser, Language, sentences};
pub use codec::{SegmentError, VERSION as FORM};
use postings::Postings;

/// Where chunks come from: one version of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// The asset.
    pub asset_id: i64,
    /// Its version.
    pub version: i64,
    /// The file name as uploaded; its words help to find the chunks.
    pub file_name: String,
    /// The address of a page, where there is one.
    pub source_url: Option<String>,
}

/// A chunk on its way into a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkIn<'t> {
    /// Byte offset of the chunk in the stored text of the asset version.
    pub start: usize,
    /// Byte offset behind the chunk.
    pub end: usize,
    /// The headings above the chunk, outermost first.
    pub heading_path: &'t [String],
    /// The stored text from `start` to `end`.
    pub text: &'t str,
}

/// A chunk in a segment.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'s> {
    /// Number of the chunk within its asset version.
    pub chunk_no: u32,
    /// Byte offset of the chunk in the stored text.
    pub start: usize,
    /// Byte offset behind the chunk.
    pub end: usize,
    /// The headings above the chunk, outermost first.
    pub heading_path: &'s Arc<[String]>,
    /// The text.
    pub text: &'s str,
}

/// The immutable segment of the chunks of one asset version.
#[derive(Debug, Clone)]
pub struct Segment {
    pub(crate) store: Arc<Store>,
    pub(crate) postings: Arc<Postings>,
}

/// What a segment keeps for good.
#[derive(Debug, PartialEq)]
pub(crate) struct Store {
    pub source: Arc<SourceRef>,
    pub language: Language,
    /// Bit per [`Language`] whose rules made a term of this store.
    pub languages: u32,
    pub first_chunk_no: u32,
    pub texts: Box<str>,
    pub headings: Box<[Arc<[String]>]>,
    pub rows: Box<[Row]>,
    /// Low halves of the term keys of all chunks in order; each chunk has the words of headings and file name first.
    pub tokens: Box<[u32]>,
    pub sentences: Box<[SentenceRow]>,
}

/// Place of one chunk in the arrays of its store. All `*_end` are where the next chunk begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    pub start: usize,
    pub end: usize,
    pub heading: u32,
    pub text_end: u32,
    pub token_end: u32,
    pub sentence_end: u32,
    /// How many of the tokens are of headings and file name.
    pub head_tokens: u32,
}

/// Place of one sentence in its chunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SentenceRow {
    /// Byte range in the text of the chunk.
    pub start: u32,
    pub end: u32,
    /// The first token of the sentence, counted from the first token of the chunk's own text.
    pub token: u32,
}

impl Segment {
    /// The asset version.
    #[must_use]
    pub fn source(&self) -> &Arc<SourceRef> {
        &self.store.source
    }

    /// The language that the text was analysed in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.store.language
    }

    /// How many chunks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.rows.len()
    }

    /// Whether there are no chunks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.store.rows.is_empty()
    }

    /// The chunks in order.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk<'_>> {
        (0..self.store.rows.len()).map(|at| self.store.chunk(at))
    }

    /// Bytes of memory the segment takes.
    #[must_use]
    pub fn byte_size(&self) -> usize {
        self.store.byte_size() + self.postings.byte_size()
    }

    /// The stored form: compact, with a format version and a checksum.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// Bytes that are not a whole segment of the present format version. A caller builds the segment anew from the
    /// stored text then.
    pub fn decode(bytes: &[u8]) -> Result<Segment, SegmentError> {
        codec::decode(bytes)
    }

    /// Reads the stored form as that of a version: a segment is made before its version has a number, so the row that
    /// holds it tells the number.
    ///
    /// # Errors
    /// As [`Segment::decode`].
    pub fn decode_version(bytes: &[u8], version: i64) -> Result<Segment, SegmentError> {
        let mut segment = codec::decode(bytes)?;
        // Just made, so nobody shares it.
        if let Some(source) =
            Arc::get_mut(&mut segment.store).and_then(|store| Arc::get_mut(&mut store.source))
        {
            source.version = version;
        }
        Ok(segment)
    }
}

impl Store {
    pub fn chunk(&self, at: usize) -> Chunk<'_> {
        let row = &self.rows[at];
        let text_start = self.before(at, |row| row.text_end);
        Chunk {
            chunk_no: self.first_chunk_no + at as u32,
            start: row.start,
            end: row.end,
            heading_path: &self.headings[row.heading as usize],
            text: &self.texts[text_start as usize..row.text_end as usize],
        }
    }

    /// Terms of headings and file name, and terms of the text.
    pub fn chunk_tokens(&self, at: usize) -> (&[u32], &[u32]) {
        let row = &self.rows[at];
        let all = &self.tokens[self.before(at, |row| row.token_end) as usize..row.token_end as usize];
        all.split_at(row.head_tokens as usize)
    }

    pub fn chunk_sentences(&self, at: usize) -> &[SentenceRow] {
        let range: Range<usize> =
            self.before(at, |row| row.sentence_end) as usize..self.rows[at].sentence_end as usize;
        &self.sentences[range]
    }

    fn before(&self, at: usize, end: impl Fn(&Row) -> u32) -> u32 {
        if at == 0 { 0 } else { end(&self.rows[at - 1]) }
    }

    pub fn byte_size(&self) -> usize {
        let headings: usize =
            self.headings.iter().map(|path| 40 + path.iter().map(|h| 24 + h.len()).sum::<usize>()).sum();
        size_of::<Store>()
            + size_of::<SourceRef>()
            + self.source.file_name.len()
            + self.source.source_url.as_ref().map_or(0, String::len)
            + self.texts.len()
            + headings
            + size_of_val(&*self.rows)
            + size_of_val(&*self.tokens)
            + size_of_val(&*self.sentences)
    }
}

/// Builds a [`Segment`].
pub struct SegmentBuilder {
    source: SourceRef,
    language: Option<Language>,
    first_chunk_no: u32,
    texts: String,
    headings: Vec<Arc<[String]>>,
    rows: Vec<Row>,
}

impl SegmentBuilder {
    /// Begins a segment; the language is told from the text when it is not given.
    #[must_use]
    pub fn new(source: SourceRef, language: Option<Language>) -> SegmentBuilder {
        SegmentBuilder {
            source,
            language,
            first_chunk_no: 0,
            texts: String::new(),
            headings: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The number of the first chunk, where an asset version has several segments: numbers are unique within it.
    #[must_use]
    pub fn first_chunk_no(mut self, number: u32) -> SegmentBuilder {
        self.first_chunk_no = number;
        self
    }

    /// Adds the next chunk.
    pub fn push(&mut self, chunk: &ChunkIn<'_>) {
        if self.headings.last().is_none_or(|last| **last != *chunk.heading_path) {
            self.headings.push(chunk.heading_path.into());
        }
        self.texts.push_str(chunk.text);
        self.rows.push(Row {
            start: chunk.start,
            end: chunk.end.max(chunk.start),
            heading: (self.headings.len() - 1) as u32,
            text_end: self.texts.len() as u32,
            token_end: 0,
            sentence_end: 0,
            head_tokens: 0,
        });
    }

    /// Analyses the chunks and makes the segment.
    ///
    /// # Errors
    /// [`SegmentError::TooLarge`] when the texts together exceed 1 GiB.
    pub fn build(mut self) -> Result<Segment, SegmentError> {
        if self.texts.len() > 1 << 30 {
            return Err(SegmentError::TooLarge);
        }
        let language = self.language.unwrap_or_else(|| Language::detect(&self.texts));
        let analyser = Analyser::new(language);
        let file_words = file_words(&self.source.file_name);
        let mut keys = Keys { languages: 0, counts: FxHashMap::default(), postings: Vec::new() };
        let mut tokens = Vec::new();
        let mut rows_of_sentences = Vec::new();
        let mut lengths = Vec::with_capacity(self.rows.len());
        let mut text_start = 0;
        for at in 0..self.rows.len() {
            let row = self.rows[at];
            let text = &self.texts[text_start..row.text_end as usize];
            text_start = row.text_end as usize;
            let token_start = tokens.len();
            for heading in self.headings[row.heading as usize].iter() {
                analyser.for_each(heading, |language, stem, _, _| tokens.push(keys.add(language, stem)));
            }
            analyser.for_each(file_words, |language, stem, _, _| tokens.push(keys.add(language, stem)));
            let head_tokens = tokens.len() - token_start;
            for sentence in sentences(text) {
                rows_of_sentences.push(SentenceRow {
                    start: sentence.start as u32,
                    end: sentence.end as u32,
                    token: (tokens.len() - token_start - head_tokens) as u32,
                });
                analyser
                    .for_each(&text[sentence], |language, stem, _, _| tokens.push(keys.add(language, stem)));
            }
            keys.finish_chunk(at as u32);
            lengths.push((tokens.len() - token_start) as u32);
            let row = &mut self.rows[at];
            row.token_end = tokens.len() as u32;
            row.head_tokens = head_tokens as u32;
            row.sentence_end = rows_of_sentences.len() as u32;
        }
        let store = Store {
            source: Arc::new(self.source),
            language,
            languages: keys.languages,
            first_chunk_no: self.first_chunk_no,
            texts: self.texts.into_boxed_str(),
            headings: self.headings.into_boxed_slice(),
            rows: self.rows.into_boxed_slice(),
            tokens: tokens.into_boxed_slice(),
            sentences: rows_of_sentences.into_boxed_slice(),
        };
        let postings = Postings::from_entries(keys.postings, lengths);
        Ok(Segment { store: Arc::new(store), postings: Arc::new(postings) })
    }
}

/// Collects postings while chunks are analysed.
struct Keys {
    languages: u32,
    counts: FxHashMap<u64, u32>,
    postings: Vec<(u64, u32, u32)>,
}

impl Keys {
    fn add(&mut self, language: Language, stem: &str) -> u32 {
        self.languages |= 1 << (language as u8);
        let key = postings::key(language, stem);
        *self.counts.entry(key).or_default() += 1;
        postings::low(key)
    }

    fn finish_chunk(&mut self, chunk: u32) {
        self.postings.extend(self.counts.drain().map(|(key, tf)| (key, chunk, tf)));
    }
}

/// The file name without its ending.
fn file_words(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && (1..=5).contains(&ending.len()) => stem,
        _ => name,
    }
}

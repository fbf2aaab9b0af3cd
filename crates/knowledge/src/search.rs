//! Search: from a question to ranked chunks.
//!
//! BM25 over all live chunks picks the candidates, exactly; a small linear mix of features orders them. Nothing here
//! waits: a search works on a snapshot of the index and takes well under a millisecond for ten thousand chunks.

mod features;
mod grams;
mod lexical;
mod matcher;
mod question;
mod rerank;

use std::ops::Range;
use std::sync::Arc;

pub use features::{FEATURES, Features, WEIGHTS};
pub use question::Query;

use crate::analyse::Language;
use crate::index::AgentIndex;
use crate::segment::SourceRef;
use rerank::Ranking;

/// How many of the best chunks by BM25 are looked at closely.
pub const CANDIDATES: usize = 50;

/// A chunk that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The asset version: asset, version, file name, address.
    pub source: Arc<SourceRef>,
    /// Number of the chunk within the asset version.
    pub chunk_no: u32,
    /// Byte offset of the chunk in the stored text.
    pub start: usize,
    /// Byte offset behind the chunk.
    pub end: usize,
    /// The headings above the chunk, outermost first.
    pub heading_path: Arc<[String]>,
    /// The text of the chunk.
    pub text: String,
    /// The language the chunk was analysed in.
    pub language: Language,
    /// What hits are ordered by: the mix of all features, about 0 to 1.
    pub score: f32,
    /// BM25 alone; comparable between the hits of one question only.
    pub lexical_score: f32,
    /// Share of the question's idf that the chunk, its headings and file name cover, 0 to 1.
    pub coverage: f32,
    /// Bit `n` is set when headings or file name have `terms[n]` of [`Found`].
    pub heading_terms: u64,
    /// What the score is mixed from, in the order of [`WEIGHTS`].
    pub features: Features,
}

/// A word of the question as the index knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTerm {
    /// The folded word.
    pub word: String,
    /// Byte range of its first occurrence in the question; empty for words of the conversation before.
    pub range: Range<usize>,
    /// Live chunks that have it.
    pub document_frequency: u32,
    /// Its inverse document frequency times its weight.
    pub idf: f32,
}

/// What a search gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The best chunks, best first.
    pub hits: Vec<Hit>,
    /// The question's words that count, at most 64, most telling first. Words that no chunk has are among them.
    pub terms: Vec<QueryTerm>,
}

impl AgentIndex {
    /// The `limit` best chunks for a question.
    #[must_use]
    pub fn search(&self, query: &Query, limit: usize) -> Found {
        let question = question::resolve(self, query);
        let candidates = lexical::best(self, &question, limit.max(CANDIDATES));
        let ranking = Ranking::new(self, &question);
        let ranked = ranking.rank(&candidates);
        let hits = ranked.iter().take(limit).map(|ranked| ranking.hit(ranked)).collect();
        Found { hits, terms: question.terms.into_iter().map(|term| term.shown).collect() }
    }
}

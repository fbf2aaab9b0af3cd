//! The order of the candidates.

use std::sync::Arc;

use super::lexical::Candidate;
use super::question::Question;
use super::{Hit, SentenceMatch};
use crate::index::AgentIndex;
use crate::segment::postings::low;
use crate::segment::{SentenceRow, Store};

/// A candidate in its place.
pub(super) struct Ranked {
    candidate: Candidate,
    score: f32,
    /// Bit per term of the question that the chunk has.
    terms: u64,
}

/// Orders the candidates, best first.
pub(super) fn rank(index: &AgentIndex, question: &Question, candidates: &[Candidate]) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .map(|&candidate| {
            let (store, at) = locate(index, candidate);
            let (head, body) = store.chunk_tokens(at);
            let terms = head.iter().chain(body).fold(0, |bits, &token| bits | bit(question, token));
            Ranked { candidate, score: candidate.score, terms }
        })
        .collect();
    // A stable sort keeps the order by asset and chunk where scores are equal.
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    ranked
}

/// The hit of a ranked candidate.
pub(super) fn hit(index: &AgentIndex, question: &Question, ranked: &Ranked) -> Hit {
    let (store, at) = locate(index, ranked.candidate);
    let chunk = store.chunk(at);
    let (_, body) = store.chunk_tokens(at);
    let rows = store.chunk_sentences(at);
    let sentences = rows
        .iter()
        .enumerate()
        .map(|(number, row)| {
            let tokens = sentence_tokens(body, rows, number);
            let terms = tokens.iter().fold(0, |bits, &token| bits | bit(question, token));
            SentenceMatch {
                range: row.start as usize..row.end as usize,
                coverage: coverage(question, terms),
                terms,
                len: tokens.len() as u32,
            }
        })
        .collect();
    Hit {
        source: Arc::clone(&store.source),
        chunk_no: chunk.chunk_no,
        start: chunk.start,
        end: chunk.end,
        heading_path: Arc::clone(chunk.heading_path),
        text: chunk.text.to_owned(),
        score: ranked.score,
        lexical_score: ranked.candidate.score,
        coverage: coverage(question, ranked.terms),
        sentences,
    }
}

fn locate(index: &AgentIndex, candidate: Candidate) -> (&Arc<Store>, usize) {
    let block = &index.parts[candidate.part].block;
    let (store, at) = block.locate(candidate.chunk);
    (&block.stores[store], at)
}

fn sentence_tokens<'b>(body: &'b [u32], rows: &[SentenceRow], number: usize) -> &'b [u32] {
    let from = rows[number].token as usize;
    let to = rows.get(number + 1).map_or(body.len(), |next| next.token as usize);
    body.get(from..to).unwrap_or_default()
}

fn bit(question: &Question, token: u32) -> u64 {
    let mut bits = 0;
    for (number, term) in question.terms.iter().enumerate() {
        if term.keys.iter().any(|&key| low(key) == token) {
            bits |= 1 << number;
        }
    }
    bits
}

fn coverage(question: &Question, terms: u64) -> f32 {
    let covered: f32 = question
        .terms
        .iter()
        .enumerate()
        .filter(|(n, _)| terms & (1 << n) != 0)
        .map(|(_, term)| term.idf)
        .sum();
    if question.total_idf > 0.0 { covered / question.total_idf } else { 0.0 }
}

//! The best chunks by BM25, exactly.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::question::Question;
use crate::index::AgentIndex;

/// How fast a repeated word stops adding to the score. Chunks are short: a second mention says little.
const K1: f32 = 0.6;

/// How much a long chunk is held back.
const B: f32 = 0.75;

/// The most a term can add, as a multiple of its idf: a chunk of no length that has it without end.
pub(super) const MOST: f32 = K1 + 1.0;

/// A chunk with its BM25 score.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub part: usize,
    pub chunk: u32,
    pub score: f32,
}

/// Orders by score, then by asset and chunk number, the smaller being better.
#[derive(PartialEq)]
struct Entry {
    score: f32,
    place: Reverse<(i64, u32)>,
    part: usize,
    chunk: u32,
}

impl Eq for Entry {}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> std::cmp::Ordering {
        self.score.total_cmp(&other.score).then(self.place.cmp(&other.place))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Working memory of a search, kept by each thread so that a search allocates next to nothing.
#[derive(Default)]
struct Scratch {
    scores: Vec<f32>,
    touched: Vec<u32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The `limit` best live chunks, best first.
///
/// Every chunk's score is summed in the order of the question's terms, so that it is the same number in whichever
/// part the chunk stands.
pub(super) fn best(index: &AgentIndex, question: &Question, limit: usize) -> Vec<Candidate> {
    if question.terms.is_empty() || index.totals.chunks == 0 {
        return Vec::new();
    }
    let mut heap: BinaryHeap<Reverse<Entry>> = BinaryHeap::with_capacity(limit + 1);
    SCRATCH.with_borrow_mut(|scratch| {
        for part in 0..index.parts.len() {
            score_part(index, question, part, limit, scratch, &mut heap);
        }
    });
    let mut entries: Vec<Entry> = heap.into_iter().map(|Reverse(entry)| entry).collect();
    entries.sort_by(|a, b| b.cmp(a));
    entries.into_iter().map(|e| Candidate { part: e.part, chunk: e.chunk, score: e.score }).collect()
}

fn score_part(
    index: &AgentIndex,
    question: &Question,
    number: usize,
    limit: usize,
    scratch: &mut Scratch,
    heap: &mut BinaryHeap<Reverse<Entry>>,
) {
    let part = &index.parts[number];
    let block = &part.block;
    let lengths = block.postings.lengths();
    let average = index.totals.tokens as f32 / index.totals.chunks as f32;
    let (base, slope) = (K1 * (1.0 - B), K1 * B / average.max(1.0));
    let Scratch { scores, touched } = scratch;
    if scores.len() < lengths.len() {
        scores.resize(lengths.len(), 0.0);
    }
    for term in &question.terms {
        let factor = term.idf * MOST;
        for &key in &term.keys {
            let Some(list) = block.postings.find(key) else { continue };
            for (&doc, &frequency) in list.docs.iter().zip(list.frequencies) {
                let frequency = f32::from(frequency);
                let score = &mut scores[doc as usize];
                if *score == 0.0 {
                    touched.push(doc);
                }
                *score += factor * frequency / (frequency + base + slope * lengths[doc as usize] as f32);
            }
        }
    }
    for doc in touched.drain(..) {
        let score = std::mem::take(&mut scores[doc as usize]);
        if score <= 0.0 || part.dead.as_ref().is_some_and(|dead| dead.has(doc)) {
            continue;
        }
        if heap.len() >= limit && heap.peek().is_some_and(|Reverse(worst)| score < worst.score) {
            continue;
        }
        let (store, at) = block.locate(doc);
        let store = &block.stores[store];
        let place = Reverse((store.source.asset_id, store.first_chunk_no + at as u32));
        heap.push(Reverse(Entry { score, place, part: number, chunk: doc }));
        if heap.len() > limit {
            heap.pop();
        }
    }
}

//! The features that candidates are ordered by, and their weights.
//!
//! The weights are those of a conditional logit model (the chance that a candidate is the paragraph that answers),
//! fitted on the questions of a public reading-comprehension set with `examples/retrieval.rs --fit`, five-fold
//! cross-validated by article: no article's questions are ranked with weights it helped to find. Features were added
//! one by one as long as the cross-validated MRR@10 rose: BM25 0.882, with the sentence's grams 0.899, the run 0.901,
//! the chunk's grams 0.903, neighbours and the sentence's words 0.904. Coverage of the whole chunk, the best pair of
//! sentences, the most telling words alone and digits added nothing.

use super::grams::{GramSet, Grams};
use super::matcher::{Match, Matcher};
use super::question::Question;
use crate::segment::{SentenceRow, Store};

/// How many features there are.
pub const FEATURES: usize = 6;

/// Name and weight of each feature. Weights are scaled to a sum of 1, so a score is between 0 and about 1.
pub const WEIGHTS: [(&str, f32); FEATURES] = [
    // BM25, as a share of what a chunk of nothing but the question could reach.
    ("lexical", 0.28),
    // The most idf in one sentence, long sentences held back.
    ("sentence", 0.15),
    // The most character grams in one sentence.
    ("sentence_grams", 0.21),
    // Character grams in the whole chunk, by how telling each is among the candidates.
    ("grams", 0.19),
    // The longest run of the question's words in their order, other words in between.
    ("run", 0.10),
    // Neighbours of the question that are neighbours in the chunk.
    ("neighbours", 0.07),
];

/// The features of a candidate, in the order of [`WEIGHTS`], each between 0 and about 1.
pub type Features = [f32; FEATURES];

/// The farthest that two words of a run may lie apart, in tokens.
const RUN_GAP: u32 = 8;

/// The farthest that neighbours may lie apart, in tokens: one function word fits in between.
const NEIGHBOUR_GAP: u32 = 2;

/// Sentences of this many words count as they are, longer ones less.
const USUAL_SENTENCE: f32 = 25.0;

/// The mix.
pub(super) fn mix(features: &Features) -> f32 {
    features.iter().zip(&WEIGHTS).map(|(feature, (_, weight))| feature * weight).sum()
}

/// Measures candidates one after the other; keeps its working memory.
pub(super) struct Measure<'q> {
    question: &'q Question,
    matcher: &'q Matcher,
    grams: &'q Grams,
    found: Vec<Match>,
    runs: Vec<f32>,
}

impl<'q> Measure<'q> {
    pub fn new(question: &'q Question, matcher: &'q Matcher, grams: &'q Grams) -> Measure<'q> {
        Measure { question, matcher, grams, found: Vec::new(), runs: Vec::new() }
    }

    /// All features of a chunk but `grams`, which needs the grams of all candidates; this one's are given back.
    pub fn measure(&mut self, store: &Store, at: usize, lexical: f32) -> (Features, GramSet) {
        let (head, body) = store.chunk_tokens(at);
        self.matcher.matches(body, &mut self.found);
        let mut sentence = 0.0_f32;
        let mut sentence_grams = 0.0_f32;
        let chunk = store.chunk(at);
        // A sentence is read with the headings above it: "Opening hours", "From nine to five".
        let head_terms = self.matcher.terms(head);
        let mut head_grams = GramSet::default();
        for heading in chunk.heading_path.iter() {
            join(&mut head_grams, &self.grams.find_in(heading));
        }
        let mut grams = head_grams;
        let rows = store.chunk_sentences(at);
        let mut next = 0;
        for (number, row) in rows.iter().enumerate() {
            let end = sentence_end(rows, number, body);
            let from = next;
            while self.found.get(next).is_some_and(|found| found.place < end) {
                next += 1;
            }
            let terms = self.found[from..next].iter().fold(head_terms, |bits, found| bits | 1 << found.term);
            sentence = sentence.max(brevity(end - row.token) * self.question.coverage(terms));
            let mut set = self.grams.find_in(&chunk.text[row.start as usize..row.end as usize]);
            join(&mut set, &head_grams);
            sentence_grams = sentence_grams.max(self.grams.shares().share(&set));
            join(&mut grams, &set);
        }
        let features = [lexical, sentence, sentence_grams, 0.0, self.run(), self.neighbours()];
        (features, grams)
    }

    fn run(&mut self) -> f32 {
        let mut best = 0.0_f32;
        self.runs.clear();
        for (at, found) in self.found.iter().enumerate() {
            let term = &self.question.terms[found.term as usize];
            let mut before = 0.0_f32;
            for back in (0..at).rev() {
                let other = self.found[back];
                if found.place - other.place > RUN_GAP {
                    break;
                }
                if self.question.terms[other.term as usize].shown.range.start < term.shown.range.start {
                    before = before.max(self.runs[back]);
                }
            }
            self.runs.push(before + term.idf);
            best = best.max(before + term.idf);
        }
        ratio(best, self.question.total_idf)
    }

    fn neighbours(&self) -> f32 {
        let mut seen = [0_u64; u64::BITS as usize];
        for (at, found) in self.found.iter().enumerate() {
            for other in &self.found[at + 1..] {
                if other.place - found.place > NEIGHBOUR_GAP {
                    break;
                }
                seen[found.term as usize] |= 1 << other.term;
            }
        }
        let (mut met, mut all) = (0.0, 0.0);
        for &(a, b) in &self.question.pairs {
            let weight = self.question.terms[a].idf.min(self.question.terms[b].idf);
            all += weight;
            if seen[a] & (1 << b) != 0 {
                met += weight;
            }
        }
        ratio(met, all)
    }
}

fn join(all: &mut GramSet, more: &GramSet) {
    for (all, more) in all.iter_mut().zip(more) {
        *all |= more;
    }
}

/// Where the tokens of a sentence end.
fn sentence_end(rows: &[SentenceRow], number: usize, body: &[u32]) -> u32 {
    rows.get(number + 1).map_or(body.len() as u32, |next| next.token)
}

/// What a sentence's coverage counts, by its length.
fn brevity(tokens: u32) -> f32 {
    (0.5 + 0.5 * tokens as f32 / USUAL_SENTENCE).max(0.7).sqrt().recip()
}

fn ratio(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

//! The order of the candidates, and the hits made of the best.

use std::sync::Arc;

use super::Hit;
use super::features::{Features, Measure, mix};
use super::grams::Grams;
use super::lexical::{Candidate, MOST};
use super::matcher::Matcher;
use super::question::Question;
use crate::index::AgentIndex;
use crate::segment::Store;

/// Where `grams` stands among the features.
const GRAMS: usize = 3;

/// Orders candidates and makes hits of them.
pub(super) struct Ranking<'q> {
    index: &'q AgentIndex,
    question: &'q Question,
    matcher: Matcher,
    grams: Grams,
}

/// A candidate with what was measured.
pub(super) struct Ranked {
    candidate: Candidate,
    features: Features,
    score: f32,
}

impl<'q> Ranking<'q> {
    pub fn new(index: &'q AgentIndex, question: &'q Question) -> Ranking<'q> {
        let words = question.terms.iter().map(|term| (term.shown.word.as_str(), term.idf));
        Ranking { index, question, matcher: Matcher::new(question), grams: Grams::of(words) }
    }

    /// Orders the candidates, best first. They come ordered by BM25, asset and chunk number, and stay in that order
    /// where scores are equal.
    pub fn rank(&self, candidates: &[Candidate]) -> Vec<Ranked> {
        let most = (self.question.total_idf * MOST).max(f32::MIN_POSITIVE);
        let mut measure = Measure::new(self.question, &self.matcher, &self.grams);
        let mut sets = Vec::with_capacity(candidates.len());
        let mut ranked = Vec::with_capacity(candidates.len());
        for &candidate in candidates {
            let (store, at) = self.locate(candidate);
            let (features, set) = measure.measure(store, at, candidate.score / most);
            sets.push(set);
            ranked.push(Ranked { candidate, features, score: 0.0 });
        }
        let idf = self.grams.idf_among(&sets);
        for (ranked, set) in ranked.iter_mut().zip(&sets) {
            ranked.features[GRAMS] = idf.share(set);
            ranked.score = mix(&ranked.features);
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        ranked
    }

    /// The hit of a ranked candidate.
    pub fn hit(&self, ranked: &Ranked) -> Hit {
        let (store, at) = self.locate(ranked.candidate);
        let chunk = store.chunk(at);
        let (head, body) = store.chunk_tokens(at);
        let heading_terms = self.matcher.terms(head);
        Hit {
            source: Arc::clone(&store.source),
            chunk_no: chunk.chunk_no,
            start: chunk.start,
            end: chunk.end,
            heading_path: Arc::clone(chunk.heading_path),
            text: chunk.text.to_owned(),
            language: store.language,
            score: ranked.score,
            lexical_score: ranked.candidate.score,
            coverage: self.question.coverage(heading_terms | self.matcher.terms(body)),
            heading_terms,
            features: ranked.features,
        }
    }

    fn locate(&self, candidate: Candidate) -> (&'q Store, usize) {
        let block = &self.index.parts[candidate.part].block;
        let (store, at) = block.locate(candidate.chunk);
        (&block.stores[store], at)
    }
}

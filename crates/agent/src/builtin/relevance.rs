//! Decides whether the best passage is about the question at all.
//!
//! A small logistic model over a few shares. Its weights were found on splits of a public reading-comprehension set
//! in collections of 6 to 300 passages, questions of the taught articles against questions of articles that were not
//! taught, cross-validated by article; all are held to the sign that their meaning asks for. `examples/relevance.rs`
//! prints the features to fit them anew.

use super::reading::{ReadUnit, Reading, Terms};

/// How many features there are.
pub const FEATURES: usize = 7;

/// What is measured, in the order of [`WEIGHTS`].
pub type Features = [f32; FEATURES];

/// Name and weight of each feature.
pub const WEIGHTS: [(&str, f32); FEATURES] = [
    // Share of the question's weight in the passage, repeated words counting more.
    ("lexical", 1.47),
    // Share of the question's weight in the best unit.
    ("unit", 1.74),
    // Share of the question's neighbouring words that are close in the passage.
    ("pairs", 1.06),
    // Share of the question's weight that is names the passage does not have, as a negative number.
    ("names", 0.75),
    // Logarithm of the weight that was met: two everyday words are little, even if they are all there is.
    ("met", 1.95),
    // Share of the question's words that the passage has.
    ("words", 1.68),
    // Logarithm of the size of the collection, as a negative number: much text has some of any question's words.
    ("size", 0.23),
];

/// What the sum must exceed to be taken as relevant.
pub const THRESHOLD: f32 = 5.33;

/// Measures a passage and its best unit.
pub(super) fn features(terms: &Terms, passage: &Reading<'_>, best: &ReadUnit, chunks: usize) -> Features {
    let has = |at: usize| passage.bits & (1 << at) != 0;
    let names: f32 = terms
        .list
        .iter()
        .enumerate()
        .filter(|(at, term)| term.name && !has(*at))
        .map(|(_, term)| term.weight)
        .sum();
    let met = terms.list.iter().enumerate().filter(|(at, _)| has(*at)).count();
    let words = met as f32 / (terms.list.len() + terms.unsaid).max(1) as f32;
    let missing_names = if terms.mass > 0.0 { names / terms.mass } else { 0.0 };
    [
        passage.lexical,
        terms.share(best.bits),
        passage.pairs,
        -missing_names,
        (1.0 + terms.weight(passage.bits)).ln(),
        words,
        -(20.0 + chunks as f32).ln(),
    ]
}

/// How far above the threshold; relevant when positive.
pub fn margin(features: &Features) -> f32 {
    features.iter().zip(&WEIGHTS).map(|(feature, (_, weight))| feature * weight).sum::<f32>() - THRESHOLD
}

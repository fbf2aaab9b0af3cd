//! Finds the stored question that a visitor's question is another wording of.
//!
//! Precision matters more than recall: a pair is answered whole, and where none matches the knowledge is searched
//! all the same. A small logistic model decides "is this really the same question?" from how much two wordings share
//! in words and in letters, and from how far the best pair is ahead of the next.

use std::collections::HashMap;

use robofy_knowledge::analyse::{Analyser, Language, is_function_word};

use super::background;

/// How many features there are.
pub const PAIR_FEATURES: usize = 7;

/// What is measured, in the order of [`PAIR_WEIGHTS`].
pub type PairFeatures = [f32; PAIR_FEATURES];

/// Name and weight of each feature, fitted on public sets of questions and paraphrases; one set was always held out
/// to see that they carry over. `examples/pairs.rs` prints the features to fit them anew.
pub const PAIR_WEIGHTS: [(&str, f32); PAIR_FEATURES] = [
    // Cosine of the two wordings' words, each by how telling it is.
    ("words", 0.52),
    // Cosine of their letter triples and quadruples: misspellings, compounds, kinship of words.
    ("letters", 0.56),
    // Share of the question's weight that the stored wording has.
    ("asked", 0.61),
    // Share of the stored wording's weight that the question has.
    ("stored", 0.87),
    // Share of the question's weight that all wordings of the pair together have.
    ("any_wording", 0.83),
    // How far the pair is ahead of the next best.
    ("ahead", 1.31),
    // Logarithm of the weight that was met.
    ("met", 1.64),
];

/// What the sum must exceed for a pair to be answered.
pub const PAIR_THRESHOLD: f32 = 6.1;

/// Function words count so much: they tell "how" from "when" and "not" from nothing.
const FUNCTION_WORD: f32 = 0.25;

/// A stored pair as it is matched. What it answers does not matter here.
#[derive(Debug, Clone, Copy)]
pub struct PairIn<'a> {
    /// The question.
    pub question: &'a str,
    /// Other wordings of it.
    pub also: &'a [String],
}

/// A pair that a question matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairMatch {
    /// Which of the pairs, by the order in which they were given.
    pub pair: usize,
    /// How far above the threshold.
    pub margin: f32,
}

/// The stored questions of an agent, ready to be compared. Built once for a version of the agent.
#[derive(Debug, Default)]
pub struct PairIndex {
    wordings: Vec<Wording>,
    /// Terms of all wordings of each pair.
    unions: Vec<HashMap<Key, ()>>,
    languages: Vec<Language>,
    frequency: HashMap<Key, u32>,
    gram_frequency: HashMap<u64, u32>,
    pairs: usize,
    exact: HashMap<String, usize>,
}

/// A term with its language.
type Key = (Language, String);

#[derive(Debug)]
struct Wording {
    pair: usize,
    terms: Bag<Key>,
    grams: Bag<u64>,
}

/// What a text holds, with the weight of each.
#[derive(Debug, Default)]
struct Bag<K> {
    weights: HashMap<K, f32>,
    sum: f32,
    norm: f32,
}

impl<K: std::hash::Hash + Eq> Bag<K> {
    fn new(weights: HashMap<K, f32>) -> Bag<K> {
        // Summed in the order of size, so that the figure does not depend on the map's order.
        let mut values: Vec<f32> = weights.values().copied().collect();
        values.sort_by(f32::total_cmp);
        let sum = values.iter().sum();
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        Bag { weights, sum, norm }
    }

    fn cosine(&self, other: &Bag<K>) -> f32 {
        let mut products: Vec<f32> =
            self.weights.iter().filter_map(|(key, weight)| Some(weight * other.weights.get(key)?)).collect();
        products.sort_by(f32::total_cmp);
        ratio(products.iter().sum(), self.norm * other.norm)
    }

    fn shared(&self, has: impl Fn(&K) -> bool) -> f32 {
        let mut values: Vec<f32> =
            self.weights.iter().filter(|(key, _)| has(key)).map(|(_, weight)| *weight).collect();
        values.sort_by(f32::total_cmp);
        values.iter().sum()
    }
}

fn ratio(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// A word of a question.
struct Word {
    key: Key,
    folded: String,
    function: bool,
}

fn words(text: &str, language: Language) -> Vec<Word> {
    let mut words = Vec::new();
    Analyser::new(language).for_each(text, |own, stem, start, end| {
        let folded = text.get(start..end).unwrap_or_default().to_lowercase();
        let function = is_function_word(language, &folded);
        words.push(Word { key: (own, stem.to_owned()), folded, function });
    });
    words
}

/// Letter triples and quadruples of a word between marks, hashed.
fn grams(word: &str) -> impl Iterator<Item = u64> {
    let letters: Vec<char> = std::iter::once('^').chain(word.chars()).chain(std::iter::once('$')).collect();
    let mut grams = Vec::new();
    for size in [3, 4] {
        for window in letters.windows(size) {
            // FNV-1a over the characters: stable, and short enough to collide never in practice.
            grams.push(window.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &c| {
                (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
            }));
        }
    }
    grams.into_iter()
}

impl PairIndex {
    /// Prepares pairs for matching.
    #[must_use]
    pub fn new<'a>(pairs: impl IntoIterator<Item = PairIn<'a>>) -> PairIndex {
        let mut index = PairIndex::default();
        let mut all: Vec<(usize, Vec<Word>)> = Vec::new();
        for (pair, stored) in pairs.into_iter().enumerate() {
            let wordings: Vec<&str> =
                std::iter::once(stored.question).chain(stored.also.iter().map(String::as_str)).collect();
            let language = Language::detect(&wordings.join("\n"));
            if !index.languages.contains(&language) {
                index.languages.push(language);
            }
            let mut union = HashMap::new();
            let mut gram_union: HashMap<u64, ()> = HashMap::new();
            for wording in wordings {
                let words = words(wording, language);
                index.exact.entry(plain(&words)).or_insert(pair);
                for word in &words {
                    union.insert(word.key.clone(), ());
                    gram_union.extend(grams(&word.folded).map(|gram| (gram, ())));
                }
                all.push((pair, words));
            }
            for key in union.keys() {
                *index.frequency.entry(key.clone()).or_default() += 1;
            }
            for gram in gram_union.into_keys() {
                *index.gram_frequency.entry(gram).or_default() += 1;
            }
            index.unions.push(union);
            index.pairs = pair + 1;
        }
        index.wordings = all
            .into_iter()
            .map(|(pair, words)| Wording { pair, terms: index.terms(&words), grams: index.grams(&words) })
            .collect();
        index
    }

    /// The pair whose question this is, if there is one.
    #[must_use]
    pub fn find(&self, question: &str) -> Option<PairMatch> {
        let (pair, features) = self.consider(question)?;
        let margin = pair_margin(&features);
        (margin > 0.0).then_some(PairMatch { pair, margin })
    }

    /// The best pair, whether it matches or not, with the features that tell.
    #[must_use]
    pub fn consider(&self, question: &str) -> Option<(usize, PairFeatures)> {
        let mut best: Vec<Option<(f32, PairFeatures)>> = vec![None; self.pairs];
        for &language in &self.languages {
            let words = words(question, language);
            if let Some(&pair) = self.exact.get(&plain(&words)).filter(|_| !words.is_empty()) {
                return Some((pair, EXACT));
            }
            let (terms, letters) = (self.terms(&words), self.grams(&words));
            for wording in &self.wordings {
                let compared = self.compare(&terms, &letters, wording);
                let slot = &mut best[wording.pair];
                if slot.as_ref().is_none_or(|(score, _)| compared.0 > *score) {
                    *slot = Some(compared);
                }
            }
        }
        let mut ahead: Option<(f32, usize, PairFeatures)> = None;
        let mut next = 0.0_f32;
        for (pair, (score, features)) in
            best.into_iter().enumerate().filter_map(|(pair, found)| Some((pair, found?)))
        {
            match &ahead {
                Some((most, _, _)) if score <= *most => next = next.max(score),
                _ => {
                    next = next.max(ahead.map_or(0.0, |(most, _, _)| most));
                    ahead = Some((score, pair, features));
                }
            }
        }
        let (score, pair, mut features) = ahead?;
        features[5] = score - next;
        Some((pair, features))
    }

    /// What orders the pairs, and the features but how far ahead it is.
    fn compare(&self, terms: &Bag<Key>, letters: &Bag<u64>, wording: &Wording) -> (f32, PairFeatures) {
        let words = terms.cosine(&wording.terms);
        let grams = letters.cosine(&wording.grams);
        let asked = ratio(terms.shared(|key| wording.terms.weights.contains_key(key)), terms.sum);
        let stored = ratio(wording.terms.shared(|key| terms.weights.contains_key(key)), wording.terms.sum);
        let met = terms.shared(|key| self.unions[wording.pair].contains_key(key));
        let any_wording = ratio(met, terms.sum);
        let score = words + 0.7 * grams + 0.5 * any_wording;
        (score, [words, grams, asked, stored, any_wording, 0.0, (1.0 + met).ln()])
    }

    fn terms(&self, words: &[Word]) -> Bag<Key> {
        Bag::new(words.iter().map(|word| (word.key.clone(), self.weight(word))).collect())
    }

    fn weight(&self, word: &Word) -> f32 {
        const BACKGROUND: f32 = 30.0;
        let share = background::share(word.key.0, &word.key.1);
        let having = self.frequency.get(&word.key).copied().unwrap_or_default() as f32 + BACKGROUND * share;
        let all = self.pairs as f32 + BACKGROUND;
        let idf = (1.0 + (all - having + 0.5).max(0.0) / (having + 0.5)).ln();
        if word.function { FUNCTION_WORD * idf } else { idf }
    }

    fn grams(&self, words: &[Word]) -> Bag<u64> {
        let mut weights: HashMap<u64, f32> = HashMap::new();
        for gram in words.iter().filter(|word| !word.function).flat_map(|word| grams(&word.folded)) {
            let having = self.gram_frequency.get(&gram).copied().unwrap_or_default() as f32;
            *weights.entry(gram).or_default() +=
                (1.0 + (self.pairs as f32 - having + 0.5) / (having + 0.5)).ln();
        }
        Bag::new(weights)
    }
}

/// The features of the same words in the same order.
const EXACT: PairFeatures = [1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0];

/// How far above the threshold; a match when positive.
#[must_use]
pub fn pair_margin(features: &PairFeatures) -> f32 {
    features.iter().zip(&PAIR_WEIGHTS).map(|(feature, (_, weight))| feature * weight).sum::<f32>()
        - PAIR_THRESHOLD
}

/// The words alone, for an exact match.
fn plain(words: &[Word]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(questions: &[&str]) -> PairIndex {
        PairIndex::new(questions.iter().map(|question| PairIn { question, also: &[] }))
    }

    #[test]
    fn the_same_words_always_match() {
        let index = index(&["Do you ship abroad?", "Can I pay by card?", "Who?"]);
        assert_eq!(index.find("do you SHIP abroad").map(|found| found.pair), Some(0));
        assert_eq!(index.find("who").map(|found| found.pair), Some(2));
    }

    #[test]
    fn another_wording_matches_and_another_question_does_not() {
        let index = index(&[
            "How can I reset my password?",
            "What payment methods do you accept?",
            "How do I cancel my subscription?",
            "Where can I find my invoices?",
        ]);
        assert_eq!(index.find("how do I reset a forgotten password").map(|found| found.pair), Some(0));
        assert_eq!(index.find("which payment methods are accepted?").map(|found| found.pair), Some(1));
        assert_eq!(index.find("how do I cancel my flight to Rome?"), None);
        assert_eq!(index.find("who won the world cup in 1998?"), None);
        assert_eq!(index.find(""), None);
        assert_eq!(index.find("?!"), None);
    }

    #[test]
    fn no_pairs_match_nothing() {
        assert_eq!(PairIndex::default().find("anything"), None);
        assert_eq!(index(&["", "?"]).find(""), None);
    }
}

//! The question: its words, and the terms they stand for in a given index.

use std::borrow::Cow;

use super::QueryTerm;
use crate::analyse::{Analyser, Language, Script, stopwords, words};
use crate::index::AgentIndex;
use crate::segment::postings;

/// The most words of a question that are searched for: as many as a sentence's matches have bits.
const MAX_TERMS: usize = 64;

/// The most words that are looked at to find those.
const MAX_WORDS: usize = 1024;

/// A question, cut into words once and searched in any index.
#[derive(Debug, Clone, Default)]
pub struct Query {
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    script: Script,
    start: usize,
    end: usize,
    weight: f32,
}

impl Query {
    /// A question of its own.
    #[must_use]
    pub fn new(text: &str) -> Query {
        let mut query = Query::default();
        query.add(text, 1.0);
        query
    }

    /// Adds words of the conversation before, which count `weight` times (0 to 1) as much as the question's own.
    #[must_use]
    pub fn with_context(mut self, text: &str, weight: f32) -> Query {
        let first = self.words.len();
        self.add(text, if weight.is_nan() { 0.0 } else { weight.clamp(0.0, 1.0) });
        for word in &mut self.words[first..] {
            (word.start, word.end) = (0, 0);
        }
        self
    }

    fn add(&mut self, text: &str, weight: f32) {
        words::scan(text, |word| {
            if self.words.len() < MAX_WORDS {
                let text = Cow::into_owned(word.text);
                self.words.push(Word { text, script: word.script, start: word.start, end: word.end, weight });
            }
        });
    }

    /// Whether there is no word in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// A question's words in an index.
pub(super) struct Question {
    /// Most telling first.
    pub terms: Vec<QuestionTerm>,
    /// Sum of all idf.
    pub total_idf: f32,
    /// Neighbours in the question, as numbers of terms.
    pub pairs: Vec<(usize, usize)>,
}

pub(super) struct QuestionTerm {
    /// The keys of the term, one for each language; a chunk has terms of one of them only.
    pub keys: Vec<u64>,
    pub idf: f32,
    pub shown: QueryTerm,
}

impl Question {
    /// The share of all idf that some terms have, 0 to 1; `terms` has a bit for each.
    pub fn coverage(&self, mut terms: u64) -> f32 {
        if self.total_idf <= 0.0 {
            return 0.0;
        }
        let mut covered = 0.0;
        while terms != 0 {
            covered += self.terms[terms.trailing_zeros() as usize].idf;
            terms &= terms - 1;
        }
        covered / self.total_idf
    }
}

/// Finds what a question's words are in an index.
///
/// A word that is a function word in the language of the question is left out, unless there is nothing else. The
/// language of the question is that (of those in the index) which has most of its words as function words; where
/// none has any, nothing is left out. In a language where the word is a function word it never counts.
pub(super) fn resolve(index: &AgentIndex, query: &Query) -> Question {
    let languages: Vec<Analyser> = analysers(index);
    let stop = |word: &Word, language: Language| stopwords::contains(language, &word.text);
    let mut votes = [0_usize; Language::ALL.len()];
    for word in &query.words {
        for language in index.languages() {
            votes[language as usize] += usize::from(stop(word, language));
        }
    }
    let most = votes.iter().copied().max().unwrap_or_default();
    let spoken: Vec<Language> =
        Language::ALL.iter().copied().filter(|&l| most > 0 && votes[l as usize] == most).collect();
    let is_function = |word: &Word| spoken.iter().any(|&language| stop(word, language));
    let all_function = query.words.iter().all(is_function);

    let mut terms: Vec<QuestionTerm> = Vec::new();
    let mut places: Vec<Option<usize>> = Vec::with_capacity(query.words.len());
    for word in &query.words {
        if !all_function && is_function(word) {
            continue;
        }
        let mut keys: Vec<u64> = Vec::new();
        for analyser in &languages {
            let (language, stem) = analyser.stem(&word.text, word.script);
            if !all_function && stop(word, language) {
                continue;
            }
            let key = postings::key(language, &stem);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            continue;
        }
        let known = terms.iter().position(|term| term.keys == keys);
        places.push(Some(known.unwrap_or(terms.len())));
        if known.is_none() {
            let document_frequency = document_frequency(index, &keys);
            let idf = idf(index.totals.chunks, document_frequency) * word.weight;
            let shown =
                QueryTerm { word: word.text.clone(), range: word.start..word.end, document_frequency, idf };
            terms.push(QuestionTerm { keys, idf, shown });
        }
    }
    order(terms, &places)
}

/// One analyser for each language of the index, English if there is none.
fn analysers(index: &AgentIndex) -> Vec<Analyser> {
    let mut analysers: Vec<Analyser> =
        index.languages().filter(|&language| language != Language::Undetermined).map(Analyser::new).collect();
    if analysers.is_empty() {
        analysers.push(Analyser::new(Language::Undetermined));
    }
    analysers
}

/// Sorts the terms by idf and translates the neighbours.
fn order(terms: Vec<QuestionTerm>, places: &[Option<usize>]) -> Question {
    let mut by_idf: Vec<usize> = (0..terms.len()).collect();
    by_idf.sort_by(|&a, &b| terms[b].idf.total_cmp(&terms[a].idf).then(a.cmp(&b)));
    by_idf.truncate(MAX_TERMS);
    let mut rank = vec![None; terms.len()];
    for (new, &old) in by_idf.iter().enumerate() {
        rank[old] = Some(new);
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for pair in places.windows(2) {
        if let [Some(a), Some(b)] = pair
            && let (Some(a), Some(b)) = (rank[*a], rank[*b])
            && a != b
            && !pairs.contains(&(a, b))
        {
            pairs.push((a, b));
        }
    }
    let mut slots: Vec<Option<QuestionTerm>> = terms.into_iter().map(Some).collect();
    let terms: Vec<QuestionTerm> = by_idf.into_iter().filter_map(|at| slots[at].take()).collect();
    let total_idf = terms.iter().map(|term| term.idf).sum();
    Question { terms, total_idf, pairs }
}

/// Live chunks that have one of the keys. A chunk has terms of one language for each script, so none counts twice.
fn document_frequency(index: &AgentIndex, keys: &[u64]) -> u32 {
    let mut count = 0;
    for part in &index.parts {
        for &key in keys {
            if let Some(list) = part.block.postings.find(key) {
                count += match &part.dead {
                    None => list.docs.len(),
                    Some(dead) => list.docs.iter().filter(|&&doc| !dead.has(doc)).count(),
                };
            }
        }
    }
    count as u32
}

/// How telling a word is that `frequency` of `chunks` have; never negative.
fn idf(chunks: u64, frequency: u32) -> f32 {
    let (n, df) = (chunks as f64, f64::from(frequency));
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln() as f32
}

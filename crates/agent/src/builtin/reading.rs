//! Reads a found passage with the question in mind: which words of the question stand where.

use robofy_knowledge::analyse::{Analyser, Language, Script};
use robofy_knowledge::search::{Found, Hit, QueryTerm};

use super::ask;
use super::background;
use super::follow_up::{Composed, LEAST_OWN, Lean};
use super::sentences::{Unit, UnitKind};
use crate::passages::{self, Passages, Stem};

/// Words of a pair may lie so many words apart in the passage.
const PAIR_GAP: u32 = 3;

/// The most terms of a question: as many as a set has bits.
const MOST_TERMS: usize = 64;

/// The words of the question that count, with what each weighs.
#[derive(Debug)]
pub(super) struct Terms {
    pub list: Vec<Term>,
    /// Sum of all weights, that of a subject left unsaid included.
    pub mass: f32,
    /// Pairs of neighbours in the question, as numbers of terms.
    pub pairs: Vec<(u8, u8)>,
    /// Words that are there in the question but are left unsaid.
    pub unsaid: usize,
}

#[derive(Debug)]
pub(super) struct Term {
    pub word: String,
    pub weight: f32,
    /// Written like a name, though not at the beginning.
    pub name: bool,
    /// The shape of the answer stands in for it.
    pub by_shape: bool,
    /// It is of the question itself, not of the conversation.
    pub own: bool,
}

impl Terms {
    /// The terms of a question, weighed as if background texts stood beside the `chunks` of the index.
    pub fn weigh(composed: &Composed, found: &Found, chunks: usize, language: Language) -> Terms {
        let analyser = Analyser::new(language);
        let question = &composed.question;
        let mut list: Vec<(Term, usize)> = Vec::new();
        for term in found.terms.iter().take(MOST_TERMS) {
            let own = !term.range.is_empty();
            let given = if own { 1.0 } else { given_weight(term, chunks) };
            if given < LEAST_OWN || !own && composed.lean != Lean::Follows {
                continue;
            }
            let stem = stem(&analyser, &term.word).map_or_else(|| term.word.clone(), |(_, stem)| stem);
            let weight =
                given * smoothed_idf(chunks, term.document_frequency, background::share(language, &stem));
            let shown = question.get(term.range.clone()).unwrap_or_default();
            let first = question[..term.range.start.min(question.len())].trim().is_empty();
            let name = own && !first && shown.starts_with(char::is_uppercase);
            let by_shape = composed.shape_words.split('|').any(|word| word == term.word);
            list.push((Term { word: term.word.clone(), weight, name, by_shape, own }, term.range.start));
        }
        // In German every noun is written like a name: capitals say nothing where most words have them.
        let (names, own) = list
            .iter()
            .fold((0, 0), |(n, o), (term, _)| (n + usize::from(term.name), o + usize::from(term.own)));
        if language == Language::German || names * 4 > own * 3 && own > 3 {
            list.iter_mut().for_each(|(term, _)| term.name = false);
        }
        let mut by_place: Vec<usize> = (0..list.len()).filter(|&at| list[at].0.own).collect();
        by_place.sort_by_key(|&at| list[at].1);
        let pairs = by_place.windows(2).map(|pair| (pair[0] as u8, pair[1] as u8)).collect();
        let list: Vec<Term> = list.into_iter().map(|(term, _)| term).collect();
        let said: f32 = list.iter().map(|term| term.weight).sum();
        let unsaid = usize::from(composed.lean == Lean::Hangs);
        // What is left unsaid weighs as much as a word that no text has.
        let mass = said + if unsaid > 0 { smoothed_idf(chunks, 0, 0.0) } else { 0.0 };
        Terms { list, mass, pairs, unsaid }
    }

    /// The weight of a set of terms, as a share of all.
    pub fn share(&self, bits: u64) -> f32 {
        if self.mass > 0.0 { self.weight(bits) / self.mass } else { 0.0 }
    }

    /// The weight of a set of terms.
    pub fn weight(&self, bits: u64) -> f32 {
        self.list
            .iter()
            .enumerate()
            .filter(|(at, _)| bits & (1 << at) != 0)
            .map(|(_, term)| term.weight)
            .sum()
    }

    /// The terms that the shape of an answer stands in for.
    fn by_shape(&self) -> u64 {
        self.list.iter().enumerate().filter(|(_, term)| term.by_shape).fold(0, |bits, (at, _)| bits | 1 << at)
    }
}

/// Inverse document frequency among the chunks and the background texts.
fn smoothed_idf(chunks: usize, frequency: u32, share: f32) -> f32 {
    let all = chunks as f32 + background::TEXTS;
    let having = frequency as f32 + background::TEXTS * share;
    (1.0 + (all - having + 0.5).max(0.0) / (having + 0.5)).ln()
}

/// The weight a term of the conversation was given; the search tells idf times weight.
fn given_weight(term: &QueryTerm, chunks: usize) -> f32 {
    let (all, having) = (chunks as f32, term.document_frequency as f32);
    let idf = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
    if idf > 0.0 { (term.idf / idf).min(1.0) } else { 0.0 }
}

fn stem(analyser: &Analyser, word: &str) -> Option<(Language, String)> {
    let mut first = None;
    analyser.for_each(word, |language, stem, _, _| {
        if first.is_none() {
            first = Some((language, stem.to_owned()));
        }
    });
    first
}

/// A passage as read.
#[derive(Debug)]
pub(super) struct Reading<'h> {
    pub hit: &'h Hit,
    pub units: Vec<ReadUnit>,
    /// Terms in the text, the headings or the file name, those by shape included.
    pub bits: u64,
    /// Share of the weight with repeated words counting a little more (BM25's saturation).
    pub lexical: f32,
    /// Share of the neighbours in the question that are close in the passage.
    pub pairs: f32,
}

/// A unit as read.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadUnit {
    pub unit: Unit,
    /// Terms in it.
    pub bits: u64,
    /// Terms in headings above it or in the unit before it.
    pub context: u64,
    /// Share of the neighbours in the question that are close in it.
    pub pairs: f32,
    /// It has the shape of the answer.
    pub shape: bool,
}

struct Place {
    term: u8,
    at: usize,
    number: u32,
}

/// Reads a hit.
pub(super) fn read<'h>(hit: &'h Hit, passages: &Passages, composed: &Composed, terms: &Terms) -> Reading<'h> {
    let analyser = Analyser::new(hit.language);
    let stems: Vec<Option<Stem>> = terms
        .list
        .iter()
        .map(|term| stem(&analyser, &term.word).map(|(language, word)| passages::stem(language, &word)))
        .collect();
    let term_of = |stem: Stem| stems.iter().position(|own| *own == Some(stem));
    let passage = passages.read(hit);
    let mut places: Vec<Place> = Vec::new();
    for (number, word) in (0_u32..).zip(&passage.words) {
        if let Some(term) = term_of(word.stem) {
            places.push(Place { term: term as u8, at: word.at, number });
        }
    }
    let mut head = 0_u64;
    for &stem in passage.above.iter().chain(&passage.name) {
        head |= term_of(stem).map_or(0, |term| 1 << term);
    }
    let by_shape = terms.by_shape();
    let mut above = head;
    let mut before = 0_u64;
    let mut units_read = Vec::new();
    for &unit in &passage.units {
        let from = places.partition_point(|place| place.at < unit.start);
        let to = places.partition_point(|place| place.at < unit.end);
        let mut bits = places[from..to].iter().fold(0, |bits, place| bits | 1 << place.term);
        if unit.kind == UnitKind::Heading {
            above = head | bits;
            before = 0;
            continue;
        }
        let text = &hit.text[unit.start..unit.end];
        let shape = ask::has_shape(composed.ask, text, &composed.question);
        if shape {
            bits |= by_shape;
        }
        let pairs = near_pairs(terms, &places[from..to]);
        units_read.push(ReadUnit { unit, bits, context: (above | before) & !bits, pairs, shape });
        before = bits;
    }
    let bits = units_read
        .iter()
        .fold(head | places.iter().fold(0, |bits, place| bits | 1 << place.term), |bits, unit| {
            bits | unit.bits
        });
    Reading {
        hit,
        bits,
        lexical: lexical(terms, &places, bits),
        pairs: near_pairs(terms, &places),
        units: units_read,
    }
}

/// BM25 with k1 0.6 in a passage of usual length, as a share of the most it can be.
fn lexical(terms: &Terms, places: &[Place], bits: u64) -> f32 {
    const K1: f32 = 0.6;
    let mut sum = 0.0;
    for (at, term) in terms.list.iter().enumerate() {
        let count = places.iter().filter(|place| usize::from(place.term) == at).count();
        let count = if count == 0 { f32::from(u8::from(bits & (1 << at) != 0)) } else { count as f32 };
        sum += term.weight * count / (count + K1);
    }
    if terms.mass > 0.0 { sum / terms.mass } else { 0.0 }
}

fn near_pairs(terms: &Terms, places: &[Place]) -> f32 {
    if terms.pairs.is_empty() {
        return 0.0;
    }
    let near = |a: u8, b: u8| {
        places.iter().filter(|place| place.term == a).any(|left| {
            places.iter().any(|right| right.term == b && left.number.abs_diff(right.number) <= PAIR_GAP)
        })
    };
    terms.pairs.iter().filter(|(a, b)| near(*a, *b)).count() as f32 / terms.pairs.len() as f32
}

/// Whether every word of the question is a function word, or none is left: then nothing was asked for.
pub(super) fn says_nothing(terms: &Terms, language: Language) -> bool {
    let function = |word: &str| {
        robofy_knowledge::analyse::is_function_word(language, word)
            && word.chars().any(|c| Script::of(c) != Script::Number)
    };
    terms.list.iter().all(|term| function(&term.word))
}

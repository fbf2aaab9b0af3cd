//! The words of found passages, read once: the same few passages answer most questions, and each is looked at twice, when
//! it is judged and when an answer is held against it.

use std::hash::{Hash as _, Hasher as _};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use robofy_knowledge::analyse::{Analyser, Language};
use robofy_knowledge::search::Hit;
use rustc_hash::FxHasher;

use crate::builtin::sentences::{Unit, UnitKind, units};

/// So many passages are kept, of about four kilobytes each.
const MOST: u64 = 2_048;

/// Reads passages and keeps what it read. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passages(moka::sync::Cache<Key, Arc<Passage>>);

impl Default for Passages {
    fn default() -> Self {
        Self(moka::sync::Cache::new(MOST))
    }
}

/// A passage's place, and a hash of all that is read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    asset_id: i64,
    version: i64,
    start: usize,
    language: Language,
    text: u64,
}

impl Key {
    fn of(hit: &Hit) -> Self {
        let mut hasher = FxHasher::default();
        (&hit.text, &hit.heading_path, &hit.source.file_name).hash(&mut hasher);
        let (source, text) = (&hit.source, hasher.finish());
        let (asset_id, version) = (source.asset_id, source.version);
        Self { asset_id, version, start: hit.start, language: hit.language, text }
    }
}

impl Passages {
    /// What a hit's passage says.
    pub(crate) fn read(&self, hit: &Hit) -> Arc<Passage> {
        let key = Key::of(hit);
        // Two that read the same at once read the same.
        self.0.get(&key).unwrap_or_else(|| {
            let passage = Arc::new(Passage::read(hit));
            self.0.insert(key, Arc::clone(&passage));
            passage
        })
    }
}

/// A passage as read.
#[derive(Debug)]
pub(crate) struct Passage {
    /// Sentences, items, rows and headings, in order.
    pub units: Box<[Unit]>,
    /// The words of the text, in order.
    pub words: Box<[Word]>,
    /// The words of the headings above it.
    pub above: Box<[Stem]>,
    /// The words of the file's name.
    pub name: Box<[Stem]>,
    pieces: OnceLock<Box<[Piece]>>,
}

/// A word of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Which.
    pub stem: Stem,
    /// Its first byte.
    pub at: usize,
}

/// A word without its ending, in its language, as a number.
pub(crate) type Stem = u64;

/// A unit with its words.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Where it stands.
    pub unit: Unit,
    /// Its words; sorted.
    pub words: Box<[Stem]>,
    /// Words of the headings above it and, for a row, of its table's header; sorted, shared by neighbours.
    pub context: Arc<[Stem]>,
}

impl Passage {
    fn read(hit: &Hit) -> Self {
        let analyser = Analyser::new(hit.language);
        let mut words = Vec::new();
        analyser
            .for_each(&hit.text, |language, word, at, _| words.push(Word { stem: stem(language, word), at }));
        let above = hit.heading_path.iter().flat_map(|heading| stems(&analyser, heading)).collect();
        let name = stems(&analyser, &hit.source.file_name).into();
        let units = units(&hit.text).into();
        Self { units, words: words.into(), above, name, pieces: OnceLock::new() }
    }

    /// The words that begin in a range of bytes.
    pub fn words_in(&self, range: Range<usize>) -> &[Word] {
        let from = self.words.partition_point(|word| word.at < range.start);
        let to = self.words.partition_point(|word| word.at < range.end);
        self.words.get(from..to).unwrap_or_default()
    }

    /// The units, each with its words and what stands above it.
    pub fn pieces(&self) -> &[Piece] {
        self.pieces.get_or_init(|| self.cut().into())
    }

    fn cut(&self) -> Vec<Piece> {
        let stems = |start, end| self.words_in(start..end).iter().map(|word| word.stem);
        let mut above = self.above.to_vec();
        let mut context: Arc<[Stem]> = sorted(above.clone()).into();
        let mut header = None;
        let mut pieces = Vec::new();
        for &unit in &self.units {
            let words = sorted(stems(unit.start, unit.end).collect());
            let heads = match unit.kind {
                UnitKind::Row { header } => header,
                UnitKind::Sentence | UnitKind::Heading | UnitKind::Item { .. } => None,
            };
            if heads != header {
                header = heads;
                let mut all = above.clone();
                all.extend(heads.into_iter().flat_map(|(start, end)| stems(start, end)));
                context = sorted(all).into();
            }
            if unit.kind == UnitKind::Heading {
                above.extend(&words);
            }
            pieces.push(Piece { unit, words: words.into(), context: Arc::clone(&context) });
            if unit.kind == UnitKind::Heading {
                context = sorted(above.clone()).into();
            }
        }
        pieces
    }
}

/// The words of a text, in order.
pub(crate) fn stems(analyser: &Analyser, text: &str) -> Vec<Stem> {
    let mut stems = Vec::new();
    analyser.for_each(text, |language, word, _, _| stems.push(stem(language, word)));
    stems
}

/// The number of a word that was analysed.
pub(crate) fn stem(language: Language, word: &str) -> Stem {
    let mut hasher = FxHasher::default();
    (language.code(), word).hash(&mut hasher);
    hasher.finish()
}

/// Each once, the smallest first.
pub(crate) fn sorted(mut stems: Vec<Stem>) -> Vec<Stem> {
    stems.sort_unstable();
    stems.dedup();
    stems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fluent::hits::hit;

    #[test]
    fn a_passage_is_read_once_and_anew_when_anything_of_it_is_other() {
        let passages = Passages::default();
        let first = hit("Open at nine.", &["Hours"]);
        let read = passages.read(&first);
        assert!(Arc::ptr_eq(&read, &passages.read(&first)));
        for other in [hit("Open at ten.", &["Hours"]), hit("Open at nine.", &["Prices"])] {
            assert!(!Arc::ptr_eq(&read, &passages.read(&other)));
        }
    }

    #[test]
    fn rows_know_the_header_of_their_table_and_all_units_the_headings_above() {
        let text = "Intro words.\n\n## Prices\n\n| Service | Price |\n|---|---|\n| Puncture | $15 |\n";
        let passage = Passages::default().read(&hit(text, &["Bike shop"]));
        let analyser = Analyser::new(Language::English);
        let has = |piece: &Piece, word: &str| {
            stems(&analyser, word).iter().all(|stem| piece.context.binary_search(stem).is_ok())
        };
        let of = |start: &str| {
            passage.pieces().iter().find(|piece| text[piece.unit.start..].starts_with(start)).unwrap()
        };
        assert!(has(of("Intro"), "bike") && !has(of("Intro"), "prices"));
        assert!(has(of("| Puncture"), "bike prices service"));
    }
}

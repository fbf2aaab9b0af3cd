//! An agent's index: a list of immutable parts, each a segment or several merged into one.
//!
//! The index is a value. Adding or removing a source gives a new index that shares all unchanged parts with the
//! old one, so a search works on its snapshot while others come and go. Ranking depends on the live chunks only,
//! never on how they are spread over parts: counts and lengths are summed over live chunks as whole numbers, a
//! chunk's score is summed in the order of the question's terms, and equal scores are ordered by asset and chunk.
//!
//! Removing an asset marks its chunks dead in the part that holds them; they are dropped when that part is merged.
//! Parts are merged in tiers: `plan_merge` (cheap) → `MergePlan::run` (slow, anywhere, searches go on) →
//! `install` (cheap, on whatever the index is by then).

mod block;
mod merge;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use block::Block;
pub use merge::{MergePlan, Merged};

use crate::analyse::Language;
use crate::segment::Segment;

/// A change of one asset: its segments from now on, or `None` when it is gone.
#[derive(Debug, Clone)]
pub struct Change {
    /// The asset, the same as in the source of its segments.
    pub asset_id: i64,
    /// The segments that replace all earlier ones of the asset.
    pub segments: Option<Vec<Arc<Segment>>>,
}

/// More new segments than this in one change are merged at once: a cold index starts out in one part.
const MERGE_WHEN_ADDING: usize = 8;

/// The live segments of an agent. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct AgentIndex {
    pub(crate) parts: Vec<Part>,
    pub(crate) totals: Totals,
}

/// Sums over live chunks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub chunks: u64,
    pub tokens: u64,
    /// For each language the live segments that have terms of it.
    pub languages: [u32; Language::ALL.len()],
}

/// A block and what is dead in it.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub block: Arc<Block>,
    pub dead: Option<Arc<Dead>>,
    pub live_chunks: usize,
}

/// The dead chunks of a block, a bit for each.
#[derive(Debug, Clone)]
pub(crate) struct Dead(Box<[u64]>);

impl Dead {
    pub fn has(&self, chunk: u32) -> bool {
        self.0[chunk as usize / 64] & (1 << (chunk % 64)) != 0
    }
}

impl AgentIndex {
    /// An index without chunks.
    #[must_use]
    pub fn new() -> AgentIndex {
        AgentIndex::default()
    }

    /// The index after some changes, in order. What they do not touch is shared with this index.
    #[must_use]
    pub fn apply(&self, changes: Vec<Change>) -> AgentIndex {
        let mut next = self.clone();
        // The last change of an asset counts.
        let mut by_asset: BTreeMap<i64, Vec<Arc<Segment>>> = BTreeMap::new();
        for change in changes {
            by_asset.insert(change.asset_id, change.segments.unwrap_or_default());
        }
        for &asset_id in by_asset.keys() {
            next.bury(asset_id);
        }
        let added: Vec<Arc<Segment>> =
            by_asset.into_values().flatten().filter(|segment| !segment.is_empty()).collect();
        for segment in &added {
            next.totals.count_in(segment);
        }
        if added.len() > MERGE_WHEN_ADDING {
            next.parts.push(Part::whole(Block::merge_segments(&added)));
        } else {
            next.parts.extend(added.iter().map(|segment| Part::whole(Block::of_segment(segment))));
        }
        next
    }

    /// Marks all chunks of an asset dead.
    fn bury(&mut self, asset_id: i64) {
        for part in &mut self.parts {
            for store in part.block.stores_of(asset_id) {
                if !part.is_dead(store) {
                    self.totals.count_out(&part.block, store);
                    part.bury(store);
                }
            }
        }
        self.parts.retain(|part| part.live_chunks > 0);
    }

    /// How many chunks can be found.
    #[must_use]
    pub fn chunk_count(&self) -> usize {
        self.totals.chunks as usize
    }

    /// How many parts a search visits.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// Bytes of memory, texts shared with other agents' indexes included.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.parts
            .iter()
            .map(|part| part.block.byte_size() + part.dead.as_ref().map_or(0, |dead| size_of_val(&*dead.0)))
            .sum()
    }

    /// The languages that live chunks have terms of.
    pub(crate) fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        Language::ALL.iter().copied().filter(|&language| self.totals.languages[language as usize] > 0)
    }
}

impl Totals {
    fn count_in(&mut self, segment: &Segment) {
        self.chunks += segment.len() as u64;
        self.tokens += segment.postings.lengths().iter().map(|&n| u64::from(n)).sum::<u64>();
        for (language, count) in self.languages.iter_mut().enumerate() {
            *count += segment.store.languages >> language & 1;
        }
    }

    fn count_out(&mut self, block: &Block, store: usize) {
        let chunks = block.chunks_of(store);
        self.chunks -= chunks.len() as u64;
        self.tokens -= block.postings.lengths()[chunks].iter().map(|&n| u64::from(n)).sum::<u64>();
        for (language, count) in self.languages.iter_mut().enumerate() {
            *count -= block.stores[store].languages >> language & 1;
        }
    }
}

impl Part {
    pub fn whole(block: Block) -> Part {
        Part { live_chunks: block.len(), block: Arc::new(block), dead: None }
    }

    /// Marks the chunks of a live store dead.
    pub fn bury(&mut self, store: usize) {
        let chunks = self.block.chunks_of(store);
        self.live_chunks -= chunks.len();
        let mut dead = match &self.dead {
            Some(dead) => Dead::clone(dead),
            None => Dead(vec![0; self.block.len().div_ceil(64)].into_boxed_slice()),
        };
        for chunk in chunks {
            dead.0[chunk / 64] |= 1 << (chunk % 64);
        }
        self.dead = Some(Arc::new(dead));
    }

    /// Whether a store's chunks are dead; a store has at least one chunk, and all of them die together.
    pub fn is_dead(&self, store: usize) -> bool {
        self.dead.as_ref().is_some_and(|dead| dead.has(self.block.chunks_of(store).start as u32))
    }
}

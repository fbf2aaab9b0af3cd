//! A block: stores with common postings, the unit that a search visits.

use std::ops::Range;
use std::sync::Arc;

use crate::segment::postings::Postings;
use crate::segment::{Segment, Store};

/// The stores of one or many segments under one set of postings. Chunks are numbered through.
#[derive(Debug)]
pub(crate) struct Block {
    /// Ordered by asset and first chunk.
    pub stores: Box<[Arc<Store>]>,
    /// The first chunk of each store, and the number of chunks at the end.
    bases: Box<[u32]>,
    pub postings: Arc<Postings>,
}

impl Block {
    pub fn of_segment(segment: &Segment) -> Block {
        Block {
            stores: Box::new([Arc::clone(&segment.store)]),
            bases: Box::new([0, segment.len() as u32]),
            postings: Arc::clone(&segment.postings),
        }
    }

    pub fn merge_segments(segments: &[Arc<Segment>]) -> Block {
        let inputs: Vec<Input<'_>> = segments
            .iter()
            .map(|segment| Input { store: &segment.store, postings: &segment.postings, first: 0 })
            .collect();
        Block::merge(inputs)
    }

    /// One block of the given stores, whose postings may stand in larger blocks.
    pub fn merge(mut inputs: Vec<Input<'_>>) -> Block {
        inputs.sort_by_key(|input| (input.store.source.asset_id, input.store.first_chunk_no));
        let mut bases = Vec::with_capacity(inputs.len() + 1);
        let mut lengths = Vec::new();
        for input in &inputs {
            bases.push(lengths.len() as u32);
            let first = input.first as usize;
            lengths.extend_from_slice(&input.postings.lengths()[first..first + input.store.rows.len()]);
        }
        bases.push(lengths.len() as u32);
        // Postings are walked once each, however many of the stores they hold.
        let mut entries: Vec<(u64, u32, u32)> = Vec::new();
        let mut by_postings: Vec<usize> = (0..inputs.len()).collect();
        by_postings.sort_by_key(|&at| (std::ptr::from_ref(inputs[at].postings) as usize, inputs[at].first));
        for group in by_postings.chunk_by(|&a, &b| std::ptr::eq(inputs[a].postings, inputs[b].postings)) {
            let postings = inputs[group[0]].postings;
            // New number of each old chunk; `u32::MAX` for those left behind.
            let mut renumbered = vec![u32::MAX; postings.lengths().len()];
            for &at in group {
                for chunk in 0..inputs[at].store.rows.len() as u32 {
                    renumbered[(inputs[at].first + chunk) as usize] = bases[at] + chunk;
                }
            }
            for (place, &key) in postings.keys().iter().enumerate() {
                let list = postings.list(place);
                for (&doc, &frequency) in list.docs.iter().zip(list.frequencies) {
                    let doc = renumbered[doc as usize];
                    if doc != u32::MAX {
                        entries.push((key, doc, u32::from(frequency)));
                    }
                }
            }
        }
        Block {
            stores: inputs.iter().map(|input| Arc::clone(input.store)).collect(),
            bases: bases.into_boxed_slice(),
            postings: Arc::new(Postings::from_entries(entries, lengths)),
        }
    }

    pub fn len(&self) -> usize {
        self.bases[self.stores.len()] as usize
    }

    pub fn chunks_of(&self, store: usize) -> Range<usize> {
        self.bases[store] as usize..self.bases[store + 1] as usize
    }

    /// The stores of an asset.
    pub fn stores_of(&self, asset_id: i64) -> Range<usize> {
        let from = self.stores.partition_point(|store| store.source.asset_id < asset_id);
        let to = from + self.stores[from..].partition_point(|store| store.source.asset_id == asset_id);
        from..to
    }

    /// The store of a chunk and the chunk's place in it.
    pub fn locate(&self, chunk: u32) -> (usize, usize) {
        let store = self.bases.partition_point(|&base| base <= chunk) - 1;
        (store, (chunk - self.bases[store]) as usize)
    }

    pub fn byte_size(&self) -> usize {
        self.stores.iter().map(|store| 8 + store.byte_size()).sum::<usize>()
            + size_of_val(&*self.bases)
            + self.postings.byte_size()
    }
}

/// A store on its way into a merged block.
#[derive(Clone, Copy)]
pub(crate) struct Input<'b> {
    pub store: &'b Arc<Store>,
    pub postings: &'b Postings,
    /// The store's first chunk in those postings.
    pub first: u32,
}

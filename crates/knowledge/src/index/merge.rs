//! Merging parts in tiers, beside running searches and changes.

use std::sync::Arc;

use super::block::{Block, Input};
use super::{AgentIndex, Part};

/// Parts of one tier are merged when there are this many. A tier holds parts of up to `FAN` times the chunks of the
/// tier below, so an index of n chunks has at most `FAN × log_FAN(n)` parts after merging.
const FAN: usize = 4;

/// Parts to merge: a snapshot that can be worked on anywhere.
#[derive(Debug)]
pub struct MergePlan {
    parts: Vec<Part>,
}

/// A merged part with the parts it replaces.
#[derive(Debug)]
pub struct Merged {
    from: Vec<Part>,
    block: Block,
}

impl AgentIndex {
    /// The parts that should be merged next, if any.
    #[must_use]
    pub fn plan_merge(&self) -> Option<MergePlan> {
        let mut tiers: Vec<Vec<&Part>> = Vec::new();
        for part in &self.parts {
            let tier = part.live_chunks.max(1).ilog(FAN) as usize;
            if tiers.len() <= tier {
                tiers.resize_with(tier + 1, Vec::new);
            }
            tiers[tier].push(part);
        }
        // The highest full tier, together with all that is smaller: one merge instead of a row of them.
        if let Some(full) = tiers.iter().rposition(|tier| tier.len() >= FAN) {
            let parts = tiers[..=full].iter().flatten().map(|&part| part.clone()).collect();
            return Some(MergePlan { parts });
        }
        let worn = self.parts.iter().find(|part| part.live_chunks * 2 < part.block.len())?;
        Some(MergePlan { parts: vec![worn.clone()] })
    }

    /// Puts a merged part in the place of those it was made from. Whatever of them was removed, replaced or merged
    /// elsewhere meanwhile is dead in the merged part.
    #[must_use]
    pub fn install(&self, merged: Merged) -> AgentIndex {
        let mut part = Part::whole(merged.block);
        let mut next = self.clone();
        for old in &merged.from {
            let now = next.parts.iter().position(|p| Arc::ptr_eq(&p.block, &old.block));
            let now = now.map(|at| next.parts.swap_remove(at));
            for (number, store) in old.block.stores.iter().enumerate() {
                if old.is_dead(number) || now.as_ref().is_some_and(|now| !now.is_dead(number)) {
                    continue;
                }
                let same = part.block.stores_of(store.source.asset_id);
                if let Some(place) = same.into_iter().find(|&at| Arc::ptr_eq(&part.block.stores[at], store)) {
                    part.bury(place);
                }
            }
        }
        if part.live_chunks > 0 {
            next.parts.push(part);
        }
        next
    }

    /// The index with one merge done, here and now; `None` when there is nothing to merge.
    #[must_use]
    pub fn merge_step(&self) -> Option<AgentIndex> {
        Some(self.install(self.plan_merge()?.run()))
    }
}

impl MergePlan {
    /// Merges. Takes time in proportion to the size of the parts.
    #[must_use]
    pub fn run(self) -> Merged {
        let mut inputs = Vec::new();
        for part in &self.parts {
            for (number, store) in part.block.stores.iter().enumerate() {
                if !part.is_dead(number) {
                    let first = part.block.chunks_of(number).start as u32;
                    inputs.push(Input { store, postings: &part.block.postings, first });
                }
            }
        }
        let block = Block::merge(inputs);
        Merged { from: self.parts, block }
    }
}

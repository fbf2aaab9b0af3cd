//! Postings: for every term the chunks that hold it, and how often.

use crate::analyse::Language;

/// The highest term frequency kept; beyond it BM25 has long levelled off.
const MAX_FREQUENCY: u32 = 255;

/// The key of a term: a 64-bit hash of language and stem.
///
/// Part of the stored form, so it must not change without a new format version. Two terms of an index with a
/// million terms share a key with a chance of 1 in 37 million, and would then count as one word.
pub(crate) fn key(language: Language, stem: &str) -> u64 {
    let mut state = mix((u64::from(language as u8) << 32) | stem.len() as u64);
    for piece in stem.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..piece.len()].copy_from_slice(piece);
        state = mix(state ^ u64::from_le_bytes(word));
    }
    state
}

/// The finalizer of SplitMix64: a bijection in which every bit depends on every other.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The half of a key that a chunk's token list holds.
pub(crate) fn low(key: u64) -> u32 {
    key as u32
}

/// The chunks of a set of terms. Chunks are numbered from 0 within the set.
#[derive(Debug, PartialEq)]
pub(crate) struct Postings {
    /// Ascending.
    keys: Box<[u64]>,
    /// Where the chunks of a key begin; one more than there are keys.
    starts: Box<[u32]>,
    docs: Box<[u32]>,
    frequencies: Box<[u8]>,
    /// Length of each chunk in tokens.
    lengths: Box<[u32]>,
    /// For each value of a key's upper bits the first key that has it: keys are evenly spread, so a look-up reads
    /// one entry here and two or three keys.
    buckets: Box<[u32]>,
    shift: u32,
}

/// The postings of one term.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'p> {
    pub docs: &'p [u32],
    pub frequencies: &'p [u8],
}

impl Postings {
    /// Makes postings of `(key, chunk, frequency)` in any order, each pair of key and chunk once.
    pub fn from_entries(mut entries: Vec<(u64, u32, u32)>, lengths: Vec<u32>) -> Postings {
        entries.sort_unstable();
        let mut keys = Vec::new();
        let mut starts = Vec::new();
        let mut docs = Vec::with_capacity(entries.len());
        let mut frequencies = Vec::with_capacity(entries.len());
        for (key, doc, frequency) in entries {
            if keys.last() != Some(&key) {
                keys.push(key);
                starts.push(docs.len() as u32);
            }
            docs.push(doc);
            frequencies.push(frequency.min(MAX_FREQUENCY) as u8);
        }
        starts.push(docs.len() as u32);
        Postings::new(keys, starts, docs, frequencies, lengths)
    }

    /// Puts ready arrays together; `keys` ascend, `starts` has one entry more and ends with the length of `docs`.
    pub fn new(
        keys: Vec<u64>,
        starts: Vec<u32>,
        docs: Vec<u32>,
        frequencies: Vec<u8>,
        lengths: Vec<u32>,
    ) -> Postings {
        let bits = (keys.len().max(2) as u32).ilog2().saturating_sub(1).max(1);
        let shift = 64 - bits;
        let mut buckets = vec![0_u32; (1 << bits) + 1];
        for key in &keys {
            buckets[(key >> shift) as usize + 1] += 1;
        }
        for at in 1..buckets.len() {
            buckets[at] += buckets[at - 1];
        }
        Postings {
            keys: keys.into_boxed_slice(),
            starts: starts.into_boxed_slice(),
            docs: docs.into_boxed_slice(),
            frequencies: frequencies.into_boxed_slice(),
            lengths: lengths.into_boxed_slice(),
            buckets: buckets.into_boxed_slice(),
            shift,
        }
    }

    /// The chunks that hold a term.
    pub fn find(&self, key: u64) -> Option<List<'_>> {
        let bucket = (key >> self.shift) as usize;
        let from = self.buckets[bucket] as usize;
        let to = self.buckets[bucket + 1] as usize;
        let at = from + self.keys[from..to].iter().position(|&k| k == key)?;
        Some(self.list(at))
    }

    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    pub fn list(&self, at: usize) -> List<'_> {
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        List { docs: &self.docs[range.clone()], frequencies: &self.frequencies[range] }
    }

    pub fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    pub fn byte_size(&self) -> usize {
        size_of::<Postings>()
            + size_of_val(&*self.keys)
            + size_of_val(&*self.starts)
            + size_of_val(&*self.docs)
            + size_of_val(&*self.frequencies)
            + size_of_val(&*self.lengths)
            + size_of_val(&*self.buckets)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_differ_by_language_stem_and_length() {
        let mut seen = HashSet::new();
        let mut low_seen = HashSet::new();
        for &language in Language::ALL {
            for number in 0..4000 {
                let key = key(language, &format!("word{number}"));
                assert!(seen.insert(key));
                low_seen.insert(low(key));
            }
        }
        // 100,000 random 32-bit numbers collide about once.
        assert!(seen.len() - low_seen.len() < 8, "{}", seen.len() - low_seen.len());
        assert_ne!(key(Language::English, "a"), key(Language::English, "a\0"));
    }

    #[test]
    fn every_key_is_found_and_no_other() {
        let entries: Vec<(u64, u32, u32)> = (0..1000_u32)
            .flat_map(|n| (0..=n % 3).map(move |doc| (key(Language::English, &format!("t{n}")), doc, n)))
            .collect();
        let postings = Postings::from_entries(entries, vec![1; 3]);
        for n in 0..1000_u32 {
            let list = postings.find(key(Language::English, &format!("t{n}"))).unwrap();
            assert_eq!(list.docs.len() as u32, n % 3 + 1);
            assert_eq!(u32::from(list.frequencies[0]), n.min(255));
        }
        assert!(postings.find(key(Language::German, "t1")).is_none());
        assert!(Postings::from_entries(Vec::new(), Vec::new()).find(7).is_none());
    }
}

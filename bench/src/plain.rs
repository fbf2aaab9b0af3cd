//! The floor of a search: textbook BM25 over lower-case words in one hash map, and nothing else (no stems, no features,
//! no sentences, no texts, no removal).

use rustc_hash::FxHashMap;

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// An index of passages.
#[derive(Debug, Default)]
pub struct Plain {
    postings: FxHashMap<String, Vec<(u32, u32)>>,
    lengths: Vec<u32>,
    words: u64,
}

impl Plain {
    /// Adds a passage.
    pub fn add(&mut self, text: &str) {
        let passage = self.lengths.len() as u32;
        let mut length = 0;
        for word in words(text) {
            length += 1;
            let list = self.postings.entry(word).or_default();
            match list.last_mut() {
                Some((last, count)) if *last == passage => *count += 1,
                Some(_) | None => list.push((passage, 1)),
            }
        }
        self.lengths.push(length);
        self.words += u64::from(length);
    }

    /// The ten best passages, best first.
    #[must_use]
    pub fn search(&self, question: &str) -> Vec<u32> {
        let passages = self.lengths.len() as f32;
        let mean = self.words as f32 / passages.max(1.0);
        let mut scores = FxHashMap::<u32, f32>::default();
        for word in words(question) {
            let Some(list) = self.postings.get(&word) else { continue };
            let idf = ((passages - list.len() as f32 + 0.5) / (list.len() as f32 + 0.5)).ln_1p();
            for &(passage, count) in list {
                let (count, length) = (count as f32, self.lengths[passage as usize] as f32);
                *scores.entry(passage).or_default() +=
                    idf * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean));
            }
        }
        let mut best: Vec<(u32, f32)> = scores.into_iter().collect();
        let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if best.len() > 10 {
            best.select_nth_unstable_by(9, order);
            best.truncate(10);
        }
        best.sort_unstable_by(order);
        best.into_iter().map(|(passage, _)| passage).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_passage_with_the_rare_word() {
        let mut plain = Plain::default();
        for text in ["the red house", "the blue house by the lake", "a lake"] {
            plain.add(text);
        }
        assert_eq!(plain.search("Which house is BLUE?"), [1, 0]);
        assert!(plain.search("nothing").is_empty());
    }
}

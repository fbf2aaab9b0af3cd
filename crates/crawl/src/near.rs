//! Pages that say what another says: copies for printing, with other parameters, in another order.
//!
//! A page is a copy when nearly all runs of three words on it (its *shingles*; Broder, "On the resemblance and containment
//! of documents", 1997) are on the other too, and all its figures: two products that differ in their price are two pages.
//! Candidates are found by a fingerprint of 64 bits (Charikar, "Similarity estimation techniques from rounding algorithms",
//! 2002), so a site of ten thousand pages is compared in memory.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher as _};

/// Words in a run.
const SHINGLE: usize = 3;
/// So many per cent of a page's runs are another's too when it is a copy …
const COPY_PER_CENT: usize = 95;
/// … or only so many, when the page itself names the other as the original.
const NAMED_PER_CENT: usize = 70;
/// Fingerprints of copies differ in so many bits at most.
const MOST_BITS: u32 = 12;

/// What is compared of a page.
#[derive(Clone, Debug)]
pub struct Sketch {
    shingles: HashSet<u64>,
    figures: HashSet<u64>,
    fingerprint: u64,
}

impl Sketch {
    /// The sketch of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let words: Vec<String> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let figures = words.iter().filter(|word| word.contains(|letter: char| letter.is_numeric())).map(hash);
        let shingles: HashSet<u64> = if words.len() < SHINGLE {
            std::iter::once(hash(&words)).collect()
        } else {
            words.windows(SHINGLE).map(hash).collect()
        };
        let fingerprint = fingerprint(&shingles);
        Self { figures: figures.collect(), shingles, fingerprint }
    }

    /// Whether this is a copy of another page. `is_named` says that this page names the other as the original.
    #[must_use]
    pub fn is_copy_of(&self, other: &Self, is_named: bool) -> bool {
        let per_cent = if is_named { NAMED_PER_CENT } else { COPY_PER_CENT };
        let shared = self.shingles.intersection(&other.shingles).count();
        shared * 100 >= self.shingles.len() * per_cent && self.figures.is_subset(&other.figures)
    }
}

fn hash<T: std::hash::Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn fingerprint(shingles: &HashSet<u64>) -> u64 {
    let mut sums = [0_i64; 64];
    for shingle in shingles {
        for (bit, sum) in sums.iter_mut().enumerate() {
            *sum += if shingle >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    sums.iter().enumerate().fold(0, |print, (bit, sum)| if *sum > 0 { print | 1 << bit } else { print })
}

/// The fingerprints of the pages that are kept, in the order in which they are looked at.
#[derive(Debug, Default)]
pub struct Kept(HashMap<String, u64>);

impl Kept {
    /// The addresses of kept pages of which a page may be a copy: their sketches decide ([`Sketch::is_copy_of`]). `original`
    /// is the address that the page names as its own.
    #[must_use]
    pub fn like(&self, page: &Sketch, original: Option<&str>) -> Vec<String> {
        let is_like = |url: &str, print: u64| {
            (print ^ page.fingerprint).count_ones() <= MOST_BITS || original == Some(url)
        };
        let mut like: Vec<String> =
            self.0.iter().filter(|(url, print)| is_like(url, **print)).map(|(url, _)| url.clone()).collect();
        like.sort_unstable();
        like
    }

    /// Keeps a page.
    pub fn keep(&mut self, url: &str, page: &Sketch) {
        self.0.insert(url.to_owned(), page.fingerprint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAD: &str = "# Our bread\n\nWe bake rye and wheat bread every morning in a stone oven that is older than the village \
        itself. The dough rests for a whole night. A loaf of rye costs 4.20, a loaf of wheat 3.10. Ask for yesterday's bread: it is \
        half the price and twice as good for soup. We close on Mondays and open at 7 on all other days.\n";

    #[test]
    fn copies_are_found_and_other_prices_are_no_copies() {
        let printed = format!("{BREAD}\nPrinted for you.\n");
        let dearer = BREAD.replace("4.20", "4.90");
        let table = [
            (BREAD.to_owned(), true, "the same"),
            (printed, true, "a line more"),
            (dearer, false, "another price"),
            (
                "# Our cake\n\nWe bake cakes for weddings, and nothing else.\n".to_owned(),
                false,
                "another page",
            ),
        ];
        let (mut kept, bread) = (Kept::default(), Sketch::of(BREAD));
        kept.keep("https://example.org/bread", &bread);
        for (text, expected, what) in table {
            let page = Sketch::of(&text);
            let found =
                kept.like(&page, None) == ["https://example.org/bread"] && page.is_copy_of(&bread, false);
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn a_page_that_names_its_original_need_not_be_so_like_it() {
        let half = "We bake rye and wheat bread every morning in a stone oven that is older than the village itself. Sorted by price.";
        let (half, bread) = (Sketch::of(half), Sketch::of(BREAD));
        assert!(half.is_copy_of(&bread, true) && !half.is_copy_of(&bread, false));
        let other = Sketch::of("Nothing of the sort is said here at all.");
        assert!(!other.is_copy_of(&bread, true), "whatever it names");
        let mut kept = Kept::default();
        kept.keep("https://example.org/bread", &bread);
        assert_eq!(kept.like(&other, Some("https://example.org/bread")), ["https://example.org/bread"]);
        assert!(kept.like(&other, Some("https://example.org/cake")).is_empty());
    }
}

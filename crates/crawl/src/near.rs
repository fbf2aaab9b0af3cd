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
struct Sketch {
    shingles: HashSet<u64>,
    figures: HashSet<u64>,
    fingerprint: u64,
}

impl Sketch {
    fn of(text: &str) -> Self {
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

    fn is_copy_of(&self, other: &Self, per_cent: usize) -> bool {
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

/// The pages that are kept, in the order in which they are looked at.
#[derive(Debug, Default)]
pub struct Kept {
    pages: HashMap<String, Page>,
}

#[derive(Debug)]
struct Page {
    fingerprint: u64,
    text_hash: u64,
}

/// What a page is beside those that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// It says something of its own, and is kept from now on.
    New,
    /// It may be a copy of one of these: their texts decide ([`is_copy`]).
    Maybe(Vec<String>),
}

impl Kept {
    /// Looks at a page. `original` is the address that it names as its own.
    #[must_use]
    pub fn look(&self, text: &str, original: Option<&str>) -> Beside {
        let sketch = Sketch::of(text);
        let whole = hash(text);
        let mut like: Vec<String> = self
            .pages
            .iter()
            .filter(|(url, page)| {
                page.text_hash == whole
                    || (page.fingerprint ^ sketch.fingerprint).count_ones() <= MOST_BITS
                    || original == Some(url.as_str())
            })
            .map(|(url, _)| url.clone())
            .collect();
        like.sort_unstable();
        if like.is_empty() { Beside::New } else { Beside::Maybe(like) }
    }

    /// Keeps a page.
    pub fn keep(&mut self, url: &str, text: &str) {
        let page = Page { fingerprint: Sketch::of(text).fingerprint, text_hash: hash(text) };
        self.pages.insert(url.to_owned(), page);
    }
}

/// Whether a page's text is a copy of another's. `is_named` says that the page names the other as the original.
#[must_use]
pub fn is_copy(text: &str, other: &str, is_named: bool) -> bool {
    let per_cent = if is_named { NAMED_PER_CENT } else { COPY_PER_CENT };
    text == other || Sketch::of(text).is_copy_of(&Sketch::of(other), per_cent)
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
        let mut kept = Kept::default();
        kept.keep("https://example.org/bread", BREAD);
        for (text, expected, what) in table {
            let found = match kept.look(&text, None) {
                Beside::New => false,
                Beside::Maybe(urls) => urls == ["https://example.org/bread"] && is_copy(&text, BREAD, false),
            };
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn a_page_that_names_its_original_need_not_be_so_like_it() {
        let half = "We bake rye and wheat bread every morning in a stone oven that is older than the village itself. Sorted by price.";
        assert!(is_copy(half, BREAD, true) && !is_copy(half, BREAD, false));
        assert!(!is_copy("Nothing of the sort is said here at all.", BREAD, true), "whatever it names");
        let mut kept = Kept::default();
        kept.keep("https://example.org/bread", BREAD);
        assert_eq!(
            kept.look("Something else.", Some("https://example.org/bread")),
            Beside::Maybe(vec!["https://example.org/bread".into()])
        );
        assert_eq!(kept.look("Something else.", Some("https://example.org/cake")), Beside::New);
    }
}

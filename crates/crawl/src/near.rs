//! Pages that say what another says: copies for printing, with other parameters, in another order.
//!
//! A page is a copy when nearly all runs of three words on it (its *shingles*; Broder, "On the resemblance and containment
//! of documents", 1997) are on the other too, and all its figures: two products that differ in their price are two pages.
//! Candidates are found by a fingerprint of 64 bits (Charikar, "Similarity estimation techniques from rounding algorithms",
//! 2002) and of figures by another (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970), so that of a
//! shop's ten thousand pages of one template few texts are looked at.

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
/// So many of them are looked at, the likest first: a copy is liker than what only follows the same template.
const MOST_LIKE: usize = 8;

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
        let figures = words.iter().filter(|word| is_figure(word)).map(|word| hash(word.as_str()));
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

fn is_figure(word: &str) -> bool {
    word.contains(char::is_numeric)
}

/// Which figures a text may have: a filter of 128 bits, one for each figure.
#[derive(Clone, Copy, Debug)]
pub struct Figures(u128);

impl Figures {
    /// Those of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| is_figure(word));
        Self::among(words.map(|word| hash(word.to_lowercase().as_str())))
    }

    fn among(hashes: impl Iterator<Item = u64>) -> Self {
        Self(hashes.fold(0, |bits, hash| bits | 1 << (hash % 128)))
    }

    /// Whether all of these may be among them; when not, one surely is not.
    const fn may_hold(self, others: Self) -> bool {
        others.0 & !self.0 == 0
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

/// The pages that are kept: the fingerprint of what is compared of each, and the figures of its whole text.
#[derive(Debug, Default)]
pub struct Kept(HashMap<String, (u64, Figures)>);

impl Kept {
    /// The addresses of kept pages of which a page may be a copy, the likest first: their sketches decide
    /// ([`Sketch::is_copy_of`]). `original` is the address that the page names as its own.
    #[must_use]
    pub fn like(&self, page: &Sketch, original: Option<&str>) -> Vec<String> {
        let figures = Figures::among(page.figures.iter().copied());
        let mut like: Vec<(u32, &String)> = self
            .0
            .iter()
            .filter(|(_, (_, others))| others.may_hold(figures))
            .filter_map(|(url, (print, _))| {
                let bits = if original == Some(url) { 0 } else { (print ^ page.fingerprint).count_ones() };
                (bits <= MOST_BITS).then_some((bits, url))
            })
            .collect();
        like.sort_unstable_by_key(|(bits, url)| (original != Some(url), *bits, *url));
        like.into_iter().take(MOST_LIKE).map(|(_, url)| url.clone()).collect()
    }

    /// Keeps a page, with the figures of its whole text.
    pub fn keep(&mut self, url: &str, page: &Sketch, figures: Figures) {
        self.0.insert(url.to_owned(), (page.fingerprint, figures));
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
        kept.keep("https://example.org/bread", &bread, Figures::of(BREAD));
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
        kept.keep("https://example.org/bread", &bread, Figures::of(BREAD));
        assert_eq!(kept.like(&other, Some("https://example.org/bread")), ["https://example.org/bread"]);
        assert!(kept.like(&other, Some("https://example.org/cake")).is_empty());
    }
    #[test]
    fn of_pages_of_one_template_few_are_looked_at() {
        let page = |number: u64| {
            let (price, stock) = (number * 7919 % 10_000, number * 31 % 997);
            format!(
                "# Chair {number}\n\nA chair of solid oak with a seat of woven paper cord, made to order in our workshop. \
                 Article {number}. Price {price} euros, {stock} in stock. Delivery takes two weeks. Ask us for other sizes.\n"
            )
        };
        let (mut kept, mut looked_at) = (Kept::default(), 0);
        for number in 0..1000 {
            let (text, sketch) = (page(number), Sketch::of(&page(number)));
            looked_at += kept.like(&sketch, None).len();
            kept.keep(&format!("https://example.org/{number:04}"), &sketch, Figures::of(&text));
        }
        assert!(looked_at < 4000, "{looked_at} looks");
        // A copy of any of them is found all the same.
        for number in [0, 500, 999] {
            let copy = Sketch::of(&format!("{}\nPrinted for you.\n", page(number)));
            let like = kept.like(&copy, None);
            assert!(like.contains(&format!("https://example.org/{number:04}")), "{number}: {like:?}");
        }
    }
}

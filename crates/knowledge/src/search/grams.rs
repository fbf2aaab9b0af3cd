//! Character grams: what a question and a text share below the level of words.
//!
//! They see what stems do not: compounds, derivations (`meteorology`, `meteorological`), misspellings. Grams are the
//! 3 and 4 neighbouring bytes of single folded words with a blank on either side. Only the few candidates are
//! compared, straight from their texts, so nothing about grams is stored.

/// Slots of the table; eight times as many as there may be grams.
const SLOTS: usize = 4096;

/// The most grams of a question that are looked for; an ordinary one has about a hundred.
const MAX_GRAMS: usize = 512;

/// A set of a question's grams, a bit for each.
pub(super) type GramSet = [u64; MAX_GRAMS / 64];

/// The grams of a question, each with its share of the question's weight.
pub(super) struct Grams {
    /// Number of the gram plus one, 0 for none.
    slots: Box<[u16; SLOTS]>,
    grams: Vec<u32>,
    shares: Weights,
}

/// What each gram weighs.
#[derive(Default)]
pub(super) struct Weights {
    each: Vec<f32>,
    whole: f32,
}

impl Weights {
    fn new(each: Vec<f32>) -> Self {
        Self { whole: each.iter().sum(), each }
    }

    /// The part of the whole weight that the grams of a set have, 0 to 1.
    pub fn share(&self, set: &GramSet) -> f32 {
        if self.whole > 0.0 {
            numbers(set).map(|number| self.each[number]).sum::<f32>() / self.whole
        } else {
            0.0
        }
    }
}

impl Grams {
    /// Takes the grams of the folded words; a word's weight is spread evenly over its grams.
    pub fn of<'w>(words: impl Iterator<Item = (&'w str, f32)>) -> Grams {
        let mut grams = Grams { slots: Box::new([0; SLOTS]), grams: Vec::new(), shares: Weights::default() };
        let mut shares = Vec::new();
        for (word, weight) in words {
            let mut count = 0;
            each(word, |_| count += 1);
            let share = weight / count.max(1) as f32;
            each(word, |gram| grams.add(gram, share, &mut shares));
        }
        grams.shares = Weights::new(shares);
        grams
    }

    fn add(&mut self, gram: u32, share: f32, shares: &mut Vec<f32>) {
        if let Some(number) = self.number(gram) {
            shares[number] += share;
        } else if self.grams.len() < MAX_GRAMS {
            self.grams.push(gram);
            shares.push(share);
            let mut slot = slot(gram);
            while self.slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            self.slots[slot] = self.grams.len() as u16;
        }
    }

    #[inline]
    fn number(&self, gram: u32) -> Option<usize> {
        let mut slot = slot(gram);
        loop {
            let number = self.slots[slot] as usize;
            if number == 0 {
                return None;
            }
            if self.grams[number - 1] == gram {
                return Some(number - 1);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// The question's grams in a text.
    ///
    /// This loop takes most of the time of a search, so it has one branch for each byte. Windows over the end of a
    /// word do no harm: a gram of the question has a blank at its ends only. A 4-gram is looked for when the 3-gram
    /// at its end is one of the question, for a word that has the one has the other.
    pub fn find_in(&self, text: &str) -> GramSet {
        let mut found = GramSet::default();
        if self.grams.is_empty() {
            return found;
        }
        let mut window = u32::from(BLANK);
        for byte in text.bytes().chain([BLANK]) {
            window = window << 8 | u32::from(FOLDED[byte as usize]);
            let short = window & 0xff_ffff;
            if self.slots[slot(short)] != 0
                && let Some(number) = self.number(short)
            {
                found[number / 64] |= 1 << (number % 64);
                if let Some(number) = self.number(window) {
                    found[number / 64] |= 1 << (number % 64);
                }
            }
        }
        found
    }

    /// The weight of each gram in the question's words.
    pub const fn shares(&self) -> &Weights {
        &self.shares
    }

    /// How telling each gram is among some texts: its inverse document frequency in them.
    pub fn idf_among(&self, sets: &[GramSet]) -> Weights {
        let mut counts = vec![0_u32; self.grams.len()];
        for set in sets {
            for number in numbers(set) {
                counts[number] += 1;
            }
        }
        let all = sets.len() as f32;
        Weights::new(counts.iter().map(|&n| (1.0 + (all - n as f32 + 0.5) / (n as f32 + 0.5)).ln()).collect())
    }
}

fn numbers(set: &GramSet) -> impl Iterator<Item = usize> + '_ {
    set.iter().enumerate().flat_map(|(at, &word)| {
        std::iter::successors((word != 0).then_some(word), |word| {
            let rest = word & (word - 1);
            (rest != 0).then_some(rest)
        })
        .map(move |word| at * 64 + word.trailing_zeros() as usize)
    })
}

#[inline]
fn slot(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> 20) as usize
}

const BLANK: u8 = b' ';

/// Lower case for ASCII letters; a blank for what is no letter or digit; other scripts' bytes as they are.
const FOLDED: [u8; 256] = {
    let mut table = [BLANK; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x80 || (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Visits the 3- and 4-grams of a word of the question.
fn each(word: &str, mut visit: impl FnMut(u32)) {
    let mut window = u32::from(BLANK);
    for (at, byte) in word.bytes().chain([BLANK]).enumerate() {
        window = window << 8 | u32::from(FOLDED[byte as usize]);
        if at >= 1 {
            visit(window & 0xff_ffff);
        }
        if at >= 2 {
            visit(window);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(words: &[(&str, f32)], text: &str) -> f32 {
        let grams = Grams::of(words.iter().copied());
        grams.shares().share(&grams.find_in(text))
    }

    #[test]
    fn what_is_shared_is_measured() {
        let question = [("meteorology", 2.0), ("map", 1.0)];
        assert!((shared(&question, "Meteorology, a MAP") - 1.0).abs() < 1e-6);
        let derived = shared(&question, "meteorological");
        assert!(derived > 0.4 && derived < 0.7, "{derived}");
        assert!(shared(&question, "").abs() < 1e-6);
        assert!(shared(&[], "text").abs() < 1e-6);
        assert!((shared(&[("营业", 1.0)], "我们营业。") - 0.0).abs() > 0.3);
    }

    #[test]
    fn a_question_of_very_many_grams_is_cut() {
        let words: Vec<String> = (0..2000).map(|n| format!("word{}", n * 7919)).collect();
        let grams = Grams::of(words.iter().map(|word| (word.as_str(), 1.0)));
        assert_eq!(grams.shares().each.len(), MAX_GRAMS);
        assert!(grams.shares().share(&grams.find_in(&words.join(" "))) > 0.99);
    }

    #[test]
    fn a_gram_that_all_texts_have_tells_least() {
        let grams = Grams::of([("abc", 1.0), ("xyz", 1.0)].into_iter());
        let sets = [grams.find_in("abc"), grams.find_in("abc xyz"), grams.find_in("abc")];
        let idf = grams.idf_among(&sets).each;
        assert!(idf[0] < idf[idf.len() - 1]);
    }
}

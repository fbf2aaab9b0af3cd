//! Texts made by a seeded generator: sentences whose words are spread as in natural language (a few very common, most
//! rare, new ones in every document), and in each paragraph one fact that a question asks for.

use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustc_hash::FxHashSet;

/// Different words that the generator knows, beside the English function words of the sentences.
const VOCABULARY: usize = 120_000;
/// The parameters of Zipf's law in Mandelbrot's form, near those of English prose.
const EXPONENT: f64 = 1.05;
const SHIFT: f64 = 2.7;

const ONSETS: [&str; 24] = [
    "b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pr", "r", "s",
    "st", "t", "tr", "v",
];
const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
const CODAS: [&str; 10] = ["", "", "", "n", "r", "l", "m", "nt", "rd", "x"];
const ENDINGS: [&str; 12] = ["", "", "", "", "er", "ing", "ed", "s", "ment", "able", "ity", "al"];

/// `*` stands for a word.
const SENTENCES: [&str; 14] = [
    "The * of the * was * by a * in the *, and it had been * for the * before.",
    "When a * comes with its *, you can ask for the * or for another * of the same *.",
    "Most of our * are *, but some of them have a * that is not * with the *.",
    "There is no * in the *, so they * it with a * and a *.",
    "It was * that the * would * after the *, which is why the * is * to this day.",
    "We * every * that has been * by the * within the *.",
    "If you want to * a *, please bring the * and the * that you have from the *.",
    "A * with * and * is more * than one without them.",
    "In the * the * of * is *, while the * is * only by * and *.",
    "All * that we * are * from the * of *, as their * says.",
    "Before this *, a * had to * the * at his own *.",
    "This * does not * the *; it * only what the * has *.",
    "They were * at the * because of a * between the * and the *.",
    "Our * is a * of * and *, and there are * for those who * it.",
];

/// A passage with a fact, the question for it, and what an answer must have in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What a visitor asks.
    pub question: String,
    /// A part of the right answer that stands nowhere else.
    pub answer: String,
}

/// A made document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its file name.
    pub name: String,
    /// Its text, Markdown.
    pub text: String,
    /// The facts in it, one for each paragraph.
    pub facts: Vec<Fact>,
}

/// The generator. The same seed gives the same documents.
#[derive(Debug)]
pub struct Texts {
    random: StdRng,
    words: Vec<String>,
    /// Sums of the words' shares up to each, the last being 1.
    shares: Vec<f64>,
    made: usize,
}

impl Texts {
    /// A generator at its first document.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut seen = FxHashSet::default();
        let mut words = Vec::with_capacity(VOCABULARY);
        while words.len() < VOCABULARY {
            // Common words are short.
            let syllables = 1 + usize::from(words.len() > 300) + usize::from(random.random_bool(0.4));
            let word = word(&mut random, syllables);
            if word.len() > 2 && seen.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let mut shares: Vec<f64> = (0..VOCABULARY)
            .map(|rank| {
                sum += (rank as f64 + 1.0 + SHIFT).powf(-EXPONENT);
                sum
            })
            .collect();
        for share in &mut shares {
            *share /= sum;
        }
        Self { random, words, shares, made: 0 }
    }

    /// A document of so many paragraphs of about so many bytes each. Each paragraph stands under a heading and has one fact.
    pub fn document(&mut self, paragraphs: usize, bytes: usize) -> Document {
        let mut text = String::new();
        let mut facts = Vec::new();
        for _ in 0..paragraphs {
            let (heading, sentence, fact) = self.fact();
            // Writing to a String cannot fail.
            let _ = write!(text, "## {heading}\n\n");
            let begun = text.len();
            let place = self.random.random_range(0..bytes.max(1));
            let mut told = false;
            while text.len() - begun + sentence.len() * usize::from(!told) < bytes {
                if !told && text.len() - begun >= place {
                    text.push_str(&sentence);
                    told = true;
                } else {
                    self.sentence(&mut text);
                }
                text.push(' ');
            }
            if !told {
                text.push_str(&sentence);
            }
            text.push_str("\n\n");
            facts.push(fact);
        }
        self.made += 1;
        Document { name: format!("page-{}.md", self.made), text, facts }
    }

    /// A heading, a sentence that tells something about a subject that no other sentence is about, and the question.
    fn fact(&mut self) -> (String, String, Fact) {
        let subject = self.name();
        let [thing, other] = [self.pick(), self.pick()];
        let heading = format!("{} {}", capital(&self.pick()), self.pick());
        let number = self.random.random_range(11..9_000);
        let (sentence, question, answer) = match self.random.random_range(0..4) {
            0 => {
                let time = format!("{}:{:02}", 6 + number % 6, number % 60);
                (
                    format!("The {subject} {thing} opens at {time} and closes in the evening."),
                    format!("When does the {subject} {thing} open?"),
                    time,
                )
            }
            1 => (
                format!("A {other} for the {subject} {thing} costs {number} euros with tax."),
                format!("How much does a {other} for the {subject} {thing} cost?"),
                format!("{number} euros"),
            ),
            2 => {
                let founder = self.name();
                (
                    format!("The {subject} {thing} was founded by {founder} and a {other} from the city."),
                    format!("Who founded the {subject} {thing}?"),
                    founder,
                )
            }
            _ => (
                format!("A parcel with the {subject} {thing} arrives within {number} hours of the order."),
                format!("How fast does a parcel with the {subject} {thing} arrive?"),
                format!("{number} hours"),
            ),
        };
        (heading, sentence, Fact { question, answer })
    }

    fn sentence(&mut self, text: &mut String) {
        let pattern = SENTENCES[self.random.random_range(0..SENTENCES.len())];
        let mut parts = pattern.split('*');
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            text.push_str(&self.pick());
            text.push_str(part);
        }
    }

    /// A word, the common ones more often.
    fn pick(&mut self) -> String {
        let dice: f64 = self.random.random();
        let at = self.shares.partition_point(|&share| share < dice);
        self.words[at.min(VOCABULARY - 1)].clone()
    }

    /// A name that hardly comes twice.
    fn name(&mut self) -> String {
        let mut name = word(&mut self.random, 3);
        name.push_str(&word(&mut self.random, 1));
        capital(&name)
    }
}

fn word(random: &mut StdRng, syllables: usize) -> String {
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(ONSETS[random.random_range(0..ONSETS.len())]);
        word.push_str(VOWELS[random.random_range(0..VOWELS.len())]);
        word.push_str(CODAS[random.random_range(0..CODAS.len())]);
    }
    word.push_str(ENDINGS[random.random_range(0..ENDINGS.len())]);
    word
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_documents_of_the_size_asked_for() {
        let made: Vec<Document> = (0..2).map(|_| Texts::new(7).document(3, 600)).collect();
        assert_eq!(made[0], made[1]);
        let document = &made[0];
        assert_eq!(document.facts.len(), 3);
        assert!((1_800..2_600).contains(&document.text.len()), "{}", document.text.len());
        for fact in &document.facts {
            assert_eq!(document.text.matches(&fact.answer).count(), 1, "{fact:?} in {}", document.text);
        }
        assert_ne!(Texts::new(8).document(3, 600).text, document.text);
    }

    #[test]
    fn words_are_spread_as_in_language() {
        let mut texts = Texts::new(1);
        let mut counts = rustc_hash::FxHashMap::<String, usize>::default();
        for _ in 0..100_000 {
            *counts.entry(texts.pick()).or_default() += 1;
        }
        let mut sorted: Vec<usize> = counts.values().copied().collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        assert!(sorted[0] > 1_000, "the commonest word is common: {}", sorted[0]);
        let once = sorted.iter().filter(|&&count| count == 1).count();
        assert!(once * 3 > sorted.len(), "many words come once: {once} of {}", sorted.len());
    }
}

//! With which tokens rules can begin: only those are tried that can match what is there.

use super::{DIGITS, Item, Rule};

/// What a token is to a grammar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lead {
    /// The number of the word, when some rule has it.
    pub(crate) word: Option<u32>,
    /// Whether it is a number in digits.
    pub(crate) digits: bool,
}

/// A set of leads: a bit a word, and numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct First {
    words: Vec<u64>,
    digits: bool,
}

/// With what a category begins, and which of its rules do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    first: First,
    /// Words with the rules that begin with them, in order.
    words: Vec<(u32, usize)>,
    /// The rules that begin with a number.
    digits: Vec<usize>,
}

impl Head {
    /// Whether some rule can begin with it.
    pub(crate) fn has(&self, lead: Lead) -> bool {
        (lead.digits && self.first.digits) || lead.word.is_some_and(|word| self.first.has(word))
    }

    /// The rules that can begin with it, in their order.
    pub(crate) fn rules(&self, lead: Lead) -> Vec<usize> {
        let mut rules = Vec::new();
        if let Some(word) = lead.word {
            let from = self.words.partition_point(|(other, _)| *other < word);
            rules.extend(
                self.words[from..].iter().take_while(|(other, _)| *other == word).map(|(_, rule)| rule),
            );
        }
        if lead.digits && !self.digits.is_empty() {
            rules.extend(&self.digits);
            rules.sort_unstable();
            rules.dedup();
        }
        rules
    }
}

impl First {
    fn has(&self, word: u32) -> bool {
        let (at, bit) = place(word);
        self.words.get(at).is_some_and(|bits| bits & bit != 0)
    }

    fn add(&mut self, word: u32) {
        let (at, bit) = place(word);
        if self.words.len() <= at {
            self.words.resize(at + 1, 0);
        }
        self.words[at] |= bit;
    }

    fn join(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (bits, more) in self.words.iter_mut().zip(&other.words) {
            *bits |= more;
        }
        self.digits |= other.digits;
    }

    /// The words in it, in order.
    fn words(&self) -> impl Iterator<Item = u32> {
        let all = 0..u32::try_from(self.words.len() * 64).unwrap_or(u32::MAX);
        all.filter(|word| self.has(*word))
    }
}

fn place(word: u32) -> (usize, u64) {
    (usize::try_from(word / 64).unwrap_or(usize::MAX), 1 << (word % 64))
}

/// The heads of all categories.
pub(super) fn heads(rules: &[Vec<Rule>]) -> Vec<Head> {
    let mut firsts = vec![First::default(); rules.len()];
    for first in firsts.iter_mut().take(DIGITS.len()) {
        first.digits = true;
    }
    // Categories begin with categories: until nothing is added.
    loop {
        let before = firsts.clone();
        for (category, rules) in rules.iter().enumerate() {
            let mut first = std::mem::take(&mut firsts[category]);
            for rule in rules {
                begin(&rule.items, &before, &mut first);
            }
            firsts[category] = first;
        }
        if firsts == before {
            break;
        }
    }
    let head = |rules: &Vec<Rule>, first: &First| {
        let mut head = Head { first: first.clone(), ..Head::default() };
        for (number, rule) in rules.iter().enumerate() {
            let mut own = First::default();
            begin(&rule.items, &firsts, &mut own);
            head.words.extend(own.words().map(|word| (word, number)));
            head.digits.extend(own.digits.then_some(number));
        }
        head.words.sort_unstable();
        head
    };
    rules.iter().zip(&firsts).map(|(rules, first)| head(rules, first)).collect()
}

/// Adds what items can begin with; whether they may also be nothing.
fn begin(items: &[Item], firsts: &[First], first: &mut First) -> bool {
    for item in items {
        let nothing = match item {
            Item::Word(word) => {
                first.add(*word);
                false
            }
            Item::Category(category) => {
                if let Some(inner) = firsts.get(*category) {
                    first.join(inner);
                }
                false
            }
            Item::Choice(inner) => {
                // All of them are looked at.
                inner.iter().filter(|items| begin(items, firsts, first)).count() > 0
            }
            Item::Maybe(inner) => {
                for items in inner {
                    begin(items, firsts, first);
                }
                true
            }
            Item::Glue | Item::Start => true,
        };
        if !nothing {
            return false;
        }
    }
    true
}

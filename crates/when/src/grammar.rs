//! A language's grammar, read from text.
//!
//! A line is a rule: `category: pattern = meaning`. A line that begins with a blank goes on with the one before, `#`
//! begins a comment, `@` a setting.
//!
//! | In a pattern | |
//! |---|---|
//! | `word` | this word, number or mark, without regard to case and accents |
//! | `<category>` | what a category matches; `$1`, `$2` … in the meaning (categories without a meaning are not counted) |
//! | `(a \| b)` | one of these |
//! | `[a]` | this or nothing |
//! | `~` | nothing between the two neighbours |
//! | `^` | the beginning of the text |
//! | `"…"` | text with signs that mean something here |
//! | `a; b; c` | a rule for each, the meaning's number one higher each time, or by `+step` |
//!
//! After the category's name, `?` marks what is a time only beside something that is one ("3", "may"), and `!` what is
//! one only when none but certain words (`follow`) come after it ("at 3").
//!
//! Categories in numbers: `<n>` has one or two digits, `<nn>` two, `<nnn>` three or four, `<nnnn>` four, `<any>` one to
//! four. Pieces of a phrase: `day`, `days`, `span`, `part`, `clock`, `clocks`, `lasting`, `bound`, `moment`, `stretch`.
//! Lists: `join` (between pieces; with `?`, only before what is a time by itself), `not` (what is none whatever it
//! holds), `number` (words that are numbers), `price` (before a number that is none of ours), `measure` (after one),
//! `follow`, `person` (before what is then no time by being beside one: "I sat", "for 4"), `without` (before a time that is not meant), `rather`
//! (before the one that is), `beyond` (words for times that the grammar does not understand: a text with one has none),
//! `zone` (a time zone after a time, which makes it doubtful), `date` (a day by its month's name in a grammar that reads no
//! such days: only whether it exists is looked at).

mod action;
mod head;
mod pattern;

use std::collections::HashMap;

use crate::language::DateOrder;

pub(crate) use action::{Action, Arg, Op, Word};
pub(crate) use head::{Head, Lead};
pub(crate) use pattern::Item;

/// Categories of numbers come first, in this order.
pub(crate) const DIGITS: [(&str, usize, usize); 5] =
    [("n", 1, 2), ("nn", 2, 2), ("nnn", 3, 4), ("nnnn", 4, 4), ("any", 1, 4)];

/// Categories that are pieces of a phrase.
const PIECES: [&str; 10] =
    ["days", "day", "span", "clock", "clocks", "part", "bound", "lasting", "moment", "stretch"];

/// A rule of a category.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) items: Vec<Item>,
    pub(crate) action: Action,
    pub(crate) weak: bool,
    pub(crate) followed: bool,
}

/// The lists that a search looks at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lists {
    pub(crate) join: Option<usize>,
    pub(crate) not: Option<usize>,
    pub(crate) price: Option<usize>,
    pub(crate) measure: Option<usize>,
    pub(crate) follow: Option<usize>,
    pub(crate) person: Option<usize>,
    pub(crate) without: Option<usize>,
    pub(crate) rather: Option<usize>,
    pub(crate) beyond: Option<usize>,
    pub(crate) zone: Option<usize>,
    pub(crate) date: Option<usize>,
}

/// The grammar of a language.
#[derive(Debug, Default)]
pub struct Grammar {
    words: HashMap<String, u32>,
    names: HashMap<String, usize>,
    pub(crate) rules: Vec<Vec<Rule>>,
    /// With what each category begins.
    pub(crate) heads: Vec<Head>,
    pub(crate) pieces: Vec<usize>,
    pub(crate) lists: Lists,
    numerals: Vec<u32>,
    order: Option<DateOrder>,
    orders: HashMap<String, DateOrder>,
    pub(crate) whole_day: bool,
    mistakes: Vec<String>,
}

impl Grammar {
    /// Reads a grammar from texts that go on with each other. Lines that say nothing are left out, and told by
    /// [`Self::mistakes`].
    #[must_use]
    pub fn read(texts: &[&str]) -> Self {
        let mut grammar = Self::default();
        for (name, _, _) in DIGITS {
            grammar.category(name);
        }
        let mut lines: Vec<String> = Vec::new();
        for line in texts.iter().flat_map(|text| text.lines()) {
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match lines.last_mut() {
                Some(last) if line.starts_with([' ', '\t']) => {
                    last.push(' ');
                    last.push_str(text);
                }
                Some(_) | None => lines.push(text.to_owned()),
            }
        }
        for line in &lines {
            if let Err(why) = grammar.take(line) {
                grammar.mistakes.push(format!("{why}: {line}"));
            }
        }
        grammar.settle();
        grammar
    }

    /// What could not be read, a sentence each.
    #[must_use]
    pub fn mistakes(&self) -> &[String] {
        &self.mistakes
    }

    /// How dates are written in numbers where a locale such as `en-GB` is spoken.
    #[must_use]
    pub fn order(&self, locale: &str) -> DateOrder {
        let regions = locale.split(['-', '_']).skip(1).map(str::to_ascii_lowercase);
        let region = regions.filter_map(|region| self.orders.get(&region).copied()).next();
        region.or(self.order).unwrap_or(DateOrder::DayFirst)
    }

    /// The number of a word, when some rule has it.
    pub(crate) fn word(&self, text: &str) -> Option<u32> {
        self.words.get(text).copied()
    }

    /// Whether a word can be part of a number.
    pub(crate) fn is_numeral(&self, word: u32) -> bool {
        self.numerals.binary_search(&word).is_ok()
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        if let Some(setting) = line.strip_prefix('@') {
            return self.set(setting);
        }
        let (head, body) = line.split_once(':').ok_or("no category")?;
        let name = head.trim().trim_end_matches(['?', '!']);
        let (weak, followed) = (head.contains('?'), head.contains('!'));
        // A list needs no meaning.
        let (body, meaning) = body.rsplit_once(" = ").unwrap_or((body, "nothing"));
        let category = self.category(name);
        for (step, body) in pattern::enumerated(body).into_iter().enumerate() {
            let action = Action::read(meaning, step)?;
            for items in pattern::read(body, self)? {
                self.rules[category].push(Rule { items, action: action.clone(), weak, followed });
            }
        }
        Ok(())
    }

    fn set(&mut self, setting: &str) -> Result<(), String> {
        let mut words = setting.split_whitespace();
        let order = match (words.next(), words.next()) {
            (Some("order"), Some("day-first")) => DateOrder::DayFirst,
            (Some("order"), Some("month-first")) => DateOrder::MonthFirst,
            (Some("clock"), Some("24")) => {
                self.whole_day = true;
                return Ok(());
            }
            (Some(_) | None, Some(_) | None) => return Err("no such setting".to_owned()),
        };
        let regions: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        if regions.is_empty() {
            self.order = Some(order);
        }
        self.orders.extend(regions.into_iter().map(|region| (region, order)));
        Ok(())
    }

    /// The number of a category; a new one for a new name.
    fn category(&mut self, name: &str) -> usize {
        let next = self.rules.len();
        let category = *self.names.entry(name.to_owned()).or_insert(next);
        if category == next {
            self.rules.push(Vec::new());
        }
        category
    }

    /// The number of a word; a new one for a new word.
    fn intern(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        *self.words.entry(text.to_owned()).or_insert(next)
    }

    /// Once all rules are read: categories without rules are mistakes, and the lists are found.
    fn settle(&mut self) {
        let mut empty: Vec<&String> = self
            .names
            .iter()
            .filter(|(_, at)| **at >= DIGITS.len() && self.rules[**at].is_empty())
            .map(|(name, _)| name)
            .collect();
        empty.sort();
        let empty: Vec<String> = empty.into_iter().map(|name| format!("no rule for <{name}>")).collect();
        self.mistakes.extend(empty);
        let find = |name: &str| self.names.get(name).copied();
        self.pieces = PIECES.iter().filter_map(|name| find(name)).collect();
        self.lists = Lists {
            join: find("join"),
            not: find("not"),
            price: find("price"),
            measure: find("measure"),
            follow: find("follow"),
            person: find("person"),
            without: find("without"),
            rather: find("rather"),
            beyond: find("beyond"),
            zone: find("zone"),
            date: find("date"),
        };
        let mut numerals = Vec::new();
        let mut categories: Vec<usize> = find("number").into_iter().collect();
        let mut next = 0;
        while let Some(category) = categories.get(next).copied() {
            next += 1;
            let mut inner = Vec::new();
            for rule in &self.rules[category] {
                pattern::parts(&rule.items, &mut numerals, &mut inner);
            }
            inner.retain(|category| !categories.contains(category));
            inner.dedup();
            categories.extend(inner);
        }
        numerals.sort_unstable();
        numerals.dedup();
        self.numerals = numerals;
        self.heads = head::heads(&self.rules);
    }
}

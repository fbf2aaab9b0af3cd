//! What each category of a grammar matches at each place of a text.

use std::ops::Range;

use crate::grammar::{Arg, DIGITS, Grammar, Item, Lead, Op};
use crate::meaning;
use crate::reference::Reference;
use crate::token::{Kind, Token};
use crate::value::Value;

/// Categories within each other beyond this match nothing.
const DEEPEST: usize = 20;
/// Matches of one category at one place.
const MOST: usize = 24;
/// Categories of one rule.
const CAPTURES: usize = 6;

/// What a category matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Match {
    /// The token after it.
    pub(crate) end: usize,
    pub(crate) value: Value,
    /// Whether it is a time only beside something that is one.
    pub(crate) weak: bool,
    /// Whether only certain words may follow.
    pub(crate) followed: bool,
}

/// All matches of a text that were asked for.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) grammar: &'a Grammar,
    pub(crate) tokens: &'a [Token],
    pub(crate) reference: &'a Reference,
    leads: Vec<Lead>,
    /// By token and category; nothing at a token where none was looked for.
    memo: Vec<Vec<Memo>>,
    /// All matches, those of one category at one place beside each other.
    found: Vec<Match>,
    depth: usize,
    /// Whether a match was given up for being too deep.
    cut: bool,
}

#[derive(Clone, Copy, Debug)]
enum Memo {
    Unseen,
    /// Being looked for: a category that begins with itself begins with nothing.
    Open,
    /// From one match of the chart to before another.
    Found(usize, usize),
}

/// A rule on its way.
#[derive(Clone, Copy, Debug)]
struct State {
    at: usize,
    /// The places of matches in the chart.
    captures: [usize; CAPTURES],
    caught: usize,
    /// Whether a word stands beside what the categories matched.
    words: bool,
}

impl<'a> Chart<'a> {
    pub(crate) fn new(grammar: &'a Grammar, tokens: &'a [Token], reference: &'a Reference) -> Self {
        let lead =
            |token: &Token| Lead { word: grammar.word(&token.text), digits: token.kind == Kind::Digits };
        let leads = tokens.iter().map(lead).collect();
        let memo = vec![Vec::new(); tokens.len()];
        Self { grammar, tokens, reference, leads, memo, found: Vec::new(), depth: 0, cut: false }
    }

    /// A match by its place in the chart.
    pub(crate) fn found(&self, at: usize) -> Match {
        self.found[at]
    }

    /// Whether a token can be part of a number.
    pub(crate) fn is_number(&self, at: usize) -> bool {
        let numeral = |word: u32| self.grammar.is_numeral(word);
        self.leads.get(at).is_some_and(|lead| lead.digits || lead.word.is_some_and(numeral))
    }

    /// The token after the longest match of a list, when there is one.
    pub(crate) fn longest(&mut self, list: Option<usize>, at: usize) -> Option<usize> {
        self.matches(list?, at).map(|found| self.found[found].end).max()
    }

    /// Whether a list has a match that ends before a token.
    pub(crate) fn ends_before(&mut self, list: Option<usize>, at: usize) -> bool {
        let Some(list) = list else { return false };
        (at.saturating_sub(5)..at)
            .any(|start| self.matches(list, start).any(|found| self.found[found].end == at))
    }

    /// What a category matches from a token on: places in the chart.
    pub(crate) fn matches(&mut self, category: usize, at: usize) -> Range<usize> {
        let grammar = self.grammar;
        let Some(lead) = self.leads.get(at).copied() else { return 0..0 };
        let Some(head) = grammar.heads.get(category).filter(|head| head.has(lead)) else { return 0..0 };
        if self.memo[at].is_empty() {
            self.memo[at] = vec![Memo::Unseen; grammar.rules.len()];
        }
        match self.memo[at][category] {
            Memo::Found(from, to) => return from..to,
            Memo::Open => return 0..0,
            Memo::Unseen => {}
        }
        if let Some((_, fewest, most)) = DIGITS.get(category) {
            let found = self.digits(at, *fewest, *most);
            return self.keep(at, category, found.as_slice());
        }
        if self.depth == DEEPEST {
            self.cut = true;
            return 0..0;
        }
        self.memo[at][category] = Memo::Open;
        self.depth += 1;
        let whole = !std::mem::replace(&mut self.cut, false);
        let mut found: Vec<Match> = Vec::new();
        let mut ends = Vec::new();
        for rule in head.rules(lead) {
            let rule = &grammar.rules[category][rule];
            let start = State { at, captures: [usize::MAX; CAPTURES], caught: 0, words: false };
            self.walk(&rule.items, start, &mut ends);
            for state in ends.drain(..) {
                if state.at == at || found.len() == MOST {
                    continue;
                }
                let Some(value) = self.meaning(rule.action.op, &rule.action.args, &state) else { continue };
                let first = self.found.get(state.captures[0]);
                let only = first.filter(|_| state.caught == 1 && !state.words);
                let weak = rule.weak || only.is_some_and(|only| only.weak);
                let followed = rule.followed || only.is_some_and(|only| only.followed);
                let new = Match { end: state.at, value, weak, followed };
                if !found.contains(&new) {
                    found.push(new);
                }
            }
        }
        self.depth -= 1;
        let range = self.keep(at, category, &found);
        if self.cut {
            // What was cut short is not remembered: from elsewhere it may be looked at in full.
            self.memo[at][category] = Memo::Unseen;
        }
        self.cut |= !whole;
        range
    }

    fn keep(&mut self, at: usize, category: usize, found: &[Match]) -> Range<usize> {
        let from = self.found.len();
        self.found.extend_from_slice(found);
        let to = self.found.len();
        self.memo[at][category] = Memo::Found(from, to);
        from..to
    }

    fn meaning(&self, op: Op, args: &[Arg], state: &State) -> Option<Value> {
        let values = state.captures.map(|capture| self.found.get(capture).map(|found| found.value));
        meaning::of(op, args, &values, self.reference, self.grammar.whole_day)
    }

    fn digits(&self, at: usize, fewest: usize, most: usize) -> Option<Match> {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Digits)?;
        let width = token.text.len();
        let n = (fewest..=most).contains(&width).then(|| token.text.parse().ok()).flatten()?;
        Some(Match { end: at + 1, value: Value::Number { n, width }, weak: false, followed: false })
    }

    fn walk(&mut self, items: &[Item], state: State, ends: &mut Vec<State>) {
        let Some((item, rest)) = items.split_first() else {
            ends.push(state);
            return;
        };
        match item {
            Item::Word(word) => {
                if self.leads.get(state.at).is_some_and(|lead| lead.word == Some(*word)) {
                    self.walk(rest, State { at: state.at + 1, words: true, ..state }, ends);
                }
            }
            Item::Glue => {
                if self.tokens.get(state.at).is_some_and(|token| token.glued) {
                    self.walk(rest, state, ends);
                }
            }
            Item::Start => {
                if state.at == 0 {
                    self.walk(rest, state, ends);
                }
            }
            Item::Category(category) => {
                for place in self.matches(*category, state.at) {
                    let found = &self.found[place];
                    let mut next = State { at: found.end, ..state };
                    if found.value == Value::Nothing {
                        // A list's words are words of the rule.
                        self.walk(rest, State { words: true, ..next }, ends);
                        continue;
                    }
                    if let Some(capture) = next.captures.get_mut(state.caught) {
                        *capture = place;
                    }
                    next.caught += 1;
                    self.walk(rest, next, ends);
                }
            }
            Item::Choice(inner) => self.branch(inner, rest, state, ends),
            Item::Maybe(inner) => {
                self.walk(rest, state, ends);
                self.branch(inner, rest, state, ends);
            }
        }
    }

    fn branch(&mut self, inner: &[Vec<Item>], rest: &[Item], state: State, ends: &mut Vec<State>) {
        for items in inner {
            let mut middle = Vec::new();
            self.walk(items, state, &mut middle);
            for state in middle {
                self.walk(rest, state, ends);
            }
        }
    }
}

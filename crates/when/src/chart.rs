//! What each category of a grammar matches at each place of a text.

use std::rc::Rc;

use crate::grammar::{Arg, DIGITS, Grammar, Item, Op};
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
    words: Vec<Option<u32>>,
    memo: Vec<Memo>,
    depth: usize,
    /// Whether a match was given up for being too deep.
    cut: bool,
}

#[derive(Clone, Debug)]
enum Memo {
    Unseen,
    /// Being looked for: a category that begins with itself begins with nothing.
    Open,
    Found(Rc<[Match]>),
}

/// A rule on its way.
#[derive(Clone, Copy, Debug)]
struct State {
    at: usize,
    captures: [Option<Match>; CAPTURES],
    caught: usize,
    /// Whether a word stands beside what the categories matched.
    words: bool,
}

impl<'a> Chart<'a> {
    pub(crate) fn new(grammar: &'a Grammar, tokens: &'a [Token], reference: &'a Reference) -> Self {
        let words = tokens.iter().map(|token| grammar.word(&token.text)).collect();
        let memo = vec![Memo::Unseen; tokens.len() * grammar.rules.len()];
        Self { grammar, tokens, reference, words, memo, depth: 0, cut: false }
    }

    /// Whether a token can be part of a number.
    pub(crate) fn is_number(&self, at: usize) -> bool {
        let numeral = |word: u32| self.grammar.is_numeral(word);
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Digits)
            || self.words.get(at).copied().flatten().is_some_and(numeral)
    }

    /// The token after the longest match of a list, when there is one.
    pub(crate) fn longest(&mut self, list: Option<usize>, at: usize) -> Option<usize> {
        self.matches(list?, at).iter().map(|found| found.end).max()
    }

    /// Whether a list has a match that ends before a token.
    pub(crate) fn ends_before(&mut self, list: Option<usize>, at: usize) -> bool {
        let Some(list) = list else { return false };
        (at.saturating_sub(5)..at).any(|start| self.matches(list, start).iter().any(|found| found.end == at))
    }

    /// What a category matches from a token on.
    pub(crate) fn matches(&mut self, category: usize, at: usize) -> Rc<[Match]> {
        if at >= self.tokens.len() {
            return Rc::from([]);
        }
        if let Some((_, fewest, most)) = DIGITS.get(category) {
            return self.digits(at, *fewest, *most).into_iter().collect();
        }
        let slot = at * self.grammar.rules.len() + category;
        match &self.memo[slot] {
            Memo::Found(found) => return Rc::clone(found),
            Memo::Open => return Rc::from([]),
            Memo::Unseen => {}
        }
        if self.depth == DEEPEST {
            self.cut = true;
            return Rc::from([]);
        }
        self.memo[slot] = Memo::Open;
        self.depth += 1;
        let whole = !std::mem::replace(&mut self.cut, false);
        let mut found: Vec<Match> = Vec::new();
        let grammar = self.grammar;
        for rule in &grammar.rules[category] {
            let mut ends = Vec::new();
            let start = State { at, captures: [None; CAPTURES], caught: 0, words: false };
            self.walk(&rule.items, start, &mut ends);
            for state in ends {
                if state.at == at || found.len() == MOST {
                    continue;
                }
                let Some(value) = self.meaning(rule.action.op, &rule.action.args, &state) else { continue };
                let only = state.captures[0].filter(|_| state.caught == 1 && !state.words);
                let weak = rule.weak || only.is_some_and(|only| only.weak);
                let followed = rule.followed || only.is_some_and(|only| only.followed);
                let new = Match { end: state.at, value, weak, followed };
                if !found.contains(&new) {
                    found.push(new);
                }
            }
        }
        self.depth -= 1;
        // What was cut short is not remembered: from elsewhere it may be looked at in full.
        self.memo[slot] = if self.cut { Memo::Unseen } else { Memo::Found(Rc::from(found.as_slice())) };
        self.cut |= !whole;
        Rc::from(found)
    }

    fn meaning(&self, op: Op, args: &[Arg], state: &State) -> Option<Value> {
        let mut values = [None; CAPTURES];
        for (value, capture) in values.iter_mut().zip(state.captures) {
            *value = capture.map(|found| found.value);
        }
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
                if self.words.get(state.at).copied().flatten() == Some(*word) {
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
                for found in self.matches(*category, state.at).iter() {
                    let mut next = State { at: found.end, ..state };
                    if found.value == Value::Nothing {
                        // A list's words are words of the rule.
                        self.walk(rest, State { words: true, ..next }, ends);
                        continue;
                    }
                    if let Some(capture) = next.captures.get_mut(state.caught) {
                        *capture = Some(*found);
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

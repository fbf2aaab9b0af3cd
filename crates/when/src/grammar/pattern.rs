//! Patterns: what a rule matches.

use super::Grammar;
use crate::token::tokens;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// This token.
    Word(u32),
    /// What a category matches.
    Category(usize),
    /// One of several.
    Choice(Vec<Vec<Item>>),
    /// One of several, or nothing.
    Maybe(Vec<Vec<Item>>),
    /// Nothing lies between the neighbours.
    Glue,
    /// The beginning of the text.
    Start,
}

/// The patterns of an enumeration.
pub(super) fn enumerated(body: &str) -> Vec<&str> {
    body.split(';').collect()
}

/// Reads a pattern: its alternatives.
pub(super) fn read(body: &str, grammar: &mut Grammar) -> Result<Vec<Vec<Item>>, String> {
    let mut reader = Reader { rest: body, grammar };
    let alternatives = reader.alternatives()?;
    if !reader.rest.is_empty() {
        return Err("a bracket that was not opened".to_owned());
    }
    if alternatives.iter().any(Vec::is_empty) {
        return Err("an empty pattern".to_owned());
    }
    Ok(alternatives)
}

/// All words and categories of a pattern, wherever they stand.
pub(super) fn parts(items: &[Item], words: &mut Vec<u32>, categories: &mut Vec<usize>) {
    for item in items {
        match item {
            Item::Word(word) => words.push(*word),
            Item::Category(category) => categories.push(*category),
            Item::Choice(inner) | Item::Maybe(inner) => {
                inner.iter().for_each(|items| parts(items, words, categories));
            }
            Item::Glue | Item::Start => {}
        }
    }
}

struct Reader<'a, 'g> {
    rest: &'a str,
    grammar: &'g mut Grammar,
}

impl<'a> Reader<'a, '_> {
    fn alternatives(&mut self) -> Result<Vec<Vec<Item>>, String> {
        let mut all = vec![self.sequence()?];
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            all.push(self.sequence()?);
        }
        Ok(all)
    }

    fn sequence(&mut self) -> Result<Vec<Item>, String> {
        let mut items = Vec::new();
        loop {
            let plain =
                self.rest.find(['(', ')', '[', ']', '|', '<', '~', '^', '"']).unwrap_or(self.rest.len());
            let (literal, rest) = self.rest.split_at(plain);
            self.literal(literal, &mut items);
            self.rest = rest;
            let mut signs = rest.chars();
            let Some(sign) = signs.next() else { return Ok(items) };
            if matches!(sign, ')' | ']' | '|') {
                return Ok(items);
            }
            self.rest = signs.as_str();
            match sign {
                '(' => items.push(Item::Choice(self.until(')')?)),
                '[' => items.push(Item::Maybe(self.until(']')?)),
                '~' => items.push(Item::Glue),
                '^' => items.push(Item::Start),
                '<' => {
                    let name = self.taken('>')?;
                    let category = self.grammar.category(name.trim());
                    items.push(Item::Category(category));
                }
                _ => {
                    let literal = self.taken('"')?;
                    self.literal(literal, &mut items);
                }
            }
        }
    }

    fn literal(&mut self, text: &str, items: &mut Vec<Item>) {
        items.extend(
            tokens(text, usize::MAX).iter().map(|token| Item::Word(self.grammar.intern(&token.text))),
        );
    }

    fn until(&mut self, end: char) -> Result<Vec<Vec<Item>>, String> {
        let inner = self.alternatives()?;
        self.rest = self.rest.strip_prefix(end).ok_or("a bracket that is not closed")?;
        Ok(inner)
    }

    fn taken(&mut self, end: char) -> Result<&'a str, String> {
        let (inner, rest) = self.rest.split_once(end).ok_or("a sign that is not closed")?;
        self.rest = rest;
        Ok(inner)
    }
}

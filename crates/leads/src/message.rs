//! A message read once: its tokens, the phrases in it, and which language it seems to be in.

use std::ops::Range;

use crate::text::{Kind, Token, tokens};
use crate::vocabulary::{Mark, NEUTRAL, Section, Vocabulary};

/// The most tokens of a phrase.
const LONGEST: usize = 24;

/// A message and what was recognised in it. Places in it are token numbers unless bytes are said.
#[derive(Debug)]
pub struct Message<'t> {
    /// The text itself.
    pub text: &'t str,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Its phrases, in the languages that it may be in.
    pub marks: Vec<Mark>,
    /// The sections whose phrases cover each token, as bits.
    cover: Vec<u64>,
}

impl<'t> Message<'t> {
    /// Reads a message.
    pub fn new(text: &'t str) -> Self {
        let tokens = tokens(text);
        let mut marks = Vocabulary::get().marks(&tokens);
        let likely = likely(&tokens, &marks);
        marks.retain(|mark| mark.section.of_any_language() || likely & (1 << mark.language) != 0);
        let mut cover = vec![0; tokens.len()];
        for mark in &marks {
            for bits in &mut cover[mark.from..mark.to] {
                *bits |= mark.section.bit();
            }
        }
        Self { text, tokens, marks, cover }
    }

    /// Whether a token is part of a phrase of a section.
    pub fn is(&self, at: usize, section: Section) -> bool {
        self.cover.get(at).is_some_and(|bits| bits & section.bit() != 0)
    }

    /// Whether a token is part of a phrase of any of these sections.
    pub fn is_any(&self, at: usize, sections: &[Section]) -> bool {
        sections.iter().any(|section| self.is(at, *section))
    }

    /// The phrases that begin within a range, in their order.
    fn marks_from(&self, range: Range<usize>) -> impl Iterator<Item = &Mark> {
        let first = self.marks.partition_point(|mark| mark.from < range.start);
        self.marks.iter().skip(first).take_while(move |mark| mark.from < range.end)
    }

    /// One past the longest phrase of a section that begins at a token.
    pub fn begins(&self, at: usize, section: Section) -> Option<usize> {
        self.marks_from(at..at + 1).filter(|mark| mark.section == section).map(|mark| mark.to).max()
    }

    /// The start of the longest phrase of a section that ends before a token.
    pub fn ends(&self, at: usize, section: Section) -> Option<usize> {
        let near = self.marks_from(at.saturating_sub(LONGEST)..at);
        near.filter(|mark| mark.section == section && mark.to == at).map(|mark| mark.from).min()
    }

    /// The phrases of a section that lie within a range.
    pub fn within(&self, range: Range<usize>, section: Section) -> impl DoubleEndedIterator<Item = &Mark> {
        let first = self.marks.partition_point(|mark| mark.from < range.start);
        let last = self.marks.partition_point(|mark| mark.from < range.end).max(first);
        self.marks[first..last].iter().filter(move |mark| mark.section == section && mark.to <= range.end)
    }

    /// Whether a phrase of a section lies within a range.
    pub fn has(&self, range: Range<usize>, section: Section) -> bool {
        self.within(range, section).next().is_some()
    }

    /// The token at a place, if it is this sign.
    pub fn sign(&self, at: usize, sign: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(sign))
    }

    /// Whether a token follows the one before it without a space.
    pub fn glued(&self, at: usize) -> bool {
        at > 0 && self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// Whether a token is a word.
    pub fn word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Whether a token is digits.
    pub fn digits(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Digits)
    }

    /// The bytes of a range of tokens.
    pub fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.tokens.get(range.start).map_or(self.text.len(), |token| token.start);
        let end =
            range.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        start..end.max(start)
    }

    /// The first token that begins at a byte or after it.
    pub fn token_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.start < byte)
    }

    /// Whether a token ends a sentence.
    pub fn ends_sentence(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return true };
        if token.kind != Kind::Sign || self.in_legal_form(at) {
            return false;
        }
        match token.folded.as_str() {
            "." => !self.glued(at + 1) && !self.after_title_or_initial(at),
            "!" | "?" | ";" | "\n" | "。" | "؟" | "؛" | "।" | "..." => true,
            _ => false,
        }
    }

    /// Whether a token ends a sentence or a part of it.
    pub fn separates(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return true };
        if token.kind != Kind::Sign || self.in_legal_form(at) {
            return false;
        }
        match token.folded.as_str() {
            "," | "/" | "|" | "(" | ")" | ":" | "\"" | "、" | "،" | "<" | ">" | "[" | "]" | "«" | "»"
            | "“" | "”" | "=" | "•" | "·" | "*" | "„" | "「" | "」" | "¿" | "¡" => true,
            "-" => !token.glued && !self.glued(at + 1),
            _ => self.ends_sentence(at),
        }
    }

    /// Whether a sign stands within what a company is in law: "GmbH & Co. KG", "S.A. de C.V.".
    fn in_legal_form(&self, at: usize) -> bool {
        self.is(at, Section::LegalForm)
            && self
                .marks_from(at.saturating_sub(LONGEST)..at + 1)
                .any(|mark| mark.section == Section::LegalForm && mark.to > at + 1)
    }

    /// Where the sentence of a token begins.
    pub fn sentence_start(&self, at: usize) -> usize {
        (0..at).rev().find(|before| self.ends_sentence(*before)).map_or(0, |sign| sign + 1)
    }

    /// Where the sentence of a token ends: its sign, or the end.
    pub fn sentence_end(&self, at: usize) -> usize {
        (at..self.tokens.len()).find(|after| self.ends_sentence(*after)).unwrap_or(self.tokens.len())
    }

    /// Whether the sentence of a token is a question.
    pub fn asks(&self, at: usize) -> bool {
        let end = self.sentence_end(at);
        self.sign(end, "?") || self.sign(end, "؟")
    }

    fn after_title_or_initial(&self, dot: usize) -> bool {
        let Some(before) = dot.checked_sub(1).filter(|_| self.glued(dot)) else { return false };
        let next_is_name =
            self.tokens.get(dot + 1).is_some_and(|token| token.kind == Kind::Word && token.upper);
        let title =
            self.ends(dot, Section::Title).is_some() || self.ends(dot, Section::DottedTitle).is_some();
        let token = &self.tokens[before];
        let initial =
            token.kind == Kind::Word && token.upper && !token.caseless && token.folded.chars().count() == 1;
        next_is_name && (title || initial)
    }
}

/// The languages that a message may be in, as bits: those whose words are nearly as many as the most frequent one's.
fn likely(tokens: &[Token], marks: &[Mark]) -> u64 {
    let mut counts = [0_usize; 64];
    for (language, count) in counts.iter_mut().enumerate() {
        let mut reached = 0;
        for mark in marks
            .iter()
            .filter(|mark| usize::from(mark.language) == language && mark.section.tells_language())
        {
            if mark.to > reached {
                *count += mark.to - mark.from.max(reached);
                reached = mark.to;
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0).min(tokens.len());
    let mut likely = NEUTRAL;
    for (language, count) in counts.iter().enumerate() {
        if count * 5 >= most * 3 {
            likely |= 1 << language;
        }
    }
    likely
}

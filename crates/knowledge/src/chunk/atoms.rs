//! Reads a text into atoms.

use unicode_segmentation::UnicodeSegmentation as _;

use super::lines::{self, Form};
use crate::analyse::{sentences, token_count};

/// Longer than any word that people write, in any script.
const BYTES_PER_TOKEN: usize = 64;

/// How good a place is to cut, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    /// Inside a run without spaces, or between words: only if nothing else fits.
    Word,
    /// Between a heading or question and what belongs to it.
    Bond,
    /// Between sentences.
    Sentence,
    /// Between blocks, list items, table rows.
    Block,
    /// Before a question, after the answer to the one before.
    Group,
    /// Before a heading.
    Section,
}

/// A piece of text that chunks are made of.
#[derive(Debug)]
pub(super) struct Atom {
    pub start: usize,
    pub end: usize,
    /// Its size; at least one.
    pub tokens: usize,
    /// How good it would be to cut before it.
    pub cut: Cut,
    /// True if it is part of a heading.
    pub heading: bool,
    /// The number of the section it stands in.
    pub section: usize,
}

/// The atoms of a text, and the headings over each of its sections.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    pub atoms: Vec<Atom>,
    /// For each section its heading's level and words, and the section above it.
    pub sections: Vec<Section>,
}

/// What stands under one heading.
#[derive(Debug)]
pub(super) struct Section {
    /// The heading's words; empty before the first heading.
    pub heading: String,
    /// The heading's level; 0 before the first heading.
    level: usize,
    /// The section that this one is part of.
    pub above: Option<usize>,
}

/// Reads a text; no atom has more than `size` tokens.
pub(super) fn read(text: &str, size: usize) -> Atoms {
    let mut reader = Reader { text, size, out: Atoms::default(), fenced: false, before: Before::Other };
    reader.out.sections.push(Section { heading: String::new(), level: 0, above: None });
    let mut block: Option<(usize, usize, Cut)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        reader.line(line, start, end, &mut block);
    }
    reader.close(&mut block);
    reader.out
}

/// What stands before the line that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A heading.
    Heading,
    /// A line that what follows belongs to.
    Lead,
    /// Anything else, or nothing.
    Other,
}

struct Reader<'a> {
    text: &'a str,
    /// The most tokens of an atom.
    size: usize,
    out: Atoms,
    /// True within preformatted text.
    fenced: bool,
    /// What stands before the line that is read.
    before: Before,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, start: usize, end: usize, block: &mut Option<(usize, usize, Cut)>) {
        let mut form = lines::form(line);
        if form == Form::Fence {
            self.fenced = !self.fenced;
        } else if self.fenced && form != Form::Blank {
            // In preformatted text nothing is a mark.
            form = Form::Prose;
        }
        if matches!(form, Form::Prose | Form::Fence) {
            match block {
                Some((_, block_end, _)) => *block_end = end,
                None => *block = Some((start, end, self.cut_before())),
            }
            return;
        }
        self.close(block);
        match form {
            Form::Heading(level) => {
                self.open_section(level, lines::heading_text(line));
                self.add(start, end, Cut::Section, true);
                self.before = Before::Heading;
            }
            Form::Lead => self.add_lead(start, end),
            Form::Answer => *block = Some((start, end, Cut::Bond)),
            Form::Item => *block = Some((start, end, self.cut_before())),
            Form::Row => {
                self.add(start, end, self.cut_before(), false);
                self.before = Before::Other;
            }
            Form::Rule => {
                // The rule stands between the names of the columns and the first row: neither is cut from it.
                self.add(start, end, Cut::Bond, false);
                self.before = Before::Lead;
            }
            Form::Blank | Form::Fence | Form::Prose => {}
        }
    }

    /// How good it is to cut before the next block, given what stands before it.
    fn cut_before(&self) -> Cut {
        match self.before {
            Before::Heading | Before::Lead => Cut::Bond,
            Before::Other => Cut::Block,
        }
    }

    /// Ends the block being read.
    fn close(&mut self, block: &mut Option<(usize, usize, Cut)>) {
        let Some((start, end, cut)) = block.take() else { return };
        let text = self.text.get(start..end).unwrap_or_default();
        if lines::is_question(text) && !text.trim().contains('\n') {
            self.add_lead(start, end);
        } else {
            self.add(start, end, cut, false);
            self.before = Before::Other;
        }
    }

    /// Adds a line that what follows belongs to.
    fn add_lead(&mut self, start: usize, end: usize) {
        let cut = if self.before == Before::Heading { Cut::Bond } else { Cut::Group };
        self.add(start, end, cut, false);
        self.before = Before::Lead;
    }

    fn open_section(&mut self, level: usize, heading: String) {
        let mut above = self.out.sections.len().checked_sub(1);
        while let Some(section) = above.and_then(|at| self.out.sections.get(at)) {
            if section.level < level {
                break;
            }
            above = section.above;
        }
        self.out.sections.push(Section { heading, level, above });
    }

    /// Adds a block: whole if it is one sentence, otherwise by sentences, and an overlong sentence by words.
    fn add(&mut self, start: usize, end: usize, first: Cut, heading: bool) {
        let block = self.text.get(start..end).unwrap_or_default();
        let mut cut = first;
        for sentence in sentences(block) {
            self.add_sentence(start + sentence.start, start + sentence.end, &mut cut, heading);
        }
    }

    fn add_sentence(&mut self, start: usize, end: usize, cut: &mut Cut, heading: bool) {
        let Some((start, end)) = self.trim(start, end) else { return };
        let sentence = self.text.get(start..end).unwrap_or_default();
        let tokens = weight(sentence);
        if tokens <= self.size {
            self.push(start, end, tokens, cut, heading);
            return;
        }
        // Words, in runs of an eighth of the size, so that cuts have somewhere to go.
        let run = (self.size / 8).max(1);
        let (mut from, mut sum) = (start, 0);
        for (offset, word) in sentence.split_word_bound_indices() {
            let at = start + offset;
            let count = token_count(word);
            let grown = (sum + count).max((at + word.len() - from) / BYTES_PER_TOKEN);
            if at > from && grown > run {
                self.add_run(from, at, cut, heading);
                (from, sum) = (at, 0);
            }
            sum += count;
        }
        self.add_run(from, end, cut, heading);
    }

    /// Adds a run of words; one that is larger than a chunk is cut between characters.
    fn add_run(&mut self, start: usize, end: usize, cut: &mut Cut, heading: bool) {
        let Some((start, end)) = self.trim(start, end) else { return };
        let run = self.text.get(start..end).unwrap_or_default();
        let tokens = weight(run);
        if tokens <= self.size {
            return self.push(start, end, tokens, cut, heading);
        }
        // A character is at most one token, and a run of few tokens is heavy by its bytes.
        let by_bytes = token_count(run) <= self.size;
        let (mut from, mut characters) = (start, 0);
        for (offset, _) in run.char_indices() {
            let at = start + offset;
            let full =
                if by_bytes { at - from >= self.size * BYTES_PER_TOKEN } else { characters == self.size };
            if full {
                self.push(from, at, self.piece_weight(from, at), cut, heading);
                (from, characters) = (at, 0);
            }
            characters += 1;
        }
        self.push(from, end, self.piece_weight(from, end), cut, heading);
    }

    fn piece_weight(&self, start: usize, end: usize) -> usize {
        self.text.get(start..end).map_or(0, weight).min(self.size)
    }

    fn push(&mut self, start: usize, end: usize, tokens: usize, cut: &mut Cut, heading: bool) {
        let Some((start, end)) = self.trim(start, end) else { return };
        let section = self.out.sections.len() - 1;
        self.out.atoms.push(Atom { start, end, tokens: tokens.max(1), cut: *cut, heading, section });
        *cut = match *cut {
            Cut::Word => Cut::Word,
            Cut::Bond | Cut::Sentence | Cut::Block | Cut::Group | Cut::Section if heading => Cut::Word,
            Cut::Bond | Cut::Sentence | Cut::Block | Cut::Group | Cut::Section => Cut::Sentence,
        };
    }

    /// The range without white space at its ends; nothing if it holds nothing else.
    fn trim(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let range = self.text.get(start..end)?;
        let from = start + (range.len() - range.trim_start().len());
        let until = start + range.trim_end().len();
        (from < until).then_some((from, until))
    }
}

/// The size of a piece in tokens. What has few tokens for its length (an endless word, a line of dashes, a picture in
/// letters) counts one for every [`BYTES_PER_TOKEN`], so that no chunk is of any length.
fn weight(text: &str) -> usize {
    token_count(text).max(text.len() / BYTES_PER_TOKEN)
}

//! Finds the words of a passage that a sentence rests on.
//!
//! A sentence rests on a piece of a passage when most of its telling words stand there (as stems; headings above the
//! piece count as context), and all of its numbers; two neighbouring sentences bear it out together only where no number
//! is at stake. A single word or number ("$90") rests on a piece that has it and most of the question. Nothing is
//! inferred: what is said in other words altogether carries no citation.

use std::ops::Range;
use std::sync::Arc;

use robofy_knowledge::analyse::{Analyser, Language, is_function_word};
use robofy_knowledge::search::Hit;

use crate::builtin::sentences::UnitKind;
use crate::passages::{Passage, Passages, Piece, Stem, sorted, stem};

/// The share of a sentence's telling words that must stand in the passage which the model named.
pub(crate) const NAMED: f32 = 0.5;
/// The same, where the model named none, or claims a figure.
pub(crate) const UNNAMED: f32 = 0.75;
/// Two neighbouring pieces make one quote up to so many bytes.
const LONGEST: usize = 500;

/// Where a sentence rests: bytes of the passage's text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Aligned {
    /// The passage, from 0.
    pub passage: usize,
    /// The words.
    pub range: Range<usize>,
    /// Share of the sentence's telling words that stand there.
    pub share: f32,
}

/// Aligns sentences with passages.
#[derive(Debug)]
pub(crate) struct Aligner<'q> {
    question: &'q str,
    passages: Vec<(Language, Arc<Passage>)>,
}

#[derive(Clone, Debug, Default)]
struct Words {
    telling: Vec<Stem>,
    numbers: Vec<Stem>,
}

impl<'q> Aligner<'q> {
    /// Sentences that answer `question` from these passages.
    pub fn new<'h>(question: &'q str, hits: impl IntoIterator<Item = &'h Hit>, passages: &Passages) -> Self {
        let passages = hits.into_iter().map(|hit| (hit.language, passages.read(hit))).collect();
        Self { question, passages }
    }

    /// The best place in one passage (numbered from 0), if it is good enough.
    pub fn named(&self, sentence: &str, passage: usize) -> Option<Aligned> {
        // "A costs 15" has most words of "B costs 15": where a figure is claimed, nearly all words must be there.
        let least = if sentence.contains(|c: char| c.is_ascii_digit()) { UNNAMED } else { NAMED };
        let language = self.passages.get(passage)?.0;
        let claim = Claim::of(sentence, self.question, language)?;
        self.best_in(&claim, passage).filter(|aligned| aligned.share >= least)
    }

    /// The best place in any passage, if it is good enough; the earlier passage on a tie.
    pub fn anywhere(&self, sentence: &str) -> Option<Aligned> {
        let mut best: Option<Aligned> = None;
        let mut read: Option<(Language, Option<Claim>)> = None;
        for (passage, &(language, _)) in self.passages.iter().enumerate() {
            // Neighbours are mostly of one language.
            if read.as_ref().is_none_or(|(of, _)| *of != language) {
                read = Some((language, Claim::of(sentence, self.question, language)));
            }
            let claim = read.as_ref().and_then(|(_, claim)| claim.as_ref());
            if let Some(aligned) = claim.and_then(|claim| self.best_in(claim, passage))
                && best.as_ref().is_none_or(|best| aligned.share > best.share)
            {
                best = Some(aligned);
            }
        }
        best.filter(|aligned| aligned.share >= UNNAMED)
    }

    fn best_in(&self, claim: &Claim, passage: usize) -> Option<Aligned> {
        let Claim { words, alone } = claim;
        let pieces = self.passages.get(passage)?.1.pieces();
        let mut best: Option<Aligned> = None;
        let mut consider = |span: &[Piece]| {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { return };
            let range = first.unit.start..last.unit.end;
            let heading = span.iter().all(|piece| piece.unit.kind == UnitKind::Heading);
            if heading || span.len() > 1 && range.len() > LONGEST {
                return;
            }
            if alone.is_some_and(|word| !span.iter().any(|piece| has(&piece.words, word))) {
                return;
            }
            let Some(share) = words.share(span) else { return };
            // A longer quote must be worth its length.
            let better = best.as_ref().is_none_or(|best| share > best.share + 0.001);
            if better {
                best = Some(Aligned { passage, range, share });
            }
        };
        pieces.windows(1).for_each(&mut consider);
        // Side by side stand "A is 15" and "B is 90": a figure is borne out by its own sentence only.
        if alone.is_none() && words.numbers.is_empty() {
            let prose = |span: &&[Piece]| span.iter().all(|piece| piece.unit.kind == UnitKind::Sentence);
            pieces.windows(2).filter(prose).for_each(&mut consider);
        }
        best
    }
}

/// What a sentence says, with the question where it is a single word.
struct Claim {
    words: Words,
    /// The single word.
    alone: Option<Stem>,
}

impl Claim {
    /// `None` when it says nothing.
    fn of(sentence: &str, question: &str, language: Language) -> Option<Self> {
        let mut words = Words::of(sentence, language);
        let alone = words.only();
        if alone.is_some() {
            words.add(Words::of(question, language));
        }
        (words.len() > 1).then_some(Self { words, alone })
    }
}

impl Words {
    fn of(text: &str, language: Language) -> Self {
        let mut words = Self::default();
        Analyser::new(language).for_each(text, |of, word, start, end| {
            let shown = text.get(start..end).unwrap_or_default();
            if shown.bytes().any(|b| b.is_ascii_digit()) {
                words.numbers.push(stem(of, word));
            } else if !is_function_word(language, &shown.to_lowercase()) {
                words.telling.push(stem(of, word));
            }
        });
        words.tidied()
    }

    fn tidied(mut self) -> Self {
        self.telling = sorted(self.telling);
        self.numbers = sorted(self.numbers);
        self
    }

    fn len(&self) -> usize {
        self.telling.len() + self.numbers.len()
    }

    /// The word, where there is no other.
    fn only(&self) -> Option<u64> {
        if self.len() == 1 { self.telling.first().or(self.numbers.first()).copied() } else { None }
    }

    fn add(&mut self, other: Self) {
        self.telling.extend(other.telling);
        self.numbers.extend(other.numbers);
        *self = std::mem::take(self).tidied();
    }

    /// The share of the telling words that stand in a span; `None` when a number is missing, or when only the context
    /// has any.
    fn share(&self, span: &[Piece]) -> Option<f32> {
        let own = |word: &u64| span.iter().any(|piece| has(&piece.words, *word));
        let near = |word: &u64| span.iter().any(|piece| has(&piece.context, *word));
        if !self.numbers.iter().all(|number| own(number) || near(number)) {
            return None;
        }
        let (mut said, mut all) = (0, self.numbers.iter().filter(|number| own(number)).count());
        all += self.telling.iter().filter(|word| own(word)).count();
        said += all;
        said += self.telling.iter().filter(|word| !own(word) && near(word)).count();
        said += self.numbers.iter().filter(|number| !own(number)).count();
        (all > 1).then(|| said as f32 / self.len().max(1) as f32)
    }
}

fn has(sorted: &[u64], word: u64) -> bool {
    sorted.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fluent::hits::hit;

    const SHOP: &str = "The workshop is in Mill Lane. We repair bicycles and sell used ones.\n\n\
        ## Prices\n\n| Service | Price |\n|---|---|\n| Puncture | $15 |\n| Full service | $90 |\n";

    fn words<'t>(hit: &'t Hit, sentence: &str) -> Option<&'t str> {
        Aligner::new("", [hit], &Passages::default())
            .named(sentence, 0)
            .map(|aligned| &hit.text[aligned.range])
    }

    #[test]
    fn a_sentence_rests_on_the_words_that_say_the_same() {
        let hit = hit(SHOP, &["Bike shop"]);
        assert_eq!(
            words(&hit, "They also sell used bicycles."),
            Some("We repair bicycles and sell used ones.")
        );
        assert_eq!(words(&hit, "A full service costs $90."), Some("| Full service | $90 |"));
        assert_eq!(words(&hit, "You find the workshop in Mill Lane."), Some("The workshop is in Mill Lane."));
    }

    #[test]
    fn other_numbers_other_claims_and_empty_sentences_rest_on_nothing() {
        let hit = hit(SHOP, &["Bike shop"]);
        assert_eq!(words(&hit, "A full service costs $95."), None);
        // The figure of the row above is not this row's.
        assert_eq!(words(&hit, "A full service costs $15."), None);
        assert_eq!(words(&hit, "Delivery is free for members of the club."), None);
        assert_eq!(words(&hit, "Yes!"), None);
        // One word in common is an accident.
        assert_eq!(words(&hit, "Bicycles fly."), None);
        assert_eq!(words(&hit, ""), None);
        // Headings alone prove nothing.
        assert_eq!(words(&hit, "The bike shop is open."), None);
    }

    #[test]
    fn without_a_marker_more_is_asked_for() {
        let hit = hit(SHOP, &[]);
        let aligner = Aligner::new("", [&hit], &Passages::default());
        let loose = "We repair bicycles and lend helmets and locks.";
        assert!(aligner.anywhere(loose).is_none());
        assert!(aligner.anywhere("We repair bicycles.").is_some());
        assert!(aligner.named("We repair bicycles.", 7).is_none());
    }

    #[test]
    fn a_single_word_is_read_together_with_the_question() {
        let hit = hit(SHOP, &[]);
        let rest = |question, answer| {
            let aligned = Aligner::new(question, [&hit], &Passages::default()).anywhere(answer);
            aligned.map(|aligned| hit.text[aligned.range].to_owned())
        };
        assert_eq!(rest("What is a full service?", "$90").as_deref(), Some("| Full service | $90 |"));
        assert_eq!(rest("What is a full service?", "$15"), None);
        assert_eq!(rest("What is the capital of Peru?", "$90"), None);
        assert_eq!(rest("What is a full service?", "Yes."), None);
        assert_eq!(rest("What is a full service?", "No."), None);
    }
}

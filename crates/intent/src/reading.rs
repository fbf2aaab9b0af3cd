//! A message as one language reads it: which classes of words stand where.

use crate::class::{Class, Classes};
use crate::language::Language;
use crate::languages;
use crate::pattern::Span;
use crate::text::{Gap, Text};

/// Small talk, consent and refusal, and the words between.
pub(crate) const SOCIAL: Classes = Classes::of(&[
    Class::Filler,
    Class::Greeting,
    Class::Thanks,
    Class::Goodbye,
    Class::Yes,
    Class::Fine,
    Class::No,
]);

/// A negation that belongs to one of these says nothing about the verb after it.
const HOLD_NEGATION: Classes = Classes::of(&[Class::Unable, Class::Unneeded, Class::Cancel]);

/// Verbs: a negation between their parts is theirs. Other phrases may have one of their own.
const VERBS: Classes = Classes::of(&[Class::Book, Class::Move, Class::Change, Class::Cancel]);

/// A message read in one language.
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a Text,
    pub(crate) language: Language,
    pub(crate) spans: Vec<Span>,
    present: Classes,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(text: &'a Text, language: Language) -> Self {
        let spans = languages::lexicon(language).map_or_else(Vec::new, |lexicon| lexicon.spans(text));
        let present = spans.iter().map(|span| span.class).collect();
        Self { text, language, spans, present }
    }

    /// The number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.text.tokens.len()
    }

    pub(crate) fn has(&self, class: Class) -> bool {
        self.present.has(class)
    }

    /// Has one of several.
    pub(crate) fn any(&self, classes: &[Class]) -> bool {
        self.present.any(Classes::of(classes))
    }

    pub(crate) fn of(&self, class: Class) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(move |span| span.class == class)
    }

    /// Has a class without a negation.
    pub(crate) fn means(&self, class: Class) -> bool {
        self.has(class) && self.of(class).any(|span| !self.negated(span))
    }

    /// Whether a negation belongs to a span: a few words before it, in some languages also after it.
    pub(crate) fn negated(&self, span: &Span) -> bool {
        const BEFORE: usize = 3;
        const AFTER: usize = 4;
        self.has(Class::Not)
            && self.of(Class::Not).filter(|not| !self.held(not, span)).any(|not| {
                let within = VERBS.has(span.class) && not.start > span.start && not.end < span.end;
                let before = not.end <= span.start
                    && span.start - not.end <= BEFORE
                    && !self.parted(not.end - 1, span.start);
                let after = self.negates_after()
                    && not.start >= span.end
                    && not.start - span.end <= AFTER
                    && !self.parted(span.end - 1, not.start);
                within || before || after
            })
    }

    /// Whether a negation is part of a longer phrase other than the span.
    fn held(&self, not: &Span, span: &Span) -> bool {
        self.spans.iter().any(|other| {
            HOLD_NEGATION.has(other.class)
                && other.start <= not.start
                && not.end <= other.end
                && (other.end - other.start > not.end - not.start)
                && !(other.start == span.start && other.end == span.end)
        })
    }

    /// Languages in which a verb's negation may come after it.
    fn negates_after(&self) -> bool {
        matches!(self.language, Language::German | Language::Dutch | Language::French)
    }

    /// Whether a clause or sentence ends between two tokens.
    fn parted(&self, from: usize, to: usize) -> bool {
        self.text
            .tokens
            .get(from + 1..=to)
            .is_some_and(|between| between.iter().any(|token| token.before != Gap::None))
    }

    /// Whether spans of some classes cover tokens without a gap.
    pub(crate) fn covered(&self, from: usize, to: usize, classes: Classes) -> bool {
        let mut reached = vec![false; to - from + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        for at in from..to {
            if !reached.get(at - from).copied().unwrap_or_default() {
                continue;
            }
            for span in self.spans.iter().filter(|span| span.start == at && classes.has(span.class)) {
                if let Some(end) = reached.get_mut(span.end - from) {
                    *end = true;
                }
            }
        }
        reached.last().copied().unwrap_or_default()
    }

    /// The classes of small talk in some tokens, those left out that are only part of a longer phrase of small talk.
    pub(crate) fn social(&self, from: usize, to: usize) -> Classes {
        let inside: Vec<&Span> = self
            .spans
            .iter()
            .filter(|span| SOCIAL.has(span.class) && span.start >= from && span.end <= to)
            .collect();
        inside
            .iter()
            .filter(|span| {
                !inside.iter().any(|other| {
                    other.start <= span.start
                        && span.end <= other.end
                        && other.end - other.start > span.end - span.start
                })
            })
            .map(|span| span.class)
            .collect()
    }

    /// The end of the first clause.
    pub(crate) fn first_clause(&self) -> usize {
        let tokens = self.text.tokens.iter().enumerate().skip(1);
        tokens.filter(|(_, token)| token.before != Gap::None).map(|(at, _)| at).next().unwrap_or(self.len())
    }

    /// Whether it asks if one could cancel, some time or in some case: no wish to.
    pub(crate) fn asks_about_cancelling(&self) -> bool {
        let courtesy = |span: &Span| {
            self.of(Class::Courtesy).any(|whole| whole.start <= span.start && span.end <= whole.end)
        };
        let conditional = || self.text.question_mark && self.of(Class::Condition).any(|span| !courtesy(span));
        self.has(Class::Cancel) && self.asks() && (self.has(Class::Eventual) || conditional())
    }

    /// Whether it is worded as a question: by its mark, or by how one of its clauses begins.
    pub(crate) fn asks(&self) -> bool {
        const LEADING: Classes =
            Classes::of(&[Class::Greeting, Class::Filler, Class::Yes, Class::Fine, Class::No]);
        self.text.question_mark
            || self.of(Class::Ask).any(|span| {
                let parted = self.text.tokens.get(span.start).is_some_and(|token| token.before != Gap::None);
                span.start == 0 || parted || self.covered(0, span.start, LEADING)
            })
    }
}

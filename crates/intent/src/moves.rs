//! What a message does inside an open flow.

use std::ops::Range;

use crate::class::{Class, Classes};
use crate::intent::Intent;
use crate::language::Language;
use crate::languages;
use crate::pattern::Span;
use crate::reading::{Reading, SOCIAL};
use crate::recognise;
use crate::text::{Gap, Text};

/// What a message does inside an open flow. Several may be set: "yes, but with Maria" is consent and a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Begins with consent, or is nothing else. Alone it confirms nothing: see `plain_affirm`.
    pub affirm: bool,
    /// Is consent and nothing else of substance: may confirm what was asked.
    pub plain_affirm: bool,
    /// Begins with a refusal, or is nothing else.
    pub deny: bool,
    /// Is a refusal and nothing else of substance.
    pub plain_deny: bool,
    /// Does not want to give what was asked for.
    pub skip: bool,
    /// Does not want to go on with the flow.
    pub abandon: bool,
    /// Wants to correct what was said before, or to go back.
    pub correct: bool,
    /// None of the times offered.
    pub another_time: bool,
    /// An earlier time.
    pub earlier: bool,
    /// A later time.
    pub later: bool,
    /// One of the choices offered, by its number or place; not the number of an amount ("-1", "1.5", "10 %").
    pub choice: Option<Choice>,
    /// The name in "with Maria", a byte range of the message. A guess: compare it with the names there are.
    pub name: Option<Range<usize>>,
    /// Any person or resource will do.
    pub any_resource: bool,
    /// Asks for information: is answered from the knowledge, and the flow goes on.
    pub question: bool,
    /// Consent that says again what is consented to ("yes, cancel it", "book it"): confirms that, and nothing else.
    pub restates: Option<Intent>,
}

/// One of the choices offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Counted from 1.
    Nth(u32),
    /// The last.
    Last,
}

const ORDINALS: &[(Class, Choice)] = &[
    (Class::First, Choice::Nth(1)),
    (Class::Second, Choice::Nth(2)),
    (Class::Third, Choice::Nth(3)),
    (Class::Fourth, Choice::Nth(4)),
    (Class::Fifth, Choice::Nth(5)),
    (Class::Sixth, Choice::Nth(6)),
    (Class::Last, Choice::Last),
];
const CARDINALS: &[(Class, u32)] = &[
    (Class::One, 1),
    (Class::Two, 2),
    (Class::Three, 3),
    (Class::Four, 4),
    (Class::Five, 5),
    (Class::Six, 6),
];
/// What a plain yes or no has none of.
const SUBSTANCE: Classes = Classes::of(&[
    Class::Time,
    Class::Number,
    Class::People,
    Class::Another,
    Class::Earlier,
    Class::Later,
    Class::Correct,
    Class::Skip,
    Class::Abandon,
    Class::Option,
    Class::Any,
    Class::Instead,
    Class::Cancel,
    Class::Move,
    Class::Book,
    Class::Not,
]);
/// More words than this are no mere restatement.
const RESTATEMENT: usize = 9;
/// A name has at most so many words.
const NAME: usize = 3;

/// Reads what a message does inside an open flow. `language` is the one to expect. Knows the seven languages of the
/// dialogue.
#[must_use]
pub fn moves(message: &str, language: Option<Language>) -> Moves {
    let text = Text::read(message);
    let languages = languages::guess(&text, language);
    let Some(language) = languages.first().copied() else { return Moves::default() };
    let reading = Reading::new(&text, language);
    if reading.len() == 0 {
        return Moves::default();
    }
    Mover { reading: &reading }.moves(message)
}

struct Mover<'a> {
    reading: &'a Reading<'a>,
}

impl Mover<'_> {
    fn moves(&self, message: &str) -> Moves {
        let (intent, _) = recognise::intent(self.reading, message);
        let any_resource = self.said(Class::Any);
        let deed = self.deed();
        let mut moves = Moves {
            affirm: self.begins_with(&[Class::Yes, Class::Fine], &[Class::No]) || deed,
            deny: self.begins_with(&[Class::No], &[]),
            skip: self.whole(Class::Skip),
            abandon: self.whole(Class::Abandon) && !any_resource,
            correct: self.whole(Class::Correct),
            another_time: self.said(Class::Another),
            earlier: self.said(Class::Earlier),
            later: self.said(Class::Later),
            choice: self.choice(message),
            name: self.name(),
            any_resource,
            ..Moves::default()
        };
        if moves.affirm && (deed || self.restates() && intent.is_effect()) {
            moves.restates = Some(if deed { Intent::Book } else { intent });
            moves.abandon = false;
        }
        if moves.choice.is_some() {
            (moves.earlier, moves.later) = (false, false);
        }
        if intent == Intent::Question && self.reading.asks_about_cancelling() {
            (moves.another_time, moves.earlier, moves.later, moves.abandon) = (false, false, false, false);
        }
        if moves.abandon || moves.skip || moves.correct {
            moves.affirm = false;
        }
        let plain = self.plain();
        moves.plain_affirm = plain && moves.affirm && !moves.deny;
        moves.plain_deny = plain && moves.deny;
        moves.question = self.question(intent, &moves);
        if moves.question && intent != Intent::Question {
            (moves.another_time, moves.earlier, moves.later) = (false, false, false);
        }
        moves
    }

    /// Whether it is a booking's deed and nothing else: "book it, please".
    fn deed(&self) -> bool {
        let mut covering = SOCIAL;
        covering.add(Class::Deed);
        let all = self.reading.covered(0, self.reading.len(), covering) && !self.reading.text.question_mark;
        let without = self.reading.social(0, self.reading.len()).has(Class::No);
        all && !without && self.reading.of(Class::Deed).any(|span| !self.reading.negated(span))
    }

    /// Whether a class is there, neither negated nor part of a longer phrase of small talk.
    fn said(&self, class: Class) -> bool {
        self.reading.of(class).any(|span| !self.inside(span, SOCIAL) && !self.reading.negated(span))
    }

    /// Whether a span is part of a longer one of some classes.
    fn inside(&self, span: &Span, classes: Classes) -> bool {
        self.reading.spans.iter().any(|other| {
            classes.has(other.class)
                && other.start <= span.start
                && span.end <= other.end
                && other.end - other.start > span.end - span.start
        })
    }

    /// Whether the first clause is small talk with one class and without others.
    fn begins_with(&self, classes: &[Class], without: &[Class]) -> bool {
        let end = self.reading.first_clause();
        let said = self.reading.social(0, end);
        let covered = self.reading.covered(0, end, SOCIAL);
        let bare = !self.reading.of(Class::Not).any(|not| not.start == 0);
        let first =
            self.reading.spans.iter().any(|span| span.start == 0 && classes.contains(&span.class)) && bare;
        (covered && said.any(Classes::of(classes)) || first) && !said.any(Classes::of(without))
    }

    /// Whether the whole message is small talk, without a question mark and without substance.
    fn plain(&self) -> bool {
        const CONSENT: Classes = Classes::of(&[Class::Yes, Class::Fine, Class::No, Class::Thanks]);
        let of_consent = |span: &Span| {
            self.reading
                .spans
                .iter()
                .any(|other| CONSENT.has(other.class) && other.start <= span.start && span.end <= other.end)
        };
        let covered = self.reading.covered(0, self.reading.len(), SOCIAL);
        let substance = self.reading.spans.iter().any(|span| SUBSTANCE.has(span.class) && !of_consent(span));
        let both = self.reading.social(0, self.reading.len());
        let torn = both.has(Class::No) && both.has(Class::Yes);
        covered && !substance && !torn && !self.reading.text.question_mark
    }

    /// Whether a class is said in several words, or is all that is said.
    fn whole(&self, class: Class) -> bool {
        const BESIDE: Classes = Classes::of(&[Class::Time, Class::Number]);
        let mut covering = SOCIAL;
        covering.add(class);
        let timed = self.reading.spans.iter().any(|span| BESIDE.has(span.class));
        self.reading.of(class).any(|span| {
            let long = span.end - span.start > 1;
            // "Is that enough?" says none of it.
            let asked = self.reading.text.question_mark && self.reading.len() > span.end - span.start;
            let all = !timed && !asked && self.reading.covered(0, self.reading.len(), covering);
            (long || all) && !self.reading.negated(span)
        })
    }

    fn choice(&self, message: &str) -> Option<Choice> {
        let of_time = |span: &&Span| matches!(span.class, Class::Time | Class::People);
        let timed = self.reading.spans.iter().filter(of_time).any(|span| !self.is_ordinal(span));
        self.ordinal(timed).or_else(|| if timed { None } else { self.cardinal(message) })
    }

    /// Whether all that a span says is "the 2nd", which may be a day, and is a choice where there are some.
    fn is_ordinal(&self, span: &Span) -> bool {
        ORDINALS.iter().any(|(class, _)| {
            let mut last =
                self.reading.of(*class).filter(|nth| nth.start >= span.start && nth.end == span.end);
            last.any(|nth| self.reading.covered(span.start, nth.start, Classes::of(&[Class::Filler])))
        })
    }

    /// "The second one", and "the second" when nothing else is said.
    fn ordinal(&self, timed: bool) -> Option<Choice> {
        let mut covering = SOCIAL;
        [Class::One, Class::Option].into_iter().for_each(|class| covering.add(class));
        ORDINALS.iter().for_each(|(class, _)| covering.add(*class));
        let all = !timed && self.reading.covered(0, self.reading.len(), covering);
        let mut found = ORDINALS.iter().filter(|(class, _)| {
            self.reading.of(*class).any(|span| {
                let beside = self.reading.spans.iter().any(|other| {
                    matches!(other.class, Class::One | Class::Option)
                        && (other.start == span.end || other.end == span.start)
                });
                (all || beside && !self.asks_more()) && !self.reading.negated(span)
            })
        });
        let first = found.next().map(|(_, choice)| *choice);
        if found.next().is_some() { None } else { first }
    }

    /// "2", "option two", "the 2nd".
    fn cardinal(&self, message: &str) -> Option<Choice> {
        let mut covering = SOCIAL;
        [Class::Number, Class::Option].into_iter().for_each(|class| covering.add(class));
        CARDINALS.iter().for_each(|(class, _)| covering.add(*class));
        if !self.reading.covered(0, self.reading.len(), covering) {
            return None;
        }
        let mut numbers: Vec<u32> = Vec::new();
        for (at, token) in self.reading.text.tokens.iter().enumerate() {
            let named = self.reading.of(Class::Option).any(|option| option.end == at);
            let filler = self.reading.of(Class::Filler).any(|span| span.start == at && span.end == at + 1);
            let word = CARDINALS
                .iter()
                .find(|(class, _)| self.reading.of(*class).any(|span| span.start == at && span.end == at + 1))
                .map(|(_, number)| *number);
            if token.text.starts_with(|c: char| c.is_ascii_digit()) && is_amount(message, &token.range) {
                return None;
            }
            let digits = counted(&token.text).filter(|number| (1..100).contains(number));
            let counts = named || !filler || self.reading.len() == 1;
            numbers.extend(digits.or(word).filter(|_| counts));
        }
        match numbers.as_slice() {
            [number] => Some(Choice::Nth(*number)),
            _ => None,
        }
    }

    /// Whether it asks beside naming a choice.
    fn asks_more(&self) -> bool {
        self.reading.text.question_mark && self.reading.has(Class::Price)
    }

    /// The name after "with".
    fn name(&self) -> Option<Range<usize>> {
        self.reading.of(Class::With).find_map(|with| self.name_at(with.end))
    }

    fn name_at(&self, start: usize) -> Option<Range<usize>> {
        const NO_NAMES: Classes = Classes::of(&[
            Class::Time,
            Class::Number,
            Class::Appointment,
            Class::Contact,
            Class::Mail,
            Class::Any,
        ]);
        let tokens = &self.reading.text.tokens;
        let named = |at: usize| {
            let Some(token) = tokens.get(at).filter(|token| at == start || token.before == Gap::None) else {
                return false;
            };
            let other = self.reading.spans.iter().any(|span| span.start == at && NO_NAMES.has(span.class));
            let known = languages::knows(self.reading.language, &token.text);
            let capital = token.capital && (self.reading.language != Language::German || at > start);
            token.text.chars().count() > 1 && !other && (!known || capital)
        };
        let length = (0..NAME).take_while(|at| named(start + at)).count();
        let first = tokens.get(start).filter(|_| length > 0)?;
        let last = tokens.get(start + length - 1)?;
        Some(first.range.start..last.range.end)
    }

    fn question(&self, intent: Intent, moves: &Moves) -> bool {
        const SHORT: usize = 3;
        let asks = self.reading.asks();
        match intent {
            Intent::Hours if moves.another_time => false,
            Intent::Price | Intent::Hours | Intent::Location | Intent::MyBookings | Intent::OffTopic => {
                asks || self.reading.has(Class::Want) || self.reading.len() <= SHORT
            }
            Intent::Capabilities | Intent::BotQuestion => true,
            Intent::Question => {
                let moved = moves.another_time
                    || moves.earlier
                    || moves.later
                    || moves.choice.is_some()
                    || moves.name.is_some()
                    || moves.any_resource
                    || moves.skip
                    || moves.abandon
                    || moves.correct;
                asks && !moved
            }
            Intent::Greeting
            | Intent::Thanks
            | Intent::Goodbye
            | Intent::Human
            | Intent::Complaint
            | Intent::Book
            | Intent::Reschedule
            | Intent::Cancel
            | Intent::Affirm
            | Intent::Deny
            | Intent::Insult
            | Intent::Gibberish
            | Intent::Offer
            | Intent::CallBack
            | Intent::Contact => false,
        }
    }

    /// Whether nothing but the deed itself is said beside the consent.
    fn restates(&self) -> bool {
        const MORE: Classes = Classes::of(&[
            Class::Time,
            Class::Number,
            Class::People,
            Class::Another,
            Class::Earlier,
            Class::Later,
            Class::Correct,
            Class::Instead,
            Class::Not,
            Class::Option,
        ]);
        self.reading.len() <= RESTATEMENT
            && !self.reading.text.question_mark
            && self.name().is_none()
            && !self.reading.spans.iter().any(|span| MORE.has(span.class))
    }
}

/// The number of "2", and of "2nd", "2º", "2e".
fn counted(word: &str) -> Option<u32> {
    const ENDINGS: [&str; 15] =
        ["", "st", "nd", "rd", "th", "º", "ª", "°", "o", "a", "e", "er", "ere", "eme", "ste"];
    let ending = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = word.strip_suffix(ending)?;
    ENDINGS.contains(&ending).then(|| number.parse().ok()).flatten()
}

/// Whether digits are part of a number with a sign, a point, a time of day or a percentage.
fn is_amount(message: &str, digits: &Range<usize>) -> bool {
    let before = message.get(..digits.start).unwrap_or_default();
    let after = message.get(digits.end..).unwrap_or_default();
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut left = before.chars().rev();
    let (near, beyond) = (left.next(), left.next());
    // "Option-2" has no sign.
    let sign = matches!(near, Some('-' | '−' | '–' | '+')) && !beyond.is_some_and(char::is_alphanumeric);
    let inner = matches!(near, Some('.' | ',' | ':' | '/')) && digit(beyond);
    let mut right = after.chars();
    let goes_on = matches!(right.next(), Some('.' | ',' | ':' | '/')) && digit(right.next());
    sign || inner || goes_on || after.trim_start().starts_with('%')
}

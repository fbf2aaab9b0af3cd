//! Sentences that say that something was done: "Your appointment is confirmed".

use crate::class::Class;
use crate::language::Language;
use crate::languages;
use crate::pattern::Span;
use crate::reading::Reading;
use crate::text::{Gap, Text};

/// What a sentence claims to have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Something was booked.
    Booked,
    /// A booking has another time.
    Moved,
    /// A booking was called off.
    Cancelled,
    /// Details were noted or passed on.
    Saved,
    /// A mail or confirmation was sent.
    Sent,
}

impl Effect {
    /// Every effect; of several in one sentence, the first in this order is told.
    pub const ALL: &'static [Self] = &[Self::Cancelled, Self::Moved, Self::Booked, Self::Sent, Self::Saved];

    /// Its name in data and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Saved => "saved",
            Self::Sent => "sent",
        }
    }

    /// Whole claims, and the participles in them.
    fn classes(self) -> (Class, Class) {
        match self {
            Self::Booked => (Class::ClaimBooked, Class::Booked),
            Self::Moved => (Class::ClaimMoved, Class::Moved),
            Self::Cancelled => (Class::ClaimCancelled, Class::Cancelled),
            Self::Saved => (Class::ClaimSaved, Class::Saved),
            Self::Sent => (Class::ClaimSent, Class::Sent),
        }
    }
}

/// What a sentence claims to have been done, now or before: "I've booked you in", "Ihr Termin ist storniert". Offers,
/// questions, conditions, negations and general statements claim nothing.
///
/// `language` is the one to expect; a sentence that is plainly in another one is read in that. Knows the seven languages
/// of the dialogue.
#[must_use]
pub fn claims_effect(sentence: &str, language: Option<Language>) -> Option<Effect> {
    let text = Text::read(sentence);
    if text.ends_asking {
        return None;
    }
    let language = languages::guess(&text, language).into_iter().next()?;
    let reading = Reading::new(&text, language);
    Effect::ALL.iter().copied().find(|effect| {
        let (whole, participle) = effect.classes();
        let begun = |span: &Span| {
            begins(&text, span.start) || !reading.of(participle).any(|other| other.start == span.start)
        };
        reading.of(whole).any(|span| begun(span) && stands(&reading, span))
            || reading.of(participle).any(|span| alone(&text, span) && stands(&reading, span))
    })
}

/// A clause of its own: "Done, cancelled."
fn alone(text: &Text, span: &Span) -> bool {
    begins(text, span.start) && begins(text, span.end)
}

/// Whether a clause begins at a token, or the text ends before it.
fn begins(text: &Text, at: usize) -> bool {
    at == 0 || text.tokens.get(at).is_none_or(|token| token.before != Gap::None)
}

/// Whether nothing around a claim makes it an offer, a condition, a negation or a general statement.
fn stands(reading: &Reading<'_>, claim: &Span) -> bool {
    let parted = |from: usize, to: usize, gap: Gap| {
        let between = reading.text.tokens.get(from..=to).unwrap_or_default();
        between.iter().any(|token| token.before >= gap)
    };
    let general = reading.of(Class::General).any(|span| {
        let inside = span.start > claim.start && span.end < claim.end;
        inside
            || span.start <= claim.start
                && span.end <= claim.end
                && !parted(span.start + 1, claim.start, Gap::Comma)
    });
    let condition = reading.of(Class::Unless).any(|span| {
        let before = span.start < claim.end && !parted(span.start + 1, claim.start, Gap::Sentence);
        let after = span.start >= claim.end && !parted(claim.end, span.start, Gap::Comma);
        before || after
    });
    !general && !condition
}

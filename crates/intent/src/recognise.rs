//! From the classes in a message to what it wants: rules that all languages share.

use crate::class::{Class, Classes};
use crate::gibberish;
use crate::intent::Intent;
use crate::language::Language;
use crate::languages;
use crate::reading::{Reading, SOCIAL};
use crate::text::Text;

/// What a message wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// What it wants.
    pub intent: Intent,
    /// Said in so many words. What is not sure may be acted on only after asking.
    pub sure: bool,
    /// The language whose vocabulary told so.
    pub language: Language,
}

/// So many other languages are tried when the likeliest makes nothing of a message.
const OTHERS: usize = 2;

/// Recognises what a short message wants. `language` is the one to expect (the conversation's, else the agent's); a
/// message that is plainly in another one is read in that.
///
/// What nothing speaks for is a [`Intent::Question`] that is not sure.
#[must_use]
pub fn recognise(message: &str, language: Option<Language>) -> Recognised {
    let text = Text::read(message);
    let languages = languages::guess(&text, language);
    let mut fallback = None;
    for language in languages.into_iter().take(1 + OTHERS) {
        let (intent, sure) = Rules { reading: &Reading::new(&text, language) }.decide(message);
        let recognised = Recognised { intent, sure, language };
        if sure || !matches!(intent, Intent::Question | Intent::Gibberish) {
            return recognised;
        }
        fallback.get_or_insert(recognised);
    }
    fallback.unwrap_or(Recognised {
        intent: Intent::Question,
        sure: false,
        language: language.unwrap_or(Language::English),
    })
}

/// The intent of a message that was read already.
pub(crate) fn intent(reading: &Reading<'_>, message: &str) -> (Intent, bool) {
    Rules { reading }.decide(message)
}

struct Rules<'a> {
    reading: &'a Reading<'a>,
}

impl Rules<'_> {
    fn decide(&self, message: &str) -> (Intent, bool) {
        if self.reading.len() == 0 {
            return (Intent::Gibberish, message.chars().any(|c| !c.is_whitespace() && c != '?'));
        }
        let about = self.has(Class::Bot)
            || self.has(Class::Human)
            || self.has(Class::Help) && !self.has(Class::Thanks);
        let talk = if about { None } else { self.small_talk() };
        talk.or_else(|| self.who())
            .or_else(|| self.rules_of_booking())
            .or_else(|| self.plain_effect())
            .or_else(|| self.requests())
            .or_else(|| self.anger())
            .or_else(|| self.facts())
            .or_else(|| self.likely_effect())
            .or_else(|| self.rest())
            .unwrap_or_else(|| {
                if gibberish::is_gibberish(&self.reading.text.tokens) {
                    (Intent::Gibberish, false)
                } else {
                    (Intent::Question, self.asks() && self.has(Class::Ask))
                }
            })
    }

    fn has(&self, class: Class) -> bool {
        self.reading.has(class)
    }

    fn any(&self, classes: &[Class]) -> bool {
        self.reading.any(classes)
    }

    fn means(&self, class: Class) -> bool {
        self.reading.means(class)
    }

    fn asks(&self) -> bool {
        self.reading.asks()
    }

    /// A message that is nothing but small talk, consent or refusal.
    fn small_talk(&self) -> Option<(Intent, bool)> {
        let end = self.reading.len();
        if !self.reading.covered(0, end, SOCIAL) {
            return None;
        }
        let said = self.reading.social(0, end);
        let has = |class| said.has(class);
        // "Ciao" is both, and a greeting when nothing else tells.
        let parting = self.reading.of(Class::Goodbye).any(|span| {
            !self.reading.of(Class::Greeting).any(|other| other.start <= span.start && span.end <= other.end)
        });
        let intent = if has(Class::Goodbye) && parting {
            Intent::Goodbye
        } else if has(Class::No) {
            Intent::Deny
        } else if has(Class::Yes) {
            Intent::Affirm
        } else if has(Class::Thanks) {
            Intent::Thanks
        } else if has(Class::Greeting) {
            Intent::Greeting
        } else if has(Class::Fine) {
            Intent::Affirm
        } else {
            return None;
        };
        Some((intent, true))
    }

    /// Who is talking to whom.
    fn who(&self) -> Option<(Intent, bool)> {
        if self.has(Class::Bot) && !self.has(Class::Help) {
            Some((Intent::BotQuestion, true))
        } else if self.means(Class::CallBack) {
            Some((Intent::CallBack, true))
        } else if self.means(Class::Human) && !self.means(Class::Book) {
            Some((Intent::Human, true))
        } else {
            None
        }
    }

    /// Questions about booking, moving and cancelling, and what others did.
    fn rules_of_booking(&self) -> Option<(Intent, bool)> {
        const ABOUT: &[Class] =
            &[Class::Book, Class::Move, Class::Change, Class::Cancel, Class::Unable, Class::Appointment];
        let about = self.any(ABOUT);
        let told = self.has(Class::Reported) || self.has(Class::Done) && !self.has(Class::Want);
        let must = self.has(Class::Must) && self.reading.text.question_mark;
        let terms =
            self.has(Class::Policy) && (!self.has(Class::Price) || self.any(&[Class::Cancel, Class::Move]));
        let asked = self.has(Class::If) || about && self.has(Class::HowTo) || must || terms;
        let asked =
            asked || self.reading.asks_about_cancelling() && !self.moved() && !self.means(Class::Book);
        if told && !self.has(Class::Complaint) && !self.any(&[Class::Instead, Class::Mine]) {
            Some((Intent::Question, false))
        } else if asked && !self.any(&[Class::Complaint, Class::Mine]) {
            Some((Intent::Question, true))
        } else {
            None
        }
    }

    /// Said with its own verb.
    fn plain_effect(&self) -> Option<(Intent, bool)> {
        let cancel = self.means(Class::Cancel) || self.has(Class::Unneeded);
        let moved = self.moved();
        let book = self.means(Class::Book);
        let asks_price = self.has(Class::Price) && self.asks() && self.has(Class::Ask);
        let listed = self.means(Class::Contact) && !self.has(Class::Appointment);
        if cancel && self.has(Class::Instead) && !asks_price {
            Some((Intent::Reschedule, false))
        } else if cancel {
            Some((Intent::Cancel, !moved && !asks_price))
        } else if moved {
            Some((Intent::Reschedule, !asks_price))
        } else if book && (asks_price || listed) {
            None
        } else if book && (self.has(Class::Instead) && self.has(Class::Held)) {
            Some((Intent::Reschedule, false))
        } else if book && !self.has(Class::Complaint) {
            Some((Intent::Book, true))
        } else {
            None
        }
    }

    fn moved(&self) -> bool {
        let changed = self.means(Class::Change)
            && self.any(&[Class::Appointment, Class::Held, Class::Instead])
            && !self.has(Class::Correct);
        self.means(Class::Move) || changed
    }

    fn requests(&self) -> Option<(Intent, bool)> {
        if self.has(Class::Mine) {
            Some((Intent::MyBookings, true))
        } else if self.means(Class::Quote) {
            Some((Intent::Offer, true))
        } else if self.means(Class::Contact) {
            Some((Intent::Contact, true))
        } else {
            None
        }
    }

    fn anger(&self) -> Option<(Intent, bool)> {
        const SHORT: usize = 3;
        let rude = self.has(Class::Rude);
        let complains = self.has(Class::Complaint);
        let short = self.reading.len() <= SHORT && !complains;
        // "Tuesday doesn't work, what about Wednesday?" is no complaint.
        let other_time = self.has(Class::Unable) && self.any(&[Class::Instead, Class::Another, Class::Later]);
        if self.has(Class::Insult) || rude && (self.has(Class::You) || short) {
            Some((Intent::Insult, true))
        } else if complains && !other_time || rude {
            Some((Intent::Complaint, complains))
        } else if self.has(Class::Help) {
            Some((Intent::Capabilities, true))
        } else {
            None
        }
    }

    fn facts(&self) -> Option<(Intent, bool)> {
        let free = self.any(&[Class::Free, Class::Come]);
        if self.has(Class::Price) {
            Some((Intent::Price, true))
        } else if self.has(Class::Topic) && !self.any(&[Class::Appointment, Class::Free]) {
            Some((Intent::OffTopic, true))
        } else if self.has(Class::Hours) && !free {
            Some((Intent::Hours, true))
        } else if self.has(Class::Location) {
            Some((Intent::Location, true))
        } else {
            None
        }
    }

    /// Said without its own verb: by what is booked, by times, by not being able to come.
    fn likely_effect(&self) -> Option<(Intent, bool)> {
        const ALONE: usize = 4;
        let wants = self.has(Class::Want);
        let asks = self.asks();
        let other = self.any(&[Class::Instead, Class::Another, Class::Later, Class::Earlier]);
        let free = self.has(Class::Free);
        let timed = self.any(&[Class::Time, Class::People]);
        let appointment = self.means(Class::Appointment);
        if self.has(Class::Unable) {
            return Some((if other { Intent::Reschedule } else { Intent::Cancel }, other));
        }
        if other && !free && (self.has(Class::Held) || self.has(Class::Instead) && (timed || wants || asks)) {
            return Some((Intent::Reschedule, false));
        }
        if other && !free && (wants || asks) {
            return Some((Intent::Reschedule, false));
        }
        if self.has(Class::Held) && timed && !free && (wants || asks) && !appointment_alone(self.reading) {
            return Some((Intent::Reschedule, false));
        }
        let book = free && (timed || asks || wants || self.has(Class::Appointment))
            || self.has(Class::Come) && (self.has(Class::Time) || wants)
            || appointment && (wants || timed || self.reading.len() <= ALONE && !asks)
            || wants && self.has(Class::People) && self.has(Class::Time);
        book.then_some((Intent::Book, free || wants && timed))
    }

    fn rest(&self) -> Option<(Intent, bool)> {
        const SHORT: usize = 3;
        if self.has(Class::Hours) {
            Some((Intent::Hours, false))
        } else if self.means(Class::Person) && (self.has(Class::Want) || self.reading.len() <= SHORT) {
            Some((Intent::Human, false))
        } else if self.has(Class::Machine) && self.asks() && self.has(Class::You) {
            Some((Intent::BotQuestion, false))
        } else if self.has(Class::Topic) {
            Some((Intent::OffTopic, false))
        } else {
            self.half_small_talk()
        }
    }

    /// Small talk with a word or two beside it that nothing is known of.
    fn half_small_talk(&self) -> Option<(Intent, bool)> {
        const PAIRS: &[(Class, Intent)] = &[
            (Class::Thanks, Intent::Thanks),
            (Class::Goodbye, Intent::Goodbye),
            (Class::No, Intent::Deny),
            (Class::Yes, Intent::Affirm),
            (Class::Greeting, Intent::Greeting),
        ];
        const MOST: usize = 6;
        if self.reading.len() > MOST || self.asks() {
            return None;
        }
        let said: Classes = self.reading.social(0, self.reading.len());
        PAIRS.iter().find(|(class, _)| said.has(*class)).map(|(_, intent)| (*intent, false))
    }
}

/// Whether what is booked is named, but not asked about: "my appointment is on Friday".
fn appointment_alone(reading: &Reading<'_>) -> bool {
    !reading.asks() && !reading.has(Class::Want)
}

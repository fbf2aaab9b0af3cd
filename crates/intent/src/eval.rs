//! The figures of a set of labelled messages.

use std::collections::BTreeMap;

use crate::intent::Intent;
use crate::language::Language;
use crate::recognise::recognise;

/// Right labels of so many messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Messages whose intent was recognised.
    pub right: usize,
    /// Messages.
    pub of: usize,
}

impl Count {
    /// Right labels / messages; 0 of none.
    #[must_use]
    pub fn share(self) -> f64 {
        self.right as f64 / self.of.max(1) as f64
    }

    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }
}

/// What the recogniser made of a set. An intent that the set has no label for counts as its nearest
/// ([`Intent::coarse`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// Over every message.
    pub all: Count,
    /// By language, as the set names it.
    pub languages: BTreeMap<String, Count>,
    /// By the intent meant.
    pub intents: BTreeMap<Intent, Count>,
    /// Wrong because nothing was recognised: counted among the wrong ones, too.
    pub unanswered: usize,
    /// Messages that are gibberish or off topic, taken for something that a business is asked.
    pub false_alarms: usize,
    /// Messages that mean the first of book, reschedule and cancel, and were taken for the second.
    pub confused: BTreeMap<(Intent, Intent), usize>,
}

impl Scores {
    /// Counts one message. Its language is told to the recogniser.
    pub fn count(&mut self, language: &str, message: &str, meant: Intent) {
        let found = recognise(message, Language::of(language));
        let right = found.intent == meant || found.intent.coarse() == meant;
        self.all.add(right);
        self.languages.entry(language.to_owned()).or_default().add(right);
        self.intents.entry(meant).or_default().add(right);
        if right {
            return;
        }
        self.unanswered += usize::from(found.intent == Intent::Question && !found.sure);
        let senseless = |intent: Intent| matches!(intent, Intent::Gibberish | Intent::OffTopic);
        self.false_alarms += usize::from(senseless(meant) && found.intent.is_business());
        if meant.is_effect() && found.intent.is_effect() {
            *self.confused.entry((meant, found.intent)).or_default() += 1;
        }
    }
}

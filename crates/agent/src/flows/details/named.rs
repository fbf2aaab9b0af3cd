//! A field that the visitor names by its label, to change its value: "the budget is 5000", "Budget: 5000", "change the
//! budget".
//!
//! Contact details are told by their form and are found in any words; a number, a date or a choice is nobody's before its
//! field is named. The value is what the normaliser makes of the words behind the name (or before it, where nothing
//! follows).

use std::ops::Range;

use robofy_kernel::FieldType;
use robofy_leads::{Field, Found, normalise, pick};

use crate::flows::hear::{Context, is_same_word, says_something};
use crate::flows::state::{Flow, LeadFlow, LeadStage};

/// So many words are looked at for a value.
const LONGEST: usize = 8;
/// More words than this between those of a label are no label.
const GAP: usize = 3;

/// What the words say of a field that they name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub field: Field,
    /// The value.
    pub found: Option<Found>,
    /// Words that stand for a value and are none.
    pub refused: Option<String>,
}

struct Word {
    range: Range<usize>,
    folded: String,
}

/// The one field that the words name, unless they ask something about it.
pub(crate) fn named(context: &Context, fields: &[Field]) -> Option<Named> {
    if context.scene.action.is_some() {
        return None;
    }
    let text = context.scene.query.as_str();
    let said = words(text);
    let places = fields.iter().filter_map(|field| Some((field, place(&said, field)?)));
    let mut places: Vec<(&Field, Place)> = places.collect();
    places.sort_by_key(|(_, place)| std::cmp::Reverse(place.rank()));
    let is_clear = |second: Option<&(&Field, Place)>, first: &Place| {
        second.is_none_or(|(_, other)| other.rank() < first.rank())
    };
    let second = places.get(1);
    let (field, place) = places.first().filter(|(_, first)| is_clear(second, first))?;
    let reading = Reading { context, text, said: &said, field, place: place.words.clone() };
    let (found, refused) = reading.value();
    let is_question = text.contains(['?', '？']);
    if found.is_some() {
        // "Can you change the budget to 5000?" says what it is to be; "is the budget 5000?" asks.
        let says_so = !is_question || !reading.becomes(place.words.end..said.len()).is_empty();
        return says_so.then(|| Named { field: (*field).clone(), found, refused: None });
    }
    // "Yes, the budget is right" changes nothing, a story about it neither, and "how much is the plan" asks.
    let is_short = !context.moves.affirm && said.len() <= LONGEST && !is_question;
    let changes = is_short && (refused.is_some() || (reading.wants_another() && !reading.asks()));
    changes.then(|| Named { field: (*field).clone(), found: None, refused })
}

/// Where a label stands.
struct Place {
    words: Range<usize>,
    matched: usize,
    is_whole: bool,
}

impl Place {
    const fn rank(&self) -> (usize, bool) {
        (self.matched, self.is_whole)
    }
}

/// Where a field's label stands, or its name; at least half of the words that say something.
fn place(said: &[Word], field: &Field) -> Option<Place> {
    let name = field.name.replace('_', " ");
    let places = [field.label.as_str(), name.as_str()].into_iter().filter_map(|label| {
        let all: Vec<String> = words(label).into_iter().map(|word| word.folded).collect();
        let telling: Vec<&String> = all.iter().filter(|word| says_something(word)).collect();
        let wanted = if telling.is_empty() { all.iter().collect() } else { telling };
        let at: Vec<usize> = wanted
            .iter()
            .filter_map(|word| said.iter().position(|said| is_same_word(&said.folded, word)))
            .collect();
        let (first, last) = (*at.iter().min()?, *at.iter().max()?);
        let is_close = last - first < wanted.len() + GAP;
        (is_close && at.len() * 2 >= wanted.len()).then_some(Place {
            words: first..last + 1,
            matched: at.len(),
            is_whole: at.len() == wanted.len(),
        })
    });
    places.max_by_key(Place::rank)
}

struct Reading<'c> {
    context: &'c Context,
    text: &'c str,
    said: &'c [Word],
    field: &'c Field,
    /// The words of the label.
    place: Range<usize>,
}

impl Reading<'_> {
    /// The value, or the words that should be one.
    fn value(&self) -> (Option<Found>, Option<String>) {
        let rest = self.place.end..self.said.len();
        let sign = self.has_sign();
        let verb = self.becomes(rest.clone());
        let told = |words: Range<usize>| self.text.get(self.bytes(words)?).map(str::to_owned);
        match self.field.field_type {
            // Whatever is said would be one.
            FieldType::Text | FieldType::LongText => {
                let from = match (verb.first(), sign) {
                    // "Send the message to Eva" says nothing of its words.
                    (Some(first), _) if first.start == rest.start && self.says_so() => first.end,
                    (_, true) => rest.start,
                    (_, false) => return (None, None),
                };
                (self.found(from..rest.end).filter(|_| !self.complains(from..rest.end)), None)
            }
            // Those are found wherever they stand, or not at all.
            FieldType::Name | FieldType::Company => (None, None),
            FieldType::Select | FieldType::MultiSelect | FieldType::Checkbox => {
                let explicit = verb.last().map(|last| last.end..rest.end);
                let found = explicit.clone().and_then(|words| self.found(words));
                let found = found.or_else(|| self.found(rest.clone()));
                let meant = explicit.or_else(|| sign.then(|| rest.clone()));
                let refused = meant.filter(|words| found.is_none() && !self.complains(words.clone()));
                (found, refused.and_then(told))
            }
            FieldType::Email | FieldType::Phone | FieldType::Number | FieldType::Date | FieldType::Url => {
                let explicit = verb.last().map(|last| last.end..rest.end);
                let found = explicit.clone().and_then(|words| self.window(words));
                let found = found.or_else(|| self.window(rest.clone()));
                let before = || if rest.is_empty() { self.window(0..self.place.start) } else { None };
                let found = found.or_else(before);
                let meant = explicit.or_else(|| sign.then(|| rest.clone()));
                let refused = meant.filter(|words| found.is_none() && !self.complains(words.clone()));
                (found, refused.and_then(told))
            }
        }
    }

    /// Whether the words are a question, whatever the label means to others: a price is asked about with "budget", too.
    fn asks(&self) -> bool {
        let label = self.bytes(self.place.clone()).unwrap_or_default();
        let before = self.text.get(..label.start).unwrap_or_default();
        let after = self.text.get(label.end..).unwrap_or_default();
        let language = robofy_intent::Language::from_code(self.context.language());
        robofy_intent::moves(&format!("{before} {after}"), language).question
    }

    /// Whether another value is wanted where none is told: what is to be changed was asked for, there is a word of change,
    /// or nothing but the label. "Send the message" and "I have no phone" want none.
    fn wants_another(&self) -> bool {
        let context = self.context;
        let was_asked =
            matches!(&context.state.open, Some(Flow::Lead(LeadFlow { stage: LeadStage::Changing, .. })));
        let refuses = || {
            let fields = std::slice::from_ref(self.field);
            !pick(self.text, None, fields, context.region()).declined.is_empty()
        };
        context.moves.correct || self.changes() || self.is_bare() || (was_asked && !refuses())
    }

    /// Whether there is a word of change.
    fn changes(&self) -> bool {
        let beside = [0..self.place.start, self.place.end..self.said.len()];
        beside.into_iter().any(|words| !self.phrases("words.changes", words).is_empty())
    }

    /// Whether nothing is said but the label: "the budget, please".
    fn is_bare(&self) -> bool {
        let beside = self.context.texts().list("words.beside");
        let mut others = (0..self.said.len()).filter(|at| !self.place.contains(at));
        others.all(|at| self.said.get(at).is_some_and(|word| beside.contains(&word.folded)))
    }

    /// Whether the label is what the sentence is about: nothing that says something stands before it, or it is changed.
    fn says_so(&self) -> bool {
        let mut before = self.said.iter().take(self.place.start);
        !before.any(|word| says_something(&word.folded)) || self.changes() || self.context.moves.correct
    }

    /// Whether "wrong" stands where a value would.
    fn complains(&self, words: Range<usize>) -> bool {
        let language = robofy_intent::Language::from_code(self.context.language());
        let text = self.bytes(words).and_then(|range| self.text.get(range)).unwrap_or_default();
        let moves = robofy_intent::moves(text, language);
        moves.correct || moves.deny
    }

    /// Whether a sign ties the label to what follows it.
    fn has_sign(&self) -> bool {
        let label = self.place.end.checked_sub(1).and_then(|last| self.said.get(last));
        let next = self.said.get(self.place.end);
        let gap = label.zip(next).and_then(|(label, next)| self.text.get(label.range.end..next.range.start));
        gap.is_some_and(|gap| gap.contains([':', '=', '\u{2192}']))
    }

    /// Where words such as "is" and "to" stand.
    fn becomes(&self, within: Range<usize>) -> Vec<Range<usize>> {
        let mut found = self.phrases("words.becomes", within.clone());
        found.retain(|found| found.end < within.end);
        found
    }

    /// Where one of a list's phrases stands.
    fn phrases(&self, list: &'static str, within: Range<usize>) -> Vec<Range<usize>> {
        let phrases: Vec<Vec<String>> = self
            .context
            .texts()
            .list(list)
            .iter()
            .map(|phrase| words(phrase).into_iter().map(|word| word.folded).collect())
            .collect();
        let longest = |at: usize| {
            let here = phrases.iter().filter(|phrase| {
                let said = self.said.get(at..(at + phrase.len()).min(within.end)).unwrap_or_default();
                !phrase.is_empty() && said.iter().map(|word| &word.folded).eq(phrase.iter())
            });
            here.map(Vec::len).max().map(|length| at..at + length)
        };
        within.clone().filter_map(longest).collect()
    }

    /// The longest run of words that is a value. A part of a number in words is another number, so that is none.
    fn window(&self, within: Range<usize>) -> Option<Found> {
        let is_written = |words: &Range<usize>| {
            let said = self.said.get(words.clone()).unwrap_or_default();
            *words == within || said.iter().any(|word| word.folded.contains(|c: char| c.is_numeric()))
        };
        let must_be_written = self.field.field_type == FieldType::Number;
        let lengths = (1..=within.len().min(LONGEST)).rev();
        let windows = lengths.flat_map(|length| {
            let last = within.end - length;
            (within.start..=last).map(move |from| from..from + length)
        });
        windows.filter(|words| !must_be_written || is_written(words)).find_map(|words| self.found(words))
    }

    /// The value that these words are.
    fn found(&self, words: Range<usize>) -> Option<Found> {
        let range = self.bytes(words)?;
        let value = normalise(self.field, self.text.get(range.clone())?, self.context.region()).ok()?;
        let (field, field_type) = (self.field.name.clone(), self.field.field_type);
        Some(Found { field, field_type, range, value, suggestion: None })
    }

    fn bytes(&self, words: Range<usize>) -> Option<Range<usize>> {
        let words = self.said.get(words)?;
        Some(words.first()?.range.start..words.last()?.range.end)
    }
}

/// Words with their places, in small letters and without hyphens: "E-mail" is "email".
fn words(text: &str) -> Vec<Word> {
    let is_between = |c: char| {
        c.is_whitespace() || ":=,;!?\"()\u{201c}\u{201d}\u{201e}\u{ab}\u{bb}\u{bf}\u{a1}\u{2192}".contains(c)
    };
    let mut words = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive(is_between) {
        let start = at;
        at += part.len();
        let word = part.trim_end_matches(is_between).trim_end_matches('.');
        let folded: String = word
            .chars()
            .filter(|c| !matches!(c, '-' | '\'' | '\u{2019}'))
            .flat_map(char::to_lowercase)
            .collect();
        if !folded.is_empty() {
            words.push(Word { range: start..start + word.len(), folded });
        }
    }
    words
}

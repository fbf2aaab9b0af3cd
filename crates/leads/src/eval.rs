//! Measures picking up on a set of cases, with the very functions that a turn calls.
//!
//! A case has `turns` of a visitor and an agent, a default `region`, the `asked_field` of the last turn, and what is to be
//! known after the last turn (`expect`). What was asked before the earlier turns is taken from the agent's words.

use std::collections::BTreeMap;
use std::fmt;

use robofy_kernel::FieldType;
use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::follow::{Heard, Knowledge, follow};
use crate::pick::asked_in;
use crate::region::Region;

/// A conversation and what is to be known after it.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// Its language, ISO 639.
    pub language: String,
    /// The country by which telephone numbers are read.
    pub region: String,
    /// What it tries.
    pub kind: String,
    /// What the agent asked last.
    pub asked_field: Option<String>,
    /// What was said.
    pub turns: Vec<Said>,
    /// What is to be known.
    pub expect: Expected,
    /// Where it stands in the last turn.
    #[serde(default)]
    pub spans: BTreeMap<String, (usize, usize)>,
}

/// A message of either side.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    /// `visitor` or `agent`.
    pub role: String,
    /// The message.
    pub text: String,
}

/// What is to be known, or is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields' names")]
pub struct Expected {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_e164: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggest_email: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<String>,
}

/// What is counted of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// In how many cases it is to be known.
    pub expected: usize,
    /// In how many cases something was given.
    pub given: usize,
    /// In how many cases what was given is right.
    pub right: usize,
    /// In how many cases something was given and nothing is to be known.
    pub invented: usize,
}

impl Count {
    /// The share of what is to be known that is right.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.right, self.expected)
    }

    /// The share of what was given that is right.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.right, self.given)
    }
}

/// Counted cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Whole {
    /// How many there are.
    pub cases: usize,
    /// How many have every field right or rightly absent.
    pub right: usize,
}

/// The figures of a set.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// All cases.
    pub whole: Whole,
    /// The cases of each language and kind.
    pub parts: BTreeMap<String, Whole>,
    /// The fields, by name.
    pub fields: BTreeMap<&'static str, Count>,
    /// Ranges in the last turn: those expected, and those right at both ends.
    pub spans: (usize, usize),
    /// The cases that are not wholly right, with what was found.
    pub wrong: Vec<(String, Expected)>,
}

/// What is found in a case, and where in its last turn.
#[must_use]
pub fn found(case: &Case) -> (Expected, BTreeMap<&'static str, (usize, usize)>) {
    let fields = fields();
    let region = case.region.parse().unwrap_or(Region::US);
    let by_type = |r#type: FieldType| fields.iter().find(|field| field.field_type == r#type);
    let mut heard = Vec::new();
    let mut asked = None;
    for (at, said) in case.turns.iter().enumerate() {
        if said.role == "visitor" {
            let last = at + 1 == case.turns.len();
            let named =
                case.asked_field.as_deref().and_then(|name| fields.iter().find(|field| field.name == name));
            heard
                .push(Heard { text: &said.text, asked: if last && named.is_some() { named } else { asked } });
            asked = None;
        } else {
            asked = asked_in(&said.text).and_then(by_type);
        }
    }
    let turn = heard.len().saturating_sub(1);
    let knowledge = follow(heard, &fields, region);
    let spans = knowledge.known.iter().filter(|known| known.turn == turn);
    let spans = spans.map(|known| (key(known.field_type), (known.range.start, known.range.end))).collect();
    (expected(knowledge), spans)
}

fn key(r#type: FieldType) -> &'static str {
    if r#type == FieldType::Phone { "phone_e164" } else { r#type.as_str() }
}

fn expected(knowledge: Knowledge) -> Expected {
    let value = |name: &str| knowledge.field(name).map(|known| known.value.text().into_owned());
    Expected {
        name: value("name"),
        email: value("email"),
        phone_e164: value("phone"),
        company: value("company"),
        suggest_email: knowledge.field("email").and_then(|known| known.suggestion.clone()),
        declined: knowledge.declined,
    }
}

/// The form of the sets: a name, an address, a telephone number, a company.
fn fields() -> Vec<Field> {
    let types = [FieldType::Name, FieldType::Email, FieldType::Phone, FieldType::Company];
    (0_i64..)
        .zip(types)
        .map(|(order, r#type)| Field::new(r#type.as_str(), r#type.as_str(), r#type, false, order))
        .collect()
}

/// Measures a set.
#[must_use]
pub fn measure(cases: &[Case]) -> Figures {
    let mut figures = Figures::default();
    for case in cases {
        let (given, spans) = found(case);
        let mut right = true;
        for (field, given, expected) in pairs(&given, &case.expect) {
            let count = figures.fields.entry(field).or_default();
            let hit = !given.is_empty() && given == expected;
            count.expected += usize::from(!expected.is_empty());
            count.given += usize::from(!given.is_empty());
            count.right += usize::from(hit);
            count.invented += usize::from(!given.is_empty() && expected.is_empty());
            right &= given == expected;
        }
        for (field, span) in case.spans.iter().filter(|(field, _)| *field != "date_text") {
            figures.spans.0 += 1;
            figures.spans.1 += usize::from(spans.get(field.as_str()) == Some(span));
        }
        for part in [None, Some(&case.language), Some(&case.kind)] {
            let whole =
                part.map_or(&mut figures.whole, |part| figures.parts.entry(part.clone()).or_default());
            whole.cases += 1;
            whole.right += usize::from(right);
        }
        if !right {
            figures.wrong.push((case.id.clone(), given));
        }
    }
    figures
}

/// Each field as given and as expected, in the form in which they are compared; empty where absent.
fn pairs(given: &Expected, expected: &Expected) -> [(&'static str, Vec<String>, Vec<String>); 6] {
    let text = |text: &Option<String>| -> Vec<String> { text.iter().map(|text| folded(text)).collect() };
    let list = |list: &[String]| -> Vec<String> {
        let mut list: Vec<String> = list.iter().map(|text| folded(text)).collect();
        list.sort();
        list.dedup();
        list
    };
    [
        ("name", text(&given.name), text(&expected.name)),
        ("email", text(&given.email), text(&expected.email)),
        ("phone_e164", text(&given.phone_e164), text(&expected.phone_e164)),
        ("company", text(&given.company), text(&expected.company)),
        ("suggest_email", text(&given.suggest_email), text(&expected.suggest_email)),
        ("declined", list(&given.declined), list(&expected.declined)),
    ]
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (field, count) in &self.fields {
            let (recall, precision) = (100.0 * count.recall(), 100.0 * count.precision());
            writeln!(
                f,
                "{field:14} recall {}/{} = {recall:5.1} %  precision {}/{} = {precision:5.1} %  invented {}",
                count.right, count.expected, count.right, count.given, count.invented
            )?;
        }
        writeln!(f, "ranges right   {}/{}", self.spans.1, self.spans.0)?;
        for (part, whole) in &self.parts {
            writeln!(f, "  wholly right {part:12} {}/{}", whole.right, whole.cases)?;
        }
        let percent = 100.0 * share(self.whole.right, self.whole.cases);
        write!(f, "wholly right   {}/{} = {percent:.1} %", self.whole.right, self.whole.cases)
    }
}

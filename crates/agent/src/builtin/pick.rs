//! Picks what answers from the passages that were found, and quotes it literally.
//!
//! The text of a source is data: it is compared and copied, never followed.

use std::sync::Arc;

use robofy_knowledge::chunk::heading_path_at;
use robofy_knowledge::search::Found;

use super::follow_up::Composed;
use super::reading::{ReadUnit, Reading, Terms, read, says_nothing};
use super::relevance::{self, Features};
use super::sentences::UnitKind;
use crate::builtin::ask::Ask;
use crate::passages::Passages;

/// How many of the found passages are read.
pub const PASSAGES: usize = 6;

/// The most characters of an answer, unless a single unit is longer.
pub const MOST_CHARACTERS: usize = 300;

/// A second sentence is shown when it is at least this good, as a share of the first.
const SECOND: f32 = 0.7;

/// Weights of what makes a unit the best one.
const PASSAGE: f32 = 1.0;
const PAIRS: f32 = 0.3;
const SHAPE: f32 = 0.2;
const CONTEXT: f32 = 0.4;
/// What the second sentence gains by words of the question that the first lacks.
const COMPLEMENT: f32 = 0.3;

/// Words of a stored text: `quote` is exactly the bytes `start..end` of the asset version's stored text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The asset.
    pub asset_id: i64,
    /// Its version.
    pub version: i64,
    /// First byte in the stored text.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
    /// The words.
    pub quote: String,
    /// The file name as uploaded.
    pub file_name: String,
    /// The address of a page.
    pub source_url: Option<String>,
    /// The headings above, outermost first.
    pub heading_path: Arc<[String]>,
}

/// An answer that consists of quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The quotes in the order in which they are shown.
    pub quotes: Vec<Quote>,
    /// What stands between a quote and the next: white space only.
    pub joints: Vec<&'static str>,
    /// How far the answer is above the threshold of relevance.
    pub margin: f32,
}

impl Answer {
    /// The text that is shown: the quotes with their joints.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (at, quote) in self.quotes.iter().enumerate() {
            text.push_str(&quote.quote);
            if at + 1 < self.quotes.len() {
                text.push_str(self.joints.get(at).copied().unwrap_or(" "));
            }
        }
        text
    }
}

/// The answer to a question from what was found in an index of `chunks` chunks; `None` when nothing is relevant.
#[must_use]
pub fn pick(passages: &Passages, composed: &Composed, found: &Found, chunks: usize) -> Option<Answer> {
    let (answer, _) = consider(passages, composed, found, chunks)?;
    (answer.margin > 0.0).then_some(answer)
}

/// The best answer there is, relevant or not, with the features that tell.
#[must_use]
pub fn consider(
    passages: &Passages,
    composed: &Composed,
    found: &Found,
    chunks: usize,
) -> Option<(Answer, Features)> {
    let first = found.hits.first()?;
    let terms = Terms::weigh(composed, found, chunks, first.language);
    if says_nothing(&terms, first.language) {
        return None;
    }
    let readings: Vec<Reading<'_>> =
        found.hits.iter().take(PASSAGES).map(|hit| read(hit, passages, composed, &terms)).collect();
    let top = first.score.max(f32::MIN_POSITIVE);
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for reading in &readings {
        for unit in &reading.units {
            let score = score(composed, &terms, unit, reading.hit.score / top);
            if unit.bits != 0 {
                candidates.push(Candidate { reading, unit, score });
            }
        }
    }
    // A stable sort: equals stay in the order of the passages.
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let best = *candidates.first()?;
    let features = relevance::features(&terms, best.reading, best.unit, chunks);
    let second = match best.unit.unit.kind {
        UnitKind::Item { .. } => lead_in(&terms, best),
        UnitKind::Sentence | UnitKind::Heading | UnitKind::Row { .. } => {
            second(composed.ask, &terms, best, &candidates[1..])
        }
    };
    let mut answer = Answer { quotes: Vec::new(), joints: Vec::new(), margin: relevance::margin(&features) };
    match (best.unit.unit.kind, second) {
        (UnitKind::Row { header: Some(header) }, _) => row(&mut answer, best, header),
        (UnitKind::Item { list }, _) if whole_list(composed.ask, &terms, best, list) => {
            answer.quotes.push(quote(best, list.0, list.1))
        }
        (_, Some(second)) => sentences(&mut answer, best, second),
        (_, None) => answer.quotes.push(quote(best, best.unit.unit.start, best.unit.unit.end)),
    }
    Some((answer, features))
}

/// A unit with its passage.
#[derive(Clone, Copy)]
struct Candidate<'r> {
    reading: &'r Reading<'r>,
    unit: &'r ReadUnit,
    score: f32,
}

impl Candidate<'_> {
    fn text(&self) -> &str {
        &self.reading.hit.text[self.unit.unit.start..self.unit.unit.end]
    }

    fn same_passage(&self, other: &Candidate<'_>) -> bool {
        std::ptr::eq(self.reading, other.reading)
    }
}

fn score(composed: &Composed, terms: &Terms, unit: &ReadUnit, passage: f32) -> f32 {
    let shape = match (composed.ask, unit.shape) {
        (Ask::Other, _) => 0.5,
        (_, shape) => f32::from(u8::from(shape)),
    };
    terms.share(unit.bits)
        + PASSAGE * passage
        + PAIRS * unit.pairs
        + SHAPE * shape
        + CONTEXT * terms.share(unit.context)
}

/// The sentence that is shown beside the best one. Items and rows stand alone.
fn second<'r>(
    ask: Ask,
    terms: &Terms,
    best: Candidate<'r>,
    others: &[Candidate<'r>],
) -> Option<Candidate<'r>> {
    // A sentence that has every word of the question and the shape of the answer needs no other beside it.
    let complete = ask != Ask::Other && best.unit.shape && terms.share(best.unit.bits) > 0.999;
    if best.unit.unit.kind != UnitKind::Sentence || complete {
        return None;
    }
    let used = best.text().chars().count();
    let mut found: Option<(f32, Candidate<'r>)> = None;
    for other in others.iter().filter(|other| other.unit.unit.kind == UnitKind::Sentence) {
        let score = other.score + COMPLEMENT * terms.share(other.unit.bits & !best.unit.bits);
        let better = found.is_none_or(|(most, _)| score > most);
        if better
            && score >= SECOND * best.score
            && used + 1 + other.text().chars().count() <= MOST_CHARACTERS
            && other.text() != best.text()
        {
            found = Some((score, *other));
        }
    }
    found.map(|(_, candidate)| candidate)
}

/// Whether the question means a list as a whole: several items say equally much, and all together are short enough.
fn whole_list(ask: Ask, terms: &Terms, best: Candidate<'_>, list: (usize, usize)) -> bool {
    let items = best.reading.units.iter().filter(|other| other.unit.kind == UnitKind::Item { list });
    let (mut all, mut equal, mut met) = (0, 0, 0_u64);
    for item in items {
        all += 1;
        met |= item.bits;
        equal += usize::from(item.bits == best.unit.bits && item.shape == best.unit.shape);
    }
    // An address is written on several lines.
    let several =
        ask == Ask::Address && all <= 5 || equal * 2 > all || terms.share(met & !best.unit.bits) > 0.0;
    all > 1 && several && best.reading.hit.text[list.0..list.1].chars().count() <= MOST_CHARACTERS
}

/// The line before a list that says what its items are of, when the question names it and the item does not.
fn lead_in<'r>(terms: &Terms, best: Candidate<'r>) -> Option<Candidate<'r>> {
    let UnitKind::Item { list } = best.unit.unit.kind else { return None };
    let unit = best.reading.units.iter().rfind(|unit| unit.unit.end <= list.0)?;
    let lead = Candidate { unit, ..best };
    let names = terms.share(unit.bits & !best.unit.bits) > 0.0;
    let length = lead.text().chars().count() + 1 + best.text().chars().count();
    (names && unit.unit.kind == UnitKind::Sentence && length <= MOST_CHARACTERS).then_some(lead)
}

/// A row under the header of its table, where both are short enough.
fn row(answer: &mut Answer, best: Candidate<'_>, header: (usize, usize)) {
    let (start, end) = (best.unit.unit.start, best.unit.unit.end);
    let text = &best.reading.hit.text;
    let length = text[header.0..header.1].chars().count() + 1 + text[start..end].chars().count();
    if length > MOST_CHARACTERS {
        answer.quotes.push(quote(best, start, end));
    } else if text[header.1..start].trim().is_empty() {
        answer.quotes.push(quote(best, header.0, end));
    } else {
        answer.quotes.push(quote(best, header.0, header.1));
        answer.joints.push("\n");
        answer.quotes.push(quote(best, start, end));
    }
}

/// Two sentences: in the order of the text when they are of one passage, as one quote when nothing lies between.
fn sentences(answer: &mut Answer, best: Candidate<'_>, second: Candidate<'_>) {
    let swap = best.same_passage(&second) && second.unit.unit.start < best.unit.unit.start;
    let (one, two) = if swap { (second, best) } else { (best, second) };
    let (from, to) = (one.unit.unit, two.unit.unit);
    let touching = one.same_passage(&two)
        && one.reading.hit.text.get(from.end..to.start).is_some_and(|gap| gap.chars().all(|c| c == ' '));
    if touching {
        answer.quotes.push(quote(one, from.start, to.end));
    } else {
        answer.quotes.push(quote(one, from.start, from.end));
        // A line that is no whole sentence stays a line of its own.
        let ends = one.unit.unit.kind == UnitKind::Sentence
            && two.unit.unit.kind == UnitKind::Sentence
            && one.text().ends_with(|c: char| !c.is_alphanumeric());
        answer.joints.push(if ends { " " } else { "\n" });
        answer.quotes.push(quote(two, to.start, to.end));
    }
}

fn quote(candidate: Candidate<'_>, start: usize, end: usize) -> Quote {
    let hit = candidate.reading.hit;
    Quote {
        asset_id: hit.source.asset_id,
        version: hit.source.version,
        start: hit.start + start,
        end: hit.start + end,
        quote: hit.text[start..end].to_owned(),
        file_name: hit.source.file_name.clone(),
        source_url: hit.source.source_url.clone(),
        heading_path: heading_path_at(&hit.heading_path, &hit.text, start).into(),
    }
}

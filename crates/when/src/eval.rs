//! How well times in words are understood, measured on sentences with what they mean.
//!
//! A case is judged by the first candidate for its whole sentence. It is right by what it is about: the day of a date,
//! day and minute of a moment, the minute of a clock time, a time within a part of the day, the first day of a span, the
//! start of a stretch of hours. Of several values that are right, any will do.

use jiff::civil::DateTime;
use robofy_booking::Zone;
use serde::Deserialize;

use crate::{Candidate, Granularity, Language, Reference, resolve};

/// A sentence and what is right.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// The English name of its language.
    pub lang: String,
    /// What it is about.
    pub kind: Kind,
    /// What the clocks show when it is said; none where that makes no difference.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The sentence.
    pub input: String,
    /// What is right.
    pub values: Vec<Expected>,
}

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A day.
    Date,
    /// A day and a clock time.
    Datetime,
    /// A clock time.
    Time,
    /// A part of a day.
    Part,
    /// A span of days.
    Daterange,
    /// A stretch of hours.
    Timespan,
    /// A time before or after something; not scored.
    Open,
    /// There is no time in it.
    None,
}

/// A value that is right: as TIMEX3 and in numbers.
#[derive(Clone, Debug, Deserialize)]
pub struct Expected {
    /// Its name in TIMEX3.
    #[serde(default)]
    pub timex: String,
    /// A moment.
    pub value: Option<String>,
    /// Its start.
    pub start: Option<String>,
    /// Its end.
    pub end: Option<String>,
}

/// How a case went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The first candidate is right.
    Right,
    /// The first candidate is not right, or there should be none.
    Wrong,
    /// There is no candidate.
    Silent,
}

/// Counts of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// Cases with a time that is scored.
    pub cases: usize,
    /// Those whose first candidate is right.
    pub right: usize,
    /// Those whose first candidate is not.
    pub wrong: usize,
    /// Those without a candidate.
    pub silent: usize,
    /// Cases without a time.
    pub without: usize,
    /// Those with a candidate.
    pub false_alarms: usize,
}

impl Scores {
    /// A share of the cases with a time, 0 when there are none.
    #[must_use]
    pub fn share(self, count: usize) -> f64 {
        count as f64 / self.cases.max(1) as f64
    }

    /// The share of false alarms among the cases without a time.
    #[must_use]
    pub fn false_alarm_share(self) -> f64 {
        self.false_alarms as f64 / self.without.max(1) as f64
    }

    fn count(&mut self, kind: Kind, outcome: Outcome) {
        match (kind, outcome) {
            (Kind::Open, _) => {}
            (Kind::None, outcome) => {
                self.without += 1;
                self.false_alarms += usize::from(outcome != Outcome::Silent);
            }
            (_, outcome) => {
                self.cases += 1;
                self.right += usize::from(outcome == Outcome::Right);
                self.wrong += usize::from(outcome == Outcome::Wrong);
                self.silent += usize::from(outcome == Outcome::Silent);
            }
        }
    }
}

/// The scores of cases; those of another language than the one given, and of languages without a grammar, are left out.
#[must_use]
pub fn measure(cases: &[Case], language: Option<Language>) -> Scores {
    let mut scores = Scores::default();
    for case in cases {
        let spoken = Language::of(&case.lang);
        if spoken.is_none() || (language.is_some() && spoken != language) {
            continue;
        }
        scores.count(case.kind, judge(case).0);
    }
    scores
}

/// How a case went, and its candidates. Its clocks are those of UTC, dates in numbers are read as its language has them.
#[must_use]
pub fn judge(case: &Case) -> (Outcome, Vec<Candidate>) {
    let zone = Zone::UTC;
    // Where none is given, none is needed: any will do.
    let now = case.reference.as_deref().and_then(|text| text.parse().ok()).unwrap_or(ANY);
    let Some(language) = Language::of(&case.lang) else { return (Outcome::Silent, Vec::new()) };
    let reference = Reference::new(zone.moment(now), zone, language.order(language.code()));
    let found = resolve(&case.input, language.grammar(), &reference);
    let outcome = match found.first() {
        None => Outcome::Silent,
        Some(first) if is_right(case, first) => Outcome::Right,
        Some(_) => Outcome::Wrong,
    };
    (outcome, found)
}

const ANY: DateTime = DateTime::constant(2020, 1, 1, 0, 0, 0, 0);

fn is_right(case: &Case, first: &Candidate) -> bool {
    let (start, end) = (first.wall_start(&Zone::UTC), first.wall_end(&Zone::UTC));
    let (day, clock) = (start.date().to_string(), start.strftime("%H:%M").to_string());
    case.values.iter().any(|expected| {
        let (at, until) = (expected.value.as_ref().or(expected.start.as_ref()), expected.end.as_ref());
        let (expected_day, expected_clock) = at.map_or((None, None), |text| split(text));
        let same_day = expected_day == Some(day.as_str());
        match case.kind {
            Kind::Date | Kind::Daterange => same_day,
            Kind::Datetime => same_day && expected_clock == Some(clock.as_str()),
            Kind::Time => expected_clock == Some(clock.as_str()),
            Kind::Timespan => {
                (expected_day.is_none() || same_day) && expected_clock.unwrap_or("00:00") == clock
            }
            Kind::Part => {
                let until = until.and_then(|text| split(text).1);
                let inside = expected_clock
                    .zip(until)
                    .is_some_and(|(from, to)| from <= clock.as_str() && clock.as_str() <= to);
                let hour =
                    if first.granularity == Granularity::Minute { start.hour() } else { middle(start, end) };
                (expected_day.is_none() || same_day) && (inside || in_part(&expected.timex, hour))
            }
            Kind::Open | Kind::None => false,
        }
    })
}

/// Day and clock time of `2016-11-07 08:00:31`, `2016-11-07` or `08:00:31`.
fn split(text: &str) -> (Option<&str>, Option<&str>) {
    let day = text.get(..10).filter(|day| day.as_bytes()[4] == b'-');
    let clock = if day.is_some() { text.get(11..16) } else { text.get(..5) };
    (day, clock)
}

/// The hour in the middle, of at most a day.
fn middle(start: DateTime, end: DateTime) -> i8 {
    let half = (end.duration_since(start) / 2).min(jiff::SignedDuration::from_hours(12));
    start.checked_add(half).map_or(start.hour(), DateTime::hour)
}

/// Whether an hour lies in a part of the day by its name in TIMEX3.
fn in_part(timex: &str, hour: i8) -> bool {
    let name = timex.rsplit('T').next().unwrap_or_default();
    let windows: &[(i8, i8)] = match name {
        "MO" | "MEB" => &[(5, 12)],
        "AF" => &[(12, 18)],
        "EV" | "MED" => &[(16, 24)],
        "NI" => &[(18, 24), (0, 6)],
        "MI" | "MEL" => &[(11, 14)],
        "DT" => &[(6, 18)],
        _ => &[],
    };
    windows.iter().any(|(from, to)| (*from..*to).contains(&hour))
}

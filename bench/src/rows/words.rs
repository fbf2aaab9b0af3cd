//! What a message's words cost to be read, in process: what it wants, whose contact it holds, which time it means.

mod messages;

use std::hint::black_box;
use std::time::Duration;

use anyhow::ensure;
use robofy_booking::Zone;
use robofy_intent::{Intent, moves, recognise};
use robofy_kernel::{Stopwatch, Timestamp};
use robofy_leads::{LeadForm, Region, pick};
use robofy_when::{Language, Reference, resolve};

use self::messages::{Group, Said};
use super::Bench;
use crate::report::{Aim, Section, Table};
use crate::stats::{Spread, millis, percentile};

/// The present moment of the messages: Thursday, 2026-11-26, 09:30 UTC.
const NOW: Timestamp = Timestamp::from_seconds(1_795_685_400);

/// What is read from a message, by the functions that a turn calls.
struct Reader {
    form: LeadForm,
    region: Region,
    reference: Reference,
}

impl Reader {
    fn new() -> anyhow::Result<Self> {
        let order = Language::English.order("en-GB");
        Ok(Self {
            form: LeadForm::default(),
            region: "GB".parse()?,
            reference: Reference::new(NOW, Zone::named("Europe/London")?, order),
        })
    }

    /// Whether something is picked up for the form.
    fn has_contact(&self, text: &str) -> bool {
        !pick(text, None, self.form.fields(), self.region).found.is_empty()
    }

    /// Whether the text names a time.
    fn has_time(&self, text: &str) -> bool {
        !resolve(text, Language::English.grammar(), &self.reference).is_empty()
    }

    /// The share of the messages of which all is found that they hold.
    fn right(&self, group: &Group) -> f64 {
        let is_right = |said: &&Said| {
            self.has_contact(&said.text) >= said.contact
                && self.has_time(&said.text) >= said.time
                && (said.contact || recognise(&said.text, None).intent != Intent::Gibberish)
        };
        group.messages.iter().filter(is_right).count() as f64 / group.messages.len() as f64
    }
}

/// The times of one part in one turn, in microseconds.
#[derive(Clone, Copy)]
struct Turn {
    p50: f64,
    p99: f64,
    mean: f64,
}

/// A name, and what is done with a text.
type Part<'a> = (&'a str, &'a dyn Fn(&str));

pub(super) fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let reader = Reader::new()?;
    let parts: [Part<'_>; 4] = [
        ("lower case, cut into words (floor)", &|text| drop(black_box(words(text)))),
        ("intent and moves", &|text| {
            black_box((recognise(text, None), moves(text, None)));
        }),
        ("lead extraction", &|text| {
            black_box(reader.has_contact(text));
        }),
        ("date phrase, English", &|text| {
            black_box(reader.has_time(text));
        }),
    ];
    let mut table = Table::new(&["Messages", "What is read", "p50 µs", "p99 µs", "mean, against the floor"]);
    let mut aims = Vec::new();
    let groups = messages::groups();
    for group in &groups {
        let right = reader.right(group);
        ensure!(right >= 0.9, "only {:.0} % of the {} messages are read right", right * 100.0, group.name);
        let mut turns = parts.map(|_| Vec::new());
        for round in 0..=bench.sizes.rounds {
            for ((_, read), turns) in parts.iter().zip(&mut turns) {
                let turn = turn(group, bench.sizes.questions.div_ceil(100), read);
                // The first is to warm up: vocabularies and grammars are read when first used.
                if round > 0 {
                    turns.push(turn);
                }
            }
        }
        let [floor, read @ ..] = &turns;
        if group.is_usual {
            aims.extend(
                parts[1..].iter().zip(read).map(|((name, _), turns)| told(name, group, turns, floor)),
            );
        }
        for ((name, _), turns_of_part) in parts.iter().zip(&turns) {
            let spread = |of: fn(&Turn) -> f64| Spread::of(turns_of_part.iter().map(of)).show(1);
            let ratios = turns_of_part.iter().zip(floor).map(|(part, floor)| part.mean / floor.mean);
            table.row([
                format!("{}, {}", group.messages.len(), group.name),
                (*name).to_owned(),
                spread(|turn| turn.p50),
                spread(|turn| turn.p99),
                Spread::of(ratios).show(1),
            ]);
        }
    }
    Ok(vec![Section {
        title: "A message's words".into(),
        about: format!(
            "{} messages read one by one in process, on one thread, with no model and no storage: what a message wants \
             (language not given) and how it moves a flow; what it holds for the default lead form; which times it names, by the \
             English grammar. At least nine in ten of each length are read right, or nothing is written here. The floor makes \
             the same text lower case and cuts it into words, in the same run.",
            groups.iter().map(|group| group.messages.len()).sum::<usize>()
        ),
        tables: vec![table],
        aims,
        ..Section::default()
    }])
}

/// The median of the usual message, for the table of aims; nothing was aimed at.
fn told(name: &str, group: &Group, turns: &[Turn], floor: &[Turn]) -> Aim {
    let p50 = |turns: &[Turn]| Spread::of(turns.iter().map(|turn| turn.p50)).median;
    Aim {
        what: format!("(words) {name}, a message {}, p50", group.name),
        value: p50(turns),
        goal: None,
        less_is_better: true,
        unit: "µs",
        floor: Some(p50(floor)),
    }
}

fn turn(group: &Group, passes: usize, read: &dyn Fn(&str)) -> Turn {
    let mut times: Vec<Duration> = (0..passes)
        .flat_map(|_| &group.messages)
        .map(|said| {
            let watch = Stopwatch::start();
            read(&said.text);
            watch.elapsed()
        })
        .collect();
    let micros = |time: Duration| millis(time) * 1e3;
    let whole: Duration = times.iter().sum();
    Turn {
        p50: micros(percentile(&mut times, 50)),
        p99: micros(percentile(&mut times, 99)),
        mean: micros(whole) / times.len().max(1) as f64,
    }
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

//! Many streams at once: whether all live, how evenly they flow, what memory they take.

use std::time::Duration;

use robofy_kernel::Ids;

use super::streams::{Scene, taught};
use super::{Bench, spread_of};
use crate::calls;
use crate::chart::grouped;
use crate::load::Call;
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::stats::Spread;
use crate::streams::crowd::{Crowd, Gathering};
use crate::streams::script::Script;
use crate::streams::turns::answers;
use crate::subject::Place;

/// How long a server is left alone before its idle memory is read.
const IDLE: Duration = Duration::from_secs(1);

/// What is taught, in chunks: enough to search.
pub(super) const CHUNKS: usize = 100;

/// The sizes of a crowd.
#[derive(Clone, Copy, Debug)]
pub struct CrowdSize {
    /// How many visitors.
    pub visitors: usize,
    /// How many come in a second.
    pub per_second: usize,
    /// Tokens of an answer.
    pub tokens: usize,
    /// Milliseconds between them.
    pub delay: u64,
    /// How often the sides take turns.
    pub rounds: usize,
}

impl CrowdSize {
    pub(super) const fn script(&self) -> Script {
        Script { tokens: self.tokens, delay: self.delay }
    }

    /// How long an answer takes at least.
    pub(super) const fn length(&self) -> Duration {
        Duration::from_millis(self.tokens as u64 * self.delay)
    }

    pub(super) fn crowd(&self) -> Crowd {
        let patience = self.length() * 3 + Duration::from_secs(30);
        Crowd { visitors: self.visitors, per_second: Some(self.per_second), patience }
    }

    /// When all have come.
    pub(super) fn gathered(&self) -> Duration {
        Duration::from_secs_f64(self.visitors as f64 / self.per_second as f64)
    }
}

/// The sides of a crowd's row, in the order in which they take turns.
const SIDES: [&str; 3] = ["scripted model, directly", "bare relay", "Robofy"];

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let (mut table, mut aims) = (Table::new(&HEAD), Vec::new());
    for (at, size) in bench.sizes.crowds.iter().enumerate() {
        let sides = crowd(bench, *size).await?;
        for (name, side) in SIDES.iter().zip(&sides) {
            table.row(row(*size, name, side));
        }
        match at {
            1 => aims.extend(thousand(*size, &sides)),
            2 => aims.extend(thousands(*size, &sides)),
            _ => {}
        }
    }
    let described = bench.sizes.crowds.iter().map(|size| {
        format!(
            "{} come at {} a second for {} tokens, one every {} ms",
            grouped(size.visitors as f64),
            size.per_second,
            size.tokens,
            size.delay
        )
    });
    Ok(vec![Section {
        title: "Many streams at once".into(),
        about: format!(
            "Each stream on a connection of its own and, with Robofy, in a new session: {}. Live at once are streams \
             between their first token and their end; whole are those whose words all came, in order, to the end. Memory is the \
             greatest resident size while they were there, less that of the idle server before, which had answered a few \
             questions. Every side and round has a fresh server process.",
            described.collect::<Vec<_>>().join("; ")
        ),
        tables: vec![table],
        aims,
        ..Section::default()
    }])
}

/// The same crowd before the model, the relay and the server, in turns.
async fn crowd(bench: &Bench, size: CrowdSize) -> anyhow::Result<[Vec<Gathering>; 3]> {
    let (mut place, facts) = taught(Place::new(&bench.programs)?, CHUNKS).await?;
    let mut sides = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..size.rounds {
        for (at, side) in sides.iter_mut().enumerate() {
            // A fresh model too: its addresses are then not those of connections that have just ended.
            let scene = Scene::open(&bench.programs, place, None).await?;
            let question = |number: usize| facts[number % facts.len()].question.as_str();
            let ask = |number: usize| -> Call {
                match at {
                    2 => {
                        let session = Ids::System.web_session();
                        calls::stream(&scene.place.account, session.as_str(), question(number), false)
                    }
                    _ => calls::complete(question(number)),
                }
            };
            let server = [&scene.model.server, &scene.relay.server, &scene.server][at];
            warm(&scene, server, &ask).await?;
            scene.script(size.script()).await?;
            side.push(size.crowd().gather(server, ask).await?);
            let Scene { place: back, server, .. } = scene;
            server.stop().await?;
            place = back;
        }
    }
    Ok(sides)
}

/// A few answers, so that what every server keeps once is there before its memory is read.
pub(super) async fn warm(scene: &Scene, server: &Server, ask: impl Fn(usize) -> Call) -> anyhow::Result<()> {
    let script = Script { tokens: 8, delay: 0 };
    scene.script(script).await?;
    answers(server, 4, 4, |client, number| ask(client * 4 + number), &script.text()).await?;
    tokio::time::sleep(IDLE).await;
    Ok(())
}

const HEAD: [&str; 11] = [
    "Streams",
    "Server",
    "whole",
    "live at once",
    "first token p50 ms",
    "p99 ms",
    "gap p50 ms",
    "gap p99 ms",
    "whole time p50 ms",
    "over idle MB",
    "KB each",
];

fn row(size: CrowdSize, name: &str, side: &[Gathering]) -> Vec<String> {
    let text = size.script().text();
    let least = |of: &dyn Fn(&Gathering) -> usize| side.iter().map(of).min().unwrap_or(0).to_string();
    let memory = spread_of(side, Gathering::over_idle);
    let scaled = |by: f64| Spread {
        median: memory.median / by,
        least: memory.least / by,
        greatest: memory.greatest / by,
    };
    vec![
        grouped(size.visitors as f64),
        name.to_owned(),
        least(&|gathering| gathering.whole(&text)),
        least(&Gathering::live),
        spread_of(side, |gathering| gathering.first(50)).show(1),
        spread_of(side, |gathering| gathering.first(99)).show(1),
        spread_of(side, |gathering| gathering.gap(50)).show(1),
        spread_of(side, |gathering| gathering.gap(99)).show(1),
        spread_of(side, Gathering::whole_time).show(0),
        scaled(1e6).show(1),
        scaled(size.visitors as f64 * 1e3).show(1),
    ]
}

/// Live and whole in the worst round, as shares of all that came.
fn complete(size: CrowdSize, sides: &[Vec<Gathering>; 3]) -> [Aim; 2] {
    let text = size.script().text();
    let name = grouped(size.visitors as f64);
    let worst =
        |at: usize, of: &dyn Fn(&Gathering) -> usize| sides[at].iter().map(of).min().unwrap_or(0) as f64;
    let aim = |what: String, of: &dyn Fn(&Gathering) -> usize| Aim {
        what,
        value: worst(2, of),
        goal: Some(size.visitors as f64),
        less_is_better: false,
        unit: "",
        floor: Some(worst(1, of)),
    };
    [
        aim(format!("(streams) of {name} streams live at once, worst round"), &Gathering::live),
        aim(format!("(streams) of {name} streams whole, worst round"), &|gathering| gathering.whole(&text)),
    ]
}

fn thousand(size: CrowdSize, sides: &[Vec<Gathering>; 3]) -> Vec<Aim> {
    let name = grouped(size.visitors as f64);
    let longer = sides[2].iter().zip(&sides[1]);
    let longer = longer.map(|(subject, relay)| (subject.whole_time() / relay.whole_time() - 1.0) * 100.0);
    let memory = |at: usize| spread_of(&sides[at], Gathering::over_idle).median / 1e6;
    let mut aims = complete(size, sides).to_vec();
    aims.push(Aim {
        what: format!("(streams) median whole time of {name} streams, beyond the relay's"),
        value: Spread::of(longer).median,
        goal: Some(1.0),
        less_is_better: true,
        unit: "%",
        floor: None,
    });
    aims.push(Aim {
        what: format!("(streams) memory over idle with {name} streams"),
        value: memory(2),
        goal: Some(60.0),
        less_is_better: true,
        unit: "MB",
        floor: Some(memory(1)),
    });
    aims
}

fn thousands(size: CrowdSize, sides: &[Vec<Gathering>; 3]) -> Vec<Aim> {
    let name = grouped(size.visitors as f64);
    let each = |at: usize| spread_of(&sides[at], Gathering::over_idle).median / size.visitors as f64 / 1e3;
    let beyond = |of: fn(&Gathering) -> f64| {
        Spread::of(sides[2].iter().zip(&sides[1]).map(|(subject, relay)| of(subject) - of(relay))).median
    };
    let late = |what: &str, of: fn(&Gathering) -> f64| Aim {
        what: format!("(streams) {what} p99 of {name} streams, beyond the relay's"),
        value: beyond(of),
        goal: Some(5.0),
        less_is_better: true,
        unit: "ms",
        floor: None,
    };
    let mut aims = complete(size, sides).to_vec();
    aims.push(Aim {
        what: format!("(streams) memory of each of {name} streams, over idle"),
        value: each(2),
        goal: Some(40.0),
        less_is_better: true,
        unit: "KB",
        floor: Some(each(1)),
    });
    aims.push(late("first token", |gathering| gathering.first(99)));
    aims.push(late("gap between tokens", |gathering| gathering.gap(99)));
    aims
}

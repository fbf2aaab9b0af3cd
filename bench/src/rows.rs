//! What is measured: a module for each group of rows.

mod answers;
mod bookings;
mod brim;
mod counters;
mod crawl;
mod crowds;
mod files;
mod ingest;
mod lists;
mod queue;
mod requests;
mod searching;
mod start;
mod storms;
mod streams;
mod words;

use std::path::PathBuf;
use std::time::Duration;

pub use self::bookings::BookingSize;
pub use self::counters::CounterSize;
pub use self::crawl::CrawlSize;
pub use self::crowds::CrowdSize;
pub use self::files::FileSize;
pub use self::lists::ListSize;
pub use self::queue::QueueSize;
use robofy_kernel::Ids;
use robofy_store::scratch::ScratchSchema;

use crate::load::{self, Answer, Call, Load, Outcome};
use crate::process::Server;
use crate::report::{Report, Section};
use crate::stats::Spread;
use crate::subject::{self, Programs};

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// How often floor and subject take turns.
    pub rounds: usize,
    /// Small requests in a turn.
    pub requests: usize,
    /// Questions in a turn.
    pub questions: usize,
    /// Connections where throughput is measured.
    pub connections: usize,
    /// Chunks of the agents that are asked over HTTP.
    pub agents: Vec<usize>,
    /// Chunks of the indexes that are searched in process.
    pub indexes: Vec<usize>,
    /// Pages that are compared with the same text in ten assets.
    pub pages: usize,
    /// Documents that are taught one by one, in this many steps of equal size.
    pub documents: usize,
    /// The steps.
    pub steps: usize,
    /// How often the server is started.
    pub starts: usize,
    /// Chunks of the agent whose model answers in streams.
    pub stream_chunks: usize,
    /// Its sessions.
    pub stream_sessions: usize,
    /// Tokens of such an answer.
    pub tokens: usize,
    /// Delay of a token in milliseconds, clients, answers of each client in a turn.
    pub stream_loads: Vec<(u64, usize, usize)>,
    /// How often model, relay and subject take turns.
    pub stream_rounds: usize,
    /// The crowds: the second is the thousand, the third the many thousand.
    pub crowds: [CrowdSize; 3],
    /// The crowd that is cut off.
    pub storm: CrowdSize,
    /// The crowd for which there is no room, and the files that there are.
    pub brim: (CrowdSize, u64),
    /// Calendars, and those who fight for their slots.
    pub bookings: BookingSize,
    /// Websites, and the talk beside their reading.
    pub crawls: CrawlSize,
    /// Files of each format.
    pub files: FileSize,
    /// The queue of jobs.
    pub queue: QueueSize,
    /// Long lists.
    pub lists: ListSize,
    /// Answers that are counted.
    pub counters: CounterSize,
}

impl Sizes {
    /// For figures.
    #[must_use]
    pub fn full() -> Self {
        Self {
            rounds: 7,
            requests: 100_000,
            questions: 2_000,
            connections: 8,
            agents: vec![1_000, 10_000],
            indexes: vec![1_000, 3_000, 10_000, 30_000, 100_000],
            pages: 5_000,
            documents: 10_000,
            steps: 10,
            starts: 11,
            stream_chunks: 1_000,
            stream_sessions: 64,
            tokens: 32,
            stream_loads: vec![(0, 1, 200), (0, 16, 30), (0, 64, 10), (20, 1, 10), (20, 16, 4), (20, 64, 4)],
            stream_rounds: 5,
            crowds: [
                CrowdSize { visitors: 200, per_second: 100, tokens: 100, delay: 50, rounds: 3 },
                CrowdSize { visitors: 1_000, per_second: 250, tokens: 100, delay: 100, rounds: 3 },
                CrowdSize { visitors: 9_000, per_second: 300, tokens: 60, delay: 1_000, rounds: 1 },
            ],
            storm: CrowdSize { visitors: 1_000, per_second: 250, tokens: 100, delay: 100, rounds: 3 },
            brim: (CrowdSize { visitors: 1_500, per_second: 250, tokens: 60, delay: 200, rounds: 1 }, 2_560),
            bookings: BookingSize { resources: 20, days: 14, clients: 32, rivals: 4, pages: 300, rounds: 3 },
            crawls: CrawlSize {
                pages: 340,
                rounds: 3,
                large: 2_000,
                large_rounds: 2,
                chunks: 1_000,
                questions: 400,
                stretch: Duration::from_secs(1),
            },
            files: FileSize {
                rounds: 3,
                turn_ms: 300,
                files: 100,
                real: usize::MAX,
                paragraphs: 60,
                long: true,
            },
            queue: QueueSize { jobs: 500, clients: 16, workers: 4, backlog: 10_000 },
            lists: ListSize { rows: 1_000_000, page: 1_000, requests: 300, years: 30 },
            counters: CounterSize { clients: 16, each: 100, rounds: 6, folded: 11 },
        }
    }

    /// To see that everything runs.
    #[must_use]
    pub fn tiny() -> Self {
        Self {
            rounds: 2,
            requests: 40,
            questions: 20,
            connections: 2,
            agents: vec![20, 40],
            indexes: vec![50, 100],
            pages: 40,
            documents: 40,
            steps: 2,
            starts: 2,
            stream_chunks: 20,
            stream_sessions: 4,
            tokens: 4,
            stream_loads: vec![(0, 1, 4), (5, 2, 2)],
            stream_rounds: 2,
            crowds: [tiny(4, 10), tiny(8, 20), tiny(12, 20)],
            storm: tiny(8, 100),
            brim: (tiny(8, 20), 2_560),
            bookings: BookingSize { resources: 2, days: 2, clients: 4, rivals: 2, pages: 20, rounds: 2 },
            crawls: CrawlSize {
                pages: 12,
                rounds: 1,
                large: 60,
                large_rounds: 1,
                chunks: 20,
                questions: 8,
                stretch: Duration::from_millis(100),
            },
            files: FileSize { rounds: 1, turn_ms: 1, files: 1, real: 1, paragraphs: 4, long: false },
            queue: QueueSize { jobs: 40, clients: 4, workers: 2, backlog: 100 },
            lists: ListSize { rows: 1_000, page: 3, requests: 4, years: 2 },
            counters: CounterSize { clients: 2, each: 4, rounds: 2, folded: 0 },
        }
    }
}

/// A crowd of a few, for some tokens.
const fn tiny(visitors: usize, tokens: usize) -> CrowdSize {
    CrowdSize { visitors, per_second: 100, tokens, delay: 10, rounds: 1 }
}

/// What the rows share.
#[derive(Clone, Debug)]
pub struct Bench {
    /// The programs.
    pub programs: Programs,
    /// How much.
    pub sizes: Sizes,
    /// Where charts go.
    pub out: PathBuf,
    /// An empty PostgreSQL database for the rows that are measured on both engines; none = on SQLite alone.
    pub postgres: Option<String>,
    /// The folder of real cases, where there is one.
    pub cases: Option<PathBuf>,
    /// The folder of long documents, where there is one.
    pub documents: Option<PathBuf>,
}

/// The groups of rows, by the names that the command line takes.
pub const GROUPS: [&str; 16] = [
    "start",
    "requests",
    "answers",
    "streams",
    "crowds",
    "storms",
    "brim",
    "searching",
    "ingest",
    "files",
    "crawl",
    "words",
    // Before bookings, which leave an account in the PostgreSQL database.
    "queue",
    "lists",
    "counters",
    "bookings",
];

/// Measures a group.
///
/// # Errors
/// When a server does not start, or an answer is wrong.
pub async fn measure(bench: &Bench, group: &str) -> anyhow::Result<Vec<Section>> {
    match group {
        "start" => Box::pin(start::measure(bench)).await,
        "requests" => Box::pin(requests::measure(bench)).await,
        "answers" => Box::pin(answers::measure(bench)).await,
        "streams" => Box::pin(streams::measure(bench)).await,
        "crowds" => Box::pin(crowds::measure(bench)).await,
        "storms" => Box::pin(storms::measure(bench)).await,
        "brim" => Box::pin(brim::measure(bench)).await,
        "searching" => searching::measure(bench),
        "words" => words::measure(bench),
        "lists" => Box::pin(lists::measure(bench)).await,
        "counters" => Box::pin(counters::measure(bench)).await,
        "queue" => Box::pin(queue::measure(bench)).await,
        "bookings" => Box::pin(bookings::measure(bench)).await,
        "files" => Box::pin(files::measure(bench)).await,
        "crawl" => Box::pin(crawl::measure(bench)).await,
        "ingest" => Box::pin(ingest::measure(bench)).await,
        other => anyhow::bail!("there is no group `{other}`; there are {}", GROUPS.join(", ")),
    }
}

/// The report of some groups.
#[must_use]
pub fn report(bench: &Bench, sections: Vec<Section>) -> Report {
    let sizes = &bench.sizes;
    let machine = machine();
    let preface = format!(
        "`make bench` wrote this on {machine}. Load generator and servers share these processors, and other work may \
         have run beside; so floor and subject took turns ({} rounds, where nothing else is said), medians are given with the least and the greatest \
         value in brackets, and processor time per request (user and system, of the server's process alone) is the figure \
         to trust most. The floor is a bare axum server that does the least such a request needs. Texts are made by a \
         seeded generator; every answer is looked at, and questions are such that their answers stand in the texts. What profiles \
         show where an aim is missed or close: [profiles.md](profiles.md).",
        sizes.rounds
    );
    Report { preface, sections }
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("an unknown processor");
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{processors} × {}", model.trim_start_matches([' ', '\t', ':']))
}

/// Floor and subject, measured in turns.
#[derive(Debug, Default)]
struct Turns {
    floor: Vec<Outcome>,
    subject: Vec<Outcome>,
}

/// The two sides of a comparison.
struct Sides<'a, F, S> {
    floor: (&'a Server, F),
    subject: (&'a Server, S),
}

impl<F: Fn(usize) -> Call, S: Fn(usize) -> Call> Sides<'_, F, S> {
    /// Measures both in turns, after a short turn each that does not count.
    async fn in_turns(
        &self,
        rounds: usize,
        load: Load,
        look: impl Fn(usize, &Answer) -> anyhow::Result<()>,
    ) -> anyhow::Result<Turns> {
        let mut turns = Turns::default();
        for round in 0..=rounds {
            let load = if round == 0 { Load { requests: load.requests.div_ceil(10), ..load } } else { load };
            let fine = |_: usize, answer: &Answer| {
                anyhow::ensure!(answer.status.is_success(), "the floor answers {}", answer.status);
                Ok(())
            };
            let floor = load::run(self.floor.0, load, &self.floor.1, fine).await?;
            let subject = load::run(self.subject.0, load, &self.subject.1, &look).await?;
            if round > 0 {
                turns.floor.push(floor);
                turns.subject.push(subject);
            }
        }
        Ok(turns)
    }
}

impl Turns {
    fn ratio(&self, of: impl Fn(&Outcome) -> f64) -> Spread {
        Spread::of(self.subject.iter().zip(&self.floor).map(|(subject, floor)| of(subject) / of(floor)))
    }

    fn difference(&self, of: impl Fn(&Outcome) -> f64) -> Spread {
        Spread::of(self.subject.iter().zip(&self.floor).map(|(subject, floor)| of(subject) - of(floor)))
    }

    /// A row of [`HEAD`] for each side.
    fn rows(&self, floor: &str, subject: &str, table: &mut crate::report::Table) {
        table.row(row(floor, &self.floor));
        table.row(row(subject, &self.subject));
    }
}

/// The columns of [`row`].
const HEAD: [&str; 5] = ["Server", "requests/s", "p50 ms", "p99 ms", "CPU ms per request"];

fn row(name: &str, outcomes: &[Outcome]) -> [String; 5] {
    [
        name.to_owned(),
        spread(outcomes, Outcome::rate).show(0),
        spread(outcomes, |outcome| outcome.percentile(50)).show(3),
        spread(outcomes, |outcome| outcome.percentile(99)).show(3),
        spread(outcomes, Outcome::cpu_each).show(4),
    ]
}

fn spread(outcomes: &[Outcome], of: impl Fn(&Outcome) -> f64) -> Spread {
    spread_of(outcomes, of)
}

fn spread_of<T>(outcomes: &[T], of: impl Fn(&T) -> f64) -> Spread {
    Spread::of(outcomes.iter().map(of))
}

/// A schema of its own in a database in which nobody keeps anything.
async fn scratch(database: &str) -> anyhow::Result<ScratchSchema> {
    let made = ScratchSchema::create(database, &Ids::System).await?;
    made.map_err(|occupied| anyhow::anyhow!("the database is in use (it has {})", occupied.relation))
}

async fn floor(bench: &Bench) -> anyhow::Result<subject::Beside> {
    subject::floor(&bench.programs.bench).await
}

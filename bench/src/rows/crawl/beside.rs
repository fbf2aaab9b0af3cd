//! Questions while a large site is read, against questions while nothing is.

use std::time::Duration;

use anyhow::ensure;
use robofy_kernel::Stopwatch;

use super::{CRAWLS, Crawl, PATIENCE};
use crate::calls;
use crate::chart::grouped;
use crate::family::cpu_with_children;
use crate::load::{Connection, Outcome};
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::rows::{Bench, answers};
use crate::site::Wish;
use crate::stats::{Spread, millis};
use crate::subject::{self, Place};
use crate::texts::Fact;

/// Between an answer and the next question.
const PAUSE: Duration = Duration::from_millis(5);
/// After a change, this part of a stretch passes before it is measured: pages on the way come to their end, and what they
/// cost belongs to the stretch before.
const SETTLES: u32 = 8;
/// Of the answers, so many must have what was asked for.
const RIGHT: f64 = 0.9;
/// What was aimed at, as a multiple of the idle figure.
const GOAL: f64 = 1.5;

/// The visitor.
struct Visitor<'a> {
    place: &'a Place,
    server: &'a Server,
    connection: Connection,
    facts: Vec<&'a Fact>,
    asked: usize,
    right: usize,
}

/// Part of a crawl: asked all the time, or not at all. The crawl still ran at its end.
#[derive(Debug, Default)]
struct Stretch {
    /// What was measured, after a while in which the crawl came to its new pace.
    outcome: Outcome,
    /// How long the answers of that while took.
    first: Vec<Duration>,
    /// Pages read while it was measured.
    pages: usize,
    /// Whether there were pages left to be read at its end. Afterwards the crawl settles what repeats on the site's pages,
    /// which costs processor time and moves no counter.
    is_reading: bool,
}

/// What came of a round.
struct Round {
    before: Outcome,
    asking: Vec<Stretch>,
    silent: Vec<Stretch>,
    after: Outcome,
}

pub(super) async fn section(bench: &Bench) -> anyhow::Result<Section> {
    let size = bench.sizes.crawls;
    let mut rounds = Vec::new();
    let mut chunks = 0;
    for number in 0..size.large_rounds {
        let wish = Wish { pages: size.large, seed: 61 + number as u64, cases: None };
        let site = subject::site(&bench.programs.bench, &wish).await?;
        let place = Place::new(&bench.programs)?;
        let server = place.serve_with(CRAWLS).await?;
        let (documents, made) = answers::documents(size.chunks);
        chunks = made;
        place.teach(&server, &documents, 4).await?;
        let mut visitor = Visitor {
            place: &place,
            server: &server,
            connection: Connection::open(server.address()).await?,
            facts: documents.iter().flat_map(|document| &document.facts).collect(),
            asked: 0,
            right: 0,
        };
        visitor.asks(|asked, _| asked >= size.questions.div_ceil(4)).await?;
        let before = visitor.asks(|asked, _| asked >= size.questions).await?;
        let crawl = Crawl::begin(&place.account, &server, site.server.address(), size.large).await?;
        let (asking, silent) = visitor.during(crawl, size.stretch).await?;
        let after = visitor.asks(|asked, _| asked >= size.questions).await?;
        let share = visitor.right as f64 / visitor.asked as f64;
        ensure!(share >= RIGHT, "only {:.0} % of the answers have what was asked for", share * 100.0);
        rounds.push(Round { before, asking, silent, after });
        server.stop().await?;
    }
    let of = |of: fn(&Round) -> f64| Spread::of(rounds.iter().map(of));
    let (p50, cpu) = (of(Round::p50_ratio), of(Round::cpu_ratio));
    let aim = |what: &str, value: Spread| Aim {
        what: format!(
            "(crawl) {what} while a site of {} pages is read, against idle",
            grouped(size.large as f64)
        ),
        value: value.median,
        goal: Some(GOAL),
        less_is_better: true,
        unit: "",
        floor: None,
    };
    Ok(Section {
        title: "Questions while a website is read".into(),
        about: format!(
            "An agent that knows {} chunks learns a site of {} made pages, about two chunks each, and is asked by a visitor who \
             asks again {} ms after each answer (POST `/v1/ai-agent/chat`, built-in answers, SQLite, {} rounds on fresh data). \
             Idle is the mean of before and after, since the agent grows. During the crawl the visitor asks for {} ms and is \
             silent for as long, in turns; {} answers at least, and after each turn of theirs that counts the crawl still ran. CPU is \
             that of the server and of its readers of pages together; that of an answer during the crawl is what they used while \
             it was asked, less what the pages read meanwhile cost while nobody asked. Against idle: p50 **{}**, CPU **{}**.",
            grouped(chunks as f64),
            grouped(size.large as f64),
            PAUSE.as_millis(),
            size.large_rounds,
            size.stretch.as_millis(),
            rounds.iter().map(|round| round.asked().times.len()).min().unwrap_or_default(),
            p50.show(2),
            cpu.show(2),
        ),
        tables: vec![table(&rounds)],
        aims: vec![aim("p50 of an answer", p50), aim("CPU of an answer", cpu)],
        ..Section::default()
    })
}

fn table(rounds: &[Round]) -> Table {
    let of = |of: &dyn Fn(&Round) -> f64, digits| Spread::of(rounds.iter().map(of)).show(digits);
    let none = || "–".to_owned();
    let mut table = Table::new(&["When", "p50 ms", "p99 ms", "CPU ms per answer", "pages/s meanwhile"]);
    let mut row = |name: &str, times: fn(&Round) -> Outcome, cpu: fn(&Round) -> f64, pages: String| {
        table.row([
            name.into(),
            of(&|round| times(round).percentile(50), 2),
            of(&|round| times(round).percentile(99), 2),
            of(&cpu, 3),
            pages,
        ]);
    };
    row("idle, before", |round| round.before.clone(), |round| round.before.cpu_each(), none());
    row("during, while asked", Round::asked, Round::cpu, of(&|round| rate(&round.asking), 0));
    row("idle, after", |round| round.after.clone(), |round| round.after.cpu_each(), none());
    let silent = of(&|round| rate(&round.silent), 0);
    table.row(["during, while nobody asks".into(), none(), none(), none(), silent]);
    table
}

/// Pages a second, while there were some left.
fn rate(stretches: &[Stretch]) -> f64 {
    let [pages, seconds, _] = sums(stretches);
    pages / seconds.max(1e-9)
}

/// Pages, seconds and processor milliseconds of the stretches in which pages were read.
fn sums(stretches: &[Stretch]) -> [f64; 3] {
    stretches.iter().filter(|stretch| stretch.is_reading).fold([0.0; 3], |[pages, seconds, cpu], stretch| {
        [
            pages + stretch.pages as f64,
            seconds + stretch.outcome.elapsed.as_secs_f64(),
            cpu + millis(stretch.outcome.cpu),
        ]
    })
}

impl Round {
    /// All that was asked during the crawl.
    fn asked(&self) -> Outcome {
        let times = self.asking.iter().flat_map(|stretch| stretch.first.iter().chain(&stretch.outcome.times));
        Outcome { times: times.copied().collect(), ..Outcome::default() }
    }

    /// Processor milliseconds of an answer during the crawl.
    fn cpu(&self) -> f64 {
        let ([read, _, used], [alone, _, cost]) = (sums(&self.asking), sums(&self.silent));
        let answers: usize = self
            .asking
            .iter()
            .filter(|stretch| stretch.is_reading)
            .map(|stretch| stretch.outcome.times.len())
            .sum();
        (used - read * cost / alone.max(1.0)) / answers.max(1) as f64
    }

    fn p50_ratio(&self) -> f64 {
        self.asked().percentile(50) / f64::midpoint(self.before.percentile(50), self.after.percentile(50))
    }

    fn cpu_ratio(&self) -> f64 {
        self.cpu() / f64::midpoint(self.before.cpu_each(), self.after.cpu_each())
    }
}

impl Visitor<'_> {
    /// What the server and its readers have used.
    fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_with_children(self.server.id())
    }

    /// Asks until it is enough, by the number of answers and the time.
    async fn asks(&mut self, enough: impl Fn(usize, Duration) -> bool) -> anyhow::Result<Outcome> {
        let (cpu, watch) = (self.cpu()?, Stopwatch::start());
        let mut times = Vec::new();
        while !enough(times.len(), watch.elapsed()) {
            let fact = self.facts[self.asked.wrapping_mul(7_919) % self.facts.len()];
            let call = calls::question(&self.place.account, &fact.question);
            let question = Stopwatch::start();
            let answer = self.connection.send(&call).await?;
            times.push(question.elapsed());
            let told = answer.json(200)?;
            let text = told["data"]["answer"].as_str().unwrap_or_default();
            self.asked += 1;
            self.right += usize::from(text.contains(&fact.answer));
            tokio::time::sleep(PAUSE).await;
        }
        Ok(Outcome { times, elapsed: watch.elapsed(), cpu: self.cpu()?.saturating_sub(cpu) })
    }

    /// Asks for a while, or lets nobody ask.
    async fn spends(&mut self, asks: bool, time: Duration) -> anyhow::Result<Outcome> {
        if asks {
            return self.asks(|_, elapsed| elapsed >= time).await;
        }
        let (cpu, watch) = (self.cpu()?, Stopwatch::start());
        tokio::time::sleep(time).await;
        Ok(Outcome { times: Vec::new(), elapsed: watch.elapsed(), cpu: self.cpu()?.saturating_sub(cpu) })
    }

    /// Asks and is silent in turns until the crawl is over. What was asked when it ended does not count.
    async fn during(
        &mut self,
        mut crawl: Crawl<'_>,
        stretch: Duration,
    ) -> anyhow::Result<(Vec<Stretch>, Vec<Stretch>)> {
        let (mut asking, mut silent) = (Vec::new(), Vec::new());
        let watch = Stopwatch::start();
        loop {
            let asks = asking.len() == silent.len();
            let first = self.spends(asks, stretch / SETTLES).await?.times;
            let begin = crawl.look().await?;
            let outcome = self.spends(asks, stretch).await?;
            let end = crawl.look().await?;
            if crawl.is_over(&end)? {
                break;
            }
            ensure!(watch.elapsed() < PATIENCE, "{} pages are read and the crawl does not end", end.read);
            let pages = end.read.saturating_sub(begin.read);
            let part = Stretch { outcome, first, pages, is_reading: end.read < crawl.pages };
            if asks { &mut asking } else { &mut silent }.push(part);
        }
        for (what, stretches) in [("asked", &asking), ("was silent", &silent)] {
            ensure!(
                stretches.iter().any(|stretch| stretch.is_reading),
                "pages were read at no time at which the visitor {what}"
            );
        }
        Ok((asking, silent))
    }
}

//! Questions while a large site is read, against questions while nothing is.

use std::time::Duration;

use anyhow::ensure;
use robofy_kernel::Stopwatch;

use super::{CRAWLS, Crawl, PATIENCE};
use crate::calls;
use crate::chart::grouped;
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

/// Part of a crawl: asked all the time, or not at all.
#[derive(Debug, Default)]
struct Stretch {
    outcome: Outcome,
    /// Pages read meanwhile.
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
             silent for as long, in turns. CPU of an answer during the crawl: what the server's process used while it was \
             asked, less what the pages read meanwhile cost while nobody asked; the readers of pages are processes of their own \
             and are not in it. Against idle: p50 **{}**, CPU **{}**.",
            grouped(chunks as f64),
            grouped(size.large as f64),
            PAUSE.as_millis(),
            size.large_rounds,
            size.stretch.as_millis(),
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
        let times = self.asking.iter().flat_map(|stretch| stretch.outcome.times.iter().copied()).collect();
        Outcome { times, ..Outcome::default() }
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
    /// Asks until it is enough, by the number of answers and the time.
    async fn asks(&mut self, enough: impl Fn(usize, Duration) -> bool) -> anyhow::Result<Outcome> {
        let (cpu, watch) = (self.server.cpu()?, Stopwatch::start());
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
        Ok(Outcome { times, elapsed: watch.elapsed(), cpu: self.server.cpu()?.saturating_sub(cpu) })
    }

    /// Nobody asks for a while.
    async fn waits(&self, stretch: Duration) -> anyhow::Result<Outcome> {
        let (cpu, watch) = (self.server.cpu()?, Stopwatch::start());
        tokio::time::sleep(stretch).await;
        let used = self.server.cpu()?.saturating_sub(cpu);
        Ok(Outcome { times: Vec::new(), elapsed: watch.elapsed(), cpu: used })
    }

    /// Asks and is silent in turns until the crawl is over.
    async fn during(
        &mut self,
        mut crawl: Crawl<'_>,
        stretch: Duration,
    ) -> anyhow::Result<(Vec<Stretch>, Vec<Stretch>)> {
        let (mut asking, mut silent) = (Vec::new(), Vec::new());
        let watch = Stopwatch::start();
        let mut progress = crawl.look().await?;
        while !crawl.is_over(&progress)? {
            ensure!(
                watch.elapsed() < PATIENCE,
                "{} pages are read and the crawl does not end",
                progress.read
            );
            let asks = asking.len() == silent.len();
            let outcome = if asks {
                self.asks(|_, elapsed| elapsed >= stretch).await?
            } else {
                self.waits(stretch).await?
            };
            let now = crawl.look().await?;
            let pages = now.read.saturating_sub(progress.read);
            let part = Stretch { outcome, pages, is_reading: now.read < crawl.pages };
            if asks { &mut asking } else { &mut silent }.push(part);
            progress = now;
        }
        ensure!(!asking.is_empty(), "the crawl was over before anybody asked");
        Ok((asking, silent))
    }
}

//! Parser and server in turns.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use nix::time::ClockId;
use robofy_kernel::Stopwatch;
use robofy_knowledge::extract::{Extractor, ExtractorConfig};

use super::samples::Sample;
use crate::calls;
use crate::family::{self, children, cpu_with_children, forget_peak};
use crate::load::Connection;
use crate::process::Server;
use crate::rows::Bench;
use crate::stats::{Spread, millis};
use crate::subject::{Account, Place};

/// What makes the server ready for files, so that what it needs once is not counted.
const FIRST: (&str, &[u8]) = ("first.html", b"<!DOCTYPE html><p>The shop opens at nine.");

/// What was measured of a sample.
pub(super) struct Measured {
    pub(super) parser: Side,
    pub(super) learnt: Side,
    /// Documents a second of the server, in hundredths of the parser's in the same round.
    pub(super) share: Spread,
    /// Bytes of the most that a reader had; `None` where no reader is needed.
    pub(super) reader_peak: Option<f64>,
    /// Bytes of the most that the server had, above idle.
    pub(super) server_peak: f64,
}

/// One side's figures.
pub(super) struct Side {
    /// Documents a second.
    pub(super) rate: Spread,
    /// Processor milliseconds of a document.
    pub(super) cpu: Spread,
}

/// One turn.
struct Turn {
    documents: usize,
    elapsed: Duration,
    cpu: Duration,
}

pub(super) async fn measure(bench: &Bench, sample: &Sample) -> anyhow::Result<Measured> {
    let what = || sample.name();
    let size = bench.sizes.files;
    let parser = Parser::new(bench);
    let first = parser.turn(sample, 1).await.with_context(what)?;
    let wanted = Duration::from_millis(size.turn_ms).as_secs_f64() / first.elapsed.as_secs_f64().max(1e-6);
    let most = size.files / sample.files.len();
    let passes = (wanted as usize).clamp(1, most.max(1));

    let place = Place::new(&bench.programs)?;
    let server = place.serve().await?;
    let mut learner = Learner::open(&place.account, &server).await?;
    learner.learn(FIRST.0, FIRST.1).await?;
    let idle = server.memory()?;
    forget_peak(server.id())?;
    for child in children(server.id())? {
        forget_peak(child)?;
    }
    learner.turn(sample, 1).await.with_context(what)?;
    let server_peak = family::memory(server.id(), "VmHWM:")?.saturating_sub(idle) as f64;
    let mut reader_peak = None;
    if parser.reads_in_child() {
        for child in children(server.id())? {
            reader_peak = reader_peak.max(Some(family::memory(child, "VmHWM:")?));
        }
    }

    let (mut alone, mut learnt) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        alone.push(parser.turn(sample, passes).await?);
        learnt.push(learner.turn(sample, passes).await?);
    }
    learner.check().await.with_context(what)?;
    server.stop().await?;
    Ok(Measured {
        share: Spread::of(
            alone.iter().zip(&learnt).map(|(alone, learnt)| 100.0 * learnt.rate() / alone.rate()),
        ),
        parser: Side::of(&alone),
        learnt: Side::of(&learnt),
        reader_peak: reader_peak.map(|peak| peak as f64),
        server_peak,
    })
}

impl Turn {
    fn rate(&self) -> f64 {
        self.documents as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }
}

impl Side {
    fn of(turns: &[Turn]) -> Self {
        let spread = |of: fn(&Turn) -> f64| Spread::of(turns.iter().map(of));
        Self { rate: spread(Turn::rate), cpu: spread(|turn| millis(turn.cpu) / turn.documents.max(1) as f64) }
    }
}

/// The parsers, and nothing else.
struct Parser(Extractor);

impl Parser {
    fn new(bench: &Bench) -> Self {
        let usual = ExtractorConfig::new(bench.programs.robofy.clone(), vec!["extract".into()]);
        // One reader for all, so that its clock runs through.
        Self(Extractor::new(ExtractorConfig { concurrency: 1, files_per_child: usize::MAX, ..usual }))
    }

    /// Whether a file was read in a child.
    fn reads_in_child(&self) -> bool {
        !self.0.idle_processes().is_empty()
    }

    async fn turn(&self, sample: &Sample, passes: usize) -> anyhow::Result<Turn> {
        let (cpu, watch) = (self.cpu()?, Stopwatch::start());
        for _ in 0..passes {
            for (name, bytes) in &sample.files {
                let read = self.0.extract(name, bytes.clone()).await;
                let read = read.with_context(|| format!("{name} is not read"))?;
                ensure!(!read.text.is_empty(), "{name} has no text");
            }
        }
        let elapsed = watch.elapsed();
        let documents = passes * sample.files.len();
        Ok(Turn { documents, elapsed, cpu: self.cpu()?.saturating_sub(cpu) })
    }

    /// Processor time of this process, which does nothing else meanwhile, and of the reader.
    fn cpu(&self) -> anyhow::Result<Duration> {
        let own = ClockId::CLOCK_PROCESS_CPUTIME_ID.now().context("this process's clock cannot be read")?;
        let mut whole = Duration::from(own);
        for reader in self.0.idle_processes() {
            whole += family::cpu(reader)?;
        }
        Ok(whole)
    }
}

/// The server, asked to learn one file after the other.
struct Learner<'a> {
    account: &'a Account,
    server: &'a Server,
    connection: Connection,
}

impl<'a> Learner<'a> {
    async fn open(account: &'a Account, server: &'a Server) -> anyhow::Result<Self> {
        Ok(Self { account, server, connection: Connection::open(server.address()).await? })
    }

    async fn learn(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let answer = self.connection.send(&calls::upload(self.account, name, bytes)).await?;
        answer.expect(201).with_context(|| format!("{name} is not learnt"))
    }

    async fn turn(&mut self, sample: &Sample, passes: usize) -> anyhow::Result<Turn> {
        let (cpu, watch) = (cpu_with_children(self.server.id())?, Stopwatch::start());
        for _ in 0..passes {
            for (name, bytes) in &sample.files {
                self.learn(name, bytes).await?;
            }
        }
        let elapsed = watch.elapsed();
        let cpu = cpu_with_children(self.server.id())?.saturating_sub(cpu);
        Ok(Turn { documents: passes * sample.files.len(), elapsed, cpu })
    }

    /// Whether what was uploaded is known to the agent.
    async fn check(&mut self) -> anyhow::Result<()> {
        let answer = self.connection.send(&calls::list(self.account, None)).await?.json(200)?;
        let assets = answer["data"]["assets"].as_array().context("there is no list of assets")?;
        ensure!(assets.len() > 1, "nothing is listed: {answer}");
        for asset in assets {
            ensure!(asset["status"] == "active", "an upload is not known: {asset}");
        }
        Ok(())
    }
}

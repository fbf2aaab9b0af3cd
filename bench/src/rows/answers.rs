//! Built-in answers and the search call over HTTP, by the size of the agent; the first answer after a restart.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::ensure;
use robofy_kernel::Stopwatch;
use robofy_knowledge::chunk::{ChunkParams, chunk};

use super::{Bench, HEAD, Sides, floor, spread};
use crate::calls;
use crate::chart::{Chart, Line, grouped};
use crate::load::{Answer, Connection, Load, Outcome};
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::stats::{Spread, millis};
use crate::subject::Place;
use crate::texts::{Document, Fact, Texts};

/// Of the answers, so many must have what was asked for; otherwise the questions are not real ones.
const RIGHT: f64 = 0.9;

/// What was measured with one agent.
struct Agent {
    chunks: usize,
    answer_cpu: f64,
    lone_cpu: f64,
    answer_p50: f64,
    search_cpu: f64,
    search_p50: f64,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let floor = floor(bench).await?;
    let mut answers = Table::new(&HEAD);
    let mut searches = Table::new(&HEAD);
    let mut restarts = Table::new(&["Chunks", "first answer ms", "second answer ms"]);
    let (mut agents, mut shares, mut aims) = (Vec::new(), Vec::new(), Vec::new());
    for (at, &wanted) in bench.sizes.agents.iter().enumerate() {
        let place = Place::new(&bench.programs)?;
        let server = place.serve().await?;
        let (documents, chunks) = documents(wanted);
        place.teach(&server, &documents, 4).await?;
        let facts: Vec<&Fact> = documents.iter().flat_map(|document| &document.facts).collect();
        let asking = Asking { bench, place: &place, facts: &facts, right: AtomicUsize::new(0) };

        let label = |what: &str| format!("{what}, {} chunks", grouped(chunks as f64));
        let alone = asking.answers(&server, &floor.server, 1).await?;
        let together = asking.answers(&server, &floor.server, bench.sizes.connections).await?;
        alone.rows("bare JSON route, 1 connection", &label("answer, 1 connection"), &mut answers);
        let many = bench.sizes.connections;
        together.rows(
            &format!("bare JSON route, {many} connections"),
            &label(&format!("answer, {many} connections")),
            &mut answers,
        );
        let searched = asking.searches(&server, &floor.server).await?;
        searched.rows("bare JSON route", &label("search call"), &mut searches);
        shares.push(asking.share());

        let (server, first, second) = asking.restarts(server).await?;
        restarts.row([grouped(chunks as f64), first.show(1), second.show(1)]);
        server.stop().await?;

        let agent = Agent {
            chunks,
            answer_cpu: spread(&together.subject, Outcome::cpu_each).median,
            lone_cpu: spread(&alone.subject, Outcome::cpu_each).median,
            answer_p50: spread(&alone.subject, |o| o.percentile(50)).median,
            search_cpu: spread(&searched.subject, Outcome::cpu_each).median,
            search_p50: spread(&searched.subject, |o| o.percentile(50)).median,
        };
        if at + 1 == bench.sizes.agents.len() {
            for (who, cpu, turns) in [
                (format!("{many} visitors at once"), agent.answer_cpu, &together),
                ("one visitor".to_owned(), agent.lone_cpu, &alone),
            ] {
                aims.push(Aim {
                    what: format!(
                        "(c) CPU of a built-in answer at {} chunks, {who}",
                        grouped(agent.chunks as f64)
                    ),
                    value: cpu,
                    goal: Some(1.5),
                    less_is_better: true,
                    unit: "ms",
                    floor: Some(spread(&turns.floor, Outcome::cpu_each).median),
                });
            }
        }
        agents.push(agent);
    }
    let charts = chart(bench, &agents)?;
    let right: Vec<String> = shares.iter().map(|share| format!("{:.1} %", share * 100.0)).collect();
    let section = Section {
        title: "Built-in answers".into(),
        about: format!(
            "POST `/v1/ai-agent/chat` with an API key, each question in a new session, with durable storage of question and \
             answer (SQLite, `synchronous=FULL`) before the answer leaves; against a bare route that reads and writes JSON \
             of the same size. The rows of one connection tell the time a visitor waits, those of several the cost. What \
             was asked for stood in {} of the answers. Documents have five paragraphs of 1,200 bytes, a chunk each.",
            right.join(" and ")
        ),
        tables: vec![answers, searches, restarts],
        charts,
        aims,
    };
    Ok(vec![section])
}

/// Documents that make at least so many chunks, and how many they make.
pub(super) fn documents(wanted: usize) -> (Vec<Document>, usize) {
    let mut texts = Texts::new(11);
    let (mut documents, mut chunks) = (Vec::new(), 0);
    while chunks < wanted {
        let document = texts.document(5, 1_200);
        chunks += chunk(&document.text, ChunkParams::default()).len();
        documents.push(document);
    }
    (documents, chunks)
}

/// Questions to one agent.
struct Asking<'a> {
    bench: &'a Bench,
    place: &'a Place,
    facts: &'a [&'a Fact],
    right: AtomicUsize,
}

impl Asking<'_> {
    /// A fact for a request, far from that of the request before.
    fn fact(&self, number: usize) -> &Fact {
        self.facts[number.wrapping_mul(7_919) % self.facts.len()]
    }

    async fn answers(
        &self,
        server: &Server,
        floor: &Server,
        connections: usize,
    ) -> anyhow::Result<super::Turns> {
        let sizes = &self.bench.sizes;
        let share = if connections == 1 { 4 } else { 1 };
        let load = Load { connections, requests: sizes.questions.div_ceil(share) };
        let ask = |number: usize| calls::question(&self.place.account, &self.fact(number).question);
        let sides = Sides {
            floor: (floor, |number: usize| calls::to_floor("/json", &ask(number))),
            subject: (server, ask),
        };
        let right = AtomicUsize::new(0);
        let rounds = sizes.rounds.div_ceil(2);
        let turns = sides
            .in_turns(rounds, load, |number, answer| {
                let told = answer.json(200)?;
                let text = told["data"]["answer"].as_str().unwrap_or_default();
                right.fetch_add(usize::from(text.contains(&self.fact(number).answer)), Ordering::Relaxed);
                Ok(())
            })
            .await?;
        let asked = rounds * load.requests + load.requests.div_ceil(10);
        let share = right.into_inner() as f64 / asked as f64;
        ensure!(share >= RIGHT, "only {:.0} % of the answers have what was asked for", share * 100.0);
        self.right.store((share * 1e6) as usize, Ordering::Relaxed);
        Ok(turns)
    }

    /// Share of the answers that had what was asked for.
    fn share(&self) -> f64 {
        self.right.load(Ordering::Relaxed) as f64 / 1e6
    }

    async fn searches(&self, server: &Server, floor: &Server) -> anyhow::Result<super::Turns> {
        let sizes = &self.bench.sizes;
        let load = Load { connections: sizes.connections, requests: sizes.questions };
        let ask = |number: usize| calls::search(&self.place.account, &self.fact(number).question);
        let sides = Sides {
            floor: (floor, |number: usize| calls::to_floor("/json", &ask(number))),
            subject: (server, ask),
        };
        let look = |_: usize, answer: &Answer| {
            let found = answer.json(200)?;
            ensure!(found["data"]["results"][0]["text"].is_string(), "nothing found: {found}");
            Ok(())
        };
        sides.in_turns(sizes.rounds.div_ceil(2), load, look).await
    }

    /// Restarts the server some times and asks at once, and again.
    async fn restarts(&self, mut server: Server) -> anyhow::Result<(Server, Spread, Spread)> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for start in 0..self.bench.sizes.starts.div_ceil(2) {
            server.stop().await?;
            server = self.place.serve().await?;
            let mut connection = Connection::open(server.address()).await?;
            for (times, number) in [(&mut first, start), (&mut second, start + 1)] {
                let call = calls::question(&self.place.account, &self.fact(number).question);
                let watch = Stopwatch::start();
                connection.send(&call).await?.expect(200)?;
                times.push(millis(watch.elapsed()));
            }
        }
        Ok((server, Spread::of(first), Spread::of(second)))
    }
}

fn chart(bench: &Bench, agents: &[Agent]) -> anyhow::Result<Vec<(String, String)>> {
    let line = |name: &str, of: fn(&Agent) -> f64| Line {
        name: name.into(),
        points: agents.iter().map(|agent| (agent.chunks as f64, of(agent))).collect(),
    };
    let chart = Chart {
        title: "What an answer costs, by the size of the agent".into(),
        x: "chunks".into(),
        y: "ms".into(),
        lines: vec![
            line("answer, p50, one visitor", |agent| agent.answer_p50),
            line("answer, CPU, visitors at once", |agent| agent.answer_cpu),
            line("search call, p50", |agent| agent.search_p50),
            line("search call, CPU", |agent| agent.search_cpu),
        ],
    };
    chart.draw(&bench.out.join("answers.svg"))?;
    Ok(vec![("answers.svg".into(), chart.title)])
}

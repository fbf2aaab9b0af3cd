//! Documents taken in over HTTP until they are searchable, from one and from several writers, and questions meanwhile.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};

use super::{Bench, floor, spread};
use crate::calls;
use crate::chart::{Chart, Line, grouped};
use crate::load::{self, Answer, Call, Connection, Load, Outcome};
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::stats::millis;
use crate::subject::Place;
use crate::texts::{Document, Texts};

/// Writers at once.
const WRITERS: usize = 8;
/// A document of two paragraphs of this size has 2 KB.
const PARAGRAPH: usize = 990;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let place = Place::new(&bench.programs)?;
    let (server, floor) = (place.serve().await?, floor(bench).await?);
    let writing = Writing { place: &place, server: &server, floor: &floor.server };
    let sizes = &bench.sizes;
    let step = sizes.documents / sizes.steps;
    let mut texts = Texts::new(21);
    let mut make =
        |count: usize| -> Vec<Document> { (0..count).map(|_| texts.document(2, PARAGRAPH)).collect() };
    let mut taught: Vec<Document> = Vec::new();
    let mut table = Table::new(&[
        "Documents before",
        "writers",
        "documents/s",
        "p50 ms",
        "CPU ms per document",
        "bare append and sync: requests/s",
        "p50 ms",
    ]);
    let (mut single, mut several) = (Vec::new(), Vec::new());
    let mut points = [Vec::new(), Vec::new()];
    for number in 0..=sizes.steps {
        // One writer at the very beginning and at the very end, the others between.
        let writers = if number == 0 || number == sizes.steps { 1 } else { WRITERS };
        let documents = make(step);
        let (subject, bare) = writing.step(&documents, writers).await?;
        let before = taught.len();
        table.row([
            grouped(before as f64),
            writers.to_string(),
            format!("{:.0}", subject.rate()),
            format!("{:.2}", subject.percentile(50)),
            format!("{:.3}", subject.cpu_each()),
            format!("{:.0}", bare.rate()),
            format!("{:.2}", bare.percentile(50)),
        ]);
        taught.extend(documents);
        if writers == 1 {
            single.push((subject, bare));
        } else {
            points[0].push((taught.len() as f64, subject.cpu_each()));
            points[1].push((taught.len() as f64, 1e3 / subject.rate()));
            several.push((subject, bare));
        }
    }
    let meanwhile = writing.questions(bench, &mut taught, make(sizes.documents * 2)).await?;
    let missing = writing.missing(&taught).await?;
    server.stop().await?;

    let [cpu, wall] = points;
    let chart = Chart {
        title: "What one more document costs, eight writers".into(),
        x: "documents".into(),
        y: "ms".into(),
        lines: vec![
            Line { name: "CPU per document".into(), points: cpu },
            Line { name: "time per document (all writers together)".into(), points: wall },
        ],
    };
    chart.draw(&bench.out.join("ingest.svg"))?;
    let growth = match (single.first(), single.last()) {
        (Some(first), Some(last)) => last.0.cpu_each() / first.0.cpu_each(),
        (None, _) | (_, None) => 0.0,
    };
    let rate = |steps: &[(Outcome, Outcome)]| {
        let [ours, bare]: [Vec<f64>; 2] = [
            steps.iter().map(|pair| pair.0.rate()).collect(),
            steps.iter().map(|pair| pair.1.rate()).collect(),
        ];
        (crate::stats::Spread::of(ours).median, crate::stats::Spread::of(bare).median)
    };
    let (one, one_floor) = rate(&single[..1]);
    let (eight, eight_floor) = rate(&several);
    let lost = missing.unlisted + missing.unfound;
    let about = format!(
        "POST `link_content` with texts of 2 KB; when a call returns, its text is searchable. The floor appends the same body \
         to a file and syncs it. Afterwards the agent's list was counted and each of {} documents was asked for by its own \
         fact: {} not listed, {} not found. One more document at {} documents costs {growth:.2} times the CPU of one at the \
         beginning (one writer). The second table has questions from one visitor, with nobody writing and with {WRITERS} \
         writers; the CPU of a question beside writers is what the process used less what its documents cost before.",
        grouped(missing.asked as f64),
        missing.unlisted,
        missing.unfound,
        grouped((taught.len() - meanwhile.written) as f64),
    );
    let more = |what: &str, value, goal, unit, floor| Aim {
        what: what.into(),
        value,
        goal: Some(goal),
        less_is_better: false,
        unit,
        floor,
    };
    let less = |what: String, value, goal| Aim {
        what,
        value,
        goal: Some(goal),
        less_is_better: true,
        unit: "",
        floor: None,
    };
    Ok(vec![Section {
        title: "Taking documents in".into(),
        about,
        tables: vec![table, meanwhile.table],
        charts: vec![("ingest.svg".into(), chart.title)],
        aims: vec![
            more("(e) documents/s from one writer", one, 100.0, "/s", Some(one_floor)),
            more("(e) documents/s from eight writers", eight, 100.0, "/s", Some(eight_floor)),
            less("(e) documents lost".into(), lost as f64, 0.0),
            less(
                format!(
                    "(e) CPU of one more document at {}, against the beginning",
                    grouped(sizes.documents as f64)
                ),
                growth,
                2.0,
            ),
        ],
    }])
}

struct Writing<'a> {
    place: &'a Place,
    server: &'a Server,
    floor: &'a Server,
}

struct Meanwhile {
    table: Table,
    written: usize,
}

struct Missing {
    asked: usize,
    unlisted: usize,
    unfound: usize,
}

impl Writing<'_> {
    /// Teaches documents, then stores the same at the floor.
    async fn step(&self, documents: &[Document], writers: usize) -> anyhow::Result<(Outcome, Outcome)> {
        let subject = self.place.teach(self.server, documents, writers).await?;
        let load = Load { connections: writers, requests: documents.len() };
        let make =
            |number: usize| calls::to_floor("/store", &calls::teach(&self.place.account, &documents[number]));
        let bare = load::run(self.floor, load, make, |_, answer| answer.expect(200)).await?;
        Ok((subject, bare))
    }

    fn question(&self, taught: &[Document], number: usize) -> Call {
        let document = &taught[number.wrapping_mul(7_919) % taught.len()];
        calls::question(&self.place.account, &document.facts[0].question)
    }

    /// Questions from one visitor: alone, beside writers, alone again.
    async fn questions(
        &self,
        bench: &Bench,
        taught: &mut Vec<Document>,
        fresh: Vec<Document>,
    ) -> anyhow::Result<Meanwhile> {
        let load = Load { connections: 1, requests: bench.sizes.questions.div_ceil(4) };
        let asked = taught.clone();
        let ask = |number: usize| self.question(&asked, number);
        let fine = |_: usize, answer: &Answer| answer.expect(200);
        let (mut idle, mut busy, mut attributed, mut rates) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        // What a document costs now, with nobody asking.
        let mut fresh = fresh.into_iter();
        let alone: Vec<Document> = fresh.by_ref().take(bench.sizes.documents / 20).collect();
        let document_cpu =
            millis(self.place.teach(self.server, &alone, WRITERS).await?.cpu) / alone.len() as f64;
        taught.extend(alone);
        let mut written = taught.len() - asked.len();
        let supply: Vec<Document> = fresh.collect();
        let next = AtomicUsize::new(0);
        for _ in 0..bench.sizes.rounds.div_ceil(2) {
            idle.push(load::run(self.server, load, ask, fine).await?);
            let enough = AtomicBool::new(false);
            let begun = next.load(Ordering::Relaxed);
            let questions = async {
                let outcome = load::run(self.server, load, ask, fine).await;
                enough.store(true, Ordering::Relaxed);
                outcome
            };
            let writers = futures::future::try_join_all((0..WRITERS).map(|_| async {
                let mut connection = Connection::open(self.server.address()).await?;
                while !enough.load(Ordering::Relaxed) {
                    let Some(document) = supply.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let answer = connection.send(&calls::teach(&self.place.account, document)).await?;
                    ensure!(answer.status.is_success(), "{}", String::from_utf8_lossy(&answer.body));
                }
                anyhow::Ok(())
            }));
            let (outcome, ()) =
                futures::future::try_join(questions, async { writers.await.map(drop) }).await?;
            let documents = next.load(Ordering::Relaxed).min(supply.len()) - begun.min(supply.len());
            attributed.push((millis(outcome.cpu) - documents as f64 * document_cpu) / load.requests as f64);
            rates.push(documents as f64 / outcome.elapsed.as_secs_f64());
            busy.push(outcome);
        }
        let taken = next.load(Ordering::Relaxed).min(supply.len());
        written += taken;
        taught.extend(supply.into_iter().take(taken));
        let mut table =
            Table::new(&["Questions", "p50 ms", "p99 ms", "CPU ms per question", "documents/s meanwhile"]);
        for (name, outcomes, cpu, rate) in [
            ("nobody writes", &idle, spread(&idle, Outcome::cpu_each).show(3), "–".to_owned()),
            (
                "eight writers",
                &busy,
                crate::stats::Spread::of(attributed).show(3),
                crate::stats::Spread::of(rates).show(0),
            ),
        ] {
            let p50 = spread(outcomes, |outcome| outcome.percentile(50)).show(2);
            let p99 = spread(outcomes, |outcome| outcome.percentile(99)).show(2);
            table.row([name.to_owned(), p50, p99, cpu, rate]);
        }
        Ok(Meanwhile { table, written })
    }

    /// Counts what is there.
    async fn missing(&self, taught: &[Document]) -> anyhow::Result<Missing> {
        let account = &self.place.account;
        let mut connection = Connection::open(self.server.address()).await?;
        let (mut listed, mut page) = (0, None::<String>);
        loop {
            let answer = connection.send(&calls::list(account, page.as_deref())).await?.json(200)?;
            let data = &answer["data"];
            listed += data["assets"].as_array().context("there is no list of assets")?.len();
            page = data["next_page_token"].as_str().map(str::to_owned);
            if page.is_none() {
                break;
            }
        }
        let found = AtomicUsize::new(0);
        let load = Load { connections: WRITERS, requests: taught.len() };
        load::run(
            self.server,
            load,
            |number| calls::search(account, &taught[number].facts[0].question),
            |number, answer| {
                let answer = answer.json(200)?;
                let results = answer["data"]["results"].as_array().context("there are no results")?;
                let wanted = taught[number].name.as_str();
                let hit = results.iter().any(|result| result["file_name"] == wanted);
                found.fetch_add(usize::from(hit), Ordering::Relaxed);
                Ok(())
            },
        )
        .await?;
        Ok(Missing {
            asked: taught.len(),
            unlisted: taught.len().saturating_sub(listed),
            unfound: taught.len() - found.into_inner(),
        })
    }
}

//! Search in process: how it grows with the number of chunks, pages against assets, and what one more document costs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use robofy_kernel::Stopwatch;
use robofy_knowledge::chunk::{ChunkParams, chunk};
use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::search::Query;
use robofy_knowledge::segment::{ChunkIn, Segment, SegmentBuilder, SourceRef};

use super::Bench;
use crate::chart::{Chart, Line, grouped};
use crate::plain::Plain;
use crate::report::{Aim, Section, Table};
use crate::stats::{Spread, growth, millis, percentile};
use crate::texts::{Document, Fact, Texts};

/// Questions for each figure.
const QUESTIONS: usize = 500;
/// Documents taken in at once while an index grows.
const BATCH: usize = 500;
/// A page: a heading and a paragraph that make one chunk.
const PAGE: usize = 1_200;

pub(super) fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let (mut section, grown) = by_size(bench)?;
    let pages = pages_and_assets(bench)?;
    let adding = adding(bench, grown)?;
    for part in [pages, adding] {
        section.about.push_str("\n\n");
        section.about.push_str(&part.about);
        section.tables.extend(part.tables);
        section.aims.extend(part.aims);
    }
    Ok(vec![section])
}

/// One index as it grows; the same questions, whose answers are among its first documents, at each size.
fn by_size(bench: &Bench) -> anyhow::Result<(Section, AgentIndex)> {
    let mut table = Table::new(&[
        "Chunks",
        "p50 ms",
        "p99 ms",
        "plain BM25 p50 ms",
        "first hit right",
        "memory MB",
        "parts",
    ]);
    let mut texts = Texts::new(5);
    let (mut index, mut plain) = (AgentIndex::new(), Plain::default());
    let (mut asset, mut facts) = (0, Vec::new());
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    let mut ten_thousand = AgentIndex::new();
    let questions_from = bench.sizes.indexes.first().copied().unwrap_or_default().min(QUESTIONS);
    for &size in &bench.sizes.indexes {
        while index.chunk_count() < size {
            let mut changes = Vec::new();
            for _ in 0..BATCH.min(size - index.chunk_count()) {
                let document = texts.document(1, PAGE);
                asset += 1;
                changes.push(Change { asset_id: asset, segments: Some(vec![segment(asset, &document)?]) });
                plain.add(&document.text);
                if facts.len() < questions_from {
                    facts.extend(document.facts);
                }
            }
            index = merged(index.apply(changes));
        }
        let (mut times, right) = search_all(&index, &facts);
        let mut plain_times = time_all(&facts, |fact| {
            std::hint::black_box(plain.search(&fact.question));
        });
        let p50 = millis(percentile(&mut times, 50));
        let plain_p50 = millis(percentile(&mut plain_times, 50));
        ours.push((index.chunk_count() as f64, p50));
        floor.push((index.chunk_count() as f64, plain_p50));
        table.row([
            grouped(index.chunk_count() as f64),
            format!("{p50:.3}"),
            format!("{:.3}", millis(percentile(&mut times, 99))),
            format!("{plain_p50:.3}"),
            format!("{:.1} %", right * 100.0),
            format!("{:.0}", index.memory_bytes() as f64 / 1e6),
            index.part_count().to_string(),
        ]);
        ensure!(right >= 0.9, "only {:.0} % of the questions find their passage", right * 100.0);
        if size <= 10_000 {
            ten_thousand = index.clone();
        }
    }
    let exponent = match (ours.first(), ours.last()) {
        (Some(&small), Some(&large)) => growth(small, large),
        (None, _) | (_, None) => 0.0,
    };
    let at_ten = ours.iter().rev().find(|point| point.0 <= 10_500.0).copied().unwrap_or_default();
    let floor_at_ten = floor.iter().rev().find(|point| point.0 <= 10_500.0).copied().unwrap_or_default();
    let chart = Chart {
        title: "Search in process, p50, by the size of the index".into(),
        x: "chunks".into(),
        y: "ms".into(),
        lines: vec![
            Line { name: "Robofy".into(), points: ours },
            Line { name: "plain BM25, a hash map".into(), points: floor },
        ],
    };
    chart.draw(&bench.out.join("search.svg"))?;
    let section = Section {
        title: "Search alone".into(),
        about: format!(
            "One index in process, each document a page of one chunk, asked {} questions at each size (analysis of the \
             question included). The floor is textbook BM25 in a hash map of words: no stems, no features, no sentences. \
             Time grows with the {exponent:.2}th power of the number of chunks.",
            facts.len()
        ),
        tables: vec![table],
        charts: vec![("search.svg".into(), chart.title)],
        aims: vec![
            Aim {
                what: format!("(d) search, p50 at {} chunks", grouped(at_ten.0)),
                value: at_ten.1,
                goal: Some(1.0),
                less_is_better: true,
                unit: "ms",
                floor: Some(floor_at_ten.1),
            },
            Aim {
                what: "(d) growth of a search: power of the number of chunks".into(),
                value: exponent,
                goal: Some(1.0),
                less_is_better: true,
                unit: "",
                floor: None,
            },
        ],
    };
    Ok((section, ten_thousand))
}

/// Many pages, each an asset, against the same text in ten assets.
fn pages_and_assets(bench: &Bench) -> anyhow::Result<Section> {
    let mut texts = Texts::new(6);
    let pages: Vec<Document> = (0..bench.sizes.pages).map(|_| texts.document(1, PAGE)).collect();
    let assets: Vec<Document> = pages
        .chunks(pages.len().div_ceil(10))
        .enumerate()
        .map(|(number, pages)| Document {
            name: format!("book-{number}.md"),
            text: pages.iter().map(|page| page.text.as_str()).collect(),
            facts: Vec::new(),
        })
        .collect();
    let (many, few) = (grown(&pages)?, grown(&assets)?);
    let facts: Vec<Fact> =
        pages.iter().step_by(pages.len().div_ceil(QUESTIONS)).flat_map(|page| page.facts.clone()).collect();
    let (mut ratios, mut p50s) = (Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..bench.sizes.rounds {
        let [many, few] = [&many, &few].map(|index| {
            let (mut times, _) = search_all(index, &facts);
            millis(percentile(&mut times, 50))
        });
        ratios.push(many / few);
        p50s[0].push(many);
        p50s[1].push(few);
    }
    let ratio = Spread::of(ratios);
    let mut table = Table::new(&["Text in", "chunks", "parts", "search p50 ms"]);
    for (name, index, times) in [
        (format!("{} assets of one page", grouped(pages.len() as f64)), &many, &p50s[0]),
        (format!("{} assets", assets.len()), &few, &p50s[1]),
    ] {
        table.row([
            name,
            grouped(index.chunk_count() as f64),
            index.part_count().to_string(),
            Spread::of(times.iter().copied()).show(3),
        ]);
    }
    Ok(Section {
        about: format!(
            "The same text in many assets and in ten, searched in turns: many against ten **{}**.",
            ratio.show(2)
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: format!("(d) search in {} one-page assets against ten", grouped(pages.len() as f64)),
            value: ratio.median,
            goal: Some(1.1),
            less_is_better: true,
            unit: "",
            floor: None,
        }],
        ..Section::default()
    })
}

/// One more document: analysed, added, merged.
fn adding(bench: &Bench, large: AgentIndex) -> anyhow::Result<Section> {
    let mut texts = Texts::new(7);
    let more: Vec<Document> = (0..bench.sizes.questions.min(400)).map(|_| texts.document(1, PAGE)).collect();
    let (mut ratios, mut costs) = (Vec::new(), [Vec::new(), Vec::new()]);
    let size = large.chunk_count();
    for _ in 0..bench.sizes.rounds {
        let mut pair = [0.0; 2];
        for (cost, begin) in pair.iter_mut().zip([AgentIndex::new(), large.clone()]) {
            let watch = Stopwatch::start();
            let mut index = begin;
            for (number, document) in more.iter().enumerate() {
                let asset = 1_000_000_000 + number as i64;
                let change = Change { asset_id: asset, segments: Some(vec![segment(asset, document)?]) };
                index = merged(index.apply(vec![change]));
            }
            std::hint::black_box(&index);
            *cost = millis(watch.elapsed()) / more.len() as f64;
        }
        ratios.push(pair[1] / pair[0]);
        costs[0].push(pair[0]);
        costs[1].push(pair[1]);
    }
    let ratio = Spread::of(ratios);
    let mut table = Table::new(&["Documents before", "ms per added document"]);
    for (before, cost) in [(0, &costs[0]), (size, &costs[1])] {
        table.row([grouped(before as f64), Spread::of(cost.iter().copied()).show(3)]);
    }
    Ok(Section {
        about: format!(
            "{} pages added one by one in process (analysis and merging included), to nothing and to {} pages: **{}** \
             times the cost. With storage and HTTP: see “Taking documents in”.",
            more.len(),
            grouped(size as f64),
            ratio.show(2)
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: format!(
                "(d) adding a document to {} against adding it to none, in process",
                grouped(size as f64)
            ),
            value: ratio.median,
            goal: Some(2.0),
            less_is_better: true,
            unit: "",
            floor: None,
        }],
        ..Section::default()
    })
}

fn segment(asset_id: i64, document: &Document) -> anyhow::Result<Arc<Segment>> {
    let source = SourceRef { asset_id, version: 1, file_name: document.name.clone(), source_url: None };
    let mut builder = SegmentBuilder::new(source, None);
    for chunk in chunk(&document.text, ChunkParams::default()) {
        let text = chunk.text(&document.text).unwrap_or_default();
        builder.push(&ChunkIn {
            start: chunk.start,
            end: chunk.end,
            heading_path: &chunk.heading_path,
            text,
        });
    }
    Ok(Arc::new(builder.build()?))
}

/// An index of documents that came one by one.
fn grown(documents: &[Document]) -> anyhow::Result<AgentIndex> {
    documents.iter().zip(1..).try_fold(AgentIndex::new(), |index, (document, asset)| {
        let change = Change { asset_id: asset, segments: Some(vec![segment(asset, document)?]) };
        Ok(merged(index.apply(vec![change])))
    })
}

fn merged(mut index: AgentIndex) -> AgentIndex {
    while let Some(next) = index.merge_step() {
        index = next;
    }
    index
}

/// The times of all questions, and the share whose first hit has the answer.
fn search_all(index: &AgentIndex, facts: &[Fact]) -> (Vec<Duration>, f64) {
    let mut right = 0;
    let times = time_all(facts, |fact| {
        let found = index.search(&Query::new(&fact.question), 10);
        right += usize::from(found.hits.first().is_some_and(|hit| hit.text.contains(&fact.answer)));
    });
    // Each question is asked twice, the first time to warm up.
    (times, right as f64 / (2 * facts.len()).max(1) as f64)
}

fn time_all(facts: &[Fact], mut ask: impl FnMut(&Fact)) -> Vec<Duration> {
    facts.iter().for_each(&mut ask);
    let timed = |fact| {
        let watch = Stopwatch::start();
        ask(fact);
        watch.elapsed()
    };
    facts.iter().map(timed).collect()
}

//! Measures how the time of a search grows with the number of chunks, and what a change costs.
//!
//! Chunks are made by mixing the sentences of a question set, so the vocabulary stops growing and lists of chunks
//! are longer than in real texts of that size. `cargo run --release -p robofy-knowledge --example scale -- FILE`
#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::sync::Arc;
use std::time::Duration;

use robofy_kernel::Stopwatch;
use robofy_knowledge::analyse::sentences;
use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::search::Query;
use robofy_knowledge::segment::{ChunkIn, Segment, SegmentBuilder, SourceRef};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give a file with a question set in the form of SQuAD")?;
    let set: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let paragraphs: Vec<&serde_json::Value> = set["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|article| article["paragraphs"].as_array())
        .flatten()
        .collect();
    let pool: Vec<&str> = paragraphs
        .iter()
        .filter_map(|paragraph| paragraph["context"].as_str())
        .flat_map(|text| sentences(text).into_iter().map(move |range| &text[range]))
        .collect();
    let questions: Vec<Query> = paragraphs
        .iter()
        .filter_map(|paragraph| paragraph["qas"][0]["question"].as_str())
        .map(Query::new)
        .collect();
    let mut dice = Dice(7);
    for chunks in [0, 1_000, 10_000, 100_000] {
        for per_asset in [1, 10, 1_000] {
            let watch = Stopwatch::start();
            let segments: Vec<Arc<Segment>> = (0..chunks / per_asset)
                .map(|asset| segment(asset as i64, per_asset, &pool, &mut dice))
                .collect::<Result<_, _>>()?;
            let built = watch.elapsed();
            let stored: Vec<Vec<u8>> = segments.iter().map(|segment| segment.encode()).collect();
            let watch = Stopwatch::start();
            let segments: Vec<Arc<Segment>> =
                stored.iter().map(|bytes| Segment::decode(bytes).map(Arc::new)).collect::<Result<_, _>>()?;
            let decoded = watch.elapsed();
            let changes = segments
                .into_iter()
                .map(|s| Change { asset_id: s.source().asset_id, segments: Some(vec![s]) });
            let watch = Stopwatch::start();
            let index = AgentIndex::new().apply(changes.collect());
            let opened = watch.elapsed();
            let added = segment(i64::MAX, 1, &pool, &mut dice)?;
            let change = Change { asset_id: i64::MAX, segments: Some(vec![added]) };
            let watch = Stopwatch::start();
            let more = (0..1_000).fold(index.clone(), |_, _| index.apply(vec![change.clone()]));
            let add = watch.elapsed() / 1_000;
            println!(
                "{chunks:>7} chunks, {per_asset:>4} an asset: search p50 {:>9.1?} p99 {:>9.1?}; analyse {built:.1?}, decode {decoded:.1?} ({} MB), open {opened:.1?}, memory {} MB, add one {add:.1?}, {} parts",
                median(&index, &questions, 50),
                median(&index, &questions, 99),
                stored.iter().map(Vec::len).sum::<usize>() >> 20,
                index.memory_bytes() >> 20,
                more.part_count(),
            );
            if chunks == 0 {
                break;
            }
        }
    }
    let mut index = AgentIndex::new();
    let (mut apply, mut merge) = (Duration::ZERO, Duration::ZERO);
    for asset in 0..10_000 {
        let segment = segment(asset, 1, &pool, &mut dice)?;
        let watch = Stopwatch::start();
        index = index.apply(vec![Change { asset_id: asset, segments: Some(vec![segment]) }]);
        apply += watch.elapsed();
        let watch = Stopwatch::start();
        while let Some(merged) = index.merge_step() {
            index = merged;
        }
        merge += watch.elapsed();
    }
    println!(
        "10,000 assets added one by one: apply {apply:.1?}, merge {merge:.1?}, {} parts, search p50 {:.1?}",
        index.part_count(),
        median(&index, &questions, 50)
    );
    Ok(())
}

fn median(index: &AgentIndex, questions: &[Query], percent: usize) -> Duration {
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|question| {
            let watch = Stopwatch::start();
            let found = index.search(question, 10);
            std::hint::black_box(found);
            watch.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() * percent / 100]
}

fn segment(
    asset_id: i64,
    chunks: usize,
    pool: &[&str],
    dice: &mut Dice,
) -> Result<Arc<Segment>, Box<dyn std::error::Error>> {
    let source =
        SourceRef { asset_id, version: 1, file_name: format!("page-{asset_id}.html"), source_url: None };
    let mut builder = SegmentBuilder::new(source, None);
    let mut start = 0;
    for _ in 0..chunks {
        let mut text = String::new();
        while text.len() < 700 {
            text.push_str(pool[dice.roll(pool.len())]);
            text.push(' ');
        }
        builder.push(&ChunkIn { start, end: start + text.len(), heading_path: &[], text: &text });
        start += text.len();
    }
    Ok(Arc::new(builder.build()?))
}

/// A tiny generator of pseudo-random numbers: the same texts in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

//! Measures ranking on a question set in the published form of SQuAD and XQuAD: each paragraph is one asset, each
//! answerable question a search. Prints MRR@10, R@1, R@5 and the time per search.
//!
//! `cargo run --release -p robofy-knowledge --example retrieval -- FILE…`
#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::io::Write as _;
use std::sync::Arc;

use robofy_kernel::Stopwatch;
use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::search::Query;
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SourceRef};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut dump =
        std::env::var("FEATURES").ok().map(std::fs::File::create).transpose()?.map(std::io::BufWriter::new);
    for path in std::env::args().skip(1) {
        let set: serde_json::Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        let mut changes = Vec::new();
        let mut questions = Vec::new();
        for (article, data) in set["data"].as_array().into_iter().flatten().enumerate() {
            for paragraph in data["paragraphs"].as_array().into_iter().flatten() {
                let asset_id = changes.len() as i64;
                let text = paragraph["context"].as_str().unwrap_or_default();
                let source = SourceRef {
                    asset_id,
                    version: 1,
                    file_name: format!("{asset_id}.txt"),
                    source_url: None,
                };
                let mut builder = SegmentBuilder::new(source, None);
                builder.push(&ChunkIn { start: 0, end: text.len(), heading_path: &[], text });
                changes.push(Change { asset_id, segments: Some(vec![Arc::new(builder.build()?)]) });
                for question in paragraph["qas"].as_array().into_iter().flatten() {
                    if question["answers"].as_array().is_some_and(|answers| !answers.is_empty()) {
                        questions.push((
                            article,
                            asset_id,
                            question["question"].as_str().unwrap_or_default().to_owned(),
                        ));
                    }
                }
            }
        }
        let index = AgentIndex::new().apply(changes);
        let (mut mrr, mut r1, mut r5, mut r50) = (0.0, 0, 0, 0);
        let mut times = Vec::new();
        for (number, (article, gold, question)) in questions.iter().enumerate() {
            let watch = Stopwatch::start();
            let query = Query::new(question);
            let found = index.search(&query, 10);
            times.push(watch.elapsed());
            let at = found.hits.iter().position(|hit| hit.source.asset_id == *gold);
            mrr += at.map_or(0.0, |at| 1.0 / (at as f64 + 1.0));
            r1 += usize::from(at == Some(0));
            r5 += usize::from(at.is_some_and(|at| at < 5));
            if let Some(dump) = &mut dump {
                let found = index.search(&query, 50);
                r50 += usize::from(found.hits.iter().any(|hit| hit.source.asset_id == *gold));
                for hit in &found.hits {
                    write!(dump, "{article}\t{number}\t{}", u8::from(hit.source.asset_id == *gold))?;
                    for feature in hit.features {
                        write!(dump, "\t{feature}")?;
                    }
                    writeln!(dump)?;
                }
            }
        }
        times.sort();
        let n = questions.len() as f64;
        println!(
            "{path}: {} chunks, {} questions, MRR@10 {:.4}, R@1 {:.4}, R@5 {:.4}, R@50 {:.4}; per search p50 {:?}, p99 {:?}",
            index.chunk_count(),
            questions.len(),
            mrr / n,
            r1 as f64 / n,
            r5 as f64 / n,
            r50 as f64 / n,
            times[times.len() / 2],
            times[times.len() * 99 / 100],
        );
    }
    Ok(())
}

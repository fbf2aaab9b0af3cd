//! Asks text files a question without a server: `ask QUESTION FILE…` prints the answer, or what came nearest.
#![expect(clippy::print_stdout, reason = "it prints")]

use std::sync::Arc;

use robofy_agent::builtin::{PASSAGES, compose_query, consider, relevance};
use robofy_agent::passages::Passages;
use robofy_knowledge::chunk::{ChunkParams, chunk};
use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SourceRef};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let questions = arguments.next().ok_or("ask QUESTION FILE…")?;
    let mut changes = Vec::new();
    for (file, asset_id) in arguments.zip(1_i64..) {
        let text = std::fs::read_to_string(&file)?;
        let mut builder =
            SegmentBuilder::new(SourceRef { asset_id, version: 1, file_name: file, source_url: None }, None);
        for chunk in chunk(&text, ChunkParams::default()) {
            let heading_path: Vec<String> = chunk.heading_path.to_vec();
            builder.push(&ChunkIn {
                start: chunk.start,
                end: chunk.end,
                heading_path: &heading_path,
                text: chunk.text(&text).unwrap_or_default(),
            });
        }
        changes.push(Change { asset_id, segments: Some(vec![Arc::new(builder.build()?)]) });
    }
    let index = AgentIndex::new().apply(changes);
    for question in questions.split('|') {
        let composed = compose_query(question, &[]);
        let found = index.search(&composed.query, PASSAGES);
        match consider(&Passages::default(), &composed, &found, index.chunk_count()) {
            None => println!("{question}\n    NOTHING"),
            Some((answer, features)) => {
                let verdict = if answer.margin > 0.0 { "" } else { "NO: " };
                println!("{question}\n    {verdict}{:?} ({:.2})", answer.text(), answer.margin);
                let named: Vec<String> = features
                    .iter()
                    .zip(relevance::WEIGHTS)
                    .map(|(value, (name, _))| format!("{name} {value:.2}"))
                    .collect();
                println!("    {}", named.join(", "));
            }
        }
    }
    Ok(())
}

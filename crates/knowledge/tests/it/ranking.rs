//! How good the ranking is, on questions written by others: each paragraph is an asset.
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use std::sync::Arc;

use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::search::Query;
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SourceRef};

/// Mean reciprocal rank among the first ten over all questions that have an answer.
fn mrr_at_10(file: &str) -> f64 {
    let path = crate::cases("retrieval").join(file);
    let set: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut changes = Vec::new();
    let mut questions = Vec::new();
    for paragraph in
        set["data"].as_array().unwrap().iter().flat_map(|article| article["paragraphs"].as_array().unwrap())
    {
        let asset_id = changes.len() as i64;
        let text = paragraph["context"].as_str().unwrap();
        let source =
            SourceRef { asset_id, version: 1, file_name: format!("{asset_id}.txt"), source_url: None };
        let mut builder = SegmentBuilder::new(source, None);
        builder.push(&ChunkIn { start: 0, end: text.len(), heading_path: &[], text });
        changes.push(Change { asset_id, segments: Some(vec![Arc::new(builder.build().unwrap())]) });
        for question in paragraph["qas"].as_array().unwrap() {
            if !question["answers"].as_array().unwrap().is_empty() {
                questions.push((asset_id, Query::new(question["question"].as_str().unwrap())));
            }
        }
    }
    let index = AgentIndex::new().apply(changes);
    let sum: f64 = questions
        .iter()
        .filter_map(|(gold, query)| {
            let found = index.search(query, 10);
            let place = found.hits.iter().position(|hit| hit.source.asset_id == *gold)?;
            Some(1.0 / (place as f64 + 1.0))
        })
        .sum();
    sum / questions.len() as f64
}

#[test]
fn paragraphs_that_answer_come_first() {
    let mrr = mrr_at_10("squad_dev_part.json");
    println!("MRR@10 {mrr:.4}");
    assert!(mrr >= 0.88);
}

#[test]
fn ranking_is_as_good_in_other_languages() {
    for file in ["xquad.en.json", "xquad.es.json", "xquad.zh.json"] {
        let mrr = mrr_at_10(file);
        println!("{file}: MRR@10 {mrr:.4}");
        assert!(mrr >= 0.93, "{file}");
    }
}

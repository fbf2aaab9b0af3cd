//! Measures ranking on question sets in the published form of SQuAD and XQuAD: each paragraph is one asset, each
//! answerable question a search. Prints MRR@10, R@1, R@5 and the time per search.
//!
//! `cargo run --release -p robofy-knowledge --example retrieval -- [--fit] FILE…`
//!
//! With `--fit` it also finds the weights of the ranking anew, from the candidates of each question, and prints them
//! with the MRR@10 that such weights reach on articles they were not fitted on.
#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use robofy_kernel::Stopwatch;
use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::search::{CANDIDATES, FEATURES, Features, Query, WEIGHTS};
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SourceRef};

/// How many parts the articles are dealt into; each is ranked with weights fitted on the others.
const FOLDS: usize = 5;

struct Question {
    article: usize,
    gold: i64,
    query: Query,
}

/// The candidates of a question, and which of them is right, if any.
struct Case {
    article: usize,
    right: Option<usize>,
    candidates: Vec<Features>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|arg| arg == "--fit");
    for path in files {
        let (index, questions) = load(&path)?;
        measure(&path, &index, &questions);
        if !flags.is_empty() {
            fit(&index, &questions);
        }
    }
    Ok(())
}

fn load(path: &str) -> Result<(AgentIndex, Vec<Question>), Box<dyn Error>> {
    let set: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut changes = Vec::new();
    let mut questions = Vec::new();
    for (article, data) in set["data"].as_array().into_iter().flatten().enumerate() {
        for paragraph in data["paragraphs"].as_array().into_iter().flatten() {
            let gold = changes.len() as i64;
            let text = paragraph["context"].as_str().unwrap_or_default();
            let source =
                SourceRef { asset_id: gold, version: 1, file_name: format!("{gold}.txt"), source_url: None };
            let mut builder = SegmentBuilder::new(source, None);
            builder.push(&ChunkIn { start: 0, end: text.len(), heading_path: &[], text });
            changes.push(Change { asset_id: gold, segments: Some(vec![Arc::new(builder.build()?)]) });
            for question in paragraph["qas"].as_array().into_iter().flatten() {
                if question["answers"].as_array().is_some_and(|answers| !answers.is_empty()) {
                    let query = Query::new(question["question"].as_str().unwrap_or_default());
                    questions.push(Question { article, gold, query });
                }
            }
        }
    }
    Ok((AgentIndex::new().apply(changes), questions))
}

fn measure(path: &str, index: &AgentIndex, questions: &[Question]) {
    let mut places = Vec::new();
    let mut times: Vec<Duration> = Vec::new();
    for question in questions {
        let watch = Stopwatch::start();
        let found = index.search(&question.query, 10);
        times.push(watch.elapsed());
        places.push(found.hits.iter().position(|hit| hit.source.asset_id == question.gold));
    }
    times.sort();
    let share = |limit: usize| {
        places.iter().filter(|at| at.is_some_and(|at| at < limit)).count() as f64 / places.len() as f64
    };
    println!(
        "{path}: {} chunks, {} questions, MRR@10 {:.4}, R@1 {:.4}, R@5 {:.4}; per search p50 {:.0?}, p99 {:.0?}",
        index.chunk_count(),
        places.len(),
        mean(places.iter().map(|at| at.map_or(0.0, |at| 1.0 / (at as f64 + 1.0)))),
        share(1),
        share(5),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}

fn fit(index: &AgentIndex, questions: &[Question]) {
    let cases: Vec<Case> = questions
        .iter()
        .map(|question| {
            let hits = index.search(&question.query, CANDIDATES).hits;
            Case {
                article: question.article,
                right: hits.iter().position(|hit| hit.source.asset_id == question.gold),
                candidates: hits.into_iter().map(|hit| hit.features).collect(),
            }
        })
        .collect();
    let held_out = (0..FOLDS).flat_map(|fold| {
        let (test, train): (Vec<&Case>, Vec<&Case>) =
            cases.iter().partition(|case| case.article % FOLDS == fold);
        let weights = best_weights(&train);
        test.into_iter().map(|case| reciprocal_rank(case, &weights)).collect::<Vec<_>>()
    });
    println!("MRR@10 on articles not fitted on: {:.4}", mean(held_out));
    let weights = best_weights(&cases.iter().collect::<Vec<_>>());
    let sum: f64 = weights.iter().sum();
    for (weight, (name, used)) in weights.iter().zip(&WEIGHTS) {
        println!("  {name}: {:.3} (in use: {used})", weight / sum);
    }
}

/// Holds weights back from growing on what few questions show.
const RIDGE: f64 = 1e-3;

/// The weights under which the right candidates are likeliest: a conditional logit model, by gradient ascent.
fn best_weights(cases: &[&Case]) -> [f64; FEATURES] {
    let mut weights = [1.0; FEATURES];
    let mut speed = [0.0; FEATURES];
    for _ in 0..400 {
        let mut gradient = [0.0; FEATURES];
        for case in cases {
            let Some(right) = case.right else { continue };
            let scores: Vec<f64> = case.candidates.iter().map(|features| dot(features, &weights)).collect();
            let top = scores.iter().copied().fold(f64::MIN, f64::max);
            let chances: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
            let whole: f64 = chances.iter().sum();
            for (at, features) in case.candidates.iter().enumerate() {
                let pull = f64::from(u8::from(at == right)) - chances[at] / whole;
                for (gradient, &feature) in gradient.iter_mut().zip(features) {
                    *gradient += pull * f64::from(feature);
                }
            }
        }
        for ((weight, speed), gradient) in weights.iter_mut().zip(&mut speed).zip(gradient) {
            *speed = 0.9 * *speed + 5.0 * (gradient / cases.len() as f64 - RIDGE * *weight);
            *weight += *speed;
        }
    }
    weights
}

fn reciprocal_rank(case: &Case, weights: &[f64; FEATURES]) -> f64 {
    let Some(right) = case.right else { return 0.0 };
    let score = dot(&case.candidates[right], weights);
    let before = case.candidates.iter().filter(|features| dot(features, weights) > score).count();
    if before < 10 { 1.0 / (before as f64 + 1.0) } else { 0.0 }
}

fn dot(features: &Features, weights: &[f64; FEATURES]) -> f64 {
    features.iter().zip(weights).map(|(&feature, weight)| f64::from(feature) * weight).sum()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    if count > 0 { sum / f64::from(count) } else { 0.0 }
}

//! `robofy eval retrieval`: each paragraph is one asset; where does its own come for a question that it answers?

use std::path::Path;
use std::time::Duration;

use robofy_kernel::{AssetId, Stopwatch};
use robofy_knowledge::search::Query;
use serde::Serialize;

use super::read;
use super::scratch::Scratch;
use crate::output;

/// Ranks beyond this one count as not found.
const DEPTH: usize = 10;
/// Chunks asked for, more than [`DEPTH`] since several may be of one paragraph.
const CHUNKS: usize = 40;

/// The scores of a set.
#[derive(Debug, Serialize)]
struct Scores {
    file: String,
    paragraphs: usize,
    questions: usize,
    mrr_at_10: f64,
    recall_at_1: f64,
    recall_at_5: f64,
    recall_at_10: f64,
    mean_search_ms: f64,
}

/// Measures one set and prints its scores.
pub async fn measure(file: &Path, json: bool) -> anyhow::Result<()> {
    let set = read(file)?;
    let mut scratch = Scratch::new().await?;
    let mut asked: Vec<(AssetId, &str)> = Vec::new();
    let mut paragraphs = 0;
    for paragraph in set.data.iter().flat_map(|article| &article.paragraphs) {
        paragraphs += 1;
        let asset = scratch.teach(&paragraph.context).await?;
        let answerable = paragraph.qas.iter().filter(|asked| !asked.answers.is_empty());
        asked.extend(answerable.map(|asked| (asset, asked.question.as_str())));
    }
    scratch.refresh().await?;
    let mut ranks = Vec::with_capacity(asked.len());
    let mut searching = Duration::ZERO;
    for (asset, question) in &asked {
        let stopwatch = Stopwatch::start();
        ranks.push(rank(&scratch, *asset, question).await?);
        searching += stopwatch.elapsed();
    }
    scratch.throw_away().await?;
    let count = asked.len().max(1) as f64;
    let recall = |depth: usize| ranks.iter().flatten().filter(|rank| **rank <= depth).count() as f64 / count;
    let scores = Scores {
        file: file.display().to_string(),
        paragraphs,
        questions: asked.len(),
        mrr_at_10: ranks.iter().flatten().map(|rank| 1.0 / *rank as f64).sum::<f64>() / count,
        recall_at_1: recall(1),
        recall_at_5: recall(5),
        recall_at_10: recall(DEPTH),
        mean_search_ms: searching.as_secs_f64() * 1_000.0 / count,
    };
    print(&scores, json)
}

/// The place of the asset among the assets found, from 1.
async fn rank(scratch: &Scratch, asset: AssetId, question: &str) -> anyhow::Result<Option<usize>> {
    let Scratch { library, op, agent, .. } = scratch;
    let found = library.search(op, agent, agent.content_version, &Query::new(question), CHUNKS).await?;
    let mut seen = Vec::new();
    for hit in &found.hits {
        if !seen.contains(&hit.source.asset_id) {
            seen.push(hit.source.asset_id);
        }
    }
    Ok(seen.iter().take(DEPTH).position(|id| *id == asset.0).map(|index| index + 1))
}

fn print(scores: &Scores, json: bool) -> anyhow::Result<()> {
    if json {
        return output::line(&serde_json::to_string(scores)?);
    }
    let Scores { file, paragraphs, questions, mrr_at_10, recall_at_1, recall_at_5, recall_at_10, .. } =
        scores;
    output::line(&format!(
        "{file}: {questions} questions to {paragraphs} paragraphs\n\
         MRR@10 {mrr_at_10:.4}   R@1 {recall_at_1:.4}   R@5 {recall_at_5:.4}   R@10 {recall_at_10:.4}   {:.2} ms a search",
        scores.mean_search_ms
    ))
}

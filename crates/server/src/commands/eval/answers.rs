//! `robofy eval answers`: how often the built-in answer holds a right one, and how often it refuses, with all
//! articles taught and with the first half of them.

use std::convert::Infallible;
use std::path::Path;

use robofy_agent::builtin::eval::{Article, Count, answers};
use robofy_knowledge::index::AgentIndex;
use serde_json::{Value, json};

use super::read;
use super::scratch::Scratch;
use crate::output;

/// Measures one set and prints its figures.
pub async fn measure(file: &Path, json: bool) -> anyhow::Result<()> {
    let set = read(file)?;
    let all = taught(&set.data).await?;
    let half = taught(&set.data[..set.data.len() / 2]).await?;
    let index = |articles: &[Article]| -> Result<AgentIndex, Infallible> {
        Ok(if articles.len() == set.data.len() { all.clone() } else { half.clone() })
    };
    let figures = answers(&set, index)?;
    if !json {
        return output::line(&format!("{}\n{figures}", file.display()));
    }
    let figures = json!({
        "file": file.display().to_string(),
        "answerable": as_json(figures.answerable),
        "unanswerable": as_json(figures.unanswerable),
        "untaught_answerable": as_json(figures.untaught_answerable),
        "untaught": as_json(figures.untaught),
    });
    output::line(&figures.to_string())
}

/// The index of an agent that was taught every paragraph.
async fn taught(articles: &[Article]) -> anyhow::Result<AgentIndex> {
    let mut scratch = Scratch::new().await?;
    for paragraph in articles.iter().flat_map(|article| &article.paragraphs) {
        scratch.teach(&paragraph.context).await?;
    }
    scratch.refresh().await?;
    let index = scratch.index().await?;
    scratch.throw_away().await?;
    Ok(index)
}

fn as_json(count: Count) -> Value {
    json!({ "asked": count.asked, "right": count.right_share(), "refused": count.refused_share() })
}
